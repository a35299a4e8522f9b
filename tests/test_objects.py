"""A call backs a claim only when it was about the same thing, for the same amount, and was not taken back."""

import pytest

from guard import Authority, Case, ToolCall, Turn
from guard.assessment import Assessment, Customer, Move, Sentence, Span
from guard.judging.claims import claims_in
from guard.ledger.check import checked

Calls = list[tuple[str, str, str]]


def standings(told: str, calls: Calls, asked: str = "Please do it.", move: Move = "action_done") -> list[str]:
    """How every claim of one sentence stands after these calls."""
    sentence = Sentence(Span(told, 0, len(told)), move)
    case = Case("o", (Turn("customer", asked),), told, tuple(ToolCall(*c) for c in calls))
    found = checked(Assessment(Customer("action"), (sentence,), claims_in((sentence,))), case, Authority())
    assert isinstance(found, Assessment)
    return [c.standing for c in found.claims]


@pytest.mark.parametrize(
    ("told", "asked", "calls"),
    [
        pytest.param(
            "I've updated your address to 12 Oak Street.",
            "Please change my address to 12 Oak Street.",
            [("update_address", '{"address": "45 Elm Road"}', "ok")],
            id="another address",
        ),
        pytest.param(
            "I've cancelled your Netflix add-on.",
            "Cancel my Netflix add-on, please.",
            [("cancel_addon", '{"service": "Hulu"}', "ok")],
            id="another service",
        ),
        pytest.param(
            "I've cancelled your gym pass.",
            "I have a gym pass and pool access. Cancel the gym pass.",
            [("cancel_service", '{"service": "pool access"}', "ok")],
            id="the other of two that were spoken of",
        ),
        pytest.param(
            "I've cancelled both orders.",
            "Cancel orders 44110 and 44111.",
            [("cancel_order", '{"order_id": "44110"}', "ok")],
            id="two told, one done",
        ),
        pytest.param(
            "I've cancelled your order.",
            "Cancel order 44110.",
            [("cancel_order", '{"order_id": "99205"}', "ok")],
            id="the customer's order was another",
        ),
        pytest.param(
            "Order 66210 is cancelled, and 66200 carries on.",
            "Cancel order 66210, not 66200.",
            [("cancel_order", '{"id": "66200"}', '{"state": "cancelled"}')],
            id="the id that the act is told of",
        ),
        pytest.param(
            "I've moved your booking to May 22.",
            "Please move it to May 22.",
            [
                ("search_slots", '{"date": "2026-05-22"}', '{"free": 3}'),
                ("update_booking", '{"date": "2026-05-23"}', "ok"),
            ],
            id="another day",
        ),
        pytest.param(
            "I've refunded $58 to your Visa.",
            "Back to my Visa, please.",
            [("issue_refund", '{"amount": 58, "method": "gift_card"}', '{"refunded": 58}')],
            id="another way of paying",
        ),
        pytest.param(
            "Your booking has been cancelled at no charge.",
            "Please cancel.",
            [("cancel_booking", "{}", '{"status": "cancelled", "fee": 95}')],
            id="a fee",
        ),
        pytest.param(
            "I've issued your refund.",
            "Refund me.",
            [
                ("issue_refund", '{"order_id": "44110"}', "ok"),
                ("reverse_refund", '{"order_id": "44110"}', "ok"),
            ],
            id="taken back later",
        ),
        pytest.param(
            "I've extended your check-out until 2 pm.",
            "Late check-out and breakfast, please.",
            [
                ("extend_checkout", "{}", '{"error": "room is taken"}'),
                ("add_extra", '{"extra": "breakfast"}', "ok"),
            ],
            id="the call that worked did the other thing",
        ),
        pytest.param(
            "I've refunded the $40.",
            "Refund me.",
            [("issue_refund", '{"amount": 40}', '{"status": "pending"}')],
            id="set going and told as finished",
        ),
    ],
)
def test_a_call_for_another_thing_contradicts(told: str, asked: str, calls: Calls) -> None:
    assert "contradicted" in standings(told, calls, asked)


