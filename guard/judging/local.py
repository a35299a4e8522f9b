"""The local judge: reads a case without a network, a key or a model download.

Sentence forms say what is on the page, the net weighs them with the conversation, and here its probabilities
become facts. The thresholds were chosen by cross-validation and on replies held apart (`evals/judge/README.md`).
"""

import re
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
    Defect,
    Move,
    Odds,
    Sentence,
    Span,
    Unjudged,
)
from guard.case import Case
from guard.errors import GuardError
from guard.judging import last, net
from guard.judging.claims import claims_in
from guard.judging.customer import read_customer
from guard.judging.debt import recognition
from guard.judging.language import is_english
from guard.judging.moves import kind_of_empathy
from guard.judging.reading import Read, read
from guard.judging.sentences import split
from guard.judging.side import need_shown, side_of
from guard.judging.steps import PLACEHOLDER
from guard.ledger.amounts import blanked
from guard.orders import orders_in, without_orders

if TYPE_CHECKING:
    from guard.judging.net import Scores

_NEVER_FILLED = re.compile(
    r"\{\{\s*[a-z_][a-z0-9_.]*(?:\s*\|[^{}]*)?\s*\}\}|\{%.{0,80}?%\}|\bTBD\b|\bXX/XX\b|\b__[A-Z]{3,}__\b|(?<!\w)\$[A-Z][A-Z_]{3,}\b"
)
"""Names of variables that nobody filled in: `{{eta}}`. Words in braces, as in `{{Order Number}}`, mask a real value in
public texts and are read as filled in."""
LACKING = 0.5
"""Probability from which the draft is said to leave an open need without a step."""
RECOGNISES = 0.5
STEP = 0.5


def judge(case: Case, max_characters: int, reader: net.Net | None = None) -> Assessment | Unjudged:
    """See what is in the case. The customer's side is given even where the draft cannot be read.

    `reader` is the net in the wheel unless another one is to be measured.
    """
    reader = reader or net.shipped()
    heard, forged = _without_orders(case)
    readable = all(is_english(text, reader.vocabulary.knows) for text in heard.customer_turns()[-1:])
    if len(case.draft) > max_characters:
        detail = f"the draft has {len(case.draft)} characters, the policy reads {max_characters}"
        return Unjudged("too_long", detail, _side_alone(heard, reader) if readable else None)
    if not readable or not is_english(heard.draft, reader.vocabulary.knows):
        detail = "the local judge reads English only"
        return Unjudged("language", detail, _side_alone(heard, reader) if readable else None)
    pieces, forms = read(heard), read_customer(heard)
    if heard.turns != case.turns:
        forms = _with_danger(forms, case)
    scores = reader.scores(heard, pieces, forms)
    found = facts(heard, pieces, forms, scores, odds_of(scores, reader))
    sentences = tuple(sorted((*found.sentences, *forged), key=lambda s: s.span.start))
    return replace(found, sentences=sentences, recognition=recognition(case, sentences))


def _without_orders(case: Case) -> tuple[Case, tuple[Sentence, ...]]:
    """The case in which nobody speaks to the judge, and the sentences of the draft that did: they do nothing for the customer."""
    turns = tuple(replace(t, content=without_orders(t.content)) for t in case.turns)
    heard = case if turns == case.turns else replace(case, turns=turns)
    places = orders_in(case.draft)
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


def _side_alone(case: Case, reader: net.Net) -> Customer:
    """The customer's side without the draft."""
    bare = case.with_draft("")
    pieces, forms = read(bare), read_customer(bare)
    scores = reader.scores(bare, pieces, forms)
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


def defects(draft: str) -> tuple[Defect, ...]:
    """Placeholders that nobody filled in, and a draft without a word."""
    gaps = tuple(
        Defect("placeholder", Span(m.group(), m.start(), m.end()))
        for form in (PLACEHOLDER, _NEVER_FILLED)
        for m in form.finditer(draft)
    )
    return gaps if re.search(r"\w", draft) else (*gaps, Defect("empty", Span(draft, 0, len(draft))))
