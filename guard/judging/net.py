"""The reading net: from the words of a case to probabilities, in plain numpy, one thread, no allocation to speak of.

Word vectors (and those of word pairs) are averaged and run through a convolution over three words; that gives each
sentence a vector. The customer's side is read from the last turns; each sentence of the draft is read with its
neighbours, the customer's last turn and the customer's side as a whole. `evals/judge` trains it; the arrays in
`net.npz` carry the names used here.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from guard.judging.features import SENTENCE_FEATURES, context_features, sentence_features
from guard.judging.glance import PLACES, Glance, Weights
from guard.judging.last import Last

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.assessment import Customer
    from guard.case import Case
    from guard.judging.reading import Piece, Read, Said

    Floats: TypeAlias = NDArray[np.float32]

SHIPPED = Path(__file__).with_name("net.npz")
WORDS = 70
"""Words of one sentence that are read; the pieces of a text without an end are longer."""
BUCKETS = 4096
"""Vectors for letter triples, of which a word that is not in the vocabulary is made."""
_START, _END = "^", "$"


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities. Rows are sentences in order; columns are in the order of the guide's words in `assessment`.

    need (4), dims (4 dimensions, at least 1, 2, 3), signals (24) and human (1) for the customer's side;
    shown (sentences of the customer, 24 signals and 12 dimension steps) says which sentence shows it;
    moves (sentences, 11), step and recognises (sentences) and concrete (1) for the draft. What the words say at a glance
    and the two rows of plain features that went in come along.
    """

    need: "Floats"
    dims: "Floats"
    signals: "Floats"
    human: float
    shown: "Floats"
    moves: "Floats"
    step: "Floats"
    recognises: "Floats"
    concrete: float
    glance: Glance
    sentence_features: "Floats"
    context_features: "Floats"


_ONE_THREAD = 1 << 18


class Vocabulary:
    """Which row of the tables a word, a pair of words, or a strange word's letter triples have."""

    def __init__(self, words: list[str], pairs: "NDArray[np.int32]") -> None:
        self._words = {word: n for n, word in enumerate(words, 1)}
        self._pairs = {(int(a) << 16) | int(b): n for n, (a, b) in enumerate(pairs, 1)}
        self._triples = len(words) + 1

    def knows(self, word: str) -> bool:
        """The word has a row of its own."""
        return word in self._words

    def rows(self, words: tuple[str, ...]) -> tuple[list[int], list[tuple[int, list[int]]], list[int]]:
        """Rows of the words, of the letter triples of strange words by place, and of the pairs. Row 0 is nothing."""
        known = self._words.get
        ones = [known(w, 0) for w in (_START, *words[:WORDS], _END)]
        strange = [
            (n, self._letters(words[n - 1]))
            for n, row in enumerate(ones)
            if not row and 0 < n < len(ones) - 1
        ]
        pair = self._pairs.get
        twos = [row for a, b in pairwise(ones) if (row := pair((a << 16) | b))]
        return ones, strange, twos

    def _letters(self, word: str) -> list[int]:
        framed = f"<{word}>"
        return [
            self._triples + crc32(framed[n : n + 3].encode("utf-8", "surrogatepass")) % BUCKETS
            for n in range(len(framed) - 2)
        ]


