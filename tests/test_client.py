"""`guard.wrap` around the real SDK, on its real transport, against a server on loopback."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import respx
from openai import AsyncOpenAI, OpenAI, RateLimitError

from guard import EscalationError, Guard, Sent, UnguardedError, Withheld
from guard.errors import GuardError
from tests.cases import EMPTY_SORRY

ASKED = [{"role": "user", "content": "My lamp came broken, I want a replacement."}]
GOOD = "I can send a replacement or refund you. Which would you prefer?"


def completion(*texts: str | None, **message: object) -> dict[str, object]:
    choices = [
        {
            "index": n,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": text, **message},
        }
        for n, text in enumerate(texts)
    ]
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": choices,
        "x_new": {"kept": 1},
    }


class Stub(ThreadingHTTPServer):
    """Answers every POST with `answer`, and counts."""

    answer: tuple[int, dict[str, object]] = (200, {})
    calls = 0


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.calls += 1
        status, body = self.server.answer
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(stub: Stub) -> str:
    return f"http://127.0.0.1:{stub.server_address[1]}/v1"


@pytest.fixture
def client(stub: Stub, guard: Guard) -> Iterator[OpenAI]:
    plain = OpenAI(api_key="k", base_url=url(stub), max_retries=0)
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


def _stream(client: OpenAI) -> None:
    client.chat.completions.create(model="stub", messages=ASKED, stream=True)  # type: ignore[arg-type]


def _responses(client: OpenAI) -> None:
    client.responses.create(model="stub", input="hi")


def _options(client: OpenAI) -> None:
    client.with_options(timeout=3).responses.create(model="stub", input="hi")


@pytest.mark.parametrize("ask", [_stream, _responses, _options])
def test_an_unguarded_surface_raises_before_the_model_is_asked(
    client: OpenAI, stub: Stub, ask: Callable[[OpenAI], None]
) -> None:
    with pytest.raises(UnguardedError):
        ask(client)

    assert stub.calls == 0


def test_errors_of_the_model_stay_the_sdks_own(client: OpenAI, stub: Stub) -> None:
    stub.answer = (429, {"error": {"message": "slow down"}})

    with pytest.raises(RateLimitError):
        client.chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]


def test_a_store_that_is_down_raises_and_is_not_retried(stub: Stub, guard: Guard) -> None:
    guard.settings.home.write_text("a file where the directory should be")
    stub.answer = (200, completion(EMPTY_SORRY))

    with OpenAI(api_key="k", base_url=url(stub), max_retries=3) as plain, pytest.raises(EscalationError):
        guard.wrap(plain).chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]

    assert stub.calls == 1


def test_the_async_client_gives_the_same(stub: Stub, guard: Guard) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    async def ask() -> str | None:
        async with AsyncOpenAI(api_key="k", base_url=url(stub)) as plain:
            response = await guard.wrap(plain).chat.completions.create(model="stub", messages=ASKED)  # type: ignore[arg-type]
            assert isinstance(guard.outcome_of(response), Withheld)
            return response.choices[0].message.content

    said = asyncio.run(ask())

    assert said is not None
    assert "CG-" in said


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
