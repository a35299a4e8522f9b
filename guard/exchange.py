"""OpenAI JSON and cases: which requests ask for a reply, the case behind each choice, the reply put back."""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Literal

from guard.case import Case
from guard.errors import CaseError, UnguardedError
from guard.records import Json

Surface = Literal["chat", "no_reply", "unguarded"]
HEADER = "x-conversation-id"
"""The header of a request that names its conversation."""

_ID = r"[^/]+"
_NO_REPLY = {
    "GET": rf"models(/{_ID}){{0,2}}|files(/{_ID})?|batches(/{_ID})?",
    "POST": rf"embeddings|moderations|images/\w+|audio/(speech|transcriptions|translations)|files|batches(/{_ID}/cancel)?",
    "GET POST": rf"fine_tuning/(jobs|checkpoints)(/{_ID}){{0,3}}|uploads(/{_ID}(/\w+)?)?"
    rf"|vector_stores(/{_ID}(/(search|files|file_batches)(/{_ID}(/\w+)?)?)?)?",
}
"""Ends of paths that are known to hold no reply. What a file holds is not among them: the results of a batch do."""
_NOT_THE_DRAFTS = frozenset({"role", "tool_calls", "function_call", "name"})
"""Fields of a message that hold no words of the draft. What else endpoints put there (thoughts, for one) goes with it."""
_LENGTH = 500
"""Characters that a case's id may have."""


def surface(method: str, path: str) -> Surface:
    """Chat completions, which we judge; what is known to hold no reply; everything else may hold one."""
    if method == "POST" and path.endswith("/chat/completions"):
        return "chat"
    ends = "|".join(end for methods, end in _NO_REPLY.items() if method in methods.split())
    known = method == "DELETE" or (ends and re.search(rf"(?:^|/)(?:{ends})/?$", path))
    return "no_reply" if known else "unguarded"


def check_guardable(request: Mapping[str, Json]) -> None:
    """Raises `UnguardedError` when the reply to this chat request is one that cannot be judged."""
    if request.get("stream"):
        raise UnguardedError("stream: a streamed reply is not guarded yet. Ask without stream=True.")
    modalities = request.get("modalities")
    if request.get("audio") or (isinstance(modalities, list) and "audio" in modalities):
        raise UnguardedError("modalities: a spoken reply is not guarded yet. Ask for text.")
    messages = request.get("messages")
    if isinstance(messages, list):
        check_words(messages)


def check_words(messages: Sequence[object]) -> None:
    """Raises `UnguardedError` when the customer's last message has no words, a picture alone for example."""
    said = [(n, m) for n, m in enumerate(messages) if isinstance(m, Mapping) and m.get("role") == "user"]
    if said and not _has_words(said[-1][1].get("content")):
        raise UnguardedError(
            f"messages.{said[-1][0]}.content: the customer's last message has no words (a picture, sound or file "
            "alone), and the judge reads words only. Add what it shows or says as text."
        )


def _has_words(content: object) -> bool:
    parts = content if isinstance(content, list) else [{"text": content}]
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return any(isinstance(text, str) and text.strip() for text in texts)


def is_structured(request: Mapping[str, Json]) -> bool:
    """The request asks for JSON, so prose in place of the reply would break whoever reads it."""
    form = request.get("response_format")
    return isinstance(form, dict) and form.get("type") in ("json_schema", "json_object")


def conversation(request: Mapping[str, Json], headers: Mapping[str, str]) -> str:
    """The id of the conversation: the names that the request gives, else the digest of its messages."""
    metadata = request.get("metadata")
    given = (
        headers.get(HEADER),
        metadata.get("conversation_id") if isinstance(metadata, dict) else None,
        request.get("user"),
        request.get("safety_identifier"),
    )
    name = "/".join(dict.fromkeys(str(n) for n in given if isinstance(n, str | int) and n != ""))
    if not name:
        return digest(request.get("messages"))
    return name if len(name) <= _LENGTH else digest(name)


def digest(messages: object) -> str:
    """An id for a conversation without a name: a retry has the same, and so has whoever wrote the very same.

    System and developer messages do not count: they may hold the time of day.
    """
    told = [m for m in messages if not _instructs(m)] if isinstance(messages, list) else messages
    said = json.dumps(told, ensure_ascii=True, sort_keys=True, default=str)
    return f"chat-{sha256(said.encode()).hexdigest()[:24]}"


def drafts(request: Mapping[str, Json], response: Mapping[str, Json], id: str) -> dict[int, Case]:
    """The case of each choice, by its place in `choices`.

    A choice with tool calls has none, with or without words beside them: that turn is an intermediate one.
    """
    choices = response.get("choices")
    if not isinstance(choices, list):
        raise CaseError("the model's answer has no list of choices.")
    found: dict[int, Case] = {}
    for place, choice in enumerate(choices):
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict):
            raise CaseError(f"choices.{place}: the model's answer has no message.")
        if message.get("audio"):
            raise UnguardedError(f"choices.{place}.message.audio: a spoken reply is not guarded yet.")
        if _calls_tools(message):
            continue
        parts = [p for p in (message.get("content"), message.get("refusal")) if p]
        if not all(isinstance(p, str) for p in parts):
            raise CaseError(f"choices.{place}.message.content: expected text.")
        text = "\n".join(map(str, parts))
        found[place] = Case.from_record(
            {
                "id": id,
                "messages": request.get("messages"),
                "draft": text,
                "tools": request.get("tools") or request.get("functions"),
            }
        )
    return found


def _calls_tools(message: Mapping[str, Json]) -> bool:
    calls, legacy = message.get("tool_calls"), message.get("function_call")
    listed = calls if isinstance(calls, list) else []
    return any(_named(call) for call in listed) or _named({"function": legacy})


def _named(call: Json) -> bool:
    """A call that names what it calls; an empty one calls nothing and hides no words."""
    function = (call.get("function") or call.get("custom")) if isinstance(call, dict) else None
    return isinstance(function, dict) and bool(function.get("name"))


def _instructs(message: object) -> bool:
    return isinstance(message, Mapping) and message.get("role") in ("system", "developer")


def with_replies(response: dict[str, Json], replies: Mapping[int, str]) -> dict[str, Json]:
    """The answer with other texts in place of drafts; everything else as it was.

    What belonged to the draft's own words (log probabilities, citations, the reasoning that led to it) goes with them.
    """
    choices = response["choices"]
    assert isinstance(choices, list)  # noqa: S101 - `drafts` has seen it
    changed: list[Json] = []
    for place, choice in enumerate(choices):
        if place in replies and isinstance(choice, dict) and isinstance(choice["message"], dict):
            kept = {k: v for k, v in choice["message"].items() if k in _NOT_THE_DRAFTS}
            message: dict[str, Json] = {**kept, "content": replies[place]}
            if "refusal" in choice["message"]:
                message["refusal"] = None
            if "annotations" in choice["message"]:
                message["annotations"] = []
            changed.append(
                {**choice, "message": message, **({"logprobs": None} if "logprobs" in choice else {})}
            )
        else:
            changed.append(choice)
    return {**response, "choices": changed}
