"""What a model may lift: a claim whose own act stands in the words of a result, and no deed that no call did."""

import json

import pytest

from guard import Authority, Case, ToolCall, Turn
from guard.assessment import Assessment
from guard.judging.llm import assessed
from guard.judging.wire import Reading
from guard.ledger.check import checked
from tests.readings import reading, sentence

LANGUAGES = frozenset(("en", "es", "de", "fr", "pt"))


def standings(draft: str, kind: str, act: str, tool: str, result: str, quote: str | None) -> set[str]:
    """How the claims of a draft stand that a model read as shown by these words of a result."""
    case = Case("t1", (Turn("customer", "What about it?"),), draft, (ToolCall(tool, "{}", result, ok=True),))
    claim = {"quote": draft, "kind": kind, "act": act, "shown_by": quote}
    told = reading(sentences=[sentence(draft, "action_done", step=True)], claims=[claim])
    found = assessed(case, Reading.model_validate_json(json.dumps(told)), "test", LANGUAGES)
    weighed = checked(found, case, Authority())
    assert isinstance(weighed, Assessment)
    return {c.standing for c in weighed.claims}


@pytest.mark.parametrize(
    ("draft", "kind", "act", "tool", "result", "quote"),
    [
        ("I have refunded you.", "done", "refund", "get_order_details", '{"status": "delivered"}', '"status": "delivered"'),
        ("I've cancelled your order 4411.", "done", "cancel", "get_order", '{"order": 4411, "status": "processing"}', "processing"),
        ("Your refund has gone through.", "standing", "refund", "lookup_order", '{"total": 50}', '"total": 50'),
        ("I have sent you a replacement lamp.", "done", "replace", "track_parcel", '{"state": "in transit"}', "in transit"),
        ("I've upgraded your plan.", "done", "change", "get_plan", '{"plan": "basic"}', '"plan": "basic"'),
        ("I've reset your password.", "done", "unlock", "get_user", '{"email": "a@b.c", "active": true}', '"active": true'),
        ("We have credited your account with $20.", "done", "compensate", "get_balance", '{"balance": 20}', '"balance": 20'),
        ("I've booked a technician for Monday.", "done", "book", "list_slots", '{"slots": ["monday 9:00"]}', "monday 9:00"),
        ("I've blocked your card.", "done", "stop", "get_card", '{"last4": "4421", "state": "active"}', '"state": "active"'),
        ("I have refunded order 4411.", "done", "refund", "get_order", '{"order": 4412, "status": "refunded"}', "refunded"),
        ("Your order has been refunded.", "done", "refund", "get_order", '{"refund_status": "not refunded"}', "not refunded"),
        ("Your order has been cancelled.", "standing", "cancel", "get_order", '{"status": "cancellation requested"}', "cancellation requested"),
        ("I opened a ticket for you.", "done", "open", "search_kb", '{"text": "Open a ticket in the app."}', "Open a ticket"),
        ("I've escalated this to our specialists.", "done", "hand over", "get_case", '{"case": 7, "owner": null}', '"owner": null'),
        ("I have emailed you the label.", "done", "send", "get_customer", '{"email": "a@b.c"}', "a@b.c"),
        ("I have refunded you.", "done", "refund", "update_address", '{"ok": true, "address": "12 Oak St"}', '"ok": true'),
        ("Te he devuelto el dinero.", "done", "refund", "get_order", '{"status": "delivered"}', "delivered"),
        ("Ich habe Ihre Bestellung storniert.", "done", "cancel", "get_order", '{"status": "shipped"}', "shipped"),
        ("I've waived the late fee.", "done", "change", "get_invoice", '{"late_fee": 5}', '"late_fee": 5'),
        ("I've paused your subscription.", "done", "stop", "get_subscription", '{"status": "active", "next_charge": "2026-06-01"}', "next_charge"),
        ("I've issued your refund of $50.", "done", "refund", "get_payment", '{"amount": 50, "status": "captured"}', '"amount": 50'),
        ("Your booking is now moved to Friday.", "standing", "change", "get_booking", '{"day": "Tuesday", "status": "confirmed"}', '"status": "confirmed"'),
        ("The replacement has been dispatched.", "standing", "replace", "get_stock", '{"item": "lamp", "in_stock": 4}', '"in_stock": 4'),
        ("We have unlocked your account.", "done", "unlock", "get_user", '{"locked": true}', '"locked": true'),
        ("I have registered your complaint.", "done", "open", "get_policy", '{"text": "Complaints are answered in 5 days."}', "Complaints are answered"),
        ("J'ai annulé votre commande.", "done", "cancel", "get_order", '{"status": "cancelled"}', "cancelled"),
        ("Ya le reembolsé el importe.", "done", "refund", "get_order", '{"status": "refunded"}', "refunded"),
        ("I've changed your address.", "done", "change", "lookup_customer", '{"address": "12 Oak Street"}', "12 Oak Street"),
        ("I have applied a 10% discount.", "done", "compensate", "check_eligibility", '{"discount": "eligible"}', '"discount": "eligible"'),
        ("Your card was credited.", "done", "refund", "send_email", '{"status": "sent"}', '"status": "sent"'),
        ("All of it is sorted out now.", "done", "act", "get_order", '{"status": "delivered"}', "delivered"),
        ("I've notified the courier.", "done", "contact", "track_parcel", '{"courier": "DPD"}', '"courier": "DPD"'),
        ("The money for order 4411 is yours again.", "done", "refund", "get_order", '{"order": 4412, "payout": "settled"}', '"payout": "settled"'),
    ],
)  # fmt: skip
def test_words_that_say_nothing_of_the_deed_lift_no_claim(
    draft: str, kind: str, act: str, tool: str, result: str, quote: str
) -> None:
    found = standings(draft, kind, act, tool, result, quote)

    assert found
    assert "verified" not in found


