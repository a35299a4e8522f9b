"""Claims against evidence and authority: verified, ungrounded, contradicted, unauthorised. Pure.

The four kinds need different backing. *Done* and *standing* claims need a call that does this act, that worked and
whose result or arguments hold the same amounts, ids and dates. *Promised* and *offered* acts need an action of the
authority within its limits. What nobody told us about stays `unknown`: no evidence (`actions: null`) proves
nothing, and no stated authority forbids nothing.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from guard.acts import acts_in
from guard.amounts import (
    WHOLE,
    Money,
    hours_promised,
    money_in,
    moved,
    percents_in,
    plain,
    same_currency,
    without_money,
    without_times,
)
from guard.assessment import ANY_ACT, Assessment, Claim, Unjudged
from guard.authority import Grant, read
from guard.case import Authority, Case
from guard.evidence import Seen, amounts_match, differs, holds, numbers, seen, serves, shows
from guard.text import DATE, fold

_LIST_MARK = re.compile(r"^\W*\d{1,2}[.)]\s")
_DAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
"""Days of the week; compared only where something known names one, since calls write dates in figures."""
_CARD_END = re.compile(r"\bend(?:s|ing)(?: in| with)?\W*\d{2,4}\b")
"""The end of a card number, which calls need not repeat."""
_ID_LENGTH = 5
"""Characters from which a token with digits names one thing."""
_DIGITS = re.compile(r"\d[\d.,]*")
_BEGUN = re.compile(r"\b(?:submitted|initiated|requested|started|filed|opened|sent|queued|begun)\b")
_LOOKED = re.compile(
    r"\b(?:i|we)(?:'ve| have)? (?:just |already |now )?(?:checked|looked|found|located|reviewed|verified|retrieved|read)\b"
)
"""Looking something up is the one act of ours that a lookup backs."""
_OURS = re.compile(r"\b(?:i|we)(?:'ve| have)?\b")
_PASSIVE = re.compile(r"\b(?:has|have|was|were|is|are)\b")
_TOGETHER = re.compile(r"\W*(?:(?:and|or|orders?|bookings?|tickets?|both)\W*)*")


def checked(seen_by_judge: Assessment | Unjudged, case: Case, authority: Authority) -> Assessment | Unjudged:
    """The same assessment with every claim weighed. `authority` is the policy's; the case may add to it."""
    if isinstance(seen_by_judge, Unjudged):
        return seen_by_judge
    calls = cache(lambda: tuple(seen(c) for c in case.evidence or ()))
    grants = cache(lambda: granted(case, authority))
    return replace(
        seen_by_judge, claims=tuple(_weigh(claim, case, calls, grants) for claim in seen_by_judge.claims)
    )


def granted(case: Case, authority: Authority) -> tuple[Grant, ...]:
    """The actions of the case, then those of the policy, each as what it grants."""
    stated = case.authority.actions if case.authority else ()
    return tuple(read(action) for action in (*stated, *authority.actions))


def _weigh(
    claim: Claim, case: Case, calls: Callable[[], tuple[Seen, ...]], grants: Callable[[], tuple[Grant, ...]]
) -> Claim:
    match claim.kind:
        case "done" | "standing":
            return claim if case.evidence is None else _against_evidence(claim, case, calls())
        case "promised" | "offered":
            return _against_authority(claim, case, grants(), calls)


