"""A request for a reply, read: in which dialect, in which conversation, after what was said before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from guard.errors import UnguardedError
from guard.exchange import chat, responses
from guard.exchange.drafts import Dialect
from guard.exchange.memory import Memory, Said
from guard.exchange.sse import unambiguous
from guard.exchange.surface import check_guardable, surface
from guard.records import Json

HEADER = "x-conversation-id"
"""The header of a request that names its conversation."""
_LENGTH = 500
"""Characters that a case's id may have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose answer is judged. `body` is the one to send where history had to be put right, else None.

    `begins`: it asks for one reply in prose, so that the reply's beginning may be shown before its end.
    """

    dialect: Dialect
    said: Said
    streamed: bool
    body: bytes | None = None
    begins: bool = False

    def is_stream(self, headers: Mapping[str, str]) -> bool:
        """The answer with these headers comes as events, whatever was asked for."""
        kind = headers.get("content-type", "")
        return "text/event-stream" in kind or (self.streamed and "json" not in kind)


def asked(method: str, path: str, headers: Mapping[str, str], body: bytes, memory: Memory) -> Asked | None:
    """The request as the guard sees it; None where it brings no reply.

    Raises `UnguardedError` where it may bring one that cannot be judged: before anything is sent.
    """
    where = f"{method} {path}"
    match surface(method, path):
        case "no_reply":
            return None
        case "chat":
            return _chat(_request(body, where), headers, where)
        case "responses":
            return _response(_request(body, where), headers, where, memory)
        case "response":
            return _again(path, where, memory)
        case "kept":
            raise UnguardedError(
                f"{where} gives back what the model's server keeps: drafts too that were withheld. "
                "`guard.last_reply(conversation)` is what the customer saw; read the rest without the guard."
            )
        case "unguarded":
            raise UnguardedError(
                f"{where} may give a reply, and only chat completions and responses are guarded. "
                "Use those, or the client without guard.wrap()."
            )


def digest(messages: object) -> str:
    """An id for a conversation without a name: a retry has the same, and so has whoever wrote the very same.

    System and developer messages do not count: they may hold the time of day.
    """
    told = [m for m in messages if not _instructs(m)] if isinstance(messages, list) else messages
    said = json.dumps(told, ensure_ascii=True, sort_keys=True, default=str)
    return f"chat-{sha256(said.encode()).hexdigest()[:24]}"


def json_object(body: bytes) -> dict[str, Json] | None:
    """The body, where it is a JSON object with each name once."""
    try:
        found = unambiguous(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _request(body: bytes, where: str) -> dict[str, Json]:
    request = json_object(body)
    if request is None:
        raise UnguardedError(
            f"{where}: the body is no JSON object, or one too deep or with a name twice, so its reply cannot be judged."
        )
    return request


def _chat(request: Mapping[str, Json], headers: Mapping[str, str], where: str) -> Asked:
    messages = chat.messages(request)
    _check(request, messages, where)
    said = Said(
        _name(request, headers) or digest(messages),
        tuple(messages) if isinstance(messages, list) else (),
        request.get("tools") or request.get("functions"),
        _is_json(request.get("response_format")),
    )
    # JSON without its end is none; log probabilities repeat words.
    held = said.structured or request.get("n") not in (None, 1) or request.get("logprobs")
    return Asked(chat, said, bool(request.get("stream")), begins=not held)


def _response(request: dict[str, Json], headers: Mapping[str, str], where: str, memory: Memory) -> Asked:
    new = responses.messages(request)
    _check(request, new, where)
    kept = _conversation_id(request.get("conversation"))
    before = (
        memory.said(previous)
        if isinstance(previous := request.get("previous_response_id") or kept, str)
        else None
    )
    messages = (*(before.so_far() if before else ()), *(new if isinstance(new, list) else ()))
    known = before.conversation if before else ""
    name = _name(request, headers) or kept or known or digest(list(messages))
    text = request.get("text")
    structured = _is_json(text.get("format") if isinstance(text, dict) else None)
    return Asked(
        responses,
        Said(name, messages, request.get("tools"), structured, kept),
        bool(request.get("stream")),
        responses.put_right(request, before.reply) if before and before.replaced and before.reply else None,
        begins=not structured and not _runs_there(request),
    )


def _again(path: str, where: str, memory: Memory) -> Asked:
    id = path.rstrip("/").removesuffix("/cancel").rpartition("/")[2]
    said = memory.said(id)
    if said is None:
        raise UnguardedError(
            f"{where}: this response was not asked for through this guard, or too long ago, so its conversation is not "
            "known and it cannot be judged. Read it without guard.wrap(), and review it as a case."
        )
    return Asked(responses, said, streamed=False)


def _check(request: Mapping[str, Json], messages: Json, where: str) -> None:
    try:
        check_guardable(request, messages)
    except UnguardedError as error:
        raise UnguardedError(f"{where}: {error}") from None


def _name(request: Mapping[str, Json], headers: Mapping[str, str]) -> str:
    """The names that the request gives its conversation, together; empty where it gives none."""
    metadata = request.get("metadata")
    given = (
        headers.get(HEADER),
        metadata.get("conversation_id") if isinstance(metadata, dict) else None,
        request.get("user"),
        request.get("safety_identifier"),
    )
    name = "/".join(dict.fromkeys(str(n) for n in given if isinstance(n, str | int) and n != ""))
    return name if len(name) <= _LENGTH else digest(name)


def _conversation_id(conversation: Json) -> str | None:
    id = conversation.get("id") if isinstance(conversation, dict) else conversation
    return id if isinstance(id, str) else None


def _is_json(form: Json) -> bool:
    """JSON was asked for, so prose in place of the reply would break whoever reads it."""
    return isinstance(form, dict) and form.get("type") in ("json_schema", "json_object")


def _runs_there(request: Mapping[str, Json]) -> bool:
    """The server may call tools of its own while it answers, and what that brings weighs on words said before.

    A stored prompt may bring such tools. What runs in the background may be read again from its beginning.
    """
    tools = request.get("tools") or []
    ours = isinstance(tools, list) and all(
        isinstance(tool, dict) and tool.get("type") in ("function", "custom") for tool in tools
    )
    return not ours or bool(request.get("prompt") or request.get("background"))


def _instructs(message: object) -> bool:
    return isinstance(message, Mapping) and message.get("role") in ("system", "developer")
