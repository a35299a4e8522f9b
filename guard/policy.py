"""policy.yaml, strictly read: matrix, limits, mode and authority. What cannot be understood is refused."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guard.assessment import Dimension, Signal
from guard.case import Action, Authority
from guard.errors import PolicyError
from guard.records import ActionRecord
from guard.rules import Matrix, WithSignal

Mode = Literal["observe", "advise", "enforce"]
SHIPPED = Path(__file__).with_name("policy.yaml")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the guard itself goes. Words and characters are counted in the draft or the rewrite."""

    rewrites: int
    recognition_words: int
    draft_characters: int


@dataclass(frozen=True, slots=True)
class Policy:
    """All that an operator decides."""

    mode: Mode
    matrix: Matrix
    limits: Limits
    authority: Authority

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


class _Limits(_Strict):
    rewrites: int = Field(ge=0, le=5)
    recognition_words: int = Field(ge=0, le=100)
    draft_characters: int = Field(ge=1, le=5_000_000)


class _Action(ActionRecord):
    needs: list[str] = Field(default_factory=list)  # type: ignore[assignment]  # YAML has lists, values have tuples
    for_words: list[str] = Field(default_factory=list)  # type: ignore[assignment]


class _File(_Strict):
    mode: Mode
    matrix: _Matrix
    limits: _Limits
    authority: list[_Action] = []


@cache
def shipped() -> Policy:
    """The policy in the wheel."""
    return load(SHIPPED)


def load(path: Path) -> Policy:
    """Read a policy file. Raises `PolicyError` that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: cannot be read ({error}). Name a policy file in UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Policy:
    """Read a policy's text. Raises `PolicyError` that names `where` and the line."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise PolicyError(f"{where}:{line}: no valid YAML ({getattr(error, 'problem', error)}).") from None
    _refuse_doubles(node, where)
    try:
        return _policy(_File.model_validate(data))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        line = _line(node, fault["loc"])
        name = ".".join(str(p) for p in fault["loc"]) or "the file"
        raise PolicyError(
            f"{where}:{line}: {name}: {fault['msg']}. The shipped policy.yaml shows every key."
        ) from None


def _policy(file: _File) -> Policy:
    m = file.matrix
    return Policy(
        mode=file.mode,
        matrix=Matrix(
            m.one_dimension_at,
            m.two_dimensions_at,
            frozenset(m.signals),
            tuple(WithSignal(w.signal, w.dimension, w.at_least) for w in m.with_dimension),
        ),
        limits=Limits(**file.limits.model_dump()),
        authority=Authority(tuple(_action(a) for a in file.authority)),
    )


def _action(a: _Action) -> Action:
    return Action(
        a.id, a.does, a.tool, a.max_amount, a.currency, tuple(a.needs), a.deadline, a.say, tuple(a.for_words)
    )


def _refuse_doubles(node: object, where: str) -> None:
    """YAML lets a key appear twice and keeps the last; an operator would never see which limit holds."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise PolicyError(
                    f"{where}:{key.start_mark.line + 1}: {key.value!r} is there twice; keep one."
                )
            seen.add(key.value)
            _refuse_doubles(value, where)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_doubles(child, where)


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
