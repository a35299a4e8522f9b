"""A suite's file is read strictly."""

from pathlib import Path

import pytest

from guard.errors import EvalError
from guard.evaluation.demands import NonInferior
from guard.evaluation.suite import load, parse
from tests.runs import HEADER, VERDICT, suite

SHIPPED = Path(__file__).parent.parent / "evals" / "suites" / "release.yaml"
GATES = f"gates:\n  - {VERDICT}\n"


def test_the_shipped_suite_is_readable_and_finds_its_cases() -> None:
    shipped = load(SHIPPED)

    assert shipped.name == "release"
    assert shipped.case_files(SHIPPED.parent.parent)
    assert {"non_inferior", "most_failures", "kappa_at_least"} <= {gate.kind for gate in shipped.gates}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEADER + "sead: 1\n" + GATES, "s.yaml:5: sead: "),
        (
            HEADER + "run: {at_once: {start: 9, most: 3}}\n" + GATES,
            "s.yaml:5: run.at_once: start is more than most",
        ),
        (HEADER + "run: {error_rate: often}\n" + GATES, "s.yaml:5: run.error_rate: "),
        (HEADER + "gates: []\n", "s.yaml:5: gates: "),
        (HEADER + "gates:\n  - {kind: best, metric: x}\n", "s.yaml:6: gates.0: "),
        (HEADER + GATES.replace("margin", "margins"), "s.yaml:6: gates.0.non_inferior."),
        (HEADER + GATES.replace("verdict_right", "verdict_rite"), "s.yaml:6: gates.0.non_inferior.metric: "),
        (HEADER + GATES.replace("0.05", "0.0"), "s.yaml:6: gates.0.non_inferior.margin: "),
        (HEADER + GATES.replace("}", ", least: 1}"), "s.yaml:6: gates.0.non_inferior.least: "),
        (
            HEADER + GATES.replace("}", ", slice: {tongue: es}}"),
            "s.yaml:6: gates.0.non_inferior.slice.tongue",
        ),
        (
            HEADER + GATES.replace("}", ", slice: {language: es}, each: language}"),
            "s.yaml:6: gates.0.non_inferior: each",
        ),
        (HEADER.replace("release/*.jsonl", "../x.jsonl") + GATES, "s.yaml:2: cases: names a place below"),
        (HEADER.replace("baselines/", "/baselines/") + GATES, "s.yaml:3: baseline: names a place below"),
        (HEADER + "mutations: [typo, typo]\n" + GATES, "s.yaml:5: mutations: names something twice"),
        (HEADER + "splits: [test]\n" + GATES, "s.yaml:5: splits.0: "),
        (HEADER + "name: other\n" + GATES, "s.yaml:5: 'name' is there twice"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(EvalError) as caught:
        parse(text, "s.yaml")

    assert str(caught.value).startswith(told)


def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_gates_may_change_without_another_digest_and_cases_may_not() -> None:
    one = suite(VERDICT)

    assert suite(VERDICT.replace("0.05", "0.1")).digest == one.digest
    assert suite(VERDICT, more="run: {usd: 3}\n").digest == one.digest
    assert suite(VERDICT, more="epochs: 3\n").digest != one.digest


def test_a_pattern_that_finds_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    with pytest.raises(EvalError, match="finds no file"):
        suite(VERDICT).case_files(tmp_path)

    (tmp_path / "release" / "a.jsonl").touch()
    assert [path.name for path in suite(VERDICT).case_files(tmp_path)] == ["a.jsonl"]


@pytest.mark.parametrize("name", ["release", "model"])
def test_the_shipped_suites_demand_a_verdict_and_kept_facts(name: str) -> None:
    gates = load(Path(__file__).parent.parent / "evals" / "suites" / f"{name}.yaml").gates

    assert {(g.kind, g.metric) for g in gates} >= {
        ("non_inferior", "judged"),
        ("rate_at_most_failing", "judged"),
        ("non_inferior", "facts_kept"),
    }


@pytest.mark.parametrize("name", ["release", "model"])
def test_the_shipped_suites_have_a_gate_for_everything_that_a_rewrite_is_held_against(name: str) -> None:
    gates = load(Path(__file__).parent.parent / "evals" / "suites" / f"{name}.yaml").gates

    assert {g.metric for g in gates} >= {
        "nothing_invented",
        "no_forbidden_promise",
        "actions_right",
        "facts_kept",
        "rewritten_where_possible",
        "step_given",
        "warmth_bounded",
    }


def test_a_gate_has_its_defaults() -> None:
    gate = suite(VERDICT).gates[0]

    assert isinstance(gate, NonInferior)
    assert (gate.alpha, gate.least, gate.on_inconclusive) == (0.05, 30, "exit")
