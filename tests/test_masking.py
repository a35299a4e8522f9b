"""What nobody may keep is masked in a handoff, and only that."""

import json

import pytest

from guard import Case, Guard, Turn
from guard.escalation.masking import masked, secrets_in
from guard.outcome import Withheld


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my card 4111 1111 1111 1111 was charged twice", "my card •••• 1111 was charged twice"),
        ("it's 4111-1111-1111-1111, exp 04/29", "it's •••• 1111, exp 04/29"),
        ("amex 378282246310005", "amex •••• 0005"),
        ("card 5555555555554444 cvv 123", "card •••• 4444 cvv ••••"),
        ("the CVC is 987.", "the CVC is ••••."),
        ("security code: 4321", "security code: ••••"),
        ("my pin is 1234", "my pin is ••••"),
        ("My password is hunter2, it never works", "My password is ••••, it never works"),
        ("password: Tr0ub4dor&3", "password: ••••"),
        ("my SSN is 123-45-6789", "my SSN is ••••"),
        ("her PIN with the bank was 8841", "her PIN with the bank was ••••"),
        ("card 4111 1111 1111 1111, expires 04/29, code 737", "card •••• 1111, expires 04/29, code ••••"),
        ("mi DNI es 12345678Z", "mi DNI es ••••"),
        ("passport no 533401999", "passport no ••••"),
        ("NI number AB 12 34 56 C", "NI number ••••"),
    ],
)
def test_what_nobody_may_keep_is_masked(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "order 4111111111111111 never came",  # adds up like a card, and is called an order
        "tracking number is 4111 1111 1111 1111",
        "card ending 4421, charged 2026-11-02",
        "the number 4111 1111 1111 1112 has a wrong check digit",
        "call me on 0171 2345678 or +1 415 555 0199",
        "my pin code is 400001",  # an Indian postal code
        "I forgot my password and the reset mail never came",
        "my password is not accepted",
        "the password was wrong three times",
        "I paid 123 for order #48213-77",
        "security code never arrived, 20 minutes now",
    ],
)
def test_what_only_looks_like_it_stays_as_it_was_said(said: str) -> None:
    assert masked(said) == said


def test_no_part_of_a_stored_handoff_holds_a_card_number(guard: Guard) -> None:
    said = "I want a human. Card 4111 1111 1111 1111, cvv 737, order #48213."
    case = Case(id="4111 is no card", turns=(Turn("customer", said),), draft=f"You wrote: {said}")

    outcome = guard.review(case)

    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    packet = found[1]
    assert "4111 1111" not in packet
    assert "737" not in packet
    assert json.loads(packet)["case"] == "4111 is no card"
    assert "#48213" in packet
    assert "•••• 1111" in packet


def test_a_secret_is_masked_where_it_stands_alone_too(guard: Guard) -> None:
    said = "I want to speak to a human agent now. My pin is 4821 and my password is hunter2."

    outcome = guard.review(Case(id="t1", turns=(Turn("customer", said),), draft="You said hunter2."))

    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    assert "hunter2" not in found[1]
    assert "4821" not in found[1]


def test_a_code_that_was_told_with_a_card_is_known_where_it_stands_alone() -> None:
    assert secrets_in("card 4111 1111 1111 1111, code 737") >= {"737"}
