"""What a call moved, charged and in which currency."""

import re
from itertools import combinations

from guard.ledger.amounts import money_in
from guard.ledger.evidence import ID_KEY, Entry
from guard.ledger.fields import as_float, tokens
from guard.records import Json
from guard.text import fold, words

_MOVES_KEY = words("amount refund refunded refunds credit credited value sum paid payout moved")
_BACK_KEY = words("refund refunded refunds credited")
_COST_KEY = words("total price cost fee balance limit subtotal remaining order original before tax count id")
_PRICE_KEY = words("total price cost fee balance subtotal tax")
"""What a thing cost; of the fields beside what moved, those that hold money and no name: an `order` is a number too."""
_BOUND_KEY = words(
    "limit cap maximum max minimum min threshold budget payment deposit charge rate rent premium salary"
)
_MINOR_KEY = words("cents pence")
_FEE_KEY = words("fee fees charged penalty surcharge")
_MOST_SUMMED = 6
"""Calls of which sums are tried."""


def moved_by(one: Entry) -> tuple[float, ...]:
    """Amounts of money that the call moved: the result's before the arguments', and never a total or a price beside them.

    What a result says went back outranks what it says was paid.
    """
    if back := tuple(n for n in _amounts(one.got, _BACK_KEY, _COST_KEY - {"total"}) if n):
        return back
    for fields in (one.got, one.asked):
        if found := _amounts(fields, _MOVES_KEY, _COST_KEY):
            return found
    for fields in (one.got, one.asked):
        if found := _amounts(fields, _PRICE_KEY, ID_KEY | {"count"}):
            return found
    return tuple(float(n) for n in re.findall(r"[$€£]\s?(\d+(?:\.\d+)?)", one.text.replace(",", "")))


def plain_numbers(one: Entry) -> tuple[float, ...]:
    """Every number in the call's fields that is no name of a thing, and the money in its prose."""
    fields = (*one.asked, *one.got)
    named = [n for k, v in fields if not set(tokens(k)) & ID_KEY and (n := as_float(v)) is not None]
    return (*named, *(m.value for m in money_in(fold(one.text))))


def stated_sums(one: Entry, counts: frozenset[str]) -> tuple[float, ...]:
    """Money that the call names: under a key of money or of a limit, or in its prose. Keys in `counts` count things."""
    keys = _MOVES_KEY | _PRICE_KEY | _BOUND_KEY | _FEE_KEY | _MINOR_KEY
    fields = _amounts((*one.asked, *one.got), keys, ID_KEY | counts)
    return (*fields, *(m.value for m in money_in(fold(one.text))))


def currencies(one: Entry) -> frozenset[str]:
    """Currencies that the call names, as codes."""
    fields = [
        str(v).upper() for k, v in (*one.asked, *one.got) if "currency" in tokens(k) and isinstance(v, str)
    ]
    return frozenset(f for f in fields if len(f) == 3)


def totals_of(one: Entry) -> tuple[float, ...]:
    """What the whole came to, as the result says."""
    return _amounts(one.got, frozenset({"total"}), frozenset({"refund", "refunded", "id", "count"}))


def fees(one: Entry) -> tuple[float, ...]:
    """What the result says was charged for it."""
    return tuple(n for n in _amounts(one.got, _FEE_KEY, frozenset({"refunded", "waived"})) if n > 0)


def amounts_match(claimed: float, calls: list[Entry]) -> bool:
    """A call, or several together, moved this amount; cents are the same money. Who names no amount denies none."""
    moved = [m for one in calls if (m := moved_by(one))]
    if not moved:
        return True
    every = [abs(n) for amounts in moved for n in amounts]
    firsts = [abs(amounts[0]) for amounts in moved]
    sums = [
        sum(some) for size in range(2, len(firsts) + 1) for some in combinations(firsts[:_MOST_SUMMED], size)
    ]
    asked = {abs(n) for one in calls for n in _amounts(one.asked, _MOVES_KEY, _COST_KEY)}
    cents = {n / 100 for n in every if n.is_integer() and (n not in asked or n >= 1000)}
    return any(abs(n - claimed) < 0.005 for n in (*every, *sums, sum(firsts), *cents))


def _is_moved_total(words: set[str]) -> bool:
    """`refund_total` is what went back, not what it cost."""
    return bool(words & {"refund", "refunded", "credited"}) and not words & {"id", "count"}


def _amounts(
    fields: tuple[tuple[str, Json], ...], wanted: frozenset[str], beside: frozenset[str]
) -> tuple[float, ...]:
    """Numbers under keys that say so."""
    found = []
    for key, value in fields:
        words = set(tokens(key))
        if (
            words & wanted
            and (not words & beside or _is_moved_total(words))
            and (number := as_float(value)) is not None
        ):
            found.append(number)
    return tuple(found)