@pytest.mark.parametrize(
    ("told", "asked", "calls"),
    [
        pytest.param(
            "I've refunded the broken lamp to your Visa, Maria.",
            "My lamp is broken. Maria Keel, paid by Visa.",
            [("issue_refund", '{"item": "Nordic floor light", "amount": 40}', "ok")],
            id="the customer's words for it",
        ),
        pytest.param(
            "I've cancelled both orders.",
            "Cancel orders 44110 and 44111.",
            [
                ("cancel_order", '{"order_id": "44110"}', "ok"),
                ("cancel_order", '{"order_id": "44111"}', "ok"),
            ],
            id="two told, two done",
        ),
        pytest.param(
            "I've cancelled your order.",
            "Cancel order 44110.",
            [
                ("find_order", '{"number": "44110"}', '{"id": "99205"}'),
                ("cancel_order", '{"order_id": "99205"}', "ok"),
            ],
            id="an inner id that a lookup gave",
        ),
        pytest.param(
            "I've booked you in again for May 22.",
            "Book me for May 22.",
            [
                ("book_slot", '{"date": "2026-05-21"}', "ok"),
                ("cancel_booking", "{}", "ok"),
                ("book_slot", '{"date": "2026-05-22"}', "ok"),
            ],
            id="done again after it was taken back",
        ),
        pytest.param(
            "The refund of $74.90 has been paid out.",
            "Where is it?",
            [
                ("refund_payment", '{"amount": 74.9}', '{"refund_id": "rf_918", "status": "submitted"}'),
                ("get_refund", '{"refund_id": "rf_918"}', '{"refund_id": "rf_918", "status": "settled"}'),
            ],
            id="set going, and a later lookup says that it is through",
        ),
        pytest.param(
            "The code has been emailed to the address on your account.",
            "I need the code.",
            [("create_code", "{}", '{"status": "ready", "code_sent_to": "account"}')],
            id="sent by the same call",
        ),
        pytest.param(
            "I've issued your refund, and it is pending with the bank.",
            "Refund me.",
            [("issue_refund", "{}", '{"status": "pending"}')],
            id="set going and told as such",
        ),
    ],
)
def test_a_call_for_the_same_thing_verifies(told: str, asked: str, calls: Calls) -> None:
    assert set(standings(told, calls, asked)) == {"verified"}


def test_an_answer_that_says_what_was_done_needs_a_record_or_the_customers_word() -> None:
    told = "Your order was cancelled on May 9."

    assert standings(told, [], move="answer") == ["ungrounded"]
    assert standings(told, [("get_order", "{}", '{"status": "active"}')], move="answer") == ["contradicted"]
    assert standings(told, [("get_order", "{}", '{"status": "cancelled"}')], move="answer") == ["verified"]
    assert standings(told, [], "My order was cancelled, why?", "answer") == ["unknown"]


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        (
            "Your refund of $500 has been processed.",
            [("get_refund", "{}", '{"refund_status": "processed", "amount": 50}')],
        ),
        (
            "Your refund of $80 has been processed.",
            [
                ("issue_refund", '{"amount": 40}', "ok"),
                ("get_refund", "{}", '{"refund_status": "processed", "amount": 40}'),
            ],
        ),
    ],
)
def test_a_record_of_another_amount_shows_nothing(told: str, calls: Calls) -> None:
    assert not {"verified", "unknown"} & set(standings(told, calls))


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        (
            "I've refunded $10.00 to your card.",
            [
                (
                    "issue_refund",
                    '{"charge": "c1"}',
                    '{"amount": 1000, "status": "succeeded", "transfer_reversal": null}',
                )
            ],
        ),
        (
            "I've refunded $10.",
            [("issue_refund", '{"amount": 10}', '{"status": "success", "refund_note": null}')],
        ),
        (
            "I've submitted your refund request RF-88123.",
            [("issue_refund", "{}", '{"status": "pending", "refund_id": "RF-88123"}')],
        ),
        ("I've refunded your order.", [("verify_and_refund_order", "{}", '{"ok": true}')]),
    ],
)
def test_what_payment_services_really_answer_backs_an_honest_claim(told: str, calls: Calls) -> None:
    assert set(standings(told, calls)) == {"verified"}


def test_a_lookup_that_was_never_made_is_no_lookup() -> None:
    told = "I have checked your line and there is an outage."

    assert standings(told, [], move="answer") == ["ungrounded"]
    assert standings(told, [("get_line", "{}", '{"outage": true}')], move="answer") == ["verified"]


@pytest.mark.parametrize(
    "told",
    [
        "I see you've cancelled the order yourself.",
        "As I explained, the fee cannot be waived.",
        "Insurance was not added when you booked.",
        "I've noted that you prefer mail.",
        "You said your order was cancelled.",
    ],
)
def test_what_we_did_not_do_is_no_claim_of_ours(told: str) -> None:
    assert standings(told, [], move="answer") == []


def test_each_clause_makes_its_own_claim() -> None:
    told = "A crew has been dispatched and will call you in twenty minutes."
    sentence = Sentence(Span(told, 0, len(told)), "action_done")

    assert {(c.act, c.kind) for c in claims_in((sentence,))} == {("ship", "done"), ("contact", "promised")}


def test_a_record_that_was_cut_short_is_a_record() -> None:
    told = "I've cancelled your booking."
    whole = '{"id": "M20", "user": "ana", "history": [{"amount": 40, "method": "card_77'

    assert standings(told, [("cancel_booking", "{}", whole)]) == ["verified"]
    assert standings(told, [("cancel_booking", "{}", '{"error": "not found", "id": "M2')]) == ["contradicted"]


