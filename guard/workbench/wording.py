"""What the words of a template should not hold: what a policy decides, what nobody sees, what a merge left."""

import re
from collections.abc import Iterator

from guard.prompts.faults import Fault
from guard.prompts.parse import Parsed
from guard.text import AMOUNT, LINK
from guard.workbench.words import own_words

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the order of what is read."""
_MERGE = re.compile(r"^(?:<{7}|>{7})(?= )", re.MULTILINE)


def written_in(parsed: Parsed) -> Iterator[Fault]:
    """What a policy or a case should say, and a template says for every customer."""
    for words in own_words(parsed):
        for form in (AMOUNT, LINK):
            for found in form.finditer(words.text):
                told = f"{found.group()!r} is written into the prompt; pass it in, or let the policy say it."
                yield parsed.fault("W204", words.name, words.line_at(found.start()), told)


def left_behind(parsed: Parsed) -> Iterator[Fault]:
    """What no reader of the file sees, and a merge that nobody finished: the model would get both."""
    for name, source in parsed.sources.items():
        for form, what in (
            (_UNSEEN, "{} is a character that nobody sees; take it out."),
            (_MERGE, "{} is left of a merge; choose one side."),
        ):
            for found in form.finditer(source.body):
                line = 1 + source.body.count("\n", 0, found.start())
                yield parsed.fault("E102", name, line, what.format(ascii(found.group())[1:-1]))
