"""What a suite can show, and how restless two runs of the same thing are."""

import pytest

from guard.errors import EvalError
from guard.evaluation.power import aa, disc, power
from guard.evaluation.results import Run
from tests.runs import cases, line, run


def test_power_is_the_same_for_a_seed_and_its_chances_are_all_of_them() -> None:
    found = power(240, disc=0.06)

    assert found == power(240, disc=0.06)
    for chances in (found.same, found.at_margin, found.worse):
        assert chances.passes + chances.fails + chances.inconclusive == pytest.approx(1)


def test_more_cases_show_more() -> None:
    assert power(400, disc=0.06).same.passes > power(120, disc=0.06).same.passes


def test_a_fall_that_is_larger_than_the_flips_makes_more_of_them() -> None:
    assert power(240, disc=0.01).worse.fails > 0.95


@pytest.mark.parametrize(("n", "share"), [(1, 0.1), (100, 1.5)])
def test_numbers_that_mean_nothing_are_refused(n: int, share: float) -> None:
    with pytest.raises(EvalError):
        power(n, disc=share)


def test_two_runs_of_the_same_thing_tell_what_flips_by_itself() -> None:
    one = [line(f"c{n}", n > 1, slices={"language": ("es" if n < 5 else "en",)}) for n in range(20)]
    two = [line(f"c{n}", n > 3, slices={"language": ("es" if n < 5 else "en",)}) for n in range(20)]

    found = aa(run(one), run(two))

    whole = found[0]
    assert (whole.flag, whole.flipped, whole.rate) == ("verdict_right", ("c2", "c3"), 0.1)
    assert whole.interval.low < 0.1 < whole.interval.high
    spanish = next(one for one in found if (one.dimension, one.value) == ("language", "es"))
    assert spanish.rate == 0.4
    assert disc(found) == {"verdict_right": 0.1}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (run(cases(5), prompts={"judge": "judge@2"}), "prompts"),
        (run(cases(4)), "cases"),
        (run(cases(5), judge="llm"), "judge"),
        (run(cases(5), stopped="x"), "two complete runs"),
    ],
)
def test_two_runs_of_different_things_are_no_aa(other: Run, told: str) -> None:
    with pytest.raises(EvalError, match=told):
        aa(run(cases(5)), other)
