"""The net of `guard/judging/net.py` once more, in torch, so that it can learn. Same arrays, same arithmetic.

`train` holds the two against each other before it is done: what was learned here must be what runs there.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from evals.judge.data import Example
from guard.assessment import MOVES, NEEDS, SIGNALS
from guard.case import Case
from guard.judging.customer import read_customer
from guard.judging.features import CONTEXT_FEATURES, SENTENCE_FEATURES, context_features, sentence_features
from guard.judging.last import Last
from guard.judging.net import BUCKETS, Vocabulary
from guard.judging.reading import Piece, read

VECTOR = 64
FILTERS = 64
WIDTH = 96
DROP = 0.3
FACTS = len(SIGNALS) + 1 + 12
"""Signals, human, and four dimensions with three steps each."""
Segment = tuple[list[list[int]], list[int]]


@dataclass(frozen=True, slots=True)
class Targets:
    """What the readers saw, as numbers."""

    need: int
    dims: list[float]
    facts: list[float]
    moves: list[int]
    step: list[float]
    recognises: list[float]
    concrete: float
    felt: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """A case as rows of tables and numbers: turns of sentences, each sentence as rows of words and of pairs."""

    customer: list[list[Segment]]
    assistant: list[list[Segment]]
    draft: list[Segment]
    sentence_features: list[list[float]]
    context_features: list[float]
    targets: Targets | None


def encode(case: Case, vocabulary: Vocabulary, example: Example | None = None) -> Encoded:
    """Read the case as the product reads it."""
    pieces, forms = read(case), read_customer(case)
    return Encoded(
        [[_segment(p, vocabulary) for p in turn.pieces] for turn in pieces.customer],
        [[_segment(p, vocabulary) for p in turn.pieces] for turn in pieces.assistant],
        [_segment(p, vocabulary) for p in pieces.draft],
        sentence_features(case, pieces),
        context_features(pieces, forms),
        _targets(example, len(pieces.draft)) if example else None,
    )


def _segment(piece: Piece, vocabulary: Vocabulary) -> Segment:
    ones, strange, twos = vocabulary.rows(piece.words)
    rows = [[row] for row in ones]
    for place, letters in strange:
        rows[place] = letters
    return rows, twos


def _targets(example: Example, count: int) -> Targets:
    labels = example.labels
    if len(labels["mv"]) != count:
        raise ValueError(
            f"{example.case.id}: {len(labels['mv'])} moves are labelled, the draft has {count} sentences."
        )
    return Targets(
        NEEDS.index(labels["need"]),
        [float(score >= step) for score in labels["w"] for step in (1, 2, 3)],
        [*(float(name in labels["sig"]) for name in SIGNALS), float(example.owner == "human")],
        [MOVES.index(move) for move in labels["mv"]],
        [float(n in labels["st"]) for n in range(count)],
        [float(n in labels["emp"]) for n in range(count)],
        float(bool(labels["st"])),
        float(bool(labels["emp"])),
    )


@dataclass(frozen=True, slots=True)
class Logits:
    """What the net says before it is squeezed into probabilities; `owner` is the case of each sentence."""

    need: Tensor
    dims: Tensor
    facts: Tensor
    moves: Tensor
    step: Tensor
    recognises: Tensor
    owner: Tensor
    concrete: Tensor
    felt: Tensor


class Twin(nn.Module):
    """The net. Layers carry the names of the arrays in `net.npz`."""

    def __init__(self, vocabulary_size: int, pairs: int, vectors: np.ndarray) -> None:
        super().__init__()
        self.words = nn.EmbeddingBag(vocabulary_size + 1 + BUCKETS, VECTOR, mode="mean")
        self.pairs = nn.EmbeddingBag(pairs + 1, VECTOR, mode="sum")
        with torch.no_grad():
            self.words.weight.normal_(0, 0.05)
            self.words.weight[0] = 0
            self.words.weight[1 : vocabulary_size + 1] = torch.tensor(vectors[:vocabulary_size]) * 0.4
            self.pairs.weight[0] = 0
            self.pairs.weight[1:] = torch.tensor(vectors[vocabulary_size:]) * 0.2
        self.before = nn.Linear(VECTOR, FILTERS, bias=False)
        self.here = nn.Linear(VECTOR, FILTERS)
        self.after = nn.Linear(VECTOR, FILTERS, bias=False)
        self.sentence = nn.Linear(2 * VECTOR + FILTERS, WIDTH)
        self.shown = nn.Linear(WIDTH, FACTS)
        self.side = nn.Linear(WIDTH * 6 + CONTEXT_FEATURES, WIDTH)
        self.side_out = nn.Linear(WIDTH, 4 + FACTS)
        self.side_features = nn.Linear(CONTEXT_FEATURES, 4 + FACTS, bias=False)
        self.own = nn.Linear(WIDTH * 4 + SENTENCE_FEATURES, WIDTH)
        self.own_whole = nn.Linear(WIDTH * 2, WIDTH, bias=False)
        self.own_out = nn.Linear(WIDTH, len(MOVES) + 2)
        self.own_features = nn.Linear(SENTENCE_FEATURES, len(MOVES) + 2, bias=False)
        self.move = nn.Linear(WIDTH, len(MOVES))
        self.end = nn.Linear(WIDTH * 5, WIDTH)
        self.end_out = nn.Linear(WIDTH, 2)
        self.drop = nn.Dropout(DROP)

    def forward(self, batch: Sequence[Encoded]) -> Logits:
        """Everything for a batch of cases."""
        segments: list[Segment] = []
        places: list[_Places] = []
        for case in batch:
            start = len(segments)
            customer = _append(segments, case.customer)
            middle = len(segments)
            assistant = _append(segments, case.assistant)
            draft = len(segments)
            segments += case.draft
            recent = sum(len(turn) for turn in case.customer[-2:])
            places.append(_Places(start, middle, customer, assistant, draft, len(case.draft), recent))
        vectors = self._sentences(segments)
        facts, side, last = self._side(vectors, places, torch.tensor([c.context_features for c in batch]))
        return self._draft(vectors, places, batch, facts, side, last)

    def _sentences(self, segments: list[Segment]) -> Tensor:
        rows = [row for words, _ in segments for row in words]
        x = self.drop(self.words(*_bags(rows)))
        lengths = torch.tensor([len(words) for words, _ in segments])
        owner = torch.repeat_interleave(torch.arange(len(segments)), lengths)
        first = torch.ones(len(owner), dtype=torch.bool)
        first[1:] = owner[1:] != owner[:-1]
        final = torch.roll(first, -1)
        before = torch.roll(x, 1, 0).masked_fill(first[:, None], 0)
        after = torch.roll(x, -1, 0).masked_fill(final[:, None], 0)
        three = functional.relu(self.here(x) + self.before(before) + self.after(after))
        root = lengths.float().sqrt()[:, None]
        together = [
            torch.zeros(len(segments), VECTOR).index_add(0, owner, x) / root,
            self.pairs(*_bags([pairs for _, pairs in segments])) / root,
            torch.zeros(len(segments), FILTERS).index_reduce(0, owner, three, "amax", include_self=True),
        ]
        return functional.relu(self.sentence(self.drop(torch.cat(together, 1))))

    def _side(self, x: Tensor, places: "list[_Places]", features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        nothing = torch.zeros(WIDTH)
        shown = self.shown(self.drop(x))
        sides, lasts, strongest = [], [], []
        for p in places:
            turns, others = [x[a:b] for a, b in p.customer], [x[a:b] for a, b in p.assistant]
            last = turns[-1].mean(0) if turns else nothing
            sides.append(
                torch.cat(
                    [
                        last,
                        turns[-1].max(0).values if turns else nothing,
                        turns[-2].mean(0) if len(turns) > 1 else nothing,
                        torch.stack([t.mean(0) for t in turns]).mean(0) if turns else nothing,
                        others[-1].mean(0) if others else nothing,
                        torch.stack([t.mean(0) for t in others[:-1]]).mean(0) if len(others) > 1 else nothing,
                    ]
                )
            )
            lasts.append(last)
            strongest.append(_strongest(shown[p.start : p.middle], p.recent))
        side = functional.relu(self.side(self.drop(torch.cat([torch.stack(sides), features], 1))))
        out = self.side_out(self.drop(side)) + self.side_features(features)
        facts = torch.cat([out[:, :4], torch.stack(strongest) + out[:, 4:]], 1)
        return facts, side, torch.stack(lasts)

    def _draft(  # noqa: PLR0913, PLR0917 - the two halves meet here
        self,
        x: Tensor,
        places: "list[_Places]",
        batch: Sequence[Encoded],
        facts: Tensor,
        side: Tensor,
        last: Tensor,
    ) -> Logits:
        rows, owner = [], []
        for n, p in enumerate(places):
            if not p.count:
                continue
            draft, nothing = x[p.draft : p.draft + p.count], torch.zeros(1, WIDTH)
            known = torch.tensor(batch[n].sentence_features)
            before, after = torch.cat([nothing, draft[:-1]]), torch.cat([draft[1:], nothing])
            rows.append(torch.cat([draft, before, after, draft * last[n], known], 1))
            owner += [n] * p.count
        row, own = torch.cat(rows), torch.tensor(owner)
        cases = len(batch)
        counts = torch.zeros(cases).index_add(0, own, torch.ones(len(own))).clamp(min=1)[:, None]
        mean = torch.zeros(cases, WIDTH).index_add(0, own, row[:, :WIDTH]) / counts
        whole = self.own_whole(self.drop(torch.cat([mean, side], 1)))
        hidden = functional.relu(self.own(self.drop(row)) + whole[own])
        out = self.own_out(self.drop(hidden)) + self.own_features(row[:, 4 * WIDTH :])
        step = torch.sigmoid(out[:, -2])
        weighted = torch.zeros(cases, WIDTH).index_add(0, own, hidden * step[:, None])
        weighted = weighted / (1e-3 + torch.zeros(cases).index_add(0, own, step))[:, None]
        highest = torch.zeros(cases, WIDTH).index_reduce(0, own, hidden, "amax", include_self=True)
        end = functional.relu(self.end(self.drop(torch.cat([highest, weighted, last, mean, side], 1))))
        ends = self.end_out(end)
        signals = len(SIGNALS) + 1
        return Logits(
            facts[:, :4],
            facts[:, 4 + signals :],
            facts[:, 4 : 4 + signals],
            out[:, :-2] + self.move(row[:, :WIDTH]),
            out[:, -2],
            out[:, -1],
            own,
            ends[:, 0],
            ends[:, 1],
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights by the names that `guard/judging/net.py` knows, matrices as (in, out), in half precision."""
        state = {name: value.detach().numpy() for name, value in self.state_dict().items()}
        found = {"words": state["words.weight"], "pairs": state["pairs.weight"]}
        for ours, theirs in _NAMES.items():
            found[theirs] = state[f"{ours}.weight"].T
        for layer in (
            "here",
            "sentence",
            "shown",
            "side",
            "side_out",
            "own",
            "own_out",
            "move",
            "end",
            "end_out",
        ):
            found["conv.b" if layer == "here" else f"{layer}.b"] = state[f"{layer}.bias"]
        return {name: np.ascontiguousarray(value.astype(np.float16)) for name, value in found.items()}


