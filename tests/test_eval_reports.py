"""What a run and its gate look like on a terminal, as JSON, as JUnit and as Markdown: one story, and no words of a case that are markup."""

import json
from io import StringIO
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from guard.errors import EvalError
from guard.evaluation.comparison import Arm, arm
from guard.evaluation.gate import decide
from guard.evaluation.metrics import Fact, tallies
from guard.evaluation.report.confusion import confusion
from guard.evaluation.report.frontier import frontier
from guard.evaluation.report.gate_table import line as told
from guard.evaluation.report.junit import junit
from guard.evaluation.report.machine import GateReport, Report, report
from guard.evaluation.report.markdown import STEP_SUMMARY, append_step_summary, summary
from guard.evaluation.report.marked import Piece, pieces
from guard.evaluation.report.material import Material, reasons
from guard.evaluation.report.page import page
from guard.evaluation.report.pictures import scatter, whiskers
from guard.evaluation.report.slices import slices
from guard.evaluation.report.terminal import ruling as on_terminal
from guard.evaluation.report.words import SAYS, counted, dollars, percent, points
from guard.evaluation.results import Mark, Odds, Result, RunMode, Source, Spent
from guard.report import dumps
from tests.runs import VERDICT, cases, line, run, suite

HOSTILE = "[red]x[/red]\x1b[2J|`</script><img src=x>[a](javascript:1) https://a.example www.a.example @all #1 $x$\n# h\x00\ufffe"
FAILS = (cases(60, bad=range(20)), cases(60))


def material(now: list[Result], before: list[Result] | None = None, gate: str = VERDICT) -> Material:
    """A run that a suite with one gate has ruled on."""
    base = arm(run(before), "the baseline") if before else None
    return Material(run(now), ruling=decide(suite(gate), run(now), base))


def hostile() -> Material:
    """Ids, slices and an error of hostile words; two cases got worse."""
    bad = [line(f"{n}{HOSTILE}", False, family=HOSTILE, slices={"slice": (HOSTILE,)}) for n in range(2)]
    good = [one.model_copy(update={"flags": {"verdict_right": True}}) for one in bad]
    gate = VERDICT.replace("}", ", each: slice}")
    return material([*bad, line("e", error=HOSTILE), *cases(40)], [*good, *cases(40)], gate)


def printed(told: Material, width: int, *, explain: bool = False) -> str:
    """As a terminal without colours has it."""
    out = StringIO()
    for part in on_terminal(told, width, explain=explain):
        Console(file=out, width=width).print(part)
    return out.getvalue()


def read(told: Material) -> Report:
    """The JSON, through its text."""
    found: Report = json.loads(dumps(report(told)))
    return found


def xml(told: Material) -> ElementTree.Element:
    """The JUnit file, parsed."""
    return ElementTree.fromstring(junit(told))


def outcomes(of: str, told: Material) -> dict[str, str]:
    """By name of the test case: how it ended."""
    found = xml(told).iterfind(f".//testsuite/testcase[@classname='{of}']")
    return {one.attrib["name"]: one[0].tag if len(one) else "passed" for one in found}


@pytest.mark.parametrize(
    ("now", "before", "outcome", "code"),
    [
        (cases(60), cases(60), "PASS", 0),
        (*FAILS, "FAIL", 1),
        (cases(60), None, "INCONCLUSIVE", 3),
        ([*cases(60), line("broken", error="it broke")], cases(60), "INVALID", 4),
    ],
)
def test_every_surface_tells_the_same_outcome(
    now: list[Result], before: list[Result] | None, outcome: str, code: int
) -> None:
    made = material(now, before)

    assert printed(made, 120).rstrip().endswith(f"exit {code}")
    assert f"GATE {outcome}" in printed(made, 120)
    assert (read(made)["outcome"], read(made)["exit_code"]) == (outcome.lower(), code)
    assert f" {outcome}: release\n" in summary(made)
    assert f"Exit code {code}." in summary(made)
    assert (xml(made).find(".//testcase[@classname='run']/error") is not None) == (outcome == "INVALID")


