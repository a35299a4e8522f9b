"""The same hashed words and pairs with context: a small recurrent net over the sentences of the talk, then of the draft.

A sentence is the mean of its buckets' vectors. One GRU hears the conversation and says whose the moment is; another
reads the draft both ways, knowing what was heard, and says of each sentence whether it is a step and of the whole
whether the need is left without one.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from evals.judge.data import Example
from evals.judge.families.family import SEED, Said, human, lacking
from guard.case import Case
from guard.judging.reading import Piece, read

BUCKETS = 1 << 15
WIDTH = 48
HEARD = 24
"""Sentences of the conversation that are heard, counted from the end."""
EPOCHS = 6
BATCH = 32
RATE = 3e-3
DROP = 0.3
RARE = 3.0
"""What the owner weighs in the error, as in `twin.loss`: people own few moments."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Each sentence as buckets."""

    talk: list[list[int]]
    draft: list[list[int]]


class Sequenced:
    """The family."""

    def rows(self, cases: Sequence[Case]) -> list[Sentences]:
        """Read and hash."""
        return [_sentences(case) for case in cases]

    def fitted(self, rows: Sequence[Sentences], examples: Sequence[Example]) -> "FittedSequence":
        """Train with AdamW and one learning-rate cycle; the places of the steps are learned beside both questions."""
        torch.manual_seed(SEED)
        order = random.Random(SEED)  # noqa: S311 - a shuffle, no secret
        net = _Net()
        targets = _Targets(
            torch.tensor(lacking(examples), dtype=torch.float32),
            torch.tensor(human(examples), dtype=torch.float32),
            [[float(n in e.labels["st"]) for n in range(max(1, len(e.labels["mv"])))] for e in examples],
        )
        places = list(range(len(rows)))
        optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, RATE, total_steps=EPOCHS * (len(rows) // BATCH), pct_start=0.1
        )
        net.train()
        for _ in range(EPOCHS):
            order.shuffle(places)
            for start in range(0, len(rows) - BATCH + 1, BATCH):
                some = places[start : start + BATCH]
                optimizer.zero_grad()
                torch.autograd.backward(_error(net([rows[n] for n in some]), targets, some))
                nn.utils.clip_grad_norm_(net.parameters(), 2.0)
                optimizer.step()
                schedule.step()
        return FittedSequence(net.eval())


@dataclass(frozen=True, slots=True)
class _Targets:
    lacking: Tensor
    human: Tensor
    steps: list[list[float]]


@dataclass(frozen=True, slots=True)
class _Odds:
    """Log odds; `steps` for all sentences of all drafts in a row."""

    lacking: Tensor
    human: Tensor
    steps: Tensor


class _Net(nn.Module):
    """The net."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.EmbeddingBag(BUCKETS, WIDTH, mode="mean")
        self.hear = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.read = nn.GRU(2 * WIDTH, WIDTH, batch_first=True, bidirectional=True)
        self.step = nn.Linear(2 * WIDTH, 1)
        self.lacking = nn.Linear(5 * WIDTH, 1)
        self.human = nn.Linear(WIDTH, 1)
        self.drop = nn.Dropout(DROP)

    def forward(self, rows: Sequence[Sentences]) -> _Odds:
        """Log odds of all three questions."""
        heard, _ = self._through(self.hear, self._vectors([row.talk for row in rows]))
        side = self.drop(heard.max(1).values)
        drafts = [
            torch.cat([draft, side[n].expand(len(draft), WIDTH)], 1)
            for n, draft in enumerate(self._vectors([row.draft for row in rows]))
        ]
        read, real = self._through(self.read, drafts)
        read = self.drop(read)
        steps = self.step(read)[:, :, 0]
        # the sentences that are likely steps weigh most, as in the shipped net
        weights = torch.softmax(steps.masked_fill(~real, -30.0), 1)
        whole = torch.cat([read.max(1).values, (read * weights[:, :, None]).sum(1), side], 1)
        return _Odds(self.lacking(whole)[:, 0], self.human(side)[:, 0], steps[real])

    def _vectors(self, texts: Sequence[list[list[int]]]) -> list[Tensor]:
        flat = [bucket for text in texts for sentence in text for bucket in sentence]
        lengths = [len(sentence) for text in texts for sentence in text]
        starts = torch.tensor(np.cumsum([0, *lengths[:-1]]))
        x = self.drop(self.words(torch.tensor(flat), starts))
        return list(torch.split(x, [len(text) for text in texts]))

    def _through(self, layer: nn.GRU, texts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """All states, 0 beyond the end, and which places are real."""
        lengths = torch.tensor([len(text) for text in texts])
        padded = nn.utils.rnn.pad_sequence(list(texts), batch_first=True)
        packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(layer(packed)[0], batch_first=True)
        return states, torch.arange(states.shape[1]) < lengths[:, None]


@dataclass(frozen=True, slots=True)
class FittedSequence:
    """The trained net."""

    net: _Net

    def size(self) -> int:
        """In half precision."""
        return 2 * sum(p.numel() for p in self.net.parameters())

    def said(self, rows: Sequence[Sentences]) -> Said:
        """In batches, so that memory stays small."""
        lacks, humans = [], []
        with torch.no_grad():
            for start in range(0, len(rows), 256):
                odds = self.net(rows[start : start + 256])
                lacks.append(torch.sigmoid(odds.lacking).numpy())
                humans.append(torch.sigmoid(odds.human).numpy())
        return Said(np.concatenate(lacks), np.concatenate(humans))


def _error(odds: _Odds, targets: _Targets, some: Sequence[int]) -> Tensor:
    binary = functional.binary_cross_entropy_with_logits
    steps = torch.tensor([step for n in some for step in targets.steps[n]])
    return (
        binary(odds.lacking, targets.lacking[some])
        + RARE * binary(odds.human, targets.human[some])
        + binary(odds.steps, steps)
    )


def _sentences(case: Case) -> Sentences:
    pieces = read(case)
    turns = [("c", said) for said in pieces.customer] + [("a", said) for said in pieces.assistant]
    turns.sort(key=lambda turn: turn[1].place)
    talk = [_buckets(who, piece) for who, said in turns for piece in said.pieces][-HEARD:]
    return Sentences(talk or [[0]], [_buckets("d", piece) for piece in pieces.draft] or [[0]])


def _buckets(who: str, piece: Piece) -> list[int]:
    """Words and pairs fall together whoever says them; who speaks is a word of its own."""
    words = ("^", *piece.words, "$")
    texts = [f"[{who}]", *words, *(f"{a} {b}" for a, b in pairwise(words))]
    return [crc32(text.encode("utf-8", "surrogatepass")) % BUCKETS for text in texts]
