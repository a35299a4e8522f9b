"""Chat completions: the words of every choice, and other words put back, streamed or not."""

from collections.abc import Callable, Mapping, Sequence

from guard.errors import CaseError, UnguardedError
from guard.exchange.adding import says, without_padding
from guard.exchange.drafts import FIELD, Draft, Heard, joined
from guard.exchange.sse import Event, readable, written, written_done
from guard.records import Json
from guard.text import words

_NOT_THE_DRAFTS = words("role tool_calls function_call name")
"""Fields of a message that hold no words of the draft. What else endpoints put there (thoughts, for one) goes with it."""
_ANSWERS = words("id object created model usage system_fingerprint service_tier prompt_filter_results") | {
    FIELD
}
_CHOICES = words("index finish_reason content_filter_results")
"""Fields of an answer and of a choice that hold no words. In a replaced one nothing else stays: some servers repeat the
draft elsewhere."""
_CHUNKS = (_ANSWERS - {FIELD}) | {"choices"}
"""Fields of a chunk that stay: a mark in it is another's."""
_BESIDE_DELTA = words("content_filter_results")
_BESIDE_CONTENT = words("role content")
"""Fields of a choice and of a delta that may stand in a chunk that goes on before the reply is judged."""
_CUT = ("length", "content_filter")
"""Why a draft ended early; what stands in its place has not."""


def messages(request: Mapping[str, Json]) -> Json:
    """What was said and called: chat messages already."""
    return request.get("messages")


def done(answer: Mapping[str, Json]) -> list[Json]:
    """Nothing: a completion calls tools, and does not run them."""
    return []


def called(answer: Mapping[str, Json]) -> list[Json]:
    """Nothing to remember: an app sends the whole conversation each time."""
    return []


def kept(answer: Mapping[str, Json]) -> str | None:
    """None: an app sends the whole conversation each time."""
    return None


def drafts(answer: Mapping[str, Json]) -> list[Draft]:
    """The words of every choice, by its place in `choices`; none for a choice that only calls tools."""
    found: list[Draft] = []
    for place, choice in enumerate(_choices(answer)):
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict):
            raise CaseError(f"choices.{place}: the model's answer has no message.")
        if message.get("audio"):
            raise UnguardedError(f"choices.{place}.message.audio: a spoken reply is not guarded yet.")
        parts = [p for p in (message.get("content"), message.get("refusal")) if p]
        if not all(isinstance(p, str) for p in parts):
            raise CaseError(f"choices.{place}.message.content: expected text.")
        text = joined(map(str, parts))
        beside = [choice.get("text"), message.get("text")] if isinstance(choice, dict) else []
        if any(told and told != text for told in beside):
            raise CaseError(f"choices.{place}: the model's answer holds words beside its message.")
        if not _calls_tools(message):
            found.append(Draft(place, text))
        elif text.strip():
            found.append(Draft(place, text, "beside_calls"))
    return found


def with_replies(answer: dict[str, Json], replies: Mapping[int, str]) -> dict[str, Json]:
    """The answer with other words in place of drafts; calls, usage and other choices as they were, unknown fields gone.

    What belonged to the draft's own words (log probabilities, citations, the reasoning that led to it) goes with them.
    """
    choices: list[Json] = [
        _with_reply(choice, replies[place]) if place in replies and isinstance(choice, dict) else choice
        for place, choice in enumerate(_choices(answer))
    ]
    return {**_only(answer, _ANSWERS), "choices": choices}


def ends(event: Event) -> bool:
    """The mark [DONE], or an error."""
    return event.ends or (
        event.data is not None and '"error"' in event.data and bool(event.json().get("error"))
    )


def adding() -> Callable[[Event], str | None]:
    """Every chunk says by itself what it adds."""
    return _adds


def _adds(event: Event) -> str | None:
    """The content of a chunk; None where it ends, calls or refuses, is of another choice, or has a field that nobody knows."""
    if event.data is None:
        return ""
    try:
        chunk = without_padding(event.json()) if event.is_plain else {}
        choices = _choices(chunk)
    except CaseError:
        return None
    if says(chunk.items(), _CHUNKS):
        return None
    match choices:
        case []:
            return ""
        case [{"index": 0, "delta": dict() as delta, **beside}]:
            content = delta.get("content") or ""
            alone = not says(beside.items(), _BESIDE_DELTA) and not says(delta.items(), _BESIDE_CONTENT)
            return content if isinstance(content, str) and alone else None
        case _:
            return None


