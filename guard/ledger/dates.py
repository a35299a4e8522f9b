"""Whether calls are for the day and the hour that a claim names."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from guard.assessment import Claim
from guard.ledger.evidence import Entry
from guard.ledger.fields import another, tokens
from guard.text import fold, words

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
DAYS = (
    re.compile(rf"\b{_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"),
)
WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d{2})(?!\d)")
_BIRTH = words("dob birth birthday born")
_STAMP = words("created updated at timestamp today now issued processed placed purchased ordered since")
"""Fields that say when something was written down."""
_CLOCK = re.compile(r"\b(?P<h>\d{1,2}):(?P<m>\d\d)\b(?!\s?[ap]\.?m)")
_CLOCK_24 = re.compile(r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?!\s?[ap]\.?m)")
_CLOCK_12 = re.compile(r"(?<![\d:])(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s?(?P<half>[ap]\.?m)\b")


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
    dated = {d for one in good for d in weekdays(without_stamps(one))} if mine and theirs else set()
    return None if mine & dated else another(mine, theirs)


def weekdays(text: str) -> set[str]:
    """The weekdays on which the dates of a text fall: 2026-05-26 is a Tuesday."""
    found = set()
    for year, month, day in _ISO.findall(text):
        with suppress(ValueError):  # February 30
            found.add(_WEEK[date(int(year), int(month), int(day)).weekday()])
    return found


def other_clock(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """ "At 10 am", where the call and its result say 14:00."""
    if claim.act not in ("book", "change", "act"):
        return None
    mine = {_clock(m) for form in (_CLOCK, _CLOCK_12) for m in form.finditer(told)}
    if not mine:
        return None
    texts = [fold(without_stamps(one)) for one in good]
    theirs = {_clock(m) for text in texts for form in (_CLOCK_24, _CLOCK_12) for m in form.finditer(text)}
    shown = ", ".join(f"{h}:{m:02}" for h, m in sorted(theirs))
    return f"for {shown}" if theirs and not mine & theirs else None


def without_stamps(one: Entry) -> str:
    """Arguments and result, without the moments at which something was written down."""
    text = one.text
    for key, value in one.got:
        if isinstance(value, str) and value and _is_stamp(tokens(key)):
            text = text.replace(value, " ")
    return text


def _is_stamp(words: tuple[str, ...]) -> bool:
    """`created_at`, `confirmed_at`; `starts_at` and `scheduled_at` are times of the thing."""
    done = words[-1:] == ("at",) and words[-2:-1] != ("scheduled",) and words[-2:][0].endswith("ed")
    return done or bool(_STAMP.intersection(words) - {"at"})


def _days(values: Iterable[object]) -> set[tuple[str, int]]:
    return {(_MONTHS[int(m) - 1], int(d)) for value in values for _, m, d in _ISO.findall(str(value))}


def _said(days: set[tuple[str, int]]) -> str:
    return ", ".join(f"{month.capitalize()} {day}" for month, day in sorted(days))


def _clock(match: re.Match[str]) -> tuple[int, int]:
    """Hour and minute of a day of 24 hours."""
    found = match.groupdict()
    if half := found.get("half"):
        return int(found["hour"]) % 12 + 12 * half.startswith("p"), int(found["minute"] or 0)
    return int(found["h"]), int(found["m"])
