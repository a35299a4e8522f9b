"""The Responses API on the wire: the real SDK, its own state machine, and a model on loopback."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI
from openai.types.responses import FunctionToolParam, ParsedResponse, Response, ResponseInputParam
from pydantic import BaseModel

from guard import Authority, Guard, Rewritten, Sent, UnguardedError, Withheld
from guard import policy as policies
from guard.client import GuardedCallError, WithheldCallError
from guard.exchange.memory import Memory, Shelf, Shown
from guard.settings import Settings
from tests.cases import EMPTY_SORRY, REPLACE
from tests.stub import GOOD, Stub, message, numbered, response, response_stream, sse

Item = dict[str, object]

BROKEN = "My lamp came broken, I want a replacement."
REFUND = "Please refund the $40 for order #48213 to my card."
REFUNDED = "I've refunded the $40 to your card."
OF_THE_DRAFT = ("completely", "frustrating", "sincerely", "apologize", "assured", "looking")
"""Words that only the draft holds."""
TEXT_EVENTS = (
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
)


def plain(stub: Stub, retries: int = 0) -> OpenAI:
    """The SDK as it is; the stub speaks HTTP, so no certificates are loaded, which takes longer than a test."""
    http = DefaultHttpxClient(verify=False)
    return OpenAI(api_key="k", base_url=stub.url, max_retries=retries, http_client=http)


def aplain(stub: Stub) -> AsyncOpenAI:
    http = DefaultAsyncHttpxClient(verify=False)
    return AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0, http_client=http)


@pytest.fixture
def client(stub: Stub, guard: Guard) -> Iterator[OpenAI]:
    with plain(stub) as bare:
        yield guard.wrap(bare)


@pytest.fixture
def rewriter(tmp_path: Path) -> Iterator[Guard]:
    """A guard that may send a replacement, so that it has a step to offer."""
    policy = replace(policies.shipped(), authority=Authority((REPLACE,)))
    made = Guard(policy, Settings(home=tmp_path / "home"))
    yield made
    made.desk.close()


def reborn(guard: Guard) -> Guard:
    """Another guard on the same data directory: the process that comes after a restart."""
    return Guard(guard.policy, guard.settings)


def wrapped(guard: Guard, stub: Stub) -> OpenAI:
    return guard.wrap(plain(stub))


def streams(stub: Stub, pieces: Iterable[bytes]) -> bytes:
    """Let the stub answer with this stream; its bytes."""
    told = list(pieces)
    stub.pieces = lambda: told
    return b"".join(told)


def wire(client: OpenAI, asked: str = BROKEN, **options: object) -> bytes:
    """The raw bytes of a streamed answer."""
    ask = client.responses.with_streaming_response.create
    with ask(model="stub", input=asked, stream=True, extra_body=options) as raw:
        return b"".join(raw.iter_bytes())


def parsed(raw: bytes) -> list[Item]:
    """The data of every event."""
    return [json.loads(line[6:]) for line in raw.decode().split("\n") if line.startswith("data: ")]


def as_stream(middle: Sequence[Item], *output: Item, status: str = "completed") -> list[bytes]:
    """A stream of exactly these events between its beginning and its end."""
    begun: Item = {"type": "response.created", "response": response(status="in_progress")}
    end: Item = {"type": f"response.{status}", "response": response(*output, status=status)}
    return numbered([begun, *middle, end])


def the_part(item: Item) -> Item:
    content = item["content"]
    assert isinstance(content, list)
    found: Item = content[0]
    return found


def told_message(item: Item, index: int) -> list[Item]:
    """The events of a message of one text part."""
    at: Item = {"output_index": index, "content_index": 0, "item_id": item["id"]}
    part = the_part(item)
    text = part["text"]
    return [
        {
            "type": "response.output_item.added",
            "output_index": index,
            "item": {**item, "content": [], "status": "in_progress"},
        },
        {"type": "response.content_part.added", **at, "part": {**part, "text": ""}},
        {"type": "response.output_text.delta", **at, "delta": text, "logprobs": []},
        {"type": "response.output_text.done", **at, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


def refusal(text: str, id: str = "msg_1") -> Item:
    return {**message("", id), "content": [{"type": "refusal", "refusal": text}]}


def told_refusal(item: Item) -> list[Item]:
    at: Item = {"output_index": 0, "content_index": 0, "item_id": item["id"]}
    part = the_part(item)
    text = part["refusal"]
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.content_part.added", **at, "part": {"type": "refusal", "refusal": ""}},
        {"type": "response.refusal.delta", **at, "delta": text},
        {"type": "response.refusal.done", **at, "refusal": text},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]


def call(name: str = "find_order", id: str = "call_1", arguments: str = '{"order": "48213"}') -> Item:
    return {
        "id": f"fc_{id}",
        "type": "function_call",
        "call_id": id,
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


FIND_ORDER: FunctionToolParam = {"type": "function", "name": "find_order", "parameters": {}, "strict": False}


def brought(output: str, id: str = "call_1") -> Item:
    return {"type": "function_call_output", "call_id": id, "output": output}


def refund_call(output: str | None = '{"ok": true, "amount": 40}', **more: object) -> Item:
    """A hosted call that refunds $40."""
    return {
        "id": "mcp_1",
        "type": "mcp_call",
        "server_label": "shop",
        "name": "issue_refund",
        "arguments": '{"order": "48213", "amount": 40}',
        "output": output,
        "error": None,
        "status": "completed",
        **more,
    }


def thought(text: str, **more: object) -> Item:
    summary = [{"type": "summary_text", "text": text}]
    return {"id": "rs_1", "type": "reasoning", "summary": summary, "encrypted_content": "c2VjcmV0", **more}


def two_parts(first: str, second: str) -> Item:
    parts = [{"type": "output_text", "text": text, "annotations": []} for text in (first, second)]
    return {**message(""), "content": parts}


def items(*given: Item) -> ResponseInputParam:
    """Input as a list of items: the SDK's types are narrower than what it sends."""
    return list(given)  # type: ignore[arg-type]


def developer_words(request: Item) -> str:
    """What the request tells the model about what the customer saw; empty where it tells nothing."""
    asked = request["input"]
    listed = asked if isinstance(asked, list) else []
    return "\n".join(item["content"] for item in listed if item.get("role") == "developer")


# 24: what is reply text


@pytest.mark.parametrize(
    "kind",
    [
        "reasoning_text",
        "reasoning_summary_text",
        "function_call_arguments",
        "code_interpreter_call_code",
        "custom_tool_call_input",
        "mcp_call_arguments",
        "shell_call_command",
    ],
)
def test_deltas_of_anything_but_words_to_the_customer_are_no_reply(
    client: OpenAI, stub: Stub, guard: Guard, kind: str
) -> None:
    """Edge case 24."""
    other: Item = {
        "type": f"response.{kind}.delta",
        "item_id": "x_1",
        "output_index": 1,
        "delta": EMPTY_SORRY,
    }
    came = streams(stub, as_stream([*told_message(message(GOOD), 0), other], message(GOOD)))

    assert wire(client) == came
    assert guard.desk.open() == []


