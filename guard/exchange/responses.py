"""The Responses API: the words of every message item, and other words put back, streamed or not."""

import json
from collections.abc import Callable, Mapping, Sequence

from guard.errors import CaseError, UnguardedError
from guard.exchange.adding import OneMessage
from guard.exchange.drafts import FIELD, Draft, Heard
from guard.exchange.items import HOSTED, commentary_of, is_apps, items_of, messages_of, text_of, words_of
from guard.exchange.sse import Event, readable, written
from guard.records import Json
from guard.text import words

_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
_BROKEN_OFF = ("failed", "cancelled")
_UNFINISHED = ("queued", "in_progress")
_RESPONSES = words(
    "id object created_at completed_at status error incomplete_details instructions max_output_tokens max_tool_calls "
    "model output output_text parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_retention "
    "reasoning safety_identifier service_tier store temperature text tool_choice tools top_logprobs top_p truncation "
    "usage user metadata background conversation"
) | {FIELD}
"""Fields of a response. In a replaced one nothing else stays: some servers repeat the draft elsewhere."""
_MESSAGES = words("id type role phase")
_FINAL, _COMMENTARY = 0, 1
"""The places of words in an answer: the reply, and what the model says on its way to it."""


def messages(request: Mapping[str, Json]) -> Json:
    """`input`, a text or a list of items, as chat messages."""
    match request.get("input"):
        case str() as text:
            return [{"role": "user", "content": text}]
        case list() as items:
            return [message for item in items for message in messages_of(item)]
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
    return json.dumps(told).encode()


def done(answer: Mapping[str, Json]) -> list[Json]:
    """Hosted tools that ran within the answer, and what they brought."""
    return [m for item in items_of(answer) if item.get("type") in HOSTED for m in messages_of(item)]


def called(answer: Mapping[str, Json]) -> list[Json]:
    """Every call of the answer: what the app's own tools bring comes with the next request."""
    return [m for item in items_of(answer) if item.get("type") != "message" for m in messages_of(item)]


def kept(answer: Mapping[str, Json]) -> str | None:
    """The id of the response."""
    id = answer.get("id")
    return id if isinstance(id, str) and id else None


def drafts(answer: Mapping[str, Json]) -> list[Draft]:
    """The words of all message items, one draft; commentary, where there is a reply beside it, is one of its own."""
    items = items_of(answer)
    commentary = commentary_of(items)
    text = text_of(item for item in items if item not in commentary)
    before = text_of(commentary)
    if answer.get("status") in (*_BROKEN_OFF, *_UNFINISHED):
        started = bool(text or before) or answer.get("status") in _BROKEN_OFF
        return [Draft(_FINAL, text, "broken_off")] if started else []
    beside = [Draft(_COMMENTARY, before, "beside_calls")] if before.strip() else []
    spoken = any(item.get("phase") == "final_answer" for item in items)
    if not spoken and any(is_apps(item, items) for item in items):
        return [*beside, *([Draft(_FINAL, text, "beside_calls")] if text.strip() else [])]
    if not text and any(item.get("type") not in ("message", "reasoning") for item in items):
        return beside  # a picture, or an item of tomorrow
    return [*beside, Draft(_FINAL, text)]


def with_replies(answer: dict[str, Json], replies: Mapping[int, str]) -> dict[str, Json]:
    """The answer with the reply in its final message; further messages and the thoughts lose their words."""
    items = items_of(answer)
    commentary = commentary_of(items)
    if _FINAL not in replies:
        silenced: list[Json] = [_spoken(item, "") if item in commentary else item for item in items]
        return {**answer, "output": silenced}
    reply = replies[_FINAL]
    spoken = [n for n, item in enumerate(items) if item.get("type") == "message"]
    final = next((n for n in spoken if items[n] not in commentary), None)  # which may be told in part already
    output: list[Json] = [
        _spoken(item, reply if n == final else "") if n in spoken else _thoughtless(item)
        for n, item in enumerate(items)
    ]
    if reply and final is None:
        output.append(
            _spoken({"id": f"msg_{answer.get('id')}", "type": "message", "role": "assistant"}, reply)
        )
    made: dict[str, Json] = {**{k: v for k, v in answer.items() if k in _RESPONSES}, "output": output}
    if "output_text" in answer:
        made["output_text"] = reply
    if answer.get("status") == "incomplete" and reply and not any(is_apps(item, items) for item in items):
        made |= {"status": "completed", "incomplete_details": None}
    return made


