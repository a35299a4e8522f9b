"""A case as the judge reads it: each turn and the draft as pieces, every piece with its words."""

from dataclasses import dataclass

from guard.assessment import Span
from guard.case import Case
from guard.judging.sentences import split
from guard.judging.words import content_of, words_of

_TURNS = 9
"""Turns that are read, counted from the end."""
_CUSTOMERS = 4
"""The customer's turns that are read however much we have said since: nobody is forgotten by our talking."""
_PIECES = 40
"""Pieces of one turn that are read. A draft is read whole up to the policy's limit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence with its words; `content` are those that carry its matter."""

    span: Span
    words: tuple[str, ...]
    content: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """One turn; `place` counts the whole conversation from 0."""

    place: int
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """The last turns of both sides, oldest first, and the draft."""

    customer: tuple[Said, ...]
    assistant: tuple[Said, ...]
    draft: tuple[Piece, ...]


def read(case: Case) -> Read:
    """Cut and read the case."""
    first = max(0, len(case.turns) - _TURNS)
    theirs = [n for n, t in enumerate(case.turns) if t.role == "customer"][-_CUSTOMERS:]
    said = [
        (t.role, Said(n, t.content, pieces_of(t.content)[:_PIECES]))
        for n, t in enumerate(case.turns)
        if n >= first or n in theirs
    ]
    return Read(
        tuple(s for role, s in said if role == "customer"),
        tuple(s for role, s in said if role == "assistant"),
        pieces_of(case.draft),
    )


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The sentences of a text with their words."""
    return tuple(_piece(span) for span in split(text))


def _piece(span: Span) -> Piece:
    words = words_of(span.text)
    return Piece(span, words, content_of(words))
