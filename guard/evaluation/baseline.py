"""What a release is compared with: the outcomes of a blessed run, case by case, and no word of a customer."""

import os
from collections.abc import Callable
from datetime import datetime
from json import dumps
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guard.casefile import replacing
from guard.errors import EvalError
from guard.evaluation.comparison import Arm
from guard.evaluation.gate import BROKEN, Ruling
from guard.evaluation.journal import writing
from guard.evaluation.metrics import Fact, Rate, Tally, cost, rates, tallies
from guard.evaluation.results import Flag, Run, RunMode

Outcomes = Annotated[str, Field(pattern=r"^[01]+$")]
"""One digit an epoch: 1 where the fact holds."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BaselineCase(_Strict):
    """One case. tokens, usd: of one reply."""

    digest: str
    family: str
    slices: dict[str, tuple[str, ...]]
    outcomes: dict[Fact, Outcomes]
    tokens: float
    usd: float | None


class Figures(_Strict):
    """The blessed run in a few numbers, for people. rates: good, in every epoch, of so many cases."""

    rates: dict[Fact, tuple[int, int, int]]
    usd_per_1000: float | None
    tokens_per_reply: float
    ms_p95: float


class Baseline(_Strict):
    """A blessed run. `disc`: the share of cases that flip without a cause, by flag, as an A/A run showed it.

    ms: of each epoch, by case; apart from the cases, because it is another one in every run.
    """

    v: Literal[1] = 1
    version: int
    suite: str
    suite_digest: str
    mode: RunMode
    judge: str
    models: tuple[str, ...]
    code: str
    policy: str
    prompts: dict[str, str]
    run_created: str
    created: str
    blessed_by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    accepted_regression: bool
    figures: Figures
    disc: dict[Flag, float] = {}
    ms: dict[str, tuple[float, ...]]
    cases: dict[str, BaselineCase]

    def arm(self) -> Arm:
        """One side of a comparison."""
        found = {
            case: Tally(
                case=case,
                digest=one.digest,
                family=one.family,
                slices=one.slices,
                outcomes={fact: tuple(digit == "1" for digit in told) for fact, told in one.outcomes.items()},
                tokens=one.tokens,
                usd=one.usd,
                ms=self.ms.get(case, ()),
            )
            for case, one in self.cases.items()
        }
        return Arm(
            "the baseline",
            self.suite,
            self.suite_digest,
            self.version,
            self.judge,
            self.models,
            self.mode,
            self.policy,
            self.code,
            found,
        )


def load(path: Path) -> Baseline | None:
    """None: nothing was blessed yet. Raises `EvalError` for a file that cannot be used."""
    if not path.exists():
        return None
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except OSError as error:
        raise EvalError(f"{path}: cannot be read ({error}).") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise EvalError(
            f"{path}: {field}: {fault['msg']}. Take the file from git, or bless a run anew."
        ) from None


def bless(  # noqa: PLR0913 - all of them are named by the caller
    path: Path,
    run: Run,
    ruling: Ruling,
    *,
    by: str,
    reason: str,
    now: datetime,
    lock: Callable[[], None],
    accept_regression: bool = False,
    disc: dict[Flag, float] | None = None,
) -> Baseline:
    """Make the run the baseline and lock its prompts. Raises `EvalError` for a run that may not become one.

    `accept_regression`: even if a gate failed, or the cases or the judge are others. A broken run never becomes one.
    The new file is complete on the disk before the lock is written, and takes the old one's place after that.
    """
    _refuse(run, ruling, by, reason, accept_regression)
    made = _made(
        run,
        by=by.strip(),
        reason=reason.strip(),
        now=now,
        regressed=bool(ruling.accepted) or not ruling.blessable,
        disc=disc or {},
    )
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(_text(made))
        file.flush()
        os.fsync(file.fileno())
        lock()
    return made


def _refuse(run: Run, ruling: Ruling, by: str, reason: str, accept_regression: bool) -> None:
    broken = [fault.told for fault in ruling.faults if fault.kind in BROKEN]
    if broken or not run.complete:
        raise EvalError(f"a broken run is no baseline: {broken[0] if broken else 'it is not complete.'}")
    if not by.strip() or not reason.strip():
        raise EvalError("a baseline says who blessed it and why: name both.")
    if not ruling.blessable and not accept_regression:
        raise EvalError(f"{ruling.told}: this is no baseline. Mend it, or repeat with --accept-regression.")


def _made(  # noqa: PLR0913 - as above
    run: Run, *, by: str, reason: str, now: datetime, regressed: bool, disc: dict[Flag, float]
) -> Baseline:
    head, spent, found = run.head, cost(run), tallies(run)
    return Baseline(
        version=head.v,
        suite=head.suite,
        suite_digest=head.suite_digest,
        mode=head.mode,
        judge=head.judge,
        models=head.models,
        code=head.code,
        policy=head.policy,
        prompts=head.prompts,
        run_created=head.created,
        created=now.isoformat(timespec="seconds"),
        blessed_by=by,
        reason=reason,
        accepted_regression=regressed,
        figures=Figures(
            rates={rate.fact: _counted(rate) for rate in rates(found.values())},
            usd_per_1000=spent.usd_per_1000,
            tokens_per_reply=round(spent.tokens_per_reply, 2),
            ms_p95=round(spent.ms_p95, 3),
        ),
        disc=disc,
        ms={case: tuple(round(ms, 3) for ms in tally.ms) for case, tally in found.items()},
        cases={case: _case(tally) for case, tally in found.items()},
    )


def _counted(rate: Rate) -> tuple[int, int, int]:
    return rate.good, rate.always, rate.cases


def _case(tally: Tally) -> BaselineCase:
    return BaselineCase(
        digest=tally.digest,
        family=tally.family,
        slices=dict(tally.slices),
        outcomes={fact: "".join(str(int(held)) for held in told) for fact, told in tally.outcomes.items()},
        tokens=tally.tokens,
        usd=tally.usd,
    )


def _text(made: Baseline) -> str:
    """A case a line, so that a diff shows which cases changed."""
    head = dumps(made.model_dump(mode="json", exclude={"cases", "ms"}), ensure_ascii=False, indent=1)
    cases = ",\n".join(
        f"  {dumps(case, ensure_ascii=False)}: {dumps(one.model_dump(mode='json'), ensure_ascii=False)}"
        for case, one in made.cases.items()
    )
    ms = dumps(made.ms, ensure_ascii=False)
    return f'{head[:-2]},\n "ms": {ms},\n "cases": {{\n{cases}\n }}\n}}\n'