def heard(events: Sequence[Event]) -> Heard:
    """The completion that the chunks add up to, choices in the order of their index."""
    head: dict[str, Json] = {}
    choices: dict[int, dict[str, Json]] = {}
    for n, event in enumerate(events):
        if event.ends:
            return Heard(_completion(head, choices), tuple(events[: n + 1]))
        if event.data is None:
            continue
        chunk = event.json()
        if chunk.get("error"):
            return Heard(None, (event,))
        head = {**chunk, **{k: v for k, v in head.items() if v}}  # a preamble may leave its id empty
        for place, part in enumerate(_choices(chunk)):
            _add(choices, part, place)
    if not choices or any(choice.get("finish_reason") is None for choice in choices.values()):
        raise CaseError("the model's stream broke off before its reply was finished.")
    return Heard(_completion(head, choices), tuple(events))


def told(
    events: Sequence[Event], answer: dict[str, Json], replies: Mapping[int, str], shown: str | None = None
) -> list[Event]:
    """The chunks, with each other reply whole where its choice begins. Comments and unknown fields go."""
    choices = _choices(answer)
    changed = {_index(choices[place], place): reply for place, reply in replies.items()}
    calling = {_index(c, n) for n, c in enumerate(choices) if _is_calling(c)}
    waiting = {n: reply.removeprefix(shown or "") if n == 0 else reply for n, reply in changed.items()}
    mark = {FIELD: answer[FIELD]} if FIELD in answer else {}
    out: list[Event] = []
    for event in events:
        if event.data is None or event.ends:
            out += [written_done()] if event.ends else []
            continue
        chunk = event.json()
        parts = [(_index(part, n), part) for n, part in enumerate(_choices(chunk))]
        kept = [
            _part_told(part, waiting.pop(n, ""), begun=n == 0 and shown is not None, calls=n in calling)
            if n in changed
            else part
            for n, part in parts
        ]
        first = mark if any(n in changed for n, _ in parts) else {}
        as_it_was = event.is_plain and kept == [part for _, part in parts] and chunk.keys() <= _CHUNKS
        if as_it_was and not first:
            out.append(event)
        elif any(kept) or not parts or chunk.get("usage"):
            left: list[Json] = [part for part in kept if part]
            out.append(written({**_only(chunk, _CHUNKS), "choices": left, **first}))
            mark = {} if first else mark
    return out


def held_too_long(
    events: Sequence[Event], reply: str, shown: str | None = None
) -> tuple[dict[str, Json], list[Event]]:
    """A completion of one choice, named as the chunks that came name it."""
    first = next(iter(readable(events)), {})
    named = {k: v for k, v in first.items() if k in ("id", "created", "model")}
    head: dict[str, Json] = {
        "id": "cut-short",
        "created": 0,
        "model": "",
        **named,
        "object": "chat.completion.chunk",
    }
    message: Json = {"role": "assistant", "content": reply}
    delta: Json = message if shown is None else {"content": reply.removeprefix(shown)}
    chunks: list[Json] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ]
    answer: dict[str, Json] = {
        **head,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }
    return answer, [*map(written, chunks), written_done()]


def _completion(head: Mapping[str, Json], choices: Mapping[int, dict[str, Json]]) -> dict[str, Json]:
    return {**head, "choices": [choices[index] for index in sorted(choices)]}


def _choices(answer: Mapping[str, Json]) -> list[Json]:
    choices = answer.get("choices")
    if not isinstance(choices, list):
        raise CaseError("the model's answer has no list of choices.")
    return choices


def _index(part: Json, place: int) -> int:
    index = part.get("index", place) if isinstance(part, dict) else None
    if not isinstance(index, int) or index < 0:
        raise CaseError(f"choices.{place}.index: expected a number from 0.")
    return index


def _is_calling(choice: Json) -> bool:
    message = choice.get("message") if isinstance(choice, dict) else None
    return isinstance(message, dict) and _calls_tools(message)


def _calls_tools(message: Mapping[str, Json]) -> bool:
    calls, legacy = message.get("tool_calls"), message.get("function_call")
    listed = calls if isinstance(calls, list) else []
    return any(_named(call) for call in listed) or _named({"function": legacy})


def _named(call: Json) -> bool:
    """A call that names what it calls; an empty one calls nothing and hides no words."""
    function = (call.get("function") or call.get("custom")) if isinstance(call, dict) else None
    return isinstance(function, dict) and bool(function.get("name"))


