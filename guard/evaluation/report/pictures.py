"""Where things stand in the page's drawings: numbers only, the template draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import assert_never

from guard.evaluation.calibration import Bin, Calibration
from guard.evaluation.demands import (
    KappaAtLeast,
    MostFailures,
    NonInferior,
    RateAtLeast,
    RateAtMostFailing,
    RiseAtMost,
    ShareAtMost,
)
from guard.evaluation.gate import Row
from guard.evaluation.report.frontier import Frontier, Point
from guard.evaluation.statistics import Interval

WHISKER = 200.0
SQUARE = 240.0
WIDE, HIGH = 560.0, 260.0
_NAME_WIDE, _NAME_HIGH = 130.0, 14.0
"""Room that the name of a run takes."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A line from `low` to `high`, `size` long."""

    low: float
    high: float
    size: float

    def at(self, value: float) -> float:
        """Where the value stands; what lies outside stands at the end."""
        inside = min(max(value, self.low), self.high)
        return round((inside - self.low) / (self.high - self.low) * self.size, 2)


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval with its dot, and the side of the limit on which it must lie; no limit where only the dot counts.

    cut_low, cut_high: the interval goes on beyond the axis.
    """

    low: float
    high: float
    dot: float
    limit: float | None
    fine_from: float
    fine_width: float
    zero: float | None
    cut_low: bool
    cut_high: bool


@dataclass(frozen=True, slots=True)
class _Reach:
    """A row's interval, its figure, its limit, and whether the interval must lie above it."""

    interval: Interval
    value: float
    limit: float | None
    above: bool

    def drawn(self, axis: Axis) -> Whisker:
        at = None if self.limit is None else axis.at(self.limit)
        return Whisker(
            low=axis.at(self.interval.low),
            high=axis.at(self.interval.high),
            dot=axis.at(self.value),
            limit=at,
            fine_from=at if self.above and at else 0.0,
            fine_width=0.0 if at is None else axis.size - at if self.above else at,
            zero=axis.at(0.0) if axis.low < 0 < axis.high else None,
            cut_low=self.interval.low < axis.low,
            cut_high=self.interval.high > axis.high,
        )

    def ends(self) -> tuple[float, ...]:
        limit = () if self.limit is None else (self.limit,)
        return (self.interval.low, self.interval.high, self.value, *limit)


def whiskers(rows: Sequence[Row]) -> tuple[Whisker | None, ...]:
    """One a row. Changes in points share one axis, so that they can be compared by eye; others have their own.

    Slices that are too small to pass do not stretch it: their intervals are cut at its ends.
    """
    reaches = [_reach(row) for row in rows]
    points = [(row, reach) for row, reach in zip(rows, reaches, strict=True) if reach and _in_points(row)]
    large = [reach for row, reach in points if row.evidence and row.evidence.families >= row.gate.least]
    shared = around([0.0, *(end for reach in large or [r for _, r in points] for end in reach.ends())])
    return tuple(
        reach.drawn(shared if _in_points(row) else around(reach.ends())) if reach else None
        for row, reach in zip(rows, reaches, strict=True)
    )


def _in_points(row: Row) -> bool:
    return row.evidence is not None and row.evidence.unit == "points"


def _reach(row: Row) -> _Reach | None:
    seen, gate = row.evidence, row.gate
    if seen is None or seen.interval is None or seen.now is None:
        return None
    match gate:
        case NonInferior():
            return _Reach(seen.interval, seen.now - (seen.before or 0.0), -gate.margin, above=True)
        case RiseAtMost():
            return (
                _Reach(seen.interval, seen.now / seen.before - 1, gate.value, above=False)
                if seen.before
                else None
            )
        case RateAtLeast() | KappaAtLeast():
            return _Reach(seen.interval, seen.now, gate.value, above=True)
        case RateAtMostFailing() | ShareAtMost():
            return _Reach(seen.interval, seen.now, gate.value, above=False)
        case MostFailures():
            return _Reach(seen.interval, seen.now, None, above=False)  # the count decides, not the interval
        case _:
            assert_never(gate)


def around(values: Iterable[float], size: float = WHISKER) -> Axis:
    """An axis that holds all of them, with some room."""
    told = list(values)
    low, high = min(told), max(told)
    room = (high - low) * 0.08 or 0.01
    return Axis(low - room, high + room, size)


@dataclass(frozen=True, slots=True)
class BinDot:
    """A bin of the reliability diagram: its dot, its whisker, and its bar of the histogram below."""

    bin: Bin
    place: int
    x: float
    y: float
    low: float
    high: float
    bar: float


def reliability(seen: Calibration) -> tuple[BinDot, ...]:
    """In a square whose y grows downward; bars are at most 1 high."""
    axis, most = Axis(0.0, 1.0, SQUARE), max(b.cases for b in seen.bins)
    return tuple(
        BinDot(
            bin=b,
            place=min(9, int(b.said * 10)),
            x=axis.at(b.said),
            y=SQUARE - axis.at(b.found),
            low=SQUARE - axis.at(b.interval.low),
            high=SQUARE - axis.at(b.interval.high),
            bar=round(b.cases / most, 4),
        )
        for b in seen.bins
    )


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class RunDot:
    """A run in the picture of cost and quality. `left`: its name stands on its left, where the right has no room."""

    point: Point
    x: float
    y: float
    low: float
    high: float
    name_y: float
    left: bool


@dataclass(frozen=True, slots=True)
class Scatter:
    """Cost to the right, quality upward. Time is no axis, so what is best is no line."""

    dots: tuple[RunDot, ...]
    xs: tuple[Tick, ...]
    ys: tuple[Tick, ...]


def scatter(found: Frontier) -> Scatter | None:
    """None where fewer than two runs say what they cost.

    Quality begins below the worst interval, not at zero: the picture compares, and the table has the figures.
    """
    drawn = [(p, spent) for p in found.points if (spent := found.spent(p)) is not None]
    if len(drawn) < 2:
        return None
    across = Axis(0.0, (max(spent for _, spent in drawn) or 1.0) * 1.15, WIDE)
    up = Axis(min(0.95, int(min(p.interval.low for p, _ in drawn) * 20) / 20), 1.0, HIGH)
    dots: list[RunDot] = []
    for p, spent in sorted(drawn, key=lambda one: -one[0].caught):
        x, y = across.at(spent), HIGH - up.at(p.caught)
        name_y = y + 4
        while any(abs(d.x - x) < _NAME_WIDE and abs(d.name_y - name_y) < _NAME_HIGH for d in dots):
            name_y += _NAME_HIGH
        low, high = (HIGH - up.at(end) for end in (p.interval.low, p.interval.high))
        dots.append(RunDot(p, x, y, low, high, name_y, left=x > WIDE * 0.6))
    return Scatter(
        dots=tuple(dots),
        xs=tuple(Tick(across.at(v), v) for v in _round(across)),
        ys=tuple(Tick(HIGH - up.at(v), v) for v in _round(up)),
    )


def _round(axis: Axis) -> tuple[float, ...]:
    """Three to six round numbers on an axis."""
    rough = (axis.high - axis.low) / 5
    power = 10.0 ** floor(log10(rough))
    step = power * next(n for n in (1, 2, 5, 10) if n * power >= rough)
    first = ceil(round(axis.low / step, 6))
    return tuple(n * step for n in range(first, int(axis.high / step + 1e-9) + 1))
