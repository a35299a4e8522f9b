"""The Responses API: the words of every message item, and other words put back, streamed or not."""

import json
from collections.abc import Mapping, Sequence

from guard.errors import CaseError
from guard.exchange.drafts import Draft, Heard
from guard.exchange.sse import Event, written
from guard.records import Json

_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
_BROKEN_OFF = ("failed", "cancelled")
_UNFINISHED = ("queued", "in_progress")
_CLIENTS = ("function_call", "custom_tool_call", "computer_call", "local_shell_call", "mcp_approval_request")
"""Calls that the app answers, so the turn goes on."""
_NO_CALL = ("message", "reasoning", "item_reference", "compaction", "mcp_list_tools", "mcp_approval_response")
_OUTPUTS = (
    "function_call_output",
    "custom_tool_call_output",
    "computer_call_output",
    "local_shell_call_output",
)
_SHOWS = "image_generation_call"
"""A call whose result the customer sees, with or without words."""


def messages(request: Mapping[str, Json]) -> Json:
    """`input`, a text or a list of items, as chat messages."""
    match request.get("input"):
        case str() as text:
            return [{"role": "user", "content": text}]
        case list() as items:
            return [message for item in items for message in _messages(item)]
        case None:
            return []
        case _:
            raise CaseError("input: expected text or a list of items.")


def put_right(request: Mapping[str, Json], shown: str) -> bytes:
    """The request, telling the model first what the customer saw: the server remembers the draft that was not shown."""
    note = (
        "The customer never saw your previous reply. In its place they were shown, word for word: "
        f"{json.dumps(shown, ensure_ascii=False)}"
    )
    asked = request.get("input")
    items = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    before: list[Json] = [{"role": "developer", "content": note}]
    told: dict[str, Json] = {**request, "input": [*before, *(items if isinstance(items, list) else [])]}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")


def done(answer: Mapping[str, Json]) -> list[Json]:
    """Hosted tools that ran within the answer, and what they brought."""
    return [
        m
        for item in _items(answer)
        if item.get("type") not in ("message", *_CLIENTS)
        for m in _messages(item)
    ]


def kept(answer: Mapping[str, Json]) -> str | None:
    """The id of the response."""
    id = answer.get("id")
    return id if isinstance(id, str) and id else None


def drafts(answer: Mapping[str, Json]) -> list[Draft]:
    """All words of all message items, one draft: the customer sees them together."""
    items = _items(answer)
    text = "\n".join(words for item in items for words in _words(item))
    if answer.get("status") in _UNFINISHED and not text:
        return []
    if answer.get("status") in _BROKEN_OFF:
        return [Draft(0, text, "broken_off")] if text else []
    if any(item.get("type") in _CLIENTS for item in items):
        return [Draft(0, text, "beside_calls")] if text.strip() else []
    if not text and any(item.get("type") == _SHOWS for item in items):
        return []
    return [Draft(0, text)]


def with_replies(answer: dict[str, Json], replies: Mapping[int, str]) -> dict[str, Json]:
    """The answer with the reply in its first message; further messages and the thoughts lose their words."""
    if 0 not in replies:
        return answer
    reply = replies[0]
    output: list[Json] = []
    for item in _items(answer):
        if item.get("type") == "message":
            output.append(_spoken(item, reply))
            reply = ""
        else:
            output.append(_thoughtless(item))
    if reply:
        output.append(
            _spoken({"id": f"msg_{answer.get('id')}", "type": "message", "role": "assistant"}, reply)
        )
    made: dict[str, Json] = {**answer, "output": output}
    if "output_text" in answer:
        made["output_text"] = replies[0]
    if answer.get("status") == "incomplete" and replies[0]:
        made |= {"status": "completed", "incomplete_details": None}
    return made


def ends(event: Event) -> bool:
    """The event that brings the whole response, or [DONE]."""
    if event.data is None or event.ends:
        return event.ends
    return any(f'"{kind}"' in event.data for kind in _ENDS) and event.json().get("type") in _ENDS