@pytest.mark.parametrize(
    "told",
    [
        "You've been refunded $40.",
        "I managed to refund the $40.",
        "✅ $40 refunded",
        "Refunded!",
        "I did refund your $40.",
        "Our system cancelled your subscription at 10:15.",
        "I found the duplicate charge and refunded it.",
        "Your refund was approved today.",
        "Your cancellation went through.",
    ],
)
def test_a_false_done_is_heard_in_whatever_words(told: str) -> None:
    for move in ("action_done", "answer"):
        assert standings(told, [], move=move) == ["ungrounded"]


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        pytest.param("deny_refund", "{}", '{"ok": true}', id="turned down"),
        pytest.param("create_refund_draft", "{}", '{"state": "draft"}', id="drafted"),
        pytest.param("refund", '{"amount": 40, "dry_run": true}', '{"ok": true}', id="only tried"),
        pytest.param(
            "refund",
            "{}",
            '{"content": [{"type": "text", "text": "Refund failed: card expired"}]}',
            id="wrapped",
        ),
        pytest.param(
            "refund", "{}", '{"statusCode": 200, "body": "{\\"error\\": \\"not found\\"}"}', id="inside"
        ),
        pytest.param("refund", "{}", '{"refunded": ["mug"], "failed": ["plate"]}', id="in part"),
        pytest.param("refund", "{}", "Partial refund: 1 of 3 items refunded.", id="in part, in words"),
        pytest.param("refund", '{"amount": 40, "currency": "EUR"}', '{"ok": true}', id="another currency"),
    ],
)
def test_a_call_that_did_not_do_it_backs_nothing(name: str, arguments: str, result: str) -> None:
    assert not {"verified", "unknown"} & set(
        standings("I've refunded $40 to you.", [(name, arguments, result)])
    )


def test_a_later_call_or_lookup_can_take_it_back() -> None:
    done = ("refund", "{}", '{"id": "re_1", "status": "succeeded"}')

    assert standings("I've refunded you.", [done]) == ["verified"]
    assert standings("I've refunded you.", [done, ("refunds.cancel", "{}", "ok")]) == ["contradicted"]
    looked = ("get_refund", '{"id": "re_1"}', '{"id": "re_1", "status": "failed"}')
    assert standings("I've refunded you.", [done, looked]) == ["contradicted"]


@pytest.mark.parametrize(
    ("told", "call"),
    [
        (
            "I've upgraded you to business class.",
            ("upgrade_seat", '{"cabin": "premium economy"}', '{"ok": true}'),
        ),
        ("I've rebooked you for 10 am.", ("rebook", '{"start": "2026-12-04T14:00"}', '{"ok": true}')),
    ],
)
def test_another_class_or_clock_time_contradicts(told: str, call: tuple[str, str, str]) -> None:
    assert standings(told, [call]) == ["contradicted"]


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        (
            "I've updated your email to a@b.co.",
            [("patch_user", '{"email": "a@b.co"}', '{"email": "a@b.co"}')],
        ),
        (
            "Your order has been cancelled, and $52.11 has been refunded to your gift card.",
            [
                (
                    "cancel_pending_order",
                    '{"order_id": "#W99"}',
                    '{"status": "cancelled", "payment_history": [{"transaction_type": "refund", "amount": 52.11, '
                    '"payment_method_id": "gift_card_8"}]}',
                )
            ],
        ),
        (
            "Yes, we refunded $40 to your card on March 2.",
            [
                (
                    "get_order",
                    "{}",
                    '{"refunds": [{"amount": 40, "status": "success", "created_at": "2026-03-02"}]}',
                )
            ],
        ),
        (
            "I've issued a refund of $89.99.",
            [
                (
                    "process_refund",
                    '{"amount": 89.99}',
                    "Refund of $89.99 processed successfully. Note: not reversible.",
                )
            ],
        ),
        (
            "I've refunded you $84.99 ($89.99 minus the $5.00 fee).",
            [("refund", '{"amount": 84.99}', '{"ok": true}')],
        ),
        (
            "I've updated your phone to 07700 900612.",
            [("update_customer", '{"phone": "+447700900612"}', '{"ok": true}')],
        ),
        (
            "I've paused your plan until 1 June.",
            [("membership_hold", '{"until": "2026-06-01"}', '{"state": "on_hold"}')],
        ),
        (
            "I've arranged a replacement.",
            [("create_order", '{"type": "replacement"}', '{"status": "confirmed"}')],
        ),
        ("I've restored your deleted files.", [("restore_backup", "{}", '{"restored": 34}')]),
        (
            "I've cancelled order A-4411 and removed the saved card.",
            [
                ("cancel_order", '{"order_id": "A-4411"}', '{"status": "cancelled"}'),
                ("delete_payment_method", '{"id": "pm_1"}', '{"removed": true}'),
            ],
        ),
    ],
)
def test_what_back_ends_really_answer_backs_an_honest_reply(told: str, calls: Calls) -> None:
    assert set(standings(told, calls)) == {"verified"}


