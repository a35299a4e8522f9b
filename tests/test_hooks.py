"""Hooks, each in the real framework, with a model on loopback."""
# ruff: noqa: ANN401 - the frameworks may be missing where this is checked

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel, SecretStr

from guard import Authority, Guard, GuardError, Rewritten, Sent, UnguardedError, Withheld
from guard import policy as policies
from guard.exchange.steps import NotForProseError
from guard.settings import Settings
from tests.cases import EMPTY_SORRY, REPLACE
from tests.stub import (
    ASKED,
    GOOD,
    Stub,
    chat_stream,
    chunk,
    completion,
    message,
    response,
    response_stream,
    sse,
)

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else importing litellm asks GitHub for prices
os.environ["LANGSMITH_TRACING"] = "false"
WANTS = str(ASKED[0]["content"])
CLAIM = "I've refunded the $40 to your card."
BESIDE = "Let me look that up for you."
CALL = {"id": "t1", "type": "function", "function": {"name": "find_order", "arguments": '{"number": "A1"}'}}
REFUND = {"id": "t1", "type": "function", "function": {"name": "issue_refund", "arguments": '{"amount": 40}'}}
USAGE: dict[str, Any] = {
    "input_tokens": 1,
    "output_tokens": 1,
    "total_tokens": 2,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
FUNCTION_CALL: dict[str, object] = {
    "id": "fc_1",
    "type": "function_call",
    "call_id": "t1",
    "name": "find_order",
    "arguments": '{"number": "A1"}',
    "status": "completed",
}
TOOLS = [{"type": "function", "function": {"name": name}} for name in ("find_order", "issue_refund")]


ONE_CALL_EACH = {"connection": "close"}
"""For frameworks that never close their HTTP client."""


def calling(words: str | None = None, call: dict[str, Any] = CALL) -> dict[str, object]:
    made = completion(words, tool_calls=[call])
    choices: Any = made["choices"]
    choices[0]["finish_reason"] = "tool_calls"
    return made


def call_stream(words: str = "", call: dict[str, Any] = CALL) -> list[bytes]:
    return [
        chunk({"role": "assistant", "content": words}),
        chunk({"tool_calls": [{"index": 0, **call}]}),
        chunk(end="tool_calls"),
        sse("[DONE]"),
    ]


def streams(*each: list[bytes]) -> Callable[[], list[bytes]]:
    """A stream a request."""
    left = iter(each)
    return lambda: next(left)


@pytest.fixture
def watching(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Guard]:
    """A guard in another mode than enforce."""
    made = Guard.load(mode=request.param, settings=Settings(home=tmp_path / "watching"))
    yield made
    made.desk.close()


# The OpenAI Agents SDK: no code of ours but the wrapped client.


async def agents_run(
    client: AsyncOpenAI, api: Literal["chat_completions", "responses"], *, stream: bool
) -> str:
    agents = pytest.importorskip("agents")
    agents.set_tracing_disabled(True)
    agents.set_default_openai_api(api)
    agents.set_default_openai_client(client, use_for_tracing=False)

    def find_order(number: str) -> str:
        return f"order {number}: lamp, delivered"

    agent = agents.Agent(name="support", model="stub", tools=[agents.function_tool(find_order)])
    if not stream:
        return str((await agents.Runner.run(agent, WANTS)).final_output)
    result = agents.Runner.run_streamed(agent, WANTS)
    deltas = ""
    async for event in result.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            deltas += event.data.delta
    assert deltas == result.final_output
    return str(result.final_output)


def through_agents(
    guard: Guard, stub: Stub, api: Literal["chat_completions", "responses"], *, stream: bool
) -> str:
    pytest.importorskip("agents")

    async def run() -> str:
        async with AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0) as plain:
            return await agents_run(guard.wrap(plain), api, stream=stream)

    return asyncio.run(run())


def answers(stub: Stub, api: str, reply: str, *, stream: bool) -> None:
    """The model calls a tool, and then says this."""
    match api, stream:
        case "chat_completions", False:
            stub.script = [(200, calling()), (200, completion(reply))]
        case "chat_completions", True:
            stub.pieces = streams(call_stream(), chat_stream(reply))
        case _, False:
            stub.script = [
                (200, response(FUNCTION_CALL, usage=USAGE)),
                (200, response(message(reply), id="resp_2", usage=USAGE)),
            ]
        case _:
            stub.pieces = streams(
                response_stream(FUNCTION_CALL, usage=USAGE),  # type: ignore[arg-type]
                response_stream(message(reply), id="resp_2", usage=USAGE),  # type: ignore[arg-type]
            )


