"""Every command of `compassion-guard eval`, on a small suite, with its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from guard.evaluation.mutations import MUTATIONS
from tests.managing import Manager, told
from tests.readings import answer, reading
from tests.stub import Stub
from tests.suites import ALL, EMPTY, GOOD, evals, labelled

ROOT = Path(__file__).parent.parent


@pytest.fixture
def desk(tmp_path: Path) -> Manager:
    """A suite with four cases and no run."""
    found = Manager(tmp_path)
    evals(found.evals)
    return found


def run_of(desk: Manager, *more: str) -> dict[str, object]:
    code, said = desk.eval("run", "small", "--json", *more)
    assert code in {0, 4}, said
    found = json.loads(said)
    assert isinstance(found, dict)
    return found


def test_the_command_knows_them_all() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "guard", "eval", "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )

    for name in (
        "run",
        "gate",
        "compare",
        "view",
        "bless",
        "aa",
        "power",
        "agree",
        "mutate",
        "validate",
        "schema",
    ):
        assert name in done.stdout


def test_an_error_of_ours_is_one_line_and_wrong_usage(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "guard", "eval", "run", "none", "--evals", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("compassion-guard: ")
    assert done.stderr.count("\n") == 1
    assert "there is no such suite" in done.stderr


def test_the_schema_in_the_repository_is_the_one_that_is_printed() -> None:
    code, said = told("schema")

    assert code == 0
    assert said == (ROOT / "evals" / "schema" / "case.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["release", "model"])
def test_the_shipped_suites_are_valid(name: str) -> None:
    code, said = told("validate", name, "--evals", str(ROOT / "evals"), "--json")

    assert code == 0, said
    found = json.loads(said)
    assert found["cases"] - found["mutations"] == 416
    assert (found["mutations"] > 0) is (name == "release")
    assert found["leaks"] == []


def test_validate_counts_what_there_is(desk: Manager) -> None:
    code, said = desk.eval("validate", "small", "--json")

    found = json.loads(said)
    assert code == 0
    assert (found["cases"], found["families"], found["recordings"]) == (4, 4, 0)
    assert found["slices"]["verdict=synthetic_empathy"] == 3


def test_a_line_that_means_nothing_is_named_with_its_place(desk: Manager) -> None:
    evals(desk.evals, GOOD, labelled("bad", verdict="fine"))

    code, said = desk.eval("validate", "small")

    assert code == 2
    assert "cases.jsonl:2: expect.verdict" in said


def test_the_mutations_are_listed_and_shown(desk: Manager) -> None:
    code, said = desk.eval("mutate", "small", "--list", "--json")
    listed = [json.loads(line) for line in said.splitlines()]

    assert code == 0
    assert [one["name"] for one in listed] == list(MUTATIONS)

    code, said = desk.eval("mutate", "small", "--show", "sympathy_padding")
    assert code == 0
    assert {json.loads(line)["id"] for line in said.splitlines()} == {
        f"{name}~sympathy_padding" for name in ("empty", "gap", "person")
    }


def test_a_run_tells_what_it_found_and_where_it_is(desk: Manager) -> None:
    found = run_of(desk)

    assert found["complete"] is True
    assert found["errors"] == 0
    facts = found["facts"]
    assert isinstance(facts, dict)
    assert facts["verdict_right"] == [4, 4]
    assert Path(str(found["folder"])).parent == desk.runs


def test_some_cases_alone_are_a_run_that_no_gate_takes(desk: Manager) -> None:
    assert run_of(desk, "--where", "verdict=ok")["lines"] == 1
    assert desk.eval("gate", "small")[0] == 4
    code, said = desk.eval("run", "small", "--where", "tongue=en")
    assert code == 2
    assert "no such slice" in said


def test_the_gate_writes_a_page_junit_and_a_summary(
    desk: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_of(desk)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    files = {name: tmp_path / name for name in ("page.html", "junit.xml", "summary.md")}

    code, said = desk.eval(
        "gate",
        "small",
        "--explain",
        "--html",
        str(files["page.html"]),
        "--junit",
        str(files["junit.xml"]),
        "--summary-md",
        str(files["summary.md"]),
    )

    assert code == 0, said
    assert "bad_caught" in said
    assert "GATE PASS" in said
    assert "<!doctype html>" in files["page.html"].read_text(encoding="utf-8")
    assert files["junit.xml"].read_text(encoding="utf-8").startswith("<?xml")
    assert files["summary.md"].read_text(encoding="utf-8") in (tmp_path / "step.md").read_text(
        encoding="utf-8"
    )


def test_a_page_is_made_of_a_run_alone(desk: Manager) -> None:
    place = Path(str(run_of(desk)["folder"]))

    code, said = desk.eval("view", place.name)

    assert (code, said.strip()) == (0, str(desk.runs / place.name / "report.html"))
    assert (desk.runs / place.name / "report.html").is_file()


def test_two_runs_stand_side_by_side(desk: Manager) -> None:
    before, after = (str(run_of(desk)["folder"]) for _ in range(2))

    code, said = desk.eval("compare", before, after, "--json")

    found = json.loads(said)
    assert code == 0
    assert (found["shared"], found["flips"], found["incomparable"]) == (4, [], [])


def test_a_run_of_other_labels_names_the_case_that_changed(desk: Manager) -> None:
    before = str(run_of(desk)["folder"])
    evals(desk.evals, *ALL[:-1])
    after = str(run_of(desk)["folder"])

    found = json.loads(desk.eval("compare", before, after, "--json")[1])

    assert found["left"] == ["person"]
    code, _ = desk.eval("aa", "small", "--of", before, "--of", after)
    assert code == 2


def test_the_same_thing_twice_flips_nothing(desk: Manager) -> None:
    code, said = desk.eval("aa", "small", "--json")

    found = json.loads(said)
    assert code == 0
    assert {one["flag"]: one["rate"] for one in found}["verdict_right"] == 0
    assert all(one["rate"] == 0 for one in found)


def test_power_says_what_a_suite_can_show() -> None:
    code, said = told("power", "--n", "400", "--sims", "200", "--json")

    found = json.loads(said)
    assert code == 0
    assert found["same"]["passes"] > 0.9
    assert found["worse"]["fails"] > 0.9


def test_readers_are_held_against_the_judge(desk: Manager) -> None:
    run_of(desk)
    (desk.evals / "labels").mkdir()
    (desk.evals / "labels" / "second.jsonl").write_text(
        "".join(
            json.dumps(
                {
                    "case": id,
                    "reader": "second",
                    "need": "action",
                    "concrete_step": id == "good",
                    "verdict": verdict,
                    "owner": "ai",
                }
            )
            + "\n"
            for id, verdict in (("good", "ok"), ("empty", "synthetic_empathy"), ("elsewhere", "ok"))
        ),
        encoding="utf-8",
    )

    code, said = desk.eval("agree", "small", "--json")

    found = json.loads(said)
    assert code == 0
    assert {"judge", "author", "second"} == {
        one[k] for one in found["with_judge"] + found["between"] for k in ("one", "other")
    }
    assert found["unknown"] == ["elsewhere"]


def test_recordings_that_somebody_made_elsewhere_are_taken_in(desk: Manager, tmp_path: Path) -> None:
    misses = tmp_path / "misses.jsonl"
    code, _ = desk.eval("run", "small", "--judge", "llm", "--case", "good", "--misses", str(misses))
    asked = json.loads(misses.read_text(encoding="utf-8"))
    source = {"by": "ada", "model": "not known", "at": "2026-11-25T10:00:00Z", "how": "asked by hand"}
    line = {"key": asked["key"], "model": "not known", "content": "{}", "provenance": source}
    (tmp_path / "answers.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")

    assert code == 4
    code, said = desk.eval("import-recordings", str(tmp_path / "answers.jsonl"), "small")
    assert code == 0
    assert said.startswith("1 recordings are added")

    found = run_of(desk, "--judge", "llm", "--case", "good")
    assert (found["mode"], found["replayed"], found["errors"]) == ("replay", 1, 0)


def test_a_run_that_a_budget_stopped_goes_on(
    desk: Manager, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    evals(desk.evals, GOOD, EMPTY)
    monkeypatch.setenv("COMPASSION_GUARD_MODEL_URL", stub.url)
    monkeypatch.setenv("COMPASSION_GUARD_MODEL_KEY", "sk-not-to-be-seen")
    stub.answer = (200, answer(reading()))
    asked = ("--judge", "llm", "--mode", "live")

    stopped = run_of(desk, *asked, "--limit", "100")
    assert "budget" in str(stopped["stopped"])
    assert desk.eval("gate", "small")[0] == 4

    code, said = desk.eval("run", "small", "--resume", str(stopped["folder"]), "--limit", "100000", "--json")
    assert code == 0, said
    assert json.loads(said)["stopped"] is None
    assert "sk-not-to-be-seen" not in "".join(
        p.read_text(encoding="utf-8") for p in Path(str(stopped["folder"])).rglob("*") if p.is_file()
    )


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--mode", "online"), "--mode"),
        (("--judge", "human"), "--judge"),
        (("--where", "language"), "--where"),
        (("--case", "nobody"), "nobody"),
        (("--judge", "llm", "--mode", "local"), "mode local never"),
    ],
)
def test_wrong_usage_is_2_and_says_what_is_right(desk: Manager, args: tuple[str, ...], why: str) -> None:
    code, said = desk.eval("run", "small", *args)

    assert code == 2
    assert why in said
