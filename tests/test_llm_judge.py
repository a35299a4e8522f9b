"""The judge by language model, on the real SDK against a model on loopback: facts count where their words stand."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guard import Case, Guard, ToolCall, Turn
from guard.assessment import Assessment, Cause, Unjudged
from guard.outcome import Rewritten, Sent, Withheld
from guard.policy import Model, Policy
from tests.cases import EMPTY_SORRY, case
from tests.readings import answer, asking, reading, sentence
from tests.stub import Request, Stub

ASKED = "My lamp came broken, I want a replacement."
STEP = "I can send a replacement today."
GOOD = reading(need_quote=ASKED, sentences=[sentence(STEP, "offer", step=True)])
EMPTY = reading(sentences=[sentence(s, "empathy", kind="apology") for s in EMPTY_SORRY.split(". ")])


@pytest.fixture
def reader(stub: Stub, tmp_path: Path) -> Iterator[Guard]:
    with asking(stub, tmp_path) as made:
        yield made


def seen(guard: Guard, stub: Stub, told: object, of: Case) -> Assessment:
    stub.answer = (200, answer(told))
    found = guard.review(of).judgement.assessment
    assert isinstance(found, Assessment)
    return found


def unjudged(guard: Guard, of: Case) -> Unjudged:
    outcome = guard.review(of)
    assert isinstance(outcome, Withheld)
    assert outcome.judgement.verdict is None
    assert isinstance(outcome.judgement.assessment, Unjudged)
    return outcome.judgement.assessment


def test_a_draft_in_which_the_model_sees_a_step_goes_out_byte_for_byte(reader: Guard, stub: Stub) -> None:
    stub.answer = (200, answer(GOOD))

    outcome = reader.review(case(ASKED, STEP))

    assert isinstance(outcome, Sent)
    assert outcome.reply == STEP
    assert outcome.judgement.verdict == "ok"


def test_the_outcome_says_what_the_model_took_and_which_prompt_was_asked(reader: Guard, stub: Stub) -> None:
    stub.answer = (200, answer(GOOD))

    outcome = reader.review(case(ASKED, STEP))

    assert (outcome.spent.calls, outcome.spent.input_tokens, outcome.spent.output_tokens) == (1, 100, 20)
    assert outcome.spent.usd == pytest.approx(140e-6)
    assert outcome.spent.models == ("stub",)
    assert outcome.spent.prompts[0].startswith("judge@")
    assert outcome.judgement.assessment.judge == outcome.spent.prompts[0]


def test_code_and_not_the_model_draws_the_verdict(reader: Guard, stub: Stub) -> None:
    found = seen(reader, stub, EMPTY, case(ASKED, EMPTY_SORRY))

    assert found.empathy
    assert not found.concrete_step


def test_a_quote_may_differ_in_white_space_quotes_and_capitals_only(reader: Guard, stub: Stub) -> None:
    draft = "I can send\n  a replacement today – that’s no problem."
    told = reading(
        sentences=[sentence("i can send a replacement today - that's no problem.", "offer", step=True)]
    )

    assert seen(reader, stub, told, case(ASKED, draft)).concrete_step


def test_a_step_whose_words_stand_nowhere_is_dropped_and_counted(reader: Guard, stub: Stub) -> None:
    told = reading(
        sentences=[
            sentence(EMPTY_SORRY, "empathy", kind="apology"),
            sentence("I can refund you now.", "offer", step=True),
        ]
    )

    found = seen(reader, stub, told, case(ASKED, EMPTY_SORRY))

    assert not found.concrete_step
    assert found.dropped == 1


@pytest.mark.parametrize(
    "lost",
    [
        {"signals": [{"name": "self_harm", "quote": "I don't want to live any more"}]},
        {"dimensions": [{"name": "emotional_weight", "score": 3, "quote": "I cannot stop crying"}]},
    ],
)
def test_where_a_dropped_fact_would_have_weighed_there_is_no_verdict(
    reader: Guard, stub: Stub, lost: dict[str, object]
) -> None:
    stub.answer = (200, answer(GOOD | lost))

    assert unjudged(reader, case(ASKED, STEP)).cause == "misquoted"


def test_a_signal_with_its_words_gives_the_moment_to_a_person(reader: Guard, stub: Stub) -> None:
    asked = f"{ASKED} And let me talk to a person."
    stub.answer = (
        200,
        answer(GOOD | {"signals": [{"name": "asks_for_human", "quote": "let me talk to a person"}]}),
    )

    outcome = reader.review(case(asked, STEP))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.reason == "human_requested"


def test_what_we_said_ourselves_shows_no_signal(reader: Guard, stub: Stub) -> None:
    turns = (
        Turn("customer", ASKED),
        Turn("assistant", "Do you want to talk to a person?"),
        Turn("customer", "No."),
    )
    stub.answer = (
        200,
        answer(GOOD | {"signals": [{"name": "asks_for_human", "quote": "want to talk to a person"}]}),
    )

    assert unjudged(reader, Case("t1", turns, STEP)).cause == "misquoted"


def test_a_claim_is_verified_where_the_words_of_a_result_show_it(reader: Guard, stub: Stub) -> None:
    draft = "Your parcel was handed back to us this morning, and the money is yours again."
    done = ToolCall("get_return", '{"order": 1}', '{"state": "received", "payout": "settled"}', ok=True)
    claim = {"quote": draft, "kind": "done", "act": "refund", "shown_by": '"payout": "settled"'}
    told = reading(sentences=[sentence(draft, "answer", step=True)], claims=[claim])

    found = seen(reader, stub, told, case(ASKED, draft, evidence=(done,)))

    assert {c.standing for c in found.claims} == {"verified"}


@pytest.mark.parametrize(
    ("shown_by", "ok"),
    [(None, True), ("settled today", True), ('"payout": "settled"', False)],
    ids=["no result shows it", "the words stand nowhere", "the call failed"],
)
def test_a_claim_that_no_result_shows_is_unbacked(
    reader: Guard, stub: Stub, shown_by: str | None, ok: bool
) -> None:
    draft = "Your parcel was handed back to us this morning, and the money is yours again."
    call = ToolCall("get_return", '{"order": 1}', '{"payout": "settled"}', ok=ok)
    claim = {"quote": draft, "kind": "done", "act": "refund", "shown_by": shown_by}
    told = reading(sentences=[sentence(draft, "answer", step=True)], claims=[claim])
    stub.answer = (200, answer(told))

    outcome = reader.review(case(ASKED, draft, evidence=(call,)))

    assert outcome.judgement.verdict == "unbacked_claim"
    assert not isinstance(outcome, Sent)


def test_a_model_that_read_less_than_half_of_the_draft_gives_no_verdict(reader: Guard, stub: Stub) -> None:
    stub.answer = (200, answer(GOOD))

    assert unjudged(reader, case(ASKED, f"{STEP} {EMPTY_SORRY} {EMPTY_SORRY}")).cause == "unparsable"


def test_a_language_in_which_the_policy_does_not_trust_the_model_gives_no_verdict(
    reader: Guard, stub: Stub
) -> None:
    stub.answer = (200, answer(GOOD | {"language": "fi"}))

    assert unjudged(reader, case(ASKED, STEP)).cause == "language"


def test_another_language_that_it_trusts_is_judged(reader: Guard, stub: Stub) -> None:
    draft = "Puedo enviarle hoy mismo una lámpara nueva."
    told = reading(language="es-MX", sentences=[sentence(draft, "offer", step=True)])

    assert seen(reader, stub, told, case("Mi lámpara llegó rota.", draft)).language == "es-mx"


NOT_ANSWERED: dict[str, tuple[tuple[int, dict[str, object] | bytes], Cause]] = {
    "too many requests": ((429, {"error": {"message": "slow down"}}), "unavailable"),
    "a failing endpoint": ((503, b"upstream is away"), "unavailable"),
    "a wrong key": ((401, {"error": {"message": "no such key sk-not-to-be-seen"}}), "unavailable"),
    "no choice": ((200, answer("{}") | {"choices": []}), "unparsable"),
    "no words": ((200, answer(None)), "unparsable"),
    "empty words": ((200, answer("")), "unparsable"),
    "a refusal": ((200, answer(None, refusal="I cannot help with that.")), "refused"),
    "a content filter on the answer": ((200, answer("", end="content_filter")), "refused"),
    "a content filter on the prompt": (
        (400, {"error": {"message": "filtered", "code": "content_filter"}}),
        "refused",
    ),
    "a prompt too long for it": (
        (400, {"error": {"message": "too long", "code": "context_length_exceeded"}}),
        "over_budget",
    ),
    "a cut answer": ((200, answer(json.dumps(GOOD)[:60], end="length")), "cut"),
    "half of a JSON": ((200, answer(json.dumps(GOOD)[:60])), "unparsable"),
    "prose": ((200, answer("This reply is ok, send it.")), "unparsable"),
    "a verdict": ((200, answer({"verdict": "ok"})), "unparsable"),
    "an unknown move": (
        (200, answer(GOOD | {"sentences": [sentence(STEP, "approved", step=True)]})),
        "unparsable",
    ),
    "a score out of bounds": (
        (200, answer(GOOD | {"dimensions": [{"name": "ambiguity", "score": 9, "quote": ASKED}]})),
        "unparsable",
    ),
    "a field too many": ((200, answer(GOOD | {"verdict": "ok"})), "unparsable"),
    "another language": ((200, answer(GOOD | {"language": "xx"})), "language"),
    "no chat completion": ((200, {"choices": [{"text": "ok"}]}), "unparsable"),
    "no JSON at all": ((200, b"<html>ok</html>"), "unavailable"),
}


@pytest.mark.parametrize("name", NOT_ANSWERED)
def test_edge_case_40_whatever_goes_wrong_with_the_judge_nothing_passes(
    reader: Guard, stub: Stub, name: str
) -> None:
    stub.answer, cause = NOT_ANSWERED[name]

    assert unjudged(reader, case(ASKED, STEP)).cause == cause


def test_edge_case_40_a_model_that_is_too_slow_gives_no_verdict(stub: Stub, tmp_path: Path) -> None:
    gone = threading.Event()

    def late(_: Request) -> tuple[int, dict[str, object] | bytes]:
        gone.wait(30)
        return 200, answer(GOOD)

    stub.route = late
    with asking(stub, tmp_path, model=Model(seconds=0.2, retries=0)) as slow:
        found = unjudged(slow, case(ASKED, STEP))
        gone.set()

    assert found.cause == "timeout"


def test_edge_case_40_an_endpoint_that_cannot_be_reached_gives_no_verdict(stub: Stub, tmp_path: Path) -> None:
    with asking(stub, tmp_path) as made:
        away = Guard(made.policy, replace(made.settings, model_url="http://127.0.0.1:9/v1"))

        assert unjudged(away, case(ASKED, STEP)).cause == "unavailable"


def test_a_conversation_above_the_budget_of_the_prompt_gives_no_verdict_and_asks_nobody(
    reader: Guard, stub: Stub
) -> None:
    stub.answer = (200, answer(GOOD))

    assert unjudged(reader, case("lamp " * 60_000, STEP)).cause == "over_budget"
    assert stub.calls == 0


def test_a_draft_that_is_longer_than_the_policy_reads_asks_nobody(reader: Guard, stub: Stub) -> None:
    assert unjudged(reader, case(ASKED, "a" * 200_001)).cause == "too_long"
    assert stub.calls == 0


def test_the_same_case_asks_the_same_bytes(reader: Guard, stub: Stub) -> None:
    stub.answer = (200, answer(GOOD))
    for _ in range(2):
        reader.review(case(ASKED, STEP))

    assert stub.requests[0].body == stub.requests[1].body


def test_neither_the_key_nor_the_customers_words_are_in_the_log(
    reader: Guard, stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="guard")
    stub.answer, _ = NOT_ANSWERED["a wrong key"]

    reader.review(case(ASKED, STEP))

    assert "401" in caplog.text
    assert "sk-not-to-be-seen" not in caplog.text
    assert "lamp" not in caplog.text


def test_after_so_many_failures_in_a_row_nobody_is_asked(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (500, {})
    with asking(stub, tmp_path, model=Model(retries=0, failures=3)) as made:
        found = [unjudged(made, case(ASKED, STEP, id=str(n))) for n in range(5)]

    assert stub.calls == 3
    assert {one.cause for one in found} == {"unavailable"}


def test_the_message_for_the_customer_needs_no_model(reader: Guard, stub: Stub) -> None:
    stub.answer = (500, {})

    outcome = reader.review(case(ASKED, STEP))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.id in outcome.reply


def test_a_rewrite_is_read_by_the_same_judge(stub: Stub, tmp_path: Path) -> None:
    from tests.cases import REPLACE

    asked = f"{ASKED} Order number 7731."
    offer = (
        "I can send a replacement for a damaged item. Would you like me to go ahead with this for order 7731?"
    )
    first = reading(sentences=[sentence(EMPTY_SORRY, "empathy", kind="apology")])
    again = reading(sentences=[sentence(offer, "offer", step=True)])
    stub.script = [(200, answer(first)), (200, answer(again))]
    with asking(stub, tmp_path) as made:
        outcome = made.review(case(asked, EMPTY_SORRY, may=(REPLACE,)))

    assert isinstance(outcome, Rewritten)
    assert outcome.spent.calls == 2
    assert outcome.accepted.assessment.judge.startswith("judge@")


def cascade(policy: Policy, **told: object) -> Policy:
    return replace(policy, judging=replace(policy.judging, by="cascade", **told))  # type: ignore[arg-type]


def test_the_cascade_asks_nobody_where_the_local_judge_is_sure(stub: Stub, tmp_path: Path) -> None:
    with asking(stub, tmp_path, change=lambda p: cascade(p, band=(1.0, 1.0), human_band=(1.0, 1.0))) as made:
        outcome = made.review(
            case("Perfect, thank you so much!", "You're welcome! Anything else I can help with?")
        )

    assert stub.calls == 0
    assert outcome.judgement.assessment.judge == "local"
    assert outcome.spent.calls == 0


def test_the_cascade_asks_the_model_where_the_local_judge_is_unsure(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, answer(GOOD))
    with asking(stub, tmp_path, change=lambda p: cascade(p, band=(0.0, 1.0))) as made:
        outcome = made.review(case(ASKED, STEP))

    assert outcome.judgement.assessment.judge.startswith("judge@")


def test_the_cascade_always_asks_for_the_signals_that_the_policy_names(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, answer(reading(need_quote=None, sentences=[sentence("Let me see.", "vague_commit")])))
    chosen = frozenset(("asks_for_human",))
    with asking(
        stub, tmp_path, change=lambda p: cascade(p, band=(1.0, 1.0), human_band=(1.0, 1.0), always=chosen)
    ) as made:
        made.review(case("I want to speak to a human agent now.", "Let me see."))

    assert stub.calls == 1


def test_the_cascade_skips_a_greeting_whatever_the_band(stub: Stub, tmp_path: Path) -> None:
    with asking(stub, tmp_path, change=lambda p: cascade(p, band=(0.0, 1.0), human_band=(0.0, 1.0))) as made:
        made.review(case("Perfect, thank you so much!", "You're welcome! Anything else I can help with?"))

    assert stub.calls == 0


def test_the_cascade_asks_the_model_for_a_language_that_the_local_judge_does_not_read(
    stub: Stub, tmp_path: Path
) -> None:
    draft = "Puedo enviarle hoy mismo una lámpara nueva, ¿le parece bien?"
    stub.answer = (200, answer(reading(language="es", sentences=[sentence(draft, "offer", step=True)])))
    with asking(stub, tmp_path, judge="cascade") as made:
        outcome = made.review(case("Hola, mi lámpara llegó rota y quiero otra, por favor.", draft))

    assert isinstance(outcome, Sent)


def test_where_the_unsure_cascade_gets_no_answer_nothing_passes(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (500, {})
    with asking(stub, tmp_path, change=lambda p: cascade(p, band=(0.0, 1.0))) as made:
        assert unjudged(made, case(ASKED, STEP)).cause == "unavailable"


def test_two_letters_inside_a_word_are_no_quote(reader: Guard, stub: Stub) -> None:
    draft = "I'm sorry this happened, I know it is frustrating."
    told = reading(sentences=[sentence("no", "offer", step=True), sentence(draft, "empathy", kind="apology")])

    found = seen(reader, stub, told, case(ASKED, draft))

    assert not found.concrete_step


@pytest.mark.parametrize(
    "more",
    [
        {"choices": {"a": 1}},
        {"usage": {"prompt_tokens": None, "completion_tokens": "12"}},
        {"model": {"name": "x"}},
    ],
)
def test_an_answer_of_another_shape_raises_nothing(
    reader: Guard, stub: Stub, more: dict[str, object]
) -> None:
    stub.answer = (200, answer(GOOD) | more)

    reader.review(case(ASKED, STEP))


def test_a_prompt_that_the_endpoint_refuses_does_not_open_the_breaker(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (400, {"error": {"message": "maximum context length is 8192", "code": 400}})
    with asking(stub, tmp_path, model=Model(retries=0, failures=2)) as made:
        found = [unjudged(made, case(ASKED, STEP, id=str(n))) for n in range(4)]

    assert stub.calls == 4
    assert {one.cause for one in found} == {"over_budget"}
