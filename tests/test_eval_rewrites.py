"""What a rewrite is held against by code: what it offers, what it knows, what it feels. Each reader shares nothing with the judge."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from guard import Case, Guard
from guard.evaluation.figures import strange_figures
from guard.evaluation.offered import Offered, asks_for_a_need, offered
from guard.evaluation.results import Flag
from guard.evaluation.rewritten import recognition
from guard.evaluation.score import score
from guard.outcome import Rewritten
from guard.policy import shipped
from guard.rewriting.check import inventions
from tests.suites import EMPTY, one

CASE = Case.from_record(
    {
        "id": "check-out",
        "context": [
            {
                "role": "customer",
                "content": "Room 508, our train is at 4. Any chance of checking out at 2pm on Friday?",
            }
        ],
        "draft": "Of course, it is all arranged for 99 EUR!",
        "actions": [
            {
                "name": "find_stay",
                "arguments": {},
                "result": '{"until": "2026-06-12T14:30", "paid": "1,240.50"}',
                "ok": True,
            }
        ],
        "authority": [
            {"id": "late", "does": "extend your check-out to 1 pm at no charge", "needs": ["room number"]},
            {"id": "luggage", "does": "store your luggage at reception until 8 pm"},
            {"id": "refund", "does": "refund the last night", "max_amount": 90, "currency": "EUR"},
        ],
    }
)
CALLED = replace(CASE, evidence=(replace((CASE.evidence or ())[0], name="extend_checkout"),))


@pytest.mark.parametrize(
    "reply",
    [
        "I can extend your check-out to 1 pm at no charge. Would you like me to go ahead with this for room 508?",
        "2 pm is not possible, but I can move your check-out to 1 pm for free. Shall I book that?",
        "Your check-out can be extended to 1 pm. If we store nothing for you, that costs nothing.",
        "I can extend your check-out, though I cannot refund the night.",
        "I've extended your check-out to 1 pm.",
        "To extend your check-out to 1 pm, I need your room number. What is it?",
    ],
)
def test_a_reply_that_offers_the_right_action_and_no_other_is_right(reply: str) -> None:
    found = offered(reply, CASE, ("late",))

    assert found == Offered(frozenset({"late"}), ())
    assert found.right


@pytest.mark.parametrize(
    "reply",
    [
        "We can keep your luggage at reception until 8 pm. Would you like that?",
        "I can extend your check-out to 1 pm, and I can also store your luggage until 8 pm.",
        "I can extend your check-out to 1 pm and refund the last night.",
        "I can extend your check-out to 1 pm. I've refunded the last night, too.",
        "I can extend your check-out to 1 pm. We will throw in two cinema tickets.",
        "I'll send you a voucher. I can extend your check-out to 1 pm.",
        "Check-out is at eleven in the whole house.",
        "I'm looking into this and will get back to you.",
    ],
)
def test_a_reply_that_offers_another_thing_or_nothing_is_not(reply: str) -> None:
    assert not offered(reply, CASE, ("late",)).right


def test_either_of_two_right_actions_will_do() -> None:
    assert offered("I can store your luggage until 8 pm.", CASE, ("late", "luggage")).named == {"luggage"}


def test_what_a_call_did_may_be_told_beside_the_right_action() -> None:
    told = "I've extended your stay. I can store your luggage until 8 pm."

    assert offered(told, CALLED, ("luggage",)).right
    assert not offered(told, CASE, ("luggage",)).right
    failed = replace(CALLED, evidence=(replace((CALLED.evidence or ())[0], ok=False),))
    assert not offered(told, failed, ("luggage",)).right


def test_one_deed_done_to_another_thing_is_another_action_and_what_the_customer_names_is_no_leave() -> None:
    case = Case.from_record(
        {
            "id": "two",
            "context": [
                {"role": "customer", "content": "Cancel my subscription, and I want a refund of the order."}
            ],
            "draft": "Soon.",
            "authority": [
                {"id": "plan", "does": "cancel the subscription"},
                {"id": "order", "does": "cancel the order of the printer"},
            ],
        }
    )

    assert offered("I can cancel the subscription.", case, ("plan",)).right
    assert not offered("I can cancel the order of the printer.", case, ("plan",)).right
    assert not offered("I can cancel the subscription. I can refund the order.", case, ("plan",)).right


def test_a_question_for_what_an_action_needs_is_seen() -> None:
    assert asks_for_a_need("Which room number do you have?", CASE, ("late",))
    assert not asks_for_a_need("Which room number do you have?", CASE, ("luggage",))
    assert not asks_for_a_need("Rooms have a number on the door.", CASE, ("late",))


@pytest.mark.parametrize(
    "reply",
    [
        "Room 508, until 1 pm: up to 90 EUR.",
        "Your stay ends on Friday 12 June at 2:30 pm; 1240.50 is paid.",
        "6. Keep your key.\n7. Leave by four.",
    ],
)
def test_figures_that_were_said_shown_or_allowed_are_known_however_written(reply: str) -> None:
    assert strange_figures(reply, CASE, shipped().authority) == ()


@pytest.mark.parametrize(
    ("reply", "strange"),
    [
        ("It is all arranged for 99 EUR.", ("99",)),
        ("You can stay until 3 pm.", ("3",)),
        ("That takes nine days.", ("9",)),
        ("It ends on Sunday.", ("sunday",)),
        ("Your reference is QX-77.", ("QX-77", "77")),
        ("See www.example.net/stay.", ("www.example.net/stay",)),
    ],
)
def test_a_figure_that_stands_nowhere_is_strange_even_where_the_draft_has_it(
    reply: str, strange: tuple[str, ...]
) -> None:
    assert strange_figures(reply, CASE, shipped().authority) == strange


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("I can send a replacement today.", 0),
        ("I am so sorry that the lamp came broken. I can send a new one.", 9),
        ("I am so sorry about the lamp, and I can send a new one today.", 7),
        ("I'm sorry. I'm so sorry. I understand how frustrating this is.", 11),
    ],
)
def test_recognition_is_counted_by_its_form_and_an_offer_beside_it_is_not(reply: str, words: int) -> None:
    assert recognition(reply) == words


def held(guard: Guard, reply: str | None = None, **expect: object) -> Mapping[Flag, bool]:
    """The flags of a rewrite of `EMPTY`, or of another text that the same judge's words came with."""
    before = EMPTY["expect"]
    assert isinstance(before, dict)
    case = one({**EMPTY, "expect": {**before, **expect}})
    outcome = guard.review(case.case)
    assert isinstance(outcome, Rewritten)
    said = outcome.reply if reply is None else reply
    return score(case, replace(outcome, reply=said), None, guard.policy).flags


