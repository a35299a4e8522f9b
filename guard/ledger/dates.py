"""Whether calls are for the day that a claim names."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache

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
_ON_DAY = re.compile(
    r"\b(?:now|moved|booked|set|rescheduled|scheduled|changed)\b[^.;]{0,30}\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
"""The day that something was moved to."""
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/-]|\.\d)")
"""A day in figures with its year; which of the two comes first nobody says."""
_RELATIVE = re.compile(
    r"(?:\b(?:for|on|until|from|by|is|arrives?|comes?|starts?|begins?|visits?) (?:later )?|^)(?P<day>today|tonight|tomorrow)\b|\b(?P<timed>today|tonight|tomorrow) (?:at|between|from|before|after|by) "
)
_AHEAD = {"today": 0, "tonight": 0, "tomorrow": 1}
_TODAY_KEY = words("created updated booked placed requested submitted issued today now timestamp")
_MONTH_ALONE = re.compile(
    r"\b(?:in|from|until|with|of|by|starting|for|since|your) (?P<month>january|february|march|april|may|june|july|august|september|october|november|december)\b(?! \d)"
)
_ISO_MONTH = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])\b")
_ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d{2})(?!\d)")
_BIRTH = words("dob birth birthday born")
_STAMP = words("created updated at timestamp today now issued processed placed purchased ordered since")
"""Fields that say when something was written down."""


def other_date(claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """A day of the claim, where the calls were made for other days: May 22 and `2024-05-23`."""
    looked = all(one.reads for one in good)
    if claim.act in ("refund", "compensate", "send") and not looked:
        return None  # a day in these sentences is that of the purchase
    mine = days_in(told)
    born = "birth" in told
    fields = [f for one in good for f in (one.got if looked else one.asked)]
    theirs = _days(v for k, v in fields if born or not set(tokens(k)) & _BIRTH)
    if not theirs and not mine <= _days(one.text for one in calls):
        theirs = _days(v for one in good for k, v in one.got if not set(tokens(k)) & (_BIRTH | _STAMP))
    if not mine:
        return _other_relative_day(told, good) or _other_month(told, good, calls)
    shown = _days(one.call.result for one in good)
    ends = len(mine) > 1 and len(theirs) > 1 and not mine <= theirs | shown  # from May 3 to May 6
    return f"for {_said(theirs)}" if theirs and (ends or not mine & (theirs | shown)) else None


def _other_relative_day(told: str, good: list[Entry]) -> str | None:
    """ "For today", where the call was written down today and is for tomorrow."""
    found = _RELATIVE.search(told)
    fields = [(set(tokens(k)), v) for one in good for k, v in one.got]
    stamps = {d for keys, v in fields if keys & _TODAY_KEY for d in _dates(str(v))}
    theirs = {d for keys, v in fields if not keys & (_BIRTH | _STAMP | _TODAY_KEY) for d in _dates(str(v))}
    theirs |= {d for one in good for _, v in one.asked for d in _dates(str(v))}
    if not found or len(stamps) != 1 or not theirs:
        return None
    day = stamps.pop() + timedelta(days=_AHEAD[found["day"] or found["timed"]])
    return f"for {', '.join(map(str, sorted(theirs)))}" if day not in theirs else None


def _other_month(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """ "Starting in June", where the calls say `2025-05` and nothing of June."""
    mine = {m["month"][:3] for m in _MONTH_ALONE.finditer(told)}
    theirs = {_MONTHS[int(m) - 1] for one in good for m in _ISO_MONTH.findall(without_stamps(one))}
    known = {_MONTHS[int(m) - 1] for one in calls for m in _ISO_MONTH.findall(one.text)}
    return f"for {', '.join(sorted(theirs))}" if mine and theirs and not mine & known else None


def other_weekday(told: str, good: list[Entry]) -> str | None:
    """ "On Tuesday", where the call or its result says Friday, by name or by a date that falls on one."""
    mine = set(WEEKDAY.findall(told))
    if not mine:
        return None
    theirs = {d for one in good for d in WEEKDAY.findall(fold(one.text))}
    dated = {d for one in good for d in weekdays(without_stamps(one))}
    if mine & dated:
        return None
    on = set(_ON_DAY.findall(told)) if not theirs and not all(one.reads for one in good) else set()
    return another(mine, theirs) or another(on, dated)


def weekdays(text: str) -> set[str]:
    """The weekdays on which the dates of a text fall: 2026-05-26 is a Tuesday."""
    return {_WEEK[day.weekday()] for day in _dates(text)}


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
    """Days in whatever spelling."""
    return {day for value in values for day in _days_of(str(value))}


@lru_cache(maxsize=1024)
def _days_of(text: str) -> frozenset[tuple[str, int]]:
    if not any(c.isdigit() for c in text):
        return frozenset()
    return days_in(fold(text))


def days_in(folded: str) -> frozenset[tuple[str, int]]:
    """Days of a folded text, `("may", 3)`; those in figures in both orders that they may be meant in."""
    named = frozenset((m["month"][:3], int(m["day"])) for form in DAYS for m in form.finditer(folded))
    figures = {(int(a), int(b)) for a, _, b in _NUMERIC.findall(folded)}
    both = {pair for a, b in figures for pair in ((a, b), (b, a))}
    iso = {(_MONTHS[int(m) - 1], int(d)) for _, m, d in _ISO.findall(folded)}
    return named | iso | {(_MONTHS[m - 1], d) for d, m in both if 1 <= m <= len(_MONTHS)}


def _dates(text: str) -> set[date]:
    found = set()
    for year, month, day in _ISO.findall(text):
        with suppress(ValueError):  # February 30
            found.add(date(int(year), int(month), int(day)))
    return found


def _said(days: set[tuple[str, int]]) -> str:
    return ", ".join(f"{month.capitalize()} {day}" for month, day in sorted(days))
