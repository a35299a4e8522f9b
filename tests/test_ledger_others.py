"""A claim names another value of a known sort, of a named field, of another record, or another word or person than the calls."""

import pytest

from tests.test_ledger_values import Call, told

GUIDE: Call = ("update_tour", {"group": "MG-4471", "audio_guide": {"language": "de"}}, "ok")
PASS: Call = (
    "reissue_pass",
    {"pass": 30418, "category": "SENIOR"},
    {"new_pass": 30552, "category": "SENIOR"},
)
MEAL: Call = ("set_meal", {"booking": "LZ9-22", "meal": "GFML"}, {"meal": "GFML", "status": "confirmed"})
MAIL: Call = ("email_document", {"document": "invoice", "channel": "email"}, {"sent": True})
YEARLY: Call = ("set_billing", {"plan": "Pro", "interval": "year"}, {"interval": "year"})
SEAT: Call = ("choose_seat", {"pnr": "AB1-33", "seat": "12A", "position": "window"}, {"seat": "12A"})
VISIT: Call = ("book_visit", {"job": "leak"}, {"visit": "V-55", "slot": "2025-12-04T15:00"})
PAYOUT: Call = (
    "request_payout",
    {"amount": 120, "payout_to": {"type": "bank"}},
    {"payout": "po_448", "state": "sent"},
)
CARD: Call = ("refund", {"order": "W-66", "amount": 18, "to": "gift_card"}, {"status": "ok"})
COVER: Call = (
    "send_replacement",
    {"order": "O-55", "item": {"name": "Cover", "colour": "sage"}},
    {"ok": True},
)
POLICY: Call = ("update_policy", {"policy": "P-33", "deductible": 300}, {"premium_month": 41.2})
STREET: Call = (
    "set_address",
    {"to": {"number": 210, "street": "West Dale St", "town": "Leeds"}},
    {"ok": True},
)
COURSE: Call = ("switch_course", {"student": "S-44", "course": "Watercolour Basics"}, {"ok": True})
PART: Call = ("order_part", {"machine": "WM-33", "part": "door seal"}, {"order": "PO-77"})
FIRMWARE: Call = ("push_update", {"device": "TH-22", "firmware": "4.2.1"}, {"state": "installed"})


@pytest.mark.parametrize(
    ("call", "right", "wrong"),
    [
        (GUIDE, "Your guide is set to German now.", "Your guide is set to Dutch now."),
        (PASS, "You have a new senior pass now.", "You have a new adult pass now."),
        (MEAL, "Your gluten-free meal is confirmed.", "Your vegan meal is confirmed."),
        (MAIL, "I've emailed you the invoice.", "I've texted you the invoice."),
        (MAIL, "I've emailed you the invoice.", "I've emailed you the receipt."),
        (YEARLY, "You now pay every year.", "You now pay every month."),
        (SEAT, "You now have a window seat.", "You now have an aisle seat."),
        (SEAT, "Your seat is 12A now.", "Your seat is 12D now."),
        (
            VISIT,
            "The plumber is booked for the afternoon, in the afternoon slot.",
            "The plumber is booked in the morning.",
        ),
        (
            PAYOUT,
            "Your €120 has been paid out to your bank account.",
            "Your €120 has been paid out to your wallet.",
        ),
        (CARD, "The $18 is back on your gift card.", "The $18 is back on your Visa."),
        (COVER, "A sage cover is on its way.", "A navy cover is on its way."),
        (POLICY, "Your deductible is now 300.", "Your deductible is now 500."),
        (POLICY, "Your premium is now €41.20.", "Your premium is now €44.20."),
        (
            STREET,
            "Your parcel now goes to West Dale Street 210.",
            "Your parcel now goes to West Vale Street 210.",
        ),
        (
            STREET,
            "Your parcel now goes to West Dale Street 210.",
            "Your parcel now goes to West Dale Lane 210.",
        ),
        (COURSE, "You're in Watercolour Basics now.", "You're in Watercolour Landscapes now."),
        (
            PART,
            "I've ordered the door seal for your machine.",
            "I've ordered the drum belt for your machine.",
        ),
        (PART, "I've ordered the part for your machine.", "I've ordered the drum belt for your machine."),
        (FIRMWARE, "It now runs firmware 4.2.1.", "It now runs firmware 4.1.2."),
    ],
)
def test_another_value_of_a_sort_is_contradicted(call: Call, right: str, wrong: str) -> None:
    assert "contradicted" not in told(right, call)
    assert "contradicted" in told(wrong, call)


