"""The rewriter by language model: code checks what it commits to, invents and adds, and the judge reads it again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guard import Action, Guard, ToolCall, Turn
from guard.case import Preferences
from guard.outcome import Rewritten, Sent, Withheld
from guard.policy import By
from tests.cases import EMPTY_SORRY, case
from tests.readings import answer, asking, reading, sentence
from tests.stub import Stub

ASKED = "My lamp from order 7731 came broken, I want my money back."
REFUND = Action(
    "refund", "refund an order to the card", max_amount=50, currency="USD", deadline="within 5 days"
)
REPLY = "I can refund order 7731 to your card within 5 days. Shall I go ahead?"


def written(reply: str, *commitments: tuple[str, str], possible: bool = True) -> dict[str, object]:
    return {
        "possible": possible,
        "reply": reply,
        "commitments": [{"quote": quote, "action": action} for quote, action in commitments],
    }


@pytest.fixture
def writer(stub: Stub, tmp_path: Path) -> Iterator[Guard]:
    with asking(stub, tmp_path, judge="local", rewrite="llm") as made:
        yield made


def test_what_the_model_writes_goes_out_where_everything_in_it_is_allowed(writer: Guard, stub: Stub) -> None:
    stub.answer = (
        200,
        answer(written(REPLY, ("I can refund order 7731 to your card within 5 days.", "refund"))),
    )

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND,)))

    assert isinstance(outcome, Rewritten)
    assert outcome.reply == REPLY
    assert outcome.spent.calls == 1


def test_a_good_draft_is_not_rewritten_and_asks_nobody(writer: Guard, stub: Stub) -> None:
    outcome = writer.review(case(ASKED, REPLY, may=(REFUND,)))

    assert isinstance(outcome, Sent)
    assert stub.calls == 0


@pytest.mark.parametrize(
    "told",
    [
        written(REPLY, ("I can refund order 7731", "voucher")),
        written("I can refund you $80. Shall I go ahead?", ("I can refund you $80.", "refund")),
        written(REPLY, ("I can refund everything.", "refund")),
        written(
            "I can refund order 9999 to your card. Shall I go ahead?", ("I can refund order 9999", "refund")
        ),
        written("I can refund it by 3 May. Shall I go ahead?", ("I can refund it", "refund")),
        written(
            "I can refund it, see https://pay.example.net/7. Shall I go ahead?", ("I can refund it", "refund")
        ),
        written("I can also send you a $20 voucher. Shall I go ahead?"),
        written(REPLY, ("I can refund order 7731", "refund"), ("Shall I go ahead?", "voucher")),
        written("I've refunded order 7731 to your card."),
        written("I completely understand how you feel, and I am deeply sorry for all of this."),
        written(
            f"{EMPTY_SORRY} I know how much it hurts to wait and I feel with you. {REPLY}",
            (REPLY[:20], "refund"),
        ),
    ],
    ids=[
        "an unknown action",
        "above the limit",
        "words that are not in the reply",
        "an order of its own",
        "a date of its own",
        "a link of its own",
        "what nobody allowed",
        "a question under an unknown action",
        "a deed that was not done",
        "warmth alone",
        "more warmth than the budget",
    ],
)
def test_what_code_cannot_prove_goes_to_a_person(writer: Guard, stub: Stub, told: dict[str, object]) -> None:
    stub.answer = (200, answer(told))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND,), evidence=()))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "guard_uncertain"


def test_where_the_model_says_that_nothing_is_possible_the_hole_is_named(writer: Guard, stub: Stub) -> None:
    stub.answer = (200, answer(written("", possible=False)))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND,)))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "authority_gap"


def test_where_nothing_is_allowed_and_nothing_known_nobody_is_asked(writer: Guard, stub: Stub) -> None:
    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=()))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "authority_gap"
    assert stub.calls == 0


@pytest.mark.parametrize("told", ["sure!", "{}", None])
def test_an_answer_that_is_none_goes_to_a_person(writer: Guard, stub: Stub, told: str | None) -> None:
    stub.answer = (200, answer(told))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND,)))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "guard_uncertain"
    assert outcome.spent.calls == 1


def test_a_second_round_learns_what_was_wrong_with_the_first(stub: Stub, tmp_path: Path) -> None:
    stub.script = [
        (
            200,
            answer(
                written("I can refund order 9999. Shall I go ahead?", ("I can refund order 9999", "refund"))
            ),
        ),
        (200, answer(written(REPLY, ("I can refund order 7731", "refund")))),
    ]
    with asking(stub, tmp_path, judge="local", rewrite="llm", rounds=2) as made:
        outcome = made.review(case(ASKED, EMPTY_SORRY, may=(REFUND,)))

    assert isinstance(outcome, Rewritten)
    assert outcome.reply == REPLY
    assert outcome.spent.calls == 2
    assert b"9999" in stub.requests[1].body


def test_facts_that_a_result_shows_may_be_told(writer: Guard, stub: Stub) -> None:
    call = ToolCall("get_order", '{"order": "7731"}', '{"status": "delivered", "price": "49.90"}', ok=True)
    reply = "Order 7731 was delivered; I can refund the 49.90 to your card. Shall I go ahead?"
    stub.answer = (200, answer(written(reply, ("I can refund the 49.90 to your card.", "refund"))))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND,), evidence=(call,)))

    assert isinstance(outcome, Rewritten)


CALL = ToolCall(
    "get_order",
    '{"order": "7731"}',
    '{"status": "delivered", "left_at": "porch", "total": 80, "items": [{"name": "lamp", "price": "49.90"}]}',
    ok=True,
)
RETURN = Action(
    "label", "send a return label by email while the order can be returned", needs=("email address",)
)


@pytest.mark.parametrize(
    "reply",
    [
        "I can refund the 49.90 for order 7731 to your card within 5 days (limit 50 USD). Shall I go ahead?",
        "The lamp of order 7731 was left at the porch. I can refund it, 49.90 to your card. Shall I?",
        "Would you like the refund of 49.90 to your card? It takes up to 5 days.",
        "Please send us your email address; with it we can send a return label while the order can be returned.",
    ],
)
def test_an_offer_in_words_of_its_own_goes_out_within_what_is_allowed(
    writer: Guard, stub: Stub, reply: str
) -> None:
    stub.answer = (200, answer(written(reply)))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND, RETURN), evidence=(CALL,)))

    assert isinstance(outcome, Rewritten), outcome
    assert outcome.reply == reply


@pytest.mark.parametrize(
    "reply",
    [
        "I can refund 49.90 (limit 60 USD). Shall I go ahead?",
        "I can refund 49.90 for the lamp of seat 33 and 20 USD for the bulb. Shall I go ahead?",
        "The lamp of order 7731 was not delivered. I can refund 49.90. Shall I go ahead?",
        "I can refund 80 for order 7731 to your card. Shall I go ahead?",
        "The warranty covers this. I can refund 49.90 to your card. Shall I go ahead?",
    ],
    ids=[
        "another limit",
        "more in all",
        "a state that results deny",
        "more than the limit, without a sign of money",
        "a right",
    ],
)
def test_an_offer_that_goes_further_than_what_is_allowed_does_not(
    writer: Guard, stub: Stub, reply: str
) -> None:
    stub.answer = (200, answer(written(reply)))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND, RETURN), evidence=(CALL,)))

    assert isinstance(outcome, Withheld), outcome


def test_an_offer_on_a_condition_goes_out_with_its_condition_only(writer: Guard, stub: Stub) -> None:
    asked = "I want to send the lamp back, my email is jo@example.net."
    said = "I can send a return label while the order can be returned. Shall I?"
    stub.script = [(200, answer(written(reply))) for reply in ("I can send a return label. Shall I?", said)]

    outcomes = [writer.review(case(asked, EMPTY_SORRY, may=(RETURN,))) for _ in range(2)]

    assert isinstance(outcomes[0], Withheld)
    assert isinstance(outcomes[1], Rewritten)


@pytest.mark.parametrize(
    "reply",
    [
        "I have refunded your order in full.",
        "Your money is 450 and on its way. Shall I go ahead?",
        "I can refund order 7731, see bit.ly/abc. Shall I go ahead?",
        "I can refund 20 percent of order 7731. Shall I go ahead?",
    ],
)
def test_without_evidence_a_writer_has_no_deed_figure_or_link_of_its_own(
    writer: Guard, stub: Stub, reply: str
) -> None:
    stub.answer = (200, answer(written(reply)))

    outcome = writer.review(case(ASKED, EMPTY_SORRY, may=(REFUND,)))

    assert isinstance(outcome, Withheld)


@pytest.mark.parametrize(
    ("like", "reply", "sent"),
    [
        (Preferences(), REPLY, True),
        (Preferences(language="de"), REPLY, False),
        (Preferences(length="short", format="list"), REPLY, True),
        (Preferences(length="short", format="list"), f"- {REPLY[:-18]}\n- Shall I go ahead?", True),
        (Preferences(length="short", format="list"), " ".join([REPLY] * 6), False),
        (Preferences(), f"- {REPLY[:-18]}\n- Shall I go ahead?", False),
    ],
    ids=["nothing", "another language", "one statement", "a list", "long prose", "a list for prose"],
)
def test_a_rewrite_that_is_not_as_the_customer_likes_it_goes_to_a_person(
    writer: Guard, stub: Stub, like: Preferences, reply: str, sent: bool
) -> None:
    stub.answer = (200, answer(written(reply)))

    outcome = writer.review(replace(case(ASKED, EMPTY_SORRY, may=(REFUND,)), preferences=like))

    assert isinstance(outcome, Rewritten if sent else Withheld), outcome


WARM = "I am so sorry about the lamp, "
WARMER = "I am so sorry, so very sorry, that your lamp came broken and that you wait for your money, and I know that it is frustrating, and "
STEP = "I can refund order 7731 to your card within 5 days."


@pytest.mark.parametrize(
    ("warmth", "earlier", "sent"),
    [(WARM, None, True), (WARMER, None, False), (WARM, "I'm so sorry!", False), ("", "I'm so sorry!", True)],
    ids=["within the budget", "above it", "the second time", "none the second time"],
)
@pytest.mark.parametrize("judge", ["local", "llm"])
def test_recognition_beside_a_step_counts_and_is_given_once(
    stub: Stub, tmp_path: Path, judge: By, warmth: str, earlier: str | None, sent: bool
) -> None:
    said = f"{warmth}{STEP}"
    asked = case(ASKED, EMPTY_SORRY, may=(REFUND,))
    if earlier:
        first = (Turn("customer", "Hello?"), Turn("assistant", earlier))
        asked = replace(asked, turns=(*first, *asked.turns))
    before = reading(
        need_quote="I want my money back", sentences=[sentence(EMPTY_SORRY, "empathy", kind="apology")]
    )
    after = reading(
        need_quote="I want my money back",
        sentences=[sentence(said, "offer", step=True, kind="apology" if warmth else None)],
        claims=[{"quote": said, "kind": "offered", "act": "refund", "shown_by": None}],
    )
    told = [before, written(said), after] if judge == "llm" else [written(said)]
    stub.script = [(200, answer(one)) for one in told]

    with asking(stub, tmp_path, judge=judge, rewrite="llm") as made:
        outcome = made.review(asked)

    assert isinstance(outcome, Rewritten if sent else Withheld), outcome
