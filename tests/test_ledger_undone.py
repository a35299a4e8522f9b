"""What a later call took back stands no longer, whoever took it back and by whatever name."""

import pytest

from guard.ledger.tools import takes_back
from tests.test_ledger_values import Call, told

COT: Call = ("add_extra", {"folio": 44, "extra": "breakfast"}, {"extras": ["parking", "breakfast"]})
NO_COT: Call = ("remove_extra", {"folio": 44, "extra": "breakfast"}, {"extras": ["parking"]})
CANCEL: Call = ("cancel_order", {"order": 9034}, {"status": "cancelled"})
REINSTATE: Call = ("reinstate_order", {"order": 9034}, {"status": "active"})


@pytest.mark.parametrize(
    ("first", "later", "gone", "stands"),
    [
        pytest.param(
            CANCEL, REINSTATE, "Order 9034 stays cancelled.", "Order 9034 is active again.", id="reinstated"
        ),
        pytest.param(
            COT,
            NO_COT,
            "Your booking now includes parking and breakfast.",
            "I've removed breakfast, so only parking is left.",
            id="removed",
        ),
        pytest.param(
            ("upgrade_workspace", {"id": "ws-6", "plan": "business"}, "ok"),
            ("downgrade_workspace", {"id": "ws-6", "plan": "starter"}, "ok"),
            "Your workspace is now on the business plan.",
            "Your workspace is now on the starter plan.",
            id="downgraded",
        ),
        pytest.param(
            ("freeze_membership", {"id": "mm"}, {"status": "frozen"}),
            ("unfreeze_membership", {"id": "mm"}, {"status": "active"}),
            "Your membership is frozen.",
            "I've unfrozen your membership.",
            id="unfrozen",
        ),
        pytest.param(
            ("book_class", {"class": "C-6"}, {"status": "booked"}),
            ("cancel_class_booking", {"class": "C-6"}, {"status": "cancelled"}),
            "You're booked for class C-6.",
            "I've cancelled class C-6.",
            id="the noun stands apart from its verb",
        ),
        pytest.param(
            ("update_email", {"user": 4, "email": "a@old.example"}, "ok"),
            ("update_email", {"user": 4, "email": "b@new.example"}, "ok"),
            "Your email is now a@old.example.",
            "Your email is now b@new.example.",
            id="set anew",
        ),
        pytest.param(
            ("assign_shift", {"employee": "e5", "shift": "early"}, "ok"),
            ("assign_shift", {"employee": "e5", "shift": "late"}, "ok"),
            "You're on the early shift now.",
            "You're on the late shift now.",
            id="set anew under the tool's own word",
        ),
    ],
)
def test_what_was_taken_back_stands_no_longer(first: Call, later: Call, gone: str, stands: str) -> None:
    assert told(gone, first) == {"verified"}
    assert told(gone, first, later) == {"contradicted"}
    assert told(stands, first, later) == {"verified"}


def test_the_removal_of_one_thing_takes_no_other_back() -> None:
    parking: Call = ("add_extra", {"folio": 44, "extra": "parking"}, {"extras": ["parking"]})

    assert told("Your booking now includes parking.", parking, COT, NO_COT) == {"verified"}


def test_what_was_done_for_two_is_no_value_set_anew() -> None:
    one: Call = ("assign_case", {"case_id": "AA-1001", "team": "billing"}, "ok")
    other: Call = ("assign_case", {"case_id": "AA-1002", "team": "billing"}, "ok")

    assert told("I've passed AA-1001 to the billing team.", one, other) == {"verified"}


@pytest.mark.parametrize(
    ("status", "standing"),
    [("reversed", "contradicted"), ("returned", "contradicted"), ("succeeded", "verified")],
)
@pytest.mark.parametrize("lookup", ["get_refund", "get_refund_status"])
def test_a_refund_that_a_later_lookup_shows_as_come_back_is_none(
    status: str, standing: str, lookup: str
) -> None:
    refund: Call = ("create_refund", {"amount": 75.0}, {"refund_id": "rf-901", "status": "succeeded"})
    later: Call = (lookup, {"refund_id": "rf-901"}, {"amount": 75.0, "status": status})

    assert told("Your $75 has been refunded.", refund, later) == {standing}


