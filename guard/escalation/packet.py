"""The handoff packet, v1: what a person needs so that the customer need not tell it twice."""

import json
import re
from dataclasses import replace
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict

from guard.assessment import DANGER, Assessment, Customer, Dimension, Need, Signal, Unjudged
from guard.case import Action, Case
from guard.escalation.answers import answered
from guard.escalation.masking import masked, secrets_in, speaks_of_one_time_code
from guard.ledger.evidence import worked
from guard.outcome import Handoff, Judgement, Reason
from guard.records import Text, clean

_READ = 20_000
"""Characters of one turn in which given facts are looked for: some 3,500 words, far above any message that was
typed; what is longer is a pasted log. The transcript keeps all of it."""
_FACTS = 50
"""Facts that a person can take in; the transcript has the rest."""
_SHARED = 2
"""Turns at the end of what is stored that must come first in what follows, to be the same conversation."""
# Each form starts only where a run of its characters starts and never gives characters back, so that the time
# grows with the text and not with its square.
_ID = re.compile(r"#?\b[A-Z0-9]++\b(?:-[A-Z0-9]++\b)*+")
_DIGIT = re.compile(r"\d")
_LINK = re.compile(
    r"\b(?:https?://|www\.)[^\s)>\]]*[^\s)>\].,;:!?]|(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\s{1,3}\d{1,2}|"
    r"\d{1,2}(?::\d{2})?\s?[ap]\.?m\b|\d{1,2}:\d{2}|"
    r"(?:\d{1,4}|one|two|three|four|five|seven|ten)(?:\s?(?:-|to)\s?\d{1,4})?\s{1,3}(?:business |working )?(?:minutes?|hours?|days?|weeks?|months?))\b",
    re.IGNORECASE,
)
_BECAUSE: dict[Reason, str] = {
    "human_requested": "The customer asked for a person.",
    "safety": "Somebody may be in danger.",
    "sensitivity": "This moment belongs to a person: see the matrix and the signals.",
    "loop": "The same need failed again and it weighs on the customer.",
    "authority_gap": "Nothing that the assistant may do covers what the customer needs.",
    "defective_draft": "The draft was unfinished, and nothing was asked of us that a rewrite could answer.",
    "language": "The guard does not read or write the language of this conversation.",
    "guard_uncertain": "The draft could not be judged or mended with certainty, so it was not sent.",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quote(_Part):
    """The customer's own words and where they stand, counting turns from 0."""

    quote: Text
    turn: int


class PacketNeed(_Part):
    """What is open; null where the customer's side could not be read."""

    kind: Need | None
    statement_in_customer_words: Quote | None


class Matrix(_Part):
    """The four scores, 0 to 3, and how sure the judge was as a whole; null where the customer's side could not be read."""

    scores: dict[Dimension, int] | None
    likelihood: float | None
    rationale: list[Quote]


class PacketSignal(_Part):
    """One signal with the words that show it."""

    id: Signal
    turn: int
    span: Text


class Tried(_Part):
    """A call that was made, with what came of it."""

    action: Text
    arguments: Text
    result: Text
    worked: bool


class Promise(_Part):
    """Something the withheld draft said, and how it stood. It was not sent."""

    text: Text
    standing: Text
    why: Text


class PacketAuthority(_Part):
    """What the assistant might have done and why that was not enough."""

    available: list[Text]
    why_blocked: Text


class WithheldDraft(_Part):
    """For agents only: the reply that did not go out. `judge`: who read it, a prompt's version where a model did."""

    text: Text
    judge: Text = ""
    verdict: Text | None
    unjudged: Text | None
    claims: list[Promise]


class Packet(_Part):
    """One handoff, self-contained. `schema_version` changes when a field changes its meaning."""

    schema_version: int = 1
    idempotency_key: Text
    tenant: Text
    case: Text
    reason_code: Reason
    reason_text: Text
    summary: Text
    need: PacketNeed
    matrix: Matrix
    signals: list[PacketSignal]
    tried: list[Tried]
    authority: PacketAuthority
    do_not_ask_again: list[Text]
    withheld_draft: WithheldDraft
    transcript: list[dict[str, Text]]


def pack(  # noqa: PLR0913, PLR0917 - what a handoff is made of
    case: Case,
    judgement: Judgement,
    reason: Reason,
    actions: tuple[Action, ...],
    tenant: str,
    summary: str | None = None,
) -> Handoff:
    """The handoff for this moment. The same moment gives the same key, however often it is tried.

    summary: in place of an extract of the customer's own words.
    """
    key = sha256(f"{tenant}\x1f{case.moment()}".encode()).hexdigest()
    secrets = _secrets(case)
    case = _without(case, secrets)
    customer = judgement.assessment.customer
    packet = Packet(
        idempotency_key=key,
        tenant=tenant,
        case=case.id,
        reason_code=reason,
        reason_text=_BECAUSE[reason],
        summary=masked(summary, secrets) if summary else _summary(case, customer),
        need=PacketNeed(
            kind=customer.need if customer else None, statement_in_customer_words=_needed(case, customer)
        ),
        matrix=_matrix(customer, secrets),
        signals=[
            PacketSignal(id=s.name, turn=s.turn, span=masked(s.span.text, secrets)) for s in customer.signals
        ]
        if customer
        else [],
        tried=[
            Tried(action=c.name, arguments=c.arguments, result=c.result, worked=worked(c))
            for c in case.evidence or ()
        ],
        authority=PacketAuthority(available=[masked(a.does) for a in actions], why_blocked=_BECAUSE[reason]),
        do_not_ask_again=_given(case),
        withheld_draft=_draft(case, judgement, secrets),
        transcript=[{"role": t.role, "content": t.content} for t in case.turns],
    )
    urgent = customer is not None and any(s.name in DANGER for s in customer.signals)
    return Handoff(
        key, clean(case.id), reason, json.dumps(packet.model_dump(mode="json"), ensure_ascii=False), urgent
    )


def without_secrets(case: Case) -> Case:
    """The same case without what nobody may keep."""
    return _without(case, _secrets(case))


def _without(case: Case, secrets: frozenset[str]) -> Case:
    return replace(
        case,
        turns=tuple(replace(t, content=masked(t.content, secrets)) for t in case.turns),
        draft=masked(case.draft, secrets),
        evidence=case.evidence
        and tuple(
            replace(c, arguments=masked(c.arguments, secrets), result=masked(c.result, secrets))
            for c in case.evidence
        ),
    )


def _secrets(case: Case) -> frozenset[str]:
    """Word for word, before anything is taken out: a code that stands alone is known by where it was said, or asked for."""
    one_time = any(speaks_of_one_time_code(turn.content) for turn in case.turns)
    said = "\n".join((*case.customer_turns(), case.draft))
    return secrets_in(said, one_time=one_time) | answered(case.turns)


def joined(stored: str, packet: str) -> str | None:
    """The packet of a conversation that goes on, with all that was said; None where it is another conversation.

    It goes on where it begins with all that is stored, or, for a client that sends only its last messages, with the end of
    it. A packet of an earlier moment of the same conversation (a late retry) changes nothing: `stored` comes back.
    Only the transcript is read, so that a packet of an older version is understood too.
    """
    before, now = _said(stored), _said(packet)
    if before[: len(now)] == now:
        return stored
    start = next((n for n in range(len(before)) if _goes_on(before[n:], now, whole=n == 0)), None)
    if not before or start is None:
        return None
    return packet if start == 0 else _moved(json.loads(packet), json.loads(stored), start)


def _moved(packet: dict[str, Any], stored: dict[str, Any], start: int) -> str:
    """The packet of a window, told from the beginning: its turns count on, and what was given before stays given."""

    def on(place: dict[str, Any] | None) -> dict[str, Any] | None:
        return place and {**place, "turn": place["turn"] + start}

    need, matrix = packet["need"], packet["matrix"]
    given = [*stored.get("do_not_ask_again", []), *packet["do_not_ask_again"]]
    return json.dumps(
        {
            **packet,
            "summary": re.sub(r"\[(\d+)\]", lambda m: f"[{int(m[1]) + start}]", packet["summary"]),
            "need": {**need, "statement_in_customer_words": on(need["statement_in_customer_words"])},
            "matrix": {**matrix, "rationale": [on(quote) for quote in matrix["rationale"]]},
            "signals": [on(signal) for signal in packet["signals"]],
            "do_not_ask_again": list(dict.fromkeys(given))[:_FACTS],
            "transcript": [*stored["transcript"][:start], *packet["transcript"]],
        }
    )


def _said(packet: str) -> list[object]:
    transcript = json.loads(packet).get("transcript")
    return list(transcript) if isinstance(transcript, list) else []


def _goes_on(end: list[object], now: list[object], *, whole: bool) -> bool:
    return (whole or len(end) >= _SHARED) and now[: len(end)] == end


def _needed(case: Case, customer: Customer | None) -> Quote | None:
    """The turn that shows the need, whole; else the customer's last words."""
    if customer and customer.need_shown:
        return Quote(quote=case.turns[customer.need_shown.turn].content, turn=customer.need_shown.turn)
    last = max((n for n, t in enumerate(case.turns) if t.role == "customer"), default=None)
    return None if last is None else Quote(quote=case.turns[last].content, turn=last)


def _summary(case: Case, customer: Customer | None) -> str:
    """Extractive, so that it cannot be wrong: first and last words of the customer, each with its turn."""
    said = [(n, t.content) for n, t in enumerate(case.turns) if t.role == "customer"]
    if not said:
        return "The customer has not written yet."
    parts = [f'[{n}] "{_short(text)}"' for n, text in (said if len(said) < 2 else [said[0], said[-1]])]
    return " … ".join(parts)


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:35]) + (" …" if len(words) > 35 else "")


