"""Server-sent events: bytes in whatever pieces they come, events out, each with the bytes that it came as.

Framing is that of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream: lines end
in LF, CR or CRLF, an empty line ends an event, `data:` lines add up, a comment begins with a colon. The JSON in them, and
in what is not streamed, is read here too: by everybody alike.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from guard.errors import CaseError
from guard.records import Json

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `raw` holds its comments and its empty line too; `data` is None where it has none."""

    raw: bytes
    data: str | None

    @property
    def ends(self) -> bool:
        """The mark after which chat streams hold nothing."""
        return self.data is not None and self.data.startswith(DONE)

    @property
    def is_plain(self) -> bool:
        """It holds data and nothing beside: no comment, no name, no field of tomorrow."""
        return self.is_plain_as("")

    def is_plain_as(self, name: str) -> bool:
        """The same, but that it may bear this name."""
        named = f"event: {name}".encode("utf-8", "surrogatepass") if name else b""
        return all(line in (b"", named) or line.startswith(b"data:") for line in self.raw.splitlines())

    def json(self) -> dict[str, Json]:
        """Raises `CaseError` where the data is no JSON object."""
        try:
            value = unambiguous(self.data or "")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise CaseError(
                "an event of the model's stream holds no JSON object, or one too deep or with a name twice."
            )
        return value


class Splitter:
    """Cuts a stream into events as its bytes arrive. Time is linear in the bytes, however they are cut."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._line = bytearray()
        self._data: list[bytes] = []
        self._first_line = True
        self._half_end = b""
        """A CR that ended a piece: the LF of its line's end may still come."""

    def feed(self, piece: bytes) -> list[Event]:
        """The events that `piece` completes."""
        piece = self._half_end + piece
        self._half_end = b"\r" if piece.endswith(b"\r") else b""
        return self._cut(piece.removesuffix(b"\r"))

    def _cut(self, piece: bytes) -> list[Event]:
        found: list[Event] = []
        start = 0
        for end in _LINE_END.finditer(piece):
            self._line += piece[start : end.start()]
            self._raw += piece[start : end.end()]
            start = end.end()
            found += self._line_read()
        self._line += piece[start:]
        self._raw += piece[start:]
        return found

    def rest(self) -> list[Event]:
        """What an end without an empty line leaves: some readers take it for an event, so it is judged as one."""
        found: list[Event] = []
        if self._half_end:
            self._raw += self._half_end
            found = self._line_read()
            self._half_end = b""
        if self._line:
            self._line_read()
        return [*found, *(self._event() if self._raw else [])]

    def _line_read(self) -> list[Event]:
        line = bytes(self._line)
        self._line.clear()
        if self._first_line:
            line = line.removeprefix(_BOM)
            self._first_line = False
        if not line:
            return self._event()
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        return []

    def _event(self) -> list[Event]:
        data = b"\n".join(self._data).decode("utf-8", "replace") if self._data else None
        event = Event(bytes(self._raw), data)
        self._raw.clear()
        self._data = []
        return [event]


def unambiguous(text: str | bytes) -> Json:
    """JSON in which every reader reads the same. Raises `ValueError` where it is none, or where a name stands twice."""
    try:
        value: Json = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _once(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    """Of two values with one name some readers take the first and some the last: nobody knows which one was judged."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def written(data: Json, name: str | None = None) -> Event:
    """An event of our own."""
    text = json.dumps(data)  # in ASCII: a lone surrogate of the model's is no UTF-8
    lines = f"event: {name}\ndata: {text}\n\n" if name else f"data: {text}\n\n"
    return Event(lines.encode(), text)


def written_done() -> Event:
    """The mark after which a chat stream holds nothing."""
    return Event(f"data: {DONE}\n\n".encode(), DONE)


def readable(events: Iterable[Event]) -> Iterator[dict[str, Json]]:
    """The objects of those events that hold one."""
    for event in events:
        if event.data is not None and not event.ends:
            with suppress(CaseError):
                yield event.json()