APIS = pytest.mark.parametrize("api", ["chat_completions", "responses"])
STREAMED = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@APIS
@STREAMED
def test_agents_sdk_a_good_reply_after_a_tool_ran_is_the_final_output(
    guard: Guard, stub: Stub, api: Literal["chat_completions", "responses"], stream: bool
) -> None:
    answers(stub, api, GOOD, stream=stream)

    assert through_agents(guard, stub, api, stream=stream) == GOOD

    assert stub.calls == 2
    assert b"order A1: lamp, delivered" in stub.requests[1].body
    (outcome,) = set(map(id, guard.outcomes.values()))
    sent = next(o for o in guard.outcomes.values() if id(o) == outcome)
    assert isinstance(sent, Sent)
    assert [call.name for call in sent.case.evidence or ()] == ["find_order"]


@APIS
@STREAMED
def test_agents_sdk_an_empty_apology_is_withheld_with_one_handoff(
    guard: Guard, stub: Stub, api: Literal["chat_completions", "responses"], stream: bool
) -> None:
    answers(stub, api, EMPTY_SORRY, stream=stream)

    final = through_agents(guard, stub, api, stream=stream)

    (receipt,) = guard.desk.open()
    assert receipt.id in final
    assert "apologize" not in final


# LangChain


class InThread:
    """Arguments of `invoke` for one customer."""

    ask: dict[str, Any] = {"messages": [{"role": "user", "content": WANTS}]}  # noqa: RUF012 - read only
    config: dict[str, Any] = {"configurable": {"thread_id": "thread-7"}}  # noqa: RUF012 - read only


def langchain_agent(guard: Guard, stub: Stub, *more: Any, **options: Any) -> Any:
    """The example of the module's docstring, with a tool."""
    pytest.importorskip("langchain")
    from langchain.agents import create_agent
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI

    from guard.hooks.langchain import GuardMiddleware

    @tool
    def find_order(number: str) -> str:
        """Find an order."""
        if number == "none":
            raise ValueError("no such order")
        return f"order {number}: lamp, delivered"

    @tool
    def issue_refund(amount: int) -> str:
        """Refund."""
        return f"refunded {amount}"

    stub.headers = ONE_CALL_EACH
    model = ChatOpenAI(
        model="stub", base_url=stub.url, api_key=SecretStr("k"), max_retries=0, stream_usage=False
    )
    tools = [find_order, issue_refund]
    return create_agent(model, tools, middleware=[GuardMiddleware(guard), *more], **options)


def last(state: dict[str, Any]) -> Any:
    return state["messages"][-1]


def test_langchain_a_good_reply_arrives_with_the_tools_results_as_evidence(guard: Guard, stub: Stub) -> None:
    stub.script = [(200, calling()), (200, completion(GOOD))]

    said = last(langchain_agent(guard, stub).invoke(InThread.ask))

    assert said.content == GOOD
    outcome = guard.outcome_of(said)
    assert isinstance(outcome, Sent)
    (call,) = outcome.case.evidence or ()
    assert (call.name, call.arguments, call.result) == (
        "find_order",
        '{"number": "A1"}',
        "order A1: lamp, delivered",
    )


@pytest.mark.parametrize("coloured", ["sync", "async"])
def test_langchain_an_empty_apology_is_withheld_with_one_handoff(
    guard: Guard, stub: Stub, coloured: str
) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    agent = langchain_agent(guard, stub)

    state = agent.invoke(InThread.ask) if coloured == "sync" else asyncio.run(agent.ainvoke(InThread.ask))

    (receipt,) = guard.desk.open()
    assert receipt.id in last(state).content
    assert "apologize" not in str(state)


def test_langchain_a_claim_that_a_call_backs_goes_out_and_one_that_none_backs_does_not(
    guard: Guard, stub: Stub
) -> None:
    stub.script = [(200, calling(call=REFUND)), (200, completion(CLAIM)), (200, completion(CLAIM))]
    agent = langchain_agent(guard, stub)

    assert last(agent.invoke(InThread.ask)).content == CLAIM
    assert last(agent.invoke(InThread.ask)).content != CLAIM


