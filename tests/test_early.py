"""`early` streams: what stands by itself is shown before the rest exists, and no word of it is taken back."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai import APIError, APITimeoutError, DefaultHttpxClient, OpenAI
from openai.types.chat import ChatCompletionChunk

from guard import Authority, Guard, PolicyError, Rewritten, Sent, Withheld
from guard.client import WithheldCallError
from guard.errors import GuardError
from guard.exchange.asked import Asked
from guard.exchange.judged import Held, asked_for
from guard.exchange.sse import Splitter, readable
from guard.exchange.steps import Beginnings, Manner, Read
from guard.judging.beginning import beginnings
from guard.pipeline import stands_alone
from guard.policy import SHIPPED, Exchange, load, parse
from guard.records import Json
from tests.cases import REPLACE
from tests.proxying import proxying
from tests.stub import Gate, Stub, chunk, sse
from tests.test_parity import CASES as SHAPES
from tests.test_parity import Shown, aask, aclient, answers, ask

CALL = {"id": "t", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "48213"}'}}
ASKED: list[dict[str, object]] = [
    {"role": "user", "content": "My lamp from order 48213 came broken, I want a replacement."},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "t", "content": '{"order": "48213", "item": "lamp"}'},
]
"""It is known what was called, so that a claim of what no call did is seen as one. The request declares no tools."""
HUMAN: list[dict[str, object]] = [
    {"role": "user", "content": "I want to speak to a person now. My lamp came broken."}
]
BEGUN = "I'm sorry that your lamp came broken. Which part of it is damaged, the shade or the foot?"
CLAIM = "I've refunded the $40 to your card."
MORE = "It helps me to find the right one for you. Thank you for your patience with this. Take good care of yourself."
GOOD = f"{BEGUN} {MORE}"
FALSE = f"{BEGUN} {CLAIM} {MORE}"
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
CASES = sorted((Path(__file__).parent.parent / "evals" / "cases").glob("*.jsonl"))
Event = dict[str, Json]


@pytest.fixture
def early(guard: Guard) -> Iterator[Guard]:
    made = in_early(guard)
    yield made
    made.desk.close()


def in_early(guard: Guard, **exchange: object) -> Guard:
    """The same guard with early streams."""
    chosen = Exchange(stream="early", **exchange)  # type: ignore[arg-type]
    return Guard(replace(guard.policy, exchange=chosen), guard.settings)


def stream(text: str, *, end: str | None = "stop") -> list[bytes]:
    """A reply as models write it: the space comes with the word that follows."""
    said = [chunk({"content": part}) for part in re.findall(r"\s*\S+", text)]
    ending = [chunk(end=end), sse("[DONE]")] if end else []
    return [chunk({"role": "assistant", "content": ""}), *said, *ending]


def until(text: str) -> int:
    """How many pieces of a stream it takes to say this and the first word of what follows."""
    return len(stream(text, end=None)) + 1


# Three ways in


def asked(messages: Sequence[object] = ASKED, **more: object) -> dict[str, object]:
    return {"model": "stub", "user": "ann", "messages": messages, "stream": True, **more}


See = Callable[[ChatCompletionChunk], object]


def sdk(url: str, **more: object) -> OpenAI:
    http = DefaultHttpxClient(verify=False)
    return OpenAI(api_key="k", base_url=url, max_retries=0, http_client=http, **more)  # type: ignore[arg-type]


def wrapped(guard: Guard, url: str, see: See, **more: object) -> None:
    with sdk(url) as plain:
        for one in guard.wrap(plain).chat.completions.create(**asked(**more)):  # type: ignore[call-overload, arg-type]
            see(one)


def in_a_loop(guard: Guard, url: str, see: See, **more: object) -> None:
    async def read() -> None:
        async with aclient(url) as plain:
            told = await guard.wrap(plain).chat.completions.create(**asked(**more))  # type: ignore[call-overload, arg-type]
            async for one in told:
                see(one)

    asyncio.run(read())


def proxied(guard: Guard, url: str, see: See, **more: object) -> None:
    with proxying(guard, url, heartbeat=0.01) as proxy, sdk(f"{proxy}/v1") as client:
        for one in client.chat.completions.create(**asked(**more)):  # type: ignore[call-overload, arg-type]
            see(one)


Way = Callable[..., None]
WAYS = pytest.mark.parametrize("way", [wrapped, in_a_loop, proxied])


def words(told: Iterable[ChatCompletionChunk]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in told if c.choices)


def raw(url: str, **more: object) -> socket.socket:
    """A connection on which a stream has been asked for."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = json.dumps(asked(**more)).encode()  # type: ignore[arg-type]
    wire = socket.create_connection((host, int(port)), timeout=10)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    wire.sendall(head.encode() + body)
    return wire


