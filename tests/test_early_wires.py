"""`early` streams where tools are declared, and of the Responses API: the reply of `hold`, begun before its end."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai import APIError

from guard import Guard, Rewritten, Sent, Withheld
from guard.errors import GuardError
from guard.exchange.judged import Held, asked_for
from guard.exchange.sse import Splitter, readable
from guard.exchange.steps import Beginnings, Manner
from guard.judging.beginning import beginnings
from guard.pipeline import stands_alone
from guard.policy import Exchange
from guard.records import Json
from tests.stub import Gate, Stub, chunk, completion, message, numbered, response, sse
from tests.test_early import (
    ASKED,
    BEGUN,
    CALL,
    CLAIM,
    FALSE,
    GOOD,
    MORE,
    TOOL,
    as_chat,
    in_early,
    sdk,
    stream,
)
from tests.test_early import held as in_hold

CASES = sorted((Path(__file__).parent.parent / "evals" / "cases").glob("*.jsonl"))
ITEM_CALL: dict[str, object] = {
    "id": "fc_1",
    "type": "function_call",
    "call_id": "t1",
    "name": "look_up",
    "arguments": '{"order": "48213"}',
    "status": "completed",
}
FUNCTION: dict[str, object] = {
    "type": "function",
    "name": "look_up",
    "parameters": {"type": "object"},
    "strict": False,
}
Event = dict[str, object]


@pytest.fixture
def early(guard: Guard) -> Iterator[Guard]:
    made = in_early(guard)
    yield made
    made.desk.close()


# How each wire asks, tells and is read


@dataclass(frozen=True)
class Wire:
    """A way in which a reply is asked for and told."""

    path: str
    asks: Callable[[Sequence[object]], dict[str, object]]
    tells: Callable[[str], list[bytes]]


def chat_asked(messages: Sequence[object]) -> dict[str, object]:
    return {"model": "stub", "user": "ann", "stream": True, "messages": messages, "tools": [TOOL]}


def response_asked(messages: Sequence[object], **more: object) -> dict[str, object]:
    return {"model": "stub", "user": "ann", "stream": True, "input": as_items(messages), **more}


def as_items(messages: Sequence[object]) -> list[object]:
    """Chat messages as items of the Responses API."""
    items: list[object] = []
    for one in messages:
        assert isinstance(one, dict)
        match one:
            case {"tool_calls": calls}:
                items += [
                    {"type": "function_call", "call_id": call["id"], **call["function"]} for call in calls
                ]
            case {"role": "tool", "tool_call_id": id, "content": content}:
                items.append({"type": "function_call_output", "call_id": id, "output": content})
            case _:
                items.append(one)
    return items


def chat_and_call(text: str) -> list[bytes]:
    """Words, and then a call."""
    return [
        *stream(text, end=None),
        chunk({"tool_calls": [{"index": 0, **CALL}]}),
        chunk(end="tool_calls"),
        sse("[DONE]"),
    ]


def response_told(
    text: str,
    *after: dict[str, object],
    before: Sequence[dict[str, object]] = (),
    status: str = "completed",
    ended: bool = True,
) -> list[bytes]:
    """A response as models write it: thoughts before it, the space with the word that follows, calls behind it.

    `ended`: its message has; where the response fails it need not.
    """
    place = len(before)
    item = message(text)
    part = {"type": "output_text", "text": text, "annotations": []}
    here: Event = {"item_id": item["id"], "output_index": place, "content_index": 0}
    parts = stream(text, end=None)[1:]
    words = [json.loads(p.removeprefix(b"data: "))["choices"][0]["delta"]["content"] for p in parts]
    events: list[Event] = [
        {"type": "response.created", "response": whole(status="in_progress")},
        {"type": "response.in_progress", "response": whole(status="in_progress")},
        *(e for n, one in enumerate(before) for e in _whole_item(n, one)),
        {
            "type": "response.output_item.added",
            "output_index": place,
            "item": {**item, "content": [], "status": "in_progress"},
        },
        {"type": "response.content_part.added", **here, "part": {**part, "text": ""}},
        *(
            {
                "type": "response.output_text.delta",
                **here,
                "delta": w,
                "logprobs": [],
                "obfuscation": "Jf93",
            }
            for w in words
        ),
    ]
    if ended:
        events += [
            {"type": "response.output_text.done", **here, "text": text, "logprobs": []},
            {"type": "response.content_part.done", **here, "part": part},
            {"type": "response.output_item.done", "output_index": place, "item": item},
            *(e for n, one in enumerate(after, place + 1) for e in _whole_item(n, one)),
        ]
    output = [*before, item, *after] if ended else []
    return numbered([*events, {"type": f"response.{status}", "response": whole(*output, status=status)}])


def whole(*output: dict[str, object], status: str) -> dict[str, object]:
    """A response with known fields alone: others could hold words."""
    return {k: v for k, v in response(*output, status=status).items() if k != "x_new"}


def _whole_item(index: int, item: dict[str, object]) -> list[Event]:
    return [
        {"type": f"response.output_item.{when}", "output_index": index, "item": item}
        for when in ("added", "done")
    ]


WIRES = {
    "chat with tools": Wire("/chat/completions", chat_asked, stream),
    "chat that calls": Wire("/chat/completions", chat_asked, chat_and_call),
    "a response": Wire("/responses", response_asked, response_told),
    "a response with tools": Wire("/responses", partial(response_asked, tools=[FUNCTION]), response_told),
    "a response that calls": Wire(
        "/responses", partial(response_asked, tools=[FUNCTION]), lambda text: response_told(text, ITEM_CALL)
    ),
}
ON_EVERY_WIRE = pytest.mark.parametrize("wire", WIRES.values(), ids=list(WIRES))
RESPONSES = {k: w for k, w in WIRES.items() if w.path == "/responses"}


def driven(
    guard: Guard,
    wire: Wire,
    pieces: Iterable[bytes],
    messages: Sequence[object] = ASKED,
    shown: list[bytes] | None = None,
) -> list[bytes]:
    """What goes on of a stream, piece by piece, as clients and proxy drive it; the last is what its end brings.

    `shown` gets what comes before that, though the end be an error.
    """
    manner = Manner(
        guard.policy,
        guard.memory,
        beginnings=Beginnings(beginnings, partial(stands_alone, policy=guard.policy)),
    )
    asked = asked_for("POST", wire.path, {}, json.dumps(wire.asks(messages)).encode(), manner)
    assert asked is not None
    held = Held(asked, manner)
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


def events_of(told: bytes) -> list[dict[str, Json]]:
    splitter = Splitter()
    return list(readable([*splitter.feed(told), *splitter.rest()]))


def said(told: bytes) -> str:
    """The words of a stream, of either dialect."""
    return "".join(map(_words, events_of(told)))


def _words(data: Mapping[str, Json]) -> str:
    if data.get("type") == "response.output_text.delta":
        return str(data["delta"])
    choices = data.get("choices")
    deltas = [c.get("delta") for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []
    return "".join(str(d.get("content") or "") for d in deltas if isinstance(d, dict))


# The same reply as in `hold`


@ON_EVERY_WIRE
@pytest.mark.parametrize("file", CASES, ids=lambda path: path.stem)
def test_a_draft_of_our_own_cases_has_the_same_reply_early_and_held(
    early: Guard, file: Path, wire: Wire
) -> None:
    """Edge case 23: what was shown before the end is how that reply begins."""
    for line in file.read_text(encoding="utf-8").splitlines()[4::60]:
        one = json.loads(line)
        pieces, messages = wire.tells(one["draft"]), as_chat(one)
        reply = said(b"".join(driven(in_hold(early), wire, pieces, messages)))

        *shown, rest = map(said, driven(early, wire, pieces, messages))

        assert "".join(shown) + rest == reply, one["id"]


@ON_EVERY_WIRE
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=st.sampled_from([GOOD, FALSE]))
def test_a_stream_may_be_cut_anywhere(early: Guard, wire: Wire, data: st.DataObject, text: str) -> None:
    """Edge cases 14 and 23: pieces anywhere in the bytes."""
    raw = b"".join(wire.tells(text))
    places = data.draw(st.lists(st.integers(1, len(raw) - 1), max_size=30).map(sorted))
    pieces = [raw[a:b] for a, b in zip([0, *places], [*places, len(raw)], strict=True)]

    told = b"".join(driven(early, wire, pieces))

    assert said(told) == (GOOD if text == GOOD else BEGUN)
    assert text == FALSE or told == raw


@ON_EVERY_WIRE
def test_the_beginning_is_shown_before_the_rest_exists(early: Guard, wire: Wire) -> None:
    """Edge case 21."""
    pieces = wire.tells(FALSE)
    claimed = next(n for n, piece in enumerate(pieces) if b'"refunded"' in piece or b" refunded" in piece)

    *shown, rest = driven(early, wire, pieces)

    assert said(b"".join(shown)) == BEGUN
    assert b"".join(shown) == b"".join(pieces[: pieces.index(shown_last(shown)) + 1])
    assert pieces.index(shown_last(shown)) < claimed
    assert b"refunded" not in b"".join(shown) + rest


def shown_last(shown: Sequence[bytes]) -> bytes:
    """The last event that was shown, as it came."""
    *_, last = b"".join(shown).split(b"\n\n")[:-1]
    return last + b"\n\n"


@pytest.mark.parametrize("name", ["chat that calls", "a response that calls"])
def test_words_before_a_call_keep_what_was_good_of_them_and_the_call_goes_on(early: Guard, name: str) -> None:
    """Edge case 17: early and held; without a good beginning they go."""
    wire = WIRES[name]

    for guard in (early, in_hold(early)):
        told = b"".join(driven(guard, wire, wire.tells(FALSE)))
        assert said(told) == BEGUN
        assert b'"look_up"' in told
        assert b"refunded" not in told
        assert said(b"".join(driven(guard, wire, wire.tells(CLAIM)))) == ""
    assert early.desk.open() == []


CUT_CALL = [
    *stream(FALSE, end=None),
    chunk({"tool_calls": [{"index": 0, **CALL}]}),
    chunk(end="length"),
    sse("[DONE]"),
]


def test_a_call_that_was_cut_is_not_told_to_be_whole(early: Guard) -> None:
    """Edge case 17: its arguments may not end, whatever becomes of the words before it."""
    chat, responses = WIRES["chat that calls"], WIRES["a response that calls"]
    cut = response_told(FALSE, ITEM_CALL, status="incomplete")

    for guard in (early, in_hold(early)):
        told = b"".join(driven(guard, chat, CUT_CALL))
        assert said(told) == BEGUN
        assert b'"finish_reason": "length"' in told
        assert b'"finish_reason": "stop"' not in told
        told = b"".join(driven(guard, responses, cut))
        assert said(told) == BEGUN
        assert events_of(told)[-1]["type"] == "response.incomplete"


def test_a_call_that_was_cut_is_not_told_to_be_whole_without_a_stream(stub: Stub, guard: Guard) -> None:
    """Edge case 17."""
    answer = completion(FALSE, tool_calls=[CALL])
    answer["choices"][0]["finish_reason"] = "length"  # type: ignore[index]
    stub.answer = (200, answer)

    with sdk(stub.url) as plain:
        told = guard.wrap(plain).chat.completions.create(model="stub", messages=ASKED, tools=[TOOL])  # type: ignore[arg-type, list-item]

    assert (told.choices[0].message.content, told.choices[0].finish_reason) == (BEGUN, "length")


# Responses, as they are read


@pytest.mark.parametrize("wire", RESPONSES.values(), ids=list(RESPONSES))
@pytest.mark.parametrize("draft", [GOOD, FALSE])
def test_a_response_that_was_begun_is_one_well_formed_stream(early: Guard, wire: Wire, draft: str) -> None:
    """Edge cases 20 and 23: items begin and end once, numbers go on by one, and the end holds the words that were told."""
    told = events_of(b"".join(driven(early, wire, wire.tells(draft))))

    kinds = [str(e["type"]) for e in told]
    [end] = [e["response"] for e in told if e["type"] == "response.completed"]
    assert isinstance(end, dict)
    assert [e["sequence_number"] for e in told] == list(range(len(told)))
    for kind in ("output_item", "content_part"):
        begun = [e["output_index"] for e in told if e["type"] == f"response.{kind}.added"]
        assert begun == [e["output_index"] for e in told if e["type"] == f"response.{kind}.done"]
    reply = GOOD if draft == GOOD else BEGUN
    assert [e["text"] for e in told if e["type"] == "response.output_text.done"] == [reply]
    assert words_of(end) == reply
    assert kinds[-1] == "response.completed"


def words_of(answer: Mapping[str, Json]) -> str:
    return "".join(
        str(part["text"])  # type: ignore[index, call-overload]
        for item in answer["output"]  # type: ignore[union-attr]
        if item["type"] == "message"  # type: ignore[index, call-overload]
        for part in item["content"]  # type: ignore[index, call-overload, union-attr]
    )


@pytest.mark.parametrize("draft", [GOOD, FALSE])
def test_the_helper_of_the_sdk_adds_an_early_response_up(stub: Stub, early: Guard, draft: str) -> None:
    """Edge case 12: its first words are read while the model still writes."""
    pieces = response_told(draft)
    gate = Gate(stub, pieces, len(response_told(BEGUN)))
    read = ""

    with (
        sdk(stub.url) as plain,
        early.wrap(plain).responses.stream(model="stub", input=as_items(ASKED), user="ann") as told,  # type: ignore[arg-type]
    ):
        for event in told:
            if event.type == "response.output_text.delta":
                read += event.delta
            if read == BEGUN:
                gate.open.set()
        final = told.get_final_response()

    assert gate.opened is True
    outcome = early.outcome_of(final)
    assert isinstance(outcome, Sent if draft == GOOD else Rewritten)
    assert read == final.output_text == outcome.reply == early.last_reply("ann")


def test_thoughts_that_nobody_can_read_go_on_before_the_words(early: Guard) -> None:
    secret: dict[str, object] = {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "x"}
    wire = WIRES["a response"]

    *shown, rest = driven(early, wire, response_told(FALSE, before=[secret]))

    assert said(b"".join(shown)) == BEGUN
    assert b"encrypted_content" in shown[0]
    assert b"refunded" not in rest


def test_words_of_a_second_message_wait_for_the_verdict(early: Guard) -> None:
    """Edge case 20: the reply in place of both stands in the one that was begun."""
    wire = WIRES["a response"]

    *shown, rest = driven(early, wire, response_told(f"{BEGUN} {MORE}", message(CLAIM, "msg_2")))

    assert said(b"".join(shown)) == f"{BEGUN} {MORE}".removesuffix(" Take good care of yourself.")
    assert said(b"".join(shown) + rest) == f"{BEGUN} {MORE}"
    assert b"refunded" not in rest
    [end] = [e["response"] for e in events_of(rest) if e["type"] == "response.completed"]
    assert isinstance(end, dict)
    assert words_of(end) == f"{BEGUN} {MORE}"


BREAKS: dict[str, Callable[[], list[bytes]]] = {
    "a response that failed": lambda: response_told(GOOD, status="failed", ended=False),
    "a response that failed once it was said": lambda: response_told(GOOD, status="failed"),
    "an error of the model's": lambda: [
        *response_told(GOOD)[:-4],
        sse({"type": "error", "message": "overloaded", "sequence_number": 99}, "error"),
    ],
    "a connection that ends": lambda: response_told(GOOD)[:-4],
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_response_that_breaks_off_shows_no_more_than_what_stood_early(
    stub: Stub, early: Guard, name: str
) -> None:
    """Edge case 16."""
    stub.pieces = BREAKS[name]
    read, kinds = "", []

    with sdk(stub.url) as plain, suppress(APIError, GuardError):
        for event in early.wrap(plain).responses.create(**response_asked(ASKED)):  # type: ignore[call-overload]
            kinds.append(event.type)
            read += event.delta if event.type == "response.output_text.delta" else ""

    assert read == GOOD.removesuffix(" Take good care of yourself.") == early.last_reply("ann")
    assert "response.completed" not in kinds
    assert "response.output_item.done" not in kinds
    assert (kinds[-1] == "response.failed") is name.startswith("a response that failed")
    assert (early.outcomes, early.desk.open()) == ({}, [])


def test_a_response_that_is_cut_short_says_who_has_the_case_after_what_was_early(
    stub: Stub, guard: Guard
) -> None:
    """Edge cases 18, 20 and 22."""
    impatient = in_early(guard, hold_bytes=9000)
    noise = [b": " + b"." * 1024 + b"\n\n"] * 9
    stub.pieces = lambda: [*response_told(FALSE)[: len(response_told(BEGUN)) - 3], *noise]

    with sdk(stub.url) as plain:
        told = list(impatient.wrap(plain).responses.create(**response_asked(ASKED)))  # type: ignore[call-overload]

    [receipt] = impatient.desk.open()
    read = "".join(e.delta for e in told if e.type == "response.output_text.delta")
    outcome = impatient.outcome_of(told[-1])
    assert read.startswith(f"{BEGUN}\n\n")
    assert receipt.id in read
    assert isinstance(outcome, Withheld)
    assert read == outcome.reply == impatient.last_reply("ann") == told[-1].response.output_text
    numbers = [e.sequence_number for e in told]
    assert numbers == sorted(set(numbers))
    assert [e.type for e in told].count("response.output_item.added") == 1
    impatient.desk.close()


# What is held all the same


HELD: dict[str, dict[str, object]] = {
    "a tool of the server's": {"tools": [{"type": "web_search"}]},
    "a tool of another's": {"tools": [FUNCTION, {"type": "mcp", "server_label": "x", "server_url": "x"}]},
    "tools that nobody can read": {"tools": {"type": "function"}},
    "a stored prompt, which may bring tools": {"prompt": {"id": "pmpt_1"}},
    "JSON": {"text": {"format": {"type": "json_object"}}},
    "what runs in the background": {"background": True},
}


@pytest.mark.parametrize("name", HELD)
def test_a_response_that_may_have_to_be_taken_back_is_held(early: Guard, name: str) -> None:
    """What a server's own tool brings weighs on words that were said before it ran."""
    wire = Wire("/responses", lambda messages: response_asked(messages) | HELD[name], response_told)

    shown: list[bytes] = []
    with suppress(GuardError):  # JSON that is none
        driven(early, wire, response_told(GOOD), shown=shown)

    assert b"".join(shown) == b""