def test_langchain_the_thread_names_the_conversation(guard: Guard, stub: Stub) -> None:
    pytest.importorskip("langchain")
    from langgraph.checkpoint.memory import InMemorySaver

    stub.answer = (200, completion(EMPTY_SORRY))
    agent = langchain_agent(guard, stub, checkpointer=InMemorySaver())

    said = last(agent.invoke(InThread.ask, InThread.config))

    assert guard.desk.open()[0].case_id == "thread-7"
    assert guard.last_reply("thread-7") == said.content


def test_langchain_the_model_sees_next_what_the_customer_saw(guard: Guard, stub: Stub) -> None:
    pytest.importorskip("langchain")
    from langgraph.checkpoint.memory import InMemorySaver

    stub.script = [(200, completion(EMPTY_SORRY)), (200, completion(GOOD))]
    agent = langchain_agent(guard, stub, checkpointer=InMemorySaver())

    shown = last(agent.invoke(InThread.ask, InThread.config)).content
    agent.invoke({"messages": [{"role": "user", "content": "So a new lamp comes?"}]}, InThread.config)

    told: Any = stub.requests[1].json()["messages"]
    assert [m["content"] for m in told if m["role"] == "assistant"] == [shown]


def test_langchain_words_beside_a_call_stand_and_a_claim_that_no_call_made_goes(
    guard: Guard, stub: Stub
) -> None:
    for words, stays in ((BESIDE, BESIDE), (CLAIM, "")):
        stub.script = [(200, calling(words)), (200, completion(GOOD))]

        _, beside, result, reply = langchain_agent(guard, stub).invoke(InThread.ask)["messages"]

        assert beside.content == stays
        assert [call["name"] for call in beside.tool_calls] == ["find_order"]
        assert result.content == "order A1: lamp, delivered"
        assert reply.content == GOOD
    assert guard.desk.open() == []


@pytest.mark.parametrize("coloured", ["sync", "async"])
def test_langchain_a_stream_of_messages_shows_no_word_of_a_withheld_draft(
    guard: Guard, stub: Stub, coloured: str
) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    agent = langchain_agent(guard, stub)

    async def heard() -> list[str]:
        found = agent.astream(InThread.ask, stream_mode="messages")
        return [str(said.content) async for said, _ in found]

    pieces = (
        [str(said.content) for said, _ in agent.stream(InThread.ask, stream_mode="messages")]
        if coloured == "sync"
        else asyncio.run(heard())
    )

    (receipt,) = guard.desk.open()
    assert len(pieces) == 1
    assert receipt.id in pieces[0]


def test_langchain_events_tell_no_token_of_a_draft(guard: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    agent = langchain_agent(guard, stub)

    async def kinds() -> list[str]:
        return [event["event"] async for event in agent.astream_events(InThread.ask, version="v2")]

    assert "on_chat_model_stream" not in asyncio.run(kinds())


@pytest.mark.parametrize("coloured", ["sync", "async"])
def test_langchain_an_interrupt_within_the_model_call_stops_the_graph(
    guard: Guard, stub: Stub, coloured: str
) -> None:
    pytest.importorskip("langchain")
    from langchain.agents.middleware import AgentMiddleware
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.types import Command, interrupt

    class Asks(AgentMiddleware):  # type: ignore[misc,type-arg,unused-ignore]  # the framework may be missing
        def wrap_model_call(self, request: Any, handler: Any) -> Any:
            interrupt("may the model be asked?")
            return handler(request)

        async def awrap_model_call(self, request: Any, handler: Any) -> Any:
            interrupt("may the model be asked?")
            return await handler(request)

    stub.answer = (200, completion(GOOD))
    agent = langchain_agent(guard, stub, Asks(), checkpointer=InMemorySaver())

    def invoke(what: Any) -> Any:
        sync = coloured == "sync"
        return (
            agent.invoke(what, InThread.config) if sync else asyncio.run(agent.ainvoke(what, InThread.config))
        )

    assert invoke(InThread.ask)["__interrupt__"][0].value == "may the model be asked?"
    assert last(invoke(Command(resume="yes"))).content == GOOD


def test_langchain_a_call_that_failed_backs_no_claim(guard: Guard, stub: Stub) -> None:
    pytest.importorskip("langchain")
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

    stub.answer = (200, completion(CLAIM))
    calls = [{"id": "t1", "name": "issue_refund", "args": {"amount": 40}}]
    before = [
        HumanMessage(WANTS),
        AIMessage("", tool_calls=calls),
        ToolMessage("40", tool_call_id="t1", status="error"),
    ]

    said = last(langchain_agent(guard, stub).invoke({"messages": before}))

    assert said.content != CLAIM


@pytest.mark.parametrize("watching", ["observe", "advise"], indirect=True)
def test_langchain_who_watches_changes_no_word(watching: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    said = last(langchain_agent(watching, stub).invoke(InThread.ask))

    assert said.content == EMPTY_SORRY
    assert {o.judgement.verdict for o in watching.outcomes.values()} == {"synthetic_empathy"}
    assert ("compassion_guard" in said.response_metadata) is (watching.policy.mode == "advise")


def test_langchain_a_draft_in_blocks_is_replaced_with_all_that_was_thought_of_it(
    guard: Guard, stub: Stub
) -> None:
    langchain_agent(guard, stub)  # skips where there is none
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    from guard.hooks.langchain import GuardMiddleware

    class Fake(GenericFakeChatModel):
        def bind_tools(self, *_: Any, **__: Any) -> Any:
            return self

    thought = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "They sound upset: apologize."}],
    }
    draft = AIMessage(
        [thought, {"type": "text", "text": EMPTY_SORRY}],
        id="m1",
        response_metadata={"id": "resp_1", "logprobs": ["sorry"], "model_provider": "openai"},
    )
    from langchain.agents import create_agent

    agent: Any = create_agent(Fake(messages=iter([draft])), [], middleware=[GuardMiddleware(guard)])
    said = last(agent.invoke(InThread.ask))

    (receipt,) = guard.desk.open()
    assert receipt.id in said.content
    assert said.id == "m1"
    assert set(said.response_metadata) == {"model_provider", "compassion_guard"}


