"""What the words say without their order: a weight for each known word and pair of words, and their sum.

Two linear models beside the net, of the draft and of what was said last. The last layer weighs them with the net.
The weights lie in `net.npz`; `evals/judge/glance.py` learns them.
"""

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.judging.reading import Read, Said

    Floats: TypeAlias = NDArray[np.float32]
    Rows: TypeAlias = NDArray[np.intp]

PLACES = 4
"""The draft; then of what was said the customer's last turn, ours before the draft, the customer's last but one."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Probabilities that the draft leaves an open need without a step, and that the moment belongs to a person."""

    lacking: float
    human: float


class Weights:
    """The weights by the net's rows, a column for each place: the draft's for `lacking`, the others' for `human`."""

    def __init__(self, words: "Floats", pairs: "Floats", bias: "Floats") -> None:
        self._words, self._pairs = _counting(words), _counting(pairs)
        self._lacking, self._human = (float(b) for b in bias)

    def sums(self, ones: "Rows", starts: "Rows", twos: "Rows", pair_starts: "Rows") -> "Floats":
        """For each sentence the sums of its words' and pairs' weights by place, and how many they are."""
        import numpy as np

        return np.add.reduceat(self._words[ones], starts) + np.add.reduceat(self._pairs[twos], pair_starts)

    def glance(self, read: "Read", sums: "Floats") -> Glance:
        """Both, from the sums of all sentences: the customer's come first, then ours, then the draft's."""
        import numpy as np

        draft, *said = [np.add.reduce(sums[place], 0).tolist() for place in places(read)]
        return Glance(
            _probability(draft[0], draft[-1], self._lacking),
            _probability(sum(of[n] for n, of in enumerate(said, 1)), sum(of[-1] for of in said), self._human),
        )


def places(read: "Read") -> tuple[slice, ...]:
    """Where the sentences of each place stand among all."""
    theirs = _sentences(read.customer)
    ours = theirs + _sentences(read.assistant)
    last = theirs - _sentences(read.customer[-1:])
    return (
        slice(ours, None),
        slice(last, theirs),
        slice(ours - _sentences(read.assistant[-1:]), ours),
        slice(last - _sentences(read.customer[-2:-1]), last),
    )


def _sentences(said: "tuple[Said, ...]") -> int:
    return sum(len(turn.pieces) for turn in said)


def _probability(weight: float, count: float, bias: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, weight / sqrt(max(1.0, count)) + bias))))


def _counting(weights: "Floats") -> "Floats":
    """The weights with a column more that counts; row 0, which is nothing, counts for nothing."""
    import numpy as np

    counts = np.ones((len(weights), 1), np.float32)
    counts[0] = 0
    return np.concatenate([weights, counts], axis=1)
