"""Whether calls are for the hour that a claim names: "at 7:30 pm", "between 8 and noon"."""

import re

from guard.assessment import Claim
from guard.ledger.dates import without_stamps
from guard.ledger.evidence import Entry
from guard.ledger.fields import texts_of, tokens
from guard.text import fold, words

Clock = tuple[int, int]
"""Hour and minute of a day of 24 hours."""
_NOON = 12
_UNTIMED = frozenset({"refund", "compensate", "send"})
"""Acts in whose sentences an hour is that of something else."""
_HALF = r"[ap]\.?m\b"
_ONE = rf"(?:(?P<{{0}}h>\d{{{{1,2}}}})(?::(?P<{{0}}m>\d\d))?\s?(?P<{{0}}half>{_HALF})?|(?P<{{0}}word>noon|midnight))"
_SPAN = re.compile(
    rf"\b(?:between {_ONE.format('a')} and {_ONE.format('b')}|(?=from [\w: ]{{0,20}}(?::\d\d|{_HALF}|noon|midnight))from {_ONE.format('c')} (?:to|until|till) {_ONE.format('d')})(?! (?:days?|hours?|weeks?|months?|minutes?))"
)
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPOKEN = re.compile(
    rf"\b(?:at )?(?:a )?(?P<part>half|quarter) (?P<to>past|to) (?P<h>{'|'.join(_HOURS)}|\d{{1,2}})\b"
)
_CLOCK = re.compile(rf"\b(?P<h>\d{{1,2}}):(?P<m>\d\d)\b(?!\s?(?:{_HALF}|o'clock))")
_CLOCK_12 = re.compile(rf"(?<![\d:])(?P<h>\d{{1,2}})(?::(?P<m>\d\d))?\s?(?P<half>{_HALF})")
_IN_CALLS = re.compile(rf"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?!\s?{_HALF})")
_ALONE = re.compile(
    r"\bat (?:(?P<h>[01]?\d|2[0-4])(?::(?P<m>\d\d)(?= o'clock))?(?: o'clock)?|(?P<word>noon|midnight))(?=$|[.,;!]| (?:on|in|for|with|and|instead)\b)"
)
_UNTIL = re.compile(r"\b(?:until|till) (?=\d)")
_WINDOW = re.compile(r"(?<![\d.:-])(\d{1,2})\s?(?:h|-|to)+\s?(\d{1,2})(?![\d.:-])")
_WINDOW_KEY = words("window slot time times hours between interval")


def other_clock(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """ "At 10 am", where the call and its result say 14:00; of a span both ends count."""
    if claim.act in _UNTIMED:
        return None
    told = _spoken(told)
    span = _SPAN.search(told)
    rest = told[: span.start()] + told[span.end() :] if span else told
    single = hours_in(rest)
    if not span and not single:
        return None
    theirs = frozenset(c for one in good for c in _clocks_of(one))
    ends = _ends(span) if span else []
    every = all if len(theirs) > 1 else any  # a call may name no more than when it begins
    fits = any(s & theirs for s in single) or (bool(ends) and every(bool(e & theirs) for e in ends))
    return None if fits or not theirs else f"for {', '.join(f'{h}:{m:02}' for h, m in sorted(theirs))}"


def hours_in(told: str) -> list[frozenset[Clock]]:
    """The single hours of a sentence, each as all that it may mean; the ends of a span are none. "8:15" may be in the evening."""
    return [_either(m) for form in (_CLOCK, _CLOCK_12, _ALONE) for m in form.finditer(told)]


def _either(match: re.Match[str]) -> frozenset[Clock]:
    return (
        _read(match, "")
        if match.re is _CLOCK and match["h"][:1] != "0" and int(match["h"]) <= _NOON
        else _hours(match)
    )


def said_in(hours: list[frozenset[Clock]], text: str) -> bool:
    """Some of these hours stands in the text."""
    found = clocks_in(text)
    return any(hour & found for hour in hours)


def until(told: str) -> Clock | None:
    """The hour until which something may last, where it is named beyond doubt: "until 14:00", "until 2 pm"."""
    found = _UNTIL.search(told)
    if found is None:
        return None
    hours = [_hours(m) for form in (_CLOCK, _CLOCK_12) if (m := form.match(told, found.end()))]
    return next(iter(hours[0])) if hours and len(hours[0]) == 1 else None


def clocks_in(folded: str) -> frozenset[Clock]:
    """Every hour that stands in a folded text."""
    named = [_hours(m) for m in _CLOCK_12.finditer(folded)]
    return frozenset[Clock]().union(*named) | {(int(m["h"]), int(m["m"])) for m in _IN_CALLS.finditer(folded)}


def _ends(span: re.Match[str]) -> list[frozenset[Clock]]:
    """Both ends; "between 1 and 5 pm" names the half of the day once."""
    first, last = ("a", "b") if span["ah"] or span["aword"] else ("c", "d")
    return [_read(span, first), _read(span, last)]


def _spoken(folded: str) -> str:
    """The same text with "half past three" as "3:30 o'clock", which is one of two hours."""
    return _SPOKEN.sub(_in_figures, folded)


def _in_figures(match: re.Match[str]) -> str:
    hour = int(match["h"]) if match["h"].isdigit() else _HOURS.index(match["h"]) + 1
    part = {"half": 30, "quarter": 15}[match["part"]]
    if match["to"] == "to":
        hour, part = (hour - 1) or 12, 60 - part
    return f"at {hour}:{part:02} o'clock"


def _hours(match: re.Match[str]) -> frozenset[Clock]:
    """The hours that a time may mean: "at 7" is one of two."""
    return frozenset([(int(match["h"]), int(match["m"]))]) if match.re is _CLOCK else _read(match, "")


def _read(match: re.Match[str], end: str) -> frozenset[Clock]:
    found = match.groupdict()
    if word := found.get(f"{end}word"):
        return frozenset([(12 if word == "noon" else 0, 0)])
    hour, minute, half = int(match[f"{end}h"]), int(found.get(f"{end}m") or 0), found.get(f"{end}half")
    if half:
        return _of_half(hour, minute, half)
    return _of_half(hour, minute, "am") | _of_half(hour, minute, "pm")


def _of_half(hour: int, minute: int, half: str) -> frozenset[Clock]:
    return frozenset([(hour % 12 + 12 * half.startswith("p"), minute)])


def _clocks_of(one: Entry) -> frozenset[Clock]:
    """Times in a call, but for the moments at which something was written down."""
    text = fold(without_stamps(one))
    windows = [
        (int(hour) % 24, 0)
        for k, v in (*texts_of(one.asked), *texts_of(one.got))
        if set(tokens(k)) & _WINDOW_KEY
        for m in _WINDOW.finditer(v)
        for hour in m.groups()
    ]
    return clocks_in(text) | frozenset(windows)