def test_langchain_the_blocks_of_a_call_stay_when_the_words_beside_it_go(guard: Guard, stub: Stub) -> None:
    langchain_agent(guard, stub)  # skips where there is none
    from langchain_core.messages import AIMessage, HumanMessage

    from guard.hooks.langchain import GuardMiddleware

    calls = [{"id": "t1", "name": "find_order", "args": {}}]
    block = {"type": "function_call", "call_id": "t1", "name": "find_order", "arguments": "{}"}
    draft = AIMessage([{"type": "text", "text": CLAIM}, block], tool_calls=calls)
    request: Any = SimpleNamespace(messages=[HumanMessage(WANTS)], tools=TOOLS, runtime=None)
    held: Any = GuardMiddleware(guard)
    held._held = lambda asked: asked
    response: Any = held.wrap_model_call(request, lambda _: ModelAnswer([draft]))

    assert response.result[0].content == [block]
    assert response.result[0].tool_calls == draft.tool_calls


@dataclass
class ModelAnswer:
    """What a handler returns, as far as the middleware reads it."""

    result: list[Any]
    structured_response: None = None


def structured_agent(guard: Guard, stub: Stub) -> Any:
    pytest.importorskip("langchain")
    from langchain.agents.structured_output import ProviderStrategy

    class Answer(BaseModel):
        reply: str

    return langchain_agent(guard, stub, response_format=ProviderStrategy(Answer))


def test_langchain_json_that_may_not_go_out_is_an_error_that_carries_the_outcome(
    guard: Guard, stub: Stub
) -> None:
    stub.answer = (200, completion(f'{{"reply": "{EMPTY_SORRY}"}}'))

    with pytest.raises(NotForProseError) as raised:
        structured_agent(guard, stub).invoke(InThread.ask)

    assert isinstance(raised.value.outcome, Withheld)


def test_langchain_the_field_of_a_structured_reply_is_replaced_in_the_parsed_one_too(
    stub: Stub, tmp_path: Path
) -> None:
    shipped = policies.shipped()
    policy = replace(shipped, exchange=replace(shipped.exchange, reply_field="/reply"))
    guard = Guard(policy, Settings(home=tmp_path / "structured"))
    stub.answer = (200, completion(f'{{"reply": "{EMPTY_SORRY}"}}'))

    state = structured_agent(guard, stub).invoke(InThread.ask)

    (receipt,) = guard.desk.open()
    guard.desk.close()
    assert receipt.id in state["structured_response"].reply
    assert receipt.id in last(state).content


def test_langchain_what_cannot_be_judged_raises(guard: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(GOOD))
    picture = [{"type": "image_url", "image_url": {"url": "https://example.com/lamp.png"}}]

    with pytest.raises(UnguardedError):
        langchain_agent(guard, stub).invoke({"messages": [{"role": "user", "content": picture}]})


