"""What the two dialects of OpenAI have in common: the words in an answer that a customer would see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from guard.exchange.sse import Event
from guard.records import Json

Kind = Literal["reply", "beside_calls", "broken_off"]
"""A reply; words beside tool calls, or on the way to the reply; words of an answer that failed or is not finished."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Words of an answer, and by `place` which of them."""

    place: int
    text: str
    kind: Kind = "reply"


@dataclass(frozen=True, slots=True)
class Heard:
    """A stream, read to its end. `answer` is what it adds up to, None where it brought an error."""

    answer: dict[str, Json] | None
    events: tuple[Event, ...]


FIELD = "compassion_guard"
"""The extra field of an answer that names its outcome."""


def joined(parts: Iterable[str]) -> str:
    """Parts as one text. Some readers put them together without a space, so a word that two parts share is one word."""
    text = ""
    for part in parts:
        cut = text[-1:].isalnum() and part[:1].isalnum()
        text += part if cut or not text else f"\n{part}"
    return text


class Dialect(Protocol):
    """How an endpoint writes what is asked and answered. `chat` and `responses` are the two."""

    def messages(self, request: Mapping[str, Json]) -> Json:
        """What was said and called, as chat messages."""
        ...

    def done(self, answer: Mapping[str, Json]) -> list[Json]:
        """What was called within the answer itself, as chat messages."""
        ...

    def called(self, answer: Mapping[str, Json]) -> list[Json]:
        """Every call of the answer, as chat messages, for the turn after."""
        ...

    def kept(self, answer: Mapping[str, Json]) -> str | None:
        """The name by which the server keeps the answer, for a next request to go on from."""
        ...

    def drafts(self, answer: Mapping[str, Json]) -> list[Draft]:
        """The words that a customer would see. Raises `CaseError` where they cannot be found."""
        ...

    def with_replies(self, answer: dict[str, Json], replies: Mapping[int, str]) -> dict[str, Json]:
        """The answer with other words in those places. Fields that may repeat the draft go; calls and usage stay."""
        ...

    def ends(self, event: Event) -> bool:
        """Behind this event nothing is told any more, whether the connection ends or not."""
        ...

    def heard(self, events: Sequence[Event]) -> Heard:
        """What the events add up to. Raises `CaseError` where that cannot be told, or where they break off."""
        ...

    def told(
        self, events: Sequence[Event], answer: dict[str, Json], replies: Mapping[int, str]
    ) -> list[Event]:
        """The stream with other words in those places. `answer` is `with_replies` of what was heard."""
        ...

    def held_too_long(self, events: Sequence[Event], reply: str) -> tuple[dict[str, Json], list[Event]]:
        """A whole answer, and its stream, for one that was cut short."""
        ...
