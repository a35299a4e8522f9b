"""What runs cost, how much synthetic empathy they let through, and how long they take: those that no other one beats."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from guard.evaluation.comparison import Arm
from guard.evaluation.metrics import Fact, Tally, percentile
from guard.evaluation.statistics import Interval, wilson
from guard.outcome import Verdict

Price = Literal["usd", "tokens"]
EMPTY: Verdict = "synthetic_empathy"


@dataclass(frozen=True, slots=True)
class Point:
    """A run, of a thousand replies. None: nobody knows.

    caught: synthetic empathy that did not go out, of `cases` of it; missed: the rest. right: decisions as the readers
    have them. touched: good drafts that did not go out as they were. ms_p95: None where recordings answered, which take
    no time. best: no other one is as good in cost, missed and time, and better in one of them.
    """

    name: str
    judge: str
    usd: float | None
    tokens: float | None
    ms_p95: float | None
    caught: float
    interval: Interval
    cases: int
    right: float | None
    touched: float | None
    best: bool = False

    @property
    def missed(self) -> float:
        """The share of synthetic empathy that went out."""
        return 1 - self.caught


@dataclass(frozen=True, slots=True)
class Frontier:
    """price: what the runs are compared by. Money where the price of all is known, tokens elsewhere."""

    price: Price
    points: tuple[Point, ...]

    def spent(self, point: Point) -> float | None:
        """For a thousand replies."""
        return point.usd if self.price == "usd" else point.tokens


def frontier(runs: Iterable[tuple[str, Arm]]) -> Frontier:
    """Of named runs; one without a case of synthetic empathy is left out."""
    points = tuple(point for name, run in runs if (point := _point(name, run)))
    found = Frontier("usd" if all(p.usd is not None for p in points) else "tokens", points)
    known = [(p, told) for p in points if (told := _told(found, p))]
    best = {
        p.name
        for p, told in known
        if not any(
            other != told and all(o <= t for o, t in zip(other, told, strict=True)) for _, other in known
        )
    }
    return replace(found, points=tuple(replace(p, best=p.name in best) for p in points))


def _told(found: Frontier, point: Point) -> tuple[float, float, float] | None:
    """What counts, the less the better. One of which something is not known is beside the frontier."""
    spent = found.spent(point)
    return None if spent is None or point.ms_p95 is None else (spent, point.missed, point.ms_p95)


def _point(name: str, run: Arm) -> Point | None:
    some = list(run.tallies.values())
    empty = [
        held for t in some if t.within({"verdict": EMPTY}) and (held := t.holds("bad_caught")) is not None
    ]
    if not empty:
        return None
    touched = _share(some, "good_untouched")
    timed = run.mode in ("local", "live")
    return Point(
        name=name,
        judge=run.judge,
        usd=_thousand([t.usd for t in some]) if _counted(some) else None,
        tokens=_thousand([t.tokens for t in some]) if _counted(some) else None,
        ms_p95=percentile([ms for t in some for ms in t.ms], 95) if timed else None,
        caught=sum(empty) / len(empty),
        interval=wilson(sum(empty), len(empty)),
        cases=len(empty),
        right=_share(some, "decision_right"),
        touched=None if touched is None else 1 - touched,
    )


def _counted(some: Iterable[Tally]) -> bool:
    """A model that was asked and took no token is one whose tokens nobody counted: that is not free."""
    return all(t.tokens or not any(t.outcomes.get("asked_model", ())) for t in some)


def _thousand(each: list[float | None]) -> float | None:
    known = [one for one in each if one is not None]
    return 1000 * sum(known) / len(known) if len(known) == len(each) else None


def _share(some: Iterable[Tally], fact: Fact) -> float | None:
    held = [good for t in some if (good := t.holds(fact)) is not None]
    return sum(held) / len(held) if held else None