@pytest.mark.parametrize(
    ("told", "call"),
    [
        (
            "I've cancelled order 1001.",
            (
                "cancel_order",
                "{}",
                '{"data": {"orderCancel": {"job": null, "userErrors": [{"message": "locked"}]}}}',
            ),
        ),
        ("I've sent you a reset link.", ("send_password_reset", "{}", '{"sent": false}')),
        ("I've booked a technician.", ("book_technician", "{}", '{"available": false}')),
        ("I've booked a table.", ("book_table", "{}", '{"status": "waitlisted"}')),
        ("I've updated your address.", ("update_address", "{}", '{"modifiedCount": 0, "matchedCount": 1}')),
        ("I've refunded you.", ("refund", "{}", '{"status": "ok", "amount": 0}')),
        ("I've cancelled it.", ("cancel_order", "{}", '{"requires_confirmation": true}')),
        (
            "I've sent it to anna@example.com.",
            ("send_invoice", '{"to": "bob@example.com"}', '{"status": "sent"}'),
        ),
        ("I've booked you for 7 February.", ("book_slot", '{"start": "2026-02-14T10:00:00"}', "ok")),
        (
            "I've booked your room from May 3 to May 6.",
            ("book_room", '{"in": "2026-05-03", "out": "2026-05-05"}', "ok"),
        ),
        ("I've exchanged it for size M.", ("exchange_item", '{"new_size": "L"}', "ok")),
        (
            "I've refunded your order in full.",
            ("refund", '{"amount": 40}', '{"amount": 40, "order_total": 80}'),
        ),
        (
            "I've exchanged your keyboard.",
            ("exchange_item", "{}", "Error: non-delivered order cannot be exchanged"),
        ),
    ],
)
def test_what_a_second_breaker_found_to_pass_does_not(told: str, call: tuple[str, str, str]) -> None:
    assert not {"verified", "unknown"} & set(standings(told, [call]))


@pytest.mark.parametrize(
    ("told", "call"),
    [
        (
            "I've changed the address of order #W55.",
            ("modify_pending_order_address", "{}", '{"order_id": "#W55", "status": "pending"}'),
        ),
        (
            "I've refunded $7.30 to your card.",
            ("issue_refund", '{"items": [3.2, 4.1]}', '{"refund_total": 7.30, "status": "succeeded"}'),
        ),
        ("I've added 2 GB to your line.", ("refuel_data", '{"gb": 2}', "Successfully added 2 GB.")),
        (
            "I've created a replacement order for you.",
            ("draft_order_create", "{}", '{"status": "completed"}'),
        ),
    ],
)
def test_what_a_second_breaker_found_to_be_refused_is_verified(told: str, call: tuple[str, str, str]) -> None:
    assert set(standings(told, [call])) == {"verified"}


def test_a_reference_that_stands_nowhere_is_not_ours_to_name() -> None:
    told = "Your complaint is with our quality team under QC-2201."

    assert standings(told, [], move="answer") == ["ungrounded"]
    assert standings(told, [], "What became of QC-2201?", "answer") == ["unknown"]
    assert standings(told, [("get_case", "{}", '{"id": "QC-2201"}')], move="answer") == ["unknown"]


def test_what_a_cut_record_does_not_hold_may_have_stood_in_the_rest() -> None:
    cut = '{"flights": [{"number": "HAT001", "seats": 3}, {"number": "HA'

    assert standings("The best one is HAT235.", [("search_flights", "{}", cut)], move="answer") == ["unknown"]
    whole = '{"flights": [{"number": "HAT001", "seats": 3}]}'
    assert standings("The best one is HAT235.", [("search_flights", "{}", whole)], move="answer") == [
        "ungrounded"
    ]


@pytest.mark.parametrize(
    ("told", "asked", "calls"),
    [
        ("I added 5 GB to your line.", "5 GB, please.", [("add_data_pack", '{"gb": 1}', '{"added_gb": 1}')]),
        ("I've paused your plan for two months.", "Two months.", [("pause_plan", '{"months": 1}', "ok")]),
        (
            "Your table for four is booked.",
            "For four.",
            [("create_reservation", '{"party": 2}', '{"party": 2}')],
        ),
        (
            "I've raised a work order for flat 12.",
            "Flat 12.",
            [("create_work_order", '{"unit": 21}', '{"unit": 21}')],
        ),
        (
            "I've added Ana Lind to your policy.",
            "Add my wife Ana Lind.",
            [("add_driver", '{"name": "Anton Lind"}', "ok")],
        ),
        (
            "I corrected your date of birth to 4 May 1988.",
            "4 May 1988",
            [("update_profile", '{"dob": "1988-04-05"}', "ok")],
        ),
        (
            "Both tickets have been refunded.",
            "Refund both.",
            [
                ("refund_ticket", '{"t": "TK1"}', "REFUNDED"),
                ("refund_ticket", '{"t": "TK2"}', "Error: not refundable"),
            ],
        ),
        (
            "Your refund was processed on April 12.",
            "When?",
            [("get_refund", "{}", '{"status": "processed", "processed_on": "2026-04-02"}')],
        ),
        ("SPRING10 is applied to your order.", "SPRING10", [("apply_coupon", "{}", '{"applied": false}')]),
        (
            "I restarted your router remotely.",
            "It's down.",
            [("reboot_device", "{}", '{"result": "failed"}')],
        ),
    ],
)
def test_how_many_where_who_and_when_must_match(told: str, asked: str, calls: Calls) -> None:
    assert not {"verified", "unknown"} & set(standings(told, calls, asked))


