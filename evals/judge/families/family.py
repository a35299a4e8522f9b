"""What a family of judges is: it reads cases as rows, learns from some, and gives two probabilities for others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from evals.judge.data import Example
from guard.case import Case

Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Row = TypeVar("Row")
Row_contra = TypeVar("Row_contra", contravariant=True)
SEED = 1


@dataclass(frozen=True, slots=True)
class Said:
    """For each case how likely it is that an open need is left without a step, and that a person owns the moment."""

    lacking: Floats
    human: Floats


class Fitted(Protocol[Row_contra]):
    """What has learned."""

    def size(self) -> int:
        """Bytes as it would ship."""

    def said(self, rows: Sequence[Row_contra]) -> Said:
        """Both probabilities for each row."""


class Family(Protocol[Row]):
    """A way to judge."""

    def rows(self, cases: Sequence[Case]) -> Sequence[Row]:
        """All that is read of each case."""

    def fitted(self, rows: Sequence[Row], examples: Sequence[Example]) -> Fitted[Row]:
        """Learn from the rows of these examples."""


def lacking(examples: Sequence[Example]) -> Bools:
    """In which an open need is left without a step."""
    return np.array([e.lacking for e in examples])


def human(examples: Sequence[Example]) -> Bools:
    """In which the moment belongs to a person."""
    return np.array([e.owner == "human" for e in examples])


def probability(odds: Floats) -> Floats:
    """From log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), np.float32)
