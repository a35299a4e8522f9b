"""Gradient boosting on engineered features: those that stand beside the words in the net, pooled like its last layer's.

No word goes in, only what `guard/judging/features.py` counts and what the forms see on the customer's side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from evals.judge.data import Example
from evals.judge.families.family import SEED, Bools, Floats, Said, human, lacking
from guard.case import Case
from guard.judging.customer import read_customer
from guard.judging.features import SENTENCE_FEATURES, context_features, sentence_features
from guard.judging.reading import read

TREES = 150
NODE = 12
"""Bytes of a node as it would ship: a feature and two children in two bytes each, a threshold or a value in four, padded."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of the draft and of whom it answers, and of the customer's side alone."""

    draft: Floats
    side: Floats


class Boosted:
    """The family."""

    def rows(self, cases: Sequence[Case]) -> list[Features]:
        """Read and count."""
        return [_features(case) for case in cases]

    def fitted(self, rows: Sequence[Features], examples: Sequence[Example]) -> "FittedBoosted":
        """Two ensembles of small trees."""
        return FittedBoosted(
            _fitted([row.draft for row in rows], lacking(examples)),
            _fitted([row.side for row in rows], human(examples)),
        )


@dataclass(frozen=True, slots=True)
class FittedBoosted:
    """The trees for both questions."""

    draft: GradientBoostingClassifier
    side: GradientBoostingClassifier

    def size(self) -> int:
        """All nodes."""
        trees = [tree for model in (self.draft, self.side) for tree in model.estimators_.ravel()]
        return NODE * sum(int(tree.tree_.node_count) for tree in trees)

    def said(self, rows: Sequence[Features]) -> Said:
        """What the trees add up to."""
        return Said(
            _probabilities(self.draft, [row.draft for row in rows]),
            _probabilities(self.side, [row.side for row in rows]),
        )


def _features(case: Case) -> Features:
    pieces = read(case)
    known = np.asarray(sentence_features(case, pieces), np.float32).reshape(-1, SENTENCE_FEATURES)
    side = np.asarray(context_features(pieces, read_customer(case)), np.float32)
    shapes = (
        np.concatenate([known.max(0), known.mean(0)])
        if len(known)
        else np.zeros(2 * SENTENCE_FEATURES, np.float32)
    )
    return Features(np.concatenate([shapes, side, np.array([len(known)], np.float32)]), side)


def _fitted(rows: Sequence[Floats], real: Bools) -> GradientBoostingClassifier:
    model = GradientBoostingClassifier(n_estimators=TREES, subsample=0.5, random_state=SEED)
    return model.fit(np.stack(rows), real)


def _probabilities(model: GradientBoostingClassifier, rows: Sequence[Floats]) -> Floats:
    return np.asarray(model.predict_proba(np.stack(rows))[:, 1], np.float32)
