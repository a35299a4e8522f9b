"""Whether calls are for the day and the hour that a claim names."""

import re
from collections.abc import Iterable

from guard.assessment import Claim
from guard.ledger.evidence import Entry
from guard.ledger.fields import another
from guard.ledger.results import tokens
from guard.text import fold, words

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*"
DAYS = (
    re.compile(rf"\b{_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"),
)
WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_ISO = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])-(\d{2})(?!\d)")
_BIRTH = words("dob birth birthday born")
_STAMP = words("created updated at timestamp today now issued processed placed purchased ordered since")
"""Fields that say when something was written down."""
_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2}):(?P<m>\d\d)\b(?!\s?[ap]\.?m)|\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s?(?P<half>[ap]\.?m)\b"
)
_CLOCK_24 = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)")


def other_date(claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """A day of the claim, where the calls were made for other days: May 22 and `2024-05-23`."""
    looked = all(one.reads for one in good)
    if claim.act in ("refund", "compensate", "send") and not looked:
        return None  # a day in these sentences is that of the purchase
    mine = {(m["month"][:3], int(m["day"])) for form in DAYS for m in form.finditer(told)}
    born = "birth" in told
    fields = [f for one in good for f in (one.got if looked else one.asked)]
    theirs = _days(v for k, v in fields if born or not set(tokens(k)) & _BIRTH)
    if not theirs and not mine <= _days(one.text for one in calls):
        theirs = _days(v for one in good for k, v in one.got if not set(tokens(k)) & (_BIRTH | _STAMP))
    shown = _days(one.call.result for one in good)
    ends = len(mine) > 1 and len(theirs) > 1 and not mine <= theirs | shown  # from May 3 to May 6
    return f"for {_said(theirs)}" if mine and theirs and (ends or not mine & (theirs | shown)) else None


def other_weekday(told: str, good: list[Entry]) -> str | None:
    """ "On Tuesday", where the call or its result says Friday."""
    mine = set(WEEKDAY.findall(told))
    theirs = {d for one in good for d in WEEKDAY.findall(fold(one.text))}
    return another(mine, theirs)


def other_clock(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """ "At 10 am", where the call and its result say 14:00."""
    if claim.act not in ("book", "change", "act"):
        return None
    mine = {_clock(m) for m in _CLOCK.finditer(told)}
    theirs = {(int(h), int(m)) for one in good for h, m in _CLOCK_24.findall(one.text)}
    shown = ", ".join(f"{h}:{m:02}" for h, m in sorted(theirs))
    return f"for {shown}" if mine and theirs and not mine & theirs else None


def _days(values: Iterable[object]) -> set[tuple[str, int]]:
    return {(_MONTHS[int(m) - 1], int(d)) for value in values for m, d in _ISO.findall(str(value))}


def _said(days: set[tuple[str, int]]) -> str:
    return ", ".join(f"{month.capitalize()} {day}" for month, day in sorted(days))


def _clock(match: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(match["h"] or match["hour"]), int(match["m"] or match["minute"] or 0)
    half = (match["half"] or "").replace(".", "")
    return (hour % 12 + 12 * (half == "pm") if half else hour, minute)
