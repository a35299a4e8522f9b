"""Whole conversations with tools, replayed through the proxy: every turn as the model gives it, streamed and not."""

import json
from collections.abc import Iterator

import pytest
from openai import OpenAI

from guard import Guard, Sent, Withheld
from tests.cases import EMPTY_SORRY
from tests.proxying import proxying
from tests.stub import Stub, chunk, sse

Message = dict[str, object]
NAMES = ("find_order", "issue_refund", "find_flight", "change_flight")
TOOLS = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in NAMES]


def asks(words: str) -> Message:
    return {"role": "user", "content": words}


def says(words: str) -> Message:
    return {"role": "assistant", "content": words}


def calls(*made: tuple[str, dict[str, object]], words: str | None = None) -> Message:
    """Calls by name and arguments; their ids are their places."""
    listed = [
        {
            "id": f"call_{n}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for n, (name, arguments) in enumerate(made)
    ]
    return {"role": "assistant", "content": words, "tool_calls": listed}


def brings(result: object, place: int = 0) -> Message:
    return {"role": "tool", "tool_call_id": f"call_{place}", "content": json.dumps(result)}


TRAJECTORIES: dict[str, list[Message]] = {
    "a refund that was made": [
        {"role": "system", "content": "You are the assistant of a lamp shop."},
        asks("My lamp from order 48213 came broken, I want my money back."),
        calls(("find_order", {"order": "48213"})),
        brings({"order": "48213", "item": "lamp", "paid": 40.0}),
        says("I'm sorry about that. I can refund the $40 to your card. Shall I go ahead?"),
        asks("Yes, please."),
        calls(("issue_refund", {"order": "48213", "amount": 40.0})),
        brings({"status": "refunded", "order": "48213", "amount": 40.0}),
        says("I've refunded the $40 for order 48213 to your card."),
        asks("Thank you!"),
        says("You're very welcome! Have a lovely day."),
    ],
    "a refund that failed and is claimed all the same": [
        asks("My lamp from order 48213 came broken, I want my money back."),
        calls(
            ("find_order", {"order": "48213"}),
            ("issue_refund", {"order": "48213", "amount": 40.0}),
            words="Let me look that up for you.",
        ),
        brings({"order": "48213", "paid": 40.0}),
        brings({"error": "card declined"}, 1),
        says("I've refunded the $40 for order 48213 to your card."),
    ],
    "warmth and no more": [
        asks("I need to fly to Lisbon a day earlier, my booking is QX7PL2."),
        calls(("find_flight", {"booking": "QX7PL2"})),
        brings({"booking": "QX7PL2", "from": "Oslo", "to": "Lisbon", "date": "2026-05-20"}),
        says(EMPTY_SORRY),
        asks("And? Can you change it?"),
        calls(("change_flight", {"booking": "QX7PL2", "date": "2026-05-19"})),
        brings({"booking": "QX7PL2", "date": "2026-05-19", "status": "changed"}),
        says("I've changed booking QX7PL2: you now fly on 2026-05-19."),
    ],
}
NOT_SENT = {
    "a refund that was made": 0,
    "a refund that failed and is claimed all the same": 1,
    "warmth and no more": 1,
}


def whole(turn: Message) -> bytes:
    end = "tool_calls" if "tool_calls" in turn else "stop"
    choice = {"index": 0, "message": turn, "finish_reason": end, "logprobs": None}
    head = {"id": "c1", "object": "chat.completion", "created": 1, "model": "stub"}
    return json.dumps({**head, "choices": [choice]}, indent=1).encode()


def pieces(turn: Message) -> Iterator[bytes]:
    """The turn as a stream: words first, then each call, its arguments in pieces."""
    yield chunk({"role": "assistant", "content": ""})
    words = str(turn["content"] or "")
    yield from (chunk({"content": words[n : n + 9]}) for n in range(0, len(words), 9))
    made = turn.get("tool_calls", [])
    assert isinstance(made, list)
    for n, call in enumerate(made):
        told = call["function"]["arguments"]
        yield chunk({"tool_calls": [{"index": n, **call, "function": {**call["function"], "arguments": ""}}]})
        for k in range(0, len(told), 9):
            yield chunk({"tool_calls": [{"index": n, "function": {"arguments": told[k : k + 9]}}]})
    yield chunk(end="tool_calls" if made else "stop")
    yield sse("[DONE]")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", TRAJECTORIES)
def test_calls_pass_byte_for_byte_and_every_reply_is_judged(
    stub: Stub, guard: Guard, name: str, stream: bool
) -> None:
    """Edge cases 2, 3, 10 and 15."""
    turns = TRAJECTORIES[name]
    withheld = 0

    with proxying(guard, stub.url) as url, OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0) as client:
        for n, turn in enumerate(turns):
            if turn["role"] != "assistant":
                continue
            came = b"".join(told := list(pieces(turn))) if stream else whole(turn)
            stub.answer, stub.pieces = (200, came), (lambda told=told: told) if stream else None
            before = set(map(id, guard.outcomes.values()))
            create = client.chat.completions.with_streaming_response.create
            asked = {"model": "stub", "messages": turns[:n], "tools": TOOLS, "user": name, "stream": stream}
            with create(**asked) as response:  # type: ignore[call-overload]
                got = b"".join(response.iter_bytes())
            new = {id(o): o for o in guard.outcomes.values() if id(o) not in before}

            assert len(new) == ("tool_calls" not in turn)
            if "tool_calls" in turn:
                assert got == came
            for outcome in new.values():
                assert outcome.case.draft == turn["content"]
                sent = isinstance(outcome, Sent)
                assert (json.dumps(turn["content"])[1:-1].encode() in got) is (sent and not stream)
                assert not stream or (got == came) is sent
                withheld += isinstance(outcome, Withheld)

    assert withheld == NOT_SENT[name]