def test_of_a_run_that_proves_nothing_the_gates_are_told_only_to_who_asks() -> None:
    broken = material([*cases(60, bad=range(20)), line("broken", error="it broke")], cases(60))

    plain, explained = (" ".join(printed(broken, 120, explain=asked).split()) for asked in (False, True))

    assert "verdict_right" not in plain
    assert "INVALID: 1 of 61 lines are errors" in plain
    assert "What its gates would say: --explain." in plain
    assert "20 cases got worse" in explained
    assert "✕ FAIL" in explained
    assert not [why for why in read(broken)["reasons"] if "FAIL" in why]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_a_terminal_of_any_width_has_every_gate_and_every_case_that_got_worse(width: int) -> None:
    shown = printed(material(*FAILS), width, explain=True)
    text = " ".join(shown.split())

    assert max(map(len, shown.splitlines())) <= width
    assert all(
        part in text
        for part in ("verdict_right", "FAIL", "−33.3 pp", "20 / 0", "20 cases got worse", "c0003")
    )


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_terminal_shows_hostile_words_and_obeys_none(width: int) -> None:
    shown = printed(hostile(), width, explain=True)

    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert "[red]x[/red]" in "".join(shown.split())
    assert r"\x1b[2J" in "".join(shown.split())


def test_the_json_has_all_keys_that_its_type_names_and_no_others() -> None:
    made = read(material(*FAILS))

    assert set(made) == set(Report.__annotations__)
    assert set(made["gates"][0]) == set(GateReport.__annotations__)


def test_the_json_has_figures_for_the_gate_its_slices_and_each_case() -> None:
    some = [
        line(f"s{n}", n > 0, slices={"language": ("es",)}, odds=Odds(not_ok=0.2, human=0.9)) for n in range(3)
    ]
    made = read(material([*cases(200, bad=(5,)), *some], [*cases(200), *some]))
    gate = made["gates"][0]

    assert (gate["found"], gate["unit"], gate["cases"], gate["fell"]) == ("PASS", "points", 203, ["c0005"])
    assert gate["before"] is not None
    assert gate["now"] is not None
    assert gate["now"] < gate["before"]
    assert [s["good"] for s in made["slices"] if (s["fact"], s["value"]) == ("verdict_right", "es")] == [2]
    assert [one["id"] for one in made["cases"] if one["harmful"]] == ["c0005"]
    calibration = made["calibration"]["human"]
    assert calibration is not None
    assert calibration["bins"] == [
        {**calibration["bins"][0], "said": pytest.approx(0.9), "found": 0.0, "cases": 3}
    ]


def test_junit_has_a_test_a_gate_and_a_test_a_case() -> None:
    made = material(*FAILS)

    assert outcomes("gates", made) == {"verdict_right": "failure"}
    assert len(outcomes("cases", made)) == 60
    assert outcomes("cases", made)["c0003"] == "failure"
    assert outcomes("cases", made)["c0033"] == "passed"
    assert [suite.attrib["failures"] for suite in xml(made)] == ["1", "20"]


@pytest.mark.parametrize(("what", "ends"), [("exit", "skipped"), ("warn", "skipped"), ("fail", "failure")])
def test_in_junit_a_gate_that_cannot_tell_is_skipped_unless_it_counts_as_a_failure(
    what: str, ends: str
) -> None:
    made = material(cases(60), None, VERDICT.replace("}", f", on_inconclusive: {what}}}"))

    assert outcomes("gates", made) == {"verdict_right": ends}
    assert "no baseline" in junit(made)


def test_in_junit_a_case_that_never_held_is_no_failure_of_this_change() -> None:
    made = material(cases(60, bad=(3, 4)), cases(60, bad=(3,)))

    assert {name for name, end in outcomes("cases", made).items() if end == "failure"} == {"c0004"}


def test_junit_says_which_cases_fail_in_it_and_whose_answers_they_are() -> None:
    made = material(cases(60, bad=(3, 4)), cases(60, bad=(3,)))
    alone = xml(material(cases(60, bad=(3, 4)), None)).findall(".//system-out")
    gates, compared = (one.text or "" for one in xml(made).findall(".//system-out"))
    failure = xml(made).find(".//testcase[@name='c0004']/failure")

    assert compared.startswith("A case fails here where a fact held in the baseline and no longer does")
    assert "of 2 that are not as the readers have them" in compared
    assert "No model was asked" in compared
    assert gates.startswith("GATE ")
    assert (alone[1].text or "").startswith("No case can fail here, for nothing was compared: 2 are not")
    assert failure is not None
    assert failure.attrib["message"].startswith("got worse: verdict_right held before.")