@pytest.mark.parametrize(
    ("draft", "kind", "act", "tool", "result", "quote"),
    [
        ("Your parcel came back to us and the money is yours again.", "done", "refund", "get_return", '{"state": "received", "payout": "settled"}', '"payout": "settled"'),
        ("Your order 4411 has been refunded.", "done", "refund", "get_order", '{"order": 4411, "status": "refunded"}', '"status": "refunded"'),
        ("Your order is cancelled.", "standing", "cancel", "get_order", '{"status": "cancelled"}', "cancelled"),
        ("The parcel left on Monday.", "done", "ship", "track_parcel", '{"status": "shipped", "day": "Monday"}', '"status": "shipped"'),
        ("Your money went back to your card on 15 May.", "done", "refund", "get_refunds", '{"refund_date": "2026-05-15", "state": "paid"}', '"refund_date": "2026-05-15"'),
        ("A technician is coming on Monday at 9.", "standing", "book", "get_visit", '{"appointment": "confirmed", "at": "monday 09:00"}', '"appointment": "confirmed"'),
        ("The voucher is on your account.", "standing", "compensate", "get_account", '{"voucher": "V-20", "state": "active"}', '"voucher": "V-20"'),
        ("Your plan is the premium one since May.", "standing", "change", "get_plan", '{"plan": "premium", "changed": "2026-05-15"}', '"changed": "2026-05-15"'),
        ("I have refunded you.", "done", "refund", "issue_refund", '{"refund_id": "R1", "amount": 50}', '"refund_id": "R1"'),
        ("I sorted this out with the bank for you.", "done", "act", "reverse_charge", '{"status": "ok"}', '"status": "ok"'),
        ("Your account works again.", "standing", "unlock", "get_user", '{"unlocked_at": "2026-05-15"}', "unlocked_at"),
        ("The card can no longer be used.", "standing", "stop", "get_card", '{"state": "blocked"}', '"state": "blocked"'),
        ("Your complaint has a number now: C-7781.", "standing", "open", "get_complaint", '{"complaint": "C-7781", "state": "open"}', '"complaint": "C-7781"'),
        ("Our billing team has it since noon.", "standing", "hand over", "get_case", '{"assigned_to": "billing", "at": "12:00"}', '"assigned_to": "billing"'),
        ("Su pedido ya fue cancelado.", "done", "cancel", "get_order", '{"status": "cancelled"}', "cancelled"),
        ("Ihre Bestellung wurde erstattet.", "done", "refund", "get_order", '{"status": "refunded"}', "refunded"),
        ("The label reached your inbox yesterday.", "done", "send", "get_mails", '{"label": "sent", "to": "a@b.c"}', '"label": "sent"'),
        ("The new lamp is on its way.", "standing", "replace", "track_parcel", '{"replacement": "on the way"}', '"replacement": "on the way"'),
        ("The lamp was left with your neighbour.", "done", "act", "track_parcel", '{"status": "left with neighbour"}', "left with neighbour"),
        ("Votre commande a été annulée.", "done", "cancel", "get_order", '{"status": "cancelled"}', "cancelled"),
        ("Your refund of $50 was issued on 15 May.", "done", "refund", "get_payment", '{"refunded": 50, "refunded_at": "2026-05-15"}', '"refunded_at": "2026-05-15"'),
        ("Your booking is now moved to Friday.", "standing", "change", "get_booking", '{"day": "Friday", "status": "changed"}', '"status": "changed"'),
        ("The replacement has been dispatched.", "standing", "ship", "track_parcel", '{"status": "dispatched"}', "dispatched"),
        ("Your account is unlocked.", "standing", "unlock", "get_user", '{"status": "unlocked"}', "unlocked"),
        ("Your complaint is registered as C-19.", "standing", "open", "get_complaint", '{"complaint": "C-19", "status": "open"}', '"complaint": "C-19"'),
        ("Ihr Konto wurde gesperrt.", "done", "stop", "get_account", '{"status": "blocked"}', "blocked"),
        ("Su reembolso fue emitido.", "done", "refund", "get_refund", '{"refund": "issued"}', '"refund": "issued"'),
        ("I've changed your address.", "done", "change", "update_customer", '{"address": "12 Oak Street"}', "12 Oak Street"),
        ("A 10% discount is on your account.", "standing", "compensate", "get_account", '{"discount": "10%"}', '"discount": "10%"'),
        ("The amount came back to your card.", "done", "refund", "get_payment", '{"state": "reversed"}', "reversed"),
        ("All is sorted out with the bank now.", "done", "act", "reverse_charge", '{"status": "done"}', '"status": "done"'),
        ("A colleague was told of it.", "done", "contact", "get_case", '{"notified": "colleague"}', '"notified": "colleague"'),
    ],
)  # fmt: skip
def test_words_that_say_the_claim_lift_it(
    draft: str, kind: str, act: str, tool: str, result: str, quote: str
) -> None:
    assert standings(draft, kind, act, tool, result, quote) == {"verified"}
