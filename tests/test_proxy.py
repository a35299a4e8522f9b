"""`compassion-guard serve`: the real SDK, real uvicorn and a model, all on loopback."""

import asyncio
import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import httpx2
import pytest
from openai import (
    APIError,
    APIStatusError,
    AsyncOpenAI,
    AsyncStream,
    AuthenticationError,
    OpenAI,
    RateLimitError,
    UnprocessableEntityError,
)
from starlette.types import Send

from guard import Case, Guard, Sent
from guard.cli import main
from guard.exchange.surface import surface
from guard.policy import Exchange, Mode, Policy
from guard.proxy import streams
from guard.proxy.app import app
from guard.proxy.options import Options
from guard.settings import Settings
from tests.cases import EMPTY_SORRY
from tests.proxying import Running, proxying
from tests.readings import answer, asking, reading, sentence
from tests.stub import (
    ASKED,
    GOOD,
    Request,
    Stub,
    chat_stream,
    chunk,
    completion,
    message,
    response,
    response_stream,
)

STEP = "I can send a replacement today."
REFUNDED = "I've refunded the $40 to your card."
CALL = {"id": "t", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "A-17"}'}}

TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]


class Serve(Protocol):
    """Starts a proxy in front of the stub; its address."""

    def __call__(self, guard: Guard | None = None, /, **options: object) -> str: ...


@pytest.fixture(scope="module")
def stopping() -> Iterator[list[Running]]:
    """Servers that were told to stop. It takes each a moment, which the next test does not wait for."""
    told: list[Running] = []
    yield told
    for one in told:
        one.join()


@pytest.fixture
def serve(stub: Stub, guard: Guard, stopping: list[Running]) -> Iterator[Serve]:
    begun: list[Running] = []

    def start(watching: Guard | None = None, /, **options: object) -> str:
        made = Running(watching or guard, replace(Options(stub.url), **options))  # type: ignore[arg-type]
        begun.append(made)
        made.start()
        return made.url

    yield start
    for one in begun:
        one.stop()
    stopping += begun


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=10) as client:
        yield client


def sdk(url: str, **more: object) -> OpenAI:
    return OpenAI(api_key="sk-the-models", base_url=f"{url}/v1", max_retries=0, **more)  # type: ignore[arg-type]


def guard_in(mode: Mode, home: Path, **exchange: object) -> Guard:
    made = Guard.load(mode=mode, settings=Settings(home=home))
    policy = replace(made.policy, exchange=replace(Exchange(), **exchange))  # type: ignore[arg-type]
    return Guard(policy, made.settings)


def ask(client: OpenAI, *, stream: bool = False, **more: object) -> str:
    """The reply of a chat completion."""
    if not stream:
        told = client.chat.completions.create(model="stub", messages=ASKED, **more)  # type: ignore[call-overload]
        return told.choices[0].message.content or ""
    chunks = client.chat.completions.create(model="stub", messages=ASKED, stream=True, **more)  # type: ignore[call-overload]
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def ask_responses(client: OpenAI, *, stream: bool = False) -> str:
    if not stream:
        return client.responses.create(model="stub", input=ASKED).output_text  # type: ignore[arg-type]
    with client.responses.stream(model="stub", input=ASKED) as events:  # type: ignore[arg-type]
        for _ in events:
            pass
        return events.get_final_response().output_text


def chat_body(**more: object) -> dict[str, object]:
    return {"model": "stub", "messages": ASKED, **more}


def post(
    http: httpx2.Client, url: str, headers: Mapping[str, str] | None = None, **more: object
) -> httpx2.Response:
    return http.post(f"{url}/v1/chat/completions", json=chat_body(**more), headers=headers)


def error_of(told: httpx2.Response) -> dict[str, str]:
    found: dict[str, str] = told.json()["error"]
    return found


# ---- what customers see --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draft", [GOOD, EMPTY_SORRY, REFUNDED, ""])
@pytest.mark.parametrize("stream", [False, True])
def test_chat_through_the_proxy_shows_what_the_wrapped_client_shows(
    stub: Stub, guard: Guard, serve: Serve, draft: str, stream: bool
) -> None:
    """§6: 23, 36."""
    stub.answer = (200, completion(draft))
    stub.pieces = (lambda: chat_stream(draft)) if stream else None
    url = serve()

    with sdk(url) as proxied, OpenAI(api_key="k", base_url=stub.url) as plain:
        through, wrapped = (
            ask(client, stream=stream, tools=TOOLS) for client in (proxied, guard.wrap(plain))
        )

    assert through == wrapped
    assert (through == draft) is (draft == GOOD)
    assert len({(type(o), o.judgement.verdict) for o in guard.outcomes.values()}) == 1


