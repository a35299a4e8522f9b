"""The judge by language model: it reports facts with exact quotes, and code makes an `Assessment` of them.

What it quotes must stand in the case. A fact without its words is dropped and counted; where the dropped one would
have weighed (a danger, a heavy moment, a claim), nobody can tell any more what is true, so there is no verdict.
"""

from dataclasses import dataclass, replace
from functools import cache

from pydantic import ValidationError

from guard.asking import asked
from guard.assessment import (
    ANY_ACT,
    OWNED,
    STEPS,
    Assessment,
    Claim,
    ClaimKind,
    Customer,
    Dimension,
    Dimensions,
    SeenDimension,
    SeenNeed,
    SeenSignal,
    Sentence,
    Span,
    Unjudged,
)
from guard.case import Case
from guard.effects import Complete, NoCompletion, Steps, completed
from guard.judging.claims import claims_in
from guard.judging.debt import recognition
from guard.judging.defects import defects
from guard.judging.lifting import is_ours, lifts, observes, tells_otherwise
from guard.judging.sentences import split
from guard.judging.wire import ReadClaim, Reading, ReadSentence
from guard.ledger.amounts import money_in
from guard.ledger.backing import against_evidence
from guard.ledger.check import facts
from guard.ledger.evidence import Entry, entry, settled
from guard.prompts import OverBudgetError, Prompt
from guard.quotes import find
from guard.text import DATE, ID, fold

_WEIGHS = 2
"""Score of a dimension that can make a moment a person's."""
_TELLS = 4
"""Characters of a result from which its words tell something."""
_MOST = 400
"""Facts of one kind in a reading; each is looked for in the texts."""
_READ_AT_LEAST = 0.5
"""Share of the draft, in characters, that the model must have said something about."""


def reads(case: Case, prompt: Prompt, languages: frozenset[str], most: int) -> Steps[Assessment | Unjudged]:
    """Ask the model for a reading of the case. `languages`: those in which it is trusted; `most`: characters of a draft."""
    if len(case.draft) > most:
        return Unjudged(
            "too_long",
            f"the draft has {len(case.draft)} characters, the policy reads {most}",
            judge=prompt.version,
        )
    try:
        question = request(case, prompt)
    except OverBudgetError as error:
        return Unjudged("over_budget", str(error), judge=prompt.version)
    answer = yield from completed(question)
    if isinstance(answer, NoCompletion):
        return Unjudged(answer.cause, answer.detail, judge=prompt.version)
    try:
        reading = Reading.model_validate_json(answer.text)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        detail = f"the model's answer is not what was asked for (at {where or 'the beginning'})"
        return Unjudged("unparsable", detail, judge=prompt.version)
    if (
        max(len(reading.sentences), len(reading.claims), len(reading.signals), len(reading.dimensions))
        > _MOST
    ):
        return Unjudged("unparsable", "the model's answer holds too many facts", judge=prompt.version)
    return assessed(case, reading, prompt.version, languages)


def request(case: Case, prompt: Prompt) -> Complete:
    """What the model is asked."""
    values = {
        "turns": case.turns,
        "draft": case.draft,
        "actions_known": case.evidence is not None,
        "calls": case.evidence or (),
    }
    return asked(prompt, values, case, "reading", schema())


@cache
def schema() -> dict[str, object]:
    """The JSON Schema of a reading."""
    return Reading.model_json_schema()