def heard(wire: socket.socket, mark: bytes = b"\r\n0\r\n\r\n") -> bytes:
    """What comes up to this mark."""
    got = b""
    while mark not in got and (more := wire.recv(65536)):
        got += more
    return got


# Without a wire


def driven(
    guard: Guard,
    pieces: Iterable[bytes],
    messages: Sequence[object] = ASKED,
    name: str = "ann",
    shown: list[bytes] | None = None,
) -> list[bytes]:
    """What goes on of a stream, step by step, as clients and proxy drive it; the last is what its end brings.

    `shown` gets what comes before that, though the end be an error.
    """
    manner = Manner(guard.policy, guard.memory, beginnings=_beginnings(guard))
    held = Held(_asked(manner, messages, name), manner)
    told = [] if shown is None else shown
    for piece in pieces:
        held.feed(piece)
        if (verdict := held.verdict()) is not None:
            break
        if (beginning := held.beginning()) is not None:
            told.append(guard.exchange(beginning).body)
    else:
        verdict = held.verdict(over=True)
    assert verdict is not None
    return [*filter(None, told), guard.exchange(verdict).body]


def _beginnings(guard: Guard) -> Beginnings:
    return Beginnings(beginnings, partial(stands_alone, policy=guard.policy))


def _asked(manner: Manner, messages: Sequence[object] = ASKED, name: str = "ann") -> Asked:
    body = json.dumps(asked(messages, user=name)).encode()
    found = asked_for("POST", "/chat/completions", {}, body, manner)
    assert found is not None
    return found


def said(told: bytes) -> str:
    """The words of a stream."""
    splitter = Splitter()
    events = [*splitter.feed(told), *splitter.rest()]
    return "".join(
        str(choice["delta"].get("content") or "")  # type: ignore[index, call-overload, union-attr]
        for data in readable(events)
        for choice in data["choices"]  # type: ignore[union-attr]
    )


# What is shown when


@WAYS
def test_the_first_word_is_early_where_the_step_is_in_the_first_sentences(
    stub: Stub, early: Guard, way: Way
) -> None:
    """Edge case 21: the model says no more than its first half before somebody has seen the reply begin."""
    gate = Gate(stub, stream(GOOD), until(BEGUN))
    told: list[ChatCompletionChunk] = []

    def see(one: ChatCompletionChunk) -> None:
        told.append(one)
        if words(told) == BEGUN:
            gate.open.set()

    way(early, stub.url, see)

    assert len(BEGUN) < len(GOOD) / 2
    assert gate.opened is True
    assert words(told) == GOOD
    assert early.desk.open() == []


def test_the_first_byte_is_on_the_wire_before_half_of_the_draft_is_written(stub: Stub, early: Guard) -> None:
    """Edge cases 21 and 22: on a raw socket, with heartbeats between whole events."""
    gate = Gate(stub, stream(GOOD), until(BEGUN))

    with proxying(early, stub.url, heartbeat=0.01) as url, raw(url) as wire:
        begun = heard(wire, b"foot?")
        begun += heard(wire, b": keep-alive")
        assert not gate.open.is_set()
        gate.open.set()
        rest = heard(wire)

    head, _, body = (begun + rest).partition(b"\r\n\r\n")
    lines = b"".join(re.findall(rb"[0-9a-f]+\r\n(.*?\n\n)\r\n", body, re.DOTALL)).decode()
    blocks = lines.removesuffix("\n\n").split("\n\n")
    assert b"x-compassion-stream: early" in head.lower()
    assert b"It helps" not in begun
    assert "".join(f"{b}\n\n" for b in blocks if b != ": keep-alive").encode() == b"".join(stream(GOOD))


