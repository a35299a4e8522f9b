"""Claims against evidence and authority: verified, ungrounded, contradicted, unauthorised. Pure.

The four kinds need different backing. *Done* and *standing* claims need a call that worked and whose result or
arguments hold the same amounts, ids and dates. *Promised* and *offered* acts need an action of the authority
within its limits. What nobody told us about stays `unknown`: no evidence (`actions: null`) proves nothing,
and no stated authority forbids nothing.
"""

import json
import re
from dataclasses import replace

from guard.assessment import ANY_ACT, Assessment, Claim, Unjudged
from guard.case import Action, Authority, Case, ToolCall
from guard.evidence import not_shown, numbers, reads_only, worked
from guard.text import DATE, number

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
# What an authority calls the acts: narrower than tool names, for an `update` may be anything and a sentence may not.
_ALLOWS: dict[str, str] = {
    "refund": r"refund|reimburs|money back|pay back",
    "compensate": r"compensat|voucher|certificate|gift card|coupon|credit|discount|goodwill|points",
    "cancel": r"cancel|terminat|close",
    "replace": r"replac|resend|reship|exchange|swap",
    "change": r"chang|updat|modif|edit|upgrad|extend|waiv|add|remov|correct|switch",
    "book": r"book|reserv|schedul|appointment|slot",
}
_PASSES_ON = re.compile(
    r"\b(?:may|can)\s+(?:only\s+)?(?:pass|forward|refer|escalate|transfer|hand|send)\b.{0,40}\b(?:request|to|on)\b|\b(?:who|which)\b.{0,30}\bdecides?\b"
)
_LIST_MARK = re.compile(r"^\W*\d{1,2}[.)]\s")
_ID_LENGTH = 5
"""Characters from which a token with digits names one thing."""
_MONEY = re.compile(
    r"(?:amount|price|total|value|refund\w*|fee|cost|sum|credit\w*|paid)\W{1,6}(\d+(?:\.\d+)?)"
)


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
    acts = [c for c in case.evidence if not reads_only(c) and _serves(c, claim.act)]
    good = [c for c in acts if worked(c)]
    if other := not_shown(claim.span.text, good):
        return replace(claim, standing="contradicted", why=other)
    if good and _covers(good, claim):
        if unknown := _unknown_numbers(claim, case):
            return replace(
                claim, standing="contradicted", why=f"no call or message knows {', '.join(unknown)}"
            )
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
    if claim.kind == "standing" and any(reads_only(c) and worked(c) for c in case.evidence):
        return claim  # records were read; whether they show just this, only a reader could say
    return replace(claim, standing="ungrounded", why="no tool call shows it")


def _serves(call: ToolCall, act: str) -> bool:
    """The tool's name says this act; any change serves a claim that names none."""
    return act == ANY_ACT or re.search(_TOOLS[act], call.name.lower()) is not None


def _unknown_numbers(claim: Claim, case: Case) -> list[str]:
    """Numbers of a claim that stand in no call and no message. Durations are no facts of a call.

    What merely stands so may be true without a call that says it; of that only the names of things are looked up.
    """
    told = _LIST_MARK.sub(" ", DATE.sub(" ", claim.span.text))
    least = 2 if claim.kind == "done" else _ID_LENGTH
    known = numbers(facts(case))
    return sorted(n for n in numbers(told) if len(n) >= least and n not in known)


def _covers(calls: list[ToolCall], claim: Claim) -> bool:
    """Ids and amounts of the claim stand in the calls: a refund of 40 does not back one of 80, two of 40 do.

    Calls that name no amount at all cannot contradict one.
    """
    text = "\n".join(f"{c.arguments} {c.result}" for c in calls)
    amounts = [a for a in (number(a) for a in claim.amounts if "%" not in a) if a is not None]
    ids = [i.strip("#") for i in claim.ids if _names_a_thing(i.strip("#"), claim)]
    money = claim.act in ("refund", "compensate")
    return (not ids or any(i in text for i in ids)) and (not money or not amounts or _paid(amounts, calls))


def _names_a_thing(token: str, claim: Claim) -> bool:
    """An order, a booking, a ticket: a token with letters and digits, or four digits and more that are no money,
    no date and not the end of a card number, which calls need not repeat.
    """
    if not token.isdigit():
        return len(token) >= _ID_LENGTH
    elsewhere = (*claim.amounts, *claim.dates)
    return (
        len(token) >= _ID_LENGTH - 1
        and not any(token in text for text in elsewhere)
        and not re.search(rf"(?:ending|ends)(?: in| with)?\W*{token}|\b(?:19|20)\d\d\b", claim.span.text)
    )


def _paid(amounts: list[float], calls: list[ToolCall]) -> bool:
    named = [[float(n) for n in _MONEY.findall(f"{c.arguments} {c.result}".replace(",", ""))] for c in calls]
    every = {n for numbers in named for n in numbers}
    total = sum(numbers[0] for numbers in named if numbers)
    return not every or any(a in every or a == total for a in amounts)


def _told_by_records(claim: Claim, case: Case) -> bool:
    """A call that only reads can show that something *is* so, or was done before: "your order was shipped"."""
    stem = claim.act[:5]
    reads = [c for c in case.evidence or () if reads_only(c) and worked(c)]
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
        if any(_serves(c, claim.act) for c in case.evidence or ()):
            return claim
        return (
            replace(claim, standing="unauthorised", why="no action of the authority covers it")
            if stated is not None
            else claim
        )
    if ruled_out := next((a for a in fitting if forbids(a)), None):
        return replace(claim, standing="unauthorised", why=f"the authority rules it out: {ruled_out.does}")
    limits = [limit for a in fitting if (limit := limit_of(a)) is not None]
    amounts = [v for v in (number(a) for a in claim.amounts if "%" not in a) if v is not None]
    if limits and amounts and max(amounts) > max(limits) and len(limits) == len(fitting):
        return replace(
            claim, standing="unauthorised", why=f"{max(amounts):g} is above the limit of {max(limits):g}"
        )
    return replace(claim, standing="verified")


def _fits(action: Action, claim: Claim) -> bool:
    """The action is this act. Who may only pass a request on may not do what is requested."""
    if claim.act not in ("hand over", "contact") and _PASSES_ON.search(action.does.lower()):
        return False
    words = " ".join((action.id, action.does, action.tool or "", *action.for_words)).lower()
    return re.search(_ALLOWS.get(claim.act, _TOOLS[claim.act]), words) is not None


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
            r"\b(?:may not|must not|cannot|can't|can not|never|not allowed|no refunds?|not (?:offer|promise|refund|waive))\b(?! sooner| more| above)",
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
