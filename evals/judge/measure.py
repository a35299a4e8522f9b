"""How good is the whole local judge on conversations that its net has not seen? And the last layer, learned there.

Cross-validation over conversations: five nets with their glances, each read back by `guard/judging/net.py` and asked about what the other
four fifths did not hold. The last layer learns from these answers and is itself cross-validated; ledger and rules
follow as in the product.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from evals.judge import data, glance, twin
from guard.assessment import Odds
from guard.case import Authority
from guard.judging import last, local
from guard.judging.customer import read_customer
from guard.judging.glance import Glance
from guard.judging.net import Net, Scores, load
from guard.judging.reading import Read, read
from guard.ledger.check import checked
from guard.policy import shipped
from guard.rules import judge

FOLDS = 5
STRENGTH = 0.05
"""Inverse of the last layer's regularisation, chosen once; 0.02 and 0.1 do as well."""
STILL = 1e-4
BINS = 10
Train = Callable[[Sequence[data.Example]], twin.Twin]


@dataclass(frozen=True, slots=True)
class Unseen:
    """An example as a net that has not seen it scored it; `strange`: at a glance of one who has read nothing of its source."""

    example: data.Example
    pieces: Read
    scores: Scores
    strange: Glance

    @property
    def learnt_from(self) -> Scores:
        """What the last layer learns from."""
        return replace(self.scores, glance=self.strange)

    def said(self, odds: Odds) -> tuple[str, str]:
        """Verdict and owner by thresholds, ledger and rules."""
        case = self.example.case
        seen = local.facts(case, self.pieces, read_customer(case), self.scores, odds)
        judgement = judge(checked(seen, case, Authority()), shipped().matrix)
        return str(judgement.verdict), str(judgement.owner)


def folded(
    examples: Sequence[data.Example], train: Train, words: tuple[list[str], NDArray[np.int32]]
) -> list[Unseen]:
    """Every example, scored by the net of the other folds."""
    reader = glance.Reader.of(*words)
    seen = [reader.seen(example) for example in examples]
    strange = reader.strange(seen)
    unseen: list[Unseen] = []
    for n, (known, new) in enumerate(
        GroupKFold(FOLDS).split(examples, groups=[e.group for e in examples]), 1
    ):
        weights = reader.learned([seen[i] for i in known])
        net = reloaded(train([examples[i] for i in known]), weights, *words)
        unseen += [score(examples[i], net, strange[i]) for i in new]
        print(f"fold {n} of {FOLDS}", flush=True)
    return unseen


