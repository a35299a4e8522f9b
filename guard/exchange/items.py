"""Items of the Responses API: their words, and what was called, as chat messages."""

import json
from collections.abc import Iterable, Mapping, Sequence

from guard.errors import CaseError
from guard.exchange.drafts import joined
from guard.records import Json

HOSTED = (
    "web_search_call",
    "file_search_call",
    "code_interpreter_call",
    "image_generation_call",
    "mcp_call",
)
"""Calls that the server runs within the answer, whatever else it holds."""
_ASKED = ("arguments", "input", "action", "operation", "queries", "code")
"""Where items of calls hold what they ask for."""


def items_of(answer: Mapping[str, Json]) -> list[dict[str, Json]]:
    """The output of a response. Raises `CaseError` where it holds what cannot be read."""
    output = answer.get("output")
    if not isinstance(output, list) or not all(isinstance(item, dict) for item in output):
        raise CaseError("the model's answer has no list of output items.")
    return [_known(item) for item in output if isinstance(item, dict)]


def _known(item: dict[str, Json]) -> dict[str, Json]:
    """The item, if it can be read. What has no type and words is a message, as the SDK reads it."""
    if not isinstance(item.get("id"), str | None):
        raise CaseError("output.id: expected text.")
    kind = item.get("type")
    if kind in ("message", "reasoning") or not (item.get("content") or item.get("role")):
        return item
    if kind is None:
        return {**item, "type": "message"}
    raise CaseError(f"output: an item of type {kind!r:.40} holds words, and nobody could judge it.")


def is_apps(item: Mapping[str, Json], items: Sequence[Mapping[str, Json]]) -> bool:
    """A call that waits for the app: the server ran it where its output stands in the answer."""
    kind = str(item.get("type"))
    ran = any(
        str(o.get("type")).endswith("_output") and o.get("call_id") == item.get("call_id") for o in items
    )
    theirs = kind in HOSTED or item.get("execution") == "server" or ran
    return (kind.endswith("_call") and not theirs) or kind == "mcp_approval_request"


def commentary_of(items: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
    """Messages on the way to the reply; where there is no other message they are the reply."""
    spoken = [item for item in items if item.get("type") == "message"]
    on_the_way = [item for item in spoken if item.get("phase") == "commentary"]
    return on_the_way if len(on_the_way) < len(spoken) else []


def text_of(items: Iterable[Mapping[str, Json]]) -> str:
    """All words of the messages among them."""
    return joined(words for item in items for words in words_of(item))


def words_of(item: Mapping[str, Json]) -> list[str]:
    """The words of a message item, part by part. Raises `CaseError` for a part that holds none."""
    if item.get("type") != "message":
        return []
    content = item.get("content")
    if not isinstance(content, list):
        raise CaseError("output.content: expected a list of parts.")
    found: list[str] = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        words = part.get("refusal" if kind == "refusal" else "text") if isinstance(part, dict) else None
        if not isinstance(words, str):
            raise CaseError("output.content: expected parts with text or a refusal.")
        found += [words] if words else []
    return found


def messages_of(item: Json) -> list[Json]:
    """An item as chat messages: what was said, what was called, what a call brought."""
    if not isinstance(item, dict):
        raise CaseError("input: expected items that are objects.")
    kind = str(item.get("type") or "message")
    if kind == "message":
        return [{"role": item.get("role"), "content": item.get("content")}]
    if kind.endswith("_call_output"):
        output = item.get("output")
        words = output if isinstance(output, str | list) else json.dumps(output)
        return [{"role": "tool", "tool_call_id": item.get("call_id"), "content": words}]
    if not kind.endswith("_call"):
        return []
    id = item.get("call_id") or item.get("id")
    name = item.get("name") or kind.removesuffix("_call")
    asked = next((item[k] for k in _ASKED if item.get(k) is not None), None)
    function: Json = {"name": name, "arguments": asked}
    call: Json = {"role": "assistant", "content": None, "tool_calls": [{"id": id, "function": function}]}
    return (
        [call]
        if kind not in HOSTED
        else [call, {"role": "tool", "tool_call_id": id, "content": _brought(item)}]
    )


def _brought(item: Mapping[str, Json]) -> str:
    """What a hosted tool brought: its error, its output, else the state that it ended in."""
    if item.get("error"):
        return json.dumps({"error": item["error"]})
    brought = next((item[k] for k in ("output", "outputs", "results") if item.get(k) is not None), None)
    if brought is None or item.get("status") not in (None, "completed"):
        return json.dumps({"status": item.get("status"), "output": brought})
    return brought if isinstance(brought, str) else json.dumps(brought)
