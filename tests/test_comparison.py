"""Two sides in pairs: the same cases only, majorities over epochs, and what cannot be compared is named."""

import pytest

from guard.evaluation.comparison import arm, compare
from guard.evaluation.metrics import cost, rates, tallies
from guard.evaluation.results import Result, Run, Spent
from tests.runs import base, cases, line, run


def test_only_the_same_case_with_the_same_digest_makes_a_pair() -> None:
    before = [line("same"), line("gone"), line("relabelled", digest="old")]
    after = [line("same", good=False), line("new"), line("relabelled", digest="new")]

    found = compare(base(before), arm(run(after), "the candidate"))

    assert [pair.case for pair in found.pairs("verdict_right")] == ["same"]
    assert (found.left, found.joined, found.changed) == (("gone",), ("new",), ("relabelled",))


def test_flips_are_named_and_harmful_ones_come_first() -> None:
    found = compare(base(cases(4, bad=[0, 1])), arm(run(cases(4, bad=[1, 3])), "the candidate"))

    flips = found.flips()["verdict_right"]

    assert [(flip.case, flip.harmful) for flip in flips] == [("c0003", True), ("c0000", False)]


def test_a_flag_that_does_not_apply_on_one_side_makes_no_pair() -> None:
    found = compare(
        base([line("a"), line("b")]),
        arm(run([line("a", good={"judged": False}), line("b")]), "the candidate"),
    )

    assert [pair.case for pair in found.pairs("verdict_right")] == ["b"]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (run([line("a")], judge="llm"), "The judge is llm"),
        (run([line("a")], models=("m-2",)), "The model is m-2"),
        (run([line("a")], suite_digest="x"), "other cases, epochs, seed or mutations"),
        (run([line("a")], name="other"), "The suite is other"),
    ],
)
def test_what_makes_two_sides_say_nothing_of_one_another_is_named(other: Run, told: str) -> None:
    (found,) = compare(base([line("a")]), arm(other, "the candidate")).incomparable

    assert told in found


def test_the_order_of_models_makes_no_other_judge() -> None:
    one, other = (arm(run([line("a")], models=models), "x") for models in (("a", "b"), ("b", "a")))

    assert compare(one, other).incomparable == ()


def epochs(*good: bool) -> list[Result]:
    return [line("a", held, epoch=n) for n, held in enumerate(good)]


@pytest.mark.parametrize(
    ("told", "holds", "always"),
    [
        ((True, True, False), True, False),
        ((True, False, False), False, False),
        ((True, False), False, False),
        ((True, True), True, True),
    ],
)
def test_a_case_is_what_most_of_its_epochs_are(told: tuple[bool, ...], holds: bool, always: bool) -> None:
    tally = tallies(run(epochs(*told), epochs=len(told)))["a"]

    assert tally.holds("verdict_right") is holds
    assert tally.always("verdict_right") is always
    assert tally.holds("owner_right") is None


def test_an_error_is_no_verdict() -> None:
    tally = tallies(
        run([line("a"), line("a", epoch=1, error="timeout"), line("b", error="timeout")], epochs=2)
    )

    assert tally["a"].outcomes["verdict_right"] == (True,)
    assert tally["b"].holds("verdict_right") is None


def test_of_a_case_that_was_tried_again_the_last_line_counts() -> None:
    again = run([line("a", error="timeout"), line("a")], dataset={"a": "d"})

    assert tallies(again)["a"].holds("verdict_right") is True
    assert cost(again).errors == 0


def test_rates_are_told_by_slice() -> None:
    told = [
        line("a", slices={"language": ("es",)}),
        line("b", good=False, slices={"language": ("es",)}),
        line("c", slices={"language": ("en",)}, mutation="typo"),
    ]

    by_language = {
        (r.value, r.good, r.cases)
        for r in rates(tallies(run(told)).values(), "language")
        if r.fact == "verdict_right"
    }
    by_mutation = {
        (r.value, r.cases)
        for r in rates(tallies(run(told)).values(), "mutation")
        if r.fact == "verdict_right"
    }

    assert by_language == {("en", 1, 1), ("es", 1, 2)}
    assert by_mutation == {("none", 2), ("typo", 1)}


def test_a_call_without_a_price_leaves_the_cost_unknown_and_no_call_is_free() -> None:
    assert cost(run([line("a"), line("b")])).usd == 0
    assert cost(run([line("a", tokens=10), line("b")])).usd is None
    priced = cost(run([line("a", tokens=10, usd=0.5), line("b", error="timeout")]))
    assert (priced.usd_per_1000, priced.tokens_per_reply, priced.errors) == (500, 10, 1)


def test_what_failed_is_paid_for() -> None:
    failed = line("b", error="timeout").model_copy(update={"spent": Spent(calls=1, input_tokens=30, usd=0.1)})

    assert cost(run([line("a", tokens=10, usd=0.1), failed])).tokens_per_reply == 40