def test_deltas_of_a_refusal_are_a_reply(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 24."""
    streams(stub, as_stream(told_refusal(refusal(EMPTY_SORRY)), refusal(EMPTY_SORRY)))

    raw = wire(client)

    assert not any(word in raw.decode() for word in OF_THE_DRAFT)
    assert len(guard.desk.open()) == 1


def test_a_spoken_reply_that_nobody_asked_for_is_not_passed_on_in_a_stream(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 24."""
    spoken: Item = {"type": "response.audio.transcript.delta", "delta": "I have refunded you $500."}
    streams(stub, as_stream([*told_message(message(GOOD), 0), spoken], message(GOOD)))

    with pytest.raises(UnguardedError):
        wire(client)


def test_the_thoughts_behind_a_withheld_draft_are_in_no_event(client: OpenAI, stub: Stub) -> None:
    """Edge case 24."""
    at: Item = {"item_id": "rs_1", "output_index": 0}
    streams(
        stub,
        as_stream(
            [
                {"type": "response.output_item.added", "output_index": 0, "item": thought("")},
                {"type": "response.reasoning_summary_text.delta", **at, "delta": EMPTY_SORRY},
                {"type": "response.reasoning_text.delta", **at, "content_index": 0, "delta": EMPTY_SORRY},
                {"type": "response.output_item.done", "output_index": 0, "item": thought(EMPTY_SORRY)},
                *told_message(message(EMPTY_SORRY), 1),
            ],
            thought(EMPTY_SORRY),
            message(EMPTY_SORRY),
        ),
    )

    raw = wire(client).decode()

    assert not any(word in raw for word in OF_THE_DRAFT)
    assert "c2VjcmV0" in raw


def test_thoughts_told_as_content_parts_go_with_a_withheld_draft_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 24."""
    at: Item = {"item_id": "rs_1", "output_index": 0, "content_index": 0}
    part = {"type": "reasoning_text", "text": EMPTY_SORRY}
    streams(
        stub,
        as_stream(
            [
                {"type": "response.output_item.added", "output_index": 0, "item": thought("")},
                {"type": "response.content_part.done", **at, "part": part},
                {"type": "response.output_item.done", "output_index": 0, "item": thought(EMPTY_SORRY)},
                *told_message(message(EMPTY_SORRY), 1),
            ],
            thought(EMPTY_SORRY),
            message(EMPTY_SORRY),
        ),
    )

    assert not any(word in wire(client).decode() for word in OF_THE_DRAFT)


def test_the_thoughts_behind_a_reply_that_goes_out_stay_where_they_are(client: OpenAI, stub: Stub) -> None:
    """Edge case 24."""
    stub.answer = (200, response(thought("I apologize."), message(GOOD)))

    raw = client.responses.with_raw_response.create(model="stub", input=BROKEN)

    assert "I apologize." in raw.text


# 25: several messages, parts, phases, refusals


@pytest.mark.parametrize(
    "output",
    [
        [message(GOOD, "msg_1"), message(REFUNDED, "msg_2")],
        [message(REFUNDED, "msg_1"), message(GOOD, "msg_2")],
        [two_parts(GOOD, REFUNDED)],
        [{**two_parts(GOOD, ""), "content": [*refusal(GOOD)["content"], *message(REFUNDED)["content"]]}],  # type: ignore[misc]
    ],
)
def test_all_that_the_customer_reads_is_judged_as_one_reply(
    client: OpenAI, stub: Stub, guard: Guard, output: list[Item]
) -> None:
    """Edge case 25."""
    stub.answer = (200, response(*output, tools=[{"type": "mcp"}]))

    told = client.responses.create(model="stub", input=BROKEN, tools=[{"type": "web_search"}])

    outcome = guard.outcome_of(told)
    assert outcome.judgement.verdict == "unbacked_claim"
    assert told.output_text == outcome.reply
    assert "refunded" not in told.model_dump_json()


def test_a_reply_in_place_of_several_messages_stands_once_and_their_ids_stay(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 25."""
    stub.answer = (200, response(message(EMPTY_SORRY, "msg_1"), message(EMPTY_SORRY, "msg_2")))

    told = client.responses.create(model="stub", input=BROKEN)

    assert [item.id for item in told.output] == ["msg_1", "msg_2"]
    assert told.output_text == guard.outcome_of(told).reply
    assert len(guard.desk.open()) == 1
    assert not any(word in told.model_dump_json() for word in OF_THE_DRAFT)


def test_a_reply_in_place_of_a_draft_stands_in_the_final_answer_not_in_the_commentary(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 25."""
    stub.answer = (
        200,
        response(
            message("One moment.", "msg_1", phase="commentary"),
            message(EMPTY_SORRY, "msg_2", phase="final_answer"),
        ),
    )

    told = client.responses.create(model="stub", input=BROKEN)

    by_phase = {item.phase: item.content for item in told.output if item.type == "message"}
    [part] = by_phase["final_answer"]
    assert part.type == "output_text"
    assert "CG-" in part.text


def test_commentary_and_a_final_answer_that_acts_arrive_byte_for_byte(client: OpenAI, stub: Stub) -> None:
    """Edge case 25."""
    body = json.dumps(
        response(
            message("Let me look that up for you.", "msg_1", phase="commentary"),
            message(GOOD, "msg_2", phase="final_answer"),
        )
    )
    stub.answer = (200, body.encode())

    raw = client.responses.with_raw_response.create(model="stub", input=BROKEN)

    assert raw.text.startswith(body[:-1])


def test_commentary_beside_a_call_passes_untouched_and_nobody_is_called(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 25."""
    stub.answer = (200, response(message("Let me look that up.", phase="commentary"), call()))

    told = client.responses.create(model="stub", input=BROKEN)

    assert told.output_text == "Let me look that up."
    assert guard.desk.open() == []


def test_a_refusal_without_a_step_is_withheld_and_what_stands_for_it_is_text(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 25."""
    stub.answer = (200, response(refusal(EMPTY_SORRY)))

    told = client.responses.create(model="stub", input=BROKEN)

    outcome = guard.outcome_of(told)
    assert isinstance(outcome, Withheld)
    assert told.output_text == outcome.reply
    assert "refusal" not in told.model_dump_json()


def test_a_refusal_with_a_step_goes_out_as_a_refusal(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 25."""
    stub.answer = (200, response(refusal(GOOD)))

    told = client.responses.create(model="stub", input=BROKEN)

    assert isinstance(guard.outcome_of(told), Sent)
    [item] = told.output
    assert item.type == "message"
    assert item.content[0].type == "refusal"


# 26: streams in place of a draft


def test_no_word_of_a_withheld_draft_is_on_the_wire(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 26."""
    streams(stub, response_stream(message(EMPTY_SORRY)))

    raw = wire(client).decode()

    assert not any(word in raw for word in OF_THE_DRAFT)
    assert guard.desk.open()[0].id in raw


def test_no_word_of_a_rewritten_draft_is_on_the_wire(rewriter: Guard, stub: Stub) -> None:
    """Edge case 26."""
    streams(stub, response_stream(message(EMPTY_SORRY)))

    with wrapped(rewriter, stub) as client:
        raw = wire(client).decode()

    assert not any(word in raw for word in OF_THE_DRAFT)
    assert "order number" in raw


def test_no_word_of_a_draft_is_on_the_wire_where_the_final_response_left_an_item_out(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 26."""
    added: Item = {"type": "response.output_item.added", "output_index": 0, "item": thought("")}
    done: Item = {"type": "response.output_item.done", "output_index": 0, "item": thought("")}
    said = message(EMPTY_SORRY)
    streams(stub, as_stream([added, done, *told_message(said, 1)], said))

    assert not any(word in wire(client).decode() for word in OF_THE_DRAFT)


def test_no_word_of_a_draft_is_on_the_wire_where_output_indexes_have_a_gap(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 26."""
    said = message(EMPTY_SORRY)
    streams(stub, as_stream(told_message(said, 1), said))

    assert not any(word in wire(client).decode() for word in OF_THE_DRAFT)


@pytest.mark.parametrize("output", [[message(EMPTY_SORRY)], [two_parts(EMPTY_SORRY, EMPTY_SORRY)]])
def test_delta_done_part_item_and_response_of_a_told_stream_agree(
    client: OpenAI, stub: Stub, guard: Guard, output: list[Item]
) -> None:
    """Edge case 26."""
    streams(stub, response_stream(*output))

    stream = client.responses.create(model="stub", input=BROKEN, stream=True)
    said: dict[str, str] = {}
    for event in stream:
        match event.type:
            case "response.output_text.delta":
                said[event.type] = said.get(event.type, "") + event.delta
            case "response.output_text.done":
                said[event.type] = event.text
            case "response.content_part.done" if event.part.type == "output_text":
                said[event.type] = event.part.text
            case "response.output_item.done" if event.item.type == "message":
                [part] = event.item.content
                said[event.type] = part.text if part.type == "output_text" else ""
            case "response.completed":
                said[event.type] = event.response.output_text
                outcome = guard.outcome_of(event)

    assert said == dict.fromkeys(TEXT_EVENTS, outcome.reply)


def test_sequence_numbers_of_a_told_stream_rise_by_one(client: OpenAI, stub: Stub) -> None:
    """Edge case 26."""
    streams(stub, response_stream(message(EMPTY_SORRY), message(EMPTY_SORRY, "msg_2")))

    events = parsed(wire(client))

    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def test_ids_and_indexes_of_a_told_stream_are_those_of_the_models_own(client: OpenAI, stub: Stub) -> None:
    """Edge case 26."""
    search: Item = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {}}
    output = [thought(""), search, message(EMPTY_SORRY, "msg_7")]
    came = streams(stub, response_stream(*output))

    def named(raw: bytes) -> set[tuple[object, object]]:
        at = [(e.get("item", e), e["output_index"]) for e in parsed(raw) if "output_index" in e]
        return {(e.get("id") or e.get("item_id"), n) for e, n in at if isinstance(e, dict)}

    assert named(wire(client)) == named(came) == {("rs_1", 0), ("ws_1", 1), ("msg_7", 2)}


WITHHELD: list[list[Item]] = [
    [message(EMPTY_SORRY)],
    [thought("Sorry."), message(EMPTY_SORRY)],
    [refund_call(), thought("Sorry."), message(EMPTY_SORRY)],
    [message(EMPTY_SORRY), message(EMPTY_SORRY, "msg_2")],
    [message(EMPTY_SORRY), refund_call(), message(EMPTY_SORRY, "msg_2")],
    [two_parts(EMPTY_SORRY, EMPTY_SORRY)],
    [message("")],
    [thought("Sorry.")],
    [],
]


@pytest.mark.parametrize("output", WITHHELD)
def test_the_sdks_own_stream_accepts_what_stands_for_a_withheld_reply(
    client: OpenAI, stub: Stub, guard: Guard, output: list[Item]
) -> None:
    """Edge case 26."""
    streams(stub, response_stream(*output))

    with client.responses.stream(model="stub", input=BROKEN) as stream:
        final = stream.get_final_response()

    outcome = guard.outcome_of(final)
    assert isinstance(outcome, Withheld)
    assert final.output_text == outcome.reply


def test_the_sdks_own_stream_accepts_a_rewritten_reply(rewriter: Guard, stub: Stub) -> None:
    """Edge case 26."""
    streams(stub, response_stream(thought("Sorry."), message(EMPTY_SORRY)))

    with (
        wrapped(rewriter, stub) as client,
        client.responses.stream(model="stub", input=BROKEN) as stream,
    ):
        final = stream.get_final_response()

    outcome = rewriter.outcome_of(final)
    assert isinstance(outcome, Rewritten)
    assert final.output_text == outcome.reply


def test_the_sdks_own_stream_accepts_a_call_whose_words_were_taken_away(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 26."""
    streams(stub, response_stream(message(REFUNDED), call()))

    with client.responses.stream(model="stub", input=REFUND, tools=[FIND_ORDER]) as stream:
        final = stream.get_final_response()

    assert final.output_text == ""
    assert [item.type for item in final.output] == ["message", "function_call"]
    assert guard.desk.open() == []


def test_the_sdks_own_stream_accepts_what_stands_for_a_stream_that_was_cut(guard: Guard, stub: Stub) -> None:
    """Edge case 26."""
    small = replace(guard.policy, exchange=replace(guard.policy.exchange, hold_bytes=1000))
    streams(stub, response_stream(message(GOOD * 100)))
    short = Guard(small, guard.settings)

    with (
        wrapped(short, stub) as client,
        client.responses.stream(model="stub", input=BROKEN) as stream,
    ):
        final = stream.get_final_response()

    assert final.id == "resp_1"
    assert "CG-" in final.output_text
    short.desk.close()


def test_a_final_response_without_output_is_that_of_the_items_before_it(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 26."""
    end: Item = {"type": "response.completed", "response": response(output=None)}
    begun: Item = {"type": "response.created", "response": response(status="in_progress")}
    streams(stub, numbered([begun, *told_message(message(EMPTY_SORRY), 0), end]))

    with client.responses.stream(model="stub", input=BROKEN) as stream:
        final = stream.get_final_response()

    assert final.output_text == guard.outcome_of(final).reply


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_stream_that_may_go_out_is_replayed_byte_for_byte_however_it_is_cut(
    client: OpenAI, stub: Stub, end: str
) -> None:
    """Edge case 26."""
    odd = b": a comment\n\n" + sse({"type": "keepalive", "sequence_number": 9}, "keepalive")
    whole = odd + b"".join(response_stream(message(f"Grüße! {GOOD}")))
    whole = whole.replace(b"\n", end.encode())

    came = streams(stub, [whole[n : n + 7] for n in range(0, len(whole), 7)])

    assert wire(client) == came


LIES: list[tuple[str, Item]] = [
    ("delta", {"type": "response.output_text.delta", "delta": REFUNDED}),
    ("done", {"type": "response.output_text.done", "text": REFUNDED}),
    ("refusal", {"type": "response.refusal.delta", "delta": REFUNDED}),
    ("part", {"type": "response.content_part.done", "part": {"type": "output_text", "text": REFUNDED}}),
    ("item", {"type": "response.output_item.done", "item": message(REFUNDED)}),
    ("response", {"type": "response.in_progress", "response": response(message(REFUNDED))}),
]


@pytest.mark.parametrize("lie", [event for _, event in LIES], ids=[name for name, _ in LIES])
def test_a_stream_that_says_other_words_than_its_final_response_raises(
    client: OpenAI, stub: Stub, lie: Item
) -> None:
    """Edge case 26."""
    at: Item = {"output_index": 0, "content_index": 1, "item_id": "msg_1"}
    streams(stub, as_stream([*told_message(message(GOOD), 0), {**at, **lie}], message(GOOD)))

    with pytest.raises(GuardedCallError, match="other words"):
        wire(client)


def test_a_stream_that_breaks_off_raises_and_hands_nothing_over(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 26."""
    streams(stub, response_stream(message(EMPTY_SORRY))[:-1])

    with pytest.raises(GuardedCallError, match="broke off"):
        wire(client)
    assert guard.desk.open() == []


def test_an_error_in_the_middle_of_a_stream_arrives_and_no_word_before_it(client: OpenAI, stub: Stub) -> None:
    """Edge case 26."""
    error: Item = {"type": "error", "code": "server_error", "message": "overloaded", "param": None}
    streams(stub, numbered([*told_message(message(EMPTY_SORRY), 0), error]))

    events = list(client.responses.create(model="stub", input=BROKEN, stream=True))

    assert [event.type for event in events] == ["error"]


def test_code_that_a_hosted_tool_ran_stays_in_a_told_stream(client: OpenAI, stub: Stub) -> None:
    """Edge case 26."""
    ran: Item = {
        "id": "ci_1",
        "type": "code_interpreter_call",
        "code": "40 + 2",
        "container_id": "c",
        "outputs": [],
        "status": "completed",
    }
    code: Item = {
        "type": "response.code_interpreter_call_code.delta",
        "output_index": 0,
        "item_id": "ci_1",
        "delta": "40 + 2",
    }
    added: Item = {"type": "response.output_item.added", "output_index": 0, "item": {**ran, "code": ""}}
    done: Item = {"type": "response.output_item.done", "output_index": 0, "item": ran}
    streams(
        stub,
        as_stream([added, code, done, *told_message(message(EMPTY_SORRY), 1)], ran, message(EMPTY_SORRY)),
    )

    assert code.items() <= parsed(wire(client))[2].items()


# 27: background responses


def test_a_queued_response_has_nothing_to_judge(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 27."""
    stub.answer = (200, response(status="queued"))

    told = client.responses.create(model="stub", input=BROKEN, background=True)

    assert told.status == "queued"
    assert guard.desk.open() == []


def test_a_background_reply_is_withheld_however_often_it_is_read_and_handed_over_once(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [
        (200, response(status="queued")),
        (200, response(status="in_progress")),
        *[(200, response(message(EMPTY_SORRY)))] * 3,
    ]
    client.responses.create(model="stub", input=BROKEN, background=True)
    client.responses.retrieve("resp_1")

    said = [client.responses.retrieve("resp_1").output_text for _ in range(3)]

    [receipt] = guard.desk.open()
    assert receipt.id in said[0]
    assert len(set(said)) == 1


def test_a_background_reply_stays_judged_when_its_handoff_is_resolved(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued")), *[(200, response(message(EMPTY_SORRY)))] * 2]
    client.responses.create(model="stub", input=BROKEN, background=True)
    first = client.responses.retrieve("resp_1").output_text
    guard.desk.resolve(guard.desk.open()[0].id)

    assert client.responses.retrieve("resp_1").output_text == first
    assert guard.desk.open() == []


def test_a_background_reply_that_may_go_out_is_read_again_byte_for_byte(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    body = json.dumps(response(message(GOOD)), indent=3).encode()
    stub.script = [(200, response(status="queued")), (200, body), (200, body)]
    client.responses.create(model="stub", input=BROKEN, background=True)

    first = guard.outcome_of(client.responses.retrieve("resp_1"))
    again = client.responses.with_raw_response.retrieve("resp_1")

    assert isinstance(first, Sent)
    assert again.content == body


def test_words_of_a_response_on_its_way_are_no_reply_yet(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 27."""
    begun = message("I'm so sorry to hear that.", status="in_progress")
    whole = message(f"I'm so sorry to hear that. {GOOD}")
    stub.script = [
        (200, response(status="queued")),
        (200, response(begun, status="in_progress")),
        (200, response(whole)),
    ]
    client.responses.create(model="stub", input=BROKEN, background=True)
    client.responses.retrieve("resp_1")

    assert client.responses.retrieve("resp_1").output_text.endswith(GOOD)
    assert guard.desk.open() == []


def test_a_hosted_call_is_one_call_however_often_its_response_is_read(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [
        (200, response(status="queued")),
        *[(200, response(refund_call(), status="in_progress"))] * 2,
        (200, response(refund_call(), message(REFUNDED))),
    ]
    client.responses.create(model="stub", input=REFUND, background=True)
    for _ in range(2):
        client.responses.retrieve("resp_1")

    outcome = guard.outcome_of(client.responses.retrieve("resp_1"))

    assert [ran.name for ran in outcome.case.evidence or ()] == ["issue_refund"]


def test_a_background_reply_that_is_read_as_a_stream_is_withheld_as_when_it_is_polled(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued")), (200, response(message(EMPTY_SORRY)))]
    streams(stub, response_stream(message(EMPTY_SORRY)))
    client.responses.create(model="stub", input=BROKEN, background=True)
    polled = client.responses.retrieve("resp_1").output_text

    with client.responses.with_streaming_response.retrieve("resp_1", stream=True) as raw:
        told = b"".join(raw.iter_bytes()).decode()

    assert json.dumps(polled) in told
    assert not any(word in told for word in OF_THE_DRAFT)
    assert len(guard.desk.open()) == 1


def test_a_resumed_stream_tells_the_reply_whole_where_none_of_it_was_told(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued"))]
    streams(stub, response_stream(message(EMPTY_SORRY))[2:])
    client.responses.create(model="stub", input=BROKEN, background=True)

    events = list(client.responses.retrieve("resp_1", stream=True, starting_after=1))

    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert said == guard.outcome_of(events[-1]).reply
    assert "starting_after=1" in stub.requests[-1].path


def test_a_resumed_stream_goes_on_from_the_number_it_was_asked_for(client: OpenAI, stub: Stub) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued"))]
    streams(stub, response_stream(message(EMPTY_SORRY))[2:])
    client.responses.create(model="stub", input=BROKEN, background=True)

    events = list(client.responses.retrieve("resp_1", stream=True, starting_after=1))

    assert [event.sequence_number for event in events] == list(range(2, 2 + len(events)))


def test_a_resumed_stream_does_not_say_again_what_it_has_said(client: OpenAI, stub: Stub) -> None:
    """Edge case 27."""
    whole = response_stream(message(EMPTY_SORRY))
    streams(stub, whole)
    first = list(client.responses.create(model="stub", input=BROKEN, background=True, stream=True))
    [said] = [e.sequence_number for e in first if e.type == "response.output_text.delta"]
    streams(stub, whole[said + 1 :])

    again = list(client.responses.retrieve("resp_1", stream=True, starting_after=said))

    assert [event.type for event in again if event.type == "response.output_text.delta"] == []


@pytest.mark.parametrize("after", [0, 3, 5, 8])
def test_a_resumed_stream_that_may_go_out_is_replayed_from_anywhere(
    client: OpenAI, stub: Stub, after: int
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued"))]
    came = streams(stub, response_stream(message(GOOD))[after + 1 :])
    client.responses.create(model="stub", input=BROKEN, background=True)
    ask = client.responses.with_streaming_response.retrieve

    with ask("resp_1", stream=True, starting_after=after) as raw:
        assert b"".join(raw.iter_bytes()) == came


def test_the_sdks_own_stream_reads_a_background_reply_by_its_id(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued"))]
    streams(stub, response_stream(message(EMPTY_SORRY)))
    client.responses.create(model="stub", input=BROKEN, background=True)

    with client.responses.stream(response_id="resp_1", starting_after=3) as stream:
        final = stream.get_final_response()

    assert final.output_text == guard.outcome_of(final).reply


def test_a_cancelled_response_loses_the_words_that_nobody_judged_and_nobody_is_called(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [
        (200, response(status="queued")),
        (200, response(message(EMPTY_SORRY), status="cancelled")),
    ]
    client.responses.create(model="stub", input=BROKEN, background=True)

    told = client.responses.cancel("resp_1")

    assert (told.status, told.output_text) == ("cancelled", "")
    assert guard.desk.open() == []


def test_cancelling_too_late_gives_the_reply_as_it_was_judged(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued")), *[(200, response(message(EMPTY_SORRY)))] * 2]
    client.responses.create(model="stub", input=BROKEN, background=True)

    late = client.responses.cancel("resp_1").output_text

    assert client.responses.retrieve("resp_1").output_text == late
    assert guard.desk.open()[0].id in late


def test_a_background_reply_in_json_is_an_error_as_it_is_in_the_foreground(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 27."""
    form = {"text": {"format": {"type": "json_object"}}}
    stub.script = [
        (200, response(status="queued")),
        (200, response(message(json.dumps({"reply": EMPTY_SORRY})))),
    ]
    client.responses.create(model="stub", input=BROKEN, background=True, extra_body=form)

    with pytest.raises(WithheldCallError, match="JSON"):
        client.responses.retrieve("resp_1")


def test_a_response_that_this_guard_did_not_ask_for_is_not_read_through_it(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 27."""
    for read in (client.responses.retrieve, client.responses.cancel):
        with pytest.raises(UnguardedError, match="not asked for through this guard"):
            read("resp_9")

    assert stub.calls == 0


def test_a_withheld_reply_that_is_read_after_a_restart_is_what_the_customer_saw(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    first = client.responses.create(model="stub", input=BROKEN).output_text
    after = reborn(guard)

    with wrapped(after, stub) as again:
        assert again.responses.retrieve("resp_1").output_text == first
    assert len(after.desk.open()) == 1
    after.desk.close()


# 28: what the server remembers


def next_turn(client: OpenAI, stub: Stub, told: str = GOOD, **named: str) -> Item:
    """The request of the turn after, as the model gets it."""
    stub.pieces = None
    stub.answer = (200, response(message(told), id="resp_2"))
    client.responses.create(model="stub", input="And now?", **named)  # type: ignore[call-overload]
    return stub.requests[-1].json()


def test_after_a_withheld_reply_the_model_is_told_what_the_customer_saw(client: OpenAI, stub: Stub) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    seen = client.responses.create(model="stub", input=BROKEN).output_text

    request = next_turn(client, stub, previous_response_id="resp_1")

    assert json.dumps(seen) in developer_words(request)
    assert request["input"][-1] == {"role": "user", "content": "And now?"}  # type: ignore[index]
    assert request["previous_response_id"] == "resp_1"


def test_after_a_rewritten_reply_the_model_is_told_too(rewriter: Guard, stub: Stub) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))

    with wrapped(rewriter, stub) as client:
        seen = client.responses.create(model="stub", input=BROKEN).output_text
        request = next_turn(client, stub, previous_response_id="resp_1")

    assert json.dumps(seen) in developer_words(request)


def test_after_a_withheld_stream_the_model_is_told_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 28."""
    streams(stub, response_stream(message(EMPTY_SORRY)))
    wire(client)

    assert "CG-" in developer_words(next_turn(client, stub, previous_response_id="resp_1"))


def test_after_a_withheld_background_reply_the_model_is_told_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 28."""
    stub.script = [(200, response(status="queued")), (200, response(message(EMPTY_SORRY)))]
    client.responses.create(model="stub", input=BROKEN, background=True)
    client.responses.retrieve("resp_1")

    assert "CG-" in developer_words(next_turn(client, stub, previous_response_id="resp_1"))


@pytest.mark.parametrize("named", ["conv_1", {"id": "conv_1"}])
def test_after_a_withheld_reply_in_a_conversation_the_model_is_told_once(
    client: OpenAI, stub: Stub, named: str | dict[str, str]
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    client.responses.create(model="stub", input=BROKEN, conversation=named)  # type: ignore[arg-type]

    turns = [developer_words(next_turn(client, stub, conversation="conv_1")) for _ in range(2)]

    assert "CG-" in turns[0]
    assert turns[1] == ""


def test_after_a_withheld_background_reply_in_a_conversation_the_model_is_told_too(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 28."""
    stub.script = [
        (200, response(status="queued", conversation={"id": "conv_1"})),
        (200, response(message(EMPTY_SORRY), conversation={"id": "conv_1"})),
    ]
    client.responses.create(model="stub", input=BROKEN, background=True, conversation="conv_1")
    client.responses.retrieve("resp_1")

    assert "CG-" in developer_words(next_turn(client, stub, conversation="conv_1"))


def test_after_a_withheld_reply_that_was_raised_the_model_is_told_too(guard: Guard, stub: Stub) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))

    with plain(stub) as bare:
        client = guard.wrap(bare, on_withhold="raise")
        with pytest.raises(WithheldCallError):
            client.responses.create(model="stub", input=BROKEN, conversation="conv_1")
        request = next_turn(client, stub, conversation="conv_1")

    assert "never saw" in developer_words(request)


def test_after_a_reply_that_went_out_the_next_request_goes_as_it_was_written(
    client: OpenAI, stub: Stub
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(GOOD)))
    client.responses.create(model="stub", input=BROKEN)

    assert next_turn(client, stub, previous_response_id="resp_1")["input"] == "And now?"


def test_a_withheld_reply_is_known_after_a_restart(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    seen = client.responses.create(model="stub", input=BROKEN, conversation="conv_1").output_text
    after = reborn(guard)

    with wrapped(after, stub) as again:
        for name in ({"previous_response_id": "resp_1"}, {"conversation": "conv_1"}):
            assert json.dumps(seen) in developer_words(next_turn(again, stub, **name))
    after.desk.close()


def test_a_reply_that_went_out_since_is_not_denied_after_a_restart(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    client.responses.create(model="stub", input=BROKEN, conversation="conv_1")
    next_turn(client, stub, conversation="conv_1")
    after = reborn(guard)

    with wrapped(after, stub) as again:
        assert developer_words(next_turn(again, stub, conversation="conv_1")) == ""
    after.desk.close()


def test_a_list_of_items_keeps_its_order_behind_what_the_model_is_told(client: OpenAI, stub: Stub) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    client.responses.create(model="stub", input=BROKEN)
    turns: list[Item] = [{"role": "user", "content": "Hello?"}, {"role": "user", "content": "And now?"}]
    client.responses.create(model="stub", input=items(*turns), previous_response_id="resp_1")

    asked = stub.requests[-1].json()["input"]

    assert isinstance(asked, list)
    assert asked[1:] == turns


def test_a_request_that_is_retried_tells_the_model_once_what_the_customer_saw(
    guard: Guard, stub: Stub
) -> None:
    """Edge case 28."""
    stub.headers = {"retry-after-ms": "1"}
    stub.script = [
        (200, response(message(EMPTY_SORRY))),
        (500, {"error": {"message": "overloaded"}}),
        (200, response(message(GOOD), id="resp_2")),
    ]

    with plain(stub, 1) as bare:
        client = guard.wrap(bare)
        client.responses.create(model="stub", input=BROKEN)
        client.responses.create(model="stub", input="And now?", previous_response_id="resp_1")

    first, retried = (request.json() for request in stub.requests[1:])
    assert developer_words(first).count("never saw") == 1
    assert retried == first


def test_a_conversation_that_goes_on_after_a_restart_is_the_same_case(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    first = guard.outcome_of(client.responses.create(model="stub", input=BROKEN))
    after = reborn(guard)
    stub.answer = (200, response(message(EMPTY_SORRY), id="resp_2"))

    with wrapped(after, stub) as again:
        told = again.responses.create(model="stub", input="And now?", previous_response_id="resp_1")

    assert after.outcome_of(told).case.id == first.case.id
    after.desk.close()


def test_what_was_said_before_is_in_the_case_of_the_turn_after(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(GOOD)))
    client.responses.create(model="stub", input=BROKEN)
    stub.answer = (200, response(message(EMPTY_SORRY), id="resp_2"))

    told = client.responses.create(model="stub", input="The refund.", previous_response_id="resp_1")

    assert [turn.content for turn in guard.outcome_of(told).case.turns] == [BROKEN, GOOD, "The refund."]


def test_what_the_customer_saw_and_not_the_draft_is_in_the_case_of_the_turn_after(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    seen = client.responses.create(model="stub", input=BROKEN).output_text
    stub.answer = (200, response(message(EMPTY_SORRY), id="resp_2"))

    told = client.responses.create(model="stub", input="And now?", previous_response_id="resp_1")

    assert [turn.content for turn in guard.outcome_of(told).case.turns] == [BROKEN, seen, "And now?"]


def test_a_call_before_backs_a_claim_when_only_its_output_is_in_the_input(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(call("issue_refund", arguments='{"amount": 40}')))
    client.responses.create(model="stub", input=REFUND)
    stub.answer = (200, response(message(REFUNDED), id="resp_2"))

    told = client.responses.create(
        model="stub", input=items(brought('{"ok": true, "amount": 40}')), previous_response_id="resp_1"
    )

    assert isinstance(guard.outcome_of(told), Sent)


def test_the_last_reply_is_what_the_customer_saw(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))

    told = client.responses.create(model="stub", input=BROKEN, metadata={"conversation_id": "alice"})

    assert guard.last_reply("alice") == told.output_text


def test_a_reply_that_the_server_does_not_keep_is_judged_all_the_same(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY), store=False))

    told = client.responses.create(model="stub", input=BROKEN, store=False)

    assert isinstance(guard.outcome_of(told), Withheld)


# 29: responses that did not get to their end


def test_a_failed_response_keeps_its_error_and_loses_its_words(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 29."""
    error = {"code": "server_error", "message": "overloaded"}
    stub.answer = (200, response(message(REFUNDED), status="failed", error=error))

    told = client.responses.create(model="stub", input=REFUND)

    assert (told.status, told.output_text) == ("failed", "")
    assert told.error is not None
    assert told.error.message == "overloaded"
    assert guard.desk.open() == []


@pytest.mark.parametrize("output", [[message(EMPTY_SORRY)], []], ids=["with-its-words", "without-them"])
def test_a_stream_that_failed_is_a_failed_response_without_words(
    client: OpenAI, stub: Stub, guard: Guard, output: list[Item]
) -> None:
    """Edge case 29."""
    begun = told_message(message(EMPTY_SORRY), 0)[:3]
    streams(stub, as_stream(begun, *output, status="failed"))

    raw = wire(client)

    assert parsed(raw)[-1]["type"] == "response.failed"
    assert not any(word in raw.decode() for word in OF_THE_DRAFT)
    assert guard.desk.open() == []


def test_an_incomplete_reply_that_may_not_go_out_gives_way_to_a_whole_one(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 29."""
    why = {"reason": "max_output_tokens"}
    stub.answer = (200, response(message(EMPTY_SORRY), status="incomplete", incomplete_details=why))

    told = client.responses.create(model="stub", input=BROKEN)

    assert isinstance(guard.outcome_of(told), Withheld)
    assert (told.status, told.incomplete_details) == ("completed", None)


def test_an_incomplete_reply_that_acts_stays_incomplete(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 29."""
    stub.answer = (200, response(message(GOOD), status="incomplete"))

    told = client.responses.create(model="stub", input=BROKEN)

    assert isinstance(guard.outcome_of(told), Sent)
    assert told.status == "incomplete"


def test_a_withheld_incomplete_stream_completes_for_the_sdks_own_stream(client: OpenAI, stub: Stub) -> None:
    """Edge case 29."""
    cut = message(EMPTY_SORRY, status="incomplete")
    streams(stub, as_stream(told_message(cut, 0), cut, status="incomplete"))

    with client.responses.stream(model="stub", input=BROKEN) as stream:
        final = stream.get_final_response()

    assert final.status == "completed"
    assert "CG-" in final.output_text


def test_a_reply_cut_off_before_its_first_word_is_a_reply_without_words(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 29."""
    stub.answer = (200, response(thought("Sorry."), status="incomplete"))

    told = client.responses.create(model="stub", input=BROKEN)

    assert isinstance(guard.outcome_of(told), Withheld)
    assert "CG-" in told.output_text


# 30: hosted tools


def refunded(client: OpenAI, stub: Stub, *before: Item) -> Response:
    stub.answer = (200, response(*before, message(REFUNDED)))
    mcp = {"type": "mcp", "server_label": "shop", "server_url": "https://shop.example"}
    return client.responses.create(model="stub", input=REFUND, tools=[mcp])  # type: ignore[list-item]


def test_a_hosted_call_that_refunded_backs_the_words_that_say_so(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 30."""
    told = refunded(client, stub, refund_call())

    assert isinstance(guard.outcome_of(told), Sent)


FAILED: list[Item] = [
    refund_call(None, error="card was declined", status="failed"),
    refund_call(None, error={"type": "mcp_tool_execution_error", "content": []}),
    refund_call(None, status="failed"),
    refund_call(None, status="incomplete"),
    refund_call(None, status="calling"),
    refund_call(None, status="in_progress"),
    refund_call('{"ok": true, "amount": 40}', status="failed"),
    refund_call('{"ok": false, "reason": "declined"}'),
    refund_call('{"ok": true, "amount": 25}'),
]


@pytest.mark.parametrize("ran", FAILED)
def test_a_hosted_call_that_did_not_refund_backs_nothing(
    client: OpenAI, stub: Stub, guard: Guard, ran: Item
) -> None:
    """Edge case 30."""
    told = refunded(client, stub, ran)

    assert guard.outcome_of(told).judgement.verdict == "unbacked_claim"
    assert "refunded" not in told.output_text


def test_without_a_hosted_call_nothing_was_refunded(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 30."""
    told = refunded(client, stub)

    assert guard.outcome_of(told).case.evidence == ()
    assert guard.outcome_of(told).judgement.verdict == "unbacked_claim"


def test_a_hosted_call_in_a_stream_backs_the_words_too(client: OpenAI, stub: Stub) -> None:
    """Edge case 30."""
    came = streams(stub, response_stream(refund_call(), message(REFUNDED)))

    assert wire(client, REFUND) == came


def test_a_hosted_call_is_evidence_in_the_turn_after(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 30."""
    refunded(client, stub, refund_call())
    stub.answer = (200, response(message(REFUNDED), id="resp_2"))

    told = client.responses.create(model="stub", input="Did you refund it?", previous_response_id="resp_1")

    outcome = guard.outcome_of(told)
    assert [ran.name for ran in outcome.case.evidence or ()] == ["issue_refund"]
    assert outcome.judgement.verdict != "unbacked_claim"


HOSTED: list[tuple[Item, tuple[str, str, str]]] = [
    (
        {"type": "web_search_call", "action": {"type": "search", "query": "lamp"}, "status": "completed"},
        ("web_search", "lamp", "completed"),
    ),
    (
        {"type": "web_search_call", "action": {"type": "search", "query": "lamp"}, "status": "failed"},
        ("web_search", "lamp", "failed"),
    ),
    (
        {
            "type": "file_search_call",
            "queries": ["lamp"],
            "results": [{"text": "30 days"}],
            "status": "completed",
        },
        ("file_search", "lamp", "30 days"),
    ),
    (
        {"type": "file_search_call", "queries": ["lamp"], "results": [], "status": "incomplete"},
        ("file_search", "lamp", "incomplete"),
    ),
    (
        {
            "type": "code_interpreter_call",
            "code": "40 + 2",
            "outputs": [{"type": "logs", "logs": "42"}],
            "status": "completed",
        },
        ("code_interpreter", "40 + 2", "42"),
    ),
    (
        {"type": "code_interpreter_call", "code": "1 / 0", "outputs": None, "status": "failed"},
        ("code_interpreter", "1 / 0", "failed"),
    ),
]


@pytest.mark.parametrize(("ran", "shows"), HOSTED)
def test_a_hosted_tool_is_evidence_with_its_status(
    client: OpenAI, stub: Stub, guard: Guard, ran: Item, shows: tuple[str, str, str]
) -> None:
    """Edge case 30."""
    stub.answer = (200, response({"id": "x_1", **ran}, message(GOOD)))

    told = client.responses.create(model="stub", input=BROKEN)

    [seen] = guard.outcome_of(told).case.evidence or ()
    assert seen.name == shows[0]
    assert shows[1] in seen.arguments
    assert shows[2] in seen.result


TURNS: list[Item] = [
    call(),
    {"type": "mcp_approval_request", "id": "a", "name": "f", "server_label": "shop", "arguments": "{}"},
    {"type": "custom_tool_call", "id": "a", "call_id": "c", "name": "f", "input": "x"},
    {"type": "computer_call", "id": "a", "call_id": "c", "status": "completed", "action": {}},
    {"type": "local_shell_call", "id": "a", "call_id": "c", "status": "completed", "action": {}},
    {"type": "shell_call", "id": "a", "call_id": "c", "status": "completed", "action": {}},
    {"type": "apply_patch_call", "id": "a", "call_id": "c", "status": "completed", "operation": {}},
]


@pytest.mark.parametrize("item", TURNS, ids=[str(item["type"]) for item in TURNS])
def test_a_call_that_the_app_answers_is_no_reply_and_passes_untouched(
    client: OpenAI, stub: Stub, guard: Guard, item: Item
) -> None:
    """Edge case 30."""
    body = json.dumps(response(item), indent=3).encode()
    stub.answer = (200, body)

    raw = client.responses.with_raw_response.create(model="stub", input=BROKEN)

    assert raw.content == body
    assert guard.desk.open() == []


def test_a_picture_that_was_made_is_no_reply_without_words(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 30."""
    picture: Item = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "AAAA"}
    stub.answer = (200, response(picture))

    told = client.responses.create(model="stub", input="Draw me a lamp.")

    assert [item.type for item in told.output] == ["image_generation_call"]
    assert guard.desk.open() == []


# 31: instructions, text and items as input


def judged(client: OpenAI, stub: Stub, guard: Guard, *given: Item, draft: str = REFUNDED) -> str | None:
    stub.answer = (200, response(message(draft)))
    told = client.responses.create(model="stub", input=items(*given))
    return guard.outcome_of(told).judgement.verdict


ASK: Item = {"role": "user", "content": REFUND}


@pytest.mark.parametrize(
    ("output", "verdict"),
    [('{"ok": true, "amount": 40}', "ok"), ('{"error": "card was declined"}', "unbacked_claim")],
)
def test_a_call_and_its_output_in_the_input_are_evidence(
    client: OpenAI, stub: Stub, guard: Guard, output: str, verdict: str
) -> None:
    """Edge case 31."""
    ran = call("issue_refund", arguments='{"amount": 40}')

    assert judged(client, stub, guard, ASK, ran, brought(output)) == verdict


def test_an_output_in_parts_is_evidence_too(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 31."""
    ran = call("issue_refund", arguments='{"amount": 40}')
    part = {"type": "input_text", "text": '{"ok": true, "amount": 40}'}

    assert judged(client, stub, guard, ASK, ran, {**brought(""), "output": [part]}) == "ok"


@pytest.mark.parametrize(("worked", "verdict"), [("c2", "ok"), ("c1", "unbacked_claim")])
def test_outputs_of_parallel_calls_belong_to_the_call_with_their_id(
    client: OpenAI, stub: Stub, guard: Guard, worked: str, verdict: str
) -> None:
    """Edge case 31."""
    failed = {"c1": "c2", "c2": "c1"}[worked]
    calls = [call("find_order", "c1"), call("issue_refund", "c2", '{"amount": 40}')]
    outputs = [
        brought('{"error": "timed out"}', failed),
        brought('{"ok": true, "amount": 40}', worked),
    ]

    assert judged(client, stub, guard, ASK, *calls, *outputs) == verdict


def test_a_hosted_call_in_the_input_is_evidence(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 31."""
    assert judged(client, stub, guard, ASK, refund_call()) == "ok"


def test_parallel_calls_in_an_answer_pass_untouched(client: OpenAI, stub: Stub) -> None:
    """Edge case 31."""
    stub.answer = (200, response(call(id="c1"), call(id="c2")))

    told = client.responses.create(model="stub", input=BROKEN)

    assert [i.call_id for i in told.output if i.type == "function_call"] == ["c1", "c2"]


def test_instructions_are_no_words_of_the_customer(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 31."""
    stub.answer = (200, response(message(GOOD)))

    told = client.responses.create(model="stub", input=BROKEN, instructions="Speak to a human: a lawyer.")

    assert isinstance(guard.outcome_of(told), Sent)
    assert [turn.content for turn in guard.outcome_of(told).case.turns] == [BROKEN]


def test_text_and_a_list_of_one_item_are_the_same_case(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 31."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    part = {"type": "input_text", "text": BROKEN}
    forms = (
        BROKEN,
        items({"role": "user", "content": BROKEN}),
        items({"type": "message", "role": "user", "content": [part]}),
    )

    turns = [guard.outcome_of(client.responses.create(model="stub", input=form)).case.turns for form in forms]

    assert turns[0] == turns[1] == turns[2]


def test_output_items_that_an_app_sends_back_are_what_was_said(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 31."""
    stub.answer = (200, response(thought("Sorry."), message(EMPTY_SORRY)))
    first = client.responses.create(model="stub", input=BROKEN)
    kept = [item.model_dump(exclude_none=True) for item in first.output]

    told = client.responses.create(
        model="stub",
        input=items({"role": "user", "content": BROKEN}, *kept, {"role": "user", "content": "And now?"}),
    )

    said = [turn.content for turn in guard.outcome_of(told).case.turns]
    assert said == [BROKEN, first.output_text, "And now?"]


@pytest.mark.parametrize("given", [[17], [{"role": "shopkeeper", "content": "Hi."}]])
def test_input_that_cannot_be_read_fails_closed(client: OpenAI, stub: Stub, given: list[object]) -> None:
    """Edge case 31."""
    stub.answer = (200, response(message(EMPTY_SORRY)))

    with pytest.raises(GuardedCallError):
        client.responses.create(model="stub", input=given)  # type: ignore[arg-type]


def test_a_message_that_cannot_be_read_fails_closed(client: OpenAI, stub: Stub) -> None:
    """Edge case 31."""
    stub.answer = (200, response({**message(""), "content": [{"type": "output_audio", "data": "AAAA"}]}))

    with pytest.raises(GuardedCallError, match=r"output\.content"):
        client.responses.create(model="stub", input=BROKEN)


# 32: what brings no reply


def test_compact_and_input_tokens_pass(client: OpenAI, stub: Stub) -> None:
    """Edge case 32."""
    stub.script = [
        (200, {"id": "resp_1", "object": "response.compaction", "created_at": 1, "output": [], "usage": {}}),
        (200, {"object": "response.input_tokens", "input_tokens": 11}),
    ]

    client.responses.compact(model="stub", input=BROKEN)
    counted = client.responses.input_tokens.count(model="stub", input=BROKEN)

    assert counted.input_tokens == 11
    assert stub.calls == 2


def test_deleting_a_response_passes(client: OpenAI, stub: Stub) -> None:
    """Edge case 32."""
    client.responses.delete("resp_1")

    assert stub.requests[0].method == "DELETE"


# 6, 23: structured, sync and async, streamed or not


class Answer(BaseModel):
    reply: str


AS_JSON = {"text": {"format": {"type": "json_object"}}}


@pytest.fixture
def fielded(tmp_path: Path) -> Iterator[Guard]:
    """A guard that knows where the reply stands in JSON."""
    shipped = policies.shipped()
    policy = replace(shipped, exchange=replace(shipped.exchange, reply_field="/reply"))
    made = Guard(policy, Settings(home=tmp_path / "home"))
    yield made
    made.desk.close()


def test_json_that_may_go_out_parses_as_it_came(client: OpenAI, stub: Stub) -> None:
    """Edge case 6, in responses."""
    text = json.dumps({"reply": GOOD}, indent=3)
    stub.answer = (200, response(message(text)))

    told = client.responses.parse(model="stub", input=BROKEN, text_format=Answer)

    assert told.output_text == text
    assert told.output_parsed == Answer(reply=GOOD)


def test_json_that_may_not_go_out_is_an_error_with_the_outcome(
    client: OpenAI, stub: Stub, guard: Guard
) -> None:
    """Edge case 6, in responses."""
    text = json.dumps({"reply": EMPTY_SORRY})
    stub.answer = (200, response(message(text)))

    with pytest.raises(WithheldCallError) as of_a_model:
        client.responses.parse(model="stub", input=BROKEN, text_format=Answer)
    with pytest.raises(WithheldCallError):
        client.responses.create(model="stub", input=BROKEN, extra_body=AS_JSON)
    streams(stub, response_stream(message(text)))
    with pytest.raises(WithheldCallError):
        wire(client, text=AS_JSON["text"])

    assert isinstance(of_a_model.value.outcome, Withheld)
    assert [of_a_model.value.outcome.receipt] == guard.desk.open()


def test_where_the_policy_names_its_field_another_reply_stands_in_the_json(
    fielded: Guard, stub: Stub
) -> None:
    """Edge case 6, in responses."""
    stub.answer = (200, response(message(json.dumps({"reply": EMPTY_SORRY}))))

    with wrapped(fielded, stub) as client:
        told = client.responses.parse(model="stub", input=BROKEN, text_format=Answer)

    assert told.output_parsed == Answer(reply=fielded.outcome_of(told).reply)


def test_the_sdks_own_stream_parses_the_json_with_another_reply(fielded: Guard, stub: Stub) -> None:
    """Edge case 6, in responses."""
    streams(stub, response_stream(message(json.dumps({"reply": EMPTY_SORRY}))))

    with (
        wrapped(fielded, stub) as client,
        client.responses.stream(model="stub", input=BROKEN, text_format=Answer) as stream,
    ):
        final: ParsedResponse[Answer] = stream.get_final_response()

    assert final.output_parsed == Answer(reply=fielded.outcome_of(final).reply)


def test_commentary_before_the_json_does_not_hide_the_reply_in_it(fielded: Guard, stub: Stub) -> None:
    """Edge case 6, in responses."""
    text = json.dumps({"reply": EMPTY_SORRY})
    stub.answer = (
        200,
        response(
            message("One moment.", "msg_1", phase="commentary"),
            message(text, "msg_2", phase="final_answer"),
        ),
    )

    with wrapped(fielded, stub) as client:
        told = client.responses.parse(model="stub", input=BROKEN, text_format=Answer)

    assert told.output_parsed == Answer(reply=fielded.outcome_of(told).reply)


def test_a_refusal_in_place_of_json_is_judged_as_words(client: OpenAI, stub: Stub, guard: Guard) -> None:
    """Edge case 6, in responses."""
    stub.answer = (200, response(refusal(GOOD)))

    told = client.responses.parse(model="stub", input=BROKEN, text_format=Answer)

    assert isinstance(guard.outcome_of(told), Sent)
    assert told.output_parsed is None


async def _joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


PARITY: list[list[Item]] = [
    [message(GOOD)],
    [message(EMPTY_SORRY)],
    [message(GOOD), message(EMPTY_SORRY, "msg_2")],
    [refund_call(), message(REFUNDED)],
    [message(REFUNDED), call()],
]


@pytest.mark.parametrize("output", PARITY)
def test_a_stream_ends_with_the_response_that_is_given_without_one(
    client: OpenAI, stub: Stub, output: list[Item]
) -> None:
    """Edge case 23, in responses."""
    stub.answer = (200, response(*output))
    whole = client.responses.create(model="stub", input=BROKEN)
    streams(stub, response_stream(*output))

    with client.responses.stream(model="stub", input=BROKEN) as stream:
        final = stream.get_final_response()

    assert final.output_text == whole.output_text
    assert [item.to_dict()["id"] for item in final.output] == [item.to_dict()["id"] for item in whole.output]


@pytest.mark.parametrize("output", PARITY)
def test_the_async_client_gives_the_same_bytes(
    client: OpenAI, stub: Stub, guard: Guard, output: list[Item]
) -> None:
    """Edge case 23, in responses."""
    streams(stub, response_stream(*output))
    marked = wire(client)

    async def ask() -> bytes:
        async with aplain(stub) as bare:
            made = guard.wrap(bare).responses.with_streaming_response
            async with made.create(model="stub", input=BROKEN, stream=True) as raw:
                return await _joined(raw.iter_bytes())

    assert _unmarked(asyncio.run(ask())) == _unmarked(marked)


def _unmarked(raw: bytes) -> list[Item]:
    """The events without the name of their outcome, which is another each time."""
    events = parsed(raw)
    for event in events:
        if isinstance(whole := event.get("response"), dict):
            whole.pop("compassion_guard", None)
    return events


def test_the_sdks_own_async_stream_accepts_what_stands_for_a_withheld_reply(stub: Stub, guard: Guard) -> None:
    """Edge case 26."""
    streams(stub, response_stream(thought("Sorry."), message(EMPTY_SORRY)))

    async def ask() -> str:
        async with aplain(stub) as bare:
            async with guard.wrap(bare).responses.stream(model="stub", input=BROKEN) as stream:
                final = await stream.get_final_response()
            assert isinstance(guard.outcome_of(final), Withheld)
            return final.output_text

    assert "CG-" in asyncio.run(ask())


def test_the_async_client_tells_the_model_what_the_customer_saw(stub: Stub, guard: Guard) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))

    async def ask() -> str:
        async with aplain(stub) as bare:
            client = guard.wrap(bare)
            first = await client.responses.create(model="stub", input=BROKEN)
            await client.responses.create(model="stub", input="And now?", previous_response_id="resp_1")
            return first.output_text

    assert json.dumps(asyncio.run(ask())) in developer_words(stub.requests[-1].json())


def test_the_async_client_withholds_a_background_reply_however_often_it_is_read(
    stub: Stub, guard: Guard
) -> None:
    """Edge case 27."""
    stub.script = [(200, response(status="queued")), *[(200, response(message(EMPTY_SORRY)))] * 3]

    async def ask() -> list[str]:
        async with aplain(stub) as bare:
            client = guard.wrap(bare)
            await client.responses.create(model="stub", input=BROKEN, background=True)
            told = [await client.responses.retrieve("resp_1") for _ in range(2)]
            return [one.output_text for one in (*told, await client.responses.cancel("resp_1"))]

    assert len(set(asyncio.run(ask()))) == 1
    assert len(guard.desk.open()) == 1


@pytest.mark.parametrize("mode", ["observe", "advise"])
def test_who_only_watches_changes_no_byte_of_a_stream(stub: Stub, tmp_path: Path, mode: str) -> None:
    """Edge case 49, in responses."""
    came = streams(stub, response_stream(message(EMPTY_SORRY)))
    watching = Guard.load(mode=mode, settings=Settings(home=tmp_path))  # type: ignore[arg-type]

    with wrapped(watching, stub) as client:
        assert wire(client) == came


def test_input_items_of_a_response_are_not_read_through_the_guard(client: OpenAI, stub: Stub) -> None:
    """Edge case 28."""
    stub.answer = (200, response(message(EMPTY_SORRY)))
    client.responses.create(model="stub", input=BROKEN)

    with pytest.raises(UnguardedError):
        client.responses.input_items.list("resp_1")


def test_an_event_loop_does_not_wait_for_the_store(stub: Stub, guard: Guard) -> None:
    """Edge case 28: what was shown before is looked up in a thread, and so is a response that is read again."""
    stub.answer = (200, response(message(GOOD), id="resp_2"))
    threads: list[str] = []

    class Store(Shelf):
        def shown(self, id: str) -> Shown | None:
            threads.append(threading.current_thread().name)
            return Shown("conv_1", GOOD)

    guard.memory = Memory(Store())

    async def ask() -> None:
        async with aplain(stub) as bare:
            client = guard.wrap(bare)
            await client.responses.create(model="stub", input="And now?", previous_response_id="resp_0")
            await client.responses.retrieve("resp_7")

    asyncio.run(ask())

    assert len(threads) == 2
    assert threading.current_thread().name not in threads
