"""Go or no-go: three verdicts with their reasons, and an exit code that is made in the same place."""

from collections.abc import Iterable

import pytest

from guard.errors import EvalError
from guard.evaluation.comparison import Arm, arm
from guard.evaluation.gate import decide
from guard.evaluation.report.gate_table import line as gate_line
from guard.evaluation.report.material import headline
from guard.evaluation.results import MISSED, Result, Run
from tests.runs import VERDICT, base, cases, line, ruled, ruling, run, suite


def test_an_equal_candidate_passes() -> None:
    row = ruled(VERDICT, cases(240, bad=range(20)), cases(240, bad=range(20)))

    assert (row.found, row.name, row.limit) == ("PASS", "verdict_right", "falls by less than 5 points")
    assert row.evidence
    assert row.evidence.interval
    assert -0.05 < row.evidence.interval.low < 0 < row.evidence.interval.high


def test_a_worse_candidate_fails_and_its_flips_are_named() -> None:
    answer = ruling(VERDICT, cases(240, bad=range(20)), cases(240, bad=range(2)))

    assert answer.rows[0].found == "FAIL"
    assert answer.rows[0].evidence
    assert answer.rows[0].evidence.fell[:2] == ("c0002", "c0003")
    assert (answer.exit_code, answer.told) == (1, "GATE FAIL (1 fail) exit 1")


def test_few_changes_are_underpowered_and_say_so() -> None:
    answer = ruling(VERDICT, cases(40, bad=[1, 2, 3]), cases(40))

    assert answer.rows[0].found == "INCONCLUSIVE"
    assert answer.rows[0].reason.startswith("underpowered: 3 discordant families, at least 5 needed")
    assert answer.exit_code == 3


def test_no_change_at_all_in_few_cases_is_no_pass() -> None:
    few = ruled(VERDICT, cases(20), cases(20))
    more = ruled("{kind: non_inferior, metric: verdict_right, margin: 0.05, least: 2}", cases(20), cases(20))

    assert few.reason.startswith("20 families, at least 30 needed")
    assert (few.found, more.found) == ("INCONCLUSIVE", "INCONCLUSIVE")


def test_one_case_is_never_a_pass_however_good() -> None:
    wide = "{kind: non_inferior, metric: verdict_right, margin: 0.5, least: 2}"

    assert ruled(wide, cases(1), cases(1, bad=[0])).found == "INCONCLUSIVE"


def test_a_small_fall_that_is_significant_does_not_fail() -> None:
    row = ruled(
        "{kind: non_inferior, metric: verdict_right, margin: 0.005}", cases(2000, bad=range(8)), cases(2000)
    )

    assert row.found == "INCONCLUSIVE"
    assert "by 0.4 points only" in row.reason


def test_a_fall_within_the_margin_passes_and_is_called_worse() -> None:
    row = ruled(
        "{kind: non_inferior, metric: verdict_right, margin: 0.1}", cases(400, bad=range(10)), cases(400)
    )

    assert row.found == "PASS"
    assert "it is worse (p<0.001)" in row.reason
    assert (
        "worse"
        not in ruled(
            "{kind: non_inferior, metric: verdict_right, margin: 0.1}", cases(2000, bad=range(8)), cases(2000)
        ).reason
    )


@pytest.mark.parametrize(
    ("bad", "before", "worse"),
    [
        (range(4), (), True),
        (range(3), (), True),
        (range(2), (), False),
        (range(4), (9,), False),
        (range(20), range(19, 24), True),
    ],
)
def test_a_pass_that_is_measured_as_worse_says_so_in_its_last_words(
    bad: Iterable[int], before: Iterable[int], worse: bool
) -> None:
    answer = ruling(VERDICT.replace("0.05", "0.1"), cases(400, bad=bad), cases(400, bad=before))

    assert answer.outcome == "pass"
    assert answer.rows[0].worse is worse
    assert ("1 worse within the margin" in answer.told) is worse
    assert ("1 of them is worse than before, within the margin: verdict_right" in headline(answer)) is worse
    assert gate_line(answer.rows[0]).effect == ("worse, within the margin of 10 pp" if worse else "")