def assessed(case: Case, reading: Reading, judge: str, languages: frozenset[str]) -> Assessment | Unjudged:
    """The facts of a reading whose words stand in the case."""
    side = _side(case, reading)
    if side.lost:
        return Unjudged(
            "misquoted", f"{side.lost} was seen in words that stand nowhere", side.customer, judge
        )
    language = reading.language.strip().lower()
    if language.split("-")[0] not in languages:
        return Unjudged(
            "language", f"the policy trusts the model in no {language!r:.20}", side.customer, judge
        )
    sentences, missing, read = _sentences(case.draft, reading.sentences)
    if read < _READ_AT_LEAST:
        return Unjudged("unparsable", "the model read less than half of the draft", side.customer, judge)
    claims, unplaced = _claims(case, reading.claims, sentences)
    if unplaced and case.evidence is not None:
        return Unjudged("misquoted", "a claim was seen in words that stand nowhere", side.customer, judge)
    return Assessment(
        side.customer,
        sentences,
        claims,
        defects(case.draft),
        recognition=recognition(case, sentences),
        judge=judge,
        dropped=side.dropped + missing + unplaced,
        language=language,
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """The customer's side, how many facts were dropped, and the first of them that would have weighed."""

    customer: Customer
    dropped: int
    lost: str | None


def _side(case: Case, reading: Reading) -> _Side:
    signals = [(s, _in_turns(s.quote, case)) for s in reading.signals]
    scores = [(d, _in_turns(d.quote, case)) for d in reading.dimensions]
    weighty = (
        *(s.name for s, place in signals if place is None and s.name in OWNED),
        *(d.name for d, place in scores if place is None and d.score >= _WEIGHS),
    )
    highest: dict[Dimension, int] = {}
    for told, place in scores:
        if place:
            highest[told.name] = max(told.score, highest.get(told.name, 0))
    open_ = _in_turns(reading.need_quote, case) if reading.need_quote and reading.need != "none" else None
    customer = Customer(
        reading.need,
        Dimensions(**highest),
        tuple(SeenSignal(s.name, *place) for s, place in signals if place),
        tuple(SeenDimension(d.name, *place) for d, place in scores if place),
        SeenNeed(*open_) if open_ else None,
    )
    return _Side(customer, sum(place is None for _, place in (*signals, *scores)), next(iter(weighty), None))


def _in_turns(quote: str, case: Case) -> tuple[Span, int] | None:
    """Where the customer said it, the latest turn first."""
    for n in range(len(case.turns) - 1, -1, -1):
        if case.turns[n].role == "customer" and (span := find(quote, case.turns[n].content)):
            return span, n
    return None


def _sentences(draft: str, told: list[ReadSentence]) -> tuple[tuple[Sentence, ...], int, float]:
    """Each sentence of the draft with what the model said of it; how many it made up; what share of the draft it read.

    Where it parts a sentence, the part that is a step counts. What it left out does nothing for the customer.
    """
    placed: list[tuple[Span, ReadSentence]] = []
    after = missing = 0
    for one in told:
        span = find(one.quote, draft, after) or find(one.quote, draft)
        if span is None:
            missing += 1
            continue
        after = span.end
        placed.append((span, one))
    pieces = split(draft)
    found = tuple(_sentence(piece, [one for span, one in placed if _meet(span, piece)]) for piece in pieces)
    length = sum(piece.end - piece.start for piece in pieces)
    covered = sum(p.end - p.start for p in pieces if any(_meet(span, p) for span, _ in placed))
    return found, missing, covered / length if length else 1.0


def _sentence(piece: Span, told: list[ReadSentence]) -> Sentence:
    if not told:
        return Sentence(piece, "filler")
    main = next((one for one in told if one.moves_need), told[0])
    felt = next((one for one in told if one.recognises or one.move == "empathy"), None)
    return Sentence(
        piece, main.move, main.moves_need, felt is not None, felt.kind or "cognitive" if felt else None
    )


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _claims(
    case: Case, told: list[ReadClaim], sentences: tuple[Sentence, ...]
) -> tuple[tuple[Claim, ...], int]:
    """What grammar finds, and beside it what the model saw where grammar found nothing; and how many it made up.

    Where the model read a claim too, it also says whether a tool result shows it.
    """
    placed = [(one, span) for one in told if (span := find(one.quote, case.draft))]
    found = [
        _shown(claim, [one for one, span in placed if _meet(span, claim.span)], case)
        for claim in claims_in(sentences)
    ]
    more: dict[Claim, None] = {}
    for one, span in placed:
        home = next((s for s in sentences if _meet(s.span, span)), Sentence(span, "filler"))
        seen = any(
            _meet(claim.span, home.span) and _of_acts(claim.kind) == _of_acts(one.kind) for claim in found
        )
        if not seen and (_of_acts(one.kind) or _weighable(one, home)):
            more[_shown(_claim(one, home.span), [one], case)] = None
    return (*found, *more), len(told) - len(placed)


def _claim(told: ReadClaim, span: Span) -> Claim:
    text = fold(span.text)
    money = tuple(dict.fromkeys(m.text for m in money_in(text)))
    ids = tuple(dict.fromkeys(m.group() for m in ID.finditer(span.text)))
    dates = tuple(dict.fromkeys(m.group().strip() for m in DATE.finditer(text)))
    return Claim(told.kind, ANY_ACT if told.act == "act" else told.act, span, money, ids, dates)


def _shown(claim: Claim, told: list[ReadClaim], case: Case) -> Claim:
    """Whether results show what the model read in these words: it names the words, code says what they can show.

    Words that stand in no result show nothing. Words that do and say nothing of the claim are no better, unless the
    ledger by itself finds that it is so.
    """
    of_acts = [one for one in told if _of_acts(one.kind)]
    if case.evidence is None or not of_acts or not _of_acts(claim.kind):
        return claim
    calls = tuple(entry(call) for call in case.evidence)
    standing = [
        [c for c in calls if c.result != "failed" and find(one.shown_by or "", c.call.result)]
        if len(one.shown_by or "") >= _TELLS
        else []
        for one in of_acts
    ]
    if not all(standing):
        return replace(claim, shown=False)
    pairs = tuple(zip(of_acts, standing, strict=True))
    if all(
        any(lifts(one.shown_by or "", one.act, claim, case, c, calls) for c in found) for one, found in pairs
    ):
        return replace(claim, shown=True)
    words = fold(claim.span.text)
    if observes(claim, words) or not all(c.reads for _, found in pairs for c in found):
        return claim
    against = any(tells_otherwise(one.shown_by or "", words, c, calls) for one, found in pairs for c in found)
    return claim if not against and _ledger_says(claim, words, case, calls) else replace(claim, shown=False)


def _ledger_says(claim: Claim, told: str, case: Case, calls: tuple[Entry, ...]) -> bool:
    """The ledger verifies it by itself; a deed that we call ours by what was done, not by what was read."""
    ours = is_ours(told) and claim.act != "send"
    weighing = tuple(c for c in settled(calls) if not (ours and c.reads))
    return against_evidence(claim, case, weighing, lambda: facts(case, calls)).standing == "verified"


def _of_acts(kind: ClaimKind) -> bool:
    """What was done, as against what will or can be."""
    return kind in ("done", "standing")


def _weighable(one: ReadClaim, home: Sentence) -> bool:
    """A promise or an offer of an act that an authority can name: "we will do all we can" promises nothing."""
    return one.act != "act" and home.move in STEPS
