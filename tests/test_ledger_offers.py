"""An offer stands on a grant that it names by its terms or by its thing, up to the hour and by the time of its own part."""

import pytest

from guard import Authority, Case, Turn
from guard.assessment import Assessment, Customer, Sentence
from guard.case import Action
from guard.judging.claims import claims_in
from guard.judging.sentences import split
from guard.ledger.authority import read
from guard.ledger.check import checked

MAIL = Action("mail", "send the booking confirmation again to the email address on the booking")
CHECKOUT = Action("late", "extend the checkout on the day of departure until 14:00")
OPTION = Action("remove", "remove a paid option from the plan", deadline="at the end of the current month")
CREDIT = Action("credit", "credit an unwanted option on the next invoice", max_amount=12, currency="EUR")


def offered(draft: str, *may: Action, asked: str = "Can you help me with that?") -> dict[str, str]:
    sentences = tuple(Sentence(span, "offer") for span in split(draft))
    case = Case("o", (Turn("customer", asked),), draft, None, Authority(may))
    found = checked(Assessment(Customer("action"), sentences, claims_in(sentences)), case, Authority())
    assert isinstance(found, Assessment)
    return {claim.act: claim.standing for claim in found.claims}


@pytest.mark.parametrize(
    ("may", "draft", "standing"),
    [
        (MAIL, "Shall I have the booking confirmation for KT88PL mailed once more?", "verified"),
        (MAIL, "Shall I have your yoga mat mailed once more?", "unknown"),
        (CHECKOUT, "I can extend it until 14:00.", "verified"),
        (CHECKOUT, "I can extend it until 2 pm.", "unknown"),
        (CHECKOUT, "I can extend it until 16:00.", "unauthorised"),
        (CHECKOUT, "I can extend it for you.", "unknown"),
        (OPTION, "I can remove it; it then ends at the end of the current month.", "verified"),
        (OPTION, "I can remove it today.", "unknown"),
        (CREDIT, "If you don't want it, I can credit up to 12 EUR on your next invoice.", "verified"),
        (CREDIT, "If you don't want it, I can credit up to 20 EUR on your next invoice.", "unauthorised"),
        (CREDIT, "I can credit 12 EUR today.", "unknown"),
    ],
)
def test_an_offer_of_it_is_of_the_grant_whose_terms_it_tells(may: Action, draft: str, standing: str) -> None:
    assert set(offered(draft, may).values()) == {standing}


def test_an_offer_of_another_thing_is_not_what_the_customer_asked_for() -> None:
    asked = "Where is my booking confirmation?"

    assert set(offered("I can send it again.", MAIL, asked=asked).values()) == {"verified"}
    assert set(offered("I can send you the umbrella.", MAIL, asked=asked).values()) == {"unknown"}


def test_each_part_of_an_offer_has_its_own_time() -> None:
    lamp = Action("lamp", "send a replacement lamp", deadline="within 5 days")
    money = Action("money", "refund the lamp", deadline="within 14 days")
    draft = "I can send a replacement lamp within 5 days or refund the lamp within {} days."

    assert offered(draft.format(14), lamp, money)["refund"] == "verified"
    assert offered(draft.format(3), lamp, money)["refund"] == "unauthorised"


def test_a_condition_may_stand_before_the_act() -> None:
    grant = read(Action("c", "when it has not shipped, cancel the order"))

    assert grant.acts == {"cancel"}
    assert grant.conditional
    assert grant.says is None
    assert offered("I can cancel your order.", grant.action) == {"cancel": "unknown"}
    assert offered("I can refund your order.", grant.action) == {"refund": "unauthorised"}


def test_an_hour_ends_no_sentence_of_an_authority() -> None:
    assert read(CHECKOUT).says == "extend the checkout on the day of departure until 14:00"
