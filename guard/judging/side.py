"""The customer's side: what the forms found and what the net believes become need, signals and dimensions.

The net also says outright whether the moment belongs to a person, and is surer of that than of any single ground.
Where it says so and the grounds taken one by one fall short, the likeliest ground counts as seen: a fact that tips
the scale is never missing from what people are shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from guard.assessment import (
    DIMENSIONS,
    NEEDS,
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
from guard.judging.signals import is_certain
from guard.policy import shipped
from guard.rules import Matrix, owner
from guard.text import content, fold

if TYPE_CHECKING:
    from guard.judging.net import Scores

HUMAN = 0.3
"""Probability from which the customer's side is read as belonging to a person."""
SEEN = 0.5
"""Probability from which a signal that the forms did not find, or a dimension's step, counts as seen."""
BELIEVED = 0.15
"""Probability down to which a signal that the forms did find is believed."""
ALWAYS: frozenset[Signal] = frozenset(
    {
        "asks_for_human",
        "self_harm",
        "safety_risk",
        "bereavement",
        "legal_threat",
        "data_breach",
        "fraud_or_identity_theft",
        "discrimination_or_harassment",
        "employee_misconduct",
    }
)
"""Signals that are believed when the forms find them, whatever the net says: a false alarm costs less than a miss."""


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
        return Customer("none")
    found = {s.name: s for s in forms.signals}
    facts = _Facts(
        tuple(_score(steps) for steps in scores.dims),  # type: ignore[arg-type]  # the net has four rows
        frozenset(
            n for p, n in zip(scores.signals, SIGNALS, strict=True) if _present(float(p), n, found.get(n))
        ),
    )
    if human >= HUMAN and _owner(facts) == "ai":
        facts = max(_grounds(scores, facts, shipped().matrix), key=lambda ground: ground[0])[1]
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


def _present(probability: float, name: Signal, found: SeenSignal | None) -> bool:
    if found is not None:
        return name in ALWAYS or is_certain(found) or probability >= BELIEVED
    return probability >= SEEN


def _score(steps: Sequence[float]) -> int:
    """The highest step that is more likely than not, each taken only with those below it."""
    score = 0
    while score < len(steps) and steps[score] >= SEEN:
        score += 1
    return score


def _owner(facts: _Facts) -> str:
    nothing = Span("", 0, 0)
    signals = tuple(SeenSignal(name, nothing, 0) for name in facts.signals)
    return owner(Customer("action", Dimensions(*facts.weights), signals), shipped().matrix)


def _grounds(scores: "Scores", facts: _Facts, matrix: Matrix) -> Iterator[tuple[float, _Facts]]:
    """Every ground on which the guide gives the moment to a person, with its probability."""
    signal = dict(zip(SIGNALS, (float(p) for p in scores.signals), strict=True))
    two = [float(steps[1]) for steps in scores.dims]
    for name in matrix.signals:
        yield signal[name], replace(facts, signals=facts.signals | {name})
    for row, steps in enumerate(scores.dims):
        yield float(steps[2]), replace(facts, weights=_raised(facts.weights, {row: 3}))
    first, second = sorted(range(len(two)), key=lambda row: -two[row])[:2]
    yield two[second], replace(facts, weights=_raised(facts.weights, {first: 2, second: 2}))
    for joined in matrix.with_dimension:
        row = DIMENSIONS.index(joined.dimension)
        both = min(signal[joined.signal], float(scores.dims[row][joined.at_least - 1]))
        weights = _raised(facts.weights, {row: joined.at_least})
        yield both, replace(facts, weights=weights, signals=facts.signals | {joined.signal})


def _raised(weights: tuple[int, int, int, int], to: dict[int, int]) -> tuple[int, int, int, int]:
    a, b, c, d = (max(weight, to.get(row, 0)) for row, weight in enumerate(weights))
    return a, b, c, d


def _where(scores: "Scores", pieces: Read, column: int) -> tuple[Span, int]:
    """The customer's sentence that shows a fact most, and its turn; the whole last turn where none has a word."""
    places = [(piece.span, said.place) for said in pieces.customer for piece in said.pieces]
    if not places:
        last = pieces.customer[-1]
        return Span(last.text, 0, len(last.text)), last.place
    return places[int(scores.shown[:, column].argmax())]