def ends(event: Event) -> bool:
    """The event that brings the whole response, or [DONE]."""
    if event.data is None or event.ends:
        return event.ends
    return any(f'"{kind}"' in event.data for kind in (*_ENDS, "error")) and (
        event.json().get("type") in (*_ENDS, "error") or _is_error(event.json())
    )


def adding() -> Callable[[Event], str | None]:
    """The words of its first message."""
    return OneMessage(_RESPONSES - {"output", "output_text", FIELD})


def heard(events: Sequence[Event]) -> Heard:
    """The response that the last event brings. Every word of the events before must stand in it."""
    said: list[str] = []
    pieces: dict[tuple[Json, Json], list[str]] = {}
    items: dict[int, Json] = {}
    whole = False
    for n, event in enumerate(events):
        if event.data is None:
            continue
        if event.ends:
            break
        data = event.json()
        kind = str(data.get("type") or "")
        if not isinstance(data.get("output_index"), int | None):
            raise CaseError("output_index: expected a number.")
        if _is_error(data):
            return Heard(None, (event,))
        if kind.startswith("response.audio"):
            raise UnguardedError(f"{kind}: a spoken reply is not guarded yet.")
        whole = whole or kind == "response.created"
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            where = data.get("output_index"), data.get("content_index")
            pieces.setdefault(where, []).append(str(data.get("delta")))
        said += _told_whole(kind, data)
        if kind == "response.output_item.done" and isinstance(index := data.get("output_index"), int):
            items[index] = data.get("item")
        if kind in _ENDS:
            answer = _ended(data, items)
            if answer.get("status") not in _BROKEN_OFF:  # of what broke off nothing is told
                _check_same([*said, *("".join(p) for p in pieces.values())], answer, whole=whole)
            return Heard(answer, tuple(events[: n + 1]))
    raise CaseError("the model's stream broke off before its response was finished.")


def _is_error(data: Mapping[str, Json]) -> bool:
    return data.get("type") == "error" or bool(data.get("error") and not data.get("type"))


def told(
    events: Sequence[Event], answer: dict[str, Json], replies: Mapping[int, str], shown: str | None = None
) -> list[Event]:
    """The events, with each changed message whole where it began, numbered anew.

    Only what is known to hold no words of the draft passes. A message whose beginning is not here was begun before
    `shown` went on, and is told from there; or in the stream that this one resumes, and it is only ended.
    """
    stream = [event.json() for event in events if event.data is not None and not event.ends]
    items = _streamed(stream, items_of(answer))
    begun = {data.get("output_index") for data in stream if data.get("type") == "response.output_item.added"}
    by_id = {item.get("id"): item for item in items_of(answer)}
    commentary = commentary_of(items_of(answer))
    spoken: set[int] = set()
    out: list[dict[str, Json]] = []
    for data in stream:
        kind = str(data.get("type"))
        index = data.get("output_index")
        item = items.get(index) if isinstance(index, int) else None
        if kind in _ENDS:
            streamed = {one.get("id") for one in items.values()}
            late = [one for id, one in by_id.items() if one.get("type") == "message" and id not in streamed]
            for n, one in enumerate(late, max(items, default=-1) + 1):
                out += _item_told(n, one, begun=True)
            out.append({**data, "type": f"response.{answer.get('status')}", "response": answer})
        elif isinstance(data.get("response"), dict):
            out.append({**data, "response": _silent(data["response"])})
        elif item is None or not isinstance(index, int):
            out += [{"type": kind}] if kind == "keepalive" else []
        elif item.get("type") == "message" and (_FINAL in replies or by_id.get(item.get("id")) in commentary):
            final = (
                by_id.get(item.get("id")) if item.get("id") else dict(enumerate(items_of(answer))).get(index)
            )
            before = shown if index not in begun else None
            broke_off = before is not None and final and not final.get("content")
            if final and final.get("type") == "message" and index not in spoken and not broke_off:
                out += _item_told(index, final, begun=index in begun, shown=before)
            spoken.add(index)
        elif item.get("type") == "reasoning" and _FINAL in replies:
            out += (
                [{**data, "item": _thoughtless(data["item"])}] if isinstance(data.get("item"), dict) else []
            )
        elif item.get("type") != "message" or _FINAL not in replies:
            out.append(data)
    return _numbered(out, stream)