def _against_evidence(claim: Claim, case: Case, calls: tuple[Seen, ...]) -> Claim:  # noqa: PLR0911 - one return a reason
    told = fold(claim.span.text)
    acts = [c for c in calls if serves(c, claim.act, told)]
    begun = _BEGUN.search(told) is not None
    good = [c for c in acts if c.result == "worked" or (begun and c.result in ("pending", "waiting"))]
    if other := differs(told, good):
        return replace(claim, standing="contradicted", why=other)
    if good and (wrong := _not_covered(claim, told, good, calls)) is None:
        if unknown := _unknown_numbers(claim, case, told, calls):
            return replace(
                claim, standing="contradicted", why=f"no call or message knows {', '.join(unknown)}"
            )
        return replace(claim, standing="verified")
    if _told_by_records(claim, told, calls):
        return replace(claim, standing="verified", why="the records that were read show it")
    if good:
        return replace(claim, standing="contradicted", why=f"{good[-1].call.name} was called {wrong}")
    if claim.act == ANY_ACT and _LOOKED.search(told) and any(c.reads and c.result == "worked" for c in calls):
        return replace(claim, standing="verified", why="it was looked up")
    if acts:
        open_ = any(c.result in ("pending", "unclear") for c in acts)
        why = f"{acts[-1].call.name} was called and " + (
            "nobody can say yet whether it worked" if open_ else "did not work"
        )
        return replace(claim, standing=claim.standing if open_ else "contradicted", why=why)
    if claim.kind == "standing" and any(c.reads and c.result == "worked" for c in calls):
        return claim  # records were read; whether they show just this, only a reader could say
    return replace(claim, standing="ungrounded", why="no tool call shows it")


def _unknown_numbers(claim: Claim, case: Case, told: str, calls: tuple[Seen, ...]) -> list[str]:
    """Numbers and days of a claim that stand in no call and no message. Durations are no facts of a call.

    What merely stands so may be true without a call that says it; of that only the names of things are looked up.
    Amounts that a call moved in cents, or several together, were weighed before.
    """
    days = set(_DAY.findall(told))
    told = _CARD_END.sub(" ", _LIST_MARK.sub(" ", without_times(without_money(told))))
    least = 2 if claim.kind == "done" else _ID_LENGTH
    unsure = [n for n in numbers(told) if len(n) >= least]
    if not unsure and not days:
        return []
    everything = facts(case, calls)
    known = numbers(everything) if unsure else frozenset()
    named = set(_DAY.findall(everything.lower()))
    other_days = days - named if named else set()
    return sorted([*(n for n in unsure if n not in known), *other_days])


def _not_covered(claim: Claim, told: str, good: list[Seen], calls: tuple[Seen, ...]) -> str | None:
    """Why these calls are about something else: another id, another amount. None where they cover the claim.

    A refund of 40 does not back one of 80, two of 40 do. A call for one order does not back two that are named
    in one breath.
    """
    ids = [i for i in _names(claim, told) if not any(i in a for a in claim.amounts)]
    text = "\n".join(c.text for c in good)
    held = {i for i in ids if holds(i, text)}
    if ids and not held:
        return "for something else"
    if missing := [i for i in ids if i not in held and _in_one_breath(i, held, told)]:
        return f"for {', '.join(sorted(held))}, not for {', '.join(missing)}"
    changing = [c for c in calls if not c.reads and c.result in ("worked", "pending", "waiting")]
    amounts = [m.value for m in moved(told)] or [
        plain(d.group()) for d in map(_DIGITS.search, claim.amounts) if d
    ]
    money = claim.act in ("refund", "compensate") and amounts
    if money and not (
        any(amounts_match(a, good) for a in amounts) and all(amounts_match(a, changing) for a in amounts)
    ):
        return "for another amount"
    return None


def _names(claim: Claim, told: str) -> list[str]:
    """Ids of the claim: a token with letters and digits, or four digits and more that are no money, no date and
    not the end of a card number, which calls need not repeat.
    """
    things = without_times(without_money(told))
    found = dict.fromkeys(i.strip("#").lower() for i in claim.ids)
    return [i for i in found if _names_a_thing(i, told) and holds(i, things)]


def _names_a_thing(token: str, told: str) -> bool:
    if not any(c.isalpha() for c in token):
        return (
            len(token) >= _ID_LENGTH - 1
            and not DATE.fullmatch(token)
            and not re.search(rf"(?:ending|ends)(?: in| with)?\W*{re.escape(token)}|\b(?:19|20)\d\d\b", told)
        )
    return len(token) >= _ID_LENGTH


def _in_one_breath(name: str, held: set[str], told: str) -> bool:
    """The name stands beside one that a call holds, with nothing but "and" or a comma between."""
    at = told.find(name)
    for other in held:
        where = told.find(other)
        between = (
            told[where + len(other) : at].removesuffix("#") if where < at else told[at + len(name) : where]
        )
        if where >= 0 and _TOGETHER.fullmatch(between):
            return True
    return False


