"""A run: every case once, errors that are no verdicts, limits that hold, and a kill that loses nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import httpx2
import pytest

from guard import Case, Guard
from guard.errors import EvalError
from guard.evaluation.folder import Folder, read
from guard.evaluation.prepare import Prepared
from guard.evaluation.results import Result, Run
from guard.evaluation.run import turn_about
from guard.outcome import Outcome
from guard.settings import PREFIX
from tests.cases import EMPTY_SORRY
from tests.readings import answer, reading, sentence
from tests.stub import Request, Stub, completion
from tests.suites import ALL, GAP, GOOD, PERSON, STEP, course, evals, labelled, made, policy, ready

ROOT = Path(__file__).parent.parent


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return evals(tmp_path / "evals")


@pytest.fixture
def model(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """A model that reads every draft rightly."""
    monkeypatch.setenv(f"{PREFIX}MODEL_URL", stub.url)
    monkeypatch.setenv(f"{PREFIX}MODEL_KEY", "sk-0123456789abcdefghij")
    stub.route = _read
    return stub


def _read(request: Request) -> tuple[int, dict[str, object]]:
    body = request.body.decode()
    step = [sentence("I can send a replacement today.", "offer", step=True)]
    sorry = [sentence(s, "empathy", kind="apology") for s in EMPTY_SORRY.split(". ")]
    return 200, answer(reading(sentences=step if "I can send a replacement today." in body else sorry))


def by_case(found: Run) -> dict[str, Result]:
    assert len({r.case for r in found.results}) == len(found.results)
    return {r.case: r for r in found.results}


def lines(place: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (place / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def broken_off(prepared: Prepared, place: Path, after: int) -> Run:
    """A run that somebody stops by Ctrl-C after so many lines."""
    heard = count(1)

    def told(_: Result) -> None:
        if next(heard) == after:
            raise KeyboardInterrupt

    return turn_about([course(prepared, place)], plan=prepared.suite.run, told=told)[0]


def test_every_case_is_judged_once_and_scored(here: Path, tmp_path: Path) -> None:
    found = made(ready(here), tmp_path / "run")

    told = by_case(found)
    assert list(told) == ["good", "empty", "gap", "person"]
    assert found.complete
    assert told["good"].flags["good_untouched"]
    assert told["empty"].flags["rewritten_where_possible"]
    assert told["gap"].flags["handoff_facts_there"]
    assert told["person"].flags["human_caught"]
    assert told["person"].seen is not None
    assert told["person"].seen.reason == "human_requested"
    assert not any(r.asked_model for r in found.results)


def test_the_folder_reads_back_as_the_run_and_keeps_no_handoff(here: Path, tmp_path: Path) -> None:
    found = made(ready(here), tmp_path / "run")

    assert read(tmp_path / "run") == found
    assert {p.name for p in (tmp_path / "run").iterdir()} == {"head.json", "results.jsonl", "end.json"}


def test_handoffs_of_a_run_never_reach_the_store_of_the_environment(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "production.db"
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", f"sqlite:///{store}")

    made(ready(here), tmp_path / "run")

    assert not store.exists()


def test_a_policy_that_only_observes_is_evaluated_as_if_it_acted(here: Path, tmp_path: Path) -> None:
    by = policy(tmp_path, judge="local")
    by.write_text(by.read_text(encoding="utf-8").replace("mode: enforce", "mode: observe"), encoding="utf-8")

    assert by_case(made(ready(here, policy=by), tmp_path / "run"))["person"].flags["human_caught"]


def test_mutations_and_epochs_are_lines_of_their_own(tmp_path: Path) -> None:
    here = evals(tmp_path / "evals", GOOD, more="epochs: 2\nmutations: [polite, only_sympathy]")

    found = made(ready(here), tmp_path / "run")

    assert [(r.case, r.epoch) for r in found.results] == [
        (case, epoch) for case in ("good", "good~polite", "good~only_sympathy") for epoch in (0, 1)
    ]
    assert [r.flags.get("mutation_held") for r in found.results] == [None, None, True, True, True, True]


def test_some_cases_alone_are_no_run_of_the_suite(here: Path, tmp_path: Path) -> None:
    found = made(ready(here, cases=("good", "gap")), tmp_path / "run")

    assert list(by_case(found)) == ["good", "gap"]
    assert not found.complete
    assert found.stopped == "only 2 of the suite's 4 cases were asked for"


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(here: Path, tmp_path: Path) -> None:
    place = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        broken_off(ready(here), place, after=2)
    before = lines(place)
    assert not read(place).complete
    assert "--resume" in (read(place).stopped or "")

    found = made(ready(here), place)

    assert found.complete
    assert len(by_case(found)) == 4
    assert lines(place)[: len(before)] == before
    assert len(lines(place)) == 4


def test_a_torn_last_line_is_run_again(here: Path, tmp_path: Path) -> None:
    place = tmp_path / "run"
    whole = made(ready(here), place)
    path = place / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert len(read(place).results) == 3

    found = made(ready(here), place)

    assert [(r.case, r.flags) for r in found.results] == [(r.case, r.flags) for r in whole.results]
    assert len(lines(place)) == 4


@pytest.mark.parametrize(
    ("change", "named"), [({"epochs": 2}, "epochs"), ({"seed": 2}, "suite_digest, seed"), ({}, "dataset")]
)
def test_a_folder_of_another_run_is_refused(
    here: Path, tmp_path: Path, change: dict[str, int], named: str
) -> None:
    made(ready(here), tmp_path / "run")
    if not change:
        evals(here, *ALL[:3])
    suite = (here / "suites" / "small.yaml").read_text(encoding="utf-8")
    for key, value in change.items():
        suite = suite.replace("seed: 1", f"seed: {value}") if key == "seed" else f"{suite}{key}: {value}\n"
    (here / "suites" / "small.yaml").write_text(suite, encoding="utf-8")

    with pytest.raises(EvalError, match=rf"began with another .*{named}"):
        made(ready(here), tmp_path / "run")


def test_a_run_that_was_killed_goes_on_and_has_every_case_once(tmp_path: Path) -> None:
    ids = [f"case-{n:03}" for n in range(400)]
    here = evals(tmp_path / "evals", *(labelled(id, f"{STEP} ({id})") for id in ids))
    command = [sys.executable, "-m", "guard", "eval", "run", "small", "--evals", str(here), "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL)
    place = _until_so_many_lines(tmp_path / ".guard" / "runs", 40, running)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    survived = {line["case"] for line in lines(place)[:-1]}
    assert 40 <= len(survived) + 1 < 400

    resumed = subprocess.run(
        [*command, "--resume", str(place)], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )

    assert resumed.returncode == 0, resumed.stderr
    found = read(place)
    assert found.complete
    assert [r.case for r in found.results] == ids
    assert len(lines(place)) == 400
    assert survived <= {r.case for r in found.results}
    assert [p.name for p in place.glob("home-*")] == []


def _until_so_many_lines(runs: Path, n: int, running: "subprocess.Popen[bytes]") -> Path:
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        for path in runs.glob("*/results.jsonl"):
            if path.read_bytes().count(b"\n") >= n:
                return path.parent
    raise AssertionError("the run ended, or never began")


def test_what_breaks_in_one_case_is_its_error_and_no_verdict(here: Path, tmp_path: Path) -> None:
    prepared = ready(here)

    class Broken(Guard):
        def review(self, case: Case) -> Outcome:
            if case.id == "gap":
                raise ZeroDivisionError("by zero")
            return super().review(case)

    def make(home: Path, transport: httpx2.AsyncBaseTransport) -> Guard:
        whole = prepared.make(home, transport)
        return Broken(whole.policy, whole.settings, transport)

    told = by_case(made(replace(prepared, make=make), tmp_path / "run"))

    assert (
        told["gap"].error
        == "ZeroDivisionError: by zero. This is a fault of the guard; report it with the case."
    )
    assert (told["gap"].seen, told["gap"].flags) == (None, {})
    assert all(told[id].error is None for id in ("good", "empty", "person"))


def test_a_model_is_asked_and_what_it_took_is_told(here: Path, tmp_path: Path, model: Stub) -> None:
    found = made(ready(here, mode="live", policy=policy(tmp_path, usd_in=1.0, usd_out=2.0)), tmp_path / "run")

    good = by_case(found)["good"]
    assert (good.spent.calls, good.spent.replayed, good.spent.input_tokens, good.spent.output_tokens) == (
        1,
        0,
        100,
        20,
    )
    assert good.spent.usd == pytest.approx(140e-6)
    assert good.asked_model
    assert good.flags["verdict_right"]
    assert found.head.models == ("stub",)
    assert found.head.judge == "llm"
    assert found.head.oldest_recording is None
    assert not (here / "recordings").exists()


def test_what_was_recorded_is_replayed_to_the_same_results_without_a_network(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    by = policy(tmp_path)
    first = made(ready(here, mode="record-missing", policy=by), tmp_path / "first")
    asked = model.calls

    again = made(ready(here, policy=by), tmp_path / "again")

    assert again.head.mode == "replay"
    assert model.calls == asked
    assert again.complete
    for before, after in zip(first.results, again.results, strict=True):
        assert (after.flags, after.seen, after.reply) == (before.flags, before.seen, before.reply)
        assert after.spent.replayed == after.spent.calls == before.spent.calls
    assert again.head.oldest_recording is not None
    assert again.head.models == ("stub",)


def test_a_missing_recording_makes_the_run_worthless_and_says_what_it_would_take(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    by = policy(tmp_path)
    made(ready(here, mode="record-missing", policy=by, cases=("good", "empty")), tmp_path / "first")

    prepared = ready(here, policy=by)
    found = made(prepared, tmp_path / "again")

    assert not found.complete
    assert (found.stopped or "").startswith(
        "2 of 4 cases have no recording: the same command with --mode record-missing asks a model for them, ≈ "
    )
    missed = [r for r in found.results if r.error]
    assert [r.case for r in missed] == ["gap", "person"]
    assert all(r.seen is None and r.error == "no recording of 1 of its requests" for r in missed)
    assert len(prepared.recorder.misses) == 2


def test_a_miss_is_mended_by_recording_and_the_run_goes_on(here: Path, tmp_path: Path, model: Stub) -> None:
    by = policy(tmp_path)
    made(ready(here, policy=by), tmp_path / "run")
    made(ready(here, mode="record-missing", policy=by), tmp_path / "recording")

    found = made(ready(here, policy=by), tmp_path / "run")

    assert found.complete
    assert all(r.error is None for r in found.results)


def test_a_broken_endpoint_stops_the_run_and_gives_no_verdict(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    model.route = lambda request: (500, {"error": {"message": "down"}})

    found = made(ready(here, mode="live", policy=policy(tmp_path)), tmp_path / "run")

    assert all(r.seen is None and r.flags == {} for r in found.results)
    assert "ended in errors, more than 1.0%" in (found.stopped or "")


def test_a_model_that_cannot_even_be_asked_gives_no_verdict(
    here: Path, tmp_path: Path, model: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (f"{PREFIX}MODEL_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    found = made(ready(here, mode="live", policy=policy(tmp_path)), tmp_path / "run")

    assert model.calls == 0
    assert all(r.seen is None and (r.error or "").startswith("unavailable: ") for r in found.results)


def test_a_case_that_failed_is_tried_again_and_all_of_it_is_paid_for(tmp_path: Path, model: Stub) -> None:
    here = evals(tmp_path / "evals", GOOD)
    failing = iter([True, False])
    model.route = lambda request: (503, {"error": {"message": "busy"}}) if next(failing) else _read(request)

    found = made(ready(here, mode="live", policy=policy(tmp_path)), tmp_path / "run")

    [line] = found.results
    assert line.error is None
    assert line.flags["verdict_right"]
    assert line.spent.calls == 2


@pytest.mark.parametrize(
    ("told", "judged"),
    [
        (answer("no JSON"), False),
        (answer(None, refusal="I will not."), False),
        (answer(reading(), end="length"), False),
    ],
)
def test_an_answer_that_nobody_can_use_is_a_fact_about_the_judge_and_no_error(
    tmp_path: Path, model: Stub, told: dict[str, object], judged: bool
) -> None:
    here = evals(tmp_path / "evals", GOOD)
    model.route = lambda request: (200, told)

    [line] = made(ready(here, mode="live", policy=policy(tmp_path)), tmp_path / "run").results

    assert line.error is None
    assert line.flags["judged"] is judged
    assert "verdict_right" not in line.flags


def test_a_model_that_nobody_can_read_is_given_up_early(tmp_path: Path, model: Stub) -> None:
    here = evals(
        tmp_path / "evals",
        *(labelled(f"good-{n:02}", asked=f"My lamp came broken, order {n}.") for n in range(40)),
        more="run:\n  at_once: {start: 1, most: 1}",
    )
    model.route = lambda request: (200, completion("{}"))

    found = made(ready(here, mode="live", policy=policy(tmp_path)), tmp_path / "run")

    assert len(found.results) == 20
    assert "20 of the first 20 answers cannot be read" in (found.stopped or "")
    assert not found.complete


def test_two_runs_cannot_go_on_in_one_folder_at_once(here: Path, tmp_path: Path) -> None:
    prepared = ready(here)
    place = Folder(tmp_path / "run", prepared.head)

    with pytest.raises(EvalError, match="another run is writing here now"):
        made(prepared, tmp_path / "run")

    place.close()
    assert made(prepared, tmp_path / "run").complete


def test_a_run_that_goes_on_with_another_model_is_a_run_of_none(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    evals(here, more="run:\n  at_once: {start: 1, most: 1}")
    by, place = policy(tmp_path), tmp_path / "run"
    assert len(made(ready(here, mode="live", policy=by, tokens=100), place).results) < 4
    model.route = lambda request: (200, {**_read(request)[1], "model": "another"})

    for _ in range(2):
        found = made(ready(here, mode="live", policy=by), place)
        assert "another model" in (found.stopped or "")
        assert set(found.head.models) == {"stub", "another"}


def test_a_budget_stops_the_run_and_a_larger_one_lets_it_go_on(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    more = "run:\n  at_once: {start: 1, most: 1}"
    evals(here, more=more)
    by = policy(tmp_path)

    first = made(ready(here, mode="live", policy=by, tokens=200), tmp_path / "run")
    asked = model.calls
    again = made(ready(here, mode="live", policy=by, tokens=100_000), tmp_path / "run")

    assert not first.complete
    assert (first.stopped or "").startswith("the budget of 200 tokens is used up after 2 of 4 cases")
    assert asked == 3  # the rewrite of the second draft is read, too
    assert again.complete
    assert len(lines(tmp_path / "run")) == 4
    assert model.calls == 5


def test_whose_recordings_answered_is_in_the_head_and_survives_going_on(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    by = policy(tmp_path)
    first = made(ready(here, mode="record-missing", policy=by), tmp_path / "first")
    with pytest.raises(KeyboardInterrupt):
        broken_off(ready(here, policy=by), tmp_path / "run", after=2)

    found = made(ready(here, policy=by), tmp_path / "run")

    [source] = found.head.sources
    assert first.head.sources == ()
    assert (source.by, source.model) == ("compassion-guard eval run", "stub")
    assert source.first == source.last == (found.head.oldest_recording or "")[:10]
    assert source.answers >= sum(r.spent.replayed for r in found.results)
    assert read(tmp_path / "run").head.sources == found.head.sources


def test_two_runs_turn_about_ask_a_case_of_each_in_turn_and_end_as_two_runs(
    here: Path, tmp_path: Path, model: Stub
) -> None:
    evals(here, more="run:\n  at_once: {start: 1, most: 1}")
    by = policy(tmp_path)
    both = [ready(here, mode="live", policy=by, judge=judge) for judge in ("llm", "cascade")]
    heard: list[str] = []

    found = turn_about(
        [course(one, tmp_path / one.head.judge) for one in both],
        plan=both[0].suite.run,
        told=lambda result: heard.append(result.case),
    )

    assert heard == [case for case in ("good", "empty", "gap", "person") for _ in both]
    assert [one.head.judge for one in found] == ["llm", "cascade"]
    assert all(one.complete for one in found)


def test_where_one_of_two_runs_stops_both_do(here: Path, tmp_path: Path, model: Stub) -> None:
    evals(here, more="run:\n  at_once: {start: 1, most: 1}")
    by = policy(tmp_path)
    both = [ready(here, mode="live", policy=by, tokens=tokens) for tokens in (200, 10**6)]
    places = [tmp_path / name for name in ("one", "other")]

    one, other = turn_about(
        [course(one, place) for one, place in zip(both, places, strict=True)],
        plan=both[0].suite.run,
    )

    assert "budget of 200 tokens" in (one.stopped or "")
    assert not other.complete
    assert len(other.results) < 4


def test_what_is_replayed_costs_nothing(here: Path, tmp_path: Path, model: Stub) -> None:
    by = policy(tmp_path)
    made(ready(here, mode="record-missing", policy=by), tmp_path / "first")

    again = made(ready(here, mode="record-missing", policy=by, tokens=1), tmp_path / "again")

    assert again.complete


def test_a_budget_in_dollars_alone_needs_a_price(here: Path, tmp_path: Path, model: Stub) -> None:
    evals(here, more="run: {usd: 1}")

    with pytest.raises(EvalError, match="knows no price"):
        ready(here, mode="live", policy=policy(tmp_path))


def test_a_policy_that_asks_a_model_is_not_run_locally(here: Path, tmp_path: Path) -> None:
    with pytest.raises(EvalError, match=r"asks a model \(judge llm, rewrite local\)"):
        ready(here, mode="local", policy=policy(tmp_path))

    assert ready(here, judge="local", policy=policy(tmp_path)).head.mode == "local"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((GOOD, GOOD), "good: the id is there twice"),
        ((GOOD, {**GOOD, "id": "other"}), "other: is good once more"),
        ((GOOD, {**GAP, "family": "good", "split": "dev"}), "is in both splits"),
        (({**GOOD, "twin": "nobody"},), "its twin nobody is not there"),
        (({**GOOD, "labels": 1},), "cases.jsonl:1: labels: "),
        (({**PERSON, "authority": ["refund"]},), "cases.jsonl:1: authority.0: 'refund'"),
    ],
)
def test_cases_that_prove_nothing_are_refused(
    tmp_path: Path, lines: tuple[dict[str, object], ...], why: str
) -> None:
    with pytest.raises(EvalError, match=why):
        ready(evals(tmp_path / "evals", *lines))


def test_a_prompt_that_gives_a_case_of_the_gate_away_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = "the turquoise kettle whistles although nobody filled it with water yesterday"
    place = tmp_path / "prompts"
    place.mkdir()
    (place / "holding.md").write_text(
        (ROOT / "prompts" / "holding.md").read_text(encoding="utf-8") + f"\n{{# {example} #}}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(f"{PREFIX}PROMPTS", str(place))
    here = evals(tmp_path / "evals", labelled("kettle", asked=f"Hello, {example}."))

    with pytest.raises(
        EvalError, match=r'holding\.md:\d+: ".+" stands in cases\.jsonl:kettle; write another'
    ):
        ready(here)
    assert ready(evals(here, labelled("kettle", asked="Hello, the kettle whistles."))).cases