# pydantic-ai


def pydantic_agent(guard: Guard, client: AsyncOpenAI, *, validated: bool = True) -> Any:
    """The example of the module's docstring, with a tool."""
    pytest.importorskip("pydantic_ai")
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    from guard.hooks.pydantic_ai import validator

    agent = Agent(OpenAIChatModel("stub", provider=OpenAIProvider(openai_client=client)))

    @agent.tool_plain
    def find_order(number: str) -> str:
        return f"order {number}: lamp, delivered"

    @agent.tool_plain
    def issue_refund(amount: int) -> str:
        return f"refunded {amount}"

    if validated:
        agent.output_validator(validator(guard))
    return agent


async def each(agent: Any, *asked: str, **options: Any) -> list[Any]:
    """The results of these turns of one conversation."""
    results: list[Any] = []
    for words in asked:
        history = {"message_history": results[-1].all_messages()} if results else {}
        results.append(await agent.run(words, **history, **options))
    return results


def through_pydantic_ai(guard: Guard, stub: Stub, *asked: str, **options: Any) -> list[Any]:
    async def run() -> list[Any]:
        async with AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0) as client:
            return await each(pydantic_agent(guard, client), *asked, **options)

    return asyncio.run(run())


def test_pydantic_ai_a_good_reply_arrives_with_the_tools_results_as_evidence(
    guard: Guard, stub: Stub
) -> None:
    stub.script = [(200, calling()), (200, completion(GOOD))]

    (result,) = through_pydantic_ai(guard, stub, WANTS)

    assert result.output == GOOD
    outcome = next(iter(guard.outcomes.values()))
    assert isinstance(outcome, Sent)
    (call,) = outcome.case.evidence or ()
    assert (call.name, call.arguments, call.result) == (
        "find_order",
        '{"number":"A1"}',
        "order A1: lamp, delivered",
    )


def test_pydantic_ai_an_empty_apology_is_withheld_with_one_handoff(guard: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    (result,) = through_pydantic_ai(guard, stub, WANTS, conversation_id="c-7")

    (receipt,) = guard.desk.open()
    assert receipt.id in result.output
    assert receipt.case_id == "c-7"
    assert guard.last_reply("c-7") == result.output
    assert stub.calls == 1


def test_pydantic_ai_a_claim_that_a_call_backs_goes_out_and_one_that_none_backs_does_not(
    guard: Guard, stub: Stub
) -> None:
    stub.script = [(200, calling(call=REFUND)), (200, completion(CLAIM)), (200, completion(CLAIM))]

    (backed,) = through_pydantic_ai(guard, stub, WANTS)
    (unbacked,) = through_pydantic_ai(guard, stub, WANTS)

    assert backed.output == CLAIM
    assert unbacked.output != CLAIM


def test_pydantic_ai_the_model_sees_next_what_the_customer_saw(guard: Guard, stub: Stub) -> None:
    stub.script = [(200, completion(EMPTY_SORRY)), (200, completion(GOOD))]

    first, second = through_pydantic_ai(guard, stub, WANTS, "So a new lamp comes?")

    told: Any = stub.requests[1].json()["messages"]
    assert [m["content"] for m in told if m["role"] == "assistant"] == [first.output]
    assert second.output == GOOD
    outcome = list(guard.outcomes.values())[-1]
    assert [turn.content for turn in outcome.case.turns] == [WANTS, first.output, "So a new lamp comes?"]


def test_pydantic_ai_half_a_reply_is_not_judged_and_its_end_is(guard: Guard, stub: Stub) -> None:
    stub.pieces = lambda: chat_stream(EMPTY_SORRY)

    async def run() -> list[str]:
        async with AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0) as client:
            agent = pydantic_agent(guard, client)
            async with agent.run_stream(WANTS) as result:
                return [text async for text in result.stream_output(debounce_by=None)]

    *halves, end = asyncio.run(run())

    (receipt,) = guard.desk.open()
    assert EMPTY_SORRY.startswith(halves[0])
    assert receipt.id in end