def test_the_record_of_what_a_call_made_is_known_by_its_id() -> None:
    made: Call = ("make_transfer", {"to": "DE11", "amount": 300}, {"id": "t1", "status": "executed"})

    assert told("I've transferred $300.", made, ("get_transfer", {"id": "t1"}, {"status": "returned"})) == {
        "contradicted"
    }
    assert told("I've transferred $300.", made, ("get_transfer", {"id": "t2"}, {"status": "returned"})) == {
        "verified"
    }


def test_a_verb_takes_its_opposite_back() -> None:
    assert takes_back("remove_extra", "add_extra") == "the same"
    assert takes_back("downgrade_plan", "upgradePlan") == "whatever"
    assert takes_back("revert_address", "update_address") == "whatever"
    assert takes_back("remove_extra", "cancel_order") is None
    assert takes_back("", "add_extra") is None


def test_a_value_that_the_same_tool_set_anew_is_gone() -> None:
    first: Call = ("reschedule", {"appt": 2216, "start": "2025-10-14 09:00"}, "ok")
    second: Call = ("reschedule", {"appt": 2216, "start": "2025-10-14 11:00"}, "ok")
    other: Call = ("reschedule", {"appt": 2217, "start": "2025-10-14 11:00"}, "ok")

    assert "contradicted" in told("Your eye test is at 9 am now.", first, second)
    assert "contradicted" in told("Your eye test is on October 14 at 9 am.", first, second)
    assert "contradicted" not in told("Your eye test is at 11 am now.", first, second)
    assert "contradicted" not in told("Your eye test is at 9 am now.", first, other)


def test_what_only_a_call_that_was_taken_back_said_is_gone() -> None:
    applied: Call = ("apply_promo", {"invoice": 70552, "code": "SPRING5"}, {"discount_cents": 500})
    removed: Call = ("remove_promo", {"invoice": 70552, "code": "SPRING5"}, {"discount_cents": 0})

    assert "contradicted" in told("SPRING5 takes $5 off invoice 70552.", applied, removed)
    assert "contradicted" not in told("SPRING5 takes $5 off invoice 70552.", applied)
    assert "contradicted" not in told("SPRING5 was taken off invoice 70552 again.", applied, removed)


@pytest.mark.parametrize(
    ("make", "take", "draft"),
    [
        ("arm_alarm", "disarm_alarm", "The alarm is on."),
        ("activate_roaming", "deactivate_roaming", "Roaming is active now."),
        ("book_pickup", "cancel_pickup", "The pickup is booked."),
        ("credit_cashback", "reverse_cashback", "You have cashback now."),
        ("grant_access", "revoke_access", "Your access is set up."),
    ],
)
def test_the_opposite_of_a_call_ends_what_it_did(make: str, take: str, draft: str) -> None:
    made: Call = (make, {"site": "S-441"}, {"ok": True})
    taken: Call = (take, {"site": "S-441"}, {"ok": True})

    assert "contradicted" not in told(draft, made)
    assert "contradicted" in told(draft, made, taken)
    assert "contradicted" not in told(draft, taken, made)


@pytest.mark.parametrize(
    "found",
    [
        {"rental": "SC-5104", "state": "held"},
        {"rental": "SC-5104", "state": "pending", "note": "release rolled back, damage check"},
    ],
)
def test_a_later_lookup_of_the_thing_that_shows_it_as_before_outranks_the_call(found: dict[str, str]) -> None:
    released: Call = ("release_deposit", {"rental": "SC-5104"}, {"release": "initiated"})
    draft = "The deposit for SC-5104 has been released."

    assert "contradicted" in told(draft, released, ("get_deposit", {"rental": "SC-5104"}, found))
    assert "contradicted" not in told(
        draft, released, ("get_deposit", {"rental": "SC-9900"}, {**found, "rental": "SC-9900"})
    )
    assert "contradicted" not in told(
        draft, released, ("get_deposit", {"rental": "SC-5104"}, {"state": "released"})
    )