@WAYS
def test_nothing_is_shown_early_where_the_moment_belongs_to_a_person(
    stub: Stub, early: Guard, way: Way
) -> None:
    """Edge case 21: not even who speaks; in the proxy heartbeats go by meanwhile."""
    *before, last = stream(GOOD)
    seen = threading.Event()
    shown: list[bool] = []

    def pieces() -> Iterator[bytes]:
        yield from before
        shown.append(seen.wait(0.1))
        yield last

    stub.pieces = pieces
    told: list[ChatCompletionChunk] = []

    def see(one: ChatCompletionChunk) -> None:
        told.append(one)
        seen.set()

    way(early, stub.url, see, messages=HUMAN)

    [receipt] = early.desk.open()
    assert shown == [False]
    assert receipt.id in words(told)
    assert BEGUN not in words(told)


def test_no_withheld_sentence_is_ever_on_the_wire(stub: Stub, early: Guard) -> None:
    """Edge cases 20 and 21: a false claim in the third sentence, on a raw socket and to its last byte."""
    gate = Gate(stub, stream(FALSE), until(f"{BEGUN} {CLAIM}"))

    with proxying(early, stub.url) as url, raw(url) as wire:
        begun = heard(wire, b"foot?")
        assert gate.reached.wait(10)
        gate.open.set()
        whole = begun + heard(wire)

    assert said(whole.replace(b"\r\n", b"\n")) == BEGUN
    assert not any(word in whole for word in (b"refunded", b"$40", b"helps", b"patience"))
    assert whole.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    assert whole.count(b'"finish_reason": "stop"') == 1


def test_a_word_that_comes_with_the_next_sentence_waits_with_it(early: Guard) -> None:
    """Edge case 21: an event goes on as it came, or not before it is known what may stand in it."""
    straddling = [
        chunk({"role": "assistant", "content": "I'm sorry that your lamp came broken. Which part of it is "}),
        chunk({"content": "damaged, the shade or the foot? I've"}),
        chunk({"content": f" refunded the $40 to your card. {MORE}"}),
        chunk(end="stop"),
        sse("[DONE]"),
    ]

    first, rest = driven(early, straddling)

    assert first == straddling[0]
    assert said(rest) == "damaged, the shade or the foot?"
    assert b"role" not in rest  # the SDK would add it to the one before