def test_pydantic_ai_a_stream_is_held_by_the_wrapped_client(guard: Guard, stub: Stub) -> None:
    stub.pieces = lambda: chat_stream(EMPTY_SORRY)

    async def run() -> str:
        async with AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0) as client:
            agent = pydantic_agent(guard, guard.wrap(client), validated=False)
            async with agent.run_stream(WANTS) as result:
                return "".join([text async for text in result.stream_text(debounce_by=None)])

    seen = asyncio.run(run())

    (receipt,) = guard.desk.open()
    assert receipt.id in seen
    assert "apologize" not in seen


def test_pydantic_ai_what_it_tells_the_model_itself_is_no_turn_of_the_customers(
    guard: Guard, stub: Stub
) -> None:
    wrong = {**REFUND, "function": {"name": "issue_refund", "arguments": '{"amount": "forty"}'}}
    stub.script = [(200, calling(call=wrong)), (200, completion(CLAIM))]

    (result,) = through_pydantic_ai(guard, stub, WANTS)

    outcome = next(iter(guard.outcomes.values()))
    assert result.output != CLAIM
    assert [turn.content for turn in outcome.case.turns] == [WANTS]
    assert "error" in (outcome.case.evidence or ())[0].result


def test_pydantic_ai_what_a_hosted_tool_brought_within_the_answer_is_evidence(guard: Guard) -> None:
    pytest.importorskip("pydantic_ai")
    from pydantic_ai import Agent
    from pydantic_ai.messages import ModelResponse, NativeToolCallPart, NativeToolReturnPart, TextPart
    from pydantic_ai.models.function import FunctionModel

    from guard.hooks.pydantic_ai import validator

    def answer(*_: Any) -> ModelResponse:
        called = NativeToolCallPart("issue_refund", {"amount": 40}, "n1")
        return ModelResponse(
            [called, NativeToolReturnPart("issue_refund", "refunded 40", "n1"), TextPart(CLAIM)]
        )

    agent = Agent(FunctionModel(answer))
    agent.output_validator(validator(guard))

    assert asyncio.run(agent.run([WANTS, "It was blue."])).output == CLAIM
    outcome = next(iter(guard.outcomes.values()))
    assert [turn.content for turn in outcome.case.turns] == [f"{WANTS}\nIt was blue."]
    assert [(call.name, call.result) for call in outcome.case.evidence or ()] == [
        ("issue_refund", "refunded 40")
    ]


@pytest.mark.parametrize("end", ["failed", "denied"])
def test_pydantic_ai_a_call_that_did_not_succeed_backs_no_claim(guard: Guard, stub: Stub, end: Any) -> None:
    pytest.importorskip("pydantic_ai")
    from pydantic_ai.messages import ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart, UserPromptPart

    stub.answer = (200, completion(CLAIM))
    before = [
        ModelRequest([UserPromptPart(WANTS)]),
        ModelResponse([ToolCallPart("issue_refund", {"amount": 40}, "t1")]),
        ModelRequest([ToolReturnPart("issue_refund", "40", "t1", outcome=end)]),
    ]

    (result,) = through_pydantic_ai(guard, stub, "And?", message_history=before)

    assert result.output != CLAIM


