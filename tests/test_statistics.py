"""Intervals and tests against the values that their authors, or other programs, published."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.evaluation.agreement import rogan_gladen
from guard.evaluation.calibration import calibration, of_results
from guard.evaluation.kappa import kappa
from guard.evaluation.results import Odds
from guard.evaluation.shares import share
from guard.evaluation.statistics import (
    Interval,
    bonett_price,
    clopper_pearson,
    holm,
    least_changes,
    mcnemar,
    sign_test,
    so_few,
    tango,
    wilson,
)
from tests.runs import line


def ends(interval: Interval) -> tuple[float, float]:
    return round(interval.low, 4), round(interval.high, 4)


@pytest.mark.parametrize(
    ("of", "good", "n", "expected"),
    [  # Newcombe 1998, Statistics in Medicine 17:857, table I
        (wilson, 81, 263, (0.2553, 0.3662)),
        (wilson, 15, 148, (0.0624, 0.1605)),
        (wilson, 0, 20, (0, 0.1611)),
        (wilson, 1, 29, (0.0061, 0.1718)),
        (clopper_pearson, 81, 263, (0.2527, 0.3676)),
        (clopper_pearson, 15, 148, (0.0578, 0.1617)),
        (clopper_pearson, 0, 20, (0, 0.1684)),
        (clopper_pearson, 1, 29, (0.0009, 0.1776)),
    ],
)
def test_intervals_of_a_share_are_newcombes(
    of: Callable[[float, float, float], Interval], good: int, n: int, expected: tuple[float, float]
) -> None:
    assert ends(of(good, n, 0.95)) == expected


@pytest.mark.parametrize(("n", "bound"), [(60, 0.049), (150, 0.020), (300, 0.010)])
def test_no_failure_still_leaves_a_bound(n: int, bound: float) -> None:
    assert clopper_pearson(0, n).high == pytest.approx(bound, abs=0.0005)


@pytest.mark.parametrize(
    ("of", "fell", "rose", "n", "level", "expected"),
    [
        (
            tango,
            16,
            6,
            161,
            0.95,
            (-0.1240, -0.0054),
        ),  # Cavo et al. 2012, in Fagerland et al. 2017, chapter 8
        (tango, 7, 1, 21, 0.95, (-0.5172, -0.0260)),  # Bentur et al. 2009, likewise
        (tango, 25, 28, 618, 0.90, (-0.0148, 0.0247)),  # R: PropCIs::scoreci.mp
        (bonett_price, 16, 6, 161, 0.95, (-0.1195, -0.0032)),  # Cavo et al. 2012, likewise
    ],
)
def test_intervals_of_a_paired_change_are_the_published_ones(
    of: Callable[[int, int, int, float], Interval],
    fell: int,
    rose: int,
    n: int,
    level: float,
    expected: tuple[float, float],
) -> None:
    assert ends(of(fell, rose, n, level)) == expected


def test_the_exact_test_of_mcnemar_is_the_published_one() -> None:
    assert mcnemar(16, 6) == pytest.approx(0.052479, abs=1e-6)  # Cavo et al. 2012, likewise


def test_the_sign_test_counts_one_side_only() -> None:
    assert float(sign_test(5, 0)) == 0.5**5
    assert float(sign_test(0, 5)) == 1
    assert float(sign_test(0, 0)) == 1


@pytest.mark.parametrize(("alpha", "least"), [(0.05, 5), (0.01, 7), (0.0625, 4)])
def test_fewer_changes_than_this_are_never_significant(alpha: float, least: int) -> None:
    assert least_changes(alpha) == least
    assert float(sign_test(least, 0)) <= alpha < float(sign_test(least - 1, 0))


def test_holm_is_that_of_r() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))  # R: p.adjust
    assert holm([]) == ()


def test_so_few_is_the_binomial_tail() -> None:
    assert so_few(1, 3, 0.5) == pytest.approx(0.5)
    assert so_few(0, 10, 0.2) == pytest.approx(0.8**10)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 60))
def test_a_paired_interval_holds_what_was_seen_and_mirrors(fell: int, rose: int, same: int) -> None:
    n = fell + rose + same

    seen, mirrored = tango(fell, rose, n), tango(rose, fell, n)

    assert seen.low <= (rose - fell) / n <= seen.high
    assert mirrored.low == pytest.approx(-seen.high, abs=1e-6)


FLEISS = ((75, 1, 4), (5, 4, 1), (0, 0, 10))
"""Fleiss, Levin & Paik 2003, table 18.1: kappa 0.68, standard error 0.087."""


def readings(table: tuple[tuple[int, ...], ...]) -> list[tuple[str, str, str]]:
    return [
        (f"{i} {j} {n}", str(i), str(j))
        for i, row in enumerate(table)
        for j, k in enumerate(row)
        for n in range(k)
    ]


def test_kappa_and_its_interval_are_those_of_fleiss() -> None:
    found = kappa(readings(FLEISS), seed=1, level=0.95)

    assert found.value == pytest.approx(0.676, abs=0.0005)
    assert found.interval.low == pytest.approx(0.676 - 1.96 * 0.087, abs=0.04)
    assert found.interval.high == pytest.approx(0.676 + 1.96 * 0.087, abs=0.04)


def test_kappa_of_one_word_says_nothing() -> None:
    assert kappa(readings(((30,),)), seed=1).value is None
    assert kappa([], seed=1).value is None


def test_agreement_on_every_case_is_no_proof_of_agreement_on_all() -> None:
    found = kappa(readings(((10, 0), (0, 10))), seed=1)

    assert found.value == 1
    assert 0.7 < found.interval.low < 0.95


def test_a_family_read_ten_times_is_no_ten_families() -> None:
    once = readings(((8, 2), (2, 8)))
    tenfold = once * 10

    assert kappa(tenfold, seed=1).interval.low == pytest.approx(kappa(once, seed=1).interval.low, abs=0.02)
    narrow = share([(str(n), n % 5 > 0) for n in range(200)], seed=1).interval
    wide = share([(str(n // 10), n // 10 % 5 > 0) for n in range(200)], seed=1).interval
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_share_without_a_failure_in_families_has_the_exact_bound_of_its_families() -> None:
    found = share([(str(n // 2), False) for n in range(120)], seed=1)

    assert (found.families, found.cases) == (60, 120)
    assert found.interval.high == pytest.approx(0.049, abs=0.005)


def test_resampling_is_the_same_for_a_seed() -> None:
    told = [(str(n // 3), n % 4 > 0) for n in range(90)]

    assert share(told, seed=7).interval == share(told, seed=7).interval
    assert share(told, seed=7).interval != share(told, seed=8).interval


def test_brier_and_calibration_error_are_those_of_the_definition() -> None:
    found = calibration([(0.1, False), (0.1, True), (0.9, True), (1.0, True)])

    assert found is not None
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.01 + 0) / 4)
    assert found.ece == pytest.approx((2 * abs(0.1 - 0.5) + 2 * abs(0.95 - 1)) / 4)
    assert [b.cases for b in found.bins] == [2, 2]
    assert calibration([]) is None


def test_an_unbacked_claim_is_not_the_judges_to_foresee() -> None:
    told = [
        line("a", labelled=("unbacked_claim", "ai"), odds=Odds(not_ok=0.1, human=0.2)),
        line("b", labelled=("no_action", "human"), odds=Odds(not_ok=0.8, human=0.9)),
        line("c"),
    ]

    not_ok, human = of_results(told, "not_ok"), of_results(told, "human")

    assert not_ok is not None
    assert human is not None
    assert (not_ok.cases, human.cases) == (1, 2)
    assert not_ok.brier == pytest.approx(0.04)


def test_rogan_and_gladen_give_the_share_behind_an_imperfect_test() -> None:
    found = rogan_gladen((23, 150), (96, 100), (89, 100))  # R: epiR::epi.prev, 5.1 in 100

    assert found is not None
    assert found[0] == pytest.approx(0.051, abs=0.0005)
    assert found[1].low < 0.051 < found[1].high


def test_a_test_that_is_no_better_than_chance_corrects_nothing() -> None:
    assert rogan_gladen((50, 100), (5, 10), (5, 10)) is None
