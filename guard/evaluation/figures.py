"""Figures and places of a rewrite that stand nowhere: a second reader, which shares nothing with what accepts a rewrite.

It looks every number, name of a thing, weekday, month and link up in what was said, shown and allowed, as text. It does not
ask what a number is of, so it is no stricter than a reader with a marker; and it takes nothing from the draft's own words.
"""

import re
from collections.abc import Iterator
from datetime import date

from guard.case import Authority, Case
from guard.text import LINK, MONTHS, fold

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
"""Letters and digits that name a thing."""
_MARKER = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
"""The number of a line in a list."""
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(MONTHS.split("|"))
_DAY_OR_MONTH = re.compile(rf"\b(?:{'|'.join(_DAYS)}|{MONTHS.replace('|may|', '|')})\b")
""""May" is a verb too."""
_SPELLED = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPELLED_FORM = re.compile(rf"\b(?:{'|'.join(_SPELLED)})\b")
_NOON = 12


def strange_figures(reply: str, case: Case, authority: Authority) -> tuple[str, ...]:
    """As they stand in the reply, in no order that means anything."""
    known = _known(case, authority)
    folded, numbers = fold(known), _numbers(known)
    links = [m.group() for m in LINK.finditer(reply)]
    rest = LINK.sub(" ", _MARKER.sub("", reply))
    names = [m.group() for m in _NAME.finditer(rest)]
    return (
        *(link for link in links if fold(link).rstrip("/") not in folded),
        *(name for name in names if fold(name) not in folded and _numbers(name).isdisjoint(numbers)),
        *(m.group() for m in _NUMBER.finditer(_in_digits(rest)) if _values(m.group()).isdisjoint(numbers)),
        *(
            day
            for day in _DAY_OR_MONTH.findall(fold(rest))
            if not re.search(rf"\b{day[:3]}(?:{day[3:]})?\b", folded)
        ),
    )


def _known(case: Case, authority: Authority) -> str:
    """All that was said, shown and allowed, with the days of its dates in words."""
    actions = case.allowed(authority)
    text = "\n".join(
        (
            *(turn.content for turn in case.turns),
            *(f"{call.name} {call.arguments} {call.result}" for call in case.evidence or ()),
            *(
                f"{a.does} {a.say or ''} {a.deadline or ''} {' '.join(a.needs)} {a.max_amount or ''}"
                for a in actions
            ),
        )
    )
    return f"{text}\n{' '.join(_days(text))}"


def _days(text: str) -> Iterator[str]:
    for year, month, day in _ISO.findall(text):
        try:
            told = date(int(year), int(month), int(day))
        except ValueError:
            continue
        yield f"{_DAYS[told.weekday()]} {told.day} {_MONTHS[told.month - 1]}"


def _in_digits(text: str) -> str:
    """As "two" is 2."""
    return _SPELLED_FORM.sub(lambda m: str(_SPELLED.index(m.group()) + 2), fold(text))


def _numbers(text: str) -> frozenset[str | float]:
    """In every way that they can be read; clock times by twelve hours, too."""
    told = _in_digits(text)
    found = {value for m in _NUMBER.finditer(told) for value in _values(m.group())}
    for hour, minute in _CLOCK.findall(told):
        found |= {float(int(hour) % _NOON or _NOON), f"{int(hour) % _NOON or _NOON}:{minute}"}
    return frozenset(found)


def _values(number: str) -> frozenset[str | float]:
    """As written, and as a number with a point or a comma for its fraction."""
    read = set[str | float]({number})
    for plain in (number.replace(",", ""), number.replace(".", "").replace(",", ".")):
        if re.fullmatch(r"\d+(?:\.\d+)?", plain):
            read.add(float(plain))
    return frozenset(read)