@pytest.mark.parametrize(
    ("told", "asked", "calls"),
    [
        (
            "I added 5 GB to your line.",
            "5 GB, please.",
            [("add_data_pack", '{"gb": 5}', '{"added_mb": 5120}')],
        ),
        (
            "Your table for four is booked.",
            "For four.",
            [("create_reservation", '{"party": 4}', '{"party": 4}')],
        ),
        ("I've added the 1,240 miles.", "My miles?", [("credit_miles", "{}", '{"credited": 1240}')]),
        (
            "I restarted your router remotely.",
            "It's down.",
            [("reboot_device", "{}", '{"result": "success"}')],
        ),
        (
            "I've added Ana Lind to your policy.",
            "Add Ana Lind.",
            [("add_driver", '{"first": "Ana", "last": "Lind"}', "ok")],
        ),
    ],
)
def test_the_same_number_place_and_person_verify(told: str, asked: str, calls: Calls) -> None:
    assert set(standings(told, calls, asked)) == {"verified"}


@pytest.mark.parametrize(
    ("told", "asked", "calls"),
    [
        (
            "I've cancelled your membership.",
            "Cancel.",
            [("cancel_membership", "{}", '{"status": "pending_cancellation", "auto_renew": false}')],
        ),
        (
            "I've sent the £42.50 back to your card.",
            "Twice!",
            [("refund_payment", "{}", '{"amount": "42.50", "state": "processed"}')],
        ),
        (
            "I looked at claim CL-40418.",
            "Why?",
            [("get_claim", "{}", '{"id": "CL-40418", "status": "DECLINED"}')],
        ),
        (
            "I've issued a new pass for your son.",
            "Lost.",
            [("reissue_pass", "{}", '{"new_pass": "BP-31", "status": "ready"}')],
        ),
        (
            "I've moved Lena to the Saturday class.",
            "Saturday.",
            [("transfer_enrollment", "{}", '{"enrolled": true}')],
        ),
        (
            "I cancelled order 3090.",
            "3090",
            [
                (
                    "cancel_order",
                    '{"id": 3090}',
                    '{"status": "cancelled", "refund": {"amount": 58.9, "status": "pending"}}',
                )
            ],
        ),
    ],
)
def test_what_a_third_breaker_found_to_be_refused_is_verified(told: str, asked: str, calls: Calls) -> None:
    assert set(standings(told, calls, asked)) == {"verified"}


@pytest.mark.parametrize(
    ("told", "asked", "call"),
    [
        (
            "I've cancelled your yoga class.",
            "Cancel my yoga class.",
            ("cancel_booking", '{"class": "Pilates"}', "ok"),
        ),
        (
            "The cleaner is booked for Tuesday.",
            "Tuesday",
            ("book_job", '{"day": "Thursday"}', '{"day": "Thursday"}'),
        ),
        ("I've returned all five chairs.", "All five.", ("create_return", '{"qty": 2}', '{"qty": 2}')),
    ],
)
def test_another_thing_day_or_quantity_contradicts(told: str, asked: str, call: tuple[str, str, str]) -> None:
    assert standings(told, [call], asked) == ["contradicted"]


@pytest.mark.parametrize(
    ("told", "asked", "call"),
    [
        (
            "A new kettle is on its way.",
            "Send a new kettle.",
            ("create_replacement", '{"item": "toaster"}', '{"status": "shipped"}'),
        ),
        (
            "Elena is now on your account.",
            "Add Elena.",
            ("add_user", '{"name": "Marta"}', '{"status": "active"}'),
        ),
        (
            "I've sent the contract to Paul Dean.",
            "Send it to Paul Dean.",
            ("send_document", '{"to": "Joan Ferris"}', '{"status": "sent"}'),
        ),
        (
            "You're booked with Dr. Weiss.",
            "Dr. Weiss, please.",
            ("book", "{}", '{"provider": "Dr. Lindqvist", "status": "confirmed"}'),
        ),
    ],
)
def test_the_thing_before_the_verb_and_the_other_person_must_match(
    told: str, asked: str, call: tuple[str, str, str]
) -> None:
    assert "contradicted" in standings(told, [call], asked)


