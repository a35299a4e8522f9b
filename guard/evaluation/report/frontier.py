"""Cost against quality over several runs: which of them no other one beats on both."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from guard.evaluation.metrics import Cost, Rate, cost, rates, tallies
from guard.evaluation.results import Run
from guard.evaluation.statistics import Interval

Price = Literal["usd", "tokens"]


@dataclass(frozen=True, slots=True)
class Point:
    """A run. quality: the share of right decisions. missed, touched: bad drafts that went out, good ones that did not."""

    name: str
    judge: str
    cost: Cost
    quality: float
    interval: Interval
    missed: float | None
    touched: float | None
    best: bool = False


@dataclass(frozen=True, slots=True)
class Frontier:
    """price: what the runs are compared by. Money where the price of all is known, tokens elsewhere."""

    price: Price
    points: tuple[Point, ...]

    def spent(self, point: Point) -> float:
        """For a thousand replies, in dollars; or tokens for one."""
        usd = point.cost.usd_per_1000
        return point.cost.tokens_per_reply if self.price == "tokens" or usd is None else usd


def frontier(runs: Iterable[tuple[str, Run]]) -> Frontier:
    """Of named runs; one without a single decision is left out."""
    points = tuple(point for name, run in runs if (point := _point(name, run)))
    known = all(p.cost.usd_per_1000 is not None for p in points)
    found = Frontier("usd" if known else "tokens", points)

    def beaten(one: Point) -> bool:
        here = found.spent(one)
        return any(
            found.spent(o) <= here
            and o.quality >= one.quality
            and (found.spent(o) < here or o.quality > one.quality)
            for o in points
        )

    return Frontier(found.price, tuple(replace(p, best=not beaten(p)) for p in points))


def _point(name: str, run: Run) -> Point | None:
    seen: dict[str, Rate] = {rate.fact: rate for rate in rates(tallies(run).values())}
    right = seen.get("decision_right")
    if right is None:
        return None
    return Point(
        name=name,
        judge=run.head.judge,
        cost=cost(run),
        quality=right.good / right.cases,
        interval=right.interval,
        missed=_failing(seen.get("bad_caught")),
        touched=_failing(seen.get("good_untouched")),
    )


def _failing(rate: Rate | None) -> float | None:
    return 1 - rate.good / rate.cases if rate else None
