"""A chat completion, as far as it is read. Of all the rest the SDK would make objects, which can take seconds."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _first(told: object) -> tuple[object, ...]:
    """One answer was asked for."""
    return tuple(told[:1]) if isinstance(told, list) else ()


def _known(told: object) -> object:
    return told if isinstance(told, dict) else None


def _name(told: object) -> str:
    """What the endpoint calls its model, where it says so."""
    return told if isinstance(told, str) else ""


def _count(told: object) -> int:
    """Tokens as the endpoint counted them, where it did."""
    return told if type(told) is int and told >= 0 else 0


class _Part(BaseModel):
    """Endpoints add what they like."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Usage(_Part):
    """What it took."""

    prompt_tokens: Annotated[int, BeforeValidator(_count)] = 0
    completion_tokens: Annotated[int, BeforeValidator(_count)] = 0


class Message(_Part):
    """What the model said, or why it does not."""

    content: str | None = None
    refusal: str | None = None


class Choice(_Part):
    """A message and why it ends."""

    message: Message
    finish_reason: str | None = None


class Answer(_Part):
    """What an endpoint answered."""

    choices: Annotated[tuple[Choice, ...], BeforeValidator(_first)] = ()
    usage: Annotated[Usage | None, BeforeValidator(_known)] = None
    model: Annotated[str, BeforeValidator(_name)] = ""