def heard(events: Sequence[Event]) -> Heard:
    """The response that the last event brings. Every word of the events before must stand in it."""
    said: list[str] = []
    pieces: dict[tuple[Json, Json], list[str]] = {}
    items: dict[int, Json] = {}
    for n, event in enumerate(events):
        if event.data is None:
            continue
        if event.ends:
            break
        data = event.json()
        kind = data.get("type")
        if kind == "error" or (data.get("error") and not kind):
            return Heard(None, (event,))
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            pieces.setdefault((data.get("output_index"), data.get("content_index")), []).append(
                str(data.get("delta"))
            )
        said += _whole(data)
        if kind == "response.output_item.done" and isinstance(index := data.get("output_index"), int):
            items[index] = data.get("item")
        if kind in _ENDS:
            answer = _ended(data, items)
            _check_same([*said, *("".join(p) for p in pieces.values())], answer)
            return Heard(answer, tuple(events[: n + 1]))
    raise CaseError("the model's stream broke off before its response was finished.")


def told(events: Sequence[Event], answer: dict[str, Json], replies: Mapping[int, str]) -> list[Event]:
    """The events, with each message whole where it began; numbered anew, since there are fewer or more of them."""
    items = _items(answer)
    messages = {n for n, item in enumerate(items) if item.get("type") == "message"}
    waiting = dict.fromkeys(sorted(messages))
    out: list[dict[str, Json]] = []
    for event in events:
        if event.data is None:
            continue
        data = event.json()
        index = data.get("output_index")
        kind = str(data.get("type"))
        if kind in _ENDS:
            for late in waiting:
                out += _item_told(late, items[late])
            out.append({**data, "type": _ending(answer), "response": answer})
        elif isinstance(data.get("response"), dict):
            out.append({**data, "response": _silent(data["response"])})
        elif isinstance(index, int) and index in messages:
            if index in waiting:
                del waiting[index]
                out += _item_told(index, items[index])
        elif kind.startswith("response.reasoning"):
            continue
        elif isinstance(data.get("item"), dict):
            out.append({**data, "item": _thoughtless(data["item"])})
        else:
            out.append(data)
    return _numbered(out)


def held_too_long(events: Sequence[Event], reply: str) -> tuple[dict[str, Json], list[Event]]:
    """A response of one message, named as the events that came name it."""
    began = next(
        (d["response"] for e in events if e.data and not e.ends and (d := e.json()).get("response")), None
    )
    base: dict[str, Json] = {
        "id": "cut-short",
        "object": "response",
        "created_at": 0,
        "model": "",
        "tools": [],
    }
    before: dict[str, Json] = {
        **base,
        **(began if isinstance(began, dict) else {}),
        "status": "in_progress",
        "output": [],
    }
    answer = with_replies({**before, "status": "completed"}, {0: reply})
    created: dict[str, Json] = {"type": "response.created", "sequence_number": 0, "response": before}
    end: dict[str, Json] = {"type": "response.completed", "sequence_number": 0, "response": answer}
    return answer, _numbered([created, *_item_told(0, _items(answer)[0]), end])


def _items(answer: Mapping[str, Json]) -> list[dict[str, Json]]:
    output = answer.get("output")
    if not isinstance(output, list) or not all(isinstance(item, dict) for item in output):
        raise CaseError("the model's answer has no list of output items.")
    return [item for item in output if isinstance(item, dict)]


def _words(item: Mapping[str, Json]) -> list[str]:
    """The words of a message item that a customer would see, part by part."""
    content = item.get("content") if item.get("type") == "message" else []
    found: list[str] = []
    for part in content if isinstance(content, list) else [None]:
        words = (
            (part.get("refusal") if part.get("type") == "refusal" else part.get("text"))
            if isinstance(part, dict)
            else None
        )
        if not isinstance(words, str):
            raise CaseError("output.content: expected parts with text or a refusal.")
        found += [words] if words else []
    return found


