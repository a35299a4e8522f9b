"""Cohen's kappa: how far two readers agree beyond chance, with an interval that counts families."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guard.evaluation import clusters
from guard.evaluation.statistics import Interval

if TYPE_CHECKING:
    from guard.evaluation.statistics import Floats


@dataclass(frozen=True, slots=True)
class Kappa:
    """`value` None: kappa says nothing, because nobody read a case or both used one word only.

    agreed: the plain share. drawn: the replicates of the high end.
    """

    value: float | None
    interval: Interval
    agreed: float
    cases: int
    families: int
    drawn: "Floats" = field(repr=False, compare=False)

    def at_least(self, value: float) -> float:
        """How likely such readings would be if kappa were `value` or more."""
        return float((1 + (self.drawn >= value).sum()) / (1 + len(self.drawn)))


def kappa(read: Iterable[tuple[str, str, str]], seed: int, level: float = 0.9) -> Kappa:
    """From (family, what one said, what the other said). Cohen 1960; the interval is a bootstrap of families.

    The low end is taken with one more family in which they agree by chance only: agreement on every case is no proof
    of agreement on all. Resampled families with one word only count as no agreement.
    """
    import numpy as np

    told = list(read)
    words = sorted({word for _, one, other in told for word in (one, other)})
    place = {word: n for n, word in enumerate(words)}
    size = len(words)

    def cells(one: str, other: str) -> "Floats":
        row = np.zeros(size * size)
        row[place[one] * size + place[other]] = 1
        return row

    def of(tables: "Floats") -> "Floats":
        square = tables.reshape(-1, size, size)
        n = square.sum(axis=(1, 2))
        agreed = np.trace(square, axis1=1, axis2=2) / n
        chance = (square.sum(axis=1) * square.sum(axis=2)).sum(axis=1) / n**2
        return np.where(chance < 1, (agreed - chance) / np.where(chance < 1, 1 - chance, 1.0), 0.0)

    if size < 2:
        return Kappa(
            None, Interval(-1.0, 1.0), float(bool(told)), len(told), len({f for f, *_ in told}), np.ones(1)
        )
    families = clusters.sums((family, cells(one, other).tolist()) for family, one, other in told)
    total = families.sum(axis=0)
    table = total.reshape(size, size)
    chance = (
        np.outer(table.sum(axis=1), table.sum(axis=0)).ravel() / len(told) ** 2 * len(told) / len(families)
    )
    low, high = clusters.ends(families, of, worst=chance, best=np.eye(size).ravel() / size, seed=seed)
    return Kappa(
        value=float(of(total)[0]),
        interval=clusters.bounds(low, high, level),
        agreed=float(np.trace(table) / len(told)),
        cases=len(told),
        families=len(families),
        drawn=high,
    )
