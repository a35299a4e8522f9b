"""The kinds of particulars that a text tells, and their values, which are equal however they are written."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["span", "day", "weekday", "later", "clock", "money", "share", "count"]
LOOSE: frozenset[Kind] = frozenset(("span", "weekday", "later", "count"))
"""What names no date and no amount: a sentence of the draft may keep it."""
Unit = Literal["minute", "working day", "month"]
"""None of them is a number of another: a working day may be three days later, a month has 28 to 31."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time that something takes or lasts: "48 hours" and "2 days" are one. `least` is `most` but in "1 to 2 days"."""

    unit: Unit
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Day:
    """A date; `year` None where nobody said it."""

    month: int
    day: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money; `currency` None where nobody says which."""

    value: float
    currency: str | None


Value = Span | Day | Sum | float | str
"""A weekday counts from Monday, a clock's minutes from midnight, a share is in percent; what is told later is a word, and a gift."""


@dataclass(frozen=True, slots=True)
class Particular:
    """What is told and its place; `values`: what it may mean, of which one must be known."""

    kind: Kind
    values: frozenset[Value]
    start: int
    end: int