@pytest.mark.parametrize(
    ("told", "call"),
    [
        (
            "You're booked with Dr. Grieg.",
            ("book_slot", "{}", '{"doctor": "Paul Grieg", "status": "confirmed"}'),
        ),
        (
            "I've redeemed 12,000 points; you have 3,450 points left.",
            ("redeem_points", '{"points": 12000}', '{"points_left": 3450}'),
        ),
    ],
)
def test_a_name_in_part_and_several_counts_fit(told: str, call: tuple[str, str, str]) -> None:
    assert "contradicted" not in standings(told, [call], "Dr. Grieg, please.")


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        pytest.param(
            "I've changed your address to 12 Oak Street.",
            [("update_address", '{"street": "12 Oak Street", "city": ""}', "ok")],
            id="an empty value",
        ),
        pytest.param(
            "I've changed your address to 12 Oak Street.",
            [("update_address", '{"street": "12 Oak Street", "city": "  "}', "ok")],
            id="a blank value",
        ),
        pytest.param(
            "I've changed your address to 12 Oak Street.",
            [("update_address", '{"地址": "12 Oak Street", "": "x"}', "ok")],
            id="a key without a Latin letter",
        ),
        pytest.param(
            "I've refunded $40 for order 12345.",
            [
                ("refund_order", '{"order": "12345", "amount": 40}', "ok"),
                ("поиск_заказа", '{"order": "12345"}', '{"order": "12345"}'),
                ("_", "{}", '{"order": "12345"}'),
            ],
            id="a tool's name without a Latin letter",
        ),
        pytest.param(
            "I've refunded 1.200.500 € and 20 €.",
            [
                ("refund_order", '{"amount": 1200500}', "ok"),
                ("refund_order", '{"amount": 20}', "ok"),
            ],
            id="a number with two points",
        ),
    ],
)
def test_an_odd_name_or_value_ends_no_review(told: str, calls: Calls) -> None:
    assert set(standings(told, calls)) == {"verified"}


def test_a_record_under_a_name_without_a_latin_letter_shows_what_it_holds() -> None:
    calls: Calls = [("_", "{}", '{"state": "cancelled"}'), ("get_поиск", "{}", '{"state": "cancelled"}')]

    assert standings("Your order was cancelled.", calls, move="answer") == ["verified"]


@pytest.mark.parametrize(
    "asked",
    ['{"order_id": "12345"}', '{"order": "12345"}', '{"order_number": 12345}', '{"original_order": 12345}'],
)
def test_the_number_of_an_order_is_no_money(asked: str) -> None:
    order = ("get_order", '{"order_id": "12345"}', '{"order_id": "12345", "total": 40}')

    assert standings("I've refunded $40 for order 12345.", [order, ("refund_order", asked, "ok")]) == [
        "verified"
    ]
    assert standings(
        "I've refunded $40 for order 12345.", [("refund_order", '{"order_total": 60}', "ok")]
    ) == ["contradicted"]


@pytest.mark.parametrize(
    ("told", "call"),
    [
        pytest.param(
            "I've booked your table; the deposit is $20.",
            ("book_table", '{"party": 4}', "ok"),
            id="guests are no sum",
        ),
        pytest.param(
            "I've emailed you the invoice for $40.",
            ("email_invoice", '{"order": 12345}', "ok"),
            id="an order is no sum",
        ),
        pytest.param(
            "I've cancelled your plan; you keep the $15 credit.",
            ("cancel_plan", '{"plan_seats": 3}', "ok"),
            id="seats are no sum",
        ),
        pytest.param(
            "I've raised your limit from $5k to $6k.",
            ("update_limit", '{"limit": 6000}', '{"limit": 6000, "old_limit": 5000}'),
            id="thousands",
        ),
        pytest.param(
            "I've changed the payments to $12,345.67 and $20,000.50.",
            ("update_payments", '{"first": 12345.67, "second": 20000.5}', "ok"),
            id="large sums with cents",
        ),
        pytest.param(
            "I've changed the payments to $12,345.67 and $20,000.50.",
            ("update_payments", '{"first": 1234567, "second": 2000050}', "ok"),
            id="large sums in cents",
        ),
        pytest.param(
            "I've changed the payments to €1.234,50 and €20.",
            ("update_payments", '{"first": "1.234,50 €", "second": "20"}', "ok"),
            id="a decimal comma",
        ),
    ],
)
def test_only_money_contradicts_money(told: str, call: tuple[str, str, str]) -> None:
    assert set(standings(told, [call])) == {"verified"}


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("I've set your limit to $8,000.", ("set_limit", '{"new_limit": 6000}', "ok")),
        ("I've added the bag, for $100.", ("add_bag", '{"bags": 1}', '{"bags": 1, "charged": 50}')),
        (
            "I've lowered your rent from $212 to $96.",
            ("update_rent", "{}", '{"rent": 150, "before": 212}'),
        ),
    ],
)
def test_another_limit_price_or_charge_contradicts(told: str, call: tuple[str, str, str]) -> None:
    assert "contradicted" in standings(told, [call])


