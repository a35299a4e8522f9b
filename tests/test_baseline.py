"""A baseline is blessed, never drifted into: by somebody, for a reason, from a whole run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from guard.errors import EvalError
from guard.evaluation.baseline import Baseline, bless, load
from guard.evaluation.gate import Ruling, decide
from guard.evaluation.results import Run
from tests.runs import VERDICT, base, cases, line, run, suite

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def blessed(
    path: Path, found: Run, ruling: Ruling | None = None, *, reason: str = "first", accept: bool = False
) -> Baseline:
    answer = ruling or decide(suite(VERDICT), found, None)
    return bless(
        path, found, answer, by="ana", reason=reason, now=NOW, lock=lambda: None, accept_regression=accept
    )


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "baselines" / "release.json"
    greek = [line("Ω", epoch=epoch, slices={"language": ("el",)}, tokens=7, ms=3.25) for epoch in range(2)]
    told = [*greek, *(line(f"c{n}", n != 1, epoch=epoch) for n in range(40) for epoch in range(2))]

    made = blessed(path, run(told, epochs=2))

    assert load(path) == made
    assert [p.name for p in path.parent.iterdir()] == ["release.json"]


def test_a_run_against_its_own_baseline_has_no_flip(tmp_path: Path) -> None:
    told = run(
        [line(f"c{n}", n % 5 > 0, epoch=e, tokens=9, usd=0.1, ms=2) for n in range(60) for e in range(2)],
        epochs=2,
    )

    arm = blessed(tmp_path / "b.json", told).arm()
    answer = decide(suite(VERDICT, "{kind: rise_at_most, metric: ms, value: 0.1}"), told, arm)

    assert answer.comparison
    assert answer.comparison.flips() == {}
    assert answer.faults == ()
    assert answer.rows[1].found == "PASS"


def test_no_word_of_a_customer_or_of_a_reply_is_in_it(tmp_path: Path) -> None:
    told = [one.model_copy(update={"reply": "Dear Ms Doe"}) for one in cases(40)]

    blessed(tmp_path / "b.json", run(told))

    assert "Doe" not in (tmp_path / "b.json").read_text(encoding="utf-8")


def test_every_case_has_a_line_of_its_own(tmp_path: Path) -> None:
    blessed(tmp_path / "b.json", run(cases(40)))

    lines = (tmp_path / "b.json").read_text(encoding="utf-8").splitlines()

    assert sum(line.startswith('  "c0') for line in lines) == 40


def test_no_file_is_no_baseline_and_a_damaged_one_is_an_error(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") is None

    (tmp_path / "b.json").write_text('{"v": 2}')
    with pytest.raises(EvalError, match=r"b\.json: "):
        load(tmp_path / "b.json")


@pytest.mark.parametrize(
    "broken",
    [
        run(cases(40), stopped="the budget"),
        run(cases(40), dataset={f"c{n:04}": "d" for n in range(41)}),
        run([*cases(40), line("z", error="endpoint failed")]),
    ],
)
def test_a_broken_run_is_never_blessed(broken: Run, tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="a broken run is no baseline"):
        blessed(tmp_path / "b.json", broken, accept=True)

    assert list(tmp_path.iterdir()) == []


def test_a_regression_is_blessed_only_by_name_and_is_marked(tmp_path: Path) -> None:
    worse = run(cases(240, bad=range(30)))
    answer = decide(suite(VERDICT), worse, base(cases(240)))

    with pytest.raises(EvalError, match="GATE FAIL"):
        blessed(tmp_path / "b.json", worse, answer)
    made = blessed(tmp_path / "b.json", worse, answer, reason="the old labels were wrong", accept=True)

    assert made.accepted_regression
    assert made.reason == "the old labels were wrong"


def test_another_set_of_cases_that_was_accepted_is_marked(tmp_path: Path) -> None:
    fewer = run(cases(200))
    answer = decide(suite(VERDICT), fewer, base(cases(240)), accept_dataset_change=True)

    assert blessed(tmp_path / "b.json", fewer, answer).accepted_regression


def test_the_first_baseline_needs_no_acceptance_unless_a_gate_of_its_own_fails(tmp_path: Path) -> None:
    clean, dirty = run(cases(60)), run(cases(60, bad=[3]))
    gates = suite(VERDICT, "{kind: most_failures, metric: verdict_right, value: 0}")

    assert not blessed(tmp_path / "a.json", clean, decide(gates, clean, None)).accepted_regression
    with pytest.raises(EvalError, match="GATE FAIL"):
        blessed(tmp_path / "b.json", dirty, decide(gates, dirty, None))


def test_nobody_blesses_without_a_reason(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="who blessed it and why"):
        blessed(tmp_path / "b.json", run(cases(40)), reason="  ")


def test_where_the_lock_cannot_be_written_the_old_baseline_stays(tmp_path: Path) -> None:
    path, told = tmp_path / "b.json", run(cases(40))
    blessed(path, told)
    before = path.read_bytes()

    def full() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        bless(path, told, decide(suite(VERDICT), told, None), by="ana", reason="x", now=NOW, lock=full)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
