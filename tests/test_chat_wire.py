"""Chat completions on the wire: the real SDK, its real transport, a server on loopback, every shape that answers have.

Numbers are those of the edge cases in the design notes. What `test_client.py` proves is not proved again.
"""

import asyncio
import gzip
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import replace
from itertools import chain, cycle, repeat
from types import ModuleType
from typing import Literal, TypeVar

import httpx
import httpx2
import openai
import pytest
from openai import APIConnectionError, APIError, APITimeoutError, AsyncOpenAI, AzureOpenAI, OpenAI, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from guard import Authority, Guard, Rewritten, Sent, Withheld
from guard.client import GuardedCallError, WithheldCallError
from guard.errors import GuardError, UnguardedError
from guard.policy import Exchange
from tests.cases import EMPTY_SORRY, REPLACE
from tests.stub import ASKED, GOOD, Request, Stub, chat_stream, chunk, completion, sse

T = TypeVar("T")
CLAIM = "I've refunded the $40 to your card."
CALL: dict[str, object] = {
    "id": "t1",
    "type": "function",
    "function": {"name": "look_up", "arguments": '{"order": "48213"}'},
}
STREAMED: dict[str, object] = {"model": "stub", "messages": ASKED, "stream": True}
TOOLS = [
    {
        "type": "function",
        "function": {"name": name, "strict": True, "parameters": {"type": "object", "properties": {}}},
    }
    for name in ("issue_refund", "look_up")
]
USAGE = {"prompt_tokens": 7, "completion_tokens": 11, "total_tokens": 18}
LOGPROBS = {"content": [{"token": "I", "logprob": -0.5, "bytes": [73], "top_logprobs": []}], "refusal": None}
PREAMBLE = sse(
    {
        "id": "",
        "object": "",
        "created": 0,
        "model": "",
        "choices": [],
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}],
    }
)
"""What Azure sends first."""


@pytest.fixture(scope="module")
def pool() -> Iterator[httpx2.Client]:
    """The SDK's own HTTP client, made once: that takes longer than most tests do."""
    with openai.DefaultHttpxClient() as made:
        yield made


@pytest.fixture
def plain(stub: Stub, pool: httpx2.Client) -> OpenAI:
    return OpenAI(api_key="k", base_url=stub.url, max_retries=0, http_client=pool)


@pytest.fixture
def client(plain: OpenAI, guard: Guard) -> OpenAI:
    return guard.wrap(plain)


@pytest.fixture
def able(guard: Guard) -> Iterator[Guard]:
    """A guard whose assistant may send replacements, so that there is something to write."""
    made = Guard(replace(guard.policy, authority=Authority((REPLACE,))), guard.settings)
    yield made
    made.desk.close()


def ask(client: OpenAI, **more: object) -> ChatCompletion:
    answer: ChatCompletion = client.chat.completions.create(**{"model": "stub", "messages": ASKED, **more})  # type: ignore[call-overload]
    return answer


def stream(client: OpenAI, **more: object) -> Stream[ChatCompletionChunk]:
    answer: Stream[ChatCompletionChunk] = client.chat.completions.create(**STREAMED, **more)  # type: ignore[call-overload]
    return answer


def wire(client: OpenAI, **more: object) -> bytes:
    """The bytes that a streamed call brings."""
    with client.chat.completions.with_streaming_response.create(**STREAMED, **more) as response:  # type: ignore[call-overload]
        return b"".join(response.iter_bytes())


def run(stub: Stub, guard: Guard, use: Callable[[AsyncOpenAI], Awaitable[T]]) -> T:
    """Use a wrapped async client in a loop of its own."""

    async def within() -> T:
        async with AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0) as plain:
            return await use(guard.wrap(plain))

    return asyncio.run(within())


async def astream(client: AsyncOpenAI, **more: object) -> list[ChatCompletionChunk]:
    answer = await client.chat.completions.create(**STREAMED, **more)  # type: ignore[call-overload]
    return [piece async for piece in answer]


def words(chunks: Iterable[ChatCompletionChunk], index: int = 0) -> str:
    choices = [choice for piece in chunks for choice in piece.choices if choice.index == index]
    return "".join(choice.delta.content or "" for choice in choices)


def said(answer: ChatCompletion, place: int = 0) -> str:
    return answer.choices[place].message.content or ""


def body(*texts: str | None, end: str = "stop", **message: object) -> dict[str, object]:
    """A completion whose choices end for this reason."""
    made = completion(*texts, **message)
    choices = made["choices"]
    assert isinstance(choices, list)
    return {**made, "choices": [{**choice, "finish_reason": end} for choice in choices]}


def feed(stub: Stub, *pieces: bytes) -> bytes:
    """Let the model stream these; the bytes that they are."""
    stub.pieces = lambda: pieces
    return b"".join(pieces)


def calls(*, words: str = "", end: str = "tool_calls") -> list[bytes]:
    """A streamed call of a tool, its arguments in two pieces, beside words."""
    first = {
        "index": 0,
        "id": "t1",
        "type": "function",
        "function": {"name": "look_up", "arguments": '{"order"'},
    }
    return [
        chunk({"role": "assistant", "content": words}),
        chunk({"tool_calls": [first]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ': "48213"}'}}]}),
        chunk(end=end),
        sse("[DONE]"),
    ]


# Choices, calls and words (1-11)


