"""A validator for pydantic-ai: a reply of an agent is judged before the run returns it.

    agent.output_validator(validator(guard))

For agents whose output is text. pydantic-ai hands a stream out while it comes and validates its end: `run_stream` needs
the wrapped client, which holds it (`OpenAIProvider(openai_client=guard.wrap(AsyncOpenAI()))`), and no validator then.
The run's messages keep what the customer saw, so that the next turn goes on from that.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_ai import RunContext
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    NativeToolCallPart,
    NativeToolReturnPart,
    TextContent,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)

from guard.hooks.exchanged import Message, called, exchanged, failed, shown, words
from guard.records import Json

if TYPE_CHECKING:
    from guard.assemble import Guard


def validator(guard: "Guard") -> Callable[[RunContext[Any], str], Awaitable[str]]:
    """For `agent.output_validator`. It raises what the guard raises, and never asks the model again."""

    async def validated(ctx: RunContext[Any], output: str) -> str:
        if ctx.partial_output:  # half a reply cannot be judged
            return output
        *before, last = ctx.messages
        drafted = last if isinstance(last, ModelResponse) else None
        said = _messages(before if drafted else ctx.messages)
        ran = _response(drafted, spoken=False) if drafted else []
        request = {"messages": [*said, *ran], "tools": _tools(ctx)}
        draft = {"role": "assistant", "content": output}
        told = await guard.aexchange(exchanged(guard, request, [draft], ctx.conversation_id))
        reply = words(shown(told)[0])
        if reply != output and drafted and not drafted.tool_calls:
            _put_right(drafted, reply)
        return reply

    return validated


def _tools(ctx: RunContext[Any]) -> list[Message]:
    tools = ctx.tool_manager.tools if ctx.tool_manager else None
    return [{"name": name} for name, tool in (tools or {}).items() if tool.tool_def.kind != "output"]


def _put_right(drafted: ModelResponse, reply: str) -> None:
    """The words and the thoughts of the draft go, and the id under which the model's server keeps it."""
    ran = [part for part in drafted.parts if isinstance(part, NativeToolCallPart | NativeToolReturnPart)]
    drafted.parts = [*ran, TextPart(reply)]
    drafted.provider_response_id = None


def _messages(messages: Sequence[ModelMessage]) -> list[Message]:
    """The conversation as chat messages. What pydantic-ai tells the model itself is no word of the customer's."""
    told: list[Message] = []
    for message in messages:
        told += _request(message) if isinstance(message, ModelRequest) else _response(message)
    return told


def _request(request: ModelRequest) -> list[Message]:
    told: list[Message] = []
    for part in request.parts:
        match part:
            case UserPromptPart(content=str() as text):
                told.append({"role": "user", "content": text})
            case UserPromptPart(content=pieces):
                told.append({"role": "user", "content": [_piece(piece) for piece in pieces]})
            case ToolReturnPart():
                told.append(_brought(part))
    return told


def _response(response: ModelResponse, *, spoken: bool = True) -> list[Message]:
    calls: list[Json] = [
        called(part.tool_call_id, part.tool_name, part.args_as_json_str())
        for part in response.parts
        if isinstance(part, NativeToolCallPart) or (spoken and isinstance(part, ToolCallPart))
    ]
    text = (
        "\n".join(part.content for part in response.parts if isinstance(part, TextPart)) if spoken else None
    )
    brought = [_brought(part) for part in response.parts if isinstance(part, NativeToolReturnPart)]
    return [{"role": "assistant", "content": text, "tool_calls": calls}, *brought]


def _brought(part: ToolReturnPart | NativeToolReturnPart) -> Message:
    result = part.model_response_str()
    told = part.outcome in ("success", "failed")  # a failed one says so itself, a denied one only tells why
    return {
        "role": "tool",
        "tool_call_id": part.tool_call_id,
        "content": result if told else failed(result),
    }


def _piece(piece: UserContent) -> Json:
    match piece:
        case str():
            return {"type": "text", "text": piece}
        case TextContent():
            return {"type": "text", "text": piece.content}
        case _:
            return {"type": "file"}
