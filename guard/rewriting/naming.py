"""What an offer is about, as the customer or a call named it: the order, the amount, the day. Two candidates name none."""

import re

from guard.case import Case
from guard.ledger.acts import MONEY
from guard.ledger.amounts import money_in, times
from guard.ledger.authority import Grant
from guard.ledger.evidence import entry
from guard.ledger.fields import tokens
from guard.ledger.names import Named, names_in
from guard.rewriting.meaning import deeds
from guard.rewriting.owed import owed
from guard.rewriting.wish import requests, wishes
from guard.text import MONTHS, fold

_WHOLE = ("order", "booking", "reservation")
"""What a conversation is about, before rooms, flights and parts."""
_DAY = (
    rf"(?P<day>(?:the )?\d{{1,2}}(?:st|nd|rd|th)(?: (?:of )?(?:{MONTHS}))?\b|\b\d{{1,2}} (?:{MONTHS})\b|\b(?:{MONTHS}) \d{{1,2}}\b"
    r"|\b(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\btomorrow\b)"
)
_TO_A_DAY = re.compile(rf"\b(?:to|until|till|for) {_DAY}|{_DAY.replace('(?P<day>', '(?P<other>')} instead\b")
_ON_A_DAY = re.compile(rf"\b(?P<other>)on {_DAY}")
_MOVES = deeds("change extend")
_OF_TIME = re.compile(
    r"\b(?:days?|dates?|times?|slots?|appointments?|visits?|deadlines?|bookings?|checkouts?|deliver\w*|nights?)\b"
)


def things(grant: Grant, case: Case) -> tuple[Named, ...]:
    """The one thing that the offer can only be about, behind it the order that it is of; none where two can be meant."""
    turns = case.customer_turns()
    every = names_in(*turns) or _in_calls(case)
    last = frozenset(one.key for one in names_in(*turns[-1:]))
    own = _only([n for n in every if n.kind and re.search(rf"\b{n.kind}s?\b", fold(grant.says or ""))], last)
    whole = _only([n for n in every if n.kind in _WHOLE], last)
    if own and whole and own.kind not in _WHOLE:
        return own, whole
    one = (
        own
        or whole
        or _only([n for n in every if not n.kind and not n.name.isdigit()], last)
        or _only([n for n in every if n.kind], last)
        or _only(list(every), last)
    )
    return (one,) if one else ()


def _only(some: list[Named], last: frozenset[str]) -> Named | None:
    """The only one, or the only one of the last turn."""
    mine = [n for n in some if n.key in last]
    return some[0] if len(some) == 1 else mine[0] if len(mine) == 1 else None


def _in_calls(case: Case) -> tuple[Named, ...]:
    """Orders and bookings that calls which worked are about."""
    return names_in(
        *(
            f"{kind} {value}"
            for one in map(entry, case.evidence or ())
            if one.result != "failed"
            for key, value in (*one.asked, *one.got)
            if isinstance(value, str | int) and (kind := next((k for k in _WHOLE if k in tokens(key)), None))
        )
    )


def amount(grant: Grant, case: Case) -> str | None:
    """The one amount that is to come back, where the grant moves money and its own words name no other."""
    if not grant.core & MONEY or grant.percent is not None or money_in(fold(grant.says or ""), bare=True):
        return None
    every = owed(case, tied_only="refund" not in grant.core)
    if len({m.value for m, _ in every}) != 1 or any(times(m, text) != 1 for m, text in every):
        return None
    money, folded = every[0]
    told = next((t for t in case.customer_turns() if fold(t) == folded and len(t) == len(folded)), folded)
    return told[money.start : money.end]


def day(grant: Grant, case: Case) -> str | None:
    """The one day that is wished for, where the grant is for a time and does not say how far it goes.

    Where something is moved, the day it is on now is told too: only the one that it goes to counts.
    """
    if grant.extent is not None or grant.hours is not None or not _OF_TIME.search(fold(grant.says or "")):
        return None
    last = "".join(case.customer_turns()[-1:])
    asking = [clause for clause in wishes(last).split(" . ") if requests(clause)]
    forms = (_TO_A_DAY,) if deeds(grant.says or "") & _MOVES else (_TO_A_DAY, _ON_A_DAY)
    for form in forms:
        wished = {m["day"] or m["other"] for clause in asking for m in form.finditer(clause)}
        found = re.search(re.escape(wished.pop()), last, re.IGNORECASE) if len(wished) == 1 else None
        if found:
            return found.group()
    return None