def _with_reply(choice: dict[str, Json], reply: str) -> Json:
    before = choice["message"]
    assert isinstance(before, dict)  # noqa: S101 - `drafts` has seen it
    message: dict[str, Json] = {k: v for k, v in before.items() if k in _NOT_THE_DRAFTS}
    message["content"] = reply or None
    if "refusal" in before:
        message["refusal"] = None
    if "annotations" in before:
        message["annotations"] = []
    made: dict[str, Json] = {**_only(choice, _CHOICES), "message": message}
    if "logprobs" in choice:
        made["logprobs"] = None
    if choice.get("finish_reason") in _CUT and reply and not _is_calling(choice):
        made["finish_reason"] = "stop"
    return made


def _part_told(part: Json, reply: str, *, begun: bool, calls: bool) -> dict[str, Json] | None:
    """A choice of a chunk without the draft's words, with the reply where there is one; None when nothing is left.

    `begun`: who speaks was told before, and the SDK would add it to that. `calls`: what was cut may be a call, and stays cut.
    """
    assert isinstance(part, dict)  # noqa: S101 - `_index` has seen it
    before = part.get("delta")
    delta = {k: v for k, v in before.items() if k in _NOT_THE_DRAFTS} if isinstance(before, dict) else {}
    if reply:
        delta = {**({} if begun else {"role": "assistant"}), **delta, "content": reply}
    ending = part.get("finish_reason")
    if not delta and ending is None:
        return None
    made: dict[str, Json] = {**_only(part, _CHOICES), "delta": delta}
    if "logprobs" in part:
        made["logprobs"] = None
    if ending in _CUT and not calls:
        made["finish_reason"] = "stop"
    return made


def _add(choices: dict[int, dict[str, Json]], part: Json, place: int) -> None:
    """What a chunk adds to its choice: words, calls by their index, the reason why it ended."""
    index = _index(part, place)
    assert isinstance(part, dict)  # noqa: S101 - `_index` has seen it
    delta = part.get("delta") or {}
    content = delta.get("content") if isinstance(delta, dict) else None
    if part.get("message") or not isinstance(delta, dict) or part.get("text") not in (None, "", content):
        raise CaseError(
            f"choices.{place}: a chunk of a stream has a delta, and this one holds words elsewhere."
        )
    choice = choices.setdefault(
        index, {"index": index, "message": {"role": "assistant"}, "finish_reason": None}
    )
    message = choice["message"]
    assert isinstance(message, dict)  # noqa: S101 - made above
    if part.get("finish_reason") is not None:
        choice["finish_reason"] = part["finish_reason"]
    for key, value in delta.items():
        match value:
            case None:
                pass
            case str() if key not in ("role", "name"):
                message[key] = f"{message.get(key) or ''}{value}"
            case list() if key == "tool_calls":
                message[key] = _calls(message.get(key), value)
            case dict() if key == "function_call":
                message[key] = _function(message.get(key), value)
            case list() | dict() if key == "content":
                raise CaseError(f"choices.{place}.delta.content: expected text.")
            case _:
                message[key] = value


def _calls(before: Json, parts: list[Json]) -> list[Json]:
    """Tool calls so far and their next pieces: the name comes once, the arguments add up."""
    calls: list[Json] = list(before) if isinstance(before, list) else []
    for part in parts:
        index = part.get("index", len(calls)) if isinstance(part, dict) else None
        if not isinstance(part, dict) or not isinstance(index, int):
            raise CaseError("choices.delta.tool_calls: expected calls with an index.")
        at = next(
            (n for n, one in enumerate(calls) if isinstance(one, dict) and one.get("index") == index), None
        )
        if at is None:
            calls.append({**part, "index": index})
            continue
        call = calls[at]
        assert isinstance(call, dict)  # noqa: S101 - found as one
        calls[at] = {
            **call,
            **{k: _function(call.get(k), part[k]) for k in ("function", "custom") if part.get(k)},
        }
    return calls


def _function(so_far: Json, more: Json) -> Json:
    """What a call names; whether it names anything is all that is asked."""
    known = so_far if isinstance(so_far, dict) else {}
    return {**known, **{k: v for k, v in more.items() if v}} if isinstance(more, dict) else known


def _only(fields: Mapping[str, Json], known: frozenset[str]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if name in known}
