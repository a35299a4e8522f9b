"""A suite's file: which cases are run, how, and what a release must show. Strictly read, unknown keys refused."""

from hashlib import sha256
from json import dumps
from pathlib import Path, PurePosixPath
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from guard import strict_yaml
from guard.errors import EvalError
from guard.evaluation.case import Split
from guard.evaluation.demands import Gate

_HINT = "evals/suites/release.yaml shows every key."
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
_Many = Field(strict=False)
"""YAML has lists, values have tuples."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AtOnce(_Strict):
    """Cases in work at the same time: at the start, and at most, when the endpoint bears it."""

    start: int = Field(default=4, ge=1, le=256)
    most: int = Field(default=16, ge=1, le=256)

    @model_validator(mode="after")
    def _upward(self) -> Self:
        if self.start > self.most:
            raise PydanticCustomError("at_once", "start is more than most")
        return self


class Running(_Strict):
    """How a run is made and when it proves nothing.

    error_rate: the share of lines with an error that a run may have. tokens, usd: where it stops. replay_max_age_days:
    how old the oldest recording may be, seen from the run.
    """

    at_once: AtOnce = AtOnce()
    retries: int = Field(default=2, ge=0, le=20)
    error_rate: float = Field(default=0.01, ge=0, lt=1)
    tokens: int | None = Field(default=None, ge=1)
    usd: float | None = Field(default=None, gt=0)
    replay_max_age_days: int | None = Field(default=None, ge=1)


class Suite(_Strict):
    """A suite. `cases`, `only` and `baseline` are places below the directory of evals.

    only: a file of case ids, one a line, where not all are run: those that recordings answer, say.
    """

    name: Name
    cases: Annotated[tuple[str, ...], _Many] = Field(min_length=1)
    only: str | None = None
    splits: Annotated[tuple[Split, ...], _Many] = Field(default=("gate",), min_length=1)
    seed: int = Field(default=0, ge=0)
    epochs: int = Field(default=1, ge=1, le=100)
    mutations: Annotated[tuple[Name, ...], _Many] = ()
    run: Running = Running()
    baseline: str
    gates: Annotated[tuple[Gate, ...], _Many] = Field(min_length=1)

    @field_validator("cases", "only", "baseline")
    @classmethod
    def _below(cls, told: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for place in (told,) if isinstance(told, str) else told or ():
            path = PurePosixPath(place)
            if not place or path.is_absolute() or ".." in path.parts:
                raise PydanticCustomError(
                    "place", "names a place below the directory of evals, like cases/*.jsonl"
                )
        return told

    @field_validator("cases", "splits", "mutations")
    @classmethod
    def _once(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(told)) < len(told):
            raise PydanticCustomError("twice", "names something twice")
        return told

    @property
    def digest(self) -> str:
        """Twelve hex digits over what chooses the outcomes: cases, splits, seed, epochs, mutations. No gate, no budget.

        A gate may be changed without a new run or a new baseline.
        """
        chosen = self.model_dump(
            mode="json", include={"cases", "only", "splits", "seed", "epochs", "mutations"}
        )
        return sha256(dumps(chosen, sort_keys=True).encode()).hexdigest()[:12]

    def ids(self, evals: Path) -> frozenset[str] | None:
        """Those of `only`; None: all. Raises `EvalError` when the file cannot be read."""
        if self.only is None:
            return None
        try:
            return frozenset((evals / self.only).read_text(encoding="utf-8").split())
        except (OSError, ValueError) as error:
            raise EvalError(f"{evals / self.only}: cannot be read ({error}). Mend `only`.") from None

    def case_files(self, evals: Path) -> tuple[Path, ...]:
        """The files, each once, by name. Raises `EvalError` for a pattern that finds none."""
        found: set[Path] = set()
        for pattern in self.cases:
            some = [path for path in evals.glob(pattern) if path.is_file()]
            if not some:
                raise EvalError(f"{self.name}: {pattern!r} finds no file below {evals}. Mend `cases`.")
            found.update(some)
        return tuple(sorted(found))


def load(path: Path) -> Suite:
    """Read a suite's file. Raises `EvalError` that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a NUL in the name
        raise EvalError(f"{path}: cannot be read ({error}). Name a suite in UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Suite:
    """Read a suite's text. Raises `EvalError` that names `where` and the line."""
    return strict_yaml.read(text, Suite, where=where, error=EvalError, hint=_HINT)[0]
