"""The cases that we wrote: readable, labelled in the guide's words, one label for every sentence."""

import json
from collections import Counter
from pathlib import Path

import pytest

from guard import Case
from guard.assessment import MOVES, NEEDS, SIGNALS, STEPS
from guard.judging.sentences import split

EVALS = Path(__file__).parent.parent / "evals"
FILES = sorted((EVALS / "cases").glob("*.jsonl"))


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def faults(labels: dict[str, list[int] | list[str] | str], sentences: int) -> list[str]:
    """What is wrong with one reading of a draft of so many sentences."""
    moves = labels["mv"]
    places = {name: [n for n in labels[name] if isinstance(n, int)] for name in ("emp", "st", "unb")}
    rules = {
        "a move for every sentence": len(moves) == sentences,
        "moves of the guide": set(moves) <= set(MOVES),
        "a need of the guide": labels["need"] in NEEDS,
        "signals of the guide": set(labels["sig"]) <= set(SIGNALS),
        "four dimensions from 0 to 3": len(labels["w"]) == 4 and set(labels["w"]) <= {0, 1, 2, 3},
        "places of sentences": all(0 <= n < sentences for found in places.values() for n in found),
        "steps are steps": all(moves[n] in STEPS for n in places["st"]),
        "no step without a need": labels["need"] != "none" or not places["st"],
    }
    return [rule for rule, kept in rules.items() if not kept]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_is_readable_and_labelled_in_the_guides_words(path: Path) -> None:
    wrong = {}
    for line in lines(path):
        one = Case.from_record(line)
        labels = line["labels"]
        assert isinstance(labels, dict)
        if found := faults(labels, len(split(one.draft))) or (one.turns[-1].role != "customer" and ["asks"]):
            wrong[one.id] = found

    assert wrong == {}


def test_every_case_has_an_id_of_its_own_and_there_are_enough_of_them() -> None:
    ids = Counter(line["id"] for path in FILES for line in lines(path))

    assert len(ids) >= 400
    assert ids.most_common(1)[0][1] == 1


@pytest.mark.parametrize("path", sorted((EVALS / "judge").rglob("*.jsonl")), ids=lambda path: path.stem)
def test_labels_of_public_texts_hold_no_text(path: Path) -> None:
    for line in lines(path):
        assert set(line) <= {"id", "need", "mv", "emp", "st", "unb", "w", "sig", "def"}