def test_a_gate_that_fails_is_not_called_worse_within_its_margin() -> None:
    assert not ruling(VERDICT, cases(60, bad=range(20)), cases(60)).worse


def test_what_else_differs_from_the_other_side_is_told_in_one_line() -> None:
    now = run(cases(240))
    other = now.model_copy(update={"head": now.head.model_copy(update={"policy": "p2", "code": "c2"})})

    answer = decide(suite(VERDICT), now, arm(other, "the baseline"))

    assert answer.notes == (
        "Between the baseline and the run differ: policy p2 → p, the guard's own code c2 → c.",
    )
    assert decide(suite(VERDICT), now, arm(now, "the baseline")).notes == ()


def test_answers_that_nobody_could_read_are_named() -> None:
    def garbled(one: Result) -> Result:
        assert one.seen is not None
        return one.model_copy(update={"seen": one.seen.model_copy(update={"unjudged": "unparsable"})})

    first, *others = cases(60)

    assert decide(suite(VERDICT), run([garbled(first), *others]), None).notes == (
        "The model's answer could not be read, so nobody judged: 1 case (c0000).",
    )


def test_copies_of_one_scene_do_not_make_a_pass() -> None:
    def scenes(copies: int) -> list[Result]:
        return [line(f"{n}~{k}", family=str(n)) for n in range(20) for k in range(copies)]

    row = ruled(VERDICT, scenes(20), scenes(20))

    assert row.found == "INCONCLUSIVE"
    assert row.evidence
    assert (row.evidence.cases, row.evidence.families) == (400, 20)


def test_least_counts_families_and_not_cases() -> None:
    scenes = [line(f"{n}~{k}", family=str(n)) for n in range(29) for k in range(20)]

    row = ruled("{kind: non_inferior, metric: verdict_right, margin: 0.5}", scenes, scenes)

    assert row.reason.startswith("29 families, at least 30 needed")


def test_a_candidate_that_gives_no_verdict_where_it_is_hard_does_not_pass_by_that() -> None:
    silent = [line(f"c{n:04}", good={"judged": False}) for n in range(30)]

    row = ruled(VERDICT, [*silent, *cases(240)[30:]], cases(240))

    assert row.found == "INCONCLUSIVE"
    assert row.reason.startswith("passes only without 30 cases that were good")
    assert row.evidence
    assert row.evidence.lost[:2] == ("c0000", "c0001")


def test_without_a_baseline_what_needs_one_is_inconclusive_and_the_rest_decides() -> None:
    both = suite(VERDICT, "{kind: most_failures, metric: verdict_right, value: 0}")

    clean, dirty = (decide(both, run(cases(60, bad)), None) for bad in ([], [5]))

    assert [row.found for row in clean.rows] == ["INCONCLUSIVE", "PASS"]
    assert clean.rows[0].reason == "no baseline: bless one"
    assert (clean.exit_code, dirty.exit_code) == (3, 1)


@pytest.mark.parametrize(("on", "code"), [("fail", 1), ("exit", 3), ("warn", 0)])
def test_the_suite_says_what_inconclusive_does(on: str, code: int) -> None:
    gate = VERDICT.replace("}", f", on_inconclusive: {on}}}")

    assert ruling(gate, cases(40), None).exit_code == code


def test_none_of_sixty_is_told_with_its_bound() -> None:
    row = ruled("{kind: most_failures, metric: verdict_right, value: 0, least: 60}", cases(60))

    assert row.found == "PASS"
    assert row.reason == "0 failures in 60 cases: a true rate of 4.9 % is possible"


def test_none_of_too_few_is_no_pass_and_one_of_few_fails() -> None:
    gate = "{kind: most_failures, metric: verdict_right, value: 0, least: 60}"

    assert ruled(gate, cases(59)).found == "INCONCLUSIVE"
    assert ruled(gate, cases(3, bad=[1])).found == "FAIL"