def _messages(item: Json) -> list[Json]:
    """An item as chat messages: what was said, what was called, what a call brought."""
    if not isinstance(item, dict):
        raise CaseError("input: expected items that are objects.")
    kind = item.get("type")
    if kind in (None, "message"):
        return [{"role": item.get("role"), "content": item.get("content")}]
    if kind in _OUTPUTS:
        output = item.get("output")
        words = output if isinstance(output, str | list) else json.dumps(output)
        return [{"role": "tool", "tool_call_id": item.get("call_id"), "content": words}]
    if kind in _NO_CALL:
        return []
    id = item.get("call_id") or item.get("id")
    name = item.get("name") or str(kind).removesuffix("_call")
    asked = next(
        (item[k] for k in ("arguments", "input", "action", "queries", "code") if item.get(k) is not None),
        None,
    )
    function: Json = {"name": name, "arguments": asked}
    call: Json = {"role": "assistant", "content": None, "tool_calls": [{"id": id, "function": function}]}
    return (
        [call]
        if kind in _CLIENTS
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


def _spoken(item: dict[str, Json], reply: str) -> dict[str, Json]:
    part: Json = {"type": "output_text", "text": reply, "annotations": []}
    return {**item, "status": "completed", "content": [part] if reply else []}


def _thoughtless(item: Json) -> Json:
    """Of the draft's reasoning stays what nobody can read and the next turn needs: its name, its encrypted form."""
    if not isinstance(item, dict) or item.get("type") != "reasoning":
        return item
    return {k: v for k, v in item.items() if k != "content"} | {"summary": []}


def _silent(response: Json) -> Json:
    """A response on its way, which has no words yet."""
    return {**response, "output": []} if isinstance(response, dict) and response.get("output") else response


def _whole(data: Mapping[str, Json]) -> list[str]:
    """Words that an event holds in one piece."""
    part, item, response = data.get("part"), data.get("item"), data.get("response")
    found = (
        [w for w in (data.get("text"), data.get("refusal")) if isinstance(w, str)]
        if str(data.get("type"))
        in (
            "response.output_text.done",
            "response.refusal.done",
        )
        else []
    )
    if isinstance(part, dict):
        found += (
            _words({"type": "message", "content": [part]})
            if part.get("type") in ("output_text", "refusal")
            else []
        )
    if isinstance(item, dict):
        found += _words({**item, "content": item.get("content") or []})
    if isinstance(response, dict) and isinstance(response.get("output"), list):
        found += [w for one in _items(response) for w in _words(one)]
    return found


def _ended(data: Mapping[str, Json], items: Mapping[int, Json]) -> dict[str, Json]:
    response = data.get("response")
    if not isinstance(response, dict):
        raise CaseError("the model's stream ended without its response.")
    if response.get("output") is None:
        return {**response, "output": [items[n] for n in sorted(items)]}
    return response


def _check_same(said: Sequence[str], answer: Mapping[str, Json]) -> None:
    """What a resumed stream tells is the end of a part; anything else that is not in the response nobody judged."""
    judged = [words for item in _items(answer) for words in _words(item)]
    if not all(any(whole.endswith(words) for whole in judged) for words in said if words):
        raise CaseError("the model's stream says other words than the response that it ends with.")


def _item_told(index: int, item: dict[str, Json]) -> list[dict[str, Json]]:
    """A message as a stream tells it: it begins, its one part begins, is told and ends, it ends."""
    at: dict[str, Json] = {"output_index": index}
    begun: dict[str, Json] = {**at, "item": {**item, "status": "in_progress", "content": []}}
    events: list[dict[str, Json]] = [{"type": "response.output_item.added", **begun}]
    for part in item["content"] if isinstance(item["content"], list) else []:
        assert isinstance(part, dict)  # noqa: S101 - `_spoken` made it
        here = {"item_id": item.get("id"), **at, "content_index": 0}
        words: Json = part["text"]
        events += [
            {"type": "response.content_part.added", **here, "part": {**part, "text": ""}},
            {"type": "response.output_text.delta", **here, "delta": words, "logprobs": []},
            {"type": "response.output_text.done", **here, "text": words, "logprobs": []},
            {"type": "response.content_part.done", **here, "part": part},
        ]
    return [*events, {"type": "response.output_item.done", **at, "item": item}]


def _ending(answer: Mapping[str, Json]) -> str:
    return f"response.{answer.get('status')}"


def _numbered(events: Sequence[dict[str, Json]]) -> list[Event]:
    first = next((n for e in events if isinstance(n := e.get("sequence_number"), int)), 0)
    return [written({**e, "sequence_number": first + n}, str(e.get("type"))) for n, e in enumerate(events)]
