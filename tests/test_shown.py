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
        ("Your money went back to your card on 15 May.", "done", "refund", "get_refunds", '{"refund_date": "2026-05-15", "state": "paid"}', '"state": "paid"'),
        ("A technician is coming on Monday at 9.", "standing", "book", "get_visit", '{"appointment": "confirmed", "at": "monday 09:00"}', '"appointment": "confirmed"'),
        ("The voucher is on your account.", "standing", "compensate", "get_account", '{"voucher": {"id": "V-20", "state": "active"}}', '"state": "active"'),
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
        ("A 10% discount is on your account.", "standing", "compensate", "get_account", '{"discount": {"rate": "10%", "state": "applied"}}', '"state": "applied"'),
        ("The amount came back to your card.", "done", "refund", "get_payment", '{"state": "reversed"}', "reversed"),
        ("All is sorted out with the bank now.", "done", "act", "reverse_charge", '{"status": "done"}', '"status": "done"'),
        ("A colleague was told of it.", "done", "contact", "get_case", '{"notified": "colleague"}', '"notified": "colleague"'),
    ],
)  # fmt: skip
def test_words_that_say_the_claim_lift_it(
    draft: str, kind: str, act: str, tool: str, result: str, quote: str
) -> None:
    assert standings(draft, kind, act, tool, result, quote) == {"verified"}


@pytest.mark.parametrize(
    ("draft", "kind", "act", "tool", "result", "quote"),
    [
        ("We've refunded order 4411.", "done", "refund", "get_order", '{"id": 4411, "refund_window_days": 30}', '"refund_window_days": 30'),
        ("Your refund went through.", "standing", "refund", "get_order", '{"refunds": []}', '"refunds": []'),
        ("Your refund went through.", "standing", "refund", "get_order", '{"refund_count": 0}', '"refund_count": 0'),
        ("Your refund went through.", "standing", "refund", "get_order", '{"total_refunded": 0.0}', '"total_refunded": 0.0'),
        ("Your refund went through.", "standing", "refund", "get_order", '{"refund_status": "queued for review"}', '"refund_status": "queued for review"'),
        ("Your refund went through.", "standing", "refund", "get_order", '{"refund_status": "none yet"}', '"refund_status": "none yet"'),
        ("We have refunded $40 to your card.", "done", "refund", "get_order", '{"status": "paid", "total": 40}', '"status": "paid", "total": 40'),
        ("Your booking 77 has been cancelled.", "standing", "cancel", "get_booking", '{"id": 77, "free_cancellation": true}', '"free_cancellation": true'),
        ("Your booking 77 is cancelled.", "standing", "cancel", "get_booking", '{"id": 77, "cancel_by": "2026-06-01"}', '"cancel_by": "2026-06-01"'),
        ("I went ahead and cancelled it.", "done", "cancel", "get_booking", '{"status": "cancelled"}', "cancelled"),
        ("I had it cancelled for you.", "done", "cancel", "get_booking", '{"status": "cancelled"}', "cancelled"),
        ("Your replacement has shipped.", "standing", "ship", "get_order", '{"shipping_address": "5 Elm"}', "shipping_address"),
        ("Your parcel has shipped.", "standing", "ship", "get_order", '{"status": "ready to ship"}', "ready to ship"),
        ("Your parcel has shipped.", "standing", "ship", "get_order", '{"status": "awaiting shipment"}', "awaiting shipment"),
        ("Your account is unlocked.", "standing", "unlock", "get_account", '{"unlock_attempts": 3}', "unlock_attempts"),
        ("You're booked for Friday.", "standing", "book", "get_slots", '{"friday": "bookable"}', "bookable"),
        ("Your address is now 5 Elm.", "standing", "act", "get_account", '{"address": "1 Oak", "street": "Elm Road 5"}', "Elm Road 5"),
        ("Your address has been changed to 5 Elm.", "standing", "change", "get_account", '{"address": "1 Oak", "last_changed": "2020"}', "last_changed"),
        ("The fee of $20 was waived.", "standing", "change", "get_account", '{"fee": 20, "status": "due"}', '"fee": 20'),
        ("Your subscription is paused.", "standing", "stop", "get_subscription", '{"pause_reason": null, "status": "active"}', '"pause_reason": null'),
        ("Your refund of $25 is done.", "standing", "refund", "get_order", '{"refund": {"amount": 25, "status": "requested"}}', '"status": "requested"'),
        ("Your order has been cancelled.", "standing", "cancel", "get_order", '{"note": "will be cancelled if unpaid"}', "will be cancelled"),
        ("Your card is blocked.", "standing", "stop", "get_card", '{"unblocked_at": "2026-05-01"}', "unblocked_at"),
        ("Our agents have cancelled order 12.", "standing", "cancel", "get_order", '{"order": 12, "status": "cancelled"}', '"status": "cancelled"'),
        ("We went ahead and refunded you.", "standing", "refund", "get_order", '{"refund_policy": "30 days"}', "refund_policy"),
        ("Your flight has been changed.", "standing", "change", "get_flight", '{"change_fee": 40}', '"change_fee": 40'),
        ("Your seat is booked.", "standing", "book", "get_flight", '{"seat": "12A", "bookable": true}', '"bookable": true'),
        ("Your replacement is sent.", "standing", "replace", "get_order", '{"replacement": "eligible"}', '"replacement": "eligible"'),
        ("Your refund of $80 has been paid.", "standing", "refund", "get_refund", '{"status": "paid", "amount": 40}', '"status": "paid"'),
        ("Your account has been restored.", "standing", "unlock", "get_account", '{"restore_url": "x"}', "restore_url"),
        ("Your complaint was escalated.", "standing", "hand over", "get_case", '{"escalation_level": 0}', '"escalation_level": 0'),
        ("I got it cancelled for you.", "standing", "cancel", "get_order", '{"status": "cancelled"}', "cancelled"),
        ("I took care of the refund.", "standing", "refund", "get_order", '{"status": "refunded"}', "refunded"),
        ("Your order was refunded.", "standing", "refund", "get_order", '{"refunded": false}', '"refunded": false'),
        ("Your order has been dispatched.", "standing", "ship", "get_order", '{"dispatch_estimate": "2026-06-01"}', "dispatch_estimate"),
        ("Your voucher was issued.", "standing", "compensate", "get_account", '{"voucher_terms": "issued after review"}', "issued after review"),
        ("Your trip is cancelled.", "standing", "cancel", "get_trip", '{"text": "Once cancelled, no refund."}', "Once cancelled"),
        ("Your invoice has been corrected.", "standing", "change", "get_invoice", '{"status": "to be corrected"}', "to be corrected"),
        ("Your parcel was reshipped.", "standing", "replace", "track_parcel", '{"status": "scheduled to be reshipped"}', "scheduled to be reshipped"),
        ("Your ticket is filed.", "standing", "open", "get_ticket", '{"tickets": []}', '"tickets": []'),
        ("Your parcel has shipped.", "standing", "ship", "get_order", '{"status": "none shipped"}', "none shipped"),
        ("The order was cancelled, as you asked.", "standing", "cancel", "get_order", '{"cancelled": "no"}', '"cancelled": "no"'),
        ("Someone on our side cancelled it for you.", "standing", "cancel", "get_order", '{"status": "cancelled"}', "cancelled"),
        ("Your refund is complete.", "standing", "refund", "get_order", '{"order_status": "completed"}', "completed"),
        ("The hotel was told of it.", "standing", "contact", "get_hotel", '{"contact_email": "a@b.c"}', '"contact_email": "a@b.c"'),
        ("Your upgrade was applied.", "standing", "change", "get_booking", '{"upgrade": {"status": "waitlisted"}}', '"status": "waitlisted"'),
    ],
)  # fmt: skip
def test_a_read_whose_values_do_not_say_it_leaves_a_claim_without_backing(
    draft: str, kind: str, act: str, tool: str, result: str, quote: str
) -> None:
    assert standings(draft, kind, act, tool, result, quote) <= {"ungrounded", "contradicted"}


