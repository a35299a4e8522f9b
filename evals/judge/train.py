"""Cross-validate the local judge, train its net and write `guard/judging/net.npz`.

    uv run --group judge python -m evals.judge.train --cucom cucom_ecommerce.jsonl.gz --tau tau_airline_gpt4o.jsonl.gz

The same files, seed and machine give the same bytes. Another processor may round another way in the last bit and
end elsewhere; the cross-validation that this prints first says whether the net is as good.
"""

import argparse
import gzip
import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from evals.judge import data, glance, measure, twin, vocabulary
from guard.judging.customer import read_customer
from guard.judging.net import SHIPPED, Vocabulary, load
from guard.judging.reading import read

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EPOCHS = 8
SEED = 1
HALF = 0.02
"""How far half precision may move a probability."""
OWN_WEIGHT = 2
"""How often our own cases are shown each time the public ones are shown once: they speak of more trades."""


def main() -> None:
    """Read, cross-validate, train, write."""
    args = arguments()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    examples = [*data.own(), *data.public(args.cucom, args.tau)]
    table = Table.of(args)
    print(f"{len(examples)} examples, {len(table.words)} words, {len(table.pairs)} pairs")
    words = (table.words, table.pairs)
    unseen = measure.folded(examples, lambda some: trained(some, table), words)
    if args.keep:
        args.keep.write_bytes(pickle.dumps(unseen))
    odds = measure.crossed(unseen)
    measure.table(unseen, odds)
    measure.thresholds(unseen, odds)
    measure.cascade(unseen, odds)
    net = trained(examples, table, tell=print)
    reader = glance.Reader.of(*words)
    weights = reader.learned([reader.seen(example) for example in examples])
    twin.save(args.out, net, weights, *words, measure.learned(unseen))
    hold_together(net, weights, args.out, examples[:: len(examples) // 100], table)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")


def hold_together(
    net: twin.Twin, weights: glance.Weights, path: Path, examples: Sequence[data.Example], table: "Table"
) -> None:
    """What was learned here is what runs there: raises when the product's net says something else."""
    rows, shipped = Vocabulary(table.words, table.pairs), load(path)
    reader = glance.Reader.of(table.words, table.pairs)
    for example in examples:
        case = example.case
        with torch.no_grad():
            ours = net([twin.encode(case, rows)])
        theirs = shipped.scores(case, read(case), read_customer(case))
        ours_at_a_glance = glance.glance(reader.seen(example), weights)
        for one, other in (
            (torch.sigmoid(ours.concrete), [theirs.concrete]),
            (torch.sigmoid(ours.step), theirs.step),
            (torch.softmax(ours.moves, 1), theirs.moves),
            (torch.tensor(astuple(ours_at_a_glance)), astuple(theirs.glance)),
            (torch.sigmoid(ours.facts[0]), [*theirs.signals, theirs.human]),
        ):
            torch.testing.assert_close(one, torch.tensor(other), atol=HALF, rtol=0, msg=case.id)


@dataclass(frozen=True, slots=True)
class Table:
    """Words and pairs that have vectors, and what those start as."""

    words: list[str]
    pairs: "NDArray[np.int32]"
    vectors: "NDArray[np.float32]"

    @classmethod
    def of(cls, args: argparse.Namespace) -> "Table":
        """Count the words of all texts."""
        words, pairs = vocabulary.counted(texts(args))
        return cls(words, pairs, vocabulary.vectors(words, pairs))


def trained(
    examples: Sequence[data.Example],
    table: Table,
    *,
    seed: int = SEED,
    tell: Callable[[str], None] = lambda _: None,
) -> twin.Twin:
    """A net that has read the examples."""
    rows = Vocabulary(table.words, table.pairs)
    encoded = [
        twin.encode(e.case, rows, e)
        for e in examples
        if e.labels["mv"]
        for _ in range(OWN_WEIGHT if e.source.startswith("own") else 1)
    ]
    torch.manual_seed(seed)
    net = twin.Twin(len(table.words), len(table.pairs), table.vectors)
    return twin.fit(net, encoded, twin.Course(epochs=EPOCHS, seed=seed), tell)


def texts(args: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """All texts whose words count. Conversations of the file to leave out are left out."""
    left_out = set()
    if args.leave_out:
        left_out = {json.loads(line)["id"] for line in args.leave_out.open(encoding="utf-8")}
    talks = {"-".join(name.split("-")[:2]) for name in left_out if name.startswith("cucom")}
    for example in data.own():
        yield from ((text, vocabulary.OWN_COUNTS) for text in (example.case.draft, *_said(example)))
    if args.cucom:
        with gzip.open(args.cucom, "rt", encoding="utf-8") as file:
            for talk in map(json.loads, file):
                if f"cucom-{talk['id']}" not in talks:
                    yield from ((turn["content"], 1) for turn in talk["turns"])
    for example in data.public(None, args.tau, labels="tau*"):
        yield from ((text, 1) for text in (example.case.draft, *_said(example)[-1:]))


def _said(example: data.Example) -> list[str]:
    return [turn.content for turn in example.case.turns]


def arguments() -> argparse.Namespace:
    """Where the public texts are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cucom", type=Path, help="CuCom e-commerce v0.1, one conversation a line, gzip")
    parser.add_argument("--tau", type=Path, help="tau-bench airline trajectories of gpt-4o, one a line, gzip")
    parser.add_argument("--leave-out", type=Path, help="a labelled file whose conversations must not be seen")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument(
        "--keep", type=Path, help="where all scores of unseen replies are kept, to look closer"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
