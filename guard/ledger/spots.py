"""The values of a call's arguments or result, each with all the keys that lead to it.

`{"send": {"size": "L"}}` is the size of what is sent; `walk` (`fields`) knows a value by its last key only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from guard.ledger.fields import tokens
from guard.ledger.results import parsed
from guard.records import Json
from guard.text import fold, words

_OLD = words(
    "was earlier formerly old from previous prior original current before return returned returning sender past"
)
"""Keys of what was, beside what is."""
_WAS = words("was before earlier formerly previous prior")
_OF_A_SUM = words("amount value cents minor")
"""Keys of what a key above them names."""
_NOTHING = frozenset(["", "none", "null", "n/a", "-", "unknown"])
"""Values that name nothing."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A plain value, folded, and the words of the keys that lead to it. `last` are those of the key that names it, in order:
    of `{"fee": {"amount": 5}}` they are the fee's.
    """

    keys: frozenset[str]
    value: str
    last: tuple[str, ...]


@lru_cache(maxsize=256)
def spots_of(text: str) -> tuple[Spot, ...]:
    """Every text and number of a JSON text, in order."""
    return tuple(
        Spot(keys, fold(str(value)).replace("_", " "), last)
        for keys, last, value in _values(text)
        if isinstance(value, str | int | float)
        and not isinstance(value, bool)
        and keys
        and fold(str(value)) not in _NOTHING
    )


def new_spots(texts: Iterable[str]) -> tuple[Spot, ...]:
    """The values of several texts, without what was before where they tell both: what is sent, not what comes back."""
    return _new_spots(tuple(texts))


@lru_cache(maxsize=256)  # every check of a claim reads the same calls
def _new_spots(texts: tuple[str, ...]) -> tuple[Spot, ...]:
    every = [s for text in texts for s in spots_of(text)]
    new = {s.keys for s in every if not _old(s)}
    sorts = {_sort(s.value) for s in every if s.keys in new}
    return tuple(s for s in every if not (old := _old(s)) or not _is_past(s, old, new, sorts))


def _is_past(spot: Spot, old: frozenset[str], new: set[frozenset[str]], sorts: set[str]) -> bool:
    """What is told under the same keys, or what `was` beside a value of its sort."""
    if spot.keys == old:
        return bool(old & _WAS) and _sort(spot.value) in sorts
    return any(spot.keys - old <= keys for keys in new)


def _sort(value: str) -> str:
    """A number, a day, or words."""
    return re.sub(r"\d+", "0", value) if value[:1].isdigit() else "words"


def _old(spot: Spot) -> frozenset[str]:
    """Words of its keys that say that it was so before; a `new_return` was not."""
    old = frozenset() if "new" in spot.keys else spot.keys & _OLD
    return old - {"return"} or old


@lru_cache(maxsize=256)
def leaves_of(text: str) -> tuple[tuple[frozenset[str], str], ...]:
    """Every text of a JSON text as it is written, with the words of the keys that lead to it."""
    return tuple((keys, value) for keys, _, value in _values(text) if isinstance(value, str) and keys)


@lru_cache(maxsize=256)
def lists_in(text: str) -> tuple[tuple[frozenset[str], int], ...]:
    """Every list of a JSON text: its keys, and how long it is."""
    return tuple((keys, len(value)) for keys, _, value in _values(text) if isinstance(value, list) and keys)


_Value = tuple[frozenset[str], tuple[str, ...], Json]


def _values(text: str) -> list[_Value]:
    found: list[_Value] = []
    todo: list[_Value] = [(frozenset(), (), parsed(text))]
    while todo:
        keys, last, value = todo.pop()
        found.append((keys, last, value))
        match value:
            case dict() as fields:
                for key, inner in reversed(fields.items()):
                    named = tokens(key)
                    todo.append(
                        (keys | set(named), last if last and _OF_A_SUM.issuperset(named) else named, inner)
                    )
            case list() as items:
                todo.extend((keys, last, item) for item in reversed(items))
            case _:
                pass
    return found