@pytest.mark.parametrize("watching", ["observe", "advise"], indirect=True)
def test_pydantic_ai_who_watches_changes_no_word(watching: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    (result,) = through_pydantic_ai(watching, stub, WANTS)

    assert result.output == EMPTY_SORRY
    assert {o.judgement.verdict for o in watching.outcomes.values()} == {"synthetic_empathy"}


# LiteLLM: through the part of its proxy that runs guardrails.


class Proxied:
    """LiteLLM's own way from a request to the answer that its proxy gives, less HTTP."""

    def __init__(self, guard: Guard, stub: Stub, **request: Any) -> None:
        pytest.importorskip("litellm")
        pytest.importorskip("fastapi")
        from guard.hooks.litellm import CompassionGuardrail

        stub.headers = ONE_CALL_EACH
        self.guardrail = CompassionGuardrail(guard, guardrail_name="compassion", default_on=True)
        self.request = {"messages": ASKED, **request}
        self.to = {"model": "openai/stub", "api_base": stub.url, "api_key": "k", "num_retries": 0}

    async def _hook(self, run: Callable[[Any, Any, Any], Any], route: str = "/v1/chat/completions") -> Any:
        import litellm
        from litellm.proxy._types import UserAPIKeyAuth
        from litellm.proxy.guardrails.guardrail_hooks.unified_guardrail.unified_guardrail import (
            UnifiedLLMGuardrails,
        )

        response = await litellm.acompletion(**self.request, **self.to)
        data = {**self.request, "guardrail_to_apply": self.guardrail}
        unified: Any = UnifiedLLMGuardrails
        return await run(unified(), response, (data, UserAPIKeyAuth(request_route=route)))

    def answer(self) -> Any:
        async def run(unified: Any, response: Any, rest: Any) -> Any:
            data, key = rest
            return await unified.async_post_call_success_hook(
                data=data, user_api_key_dict=key, response=response
            )

        return asyncio.run(self._hook(run))

    def streamed(self) -> list[str]:
        self.request["stream"] = True

        async def run(unified: Any, response: AsyncIterator[Any], rest: Any) -> list[str]:
            data, key = rest
            told = unified.async_post_call_streaming_iterator_hook(
                user_api_key_dict=key, response=response, request_data=data
            )
            return [t.decode() if isinstance(t, bytes) else t.model_dump_json() async for t in told]

        found: list[str] = asyncio.run(self._hook(run))
        return found

    def texts(self, *texts: str) -> list[str]:
        inputs: Any = {"texts": list(texts)}
        told: Any = asyncio.run(self.guardrail.apply_guardrail(inputs, self.request, "response"))
        return list(told["texts"])


quiet_litellm = pytest.mark.filterwarnings("ignore:Item.* using the `ReadOnly` qualifier:UserWarning")


@quiet_litellm
def test_litellm_a_good_reply_passes_and_its_evidence_is_read(guard: Guard, stub: Stub) -> None:
    result = {"role": "tool", "tool_call_id": "t1", "content": "refunded 40"}
    turns = [*ASKED, {"role": "assistant", "content": None, "tool_calls": [REFUND]}, result]
    stub.answer = (200, completion(CLAIM))

    backed = Proxied(guard, stub, messages=turns).answer()
    unbacked = Proxied(guard, stub, tools=TOOLS).answer()

    assert backed.choices[0].message.content == CLAIM
    assert unbacked.choices[0].message.content != CLAIM


@quiet_litellm
def test_litellm_an_empty_apology_is_withheld_with_one_handoff(guard: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))

    answer = Proxied(guard, stub, litellm_session_id="s-7").answer()

    (receipt,) = guard.desk.open()
    assert receipt.case_id == "s-7"
    assert receipt.id in answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"


@quiet_litellm
def test_litellm_a_held_stream_shows_no_word_of_a_withheld_draft(guard: Guard, stub: Stub) -> None:
    stub.pieces = lambda: chat_stream(EMPTY_SORRY)

    told = "".join(Proxied(guard, stub).streamed())

    (receipt,) = guard.desk.open()
    assert receipt.id in told
    assert "apologize" not in told
    assert "understand" not in told


@quiet_litellm
def test_litellm_a_good_stream_passes_whole(guard: Guard, stub: Stub) -> None:
    stub.pieces = lambda: chat_stream(GOOD)

    told = Proxied(guard, stub).streamed()

    assert len(told) > 5
    assert guard.desk.open() == []


@quiet_litellm
def test_litellm_words_beside_a_call_stand_and_a_claim_that_no_call_made_goes(
    guard: Guard, stub: Stub
) -> None:
    for words, stays in ((BESIDE, BESIDE), (CLAIM, "")):
        stub.answer = (200, calling(words))

        (choice,) = Proxied(guard, stub, tools=TOOLS).answer().choices

        assert choice.message.content == stays
        assert [call.function.name for call in choice.message.tool_calls] == ["find_order"]
    assert guard.desk.open() == []


@quiet_litellm
def test_litellm_a_stream_of_words_that_must_go_and_calls_that_must_not_is_an_error(
    guard: Guard, stub: Stub
) -> None:
    stub.pieces = lambda: call_stream(CLAIM)

    with pytest.raises(GuardError, match="beside tool calls"):
        Proxied(guard, stub, tools=TOOLS).streamed()


@quiet_litellm
def test_litellm_each_of_several_choices_is_judged_and_bad_ones_make_one_handoff(
    guard: Guard, stub: Stub
) -> None:
    stub.answer = (200, completion(GOOD, EMPTY_SORRY, EMPTY_SORRY))

    first, *others = Proxied(guard, stub, n=3).answer().choices

    (receipt,) = guard.desk.open()
    assert first.message.content == GOOD
    assert all(receipt.id in choice.message.content for choice in others)


