"""An outcome as plain JSON: one object a case, for machines, with the words that show each fact."""

import json
import re
from dataclasses import asdict
from typing import TypedDict

from guard.assessment import Assessment, Customer, Dimension, Unjudged
from guard.outcome import Outcome, Rewritten, Sent, Withheld
from guard.records import clean

UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
"""What a terminal obeys instead of showing, and what hides or turns text: control characters, bidi overrides and
other invisible ones, lone surrogates. Tab and line feed are not among them."""
_UNSEEN = re.compile(f"[{UNSEEN}]")


class ClaimLine(TypedDict):
    """One claim of the draft."""

    kind: str
    act: str
    text: str
    standing: str
    why: str


class Line(TypedDict):
    """One reviewed case. `verdict` is null where the draft could not be judged, and `unjudged` says why."""

    id: str
    need: str | None
    empathy: bool | None
    concrete_step: bool | None
    verdict: str | None
    owner: str | None
    decision: str
    signals: list[str]
    dims: dict[Dimension, int] | None
    shown: dict[str, str]
    probabilities: dict[str, float] | None
    recognition: dict[str, int] | None
    defects: list[str]
    moves: list[dict[str, object]]
    claims: list[ClaimLine]
    outcome: str
    reply: str
    handoff: dict[str, str] | None
    unjudged: dict[str, str] | None
    judge: str
    prompts: list[str]
    spent: dict[str, float | int | None]
    dropped: int
    ms: float


def dumps(obj: object, indent: int | None = None) -> str:
    """JSON that a terminal shows as it is: valid UTF-8, and what cannot be seen is written as an escape."""
    text = clean(json.dumps(obj, ensure_ascii=False, indent=indent))
    return _UNSEEN.sub(lambda found: json.dumps(found.group())[1:-1], text)


def line(outcome: Outcome, ms: float) -> Line:
    """The object that `review --json` prints; `ms` is how long the review took. Its texts are clean."""
    judgement = outcome.judgement
    found = judgement.assessment
    customer = found.customer
    read = found if isinstance(found, Assessment) else None
    return Line(
        id=clean(outcome.case.id),
        need=customer.need if customer else None,
        empathy=read.empathy if read else None,
        concrete_step=read.concrete_step if read else None,
        verdict=judgement.verdict,
        owner=judgement.owner,
        decision=judgement.decision,
        signals=sorted(s.name for s in customer.signals) if customer else [],
        dims=dict(customer.dims.named()) if customer else None,
        shown=_shown(customer),
        probabilities=_probabilities(read),
        recognition=asdict(read.recognition) if read else None,
        defects=sorted({d.kind for d in read.defects}) if read else [],
        moves=[
            {
                "text": clean(s.span.text),
                "start": s.span.start,
                "end": s.span.end,
                "move": s.move,
                "step": s.moves_need,
            }
            for s in (read.sentences if read else ())
        ],
        claims=[
            ClaimLine(kind=c.kind, act=c.act, text=clean(c.span.text), standing=c.standing, why=clean(c.why))
            for c in (read.claims if read else ())
        ],
        outcome=name_of(outcome),
        reply=clean(outcome.reply),
        handoff=_handoff(outcome),
        unjudged={"cause": found.cause, "detail": found.detail} if isinstance(found, Unjudged) else None,
        judge=found.judge,
        prompts=list(outcome.spent.prompts),
        spent={
            "calls": outcome.spent.calls,
            "input_tokens": outcome.spent.input_tokens,
            "output_tokens": outcome.spent.output_tokens,
            "usd": outcome.spent.usd,
        },
        dropped=read.dropped if read else 0,
        ms=round(ms, 3),
    )


def name_of(outcome: Outcome) -> str:
    """sent, rewritten or withheld."""
    match outcome:
        case Sent():
            return "sent"
        case Rewritten():
            return "rewritten"
        case Withheld():
            return "withheld"


def why(outcome: Outcome) -> str:
    """One sentence for people."""
    judgement = outcome.judgement
    match judgement.assessment:
        case Unjudged(cause=cause, detail=detail):
            return f"could not be judged ({cause}: {detail})"
        case Assessment() as found if judgement.owner == "human":
            names = ", ".join(s.name.replace("_", " ") for s in found.customer.signals)
            shown = names or f"{found.customer.likelihood:.0%} likely"
            return f"belongs to a person ({shown})"
        case Assessment() as found if found.unbacked:
            claim = found.unbacked[0]
            return f"{claim.standing} claim: {claim.why}"
        case Assessment() as found if found.defects:
            return f"defect: {found.defects[0].kind}"
        case Assessment() as found:
            return {
                "ok": "no need is open" if found.customer.need == "none" else "offers a concrete step",
                "synthetic_empathy": "recognition, and no concrete step",
                "no_action": "no concrete step",
                "unbacked_claim": "unbacked claim",
            }[judgement.verdict or "ok"]


def _shown(customer: Customer | None) -> dict[str, str]:
    """The customer's words that show the need, each dimension and each signal."""
    if customer is None:
        return {}
    need = {"need": clean(customer.need_shown.span.text)} if customer.need_shown else {}
    return (
        need
        | {s.name: clean(s.span.text) for s in customer.shown}
        | {s.name: clean(s.span.text) for s in customer.signals}
    )


def _probabilities(read: Assessment | None) -> dict[str, float] | None:
    """How sure the judge was: that an open need is left without a step, and that a person must own the moment."""
    if read is None or read.odds is None:
        return None
    return {"not_ok": round(read.odds.not_ok, 4), "human": round(read.odds.human, 4)}


def _handoff(outcome: Outcome) -> dict[str, str] | None:
    if not isinstance(outcome, Withheld):
        return None
    return {"id": outcome.receipt.id, "reason": outcome.receipt.reason, "state": outcome.receipt.state}
