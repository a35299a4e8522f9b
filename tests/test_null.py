"""The gate's error is what it says: an inferior candidate passes in alpha of the runs, an equal one fails in alpha.

Simulated with seeds, and for independent cases counted exactly. The limits of what is simulated leave three standard
errors.
"""

from collections.abc import Callable
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from guard.evaluation.paired import Pair, paired, ruled
from guard.evaluation.power import power
from guard.evaluation.shares import share
from guard.evaluation.statistics import bonett_price, tango

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from guard.evaluation.statistics import Counts

ALPHA = 0.05
SIMS = 4000
FEW = 200
"""Where each simulation is a bootstrap of its own."""
SETTINGS = [
    (120, 0.05, 0.05),
    (120, 0.05, 0.08),
    (240, 0.03, 0.03),
    (240, 0.05, 0.2),
    (400, 0.03, 0.03),
    (400, 0.03, 0.06),
]
"""Cases, margin, and the share that flips; where that is the margin every flip is a fall, which is the hardest."""


def most(sims: int, alpha: float = ALPHA) -> float:
    return alpha + 3 * sqrt(alpha * (1 - alpha) / sims)


def flips(n: int, disc: float, fall: float, seed: int = 1) -> "tuple[Counts, Counts]":
    drawn = np.random.default_rng(seed).multinomial(
        n, [(disc + fall) / 2, (disc - fall) / 2, 1 - disc], size=SIMS
    )
    return drawn[:, 0], drawn[:, 1]


@pytest.mark.parametrize(("n", "margin", "disc"), SETTINGS)
def test_a_candidate_that_is_worse_by_the_margin_passes_in_alpha_of_the_runs(
    n: int, margin: float, disc: float
) -> None:
    good, _ = ruled(*flips(n, disc, margin), n, margin, ALPHA)

    assert good.mean() <= most(SIMS)


@pytest.mark.parametrize(("n", "margin", "disc"), SETTINGS)
def test_a_candidate_that_is_no_worse_fails_in_alpha_of_the_runs(n: int, margin: float, disc: float) -> None:
    _, bad = ruled(*flips(n, disc, 0), n, margin, ALPHA)

    assert bad.mean() <= most(SIMS)


def test_the_simulated_rule_is_the_one_that_the_gate_prints() -> None:
    fell, rose = flips(240, 0.08, 0.04)

    good, _ = ruled(fell[:300], rose[:300], 240, 0.05, ALPHA)

    assert good.tolist() == [
        tango(int(f), int(r), 240).low > -0.05 for f, r in zip(fell[:300], rose[:300], strict=True)
    ]


Rule = Callable[["Counts", "Counts", int, float], "NDArray[np.bool_]"]


def by_score(fell: "Counts", rose: "Counts", n: int, margin: float) -> "NDArray[np.bool_]":
    return ruled(fell, rose, n, margin, ALPHA)[0]


def by_wald(fell: "Counts", rose: "Counts", n: int, margin: float) -> "NDArray[np.bool_]":
    return np.array([bonett_price(int(f), int(r), n).low > -margin for f, r in zip(fell, rose, strict=True)])


def error(n: int, margin: float, rises: float, rule: Rule) -> float:
    """The exact chance that a candidate that is worse by the margin passes: all outcomes, each with its probability."""
    falls = margin + rises
    most_falls, most_rises = (int(binom.ppf(1 - 1e-7, n, share)) + 1 for share in (falls, rises))
    fell, rose = (x.ravel() for x in np.meshgrid(np.arange(most_falls + 1), np.arange(most_rises + 1)))
    fell, rose = fell[fell + rose <= n], rose[fell + rose <= n]
    chance = binom.pmf(fell, n, falls) * binom.pmf(rose, n - fell, rises / (1 - falls))
    return float(chance[rule(fell, rose, n, margin)].sum())


@pytest.mark.parametrize("n", [60, 120, 200, 240, 300, 400, 800])
@pytest.mark.parametrize("margin", [0.02, 0.03, 0.05, 0.1])
def test_the_exact_error_of_the_gate_is_never_far_above_alpha(n: int, margin: float) -> None:
    assert max(error(n, margin, rises, by_score) for rises in (0, 0.0025, 0.005, 0.01, 0.02, 0.05)) <= 0.061


def test_the_adjusted_wald_interval_would_let_twice_as_many_pass() -> None:
    assert error(400, 0.02, 0, by_wald) == pytest.approx(0.0973, abs=0.0001)
    assert error(400, 0.02, 0, by_score) < ALPHA


@pytest.mark.parametrize(
    ("families", "margin", "disc"), [(120, 0.05, 0.05), (120, 0.05, 0.1), (240, 0.03, 0.03)]
)
def test_families_that_flip_as_one_do_not_make_an_inferior_candidate_pass(
    families: int, margin: float, disc: float
) -> None:
    drawn, passed, failed = np.random.default_rng(3), 0, 0
    for n in range(FEW):
        worse, same = (_families(drawn, families, disc, fall) for fall in (margin, 0))
        down, equal = paired(worse, ALPHA, seed=n), paired(same, ALPHA, seed=n)
        assert down
        assert equal
        assert not down.exact
        passed += down.interval.low > -margin
        failed += equal.interval.low <= -margin and equal.inferior(ALPHA)

    assert passed / FEW <= most(FEW)
    assert failed / FEW <= most(FEW)


def _families(drawn: np.random.Generator, families: int, disc: float, fall: float) -> list[Pair]:
    """One to five cases each, which all fall, all rise, or all stay."""
    moves = drawn.choice([-1, 1, 0], size=families, p=[(disc + fall) / 2, (disc - fall) / 2, 1 - disc])
    sizes = drawn.integers(1, 6, families)
    return [
        Pair(f"{n}-{k}", str(n), bool(move <= 0), bool(move >= 0))
        for n, (move, size) in enumerate(zip(moves, sizes, strict=True))
        for k in range(size)
    ]


@pytest.mark.parametrize(("families", "rate"), [(60, 0.05), (200, 0.02), (100, 0.1)])
def test_a_rate_at_the_limit_stays_below_it_in_alpha_of_the_runs(families: int, rate: float) -> None:
    drawn, below = np.random.default_rng(4), 0
    for n in range(400):
        held, sizes = drawn.random(families) < rate, drawn.integers(1, 4, families)
        told = [(str(f), bool(held[f])) for f in range(families) for _ in range(sizes[f])]
        below += share(told, seed=n).interval.high <= rate

    assert below / 400 <= most(400)


def test_a_fall_of_six_points_fails_and_nothing_changed_passes() -> None:
    found = power(400, disc=0.06, margin=0.05, sims=SIMS)

    assert found.worse.fails >= 0.95
    assert found.same.passes >= 0.95
    assert found.at_margin.passes <= most(SIMS)


def test_a_small_suite_with_a_narrow_margin_is_mostly_inconclusive() -> None:
    found = power(120, disc=0.06, margin=0.02, sims=SIMS)

    assert found.same.inconclusive > 0.6
    assert found.same.fails <= most(SIMS)
