"""policy.yaml, strictly read: matrix, limits, mode and authority. What cannot be understood is refused."""

import re
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guard.assessment import Dimension, Signal
from guard.case import Action, Authority
from guard.errors import PolicyError
from guard.records import ActionRecord
from guard.rules import Matrix, WithSignal

if TYPE_CHECKING:
    import yaml

Mode = Literal["observe", "advise", "enforce"]
SHIPPED = Path(__file__).with_name("policy.yaml")
_DEEPEST = 50
"""Lists and maps inside one another; a policy needs five."""
_PLAIN_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_NEVER = {"tag:yaml.org,2002:bool": "true or false", "tag:yaml.org,2002:timestamp": "a date"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the guard itself goes. Words and characters are counted in the draft or the rewrite."""

    rewrites: int
    recognition_words: int
    draft_characters: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """How replies are taken from the wire. A stream is held for so many seconds and bytes; then a person gets the case.

    reply_field: the JSON pointer (RFC 6901) of the text that customers see, in answers that an app asked for as JSON.
    """

    hold_seconds: float = 120
    hold_bytes: int = 4_000_000
    reply_field: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """All that an operator decides."""

    mode: Mode
    matrix: Matrix
    limits: Limits
    authority: Authority
    exchange: Exchange = Exchange()

    def actions(self) -> dict[str, Action]:
        """The policy's actions by id."""
        return {action.id: action for action in self.authority.actions}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _WithSignal(_Strict):
    signal: Signal
    dimension: Dimension
    at_least: int = Field(ge=0, le=3)


class _Matrix(_Strict):
    one_dimension_at: int = Field(ge=1, le=4)
    two_dimensions_at: int = Field(ge=1, le=4)
    signals: list[Signal]
    with_dimension: list[_WithSignal] = []
    likely_at: float = Field(default=0.2, gt=0, le=1)
    debt_rewrites_at: int | None = Field(default=None, ge=1)
    debt_escalates_at: int | None = Field(default=None, ge=1)


class _Limits(_Strict):
    rewrites: int = Field(ge=0, le=5)
    recognition_words: int = Field(ge=0, le=100)
    draft_characters: int = Field(ge=1000, le=5_000_000)


class _Exchange(_Strict):
    hold_seconds: float = Field(default=120, ge=1, le=3600)
    hold_bytes: int = Field(default=4_000_000, ge=1000, le=1_000_000_000)
    reply_field: str | None = Field(default=None, pattern=r"^(?:/(?:[^/~]|~[01])+)+$")


class _Action(ActionRecord):
    needs: list[str] = Field(default_factory=list)  # type: ignore[assignment]  # YAML has lists, values have tuples
    for_words: list[str] = Field(default_factory=list)  # type: ignore[assignment]


class _File(_Strict):
    mode: Mode
    matrix: _Matrix
    limits: _Limits
    exchange: _Exchange = _Exchange()
    authority: list[_Action] = []


@cache
def shipped() -> Policy:
    """The policy in the wheel."""
    return load(SHIPPED)


def load(path: Path) -> Policy:
    """Read a policy file. Raises `PolicyError` that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a NUL in the name
        raise PolicyError(f"{path}: cannot be read ({error}). Name a policy file in UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Policy:
    """Read a policy's text. Raises `PolicyError` that names `where` and the line."""
    import yaml

    try:
        _refuse_depth(text, where)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is not None:
            _refuse_doubtful(node, where, (), set())
        file = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PolicyError(
            f"{where}:{_broken(error, text)}: no valid YAML ({getattr(error, 'problem', None) or _first(error)})."
        ) from None
    except ValidationError as error:
        faults = error.errors(include_url=False)
        fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
        line = _line(node, fault["loc"])
        name = ".".join(str(p) for p in fault["loc"]) or "the file"
        raise PolicyError(
            f"{where}:{line}: {name}: {fault['msg']}. The shipped policy.yaml shows every key."
        ) from None
    _refuse_same_id(file, node, where)
    return _policy(file)


def _policy(file: _File) -> Policy:
    m = file.matrix
    return Policy(
        mode=file.mode,
        matrix=Matrix(
            m.one_dimension_at,
            m.two_dimensions_at,
            frozenset(m.signals),
            tuple(WithSignal(w.signal, w.dimension, w.at_least) for w in m.with_dimension),
            m.likely_at,
            inf if m.debt_rewrites_at is None else m.debt_rewrites_at,
            inf if m.debt_escalates_at is None else m.debt_escalates_at,
        ),
        limits=Limits(**file.limits.model_dump()),
        authority=Authority(tuple(_action(a) for a in file.authority)),
        exchange=Exchange(**file.exchange.model_dump()),
    )


def _action(a: _Action) -> Action:
    return Action(
        a.id, a.does, a.tool, a.max_amount, a.currency, tuple(a.needs), a.deadline, a.say, tuple(a.for_words)
    )


def _refuse_depth(text: str, where: str) -> None:
    """Before anything walks through it. A loop would end every later step with a stack that is full."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise PolicyError(f"{where}:{line}: is nested too deeply; a policy needs few levels.")


def _refuse_doubtful(node: "yaml.Node", where: str, above: tuple["yaml.Node", ...], done: set[int]) -> None:
    """What YAML takes silently and an operator would not expect.

    A key twice (the last one wins), a key that is no word (`yes`, `5`), a number that is another one than it
    looks (`050` is 40, `1:30` is 90), a word that turns into true or false, a node that holds itself.
    """
    import yaml

    here = f"{where}:{node.start_mark.line + 1}"
    if any(node is one for one in above):
        raise PolicyError(f"{here}: holds itself, by an alias; write it out.")
    if id(node) in done:
        return
    done.add(id(node))
    match node:
        case yaml.MappingNode():
            _refuse_keys(node, where)
            for _, value in node.value:
                _refuse_doubtful(value, where, (*above, node), done)
        case yaml.SequenceNode():
            for child in node.value:
                _refuse_doubtful(child, where, (*above, node), done)
        case yaml.ScalarNode() if node.tag in _NUMBERS and not _PLAIN_NUMBER.fullmatch(node.value):
            raise PolicyError(
                f"{here}: {node.value:.40} is no plain number; write it like 50 or 49.90, or a text in quotes."
            )
        case yaml.ScalarNode() if node.tag in _NEVER:
            raise PolicyError(
                f"{here}: {node.value:.40} is {_NEVER[node.tag]} in YAML, and nothing in a policy is. "
                "A text needs quotes, an amount is a number like 50."
            )
        case _:
            pass


def _refuse_keys(node: "yaml.MappingNode", where: str) -> None:
    import yaml

    seen: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith((":str", ":merge")):
            told = repr(key.value) if isinstance(key, yaml.ScalarNode) else "a list or a map"
            raise PolicyError(f"{where}:{line}: {told} is no key: keys are words. A text needs quotes.")
        if key.value in seen:
            raise PolicyError(
                f"{where}:{line}: {key.value!r} is there twice, before at line {seen[key.value]}; keep one."
            )
        seen[key.value] = line


def _refuse_same_id(file: _File, node: object, where: str) -> None:
    first: dict[str, int] = {}
    for n, action in enumerate(file.authority):
        line = _line(node, ("authority", n, "id"))
        if first.setdefault(action.id, n) != n:
            before = _line(node, ("authority", first[action.id], "id"))
            raise PolicyError(
                f"{where}:{line}: authority.{n}: {action.id!r} is the id of authority.{first[action.id]} "
                f"at line {before} too, so nobody knows which limit holds. Keep one, or give it another id."
            )


def _broken(error: "yaml.YAMLError", text: str) -> int:
    """The line where the YAML breaks."""
    import yaml

    match error:
        case yaml.MarkedYAMLError(problem_mark=yaml.Mark() as mark):
            return mark.line + 1
        case yaml.reader.ReaderError(position=int() as place):
            return text.count("\n", 0, place) + 1
        case _:
            return 1


def _first(error: "yaml.YAMLError") -> str:
    return str(error).partition("\n")[0]


def _line(node: object, loc: tuple[int | str, ...]) -> int:
    """The line where a fault sits, or that of the nearest thing around it."""
    import yaml

    line = 1
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            entry: yaml.Node = node.value[step]
            line, node = entry.start_mark.line + 1, entry
        else:
            break
    return line
