"""The family that ships: the net with its last layer, cross-validated by `measure.py` as `train.py` does."""

import argparse
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.judge import measure, train
from evals.judge.data import Example
from evals.judge.families.family import Said
from guard.case import Case
from guard.errors import EvalError
from guard.judging import local, net
from guard.judging.customer import read_customer
from guard.judging.reading import read


def said(args: argparse.Namespace, examples: Sequence[Example]) -> Said:
    """What nets that had not seen them said of the examples, in their order."""
    unseen = _kept(args.kept) if args.kept else _folded(args, examples)
    odds = {u.example.case.id: o for u, o in zip(unseen, measure.crossed(unseen), strict=True)}
    if set(odds) != {e.case.id for e in examples}:
        raise EvalError(f"{args.kept}: holds scores of other examples. Write it again: train --keep.")
    found = [odds[e.case.id] for e in examples]
    return Said(
        np.array([o.not_ok for o in found], np.float32), np.array([o.human for o in found], np.float32)
    )


def size() -> int:
    """Bytes of the file in the wheel, words and all."""
    return net.SHIPPED.stat().st_size


def judge(case: Case) -> None:
    """Both probabilities for one case, by the net in the wheel."""
    reader = net.shipped()
    local.odds_of(reader.scores(case, read(case), read_customer(case)), reader)


def _folded(args: argparse.Namespace, examples: Sequence[Example]) -> list[measure.Unseen]:
    table = train.Table.of(args)
    return measure.folded(examples, lambda some: train.trained(some, table), (table.words, table.pairs))


def _kept(path: Path) -> list[measure.Unseen]:
    unseen: list[measure.Unseen] = pickle.loads(path.read_bytes())  # noqa: S301 - written by train.py here
    return unseen
