"""The values of a call's arguments or result, each with all the keys that lead to it.

`{"send": {"size": "L"}}` is the size of what is sent; `walk` (`fields`) knows a value by its last key only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from guard.ledger.fields import tokens
from guard.ledger.results import parsed
from guard.records import Json
from guard.text import fold, words

_OLD = words("old from previous prior original current before return returned returning sender past")
"""Keys of what was, beside what is."""
_NOTHING = frozenset(["", "none", "null", "n/a", "-", "unknown"])
"""Values that name nothing."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A plain value, folded, and the words of the keys that lead to it."""

    keys: frozenset[str]
    value: str


@lru_cache(maxsize=256)
def spots_of(text: str) -> tuple[Spot, ...]:
    """Every text and number of a JSON text, in order."""
    return tuple(
        Spot(keys, fold(str(value)).replace("_", " "))
        for keys, value in _values(text)
        if isinstance(value, str | int | float)
        and not isinstance(value, bool)
        and keys
        and fold(str(value)) not in _NOTHING
    )


def new_spots(texts: Iterable[str]) -> list[Spot]:
    """The values of several texts, without what was before where they tell both: what is sent, not what comes back."""
    every = [s for text in texts for s in spots_of(text)]
    new = {s.keys for s in every if not s.keys & _OLD}
    return [
        s
        for s in every
        if not (old := s.keys & _OLD) or s.keys == old or not any(s.keys - old <= keys for keys in new)
    ]


@lru_cache(maxsize=256)
def lists_in(text: str) -> tuple[tuple[frozenset[str], int], ...]:
    """Every list of a JSON text: its keys, and how long it is."""
    return tuple((keys, len(value)) for keys, value in _values(text) if isinstance(value, list) and keys)


def _values(text: str) -> list[tuple[frozenset[str], Json]]:
    found: list[tuple[frozenset[str], Json]] = []
    todo: list[tuple[frozenset[str], Json]] = [(frozenset(), parsed(text))]
    while todo:
        keys, value = todo.pop()
        found.append((keys, value))
        match value:
            case dict() as fields:
                todo.extend((keys | set(tokens(key)), inner) for key, inner in reversed(fields.items()))
            case list() as items:
                todo.extend((keys, item) for item in reversed(items))
            case _:
                pass
    return found
