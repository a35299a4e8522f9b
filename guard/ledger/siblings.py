"""Whether a claim takes a value from another record than the one that the calls were made for.

A lookup lists two visits, and the second was cancelled: its number and its pet are those that a claim must name.
"""

import re
from collections.abc import Iterator

from guard.ledger.evidence import ID_KEY, Entry
from guard.ledger.fields import holds, tokens
from guard.ledger.results import parsed
from guard.records import Json
from guard.text import content, fold

_BESIDE = re.compile(
    r"\b(?:unchanged|stays?|keep|kept|not|other|remains?|still|instead|from|left|rather|untouched|only|but)\b|n't\b"
)
"""Words of a sentence that may well speak of both."""
_SHORTEST = 3


def other_record(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """ "Return number 880 is refunded", where 881 was and a lookup lists both."""
    changing = [c for c in good if not c.reads]
    if not changing or _BESIDE.search(told):
        return None
    done = fold(" ".join(c.text for c in calls if not c.reads and c.result != "failed")).replace("_", " ")
    for one in calls:
        for records in _lists(parsed(one.call.result)) if one.reads else ():
            mine = [r for r in records if any(_is_made_for(k, v, changing) for k, v in r.items())]
            known = f"{done} {' '.join(v for r in mine for v in r.values())}"
            for other in records if mine else ():
                for key, value in other.items() if other not in mine else ():
                    own = [r[key] for r in mine if key in r]
                    if (
                        own
                        and _is_told(key, value, told)
                        and not _holds(value, known)
                        and not any(_is_told(key, v, told) for v in own)
                    ):
                        return f"for {own[0]}"
    return None


def _is_made_for(key: str, value: str, changing: list[Entry]) -> bool:
    """The value, which has digits in it, is an argument of a call; a short one under the same key."""
    return re.search(r"\d", value) is not None and any(
        fold(str(v)) == value and (len(value) >= _SHORTEST or set(tokens(k)) & set(tokens(key)))
        for c in changing
        for k, v in c.asked
    )


def _is_told(key: str, value: str, told: str) -> bool:
    """A name with digits that stands in the sentence, or all words of a name."""
    if re.search(r"\d", value):
        return (len(value) >= _SHORTEST or bool(set(tokens(key)) & ID_KEY)) and holds(value, told)
    worded = content(value)
    return bool(worded) and worded <= content(told.replace("'s", ""))


def _holds(value: str, text: str) -> bool:
    return holds(value, text) or (bool(worded := content(value)) and worded <= content(text))


def _lists(value: Json) -> Iterator[list[dict[str, str]]]:
    """Every list of two records and more, each with its plain values, folded."""
    todo = [value]
    while todo:
        match todo.pop():
            case list() as items:
                records = [
                    {
                        k: fold(str(v)).replace("_", " ")
                        for k, v in item.items()
                        if isinstance(v, str | int) and not isinstance(v, bool)
                    }
                    for item in items
                    if isinstance(item, dict)
                ]
                if len(records) > 1:
                    yield records
                todo.extend(items)
            case dict() as fields:
                todo.extend(fields.values())
            case _:
                pass