def test_a_replaced_choice_keeps_its_index_where_choices_come_out_of_order(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 1."""
    made = completion(EMPTY_SORRY, GOOD)
    choices = made["choices"]
    assert isinstance(choices, list)
    stub.answer = (200, {**made, "choices": choices[::-1]})

    answer = ask(client, n=2)

    assert [choice.index for choice in answer.choices] == [1, 0]
    assert said(answer, 0) == GOOD
    assert "CG-" in said(answer, 1)


@pytest.mark.parametrize(
    "message",
    [
        {"tool_calls": [CALL]},
        {"tool_calls": [CALL, {**CALL, "id": "t2"}], "refusal": None},
        {"function_call": {"name": "look_up", "arguments": "{}"}},
        {"tool_calls": [{"id": "t1", "type": "custom", "custom": {"name": "look_up", "input": "48213"}}]},
    ],
)
def test_an_answer_that_only_calls_keeps_every_byte(
    client: OpenAI, stub: Stub, message: dict[str, object]
) -> None:
    """Edge cases 2 and 5: calls of tools, of functions of the older kind, of custom tools."""
    for text in (None, "", " \n"):
        stub.answer = (200, json.dumps(body(text, end="tool_calls", **message), indent=3).encode())

        raw = client.chat.completions.with_raw_response.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

        assert raw.content == stub.answer[1]


def test_an_answer_that_only_calls_is_not_judged(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 2."""
    stub.answer = (200, body(None, end="tool_calls", tool_calls=[CALL]))

    ask(client)

    assert not guard.outcomes
    assert guard.desk.open() == []


def test_words_beside_a_call_that_claim_what_no_call_did_are_dropped(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 3."""
    stub.answer = (200, body(CLAIM, end="tool_calls", tool_calls=[CALL]))

    choice = ask(client, tools=TOOLS).choices[0]

    assert choice.message.content is None
    assert choice.finish_reason == "tool_calls"
    assert guard.desk.open() == []


def test_a_call_beside_dropped_words_stays_as_it_was(client: OpenAI, stub: Stub) -> None:
    """Edge case 3."""
    stub.answer = (200, body(CLAIM, end="tool_calls", tool_calls=[CALL]))

    raw = client.chat.completions.with_raw_response.create(model="stub", messages=ASKED, tools=TOOLS)  # type: ignore[arg-type]
    message = json.loads(raw.content)["choices"][0]["message"]

    assert (message["content"], message["tool_calls"]) == (None, [CALL])


def test_words_beside_a_streamed_call_that_claim_what_no_call_did_are_dropped(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 3."""
    feed(stub, *calls(words=CLAIM))

    told = list(stream(client, tools=TOOLS))

    assert words(told) == ""
    assert told[-1].choices[0].finish_reason == "tool_calls"


def test_words_after_a_streamed_call_are_read_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 3."""
    role, *called, end, done = calls()
    feed(stub, role, *called, chunk({"content": CLAIM}), end, done)

    assert words(stream(client, tools=TOOLS)) == ""


def test_words_beside_a_streamed_call_that_claim_nothing_keep_every_byte(client: OpenAI, stub: Stub) -> None:
    """Edge case 3."""
    written = feed(stub, *calls(words="Let me look that up for you."))

    assert wire(client, tools=TOOLS) == written


def test_a_call_without_a_name_hides_no_words(client: OpenAI, stub: Stub) -> None:
    """Edge case 3."""
    empty = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
    stub.answer = (200, body(EMPTY_SORRY, tool_calls=[empty]))

    assert "CG-" in said(ask(client))


def test_a_refusal_without_a_next_step_is_replaced_as_any_reply(client: OpenAI, stub: Stub) -> None:
    """Edge case 4."""
    stub.answer = (200, body(None, refusal="I'm sorry, I can't help with that."))

    message = ask(client).choices[0].message

    assert "CG-" in (message.content or "")
    assert message.refusal is None


def test_a_refusal_that_says_who_helps_keeps_its_place(client: OpenAI, stub: Stub) -> None:
    """Edge case 4."""
    refusal = "I can't do that. You can reach a person at +1 555 0100, every day from 9 to 5."
    stub.answer = (200, body(None, refusal=refusal))

    message = ask(client).choices[0].message

    assert (message.content, message.refusal) == (None, refusal)


def test_a_streamed_refusal_without_a_next_step_is_replaced_as_any_reply(client: OpenAI, stub: Stub) -> None:
    """Edge case 4."""
    parts = [
        chunk({"refusal": "I'm sorry, "}),
        chunk({"refusal": "I can't help with that."}),
        chunk(end="stop"),
    ]
    feed(stub, chunk({"role": "assistant"}), *parts, sse("[DONE]"))

    told = list(stream(client))

    assert "CG-" in words(told)
    assert not any(choice.delta.refusal for piece in told for choice in piece.choices)


def test_thoughts_do_not_turn_a_call_into_a_reply(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 4."""
    stub.answer = (
        200,
        body(None, end="tool_calls", tool_calls=[CALL], reasoning_content="I should apologize."),
    )

    answer = ask(client)

    assert said(answer) == ""
    assert not guard.outcomes


@pytest.mark.parametrize("end", ["length", "content_filter"])
def test_a_reply_in_place_of_a_cut_draft_has_not_been_cut(client: OpenAI, stub: Stub, end: str) -> None:
    """Edge case 5."""
    stub.answer = (200, body(EMPTY_SORRY, end=end))
    feed_later = chat_stream(EMPTY_SORRY, end=end)

    whole = ask(client).choices[0].finish_reason
    feed(stub, *feed_later)
    streamed = list(stream(client))[-1].choices[0].finish_reason

    assert (whole, streamed) == ("stop", "stop")


def test_a_cut_reply_that_may_go_out_says_that_it_was_cut(client: OpenAI, stub: Stub) -> None:
    """Edge case 5."""
    stub.answer = (200, body(GOOD, end="length"))

    choice = ask(client).choices[0]

    assert (choice.finish_reason, choice.message.content) == ("length", GOOD)


def test_a_filtered_answer_without_words_is_handed_over(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 5."""
    stub.answer = (200, body(None, end="content_filter"))

    answer = ask(client)

    assert isinstance(guard.outcome_of(answer), Withheld)
    assert said(answer) == guard.outcome_of(answer).reply


def test_a_filtered_stream_without_words_is_handed_over(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 5: the reason comes with an empty delta, after a role alone."""
    feed(
        stub,
        PREAMBLE,
        chunk({"role": "assistant", "content": ""}),
        chunk(end="content_filter"),
        sse("[DONE]"),
    )

    told = list(stream(client))

    assert [receipt.id in words(told) for receipt in guard.desk.open()] == [True]


class Answer(BaseModel):
    reply: str


def _in_json(guard: Guard) -> Guard:
    return Guard(replace(guard.policy, exchange=Exchange(reply_field="/reply")), guard.settings)


def test_a_reply_within_json_is_replaced_and_still_parses(stub: Stub, guard: Guard) -> None:
    """Edge case 6."""
    stub.answer = (200, body(json.dumps({"reply": EMPTY_SORRY})))

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        answer = (
            _in_json(guard)
            .wrap(plain)
            .chat.completions.parse(
                model="stub",
                messages=ASKED,  # type: ignore[arg-type]
                response_format=Answer,
            )
        )

    parsed = answer.choices[0].message.parsed
    assert parsed is not None
    assert "CG-" in parsed.reply


def test_a_reply_within_streamed_json_is_replaced_and_still_parses(stub: Stub, guard: Guard) -> None:
    """Edge cases 6 and 19."""
    feed(stub, *chat_stream(json.dumps({"reply": EMPTY_SORRY})))

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        wrapped = _in_json(guard).wrap(plain)
        with wrapped.chat.completions.stream(model="stub", messages=ASKED, response_format=Answer) as told:  # type: ignore[arg-type]
            answer = told.get_final_completion()

    parsed = answer.choices[0].message.parsed
    assert parsed is not None
    assert "CG-" in parsed.reply


def test_streamed_json_that_may_not_go_out_is_an_error_and_brings_no_byte(client: OpenAI, stub: Stub) -> None:
    """Edge case 6."""
    feed(stub, *chat_stream(json.dumps({"reply": EMPTY_SORRY})))
    shown: list[ChatCompletionChunk] = []

    with pytest.raises(WithheldCallError, match="JSON"):
        shown.extend(stream(client, response_format={"type": "json_object"}))

    assert shown == []


def test_a_cut_reply_is_the_sdks_own_error_where_the_app_asked_for_a_model(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 6."""
    feed(stub, *chat_stream(json.dumps({"reply": GOOD}), end="length"))

    with (
        client.chat.completions.stream(model="stub", messages=ASKED, response_format=Answer) as told,  # type: ignore[arg-type]
        pytest.raises(openai.LengthFinishReasonError),
    ):
        told.until_done()


def test_a_customer_who_writes_in_parts_with_a_picture_is_judged_by_the_words(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 7."""
    stub.answer = (200, body(GOOD))
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/lamp.png"}}
    turn = {"role": "user", "content": [{"type": "text", "text": "My lamp came broken."}, picture]}

    outcome = guard.outcome_of(ask(client, messages=[turn]))

    assert isinstance(outcome, Sent)
    assert "My lamp came broken." in outcome.case.turns[-1].content


def test_citations_of_a_draft_go_with_it(client: OpenAI, stub: Stub) -> None:
    """Edge case 7."""
    cited = {
        "type": "url_citation",
        "url_citation": {"start_index": 0, "end_index": 9, "url": "u", "title": "t"},
    }
    stub.answer = (200, body(EMPTY_SORRY, annotations=[cited]))

    assert ask(client).choices[0].message.annotations == []


def test_a_spoken_stream_is_not_passed_on(client: OpenAI, stub: Stub) -> None:
    """Edge case 7."""
    feed(
        stub,
        chunk({"role": "assistant", "audio": {"id": "a", "transcript": "I refunded you $500."}}),
        chunk(end="stop"),
    )

    with pytest.raises(UnguardedError, match="audio"):
        list(stream(client))


def test_log_probabilities_of_a_draft_go_with_it_and_those_of_a_good_reply_stay(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 8."""
    made = completion(EMPTY_SORRY, GOOD)
    choices = made["choices"]
    assert isinstance(choices, list)
    stub.answer = (200, {**made, "choices": [{**choice, "logprobs": LOGPROBS} for choice in choices]})

    bad, good = ask(client, n=2).choices

    assert bad.logprobs is None
    assert good.logprobs is not None
    assert good.logprobs.model_dump(exclude_unset=True) == LOGPROBS


def test_streamed_log_probabilities_of_a_draft_go_with_it(client: OpenAI, stub: Stub) -> None:
    """Edge case 8."""
    delta = {"index": 0, "delta": {"content": EMPTY_SORRY}, "finish_reason": None, "logprobs": LOGPROBS}
    feed(stub, chunk({"role": "assistant"}, choices=[delta]), chunk(end="stop"), sse("[DONE]"))

    raw = wire(client)

    assert b"CG-" in raw
    assert b"top_logprobs" not in raw


def test_the_models_usage_stays_where_the_reply_is_replaced(client: OpenAI, stub: Stub) -> None:
    """Edge case 9."""
    stub.answer = (200, {**body(EMPTY_SORRY), "usage": USAGE})

    usage = ask(client).usage

    assert usage is not None
    assert usage.model_dump(exclude_unset=True) == USAGE


@pytest.mark.parametrize("again", [iter, tuple, lambda turns: (turn for turn in turns)])
def test_messages_may_come_as_any_iterable(
    client: OpenAI, stub: Stub, guard: Guard, again: Callable[[object], object]
) -> None:
    """Edge case 10: what is read once is read by whoever sends it."""
    stub.answer = (200, body(EMPTY_SORRY))

    outcome = guard.outcome_of(ask(client, messages=again(ASKED)))

    assert [turn.content for turn in outcome.case.turns] == [ASKED[0]["content"]]


def _after_a_call(client: OpenAI, stub: Stub, *results: dict[str, str]) -> ChatCompletion:
    """The claim of a refund, said after calls whose turn is the SDK's own object."""
    refund = {"id": "t1", "type": "function", "function": {"name": "issue_refund", "arguments": "{}"}}
    stub.script = [
        (200, body(None, end="tool_calls", tool_calls=[refund, {**CALL, "id": "t2"}])),
        (200, body(CLAIM)),
    ]
    system = [{"role": "developer", "content": "Be kind."}, {"role": "system", "content": "Be short."}]
    asked = [*system, *ASKED]
    called = ask(client, messages=asked, tools=TOOLS).choices[0].message
    told = [{"role": "tool", **result} for result in results]
    return ask(client, messages=[*asked, called, *told], tools=TOOLS)


def test_a_claim_that_a_call_backs_goes_out(client: OpenAI, stub: Stub) -> None:
    """Edge case 10: objects of the SDK among the messages, calls in parallel, results by id in any order."""
    done = {"tool_call_id": "t1", "content": '{"status": "refunded", "amount": 40}'}
    seen = {"tool_call_id": "t2", "content": '{"order": "48213"}'}

    assert said(_after_a_call(client, stub, seen, done)) == CLAIM


def test_a_claim_whose_call_failed_does_not_go_out(client: OpenAI, stub: Stub) -> None:
    """Edge case 10: the other call of the same turn went well."""
    failed = {"tool_call_id": "t1", "content": '{"error": "card declined"}'}
    seen = {"tool_call_id": "t2", "content": '{"order": "48213", "amount": 40}'}

    assert "CG-" in said(_after_a_call(client, stub, failed, seen))


def test_a_request_without_messages_is_judged_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 10."""
    stub.answer = (200, body(CLAIM))

    assert "CG-" in said(ask(client, messages=[], tools=TOOLS))


# Streams (12-17)


def test_a_good_stream_keeps_every_byte(client: OpenAI, stub: Stub) -> None:
    """Edge cases 12 and 20: comments, names of events, a preamble, usage."""
    first, *rest, done = chat_stream(GOOD)
    usage = sse({"id": "c1", "choices": [], "usage": USAGE})
    extra = b": waiting\n\nid: 7\nretry: 10\nevent: chunk\ndata:" + rest[0].removeprefix(b"data: ")
    written = feed(stub, PREAMBLE, first, extra, *rest[1:], usage, done)

    assert wire(client) == written


def test_usage_stays_the_last_chunk_where_the_reply_is_replaced(client: OpenAI, stub: Stub) -> None:
    """Edge case 12."""
    *begun, done = chat_stream(EMPTY_SORRY)
    feed(stub, *begun, sse({"id": "c1", "choices": [], "usage": USAGE}), done)

    last = list(stream(client, stream_options={"include_usage": True}))[-1]

    assert last.choices == []
    assert last.usage is not None
    assert last.usage.model_dump(exclude_unset=True) == USAGE


def test_the_preamble_of_azure_stays_first_where_the_reply_is_replaced(client: OpenAI, stub: Stub) -> None:
    """Edge case 12."""
    feed(stub, PREAMBLE, *chat_stream(EMPTY_SORRY))

    raw = wire(client)

    assert raw.startswith(PREAMBLE)
    assert b"CG-" in raw


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_every_chunk_after_the_preamble_of_azure_names_the_outcome(
    client: OpenAI, stub: Stub, guard: Guard, text: str
) -> None:
    """Edge case 12: the preamble has an empty id, and the chunks have one."""
    feed(stub, PREAMBLE, *chat_stream(text))

    told = list(stream(client))

    assert guard.outcome_of(told[-1]).case.draft == text


def test_an_empty_id_names_no_outcome(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 12: every preamble of Azure has the same one, whoever the customer is."""
    feed(stub, PREAMBLE, *chat_stream(GOOD))

    preamble = next(iter(list(stream(client))))

    assert preamble.id == ""
    with pytest.raises(GuardError, match="no outcome"):
        guard.outcome_of(preamble)


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_empty_deltas_change_nothing(client: OpenAI, stub: Stub, guard: Guard, text: str) -> None:
    """Edge case 13: a role alone, nothing at all, null, an empty text."""
    role, *said, end, done = chat_stream(text)
    empty = [chunk({}), chunk({"content": None}), chunk({"content": ""})]
    feed(stub, chunk({"role": "assistant"}), role, *empty, *said, *empty, end, done)

    told = words(stream(client))

    outcome = next(iter(guard.outcomes.values()))
    assert (outcome.case.draft, outcome.reply) == (text, told)


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_a_finished_stream_without_its_last_mark_is_judged(
    client: OpenAI, stub: Stub, guard: Guard, text: str
) -> None:
    """Edge case 13."""
    feed(stub, *chat_stream(text)[:-1])

    told = words(stream(client))

    assert told == next(iter(guard.outcomes.values())).reply


def test_an_end_without_an_empty_line_is_read_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 13: the SDK does not read it, other readers do."""
    *begun, end, _ = chat_stream(GOOD)
    feed(stub, *begun, end.rstrip(b"\n").replace(b'"delta": {}', b'"delta": {"content": " We care."}'))

    assert wire(client).endswith(b'" We care."}, "finish_reason": "stop", "logprobs": null}]}')


def _small(text: str, newline: bytes = b"\n") -> bytes:
    """A stream of few bytes, its letters as UTF-8."""
    half = len(text) // 2
    chunks: list[dict[str, object]] = [
        {"index": 0, "delta": {"content": text[:half]}},
        {"index": 0, "delta": {"content": text[half:]}, "finish_reason": "stop"},
    ]
    events = [json.dumps({"id": "c", "choices": [c]}, ensure_ascii=False).encode() for c in chunks]
    return newline.join(b"data: " + data + newline for data in [*events, b"[DONE]"]) + newline


def test_a_good_stream_may_be_cut_at_every_byte(client: OpenAI, stub: Stub) -> None:
    """Edge cases 13 and 14: within `[DONE]`, within a letter, between CR and LF, within JSON."""
    raw = _small("Would you prefer a refund? ✓ “Yes” or “no”?", b"\r\n")
    cuts = [[raw[:n], raw[n:]] for n in range(1, len(raw))]
    stub.pieces = iter(cuts).__next__

    assert {wire(client) for _ in cuts} == {raw}


def test_no_cut_lets_a_draft_through(plain: OpenAI, stub: Stub, able: Guard) -> None:
    """Edge case 14: something is written in its place, so that no run waits for the store."""
    client = able.wrap(plain)
    raw = _small("I’m so sorry. We sincerely apologize. ✓", b"\r\n")
    cuts = [[raw[:n], raw[n:]] for n in range(1, len(raw))]
    stub.pieces = iter(cuts).__next__

    told = {words(stream(client)) for _ in cuts}

    assert told == {outcome.reply for outcome in able.outcomes.values()}
    assert {type(outcome) for outcome in able.outcomes.values()} == {Rewritten}


@pytest.mark.parametrize("newline", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("text", ["Would you prefer a refund? ✓", "We sincerely apologize. ✓"])
def test_a_stream_may_come_byte_by_byte(
    client: OpenAI, stub: Stub, guard: Guard, newline: bytes, text: str
) -> None:
    """Edge case 14."""
    raw = _small(text, newline)
    feed(stub, *(raw[n : n + 1] for n in range(len(raw))))

    told = words(stream(client))

    assert told == next(iter(guard.outcomes.values())).reply


@pytest.mark.parametrize(
    "lead", [b"\xef\xbb\xbf", b": hello\n", b"\n\n", b"event: x\n", b"\xef\xbb\xbf: hello\n\n"]
)
def test_nothing_before_the_first_event_hides_it_from_the_judge(
    client: OpenAI, stub: Stub, guard: Guard, lead: bytes
) -> None:
    """Edge case 14: a byte order mark, a comment, empty lines, a name."""
    feed(stub, lead + _small(EMPTY_SORRY))

    told = words(stream(client))

    assert "CG-" in told
    assert next(iter(guard.outcomes.values())).case.draft == EMPTY_SORRY


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_data_may_take_several_lines(client: OpenAI, stub: Stub, guard: Guard, text: str) -> None:
    """Edge case 14: with comments and other fields between them."""
    raw = _small(text).replace(b', "choices"', b',\n: a comment\ndata:\ndata:"choices"')
    feed(stub, raw)

    told = words(stream(client))

    assert told == next(iter(guard.outcomes.values())).reply
    assert next(iter(guard.outcomes.values())).case.draft == text


def test_the_pieces_of_a_streamed_call_keep_every_byte(client: OpenAI, stub: Stub) -> None:
    """Edge case 15: the id and the name come with the first piece alone."""
    written = feed(stub, *calls())

    assert wire(client) == written


def test_a_streamed_call_beside_dropped_words_adds_up_as_it_was(client: OpenAI, stub: Stub) -> None:
    """Edge cases 3, 15 and 19."""
    feed(stub, *calls(words=CLAIM))

    with client.chat.completions.stream(model="stub", messages=ASKED, tools=TOOLS) as told:  # type: ignore[arg-type]
        message = told.get_final_completion().choices[0].message

    assert not message.content
    assert message.tool_calls is not None
    [call] = message.tool_calls
    assert (call.id, call.function.name, call.function.arguments) == ("t1", "look_up", '{"order": "48213"}')


def test_streamed_calls_of_two_choices_stay_with_their_choice(client: OpenAI, stub: Stub) -> None:
    """Edge cases 15 and 17: words of the one are dropped, those of the other stay."""
    made = [
        {"index": 0, "id": f"t{n}", "function": {"name": f"look_up_{n}", "arguments": "{}"}} for n in (0, 1)
    ]
    feed(
        stub,
        chunk({"role": "assistant", "content": CLAIM}),
        chunk({"role": "assistant", "content": "Let me look that up for you."}, index=1),
        chunk({"tool_calls": [made[1]]}, index=1),
        chunk({"tool_calls": [made[0]]}),
        chunk(end="tool_calls"),
        chunk(end="tool_calls", index=1),
        sse("[DONE]"),
    )

    told = list(stream(client, n=2, tools=TOOLS))
    named = {
        (choice.index, call.id, call.function.name)
        for piece in told
        for choice in piece.choices
        for call in choice.delta.tool_calls or []
        if call.function
    }

    assert named == {(0, "t0", "look_up_0"), (1, "t1", "look_up_1")}
    assert (words(told), words(told, 1)) == ("", "Let me look that up for you.")


def _drops(pieces: Iterable[bytes]) -> Callable[[], Iterator[bytes]]:
    def dropping() -> Iterator[bytes]:
        yield from pieces
        raise ConnectionError

    return dropping


def test_a_call_is_not_shown_before_its_stream_has_ended(client: OpenAI, stub: Stub) -> None:
    """Edge cases 15 and 16."""
    stub.pieces = _drops(calls()[:3])
    shown: list[ChatCompletionChunk] = []

    with pytest.raises(APIConnectionError):
        shown.extend(stream(client))

    assert shown == []


@pytest.mark.parametrize("name", [None, "error"])
def test_an_error_within_a_stream_is_the_sdks_own_and_no_word_comes_before_it(
    client: OpenAI, stub: Stub, guard: Guard, name: str | None
) -> None:
    """Edge case 16."""
    feed(stub, *chat_stream(GOOD)[:-2], sse({"error": {"message": "overloaded", "code": "x"}}, name))
    shown: list[ChatCompletionChunk] = []

    with pytest.raises(APIError, match="overloaded") as error:
        shown.extend(stream(client))

    assert not isinstance(error.value, GuardError)
    assert shown == []
    assert (guard.outcomes, guard.desk.open()) == ({}, [])


def test_an_upstream_that_drops_is_the_sdks_own_error_and_no_word_comes_before_it(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 16: even where the reason of the end was there already."""
    stub.pieces = _drops(chat_stream(GOOD)[:-1])
    shown: list[ChatCompletionChunk] = []

    with pytest.raises(APIConnectionError):
        shown.extend(stream(client))

    assert shown == []
    assert (guard.outcomes, guard.desk.open()) == ({}, [])


def test_the_async_stream_of_an_upstream_that_drops_is_the_same_error(stub: Stub, guard: Guard) -> None:
    """Edge case 16."""
    stub.pieces = _drops(chat_stream(GOOD)[:-2])

    with pytest.raises(APIConnectionError):
        run(stub, guard, astream)

    assert not guard.outcomes


def test_a_stream_that_ends_before_its_reply_does_is_an_error_of_ours(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 16: the connection ends well, the reply does not."""
    feed(stub, *chat_stream(GOOD)[:-2])
    shown: list[ChatCompletionChunk] = []

    with pytest.raises(GuardedCallError, match="broke off"):
        shown.extend(stream(client))

    assert shown == []
    assert guard.desk.open() == []


def test_one_unfinished_choice_of_two_shows_neither(client: OpenAI, stub: Stub) -> None:
    """Edge cases 16 and 17."""
    feed(stub, *chat_stream(GOOD)[:-1], chunk({"content": "I can send"}, index=1))

    with pytest.raises(GuardedCallError, match="broke off"):
        list(stream(client, n=2))


def test_an_event_that_is_no_json_is_an_error_of_ours(client: OpenAI, stub: Stub) -> None:
    """Edge case 16."""
    feed(stub, *chat_stream(GOOD)[:-2], sse("{"), *chat_stream(GOOD)[-2:])

    with pytest.raises(GuardedCallError, match="no JSON object"):
        list(stream(client))


def _two(first: str, second: str) -> Iterator[bytes]:
    """Two choices, their chunks in turn, the second one first."""
    for left, right in zip(first.split(" "), second.split(" "), strict=False):
        yield chunk({"content": f"{right} "}, index=1)
        yield chunk({"content": f"{left} "})


def test_choices_in_turn_are_judged_each(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 17."""
    sorry = " ".join(EMPTY_SORRY.split(" ")[: len(GOOD.split(" "))])
    feed(stub, *_two(sorry, GOOD), chunk(end="stop"), chunk(end="stop", index=1), sse("[DONE]"))

    told = list(stream(client, n=2, user="alice"))

    assert words(told, 1).strip() == GOOD
    assert words(told) == guard.outcome_of(told[-1]).reply == guard.last_reply("alice")
    assert len(guard.desk.open()) == 1


def test_the_chunks_of_a_good_choice_stay_beside_a_replaced_one(client: OpenAI, stub: Stub) -> None:
    """Edge case 17."""
    sorry = " ".join(EMPTY_SORRY.split(" ")[: len(GOOD.split(" "))])
    ends = [chunk(end="stop"), chunk(end="stop", index=1), sse("[DONE]")]
    written = [*_two(sorry, GOOD), *ends]
    feed(stub, *written)

    raw = wire(client, n=2)

    assert all(piece in raw for piece in written if b'"index": 1' in piece)


def test_choices_in_one_chunk_are_parted(client: OpenAI, stub: Stub) -> None:
    """Edge case 17."""
    both = [
        {"index": n, "delta": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for n, text in enumerate((GOOD, EMPTY_SORRY))
    ]
    feed(stub, sse({"id": "c1", "choices": both}), sse("[DONE]"))

    told = list(stream(client, n=2))

    assert words(told) == GOOD
    assert "CG-" in words(told, 1)


# Who leaves early (18, 22)


def _endless() -> Iterable[bytes]:
    return chain(chat_stream(EMPTY_SORRY)[:-2], repeat(b": still here\n\n"))


def test_closing_an_unread_stream_closes_what_the_model_sends(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 18."""
    stub.pieces = _endless

    stream(client).close()

    assert stub.left.wait(5)
    assert guard.desk.open() == []


def test_leaving_a_stream_in_the_middle_closes_what_the_model_sends(stub: Stub, guard: Guard) -> None:
    """Edge case 18: `observe` shows the words as they come."""
    stub.pieces = _endless
    watching = Guard.load(mode="observe", settings=guard.settings)

    with OpenAI(api_key="k", base_url=stub.url) as plain, stream(watching.wrap(plain)) as told:
        for _ in told:
            break

    assert stub.left.wait(5)
    assert not watching.outcomes


def test_leaving_the_bytes_of_a_stream_closes_what_the_model_sends(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge cases 18 and 19."""
    stub.pieces = _endless

    with client.chat.completions.with_streaming_response.create(**STREAMED):  # type: ignore[call-overload]
        pass

    assert stub.left.wait(5)
    assert guard.desk.open() == []


def test_leaving_the_stream_helper_closes_what_the_model_sends(client: OpenAI, stub: Stub) -> None:
    """Edge cases 18 and 19."""
    stub.pieces = _endless

    with client.chat.completions.stream(model="stub", messages=ASKED):  # type: ignore[arg-type]
        pass

    assert stub.left.wait(5)


def test_closing_an_async_stream_closes_what_the_model_sends(stub: Stub, guard: Guard) -> None:
    """Edge case 18."""
    stub.pieces = _endless

    async def leave(client: AsyncOpenAI) -> None:
        async with await client.chat.completions.create(**STREAMED):  # type: ignore[call-overload]
            pass

    run(stub, guard, leave)

    assert stub.left.wait(5)
    assert guard.desk.open() == []


def test_a_cancelled_task_closes_what_the_model_sends(stub: Stub, guard: Guard) -> None:
    """Edge case 18: while the words are held."""
    begun = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield from chat_stream(EMPTY_SORRY)[:-2]
        begun.set()
        yield from repeat(b": still here\n\n")

    stub.pieces = pieces

    async def cancel(client: AsyncOpenAI) -> None:
        task = asyncio.create_task(astream(client))
        assert await asyncio.to_thread(begun.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(stub.left.wait, 5)

    run(stub, guard, cancel)

    assert guard.desk.open() == []


def test_a_stream_gives_its_connection_back_however_it_ends(stub: Stub, guard: Guard) -> None:
    """Edge case 18: there is one connection, and nobody gets it before the last one has given it back."""
    timeout = httpx2.Timeout(5, pool=1)
    limits = httpx2.Limits(max_connections=1)
    ends: list[Iterable[bytes]] = [
        chat_stream(GOOD),
        chat_stream(EMPTY_SORRY),
        [*chat_stream(GOOD)[:-2], sse({"error": {"message": "overloaded"}})],
        chat_stream(GOOD)[:-2],
        [sse("{"), *chat_stream(GOOD)],
    ]

    with httpx2.Client(limits=limits, timeout=timeout) as http:
        plain = OpenAI(api_key="k", base_url=stub.url, max_retries=0, http_client=http, timeout=timeout)
        client = guard.wrap(plain, on_withhold="raise")
        for pieces in ends:
            feed(stub, *pieces)
            with suppress(APIError, GuardError):
                list(stream(client))
        stub.pieces = None
        stub.answer = (200, body(GOOD))

        assert said(ask(client)) == GOOD


def test_a_reply_is_there_at_its_last_mark_and_not_when_the_connection_ends(
    client: OpenAI, stub: Stub
) -> None:
    """Edge cases 13 and 18: the server keeps the connection open until somebody has seen the reply."""
    shown, over = threading.Event(), threading.Event()
    seen: list[bool] = []

    def pieces() -> Iterator[bytes]:
        yield from chat_stream(GOOD)
        seen.append(shown.wait(0.5))
        over.set()

    stub.pieces = pieces
    for _ in stream(client):
        shown.set()

    assert over.wait(5)
    assert seen == [True]


def test_a_stream_may_be_closed_while_another_task_reads_it(stub: Stub, guard: Guard) -> None:
    """Edge case 18: whoever hears that the customer has left is seldom the one who reads."""
    begun = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield from chat_stream(EMPTY_SORRY)[:-2]
        begun.set()
        yield from repeat(b": still here\n\n")

    stub.pieces = pieces

    async def close(client: AsyncOpenAI) -> None:
        told = await client.chat.completions.create(**STREAMED)  # type: ignore[call-overload]

        async def read() -> list[ChatCompletionChunk]:
            return [piece async for piece in told]

        reading = asyncio.create_task(read())
        assert await asyncio.to_thread(begun.wait, 5)
        await told.close()
        assert await asyncio.to_thread(stub.left.wait, 5)
        reading.cancel()
        await asyncio.wait([reading])

    run(stub, guard, close)

    assert guard.desk.open() == []


def test_an_upstream_that_falls_silent_is_the_sdks_own_timeout(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 22."""
    over = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield from chat_stream(GOOD)[:-2]
        over.wait(5)

    stub.pieces = pieces
    shown: list[ChatCompletionChunk] = []

    with pytest.raises(APITimeoutError):
        shown.extend(stream(client.with_options(timeout=0.1)))
    over.set()

    assert shown == []
    assert guard.desk.open() == []


def _impatient(guard: Guard) -> Guard:
    return Guard(replace(guard.policy, exchange=Exchange(hold_bytes=2000)), guard.settings)


def test_a_stream_that_nobody_waits_for_any_longer_is_handed_over_and_closed(
    stub: Stub, guard: Guard
) -> None:
    """Edge cases 18 and 20."""
    stub.pieces = _endless

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        told = list(stream(_impatient(guard).wrap(plain)))

    assert stub.left.wait(5)
    assert [receipt.id in words(told) for receipt in guard.desk.open()] == [True]
    assert [choice.finish_reason for choice in told[-1].choices] == ["stop"]


def test_a_stream_that_nobody_waits_for_any_longer_is_an_error_where_the_app_wants_one(
    stub: Stub, guard: Guard
) -> None:
    """Edge cases 18 and 20."""
    stub.pieces = _endless

    with OpenAI(api_key="k", base_url=stub.url) as plain, pytest.raises(WithheldCallError):
        list(stream(_impatient(guard).wrap(plain, on_withhold="raise")))


def test_json_that_nobody_waits_for_any_longer_is_an_error(stub: Stub, guard: Guard) -> None:
    """Edge cases 6 and 18: words in its place would be no JSON."""
    stub.pieces = _endless

    with OpenAI(api_key="k", base_url=stub.url) as plain, pytest.raises(WithheldCallError):
        list(stream(_impatient(guard).wrap(plain), response_format={"type": "json_object"}))


# Ways to read a stream (19-21, 23)


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_the_stream_helper_tells_the_reply_in_every_event(
    client: OpenAI, stub: Stub, guard: Guard, text: str
) -> None:
    """Edge case 19."""
    feed(stub, *chat_stream(text))

    with client.chat.completions.stream(model="stub", messages=ASKED) as told:  # type: ignore[arg-type]
        events = list(told)
        final = told.get_final_completion()

    reply = guard.outcome_of(final).reply
    assert final.choices[0].message.content == reply
    assert "".join(event.delta for event in events if event.type == "content.delta") == reply
    assert [event.content for event in events if event.type == "content.done"] == [reply]


def test_the_async_stream_helper_tells_the_same(stub: Stub, guard: Guard) -> None:
    """Edge case 19."""
    feed(stub, *chat_stream(EMPTY_SORRY))

    async def final(client: AsyncOpenAI) -> str | None:
        async with client.chat.completions.stream(model="stub", messages=ASKED) as told:  # type: ignore[arg-type]
            answer = await told.get_final_completion()
            return answer.choices[0].message.content

    assert run(stub, guard, final) == next(iter(guard.outcomes.values())).reply


def test_a_raw_response_gives_a_guarded_stream(client: OpenAI, stub: Stub) -> None:
    """Edge case 19."""
    stub.headers = {"x-request-id": "r1"}
    feed(stub, *chat_stream(EMPTY_SORRY))

    raw = client.chat.completions.with_raw_response.create(**STREAMED)  # type: ignore[call-overload]

    assert raw.headers["x-request-id"] == "r1"
    assert "CG-" in words(raw.parse())


def test_a_raw_stream_knows_its_time_as_it_does_unwrapped(client: OpenAI, stub: Stub) -> None:
    """Edge case 19."""
    feed(stub, *chat_stream(GOOD))

    raw = client.chat.completions.with_raw_response.create(**STREAMED)  # type: ignore[call-overload]
    list(raw.parse())

    assert raw.elapsed.total_seconds() > 0


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_an_unstreamed_reply_may_be_read_as_bytes_lines_and_object(
    client: OpenAI, stub: Stub, text: str
) -> None:
    """Edge case 19."""
    stub.answer = (200, body(text))

    with client.chat.completions.with_streaming_response.create(model="stub", messages=ASKED) as response:  # type: ignore[arg-type]
        raw = response.read()
        read = [b"".join(response.iter_bytes()), "".join(response.iter_lines()).encode()]
        parsed = response.parse()

    assert read == [raw, raw]
    assert said(parsed) == json.loads(raw)["choices"][0]["message"]["content"]
    assert (text in raw.decode()) is (text == GOOD)


def test_the_bytes_and_lines_of_an_async_stream_are_guarded(stub: Stub, guard: Guard) -> None:
    """Edge case 19."""
    feed(stub, *chat_stream(EMPTY_SORRY))

    async def read(client: AsyncOpenAI) -> list[str]:
        create = client.chat.completions.with_streaming_response.create
        async with create(**STREAMED) as response:  # type: ignore[call-overload]
            raw = b"".join([piece async for piece in response.iter_bytes()])
        async with create(**STREAMED) as response:  # type: ignore[call-overload]
            lines = [line async for line in response.iter_lines()]
        return [raw.decode(), "\n".join(lines)]

    assert all("CG-" in one and "apologize" not in one for one in run(stub, guard, read))


def test_an_async_good_stream_keeps_every_byte(stub: Stub, guard: Guard) -> None:
    """Edge cases 19 and 20."""
    written = feed(stub, *chat_stream(GOOD))

    async def read(client: AsyncOpenAI) -> bytes:
        create = client.chat.completions.with_streaming_response.create
        async with create(**STREAMED) as response:  # type: ignore[call-overload]
            return b"".join([piece async for piece in response.iter_bytes()])

    assert run(stub, guard, read) == written


def test_a_good_reply_keeps_every_byte_and_the_outcome_is_its_last_field(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge cases 8 and 35: spaces, order, numbers and escapes as the model's server wrote them."""
    written = json.dumps({**body(GOOD), "big": 10**30, "x": "\u2713 \ud83d\ude00"}, indent=3).encode()
    written = written.replace(b'"created": 1', b'"created": 1.50e0')
    stub.answer = (200, written)

    raw = client.chat.completions.with_raw_response.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
    name, _, rest = raw.content.removeprefix(written[:-1]).partition(b":")

    assert name == b',"compassion_guard"'
    assert json.loads(rest[:-1])["outcome"] == "sent"


def test_a_replaced_stream_is_well_formed_to_its_end(client: OpenAI, stub: Stub) -> None:
    """Edge case 20: every event holds JSON, the first says who speaks, and nothing follows the mark."""
    feed(stub, *chat_stream(EMPTY_SORRY))

    *events, done, after = wire(client).decode().split("\n\n")
    told = [json.loads(event.removeprefix("data: ")) for event in events]

    assert (done, after) == ("data: [DONE]", "")
    assert told[0]["choices"][0]["delta"]["role"] == "assistant"
    assert [one["choices"][0]["finish_reason"] for one in told if one["choices"][0]["finish_reason"]] == [
        "stop"
    ]
    assert {(one["id"], one["object"]) for one in told} == {("c1", "chat.completion.chunk")}


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_nothing_follows_the_last_mark(client: OpenAI, stub: Stub, text: str) -> None:
    """Edge case 20: nobody judged it."""
    feed(stub, b"".join([*chat_stream(text), chunk({"content": CLAIM}), sse("[DONE]")]))

    raw = wire(client)

    assert raw.endswith(sse("[DONE]"))
    assert raw.count(b"[DONE]") == 1
    assert b"refunded" not in raw


def test_no_byte_of_a_reply_is_there_before_the_whole_reply_is(client: OpenAI, stub: Stub) -> None:
    """Edge case 21: the server holds its last chunk back for as long as somebody may have seen the others."""
    shown = threading.Event()
    early: list[bool] = []

    def pieces() -> Iterator[bytes]:
        *before, last = chat_stream(GOOD)
        yield from before
        early.append(shown.wait(0.1))
        yield last

    stub.pieces = pieces
    with client.chat.completions.with_streaming_response.create(  # type: ignore[call-overload]
        **STREAMED
    ) as response:
        for piece in response.iter_bytes():
            assert piece
            shown.set()

    assert shown.is_set()
    assert early == [False]


def test_no_byte_of_an_async_reply_is_there_before_the_whole_reply_is(stub: Stub, guard: Guard) -> None:
    """Edge case 21."""
    shown = threading.Event()
    early: list[bool] = []

    def pieces() -> Iterator[bytes]:
        *before, last = chat_stream(GOOD)
        yield from before
        early.append(shown.wait(0.1))
        yield last

    stub.pieces = pieces

    async def read(client: AsyncOpenAI) -> None:
        create = client.chat.completions.with_streaming_response.create
        async with create(**STREAMED) as response:  # type: ignore[call-overload]
            async for _ in response.iter_bytes():
                shown.set()

    run(stub, guard, read)

    assert shown.is_set()
    assert early == [False]


@pytest.mark.parametrize("mode", ["observe", "advise"])
def test_who_only_watches_holds_no_byte_back(
    plain: OpenAI, stub: Stub, guard: Guard, mode: Literal["observe", "advise"]
) -> None:
    """Edge case 21, the other way round: the server waits for the first byte to be seen."""
    shown = threading.Event()
    seen: list[bool] = []

    def pieces() -> Iterator[bytes]:
        *before, last = chat_stream(EMPTY_SORRY)
        yield from before
        seen.append(shown.wait(5))
        yield last

    stub.pieces = pieces
    watched = Guard.load(mode=mode, settings=guard.settings).wrap(plain)

    told: list[ChatCompletionChunk] = []
    for piece in stream(watched):
        shown.set()
        told.append(piece)

    assert seen == [True]
    assert words(told) == EMPTY_SORRY


@pytest.mark.parametrize("mode", ["observe", "advise"])
def test_a_stream_that_is_only_watched_is_judged(
    plain: OpenAI, stub: Stub, guard: Guard, mode: Literal["observe", "advise"]
) -> None:
    """Edge case 23: the SDK reads to the last mark, and no further."""
    feed(stub, *chat_stream(EMPTY_SORRY))
    watching = Guard.load(mode=mode, settings=guard.settings)

    told = list(stream(watching.wrap(plain)))

    assert watching.outcome_of(told[0]).judgement.verdict == "synthetic_empathy"


def test_an_async_stream_that_is_only_watched_is_judged(stub: Stub, guard: Guard) -> None:
    """Edge case 23."""
    feed(stub, *chat_stream(EMPTY_SORRY))
    watching = Guard.load(mode="observe", settings=guard.settings)

    told = run(stub, watching, astream)

    assert watching.outcome_of(told[0]).judgement.verdict == "synthetic_empathy"


DRAFTS = [
    GOOD,
    EMPTY_SORRY,
    CLAIM,
    "You're welcome!",
    "Sorry, I can't help with that.",
    "I am sorry that your lamp came broken. It left Utrecht on Monday.",
    "",
    "   \n",
    "Ich kann Ihnen einen Ersatz schicken – möchten Sie das?",
    "Would you prefer a refund? ✓ 😀",
    "I can send a replacement.\n\n- one\n- two\n\nWhich would you prefer?\r\n",
]


@pytest.mark.parametrize("may", ["guard", "able"])
def test_a_draft_has_one_outcome_streamed_or_not(
    plain: OpenAI, stub: Stub, request: pytest.FixtureRequest, may: str
) -> None:
    """Edge case 23: the same reply, for the same reasons, sync and async."""
    judge: Guard = request.getfixturevalue(may)
    client = judge.wrap(plain)
    told: list[list[tuple[str, object]]] = []

    async def all_of_them(awaited: AsyncOpenAI) -> None:
        for draft in DRAFTS:
            stub.pieces, stub.answer = None, (200, body(draft))
            whole = ask(client, tools=TOOLS)
            feed(stub, *chat_stream(draft))
            streams = [list(stream(client, tools=TOOLS)), await astream(awaited, tools=TOOLS)]
            ways = [(words(pieces), judge.outcome_of(pieces[0])) for pieces in streams]
            told.append([(said(whole), judge.outcome_of(whole)), *ways])
            assert said(whole) == judge.outcome_of(whole).reply

    run(stub, judge, all_of_them)

    assert [ways[1:] for ways in told] == [[ways[0]] * 2 for ways in told]


def test_a_rewritten_stream_tells_the_step(stub: Stub, able: Guard) -> None:
    """Edge case 23."""
    feed(stub, *chat_stream(EMPTY_SORRY))

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        told = list(stream(able.wrap(plain)))

    outcome = able.outcome_of(told[0])
    assert isinstance(outcome, Rewritten)
    assert words(told) == outcome.reply
    assert "order number" in outcome.reply


# How a client is used (33-39)


def test_an_option_of_one_call_is_kept(client: OpenAI, stub: Stub) -> None:
    """Edge case 33: a timeout, given to a copy and given to a call, and the copy is guarded."""
    over = threading.Event()

    def silent(request: Request) -> None:
        over.wait(5)

    stub.route = silent
    for used, more in ((client.with_options(timeout=0.1), {}), (client, {"timeout": 0.1})):
        with pytest.raises(APITimeoutError):
            ask(used, **more)
    over.set()
    stub.route = None
    stub.answer = (200, body(EMPTY_SORRY))

    assert "CG-" in said(ask(client.with_options(timeout=5).copy().with_options(max_retries=1)))


def test_a_call_that_succeeds_at_the_third_attempt_is_judged_once(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge cases 33 and 34."""
    stub.headers = {"retry-after-ms": "1"}
    stub.script = [
        (429, {"error": {"message": "slow down"}}),
        (500, {"error": {"message": "oh"}}),
        (200, body(EMPTY_SORRY)),
    ]

    told = said(ask(client.with_options(max_retries=2)))

    assert stub.calls == 3
    assert "CG-" in told
    assert len(set(map(id, guard.outcomes.values()))) == 1


def test_a_stream_that_begins_at_the_second_attempt_is_judged_once(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 34."""
    stub.headers = {"retry-after-ms": "1"}
    stub.script = [(429, {"error": {"message": "slow down"}})]
    attempts = chat_stream(EMPTY_SORRY)
    stub.headers |= {"content-type": "text/event-stream"}
    feed(stub, *attempts)

    told = words(stream(client.with_options(max_retries=2)))

    assert stub.calls == 2
    assert "CG-" in told
    assert len(set(map(id, guard.outcomes.values()))) == 1


def test_a_withheld_reply_that_the_app_wants_as_an_error_is_not_asked_for_again(
    stub: Stub, guard: Guard
) -> None:
    """Edge case 34."""
    stub.answer = (200, body(EMPTY_SORRY))

    with OpenAI(api_key="k", base_url=stub.url, max_retries=3) as plain:
        client = guard.wrap(plain, on_withhold="raise")
        with pytest.raises(WithheldCallError):
            ask(client)
        feed(stub, *chat_stream(EMPTY_SORRY))
        with pytest.raises(WithheldCallError):
            list(stream(client))

    assert stub.calls == 2
    assert len(guard.desk.open()) == 1


def test_the_model_is_asked_the_very_same_with_the_guard_as_without(stub: Stub, guard: Guard) -> None:
    """Edge case 35: the path, every header, every byte."""
    stub.answer = (200, body(GOOD))
    more: dict[str, object] = {
        "extra_headers": {"x-mine": "1"},
        "extra_query": {"trace": "on", "tag": ["a", "b"]},
        "extra_body": {"new_parameter": {"deep": [1, None]}},
        "stream_options": {"include_usage": True},
        "temperature": 0.1,
    }

    with OpenAI(
        api_key=lambda: "from-a-function",
        base_url=f"{stub.url}/behind/a/gateway",
        organization="o",
        project="p",
        default_headers={"x-ours": "2"},
        default_query={"v": "3"},
    ) as plain:
        ask(plain, **more)
        ask(guard.wrap(plain), **more)

    bare, guarded = stub.requests
    once = "x-stainless-idempotency-key"
    assert guarded.path == bare.path
    assert guarded.body == bare.body
    assert {**guarded.headers, once: ""} == {**bare.headers, once: ""}
    assert guarded.headers["authorization"] == "Bearer from-a-function"


def test_azure_is_guarded_at_its_own_address(stub: Stub, guard: Guard) -> None:
    """Edge case 35."""
    stub.answer = (200, body(EMPTY_SORRY))
    root = stub.url.removesuffix("/v1")

    with AzureOpenAI(api_key="k", azure_endpoint=root, api_version="2024-10-21") as plain:
        client = guard.wrap(plain)
        told = [said(ask(client)), said(ask(client.with_options(max_retries=0)))]

    assert isinstance(client, AzureOpenAI)
    assert {r.path for r in stub.requests} == {
        "/openai/deployments/stub/chat/completions?api-version=2024-10-21"
    }
    assert {r.headers["api-key"] for r in stub.requests} == {"k"}
    assert all("CG-" in one for one in told)


def test_a_stream_of_azure_is_guarded_at_the_address_of_a_deployment(stub: Stub, guard: Guard) -> None:
    """Edge cases 12 and 35."""
    feed(stub, PREAMBLE, *chat_stream(EMPTY_SORRY))
    base = f"{stub.url.removesuffix('/v1')}/openai/deployments/mine"

    with AzureOpenAI(api_key="k", base_url=base, api_version="2024-10-21") as plain:
        told = words(stream(guard.wrap(plain)))

    assert stub.requests[0].path == "/openai/deployments/mine/chat/completions?api-version=2024-10-21"
    assert "CG-" in told


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_a_compressed_reply_is_judged_and_its_headers_tell_the_truth(
    client: OpenAI, stub: Stub, guard: Guard, text: str
) -> None:
    """Edge case 36."""
    stub.headers = {"content-encoding": "gzip"}
    stub.answer = (200, gzip.compress(json.dumps(body(text)).encode()))

    raw = client.chat.completions.with_raw_response.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert raw.parse().choices[0].message.content == guard.outcome_of(raw.parse()).reply
    assert "content-encoding" not in raw.headers
    assert int(raw.headers["content-length"]) == len(raw.content)


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_a_compressed_stream_is_judged(client: OpenAI, stub: Stub, guard: Guard, text: str) -> None:
    """Edge case 36: cut anywhere."""
    stub.headers = {"content-encoding": "gzip"}
    packed = gzip.compress(b"".join(chat_stream(text)))
    feed(stub, *(packed[n : n + 7] for n in range(0, len(packed), 7)))

    assert words(stream(client)) == next(iter(guard.outcomes.values())).reply


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_a_compressed_reply_may_be_read_as_it_streams(client: OpenAI, stub: Stub, text: str) -> None:
    """Edge cases 19 and 36."""
    stub.headers = {"content-encoding": "gzip"}
    stub.answer = (200, gzip.compress(json.dumps(body(text)).encode()))

    with client.chat.completions.with_streaming_response.create(model="stub", messages=ASKED) as response:  # type: ignore[arg-type]
        told = json.loads(b"".join(response.iter_bytes()))["choices"][0]["message"]["content"]

    assert told == GOOD if text == GOOD else "CG-" in told


def test_hooks_and_a_proxy_of_a_users_own_http_client_are_kept(stub: Stub, guard: Guard) -> None:
    """Edge case 36: there is no host of that name, so the proxy was asked."""
    stub.answer = (200, body(EMPTY_SORRY))
    seen: list[str] = []
    hooks: dict[str, list[Callable[..., object]]] = {
        "request": [lambda request: seen.append("asked")],
        "response": [lambda response: seen.append("answered")],
    }

    with httpx2.Client(proxy=stub.url.removesuffix("/v1"), event_hooks=hooks) as http:
        client = guard.wrap(OpenAI(api_key="k", base_url="http://model.invalid/v1", http_client=http))
        told = said(ask(client))

    assert stub.requests[0].path == "http://model.invalid/v1/chat/completions"
    assert seen == ["asked", "answered"]
    assert "CG-" in told


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY])
def test_a_stream_of_a_legacy_httpx_client_is_guarded_too(stub: Stub, guard: Guard, text: str) -> None:
    """Edge case 36."""
    feed(stub, *chat_stream(text))

    with httpx.Client() as legacy:
        client = guard.wrap(OpenAI(api_key="k", base_url=stub.url, http_client=legacy))  # type: ignore[arg-type]
        told = words(stream(client))

    assert told == next(iter(guard.outcomes.values())).reply


def test_a_legacy_async_httpx_client_is_guarded_too(stub: Stub, guard: Guard) -> None:
    """Edge case 36: streamed and not."""
    answers = cycle([None, (200, body(EMPTY_SORRY))])
    stub.route = lambda request: next(answers)
    feed(stub, *chat_stream(EMPTY_SORRY))

    async def both() -> list[str]:
        async with httpx.AsyncClient() as legacy:
            client = guard.wrap(AsyncOpenAI(api_key="k", base_url=stub.url, http_client=legacy))  # type: ignore[arg-type]
            streamed = words(await astream(client))
            return [streamed, said(await client.chat.completions.create(model="stub", messages=ASKED))]  # type: ignore[arg-type]

    assert all("CG-" in one for one in asyncio.run(both()))


@pytest.mark.parametrize("text", [GOOD, EMPTY_SORRY, CLAIM])
def test_judging_asks_no_model(stub: Stub, able: Guard, text: str) -> None:
    """Edge case 37: nothing of the guard's own goes through the client that it wraps."""
    stub.answer = (200, body(text))

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        ask(able.wrap(plain))

    assert stub.calls == 1


def _by_number(request: Request) -> tuple[int, dict[str, object]]:
    """Every second customer gets an empty sorry, every other one a reply with the customer's number."""
    who = str(request.json()["user"])
    return 200, body(EMPTY_SORRY if int(who) % 2 else f"Your number is {who}. {GOOD}")


def test_fifty_threads_share_one_guard_and_each_gets_its_own_reply(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 38."""
    stub.route = _by_number
    together = threading.Barrier(50)

    def one(number: int) -> tuple[str, str]:
        together.wait(10)
        answer = ask(client, user=str(number))
        return said(answer), guard.outcome_of(answer).reply

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(one, range(50)))

    receipts = {receipt.case_id: receipt.id for receipt in guard.desk.open()}
    assert all(shown == kept for shown, kept in told)
    assert all(told[n][0].startswith(f"Your number is {n}.") for n in range(0, 50, 2))
    assert all(receipts[str(n)] in told[n][0] for n in range(1, 50, 2))


def test_two_hundred_tasks_share_one_guard_and_each_gets_its_own_reply(stub: Stub, guard: Guard) -> None:
    """Edge case 38."""
    stub.route = _by_number

    async def all_of_them(client: AsyncOpenAI) -> list[str]:
        async def one(number: int) -> str:
            answer = await client.chat.completions.create(model="stub", messages=ASKED, user=str(number))  # type: ignore[arg-type]
            assert guard.outcome_of(answer).reply == said(answer)
            return said(answer)

        return list(await asyncio.gather(*map(one, range(200))))

    told = run(stub, guard, all_of_them)

    receipts = {receipt.case_id: receipt.id for receipt in guard.desk.open()}
    assert all(told[n].startswith(f"Your number is {n}.") for n in range(0, 200, 2))
    assert all(receipts[str(n)] in told[n] for n in range(1, 200, 2))


def test_threads_that_stream_get_their_own_reply(client: OpenAI, stub: Stub) -> None:
    """Edge case 38."""
    numbers = {n: f"Your number is {n}. {GOOD}" for n in range(20)}

    def streamed(request: Request) -> tuple[int, bytes]:
        who = int(str(request.json()["user"]))
        return 200, b"".join(chat_stream(EMPTY_SORRY if who % 2 else numbers[who]))

    stub.headers = {"content-type": "text/event-stream"}
    stub.route = streamed

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda n: words(stream(client, user=str(n))), range(20)))

    assert [told[n] for n in range(0, 20, 2)] == [numbers[n] for n in range(0, 20, 2)]
    assert len({told[n] for n in range(1, 20, 2) if "CG-" in told[n]}) == 10


def test_the_sync_client_works_inside_a_running_loop(client: OpenAI, stub: Stub) -> None:
    """Edge case 38: a notebook, for one."""
    stub.answer = (200, body(EMPTY_SORRY))

    async def within() -> str:
        return said(ask(client))

    assert "CG-" in asyncio.run(within())


def test_one_guard_serves_two_loops_one_after_another(stub: Stub, guard: Guard) -> None:
    """Edge case 38."""
    feed(stub, *chat_stream(EMPTY_SORRY))

    told = [words(run(stub, guard, astream)) for _ in range(2)]

    assert all("CG-" in one for one in told)


def test_what_a_task_knows_is_known_where_its_request_is_sent(stub: Stub, guard: Guard) -> None:
    """Edge case 38: context variables, for whoever traces calls."""
    stub.answer = (200, body(EMPTY_SORRY))
    trace: ContextVar[str] = ContextVar("trace")
    seen: list[str] = []

    async def note(_: object) -> None:
        seen.append(trace.get())

    async def one(client: AsyncOpenAI, name: str) -> None:
        trace.set(name)
        await client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
        seen.append(trace.get())

    async def both() -> None:
        async with httpx2.AsyncClient(event_hooks={"request": [note], "response": [note]}) as http:
            client = guard.wrap(AsyncOpenAI(api_key="k", base_url=stub.url, http_client=http))
            await asyncio.gather(one(client, "a"), one(client, "b"))

    asyncio.run(both())

    assert sorted(seen) == ["a", "a", "a", "b", "b", "b"]


def test_what_holds_no_reply_arrives_byte_for_byte(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 39."""
    stub.answer = (200, b'\n{ "data" : [ {"embedding": [1.50, 2e0], "index":0} ],\t"x": "\\u00e9" }\n')

    raw = client.embeddings.with_raw_response.create(model="stub", input="hi", encoding_format="float")

    assert raw.content == stub.answer[1]
    assert not guard.outcomes


def test_sound_arrives_byte_for_byte_while_it_streams(client: OpenAI, stub: Stub) -> None:
    """Edge case 39."""
    sound = bytes(range(256)) * 4
    stub.headers = {"content-type": "audio/mpeg"}
    feed(stub, sound[:100], sound[100:])

    with client.audio.speech.with_streaming_response.create(
        model="stub", voice="alloy", input="hi"
    ) as response:
        assert b"".join(response.iter_bytes()) == sound


def test_the_async_client_passes_what_holds_no_reply(stub: Stub, guard: Guard) -> None:
    """Edge case 39."""
    stub.answer = (200, {"object": "list", "data": [{"id": "stub"}]})

    async def models(client: AsyncOpenAI) -> list[str]:
        return [model.id async for model in client.models.list()]

    assert run(stub, guard, models) == ["stub"]


# A model that falls silent while a stream is held


def _falls_silent(stub: Stub, over: threading.Event) -> None:
    def pieces() -> Iterator[bytes]:
        yield from chat_stream(GOOD)[:-2]
        over.wait(10)

    stub.pieces = pieces


def _holds_shortly(guard: Guard) -> Guard:
    return Guard(replace(guard.policy, exchange=Exchange(hold_seconds=0.2)), guard.settings)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_stream_whose_model_falls_silent_is_held_no_longer_than_the_policy_says(
    stub: Stub, guard: Guard, library: ModuleType
) -> None:
    """Edge cases 18 and 22: nothing comes that could be looked at, and the app would wait for ten seconds."""
    over = threading.Event()
    _falls_silent(stub, over)

    with library.Client(timeout=10) as http:
        plain = OpenAI(api_key="k", base_url=stub.url, max_retries=0, http_client=http, timeout=10)
        told = words(stream(_holds_shortly(guard).wrap(plain)))
        assert not over.is_set()
    over.set()

    [waits] = guard.desk.open()
    assert waits.id in told
    assert waits.reason == "guard_uncertain"


def test_an_async_stream_whose_model_falls_silent_is_held_no_longer_either(stub: Stub, guard: Guard) -> None:
    """Edge cases 18 and 22."""
    over = threading.Event()
    _falls_silent(stub, over)

    told = words(run(stub, _holds_shortly(guard), astream))
    over.set()

    [waits] = guard.desk.open()
    assert waits.id in told


def test_a_stream_that_is_only_watched_waits_as_long_as_the_app_does(stub: Stub, guard: Guard) -> None:
    """Edge case 22."""
    shown: list[ChatCompletionChunk] = []
    over = threading.Event()

    def pieces() -> Iterator[bytes]:
        *before, end, done = chat_stream(GOOD)
        yield from before
        over.wait(0.4)  # twice as long as a stream is held
        yield from (end, done)

    stub.pieces = pieces
    policy = replace(guard.policy, mode="observe", exchange=Exchange(hold_seconds=0.2))

    with OpenAI(api_key="k", base_url=stub.url, max_retries=0) as plain:
        shown.extend(stream(Guard(policy, guard.settings).wrap(plain)))

    assert words(shown) == GOOD
