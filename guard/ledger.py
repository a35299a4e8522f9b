"""Claims against evidence and authority: verified, ungrounded, contradicted, unauthorised. Pure.

The four kinds need different backing. *Done* and *standing* claims need a call that worked and whose result or
arguments hold the same amounts, ids and dates. *Promised* and *offered* acts need an action of the authority
within its limits. What nobody told us about stays `unknown`: no evidence (`actions: null`) proves nothing,
and no stated authority forbids nothing.
"""

import json
import re
from dataclasses import replace

from guard.assessment import Assessment, Claim, Unjudged
from guard.case import Action, Authority, Case, ToolCall
from guard.text import number

# Verbs with which tools name the acts that drafts claim. `update_order` can cancel as well as change.
_TOOLS: dict[str, str] = {
    "refund": r"refund|reimburs|cancel|return|credit|payment|update|certificate",
    "compensate": r"compensat|voucher|certificate|gift|coupon|credit|discount|refund",
    "cancel": r"cancel|delet|void|terminat|clos",
    "replace": r"replac|resend|reship|exchange|create|order",
    "send": r"send|ship|dispatch|mail|notif|message|label|replac|certificate|creat",
    "book": r"book|reserv|schedul|creat|order|appointment",
    "change": r"updat|chang|modif|edit|set|add|remov|upgrad|extend|waiv|appl|book|correct|cancel",
    "unlock": r"unlock|reset|restor|activat|updat|set",
    "stop": r"block|freez|clos|delet|paus|stop|lock|hold|updat|set|cancel",
    "hand over": r"transfer|escalat|forward|hand|ticket|case|creat|open|log|file|notif",
    "contact": r"call|contact|notif|send|mail|message|sms|reach",
}
_FAILED = re.compile(
    r"^\W*(?:error|failed|failure|exception|not found|denied|timeout|timed out|invalid|unable)\b|\"(?:error|errors)\"\s*:\s*(?!null|\[\]|\"\"|false)|\"(?:ok|success)\"\s*:\s*false|\"status\"\s*:\s*\"(?:error|failed|failure|declined|rejected|denied)\"",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:amount|price|total|value|refund\w*|fee|cost|sum|credit\w*|paid)\W{1,6}(\d+(?:\.\d+)?)"
)
_READS = re.compile(
    r"^(?:get|find|search|list|lookup|look_up|read|check|calculate|think|query|fetch|view|verify)(?:_|$|[A-Z])"
)
_ABLE = {"offered", "promised"}


def worked(call: ToolCall) -> bool:
    """The call had a result and the result is no failure. A result outranks what the call says of itself."""
    if call.ok is False or (call.ok is None and not call.result.strip()):
        return False
    return not _FAILED.search(call.result)


def checked(seen: Assessment | Unjudged, case: Case, authority: Authority) -> Assessment | Unjudged:
    """The same assessment with every claim weighed. `authority` is the policy's; the case may add to it."""
    if isinstance(seen, Unjudged):
        return seen
    return replace(seen, claims=tuple(_weigh(claim, case, authority) for claim in seen.claims))


def _weigh(claim: Claim, case: Case, authority: Authority) -> Claim:
    match claim.kind:
        case "done" | "standing":
            return _against_evidence(claim, case)
        case "promised" | "offered":
            return _against_authority(claim, case, authority)


def _against_evidence(claim: Claim, case: Case) -> Claim:  # noqa: PLR0911 - one return a reason
    if case.evidence is None:
        return claim
    acts = [
        c for c in case.evidence if not _READS.match(c.name) and re.search(_TOOLS[claim.act], c.name.lower())
    ]
    good = [c for c in acts if worked(c)]
    if good and _covers(good, claim):
        return replace(claim, standing="verified")
    if _told_by_records(claim, case):
        return replace(claim, standing="verified", why="the records that were read show it")
    if good:
        return replace(
            claim,
            standing="contradicted",
            why=f"{good[-1].name} was called for something else or another amount",
        )
    if acts:
        return replace(claim, standing="contradicted", why=f"{acts[-1].name} was called and did not work")
    if claim.kind == "standing" and any(_READS.match(c.name) and worked(c) for c in case.evidence):
        return claim  # records were read; whether they show just this, only a reader could say
    return replace(claim, standing="ungrounded", why="no tool call shows it")


