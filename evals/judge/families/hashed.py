"""Words and pairs of words, hashed, with a linear model: what a spam filter does.

Read are the draft, the customer's last turn, and each word of matter of the one with each of the other; for the
owner the customer's last two turns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression

from evals.judge.data import Example
from evals.judge.families.family import Bools, Floats, Said, human, lacking, probability
from guard.case import Case
from guard.judging.reading import Piece, Read, read

BUCKETS = 1 << 18
STRENGTH = 30.0
"""Inverse of the regularisation, chosen once on these folds among 3, 10, 30 and 100; all lie within 0.005."""
Ints: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Buckets:
    """What a case falls into, for either question; nothing counts twice."""

    draft: Ints
    side: Ints


class Hashed:
    """The family."""

    def rows(self, cases: Sequence[Case]) -> list[Buckets]:
        """Read and hash."""
        pieces = [read(case) for case in cases]
        drafts = _hashed([_of_draft(p) for p in pieces])
        sides = _hashed([_of_side(p) for p in pieces])
        return [Buckets(draft, side) for draft, side in zip(drafts, sides, strict=True)]

    def fitted(self, rows: Sequence[Buckets], examples: Sequence[Example]) -> "FittedHashed":
        """Two logistic regressions."""
        return FittedHashed(
            _fitted([row.draft for row in rows], lacking(examples)),
            _fitted([row.side for row in rows], human(examples)),
        )


@dataclass(frozen=True, slots=True)
class FittedHashed:
    """Weights, the bias last, for both questions."""

    draft: Floats
    side: Floats

    def size(self) -> int:
        """Both in half precision."""
        return 2 * (len(self.draft) + len(self.side))

    def said(self, rows: Sequence[Buckets]) -> Said:
        """Sums of weights."""
        return Said(
            probability(np.array([_odds(row.draft, self.draft) for row in rows], np.float32)),
            probability(np.array([_odds(row.side, self.side) for row in rows], np.float32)),
        )


def _of_draft(pieces: Read) -> list[str]:
    last = pieces.customer[-1].pieces if pieces.customer else ()
    crossed = [f"{a}|{b}" for a in _matter(last) for b in _matter(pieces.draft)]
    return [*_words("d", pieces.draft), *_words("l", last), *crossed]


def _of_side(pieces: Read) -> list[str]:
    last, before = [*pieces.customer[::-1], None, None][:2]
    return [*_words("l", last.pieces if last else ()), *_words("b", before.pieces if before else ())]


def _words(place: str, pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        yield from (f"{place}:{word}" for word in piece.words)
        yield from (f"{place}:{a} {b}" for a, b in pairwise(("^", *piece.words, "$")))


def _matter(pieces: tuple[Piece, ...]) -> list[str]:
    return sorted(frozenset[str]().union(*(piece.content for piece in pieces)))


def _hashed(texts: Sequence[Sequence[str]]) -> list[Ints]:
    found = FeatureHasher(BUCKETS, input_type="string", alternate_sign=False).transform(texts)
    return [np.asarray(row, np.int32) for row in np.split(found.indices, found.indptr[1:-1])]


def _fitted(rows: Sequence[Ints], real: Bools) -> Floats:
    lengths = [len(row) for row in rows]
    values = np.concatenate([np.full(n, max(1, n) ** -0.5, np.float32) for n in lengths])
    matrix = csr_matrix((values, np.concatenate(rows), np.cumsum([0, *lengths])), shape=(len(rows), BUCKETS))
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(matrix, real)
    return np.asarray([*model.coef_[0], model.intercept_[0]], np.float32)


def _odds(row: Ints, weights: Floats) -> float:
    return float(weights[row].sum() / max(1, len(row)) ** 0.5 + weights[-1])
