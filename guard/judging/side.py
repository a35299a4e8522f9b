"""The customer's side: what the forms found and what the net believes become need, signals and dimensions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.assessment import (
    DIMENSIONS,
    NEEDS,
    OWNED,
    SIGNALS,
    Customer,
    Dimensions,
    Need,
    SeenDimension,
    SeenNeed,
    SeenSignal,
    Signal,
    Span,
)
from guard.judging.reading import Read
from guard.judging.signals import certain_in, in_passing
from guard.text import content, fold

if TYPE_CHECKING:
    from guard.judging.net import Scores

SEEN = 0.5
"""Probability from which a signal that the forms did not find, or a dimension's step, counts as seen."""
BELIEVED = 0.15
"""Probability down to which a signal that the forms did find is believed."""

_ASKED = re.compile(
    r"\?|^\W*(?:how|what|when|where|which|who|why|do|does|is|are|can|could)\b|\b(?:tell me|want to know|wondering)\b"
)
_WISHED = re.compile(
    r"\b(?:want|need|would like|'d like|please|expect|demand|(?:can|could|will|would) you|where is|refund|cancel|replace|return|fix|send|change|"
    r"help|still|never|not|hasn't|haven't|didn't|broken|missing|wrong|damaged)\b"
)
"""A wish, or the complaint that is one."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """Scores of the four dimensions and signals, before the words that show them are looked up."""

    weights: tuple[int, int, int, int]
    signals: frozenset[Signal]


def side_of(scores: "Scores", human: float, pieces: Read, forms: Customer) -> Customer:
    """Need, signals and dimensions, each with the customer's words that show it; `human` is the last layer's word."""
    if not pieces.customer:
        return Customer("none", signals=forms.signals)
    certain = certain_in(tuple((said.place, said.text) for said in pieces.customer))
    found = {s.name: s for s in forms.signals} | certain
    facts = _Facts(
        tuple(_score(steps) for steps in scores.dims),  # type: ignore[arg-type]  # the net has four rows
        frozenset(
            name
            for column, name in enumerate(SIGNALS)
            if name in certain or _present(scores, pieces, column, in_forms=name in found)
        ),
    )
    need = NEEDS[int(scores.need.argmax())]
    return Customer(
        need,
        Dimensions(*facts.weights),
        tuple(
            found.get(name) or SeenSignal(name, *_where(scores, pieces, column))
            for column, name in enumerate(SIGNALS)
            if name in facts.signals
        ),
        tuple(
            SeenDimension(name, *_where(scores, pieces, len(SIGNALS) + 3 * row + facts.weights[row] - 1))
            for row, name in enumerate(DIMENSIONS)
            if facts.weights[row]
        ),
        need_shown(need, pieces),
        human,
    )


def need_shown(need: Need, pieces: Read) -> SeenNeed | None:
    """The latest sentence that asks or wishes; where none does, the first of the last turn that says anything."""
    if need == "none":
        return None
    form = _ASKED if need == "information" else _WISHED
    said = [
        (piece, turn.place)
        for turn in reversed(pieces.customer)
        for piece in turn.pieces
        if content(piece.span.text)
    ]
    found = next((p for p in said if form.search(fold(p[0].span.text))), None) or next(iter(said), None)
    if found is not None:
        return SeenNeed(found[0].span, found[1])
    last = pieces.customer[-1]
    return SeenNeed(Span(last.text, 0, len(last.text)), last.place)


def _present(scores: "Scores", pieces: Read, column: int, *, in_forms: bool) -> bool:
    probability = float(scores.signals[column])
    if in_forms:
        # An owned one is believed whatever the net says: a false alarm costs less than a miss.
        return SIGNALS[column] in OWNED or probability >= BELIEVED
    return probability >= SEEN and not in_passing(_where(scores, pieces, column)[0].text)


def _score(steps: Sequence[float]) -> int:
    """The highest step that is more likely than not, each taken only with those below it."""
    score = 0
    while score < len(steps) and steps[score] >= SEEN:
        score += 1
    return score


def _where(scores: "Scores", pieces: Read, column: int) -> tuple[Span, int]:
    """The customer's sentence that shows a fact most, and its turn; the whole last turn where none has a word."""
    places = [(piece.span, said.place) for said in pieces.customer for piece in said.pieces]
    if not places:
        last = pieces.customer[-1]
        return Span(last.text, 0, len(last.text)), last.place
    return places[int(scores.shown[:, column].argmax())]