def _told_by_records(claim: Claim, told: str, calls: tuple[Seen, ...]) -> bool:
    """A call that only reads can show that something *is* so, or was done before: "your order was shipped".

    It never backs an act that we say we did.
    """
    if not _PASSIVE.search(told) or _OURS.search(told):
        return False
    ids = _names(claim, told)
    return any(
        shows(c, claim.act) and c.result != "failed" and all(holds(i, c.text) for i in ids[:1]) for c in calls
    )


def _against_authority(  # noqa: PLR0911 - one return a reason
    claim: Claim, case: Case, grants: tuple[Grant, ...], calls: Callable[[], tuple[Seen, ...]]
) -> Claim:
    if case.authority is None and not grants:
        return claim
    told = fold(claim.span.text)
    if ruled_out := next((g for g in grants if claim.act in g.forbidden), None):
        return replace(
            claim, standing="unauthorised", why=f"the authority rules it out: {ruled_out.action.does}"
        )
    fitting = [g for g in grants if g.covers(claim.act)]
    if not fitting:
        begun = any(serves(c, claim.act, told) for c in calls())
        if case.authority is None or begun:
            return claim
        return replace(claim, standing="unauthorised", why="no action of the authority covers it")
    if why := _beyond(claim, told, fitting, case):
        return replace(claim, standing="unauthorised", why=why)
    if all(g.conditional for g in fitting) or (_whole(told) and any(g.limit for g in fitting)):
        return claim  # whether the condition holds, or what the whole is, cannot be seen from here
    if any(g.percent is not None for g in fitting) and moved(told) and not percents_in(told):
        return claim
    return replace(claim, standing="verified")


def _beyond(claim: Claim, told: str, fitting: list[Grant], case: Case) -> str | None:
    """What is promised above every limit of the actions that fit. A second action without a limit lifts none."""
    limits = [g.limit for g in fitting if g.limit is not None]
    amounts = list(moved(told, bare=claim.act in ("refund", "compensate", "send")))
    if _whole(told) and not amounts:
        amounts = [m for turn in case.customer_turns() for m in money_in(fold(turn))]
    if limits and amounts:
        most = max(limits, key=lambda limit: limit.value)
        if foreign := next((a for a in amounts if not same_currency(a.currency, most.currency)), None):
            return f"{foreign.text} is another currency than {most.currency}"
        value = _together(amounts, told)
        if value > most.value:
            return f"{value:g} is above the limit of {most.value:g}"
    shares = [g.percent for g in fitting if g.percent is not None]
    promised = percents_in(told) or ((100.0,) if _whole(told) else ())
    if shares and promised and max(promised) > max(shares):
        return f"{max(promised):g}% is above the limit of {max(shares):g}%"
    hours = [g.hours for g in fitting if g.hours is not None]
    due = hours_promised(told)
    if hours and due is not None and due < min(hours):
        return f"it may be promised {fitting[0].action.deadline or 'later'}, not sooner"
    return None


def _together(amounts: list[Money], told: str) -> float:
    """What is promised in one sentence: the sum, unless it is a choice or the sentence holds several acts of money."""
    several = len(acts_in(told) & {"refund", "compensate"}) > 1
    choice = re.search(r"\b(?:or|either|instead|total|altogether|which is|that is)\b", told)
    values = [a.value for a in amounts]
    return max(values) if several or choice else sum(values)


def _whole(told: str) -> bool:
    """The promise is of all that was paid, whatever that was."""
    return WHOLE.search(told) is not None and not moved(told)


def facts(case: Case, read_already: tuple[Seen, ...] | None = None) -> str:
    """All that is known: what was said, what calls returned, what the authority says. Text to look facts up in."""
    calls = read_already if read_already is not None else tuple(seen(c) for c in case.evidence or ())
    allowed = [
        json.dumps([a.id, a.does, a.deadline, a.say, a.max_amount, a.currency])
        for a in (case.authority.actions if case.authority else ())
    ]
    return "\n".join(
        [*(t.content for t in case.turns), *(c.text for c in calls if c.result == "worked"), *allowed]
    )