@quiet_litellm
def test_litellm_the_parts_of_one_reply_are_judged_together(guard: Guard, stub: Stub) -> None:
    parts = ("I am sorry that your lamp came broken.", GOOD)
    proxied = Proxied(guard, stub)

    assert proxied.texts(*parts) == list(parts)
    (shown, rest) = proxied.texts(EMPTY_SORRY, "We are sorry.")

    assert "CG-" in shown
    assert rest == ""


@quiet_litellm
@pytest.mark.parametrize("dialect", ["anthropic_messages", "aresponses"])
def test_litellm_a_request_of_another_dialect_is_read_too(guard: Guard, stub: Stub, dialect: str) -> None:
    proxied = Proxied(guard, stub)
    dialects: dict[str, dict[str, Any]] = {
        "anthropic_messages": {
            "model": "stub",
            "max_tokens": 10,
            "messages": [
                {"role": "user", "content": WANTS},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "tool_use", "id": "t1", "name": "issue_refund", "input": {"amount": 40}}
                    ],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "refunded 40"}],
                },
            ],
        },
        "aresponses": {
            "input": [
                {"role": "user", "content": WANTS},
                {
                    "type": "function_call",
                    "call_id": "t1",
                    "name": "issue_refund",
                    "arguments": '{"amount": 40}',
                },
                {"type": "function_call_output", "call_id": "t1", "output": "refunded 40"},
            ]
        },
    }

    logged: Any = SimpleNamespace(call_type=dialect)
    told: Any = asyncio.run(
        proxied.guardrail.apply_guardrail({"texts": [CLAIM]}, dialects[dialect], "response", logged)
    )

    assert told["texts"] == [CLAIM]
    (call,) = next(iter(guard.outcomes.values())).case.evidence or ()
    assert (call.name, call.result) == ("issue_refund", "refunded 40")


@quiet_litellm
@pytest.mark.parametrize("watching", ["observe", "advise"], indirect=True)
def test_litellm_who_watches_changes_no_word_and_holds_no_stream(watching: Guard, stub: Stub) -> None:
    stub.answer = (200, completion(EMPTY_SORRY))
    proxied = Proxied(watching, stub)

    assert proxied.answer().choices[0].message.content == EMPTY_SORRY

    assert not proxied.guardrail.streaming_buffer_until_moderated
    assert {o.judgement.verdict for o in watching.outcomes.values()} == {"synthetic_empathy"}


@quiet_litellm
def test_litellm_the_proxys_config_names_the_class_and_one_that_masks_still_holds_its_stream(
    stub: Stub,
) -> None:
    pytest.importorskip("litellm")
    from litellm.proxy.types_utils.utils import get_instance_fn

    kind = get_instance_fn(
        "guard.hooks.litellm.CompassionGuardrail", config_file_path="/etc/litellm/config.yaml"
    )
    made = kind(
        guardrail_name="compassion", event_hook="post_call", default_on=True, mask_response_content=True
    )

    assert made.streaming_buffer_until_moderated
    assert not made.mask_response_content


@quiet_litellm
def test_litellm_a_request_is_not_judged(guard: Guard, stub: Stub) -> None:
    proxied = Proxied(guard, stub)
    inputs: Any = {"texts": [EMPTY_SORRY]}

    assert asyncio.run(proxied.guardrail.apply_guardrail(inputs, proxied.request, "request")) is inputs


# A rewrite, through each of them.


@quiet_litellm
@pytest.mark.parametrize("framework", ["agents", "langchain", "pydantic_ai", "litellm"])
def test_a_rewrite_takes_the_place_of_the_draft_in(framework: str, stub: Stub, tmp_path: Path) -> None:
    policy = replace(policies.shipped(), authority=Authority((REPLACE,)))
    guard = Guard(policy, Settings(home=tmp_path / "may-replace"))
    stub.answer = (200, completion(EMPTY_SORRY))
    ways: dict[str, Callable[[], str]] = {
        "agents": lambda: through_agents(guard, stub, "chat_completions", stream=False),
        "langchain": lambda: str(last(langchain_agent(guard, stub).invoke(InThread.ask)).content),
        "pydantic_ai": lambda: str(through_pydantic_ai(guard, stub, WANTS)[0].output),
        "litellm": lambda: str(Proxied(guard, stub).answer().choices[0].message.content),
    }

    said = ways[framework]()

    (outcome,) = {id(o): o for o in guard.outcomes.values()}.values()
    assert isinstance(outcome, Rewritten)
    assert said == outcome.reply