def held_too_long(
    events: Sequence[Event], reply: str, shown: str | None = None
) -> tuple[dict[str, Json], list[Event]]:
    """A response of one message, named as the events that came name it."""
    stream = list(readable(events))
    began = next((data["response"] for data in stream if isinstance(data.get("response"), dict)), None)
    base: dict[str, Json] = {
        "id": "cut-short",
        "object": "response",
        "created_at": 0,
        "model": "",
        "tools": [],
    }
    before: dict[str, Json] = {
        **base,
        **({k: v for k, v in began.items() if k in _RESPONSES} if isinstance(began, dict) else {}),
        "status": "in_progress",
        "output": [],
    }
    answer = with_replies({**before, "status": "completed"}, {0: reply})
    if shown is not None:
        return _rest_told(stream, answer, reply, shown)
    created: dict[str, Json] = {"type": "response.created", "sequence_number": 0, "response": before}
    end: dict[str, Json] = {"type": "response.completed", "sequence_number": 0, "response": answer}
    return answer, _numbered([created, *_item_told(0, items_of(answer)[0], begun=True), end], [created])


def _spoken(item: dict[str, Json], reply: str) -> dict[str, Json]:
    part: Json = {"type": "output_text", "text": reply, "annotations": []}
    known = {k: v for k, v in item.items() if k in _MESSAGES}
    return {**known, "status": "completed", "content": [part] if reply else []}


def _thoughtless(item: Json) -> Json:
    """Of the draft's reasoning stays what nobody can read and the next turn needs: its name, its encrypted form."""
    if not isinstance(item, dict) or item.get("type") != "reasoning":
        return item
    return {k: v for k, v in item.items() if k != "content"} | {"summary": []}


def _silent(response: Json) -> Json:
    """A response on its way, which has no words yet."""
    if not isinstance(response, dict):
        return response
    return {k: v for k, v in response.items() if k in _RESPONSES and k != "output_text"} | {"output": []}


def _told_whole(kind: str, data: Mapping[str, Json]) -> list[str]:
    """Words that an event holds in one piece."""
    match kind:
        case "response.output_text.done":
            return [str(data.get("text"))]
        case "response.refusal.done":
            return [str(data.get("refusal"))]
        case "response.content_part.added" | "response.content_part.done":
            part = data.get("part")
            spoken = isinstance(part, dict) and part.get("type") in ("output_text", "refusal")
            return words_of({"type": "message", "content": [part]}) if spoken else []
        case _:
            item, response = data.get("item"), data.get("response")
            held = [{**item, "content": item.get("content") or []}] if isinstance(item, dict) else []
            if isinstance(response, dict) and isinstance(response.get("output"), list):
                held += items_of(response)
            return [words for one in held for words in words_of(one)]


def _streamed(
    stream: Sequence[Mapping[str, Json]], final: Sequence[dict[str, Json]]
) -> dict[int, dict[str, Json]]:
    """The items by the index that the stream gives them, which need not be their place in the response."""
    by_id = {item.get("id"): item for item in final}
    found: dict[int, dict[str, Json]] = {}
    for data in stream:
        index, item = data.get("output_index"), data.get("item")
        if not isinstance(index, int):
            continue
        if isinstance(item, dict):
            before = found.get(index)
            if before and (before.get("id"), before.get("type")) != (item.get("id"), item.get("type")):
                raise CaseError(f"output_index {index}: the model's stream gives it to two items.")
            found[index] = item
        elif index not in found and isinstance(known := by_id.get(data.get("item_id")), dict):
            found[index] = known
    return found