def reloaded(net: twin.Twin, weights: glance.Weights, words: list[str], pairs: NDArray[np.int32]) -> Net:
    """The net as the product would load it, half precision and all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.npz"
        twin.save(path, net, weights, words, pairs)
        return load(path)


def score(example: data.Example, net: Net, strange: Glance) -> Unseen:
    """One example, scored."""
    pieces = read(example.case)
    return Unseen(example, pieces, net.scores(example.case, pieces, read_customer(example.case)), strange)


def learned(unseen: Sequence[Unseen]) -> last.Last:
    """The last layer: two logistic regressions on what the nets said of what they had not seen."""
    drafts, sides = _rows(unseen)
    lacking, bias = _fitted(drafts, [u.example.lacking for u in unseen])
    human, human_bias = _fitted(sides, [u.example.owner == "human" for u in unseen])
    return last.Last(lacking, bias, human, human_bias)


def crossed(unseen: Sequence[Unseen]) -> list[Odds]:
    """The odds of every example by a last layer that has not seen it either."""
    odds: list[Odds | None] = [None] * len(unseen)
    for known, new in GroupKFold(FOLDS).split(unseen, groups=[u.example.group for u in unseen]):
        layer = learned([unseen[i] for i in known])
        for i in new:
            scores = unseen[i].scores
            odds[i] = Odds(last.lacking(scores, layer), last.human(scores, layer))
    return [one for one in odds if one is not None]


def _rows(unseen: Sequence[Unseen]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    scores = [u.learnt_from for u in unseen]
    return np.stack([last.draft_row(s) for s in scores]), np.stack([last.side_row(s) for s in scores])


def _fitted(rows: NDArray[np.float32], real: Sequence[bool]) -> tuple[NDArray[np.float32], float]:
    """Weights and bias for rows that are not scaled."""
    middle, spread = rows.mean(0), rows.std(0)
    spread[spread < STILL] = np.inf  # what never changes says nothing, but for its rounding
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit((rows - middle) / spread, real)
    weights = model.coef_[0] / spread
    return weights.astype(np.float32), float(model.intercept_[0] - weights @ middle)


def table(unseen: Sequence[Unseen], odds: Sequence[Odds]) -> None:
    """A row for all and for each source, then how well the odds are calibrated."""
    rows = [(u.example, *u.said(o)) for u, o in zip(unseen, odds, strict=True)]
    print("| source | n | verdict κ | not ok P | R | good touched | owner κ | escalate P | R |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for source in ("", "own", *sorted({e.source for e, _, _ in rows})):
        some = [(e, v, o) for e, v, o in rows if e.source.startswith(source)]
        verdict = kappa([(e.verdict, v) for e, v, _ in some])
        right, found, touched = rates([(e.verdict != "ok", v != "ok") for e, v, _ in some])
        owner = kappa([(e.owner, o) for e, _, o in some])
        escalated, caught, _ = rates([(e.owner == "human", o == "human") for e, _, o in some])
        print(
            f"| {source or 'all'} | {len(some)} | {verdict:.3f} | {right:.3f} | {found:.3f} | {touched:.3f} "
            f"| {owner:.3f} | {escalated:.3f} | {caught:.3f} |"
        )
    not_ok = calibration([o.not_ok for o in odds], [u.example.lacking for u in unseen])
    human = calibration([o.human for o in odds], [u.example.owner == "human" for u in unseen])
    print(f"expected calibration error: not ok {not_ok:.3f}, human {human:.3f}")


def thresholds(unseen: Sequence[Unseen], odds: Sequence[Odds]) -> None:
    """What other thresholds would give."""
    print("LACKING  κ  P  R  touched")
    for value in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        pairs = [(u.example.lacking, o.not_ok >= value) for u, o in zip(unseen, odds, strict=True)]
        print(f"{value:.2f} {kappa(pairs):.3f} " + " ".join(f"{r:.3f}" for r in rates(pairs)))
    print("likely_at  κ  P  R  escalated needlessly")
    for value in (0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4):
        pairs = [(u.example.owner == "human", o.human >= value) for u, o in zip(unseen, odds, strict=True)]
        print(f"{value:.2f} {kappa(pairs):.3f} " + " ".join(f"{r:.3f}" for r in rates(pairs)))


def cascade(unseen: Sequence[Unseen], odds: Sequence[Odds], wanted: float = 0.80) -> None:
    """At which share of calls, the least sure ones first, κ reaches `wanted` if the model asked there were right."""
    rows = sorted(
        (
            (u.example.verdict, u.said(o)[0], abs(o.not_ok - local.LACKING))
            for u, o in zip(unseen, odds, strict=True)
        ),
        key=lambda row: row[2],
    )
    for asked in range(0, len(rows) + 1, max(1, len(rows) // 100)):
        found = kappa([(gold, gold if n < asked else said) for n, (gold, said, _) in enumerate(rows)])
        if found >= wanted:
            print(
                f"κ {wanted:.2f} with a model asked, and right, at the least sure {asked / len(rows):.0%} of calls"
            )
            return


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Cohen's κ: agreement beyond chance."""
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs) / n
    ours, theirs = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(ours[k] * theirs[k] for k in ours) / n / n
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def rates(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Precision, recall and the share of the negatives that were called positive."""
    hits = sum(a and b for a, b in pairs)
    called, real = sum(b for _, b in pairs), sum(a for a, _ in pairs)
    return hits / max(1, called), hits / max(1, real), (called - hits) / max(1, len(pairs) - real)


def calibration(said: Sequence[float], real: Sequence[bool]) -> float:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    probabilities, outcomes = np.asarray(said), np.asarray(real, float)
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probabilities[bins == b].mean() - outcomes[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))
