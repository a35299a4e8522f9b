"""Each flag in each slice: how many of how many. What is too small to say anything is counted and left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guard.evaluation.metrics import DIMENSIONS, FLAGS, Dimension, Rate, Tally, rates, tallies
from guard.evaluation.report.marked import visible
from guard.evaluation.results import Flag, Run

LEAST = 8
"""Cases below which a slice has no row of its own; the JSON report has all of them."""
FEW = 5
"""Cases below which a share says next to nothing, and has no tint."""
_TINTS = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Shares of failures above which a cell is one tint darker."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A flag in a slice. `was`: the share on the other side, on all of its cases."""

    good: int
    cases: int
    was: float | None

    @property
    def share(self) -> float:
        """Of the cases, those where the flag is good."""
        return self.good / self.cases

    @property
    def told(self) -> str:
        """In whole percent; 100 only where all are good."""
        return "100" if self.good == self.cases else f"{min(99, round(100 * self.share))}"

    @property
    def few(self) -> bool:
        """Too few cases to say anything."""
        return self.cases < FEW

    @property
    def tint(self) -> int:
        """0 where nothing fails or there are too few cases, up to 5."""
        return 0 if self.few else sum((self.cases - self.good) / self.cases > least for least in _TINTS)


@dataclass(frozen=True, slots=True)
class Row:
    """A slice. A flag that applies to none of its cases has no cell."""

    name: str
    cases: int
    cells: Mapping[Flag, Cell]


@dataclass(frozen=True, slots=True)
class Group:
    """The slices of one dimension, the largest first; `small` more have under `LEAST` cases."""

    dimension: Dimension
    rows: tuple[Row, ...]
    small: int


@dataclass(frozen=True, slots=True)
class Slices:
    """flags: those that apply to some case."""

    flags: tuple[Flag, ...]
    whole: Row
    groups: tuple[Group, ...]


def slices(run: Run, base: Mapping[str, Tally] | None = None) -> Slices:
    """A case counts by the majority of its epochs."""
    now, then = tuple(tallies(run).values()), tuple(base.values()) if base else ()
    groups = tuple(group for dimension in DIMENSIONS if (group := _group(dimension, now, then)))
    whole = next(iter(_rows(None, now, then)), Row("all", 0, {}))
    return Slices(tuple(f for f in FLAGS if f in whole.cells), whole, groups)


def _group(dimension: Dimension, now: tuple[Tally, ...], then: tuple[Tally, ...]) -> Group | None:
    rows = list(_rows(dimension, now, then))
    large = sorted((row for row in rows if row.cases >= LEAST), key=lambda row: (-row.cases, row.name))
    return Group(dimension, tuple(large), len(rows) - len(large)) if len(rows) > 1 else None


def _rows(dimension: Dimension | None, now: tuple[Tally, ...], then: tuple[Tally, ...]) -> Iterator[Row]:
    was = {(rate.value, rate.fact): rate for rate in rates(then, dimension)}
    found: dict[str, dict[Flag, Cell]] = {}
    for rate in rates(now, dimension):
        for flag in FLAGS:
            if rate.fact == flag:
                cells = found.setdefault(rate.value, {})
                cells[flag] = _cell(rate, was.get((rate.value, flag)))
    for value, cells in found.items():
        cases = sum(not dimension or value in tally.slices.get(dimension, ()) for tally in now)
        yield Row(visible(value) or "all", cases, cells)


def _cell(rate: Rate, was: Rate | None) -> Cell:
    return Cell(rate.good, rate.cases, was.good / was.cases if was else None)
