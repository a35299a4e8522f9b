"""Every value that a claim names is held against the calls: what they say otherwise is contradicted, what they say is verified."""

import json
from collections.abc import Mapping

import pytest

from guard import Authority, Case, ToolCall, Turn
from guard.assessment import Assessment, Customer, Move, Sentence, Standing
from guard.judging.claims import claims_in
from guard.judging.sentences import split
from guard.ledger.check import checked

Fields = Mapping[str, object] | str
Call = tuple[str, Fields, Fields]


def told(draft: str, *calls: Call, asked: str = "Please do it.", move: Move = "answer") -> set[Standing]:
    """How the claims of a draft stand after these calls, each sentence read as this move."""
    made = tuple(ToolCall(name, _text(given), _text(result)) for name, given, result in calls)
    sentences = tuple(Sentence(span, move) for span in split(draft))
    case = Case("v", (Turn("customer", asked),), draft, made)
    found = checked(Assessment(Customer("action"), sentences, claims_in(sentences)), case, Authority())
    assert isinstance(found, Assessment)
    return {claim.standing for claim in found.claims}


def _text(fields: Fields) -> str:
    return fields if isinstance(fields, str) else json.dumps(fields)


TRAIN: Call = (
    "rebook_train",
    {"booking": "T9K-22", "train": "IC 704"},
    {"train": "IC 704", "coach": "12", "seat": "61"},
)
VISIT: Call = ("move_appointment", {"appt": 441, "date": "2025-10-21", "time": "08:45"}, "ok")
PLUMBER: Call = (
    "book_visit",
    {"job": "leak", "slot": {"day": "2025-12-04", "from": "14:00", "to": "16:00"}},
    {"visit": "V-55"},
)
TECHNICIAN: Call = (
    "book_technician",
    {"contract": "HT-4"},
    {"job": 77, "booked_on": "2025-09-15", "visit_date": "2025-09-16", "window": "08:00-12:00"},
)
ROOM: Call = (
    "change_room",
    {"stay": "7719-B", "room_type": "family_suite"},
    {"room_type": "family_suite", "rate": 189},
)
COVER: Call = (
    "create_exchange",
    {
        "order": "F-220",
        "return": {"item": "Cover", "colour": "grey", "size": "S"},
        "send": {"item": "Cover", "colour": "green", "size": "L"},
    },
    {"exchange": "X-33"},
)


