"""`eval frontier`: several runs by what they cost, what they miss and how long they take."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from guard.errors import EvalError
from guard.evaluation.commands.finding import is_baseline, run_of, side_of
from guard.evaluation.commands.options import EVALS, RUNS, EvalsOption, JsonOption, RunsOption
from guard.evaluation.commands.tables import percent, table
from guard.evaluation.commands.telling import HtmlOption, Telling, texts
from guard.evaluation.comparison import Arm
from guard.evaluation.prepare import suite_of
from guard.evaluation.report.frontier import Frontier, Point
from guard.evaluation.report.frontier import frontier as weighed
from guard.evaluation.report.material import Material
from guard.evaluation.report.words import dollars
from guard.evaluation.results import Run
from guard.report import dumps


def frontier(  # noqa: PLR0913, PLR0917 - options of a command
    names: Annotated[
        list[str],
        typer.Argument(metavar="R...", help="Runs: folders or names; `baseline`; or a baseline's file."),
    ],
    suite: Annotated[str | None, typer.Option("--suite", help="Where only baselines are named.")] = None,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
    as_json: JsonOption = False,
    html: HtmlOption = None,
) -> None:
    """Cost of 1,000 replies, synthetic empathy that went out, and the time of the slowest: which runs no other one beats.

    A guard that withholds everything misses nothing: the good drafts that it touched stand beside it.
    """
    runs_of, arms = _read(names, suite, evals, runs)
    found = weighed(arms.items())
    if html is not None:
        _page(html, runs_of, arms, evals)
    if as_json:
        typer.echo(dumps(_told(found)))
        return
    unit = "dollars" if found.price == "usd" else "tokens"
    table(
        f"* no other run is as good in {unit} for 1,000 replies, in what it misses and in p95, and better in one",
        ("run", "judge", unit, "missed", "p95 ms", "touched"),
        [_row(found, point) for point in found.points],
    )
    typer.echo(
        "missed: synthetic empathy that went out. touched: good drafts that did not go out as they were."
    )


def _read(
    names: list[str], suite: str | None, evals: Path, runs: Path
) -> tuple[dict[str, Run], dict[str, Arm]]:
    """Runs of one suite, whole, under the names that people gave; shares of other cases say nothing of one another."""
    plain = [name for name in names if not is_baseline(name)]
    if suite is None and not plain:
        raise EvalError("baselines do not say where their suite is; name it with --suite.")
    chosen = suite_of(suite or run_of(plain[0], None, runs).run.head.suite, evals)
    found: dict[str, Run] = {}
    arms: dict[str, Arm] = {}
    for name in names:
        arm, run = side_of(name, chosen, evals, runs)
        short = name if is_baseline(name) else arm.name
        if (arm.suite, arm.suite_digest) != (chosen.name, chosen.digest):
            raise EvalError(f"{name}: is not of suite {chosen.name} as it is. Name runs of the same cases.")
        if run is not None and not run.complete:
            raise EvalError(f"{name}: is not whole ({run.stopped}). Name whole runs.")
        if run is not None:
            found[short] = run
        arms[short] = arm
    return found, arms


def _page(html: Path, runs: dict[str, Run], arms: dict[str, Arm], evals: Path) -> None:
    """The page is of the last run that was named."""
    if not runs:
        raise EvalError("--html needs a run, for a baseline holds no replies.")
    name, run = list(runs.items())[-1]
    others = {other: arm for other, arm in arms.items() if other != name}
    Telling(html=html).files(Material(run, texts(run, suite_of(run.head.suite, evals), evals), others=others))


def _row(found: Frontier, point: Point) -> tuple[str, ...]:
    spent = found.spent(point)
    known = "not counted" if spent is None else dollars(spent) if found.price == "usd" else f"{spent:,.0f}"
    return (
        f"{'*' if point.best else ' '}{point.name}",
        point.judge,
        known,
        percent(point.missed),
        "recorded" if point.ms_p95 is None else f"{point.ms_p95:,.1f}",
        "–" if point.touched is None else percent(point.touched),
    )


def _told(found: Frontier) -> dict[str, object]:
    return {
        "price": found.price,
        "points": [{**asdict(point), "missed": point.missed} for point in found.points],
    }