def changed(kind: str, **more: object) -> list[bytes]:
    """The stream of a false draft in which the first event of this kind says more."""
    pieces = response_told(FALSE)
    at = next(n for n, piece in enumerate(pieces) if f'"{kind}"'.encode() in piece)
    data = json.loads(pieces[at].partition(b"data: ")[2])
    for path, value in more.items():
        *above, last = path.split("__")
        holder = data
        for step in above:
            holder = holder[step]
        holder[last] = value
    pieces[at] = sse(data, kind)
    return pieces


def _with_second(pieces: list[bytes]) -> list[bytes]:
    """A second message begins before the first has ended, and says what was said of the first."""
    item = {**message("", "msg_2"), "content": [], "status": "in_progress"}
    begins = {"type": "response.output_item.added", "output_index": 1, "item": item}
    theirs = [
        p.replace(b'"msg_1"', b'"msg_2"').replace(b'"output_index": 0', b'"output_index": 1')
        for p in pieces[4:]
    ]
    return [*pieces[:6], sse(begins, "response.output_item.added"), *theirs]


MORE_THAN_WORDS: dict[str, Callable[[], list[bytes]]] = {
    "words in the response that begins": lambda: changed("response.created", response__output_text=CLAIM),
    "an item in the response that begins": lambda: changed(
        "response.created", response__output=[message(CLAIM)]
    ),
    "a field of the response that nobody knows": lambda: changed("response.created", response__x_new=CLAIM),
    "another guard's mark": lambda: changed("response.created", response__compassion_guard={"x": CLAIM}),
    "a field of the event that nobody knows": lambda: changed("response.in_progress", x_new=CLAIM),
    "words in the item that begins": lambda: changed(
        "response.output_item.added", item=message(CLAIM, content=[{"type": "output_text", "text": CLAIM}])
    ),
    "a field of an item's event that nobody knows": lambda: changed(
        "response.output_item.added", x_new=CLAIM
    ),
    "an item that nobody knows": lambda: changed(
        "response.output_item.added", item={"id": "msg_1", "type": "x_new"}
    ),
    "an item at no place": lambda: [
        re.sub(rb'"output_index": \d+, ?', b"", piece) for piece in response_told(FALSE)
    ],
    "two messages at once": lambda: _with_second(response_told(FALSE)),
    "a part that nobody knows": lambda: changed(
        "response.content_part.added", part={"type": "x_new", "text": ""}
    ),
    "a field of a part's event that nobody knows": lambda: changed(
        "response.content_part.added", x_new=CLAIM
    ),
    "a part of another message": lambda: changed("response.content_part.added", item_id="msg_2"),
    "commentary": lambda: changed("response.output_item.added", item__phase="commentary"),
    "a call that begins": lambda: changed("response.output_item.added", item=ITEM_CALL),
    "a thought that can be read": lambda: response_told(
        FALSE,
        before=[{"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": CLAIM}]}],
    ),
    "words in the part that begins": lambda: changed("response.content_part.added", part__text=CLAIM),
    "a refusal": lambda: changed("response.content_part.added", part={"type": "refusal", "refusal": CLAIM}),
    "words of another message": lambda: changed("response.output_text.delta", item_id="msg_2"),
    "words at another place": lambda: changed("response.output_text.delta", output_index=1),
    "words of another part": lambda: changed("response.output_text.delta", content_index=1),
    "log probabilities": lambda: changed("response.output_text.delta", logprobs=[{"token": CLAIM}]),
    "a padding that has words": lambda: changed("response.output_text.delta", obfuscation=CLAIM),
    "a name that is another": lambda: [
        piece.replace(b"event: response.output_text.delta", b"event: x") for piece in response_told(FALSE)
    ],
    "a comment inside": lambda: [
        piece.replace(b"event: response.in_progress", b": I've refunded you.\nevent: response.in_progress")
        for piece in response_told(FALSE)
    ],
}


