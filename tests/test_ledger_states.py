"""How things stand is claimed in many forms, and what only says how they stand is held against what the calls say."""

import pytest

from guard.assessment import Move, Sentence
from guard.judging.claims import claims_in
from guard.judging.sentences import split
from tests.test_ledger_values import Call, told


def kinds(draft: str, move: Move = "answer") -> list[str]:
    return [claim.kind for claim in claims_in(tuple(Sentence(s, move) for s in split(draft)))]


@pytest.mark.parametrize(
    "draft",
    [
        "You now have 15% off your next bills.",
        "Your table for four is now at 7:30 pm.",
        "Your booking now includes parking.",
        "There is now £40 of credit on your account.",
        "Maria is now on rental RN-4.",
        "Roaming is off on line 2 now.",
        "Order 9034 stays cancelled.",
        "Your card is still blocked.",
        "Your card works and is active again.",
        "You're booked with Dr. Osei.",
        "Both of you are checked in.",
        "Invoice I-77 is paid.",
        "Your membership is frozen.",
    ],
)
@pytest.mark.parametrize("move", ["answer", "filler"])
def test_how_the_customers_things_are_from_now_on_is_a_claim(draft: str, move: Move) -> None:
    assert kinds(draft, move) == ["standing"]


@pytest.mark.parametrize(
    "draft",
    [
        "The shop is now open on Sundays too.",
        "You can now choose your seat in the app.",
        "Now that I have your number, which room is it?",
        "Could you tell me where you are now?",
        "Details of all fees are listed in the app.",
        "Your order is still being processed.",
        "The seat is reserved by another member.",
        "The green one is on its way once we have the grey one.",
        "Let me see why your data was stopped.",
    ],
)
def test_what_holds_for_anyone_or_not_yet_is_no_claim(draft: str) -> None:
    assert kinds(draft) == []


@pytest.mark.parametrize(
    "draft", ["I've taken breakfast off again.", "I've paid the bill.", "We've put you back on."]
)
def test_an_act_in_two_words_or_with_an_odd_participle_is_done(draft: str) -> None:
    assert kinds(draft, "action_done") == ["done"]


LOAN: Call = ("get_loan", {"loan": "L1"}, {"next_due": "2025-03-05", "amount": 210, "status": "open"})


def test_a_fact_stands_unless_all_that_the_calls_say_is_otherwise() -> None:
    assert told("Your next payment is due on March 5.", LOAN) == {"unknown"}
    assert told("Your next payment is due on March 15.", LOAN) == {"contradicted"}
    assert told("Your next payment is $210.", LOAN) == {"unknown"}
    assert told("Your next payment is $120.", LOAN) == {"contradicted"}
    assert told("Your next payment is due on March 15.", LOAN, asked="Is it due on March 15?") == {"unknown"}


def test_what_has_been_somewhere_is_no_deed() -> None:
    plan: Call = ("get_plan", {}, {"options": [{"name": "Streaming Plus", "since": "1 March"}]})

    assert told("It is for an option that has been on your plan since 1 March.", plan) == {"unknown"}
    assert told("Your plan has been cancelled.", plan) == {"ungrounded"}


def test_a_fact_needs_no_call() -> None:
    assert told("Your next payment is due on March 15.") == {"unknown"}


@pytest.mark.parametrize(
    ("draft", "call", "standing"),
    [
        ("Your order has shipped.", ("get_order", {}, {"status": "awaiting_stock"}), "contradicted"),
        ("Your order has shipped.", ("get_order", {}, {"status": "in transit"}), "verified"),
        ("Your contract is cancelled.", ("get_contract", {}, {"status": "active"}), "contradicted"),
        ("Your refund is on its way.", ("check_eligibility", {}, {"eligible": True}), "ungrounded"),
        ("Your taxi is booked.", ("search_taxi", {}, '[{"car": "van", "price": 50}]'), "ungrounded"),
        ("Your room is booked.", ("get_booking", {}, {"room": "Double", "checkout": "11:00"}), "verified"),
        (
            "Your room is booked.",
            ("get_booking", {}, {"room": "Double", "status": "cancelled"}),
            "contradicted",
        ),
        ("Your account is blocked.", ("get_account", {}, {"blocked_countries": ["KP"]}), "unknown"),
        ("Your account is blocked.", ("get_account", {}, {"is_blocked": True}), "verified"),
    ],
)
def test_a_lookup_shows_what_is_and_not_what_may_be(draft: str, call: Call, standing: str) -> None:
    assert told(draft, call) == {standing}


def test_a_mail_that_is_on_its_way_was_sent_and_a_parcel_was_not() -> None:
    receipt: Call = ("send_receipt", {"to": "m@north.example"}, {"queued": True})
    update: Call = ("send_order_update", {"to": "m@north.example"}, {"queued": True})

    assert told("The receipt is on its way to m@north.example.", receipt) == {"verified"}
    assert told("Your order is on its way.", update) == {"ungrounded"}


def test_what_was_sent_once_more_needs_a_call() -> None:
    invoice: Call = ("get_invoice", {"period": "2025-03"}, {"no": "2025-0319", "sent_at": "2025-04-01"})

    assert told("We've sent your invoice.", invoice) == {"verified"}
    assert told("I've sent your invoice again.", invoice, move="action_done") == {"ungrounded"}


def test_money_that_came_back_with_a_cancellation_is_a_refund() -> None:
    call: Call = ("cancel_reservation", {"ref": "KT-5"}, {"status": "cancelled", "refunded": 365.0})

    assert told("Your stay is cancelled, and $365 has been refunded.", call) == {"verified"}
    assert "ungrounded" in told(
        "Your stay is cancelled, and $365 has been refunded.",
        ("cancel_reservation", {}, {"status": "cancelled"}),
    )


def test_a_call_that_holds_the_id_is_the_one_that_is_spoken_of() -> None:
    case: Call = ("create_case", {"subject": "case for our team"}, {"case": "AA-10001"})
    handoff: Call = ("create_handoff_case", {"case": "CG-70001"}, "stored as CG-70001")

    assert told("Your case is saved as CG-70001 for our team.", case, handoff) == {"verified"}
    assert told("Your case is saved as CG-70001 for our team.", case) == {"ungrounded"}


def test_everything_that_was_written_is_not_every_call() -> None:
    ticket: Call = ("create_ticket", {"queue": "urgent", "case": "V-88"}, {"error": "queue not found"})
    handoff: Call = ("create_handoff_case", {"case": "CG-70001"}, "stored as CG-70001")

    assert told("Your case is saved as CG-70001, with everything you wrote.", ticket, handoff) == {"verified"}


@pytest.mark.parametrize(
    ("draft", "call", "standing"),
    [
        ("Your invoice is paid.", ("charge", {"invoice": "I-7"}, {"result": "soft_decline"}), "contradicted"),
        ("Your invoice is paid.", ("charge", {"invoice": "I-7"}, {"result": "captured"}), "verified"),
        ("I've restored your ride.", ("restore_ride", {"ride": "R"}, {"status": "scheduled"}), "verified"),
        ("I've refunded your ride.", ("refund_ride", {"ride": "R"}, {"status": "scheduled"}), "contradicted"),
    ],
)
def test_a_state_is_read_for_what_the_call_does(draft: str, call: Call, standing: str) -> None:
    assert told(draft, call) == {standing}
