"""A gate's row as people read it: the same words on every surface."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from guard.evaluation.demands import (
    AnyGate,
    KappaAtLeast,
    MostFailures,
    NonInferior,
    RateAtLeast,
    RateAtMostFailing,
    RiseAtMost,
)
from guard.evaluation.evidence import Evidence
from guard.evaluation.gate import Found, Row
from guard.evaluation.metrics import UNCHANGED, Dimension
from guard.evaluation.report.marked import visible
from guard.evaluation.report.words import SAYS, counted, dollars, percent, points
from guard.evaluation.results import Flag

_FIGURES: Mapping[Literal["verdict", "owner", "usd", "tokens", "ms"], str] = {
    "verdict": "the judge's verdict agrees with the readers beyond chance",
    "owner": "the judge's owner agrees with the readers beyond chance",
    "usd": "dollars for 1,000 replies",
    "tokens": "tokens for one reply",
    "ms": "milliseconds of the slowest replies (95th percentile)",
}


@dataclass(frozen=True, slots=True)
class Line:
    """All of it as text. place: the slice. counted: how many cases and families. fell, rose: ids of cases that flipped."""

    name: str
    metric: str
    place: str
    says: str
    limit: str
    before: str
    now: str
    change: str
    interval: str
    counted: str
    fell: tuple[str, ...]
    rose: tuple[str, ...]
    flag: Flag | None
    found: Found
    effect: str
    reason: str
    watched: bool

    @property
    def flips(self) -> str:
        """Falls and rises, where outcomes are paired."""
        return f"{len(self.fell)} / {len(self.rose)}" if self.change.endswith("pp") else ""


def line(row: Row) -> Line:
    """The row in words."""
    seen = row.evidence
    return Line(
        name=visible(row.name),
        metric=row.gate.metric,
        place=visible(", ".join(_place(name, value) for name, value in row.where.items())),
        says=_says(row.gate),
        limit=row.limit,
        before=_figure(row, seen, seen.before) if seen else "",
        now=_figure(row, seen, seen.now) if seen else "",
        change=_change(seen) if seen else "",
        interval=_interval(seen) if seen else "",
        counted=f"{counted(seen.cases, 'case')}, {counted(seen.families, 'family')}" if seen else "",
        fell=seen.fell if seen else (),
        rose=seen.rose if seen else (),
        flag=_flag(row.gate),
        found=row.found,
        effect=_effect(row),
        reason=visible(row.reason),
        watched=row.watched,
    )


def level(row: Row) -> str:
    """Of the intervals: 90 %, where the gate has 5 % on either side."""
    return f"{100 * (1 - 2 * row.gate.alpha):g} %"


def _place(dimension: Dimension, value: str) -> str:
    if dimension == "mutation" and value == UNCHANGED:
        return "without mutations"
    return f"{dimension} = {value}"


def _says(gate: AnyGate) -> str:
    return _FIGURES[gate.metric] if isinstance(gate, KappaAtLeast | RiseAtMost) else SAYS[gate.metric]


def _flag(gate: AnyGate) -> Flag | None:
    if isinstance(gate, NonInferior | MostFailures | RateAtLeast | RateAtMostFailing):
        return gate.metric
    return None


def _effect(row: Row) -> str:
    """What it does to the release, where that is not what it says."""
    match row.found, row.counts:
        case "INCONCLUSIVE", "fail":
            return "counts as a failure"
        case _, "warn":
            return "a warning only"
        case _ if row.worse and isinstance(row.gate, NonInferior):
            return f"worse, within the margin of {100 * row.gate.margin:g} pp"
        case _:
            return ""


def _figure(row: Row, seen: Evidence, value: float | None) -> str:  # noqa: PLR0911 - one return a kind
    if value is None:
        return ""
    match row.gate, seen.unit:
        case MostFailures(), _:
            return f"{round(value * seen.cases)} of {seen.cases}"
        case RiseAtMost(metric="usd"), _:
            return dollars(value)
        case RiseAtMost(metric="tokens"), _:
            return f"{value:,.0f}"
        case RiseAtMost(metric="ms"), _:
            return f"{value:,.1f} ms"
        case _, "kappa":
            return f"{value:.3f}"
        case _:
            return f"{percent(value)} %"


def _change(seen: Evidence) -> str:
    if seen.before is None or seen.now is None:
        return ""
    match seen.unit:
        case "points":
            return f"{points(seen.now - seen.before)} pp"
        case "rise":
            return f"{points(seen.now / seen.before - 1)} %" if seen.before else ""
        case "share" | "kappa":
            return ""
        case _:
            assert_never(seen.unit)


def _interval(seen: Evidence) -> str:
    if seen.interval is None:
        return ""
    low, high = seen.interval.low, seen.interval.high
    match seen.unit:
        case "points":
            return f"[{points(low)}, {points(high)}] pp"
        case "rise":
            return f"[{points(low)}, {points(high)}] %"
        case "kappa":
            return f"[{low:.2f}, {high:.2f}]"
        case "share":
            return f"[{percent(low)}, {percent(high)}] %"
        case _:
            assert_never(seen.unit)
