"""Where a template and the code part: another answer than is read, names that nobody knows, labels that nobody explains.

A name stands in `backticks`, holds an underscore, or is an item of a list · like · this. A label is explained where it
begins an item of a list, or on a line that names its field in backticks.
"""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from difflib import get_close_matches

from guard.assessment import Assessment, Customer
from guard.case import Action, Case, Preferences, ToolCall, Turn
from guard.errors import PromptError
from guard.escalation.holding import holding_message
from guard.escalation.summary import summarised
from guard.judging import llm as judge
from guard.outcome import Receipt
from guard.prompts import Fault, FaultyError, OverBudgetError, Prompt
from guard.prompts.parse import Parsed
from guard.prompts.running import messages
from guard.prompts.values import empty, seen
from guard.rewriting import llm as writer
from guard.workbench.bare import bare
from guard.workbench.expected import EXPECTED, Part, model_of, parts
from guard.workbench.words import Words, line_of_key, own_words

_NAME = re.compile(r"`([a-z][a-z_]*)(?:: ?\w+)?`|\b([A-Za-z]+(?:_[A-Za-z]+)+)\b")
_ITEM = re.compile(r"(?:^|·)[ \t]*([a-z_]+)")
_LISTED = re.compile(r"^[^·\n]*·[^·\n]*·.*$", re.MULTILINE)
_QUOTED = re.compile(r'"[^"\n]*"')
"""Words of somebody, an example of the author's among them."""
_TAG = re.compile(r"[a-z]{2}")
"""A language."""
_JSON = frozenset({"true", "false", "null"})
_SHOWN = frozenset(f.name for kind in (Turn, ToolCall, Action, Preferences) for f in fields(kind))
"""Names of what the material is made of."""
_PLAIN = frozenset({"act"})
"""Fields whose labels are everyday words that nothing in our rules hangs on; the schema alone tells them."""


def drift(prompt: Prompt, parsed: Parsed) -> Iterator[Fault]:
    """All of it."""
    source = parsed.sources[parsed.chain[-1]]
    expected, output = EXPECTED.get(prompt.id), prompt.header.output
    if expected is not None and output != expected:
        what = f"the guard reads the answer to {prompt.id} as {expected}, and this says output: {output}."
        yield Fault("E108", source.path, line_of_key(source, "output", "id"), what)
        return
    yield from _unasked(prompt, parsed)
    model = model_of(output)
    if model is not None:
        known = parts(model)
        yield from _unknown(prompt, parsed, known)
        yield from _unexplained(prompt, parsed, known)


def _unasked(prompt: Prompt, parsed: Parsed) -> Iterator[Fault]:
    """The inputs are those that the code fills: it asks once, of nobody."""
    case = Case("lint", (Turn("customer", "Hello?"),), "Hello.", evidence=(ToolCall("look", "{}", "{}"),))
    try:
        match prompt.id:
            case "judge":
                judge.request(case, prompt)
            case "rewrite":
                writer.request(case, Assessment(Customer("action")), (), (), prompt, 1)
            case "handoff":
                next(summarised(case, prompt), None)
            case "holding":
                holding_message(
                    Receipt("CG-1", "lint", "sensitivity", "queued", datetime.now(UTC), urgent=True), prompt
                )
            case _:
                pass
    except FaultyError as error:
        yield from error.faults
    except OverBudgetError:
        return  # which is told of its example
    except PromptError as error:
        source = parsed.sources[parsed.chain[-1]]
        what = f"the guard fills other inputs than this header names; {error}"
        yield Fault("E108", source.path, line_of_key(source, "inputs"), what)


def _unknown(prompt: Prompt, parsed: Parsed, known: tuple[Part, ...]) -> Iterator[Fault]:
    answer = {word for part in known for word in (*part.names, *part.labels)}
    told = answer | _SHOWN | _JSON | prompt.header.inputs.keys()
    weighty = [part for part in known if part.names[0] not in _PLAIN]
    for words in own_words(parsed):
        for name, at in sorted(
            {*_names(words), *bare(words.text, weighty, told)}, key=lambda found: found[1]
        ):
            if name not in told and not _TAG.fullmatch(name):
                near = get_close_matches(name, sorted(answer), 1)
                meant = f"did you mean {near[0]}?" if near else "write one that it has."
                what = f'{name} is no name of the answer\'s schema; {meant} A word of your own stands in "quotes".'
                yield parsed.fault("E108", words.name, words.line_at(at), what)


def _names(words: Words) -> Iterator[tuple[str, int]]:
    text = _QUOTED.sub(lambda said: " " * len(said.group()), words.text)
    found = {m.start(m.lastindex or 0): m.group(m.lastindex or 0) for m in _NAME.finditer(text)}
    for line in _LISTED.finditer(text):
        found |= {line.start() + m.start(1): m.group(1) for m in _ITEM.finditer(line.group())}
    yield from ((name, at) for at, name in sorted(found.items()))


def _unexplained(prompt: Prompt, parsed: Parsed, known: tuple[Part, ...]) -> Iterator[Fault]:
    """What is sent counts, so that an overlay which replaces a list is held to it too."""
    values = (prompt.example(), empty(prompt.header))
    sent = "\n".join(
        message.text
        for value in values
        for message in messages(prompt.template, prompt.roles, seen(prompt.header, value, ""))
    )
    for part in known:
        own = part.names[0]
        missing = [
            label for label in part.labels if own not in _PLAIN and not _explains(sent, part.names, label)
        ]
        if missing:
            told = ", ".join(missing)
            own = part.names[1] if own == "name" else own
            what = (
                f"the answer's {own} may be {told}, which nothing explains. Begin an item of a list with it, or write it "
                f"on a line that names `{own}`."
            )
            name, line = _named(parsed, part.names)
            yield parsed.fault("E108", name, line, what)


def _explains(sent: str, names: tuple[str, ...], label: str) -> bool:
    item = rf"^(?:.*[·|;])?[ \t]*(?:[-*+•]|\d+[.)])?[ \t]*[`*]*{label}\b"
    beside = rf"^(?=.*`(?:{'|'.join(names)})`).*\b{label}\b"
    return re.search(f"{item}|{beside}", sent, re.MULTILINE) is not None


def _named(parsed: Parsed, names: tuple[str, ...]) -> tuple[str, int]:
    """Where the field is first spoken of."""
    for form in (rf"`{names[0]}`", rf"\b{names[-1]}\b"):
        for words in own_words(parsed):
            if found := re.search(form, words.text):
                return words.name, words.line_at(found.start())
    return parsed.chain[-1], 1
