"""The last layer: from all that the net and the forms saw to two calibrated probabilities.

The net's heads learn sentence by sentence and are too sure of themselves. Two logistic regressions read its
answers on conversations that it had not seen, beside the plain features and what the words say at a glance, and say how likely it is that an open
need is left without a step, and that the moment belongs to a person (stacked generalisation, Wolpert 1992).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.judging.net import Scores

    Floats: TypeAlias = NDArray[np.float32]

_SUREST = 1e-4
_TOP = 3
"""Of so many sentences the likelihood of being a step is read on its own."""


@dataclass(frozen=True, slots=True)
class Last:
    """Weights and bias of both regressions; features are not scaled, the weights are."""

    lacking: "Floats"
    lacking_bias: float
    human: "Floats"
    human_bias: float


def lacking(scores: "Scores", last: Last) -> float:
    """The probability that a need is open and the draft holds no step for it."""
    return _probability(float(draft_row(scores) @ last.lacking) + last.lacking_bias)


def human(scores: "Scores", last: Last) -> float:
    """The probability that the moment belongs to a person. Nothing of the draft goes in."""
    return _probability(float(side_row(scores) @ last.human) + last.human_bias)


def draft_row(scores: "Scores") -> "Floats":
    """What is known of the draft and of whom it answers, as one row of numbers."""
    import numpy as np

    steps = np.zeros(_TOP, np.float32)
    likeliest = np.sort(scores.step)[::-1][:_TOP]
    steps[: len(likeliest)] = likeliest
    known = scores.sentence_features
    if len(scores.step):
        moves = np.concatenate([scores.moves.sum(0), scores.moves.max(0)])
        shapes = np.concatenate([known[int(scores.step.argmax())], known.max(0), known.mean(0)])
    else:
        moves = np.zeros(2 * scores.moves.shape[1], np.float32)
        shapes = np.zeros(3 * known.shape[1], np.float32)
    odds = _odds(np.concatenate([[scores.concrete, scores.glance.lacking], steps, scores.need]))
    row: Floats = np.concatenate([odds, moves, shapes, scores.context_features, [len(scores.step)]]).astype(
        np.float32
    )
    return row


def side_row(scores: "Scores") -> "Floats":
    """What is known of the customer's side, as one row of numbers."""
    import numpy as np

    odds = _odds(
        np.concatenate(
            [[scores.human, scores.glance.human], scores.dims.ravel(), scores.signals, scores.need]
        )
    )
    heavy = np.sort(scores.dims[:, 1])[-2]
    row: Floats = np.concatenate([odds, scores.context_features, [heavy, scores.dims[:, 2].max()]]).astype(
        np.float32
    )
    return row


def _odds(probabilities: "Floats") -> "Floats":
    import numpy as np

    p = np.clip(probabilities, _SUREST, 1 - _SUREST)
    odds: Floats = np.log(p / (1 - p))
    return odds


def _probability(odds: float) -> float:
    from math import exp

    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))
