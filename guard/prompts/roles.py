"""Roles are blocks of the template, in an order that the names alone decide; no text can become another role."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]
_ROLE = re.compile(r"(system|user|assistant)|(user|assistant)_([1-9]\d?)")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is sent."""

    role: Role
    text: str


def is_role(block: str) -> bool:
    """The block is a message: system, user, assistant, or one of a numbered example like user_1."""
    return _ROLE.fullmatch(block) is not None


def role_of(block: str) -> Role:
    """Whose message the block is."""
    match block.partition("_")[0]:
        case "system":
            return "system"
        case "assistant":
            return "assistant"
        case _:
            return "user"


def ordered(blocks: Iterable[str]) -> tuple[str, ...]:
    """The role blocks as they are sent: system, the examples by number, user, and what the answer begins with."""

    def place(block: str) -> tuple[int, int, bool]:
        name, _, number = block.partition("_")
        if number:
            return 1, int(number), name == "assistant"
        return {"system": 0, "user": 2}.get(name, 3), 0, False

    return tuple(sorted(filter(is_role, blocks), key=place))