def test_every_surface_says_whose_recordings_answered() -> None:
    source = Source(
        by="ada", model="not known", how="by hand.", first="2026-11-20", last="2026-11-25", answers=60
    )
    now = [one.model_copy(update={"spent": Spent(calls=1, replayed=1)}) for one in cases(60)]
    made = run(now, sources=(source,), mode="replay")
    told = Material(made, ruling=decide(suite(VERDICT), made, arm(run(now), "the baseline")))
    words = "60 answers of model not known, of 2026-11-20 to 2026-11-25, had made by ada: by hand."

    assert words in " ".join(printed(told, 80).split())
    assert words in summary(told)
    assert words in junit(told)
    assert words in page(told)
    assert read(told)["recorded"] == [words]
    assert read(told)["run"]["sources"] == [source.model_dump()]


def test_in_junit_an_error_is_an_error_and_no_failure() -> None:
    made = material([*cases(200), line("broken", error="it broke")], cases(200))

    assert outcomes("cases", made)["broken"] == "error"
    assert "failure" not in outcomes("cases", made).values()


def test_junit_is_well_formed_whatever_a_case_says() -> None:
    made = outcomes("cases", hostile())

    assert any(r"\x1b[2J" in name and r"\ufffe" in name and "[red]x[/red]" in name for name in made)


def test_in_markdown_hostile_words_are_words() -> None:
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(summary(hostile()))

    assert not [tag for tag in ("<script", "</script", "<img", "<a ", "<h1", "<code", "<s>") if tag in html]
    assert html.count("<h2>") == 1
    assert {row.count("<td") for row in html.split("<tr>")[2:]} == {8}
    assert "[red]x[/red]" in html
    assert not [word for word in ("@all", "#1", "https://", "www.", "$x$") if word in summary(hostile())]


def test_markdown_has_the_gates_as_a_table_and_names_what_got_worse() -> None:
    made = summary(material(*FAILS))

    assert "| −33.3 pp |" in made
    assert "20 cases got worse, 0 better." in made
    assert "- c0003: verdict\\_right" in made


def test_the_summary_is_appended_to_the_page_of_the_job_where_there_is_one(tmp_path: Path) -> None:
    place = tmp_path / "summary.md"
    place.write_text("before\n", encoding="utf-8")

    assert append_step_summary("one", {STEP_SUMMARY: str(place)})
    assert not append_step_summary("two", {})

    assert place.read_text(encoding="utf-8") == "before\none\n"


def test_a_page_of_the_job_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match=STEP_SUMMARY):
        append_step_summary("one", {STEP_SUMMARY: str(tmp_path / "not" / "there.md")})


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (Spent(), "No model was asked"),
        (Spent(calls=2, replayed=2), "All 120 model calls were answered by recordings"),
        (Spent(calls=2, replayed=1), "60 of 120 model calls were answered by recordings"),
        (Spent(calls=2), "120 model calls, all of them answered anew"),
    ],
)
def test_every_surface_says_what_was_replayed(spent: Spent, words: str) -> None:
    now = [one.model_copy(update={"spent": spent}) for one in cases(60)]
    made = material(now, now)

    assert words in " ".join(printed(made, 80).split())
    assert words in summary(made)
    assert words in read(made)["source"]


def test_overlapping_marks_cut_a_text_into_pieces_with_all_their_labels() -> None:
    marks = (
        Mark(turn=None, start=2, end=6, label="step"),
        Mark(turn=None, start=4, end=99, label="empty"),
        Mark(turn=None, start=5, end=5, label="nothing"),
    )

    assert pieces("0123456789", marks) == (
        Piece("01"),
        Piece("23", ("step",)),
        Piece("45", ("step", "empty")),
        Piece("6789", ("empty",)),
    )
    assert pieces("a\u202eb\r\nc") == (Piece("a\\u202eb\nc"),)


