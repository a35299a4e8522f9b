"""Cross-validation over conversations: how good is the whole local judge on what its net has not seen?

    uv run --group judge python -m evals.judge.measure --cucom cucom_ecommerce.jsonl.gz --tau tau_airline_gpt4o.jsonl.gz

Each fold's net is read back by `guard/judging/net.py` and judged through ledger and rules, as in the product.
"""

import pickle
import tempfile
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from sklearn.model_selection import GroupKFold

from evals.judge import data, twin
from evals.judge.train import Table, arguments, trained
from guard.assessment import Customer
from guard.case import Authority
from guard.judging import local
from guard.judging.customer import read_customer
from guard.judging.net import Net, Scores, load
from guard.judging.reading import Read, read
from guard.ledger import checked
from guard.policy import shipped
from guard.rules import judge

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Unseen:
    """An example as the net of the other folds scored it."""

    example: data.Example
    pieces: Read
    forms: Customer
    scores: Scores

    def said(self) -> tuple[str, str]:
        """Verdict and owner by thresholds, ledger and rules."""
        seen = local.facts(self.example.case, self.pieces, self.forms, self.scores)
        judgement = judge(checked(seen, self.example.case, Authority()), shipped().matrix)
        return str(judgement.verdict), str(judgement.owner)


def main() -> None:
    """Train every fold, score what it has not seen, print the table."""
    args = arguments(__doc__ or "")
    torch.set_num_threads(1)
    examples = [*data.own(), *data.public(args.cucom, args.tau)]
    words = Table.of(args)
    unseen: list[Unseen] = []
    groups = [e.group for e in examples]
    for n, (known, new) in enumerate(GroupKFold(FOLDS).split(examples, groups=groups), 1):
        net = reloaded(trained([examples[i] for i in known], words), words)
        unseen += [score(examples[i], net) for i in new]
        print(f"fold {n} of {FOLDS}", flush=True)
    if args.keep:
        args.keep.write_bytes(pickle.dumps(unseen))
    table(unseen)


def reloaded(net: twin.Twin, words: Table) -> Net:
    """The net as the product would load it, half precision and all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.npz"
        twin.save(path, net, words.words, words.pairs)
        return load(path)


def score(example: data.Example, net: Net) -> Unseen:
    """One example, scored."""
    pieces, forms = read(example.case), read_customer(example.case)
    return Unseen(example, pieces, forms, net.scores(example.case, pieces, forms))


def table(unseen: Sequence[Unseen]) -> None:
    """A row for all and for each source."""
    rows = [(u.example, *u.said()) for u in unseen]
    print(
        f"{'source':8} {'n':>5} {'verdict κ':>10} {'not ok P':>9} {'R':>5} {'touched':>8} {'owner κ':>8} {'esc. P':>7} {'R':>5}"
    )
    for source in ("", *sorted({e.source for e, _, _ in rows})):
        some = [(e, v, o) for e, v, o in rows if e.source.startswith(source)]
        verdict = kappa([(e.verdict, v) for e, v, _ in some])
        right, found, touched = rates([(e.verdict != "ok", v != "ok") for e, v, _ in some])
        owner = kappa([(e.owner, o) for e, _, o in some])
        escalated, caught, _ = rates([(e.owner == "human", o == "human") for e, _, o in some])
        print(
            f"{source or 'all':8} {len(some):5} {verdict:10.3f} {right:9.3f} {found:5.2f} {touched:8.3f} {owner:8.3f} "
            f"{escalated:7.3f} {caught:5.2f}"
        )


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


if __name__ == "__main__":
    main()
