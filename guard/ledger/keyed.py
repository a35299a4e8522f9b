"""Whether a claim names another value for what a field is called: "a fee of $9", where the call says `processing_fee: 0.90`."""

import re
from collections.abc import Sequence
from functools import lru_cache

from guard.ledger.amounts import plain, plain_count
from guard.ledger.evidence import ID_KEY, Entry, speaking
from guard.ledger.fields import as_float, holds, values
from guard.ledger.spots import Spot, new_spots
from guard.text import words

_UNITS = words("cents minor pence eur usd gbp weeks days months hours minutes percent pct gb mb kg km")
_PERIODS = words("month monthly year yearly annual annually quarter quarterly week weekly day daily per")
_GENERIC = words(
    "amount value id no number code ref reference key sku name type date time day new old at on in to from by of is has per and or the "
    "order item items customer user count quantity month year unit currency ok success status state result version level page index "
    "left remaining due charged paid available used added last first next valid end start until since issued sent refunded credited moved"
)
"""Words that name no thing of their own, or another than the head before them."""
_LINKS = (
    r"(?:is|are|was|of|to|at|now|be|will|comes?|stands?|with|has|been|set|raised|lowered|reduced|increased|changed|only|just|about|a|the|will be"
    r"|number|no|code|id|reference|period|rate|price|amount)"
)
_NUMBER = r"(?:[$€£]\s?)?(?P<n>\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_NO_VALUE = r"(?![\w%/:-]| \d|\.\d|\s?%|\s?(?:am|pm|a\.m|p\.m|st|nd|rd|th)\b| (?:january|february|march|april|may|june|july|august|september|october|november|december|percent|of|times|kg|g|gb|mb|km|m|cm|hours?|days?|weeks?|months?|minutes?|people|persons?|guests?)\b)"
_FROM = re.compile(r"\b(?:from|was|were|instead of|rather than|old|previous|former|not|than)\b")
_ANY_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b")
_HALF_A_CENT = 0.005
_LEAST_ID = 3
_GREATEST = 10_000_000
"""Numbers above which one is a name."""


def other_value(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """What a field names, beside the word of that field. A value that a lookup names may be another thing's."""
    spots = new_spots(t for c in speaking(good) for t in (c.call.arguments, c.call.result))
    looked = " ".join(c.call.result for c in calls if c.reads) if any(not c.reads for c in good) else ""
    if not _ANY_NUMBER.search(told):
        return None
    for head in {head for s in spots for head in _heads(s)}:
        mine = [s for s in spots if head in _heads(s)]
        if wrong := _other_id(head, told, mine, looked) or _other_number(head, told, mine, looked):
            return f"with {head} {wrong}"
    return None


def _heads(spot: Spot) -> frozenset[str]:
    return _heads_of(spot.last)


@lru_cache(maxsize=1024)
def _heads_of(last: tuple[str, ...]) -> frozenset[str]:
    """The noun that the last key names: the fee of `processing_fee`, the return of `return_no`."""
    parts = [w for w in last if w not in _UNITS]
    while parts and parts[-1] in ID_KEY | _PERIODS:
        parts.pop()
    return frozenset(parts[-1:]) - _GENERIC


def _other_number(head: str, told: str, mine: Sequence[Spot], looked: str) -> str | None:
    shown = {n for s in mine if not set(s.last) & ID_KEY and (n := as_float(s.value)) is not None}
    if not shown or max(shown) > _GREATEST:
        return None
    if any(_same(n, m) for n in values(told) for m in shown):
        return None
    known = values(looked)
    for found in _beside(head).finditer(told):
        if _FROM.search(found.group()) or _FROM.search(told[max(0, found.start() - 16) : found.start()]):
            continue
        written = found["after"] or found["before"]
        value = plain_count(written) if written.isalpha() else plain(written)
        if not any(_same(value, n) for n in shown) and not known & {value, value * 100}:
            return ", ".join(f"{n:g}" for n in sorted(shown))
    return None


def _other_id(head: str, told: str, mine: Sequence[Spot], looked: str) -> str | None:
    ids = {s.value.strip("#") for s in mine if set(s.last) & ID_KEY and re.search(r"\d", s.value)}
    if not ids:
        return None
    for found in _named(head).finditer(told):
        if (
            len(found["id"]) >= _LEAST_ID
            and found["id"].strip("#.") not in ids
            and not holds(found["id"], looked)
        ):
            return ", ".join(sorted(ids))
    return None


def _same(value: float, shown: float) -> bool:
    return any(abs(value - s) < _HALF_A_CENT for s in (abs(shown), abs(shown) / 100))


@lru_cache(maxsize=512)
def _beside(head: str) -> re.Pattern[str]:
    noun = re.escape(head.removesuffix("s"))
    after = _NUMBER.replace("?P<n>", "?P<after>") + _NO_VALUE
    before = _NUMBER.replace("?P<n>", "?P<before>")
    return re.compile(
        rf"\b{noun}(?:s|es)?\b(?:[ :]{{1,2}}{_LINKS}\b)*[ :]{{1,2}}{after}|(?<![\w.,:/#-])(?=[$€£]){before} (?!(?:an?|per|each|for|off|of|on|from|to|in|at|with|by|and|towards|under|against)\b)(?:[a-z]+ )?{noun}s?\b"
    )


@lru_cache(maxsize=512)
def _named(head: str) -> re.Pattern[str]:
    noun = re.escape(head.removesuffix("s"))
    return re.compile(
        rf"\b{noun}s? (?:number|no\.?|id|code|ref(?:erence)?)(?: is| was|:)? ?#?(?P<id>[\w/-]*\d[\w/-]*)"
    )
