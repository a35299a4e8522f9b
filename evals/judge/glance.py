"""Learn what `guard/judging/glance.py` sees: two logistic regressions over words and pairs of words.

They know the texts that they have learned from far better than others. So the last layer must learn how far to trust
them on sources that they have not read (`strange`): one that had learned it on their own sources lost 0.03 of κ on
another one (README.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from evals.judge.data import Example
from guard.judging.glance import PLACES, Glance, places
from guard.judging.net import Vocabulary
from guard.judging.reading import read

STRENGTH = 10.0
"""Inverse of the regularisation, chosen once on the folds; 30 does as well."""
FOLDS = 5
Weights: TypeAlias = dict[str, NDArray[np.float16]]
"""By the names that `net.npz` knows, in half precision."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An example as rows, place by place: of words first, and from `words` on of pairs."""

    example: Example
    places: list[list[int]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads examples as rows of a vocabulary, and learns from them."""

    rows: Vocabulary
    words: int
    pairs: int

    @classmethod
    def of(cls, words: list[str], pairs: NDArray[np.int32]) -> "Reader":
        """For the words and pairs that have vectors."""
        return cls(Vocabulary(words, pairs), len(words) + 1, len(pairs) + 1)

    def seen(self, example: Example) -> Seen:
        """The rows of one example."""
        pieces = read(example.case)
        said = [p for side in (pieces.customer, pieces.assistant) for turn in side for p in turn.pieces]
        found = []
        for piece in (*said, *pieces.draft):
            ones, _, twos = self.rows.rows(piece.words)
            found.append([*filter(None, ones), *(self.words + row for row in twos)])
        return Seen(example, [[row for rows in found[place] for row in rows] for place in places(pieces)])

    def learned(self, seen: Sequence[Seen]) -> Weights:
        """Both regressions, from these examples."""
        lacking, bias = self._fitted([s.places[:1] for s in seen], [s.example.lacking for s in seen])
        human, human_bias = self._fitted(
            [s.places[1:] for s in seen], [s.example.owner == "human" for s in seen]
        )
        weights = np.concatenate([lacking, human]).T.astype(np.float16)
        return {
            "glance.words": weights[: self.words],
            "glance.pairs": weights[self.words :],
            "glance.bias": np.asarray([bias, human_bias], np.float16),
        }

    def strange(self, seen: Sequence[Seen]) -> list[Glance]:
        """What is seen of each example by one who has read nothing of its source."""
        glances = [Glance(0.5, 0.5)] * len(seen)
        for known, new in GroupKFold(FOLDS).split(seen, groups=[s.example.source for s in seen]):
            weights = self.learned([seen[i] for i in known])
            for i in new:
                glances[i] = glance(seen[i], weights)
        return glances

    def _fitted(
        self, seen: Sequence[list[list[int]]], real: Sequence[bool]
    ) -> tuple[NDArray[np.float64], float]:
        """A row of weights for each place, and the bias. What is seen counts over the root of how much it is."""
        size, count = self.words + self.pairs, len(seen[0])
        flat = [[row + n * size for n, place in enumerate(one) for row in place] for one in seen]
        lengths = [len(rows) for rows in flat]
        values = np.repeat([max(1, n) ** -0.5 for n in lengths], lengths)
        columns = np.concatenate(flat).astype(np.int64)
        matrix = csr_matrix((values, columns, np.cumsum([0, *lengths])), shape=(len(flat), size * count))
        model = LogisticRegression(C=STRENGTH, max_iter=300).fit(matrix, real)
        return model.coef_[0].reshape(count, size), float(model.intercept_[0])


def glance(seen: Seen, weights: Weights) -> Glance:
    """What the weights say of an example, as `guard/judging/glance.py` reckons it."""
    of = np.concatenate([weights["glance.words"], weights["glance.pairs"]])
    bias = weights["glance.bias"].astype(float)
    return Glance(
        *(
            _probability([of[seen.places[n], n] for n in chosen], float(bias[k]))
            for k, chosen in enumerate(([0], range(1, PLACES)))
        )
    )


def _probability(weights: Sequence[NDArray[np.float16]], bias: float) -> float:
    found = np.concatenate(weights).astype(float)
    return float(1 / (1 + np.exp(-np.clip(found.sum() / max(1, len(found)) ** 0.5 + bias, -30, 30))))