def _ended(data: Mapping[str, Json], items: Mapping[int, Json]) -> dict[str, Json]:
    response = data.get("response")
    if not isinstance(response, dict):
        raise CaseError("the model's stream ended without its response.")
    if response.get("output") is None:
        return {**response, "output": [items[n] for n in sorted(items)]}
    return response


def _check_same(said: Sequence[str], answer: Mapping[str, Json], *, whole: bool) -> None:
    """Nobody judged words that are not in the response. Of a stream that resumes another they are the end of a part."""
    judged = [words for item in items_of(answer) for words in words_of(item)]
    for piece in filter(None, said):
        if not any(part == piece or (not whole and part.endswith(piece)) for part in judged):
            raise CaseError("the model's stream says other words than the response that it ends with.")


def _rest_told(
    stream: Sequence[dict[str, Json]], answer: dict[str, Json], reply: str, shown: str
) -> tuple[dict[str, Json], list[Event]]:
    """The rest of a message that has begun, and the end of its response, numbered behind all that came."""
    opened = next(data for data in stream if _opens_message(data))
    index, item = opened["output_index"], opened["item"]
    assert isinstance(item, dict)  # noqa: S101 - `_opens_message` has seen both
    assert isinstance(index, int)  # noqa: S101
    spoken = _spoken(item, reply)
    whole: dict[str, Json] = {**answer, "output": [spoken]}
    end: dict[str, Json] = {"type": "response.completed", "response": whole}
    last = max((n for data in stream if isinstance(n := data.get("sequence_number"), int)), default=-1)
    rest = [*_item_told(index, spoken, begun=False, shown=shown), end]
    return whole, _numbered(rest, [{"sequence_number": last + 1}])


def _opens_message(data: Mapping[str, Json]) -> bool:
    item = data.get("item")
    return (
        data.get("type") == "response.output_item.added"
        and isinstance(data.get("output_index"), int)
        and isinstance(item, dict)
        and item.get("type") == "message"
    )


def _item_told(
    index: int, item: dict[str, Json], *, begun: bool, shown: str | None = None
) -> list[dict[str, Json]]:
    """A message as a stream tells it: it begins, its one part begins, is told and ends, it ends.

    `begun`: all of that. `shown`: what follows these words.
    """
    at: dict[str, Json] = {"output_index": index}
    opened: dict[str, Json] = {**at, "item": {**item, "status": "in_progress", "content": []}}
    begins: list[dict[str, Json]] = [{"type": "response.output_item.added", **opened}]
    more: list[dict[str, Json]] = []
    ends: list[dict[str, Json]] = []
    for part in item["content"] if isinstance(item["content"], list) else []:
        assert isinstance(part, dict)  # noqa: S101 - `_spoken` made it
        here = {"item_id": item.get("id"), **at, "content_index": 0}
        words: Json = part["text"]
        begins += [
            {"type": "response.content_part.added", **here, "part": {**part, "text": ""}},
            {"type": "response.output_text.delta", **here, "delta": words, "logprobs": []},
        ]
        if shown is not None:
            left = str(words).removeprefix(shown)
            more.append({"type": "response.output_text.delta", **here, "delta": left, "logprobs": []})
        ends += [
            {"type": "response.output_text.done", **here, "text": words, "logprobs": []},
            {"type": "response.content_part.done", **here, "part": part},
        ]
    return [
        *(begins if begun else more),
        *ends,
        {"type": "response.output_item.done", **at, "item": item},
    ]


def _numbered(events: Sequence[dict[str, Json]], came: Sequence[Mapping[str, Json]]) -> list[Event]:
    """Numbered on from the first that came: there are fewer of them now, or more."""
    first = next((n for e in came if isinstance(n := e.get("sequence_number"), int)), 0)
    return [written({**e, "sequence_number": first + n}, str(e.get("type"))) for n, e in enumerate(events)]
