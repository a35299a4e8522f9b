"""Compare families of judges on the same replies, folds and question.

    uv run --group judge python -m evals.judge.families --cucom CUCOM --tau TAU --leave-out DEV

prints one table for README.md. About 17 minutes of one core; 8 with the scores of the shipped net at hand (`--kept`, what
`train --keep` wrote). Seeded; another processor may round the last bit another way.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from evals.judge import data, measure
from evals.judge.families import shipped
from evals.judge.families.boosted import Boosted
from evals.judge.families.encoder import Encoder
from evals.judge.families.family import Bools, Family, Floats, Row, Said, human, lacking
from evals.judge.families.hashed import Hashed
from evals.judge.families.sequence import Sequenced
from guard.bench.machine import machine
from guard.case import Case
from guard.errors import GuardError

TIMED = 25
"""Every so many-th case is timed."""
ROUNDS = 3
"""Of each case the fastest of so many readings counts: what else the machine did is no time of the family's."""
STEPS = np.arange(0.04, 0.961, 0.02)
"""Thresholds to choose from."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A family with what it said of replies that it had not seen, microseconds a draft, and bytes."""

    name: str
    said: Said
    microseconds: float
    size: int


def main() -> None:
    """Try each, print the table."""
    args = arguments()
    started, worked = time.perf_counter(), time.process_time()
    torch.set_num_threads(1)
    threadpool_limits(1)
    torch.use_deterministic_algorithms(mode=True)
    examples = [*data.own(), *data.public(args.cucom, args.tau)]
    cases = [e.case for e in examples]
    print(f"{machine()}, one of them used; {datetime.now(UTC):%Y-%m-%d}; {len(examples)} replies", flush=True)
    found = [
        tried("hashed words and pairs, linear", Hashed(), examples),
        tried("the same, GRU over sentences", Sequenced(), examples),
        tried("all-MiniLM-L6-v2, frozen, linear", Encoder(), examples),
        tried("engineered features, boosted trees", Boosted(), examples),
        Tried("the shipped net", shipped.said(args, examples), pace(shipped.judge, cases), shipped.size()),
    ]
    print("| family | κ | in the folds | P | R | touched | owner κ | µs a draft | MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for one in found:
        print(line(one, examples))
    passed, used = time.perf_counter() - started, time.process_time() - worked
    print(f"{passed / 60:.0f} minutes, {used / 60:.0f} of them this process's on a core")


def tried(name: str, family: Family[Row], examples: Sequence[data.Example]) -> Tried:
    """Cross-validate, then measure what the last fold learned."""
    started = time.process_time()
    rows = family.rows([e.case for e in examples])
    lacks, humans = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
    place = folds(examples)
    for n in range(measure.FOLDS):
        known, new = np.flatnonzero(place != n).tolist(), np.flatnonzero(place == n).tolist()
        fitted = family.fitted([rows[i] for i in known], [examples[i] for i in known])
        said = fitted.said([rows[i] for i in new])
        lacks[new], humans[new] = said.lacking, said.human
    took = pace(lambda case: fitted.said(family.rows([case])), [e.case for e in examples])
    print(f"{name}: {time.process_time() - started:.0f} seconds of a core", flush=True)
    return Tried(name, Said(lacks, humans), took, fitted.size())


def folds(examples: Sequence[data.Example]) -> NDArray[np.int32]:
    """The fold of each example; no conversation is in two. The same folds as in `measure.folded`."""
    place = np.zeros(len(examples), np.int32)
    for n, (_, new) in enumerate(
        GroupKFold(measure.FOLDS).split(examples, groups=[e.group for e in examples])
    ):
        place[new] = n
    return place


def pace(judge: Callable[[Case], object], cases: Sequence[Case]) -> float:
    """Microseconds that half of the cases stay below, read from the text on, one at a time."""
    fastest = []
    for case in cases[::TIMED]:
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            judge(case)
            times.append(time.perf_counter() - started)
        fastest.append(min(times))
    return 1e6 * statistics.median(fastest)


def called(odds: Floats, real: Bools, place: NDArray[np.int32]) -> Bools:
    """Yes or no for each; the threshold of a fold is the best one on what was said of the others."""
    said = np.zeros(len(odds), np.bool_)
    for n in range(measure.FOLDS):
        known, new = place != n, place == n
        best = max(STEPS, key=lambda step: kappa(real[known], odds[known] >= step))
        said[new] = odds[new] >= best
    return said


def kappa(real: Bools, said: Bools) -> float:
    """`measure.kappa` of two rows."""
    return measure.kappa(list(zip(real.tolist(), said.tolist(), strict=True)))


def line(one: Tried, examples: Sequence[data.Example]) -> str:
    """A row of the table."""
    place, lacks, humans = folds(examples), lacking(examples), human(examples)
    said = called(one.said.lacking, lacks, place)
    precision, recall, touched = measure.rates(list(zip(lacks.tolist(), said.tolist(), strict=True)))
    each = [kappa(lacks[place == n], said[place == n]) for n in range(measure.FOLDS)]
    owner = kappa(humans, called(one.said.human, humans, place))
    return (
        f"| {one.name} | {kappa(lacks, said):.3f} | {min(each):.2f} to {max(each):.2f} | {precision:.3f} | {recall:.3f} "
        f"| {touched:.3f} | {owner:.3f} | {one.microseconds:,.0f} | {one.size / 1e6:.1f} |"
    )


def arguments() -> argparse.Namespace:
    """Where the public texts are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cucom", type=Path, help="CuCom e-commerce v0.1, one conversation a line, gzip")
    parser.add_argument("--tau", type=Path, help="tau-bench airline trajectories of gpt-4o, one a line, gzip")
    parser.add_argument("--leave-out", type=Path, help="a labelled file whose conversations must not be seen")
    parser.add_argument("--kept", type=Path, help="scores of the shipped net that `train --keep` wrote")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except (GuardError, OSError) as error:
        sys.exit(str(error))