class Net:
    """The trained arrays and the vocabulary they belong to. Without `last` it is half trained: scores only."""

    def __init__(
        self, arrays: "dict[str, NDArray[np.float32]]", vocabulary: Vocabulary, last: Last | None
    ) -> None:
        self._a = arrays
        self.vocabulary = vocabulary
        self.last = last
        self._seen = _Convolved(arrays)
        self._weights = Weights(arrays["glance.words"], arrays["glance.pairs"], arrays["glance.bias"])

    def scores(self, case: "Case", read: "Read", forms: "Customer") -> Scores:
        """All probabilities for one case; `forms` is the customer's side as the sentence forms read it."""
        import numpy as np

        theirs = [p for s in read.customer for p in s.pieces]
        ours = [p for s in read.assistant for p in s.pieces]
        vectors, weights = self._sentences([*theirs, *ours, *read.draft])
        said, replies = vectors[: len(theirs)], vectors[len(theirs) : len(theirs) + len(ours)]
        draft = vectors[len(theirs) + len(ours) :]
        shown = _times(said, self._a["shown.w"]) + self._a["shown.b"]
        features = np.asarray(context_features(read, forms), np.float32)
        side, last = self._side(features, read, said, replies)
        tail = side @ self._a["side_out.w"] + features @ self._a["side_out.features"] + self._a["side_out.b"]
        seen = _strongest(read.customer, shown) + tail[4:]
        signals = len(seen) - 13
        known = np.asarray(sentence_features(case, read), np.float32).reshape(-1, SENTENCE_FEATURES)
        moves, step, recognises, concrete = self._draft(known, draft, side, last)
        return Scores(
            need=_softmax(tail[:4]),
            dims=_sigmoid(seen[signals + 1 :]).reshape(4, 3),
            signals=_sigmoid(seen[:signals]),
            human=float(_sigmoid(seen[signals])),
            shown=np.delete(shown, signals, axis=1),
            moves=moves,
            step=step,
            recognises=recognises,
            concrete=concrete,
            glance=self._weights.glance(read, weights),
            sentence_features=known,
            context_features=features,
        )

    def _sentences(self, pieces: "list[Piece]") -> "tuple[Floats, Floats]":
        """A vector for each sentence, and the sums of its words' weights."""
        import numpy as np

        a = self._a
        if not pieces:
            return np.zeros((0, len(a["sentence.b"])), np.float32), np.zeros((0, PLACES + 1), np.float32)
        ones: list[int] = []
        twos: list[int] = []
        starts, pair_starts = [], []
        strange: list[tuple[int, list[int]]] = []
        for piece in pieces:
            words, unknown, known = self.vocabulary.rows(piece.words)
            strange += [(len(ones) + place, rows) for place, rows in unknown]
            starts.append(len(ones))
            ones += words
            pair_starts.append(len(twos))
            twos += (0, *known)  # row 0 is nothing: a sum over no pairs must be nothing too
        x, here, before, after = self._seen.rows(ones, strange)
        firsts, pair_firsts, pairs = np.asarray(starts), np.asarray(pair_starts), np.asarray(twos)
        lengths = np.diff(firsts, append=len(ones))
        ends = firsts + lengths - 1
        three = here + a["conv.b"]
        before[ends] = after[firsts] = 0  # words of two sentences are no neighbours
        three[1:] += before[:-1]
        three[:-1] += after[1:]
        np.maximum(three, 0, out=three)
        root = np.sqrt(lengths.astype(np.float32))[:, None]
        together = np.concatenate(
            [
                np.add.reduceat(x, firsts) / root,
                np.add.reduceat(a["pairs"][pairs], pair_firsts) / root,
                np.maximum.reduceat(three, firsts),
            ],
            axis=1,
        )
        vectors: Floats = np.maximum(_times(together, a["sentence.w"]) + a["sentence.b"], 0)
        return vectors, self._weights.sums(np.asarray(ones), firsts, pairs, pair_firsts)

    def _side(
        self, features: "Floats", read: "Read", said: "Floats", replies: "Floats"
    ) -> "tuple[Floats, Floats]":
        """The customer's side as one vector, and their last turn as one."""
        import numpy as np

        nothing = np.zeros(said.shape[1], np.float32)
        turns, others = _turns(read.customer, said), _turns(read.assistant, replies)
        theirs, ours = [_mean(t) for t in turns], [_mean(t) for t in others]
        last = theirs[-1] if theirs else nothing
        parts = [
            last,
            turns[-1].max(0) if turns else nothing,
            theirs[-2] if len(turns) > 1 else nothing,
            _mean(np.asarray(theirs)) if turns else nothing,
            ours[-1] if ours else nothing,
            _mean(np.asarray(ours[:-1])) if len(ours) > 1 else nothing,
            features,
        ]
        return np.maximum(
            _times(np.concatenate(parts)[None], self._a["side.w"])[0] + self._a["side.b"], 0
        ), last

    def _draft(
        self, known: "Floats", draft: "Floats", side: "Floats", last: "Floats"
    ) -> "tuple[Floats, Floats, Floats, float]":
        """Move, step and recognition of each sentence, and whether the whole draft holds a step."""
        import numpy as np

        a = self._a
        count, width = draft.shape
        if not count:
            return (
                np.zeros((0, a["move.w"].shape[1]), np.float32),
                np.zeros(0, np.float32),
                np.zeros(0, np.float32),
                0.0,
            )
        nothing = np.zeros((1, width), np.float32)
        mean = _mean(draft)
        whole = np.concatenate([mean, side])
        rows = np.concatenate(
            [
                draft,
                np.concatenate([nothing, draft[:-1]]),
                np.concatenate([draft[1:], nothing]),
                draft * last,
                known,
            ],
            axis=1,
        )
        own = np.maximum(_times(rows, a["own.w"]) + _times(whole[None], a["own.whole"]) + a["own.b"], 0)
        out = own @ a["own_out.w"] + known @ a["own_out.features"] + a["own_out.b"]
        moves = out[:, :-2] + draft @ a["move.w"] + a["move.b"]
        step = _sigmoid(out[:, -2])
        weighted = (own * step[:, None]).sum(0) / (1e-3 + step.sum())
        summed = np.concatenate([own.max(0), weighted, last, mean, side])
        end = (
            np.maximum(_times(summed[None], a["end.w"])[0] + a["end.b"], 0) @ a["end_out.w"] + a["end_out.b"]
        )
        return _softmax(moves), step, _sigmoid(out[:, -1]), float(_sigmoid(end[0]))


