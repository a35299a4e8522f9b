"""Messages of any framework, judged as the wrapped client would judge them: one chat request, one answer."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from guard.exchange.asked import HEADER, asked, json_object
from guard.exchange.judged import answered
from guard.exchange.steps import Answered, Manner, Steps
from guard.records import Json

if TYPE_CHECKING:
    from guard.assemble import Guard

Message = dict[str, Json]
"""A chat message."""


def exchanged(
    guard: "Guard",
    request: Mapping[str, object],
    drafts: Sequence[Mapping[str, object]],
    conversation: str | None = None,
    id: str | None = None,
) -> Steps[Answered]:
    """The drafted messages as the choices of an answer to `request`: for `guard.exchange` or `guard.aexchange`.

    `id` is what `guard.outcome_of` knows the answer by.

    Raises `UnguardedError` when the reply to this request is one that cannot be judged.
    """
    headers = {HEADER: conversation} if conversation else {}
    ask = asked("POST", "/chat/completions", headers, _json(request), guard.memory)
    assert ask is not None  # noqa: S101 - a chat completion always brings a reply
    answer = {"id": id or uuid4().hex, "choices": [{"message": draft} for draft in drafts]}
    return answered(ask, _json(answer), Manner(guard.policy, guard.memory))


def called(id: str | None, name: str, arguments: str) -> Message:
    """A tool call, as a chat message holds it."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def failed(told: str) -> str:
    """The result of a call that its framework knows to have failed: the ledger must not have to guess it."""
    return json.dumps({"error": told})


def shown(told: Answered) -> list[Message]:
    """The messages that may be seen, in the order of the drafts."""
    choices = (json_object(told.body) or {}).get("choices")
    messages = [c.get("message") for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []
    return [message for message in messages if isinstance(message, dict)]


def words(message: Mapping[str, Json]) -> str:
    """What a message says: none, where all of it had to go."""
    content = message.get("content")
    return content if isinstance(content, str) else ""


def _json(value: object) -> bytes:
    """As the SDK would send it; what is no JSON (an argument that a tool made of it) as text."""
    return json.dumps(value, default=str).encode()