@pytest.mark.parametrize(
    ("call", "right", "wrong"),
    [
        pytest.param(
            TRAIN,
            "You're on IC 704 now, coach 12, seat 61.",
            "You're on IC 704 now, coach 12, seat 16.",
            id="a seat",
        ),
        pytest.param(
            TRAIN,
            "You're on IC 704 now, coach 12, seat 61.",
            "You're on IC 740 now, coach 12, seat 61.",
            id="a train",
        ),
        pytest.param(
            VISIT,
            "Your visit is now on October 21 at 8:45.",
            "Your visit is now on October 21 at 9:45.",
            id="an hour",
        ),
        pytest.param(
            VISIT,
            "Your visit is now on October 21.",
            "Your visit is now on October 28.",
            id="a day",
        ),
        pytest.param(
            VISIT,
            "Your visit is now on 21.10.2025.",
            "Your visit is now on 28.10.2025.",
            id="a day in figures",
        ),
        pytest.param(
            VISIT,
            "Your visit is now on Tuesday at 8:45.",
            "Your visit is now on Wednesday at 8:45.",
            id="a weekday of a date",
        ),
        pytest.param(
            VISIT,
            "Your visit is now at a quarter to nine on October 21.",
            "Your visit is now at half past nine on October 21.",
            id="an hour in words",
        ),
        pytest.param(
            PLUMBER,
            "A plumber is booked for December 4 between 2 and 4 pm.",
            "A plumber is booked for December 4 between 2 and 5 pm.",
            id="the end of a span",
        ),
        pytest.param(
            TECHNICIAN,
            "A technician is booked for tomorrow between 8 and noon.",
            "A technician is booked for today between 8 and noon.",
            id="today and tomorrow",
        ),
        pytest.param(
            ("start_plan", {"plan": "P", "first_cycle": "2025-05"}, "ok"),
            "Your plan is now running, starting with May.",
            "Your plan is now running, starting with June.",
            id="a month",
        ),
        pytest.param(
            ROOM,
            "Your stay 7719-B is now in a Family Suite at $189.",
            "Your stay 7719-B is now in a Junior Suite at $189.",
            id="a name of which a part is known",
        ),
        pytest.param(
            ROOM,
            "Your stay 7719-B is now in a Family Suite at $189.",
            "Your stay 7719-B is now in a Family Suite at $198.",
            id="a price",
        ),
        pytest.param(
            ("update_address", {"id": 3, "address": "9 Rue Basse, Lyon"}, "ok"),
            "Your address is now 9 Rue Basse, Lyon.",
            "Your address is now 9 Rue Haute, Lyon.",
            id="a name that nobody knows",
        ),
        pytest.param(
            ("update_workspace", {"workspace": "acme", "seats": 4}, "ok"),
            "Workspace acme now has four seats.",
            "Workspace acme now has five seats.",
            id="a count under the thing's own name",
        ),
        pytest.param(
            ("update_transfer", {"ride": "TR-3", "pickup": "harbour gate 2"}, "ok"),
            "Your ride TR-3 now picks you up at harbour gate 2.",
            "Your ride TR-3 now picks you up at harbour gate 4.",
            id="a number behind its word",
        ),
        pytest.param(
            COVER,
            "I've exchanged it: you get the green cover in large.",
            "I've exchanged it: you get the blue cover in large.",
            id="a colour",
        ),
        pytest.param(
            COVER,
            "I've exchanged it: you get the green cover in large.",
            "I've exchanged it: you get the green cover in small.",
            id="the size of what is sent, not of what comes back",
        ),
        pytest.param(
            ("assign_case", {"case_id": "CS-60418", "team": "billing"}, "ok"),
            "I've passed your case CS-60418 to our billing team.",
            "I've passed your case CS-60418 to our fraud team.",
            id="a team",
        ),
        pytest.param(
            ("escalate_ticket", {"ticket": "TK-1", "to": "duty manager"}, "ok"),
            "I've passed ticket TK-1 to the duty manager.",
            "I've passed ticket TK-1 to our legal department.",
            id="a team under another key",
        ),
        pytest.param(
            (
                "transfer",
                {"from_account": "checking-0091", "to_account": "savings-5570", "amount": 500},
                "ok",
            ),
            "I've moved $500 to your savings account.",
            "I've moved $500 to your holiday account.",
            id="an account",
        ),
        pytest.param(
            ("redirect", {"parcel": "DP-33019", "pickup_point": {"name": "Corner Kiosk, Mill Lane 5"}}, "ok"),
            "Your parcel DP-33019 is redirected to the Corner Kiosk on Mill Lane.",
            "Your parcel DP-33019 is redirected to the main post office.",
            id="a place",
        ),
        pytest.param(
            ("update_box", {"box": "W12", "add": "oat milk"}, {"items": ["bread", "oat milk"]}),
            "Box W12 now has oat milk.",
            "Box W12 now has soy milk.",
            id="another sort of one thing",
        ),
        pytest.param(
            ("set_menu", {"user": 9, "menu": "vegetarian"}, {"menu": "vegetarian"}),
            "You're now on the vegetarian menu.",
            "You're now on the vegan menu.",
            id="a word before the name of its field",
        ),
        pytest.param(
            ("upgrade_rental", {"rental": "55-Q", "category": "SUV"}, "ok"),
            "I've upgraded rental 55-Q to an SUV.",
            "I've upgraded rental 55-Q to a convertible.",
            id="another kind",
        ),
        pytest.param(
            ("create_replacement", {"order": "G-77", "lines": [{"item": "Wine glass", "quantity": 3}]}, "ok"),
            "I've ordered three new wine glasses.",
            "I've ordered six new wine glasses.",
            id="a quantity",
        ),
        pytest.param(
            ("add_seats", {"workspace": "acme", "add": 4}, {"seats": 16}),
            "I've added four seats, so acme has 16 seats now.",
            "I've added five seats to acme.",
            id="a count of what the tool adds",
        ),
        pytest.param(
            (
                "check_in",
                {"passengers": ["ADAM KERR", "JULIA KERR"]},
                {"checked_in": ["ADAM KERR", "JULIA KERR"]},
            ),
            "Both of you are checked in.",
            "All three of you are checked in.",
            id="people in a list",
        ),
        pytest.param(
            ("send_sms", {"phone": "+1 202 555 0182"}, "sent"),
            "I've sent the code to the number ending in 0182.",
            "I've sent the code to the number ending in 0128.",
            id="the end of a telephone number",
        ),
        pytest.param(
            (
                "send_gift_card",
                {"recipient": {"name": "Nora Bell"}, "sender": {"name": "Paul Bell"}},
                {"status": "SENT"},
            ),
            "The gift card has been sent to Nora.",
            "The gift card has been sent to you, Paul.",
            id="a recipient",
        ),
        pytest.param(
            ("merge_accounts", {"from": "4471-A", "into": "8830-C"}, {"merged": True}),
            "I've merged 4471-A into 8830-C.",
            "I've merged 4471-B into 8830-C.",
            id="one of two ids",
        ),
        pytest.param(
            ("waive_fee", {"fee": "late", "amount": 15}, {"waived": 15, "new_balance": 212.4}),
            "I've waived the $15 late fee, and your balance is now $212.40.",
            "I've waived the $15 late fee, and your balance is now $221.40.",
            id="a balance",
        ),
        pytest.param(
            (
                "cancel_stay",
                {"ref": "KT-5"},
                {"status": "cancelled", "paid": 410.0, "fee": 45.0, "refunded": 365.0},
            ),
            "Your stay is cancelled and $365 has been refunded.",
            "Your stay is cancelled and $410 has been refunded.",
            id="what came back, and what was paid",
        ),
    ],
)
def test_a_value_that_the_calls_name_otherwise_is_contradicted(call: Call, right: str, wrong: str) -> None:
    assert told(right, call, asked="Please change it.") == {"verified"}
    assert "contradicted" in told(wrong, call, asked="Please change it.")


