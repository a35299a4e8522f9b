"""What events add to the only reply of a stream: the words of it that may be told before its end.

An event that holds anything else that could say something adds None: it waits for the verdict, and all behind it.
"""

import re
from collections.abc import Iterable, Mapping

from guard.errors import CaseError
from guard.exchange.sse import Event
from guard.records import Json
from guard.text import words

_PADDING = re.compile(r"[A-Za-z0-9]{0,100}")
"""What OpenAI adds to events as `obfuscation`, so that their lengths tell nothing: no words."""
_EVENTS = words("type sequence_number output_index content_index item_id")
"""Fields of an event that hold no words."""
_MESSAGES = words("id type role status phase")
_THOUGHTS = words("id type status encrypted_content")
_PARTS = words("type")
"""Fields of an item and of a part that hold none either."""


def says(fields: Iterable[tuple[object, object]], known: frozenset[str]) -> bool:
    """A field that nobody knows holds something that could be words."""
    return any(isinstance(v, str | list | dict) and bool(v) for name, v in fields if name not in known)


def without_padding(data: dict[str, Json]) -> dict[str, Json]:
    """The data of an event without what is there for its length alone."""
    padded = _PADDING.fullmatch(str(data.get("obfuscation")))
    return {k: v for k, v in data.items() if k != "obfuscation"} if padded else data


class OneMessage:
    """Reads the stream of a response up to the end of the first part of its first message, if that is of the reply.

    Before it stand at most thoughts that nobody can read. `known`: fields of a response that hold no words of its output.
    """

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._place: tuple[Json, Json] | None = None
        """The index and the id of the message, once it has begun."""

    def __call__(self, event: Event) -> str | None:
        """The words that the event adds."""
        if event.data is None:
            return ""
        try:
            data = without_padding(event.json())
        except CaseError:
            return None
        kind = str(data.get("type"))
        return self._added(kind, data) if event.is_plain_as(kind) else None

    def _added(self, kind: str, data: Mapping[str, Json]) -> str | None:
        match kind:
            case "response.output_text.delta":
                return self._delta(data)
            case "keepalive":
                quiet = not says(data.items(), _EVENTS)
            case "response.created" | "response.queued" | "response.in_progress":
                quiet = self._is_response(data)
            case "response.output_item.added" | "response.output_item.done":
                quiet = self._is_item(data, begins=kind.endswith("added"))
            case "response.content_part.added":
                quiet = self._is_part(data)
            case _:
                quiet = False
        return "" if quiet else None

    def _is_response(self, data: Mapping[str, Json]) -> bool:
        response = data.get("response")
        empty = isinstance(response, dict) and not says(response.items(), self._known)
        return empty and not says(data.items(), _EVENTS | {"response"})

    def _is_item(self, data: Mapping[str, Json], *, begins: bool) -> bool:
        """Thoughts that nobody can read; or the message, which begins."""
        item = data.get("item")
        if not isinstance(item, dict) or says(data.items(), _EVENTS | {"item"}) or self._place is not None:
            return False
        if item.get("type") == "reasoning":
            return not says(item.items(), _THOUGHTS)
        reply = item.get("type") == "message" and item.get("phase") in (None, "final_answer")
        placed = isinstance(data.get("output_index"), int)
        if not (begins and reply and placed) or says(item.items(), _MESSAGES):
            return False
        self._place = data.get("output_index"), item.get("id")
        return True

    def _is_part(self, data: Mapping[str, Json]) -> bool:
        part = data.get("part")
        empty = (
            isinstance(part, dict) and part.get("type") == "output_text" and not says(part.items(), _PARTS)
        )
        return empty and self._is_ours(data) and not says(data.items(), _EVENTS | {"part"})

    def _delta(self, data: Mapping[str, Json]) -> str | None:
        delta = data.get("delta")
        alone = self._is_ours(data) and not says(data.items(), _EVENTS | {"delta"})
        return delta if alone and isinstance(delta, str) else None

    def _is_ours(self, data: Mapping[str, Json]) -> bool:
        """It is of the first part of the message."""
        here = data.get("output_index"), data.get("item_id")
        return here == self._place and data.get("content_index") == 0
