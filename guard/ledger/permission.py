"""Whether the authority allows what a draft promises or offers: an action that covers the act, within its limits."""

import re
from collections.abc import Callable
from dataclasses import replace

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import MONEY, acts_in
from guard.ledger.amounts import (
    WHOLE,
    Money,
    extent,
    hours_promised,
    is_cap,
    money_in,
    moved,
    names_a_day,
    per_unit,
    percents_in,
    same_currency,
    times,
)
from guard.ledger.authority import Grant, is_about, names_another, tells_its_terms
from guard.ledger.clocks import until
from guard.ledger.evidence import Entry, serves
from guard.ledger.known import asked_for, known
from guard.ledger.tools import acts_of_tool
from guard.text import content, fold

_OTHERS = re.compile(
    r"\b(?:colleagues?|managers?|supervisors?|teams?|specialists?|technicians?|engineers?|representatives?|agents?|advis[eo]rs?|someone|somebody|they|he|she|department|office)\b"
)
"""Somebody else's promise: who may refund may also write about it, but binds nobody else by that."""
NOT_COVERED = "no action of the authority covers it"
_OWN_WORDS = 2
"""Words of its own that an offer may add to the authority's: what it is for."""
_OR = re.compile(r",? or ")
_EACH = re.compile(r"\b(?:each|every|per|apiece|a (?:piece|month|week|day|night|year|person|item))\b")
_MORE = re.compile(r"\b(?:another|additional|extra|further|on top|also|plus|as well|too)\b")


def against_authority(
    claim: Claim, case: Case, grants: tuple[Grant, ...], calls: Callable[[], tuple[Entry, ...]]
) -> Claim:
    """The claim with its standing; the first of these answers that holds, counts.

    1. Nobody stated an authority: unknown.
    2. A sentence of the authority rules the act out, or none covers it: unauthorised. Where a call has begun it or a
       tool that the model has could do it: unknown, for a tool has limits that nobody told us; so where a sentence names
       the act and does not say clearly whether it may be done.
    3. It goes beyond every limit of amount, share or time: unauthorised.
    4. A condition, a share of an unknown sum, or a fact that is still missing stands in between: unknown.
    5. Verified.
    """
    told = fold(claim.span.text)
    if ruled_out := next((g for g in grants if claim.act in g.forbidden), None):
        return replace(
            claim, standing="unauthorised", why=f"the authority rules it out: {ruled_out.action.does}"
        )
    fitting = [g for g in grants if _covers(g, claim.act, told) or _says_so(g, claim)]
    if not fitting:
        unread = [g for g in grants if claim.act in g.unread]
        if unread and (why := _beyond(claim, told, unread, case)):
            return replace(claim, standing="unauthorised", why=why)
        stated = case.authority is not None or grants
        if not stated or _may_be_covered(claim, case, told, grants, calls()):
            return claim
        return replace(claim, standing="unauthorised", why=NOT_COVERED)
    if why := _beyond(claim, told, fitting, case):
        return replace(claim, standing="unauthorised", why=why)
    return _if_certain(claim, told, fitting, case)


def together(claims: tuple[Claim, ...], grants: Callable[[], tuple[Grant, ...]]) -> tuple[Claim, ...]:
    """Promises of one act in several sentences count together once the draft says that the later one comes on top."""
    done: list[Claim] = []
    for claim in claims:
        before = [
            c
            for c in done
            if c.act == claim.act and c.kind == claim.kind == "promised" and c.span != claim.span
        ]
        told = fold(claim.span.text)
        if claim.act in MONEY and before and claim.standing == "verified" and _MORE.search(told):
            amounts = [moved(fold(c.span.text)) for c in (*before, claim)]
            code = next((m.currency for some in amounts for m in some if m.currency), None)
            limit = _highest([g for g in grants() if g.covers(claim.act)], code)
            value = sum(
                _together(list(some), fold(c.span.text))
                for some, c in zip(amounts, (*before, claim), strict=True)
            )
            if limit is not None and value > limit.value:
                why = f"{value:g} together is above the limit of {limit.value:g}"
                done.append(replace(claim, standing="unauthorised", why=why))
                continue
        done.append(claim)
    return tuple(done)


def _may_be_covered(
    claim: Claim, case: Case, told: str, grants: tuple[Grant, ...], calls: tuple[Entry, ...]
) -> bool:
    begun = any(serves(c, claim.act, told) for c in calls)
    by_tool = any(claim.act in acts_of_tool(name) for name in case.tools)
    unclear = any(claim.act in g.unread for g in grants)
    return (
        begun
        or by_tool
        or unclear
        or (claim.act in (ANY_ACT, "change") and _touched(told, grants, 1 if claim.act == ANY_ACT else 2))
    )


def _touched(told: str, grants: tuple[Grant, ...], words: int) -> bool:
    """An act that we have no word for, or only a general one, and a sentence of the authority on the same matter."""
    return any(len(content(told) & content(g.action.does)) >= words for g in grants)


def _covers(grant: Grant, act: str, told: str) -> bool:
    if act == "contact" and _OTHERS.search(told):
        return bool(grant.acts & {"contact", "hand over", "open"})
    return grant.covers(act)


