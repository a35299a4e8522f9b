"""Whether calls are for the day that a claim names."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from guard.assessment import Claim
from guard.ledger.evidence import Entry
from guard.ledger.fields import another, tokens
from guard.ledger.spots import new_spots, spots_of
from guard.text import fold, words

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
DAYS = (
    re.compile(rf"\b{_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: (?:to|until|till|and|or) (?:the )?|\s?-\s?)\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"
    ),
    re.compile(
        rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?: (?:to|until|till|and|or) (?:the )?|\s?-\s?)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:|\s?[ap]\.?m)"
    ),
)
_YEARED = tuple(re.compile(rf"{form.pattern},? (?P<year>20\d\d)\b") for form in DAYS[:2])
_NTH = re.compile(
    rf"(?<!after )(?<!before )(?<!than )(?<!from )\bthe (\d{{1,2}})(?:st|nd|rd|th)\b(?! (?:of|floor|time|birthday|anniversary|edition|grade|row|century|street|avenue|ave|st|month|{_MONTH.replace('?P<month>', '?:')}))"
)
_ANY_NTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_BEFORE = re.compile(
    r"\b(?:from|was|were|instead of|rather than|originally|previous(?:ly)?|old|formerly|no longer|earlier|not|used to|moved off)\b|n't\b"
)
"""Words of a sentence that speaks of what was before as well."""
_UNTIL = re.compile(r"\b(?:until|till|through|last day|up to|ends?)\b")
_TOGETHER = re.compile(
    r",? (?:and|&|as well as|plus) (?:also )?(?:on |the |that of |those of |the one (?:on|of) )*"
)
WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_ON_DAY = re.compile(
    r"\b(?:now|moved|booked|set|rescheduled|scheduled|changed)\b[^.;]{0,30}\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|\b(?:is|are|comes?|arrives?|starts?|runs?) (?:on|for|until|by|this|next) ((?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
"""The day that something was moved to."""
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/-]|\.\d)")
"""A day in figures with its year; which of the two comes first nobody says."""
_RELATIVE = re.compile(
    r"(?:\b(?:for|on|until|from|by|is|arrives?|comes?|starts?|begins?|visits?) (?:later )?|^)(?:the )?(?P<day>today|tonight|tomorrow|day after tomorrow)\b|\b(?P<after>day after tomorrow)\b|(?<!day after )\b(?P<timed>today|tonight|tomorrow) (?:at|between|from|before|after|by) "
)
_AHEAD = {"today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}
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
    if joined := _one_of_two(told, good, calls):
        return joined
    looked = all(one.reads for one in good)
    if claim.act in ("refund", "compensate", "send") and not looked:
        return None  # a day in these sentences is that of the purchase
    mine = days_in(told)
    born = "birth" in told
    fields = [f for one in good for f in (one.got if looked else one.asked)]
    theirs = _days(v for k, v in fields if born or not set(tokens(k)) & _BIRTH)
    past = frozenset[tuple[str, int]]() if _BEFORE.search(told) else past_days(good)
    if not theirs and not mine <= _days(one.text for one in calls) - past:
        theirs = _days(v for one in good for k, v in one.got if not set(tokens(k)) & (_BIRTH | _STAMP))
    if not mine:
        return _other_relative_day(told, good) or _other_month(told, good, calls)
    shown = _days(one.call.result for one in good)
    theirs, shown = theirs - past, shown - past
    if _UNTIL.search(told):  # until June 30, where something else holds from July 1
        shown |= _days(str(d - timedelta(days=1)) for one in good for d in _dates(one.text))
    ends = len(mine) > 1 and len(theirs) > 1 and not mine <= theirs | shown  # from May 3 to May 6
    return f"for {_said(theirs)}" if theirs and (ends or not mine & (theirs | shown)) else None


def other_nth(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """ "The next one comes on the 27th", where the calls name no such day and others."""
    mine = {int(m[1]) for m in _NTH.finditer(told)}
    theirs = {day for one in good for _, day in days_in(fold(without_stamps(one)))}
    every = {day for c in calls if c.result != "failed" for _, day in days_in(fold(c.text))}
    every -= {day for _, day in past_days(good)}
    every |= {int(m[1]) for c in calls for m in _ANY_NTH.finditer(fold(c.text))}
    if not mine or not theirs or mine <= every or _BEFORE.search(told):
        return None
    return f"for day {', '.join(map(str, sorted(theirs)))}"


def _one_of_two(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """ "On May 4 and May 11", where only May 4 stands in the calls."""
    found = sorted(
        (m.start(), m.end(), (m["month"][:3], int(m["day"]))) for form in DAYS for m in form.finditer(told)
    )
    every = _days(c.text for c in calls if c.result != "failed")
    mine = _days(one.text for one in good)
    for (_, end, first), (start, _, second) in pairwise(found):
        if _TOGETHER.fullmatch(told[end:start]) and mine & {first, second} and not {first, second} <= every:
            return f"only for {_said(mine & {first, second})}"
    return None


def past_days(good: list[Entry]) -> frozenset[tuple[str, int]]:
    """Days that stand only in fields of what was before, where others say what is: `oldDue` beside `newDue`."""
    texts = [t for one in good for t in (one.call.arguments, one.call.result)]
    every = _days(s.value for t in texts for s in spots_of(t))
    return frozenset(every - _days(s.value for s in new_spots(texts)))


def other_year(told: str, good: list[Entry]) -> str | None:
    """May 3, 2026, where the calls say 2025."""
    for form in _YEARED:
        for found in form.finditer(told):
            theirs = {
                d.year
                for one in good
                for d in _dates(one.text)
                if (_MONTHS[d.month - 1], d.day) == (found["month"][:3], int(found["day"]))
            }
            if theirs and int(found["year"]) not in theirs:
                return f"for {', '.join(map(str, sorted(theirs)))}"
    return None


def _other_relative_day(told: str, good: list[Entry]) -> str | None:
    """ "For today", where the call was written down today and is for tomorrow."""
    found = _RELATIVE.search(told)
    fields = [(set(tokens(k)), v) for one in good for k, v in one.got]
    stamps = {d for keys, v in fields if keys & _TODAY_KEY for d in _dates(str(v))}
    theirs = {
        d
        for k, v in (f for one in good for f in one.got)
        if not set(tokens(k)) & (_BIRTH | _TODAY_KEY) and not _is_stamp(tokens(k))
        for d in _dates(str(v))
    }
    theirs |= {d for one in good for _, v in one.asked for d in _dates(str(v))}
    if not found or len(stamps) != 1 or not theirs:
        return None
    day = stamps.pop() + timedelta(days=_AHEAD[found["day"] or found["after"] or found["timed"]])
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
    on = (
        {day for found in _ON_DAY.findall(told) for day in found if day}
        if not theirs and not all(one.reads for one in good)
        else set()
    )
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


@lru_cache(maxsize=1024)  # every check of a claim looks for them in the same texts
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
