"""Every command of `compassion-guard eval`, on a small suite, with its exit code."""

import json
import os
import pty
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guard.evaluation import baseline
from guard.evaluation.folder import read, read_head
from guard.evaluation.mutations import MUTATIONS
from tests.managing import Manager, told
from tests.readings import answer, reading, sentence
from tests.stub import Request, Stub
from tests.suites import ALL, EMPTY, GOOD, STEP, evals, labelled

ROOT = Path(__file__).parent.parent
AUTHOR = ("-c", "user.name=ada", "-c", "user.email=ada@shop.example")


@pytest.fixture
def desk(tmp_path: Path) -> Manager:
    """A suite with four cases and no run."""
    found = Manager(tmp_path)
    evals(found.evals)
    return found


def run_of(desk: Manager, *more: str) -> dict[str, object]:
    code, said = desk.eval("run", "small", "--json", *more)
    assert code in {0, 4}, said
    found = json.loads(said.splitlines()[-1])  # what is told of the run goes before it, to stderr
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
        "frontier",
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


def test_cases_that_cannot_be_used_are_refused_on_one_line(tmp_path: Path) -> None:
    found = Manager(tmp_path)
    evals(found.evals, GOOD, GOOD, {**EMPTY, "twin": "nobody"})

    code, said = found.eval("run", "small")

    assert code == 2
    assert "the id is there twice" in said
    assert "its twin nobody is not there" in said
    assert "\n" not in said.strip()


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
    assert json.loads(said.splitlines()[-1])["stopped"] is None
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


