"""One case, sixteen ways: streamed or not, sync or async, wrapped or through the proxy, chat or responses."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from openai import APIError, AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI

from guard import Authority, Guard
from guard.client import WithheldCallError
from guard.report import name_of
from tests.cases import EMPTY_SORRY, REPLACE
from tests.proxying import proxying
from tests.stub import GOOD, Request, Stub, chunk, completion, message, response, response_stream, sse

CLAIM = "I've refunded the $40 to your card."
WISH = "My lamp came broken, I want a replacement."
CHAT_CALL = {
    "id": "t1",
    "type": "function",
    "function": {"name": "look_up", "arguments": '{"order": "48213"}'},
}
ITEM_CALL: dict[str, object] = {
    "id": "fc_1",
    "type": "function_call",
    "call_id": "t1",
    "name": "look_up",
    "arguments": '{"order": "48213"}',
    "status": "completed",
}


@dataclass(frozen=True)
class Wire:
    """What the model says, and what is asked of it beside that."""

    text: str
    ends: str
    """The outcome that every way has; `none`: there is no reply; `error`: it cannot stand in the form asked for."""
    calls: bool = False
    refuses: bool = False
    as_json: bool = False
    tools: bool = False
    choices: int = 1
    wish: str = WISH
    may: tuple[str, ...] = ()


CASES = {
    "a step": Wire(GOOD, "sent"),
    "an empty sorry": Wire(EMPTY_SORRY, "withheld"),
    "an empty sorry where a step may be offered": Wire(EMPTY_SORRY, "rewritten", may=("replacement",)),
    "a claim of what no call did": Wire(CLAIM, "withheld", tools=True),
    "no words": Wire("", "withheld"),
    "a call alone": Wire("", "none", calls=True, tools=True),
    "words beside a call": Wire("Let me look that up.", "none", calls=True, tools=True),
    "a claim beside a call": Wire(CLAIM, "none", calls=True, tools=True),
    "a refusal": Wire("I'm sorry, I can't help with that.", "withheld", refuses=True),
    "a refusal with a way": Wire(
        "I can't do that. You can reach a person at +1 555 0100, every day from 9 to 5.", "sent", refuses=True
    ),
    "JSON that may go out": Wire(json.dumps({"reply": GOOD}, indent=1), "sent", as_json=True),
    "JSON that may not": Wire(json.dumps({"reply": EMPTY_SORRY}), "error", as_json=True),
    "letters of the world": Wire("Would you prefer a refund? ✓ 😀 “so” – 你好", "sent"),
    "half a letter": Wire("We sincerely apologize \ud83d.", "withheld"),
    "a long reply": Wire(" ".join([GOOD] * 100), "sent"),
    "one that is too long": Wire("x" * 20_001, "withheld"),
    "another language": Wire(
        "Wij kunnen u een nieuwe lamp sturen.", "withheld", wish="Mijn lamp is kapot, help!"
    ),
    "two choices": Wire(EMPTY_SORRY, "withheld", choices=2),
    "thanks": Wire("You're very welcome! Have a lovely day.", "sent", wish="Thanks!"),
}
Shown = tuple[str, str | None, tuple[str, ...]]
"""The outcome, its verdict, and the replies of every choice."""


def chat_answer(case: Wire) -> dict[str, object]:
    said: dict[str, object] = {"tool_calls": [CHAT_CALL]} if case.calls else {}
    if case.refuses:
        return completion(None, refusal=case.text)
    texts = [case.text or None, *[GOOD] * (case.choices - 1)]
    return completion(*texts, **said)


def chat_pieces(case: Wire) -> Iterator[bytes]:
    for index, text in enumerate([case.text, *[GOOD] * (case.choices - 1)]):
        half = len(text) // 2
        yield chunk({"role": "assistant"}, index=index)
        for part in (text[:half], text[half:]):
            yield chunk({"refusal" if case.refuses else "content": part}, index=index)
        if case.calls:
            yield chunk({"tool_calls": [{"index": 0, **CHAT_CALL}]}, index=index)
        yield chunk(end="tool_calls" if case.calls else "stop", index=index)
    yield sse("[DONE]")


def output(case: Wire) -> list[dict[str, object]]:
    said = message(case.text)
    if case.refuses:
        said["content"] = [{"type": "refusal", "refusal": case.text}]
    return [*([said] if case.text or not case.calls else []), *([ITEM_CALL] if case.calls else [])]


def response_pieces(case: Wire) -> Iterator[bytes]:
    if case.refuses:  # the helper tells texts: what it says of parts is what it says of refusals
        told = [piece.decode() for piece in response_stream(message(case.text))]
        for piece in told:
            named = piece.replace("output_text", "refusal").replace('"text":', '"refusal":')
            yield named.encode()
    else:
        yield from response_stream(*output(case))


def answers(case: Wire, asked: Request) -> tuple[int, dict[str, object] | bytes | Iterator[bytes]]:
    """What the model says to a request, whichever way it comes."""
    if "responses" in asked.path:
        return 200, response_pieces(case) if asked.json().get("stream") else response(*output(case))
    return 200, chat_pieces(case) if asked.json().get("stream") else chat_answer(case)


def chat_asked(case: Wire, *, stream: bool) -> dict[str, object]:
    function = {"name": "look_up", "parameters": {"type": "object"}}
    return {
        "model": "stub",
        "user": "ann",
        "messages": [{"role": "user", "content": case.wish}],
        **({"stream": True} if stream else {}),
        **({"n": case.choices} if case.choices > 1 else {}),
        **({"tools": [{"type": "function", "function": function}]} if case.tools else {}),
        **({"response_format": {"type": "json_object"}} if case.as_json else {}),
    }


def response_asked(case: Wire, *, stream: bool) -> dict[str, object]:
    tool = {"type": "function", "name": "look_up", "parameters": {}, "strict": False}
    return {
        "model": "stub",
        "user": "ann",
        "input": case.wish,
        **({"stream": True} if stream else {}),
        **({"tools": [tool]} if case.tools else {}),
        **({"text": {"format": {"type": "json_object"}}} if case.as_json else {}),
    }


def chat_words(told: object, choices: int) -> tuple[str, ...]:
    """The reply of every choice, of an answer or of its chunks."""
    said = [""] * choices
    for piece in told if isinstance(told, list) else [told]:
        for choice in piece.choices:  # type: ignore[union-attr]
            spoken = choice.delta if isinstance(told, list) else choice.message
            said[choice.index] += (spoken.content or "") + (spoken.refusal or "")
    return tuple(said)


def response_words(told: object) -> tuple[str, ...]:
    """The reply of a response, or of the events that tell it."""
    if isinstance(told, list):
        kinds = ("response.output_text.delta", "response.refusal.delta")
        return ("".join(event.delta for event in told if event.type in kinds),)
    parts = [part for item in told.output if item.type == "message" for part in item.content]  # type: ignore[attr-defined]
    return ("".join(part.text if part.type == "output_text" else part.refusal for part in parts),)


def seen(guard: Guard, told: object, words: tuple[str, ...], before: set[int]) -> Shown:
    """What became of it: the outcome is that of this call, or there is none."""
    new = [o for o in guard.outcomes.values() if id(o) not in before]
    if not new:
        return "none", None, words
    found = guard.outcome_of(told[-1] if isinstance(told, list) else told)
    assert found in new
    return name_of(found), found.judgement.verdict, words


def refused(error: WithheldCallError | APIError) -> Shown:
    """An error in place of a reply, as an exception of ours or over HTTP: what the customer may see stands in it."""
    if isinstance(error, WithheldCallError):
        return "error", None, (error.outcome.reply,)
    assert isinstance(error.body, Mapping)
    return "error", None, (str(error.body["reply"]),)


def ask(client: OpenAI, guard: Guard, case: Wire, *, responses: bool, stream: bool) -> Shown:
    before = set(map(id, guard.outcomes.values()))
    try:
        if responses:
            told = client.responses.create(**response_asked(case, stream=stream))  # type: ignore[call-overload]
            told = list(told) if stream else told
            return seen(guard, told, response_words(told), before)
        told = client.chat.completions.create(**chat_asked(case, stream=stream))  # type: ignore[call-overload]
        told = list(told) if stream else told
        return seen(guard, told, chat_words(told, case.choices), before)
    except (WithheldCallError, APIError) as error:
        return refused(error)


async def aask(client: AsyncOpenAI, guard: Guard, case: Wire, *, responses: bool, stream: bool) -> Shown:
    before = set(map(id, guard.outcomes.values()))
    try:
        if responses:
            told = await client.responses.create(**response_asked(case, stream=stream))  # type: ignore[call-overload]
            told = [event async for event in told] if stream else told
            return seen(guard, told, response_words(told), before)
        told = await client.chat.completions.create(**chat_asked(case, stream=stream))  # type: ignore[call-overload]
        told = [piece async for piece in told] if stream else told
        return seen(guard, told, chat_words(told, case.choices), before)
    except (WithheldCallError, APIError) as error:
        return refused(error)


@asynccontextmanager
async def aclient(url: str) -> AsyncIterator[AsyncOpenAI]:
    http = DefaultAsyncHttpxClient(verify=False)
    async with AsyncOpenAI(api_key="k", base_url=url, max_retries=0, http_client=http) as made:
        yield made


async def in_a_loop(stub: Stub, proxy: str, guard: Guard, case: Wire, *, responses: bool) -> dict[str, Shown]:
    async with aclient(stub.url) as plain, aclient(f"{proxy}/v1") as proxied:
        return {
            f"async, {way}, stream={stream}": await aask(
                client, guard, case, responses=responses, stream=stream
            )
            for way, client in (("wrapped", guard.wrap(plain)), ("proxy", proxied))
            for stream in (False, True)
        }


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_one_outcome_and_one_reply_whichever_way_it_comes(
    stub: Stub, guard: Guard, name: str
) -> None:
    """Edge case 23."""
    case = CASES[name]
    may = tuple(a for a in (REPLACE,) if a.id in case.may)
    limits = replace(guard.policy.limits, draft_characters=20_000)
    judge = Guard(replace(guard.policy, authority=Authority(may), limits=limits), guard.settings)
    stub.route = lambda asked: answers(case, asked)
    ways: dict[str, Shown] = {}

    with (
        proxying(judge, stub.url) as proxy,
        OpenAI(api_key="k", base_url=stub.url, http_client=DefaultHttpxClient(verify=False)) as plain,
        OpenAI(api_key="k", base_url=f"{proxy}/v1", http_client=DefaultHttpxClient(verify=False)) as proxied,
    ):
        for responses in (False, True) if case.choices == 1 else (False,):
            for way, client in (("wrapped", judge.wrap(plain)), ("proxy", proxied)):
                for stream in (False, True):
                    told = ask(client, judge, case, responses=responses, stream=stream)
                    ways[f"{responses=}, sync, {way}, {stream=}"] = told
            found = asyncio.run(in_a_loop(stub, proxy, judge, case, responses=responses))
            ways |= {f"{responses=}, {way}": told for way, told in found.items()}
    judge.desk.close()

    first = next(iter(ways.values()))
    assert first[0] == case.ends
    assert ways == dict.fromkeys(ways, first)
    assert len(judge.desk.open()) == (case.ends in ("withheld", "error"))
