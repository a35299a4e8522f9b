"""What the answer to each prompt is made of, read from the very models that code reads answers with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, assert_never, get_args, get_origin

from pydantic import BaseModel

from guard.escalation.summary import Summary
from guard.judging.wire import Reading
from guard.prompts.header import Header, Output
from guard.prompts.tokens import count
from guard.rewriting.wire import Written

EXPECTED: dict[str, Output] = {
    "judge": "judge",
    "rewrite": "rewrite",
    "handoff": "summary",
    "holding": "text",
}
"""The prompts that the guard itself asks with, and the answer that its code then reads."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of the answer. `names`: its own and those of the fields that hold it; `labels`: the words it may have."""

    names: tuple[str, ...]
    labels: tuple[str, ...] = ()


def model_of(output: Output) -> type[BaseModel] | None:
    """None: the answer is plain text."""
    match output:
        case "judge":
            return Reading
        case "rewrite":
            return Written
        case "summary":
            return Summary
        case "text":
            return None
        case _:
            assert_never(output)


def schema_tokens(header: Header) -> int:
    """About how many tokens the answer's schema takes, which goes along with the messages; 0 for plain text."""
    model = model_of(header.output)
    return 0 if model is None else count(json.dumps(model.model_json_schema()), header.model)[0]


def parts(model: type[BaseModel]) -> tuple[Part, ...]:
    """Every field, at whatever depth."""
    return tuple(_parts(model, ()))


def _parts(kind: object, above: tuple[str, ...]) -> Iterator[Part]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield Part((name, *above))
            yield from _parts(field.annotation, (name, *above))
    elif get_origin(kind) is Literal:
        yield Part(above, tuple(word for word in get_args(kind) if isinstance(word, str)))
    else:
        for inner in get_args(kind):
            yield from _parts(inner, above)