@pytest.fixture
def model(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """A model that sees nothing in any draft."""
    monkeypatch.setenv("COMPASSION_GUARD_MODEL_URL", stub.url)
    monkeypatch.setenv("COMPASSION_GUARD_MODEL_KEY", "k")
    stub.answer = (200, answer(reading()))
    return stub


def prompts(folder: Path, before: str = "", after: str = "") -> Path:
    """The shipped prompts with one edit."""
    shutil.copytree(ROOT / "prompts", folder)
    judge = folder / "judge.md"
    judge.write_text(judge.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    return folder


EDIT = ("Report the facts.", "Report all the facts.")


def test_without_names_the_newest_run_is_viewed_and_the_two_newest_are_compared(desk: Manager) -> None:
    code, said = desk.eval("view")
    assert code == 2
    assert "Make one: compassion-guard eval run" in said
    first, second, third = (Path(str(run_of(desk)["folder"])).name for _ in range(3))

    assert desk.eval("view")[1].strip() == str(desk.runs / third / "report.html")
    found = json.loads(desk.eval("compare", "--json")[1])
    assert (found["before"], found["after"]) == (second, third)
    found = json.loads(desk.eval("compare", first, "--json")[1])
    assert (found["before"], found["after"]) == (first, third)
    assert desk.eval("compare", "--suite", "small")[0] == 0


def test_the_two_newest_are_of_one_suite(desk: Manager) -> None:
    suites = desk.evals / "suites"
    text = (suites / "small.yaml").read_text(encoding="utf-8")
    (suites / "other.yaml").write_text(text.replace("name: small", "name: other"), encoding="utf-8")
    first = Path(str(run_of(desk)["folder"])).name
    assert desk.eval("run", "other")[0] == 0
    last = Path(str(run_of(desk)["folder"])).name

    found = json.loads(desk.eval("compare", "--json")[1])

    assert (found["before"], found["after"]) == (first, last)
    assert desk.eval("compare", "--suite", "other")[0] == 2


def test_the_frontier_says_which_runs_no_other_one_beats(desk: Manager, model: Stub, tmp_path: Path) -> None:
    own = Path(str(run_of(desk)["folder"]))
    asked = Path(str(run_of(desk, "--judge", "llm", "--mode", "live")["folder"]))
    page = tmp_path / "page.html"

    code, said = desk.eval("frontier", str(own), asked.name, "--json", "--html", str(page))

    found = json.loads(said)
    assert code == 0
    points = {point["name"]: point for point in found["points"]}
    assert points[own.name]["best"] is True
    assert points[own.name]["tokens"] == 0
    assert points[asked.name]["best"] is False
    assert points[asked.name]["tokens"] > 100_000
    assert points[own.name]["missed"] == 0
    assert "Cost against quality" in page.read_text(encoding="utf-8")
    code, said = desk.eval("frontier", own.name, asked.name)
    assert code == 0
    assert f"*{own.name}" in said


def test_the_frontier_takes_only_whole_runs_of_one_suite(desk: Manager) -> None:
    whole = str(run_of(desk)["folder"])
    part = str(run_of(desk, "--case", "good")["folder"])

    assert "is not whole (only 1 of" in desk.eval("frontier", whole, part)[1]
    evals(desk.evals, *ALL, more="epochs: 2")
    code, said = desk.eval("frontier", whole)
    assert code == 2
    assert "is not of suite small as it is" in said


def test_recording_says_which_file_grew_and_what_to_do_with_it(desk: Manager, model: Stub) -> None:
    asked = ("run", "small", "--judge", "llm", "--mode", "record-missing")

    code, said = desk.eval(*asked)
    path = desk.evals / "recordings" / "small.jsonl"
    grown = len(path.read_text(encoding="utf-8").splitlines())

    assert code == 0, said
    assert said.startswith("A model is asked: ≈ 4 requests, ≈ ")
    assert f"{path} has grown by {grown} recordings. Commit it" in said
    code, said = desk.eval(*asked)
    assert "has grown" not in said
    assert "A model is asked" not in said
    assert f"{grown} answers of model stub" in said


def test_two_prompts_are_answered_by_one_model_and_the_gate_compares_them(
    desk: Manager, model: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = prompts(tmp_path / "old")
    monkeypatch.setenv("COMPASSION_GUARD_PROMPTS", str(prompts(tmp_path / "new", *EDIT)))

    found = run_of(desk, "--judge", "llm", "--against", str(old))
    place = Path(str(found["folder"]))
    told = json.loads(desk.eval("gate", "small", "--json")[1])

    assert (found["mode"], found["replayed"]) == ("live", 0)
    assert read_head(place / "against").prompts_of == str(old)
    assert told["notes"][0].startswith(f"Compared with the prompts of {old} (judge@")
    assert not (desk.evals / "recordings").exists()
    asked = [EDIT[1] in request.body.decode() for request in model.requests]
    assert sum(asked) == len(asked) / 2
    assert {p.name for p in desk.runs.iterdir()} == {place.name}
    assert told["exit_code"] == 0
    assert desk.eval("bless", "small", "--by", "ada", "--reason", "our own model")[0] == 0
    blessed = baseline.load(desk.evals / "baselines" / "small.json")
    assert blessed is not None
    assert (blessed.models, blessed.accepted_regression) == (("stub",), False)
    code, said = desk.eval("compare", str(place / "against"), place.name)
    assert code == 0, said
    assert f"{place.name} beside against" in said


def test_a_run_beside_that_was_stopped_goes_on_with_both(
    desk: Manager, model: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = prompts(tmp_path / "old")
    monkeypatch.setenv("COMPASSION_GUARD_PROMPTS", str(prompts(tmp_path / "new", *EDIT)))
    stopped = run_of(desk, "--judge", "llm", "--against", str(old), "--limit", "100")
    assert stopped["complete"] is False
    assert desk.eval("gate", "small")[0] == 4

    code, said = desk.eval("run", "--resume", str(stopped["folder"]), "--limit", "100000", "--json")

    assert code == 0, said
    place = Path(str(stopped["folder"]))
    assert all(read(one).complete for one in (place, place / "against"))


def test_prompts_beside_are_of_a_commit_too_and_an_edit_that_reaches_no_message_is_replayed(
    desk: Manager, model: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = prompts(tmp_path / "prompts")
    for words in (("init", "-q"), ("add", "."), (*AUTHOR, "commit", "-qm", "x")):
        subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)
    monkeypatch.setenv("COMPASSION_GUARD_PROMPTS", str(place))
    run_of(desk, "--judge", "llm", "--mode", "record-missing")
    asked = model.calls
    judge = place / "judge.md"
    judge.write_text(
        judge.read_text(encoding="utf-8").replace("{% block user %}", "{# why #}{% block user %}"),
        encoding="utf-8",
    )

    found = run_of(desk, "--judge", "llm", "--against", "git:HEAD")
    told = json.loads(desk.eval("gate", "small", "--json")[1])

    assert (found["mode"], found["complete"], model.calls) == ("replay", True, asked)
    assert found["replayed"] == found["calls"]
    assert told["notes"][0].startswith("Compared with the prompts of git:")
    assert told["exit_code"] != 4


def test_a_gate_rules_on_no_prompt_that_its_run_did_not_see_named_or_not(
    desk: Manager, model: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = prompts(tmp_path / "prompts")
    monkeypatch.setenv("COMPASSION_GUARD_PROMPTS", str(place))
    found = run_of(desk, "--judge", "llm", "--mode", "live")
    judge = place / "judge.md"
    judge.write_text(judge.read_text(encoding="utf-8").replace(*EDIT), encoding="utf-8")

    code, said = desk.eval("gate", "small")

    assert code == 4
    assert "Prompts were edited since the run (judge)" in said
    code, said = desk.eval("gate", "small", "--run", str(found["folder"]))
    assert code == 4
    assert "Prompts were edited since the run (judge)" in said


def test_a_run_can_be_compared_with_any_other_in_place_of_a_baseline(desk: Manager) -> None:
    before = Path(str(run_of(desk)["folder"])).name
    run_of(desk)

    told = json.loads(desk.eval("gate", "small", "--baseline", before, "--json")[1])

    assert told["notes"][0].startswith(f"Compared with {before} (no prompt differs)")


def test_recordings_of_anybody_are_no_answers_of_the_one_model_that_two_prompts_need(desk: Manager) -> None:
    code, said = desk.eval(
        "run", "small", "--judge", "llm", "--mode", "record-missing", "--against", "git:HEAD"
    )

    assert code == 2
    assert "Leave --mode record-missing out" in said


def test_the_command_that_names_all_flips_works_as_it_is_printed(
    desk: Manager, model: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def route(request: Request) -> tuple[int, dict[str, object]]:
        edited = EDIT[1] in request.body.decode()
        said = [sentence(STEP, "filler" if edited else "offer", step=not edited)]
        return 200, answer(reading(sentences=said))

    evals(
        desk.evals, *(labelled(f"good-{n:02}", asked=f"My lamp came broken, order {n}.") for n in range(14))
    )
    model.route = route
    monkeypatch.setenv("COMPASSION_GUARD_PROMPTS", str(prompts(tmp_path / "new", *EDIT)))
    run_of(desk, "--judge", "llm", "--against", str(prompts(tmp_path / "old")))

    said = desk.eval("gate", "small")[1].splitlines()
    at = said.index("  and 2 more:")
    words = shlex.split(said[at + 1])
    code, flips = told(*words[2:])

    assert words[:3] == ["compassion-guard", "eval", "compare"]
    assert code == 0, flips
    assert {line.split()[-1] for line in flips.splitlines()} == {f"good-{n:02}" for n in range(14)}


@pytest.mark.parametrize("gone", ["against/head.json", "against"])
def test_a_run_whose_other_side_is_gone_proves_nothing_and_no_baseline_takes_its_place(
    desk: Manager, model: Stub, tmp_path: Path, gone: str
) -> None:
    place = Path(str(run_of(desk, "--judge", "llm", "--against", str(prompts(tmp_path / "old")))["folder"]))
    lost = place / gone
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()

    code, said = desk.eval("gate", "small")

    assert code == 4
    assert "the run that was made beside this one is gone" in " ".join(said.split())


def test_a_price_that_is_given_is_told_before_anybody_is_asked(desk: Manager, model: Stub) -> None:
    asked = ("run", "small", "--judge", "llm", "--mode", "live", "--usd-in", "100")

    code, said = desk.eval(*asked, "--usd-out", "200", "--json")

    assert code == 0, said
    assert "k tokens (≈ $" in said.splitlines()[0]
    assert json.loads(said.splitlines()[-1])["usd"] > 0
    code, said = desk.eval(*asked)
    assert code == 2
    assert "belong together" in said


def test_a_person_who_says_no_asks_nobody_and_is_told_so(desk: Manager, model: Stub) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"n\n")
    words = ("eval", "run", "small", "--judge", "llm", "--mode", "live", "--evals", str(desk.evals))

    done = subprocess.run(
        [sys.executable, "-m", "guard", *words, "--runs", str(desk.runs)],
        stdin=theirs,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 2, done.stderr
    assert done.stderr.endswith("Nobody was asked, and nothing was run.\n")
    assert model.calls == 0
    assert not desk.runs.exists()


def test_a_folder_that_cannot_be_written_is_named(desk: Manager, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    code, said = told("run", "small", "--evals", str(desk.evals), "--runs", str(tmp_path / "file"))

    assert code == 2
    assert str(tmp_path / "file") in said
    assert "cannot be written" in said