@pytest.mark.parametrize(
    ("draft", "kind", "act", "tool", "result", "quote"),
    [
        ("Your subscription is paused.", "standing", "stop", "get_subscription", '{"status": "paused"}', '"status": "paused"'),
        ("Your refund of $25 has been paid.", "standing", "refund", "get_order", '{"refund": {"amount": 25, "status": "paid"}}', '"status": "paid"'),
        ("Your order has been cancelled.", "standing", "cancel", "get_order", '{"note": "Cancelled on 3 May by the shop."}', "Cancelled on 3 May"),
        ("Your card is blocked.", "standing", "stop", "get_card", '{"state": "BLOCKED"}', '"state": "BLOCKED"'),
        ("Order 12 was cancelled by the seller.", "standing", "cancel", "get_order", '{"order": 12, "status": "cancelled"}', '"status": "cancelled"'),
        ("Your flight has been changed.", "standing", "change", "get_flight", '{"status": "rescheduled", "changes": "moved to Friday"}', "moved to Friday"),
        ("Your seat is booked.", "standing", "book", "get_flight", '{"seat": "12A", "state": "booked"}', '"state": "booked"'),
        ("Your replacement has shipped.", "standing", "ship", "get_order", '{"replacement": "shipped"}', '"replacement": "shipped"'),
        ("Your refund of $80 has been paid.", "standing", "refund", "get_refund", '{"status": "paid", "amount": 80}', '"status": "paid", "amount": 80'),
        ("Your account has been restored.", "standing", "unlock", "get_account", '{"state": "restored"}', "restored"),
        ("Your complaint was escalated.", "standing", "hand over", "get_case", '{"status": "escalated"}', "escalated"),
        ("Your order was refunded.", "standing", "refund", "get_order", '{"refunded": true}', '"refunded": true'),
        ("Your order has been dispatched.", "standing", "ship", "get_order", '{"dispatched_at": "2026-06-01"}', "dispatched_at"),
        ("Your voucher was issued.", "standing", "compensate", "get_voucher", '{"status": "issued"}', "issued"),
        ("Your invoice has been corrected.", "standing", "change", "get_invoice", '{"status": "corrected"}', "corrected"),
        ("Your ticket is filed.", "standing", "open", "get_ticket", '{"status": "filed"}', "filed"),
        ("It shipped on May 3.", "standing", "ship", "get_order", '{"status": "shipped", "on": "2026-05-03"}', '"status": "shipped"'),
        ("Your plan is premium.", "standing", "act", "get_plan", '{"plan": "premium"}', '"plan": "premium"'),
        ("Your payment of $30 went through.", "standing", "act", "get_payment", '{"payment": "went through", "amount": 30}', '"payment": "went through"'),
        ("Your order was delivered on 15 May.", "standing", "act", "get_order", '{"status": "delivered", "on": "2026-05-15"}', '"status": "delivered"'),
        ("Your money went back to your card.", "standing", "refund", "get_order", "Order 7: refunded to card.", "refunded to card"),
    ],
)  # fmt: skip
def test_a_read_whose_value_says_that_it_stands_lifts_the_claim(
    draft: str, kind: str, act: str, tool: str, result: str, quote: str
) -> None:
    assert standings(draft, kind, act, tool, result, quote) == {"verified"}
