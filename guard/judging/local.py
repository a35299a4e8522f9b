"""The local judge: reads a case without a network, a key or a model download.

Forms say what the customer's side holds, the net weighs it with the words of the conversation and the draft, and here its
probabilities become facts. The thresholds were chosen by cross-validation and on replies held apart (`evals/judge/README.md`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from guard.assessment import (
    DANGER,
    MOVES,
    NEEDS,
    STEPS,
    Assessment,
    Customer,
    Move,
    Odds,
    Sentence,
    Unjudged,
)
from guard.case import Case
from guard.errors import GuardError
from guard.judging import last, net
from guard.judging.claims import claims_in
from guard.judging.customer import read_customer
from guard.judging.debt import recognition
from guard.judging.defects import defects
from guard.judging.empathy import kind_of_empathy
from guard.judging.language import is_english
from guard.judging.reading import Piece, Read, read
from guard.judging.sentences import split
from guard.judging.side import need_shown, side_of
from guard.ledger.amounts import blanked
from guard.orders import orders_in, stems_in, without_orders

if TYPE_CHECKING:
    from guard.judging.net import Scores

LACKING = 0.5
"""Probability from which the draft is said to leave an open need without a step."""
RECOGNISES = 0.5
STEP = 0.5


def judge(case: Case, max_characters: int, reader: net.Net | None = None) -> Assessment | Unjudged:
    """See what is in the case. The customer's side is given even where the draft cannot be read.

    `reader` is the net in the wheel unless another one is to be measured.
    """
    reader = reader or net.shipped()
    if len(case.draft) > max_characters:
        detail = f"the draft has {len(case.draft)} characters, the policy reads {max_characters}"
        return Unjudged("too_long", detail, _side_alone(case, reader))
    heard, forged = _without_orders(case)
    pieces = read(heard)
    if not (_readable(pieces, reader) and _english(heard.draft, pieces.draft, reader)):
        return Unjudged("language", "the local judge reads English only", _side_alone(case, reader))
    forms = read_customer(heard)
    if heard.turns != case.turns:
        forms = _with_danger(forms, case)
    scores = reader.scores(heard, pieces, forms)
    found = facts(heard, pieces, forms, scores, odds_of(scores, reader))
    sentences = tuple(sorted((*found.sentences, *forged), key=lambda s: s.span.start))
    return replace(found, sentences=sentences, recognition=recognition(case, sentences))


def _readable(pieces: Read, reader: net.Net) -> bool:
    """What the customer wrote last is English."""
    return all(_english(turn.text, turn.pieces, reader) for turn in pieces.customer[-1:])


def _english(text: str, pieces: tuple[Piece, ...], reader: net.Net) -> bool:
    return is_english(text, [word for piece in pieces for word in piece.words], reader.vocabulary.knows)


def _without_orders(case: Case) -> tuple[Case, tuple[Sentence, ...]]:
    """The case in which nobody speaks to the judge, and the sentences of the draft that did: they do nothing for the customer."""
    stems = stems_in("\n".join([*(t.content for t in case.turns), case.draft]))
    if not stems:
        return case, ()
    turns = tuple(replace(t, content=without_orders(t.content, stems)) for t in case.turns)
    heard = case if turns == case.turns else replace(case, turns=turns)
    places = orders_in(case.draft, stems)
    if not places:
        return heard, ()
    spans = [s for s in split(case.draft) if any(start < s.end and s.start < end for start, end in places)]
    draft = blanked(case.draft, ((s.start, s.end) for s in spans))
    return heard.with_draft(draft), tuple(Sentence(s, "filler") for s in spans)


def _with_danger(forms: Customer, case: Case) -> Customer:
    """Somebody in danger is heard also in words that seem to be meant for a judge."""
    seen = {signal.name for signal in forms.signals}
    more = tuple(s for s in read_customer(case).signals if s.name in DANGER and s.name not in seen)
    return replace(forms, signals=(*forms.signals, *more))


def odds_of(scores: "Scores", reader: net.Net) -> Odds:
    """The two calibrated probabilities."""
    if reader.last is None:
        raise GuardError(
            "the judge's net has no last layer: it is half trained. Train it to the end (evals/judge)."
        )
    return Odds(not_ok=last.lacking(scores, reader.last), human=last.human(scores, reader.last))


def facts(case: Case, pieces: Read, forms: Customer, scores: "Scores", odds: Odds) -> Assessment:
    """Probabilities become facts."""
    customer = side_of(scores, odds.human, pieces, forms)
    lacking = odds.not_ok >= LACKING
    if lacking and pieces.customer and customer.need == "none":
        need = NEEDS[1 + int(scores.need[1:].argmax())]
        customer = replace(customer, need=need, need_shown=need_shown(need, pieces))
    sentences = _sentences(scores, pieces, steps=not lacking and customer.need != "none")
    told = _sentences(scores, pieces, steps=False)  # a move that was raised to a step makes no claim
    return Assessment(customer, sentences, claims_in(told), defects(case.draft), odds)


def _side_alone(case: Case, reader: net.Net) -> Customer | None:
    """The customer's side without the draft; None where it is in no language that is read."""
    heard, _ = _without_orders(case.with_draft(""))
    pieces, forms = read(heard), read_customer(heard)
    if not _readable(pieces, reader):
        return None
    scores = reader.scores(heard, pieces, forms)
    return side_of(scores, odds_of(scores, reader).human, pieces, forms)


def _sentences(scores: "Scores", pieces: Read, *, steps: bool) -> tuple[Sentence, ...]:
    """Each sentence with its move; steps only where the whole draft holds one, and then at least the likeliest."""
    moves = [MOVES[int(row.argmax())] for row in scores.moves]
    found: set[int] = set()
    if steps and moves:
        found = {n for n, p in enumerate(scores.step) if p >= STEP} or {int(scores.step.argmax())}
    for n in found:
        if moves[n] not in STEPS:
            moves[n] = _likeliest_step(scores.moves[n])
    return tuple(
        Sentence(
            piece.span,
            moves[n],
            moves_need=n in found,
            recognises=(felt := bool(scores.recognises[n] >= RECOGNISES)),
            kind=(kind_of_empathy(piece.span.text) or "cognitive") if felt else None,
        )
        for n, piece in enumerate(pieces.draft)
    )


def _likeliest_step(probabilities: Sequence[float]) -> Move:
    return max((move for move in MOVES if move in STEPS), key=lambda move: probabilities[MOVES.index(move)])