@pytest.mark.parametrize(
    "draft",
    [
        "Your guide was in English and is set to German now.",
        "Your guide is set to German instead of Dutch now.",
        "Your guide for the Dutch masters is set to German now.",
        "Your guide is set up now.",
    ],
)
def test_a_value_that_is_not_so_or_stands_beside_the_right_one_is_fine(draft: str) -> None:
    assert "contradicted" not in told(draft, GUIDE)


PETS: Call = (
    "list_visits",
    {"owner": 1408},
    {"visits": [{"visit": 70213, "pet": "Milo"}, {"visit": 70214, "pet": "Rex"}]},
)
CANCELLED: Call = ("cancel_visit", {"visit": 70214}, {"visit": 70214, "state": "cancelled"})


def test_a_value_of_another_record_than_the_one_that_was_changed_is_contradicted() -> None:
    assert told("Visit 70214 is cancelled.", PETS, CANCELLED) == {"verified"}
    assert told("Rex's visit is cancelled.", PETS, CANCELLED) == {"verified"}
    assert "contradicted" in told("Visit 70213 is cancelled.", PETS, CANCELLED)
    assert "contradicted" in told("Milo's visit is cancelled.", PETS, CANCELLED)
    assert told("Rex's visit is cancelled, Milo's stays as it is.", PETS, CANCELLED) == {"verified"}


TICKET: Call = (
    "transfer_ticket",
    {"ticket": "TK-019", "to_user": {"name": "Leila H."}},
    {"owner": "Leila H."},
)
ACCESS: Call = ("grant_access", {"project": "Falcon", "user": {"name": "Tom Reyes"}}, {"granted": True})
NURSERY: Call = ("send_message", {"to": "group_lead_sunflowers", "text": "Ella is ill"}, {"sent": True})
TEACHER: Call = ("notify", {"recipient": "class_teacher", "text": "absent"}, {"sent": True})
QUEUE: Call = ("assign_ticket", {"ticket": "T-771", "queue": "warranty"}, {"queue": "warranty"})
MONEY: Call = ("transfer", {"from": "checking", "to": "savings", "amount": 300}, {"done": True})
STORE: Call = ("set_pickup", {"order": "C-44", "store": "Ashgrove"}, {"store": "Ashgrove"})
DOCTOR: Call = ("move_patient", {"patient": 12, "doctor": "Dr. Amari"}, {"doctor": "Dr. Amari"})


@pytest.mark.parametrize(
    ("call", "right", "wrong"),
    [
        (TICKET, "The ticket now belongs to Leila.", "The ticket now belongs to Marc."),
        (ACCESS, "I've given Tom access to Falcon.", "I've given Tim access to Falcon."),
        (ACCESS, "Tom Reyes has access to Falcon now.", "Tim Reyes has access to Falcon now."),
        (NURSERY, "I've let the lead of the Sunflowers group know.", "I've let the kitchen know."),
        (TEACHER, "Her class teacher has been informed.", "The headmaster has been informed."),
        (QUEUE, "I passed your ticket on to warranty.", "I passed your ticket on to sales."),
        (MONEY, "€300 is in your savings account now.", "€300 is in your checking account now."),
        (STORE, "You can pick it up at our Ashgrove store.", "You can pick it up at our Millbrook store."),
        (DOCTOR, "Your appointment is with Dr. Amari now.", "Your appointment is with Dr. Klein now."),
    ],
)
def test_another_person_or_place_is_contradicted(call: Call, right: str, wrong: str) -> None:
    asked = "Please do it for Leila, not for Marc, and ask Tim or Dr. Klein at Millbrook."

    assert "contradicted" not in told(right, call, asked=asked)
    assert "contradicted" in told(wrong, call, asked=asked)


@pytest.mark.parametrize(
    "draft",
    [
        "I've let the team know.",
        "Your colleague has been informed.",
        "I've let her know.",
        "I've passed it to our records and sunflowers group.",
    ],
)
def test_somebody_at_large_is_no_other_person(draft: str) -> None:
    assert "contradicted" not in told(draft, NURSERY, TICKET, asked="I'm Marc.")