@pytest.mark.parametrize("draft", [GOOD, EMPTY_SORRY])
@pytest.mark.parametrize("stream", [False, True])
def test_responses_through_the_proxy_show_what_the_wrapped_client_shows(
    stub: Stub, guard: Guard, serve: Serve, draft: str, stream: bool
) -> None:
    """§6: 21, 23."""
    stub.answer = (200, response(message(draft)))
    stub.pieces = (lambda: response_stream(message(draft))) if stream else None
    url = serve()

    with sdk(url) as proxied, OpenAI(api_key="k", base_url=stub.url) as plain:
        through, wrapped = (
            ask_responses(proxied, stream=stream),
            ask_responses(guard.wrap(plain), stream=stream),
        )

    assert through == wrapped
    assert ("CG-" in through) is (draft != GOOD)


def test_the_async_client_gives_the_same(stub: Stub, serve: Serve) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    url = serve()

    async def both() -> tuple[str, str]:
        async with AsyncOpenAI(api_key="k", base_url=f"{url}/v1") as client:
            whole = await client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
            stub.pieces = lambda: chat_stream(EMPTY_SORRY)
            chunks = await client.chat.completions.create(model="stub", messages=ASKED, stream=True)  # type: ignore[arg-type]
            assert isinstance(chunks, AsyncStream)
            told = "".join([c.choices[0].delta.content or "" async for c in chunks])
            return whole.choices[0].message.content or "", told

    whole, told = asyncio.run(both())

    assert whole == told
    assert "CG-" in whole


def test_many_at_once_are_each_judged(stub: Stub, guard: Guard, serve: Serve) -> None:
    """§6: 38."""
    stub.route = lambda asked: (200, completion(EMPTY_SORRY if asked.json()["user"] == "odd" else GOOD))
    url = serve()

    async def all_of_them() -> list[str]:
        async with AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0) as client:
            calls = [
                client.chat.completions.create(model="stub", messages=ASKED, user="odd" if n % 2 else "even")  # type: ignore[arg-type]
                for n in range(40)
            ]
            return [c.choices[0].message.content or "" for c in await asyncio.gather(*calls)]

    told = asyncio.run(all_of_them())

    assert all(("CG-" in reply) is bool(n % 2) for n, reply in enumerate(told))
    assert len(guard.desk.open()) == 1


def test_a_sent_reply_arrives_with_every_field_and_names_its_outcome(
    stub: Stub, guard: Guard, serve: Serve, http: httpx2.Client
) -> None:
    """§6: 35."""
    body = json.dumps(completion(GOOD), indent=3).encode()
    stub.answer = (200, body)

    told = post(http, serve())

    assert told.content.startswith(body.rstrip()[:-1])
    assert told.headers["x-compassion-outcome"] == "sent"
    assert isinstance(guard.outcomes[told.headers["x-compassion-id"]], Sent)


def test_a_tool_turn_passes_byte_for_byte_streamed_and_not(
    stub: Stub, serve: Serve, http: httpx2.Client
) -> None:
    body = json.dumps(completion(None, tool_calls=[CALL]), indent=1).encode()
    pieces = [
        chunk({"role": "assistant", "tool_calls": [{"index": 0, **CALL}]}),
        chunk(end="tool_calls"),
        b"data: [DONE]\n\n",
    ]
    stub.answer = (200, body)
    url = serve()

    whole = post(http, url).content
    stub.pieces = lambda: pieces
    streamed = post(http, url, stream=True).content

    assert whole == body
    assert streamed == b"".join(pieces)


@pytest.mark.parametrize("stream", [False, True])
def test_observe_changes_no_byte(
    stub: Stub, serve: Serve, http: httpx2.Client, tmp_path: Path, stream: bool
) -> None:
    """§6: 49."""
    body = json.dumps(completion(EMPTY_SORRY), indent=3).encode()
    pieces = [b": a comment\r\n\r\n", *chat_stream(EMPTY_SORRY)]
    stub.answer = (200, body)
    stub.pieces = (lambda: pieces) if stream else None
    watching = guard_in("observe", tmp_path)

    told = post(http, serve(watching), stream=stream)

    assert told.content == (b"".join(pieces) if stream else body)
    assert told.headers.get("x-compassion-stream") == ("passed" if stream else None)
    assert {o.judgement.verdict for o in watching.outcomes.values()} == {"synthetic_empathy"}


def test_the_conversation_is_named_by_a_header(stub: Stub, guard: Guard, serve: Serve) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    with sdk(serve()) as client:
        ask(client, extra_headers={"x-conversation-id": "T-91"})

    assert [r.case_id for r in guard.desk.open()] == ["T-91"]


def test_a_response_that_is_read_again_shows_what_was_shown(stub: Stub, serve: Serve) -> None:
    """§6: 27."""
    stub.answer = (200, response(message(EMPTY_SORRY)))

    with sdk(serve()) as client:
        first = client.responses.create(model="stub", input=ASKED)  # type: ignore[arg-type]
        again = client.responses.retrieve(first.id)
        cancelled = client.responses.cancel(first.id)

    assert "CG-" in first.output_text
    assert first.output_text == again.output_text == cancelled.output_text