@pytest.mark.parametrize("name", MORE_THAN_WORDS)
def test_what_is_more_than_words_waits_for_the_verdict_and_all_behind_it(early: Guard, name: str) -> None:
    """Edge case 21: whatever it is, early streams show nothing of it."""
    shown: list[bytes] = []

    with suppress(GuardError):
        driven(early, WIRES["a response with tools"], MORE_THAN_WORDS[name](), shown=shown)

    assert b"".join(shown) == b""


def test_a_comment_between_the_events_of_a_response_is_left_out(early: Guard) -> None:
    pieces = response_told(FALSE)
    pieces.insert(3, f": {CLAIM}\n\n".encode())

    told = driven(early, WIRES["a response"], pieces)

    assert said(told[0]) == BEGUN
    assert b"refunded" not in b"".join(told)


def test_a_response_says_that_it_is_early(stub: Stub, early: Guard) -> None:
    stub.pieces = lambda: response_told(GOOD)

    with sdk(stub.url) as plain:
        told = early.wrap(plain).responses.with_raw_response.create(**response_asked(ASKED))  # type: ignore[call-overload]

        assert told.headers["x-compassion-stream"] == "early"


def test_words_before_a_call_go_whole_where_no_stream_is_early_for_the_judge_is_a_model(guard: Guard) -> None:
    """Only the local judge reads a beginning in an instant."""
    policy = replace(guard.policy, exchange=Exchange(), judging=replace(guard.policy.judging, by="cascade"))
    wire = WIRES["chat that calls"]

    told = b"".join(driven(Guard(policy, guard.settings), wire, wire.tells(FALSE)))

    assert said(told) == ""
