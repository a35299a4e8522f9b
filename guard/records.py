"""Text from outside, checked: the shapes in which cases arrive.

Two shapes are read. A *case*: `id`, `context`, `draft`, `actions`, `authority`, `preferences`.
A *chat*: `messages` in chat-completions form, tool calls and results included, and `draft`.
Unknown keys of a case are left alone (labels and notes travel in the same files); unknown keys
inside an authority or a preference are errors, because a limit with a typo is no limit. Nothing is
guessed either: "50" is no number and "yes" is neither true nor false.

What was said and drafted stays as it came, character for character; `clean` is for those who store or print it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    StrictBool,
    StrictStr,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from guard.errors import CaseError

Json = JsonValue


def clean(text: str) -> str:
    """Text without NUL and lone surrogates, which databases and terminals refuse."""
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text


def _clean(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _as_it_came(value: object) -> str:
    """Any text. pydantic's own check refuses lone surrogates, and a draft goes out byte for byte."""
    if isinstance(value, str):
        return value
    raise PydanticCustomError("text", "expected text")


Text = Annotated[StrictStr, BeforeValidator(_clean)]
Verbatim = Annotated[str, PlainValidator(_as_it_came)]


class _Open(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TurnRecord(_Open):
    """One thing that was said."""

    role: Literal["customer", "assistant"]
    content: Verbatim


class ToolCallRecord(_Open):
    """One tool call that was made, with its result."""

    name: Annotated[Verbatim, Field(min_length=1)]
    arguments: Json = None
    result: Json = None
    ok: StrictBool | None = None


class ActionRecord(_Closed):
    """One thing that the assistant may do."""

    id: Text = Field(min_length=1)
    does: Text = Field(min_length=1, max_length=2000)
    tool: Text | None = None
    max_amount: float | None = Field(default=None, strict=True, ge=0, allow_inf_nan=False)
    currency: Annotated[Text, Field(pattern=r"^[A-Za-z]{3}$")] | None = None
    needs: tuple[Text, ...] = ()
    deadline: Text | None = None
    say: Text | None = None
    for_words: tuple[Text, ...] = ()


class PreferencesRecord(_Closed):
    """How this customer likes things."""

    language: Text | None = None
    length: Literal["short", "normal"] = "normal"
    format: Literal["prose", "list", "table"] = "prose"


class CaseRecord(_Open):
    """One line of a case file."""

    id: Annotated[Verbatim, Field(min_length=1, max_length=500)]
    context: tuple[TurnRecord, ...]
    draft: Verbatim
    actions: tuple[ToolCallRecord, ...] | None = None
    authority: tuple[ActionRecord | Text, ...] | None = None
    preferences: Annotated[PreferencesRecord, BeforeValidator(lambda v: {} if v is None else v)] = (
        PreferencesRecord()
    )
    tool_names: tuple[Text, ...] = ()


def read_case(obj: Mapping[str, object]) -> CaseRecord:
    """Check one object, in case shape or in chat shape.

    Raises `CaseError` that names the field, what it holds and what is expected.
    """
    if obj.get("messages") and "context" in obj:
        raise CaseError(
            "both context and messages are there; give one of them, the conversation stands in it whole."
        )
    _refuse_near(obj, _LINE, "")
    for n, call in enumerate(calls if isinstance(calls := obj.get("actions"), list | tuple) else ()):
        if isinstance(call, Mapping):
            _refuse_near(call, _CALL, f"actions.{n}.")
    try:
        return CaseRecord.model_validate(_from_chat(obj) if "messages" in obj else obj)
    except ValidationError as error:
        raise CaseError(_explain(error)) from None


_LINE = ("id", "context", "messages", "draft", "actions", "authority", "preferences", "tools", "functions")
_CALL = ("name", "arguments", "result", "ok")
_SHORT = {"args": "arguments", "params": "arguments", "input": "arguments", "output": "result"}


def _refuse_near(obj: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    """A key that is nearly one of ours would be dropped in silence, and a check with it. Other keys are the caller's."""
    for key in obj:
        if key in known:
            continue
        low = str(key).lower()
        near = [_SHORT[low]] if known is _CALL and low in _SHORT else get_close_matches(low, known, 1, 0.84)
        if near and near[0] not in obj:
            raise CaseError(
                f"{where}{key!r:.40} is no key of ours; {near[0]!r} is. Rename it, or leave it out."
            )


def _explain(error: ValidationError) -> str:
    """The first two faults, without the values: those can be a customer's words."""
    faults = error.errors(include_url=False, include_input=False)
    deepest = [f for f in faults if not any(str(p).startswith("function-") for p in f["loc"])] or faults
    faults = deepest
    told = [f"{_place(fault['loc'])}: {_in_json(fault['msg'])}" for fault in faults[:2]]
    more = f" (and {len(faults) - 2} more)" if len(faults) > 2 else ""
    return "; ".join(told) + more + ". A case is {id, context: [{role, content}], draft, actions}."


def _place(loc: tuple[int | str, ...]) -> str:
    return (
        ".".join(str(p) for p in loc if p not in ("ActionRecord",) and not str(p).startswith("function-"))
        or "case"
    )


def _in_json(told: str) -> str:
    """A fault in JSON's words, not in Python's."""
    for python, json in (("tuple", "list"), ("dictionary", "object"), ("NoneType", "null")):
        told = told.replace(python, json)
    return re.sub(
        r"or instance of \w+Record", "", re.sub(r"a valid dictionary or instance of \w+", "an object", told)
    )


def _from_chat(obj: Mapping[str, object]) -> dict[str, object]:
    """Chat-completions messages as a case: what was said, and the calls with their results.

    `actions` null adds nothing to what the messages show; a list stands in place of it.
    """
    context: list[dict[str, object]] = []
    calls = _Calls()
    for n, message in enumerate(_listed(obj["messages"], "messages")):
        where = f"messages.{n}"
        if not isinstance(message, Mapping):
            raise CaseError(f"{where}: expected an object with a role, this is {kind_of(message)}.")
        content = message.get("content")
        match message.get("role"):
            case "user":
                context.append({"role": "customer", "content": _content(content, where)})
            case "assistant":
                calls.read(message, where)
                if content not in (None, []) and (said := _content(content, where)):
                    context.append({"role": "assistant", "content": said})
            case "tool" | "function":
                calls.answer(message, where)
            case "system" | "developer":
                pass
            case role:
                raise CaseError(
                    f"{where}.role: {role!r:.60} is no chat role; "
                    "it is one of user, assistant, tool, function, system, developer."
                )
    declared = [_listed(obj[name], name) for name in ("tools", "functions") if obj.get(name) is not None]
    told = calls.made or any(declared)
    shown = [{"name": c.name, "arguments": c.arguments, "result": c.result} for c in calls.made]
    given = obj.get("actions")
    return {
        **{k: v for k, v in obj.items() if k != "messages"},
        "context": context,
        "actions": given if given is not None else shown if told else None,
        "tool_names": [name for tools in declared for tool in tools if (name := _tool_name(tool))],
    }


def _tool_name(tool: object) -> str | None:
    """What a declared tool is called: in chat form, in Responses form, or as an older function."""
    if not isinstance(tool, Mapping):
        return None
    function = tool.get("function")
    name = function.get("name") if isinstance(function, Mapping) else tool.get("name")
    return name if isinstance(name, str) else None


@dataclass(slots=True)
class _Call:
    """A call as the chat shows it. Without a result it has not failed, and has shown nothing either."""

    id: str | None
    name: str
    arguments: object
    place: int
    result: str | None = None


class _Calls:
    """The calls of a chat in their order. A result belongs to the latest message with a call that it fits."""

    def __init__(self) -> None:
        self.made: list[_Call] = []

    def read(self, message: Mapping[str, object], where: str) -> None:
        """What an assistant's message calls: `tool_calls`, or the older `function_call`."""
        place = len(self.made)
        listed = message.get("tool_calls")
        for k, call in enumerate([] if listed is None else _listed(listed, f"{where}.tool_calls")):
            at = f"{where}.tool_calls.{k}"
            if not isinstance(call, Mapping):
                raise CaseError(f"{at}: expected an object with a function, this is {kind_of(call)}.")
            function = call.get("function") or call.get("custom")
            self._add(_text(call.get("id"), f"{at}.id"), function, f"{at}.function", place)
        if (legacy := message.get("function_call")) is not None:
            self._add(None, legacy, f"{where}.function_call", place)

    def answer(self, message: Mapping[str, object], where: str) -> None:
        """The result that a message of role tool or function brings."""
        id = _text(message.get("tool_call_id"), f"{where}.tool_call_id")
        name = _text(message.get("name"), f"{where}.name")
        content = message.get("content")
        result = "" if content is None else _content(content, where)
        fits = [c for c in self.made if (c.id == id if id is not None else name in (None, c.name))]
        waiting = [c for c in fits if c.result is None]
        if waiting:
            max(waiting, key=lambda c: c.place).result = result
        else:  # an answer to nothing that we saw, or a second one: a call of its own
            known = fits[-1].name if id is not None and fits else "tool"
            self.made.append(_Call(id, name or known, None, len(self.made), result))

    def _add(self, id: str | None, function: object, where: str, place: int) -> None:
        if not isinstance(function, Mapping):
            raise CaseError(
                f"{where}: expected an object with name and arguments, this is {kind_of(function)}."
            )
        name = _text(function.get("name"), f"{where}.name")
        if not name:
            raise CaseError(f"{where}.name: a call needs the name of what it calls.")
        self.made.append(_Call(id, name, function.get("arguments", function.get("input")), place))


_MARKS = {
    "image_url": "[image]",
    "input_image": "[image]",
    "image": "[image]",
    "input_audio": "[audio]",
    "audio": "[audio]",
    "video_url": "[video]",
    "file": "[file]",
    "input_file": "[file]",
}
"""What stands in a turn for a part that has no words: who sends only a picture has asked for something."""


def _content(content: object, where: str) -> str:
    """The words of a message: text, or its parts, one a line."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise CaseError(f"{where}.content: expected text or a list of parts, this is {kind_of(content)}.")
    if not content:
        raise CaseError(f"{where}.content: the list of parts is empty. A message holds text or a part.")
    return "\n".join(_part(part, f"{where}.content.{k}") for k, part in enumerate(content))


def _part(part: object, where: str) -> str:
    if not isinstance(part, Mapping):
        raise CaseError(f"{where}: expected an object with a type, this is {kind_of(part)}.")
    match part.get("type"):
        case "text" | "input_text" | "output_text" | None:
            text = part.get("text")
        case "refusal":
            text = part.get("refusal")
        case str() as form:
            return _MARKS.get(form, "[attachment]")
        case form:
            raise CaseError(f"{where}.type: expected text, this is {kind_of(form)}.")
    if not isinstance(text, str):
        raise CaseError(f"{where}.text: expected text, this is {kind_of(text)}.")
    return text


def _listed(value: object, where: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise CaseError(f"{where}: expected a list, this is {kind_of(value)}.")
    return list(value)


def _text(value: object, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise CaseError(f"{where}: expected text, this is {kind_of(value)}.")


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
}


def kind_of(value: object) -> str:
    """What JSON calls it."""
    return _KINDS.get(type(value), "an object")
