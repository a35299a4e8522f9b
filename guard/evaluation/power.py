"""What a suite can show before it is run, and how restless the guard is: chances of each verdict, and A/A flips."""

from dataclasses import dataclass

from guard.errors import EvalError
from guard.evaluation.comparison import arm, compare
from guard.evaluation.metrics import DIMENSIONS, FLAGS, Dimension
from guard.evaluation.paired import Pair, ruled
from guard.evaluation.results import Flag, Run
from guard.evaluation.statistics import Interval, clopper_pearson

WORSE = 0.06
"""The fall that a gate of five points should catch."""


@dataclass(frozen=True, slots=True)
class Chances:
    """How often each verdict would be given."""

    passes: float
    fails: float
    inconclusive: float


@dataclass(frozen=True, slots=True)
class Power:
    """The gate's operating characteristics: nothing changed, it fell by the margin, it fell by six points.

    The first should pass; the second may pass in alpha of the runs; the third should fail.
    """

    n: int
    disc: float
    margin: float
    alpha: float
    same: Chances
    at_margin: Chances
    worse: Chances


def power(  # noqa: PLR0913 - all of them are named by the caller
    n: int, *, disc: float, margin: float = 0.05, alpha: float = 0.05, sims: int = 2000, seed: int = 0
) -> Power:
    """Simulated, with n independent families of which `disc` flip. A fall that is larger than `disc` flips as many.

    Raises `EvalError` for numbers that mean nothing.
    """
    if n < 2 or sims < 1 or not 0 <= disc <= 1 or not 0 < margin < 1 or not 0 < alpha < 1:
        raise EvalError("n is at least 2, disc lies from 0 to 1, margin and alpha between 0 and 1.")

    def chances(fall: float) -> Chances:
        import numpy as np

        moving = max(disc, fall)
        down, up = (moving + fall) / 2, (moving - fall) / 2
        drawn = np.random.default_rng(seed).multinomial(n, [down, up, 1 - moving], size=sims)
        good, bad = (float(some.mean()) for some in ruled(drawn[:, 0], drawn[:, 1], n, margin, alpha))
        return Chances(good, bad, max(0.0, 1 - good - bad))

    return Power(n, disc, margin, alpha, chances(0), chances(margin), chances(WORSE))


@dataclass(frozen=True, slots=True)
class Restless:
    """How many cases flip a flag between two runs of the same thing, in all (`dimension` None) or in a slice."""

    flag: Flag
    dimension: Dimension | None
    value: str
    flipped: tuple[str, ...]
    cases: int
    interval: Interval

    @property
    def rate(self) -> float:
        """The share of cases that flip: what `power` calls disc."""
        return len(self.flipped) / self.cases


def aa(one: Run, other: Run) -> tuple[Restless, ...]:
    """Every flag in all cases, then in every slice. Raises `EvalError` where the two runs are not of the same thing."""
    _refuse_different(one, other)
    first, second = arm(one, "the first run"), arm(other, "the second run")
    compared = compare(first, second)
    found = [_restless(flag, None, "", pairs) for flag in FLAGS if (pairs := compared.pairs(flag))]
    for name in DIMENSIONS:
        values = sorted({v for case in compared.shared for v in second.tallies[case].slices.get(name, ())})
        found += [
            _restless(flag, name, value, pairs)
            for flag in FLAGS
            for value in values
            if (pairs := compared.pairs(flag, {name: value}))
        ]
    return tuple(found)


def disc(found: tuple[Restless, ...]) -> dict[Flag, float]:
    """The share that flips by flag, as a baseline keeps it."""
    return {one.flag: round(one.rate, 4) for one in found if one.dimension is None}


def _restless(flag: Flag, dimension: Dimension | None, value: str, pairs: tuple[Pair, ...]) -> Restless:
    flipped = tuple(pair.case for pair in pairs if pair.before != pair.after)
    return Restless(flag, dimension, value, flipped, len(pairs), clopper_pearson(len(flipped), len(pairs)))


def _refuse_different(one: Run, other: Run) -> None:
    a, b = one.head, other.head
    same = {
        "suite": (a.suite, a.suite_digest) == (b.suite, b.suite_digest),
        "cases": a.dataset == b.dataset,
        "prompts": a.prompts == b.prompts,
        "policy": a.policy == b.policy,
        "code": a.code == b.code,
        "judge": (a.judge, set(a.models)) == (b.judge, set(b.models)),
    }
    others = [name for name, kept in same.items() if not kept]
    if others:
        raise EvalError(f"an A/A run runs the same thing twice; these differ: {', '.join(others)}.")
    if not (one.complete and other.complete):
        raise EvalError("an A/A run needs two complete runs. Resume the one that is not.")
