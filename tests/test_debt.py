"""Empathy debt: the third sorry is seen as what it is."""

from pathlib import Path

import pytest

from guard import Case, Guard, Rewritten, Sent, ToolCall, Turn, Withheld
from guard.assessment import Assessment, Recognition
from guard.judging import local
from guard.policy import SHIPPED, parse
from guard.settings import Settings

SORRY = "I am so sorry for the trouble with your broken lamp."
STEP = "Which of the two lamps arrived broken, the green or the grey one?"
DONE = ToolCall("issue_refund", '{"amount": 40}', '{"status": "succeeded"}')


def talk(sorries: int, draft: str, *calls: ToolCall) -> Case:
    """A customer who was told so many sorries, and the next draft."""
    turns = [Turn("customer", "My lamp arrived broken. Send me a new one.")]
    for _ in range(sorries):
        turns += [Turn("assistant", SORRY), Turn("customer", "And? Where is my new lamp?")]
    return Case("d", tuple(turns), draft, calls)


def recognition(case: Case) -> Recognition:
    found = local.judge(case, 10_000)
    assert isinstance(found, Assessment)
    return found.recognition


def test_each_sorry_adds_to_the_debt_and_a_call_that_worked_pays_for_two() -> None:
    assert [recognition(talk(n, SORRY)).debt for n in range(3)] == [1, 2, 3]
    assert recognition(talk(2, SORRY, DONE)).debt == 1
    assert recognition(talk(2, SORRY, ToolCall("issue_refund", "{}", "Error"))).debt == 3


def test_the_same_sorry_again_is_a_repeat_and_another_one_is_none() -> None:
    assert recognition(talk(1, "I am so sorry about the trouble with your broken lamp!")).repeats == 1
    assert recognition(talk(1, "That must have been a nasty surprise, I understand.")).repeats == 0


def test_words_of_recognition_are_those_of_the_draft() -> None:
    assert recognition(talk(2, f"{SORRY} {STEP}")).words == len(SORRY.split())
    assert recognition(talk(2, STEP)).words == 0


@pytest.fixture
def strict(tmp_path: Path) -> Guard:
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("  # debt_rewrites_at: 2 ", "  debt_rewrites_at: 2 ").replace(
        "  # debt_escalates_at: 3 ", "  debt_escalates_at: 3 "
    )
    return Guard(parse(text, "policy.yaml"), Settings(home=tmp_path))


def test_by_policy_a_sorry_too_many_is_taken_out_and_the_next_one_brings_a_person(strict: Guard) -> None:
    once, twice, thrice = (strict.review(talk(n, f"{SORRY} {STEP}")) for n in (0, 1, 2))

    assert isinstance(once, Sent)
    assert isinstance(twice, Rewritten)
    assert twice.reply == STEP
    assert isinstance(thrice, Withheld)
    assert thrice.receipt.reason == "loop"
    assert isinstance(strict.review(talk(1, STEP)), Sent)
