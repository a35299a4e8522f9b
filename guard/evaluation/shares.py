"""A share of cases with its interval: exact where every case is its own family, a bootstrap of families elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guard.evaluation import clusters
from guard.evaluation.statistics import Interval, clopper_pearson, so_few

if TYPE_CHECKING:
    from guard.evaluation.statistics import Floats


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many. `drawn`: the replicates of both ends, where families were drawn anew."""

    good: int
    cases: int
    families: int
    interval: Interval
    drawn: "tuple[Floats, Floats] | None" = field(default=None, repr=False, compare=False)

    @property
    def value(self) -> float | None:
        """None without a case."""
        return self.good / self.cases if self.cases else None

    def at_least(self, share: float) -> float:
        """How likely so few would be if the true share were `share` or more."""
        if self.drawn is None:
            return so_few(self.good, self.cases, share)
        return float((1 + (self.drawn[1] >= share).sum()) / (1 + len(self.drawn[1])))

    def at_most(self, share: float) -> float:
        """How likely so many would be if the true share were `share` or less."""
        if self.drawn is None:
            return so_few(self.cases - self.good, self.cases, 1 - share)
        return float((1 + (self.drawn[0] <= share).sum()) / (1 + len(self.drawn[0])))


def share(read: Iterable[tuple[str, bool]], seed: int, level: float = 0.9) -> Share:
    """From (family, whether it holds).

    The bootstrap's low end has one more family in which it never holds, its high end one in which it always does:
    none of 60 families of one case each gives 5 %, as the exact interval does.
    """
    families = clusters.sums((family, (float(good), 1.0)) for family, good in read)
    good, cases = (int(x) for x in families.sum(axis=0)) if len(families) else (0, 0)
    if len(families) == cases:
        return Share(good, cases, cases, clopper_pearson(good, cases, level))
    size = cases / len(families)
    drawn = clusters.ends(families, _rate, worst=(0.0, size), best=(size, size), seed=seed)
    return Share(good, cases, len(families), clusters.bounds(*drawn, level), drawn)


def _rate(sums: "Floats") -> "Floats":
    return sums[:, 0] / sums[:, 1]