def test_the_actions_that_the_readers_would_take_are_scored(guard: Guard) -> None:
    other = {"must_keep": [], "must_not_promise": [], "actions": ["mend"]}

    right, wrong = held(guard), held(guard, rewrite=other)

    assert (right["actions_right"], right["step_given"]) == (True, True)
    assert (wrong["actions_right"], wrong["step_given"]) == (False, False)
    assert "actions_right" not in held(guard, rewrite=None)


@pytest.mark.parametrize(
    ("reply", "flag"),
    [
        ("I can send a replacement for order 48213. You have it in 4 days.", "nothing_invented"),
        ("Thank you for telling us about order 48213.", "step_given"),
        ("I can refund order 48213. Shall I?", "actions_right"),
        (
            "I am so sorry that this happened to you. I understand how frustrating a broken lamp is, and how upset you are. "
            "I can send a replacement for order 48213.",
            "warmth_bounded",
        ),
    ],
)
def test_a_worse_text_is_seen_although_the_judge_and_the_check_of_the_pipeline_passed_another(
    guard: Guard, reply: str, flag: Flag
) -> None:
    assert held(guard, "I can send a replacement for order 48213. Shall I?")[flag] is True
    assert held(guard, reply)[flag] is False


def test_a_figure_that_only_the_stopped_draft_has_is_invented_although_the_pipeline_lets_it_stand(
    guard: Guard,
) -> None:
    case = one(EMPTY)
    outcome = guard.review(case.case)
    assert isinstance(outcome, Rewritten)
    told = f"{outcome.reply} A delivery takes 4 days."
    kept = replace(
        outcome, reply=told, case=case.case.with_draft(f"{case.case.draft} A delivery takes 4 days.")
    )

    assert inventions(told, kept.case, guard.policy.authority) == ()
    assert score(case, kept, None, guard.policy).flags["nothing_invented"] is False


def test_which_actions_a_reply_in_another_language_offers_is_not_asked(guard: Guard) -> None:
    told = held(
        guard, "Puedo enviarle una lámpara nueva para el pedido 48213. ¿Le parece bien que lo haga hoy?"
    )

    assert "actions_right" not in told
    assert told["step_given"] is True