def test_a_slice_too_small_to_say_anything_has_no_row_and_a_cell_of_few_has_no_tint() -> None:
    def some(name: str, n: int, bad: int) -> list[Result]:
        return [line(f"{name}{i}", i >= bad, slices={"language": (name,)}) for i in range(n)]

    found = slices(run([*some("en", 40, 2), *some("de", 9, 9), *some("it", 7, 0), *some("fr", 4, 4)]))
    language = next(group for group in found.groups if group.dimension == "language")

    assert [(row.name, row.cells["verdict_right"].tint) for row in language.rows] == [("en", 1), ("de", 5)]
    assert language.small == 2
    assert language.rows[0].cells["verdict_right"].told == "95"
    few = slices(run([line(f"a{i}", {"verdict_right": True, "attack_held": False}) for i in range(4)])).whole
    assert (few.cells["attack_held"].tint, few.cells["attack_held"].few) == (0, True)


def test_a_slice_knows_what_it_was_before() -> None:
    found = slices(run(cases(40, bad=range(4))), tallies(run(cases(40, bad=(1,)))))

    assert found.whole.cells["verdict_right"].was == pytest.approx(39 / 40)


def test_the_readers_are_rows_and_the_judge_is_columns() -> None:
    found = confusion(
        run(
            [
                line("a", labelled=("no_action", "ai"), seen=("ok", "ai")),
                line("b", labelled=("ok", "ai"), seen=(None, "ai")),
                line("c", labelled=("ok", "ai"), error="it broke"),
            ]
        )
    )
    rows = {row.name: dict(zip(found.columns, row.counts, strict=True)) for row in found.rows}

    assert rows["no_action"]["ok"] == 1
    assert rows["ok"] == {**dict.fromkeys(found.columns, 0), "unjudged": 1, "error": 1}
    assert found.verdict.cases == 2


def costing(usd: float | None, missed: int, ms: float = 1.0, mode: RunMode = "live", tokens: int = 9) -> Arm:
    """A run of forty cases of synthetic empathy of which some went out."""
    slices = {"verdict": ("synthetic_empathy",)}
    told = [
        line(f"c{n}", {"bad_caught": n >= missed}, slices=slices, tokens=tokens, usd=usd, ms=ms)
        for n in range(40)
    ]
    return arm(run(told, mode=mode), "it")


def best(**runs: Arm) -> set[str]:
    return {point.name for point in frontier(runs.items()).points if point.best}


def test_a_run_is_on_the_frontier_where_no_other_is_as_good_in_cost_missed_and_time() -> None:
    runs = {"cheap": costing(0.001, 9), "good": costing(0.009, 1), "beaten": costing(0.01, 5)}
    found = frontier(runs.items())

    assert best(**runs) == {"cheap", "good"}
    assert found.price == "usd"
    assert found.spent(found.points[0]) == pytest.approx(1.0)
    assert [point.missed for point in found.points] == pytest.approx([9 / 40, 1 / 40, 5 / 40])
    assert best(**runs, fast=costing(0.02, 10, ms=0.5)) == {"cheap", "good", "fast"}
    assert best(one=costing(0.01, 5), same=costing(0.01, 5)) == {"one", "same"}


def test_runs_are_compared_by_tokens_where_a_price_is_not_known() -> None:
    found = frontier({"priced": costing(0.1, 1), "not": costing(None, 1)}.items())

    assert found.price == "tokens"
    assert [found.spent(point) for point in found.points] == [9000, 9000]


def test_what_nobody_counted_or_timed_is_not_free_and_not_on_the_frontier() -> None:
    asked = [
        line(f"c{n}", {"bad_caught": True}, slices={"verdict": ("synthetic_empathy",)}).model_copy(
            update={"asked_model": True, "spent": Spent(calls=1, replayed=1)}
        )
        for n in range(40)
    ]
    recorded = arm(run(asked, mode="replay"), "recorded")
    (one, _) = frontier({"recorded": recorded, "live": costing(0.1, 9)}.items()).points

    assert (one.usd, one.tokens, one.ms_p95, one.missed) == (None, None, None, 0)
    assert best(recorded=recorded, live=costing(0.1, 9)) == {"live"}