class _Convolved:
    """Each word's vector beside what the convolution makes of it, computed when the word is first met.

    A convolution is linear: what it makes of a strange word's mean is the mean of what it makes of its triples.
    """

    def __init__(self, arrays: "dict[str, NDArray[np.float32]]") -> None:
        import numpy as np

        words = arrays["words"]
        width = words.shape[1]
        self._width = width
        self._words = words
        self._kernels = np.concatenate(
            [arrays["conv.here"], arrays["conv.before"], arrays["conv.after"]], axis=1
        )
        self._made = np.zeros((len(words), width + self._kernels.shape[1]), np.float32)
        self._met = np.zeros(len(words), bool)

    def rows(
        self, ones: list[int], strange: list[tuple[int, list[int]]]
    ) -> "tuple[Floats, Floats, Floats, Floats]":
        """For every place of a text the word's vector, and what it gives to its own place, to the next and to the one before."""
        import numpy as np

        letters = [row for _, rows in strange for row in rows]
        used = np.asarray(ones + letters)
        new = used[~self._met[used]]
        if len(new):
            self._made[new, : self._width] = self._words[new]
            self._made[new, self._width :] = _times(self._words[new], self._kernels)
            self._met[new] = True
        found = self._made[used]
        here = found[: len(ones)]
        if strange:
            starts = np.cumsum([0, *(len(rows) for _, rows in strange[:-1])])
            counts = np.asarray([len(rows) for _, rows in strange], np.float32)
            here[[place for place, _ in strange]] = (
                np.add.reduceat(found[len(ones) :], starts) / counts[:, None]
            )
        w = self._width
        return here[:, :w], here[:, w : 2 * w], here[:, 2 * w : 3 * w], here[:, 3 * w :]


@cache
def shipped() -> Net:
    """The net in the wheel, loaded at the first judgement."""
    return load(SHIPPED)


def load(path: Path) -> Net:
    """Read the arrays and the vocabulary of a trained net."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        arrays = {
            name: file[name].astype(np.float32)
            for name in file.files
            if not name.startswith(("vocabulary.", "last."))
        }
        last = (
            Last(
                file["last.lacking"],
                float(file["last.lacking_bias"]),
                file["last.human"],
                float(file["last.human_bias"]),
            )
            if "last.lacking" in file.files
            else None
        )
        words = bytes(file["vocabulary.words"]).decode().split("\n")
        vocabulary = Vocabulary(words, file["vocabulary.pairs"])
    return Net(arrays, vocabulary, last)


def _times(x: "Floats", w: "Floats") -> "Floats":
    """`x @ w` for rows, in one thread. OpenBLAS takes a second thread above 2^18 multiplications of two matrices, or
    9,216 of a vector and a matrix, and waiting for it costs several times the work.
    """
    import numpy as np

    if len(x) == 1:  # two rows are a matrix
        return (np.repeat(x, 2, axis=0) @ w)[:1]
    most = max(2, _ONE_THREAD // w.size)
    if len(x) <= most:
        product: Floats = x @ w
        return product
    return np.concatenate([_times(x[n : n + most], w) for n in range(0, len(x), most)])


def _mean(x: "Floats") -> "Floats":
    """The mean of the rows; numpy's own spends most of its time on what else it could be asked."""
    import numpy as np

    mean: Floats = np.add.reduce(x, 0) / np.float32(len(x))
    return mean


def _turns(said: "tuple[Said, ...]", vectors: "Floats") -> "list[Floats]":
    """The sentence vectors of each turn that has any."""
    found, at = [], 0
    for turn in said:
        if turn.pieces:
            found.append(vectors[at : at + len(turn.pieces)])
        at += len(turn.pieces)
    return found


def _strongest(said: "tuple[Said, ...]", shown: "Floats") -> "Floats":
    """Of all sentences of the customer the strongest for each fact; weight comes from the last two turns (guide §5)."""
    import numpy as np

    if not len(shown):
        return np.full(shown.shape[1], -3, np.float32)
    strongest: Floats = shown.max(0)
    recent = sum(len(turn.pieces) for turn in said[-2:])
    weight = shown.shape[1] - 12
    if recent:
        strongest[weight : weight + 3] = shown[-recent:, weight : weight + 3].max(0)
    return strongest


def _sigmoid(x: "Floats") -> "Floats":
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _softmax(x: "Floats") -> "Floats":
    import numpy as np

    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True), np.float32)
