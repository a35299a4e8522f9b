"""OpenAI JSON and cases: which requests ask for a reply, the case behind each choice, the reply put back."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

from guard.case import Case
from guard.errors import CaseError
from guard.records import Json

Surface = Literal["chat", "unguarded", "other"]
_REPLIES = ("/chat/completions", "/responses", "/completions")


def surface(method: str, path: str, body: Mapping[str, Json] | None) -> Surface:
    """A reply that we judge, a reply that we cannot judge yet, or something else (embeddings, files, …)."""
    parts = path.rstrip("/")
    if method == "POST" and parts.endswith("/chat/completions"):
        return "unguarded" if body is None or body.get("stream") else "chat"
    asks = any(parts.endswith(end) or f"{end}/" in parts for end in _REPLIES)
    return "unguarded" if asks and method in ("GET", "POST") else "other"


def drafts(request: Mapping[str, Json], response: Mapping[str, Json]) -> dict[int, Case]:
    """The case of each choice with text, by its place in `choices`. A turn of tool calls alone has none."""
    choices = response.get("choices")
    if not isinstance(choices, list):
        raise CaseError("the model's answer has no list of choices.")
    found: dict[int, Case] = {}
    for place, choice in enumerate(choices):
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict):
            raise CaseError(f"choices.{place}: the model's answer has no message.")
        text = message.get("content") or message.get("refusal")
        if isinstance(text, str) and text:
            found[place] = _case(request, text)
        elif text:
            raise CaseError(f"choices.{place}.message.content: expected text.")
    return found


def _case(request: Mapping[str, Json], draft: str) -> Case:
    """The id is the digest of the messages: a retry is the same case, two conversations are two."""
    messages = request.get("messages")
    digest = sha256(
        json.dumps([messages, request.get("user")], ensure_ascii=True, sort_keys=True).encode()
    ).hexdigest()
    record: dict[str, object] = {
        "id": f"chat-{digest[:24]}",
        "messages": messages,
        "draft": draft,
        "tools": request.get("tools"),
    }
    return Case.from_record(record)


def with_replies(response: dict[str, Json], replies: Mapping[int, str]) -> dict[str, Json]:
    """The answer with other texts in place of drafts; everything else as it was.

    What belonged to the draft's own words (log probabilities, citations, audio) goes with them.
    """
    choices = response["choices"]
    assert isinstance(choices, list)  # noqa: S101 - `drafts` has seen it
    changed: list[Json] = []
    for place, choice in enumerate(choices):
        if place in replies and isinstance(choice, dict) and isinstance(choice["message"], dict):
            message = {**choice["message"], "content": replies[place]}
            message |= {key: None for key in ("refusal", "audio") if key in message}
            if "annotations" in message:
                message["annotations"] = []
            changed.append(
                {**choice, "message": message, **({"logprobs": None} if "logprobs" in choice else {})}
            )
        else:
            changed.append(choice)
    return {**response, "choices": changed}
