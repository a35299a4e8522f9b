"""Text from outside, checked: the shapes in which cases arrive.

Two shapes are read. A *case*: `id`, `context`, `draft`, `actions`, `authority`, `preferences`.
A *chat*: `messages` in chat-completions form, tool calls and results included, and `draft`.
Unknown keys of a case are left alone (labels and notes travel in the same files); unknown keys
inside an authority or a preference are errors, because a limit with a typo is no limit.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictStr, ValidationError

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


Text = Annotated[StrictStr, BeforeValidator(_clean)]


class _Open(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TurnRecord(_Open):
    """One thing that was said."""

    role: Literal["customer", "assistant"]
    content: Text


class ToolCallRecord(_Open):
    """One tool call that was made, with its result."""

    name: Text = Field(min_length=1)
    arguments: Json = None
    result: Json = None
    ok: bool | None = None


class ActionRecord(_Closed):
    """One thing that the assistant may do."""

    id: Text = Field(min_length=1)
    does: Text = Field(min_length=1)
    tool: Text | None = None
    max_amount: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    currency: Text | None = None
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

    id: Annotated[Text, Field(min_length=1, max_length=500)]
    context: tuple[TurnRecord, ...]
    draft: Text
    actions: tuple[ToolCallRecord, ...] | None = None
    authority: tuple[ActionRecord | Text, ...] | None = None
    preferences: PreferencesRecord = PreferencesRecord()


def read_case(obj: Mapping[str, object]) -> CaseRecord:
    """Check one object against the case shape.

    Raises `CaseError` that names the field, what it holds and what is expected.
    """
    try:
        return CaseRecord.model_validate(obj)
    except ValidationError as error:
        raise CaseError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    """The first two faults, without the values: those can be a customer's words."""
    faults = error.errors(include_url=False, include_input=False)
    told = [f"{'.'.join(str(p) for p in fault['loc']) or 'case'}: {fault['msg']}" for fault in faults[:2]]
    more = f" (and {len(faults) - 2} more)" if len(faults) > 2 else ""
    return "; ".join(told) + more + ". A case is {id, context: [{role, content}], draft, actions}."
