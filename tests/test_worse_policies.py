"""What a release manager tries: a worse policy fails against the blessed baseline, the same thing again does not."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from guard.evaluation import baseline
from guard.policy import SHIPPED
from guard.prompts.lock import NAME
from tests.cases import EMPTY_SORRY
from tests.managing import PROMPTS, Manager
from tests.stub import Stub
from tests.suites import REPLACEMENT, SUITE, evals, labelled, policy

GATES = """\
  - {kind: non_inferior, metric: owner_right, margin: 0.1, least: 10}
  - {kind: non_inferior, metric: good_untouched, margin: 0.1, least: 5}
  - {kind: non_inferior, metric: human_caught, margin: 0.1, least: 5}
  - {kind: non_inferior, metric: rewritten_where_possible, margin: 0.1, least: 5}
  - {kind: most_failures, metric: warmth_bounded, value: 0, least: 5}
"""
N = 30
"""Of each kind. Where nothing changes, the interval of so many still reaches 8 points."""
CASES = (
    *(
        labelled(f"good-{n}", asked=f"My lamp came broken, order 48{n:03}. Please replace it.")
        for n in range(N)
    ),
    *(
        labelled(
            f"empty-{n}",
            EMPTY_SORRY,
            asked=f"My lamp came broken, order 49{n:03}. Please replace it.",
            more={"authority": [REPLACEMENT]},
            empathy=True,
            concrete_step=False,
            verdict="synthetic_empathy",
            decision="rewrite",
            rewrite={"must_keep": [], "must_not_promise": ["voucher"], "actions": ["replacement"]},
        )
        for n in range(N)
    ),
    *(
        labelled(
            f"person-{n}",
            f"I can send a replacement for order 50{n:03} today. Would you like that?",
            asked=f"My lamp came broken, order 50{n:03}. I want to speak to a manager, now.",
            more={"authority": [REPLACEMENT]},
            signals=["asks_for_human"],
            owner="human",
            decision="escalate",
            handoff={"reason": "human_requested", "facts": [f"50{n:03}"], "forbidden": []},
        )
        for n in range(N)
    ),
)


@pytest.fixture(scope="module")
def blessed(tmp_path_factory: pytest.TempPathFactory) -> Manager:
    """One run of the shipped policy, blessed."""
    folder = tmp_path_factory.mktemp("release")
    desk = Manager(folder)
    evals(desk.evals, *CASES)
    suite = SUITE.format(more="").partition("gates:")[0] + f"gates:\n{GATES}"
    (desk.evals / "suites" / "small.yaml").write_text(suite, encoding="utf-8")
    copytree(PROMPTS, desk.prompts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPASSION_GUARD_PROMPTS", str(desk.prompts))
        assert desk.eval("run", "small")[0] == 0
        code, told = desk.eval("gate", "small")
        assert code == 3, told
        assert desk.eval("bless", "small", "--by", "ada", "--reason", "the first one")[0] == 0
    return desk


@pytest.fixture
def desk(blessed: Manager, monkeypatch: pytest.MonkeyPatch) -> Manager:
    """The same, with the prompts that were blessed."""
    monkeypatch.setenv("COMPASSION_GUARD_PROMPTS", str(blessed.prompts))
    monkeypatch.setenv("COLUMNS", "200")
    return blessed


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """The shipped policy with these changes."""
    text = SHIPPED.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_blessed_names_who_why_and_every_case(desk: Manager) -> None:
    found = baseline.load(desk.evals / "baselines" / "small.json")

    assert found
    assert (found.blessed_by, found.reason, len(found.cases)) == ("ada", "the first one", len(CASES))
    assert found.figures.rates["human_caught"] == (N, N, N)
    assert found.figures.rates["rewritten_where_possible"] == (N, N, N)
    assert found.figures.rates["good_untouched"] == (N, N, N)
    assert (desk.prompts / NAME).is_file()


def test_the_same_thing_again_passes(desk: Manager) -> None:
    assert desk.eval("run", "small")[0] == 0

    code, told = desk.eval("gate", "small")

    assert code == 0, told
    assert "GATE PASS" in told


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        (
            (("    - asks_for_human\n", ""), ("likely_at: 0.2", "likely_at: 1.0")),
            ("owner_right", "human_caught"),
        ),
        ((("rewrites: 2", "rewrites: 0"),), ("rewritten_where_possible",)),
        (
            (("recognition_words: 18", "recognition_words: 0"), ("rewrites: 2", "rewrites: 0")),
            ("rewritten_where_possible",),
        ),
        (
            (("one_dimension_at: 3", "one_dimension_at: 1"), ("likely_at: 0.2", "likely_at: 0.0001")),
            ("good_untouched", "owner_right", "rewritten_where_possible"),
        ),
    ],
)
def test_a_worse_policy_fails_and_the_gate_that_it_breaks_is_named(
    desk: Manager, tmp_path: Path, changes: tuple[tuple[str, str], ...], fails: tuple[str, ...]
) -> None:
    assert desk.eval("run", "small", "--policy", str(changed(tmp_path, *changes)))[0] == 0

    code, told = desk.eval("gate", "small", "--json")

    assert code == 1, told
    assert {row["name"] for row in json.loads(told)["gates"] if row["found"] == "FAIL"} == set(fails)


def test_an_endpoint_that_always_fails_gives_no_verdicts_and_a_run_that_proves_nothing(
    desk: Manager, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPASSION_GUARD_MODEL_URL", stub.url)
    monkeypatch.setenv("COMPASSION_GUARD_MODEL_KEY", "sk-not-to-be-seen")
    stub.answer = (500, {"error": {"message": "down"}})
    asked = ("run", "small", "--mode", "live", "--policy", str(policy(tmp_path)))

    code, told = desk.eval(*asked)

    assert code == 4, told
    assert "ended in errors" in told
    assert "answers 500" in told or "endpoint failed" in told
    assert desk.eval("gate", "small")[0] == 4


def test_a_replay_without_recordings_proves_nothing_and_says_how_to_record(desk: Manager) -> None:
    code, told = desk.eval(
        "run", "small", "--judge", "llm", "--mode", "replay", "--case", "good-1", "--case", "good-2"
    )

    assert code == 4
    assert "2 of 2 cases have no recording: the same command with --mode record-missing" in told
    assert desk.eval("gate", "small")[0] == 4
