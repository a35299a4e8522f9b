"""Cases of one family stand and fall together, so the family is what is drawn anew.

The bootstrap is the percentile one. BCa needs a jackknife and a bias that are not there when nearly all families
agree. In its place the low end is taken with one more family, the worst that could be, and the high end with the
best: where nothing changed the interval still has a width, as Clopper and Pearson's has. Families that look alike
are drawn as one kind, which is the same and costs next to nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from guard.evaluation.statistics import Interval

if TYPE_CHECKING:
    from guard.evaluation.statistics import Floats

REPLICATES = 4000


def sums(rows: Iterable[tuple[str, Sequence[float]]]) -> "Floats":
    """One row a family: the sums of its cases' numbers, in the order of the families' names."""
    import numpy as np

    found: dict[str, Floats] = {}
    for family, numbers in rows:
        row = np.asarray(numbers, dtype=float)
        found[family] = found[family] + row if family in found else row
    return np.stack([found[name] for name in sorted(found)]) if found else np.zeros((0, 0))


def resampled(
    families: "Floats", statistic: "Callable[[Floats], Floats]", seed: int, replicates: int = REPLICATES
) -> "Floats":
    """What the statistic would have been with other families of the same kinds. It reads sums over families, a row each."""
    import numpy as np

    kinds, counts = np.unique(families, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(families), counts / len(families), size=replicates)
    return statistic(drawn @ kinds)


def ends(
    families: "Floats",
    statistic: "Callable[[Floats], Floats]",
    *,
    worst: "Sequence[float] | Floats",
    best: "Sequence[float] | Floats",
    seed: int,
) -> "tuple[Floats, Floats]":
    """Replicates for the low end and for the high end."""
    import numpy as np

    return (
        resampled(np.vstack([families, worst]), statistic, seed),
        resampled(np.vstack([families, best]), statistic, seed),
    )


def bounds(low: "Floats", high: "Floats", level: float) -> Interval:
    """The quantiles of both."""
    import numpy as np

    tail = (1 - level) / 2
    return Interval(float(np.quantile(low, tail)), float(np.quantile(high, 1 - tail)))
