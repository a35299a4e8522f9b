"""Is the candidate worse than the base by more than a margin? Two outcomes of each case, counted by family."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.evaluation import clusters
from guard.evaluation.statistics import Interval, sign_test, tango, tango_z, z

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.evaluation.statistics import Counts, Floats

MINOR = 0.01
"""A fall that is significant and smaller than this is no reason to stop a release."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One case before and after."""

    case: str
    family: str
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Paired:
    """The change in the share of good cases, with its interval.

    fell, rose: families whose mean went down or up. p: of so many falls among them by chance, one-sided, exact.
    exact: every case is its own family.
    """

    cases: int
    families: int
    before: float
    after: float
    fell: int
    rose: int
    interval: Interval
    p: float
    exact: bool

    @property
    def change(self) -> float:
        """Positive where the candidate is better."""
        return self.after - self.before

    def inferior(self, alpha: float) -> bool:
        """Significantly worse, and by a fall that matters."""
        return self.p <= alpha and self.change <= -MINOR


def paired(pairs: Iterable[Pair], alpha: float, seed: int) -> Paired | None:
    """Weigh them; None where there is no pair. The interval has alpha on either side."""
    import numpy as np

    families = clusters.sums((p.family, (p.before, p.after, 1)) for p in pairs)
    if not len(families):
        return None
    before, after, cases = (int(x) for x in families.sum(axis=0))
    moved = families[:, 1] - families[:, 0]
    fell, rose = int((moved < 0).sum()), int((moved > 0).sum())
    exact = len(families) == cases
    if exact:
        interval = tango(fell, rose, cases, 1 - 2 * alpha)
    else:
        size = cases / len(families)
        changed = np.column_stack([moved, families[:, 2]])
        drawn = clusters.ends(changed, _change, worst=(-size, size), best=(size, size), seed=seed)
        interval = clusters.bounds(*drawn, 1 - 2 * alpha)
    return Paired(
        cases=cases,
        families=len(families),
        before=before / cases,
        after=after / cases,
        fell=fell,
        rose=rose,
        interval=interval,
        p=float(sign_test(fell, rose)),
        exact=exact,
    )


def ruled(
    fell: "Counts", rose: "Counts", n: int, margin: float, alpha: float
) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
    """Which of many outcomes of n independent cases are not inferior, and which of the others are: the gate's rule."""
    good = tango_z(fell, rose, n, -margin) > z(1 - 2 * alpha)
    worse = (sign_test(fell, rose) <= alpha) & ((rose - fell) / n <= -MINOR)
    return good, worse & ~good


def _change(sums: "Floats") -> "Floats":
    return sums[:, 0] / sums[:, 1]