def test_what_may_never_happen_counts_in_any_epoch() -> None:
    told = [line(f"c{n}", good=(n, epoch) != (7, 1), epoch=epoch) for n in range(40) for epoch in range(3)]
    gate = suite("{kind: most_failures, metric: verdict_right, value: 0}", more="epochs: 3\n")

    answer = decide(gate, run(told, epochs=3, suite_digest=gate.digest), None)

    assert answer.rows[0].found == "FAIL"


@pytest.mark.parametrize(
    ("gate", "bad", "found"),
    [
        ("{kind: rate_at_least, metric: verdict_right, value: 0.9}", 5, "PASS"),
        ("{kind: rate_at_least, metric: verdict_right, value: 0.9}", 18, "INCONCLUSIVE"),
        ("{kind: rate_at_least, metric: verdict_right, value: 0.9}", 40, "FAIL"),
        ("{kind: rate_at_most_failing, metric: verdict_right, value: 0.1}", 5, "PASS"),
        ("{kind: rate_at_most_failing, metric: verdict_right, value: 0.1}", 18, "INCONCLUSIVE"),
        ("{kind: rate_at_most_failing, metric: verdict_right, value: 0.1}", 40, "FAIL"),
    ],
)
def test_a_rate_is_held_against_its_bound(gate: str, bad: int, found: str) -> None:
    assert ruled(gate, cases(200, bad=range(bad))).found == found


@pytest.mark.parametrize(("asked", "found"), [(5, "PASS"), (40, "INCONCLUSIVE"), (90, "FAIL")])
def test_a_share_of_calls_is_held_against_its_bound(asked: int, found: str) -> None:
    told = [one.model_copy(update={"asked_model": n < asked}) for n, one in enumerate(cases(200))]

    assert ruled("{kind: share_at_most, metric: asked_model, value: 0.2}", told).found == found


