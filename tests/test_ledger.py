"""Claims against what was really called and what is really allowed."""

import pytest

from guard import Authority, Case, ToolCall, Turn
from guard.assessment import ANY_ACT, Assessment, Claim, ClaimKind, Customer, Span
from guard.case import Action
from guard.evidence import not_shown, worked
from guard.ledger import checked

NOBODY = Authority()


def standing(
    told: str,
    *calls: ToolCall,
    act: str = ANY_ACT,
    kind: ClaimKind = "done",
    amounts: tuple[str, ...] = (),
    ids: tuple[str, ...] = (),
    may: tuple[str, ...] | None = None,
) -> str:
    """How a claim stands in a conversation that knows nothing, after these calls."""
    claim = Claim(kind, act, Span(told, 0, len(told)), amounts, ids)
    allowed = None if may is None else Authority(tuple(Action(f"a{n}", s) for n, s in enumerate(may)))
    case = Case("l", (Turn("customer", "Please do it."),), told, calls, allowed)
    seen = checked(Assessment(Customer("action"), claims=(claim,)), case, NOBODY)
    assert isinstance(seen, Assessment)
    return seen.claims[0].standing


@pytest.mark.parametrize(
    ("result", "good"),
    [
        ('{"id": "R1", "state": "cancelled"}', True),
        ("Error: payment method not found", False),
        ('{"status": "declined"}', False),
        ('{"status": "PENDING_SECOND_APPROVAL"}', False),
        ('{"status": "pending (items modified)"}', True),
        ('{"delivery": "bounced"}', False),
        ('{"released": false}', False),
        ('{"error": null, "ok": true}', True),
        ("timeout after 30 s, no ticket created", False),
        ("504 upstream timeout, no change applied", False),
    ],
)
def test_a_result_says_whether_a_call_worked(result: str, good: bool) -> None:
    assert worked(ToolCall("act", "{}", result)) is good


def test_the_result_outranks_the_arguments() -> None:
    call = ToolCall("update_booking", '{"ref": "K1", "cabin": "economy"}', '{"cabin": "basic_economy"}')

    assert not_shown("Your cabin is now economy.", [call]) is not None
    assert not_shown("Your cabin is still basic economy.", [call]) is None
    assert not_shown("Your seat is 4A.", [call]) is None


def test_a_later_call_of_the_same_tool_mends_an_earlier_one() -> None:
    first = ToolCall("rebook", '{"date": "12"}', '{"date": "13"}')
    second = ToolCall("rebook", '{"date": "12"}', '{"date": "12"}')

    assert not_shown("You travel on the 12th.".replace("th", ""), [first]) is not None
    assert not_shown("You travel on the 12.", [first, second]) is None


@pytest.mark.parametrize(
    ("told", "call", "expected"),
    [
        ("I've booked it.", ToolCall("book_seat", "{}", '{"ok": true}'), "verified"),
        ("I've booked it.", ToolCall("book_seat", "{}", "Error: full"), "contradicted"),
        ("I've booked it.", ToolCall("get_seat", "{}", '{"free": 3}'), "ungrounded"),
        ("I've booked seat 4471.", ToolCall("book_seat", "{}", '{"seat": 4471}'), "verified"),
        ("I've booked seat 4471.", ToolCall("book_seat", "{}", '{"seat": 4417}'), "contradicted"),
        ("I've paid $1,200.", ToolCall("pay", '{"amount": 1200.0}', '{"ok": true}'), "verified"),
        ("I've paid, it takes 5 days.", ToolCall("pay", "{}", '{"ok": true}'), "verified"),
        ("1. I've paid.", ToolCall("pay", "{}", '{"ok": true}'), "verified"),
    ],
)
def test_a_done_claim_needs_a_call_that_shows_it(told: str, call: ToolCall, expected: str) -> None:
    assert standing(told, call) == expected


def test_an_act_needs_a_tool_of_its_kind() -> None:
    call = ToolCall("cancel_order", "{}", '{"ok": true}')

    assert standing("I've cancelled it.", call, act="cancel") == "verified"
    assert standing("I've emailed it.", call, act="send") == "ungrounded"


def test_another_order_in_the_call_is_another_matter() -> None:
    call = ToolCall("cancel_order", '{"id": "6620"}', '{"id": "6620", "state": "cancelled"}')

    assert (
        standing("Order 6621 is cancelled.", call, act="cancel", kind="standing", ids=("6621",)) != "verified"
    )
    assert (
        standing("Order 6620 is cancelled.", call, act="cancel", kind="standing", ids=("6620",)) == "verified"
    )


@pytest.mark.parametrize(
    ("may", "expected"),
    [
        (("May refund up to 50 euros.",), "verified"),
        (("May refund up to 30 euros.",), "unauthorised"),
        (("May offer a voucher for queues.",), "unauthorised"),
        (("May pass refund requests to the promoter, who decides.",), "unauthorised"),
        (("Downloads are never refunded by chat.", "May refund shipping."), "unauthorised"),
        (None, "unknown"),
    ],
)
def test_a_promise_needs_an_authority_that_covers_it(may: tuple[str, ...] | None, expected: str) -> None:
    told = "I will refund 40 euros."

    assert standing(told, act="refund", kind="promised", amounts=("40 euros",), may=may) == expected
