"""The judge and people, people and people."""

from json import dumps
from pathlib import Path

import pytest

from guard.errors import EvalError
from guard.evaluation.agreement import AUTHOR, JUDGE, Label, agree, parse
from guard.evaluation.results import Run
from guard.outcome import Verdict
from tests.runs import line, run

SECOND = Path(__file__).parent.parent / "evals" / "labels"


def label(case: str, verdict: Verdict = "ok", *, reader: str = "b", digest: str | None = None) -> Label:
    return Label(
        case=case,
        digest=digest,
        reader=reader,
        verdict=verdict,
        owner="ai",
        concrete_step=verdict == "ok",
        need="action",
    )


def judged() -> Run:
    """100 cases, 40 not ok by the author; the judge misses 10 of these and takes 6 good ones for bad."""
    return run(
        line(
            f"c{n}",
            labelled=("no_action" if n < 40 else "ok", "ai"),
            seen=("no_action" if 10 <= n < 46 else "ok", "ai"),
        )
        for n in range(100)
    )


def test_the_shipped_labels_can_be_read() -> None:
    files = sorted(SECOND.glob("*.jsonl"))

    assert files
    assert all(parse(path.read_text(encoding="utf-8"), path.name) for path in files)


def test_the_judge_is_weighed_as_a_test_of_what_is_not_ok() -> None:
    (found,) = agree(judged(), []).screened

    assert (found.reader, found.not_ok, found.ok) == (AUTHOR, 40, 60)
    assert (found.sensitivity, found.specificity, found.shown) == (0.75, 0.9, 0.36)
    assert found.corrected == pytest.approx(0.4)
    assert found.interval
    assert found.interval.low < 0.4 < found.interval.high


def test_what_a_mutation_made_of_a_case_has_no_reader() -> None:
    told = run([line("a"), line("a~typos", mutation="typos", family="a")])

    assert {one.kappa.cases for one in agree(told, []).with_judge} == {1}


def test_judge_author_and_readers_are_held_against_one_another() -> None:
    second = [label(f"c{n}", "no_action" if n < 38 else "ok") for n in range(80)]

    found = agree(judged(), second)

    pairs = {(one.one, one.other, one.of): one.kappa for one in (*found.with_judge, *found.between)}
    assert {key[:2] for key in pairs} == {(JUDGE, AUTHOR), (JUDGE, "b"), (AUTHOR, "b")}
    assert pairs[AUTHOR, "b", "verdict"].cases == 80
    with_author, with_judge = pairs[AUTHOR, "b", "verdict"].value, pairs[JUDGE, "b", "verdict"].value
    assert with_author
    assert with_judge
    assert with_author > 0.9 > with_judge
    assert pairs[AUTHOR, "b", "owner"].value is None


def test_two_readers_are_compared_on_all_that_they_labelled() -> None:
    both = [
        label(f"c{n}", "ok" if n % 3 else "no_action", reader=reader)
        for n in range(30)
        for reader in ("b", "c")
    ]

    found = [one for one in agree(judged(), both).between if (one.one, one.other) == ("b", "c")]

    assert [one.of for one in found] == ["verdict", "owner", "concrete_step", "need"]
    assert found[0].kappa.value == 1


def test_a_label_of_another_text_is_stale_and_one_of_no_case_is_unknown() -> None:
    found = agree(judged(), [label("c1", digest="old"), label("c2", digest="d"), label("nowhere")])

    assert (found.stale, found.unknown) == (("c1",), ("nowhere",))


def test_a_draft_that_nobody_could_judge_counts_as_not_ok() -> None:
    told = run(
        [line("a", seen=(None, None)), line("b"), line("c", labelled=("no_action", "ai"), seen=(None, None))]
    )

    (found,) = agree(told, []).screened

    assert (found.sensitivity, found.specificity) == (1, 0.5)


GOOD = {"case": "a", "reader": "b", "verdict": "ok", "owner": "ai", "concrete_step": True, "need": "action"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({**GOOD, "verdict": "fine"}, "f.jsonl:2: verdict: "),
        ({**GOOD, "mood": 1}, "f.jsonl:2: mood: "),
        ({**GOOD, "reader": "judge"}, "f.jsonl:2: reader: 'judge' is taken"),
        (GOOD, "f.jsonl:2: b read a at line 1 too"),
    ],
)
def test_a_label_that_cannot_be_read_is_refused_with_its_line(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(EvalError) as caught:
        parse(f"{dumps(GOOD)}\n{dumps(wrong)}\n", "f.jsonl")

    assert str(caught.value).startswith(told)