@pytest.mark.parametrize("sep", ["\n", "\r\n", "\r"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=st.sampled_from([GOOD, FALSE]))
def test_a_stream_may_be_cut_anywhere(early: Guard, sep: str, data: st.DataObject, text: str) -> None:
    """Edge cases 14, 20 and 23: tokens anywhere in the words, pieces anywhere in the bytes, early or held alike."""
    text = text.replace("broken.", "broken – 你好 😀.")
    tokens = data.draw(st.lists(st.integers(1, len(text) - 1), max_size=30).map(sorted))
    parts = [text[a:b] for a, b in zip([0, *tokens], [*tokens, len(text)], strict=True)]
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
    lines = [
        json.dumps({**head, "choices": [{"index": 0, "delta": {"content": part}}]}, ensure_ascii=False)
        for part in parts
    ]
    ending = json.dumps({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    whole = "".join(f"data: {line}{sep}{sep}" for line in (*lines, ending, "[DONE]")).encode()
    places = data.draw(st.lists(st.integers(1, len(whole) - 1), max_size=30).map(sorted))
    pieces = [whole[a:b] for a, b in zip([0, *places], [*places, len(whole)], strict=True)]
    reply = said(b"".join(driven(held(early), pieces)))

    told = driven(early, pieces)

    shown = ""
    for piece in told:
        assert piece.endswith(((sep * 2).encode(), b"\n\n"))
        shown += said(piece)
        assert reply.startswith(shown)
    assert shown == reply
    assert early.last_reply("ann") == reply
    assert text != reply or b"".join(told) == whole


def held(guard: Guard) -> Guard:
    """The same guard, whose streams are held."""
    return Guard(replace(guard.policy, exchange=Exchange()), guard.settings)


# The same reply as in `hold`


@pytest.mark.parametrize("file", CASES, ids=lambda path: path.stem)
def test_a_draft_of_our_own_cases_has_the_same_reply_early_and_held(early: Guard, file: Path) -> None:
    """Edge case 23: and what was shown before the end is how that reply begins."""
    for line in file.read_text(encoding="utf-8").splitlines()[::9]:
        one = json.loads(line)
        messages, name, pieces = as_chat(one), str(one["id"]), stream(one["draft"])
        reply = said(b"".join(driven(held(early), pieces, messages, name)))

        *shown, rest = map(said, driven(early, pieces, messages, name))

        assert "".join(shown) + rest == reply, name
        assert early.last_reply(name) == reply, name


def as_chat(one: dict[str, list[dict[str, str]]]) -> list[dict[str, object]]:
    """The conversation of a case as messages, with the calls that it names at its end."""
    roles = {"customer": "user", "assistant": "assistant"}
    told: list[dict[str, object]] = [
        {"role": roles[turn["role"]], "content": turn["content"]} for turn in one["context"]
    ]
    for n, call in enumerate(one.get("actions") or []):
        function = {"name": call["name"], "arguments": json.dumps(call.get("arguments"))}
        told += [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": f"t{n}", "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": f"t{n}", "content": json.dumps(call.get("result"))},
        ]
    return told


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_of_an_answer_is_the_same_early_and_held(stub: Stub, guard: Guard, name: str) -> None:
    """Edge case 23: over the wire, wrapped and through the proxy, sync and async, in both dialects."""
    shape = SHAPES[name]
    may = tuple(a for a in (REPLACE,) if a.id in shape.may)
    limits = replace(guard.policy.limits, draft_characters=20_000)
    policy = replace(guard.policy, authority=Authority(may), limits=limits)
    stub.route = lambda request: answers(shape, request)
    found: list[dict[str, Shown]] = []

    for exchange in (Exchange(), Exchange(stream="early")):
        judge = Guard(replace(policy, exchange=exchange), guard.settings)
        with proxying(judge, stub.url) as url, sdk(stub.url) as plain, sdk(f"{url}/v1") as proxy:
            ways = {"wrapped": judge.wrap(plain), "proxy": proxy}
            dialects = (False, True) if shape.choices == 1 else (False,)
            told = {
                f"{way}, {responses=}": ask(client, judge, shape, responses=responses, stream=True)
                for way, client in ways.items()
                for responses in dialects
            }
            told |= asyncio.run(_in_a_loop(stub.url, url, judge, name, dialects))
        judge.desk.close()
        found.append(told)

    assert found[0] == found[1]
    assert len(set(found[0].values())) == 1


async def _in_a_loop(
    stub: str, proxy: str, judge: Guard, name: str, dialects: Sequence[bool]
) -> dict[str, Shown]:
    async with aclient(stub) as plain, aclient(f"{proxy}/v1") as proxied:
        return {
            f"async {way}, {responses=}": await aask(
                client, judge, SHAPES[name], responses=responses, stream=True
            )
            for way, client in (("wrapped", judge.wrap(plain)), ("proxy", proxied))
            for responses in dialects
        }


@WAYS
@pytest.mark.parametrize("draft", [GOOD, FALSE])
def test_the_outcome_and_the_last_reply_are_those_of_what_was_delivered(
    stub: Stub, early: Guard, way: Way, draft: str
) -> None:
    """Edge cases 20 and 23: any chunk names its outcome once the stream has ended, and a reader sees one message."""
    stub.pieces = lambda: stream(draft)
    told: list[ChatCompletionChunk] = []

    way(early, stub.url, told.append)

    outcome = early.outcome_of(told[-1])
    assert early.outcome_of(told[0]) is outcome
    assert ("compassion_guard" in (told[-1].model_extra or {})) is (draft == FALSE)
    assert isinstance(outcome, Sent if draft == GOOD else Rewritten)
    assert words(told) == outcome.reply == early.last_reply("ann") == (GOOD if draft == GOOD else BEGUN)
    assert [c.choices[0].delta.role for c in told if c.choices[0].delta.role] == ["assistant"]
    assert [c.choices[0].finish_reason for c in told][-1] == "stop"


def test_the_stream_helper_of_the_sdk_tells_one_reply_and_its_usage(stub: Stub, early: Guard) -> None:
    """Edge cases 12 and 20: early streams are well-formed for who adds them up."""
    usage = {"prompt_tokens": 7, "completion_tokens": 11, "total_tokens": 18}
    end, done = chunk(end="length"), sse("[DONE]")
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
    stub.pieces = lambda: [*stream(FALSE, end=None), end, sse({**head, "choices": [], "usage": usage}), done]

    with (
        sdk(stub.url) as plain,
        early.wrap(plain).chat.completions.stream(model="stub", messages=ASKED) as told,  # type: ignore[arg-type]
    ):
        final = told.get_final_completion()

    [choice] = final.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", BEGUN, "stop")
    assert final.usage is not None
    assert final.usage.total_tokens == 18
    assert isinstance(early.outcome_of(final), Rewritten)


def test_a_draft_that_turns_out_too_long_to_be_read_is_early_what_it_is_held(guard: Guard) -> None:
    """Edge case 23: what was shown of it must not be missed at the end."""
    limits = replace(guard.policy.limits, draft_characters=1000)
    short = in_early(Guard(replace(guard.policy, limits=limits), guard.settings))
    pieces = stream(f"{GOOD} {MORE * 20}")

    told = driven(short, pieces)

    assert len(told) > 1
    assert said(b"".join(told)) == said(b"".join(driven(held(short), pieces)))
    short.desk.close()


# What goes wrong after a beginning was shown


BREAKS: dict[str, Callable[[], Iterable[bytes]]] = {
    "an error of the model's": lambda: [*stream(GOOD, end=None), sse({"error": {"message": "overloaded"}})],
    "a connection that drops": lambda: _drops(stream(GOOD, end=None)),
    "a reply without its end": lambda: stream(GOOD, end=None),
}


def _drops(pieces: list[bytes]) -> Iterator[bytes]:
    yield from pieces
    raise ConnectionResetError


@WAYS
@pytest.mark.parametrize("name", BREAKS)
def test_a_stream_that_breaks_off_shows_no_more_than_what_stood_early_and_the_error(
    stub: Stub, early: Guard, way: Way, name: str
) -> None:
    """Edge case 16: the last sentence was not complete, and nobody judged it."""
    stub.pieces = BREAKS[name]
    told: list[ChatCompletionChunk] = []

    with pytest.raises((APIError, GuardError)):
        way(early, stub.url, told.append)

    assert words(told) == GOOD.removesuffix(" Take good care of yourself.") == early.last_reply("ann")
    assert (early.outcomes, early.desk.open()) == ({}, [])


@WAYS
def test_who_leaves_after_an_early_beginning_closes_what_the_model_sends(
    stub: Stub, early: Guard, way: Way
) -> None:
    """Edge case 18: and no person gets a case."""
    stub.pieces = lambda: chain(stream(GOOD, end=None), repeat(b": still here " + b"." * 8192 + b"\n\n"))

    class LeavesError(Exception):
        pass

    def leave(one: ChatCompletionChunk) -> None:
        if one.choices[0].delta.content:
            raise LeavesError

    with pytest.raises(LeavesError):
        way(early, stub.url, leave)

    assert stub.left.wait(10)
    assert (early.outcomes, early.desk.open()) == ({}, [])


def test_who_hangs_up_on_the_proxy_after_an_early_beginning_closes_what_the_model_sends(
    stub: Stub, early: Guard
) -> None:
    """Edge case 18: on a raw socket."""
    stub.pieces = lambda: chain(stream(FALSE, end=None), repeat(b": still here " + b"." * 8192 + b"\n\n"))

    with proxying(early, stub.url) as url:
        with raw(url) as wire:
            heard(wire, b"foot?")
        assert stub.left.wait(10)

    assert (early.outcomes, early.desk.open()) == ({}, [])


def test_a_task_that_is_cancelled_after_an_early_beginning_closes_what_the_model_sends(
    stub: Stub, early: Guard
) -> None:
    """Edge case 18."""
    gate = Gate(stub, [*stream(GOOD, end=None), *repeat(b": " + b"." * 8192 + b"\n\n", 2000)], until(BEGUN))

    async def cancel() -> None:
        begun = asyncio.Event()
        async with aclient(stub.url) as plain:
            told = await early.wrap(plain).chat.completions.create(**asked())  # type: ignore[call-overload]

            async def read() -> None:
                async for _ in told:
                    begun.set()

            task = asyncio.create_task(read())
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            gate.open.set()
            assert await asyncio.to_thread(stub.left.wait, 10)

    asyncio.run(cancel())

    assert (early.outcomes, early.desk.open()) == ({}, [])


CUTS = pytest.mark.parametrize("limit", [{"hold_bytes": 4000}, {"hold_seconds": 0.7}], ids=["bytes", "time"])


@WAYS
@CUTS
def test_a_stream_that_is_cut_short_says_who_has_the_case_after_what_was_early(
    stub: Stub, guard: Guard, way: Way, limit: dict[str, object]
) -> None:
    """Edge cases 18, 20 and 22: as a paragraph of its own; nothing of the draft follows, and the stream is whole."""
    impatient = in_early(guard, **limit)
    over = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield from stream(FALSE, end=None)[: until(BEGUN)]
        yield from () if "hold_seconds" in limit else repeat(b": " + b"." * 1024 + b"\n\n", 8)
        over.wait(10)

    stub.pieces = pieces
    told: list[ChatCompletionChunk] = []

    way(impatient, stub.url, told.append)
    over.set()

    [receipt] = impatient.desk.open()
    shown, _, holding = words(told).partition("\n\n")
    outcome = impatient.outcome_of(told[-1])
    packet = impatient.desk.packet(receipt.id)
    assert shown == BEGUN
    assert receipt.id in holding
    assert isinstance(outcome, Withheld)
    assert words(told) == outcome.reply == impatient.last_reply("ann")
    assert told[-1].choices[0].finish_reason == "stop"
    assert len([c for c in told if c.choices[0].delta.role]) == 1
    assert packet is not None
    draft = json.loads(packet[1])["withheld_draft"]
    assert draft["text"] == BEGUN
    assert "the customer has seen the words of it" in draft["unjudged"]
    impatient.desk.close()


def test_a_sentence_that_may_be_shown_is_told_to_its_end_where_the_stream_is_cut_short(early: Guard) -> None:
    """Edge case 20: half of it was early, and the rest waited with the next word."""
    manner = Manner(early.policy, early.memory, beginnings=_beginnings(early))
    short = Held(_asked(manner), manner)
    short.feed(chunk({"role": "assistant", "content": BEGUN[:60]}))
    short.feed(chunk({"content": f"{BEGUN[60:]} I've"}))
    beginning, verdict = short.beginning(), short.verdict(late=True)
    assert beginning is not None
    assert verdict is not None

    shown, rest = said(early.exchange(beginning).body), said(early.exchange(verdict).body)

    assert shown == BEGUN[:60]
    assert f"{shown}{rest}".startswith(f"{BEGUN}\n\n")
    assert early.last_reply("ann") == shown + rest
    assert "I've" not in rest.partition("\n\n")[0]


def test_a_stream_that_is_cut_short_is_an_error_where_the_app_wants_one(stub: Stub, guard: Guard) -> None:
    """Edge cases 18 and 20: early words are part of what the error says may be seen."""
    impatient = in_early(guard, hold_bytes=4000)
    stub.pieces = lambda: chain(
        stream(FALSE, end=None)[: until(BEGUN)], repeat(b": " + b"." * 1024 + b"\n\n")
    )
    told: list[ChatCompletionChunk] = []

    with sdk(stub.url) as plain:
        begun = impatient.wrap(plain, on_withhold="raise").chat.completions.create(**asked())  # type: ignore[call-overload]
        with pytest.raises(WithheldCallError) as error:
            told.extend(begun)

    assert words(told) == BEGUN
    assert error.value.outcome.reply.startswith(f"{BEGUN}\n\n")
    impatient.desk.close()


def test_a_model_that_falls_silent_after_an_early_beginning_is_the_sdks_own_timeout(
    stub: Stub, early: Guard
) -> None:
    """Edge case 22: the app's own limit still counts."""
    gate = Gate(stub, stream(GOOD), until(BEGUN))
    told: list[ChatCompletionChunk] = []

    with sdk(stub.url, timeout=0.5) as plain:
        begun = early.wrap(plain).chat.completions.create(**asked())  # type: ignore[call-overload]
        with pytest.raises(APITimeoutError):
            told.extend(begun)
    gate.open.set()

    assert words(told) == BEGUN
    assert early.desk.open() == []


def test_a_model_that_falls_silent_behind_the_proxy_ends_an_early_stream_though_heartbeats_go_on(
    stub: Stub, early: Guard
) -> None:
    """Edge case 22."""
    gate = Gate(stub, stream(GOOD), until(BEGUN))
    told: list[ChatCompletionChunk] = []

    with (
        proxying(early, stub.url, heartbeat=0.01, upstream_timeout=0.5) as url,
        sdk(f"{url}/v1") as client,
        pytest.raises(APIError, match="did not answer"),
    ):
        told.extend(client.chat.completions.create(**asked()))  # type: ignore[call-overload]
    gate.open.set()

    assert early.last_reply("ann") == BEGUN


def test_a_reply_that_does_not_begin_with_what_was_shown_is_an_error_that_shows_no_more(
    early: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    """Edge case 20: it cannot happen while the pipeline keeps the longest beginning; were that to break, early ends."""
    manner = Manner(early.policy, early.memory, beginnings=Beginnings(beginnings, lambda *_: True))
    broken = Held(_asked(manner), manner)
    *pieces, end, done = stream(f"I'm so sorry. {CLAIM} {MORE}")
    told = b""
    for piece in pieces:
        broken.feed(piece)
        if (beginning := broken.beginning()) is not None:
            told += early.exchange(beginning).body
    broken.feed(end + done)
    verdict = broken.verdict()
    assert verdict is not None

    with pytest.raises(GuardError, match="beginning of this reply was shown"):
        early.exchange(verdict)

    assert early.last_reply("ann") == said(told)
    assert "beginning of this reply" in caplog.text
    assert "lamp" not in caplog.text
    assert "sorry" not in caplog.text


# What is held all the same


HELD: dict[str, dict[str, object]] = {
    "two choices": {"n": 2},
    "JSON": {"response_format": {"type": "json_object"}},
    "log probabilities": {"logprobs": True},
}


@pytest.mark.parametrize("name", HELD)
def test_what_may_have_to_be_taken_back_is_held_and_said_to_be(stub: Stub, early: Guard, name: str) -> None:
    """Not early: JSON without its end is none."""
    gate = Gate(stub, stream(GOOD), until(BEGUN))

    with proxying(early, stub.url, heartbeat=0.01) as url, raw(url, **HELD[name]) as wire:
        assert gate.reached.wait(10)
        begun = heard(wire, b": keep-alive")
        begun += heard(wire, b": keep-alive")
        gate.open.set()
        heard(wire)

    assert b"x-compassion-stream: held" in begun.lower()
    assert b"data:" not in begun


@pytest.mark.parametrize(
    ("mode", "kind", "treated"),
    [("enforce", "early", "early"), ("enforce", "hold", "held"), ("observe", "early", "passed")],
)
def test_a_stream_says_how_it_is_treated(
    stub: Stub, guard: Guard, mode: str, kind: str, treated: str
) -> None:
    stub.pieces = lambda: stream(GOOD)
    policy = replace(guard.policy, mode=mode, exchange=Exchange(stream=kind))  # type: ignore[arg-type]
    judge = Guard(policy, guard.settings)

    with proxying(judge, stub.url) as url, sdk(stub.url) as plain, sdk(f"{url}/v1") as proxy:
        for client in (judge.wrap(plain), proxy):
            told = client.chat.completions.with_raw_response.create(**asked())  # type: ignore[call-overload]
            assert told.headers["x-compassion-stream"] == treated
            assert words(told.parse()) == GOOD


HEAD = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
MORE_THAN_WORDS: dict[str, bytes] = {
    "a thought": chunk({"reasoning_content": CLAIM}),
    "a refusal": chunk({"refusal": CLAIM}),
    "a call": chunk({"tool_calls": [{"index": 0, **CALL}]}),
    "a field of the chunk that nobody knows": chunk({}, x_more=CLAIM),
    "a padding that has words": chunk({}, obfuscation=CLAIM),
    "an event with a name": sse({**HEAD, "choices": [{"index": 0, "delta": {}}]}, "x"),
    "no choice's place": sse({**HEAD, "choices": [{"delta": {"content": ""}}]}),
    "another choice": chunk({"content": CLAIM}, index=1),
    "two choices": sse({**HEAD, "choices": [{"index": 0, "delta": {}}, {"index": 1, "delta": {}}]}),
    "log probabilities": sse(
        {**HEAD, "choices": [{"index": 0, "delta": {}, "logprobs": {"content": [{"token": CLAIM}]}}]}
    ),
    "a name twice": b'data: {"choices": [], "choices": []}\n\n',
}


@pytest.mark.parametrize("name", MORE_THAN_WORDS)
@pytest.mark.parametrize("at", [1, 8])
def test_what_is_more_than_words_waits_for_the_verdict_and_all_behind_it(
    early: Guard, name: str, at: int
) -> None:
    """Edge case 21: whatever it is, early streams show nothing of it."""
    pieces = stream(FALSE)
    pieces.insert(at, MORE_THAN_WORDS[name])
    shown: list[bytes] = []

    with suppress(GuardError):
        driven(early, pieces, shown=shown)

    assert b"refunded" not in b"".join(shown)
    assert said(b"".join(shown)) == ""


HARMLESS: dict[str, bytes] = {
    "empty fields that nobody knows": chunk(
        {"reasoning": None, "refusal": None, "tool_calls": []}, x_more=""
    ),
    "numbers": chunk({}, x_tokens=3),
    "padding": chunk({"content": ""}, obfuscation="Jf93Kd"),
    "usage so far": chunk({}, usage={"total_tokens": 3}),
    "what Azure says of the prompt": sse({**HEAD, "choices": [], "prompt_filter_results": [{"x": 1}]}),
    "what Azure says of the reply": sse(
        {**HEAD, "choices": [{"index": 0, "delta": {}, "content_filter_results": {"hate": {"x": 1}}}]}
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_holds_no_words_goes_on_with_them(early: Guard, name: str) -> None:
    pieces = stream(GOOD)
    pieces.insert(8, HARMLESS[name])

    told = driven(early, pieces)

    assert HARMLESS[name] in told[0]
    assert b"".join(told) == b"".join(pieces)


def test_comments_are_left_out_of_what_is_early(early: Guard) -> None:
    """Edge cases 14 and 21: nobody judges them."""
    pieces = stream(FALSE)
    pieces.insert(3, f": {CLAIM}\n\n".encode())

    told = driven(early, pieces)

    assert said(told[0]) == BEGUN
    assert b"refunded" not in b"".join(told)


def test_a_draft_is_read_once_for_each_sentence_and_no_more_often(early: Guard) -> None:
    read = beginnings_read(early, ASKED)

    assert len(read) == len(set(read)) == 12
    assert read == sorted(read, key=len)


def test_a_draft_for_a_moment_that_belongs_to_a_person_is_read_once_before_its_end(early: Guard) -> None:
    assert len(beginnings_read(early, HUMAN)) == 1


def beginnings_read(early: Guard, messages: Sequence[object]) -> list[str]:
    """What is judged of a long draft before its end."""
    manner = Manner(early.policy, early.memory, beginnings=_beginnings(early))
    held = Held(_asked(manner, messages), manner)
    read: list[str] = []
    for piece in stream(" ".join([FALSE] * 4), end=None):
        held.feed(piece)
        if (steps := held.beginning()) is not None:
            with suppress(StopIteration):
                step = next(steps)
                while True:
                    assert isinstance(step, Read)
                    read.append(step.case.draft)
                    step = steps.send(early._step(step))
    return read


# The policy


EARLY = SHIPPED.read_text(encoding="utf-8").replace("stream: hold ", "stream: early ")


def test_a_policy_wants_early_streams_by_one_word() -> None:
    assert load(SHIPPED).exchange.stream == "hold"
    assert parse(EARLY, "p.yaml").exchange.stream == "early"
    with pytest.raises(
        PolicyError, match=r"p\.yaml:\d+: exchange\.stream: Input should be 'hold' or 'early'"
    ):
        parse(EARLY.replace("stream: early", "stream: earlier"), "p.yaml")


@pytest.mark.parametrize("by", ["llm", "cascade"])
def test_early_streams_need_the_local_judge(tmp_path: Path, by: str) -> None:
    line = 1 + EARLY[: EARLY.index("stream: early")].count("\n")
    file = tmp_path / "policy.yaml"
    file.write_text(EARLY, encoding="utf-8")

    with pytest.raises(
        PolicyError, match=rf"p\.yaml:{line}: exchange\.stream is early and judge\.by is {by}"
    ):
        parse(EARLY.replace("by: local  ", f"by: {by}  ", 1), "p.yaml")
    with pytest.raises(PolicyError, match=r"Set exchange\.stream: hold, or judge\.by: local"):
        Guard.load(file, judge=by)  # type: ignore[arg-type]