def _if_certain(claim: Claim, told: str, fitting: list[Grant], case: Case) -> Claim:
    """Verified, unless something that cannot be seen from here stands in between."""
    if all(g.conditional and not _says_so(g, claim) for g in fitting) or (
        _whole(told) and any(g.limit for g in fitting)
    ):
        return claim
    if any(g.percent is not None for g in fitting) and moved(told) and not percents_in(told):
        return claim
    spoken = content(" ".join((told, *case.customer_turns())))
    if not any(_is_for(g, claim, told, spoken) for g in fitting):
        return claim  # it is for another thing, or called by another name
    if names_a_day(told) and any(g.hours is not None for g in fitting):
        return claim
    missing = [need for need in fitting[0].action.needs if not _met(need, case, fitting[0])]
    if missing and all(any(not _met(n, case, g) for n in g.action.needs) for g in fitting):
        return replace(claim, why=f"it needs the {missing[0]} first")
    return replace(claim, standing="verified")


def _met(need: str, case: Case, grant: Grant) -> bool:
    """It is known, or the draft asks for it: an offer may stand beside the question."""
    return known(need, case, grant.says or "") or asked_for(need, case.draft)


def _is_for(grant: Grant, claim: Claim, told: str, spoken: frozenset[str]) -> bool:
    """What the claim does it to is what the grant is for, as far as words can tell."""
    if _says_so(grant, claim) or tells_its_terms(grant, told):
        return True
    customers = spoken - content(told) | content(grant.action.does)
    return is_about(grant, spoken) and not names_another(grant, told, customers)


def _says_so(grant: Grant, claim: Claim) -> bool:
    """An offer in the authority's own words, its condition told with it, goes no further than the authority."""
    if claim.kind != "offered" or grant.says is None:
        return False
    says, told = content(grant.says), content(claim.span.text)
    own = told - says - content(grant.action.deadline or "")
    return says <= told and len(own) <= _OWN_WORDS and claim.act in {ANY_ACT, *acts_in(fold(grant.says))}


def _beyond(claim: Claim, told: str, fitting: list[Grant], case: Case) -> str | None:
    """What is promised above every limit of the actions that fit. A second action without a limit lifts none."""
    amounts = list(moved(told, bare=claim.act in (*MONEY, "send")))
    if _whole(told) and not amounts:
        amounts = [m for turn in case.customer_turns() for m in money_in(fold(turn))]
    if why := _above(amounts, told, fitting):
        return why
    shares = [g.percent for g in fitting if g.percent is not None]
    promised = percents_in(told) or ((100.0,) if _whole(told) else ())
    if shares and promised and max(promised) > max(shares):
        return f"{max(promised):g}% is above the limit of {max(shares):g}%"
    lasts = [g.extent for g in fitting if g.extent is not None]
    told_to_last = extent(told)
    if lasts and told_to_last is not None and told_to_last > max(lasts):
        return f"{told_to_last / 24:g} days are more than {max(lasts) / 24:g}"
    timed = [g for g in fitting if g.hours is not None]
    soonest = min(timed, key=lambda g: g.hours or 0.0, default=None)
    due = hours_promised(_own_alternative(told, claim.act))
    if soonest is not None and due is not None and due < (soonest.hours or 0.0):
        return f"it may be promised {soonest.action.deadline or f'after {soonest.hours:g} hours'}, not sooner"
    if timed_to := next((why for g in fitting if (why := _later(told, g))), None):
        return timed_to
    return None


def _own_alternative(told: str, act: str) -> str:
    """Of "a new lamp within 5 days or a refund within 14 days" the part that is about this act."""
    parts = _OR.split(told)
    own = [p for p in parts if act in acts_in(p)]
    return own[0] if len(own) == 1 and len(parts) > 1 else told


def _later(told: str, grant: Grant) -> str | None:
    """ "Until 16:00", where it may be until 14:00."""
    mine, most = until(told), until(fold(grant.action.does))
    if mine is None or most is None or mine <= most:
        return None
    return f"until {mine[0]}:{mine[1]:02} is later than {most[0]}:{most[1]:02}"


def _above(amounts: list[Money], told: str, fitting: list[Grant]) -> str | None:
    """Money above the limit in its own currency, or in a currency in which nobody may give any."""
    bounded = [g.limit for g in fitting if g.limit is not None]
    codes: list[str | None] = [*dict.fromkeys(a.currency for a in amounts if a.currency)]
    for code in (codes or [None]) if bounded and amounts else ():
        mine = [a for a in amounts if same_currency(a.currency, code)]
        most = _highest(fitting, code)
        if most is None:
            return f"{mine[0].text} is another currency than {', '.join(str(b.currency) for b in bounded)}"
        value = _together(mine, told)
        if value > most.value:
            return f"{value:g} is above the limit of {most.value:g}"
        if (each := per_unit(told)) and not any(_EACH.search(fold(g.action.does)) for g in fitting):
            return f"{most.value:g} is the limit in all, and not {each}"
    return None


def _highest(grants: list[Grant], code: str | None) -> Money | None:
    limits = [g.limit for g in grants if g.limit is not None and same_currency(g.limit.currency, code)]
    return max(limits, key=lambda limit: limit.value, default=None)


def _together(amounts: list[Money], told: str) -> float:
    """What is promised in one sentence: the sum, unless it is a choice or the sentence holds several acts of money."""
    several = len(acts_in(told) & MONEY) > 1
    choice = re.search(r"\b(?:or|either|instead|total|altogether|which is|that is)\b", told)
    values = [a.value * times(a, told) for a in amounts]
    caps = [v for v, a in zip(values, amounts, strict=True) if is_cap(a, told)]
    given = [v for v, a in zip(values, amounts, strict=True) if not is_cap(a, told)] or caps
    return max(values, default=0) if several or choice else max(sum(given), *caps, 0)


def _whole(told: str) -> bool:
    """The promise is of all that was paid, whatever that was."""
    return WHOLE.search(told) is not None and not moved(told)
