"""What was before, what was asked for and what a balance says are no values that a claim may tell as the new ones."""

import pytest

from tests.test_ledger_values import Call, told

WALLET: Call = (
    "credit_wallet",
    {"driver": "d-88", "amount_minor": 1175},
    {"credited_minor": 1175, "balance_minor": 2075},
)
BILL: Call = (
    "void_line",
    {"bill": "B-900", "price": "4.20"},
    {"bill": "B-900", "was": "23.60", "total": "19.40"},
)
DELIVERY: Call = (
    "reschedule_delivery",
    {"order": "T-900", "date": "2025-06-19"},
    {"order": "T-900", "previous_date": "2025-06-12", "date": "2025-06-19"},
)
LESSON: Call = ("cancel_lesson", {"student": "LM-12", "date": "2025-11-04"}, {"cancelled": True})
CLEANER: Call = (
    "book_cleaning",
    {"flat": "A-209", "hours": 3},
    {"created": "2025-04-03", "visit": "2025-04-05", "start": "09:30"},
)
PAUSE: Call = ("pause_paper", {"sub": "N-88", "from": "2025-07-14", "to": "2025-07-28"}, {"paused": True})
TABLE: Call = ("move_table", {"ref": "TB-33", "time": "20:15"}, {"time": "20:15"})
PASSES: Call = ("issue_day_passes", {"company": 308, "qty": 10}, {"issued": 8, "reason": "daily limit"})
INVITES: Call = ("send_invites", {"to": ["a@x.example", "b@x.example"]}, {"sent": 2})
LISTS: Call = (
    "unsubscribe",
    {"lists": ["offers", "events", "tips"]},
    {"removed": ["offers", "events"], "failed": ["tips"]},
)
SLOT: Call = ("book_slot", {"office": "North"}, {"code": "NB-77", "slot": "2025-11-05 14:40"})


@pytest.mark.parametrize(
    ("call", "right", "wrong"),
    [
        (
            WALLET,
            "£11.75 is back in your wallet, and your balance is £20.75.",
            "£20.75 is back in your wallet.",
        ),
        (WALLET, "£11.75 has been returned to you.", "£20.75 has been returned to you."),
        (BILL, "Bill B-900 is now €19.40.", "Bill B-900 is now €23.60."),
        (BILL, "Bill B-900 was €23.60 and is now €19.40.", "The total is now €23.60."),
        (DELIVERY, "Your delivery is on June 19.", "Your delivery is on June 12."),
        (DELIVERY, "It comes on Thursday the 19th, not on the 12th.", "It comes on Thursday the 12th."),
        (DELIVERY, "It was moved from June 12 to June 19.", "It is now on June 12."),
        (DELIVERY, "It comes on June 19, 2025.", "It comes on June 19, 2026."),
        (
            LESSON,
            "The lesson on November 4 is cancelled.",
            "The lessons on the 4th and the 11th are cancelled.",
        ),
        (
            LESSON,
            "The lesson on November 4 is cancelled.",
            "The lessons on November 4 and November 11 are cancelled.",
        ),
        (LESSON, "I've cancelled your lesson.", "I've cancelled both lessons."),
        (CLEANER, "The cleaner is booked for the day after tomorrow.", "The cleaner is booked for tomorrow."),
        (PAUSE, "Your paper is paused from 14 to 28 July.", "Your paper is paused from 4 to 28 July."),
        (TABLE, "I've moved your table to 8:15.", "I've moved your table to 8:45."),
        (PASSES, "I've issued eight day passes.", "I've issued ten day passes."),
        (INVITES, "I've sent the two invitations.", "I've sent the three invitations."),
        (
            LISTS,
            "I've unsubscribed you from offers and events.",
            "I've unsubscribed you from offers, events and tips.",
        ),
        (LISTS, "You're off two lists; tips could not be removed.", "You're off all three lists."),
        (SLOT, "Your slot is on Wednesday at 2:40 pm.", "Your slot is on Friday at 2:40 pm."),
    ],
)
def test_only_the_value_that_holds_now_is_shown(call: Call, right: str, wrong: str) -> None:
    assert "contradicted" not in told(right, call)
    assert told(wrong, call) & {"contradicted", "ungrounded"}


def test_an_hour_behind_a_number_word_counts_nothing() -> None:
    assert told("It's booked: the cleaner comes at 9:30 for three hours.", CLEANER) == {"verified"}


def test_a_day_that_comes_before_is_the_end_of_what_runs_until_then() -> None:
    plan: Call = ("change_plan", {"account": "A-77", "to": "standard"}, {"effective": "2025-07-01"})

    assert "contradicted" not in told("Pro keeps working until 30 June.", plan)
    assert "contradicted" in told("Pro keeps working until 20 June.", plan)