@pytest.mark.parametrize(
    ("draft", "calls"),
    [
        ("I've added two $10 vouchers.", 2),
        ("I've added three $10 vouchers.", 3),
    ],
)
def test_as_many_were_made_as_there_were_calls(draft: str, calls: int) -> None:
    made = [("issue_voucher", {"cents": 1000}, {"code": f"SORRY-A{n}"}) for n in range(calls)]

    assert told(draft, *made) == {"verified"}
    assert told(draft, *made[1:]) == {"contradicted"}


def test_a_short_name_that_looks_as_the_calls_do_must_be_one_of_them() -> None:
    classes: list[Call] = [("cancel_class", {"id": f"Y{n}"}, {"status": "cancelled"}) for n in (1, 2)]

    assert told("Your classes Y1 and Y2 are cancelled.", *classes) == {"verified"}
    assert told("Your classes Y1, Y2 and Y3 are cancelled.", *classes) == {"contradicted"}


def test_a_code_with_letters_and_digits_is_no_state() -> None:
    voucher: Call = ("issue_voucher", {"value": 10}, {"code": "SORRY-A1", "value": 10})

    assert told("I've issued you a $10 voucher, SORRY-A1.", voucher) == {"verified"}
    assert told("I've issued you a $10 voucher.", ("issue_voucher", {}, {"code": "NOT_FOUND"})) == {
        "contradicted"
    }


def test_a_sum_that_is_reckoned_from_known_ones_is_known() -> None:
    refund: Call = ("refund", {"amount": 84.99}, "ok")

    assert told("I've refunded $84.99 ($89.99 minus the $5.00 fee).", refund) == {"verified"}
    assert told("I've refunded $84.99 ($98.99 minus the $5.00 fee).", refund) == {"contradicted"}


def test_a_thing_is_linked_to_the_id_of_a_lookup_that_was_made_for_it() -> None:
    charges: Call = (
        "list_charges",
        {"permit": "55-201"},
        {"charges": [{"id": "ch_22"}]},
    )
    refund: Call = ("refund_charge", {"charge_id": "ch_22", "amount": 18.5}, "ok")

    assert told("I've refunded $18.50 for permit 55-201.", charges, refund) == {"verified"}
    assert told("I've refunded $18.50 for permit 55-210.", charges, refund) == {"contradicted"}
    assert told("I've refunded $18.50 for permit 55-201.", refund) == {"contradicted"}


def test_a_value_that_only_a_failed_call_was_asked_for_was_not_set() -> None:
    phone: Call = ("update_phone", {"phone": "555-0143"}, {"saved": True})
    mail: Call = ("update_email", {"email": "r@lund.example"}, {"error": "in use"})

    assert told("Your phone is now 555-0143 and your email is now r@lund.example.", phone, mail) == {
        "contradicted"
    }
    assert told("Your phone is now 555-0143.", phone, mail) == {"verified"}


def test_all_were_not_done_where_the_result_lists_some_that_were_not() -> None:
    call: Call = ("check_in", {"pnr": "LK2"}, {"checked_in": ["ADAM"], "not_checked_in": ["FINN"]})
    whole: Call = ("check_in", {"pnr": "LK2"}, {"checked_in": ["ADAM"], "not_checked_in": []})

    assert told("Adam, you are checked in.", call) == {"verified"}
    assert told("All of you are checked in.", call) == {"contradicted"}
    assert told("All of you are checked in.", whole) == {"verified"}


@pytest.mark.parametrize(
    ("draft", "call"),
    [
        pytest.param("You're booked for January 17 at a quarter past twelve.", ("book_photo", {"shop": "Center", "when": "2025-01-17T12:15"}, "ok"), id="an hour is no place"),
        pytest.param("Your Plus plan is ended as of now.", ("end_plan", {"account": "b"}, {"plan": "none", "ended": "now"}), id="none is no plan's name"),
        pytest.param("I've changed the breakfast to two people.", ("set_breakfast", {"room": "8", "guests": 2}, "ok"), id="the tool names the thing"),
        pytest.param("You're booked from Phoenix to Portland.", ("book_flight", {"from": "PHX", "destination": "PDX"}, "ok"), id="cities by their codes"),
        pytest.param("Your party is changed from 4 to 6.", ("update_party", {"res": "R", "party": 6, "at": "19:30"}, "ok"), id="from 4 to 6 are no hours"),
    ],
)  # fmt: skip
def test_what_only_looks_like_another_value_is_none(draft: str, call: Call) -> None:
    assert "contradicted" not in told(
        draft, call, asked="We are 2 for breakfast in room 8, not 3. And end the Plus plan."
    )