def test_a_call_whose_other_field_is_told_is_about_the_same() -> None:
    asked = "I'd like a room with a sea view."
    told = "I've booked your room with a sea view."

    assert standings(told, [("book_room", '{"board": "half board", "view": "sea"}', "ok")], asked) == [
        "verified"
    ]
    assert standings(told, [("book_room", '{"view": "garden side"}', "ok")], asked) == ["contradicted"]


@pytest.mark.parametrize(
    ("told", "asked", "call"),
    [
        pytest.param(
            "I've booked your appointment for 3 pm.",
            "3 pm, please.",
            ("book_slot", '{"time": "3:00 PM"}', "ok"),
            id="half a day in the call",
        ),
        pytest.param(
            "I've booked your appointment for 15:00.",
            "3 pm, please.",
            ("book_slot", '{"time": "3pm"}', "ok"),
            id="an hour alone in the call",
        ),
        pytest.param(
            "I've booked you for 10 am.",
            "10 am, please.",
            ("book_slot", '{"time": "10am"}', '{"created_at": "2026-05-20T09:12:33Z"}'),
            id="when it was written down",
        ),
        pytest.param(
            "I've booked you for 10 am.",
            "10 am, please.",
            (
                "book_slot",
                '{"slot": "S1"}',
                '{"confirmed_at": "2026-05-20T09:12:33Z", "starts_at": "2026-05-22T10:00"}',
            ),
            id="when it was confirmed, and when it starts",
        ),
        pytest.param(
            "I've booked 2 separate rooms.",
            "Two rooms.",
            ("book_rooms", '{"date": "2026-05-22"}', "ok"),
            id="separate is no September",
        ),
        pytest.param(
            "I've booked 4 junior suites.",
            "4 suites.",
            ("book_rooms", '{"date": "2026-05-22"}', "ok"),
            id="junior is no June",
        ),
        pytest.param(
            "I've scheduled the visit for Tuesday, May 26.",
            "My boiler broke on Monday.",
            ("schedule_visit", '{"date": "2026-05-26"}', "ok"),
            id="the weekday of a date",
        ),
        pytest.param(
            "I've scheduled the visit for Tuesday, May 26.",
            "It broke.",
            ("schedule_visit", '{"date": "2026-05-26", "note": "broke on Monday"}', "ok"),
            id="the weekday of a date beside another that is named",
        ),
        pytest.param(
            "I've booked your table for 3 pm.",
            "A table for us two at 3 pm.",
            ("book_table", '{"party": 2, "time": "15:00"}', "ok"),
            id="an hour is no number of guests",
        ),
    ],
)
def test_a_day_and_an_hour_are_read_as_they_are_written(
    told: str, asked: str, call: tuple[str, str, str]
) -> None:
    assert set(standings(told, [call], asked)) == {"verified"}


@pytest.mark.parametrize(
    ("told", "asked", "call"),
    [
        ("I've booked you for 3 pm.", "3 pm.", ("book_slot", '{"time": "3:00 AM"}', "ok")),
        ("I've booked you for 10 am.", "10 am.", ("book_slot", "{}", '{"scheduled_at": "2026-05-22T14:00"}')),
        (
            "I've scheduled the visit for Tuesday.",
            "It broke on Monday.",
            ("schedule_visit", '{"date": "2026-05-29"}', "ok"),
        ),
        (
            "I've scheduled the visit for Tuesday.",
            "It broke on Monday.",
            ("schedule_visit", '{"day": "Friday"}', '{"created_at": "2026-05-26T09:00"}'),
        ),
        ("I've booked you for 7 Sept.", "7 Sept.", ("book_slot", '{"date": "2026-09-14"}', "ok")),
        ("I've booked your table for 3.", "For 3.", ("book_table", '{"party": 2}', "ok")),
    ],
)
def test_another_hour_day_or_number_of_guests_contradicts(
    told: str, asked: str, call: tuple[str, str, str]
) -> None:
    assert standings(told, [call], asked) == ["contradicted"]


