"""A claim that the ledger cannot place stands on the words of one action, or on those of results."""

from dataclasses import replace

import pytest

from guard import Action, Case, ToolCall, Turn
from guard.assessment import ANY_ACT, Claim, ClaimKind, Span, Standing
from guard.ledger.permission import NOT_COVERED
from guard.rewriting.bearing import bears

PAUSE = Action("pause", "pause a membership, only while a doctor's letter is valid")
CREDIT = Action("credit", "reduce the joining fee", max_amount=30, currency="GBP")
MOVE = Action("move", "move a class to another day")
CALL = ToolCall(
    "get_class", "{}", '{"class": "spinning", "state": "waiting for a trainer", "fee": "30.00 GBP"}', ok=True
)
CASE = Case("gym", (Turn("customer", "Can you move my class? And the fee?"),), "x", (CALL,))


def borne(
    text: str,
    *,
    kind: ClaimKind = "offered",
    standing: Standing = "unknown",
    act: str = ANY_ACT,
    why: str = "",
    reply: str = "",
) -> bool:
    claim = Claim(kind, act, Span(text, 0, len(text)), standing=standing, why=why)
    return bears(claim, reply or text, CASE, (PAUSE, CREDIT, MOVE))


@pytest.mark.parametrize("standing", ["unknown", "unauthorised"])
def test_an_offer_stands_on_the_words_of_an_action(standing: Standing) -> None:
    assert borne("I can move your class.", standing=standing, why=NOT_COVERED)
    assert not borne("I can cancel your class.", standing=standing, why=NOT_COVERED)


@pytest.mark.parametrize(
    ("standing", "why"),
    [("contradicted", ""), ("unauthorised", "60 is above the limit of 30"), ("unauthorised", "")],
)
def test_what_is_against_a_limit_or_a_result_stays_so(standing: Standing, why: str) -> None:
    assert not borne("I can move your class.", standing=standing, why=why)


def test_an_offer_with_a_limit_needs_an_amount_somewhere_in_the_reply() -> None:
    said = "I can reduce the joining fee."

    assert not borne(said)
    assert borne(said, reply=f"{said} Up to £30 is possible.")


def test_an_offer_on_a_condition_needs_the_condition_somewhere_in_the_reply() -> None:
    said = "I can pause your membership."

    assert not borne(said)
    assert not borne(said, reply=f"{said} That is valid.")
    assert borne(said, reply=f"{said} It lasts while the doctor's letter is valid.")


def test_one_word_that_nobody_knows_is_enough_to_let_it_fall() -> None:
    assert not borne("I can move your class to the beach.")


def test_what_may_be_is_an_offer_also_where_the_ledger_read_a_state() -> None:
    assert borne("Your class can be moved.", kind="standing", act="change")
    assert not borne("Your class is moved.", kind="standing", act="change")


def test_a_state_of_no_act_stands_on_the_words_of_results() -> None:
    assert borne("Your spinning class is waiting for a trainer.", kind="standing")
    assert borne("Your spinning class is waiting for a trainer.", kind="done", standing="ungrounded")
    assert not borne("Your spinning class is waiting for a trainer.", kind="standing", act="cancel")
    assert not borne("We have moved the spinning class.", kind="done", standing="ungrounded")


def test_a_state_without_a_word_of_a_result_stands_on_nothing() -> None:
    said = "The membership is for the joining."
    claim = Claim("standing", ANY_ACT, Span(said, 0, len(said)), standing="unknown")

    assert not bears(claim, said, replace(CASE, evidence=()), (PAUSE, CREDIT, MOVE))
