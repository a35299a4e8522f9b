"""What an offer is about, as the customer or a call named it: the order, the amount, the day. Two candidates name none.

And what calls show of that one thing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guard.case import Case
from guard.ledger.acts import MONEY
from guard.ledger.amounts import money_in
from guard.ledger.authority import Grant
from guard.ledger.evidence import ID_KEY, Entry, entry
from guard.ledger.fields import last_token, tokens
from guard.ledger.names import KIND, Named, names_in, plain_kind
from guard.ledger.results import parsed
from guard.records import Json
from guard.rewriting.meaning import deeds
from guard.rewriting.owed import often, owed
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
_KIND = re.compile(rf"(?:{KIND})")
_ALIKE = {
    **dict.fromkeys(("order", "booking", "reservation", "ticket", "flight", "shipment", "parcel"), "order"),
    **dict.fromkeys(("subscription", "membership", "contract"), "subscription"),
    "account": "account",
    "invoice": "invoice",
}
"""Kinds whose states say nothing of each other: a subscription that was cancelled is no order. One name for what may be one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A call, and the fields of one object in its answer; an answer in words has one field without a key."""

    call: Entry
    fields: tuple[tuple[str, Json], ...]


def shown(grant: Grant, case: Case) -> Iterator[Shown]:
    """What calls show of the thing that the offer is about, and not of another order or a subscription."""
    about = things(grant, case)
    mine = _kinds(re.findall(r"[a-z]+", fold(grant.says or "")))
    for one in map(entry, case.evidence or ()):
        for path, named, fields in _objects(one):
            theirs = _kinds((*tokens(one.call.name), *tokens(path)))
            if not (mine and theirs and not mine & theirs) and not _another(about, named):
                yield Shown(one, fields)


def _kinds(words: Iterable[str]) -> frozenset[str]:
    return frozenset(
        _ALIKE[kind] for word in words if _KIND.fullmatch(word) and (kind := plain_kind(word)) in _ALIKE
    )


def _another(about: tuple[Named, ...], named: tuple[Named, ...]) -> bool:
    """Things of one kind by other names."""
    return any(
        one.kind and one.kind in {n.kind for n in named} and one.key not in {n.key for n in named}
        for one in about
    )


def _objects(one: Entry) -> Iterator[tuple[str, tuple[Named, ...], tuple[tuple[str, Json], ...]]]:
    """The call itself, then each object of its answer: where it stands, what it names or else what it is within, its fields."""
    asked = _named(one.asked)
    yield "", asked or _named(one.got), ()
    todo: list[tuple[str, Json, tuple[Named, ...]]] = [("", parsed(one.call.result), asked)]
    while todo:
        path, value, within = todo.pop()
        match value:
            case dict() as inner:
                fields = tuple((f"{path}_{key}".strip("_"), v) for key, v in inner.items())
                named = _named(fields) or within
                yield path, named, fields
                todo.extend((key, v, named) for key, v in inner.items() if isinstance(v, dict | list))
                todo.extend((key, parsed(v), named) for key, v in inner.items() if _is_wrapped(v))
            case list() as items:
                todo.extend((path, item, within) for item in items)
            case str() as text:
                yield path, names_in(text) or within, ((path, text),)
            case _:
                pass


def _is_wrapped(value: Json) -> bool:
    """JSON in a text."""
    return isinstance(value, str) and value[:1] in ("{", "[") and not isinstance(parsed(value), str)


def _named(fields: Iterable[tuple[str, Json]]) -> tuple[Named, ...]:
    """What fields name: `order`, `order_id`, `bookingRef`; the total of an order names none."""
    return names_in(
        *(
            f"{kind} {value}"
            for key, value in fields
            if isinstance(value, str | int) and not isinstance(value, bool)
            if last_token(key) in ID_KEY or _KIND.fullmatch(last_token(key))
            if (kind := _kind(key))
        )
    )


def _kind(key: str) -> str:
    kinds = [plain_kind(token) for token in tokens(key) if _KIND.fullmatch(token)]
    return next((kind for kind in kinds if kind in _WHOLE), next(iter(kinds), ""))


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
    calls = (one for one in map(entry, case.evidence or ()) if one.result != "failed")
    named = (n for one in calls for n in _named((*one.asked, *one.got)) if n.kind in _WHOLE)
    return tuple({n.key: n for n in named}.values())


def amount(grant: Grant, case: Case) -> str | None:
    """The one amount that is to come back, where the grant moves money and its own words name no other."""
    if not grant.core & MONEY or grant.percent is not None or money_in(fold(grant.says or ""), bare=True):
        return None
    every = owed(case, tied_only="refund" not in grant.core)
    if len({m.value for m, _ in every}) != 1 or any(often(m, text) != 1 for m, text in every):
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