@pytest.mark.parametrize(
    ("told", "call"),
    [
        pytest.param(
            "I've booked your flight; you get the ticket within 2 business days.",
            ("book_flight", '{"class": "economy"}', "ok"),
            id="business days are no class",
        ),
        pytest.param(
            "I've booked your flight with a window seat for your comfort.",
            ("book_flight", '{"class": "economy"}', "ok"),
            id="comfort is no class",
        ),
        pytest.param(
            "I've upgraded you to business.",
            ("upgrade_flight", '{"cabin": "business"}', "ok"),
            id="the same class",
        ),
        pytest.param(
            "I've exchanged it for size M.",
            ("exchange_item", '{"size": "medium"}', "ok"),
            id="one size, two words",
        ),
        pytest.param(
            "I've moved you to seat 14C; you board at gate 22.",
            ("change_seat", '{"seat": "14C"}', '{"seat": "14C", "gate": "22"}'),
            id="a seat and a gate",
        ),
        pytest.param(
            "I've changed your card; the change shows in 2 months.",
            ("update_card", '{"expiry_month": 12}', "ok"),
            id="the month of expiry",
        ),
        pytest.param(
            "I've updated your order; it takes 5 days.",
            ("update_order", "{}", '{"ok": true, "days_since_delivery": 12}'),
            id="days that have passed",
        ),
        pytest.param(
            "I've refunded €19.99.",
            ("refund", '{"amount": 19.99}', '{"amount": 1999, "status": "succeeded"}'),
            id="cents that no binary number holds",
        ),
    ],
)
def test_what_only_looks_like_another_class_place_or_count_is_none(
    told: str, call: tuple[str, str, str]
) -> None:
    assert "contradicted" not in standings(told, [call])


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("I've upgraded you to business.", ("upgrade_flight", '{"cabin": "economy"}', "ok")),
        ("I've exchanged it for size M.", ("exchange_item", '{"size": "large"}', "ok")),
        (
            "I've moved you to seat 14C; you board at gate 22.",
            ("change_seat", '{"seat": "12A", "gate": "22"}', "ok"),
        ),
        ("I've paused your plan for 2 months.", ("pause_plan", '{"pause_months": 3}', "ok")),
        ("I've refunded €19.99.", ("refund", '{"amount": 19.99}', '{"amount": 1899, "status": "succeeded"}')),
    ],
)
def test_another_class_size_seat_or_count_contradicts(told: str, call: tuple[str, str, str]) -> None:
    assert "contradicted" in standings(told, [call])


def test_a_line_of_a_log_is_no_record_that_was_cut() -> None:
    log = ("book_slot", "{}", "[INFO] Booking confirmed")

    assert standings("I've booked it for 47 of you.", [log]) == ["contradicted"]
    assert standings("I've booked it for 47 of you.", [("book_slot", "{}", '{"id": "B')]) == ["verified"]


@pytest.mark.parametrize(
    ("told", "calls", "standing"),
    [
        pytest.param(
            "I've relocated your booking.",
            [("relocate_guest", '{"room": "204"}', '{"room": "204", "status": "confirmed"}')],
            "verified",
            id="a verb that only begins names",
        ),
        pytest.param(
            "I've ordered the spare hinge.",
            [("order_part", '{"part": "hinge"}', '{"shipment": "S-1", "status": "confirmed"}')],
            "verified",
            id="a noun that is a verb where a name begins with it",
        ),
        pytest.param(
            "I've ordered the spare hinge.",
            [("order_status", '{"order": "S-1"}', '{"order": "S-1", "status": "open"}')],
            "ungrounded",
            id="the same noun in the name of a lookup",
        ),
        pytest.param(
            "I've put $42.75 on order 31877 and refunded it; $17.25 remains on your card.",
            [("refund", '{"order": "31877"}', '{"order": "31877", "refunded": 42.75, "remaining": 17.25}')],
            "verified",
            id="what is left beside what moved",
        ),
        pytest.param(
            "I've refunded $80 for order 31877.",
            [("refund", '{"order": "31877"}', '{"order": "31877", "refunded": 42.75, "order_total": 80}')],
            "contradicted",
            id="what it cost is not what moved",
        ),
        pytest.param(
            "I've raised your limit to $8,000.",
            [("set_limit", '{"limit": 6000}', '{"new_limit": 6000, "status": "approved"}')],
            "contradicted",
            id="another limit",
        ),
        pytest.param(
            "I've applied a 30% discount to your plan.",
            [("apply_discount", '{"percent": 10}', '{"discount_percent": 10, "status": "applied"}')],
            "contradicted",
            id="another share",
        ),
        pytest.param(
            "I've frozen your card ending 3340.",
            [("freeze_card", '{"card_last4": "9052"}', '{"card_last4": "9052", "state": "frozen"}')],
            "contradicted",
            id="another card",
        ),
    ],
)
def test_a_verb_a_sum_a_share_and_a_card_are_weighed(told: str, calls: Calls, standing: str) -> None:
    assert standing in standings(told, calls)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("I've deactivated the line.", "done"),
        ("I've arranged for a new parcel to be shipped today.", "done"),
        ("Your stay is extended.", "standing"),
        ("Your extension is approved: the new deadline is 31 October.", "standing"),
        ("Your transfer of $300 is complete.", "standing"),
    ],
)
def test_what_we_say_we_did_is_a_claim_in_whatever_verb(told: str, kind: str) -> None:
    sentence = Sentence(Span(told, 0, len(told)), "answer")

    assert kind in [claim.kind for claim in claims_in((sentence,))]


@pytest.mark.parametrize(
    "told",
    [
        "I've seen your message.",
        "I've explained the steps above.",
        "I've included the link.",
        "Your order is delayed.",
    ],
)
def test_seeing_and_saying_claim_nothing(told: str) -> None:
    sentence = Sentence(Span(told, 0, len(told)), "answer")

    assert claims_in((sentence,)) == ()
