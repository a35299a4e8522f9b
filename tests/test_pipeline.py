"""A draft through the whole pipeline, with a real store."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard import Case, EscalationError, Guard, Preferences, Rewritten, Sent, ToolCall, Turn, Withheld
from tests.cases import EMPTY_SORRY, REFUND, REPLACE, case


def test_a_reply_with_a_concrete_step_goes_out_byte_for_byte(guard: Guard) -> None:
    draft = "I can send a replacement or refund you.  Which would you prefer?\n"

    outcome = guard.review(case("My lamp arrived broken.", draft))

    assert isinstance(outcome, Sent)
    assert outcome.reply == draft


def test_empathy_without_action_becomes_the_step_that_the_authority_allows(guard: Guard) -> None:
    outcome = guard.review(case("My lamp from order #48213 came broken.", EMPTY_SORRY, may=(REPLACE,)))

    assert isinstance(outcome, Rewritten)
    assert outcome.judgement.verdict == "synthetic_empathy"
    assert "replacement" in outcome.reply
    assert "Rest assured" not in outcome.reply


def test_a_missing_fact_is_asked_for_before_the_act_is_offered(guard: Guard) -> None:
    outcome = guard.review(case("My lamp came broken.", EMPTY_SORRY, may=(REPLACE,)))

    assert isinstance(outcome, Rewritten)
    assert "order number" in outcome.reply


def test_where_no_action_covers_the_need_a_person_gets_the_case(guard: Guard) -> None:
    outcome = guard.review(case("My lamp came broken.", EMPTY_SORRY))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "authority_gap"
    assert outcome.receipt.id in outcome.reply


def test_a_false_done_is_never_sent(guard: Guard) -> None:
    outcome = guard.review(
        case("Please refund $40 for order #48213.", "I've refunded $40 to your card.", evidence=())
    )

    assert outcome.judgement.verdict == "unbacked_claim"
    assert "refunded" not in outcome.reply


@pytest.mark.parametrize(
    ("amount", "ok", "verdict"),
    [(40, True, "ok"), (40, False, "unbacked_claim"), (80, True, "unbacked_claim")],
)
def test_a_done_claim_needs_a_call_that_worked_for_that_amount(
    guard: Guard, amount: int, ok: bool, verdict: str
) -> None:
    call = ToolCall("issue_refund", json.dumps({"amount": amount}), json.dumps({"refunded": amount}), ok=ok)

    outcome = guard.review(
        case("Please refund $40 for order #48213.", "I've refunded $40 to your card.", evidence=(call,))
    )

    assert outcome.judgement.verdict == verdict


def test_a_promise_above_the_limit_is_unauthorised(guard: Guard) -> None:
    outcome = guard.review(
        case("I want my money back for the broken lamp.", "I will refund you $400 today.", may=(REFUND,))
    )

    assert outcome.judgement.verdict == "unbacked_claim"


def test_a_moment_that_belongs_to_a_person_goes_to_one_however_good_the_draft(guard: Guard) -> None:
    outcome = guard.review(
        case("My husband passed away, please cancel his policy.", "I can cancel it today. Shall I go ahead?")
    )

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "sensitivity"


def test_danger_names_the_emergency_number_first(guard: Guard) -> None:
    outcome = guard.review(case("I smell gas in the kitchen, what now?", "Please visit our help center."))

    assert isinstance(outcome, Withheld)
    assert outcome.reply.startswith("If you or someone else is in danger")


def test_thanks_and_pure_pleasantry_is_fine(guard: Guard) -> None:
    turns = (
        Turn("customer", "Where is it?"),
        Turn("assistant", "It arrives at 6 pm."),
        Turn("customer", "Great, thank you!"),
    )

    assert isinstance(guard.review(Case("t", turns, "You're very welcome! Have a lovely day.")), Sent)


def test_a_language_that_the_judge_does_not_read_is_withheld_not_guessed(guard: Guard) -> None:
    outcome = guard.review(
        case(
            "Mein Paket ist nicht angekommen.",
            "Das tut uns sehr leid, wir verstehen Ihren Ärger und sind für Sie da.",
        )
    )

    assert isinstance(outcome, Withheld)
    assert outcome.judgement.verdict is None
    assert outcome.receipt.reason == "language"


def test_a_placeholder_is_never_sent_as_it_stands(guard: Guard) -> None:
    outcome = guard.review(case("When does it arrive?", "It arrives on [Date]."))

    assert not isinstance(outcome, Sent)


def test_the_same_case_a_hundred_times_is_one_handoff(guard: Guard) -> None:
    ids = {guard.review(case("I want to speak to a manager.", EMPTY_SORRY)).reply for _ in range(100)}

    assert len(ids) == 1
    assert len(guard.desk.open()) == 1


async def _twice(guard: Guard, one: Case) -> tuple[str, str]:
    return guard.review(one).reply, (await guard.areview(one)).reply


def test_async_gives_the_same_outcome(guard: Guard) -> None:
    import asyncio

    replies = asyncio.run(_twice(guard, case("My lamp came broken.", EMPTY_SORRY)))

    assert replies[0] == replies[1]


@pytest.mark.parametrize("mode", ["observe", "advise"])
def test_observe_and_advise_change_no_byte_and_still_judge(mode: str, guard: Guard) -> None:
    watching = Guard.load(mode=mode, settings=guard.settings)  # type: ignore[arg-type]

    outcome = watching.review(case("My lamp came broken.", EMPTY_SORRY))

    assert outcome.reply == EMPTY_SORRY
    assert outcome.judgement.verdict == "synthetic_empathy"


def test_a_store_that_cannot_be_written_raises_and_keeps_the_draft(tmp_path: object, guard: Guard) -> None:
    guard.settings.home.parent.joinpath("home").write_text("a file where the directory should be")

    with pytest.raises(EscalationError) as caught:
        guard.review(case("I want to speak to a manager.", EMPTY_SORRY))

    assert caught.value.draft == EMPTY_SORRY
    assert EMPTY_SORRY not in str(caught.value)


def test_a_customer_who_wants_a_list_gets_a_list(guard: Guard) -> None:
    one = case(
        "My lamp from order #48213 came broken.",
        "I am sorry that your lamp came broken. We are looking into it.",
        may=(REPLACE,),
    )
    listed = Case(one.id, one.turns, one.draft, one.evidence, one.authority, Preferences(format="list"))

    assert guard.review(listed).reply.startswith("- ")


def test_a_customer_who_reads_another_language_gets_a_person_not_an_english_rewrite(guard: Guard) -> None:
    one = case("My lamp from order #48213 came broken.", EMPTY_SORRY, may=(REPLACE,))

    outcome = guard.review(replace(one, preferences=Preferences(language="nl-NL")))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "language"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=400),
    st.text(max_size=400),
    st.one_of(st.none(), st.lists(st.text(max_size=40), max_size=2)),
)
def test_arbitrary_text_gives_one_of_the_three_outcomes(
    guard: Guard, asked: str, draft: str, results: list[str] | None
) -> None:
    record: dict[str, object] = {
        "id": "h",
        "context": [{"role": "customer", "content": asked}],
        "draft": draft,
        "actions": None
        if results is None
        else [{"name": "refund", "arguments": {}, "result": r} for r in results],
    }

    outcome = guard.review(guard.case(record))

    assert isinstance(outcome, Sent | Rewritten | Withheld)