def test_a_compressed_answer_is_judged_and_arrives_readable(
    stub: Stub, serve: Serve, http: httpx2.Client
) -> None:
    """§6: 36."""
    stub.answer = (200, gzip.compress(json.dumps(completion(EMPTY_SORRY)).encode()))
    stub.headers = {"content-encoding": "gzip", "connection": "x-mine", "x-mine": "1", "x-request-id": "r1"}

    told = post(http, serve(), {"accept-encoding": "br", "te": "trailers"})

    assert "CG-" in told.json()["choices"][0]["message"]["content"]
    assert int(told.headers["content-length"]) == len(told.content)
    assert told.headers["x-request-id"] == "r1"
    assert not {"content-encoding", "x-mine"} & told.headers.keys()
    assert stub.requests[0].headers["accept-encoding"] == "identity"
    assert "te" not in stub.requests[0].headers


# ---- streams -------------------------------------------------------------------------------------------------------


class Gate:
    """A model that has said its first words, and says the rest when it is told to."""

    def __init__(self, stub: Stub, pieces: list[bytes], said: int) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()

        def tell() -> Iterator[bytes]:
            yield from pieces[:said]
            self.reached.set()
            assert self.open.wait(10)
            yield from pieces[said:]

        stub.pieces = tell


def raw(url: str, **more: object) -> socket.socket:
    """A connection on which a streamed chat completion has been asked for."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = json.dumps(chat_body(stream=True, **more)).encode()
    wire = socket.create_connection((host, int(port)), timeout=10)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    wire.sendall(head.encode() + body)
    return wire


def until(wire: socket.socket, mark: bytes) -> bytes:
    got = b""
    while mark not in got and (more := wire.recv(65536)):
        got += more
    return got


def test_no_byte_of_a_reply_is_on_the_wire_before_the_verdict(stub: Stub, serve: Serve) -> None:
    """§6: 21, 22. The last chunk is missing, then heartbeats come, then it comes, cut inside a character."""
    pieces = chat_stream(GOOD.replace("?", " – now?"))
    whole = b"".join(pieces)
    cut = whole.index("–".encode()) + 1 if "–".encode() in whole else len(whole) // 2
    gate = Gate(stub, [whole[:cut], whole[cut:]], 1)

    with raw(serve(heartbeat=0.01)) as wire:
        held = until(wire, b": keep-alive")
        assert gate.reached.wait(10)
        held += until(wire, b": keep-alive")
        gate.open.set()
        told = until(wire, b"\r\n0\r\n\r\n")

    lines = [line for line in held.split(b"\r\n\r\n", 1)[1].splitlines() if b":" in line]
    head = held.partition(b"\r\n\r\n")[0].lower()
    assert b"x-compassion-stream: held" in head
    assert b"x-accel-buffering: no" in head
    assert set(lines) == {b": keep-alive"}
    assert whole in told.replace(b": keep-alive\n\n", b"")


def test_the_sdk_reads_over_heartbeats(stub: Stub, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """§6: 14, 22."""
    gate = Gate(stub, chat_stream(EMPTY_SORRY), 3)
    write = streams._write

    async def after_a_heartbeat(send: Send, piece: bytes) -> None:
        await write(send, piece)
        gate.open.set()

    monkeypatch.setattr(streams, "_write", after_a_heartbeat)

    with sdk(serve(heartbeat=0.01)) as client:
        told = ask(client, stream=True)

    assert "CG-" in told
    assert "keep-alive" not in told


def test_whoever_hangs_up_closes_the_models_stream_and_nothing_is_handed_over(
    stub: Stub, guard: Guard, serve: Serve
) -> None:
    """§6: 18."""
    reached = threading.Event()

    def endless() -> Iterator[bytes]:
        yield from chat_stream(EMPTY_SORRY)[:4]
        reached.set()
        while True:
            yield b": thinking " + b"." * 8192 + b"\n\n"

    stub.pieces = endless

    with raw(serve()) as wire:
        until(wire, b"\r\n\r\n")
        assert reached.wait(10)

    assert stub.left.wait(10)
    assert guard.desk.open() == []


def test_whoever_hangs_up_before_an_answer_gets_no_handoff(stub: Stub, guard: Guard, serve: Serve) -> None:
    """§6: 18."""
    asked, leave = threading.Event(), threading.Event()

    def slow(_: Request) -> tuple[int, dict[str, object]]:
        asked.set()
        assert leave.wait(10)
        return 200, completion(EMPTY_SORRY)

    stub.route = slow
    url = serve(at_once=1)

    with raw(url):
        assert asked.wait(10)
    with httpx2.Client() as http:
        while (
            told := http.post(f"{url}/v1/review", json={})
        ).status_code == 503:  # until its place is free again
            assert told.headers["retry-after"] == "1"
    leave.set()

    assert guard.desk.open() == []


@pytest.mark.parametrize("ask_streamed", [ask, ask_responses])
def test_a_stream_that_breaks_off_is_an_error_and_no_part_of_it_is_shown(
    stub: Stub, guard: Guard, serve: Serve, http: httpx2.Client, ask_streamed: Callable[..., str]
) -> None:
    """§6: 16."""
    pieces = chat_stream(GOOD) if ask_streamed is ask else response_stream(message(GOOD))

    def broken() -> Iterator[bytes]:
        yield from pieces[:5]
        raise ConnectionResetError

    stub.pieces = broken
    url = serve()

    with sdk(url) as client, pytest.raises(APIError, match="failed"):
        ask_streamed(client, stream=True)
    told = post(http, url, stream=True)

    assert json.loads(told.text.removeprefix("data: "))["error"]["code"] == "upstream_unreachable"
    assert "replacement" not in told.text
    assert guard.desk.open() == []


def test_an_observed_stream_that_breaks_off_breaks_off_here_too(
    stub: Stub, serve: Serve, http: httpx2.Client, tmp_path: Path
) -> None:
    """§6: 49."""

    def broken() -> Iterator[bytes]:
        yield from chat_stream(GOOD)[:3]
        raise ConnectionResetError

    stub.pieces = broken

    with pytest.raises(httpx2.RemoteProtocolError):
        post(http, serve(guard_in("observe", tmp_path)), stream=True)


def test_a_stream_without_its_end_is_an_error_too(stub: Stub, serve: Serve) -> None:
    """§6: 16."""
    stub.pieces = lambda: chat_stream(GOOD)[:3]

    with sdk(serve()) as client, pytest.raises(APIError, match="broke off"):
        ask(client, stream=True)


def test_a_silent_model_ends_a_held_stream_though_heartbeats_go_on(stub: Stub, serve: Serve) -> None:
    """§6: 22. Otherwise heartbeats would keep a dead stream alive for ever."""
    gate = Gate(stub, chat_stream(GOOD), 2)

    with (
        sdk(serve(heartbeat=0.01, upstream_timeout=0.2)) as client,
        pytest.raises(APIError, match="did not answer"),
    ):
        ask(client, stream=True)
    gate.open.set()


def test_a_stream_that_is_held_too_long_becomes_a_handoff(stub: Stub, serve: Serve, tmp_path: Path) -> None:
    gate = Gate(stub, chat_stream(GOOD), 2)
    impatient = guard_in("enforce", tmp_path, hold_seconds=0.1)

    with sdk(serve(impatient)) as client:
        told = ask(client, stream=True)
    gate.open.set()

    assert [r.id for r in impatient.desk.open() if r.id in told]
    impatient.desk.close()


def test_a_judge_that_is_slower_than_a_stream_is_held_still_gives_its_verdict(
    stub: Stub, tmp_path: Path
) -> None:
    """§6: 33. Patience is for the model. The reply came in time, and its verdict a moment too late."""
    late = threading.Event()

    def judges(asked: Request) -> tuple[int, dict[str, object] | bytes | Iterator[bytes]]:
        if "x-compassion-guard-prompt" not in asked.headers:
            return 200, iter(chat_stream(STEP))
        late.wait(0.6)
        return 200, answer(
            reading(need_quote=ASKED[0]["content"], sentences=[sentence(STEP, "offer", step=True)])
        )

    def impatient(policy: Policy) -> Policy:
        return replace(policy, exchange=replace(Exchange(), hold_seconds=0.3))

    stub.route = judges
    with (
        asking(stub, tmp_path, change=impatient) as judge,
        proxying(judge, stub.url) as url,
        sdk(url) as client,
    ):
        assert ask(client, stream=True) == STEP


def test_what_was_begun_is_finished_when_the_server_is_told_to_stop(stub: Stub, guard: Guard) -> None:
    gate = Gate(stub, chat_stream(GOOD), 2)

    proxy = Running(guard, Options(stub.url))
    proxy.start()
    with raw(proxy.url) as wire:
        assert gate.reached.wait(10)
        proxy.stop()
        gate.open.set()
        told = until(wire, b"[DONE]")
    proxy.join()

    assert b"[DONE]" in told


# ---- what passes ---------------------------------------------------------------------------------------------------


def test_what_holds_no_reply_passes_untouched_and_cookies_stay_with_their_owner(
    stub: Stub, serve: Serve, http: httpx2.Client
) -> None:
    """§6: 39."""
    stub.headers = {"set-cookie": "who=alice", "x-ratelimit-remaining-requests": "9"}
    stub.answer = (200, b'{"object":  "list", "data": []}')
    url = serve()

    told = http.post(
        f"{url}/v1/embeddings?api-version=7",
        content=b'{"input": "hi"}',
        headers={"authorization": "Bearer sk-1"},
    )
    http.cookies.clear()
    http.get(f"{url}/v1/models")

    first, second = stub.requests
    assert told.content == b'{"object":  "list", "data": []}'
    assert told.headers["x-ratelimit-remaining-requests"] == "9"
    assert told.headers["set-cookie"] == "who=alice"
    assert (first.path, first.body, first.headers["authorization"]) == (
        "/v1/embeddings?api-version=7",
        b'{"input": "hi"}',
        "Bearer sk-1",
    )
    assert "cookie" not in second.headers


def test_an_unguarded_path_passes_and_is_named_once_without_its_ids(
    stub: Stub,
    serve: Serve,
    http: httpx2.Client,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """§6: 39, 50."""
    url = serve()
    monkeypatch.setattr(logging.getLogger("guard"), "propagate", True)

    for id in ("thread_1ab", "thread_2cd"):
        http.get(f"{url}/v1/threads/{id}/messages?key=sk-secret")

    named = [r.getMessage() for r in caplog.records if "UNGUARDED" in r.getMessage()]
    assert stub.calls == 2
    assert len(named) == 1
    assert "GET /v1/threads/{…}/messages" in named[0]
    assert not any("sk-secret" in r.getMessage() or "thread_1ab" in r.getMessage() for r in caplog.records)


def test_a_redirect_past_the_guard_is_not_passed_on(stub: Stub, serve: Serve, http: httpx2.Client) -> None:
    stub.headers = {"location": f"{stub.url}/chat/completions"}
    stub.answer = (307, b"")

    told = http.post(f"{serve()}/v1/chat/completions", json=chat_body())

    assert told.status_code == 502
    assert "location" not in told.headers


@pytest.mark.parametrize(
    "start",
    [
        "POST /v1/chat/completions/",
        "POST /v1/Chat/Completions",
        "POST /v1/x/../chat/completions",
        "POST /v1/x/%2e%2e/responses",
        "POST /v1/chat/completions%20",
        "POST /v1/chat/completions;a=1",
        "POST /v1/chat/completion%2573",
        "POST /v1/chat%2f%2fcompletions",
        "post /v1/chat/completions",
    ],
)
def test_a_path_that_a_lenient_server_would_take_for_a_guarded_one_is_refused(
    stub: Stub, serve: Serve, start: str
) -> None:
    host, _, port = serve().removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(
            f"{start} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}".encode()
        )
        told = until(wire, b"}}")

    assert told.split()[1] in (b"400", b"422")
    assert stub.calls == 0


@pytest.mark.parametrize(
    "path", ["//v1//chat//completions", "/v1/chat/%63ompletions", "/openai/deployments/d/chat/completions"]
)
def test_a_path_is_judged_as_it_is_sent(stub: Stub, serve: Serve, http: httpx2.Client, path: str) -> None:
    """§6: 35."""
    stub.answer = (200, completion(EMPTY_SORRY))

    told = http.post(f"{serve()}{path}", json=chat_body())

    assert "CG-" in told.text
    assert surface("POST", stub.requests[0].path.replace("%63", "c")) == "chat"
    assert stub.requests[0].path.count("/v1") == 1


# ---- errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        chat_body(modalities=["text", "audio"]),
        {
            "messages": [
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]}
            ]
        },
        [],
    ],
)
def test_what_cannot_be_judged_is_refused_before_anything_is_sent(
    stub: Stub, serve: Serve, http: httpx2.Client, body: object
) -> None:
    told = http.post(f"{serve()}/v1/chat/completions", json=body)

    assert told.status_code == 422
    assert error_of(told)["code"] == "unguarded"
    assert told.headers["x-should-retry"] == "false"
    assert stub.calls == 0


def test_errors_of_the_model_pass_unchanged(stub: Stub, serve: Serve) -> None:
    stub.answer = (429, {"error": {"message": "slow down"}})
    stub.headers = {"retry-after": "7"}

    with sdk(serve()) as client, pytest.raises(RateLimitError, match="slow down") as raised:
        ask(client)

    assert raised.value.response.headers["retry-after"] == "7"


def test_a_model_that_is_not_there_is_a_502_and_a_silent_one_a_504(
    stub: Stub, serve: Serve, http: httpx2.Client
) -> None:
    leave = threading.Event()
    stub.route = lambda _: (200, {}) if leave.wait(10) else None
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    gone = post(http, serve(upstream=f"http://127.0.0.1:{port}/v1"))
    silent = post(http, serve(upstream_timeout=0.1))
    leave.set()

    assert (gone.status_code, error_of(gone)["code"]) == (502, "upstream_unreachable")
    assert "--upstream" in error_of(gone)["message"]
    assert (silent.status_code, error_of(silent)["code"]) == (504, "upstream_timeout")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"choices": 1}'])
def test_an_answer_that_cannot_be_read_is_a_502_without_it(
    stub: Stub, serve: Serve, http: httpx2.Client, body: bytes
) -> None:
    stub.answer = (200, body)

    told = post(http, serve())

    assert (told.status_code, error_of(told)["code"]) == (502, "unreadable")
    assert told.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("stream", [False, True])
def test_a_store_that_is_down_gives_no_text_and_is_not_tried_again(
    stub: Stub, guard: Guard, serve: Serve, stream: bool
) -> None:
    """§6: 46."""
    guard.settings.home.write_text("a file where the directory should be")
    stub.answer = (200, completion(EMPTY_SORRY))
    stub.pieces = (lambda: chat_stream(EMPTY_SORRY)) if stream else None
    url = serve()

    with (
        OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=3) as client,
        pytest.raises(APIError) as raised,
    ):
        ask(client, stream=stream)

    assert stub.calls == 1
    assert "handoff_not_stored" in str(raised.value.body)
    assert "apologize" not in str(raised.value.body)
    assert stream or (isinstance(raised.value, APIStatusError) and raised.value.status_code == 503)


def test_json_that_may_not_go_out_is_a_422_with_what_may(stub: Stub, guard: Guard, serve: Serve) -> None:
    stub.answer = (200, completion(json.dumps({"reply": EMPTY_SORRY})))

    with sdk(serve()) as client, pytest.raises(UnprocessableEntityError) as raised:
        ask(client, response_format={"type": "json_object"})

    [waits] = guard.desk.open()
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["handoff"] == waits.id
    assert waits.id in raised.value.body["reply"]
    assert "apologize" not in str(raised.value.body)
    assert raised.value.response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("stream", [False, True])
def test_a_withheld_reply_is_an_error_where_errors_are_wanted(
    stub: Stub, guard: Guard, serve: Serve, stream: bool
) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    stub.pieces = (lambda: chat_stream(EMPTY_SORRY)) if stream else None

    with sdk(serve(raises=True)) as client, pytest.raises(APIError) as raised:
        ask(client, stream=stream)

    assert isinstance(raised.value.body, dict)
    assert raised.value.body["code"] == "withheld"
    assert raised.value.body["handoff"] == guard.desk.open()[0].id


@pytest.mark.parametrize("lies", [{}, {"transfer-encoding": "chunked"}])
def test_a_body_that_is_too_long_is_refused_before_it_is_read_whole(
    stub: Stub, serve: Serve, http: httpx2.Client, lies: dict[str, str]
) -> None:
    body = b"x" * 2000

    told = http.post(f"{serve(body_limit=1000)}/v1/chat/completions", content=iter([body]) if lies else body)

    assert (told.status_code, error_of(told)["code"]) == (413, "body_too_large")
    assert stub.calls == 0


def test_more_at_once_than_it_may_are_told_to_come_back(
    stub: Stub, serve: Serve, http: httpx2.Client
) -> None:
    gate = Gate(stub, chat_stream(GOOD), 2)
    url = serve(at_once=1)

    with raw(url) as wire:
        assert gate.reached.wait(10)
        told, alive = post(http, url), http.get(f"{url}/healthz")
        gate.open.set()
        assert b"[DONE]" in until(wire, b"[DONE]")

    assert (told.status_code, told.headers["retry-after"], error_of(told)["code"]) == (503, "1", "busy")
    assert alive.status_code == 200


def test_a_fault_of_ours_is_a_500_that_repeats_nobodys_words(
    stub: Stub,
    guard: Guard,
    serve: Serve,
    http: httpx2.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """§6: 50."""

    def broken(_: Case) -> None:
        raise ValueError("Ann Smith, card 4111")

    monkeypatch.setattr(guard, "areview", broken)
    url = serve()
    monkeypatch.setattr(logging.getLogger("guard"), "propagate", True)

    told = http.post(f"{url}/v1/review", json={"id": "1", "context": [], "draft": GOOD})

    assert (told.status_code, error_of(told)["code"]) == (500, "fault")
    assert "4111" not in told.text + caplog.text
    assert "ValueError" in caplog.text


def test_keys_drafts_and_customers_words_stay_out_of_the_log(
    stub: Stub, serve: Serve, capfd: pytest.CaptureFixture[str], http: httpx2.Client
) -> None:
    """§6: 50."""
    stub.answer = (200, b"<html>")
    url = serve(keys=("ours-1",))

    post(http, url, {"authorization": "Bearer sk-1", "x-compassion-key": "ours-1"})
    post(http, url, {"authorization": "Bearer sk-1", "x-compassion-key": "guess-9"})
    http.get(f"{url}/v1/models?key=sk-1", headers={"x-compassion-key": "ours-1"})

    log = "".join(capfd.readouterr())
    assert "unreadable" in log
    assert not any(word in log for word in ("sk-1", "ours-1", "guess-9", "lamp", "<html>"))


# ---- who may ask ---------------------------------------------------------------------------------------------------


def test_a_proxied_call_needs_a_key_of_ours_which_the_model_never_sees(stub: Stub, serve: Serve) -> None:
    stub.answer = (200, completion(GOOD))
    url = serve(keys=("one", "two"))

    with sdk(url) as client:
        for wrong in ({}, {"x-compassion-key": "three"}, {"x-compassion-key": "sk-the-models"}):
            with pytest.raises(AuthenticationError, match="x-compassion-key"):
                ask(client, extra_headers=wrong)
        ask(client, extra_headers={"x-compassion-key": "two"})

    [asked] = stub.requests
    assert "x-compassion-key" not in asked.headers
    assert asked.headers["authorization"] == "Bearer sk-the-models"


@pytest.mark.parametrize("path", ["/v1/review", "/beta/litellm_basic_guardrail_api"])
def test_the_guards_own_endpoints_take_the_key_as_a_bearer_token(
    serve: Serve, http: httpx2.Client, path: str
) -> None:
    url = serve(keys=("one", "two"))
    body = {"id": "1", "context": [], "draft": GOOD, "input_type": "request"}
    given = [{}, {"authorization": "Bearer three"}, {"authorization": "Bearer two"}, {"x-api-key": "one"}]

    told = [http.post(f"{url}{path}", json=body, headers=headers).status_code for headers in given]

    assert told == [401, 401, 200, 200]
    assert http.get(f"{url}/healthz").status_code == 200


# ---- the guard without a model -------------------------------------------------------------------------------------


def test_a_case_goes_in_and_its_outcome_comes_out(guard: Guard, serve: Serve, http: httpx2.Client) -> None:
    asked = {"id": "c-1", "messages": ASKED, "draft": EMPTY_SORRY}

    told = http.post(f"{serve()}/v1/review", json=asked).json()

    [waits] = guard.desk.open()
    assert (told["id"], told["outcome"], told["handoff"]["id"]) == ("c-1", "withheld", waits.id)
    assert waits.id in told["reply"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b"[" * 100_000, "body"),
        (b'{"id": "1", "context": [], "draft": 1}', "draft"),
        (b'{"id": "1", "context": [{"role": "x", "content": ""}], "draft": ""}', r"context.0.role"),
    ],
)
def test_a_bad_case_is_a_422_that_names_the_field(
    serve: Serve, http: httpx2.Client, body: bytes, names: str
) -> None:
    told = http.post(f"{serve()}/v1/review", content=body)

    assert told.status_code == 422
    assert names in error_of(told)["message"]


def test_litellm_learns_what_may_go_out(guard: Guard, serve: Serve, http: httpx2.Client) -> None:
    url = f"{serve()}/beta/litellm_basic_guardrail_api"
    about = {"litellm_call_id": "call-1", "request_data": {"user_api_key_end_user_id": "alice"}}

    asked = http.post(
        url, json={**about, "input_type": "request", "texts": ["x"], "structured_messages": ASKED}
    )
    good = http.post(url, json={**about, "input_type": "response", "texts": [GOOD]})
    beside = {**about, "input_type": "response", "texts": ["Let me look that up.", ""], "tool_calls": [CALL]}
    turn = http.post(url, json=beside)
    bad = http.post(url, json={**about, "input_type": "response", "texts": [GOOD, EMPTY_SORRY]}).json()

    [waits] = guard.desk.open()
    assert asked.json() == good.json() == turn.json() == {"action": "NONE"}
    assert bad["action"] == "GUARDRAIL_INTERVENED"
    assert bad["texts"][0] == GOOD
    assert waits.id in bad["texts"][1]
    assert waits.case_id == "alice"


def test_litellm_blocks_where_errors_are_wanted_and_where_nothing_could_be_stored(
    guard: Guard, serve: Serve, http: httpx2.Client, tmp_path: Path
) -> None:
    asked = {"litellm_call_id": "call-1", "input_type": "request", "structured_messages": ASKED}
    drafted = {"litellm_call_id": "call-1", "input_type": "response", "texts": [EMPTY_SORRY]}
    guard.settings.home.write_text("a file where the directory should be")
    sound = guard_in("enforce", tmp_path / "other")

    down, raised = (
        [http.post(f"{url}/beta/litellm_basic_guardrail_api", json=body).json() for body in (asked, drafted)][
            1
        ]
        for url in (serve(), serve(sound, raises=True))
    )

    assert (down["action"], raised["action"]) == ("BLOCKED", "BLOCKED")
    assert sound.desk.open()[0].id in raised["blocked_reason"]
    assert "apologize" not in str((down, raised))
    sound.desk.close()


@pytest.mark.parametrize(("mode", "action"), [("enforce", "BLOCKED"), ("observe", "NONE")])
def test_litellms_reply_of_an_unknown_conversation_does_not_pass_as_judged(
    serve: Serve, http: httpx2.Client, tmp_path: Path, mode: Mode, action: str
) -> None:
    url = f"{serve(guard_in(mode, tmp_path))}/beta/litellm_basic_guardrail_api"

    http.post(url, json={"input_type": "request", "structured_messages": ASKED})
    told = http.post(url, json={"input_type": "response", "texts": [EMPTY_SORRY]}).json()

    assert told["action"] == action
    assert mode == "observe" or "[pre_call, post_call]" in told["blocked_reason"]


# ---- operators -----------------------------------------------------------------------------------------------------


def test_it_is_ready_while_the_store_can_be_opened(guard: Guard, serve: Serve, http: httpx2.Client) -> None:
    url = serve()

    ready = http.get(f"{url}/readyz")
    guard.desk.close()
    (guard.settings.home / "handoffs.db").write_bytes(b"no database" * 100)
    broken, alive = http.get(f"{url}/readyz"), http.get(f"{url}/healthz")

    assert ready.json() == {"status": "ready", "mode": "enforce"}
    assert (broken.status_code, error_of(broken)["code"]) == (503, "not_ready")
    assert alive.json() == {"status": "alive"}


def test_metrics_count_what_happened(stub: Stub, serve: Serve, http: httpx2.Client) -> None:
    url = serve()
    for status, body in (
        (200, completion(GOOD)),
        (200, completion(EMPTY_SORRY)),
        (500, {}),
        (200, completion(EMPTY_SORRY + "x" * 5_000_000)),
    ):
        stub.answer = (status, body)
        post(http, url)
    http.get(f"{url}/v1/threads/t/messages")
    post(http, url, modalities=["audio"])

    told = http.get(f"{url}/metrics")

    lines = set(told.text.splitlines())
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert lines >= {
        'compassion_guard_requests_total{surface="chat"} 5',
        'compassion_guard_requests_total{surface="unguarded"} 1',
        'compassion_guard_exchanges_total{surface="chat",outcome="sent",decision="send"} 1',
        'compassion_guard_exchanges_total{surface="chat",outcome="withheld",decision="rewrite"} 1',
        'compassion_guard_exchanges_total{surface="chat",outcome="withheld",decision="escalate"} 1',
        'compassion_guard_unjudged_total{cause="too_long"} 1',
        'compassion_guard_upstream_errors_total{kind="status_5xx"} 1',
        'compassion_guard_refused_total{code="unguarded"} 1',
        "compassion_guard_added_seconds_count 3",
        'compassion_guard_added_seconds_bucket{le="+Inf"} 3',
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nothing_that_openapi_allows_makes_a_5xx(guard: Guard) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import not_a_server_error

    schema = schemathesis.openapi.from_asgi("/openapi.json", app(guard, Options("http://model.invalid/v1")))
    found = [operation.ok() for operation in schema.get_all_operations()]

    for operation in found:

        @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: object) -> None:
            case.call_and_validate(checks=[not_a_server_error])  # type: ignore[attr-defined]

        holds()

    assert len(found) == 5


# ---- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "keys", "says"),
    [
        (["--upstream", "http://x/v1", "--policy", "no-such-policy.yaml"], "", "no-such-policy.yaml"),
        (["--upstream", "ftp://user:hunter2@x"], "", "https://api.openai.com/v1"),
        (["--upstream", "http://user:hunter2@x:port"], "", "https://api.openai.com/v1"),
        (["--upstream", "http://x/v1", "--at-once", "0"], "", "--at-once"),
        (["--upstream", "http://x/v1"], " , ", "COMPASSION_GUARD_KEYS"),
    ],
)
def test_what_it_cannot_work_with_keeps_it_from_starting(
    arguments: list[str],
    keys: str,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """§6: 48."""
    monkeypatch.setattr(sys, "argv", ["compassion-guard", "serve", *arguments])
    monkeypatch.setenv("COMPASSION_GUARD_KEYS", keys)

    with pytest.raises(SystemExit) as raised:
        main()

    told = capsys.readouterr().err
    assert raised.value.code == 2
    assert says in told
    assert "hunter2" not in told


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "starlette.py").write_text("raise ModuleNotFoundError(name='starlette')\n")

    told = subprocess.run(
        [sys.executable, "-m", "guard", "serve", "--upstream", "http://x/v1"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[1]}"},
        timeout=20,
        check=False,
    )

    assert told.returncode == 1
    assert "pip install 'compassion-guard[proxy]'" in told.stderr


def test_serve_listens_with_keys_from_the_environment_and_stops_on_sigterm(stub: Stub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = subprocess.Popen(
        [sys.executable, "-m", "guard", "serve", "--upstream", stub.url, "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COMPASSION_GUARD_KEYS": "one,two"},
    )
    assert ran.stderr is not None
    log = ""
    while "running on" not in log and (line := ran.stderr.readline()):
        log += line
    told = httpx2.get(f"http://127.0.0.1:{port}/v1/models")
    ran.terminate()
    log += ran.communicate(timeout=20)[1]

    assert told.status_code == 401
    assert "mode enforce: replies of the model at 127.0.0.1 are judged" in log
    assert "Traceback" not in log
    assert "one,two" not in log
