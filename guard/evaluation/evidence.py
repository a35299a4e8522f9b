"""What a gate's cases say: figures, an interval, and how far they speak for and against the gate. No verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from guard.evaluation.metrics import Dimension
from guard.evaluation.statistics import Interval

Unit = Literal["share", "points", "kappa", "rise"]
"""Of the interval: a share or kappa of the candidate itself, the change of a share, or the rise as a share of what it was."""
Where = Mapping[Dimension, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """before, now: the figure of the base and of the candidate; money is for 1,000 replies, tokens and ms for one.

    p: how likely what was seen would be if the gate held; small is evidence against it. good: the interval lies
    inside the limit. told: both in words. fell, rose: case ids. lost: shared cases to which the metric does not apply
    any more.
    """

    cases: int
    families: int
    unit: Unit
    before: float | None
    now: float | None
    interval: Interval | None
    p: float
    good: bool
    told: str
    fell: tuple[str, ...] = ()
    rose: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def nothing(unit: Unit, told: str = "no case", cases: int = 0, families: int = 0) -> Evidence:
    """Cases that say nothing, and why."""
    return Evidence(cases, families, unit, None, None, None, 1.0, False, told)
