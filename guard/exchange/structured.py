"""A reply inside JSON that the app asked for: one text, found and replaced by its JSON pointer (RFC 6901)."""

import json

from guard.exchange.sse import unambiguous
from guard.records import Json


def find(text: str, pointer: str) -> str | None:
    """The text at the pointer; None where the JSON has none there."""
    try:
        value = unambiguous(text)
    except ValueError:
        return None
    for step in _steps(pointer):
        value = _child(value, step)
    return value if isinstance(value, str) else None


def put(text: str, pointer: str, reply: str) -> str:
    """The JSON with another text there. `find` has found one."""
    whole: Json = json.loads(text)
    *above, last = _steps(pointer)
    holder = whole
    for step in above:
        holder = _child(holder, step)
    if isinstance(holder, dict):
        holder[last] = reply
    elif isinstance(holder, list):
        holder[int(last)] = reply
    return json.dumps(whole, ensure_ascii=False)


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _child(value: Json, step: str) -> Json:
    match value:
        case dict():
            return value.get(step)
        case list() if step.isdecimal() and int(step) < len(value):
            return value[int(step)]
        case _:
            return None