def test_a_run_without_synthetic_empathy_has_no_place() -> None:
    assert frontier({"none": arm(run(cases(40)), "none")}.items()).points == ()


def test_a_dearer_run_stands_further_right_and_a_better_one_higher() -> None:
    drawn = scatter(frontier({"two": costing(0.02, 2), "eight": costing(0.08, 8)}.items()))
    assert drawn is not None
    two, eight = ({dot.point.name: dot for dot in drawn.dots}[name] for name in ("two", "eight"))

    assert two.x < eight.x
    assert two.y < eight.y  # y grows downward
    assert two.high < two.y < two.low
    assert scatter(frontier({"alone": costing(0.02, 2)}.items())) is None


@pytest.mark.parametrize(
    ("gate", "now", "bad"),
    [
        (VERDICT, cases(400), False),
        (VERDICT, cases(400, bad=range(60)), True),
        ("{kind: rate_at_least, metric: verdict_right, value: 0.9}", cases(400, bad=range(4)), False),
        ("{kind: rate_at_least, metric: verdict_right, value: 0.9}", cases(400, bad=range(160)), True),
        ("{kind: rate_at_most_failing, metric: verdict_right, value: 0.1}", cases(400, bad=range(4)), False),
        ("{kind: rate_at_most_failing, metric: verdict_right, value: 0.1}", cases(400, bad=range(160)), True),
    ],
)
def test_a_gate_that_holds_is_drawn_with_its_interval_inside_the_tint(
    gate: str, now: list[Result], bad: bool
) -> None:
    ruled = material(now, cases(400), gate).ruling
    assert ruled is not None
    (drawn,) = whiskers(ruled.rows)
    assert drawn is not None
    inside = drawn.fine_from <= drawn.low and drawn.high <= drawn.fine_from + drawn.fine_width

    assert ruled.rows[0].found == ("FAIL" if bad else "PASS")
    assert inside != bad
    assert drawn.low <= drawn.dot <= drawn.high


def test_an_interval_of_a_small_slice_is_cut_and_does_not_stretch_the_others() -> None:
    large = [line(f"c{n}", n > 1, slices={"language": ("en",)}) for n in range(400)]
    small = [line(f"s{n}", slices={"language": ("it",)}) for n in range(2)]
    ruled = material([*large, *small], [*large, *small], VERDICT.replace("}", ", each: language}")).ruling
    assert ruled is not None
    en, it = whiskers(ruled.rows)

    assert en is not None
    assert it is not None
    assert (en.cut_low, en.cut_high, it.cut_low, it.cut_high) == (False, False, True, True)
    assert en.high - en.low > 20


def test_every_fact_has_its_words() -> None:
    named = {name for part in get_args(Fact) for name in get_args(part)}

    assert set(SAYS) == named


def test_figures_are_written_one_way() -> None:
    assert [points(x) for x in (-0.029, 0.0, 0.00001, 0.05, None)] == ["−2.9", "0.0", "0.0", "+5.0", ""]
    assert [percent(x) for x in (0.9375, 1.0, None)] == ["93.8", "100.0", "–"]
    assert [dollars(x) for x in (None, 0.0, 0.0021, 1234.5)] == [
        "price not known",
        "$0.00",
        "$0.0021",
        "$1,234.50",
    ]
    assert [counted(n, "family") for n in (1, 2, 1200)] == ["1 family", "2 families", "1,200 families"]


def test_gates_with_one_reason_stand_together_and_warnings_last() -> None:
    owner = "{kind: non_inferior, metric: owner_right, margin: 0.05}"
    warns = VERDICT.replace("}", ", on_inconclusive: warn, slice: {split: gate}}")
    ruled = decide(suite(warns, VERDICT, owner), run(cases(60)), None)

    assert reasons(ruled) == (
        "INCONCLUSIVE verdict_right, owner_right: no baseline: bless one",
        "Warnings only: verdict_right[split=gate].",
    )


def test_a_gate_without_a_baseline_has_no_figures_and_no_flips() -> None:
    ruled = material(cases(60)).ruling
    assert ruled is not None
    one = told(ruled.rows[0])

    assert (one.before, one.now, one.change, one.interval, one.flips) == ("", "", "", "", "")
    assert one.reason.startswith("no baseline")
