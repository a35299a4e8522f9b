"""policy.yaml, strictly read: matrix, limits, mode and authority. What cannot be understood is refused."""

from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from guard import strict_yaml
from guard.assessment import Dimension, Signal
from guard.case import Action, Authority
from guard.errors import PolicyError
from guard.records import ActionRecord
from guard.rules import Matrix, WithSignal

Mode = Literal["observe", "advise", "enforce"]
By = Literal["local", "llm", "cascade"]
Writer = Literal["local", "llm"]
Summary = Literal["extract", "llm"]
Stream = Literal["hold", "early"]
SHIPPED = Path(__file__).with_name("policy.yaml")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the guard itself goes. Words and characters are counted in the draft or the rewrite."""

    rewrites: int
    recognition_words: int
    draft_characters: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """How replies are taken from the wire. A stream is held for so many seconds and bytes; then a person gets the case.

    stream: `hold` shows nothing before the verdict; `early` shows a beginning of the draft as soon as it stands whatever
    follows, which only the local judge can tell in time. Without `enforce` nothing is held anyway.
    reply_field: the JSON pointer (RFC 6901) of the text that customers see, in answers that an app asked for as JSON.
    """

    hold_seconds: float = 120
    hold_bytes: int = 4_000_000
    reply_field: str | None = None
    stream: Stream = "hold"


@dataclass(frozen=True, slots=True)
class Judging:
    """Who reads drafts. `cascade`: the local judge first, the model where that one is unsure.

    band: from which probability to which, "this draft is not ok" counts as unsure; human_band likewise for "a person
    must own this". always: signals where the model is asked whatever the local judge says. languages: those in which
    the model is trusted, as tags like `en`.
    """

    by: By = "local"
    band: tuple[float, float] = (0.1, 0.9)
    human_band: tuple[float, float] = (0.05, 0.6)
    always: frozenset[Signal] = frozenset()
    languages: frozenset[str] = frozenset(("en", "es", "de", "fr", "pt", "hi"))


@dataclass(frozen=True, slots=True)
class Model:
    """The guard's own model, at any OpenAI-compatible endpoint; its address and key come from the environment.

    name: overrules that of the prompts. seconds: for one answer, retries and waiting in line included; then there is
    none. failures: so many in a row and nobody is asked for `rest_seconds`. usd_in, usd_out: per million tokens.
    """

    name: str | None = None
    seconds: float = 20
    retries: int = 1
    at_once: int = 16
    failures: int = 5
    rest_seconds: float = 30
    usd_in: float | None = None
    usd_out: float | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """All that an operator decides.

    Raises `PolicyError` where two settings exclude each other.
    """

    mode: Mode
    matrix: Matrix
    limits: Limits
    authority: Authority
    exchange: Exchange = Exchange()
    judging: Judging = Judging()
    rewriting: Writer = "local"
    summary: Summary = "extract"
    model: Model = Model()

    def __post_init__(self) -> None:
        """Whatever set them: a file, or what overrules it."""
        if self.exchange.stream == "early" and self.judging.by != "local":
            raise PolicyError(
                f"exchange.stream is early and judge.by is {self.judging.by}: only the local judge reads a beginning in "
                "time. Set exchange.stream: hold, or judge.by: local."
            )

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
    stream: Stream = "hold"
    reply_field: str | None = Field(default=None, pattern=r"^(?:/(?:[^/~]|~[01])+)+$")


_Probability = Annotated[float, Field(ge=0, le=1)]
_Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class _Judging(_Strict):
    by: By = "local"
    band: Annotated[list[_Probability], Field(min_length=2, max_length=2)] = [0.1, 0.9]
    human_band: Annotated[list[_Probability], Field(min_length=2, max_length=2)] = [0.05, 0.6]
    always: list[Signal] = []
    languages: Annotated[list[_Language], Field(min_length=1)] = ["en", "es", "de", "fr", "pt", "hi"]

    @field_validator("band", "human_band")
    @classmethod
    def _upward(cls, band: list[float]) -> list[float]:
        if band[0] > band[1]:
            raise PydanticCustomError("band", "the first of two probabilities is the lower one")
        return band


class _Rewriting(_Strict):
    by: Writer = "local"


class _Handoff(_Strict):
    summary: Summary = "extract"


class _Model(_Strict):
    name: str | None = Field(default=None, min_length=1)
    seconds: float = Field(default=20, ge=0.1, le=600)
    retries: int = Field(default=1, ge=0, le=10)
    at_once: int = Field(default=16, ge=1, le=256)
    failures: int = Field(default=5, ge=1, le=1000)
    rest_seconds: float = Field(default=30, ge=0, le=3600)
    usd_in: float | None = Field(default=None, ge=0)
    usd_out: float | None = Field(default=None, ge=0)


class _Action(ActionRecord):
    needs: list[str] = Field(default_factory=list)  # type: ignore[assignment]  # YAML has lists, values have tuples
    for_words: list[str] = Field(default_factory=list)  # type: ignore[assignment]


class _File(_Strict):
    mode: Mode
    matrix: _Matrix
    limits: _Limits
    exchange: _Exchange = _Exchange()
    judge: _Judging = _Judging()
    rewrite: _Rewriting = _Rewriting()
    handoff: _Handoff = _Handoff()
    model: _Model = _Model()
    authority: list[_Action] = []


@cache
def shipped() -> Policy:
    """The policy in the wheel."""
    return load(SHIPPED)


def load(path: Path) -> Policy:
    """Read a policy file. Raises `PolicyError` that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(
            f"{path}: cannot be read ({error.strerror}). Name a policy file in UTF-8."
        ) from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: is not UTF-8 (byte {error.start + 1}). Save the file as UTF-8.") from None
    except ValueError as error:  # a NUL in the name
        raise PolicyError(f"{path}: cannot be read ({error}). Name a policy file in UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Policy:
    """Read a policy's text. Raises `PolicyError` that names `where` and the line."""
    file, line = strict_yaml.read(
        text, _File, where=where, error=PolicyError, hint="The shipped policy.yaml shows every key."
    )
    first: dict[str, int] = {}
    for n, action in enumerate(file.authority):
        if first.setdefault(action.id, n) != n:
            raise PolicyError(
                f"{where}:{line(('authority', n, 'id'))}: authority.{n}: {action.id!r} is the id of "
                f"authority.{first[action.id]} at line {line(('authority', first[action.id], 'id'))} too, "
                "so nobody knows which limit holds. Keep one, or give it another id."
            )
    try:
        return _policy(file)
    except PolicyError as error:
        raise PolicyError(f"{where}:{line(('exchange', 'stream'))}: {error}") from None


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
        judging=_judging(file.judge),
        rewriting=file.rewrite.by,
        summary=file.handoff.summary,
        model=Model(**file.model.model_dump()),
    )


def _judging(j: _Judging) -> Judging:
    (low, high), (human_low, human_high) = j.band, j.human_band
    return Judging(j.by, (low, high), (human_low, human_high), frozenset(j.always), frozenset(j.languages))


def _action(a: _Action) -> Action:
    return Action(
        a.id, a.does, a.tool, a.max_amount, a.currency, tuple(a.needs), a.deadline, a.say, tuple(a.for_words)
    )
