"""Sentences that claim no deed are held against the calls too, each clause by itself; what calls do not speak of stays."""

import pytest

from guard.assessment import Move
from tests.test_ledger_values import Call, told

ROOM: Call = (
    "change_room",
    {"booking": 9917, "room": "Birch", "capacity": 12},
    {"room": "Birch", "date": "2025-03-06"},
)
SKIP: Call = (
    "skip_delivery",
    {"subscription": 33921, "delivery_date": "2025-02-10"},
    {"skipped": "2025-02-10", "next_delivery": "2025-02-17"},
)
LOAN: Call = (
    "renew_loan",
    {"title": "Dunes"},
    {"title": "Dunes", "old_due": "2025-10-31", "new_due": "2025-11-21"},
)
GIFT: Call = (
    "update_gift",
    {"donor": 4120, "amount": "30.00"},
    {"amount": "30.00", "processing_fee": "0.90", "total_charged": "30.90"},
)
VAN: Call = (
    "extend_rental",
    {"rental": "V-3", "days": 2},
    {"rental": "V-3", "new_return": "2025-08-06T10:00"},
)


@pytest.mark.parametrize(
    ("call", "right", "wrong"),
    [
        pytest.param(ROOM, "You've got Birch on March 6.", "You've got Maple on March 6.", id="another name"),
        pytest.param(
            SKIP, "The next one comes on the 17th.", "The next one comes on the 27th.", id="a bare day"
        ),
        pytest.param(
            LOAN,
            "Please bring it back by November 21; you can renew it once more.",
            "Please bring it back by October 31; you can renew it once more.",
            id="what was before",
        ),
        pytest.param(
            GIFT,
            "With the processing fee, $30.90 will be charged on May 1.",
            "With the processing fee, $39.00 will be charged on May 1.",
            id="a sum that nobody knows",
        ),
        pytest.param(
            VAN,
            "The van is yours for two more days.",
            "The van is yours for three more days.",
            id="a number of days",
        ),
        pytest.param(VAN, "See you on August 6 at 10.", "See you on August 6 at 11:30.", id="an hour"),
        pytest.param(
            ("get_quote", {"from": "Leeds"}, {"price": 640, "valid_until": "2025-08-30"}),
            "The quote is 640 and valid until August 30.",
            "The quote is 460 and valid until August 30.",
            id="a number of a record",
        ),
        pytest.param(
            (
                "change_address",
                {"order": "D-2", "address": {"line1": "14 Quarry Road", "city": "Hexham"}},
                "ok",
            ),
            "It goes to 14 Quarry Road, Hexham.",
            "It goes to 14 Quarry Road, Hexton.",
            id="a town",
        ),
    ],
)
def test_a_sentence_without_a_claim_is_contradicted_where_calls_say_otherwise(
    call: Call, right: str, wrong: str
) -> None:
    assert told(right, call) <= {"unknown", "verified"}
    assert told(wrong, call) == {"contradicted"}


@pytest.mark.parametrize(
    "draft",
    [
        "Orders usually come on the 27th.",
        "If it doesn't fit, we have Maple on March 7 for $45.",
        "Would the 27th be better?",
        "- Maple, March 7",
        "Our shop in Hexton is open from 9 to 18.",
        "You wrote that the 27th is too late.",
        "It takes two more days.",
        "Thank you for being with Maple Rooms!",
    ],
)
def test_what_holds_for_anyone_or_for_nothing_certain_is_not_held_against_calls(draft: str) -> None:
    assert told(draft, ROOM, SKIP) == set()


@pytest.mark.parametrize("move", ["offer", "empathy"])
def test_an_offer_and_words_of_feeling_tell_nothing(move: Move) -> None:
    assert told("You've got Maple on March 6.", ROOM, move=move) == set()


def test_a_lookup_of_several_records_contradicts_no_bare_sentence() -> None:
    records: Call = (
        "list_rooms",
        {},
        {"rooms": [{"room": "Birch", "price": 40}, {"room": "Oak", "price": 55}]},
    )

    assert told("You've got Maple on March 6.", records) == set()


def test_of_what_a_failed_call_was_for_nothing_is_told_as_done() -> None:
    done: Call = ("set_auto_renew", {"domain": "b.example"}, {"enabled": True})
    failed: Call = ("enable_privacy", {"domain": "b.example"}, {"error": "not supported"})

    assert "contradicted" in told("Auto-renew is on, and privacy protection has been added.", done, failed)
    assert "contradicted" not in told(
        "Auto-renew is on, but privacy protection could not be added.", done, failed
    )
    assert "contradicted" in told("Alpha and beta are up again.", *_restarted("error"))
    assert "contradicted" not in told("Alpha is up again. Beta could not be restarted.", *_restarted("error"))
    assert "contradicted" not in told("Alpha and beta are up again.", *_restarted("state"))


def _restarted(key: str) -> tuple[Call, Call]:
    return (
        ("restart", {"server": "alpha"}, {"state": "up"}),
        ("restart", {"server": "beta"}, {key: "up" if key == "state" else "timeout"}),
    )


def test_a_reference_that_a_failed_call_gave_is_known_where_the_failure_is_told() -> None:
    failed: Call = ("submit_return", {"year": 2024}, {"submission": "rejected", "code": "R0147"})

    assert "ungrounded" not in told("The tax office rejected it with code R0147.", failed)
    assert told("Your return is filed under R0147.", failed) & {"ungrounded", "contradicted"}
