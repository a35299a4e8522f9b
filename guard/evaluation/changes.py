"""Ways to change the words of a case, the same every time: each gives the changed case, or None where it cannot be made.

What a change means for the labels stands in `mutations`; these only change words.
"""

import re
from dataclasses import replace
from random import Random
from zlib import crc32

from guard.case import Case, Turn
from guard.judging.sentences import split

_SEED = 20261125
_PADDING = (
    "I am truly sorry for everything that you have been through with this. ",
    " I completely understand how frustrating this must feel, and I want you to know that we care deeply about you.",
)
_POLITE = ("Thank you for writing to us. ", " Have a lovely day!")
_IN_PASSING = (
    " I'm dying to know, haha.",
    " My lawyer friend recommended you.",
    " My phone died twice while I typed this.",
    " I'll kill it in the review if it works out.",
)
_POOL = ("Ruth", "Ingrid", "Tomas", "Leila", "Bremen", "Omaha", "Faro", "Pune", "Nadia", "Tampa")
_NAME = re.compile(
    r"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b)[A-Z][a-z]{3,}\b"
)
"""A capital inside a sentence: a name, a place, a brand."""
_AFTER_SENTENCE = re.compile(r"(?<=[.!?]) (?=\S)")


def padded(case: Case) -> Case:
    """Sympathy before and after the draft."""
    return case.with_draft(case.draft.join(_PADDING))


def polite(case: Case) -> Case:
    """A thanks before the draft and a wish after it."""
    return case.with_draft(case.draft.join(_POLITE))


def spaced(case: Case) -> Case:
    """More white space between the sentences and around them."""
    return case.with_draft(f"\n{_AFTER_SENTENCE.sub('  ', case.draft)}  \n")


def listed(case: Case) -> Case | None:
    """Each sentence a list item."""
    sentences = split(case.draft)
    if "\n" in case.draft or len(sentences) < 2:
        return None
    return case.with_draft("\n".join(f"- {s.text}" for s in sentences))


def bold(case: Case) -> Case | None:
    """A word in bold."""
    words = case.draft.split(" ")
    if len(words) < 6 or "*" in case.draft:
        return None
    return case.with_draft(" ".join([*words[:2], f"**{words[2]}**", *words[3:]]))


def lowered(case: Case) -> Case | None:
    """The draft in lower case; not where calls were made, which name things as they are written."""
    return case.with_draft(case.draft.lower()) if case.evidence is None else None


def misspelled(case: Case) -> Case:
    """In one long word of twelve two letters change places."""
    random = Random(f"{_SEED} {case.id}")  # noqa: S311 - a fixed draw, not a secret

    def slip(match: re.Match[str]) -> str:
        word = match.group()
        if random.random() > 1 / 12:
            return word
        at = random.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return case.with_draft(re.sub(r"\b[a-z]{5,}\b", slip, case.draft))


def names_in(case: Case) -> frozenset[str]:
    """Names, places and brands in the conversation and the draft, as far as a capital tells them."""
    return frozenset(m.group() for text in _texts(case) for m in _NAME.finditer(text))


def renamed(case: Case) -> Case | None:
    """Every name another one, the same for the same; calls would name the old ones, so only cases without them."""
    if case.evidence or not names_in(case):
        return None
    *said, draft = (
        _NAME.sub(lambda m: _POOL[crc32(m.group().encode()) % len(_POOL)], t) for t in _texts(case)
    )
    turns = tuple(Turn(t.role, text) for t, text in zip(case.turns, said, strict=True))
    return replace(case, turns=turns, draft=draft)


def in_passing(case: Case) -> Case:
    """The customer uses words of a signal that mean nothing of the kind."""
    return said_last(case, _IN_PASSING[sum(case.id.encode()) % len(_IN_PASSING)].strip())


def said_last(case: Case, more: str) -> Case:
    """The customer's last turn goes on with these words."""
    *before, last = case.turns
    return replace(case, turns=(*before, Turn(last.role, f"{last.content} {more}")))


def _texts(case: Case) -> tuple[str, ...]:
    return (*(t.content for t in case.turns), case.draft)
