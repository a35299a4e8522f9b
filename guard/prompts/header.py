"""The front matter of a template: what it is for, which model, what goes in, what comes out, and how long it may be."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from guard import strict_yaml
from guard.errors import PromptError
from guard.prompts.faults import Fault, FaultyError
from guard.prompts.others import UNTRUSTED
from guard.records import ActionRecord

Kind = Literal["text", "flag", "number", "words", "turns", "calls", "actions", "preferences"]
Trust = Literal["trusted", "untrusted"]
Output = Literal["judge", "rewrite", "summary", "text"]
"""What the model is to answer with: the name of a schema that code owns, or plain text."""
_HINT = "prompts/judge.md shows every key."
_FRONT = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Parameters(_Strict):
    """What the endpoint is asked for; None leaves it to the endpoint."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_output_tokens: int | None = Field(default=None, ge=1, le=1_000_000)
    seed: int | None = Field(default=None, ge=0)
    reasoning_effort: Literal["minimal", "low", "medium", "high"] | None = None

    def sent(self) -> dict[str, float | int | str]:
        """As fields of a chat request; what is left to the endpoint is not among them."""
        told = self.model_dump(exclude_none=True)
        return {"max_completion_tokens" if k == "max_output_tokens" else k: v for k, v in told.items()}


class Budget(_Strict):
    """The most tokens of a request, its answer included, of which `reply` are kept for the answer."""

    tokens: int = Field(ge=1, le=10_000_000)
    reply: int = Field(default=0, ge=0)


class ExampleTurn(_Strict):
    """A turn in an example."""

    role: Literal["customer", "assistant"]
    content: str


class ExampleCall(_Strict):
    """A tool call in an example."""

    name: str
    arguments: str
    result: str
    ok: bool | None = None


class ExampleAction(ActionRecord):
    """An action in an example."""

    needs: list[str] = Field(default_factory=list)  # type: ignore[assignment]  # YAML has lists, values have tuples
    for_words: list[str] = Field(default_factory=list)  # type: ignore[assignment]


class ExamplePreferences(_Strict):
    """Preferences in an example."""

    language: str | None = None
    length: Literal["short", "normal"] = "normal"
    format: Literal["prose", "list", "table"] = "prose"


class _Input(_Strict):
    trust: Trust


class TextInput(_Input):
    """One text."""

    type: Literal["text"]
    example: str


class FlagInput(_Input):
    """True or false, which nobody can write words into."""

    type: Literal["flag"]
    trust: Literal["trusted"] = "trusted"
    example: bool


class NumberInput(_Input):
    """A number."""

    type: Literal["number"]
    trust: Literal["trusted"] = "trusted"
    example: int | float


class WordsInput(_Input):
    """Several texts."""

    type: Literal["words"]
    example: list[str]


class TurnsInput(_Input):
    """The conversation. `drop: oldest`: where the budget is too small, the oldest turns stay out, and that is said."""

    type: Literal["turns"]
    trust: Literal["untrusted"] = "untrusted"
    drop: Literal["oldest"] | None = None
    example: list[ExampleTurn]


class CallsInput(_Input):
    """Tool calls with their results, which anybody may have written."""

    type: Literal["calls"]
    trust: Literal["untrusted"] = "untrusted"
    example: list[ExampleCall]


class ActionsInput(_Input):
    """What the assistant may do."""

    type: Literal["actions"]
    example: list[ExampleAction]


class PreferencesInput(_Input):
    """How the customer likes things."""

    type: Literal["preferences"]
    example: ExamplePreferences


Input = Annotated[
    TextInput
    | FlagInput
    | NumberInput
    | WordsInput
    | TurnsInput
    | CallsInput
    | ActionsInput
    | PreferencesInput,
    Field(discriminator="type"),
]


class Header(_Strict):
    """All that stands above a template. Keys that nobody knows are errors: a `temprature` would go unnoticed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")
    description: str = Field(min_length=1)
    model: str | None = None
    parameters: Parameters = Parameters()
    inputs: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")], Input]
    output: Output = "text"
    budget: Budget | None = None
    locked: list[str] = []


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a prompt. `body` keeps the lines where they are in the file, so that a fault is found there."""

    path: Path
    front: str | None
    body: str


def split(text: str, path: Path) -> Source:
    """Front matter and body, LF at the end of each line."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _FRONT.match(text)
    if found is None:
        if text.startswith("---"):
            raise PromptError(f"{path}:1: the front matter has no end. Close it with a line of ---.")
        return Source(path, None, text)
    return Source(path, found[1], "\n" * found[0].count("\n") + text[found.end() :])


def header(source: Source) -> Header:
    """The checked front matter. Raises `PromptError` with file and line, `FaultyError` for text of others that it trusts."""
    where = str(source.path)
    if source.front is None:
        raise PromptError(f"{where}:1: there is no front matter. Begin the file with --- and an id. {_HINT}")
    read, line = strict_yaml.read(
        source.front, Header, where=where, error=PromptError, hint=_HINT, flags=True, above=1
    )
    if read.id != source.path.stem:
        raise PromptError(
            f"{where}:{line(('id',))}: id is {read.id!r}, and the file is {source.path.name}; name both alike."
        )
    if read.budget and read.budget.reply >= read.budget.tokens:
        raise PromptError(
            f"{where}:{line(('budget', 'reply'))}: budget.reply leaves no token for the question. Raise budget.tokens."
        )
    if trusting := [*_trusting(read, source.path, line)]:
        raise FaultyError(*trusting)
    return read


def _trusting(read: Header, path: Path, line: Callable[[strict_yaml.Loc], int]) -> Iterator[Fault]:
    """Inputs of a prompt of ours that the header trusts and code does not."""
    for name, declared in read.inputs.items():
        if declared.trust == "trusted" and name in UNTRUSTED.get(read.id, ()):
            what = f"{name} of {read.id} is text that somebody else wrote, and this trusts it. Write trust: untrusted."
            yield Fault("E111", path, line(("inputs", name, "trust")), what)
