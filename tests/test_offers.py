"""How far an offer goes: the limit that it names, numbers that name things, and facts that it asks for."""

import pytest

from guard import Action, Authority, Case, Turn
from guard.assessment import Assessment, Standing
from guard.judging import local
from guard.ledger.check import checked

REFUND = Action(
    "refund", "refund a ticket to the card", max_amount=60, currency="USD", needs=("ticket number",)
)


def standings(draft: str, asked: str = "The concert was cancelled. I want my money back.") -> set[Standing]:
    case = Case("t", (Turn("customer", asked),), draft, None, Authority((REFUND,)))
    found = checked(local.judge(case, max_characters=2_000), case, Authority())
    assert isinstance(found, Assessment)
    return {claim.standing for claim in found.claims if claim.act == "refund"}


GIVEN = "The concert was cancelled, I want my money back. Ticket number is KD-48213."


@pytest.mark.parametrize(
    ("draft", "standing"),
    [
        ("I can refund you $48 (limit $60).", "verified"),
        ("I can refund you $48; at most $60 is possible.", "verified"),
        ("I can refund you $48, up to $80.", "unauthorised"),
        ("I can refund you $48 and $20.", "unauthorised"),
        ("I can refund you $48 for carriage 22, seat 33 and row 7.", "verified"),
        ("I can refund you 480 for it.", "unauthorised"),
        ("I can refund you up to $60 for each ticket.", "unauthorised"),
        ("I can refund you $60 a month.", "unauthorised"),
        ("I can refund you $20 each for two tickets.", "verified"),
    ],
)
def test_a_limit_that_is_named_beside_an_amount_is_not_given_on_top(draft: str, standing: Standing) -> None:
    assert standings(draft, GIVEN) == {standing}


@pytest.mark.parametrize(
    ("draft", "standing"),
    [
        ("Send me the ticket number and I can refund you $48.", "verified"),
        ("I can refund you $48. What is the number of the ticket?", "verified"),
        ("I can refund you $48. Shall I go ahead?", "unknown"),
        ("I can refund you $48. Could you send me the receipt?", "unknown"),
    ],
)
def test_an_offer_may_stand_beside_the_question_for_what_it_needs(draft: str, standing: Standing) -> None:
    assert standings(draft) == {standing}
