"""From plain values to what a template sees: each checked against its input, texts of others made `Untrusted`.

The header alone decides whose texts are trusted, so no caller can forget to wrap one. What comes from a closed list (a
role, a length) or is a number stays plain: a template may print it and compare it.
"""

import math
from collections.abc import Callable, Mapping
from typing import TypeVar, assert_never

from guard.case import Action, Preferences, ToolCall, Turn
from guard.errors import PromptError
from guard.prompts.header import (
    ActionsInput,
    CallsInput,
    FlagInput,
    Header,
    Input,
    NumberInput,
    PreferencesInput,
    TextInput,
    TurnsInput,
    WordsInput,
)
from guard.prompts.untrusted import Fields, Untrusted

PLAIN = frozenset({"role", "n", "ok", "max_amount", "length", "format"})
"""Fields that hold a word of a closed list or a number, whoever wrote the rest."""
Wrap = Callable[[str], object]
Thing = TypeVar("Thing")


def omitted(n: int) -> str:
    """What stands in place of the turns that the budget had no room for."""
    return f"[{n} earlier turn{'s' * (n > 1)} omitted]"


def seen(header: Header, values: Mapping[str, object], nonce: str, dropped: int = 0) -> dict[str, object]:
    """The values as a template sees them, the first `dropped` turns left out.

    Raises `PromptError` when one is missing, unknown or of another type.
    """
    if missing := sorted(header.inputs.keys() - values.keys()):
        raise PromptError(f"{header.id}: the value of {', '.join(missing)} is missing; pass every input.")
    if unknown := sorted(values.keys() - header.inputs.keys()):
        raise PromptError(
            f"{header.id}: {', '.join(unknown)} is no input of it. Its header names {', '.join(header.inputs) or 'none'}."
        )
    return {
        name: _seen(declared, values[name], f"{header.id}: {name}", nonce, dropped)
        for name, declared in header.inputs.items()
    }


def examples(header: Header) -> dict[str, object]:
    """The examples of the header, as a caller would pass them."""
    return {name: _example(declared) for name, declared in header.inputs.items()}


def empty(header: Header) -> dict[str, object]:
    """The examples with nothing in the lists and every flag turned: what a first message may look like."""
    values = examples(header)
    for name, value in values.items():
        if isinstance(value, tuple):
            values[name] = ()
        elif isinstance(value, bool):
            values[name] = not value
    return values


def _example(declared: Input) -> object:
    match declared:
        case TurnsInput(example=turns):
            return tuple(Turn(t.role, t.content) for t in turns)
        case CallsInput(example=calls):
            return tuple(ToolCall(c.name, c.arguments, c.result, c.ok) for c in calls)
        case ActionsInput(example=actions):
            return tuple(
                Action(**{**a.model_dump(), "needs": tuple(a.needs), "for_words": tuple(a.for_words)})
                for a in actions
            )
        case PreferencesInput(example=p):
            return Preferences(p.language, p.length, p.format)
        case WordsInput(example=words):
            return tuple(words)
        case TextInput() | FlagInput() | NumberInput():
            return declared.example
        case _:
            assert_never(declared)


def _seen(declared: Input, value: object, where: str, nonce: str, dropped: int) -> object:  # noqa: PLR0911 - one a type
    def untrusted(text: str) -> object:
        return Untrusted(text, nonce)

    wrap: Wrap = untrusted if declared.trust == "untrusted" else str
    match declared, value:
        case TextInput(), str():
            return wrap(value)
        case FlagInput(), bool():
            return value
        case NumberInput(), int() | float() if not isinstance(value, bool) and math.isfinite(value):
            return value
        case WordsInput(), list() | tuple():
            return tuple(wrap(_of(str, word, where)) for word in value)
        case TurnsInput(), list() | tuple():
            return _turns([_of(Turn, one, where) for one in value], wrap, dropped, where)
        case CallsInput(), list() | tuple():
            return tuple(_call(_of(ToolCall, one, where), wrap) for one in value)
        case ActionsInput(), list() | tuple():
            return tuple(_action(_of(Action, one, where), wrap) for one in value)
        case PreferencesInput(), Preferences():
            language = None if value.language is None else wrap(value.language)
            length = _closed(value.length, ("short", "normal"), where)
            return Fields(
                {
                    "language": language,
                    "length": length,
                    "format": _closed(value.format, ("prose", "list", "table"), where),
                }
            )
        case _:
            raise PromptError(f"{where}: is {type(value).__name__}, and the header says {declared.type}.")


def _of(kind: type[Thing], value: object, where: str) -> Thing:
    if not isinstance(value, kind):
        raise PromptError(f"{where}: holds a {type(value).__name__}; all that it holds is {kind.__name__}.")
    return value


def _closed(word: str, words: tuple[str, ...], where: str) -> str:
    """A word that templates may print bare: whoever made the value, it is one of ours."""
    if word not in words:
        raise PromptError(f"{where}: has a word that is none of {', '.join(words)}.")
    return word


def _turns(turns: list[Turn], wrap: Wrap, dropped: int, where: str) -> tuple[Fields, ...]:
    """`n` counts the whole conversation from 0, whatever was left out."""
    told = [
        Fields(
            {
                "role": _closed(turn.role, ("customer", "assistant"), where),
                "content": wrap(turn.content),
                "n": n,
            }
        )
        for n, turn in enumerate(turns)
    ]
    if not dropped:
        return tuple(told)
    return (Fields({"role": "omitted", "content": wrap(omitted(dropped)), "n": 0}), *told[dropped:])


def _call(call: ToolCall, wrap: Wrap) -> Fields:
    return Fields(
        {
            "name": wrap(call.name),
            "arguments": wrap(call.arguments),
            "result": wrap(call.result),
            "ok": call.ok,
        }
    )


def _action(action: Action, wrap: Wrap) -> Fields:
    def maybe(text: str | None) -> object:
        return None if text is None else wrap(text)

    return Fields(
        {
            "id": wrap(action.id),
            "does": wrap(action.does),
            "tool": maybe(action.tool),
            "max_amount": action.max_amount,
            "currency": maybe(action.currency),
            "needs": tuple(map(wrap, action.needs)),
            "deadline": maybe(action.deadline),
            "say": maybe(action.say),
            "for_words": tuple(map(wrap, action.for_words)),
        }
    )
