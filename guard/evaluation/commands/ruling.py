"""`eval gate` and `eval bless`: what a run is worth beside the blessed one, and making it the next of these."""

import getpass
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from guard.casefile import replacing
from guard.errors import EvalError
from guard.evaluation import baseline, power
from guard.evaluation.commands.finding import BASELINE, baseline_of, beside, is_baseline, lost, run_at, run_of
from guard.evaluation.commands.options import (
    EVALS,
    RELEASE,
    RUNS,
    EvalsOption,
    JsonOption,
    RunOption,
    RunsOption,
    SuiteArgument,
)
from guard.evaluation.commands.telling import HtmlOption, JunitOption, SummaryOption, Telling, texts
from guard.evaluation.edited import refuse_others
from guard.evaluation.folder import AGAINST
from guard.evaluation.gate import Ruling, decide
from guard.evaluation.head import versions
from guard.evaluation.prepare import suite_of
from guard.evaluation.report.material import Material
from guard.evaluation.results import Flag, Run
from guard.evaluation.suite import Suite
from guard.prompts.lock import NAME, current, written
from guard.prompts.tree import shipped
from guard.settings import Settings

BaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="FILE|R",
        help="A blessed run's file, or a run. Else the prompts that the run was made against, else the suite's baseline.",
    ),
]
DatasetOption = Annotated[
    bool,
    typer.Option("--accept-dataset-change", help="Cases of the baseline may be gone or have other labels."),
]
JudgeChangeOption = Annotated[
    bool, typer.Option("--accept-judge-change", help="The judge or its model may be another one.")
]


def gate(  # noqa: PLR0913, PLR0917 - options of a command
    suite: SuiteArgument = RELEASE,
    run: RunOption = None,
    base: BaselineOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Every gate's reason, watched slices, and a table of slices.")
    ] = False,
    accept_dataset: DatasetOption = False,
    accept_judge: JudgeChangeOption = False,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    junit: JunitOption = None,
    summary: SummaryOption = None,
) -> None:
    """Go or no-go: the gates of the suite on a run, against the prompts that it was run beside, or else the baseline.

    Exit codes: 0 pass, 1 fail, 2 wrong usage, 3 inconclusive, 4 the run proves nothing.
    """
    found = _ruled(suite, run, base, evals, runs, dataset=accept_dataset, judge=accept_judge)
    told = Material(
        found.run,
        texts(found.run, found.suite, evals),
        ruling=found.ruling,
        base=found.base,
        all_flips=_all_flips(found, base, evals, runs),
    )
    Telling(as_json, explain, html, junit, summary).ruling(told)
    raise typer.Exit(found.ruling.exit_code)


def bless(  # noqa: PLR0913, PLR0917 - options of a command
    reason: Annotated[str, typer.Option("--reason", help="Why releases are to be compared with this run.")],
    suite: SuiteArgument = RELEASE,
    run: RunOption = None,
    by: Annotated[str | None, typer.Option("--by", help="Who blesses; else the user's name.")] = None,
    again: Annotated[
        str | None,
        typer.Option("--aa", metavar="R", help="A second run of the same: what flips without a cause."),
    ] = None,
    accept_regression: Annotated[
        bool,
        typer.Option(
            "--accept-regression", help="Although a gate fails, or the cases or the judge are others."
        ),
    ] = False,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
) -> None:
    """Make a whole run the baseline, and lock the prompts that it was run with.

    Only a run that the gate passes, or that lacks nothing but its first baseline; others need --accept-regression.
    """
    found = _ruled(suite, run, None, evals, runs, dataset=accept_regression, judge=accept_regression)
    settings = Settings.from_env()
    place = settings.prompts or shipped()
    now = current(place)
    refuse_others(found.run, now, settings.brand, settings.locale)

    def write() -> None:
        with replacing(place / NAME) as file:
            file.write(written(now))

    baseline.bless(
        evals / found.suite.baseline,
        found.run,
        found.ruling,
        by=by or _user(),
        reason=reason,
        now=datetime.now(UTC),
        lock=write,
        accept_regression=accept_regression,
        disc=_flips(found.run, again, runs),
    )
    typer.echo(f"{evals / found.suite.baseline} and {place / NAME} are written. Commit both.")


@dataclass(frozen=True, slots=True)
class _Ruled:
    suite: Suite
    run: Run
    ruling: Ruling
    base: Run | None
    place: Path


def _ruled(  # noqa: PLR0913 - options of two commands
    suite: str, run: str | None, base: str | None, evals: Path, runs: Path, *, dataset: bool, judge: bool
) -> _Ruled:
    """Nobody rules on a run in order to release prompts that it never saw."""
    chosen = suite_of(suite, evals)
    found = run_of(run, chosen.name, runs)
    file = base if base is not None and is_baseline(base) else None
    blessed = baseline_of(chosen, evals, Path(file) if file and file != BASELINE else None)
    other = None if file else beside(found, base, runs)
    ruling = decide(
        chosen,
        found.run,
        blessed,
        beside=other,
        prompts=versions(Settings.from_env()) if found.run.head.prompts_of is None else None,
        lost=lost(found) if base is None else None,
        accept_dataset_change=dataset,
        accept_judge_change=judge,
    )
    return _Ruled(chosen, found.run, ruling, other[1] if other else None, found.place)


def _all_flips(found: _Ruled, base: str | None, evals: Path, runs: Path) -> str:
    """The command that names every flip, as it can be typed."""
    before = base or (str(found.place / AGAINST) if found.base else BASELINE)
    words = ["compassion-guard", "eval", "compare", before, str(found.place), "--only-flips"]
    words += ["--evals", str(evals)] if evals != EVALS else []
    words += ["--runs", str(runs)] if runs != RUNS else []
    return shlex.join(words)


def _flips(found: Run, again: str | None, runs: Path) -> dict[Flag, float]:
    return {} if again is None else power.disc(power.aa(found, run_at(again, runs).run))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise EvalError("nobody knows who blesses: name yourself with --by.") from None
