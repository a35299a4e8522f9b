"""The beginning of a draft that could be sent by itself."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard import Case, Guard, Rewritten, Sent, Withheld
from guard.assessment import Assessment
from guard.judging.beginning import beginnings
from guard.pipeline import stands_alone
from tests.cases import EMPTY_SORRY, case

CASES = sorted((Path(__file__).parent.parent / "evals" / "cases").glob("*.jsonl"))
GOOD = "Please reset the router: hold the button at the back for ten seconds, then wait for the green light."
FALSE = "I've also refunded $40 to your card."
ASKED = "My internet is down. How do I reset the router?"


def test_what_is_good_of_a_draft_stays_when_a_false_claim_follows(guard: Guard) -> None:
    outcome = guard.review(case(ASKED, f"{GOOD} {FALSE}", evidence=()))

    assert isinstance(outcome, Rewritten)
    assert outcome.judgement.verdict == "unbacked_claim"
    assert outcome.reply == GOOD


def test_a_beginning_without_a_step_is_not_enough(guard: Guard) -> None:
    outcome = guard.review(case(ASKED, f"Hello. {EMPTY_SORRY}"))

    assert isinstance(outcome, Withheld)


HOLD = "Hold the button at the back"


@pytest.mark.parametrize(
    ("asked", "draft", "known"),
    [
        ("How do I reset the router?", f"{HOLD}, then open www.reset-mine.example and log in.", False),
        (
            "How do I reset the router? It says www.reset-mine.example on it.",
            f"{HOLD}, then open www.reset-mine.example and log in.",
            True,
        ),
        ("How do I pay for it?", "Go to the counter, choose cash and pay the $12 there.", False),
        ("How do I pay the $12 for it?", "Go to the counter, choose cash and pay the $12 there.", True),
        ("How do I reset the router?", f"{HOLD} for 20 seconds, then wait for the green light.", True),
    ],
)
def test_a_beginning_tells_no_amount_date_or_place_that_only_the_draft_says(
    guard: Guard, asked: str, draft: str, known: bool
) -> None:
    """A rewrite may keep as much of the draft's sentences, and no more."""
    watching = Guard.load(mode="observe", settings=guard.settings)
    one = case(asked, draft, evidence=())
    judgement = watching.review(one).judgement

    assert judgement.decision == "send"
    assert stands_alone(one, judgement, guard.policy) is known


def test_a_deed_of_ours_in_which_no_claim_is_found_does_not_stand_alone(guard: Guard) -> None:
    watching = Guard.load(mode="observe", settings=guard.settings)
    one = case(
        "My bill is wrong, please correct it.",
        "Our finance team has signed off on the full refund.",
        evidence=(),
    )
    judgement = watching.review(one).judgement

    assert isinstance(judgement.assessment, Assessment)
    assert judgement.decision == "send"
    assert judgement.assessment.claims == ()
    assert not stands_alone(one, judgement, guard.policy)


def test_a_good_draft_is_not_cut(guard: Guard) -> None:
    assert isinstance(guard.review(case(ASKED, GOOD)), Sent)


def test_a_moment_that_belongs_to_a_person_is_not_answered_with_a_beginning(guard: Guard) -> None:
    outcome = guard.review(case(f"I want to speak to a person now. {ASKED}", f"{GOOD} {FALSE}", evidence=()))

    assert isinstance(outcome, Withheld)


@given(st.text(alphabet="aB .!?\n-*|1:)。é", max_size=300), st.integers(0, 300))
def test_where_a_draft_may_be_cut_does_not_move_when_more_is_written(text: str, place: int) -> None:
    whole = beginnings(text)

    assert whole[: len(beginnings(text[:place]))] == beginnings(text[:place])


@pytest.mark.parametrize("file", CASES, ids=lambda path: path.stem)
def test_a_reply_shown_sentence_by_sentence_is_the_reply_that_the_whole_draft_gets(
    guard: Guard, file: Path
) -> None:
    """Over our own cases: what `early` would have shown is how the outcome's reply begins, and no word is taken back."""
    for line in file.read_text(encoding="utf-8").splitlines()[::5]:
        one = Case.from_record({k: v for k, v in json.loads(line).items() if k in _FIELDS})
        shown = max((end for end in beginnings(one.draft) if _is_shown(guard, one, end)), default=0)

        reply = guard.review(one).reply

        assert reply.startswith(one.draft[:shown]), one.id
        assert reply == one.draft or not shown or reply == one.draft[:shown], one.id


_FIELDS = ("id", "context", "draft", "actions", "authority")


def _is_shown(guard: Guard, one: Case, end: int) -> bool:
    beginning = replace(one, draft=one.draft[:end])
    outcome = guard.review(beginning)
    return (
        isinstance(outcome, Sent)
        and outcome.judgement.owner == "ai"
        and stands_alone(beginning, outcome.judgement, guard.policy)
    )