_NAMES = {
    "before": "conv.before",
    "here": "conv.here",
    "after": "conv.after",
    "sentence": "sentence.w",
    "shown": "shown.w",
    "side": "side.w",
    "side_out": "side_out.w",
    "side_features": "side_out.features",
    "own": "own.w",
    "own_whole": "own.whole",
    "own_out": "own_out.w",
    "own_features": "own_out.features",
    "move": "move.w",
    "end": "end.w",
    "end_out": "end_out.w",
}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the sentences of one case stand among those of the batch."""

    start: int
    middle: int
    customer: list[tuple[int, int]]
    assistant: list[tuple[int, int]]
    draft: int
    count: int
    recent: int


def _append(segments: list[Segment], turns: list[list[Segment]]) -> list[tuple[int, int]]:
    places = []
    for turn in turns:
        if turn:
            places.append((len(segments), len(segments) + len(turn)))
            segments += turn
    return places


def _bags(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    flat = torch.tensor([n for row in rows for n in row], dtype=torch.long)
    starts = np.cumsum([0, *(len(row) for row in rows[:-1])])
    return flat, torch.tensor(starts)


def _strongest(shown: Tensor, recent: int) -> Tensor:
    if not len(shown):
        return torch.full((FACTS,), -3.0)
    strongest = shown.max(0).values
    if recent:
        weight = FACTS - 12
        newest = shown[-recent:, weight : weight + 3].max(0).values
        strongest = torch.cat([strongest[:weight], newest, strongest[weight + 3 :]])
    return strongest


def loss(said: Logits, batch: Sequence[Encoded]) -> Tensor:
    """Cross-entropies of all heads, weighted so that none drowns: facts are rare, sentences are many."""
    targets = [case.targets for case in batch if case.targets]
    binary = functional.binary_cross_entropy_with_logits
    rare = torch.full((len(SIGNALS) + 1,), 2.0)
    return (
        0.5 * functional.cross_entropy(said.need, torch.tensor([t.need for t in targets]))
        + 1.5 * binary(said.dims, torch.tensor([t.dims for t in targets]))
        + 3.0 * binary(said.facts, torch.tensor([t.facts for t in targets]), pos_weight=rare)
        + functional.cross_entropy(said.moves, torch.tensor([m for t in targets for m in t.moves]))
        + 1.5 * binary(said.step, torch.tensor([s for t in targets for s in t.step]))
        + 0.7 * binary(said.recognises, torch.tensor([r for t in targets for r in t.recognises]))
        + 1.5 * binary(said.concrete, torch.tensor([t.concrete for t in targets]))
        + 0.3 * binary(said.felt, torch.tensor([t.felt for t in targets]))
    )


@dataclass(frozen=True, slots=True)
class Course:
    """How to train: `epochs` over the data in batches of `size`, learning at most at `rate`."""

    epochs: int
    seed: int
    rate: float = 2e-3
    size: int = 32


def fit(net: Twin, data: Sequence[Encoded], course: Course, tell: Callable[[str], None]) -> Twin:
    """Train with AdamW and one learning-rate cycle. The same seed on the same machine gives the same weights."""
    torch.manual_seed(course.seed)
    order = random.Random(course.seed)  # noqa: S311 - a shuffle, no secret
    tables = [*net.words.parameters(), *net.pairs.parameters()]
    rest = [p for name, p in net.named_parameters() if name.split(".")[0] not in ("words", "pairs")]
    optimizer = torch.optim.AdamW(
        [{"params": tables, "weight_decay": 0.0}, {"params": rest, "weight_decay": 1e-2}], lr=course.rate
    )
    steps = course.epochs * math.ceil(len(data) / course.size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, course.rate, total_steps=steps, pct_start=0.1)
    net.train()
    for epoch in range(course.epochs):
        shuffled = list(data)
        order.shuffle(shuffled)
        total = 0.0
        for start in range(0, len(shuffled), course.size):
            batch = shuffled[start : start + course.size]
            error = loss(net(batch), batch)
            optimizer.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimizer.step()
            schedule.step()
            total += error.item()
        tell(f"epoch {epoch + 1}: {total / (steps / course.epochs):.3f}")
    return net.eval()


def save(  # noqa: PLR0913, PLR0917 - all that the file holds
    path: Path,
    net: Twin,
    glance: dict[str, NDArray[np.float16]],
    words: list[str],
    pairs: np.ndarray,
    last: Last | None = None,
) -> None:
    """Write `net.npz`: uncompressed, so that it loads in a few milliseconds."""
    vocabulary = {
        "vocabulary.words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "vocabulary.pairs": pairs,
    }
    layer = {f"last.{f.name}": np.asarray(getattr(last, f.name)) for f in fields(Last)} if last else {}
    np.savez(path, **net.arrays(), **glance, **vocabulary, **layer)
