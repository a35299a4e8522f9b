"""What the two dialects of OpenAI have in common: the words in an answer that a customer would see."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    def adding(self) -> Callable[[Event], str | None]:
        """A reader of one stream: the words that each event adds to the only reply.

        None where an event holds more that could say something; nobody reads on behind it.
        """
        ...

    def heard(self, events: Sequence[Event]) -> Heard:
        """What the events add up to. Raises `CaseError` where that cannot be told, or where they break off."""
        ...

    def told(
        self,
        events: Sequence[Event],
        answer: dict[str, Json],
        replies: Mapping[int, str],
        shown: str | None = None,
    ) -> list[Event]:
        """The stream with other words in those places. `answer` is `with_replies` of what was heard.

        `shown` are words with which the first reply begins, and which went on before these events.
        """
        ...

    def held_too_long(
        self, events: Sequence[Event], reply: str, shown: str | None = None
    ) -> tuple[dict[str, Json], list[Event]]:
        """A whole answer, and its stream, for one that was cut short; of the stream what follows `shown`."""
        ...


class Begun:
    """A stream of one reply, and how much of it has gone on before the rest is there.

    Events go on as they came and in their order while they hold words of the draft and nothing else that could say
    something; the first that does waits for the verdict, and all behind it. Comments are left out: nobody judges them.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.words = ""
        """The draft so far."""
        self.place = 0
        """Up to where it may be shown."""
        self.told = 0
        """Events that have gone on or were left out."""
        self._adds = dialect.adding()
        self._ends: list[int] = []
        self._waits = False
        self._read = 0

    @property
    def shown(self) -> str | None:
        """The words that have gone on; None where nothing has."""
        return self.words[: self._ends[self.told - 1]] if self.told else None

    def hear(self, events: Iterable[Event]) -> None:
        """Take the next events."""
        for event in events:
            added = None if self._waits else self._adds(event)
            if added is None:
                self._waits = True
                return
            self.words += added
            self._ends.append(len(self.words))

    def unread(self, places: Iterable[int]) -> list[int]:
        """Those of these places that were not asked for before."""
        new = [place for place in places if place > self._read]
        self._read = max(new, default=self._read)
        return new

    def tell(self, events: Sequence[Event], place: int) -> list[Event]:
        """Of all events those that go on now that the draft may be shown up to here: none that holds a later word."""
        before = self.told
        self.place, self.told = place, bisect_right(self._ends, place)
        return [event for event in events[before : self.told] if event.data is not None]