def _matrix(customer: Customer | None, secrets: frozenset[str]) -> Matrix:
    if customer is None:
        return Matrix(scores=None, likelihood=None, rationale=[])
    quotes = [Quote(quote=masked(s.span.text, secrets), turn=s.turn) for s in customer.shown]
    return Matrix(scores=customer.dims.named(), likelihood=round(customer.likelihood, 4), rationale=quotes)


def _given(case: Case) -> list[str]:
    """Numbers, addresses and dates that the customer has given already."""
    said = "\n".join(text[:_READ] for text in case.customer_turns())
    ids = (m.group() for m in _ID.finditer(said) if _DIGIT.search(m.group()))
    others = (m.group().strip() for form in (_LINK, _DATE) for m in form.finditer(said))
    return list(dict.fromkeys((*ids, *others)))[:_FACTS]


def _draft(case: Case, judgement: Judgement, secrets: frozenset[str]) -> WithheldDraft:
    match judgement.assessment:
        case Unjudged(cause=cause, detail=detail, judge=judge):
            return WithheldDraft(
                text=case.draft, judge=judge, verdict=None, unjudged=f"{cause}: {detail}", claims=[]
            )
        case Assessment(claims=claims, judge=judge):
            told = [
                Promise(text=masked(c.span.text, secrets), standing=c.standing, why=masked(c.why, secrets))
                for c in claims
            ]
            return WithheldDraft(
                text=case.draft, judge=judge, verdict=judgement.verdict, unjudged=None, claims=told
            )
