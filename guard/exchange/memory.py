"""What was asked and shown before, by the names under which the model's server keeps it.

A response that is read again, or that the next one goes on from, is known here only by its id. What the customer was
shown in place of a draft is kept on disk too (`Shelf`), since the server keeps the draft.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol, TypeVar

from guard.records import Json, clean

T = TypeVar("T")
_KEPT = 4096
"""Conversations that are remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Said:
    """A conversation up to an answer: its messages in chat form, the tools it had, whether JSON was asked for.

    `kept_as` is the name under which the server keeps the conversation itself. Of the answer, once it was judged: `ran`
    is what it called, `reply` what the customer saw of it, `replaced` says that this is not the draft.
    """

    conversation: str
    messages: tuple[Json, ...]
    tools: Json
    structured: bool = False
    kept_as: str | None = None
    ran: tuple[Json, ...] = ()
    reply: str | None = None
    replaced: bool = False

    def so_far(self) -> tuple[Json, ...]:
        """The messages with what the answer called and said: what the next request goes on from."""
        spoken: Json = {"role": "assistant", "content": self.reply}
        return (*self.messages, *self.ran, *((spoken,) if self.reply else ()))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a customer saw in place of a draft that the model's server keeps, and in which conversation."""

    conversation: str
    reply: str


class Shelf(Protocol):
    """Where shown replies outlive this process."""

    def shown(self, id: str) -> Shown | None:
        """What was shown; None where the draft was, or where nobody kept it."""
        ...


class Memory:
    """The last conversations, safe to share between threads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._said: OrderedDict[str, Said] = OrderedDict()
        self._replies: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, ids: tuple[str, ...], said: Said) -> None:
        """Remember a conversation under the ids of its answer."""
        with self._lock:
            for id in ids:
                _put(self._said, id, said)

    def said(self, id: str) -> Said | None:
        """The conversation behind an id; of one from before this process only a replaced reply is known."""
        id = clean(id)
        with self._lock:
            found = self._said.get(id)
        if found is None and (shown := self._shelf.shown(id)) is not None:
            return Said(shown.conversation, (), None, reply=shown.reply, replaced=True)
        return found

    def reply(self, conversation: str, text: str) -> None:
        """Remember the last words that a customer saw."""
        with self._lock:
            _put(self._replies, conversation, text)

    def last_reply(self, conversation: str) -> str | None:
        """The last words that were shown in a conversation."""
        with self._lock:
            return self._replies.get(conversation)


def _put(kept: OrderedDict[str, T], id: str, value: T) -> None:
    kept[id] = value
    kept.move_to_end(id)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
