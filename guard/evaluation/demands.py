"""What a suite may demand: a closed set of gates. Each has a name, and says its limit in words."""

from typing import Annotated, ClassVar, Literal, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from guard.evaluation.metrics import Dimension, Portion
from guard.evaluation.results import Flag

OnInconclusive = Literal["fail", "exit", "warn"]
Alpha = Annotated[float, Field(gt=0, le=0.2)]
Of01 = Annotated[float, Field(ge=0, le=1)]


class _Gate(BaseModel):
    """least: families below which nothing passes. slice: only these cases. each: every value of a dimension, on its own.

    on_inconclusive: what a release does where nothing is shown: fail, exit with a code of its own, or go on warned.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    least: int = Field(default=30, ge=2)
    alpha: Alpha = 0.05
    slice: dict[Dimension, str] | None = Field(default=None, min_length=1)
    each: Dimension | None = None
    on_inconclusive: OnInconclusive = "exit"

    @model_validator(mode="after")
    def _one_slice(self) -> Self:
        if self.each and self.slice and self.each in self.slice:
            raise PydanticCustomError("slice", "each and slice name the same dimension; keep one")
        return self


class NonInferior(_Gate):
    """The share of cases where a flag is good may not fall by the margin; paired with the baseline."""

    against_baseline: ClassVar[bool] = True
    kind: Literal["non_inferior"]
    metric: Flag
    margin: float = Field(gt=0, le=0.5)


class MostFailures(_Gate):
    """A flag may fail in so many cases, in whichever epoch. The bound of the true rate is printed beside it."""

    against_baseline: ClassVar[bool] = False
    kind: Literal["most_failures"]
    metric: Flag
    value: int = Field(ge=0)


class RateAtLeast(_Gate):
    """The lower bound of a flag's rate reaches a value."""

    against_baseline: ClassVar[bool] = False
    kind: Literal["rate_at_least"]
    metric: Flag
    value: Of01


class RateAtMostFailing(_Gate):
    """The upper bound of a flag's failure rate stays below a value."""

    against_baseline: ClassVar[bool] = False
    kind: Literal["rate_at_most_failing"]
    metric: Flag
    value: Of01


class ShareAtMost(_Gate):
    """The upper bound of a share that is neither good nor bad in itself, like calls of the model, stays below a value."""

    against_baseline: ClassVar[bool] = False
    kind: Literal["share_at_most"]
    metric: Portion
    value: Of01


class KappaAtLeast(_Gate):
    """The lower bound of the judge's kappa with the labels reaches a value."""

    against_baseline: ClassVar[bool] = False
    kind: Literal["kappa_at_least"]
    metric: Literal["verdict", "owner"]
    value: float = Field(ge=-1, le=1)


class RiseAtMost(_Gate):
    """Money or tokens a reply, or the 95th percentile of the time, rise by no more than a share; paired with the baseline."""

    against_baseline: ClassVar[bool] = True
    kind: Literal["rise_at_most"]
    metric: Literal["usd", "tokens", "ms"]
    value: float = Field(ge=0, le=100)


AnyGate = (
    NonInferior | MostFailures | RateAtLeast | RateAtMostFailing | ShareAtMost | KappaAtLeast | RiseAtMost
)
Gate = Annotated[AnyGate, Field(discriminator="kind")]


def limit(gate: AnyGate) -> str:  # noqa: PLR0911 - one return a kind
    """What it demands, for a table."""
    match gate:
        case NonInferior():
            return f"falls by less than {100 * gate.margin:g} points"
        case MostFailures():
            return f"fails in at most {gate.value} cases"
        case RateAtLeast():
            return f"at least {gate.value:.4g}"
        case RateAtMostFailing():
            return f"fails in at most {100 * gate.value:g} %"
        case ShareAtMost():
            return f"at most {100 * gate.value:g} %"
        case KappaAtLeast():
            return f"kappa at least {gate.value:g}"
        case RiseAtMost():
            return f"rises by at most {100 * gate.value:g} %"
        case _:
            assert_never(gate)