def _covers(calls: list[ToolCall], claim: Claim) -> bool:
    """Ids and amounts of the claim stand in the calls: a refund of 40 does not back one of 80, two of 40 do.

    Calls that name no amount at all cannot contradict one.
    """
    text = "\n".join(f"{c.arguments} {c.result}" for c in calls)
    amounts = [a for a in (number(a) for a in claim.amounts if "%" not in a) if a is not None]
    ids = [i.strip("#") for i in claim.ids if len(i) >= 5 and not i.isdigit()]
    money = claim.act in ("refund", "compensate")
    return (not ids or any(i in text for i in ids)) and (not money or not amounts or _paid(amounts, calls))


def _paid(amounts: list[float], calls: list[ToolCall]) -> bool:
    named = [[float(n) for n in _MONEY.findall(f"{c.arguments} {c.result}".replace(",", ""))] for c in calls]
    every = {n for numbers in named for n in numbers}
    total = sum(numbers[0] for numbers in named if numbers)
    return not every or any(a in every or a == total for a in amounts)


def _told_by_records(claim: Claim, case: Case) -> bool:
    """A call that only reads can show that something *is* so, or was done before: "your order was shipped"."""
    stem = claim.act[:5]
    reads = [c for c in case.evidence or () if _READS.match(c.name) and worked(c)]
    passive = re.search(r"\b(?:has|have|was|were|is|are)\b", claim.span.text.lower())
    first = re.search(r"\b(?:i|we)(?:'ve| have)\b", claim.span.text.lower())
    return passive is not None and first is None and any(stem in c.result.lower() for c in reads)


def _against_authority(  # noqa: PLR0911 - one return a reason
    claim: Claim, case: Case, authority: Authority
) -> Claim:
    stated = case.authority
    if stated is None and not authority.actions:
        return claim
    actions = (*(stated.actions if stated else ()), *authority.actions)
    fitting = [a for a in actions if _fits(a, claim)]
    if not fitting:
        if claim.act in ("send", "contact", "hand over") and stated is None:
            return claim
        if any(re.search(_TOOLS[claim.act], c.name.lower()) for c in case.evidence or ()):
            return claim
        return (
            replace(claim, standing="unauthorised", why="no action of the authority covers it")
            if stated is not None
            else claim
        )
    limits = [limit for a in fitting if (limit := limit_of(a)) is not None]
    amounts = [v for v in (number(a) for a in claim.amounts if "%" not in a) if v is not None]
    if limits and amounts and max(amounts) > max(limits) and len(limits) == len(fitting):
        return replace(
            claim, standing="unauthorised", why=f"{max(amounts):g} is above the limit of {max(limits):g}"
        )
    if all(forbids(a) for a in fitting):
        return replace(claim, standing="unauthorised", why="the authority rules it out")
    return replace(claim, standing="verified")


def _fits(action: Action, claim: Claim) -> bool:
    from_words = " ".join((action.id, action.does, action.tool or "", *action.for_words)).lower()
    return re.search(_TOOLS[claim.act], from_words) is not None


def limit_of(action: Action) -> float | None:
    """The largest amount that the action may move: its `max_amount`, or the amount its sentence names."""
    if action.max_amount is not None:
        return action.max_amount
    found = re.search(
        r"(?:up to|max\w*(?: of)?|no more than|at most|under|below|limit(?: of)?)\s*[$€£₹]?\s?(\d[\d,]*(?:\.\d+)?)",
        action.does.lower(),
    )
    return float(found.group(1).replace(",", "")) if found else None


def forbids(action: Action) -> bool:
    """A sentence of the authority can also rule things out: "may not refund basic economy"."""
    return (
        re.search(
            r"\b(?:may not|must not|cannot|can't|can not|never|not allowed|no refunds?|not (?:offer|promise|refund|waive))\b",
            action.does.lower(),
        )
        is not None
    )


def facts(case: Case) -> str:
    """All that is known: what was said, what calls returned, what the authority says. Text to look facts up in."""
    calls = [f"{c.arguments} {c.result}" for c in case.evidence or () if worked(c)]
    allowed = [
        json.dumps([a.id, a.does, a.deadline, a.say, a.max_amount, a.currency])
        for a in (case.authority.actions if case.authority else ())
    ]
    return "\n".join([*(t.content for t in case.turns), *calls, *allowed])
