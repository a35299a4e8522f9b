"""Middleware for LangChain's agents: what the model says is judged before the graph, or anybody who streams it, has it.

    agent = create_agent(model, tools, middleware=[GuardMiddleware(guard)])

Put it first: it then sees what the other middlewares made of the answer, and none of them retries or words its errors.
It stands in `wrap_model_call`, because what follows the model (`after_model`) comes too late for a stream. In `enforce`
the model is not streamed, and `stream_mode="messages"` shows the reply whole, once it is judged; a fallback model that
another middleware puts in the model's place has to carry the tag `nostream` itself. What the graph keeps is what the
customer saw. `guard.outcome_of(message)` tells what became of a draft.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage, convert_to_openai_messages
from langgraph.constants import TAG_NOSTREAM
from pydantic import TypeAdapter

from guard.exchange.drafts import FIELD
from guard.exchange.steps import Answered, Steps
from guard.hooks.exchanged import Message, called, exchanged, failed, shown, words
from guard.records import Json

if TYPE_CHECKING:
    from guard.assemble import Guard

_KEPT = ("model_name", "model_provider", "output_version")
"""Of what a provider says about its answer stays what the next turn needs. Log probabilities and the id under which its
server keeps the draft go: the model is then told the conversation anew, as the customer saw it."""
_WORDS = ("text", "refusal")
"""Kinds of blocks that a customer would read."""


class GuardMiddleware(AgentMiddleware[AgentState[Any], Any, Any]):
    """Judges every answer of the model; raises what the guard raises, and `NotForProseError` for JSON that may not go out."""

    def __init__(self, guard: "Guard") -> None:
        super().__init__()
        self._guard = guard

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """The answer as it may be seen."""
        response = handler(self._held(request))
        return _told(response, self._guard.exchange(self._steps(request, response)))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """`wrap_model_call` for an event loop."""
        response = await handler(self._held(request))
        return _told(response, await self._guard.aexchange(self._steps(request, response)))

    def _held(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        if self._guard.policy.mode != "enforce":
            return request
        quiet = {"disable_streaming": True, "tags": [*(request.model.tags or []), TAG_NOSTREAM]}
        return request.override(model=request.model.model_copy(update=quiet))

    def _steps(self, request: ModelRequest[Any], response: ModelResponse[Any]) -> Steps[Answered]:
        asked: dict[str, object] = {
            "messages": [_message(message) for message in request.messages],
            "tools": [t if isinstance(t, dict) else {"name": t.name} for t in request.tools],
        }
        if response.structured_response is not None:
            asked["response_format"] = {"type": "json_object"}
        info = request.runtime.execution_info if request.runtime else None
        spoken = [m for m in response.result if isinstance(m, AIMessage)]
        thread, id = info.thread_id if info else None, spoken[0].id if spoken else None
        return exchanged(self._guard, asked, [_spoken(m) for m in spoken], thread, id)


def _message(message: AnyMessage) -> Message:
    if isinstance(message, AIMessage):
        return _spoken(message)
    made: Message = convert_to_openai_messages(message)
    if isinstance(message, ToolMessage) and message.status == "error":
        made["content"] = failed(message.text)
    return made


def _spoken(message: AIMessage) -> Message:
    """The words and calls of a model; what it thought is no part of them."""
    blocks = [b for b in message.content if isinstance(b, dict)] if isinstance(message.content, list) else []
    refusals = [message.additional_kwargs.get("refusal"), *(block.get("refusal") for block in blocks)]
    calls: list[Json] = [
        called(c.get("id"), c["name"], json.dumps(c["args"], default=str)) for c in message.tool_calls
    ]
    return {
        "role": "assistant",
        "content": str(message.text),
        "refusal": "\n".join(r for r in refusals if isinstance(r, str)) or None,
        "tool_calls": calls,
    }


def _told(response: ModelResponse[Any], told: Answered) -> ModelResponse[Any]:
    messages = iter(shown(told))
    result = [_seen(m, next(messages), told.mark) if isinstance(m, AIMessage) else m for m in response.result]
    before, last = response.structured_response, result[-1]
    if before is None or last.content == response.result[-1].content:
        return replace(response, result=result)
    return replace(
        response, result=result, structured_response=TypeAdapter(type(before)).validate_json(last.text)
    )


def _seen(message: AIMessage, seen: Message, mark: Mapping[str, Json] | None) -> AIMessage:
    """The message as it may be seen: itself where nothing of it changed and nothing is to be said about it."""
    about = {FIELD: dict(mark)} if mark else {}
    if seen == _spoken(message):
        if not mark:
            return message
        return message.model_copy(update={"response_metadata": {**message.response_metadata, **about}})
    kept = {name: message.response_metadata[name] for name in _KEPT if name in message.response_metadata}
    content: Any = words(seen)
    if message.tool_calls and isinstance(message.content, list):
        # A call has blocks of its own, which its provider wants back.
        content = [b for b in message.content if isinstance(b, dict) and b.get("type") not in _WORDS]
    return AIMessage(
        content=content,
        id=message.id,
        name=message.name,
        tool_calls=message.tool_calls,
        usage_metadata=message.usage_metadata,
        response_metadata={**kept, **about},
    )
