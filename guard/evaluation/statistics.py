"""Intervals and tests for shares and for pairs of outcomes, each with its source. Numbers only.

`level` is two-sided: the low end of a 90 % interval is the one-sided 95 % bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Counts: TypeAlias = NDArray[np.int64]

_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure may lie."""

    low: float
    high: float


def clopper_pearson(good: float, n: float, level: float = 0.9) -> Interval:
    """Exact interval of a share (Clopper & Pearson 1934), as quantiles of the beta distribution; n may be a fraction."""
    from scipy.stats import beta

    tail = (1 - level) / 2
    if n <= 0:
        return Interval(0.0, 1.0)
    low = 0.0 if good <= 0 else float(beta.ppf(tail, good, n - good + 1))
    high = 1.0 if good >= n else float(beta.ppf(1 - tail, good + 1, n - good))
    return Interval(low, high)


def so_few(good: float, n: float, share: float) -> float:
    """How likely it is to see `good` of n or fewer where the true share is `share`: exact, binomial."""
    from scipy.stats import beta

    return 1.0 if good >= n else float(beta.sf(share, good + 1, n - good))


def wilson(good: float, n: float, level: float = 0.95) -> Interval:
    """Score interval of a share (Wilson 1927): for tables and pictures, not for gates."""
    if n <= 0:
        return Interval(0.0, 1.0)
    wide = z(level)
    share, more = good / n, wide**2 / n
    middle = share + more / 2
    half = wide * sqrt(share * (1 - share) / n + more / (4 * n))
    return Interval(max(0.0, (middle - half) / (1 + more)), min(1.0, (middle + half) / (1 + more)))


def sign_test(fell: "int | Counts", rose: "int | Counts") -> "Floats":
    """How likely so many falls among the changes are if falls and rises were equally likely: exact, one-sided."""
    import numpy as np
    from scipy.stats import binom

    down, up = np.asarray(fell), np.asarray(rose)
    return np.asarray(binom.sf(down - 1, down + up, 0.5), dtype=float)


def mcnemar(fell: int, rose: int) -> float:
    """Exact conditional test of McNemar (1947), two-sided."""
    return min(1.0, 2 * float(sign_test(max(fell, rose), min(fell, rose))))


def least_changes(alpha: float) -> int:
    """Fewer changes than this cannot be significant, whichever way they go."""
    return ceil(log(alpha) / log(0.5) - _EDGE)


def tango_z(fell: "int | Counts", rose: "int | Counts", n: int, change: float) -> "Floats":
    """Score statistic of a true change in paired shares (Tango 1998), positive where more was seen.

    The variance is taken where the hypothesis holds, so few changes do not make it small.
    """
    import numpy as np

    c, b = np.asarray(fell, dtype=float), np.asarray(rose, dtype=float)
    linear = -b - c + (2 * n - b + c) * change
    only = (np.sqrt(np.maximum(0.0, linear**2 + 8 * n * c * change * (1 - change))) - linear) / (4 * n)
    spread = np.sqrt(np.maximum(n * (2 * only + change * (1 - change)), 0.0))
    above = b - c - n * change
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(spread > 0, above / spread, np.sign(above) * np.inf * (above != 0)))


def tango(fell: int, rose: int, n: int, level: float = 0.9) -> Interval:
    """Score interval of a change in paired shares (Tango 1998).

    The gate's own for independent cases. Counted exactly, for 60 to 800 cases and margins of 2 to 10 points, it lets an
    inferior candidate pass in at most 6.0 % at a nominal 5 %; Bonett and Price's in up to 9.7 %, where nearly all
    changes are falls (tests/test_null.py).
    """
    from scipy.optimize import brentq

    wide = z(level)

    def end(target: float) -> float:
        def off(change: float) -> float:
            return float(tango_z(fell, rose, n, change)) - target

        if off(-1 + _EDGE) <= 0:
            return -1.0
        return 1.0 if off(1 - _EDGE) >= 0 else float(brentq(off, -1 + _EDGE, 1 - _EDGE, xtol=1e-10))

    return Interval(end(wide), end(-wide))


def bonett_price(fell: int, rose: int, n: int, level: float = 0.9) -> Interval:
    """Adjusted Wald interval of a change in paired shares (Bonett & Price 2012): closed, and a little too narrow."""
    down, up = (fell + 1) / (n + 2), (rose + 1) / (n + 2)
    half = z(level) * sqrt((down + up - (up - down) ** 2) / (n + 2))
    return Interval(max(-1.0, up - down - half), min(1.0, up - down + half))


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """The same p-values, adjusted for being looked at together (Holm 1979), in the same order."""
    adjusted, most = [0.0] * len(ps), 0.0
    for place, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        most = max(most, min(1.0, (len(ps) - place) * ps[index]))
        adjusted[index] = most
    return tuple(adjusted)


def z(level: float) -> float:
    """How many standard deviations on either side hold so much of a normal distribution."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
