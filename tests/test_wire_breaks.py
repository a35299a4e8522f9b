"""Ways past the guard that a reader found on the wire; each is closed."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import httpx2
import pytest
from openai import OpenAI

from guard import Guard, Withheld
from guard.client import GuardedCallError, WithheldCallError
from guard.exchange import chat
from guard.policy import Exchange
from guard.settings import Settings
from tests.cases import EMPTY_SORRY
from tests.proxying import proxying
from tests.stub import ASKED, GOOD, Stub, chat_stream, chunk, completion, message, numbered, response, sse

BROKEN = "My lamp came broken, I want a replacement."
Item = dict[str, object]


@pytest.fixture
def client(stub: Stub, guard: Guard) -> Iterator[OpenAI]:
    plain = OpenAI(api_key="k", base_url=stub.url, max_retries=0)
    yield guard.wrap(plain)
    plain.close()


def asked(client: OpenAI) -> str:
    return client.chat.completions.create(model="stub", messages=ASKED).model_dump_json()  # type: ignore[arg-type]


def streamed(client: OpenAI) -> bytes:
    with client.chat.completions.with_streaming_response.create(
        model="stub",
        messages=ASKED,  # type: ignore[arg-type]
        stream=True,
    ) as raw:
        return b"".join(raw.iter_bytes())


def told(client: OpenAI) -> bytes:
    with client.responses.with_streaming_response.create(model="stub", input=BROKEN, stream=True) as raw:
        return b"".join(raw.iter_bytes())


def test_a_withheld_answer_keeps_no_field_that_nobody_knows(client: OpenAI, stub: Stub) -> None:
    stub.answer = (200, {**completion(EMPTY_SORRY), "__verbose": {"content": EMPTY_SORRY}})

    assert "apologize" not in asked(client)


def test_a_withheld_stream_keeps_no_field_comment_or_name_that_nobody_knows(
    client: OpenAI, stub: Stub
) -> None:
    whole = [
        b": " + EMPTY_SORRY.encode() + b"\n\n",
        *chat_stream(EMPTY_SORRY)[:-1],
        sse({"id": "c1", "choices": [], "timings": EMPTY_SORRY}),
        b": " + EMPTY_SORRY.encode() + b"\n" + sse({"id": "c1", "choices": [], "usage": {"total_tokens": 9}}),
        b"event: " + EMPTY_SORRY.encode() + b"\ndata: [DONE]\n\n",
    ]
    stub.pieces = lambda: whole

    assert b"apologize" not in streamed(client)


@pytest.mark.parametrize("where", ["choice", "message"])
def test_words_beside_the_message_are_not_passed_on_unjudged(client: OpenAI, stub: Stub, where: str) -> None:
    answer = completion(GOOD)
    [choice] = answer["choices"]  # type: ignore[misc]
    (choice if where == "choice" else choice["message"])["text"] = EMPTY_SORRY  # type: ignore[has-type]
    stub.answer = (200, answer)

    with pytest.raises(GuardedCallError, match="beside its message"):
        asked(client)


def test_the_same_words_twice_in_a_chunk_are_one_reply(client: OpenAI, stub: Stub) -> None:
    said = {"index": 0, "delta": {"content": GOOD}, "text": GOOD, "finish_reason": "stop"}
    stub.pieces = lambda: [sse({"id": "c1", "choices": [said]}), sse("[DONE]")]

    assert GOOD.encode() in streamed(client)


def test_streamed_calls_may_begin_at_any_index(client: OpenAI, stub: Stub) -> None:
    call = {"index": 1, "id": "t", "type": "function", "function": {"name": "look_up", "arguments": ""}}
    whole = [chunk({"tool_calls": [call]}), chunk(end="tool_calls"), sse("[DONE]")]
    stub.pieces = lambda: whole

    assert streamed(client) == b"".join(whole)


def test_a_streamed_call_of_the_older_kind_is_no_reply(client: OpenAI, stub: Stub, guard: Guard) -> None:
    whole = [
        chunk({"role": "assistant", "content": None, "function_call": {"name": "look_up", "arguments": ""}}),
        chunk({"function_call": {"arguments": "{}"}}),
        chunk(end="function_call"),
        sse("[DONE]"),
    ]
    stub.pieces = lambda: whole

    assert streamed(client) == b"".join(whole)
    assert guard.desk.open() == []


def test_a_word_that_two_parts_share_is_read_as_one(client: OpenAI, stub: Stub, guard: Guard) -> None:
    parts: list[Item] = [
        {"type": "output_text", "text": t, "annotations": []}
        for t in ("I've ref", "unded the $40 to your card.")
    ]
    stub.answer = (200, response({**message(""), "content": parts}))

    answer = client.responses.create(
        model="stub",
        input=BROKEN,
        tools=[{"type": "function", "name": "f", "parameters": {}, "strict": False}],
    )

    assert guard.outcome_of(answer).judgement.verdict == "unbacked_claim"


SERVERS: list[list[Item]] = [
    [
        {"type": "shell_call", "id": "a", "call_id": "c", "status": "completed", "action": {}},
        {"type": "shell_call_output", "id": "b", "call_id": "c", "output": []},
    ],
    [{"type": "tool_search_call", "id": "a", "call_id": None, "execution": "server", "arguments": {}}],
]


@pytest.mark.parametrize("ran", SERVERS)
def test_what_the_server_ran_does_not_make_the_reply_an_intermediate_turn(
    client: OpenAI, stub: Stub, guard: Guard, ran: list[Item]
) -> None:
    stub.answer = (200, response(*ran, message(EMPTY_SORRY)))

    assert isinstance(guard.outcome_of(client.responses.create(model="stub", input=BROKEN)), Withheld)


def test_a_message_without_a_type_is_judged(client: OpenAI, stub: Stub, guard: Guard) -> None:
    untyped = {k: v for k, v in message(EMPTY_SORRY).items() if k != "type"}
    stub.answer = (200, response(untyped))

    answer = client.responses.create(model="stub", input=BROKEN)

    assert isinstance(guard.outcome_of(answer), Withheld)
    assert "apologize" not in answer.model_dump_json()


def test_words_under_a_type_that_nobody_knows_are_not_passed_on(client: OpenAI, stub: Stub) -> None:
    stub.answer = (200, response({**message(EMPTY_SORRY), "type": "speech"}))

    with pytest.raises(GuardedCallError, match="'speech' holds words"):
        client.responses.create(model="stub", input=BROKEN)


def test_a_stream_that_gives_one_index_to_two_items_is_not_told(client: OpenAI, stub: Stub) -> None:
    said = message(EMPTY_SORRY)
    search: Item = {"type": "web_search_call", "id": "ws", "status": "completed"}
    events: list[Item] = [
        {"type": "response.created", "response": response(status="in_progress")},
        {"type": "response.output_item.done", "output_index": 0, "item": said},
        {"type": "response.output_item.done", "output_index": 0, "item": search},
        {"type": "response.completed", "response": response(said, search)},
    ]
    stub.pieces = lambda: numbered(events)

    with pytest.raises(GuardedCallError, match="two items"):
        told(client)


@pytest.mark.parametrize("odd", [[], {}, "0"])
def test_an_index_that_is_no_number_is_an_error_of_ours(client: OpenAI, stub: Stub, odd: object) -> None:
    events: list[Item] = [
        {"type": "response.output_text.delta", "output_index": odd, "delta": "x"},
        {"type": "response.completed", "response": response(message("x"))},
    ]
    stub.pieces = lambda: numbered(events)

    with pytest.raises(GuardedCallError, match="output_index"):
        told(client)


def test_a_lone_surrogate_in_an_id_keeps_nobody_from_being_told(client: OpenAI, stub: Stub) -> None:
    stub.answer = (200, json.dumps({**response(message(EMPTY_SORRY)), "id": "resp_\ud83d"}).encode())

    assert "CG-" in client.responses.create(model="stub", input=BROKEN).output_text


def _picture(client: OpenAI) -> object:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/lamp.png"}}
    turns = [{"role": "user", "content": [picture]}]
    return client.chat.completions.create(model="stub", messages=turns)  # type: ignore[arg-type]


@pytest.mark.parametrize("ask", [_picture, lambda c: c.responses.retrieve("resp_of_another")])
def test_who_only_watches_lets_pass_what_cannot_be_judged(
    stub: Stub, guard: Guard, ask: Callable[[OpenAI], object], caplog: pytest.LogCaptureFixture
) -> None:
    stub.answer = (200, {**completion(GOOD), **response(message(GOOD))})
    watching = Guard.load(mode="observe", settings=Settings(home=guard.settings.home))

    with OpenAI(api_key="k", base_url=stub.url) as plain:
        ask(watching.wrap(plain))

    assert stub.calls == 1
    assert "unjudged in mode observe" in caplog.text


def test_an_error_event_is_told_while_the_connection_stays_open(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    ours, theirs = socket.socketpair()

    def pieces() -> Iterator[bytes]:
        yield sse({"error": {"message": "overloaded"}})
        ours.settimeout(5)
        ours.recv(1)

    stub.pieces = pieces

    assert b"overloaded" in streamed(client)
    theirs.send(b"x")
    ours.close()
    theirs.close()
    assert guard.desk.open() == []


TWICE = '{{"id": "c1", "object": "chat.completion", "created": 1, "model": "stub", "choices": {0}, "choices": {1}}}'
"""Python takes the last of two, others the first."""


@pytest.mark.parametrize("first", [True, False])
def test_an_answer_that_holds_a_name_twice_is_not_passed_on(
    client: OpenAI, stub: Stub, guard: Guard, first: bool
) -> None:
    good, sorry = (json.dumps(completion(text)["choices"]) for text in (GOOD, EMPTY_SORRY))
    stub.answer = (200, TWICE.format(*((sorry, good) if first else (good, sorry))).encode())

    with pytest.raises(GuardedCallError, match="a name twice"):
        asked(client)
    assert guard.desk.open() == []


def test_a_stream_that_holds_a_name_twice_is_not_passed_on(client: OpenAI, stub: Stub) -> None:
    twice = f'{{"index": 0, "delta": {{"content": "{EMPTY_SORRY}", "content": "{GOOD}"}}, "finish_reason": "stop"}}'
    stub.pieces = lambda: [sse(f'{{"id": "c1", "choices": [{twice}]}}'), sse("[DONE]")]

    with pytest.raises(GuardedCallError, match="a name twice"):
        streamed(client)


def test_a_request_that_holds_a_name_twice_is_not_sent(stub: Stub, guard: Guard) -> None:
    """Which messages would the model read?"""
    messages = json.dumps(ASKED)
    body = (
        f'{{"model": "stub", "messages": {messages}, "messages": [{{"role": "user", "content": "Thanks!"}}]}}'
    )

    with proxying(guard, stub.url) as url:
        told = httpx2.post(f"{url}/v1/chat/completions", content=body)

    assert (told.status_code, told.json()["error"]["code"]) == (422, "unguarded")
    assert stub.calls == 0


def test_a_reply_in_json_that_holds_its_field_twice_is_judged_by_all_of_its_words(
    stub: Stub, guard: Guard
) -> None:
    fielded = Guard(replace(guard.policy, exchange=Exchange(reply_field="/reply")), guard.settings)
    stub.answer = (200, completion(f'{{"reply": "{EMPTY_SORRY}", "reply": "Thanks!"}}'))

    with OpenAI(api_key="k", base_url=stub.url) as plain, pytest.raises(WithheldCallError):
        fielded.wrap(plain).chat.completions.create(  # type: ignore[call-overload]
            model="stub", messages=ASKED, response_format={"type": "json_object"}
        )


DEPTHS = [100, 500, *range(900, 1000), 5000, 100_000]
"""Too deep is somewhere among them, and not at the same place for who reads and who writes."""


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_json_however_deep_is_judged_or_an_error_of_ours(
    stub: Stub, guard: Guard, mode: Literal["enforce", "observe"]
) -> None:
    judge = Guard.load(mode=mode, settings=guard.settings)
    seen: set[str] = set()

    with OpenAI(api_key="k", base_url=stub.url, max_retries=0) as plain:
        client = judge.wrap(plain)
        for depth in DEPTHS:
            deep = b"[" * depth + b"]" * depth
            body = json.dumps(completion(EMPTY_SORRY))[:-1].encode() + b', "deep": ' + deep + b"}"
            event = json.dumps({"id": "c1", "choices": []})[:-1].encode() + b', "deep": ' + deep + b"}"
            whole = [*chat_stream(EMPTY_SORRY)[:-1], b"data: " + event + b"\n\n", sse("[DONE]")]
            stub.answer = (200, body)
            for ask in (_bytes, streamed):
                stub.pieces = (lambda told=whole: told) if ask is streamed else None
                try:
                    told = ask(client)
                except GuardedCallError as error:
                    assert mode == "enforce"
                    seen.add("deeply" if "deeply" in str(error) else "no JSON")
                else:
                    assert (b"apologize" in told) is (mode == "observe")
                    seen.add("judged")

    assert "judged" in seen
    assert mode == "observe" or "no JSON" in seen


def _bytes(client: OpenAI) -> bytes:
    return client.chat.completions.with_raw_response.create(model="stub", messages=ASKED).content  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_a_request_however_deep_is_judged_or_refused(
    stub: Stub, guard: Guard, mode: Literal["enforce", "observe"]
) -> None:
    stub.answer = (200, completion(GOOD))
    judge = Guard.load(mode=mode, settings=guard.settings)
    codes: Counter[int] = Counter()

    with proxying(judge, stub.url) as url, httpx2.Client(timeout=10) as http:
        for depth in DEPTHS[::4]:
            deep = "[" * depth + "]" * depth
            for path, more in (
                ("chat/completions", '"metadata": '),
                ("chat/completions", '"tools": '),
                ("responses", '"metadata": '),
            ):
                body = f'{{"messages": {json.dumps(ASKED)}, "input": "Hello?", {more}{deep}}}'
                codes[http.post(f"{url}/v1/{path}", content=body).status_code] += 1
            review = f'{{"id": "1", "context": [], "draft": "Hi!", "actions": [{{"name": "f", "result": {deep}}}]}}'
            codes[http.post(f"{url}/v1/review", content=review).status_code] += 1

    assert not {code for code in codes if code == 500}
    assert codes[200] > len(DEPTHS[::4])


@pytest.mark.parametrize(
    ("reads", "says"), [("messages", "the body is nested"), ("drafts", "answer is nested")]
)
def test_what_is_too_deep_for_whoever_reads_it_next_is_an_error_of_ours(
    stub: Stub, guard: Guard, monkeypatch: pytest.MonkeyPatch, reads: str, says: str
) -> None:
    """The room that is left depends on the caller, so the second reader may fail where the first did not."""

    def too_deep(_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(chat, reads, too_deep)
    stub.answer = (200, completion(GOOD))
    watching = Guard.load(mode="observe", settings=guard.settings)

    with OpenAI(api_key="k", base_url=stub.url, max_retries=3) as plain:
        with pytest.raises(GuardedCallError, match=says):
            asked(guard.wrap(plain))
        calls = stub.calls
        assert GOOD in asked(watching.wrap(plain))

    assert calls == (reads == "drafts")
