"""`guard.wrap` around the real SDK, on its real transport, against a server on loopback."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import httpx
import httpx2
import pytest
import respx
from openai import AsyncOpenAI, OpenAI, RateLimitError
from pydantic import BaseModel

from guard import EscalationError, Guard, Sent, UnguardedError, Withheld
from guard.client import WithheldCallError
from guard.errors import GuardError
from guard.settings import Settings
from tests.cases import EMPTY_SORRY
from tests.stub import ASKED, GOOD, Stub, completion


@pytest.fixture
def client(stub: Stub, guard: Guard) -> Iterator[OpenAI]:
    plain = OpenAI(api_key="k", base_url=stub.url, max_retries=0)
    yield guard.wrap(plain)
    plain.close()


def test_a_good_reply_and_unknown_fields_arrive_unchanged(client: OpenAI, stub: Stub, guard: Guard) -> None:
    stub.answer = (200, completion(GOOD))

    response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert response.choices[0].message.content == GOOD
    assert response.model_extra is not None
    assert response.model_extra["x_new"] == {"kept": 1}
    assert isinstance(guard.outcome_of(response), Sent)


def test_an_empty_sorry_never_arrives(client: OpenAI, stub: Stub, guard: Guard) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
    outcome = guard.outcome_of(response)

    assert isinstance(outcome, Withheld)
    assert response.choices[0].message.content == outcome.reply
    assert "apologize" not in response.model_dump_json()


def test_observe_changes_no_byte_and_advise_adds_the_verdict(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, json.dumps(completion(EMPTY_SORRY), indent=3).encode())
    modes: tuple[Literal["observe", "advise"], ...] = ("observe", "advise")
    for mode in modes:
        guard = Guard.load(mode=mode, settings=Settings(home=tmp_path))
        client = guard.wrap(OpenAI(api_key="k", base_url=stub.url, max_retries=0))

        raw = client.chat.completions.with_raw_response.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
        outcome = guard.outcome_of(raw.parse())

        assert outcome.judgement.verdict == "synthetic_empathy"
        assert (raw.content == stub.answer[1]) is (mode == "observe")
        assert raw.parse().choices[0].message.content == EMPTY_SORRY
        client.close()


def test_what_the_model_thought_of_a_withheld_draft_stays_inside_too(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    stub.answer = (200, completion(EMPTY_SORRY, reasoning_content="I apologize.", reasoning="Sorry."))

    response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert isinstance(guard.outcome_of(response), Withheld)
    assert "reasoning" not in response.model_dump_json()


def test_functions_of_the_older_kind_tell_that_none_was_called(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    stub.answer = (200, completion("I've refunded the $40 to your card."))

    response = client.chat.completions.create(
        model="stub",
        messages=ASKED,  # type: ignore[arg-type]
        functions=[{"name": "issue_refund"}],
    )
    outcome = guard.outcome_of(response)

    assert outcome is not None
    assert outcome.case.evidence == ()
    assert outcome.judgement.verdict == "unbacked_claim"


def test_every_choice_is_judged_and_n_bad_ones_make_one_handoff(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    stub.answer = (200, completion(GOOD, EMPTY_SORRY, EMPTY_SORRY))

    response = client.chat.completions.create(model="stub", messages=ASKED, n=3)  # type: ignore[arg-type]

    assert response.choices[0].message.content == GOOD
    assert all("apologize" not in (c.message.content or "") for c in response.choices)
    assert len(guard.desk.open()) == 1


def test_a_turn_of_tool_calls_alone_passes_untouched(client: OpenAI, stub: Stub, guard: Guard) -> None:
    call = {"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    stub.answer = (200, completion(None, tool_calls=[call]))

    response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert response.choices[0].message.tool_calls is not None
    with pytest.raises(GuardError, match="tool calls"):
        guard.outcome_of(response)


def _spoken(client: OpenAI) -> None:
    client.chat.completions.create(model="stub", messages=ASKED, extra_body={"modalities": ["text", "audio"]})  # type: ignore[arg-type]


def _of_a_picture_alone(client: OpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/lamp.png"}}
    turns = [*ASKED, {"role": "user", "content": [picture]}]
    client.chat.completions.create(model="stub", messages=turns)  # type: ignore[arg-type]


UNGUARDED: list[Callable[[OpenAI], object]] = [
    _spoken,
    _of_a_picture_alone,
    lambda c: c.beta.threads.runs.create("t", assistant_id="a", stream=True),
    lambda c: c.beta.threads.messages.list("t"),
    lambda c: c.beta.threads.create_and_run(assistant_id="a"),
    lambda c: c.conversations.items.list("c"),
    lambda c: c.completions.create(model="stub", prompt="hi"),
    lambda c: c.responses.retrieve("r"),
    lambda c: c.responses.input_items.list("r"),
    lambda c: c.chat.completions.retrieve("c"),
    lambda c: c.chat.completions.list(),
    lambda c: c.chat.completions.messages.list("c"),
    lambda c: c.chat.completions.update("c", metadata={}),
    lambda c: c.files.content("the-results-of-a-batch"),
    lambda c: c.evals.runs.output_items.list("r", eval_id="e"),
    lambda c: c.post("/a/surface/of/tomorrow", body={}, cast_to=object),
    lambda c: c.post("/chat//completions", body={}, cast_to=object),
    lambda c: c.post("/Chat/Completions", body={}, cast_to=object),
]


@pytest.mark.filterwarnings("ignore:The Assistants API is deprecated")
@pytest.mark.parametrize("ask", UNGUARDED)
def test_an_unguarded_surface_raises_before_the_model_is_asked(
    client: OpenAI, stub: Stub, ask: Callable[[OpenAI], object]
) -> None:
    with pytest.raises(UnguardedError):
        ask(client)

    assert stub.calls == 0


KNOWN: list[Callable[[OpenAI], object]] = [
    lambda c: c.models.list(),
    lambda c: c.models.retrieve("maker/stub"),
    lambda c: c.embeddings.create(model="stub", input="hi", encoding_format="float"),
    lambda c: c.moderations.create(input="hi"),
    lambda c: c.images.generate(prompt="a lamp"),
    lambda c: c.audio.speech.create(model="stub", voice="alloy", input="hi"),
    lambda c: c.audio.transcriptions.create(model="stub", file=("a.wav", b"x")),
    lambda c: c.files.list(),
    lambda c: c.files.create(file=("a.jsonl", b"{}"), purpose="batch"),
    lambda c: c.files.retrieve("f"),
    lambda c: c.batches.retrieve("b"),
    lambda c: c.fine_tuning.jobs.list_events("j"),
    lambda c: c.vector_stores.files.list("v"),
    lambda c: c.vector_stores.search("v", query="lamp"),
    lambda c: c.uploads.complete("u", part_ids=[]),
    lambda c: c.chat.completions.delete("c"),
]


@pytest.mark.parametrize("ask", KNOWN)
def test_what_is_known_to_hold_no_reply_passes(
    client: OpenAI, stub: Stub, ask: Callable[[OpenAI], object]
) -> None:
    stub.answer = (200, {"object": "list", "data": []})

    ask(client)

    assert stub.calls == 1


def test_a_websocket_leads_nowhere_because_it_does_not_pass_through_the_guard(client: OpenAI) -> None:
    for guarded in (client, client.copy(websocket_base_url="wss://elsewhere")):
        assert str(guarded.websocket_base_url).endswith(".invalid")


def test_a_spoken_reply_that_nobody_asked_for_is_not_passed_on(client: OpenAI, stub: Stub) -> None:
    spoken = {"id": "a", "data": "AAAA", "expires_at": 1, "transcript": "I have refunded you $500."}
    stub.answer = (200, completion(None, audio=spoken))

    with pytest.raises(UnguardedError, match=r"choices\.0\.message\.audio"):
        client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", None, "  "])
def test_an_empty_reply_without_tool_calls_is_judged_as_an_empty_draft(
    client: OpenAI, stub: Stub, guard: Guard, text: str | None
) -> None:
    stub.answer = (200, completion(text))

    response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert isinstance(guard.outcome_of(response), Withheld)
    assert "CG-" in (response.choices[0].message.content or "")


def test_words_beside_tool_calls_pass_untouched_as_an_intermediate_turn(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    call = {"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    stub.answer = (200, completion("Let me look that up for you.", tool_calls=[call]))

    response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert response.choices[0].message.content == "Let me look that up for you."
    assert response.choices[0].message.tool_calls is not None
    assert guard.desk.open() == []
    with pytest.raises(GuardError, match="tool calls, so it is an intermediate turn"):
        guard.outcome_of(response)


class Answer(BaseModel):
    reply: str


def test_json_that_may_not_go_out_is_an_error_that_carries_the_outcome(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    stub.answer = (200, completion(json.dumps({"reply": EMPTY_SORRY})))
    as_json = {"response_format": {"type": "json_object"}}

    with pytest.raises(WithheldCallError) as of_a_model:
        client.chat.completions.parse(model="stub", messages=ASKED, response_format=Answer)  # type: ignore[arg-type]
    with pytest.raises(WithheldCallError, match="JSON"):
        client.chat.completions.create(model="stub", messages=ASKED, extra_body=as_json)  # type: ignore[arg-type]

    assert isinstance(of_a_model.value.outcome, Withheld)
    assert [of_a_model.value.outcome.receipt] == guard.desk.open()
    assert "apologize" not in str(of_a_model.value)


def test_json_that_may_go_out_arrives_byte_for_byte(client: OpenAI, stub: Stub) -> None:
    text = json.dumps({"reply": GOOD}, indent=3)
    stub.answer = (200, completion(text))

    response = client.chat.completions.parse(model="stub", messages=ASKED, response_format=Answer)  # type: ignore[arg-type]

    assert response.choices[0].message.content == text
    assert response.choices[0].message.parsed == Answer(reply=GOOD)


@pytest.mark.parametrize(
    "name",
    [
        lambda n: {"user": n},
        lambda n: {"safety_identifier": n},
        lambda n: {"metadata": {"conversation_id": n}},
        lambda n: {"extra_headers": {"x-conversation-id": n}},
    ],
)
def test_two_customers_with_names_who_write_the_same_words_have_a_handoff_each(
    client: OpenAI, stub: Stub, guard: Guard, name: Callable[[str], dict[str, object]]
) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    for who in ("alice", "bob", "alice"):
        client.chat.completions.create(model="stub", messages=ASKED, **name(who))  # type: ignore[call-overload]

    assert sorted(r.case_id for r in guard.desk.open()) == ["alice", "bob"]


def test_who_writes_what_was_resolved_for_another_is_told_of_a_handoff_that_waits(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
    guard.desk.resolve(guard.desk.open()[0].id)

    told = client.chat.completions.create(model="stub", messages=ASKED).choices[0].message.content  # type: ignore[arg-type]

    [waits] = guard.desk.open()
    assert waits.id in (told or "")


def test_wrapping_twice_is_wrapping_once(client: OpenAI, guard: Guard) -> None:
    assert guard.wrap(client) is client
    with pytest.raises(UnguardedError, match="another guard"):
        Guard.load(settings=guard.settings).wrap(client)


def test_a_copy_with_another_http_client_is_guarded_too(client: OpenAI, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    with httpx2.Client() as other:
        response = client.copy(http_client=other).chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert "CG-" in (response.choices[0].message.content or "")


def test_resources_that_were_used_before_wrapping_are_guarded_after_it(stub: Stub, guard: Guard) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        before = plain.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
        after = guard.wrap(plain).chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert before.choices[0].message.content == EMPTY_SORRY
    assert after.choices[0].message.content != EMPTY_SORRY


def test_closing_the_wrapped_client_closes_the_connections_that_both_share(stub: Stub, guard: Guard) -> None:
    plain = OpenAI(api_key="k", base_url=stub.url)

    with guard.wrap(plain):
        assert not plain.is_closed()

    assert plain.is_closed()


def test_a_raw_response_knows_its_time_as_it_does_unwrapped(client: OpenAI, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    raw = client.chat.completions.with_raw_response.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert raw.elapsed.total_seconds() > 0
    assert raw.http_response.history == []


def test_a_client_class_with_arguments_of_its_own_is_wrapped(stub: Stub, guard: Guard) -> None:
    class Flavoured(OpenAI):
        def __init__(self, *, flavour: str, base_url: str) -> None:
            self.flavour = flavour
            super().__init__(api_key="k", base_url=base_url)

    stub.answer = (200, completion(EMPTY_SORRY))

    with guard.wrap(Flavoured(flavour="mint", base_url=stub.url)) as client:
        response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert (client.flavour, isinstance(client, Flavoured)) == ("mint", True)
    assert "CG-" in (response.choices[0].message.content or "")


def test_errors_of_the_model_stay_the_sdks_own(client: OpenAI, stub: Stub) -> None:
    stub.answer = (429, {"error": {"message": "slow down"}})

    with pytest.raises(RateLimitError):
        client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"<html>", b"", b"[" * 100_000, b"[]"])
def test_an_answer_that_is_no_json_object_is_an_error_of_ours(
    client: OpenAI, stub: Stub, body: bytes
) -> None:
    stub.answer = (200, body)

    with pytest.raises(GuardError, match="no JSON object"):
        client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]


def test_a_store_that_is_down_raises_and_is_not_retried(stub: Stub, guard: Guard) -> None:
    guard.settings.home.write_text("a file where the directory should be")
    stub.answer = (200, completion(EMPTY_SORRY))

    with OpenAI(api_key="k", base_url=stub.url, max_retries=3) as plain, pytest.raises(EscalationError):
        guard.wrap(plain).chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert stub.calls == 1


def test_the_async_client_gives_the_same(stub: Stub, guard: Guard) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    async def ask() -> str | None:
        async with AsyncOpenAI(api_key="k", base_url=stub.url) as plain:
            response = await guard.wrap(plain).chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
            assert isinstance(guard.outcome_of(response), Withheld)
            return response.choices[0].message.content

    said = asyncio.run(ask())

    assert said is not None
    assert "CG-" in said


def test_the_async_client_has_the_same_limits_and_copies(stub: Stub, guard: Guard) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    as_json = {"response_format": {"type": "json_object"}}

    async def ask() -> str | None:
        async with AsyncOpenAI(api_key="k", base_url=stub.url) as plain, httpx2.AsyncClient() as other:
            client = guard.wrap(plain)
            assert guard.wrap(client) is client
            with pytest.raises(UnguardedError):
                await client.conversations.items.list("c")
            with pytest.raises(WithheldCallError):
                await client.chat.completions.create(model="stub", messages=ASKED, extra_body=as_json)  # type: ignore[arg-type]
            copied = client.copy(http_client=other)
            response = await copied.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
            return response.choices[0].message.content

    assert "CG-" in (asyncio.run(ask()) or "")


def test_a_legacy_httpx_client_is_guarded_too(guard: Guard) -> None:
    with respx.mock(base_url="http://stub/v1") as mock, httpx.Client() as legacy:
        mock.post("/chat/completions").respond(json=completion(EMPTY_SORRY))
        client = guard.wrap(OpenAI(api_key="k", base_url="http://stub/v1", http_client=legacy))  # type: ignore[arg-type]

        response = client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert "CG-" in (response.choices[0].message.content or "")


def test_a_decorated_function_returns_what_the_customer_may_see(guard: Guard) -> None:
    @guard.reply
    def answer(messages: list[dict[str, str]]) -> str:
        return EMPTY_SORRY if len(messages) == 1 else GOOD

    assert "CG-" in answer(ASKED)
    assert answer(messages=[*ASKED, {"role": "assistant", "content": "?"}, *ASKED]) == GOOD