def kappa_of(same: int, other: int) -> list[Result]:
    right = [line(f"a{n}", labelled=("no_action", "ai"), seen=("no_action", "ai")) for n in range(same // 2)]
    right += [line(f"b{n}") for n in range(same - same // 2)]
    return right + [line(f"x{n}", labelled=("no_action", "ai"), seen=("ok", "ai")) for n in range(other)]


@pytest.mark.parametrize(("other", "found"), [(5, "PASS"), (40, "INCONCLUSIVE"), (140, "FAIL")])
def test_kappa_is_held_against_its_bound(other: int, found: str) -> None:
    assert ruled("{kind: kappa_at_least, metric: verdict, value: 0.6}", kappa_of(200, other)).found == found


def test_kappa_where_one_word_occurs_says_nothing() -> None:
    row = ruled("{kind: kappa_at_least, metric: owner, value: 0.6}", kappa_of(200, 0))

    assert (row.found, row.reason) == ("INCONCLUSIVE", "only one word occurs, so kappa says nothing")


def test_a_judge_that_gives_no_verdict_agrees_with_nobody() -> None:
    silent = [line(f"s{n}", labelled=("no_action", "ai"), seen=(None, None)) for n in range(140)]

    assert (
        ruled("{kind: kappa_at_least, metric: verdict, value: 0.6}", kappa_of(200, 0) + silent).found
        == "FAIL"
    )


def spending(tokens: int, usd: float | None = None, ms: float = 1.0) -> list[Result]:
    return [line(f"c{n}", tokens=tokens + n % 7, usd=usd, ms=ms + n % 5) for n in range(60)]


@pytest.mark.parametrize(
    ("metric", "after", "found"),
    [
        ("tokens", spending(105), "PASS"),
        ("tokens", spending(140), "FAIL"),
        ("usd", spending(100, usd=0.011), "PASS"),
        ("usd", spending(100, usd=0.02), "FAIL"),
        ("usd", spending(100), "INCONCLUSIVE"),
        ("ms", spending(100, ms=100), "PASS"),
        ("ms", spending(100, ms=150), "FAIL"),
    ],
)
def test_a_rise_is_held_against_what_is_allowed(metric: str, after: Iterable[Result], found: str) -> None:
    gate = f"{{kind: rise_at_most, metric: {metric}, value: 0.2}}"

    assert ruled(gate, after, spending(100, usd=0.01, ms=100)).found == found


def test_a_rise_that_a_few_families_decide_is_inconclusive() -> None:
    before = [line(f"c{n}", tokens=100) for n in range(60)]
    after = [line(f"c{n}", tokens=400 if n < 3 else 100) for n in range(60)]

    row = ruled("{kind: rise_at_most, metric: tokens, value: 0.2}", after, before)

    assert row.found == "INCONCLUSIVE"
    assert row.evidence
    assert row.evidence.interval
    assert 0 < row.evidence.interval.low < 0.15 < 0.2 < row.evidence.interval.high


def test_of_times_it_is_the_slow_ones_that_count() -> None:
    def timed(slow: float) -> list[Result]:
        return [line(f"c{n}", ms=slow if n < 30 else 10) for n in range(200)]

    row = ruled("{kind: rise_at_most, metric: ms, value: 0.2}", timed(300), timed(100))

    assert (row.found, row.evidence and row.evidence.now) == ("FAIL", 300)


def test_what_cost_nothing_and_costs_something_now_fails() -> None:
    gate = "{kind: rise_at_most, metric: tokens, value: 0.2}"

    assert ruled(gate, cases(60), cases(60)).found == "PASS"
    assert ruled(gate, [line(f"c{n:04}", tokens=3) for n in range(60)], cases(60)).found == "FAIL"


def by_language(bad: dict[str, int]) -> list[Result]:
    return [
        line(f"{language}{n}", n >= wrong, slices={"language": (language,)})
        for language, wrong in bad.items()
        for n in range(120)
    ]


def test_a_gate_of_a_slice_sees_its_cases_only() -> None:
    gate = VERDICT.replace("}", ", slice: {language: es}}")

    row = ruled(gate, by_language({"en": 60, "es": 0}), by_language({"en": 0, "es": 0}))

    assert (row.name, row.found) == ("verdict_right[language=es]", "PASS")


def test_each_value_has_a_row_and_their_ps_are_corrected_for_one_another() -> None:
    gate = VERDICT.replace("}", ", each: language}")
    bad, none = {"de": 5, "en": 0, "es": 0, "fr": 0}, dict.fromkeys(("de", "en", "es", "fr"), 0)

    rows = ruling(gate, by_language(bad), by_language(none)).rows

    assert [row.name[-3:-1] for row in rows] == ["de", "en", "es", "fr"]
    assert rows[0].evidence
    assert rows[0].evidence.p == 0.5**5
    assert rows[0].p == 4 * 0.5**5
    assert rows[0].found == "INCONCLUSIVE"
    assert (
        ruled(VERDICT.replace("}", ", slice: {language: de}}"), by_language(bad), by_language(none)).found
        == "FAIL"
    )


def test_a_slice_without_a_case_does_not_vanish() -> None:
    row = ruled(VERDICT.replace("}", ", each: signal}"), cases(60), cases(60))

    assert (row.name, row.found) == ("verdict_right[signal=*]", "INCONCLUSIVE")


def test_a_slice_that_nobody_asked_for_cannot_fail_a_release() -> None:
    before, after = by_language({"en": 0, "es": 0}), by_language({"en": 0, "es": 40})
    wide = VERDICT.replace("0.05", "0.4")

    answer = ruling(wide, after, before)

    worst = answer.watch[0]
    assert (worst.name, worst.counts) == (
        "verdict_right[language=es]",
        "pass" if worst.found == "PASS" else "warn",
    )
    assert answer.exit_code == 0


def test_what_is_watched_lies_inside_the_slice_of_the_gate() -> None:
    mutants = [line(f"m{n}", slices={"language": ("en", "fr")}, mutation="typos") for n in range(60)]
    told = [*by_language({"en": 0, "es": 0}), *mutants]

    answer = ruling(VERDICT.replace("}", ", slice: {mutation: none}}"), told, told)

    assert [row.name for row in answer.watch] == [
        "verdict_right[mutation=none,language=en]",
        "verdict_right[mutation=none,language=es]",
    ]
    assert {row.evidence.cases for row in answer.watch if row.evidence} == {120}


BROKEN = {
    "incomplete": run(cases(60), dataset={f"c{n:04}": "d" for n in range(61)}),
    "stopped": run(cases(60), stopped="5 dollars were spent"),
    "errors": run([*cases(60), line("z", error="endpoint failed")]),
    "miss": run([*cases(200), line("z", error=f"{MISSED} of 2 of its requests")]),
    "dataset": run(cases(59)),
    "incomparable": run(cases(60), models=("other",)),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_run_that_proves_nothing_exits_4_and_says_why(kind: str) -> None:
    before = cases(60 if kind != "miss" else 200)

    answer = decide(suite(VERDICT), BROKEN[kind], base(before))

    assert [fault.kind for fault in answer.faults] == [kind]
    assert answer.exit_code == 4
    assert answer.told.startswith(f"GATE INVALID ({kind}; ")


def test_a_run_of_an_older_choice_of_cases_proves_nothing_of_this_suite() -> None:
    answer = decide(suite(VERDICT), run(cases(60), suite_digest="older"), None)

    assert [fault.kind for fault in answer.faults] == ["incomparable"]


def test_an_empty_run_proves_nothing() -> None:
    assert decide(suite(VERDICT), run([]), None).exit_code == 4


def test_invalid_comes_before_fail_and_fail_before_inconclusive() -> None:
    gates = suite(VERDICT, "{kind: most_failures, metric: verdict_right, value: 0}")

    assert decide(gates, run(cases(60, bad=[1])), None).outcome == "fail"
    assert decide(gates, run(cases(60, bad=[1]), stopped="x"), None).outcome == "invalid"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (run(cases(60)[:-1]), "Gone, and in the baseline: 1 case (c0059)"),
        (run([*cases(59), line("c0059", digest="new")]), "Of another text or label"),
    ],
)
def test_a_smaller_or_relabelled_set_must_be_accepted(after: Run, told: str) -> None:
    refused = decide(suite(VERDICT), after, base(cases(60)))
    accepted = decide(suite(VERDICT), after, base(cases(60)), accept_dataset_change=True)

    assert told in refused.faults[0].told
    assert refused.exit_code == 4
    assert accepted.exit_code != 4
    assert accepted.notes[0].startswith("Accepted: ")


def test_cases_that_join_are_told_and_hinder_nothing() -> None:
    answer = decide(suite(VERDICT), run(cases(61)), base(cases(60)))

    assert (answer.faults, answer.notes) == ((), ("New, with nothing to be compared with: 1 case (c0060).",))


def test_another_judge_must_be_accepted_and_another_choice_of_cases_cannot_be() -> None:
    judged = run(cases(60), judge="llm")

    assert decide(suite(VERDICT), judged, base(cases(60))).exit_code == 4
    assert decide(suite(VERDICT), judged, base(cases(60)), accept_judge_change=True).exit_code != 4
    elsewhere = arm(run(cases(60), suite_digest="another"), "the baseline")
    answer = decide(
        suite(VERDICT), run(cases(60)), elsewhere, accept_judge_change=True, accept_dataset_change=True
    )
    assert answer.exit_code == 4


@pytest.mark.parametrize(("oldest", "code"), [("2026-11-20T00:00:00Z", 0), ("2026-09-01T00:00:00Z", 4)])
def test_old_recordings_are_no_fresh_evidence(oldest: str, code: int) -> None:
    strict = suite(
        "{kind: most_failures, metric: verdict_right, value: 0}", more="run: {replay_max_age_days: 30}\n"
    )

    answer = decide(strict, run(cases(60), mode="replay", oldest=oldest), None)

    assert answer.exit_code == code


def beside(other: Run) -> tuple[Arm, Run]:
    """Other prompts, run beside these."""
    return arm(other, "the prompts of git:1a2b3c4d5e6f"), other


OLD = {"judge": "judge@0"}


def test_prompts_that_were_run_beside_take_the_place_of_a_baseline_of_another_model() -> None:
    now = run(cases(240, bad=range(60)), mode="live", models=("new",))
    other = run(cases(240), mode="live", models=("new",), prompts=OLD, prompts_of="git:1a2b3c4d5e6f")

    alone = decide(suite(VERDICT), now, base(cases(240)))
    answer = decide(suite(VERDICT), now, base(cases(240)), beside=beside(other))

    assert alone.outcome == "invalid"
    assert "--against git:HEAD" in alone.faults[0].told
    assert answer.outcome == "fail"
    assert answer.comparison is not None
    assert answer.comparison.base.name == "the prompts of git:1a2b3c4d5e6f"
    assert "(judge@0 → judge@1), a run of 2026-11-25 10:00 UTC, model new." in answer.notes[0]


def test_prompts_beside_need_no_baseline_at_all() -> None:
    other = run(cases(240), prompts=OLD)

    assert decide(suite(VERDICT), run(cases(240)), None, beside=beside(other)).outcome == "pass"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (run(cases(240), stopped="a budget"), "Of the prompts of git:1a2b3c4d5e6f: The run was stopped"),
        (run(cases(240), models=("elsewhere",)), "The model is none"),
    ],
)
def test_a_run_beside_that_proves_nothing_makes_the_whole_invalid(other: Run, why: str) -> None:
    answer = decide(suite(VERDICT), run(cases(240)), base(cases(240)), beside=beside(other))

    assert answer.exit_code == 4
    assert answer.faults[0].told.startswith(why)


def test_a_case_that_was_taken_out_is_missed_in_the_baseline_though_both_prompts_lack_it() -> None:
    few = run(cases(239), models=("new",))

    answer = decide(suite(VERDICT), few, base(cases(240)), beside=beside(few))

    assert [fault.kind for fault in answer.faults] == ["dataset"]


def test_a_run_says_nothing_of_prompts_that_were_edited_after_it() -> None:
    asked, own = run(cases(240), mode="live"), run(cases(240))
    edited = {"judge": "judge@2"}

    answer = decide(suite(VERDICT), asked, base(cases(240)), prompts=edited)

    assert [fault.kind for fault in answer.faults] == ["edited"]
    assert "Prompts were edited since the run (judge)" in answer.faults[0].told
    assert decide(suite(VERDICT), asked, base(cases(240)), prompts={"judge": "judge@1"}).outcome == "pass"
    assert decide(suite(VERDICT), own, base(cases(240)), prompts=edited).outcome == "pass"


def test_where_nobody_answered_it_is_not_said_that_another_model_did() -> None:
    missed = run([line(f"c{n:04}", error=f"{MISSED} of 1 of its requests") for n in range(60)], mode="replay")
    blessed = arm(run(cases(60), models=("old",)), "the baseline")

    assert {fault.kind for fault in decide(suite(VERDICT), missed, blessed).faults} == {"miss", "errors"}


def test_the_run_of_another_suite_is_wrong_usage() -> None:
    with pytest.raises(EvalError, match="is of suite 'other'"):
        decide(suite(VERDICT), run(cases(3), name="other"), None)


def test_the_same_runs_get_the_same_answer() -> None:
    before = [line(f"{n}", n % 9 > 0, family=str(n // 3)) for n in range(180)]
    after = [line(f"{n}", n % 8 > 0, family=str(n // 3)) for n in range(180)]

    one, again = ruled(VERDICT, after, before), ruled(VERDICT, after, before)

    assert one == again
