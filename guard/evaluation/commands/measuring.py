"""`eval aa`, `eval power` and `eval agree`: how restless the guard is, what a suite can show, how far people agree."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from guard.errors import EvalError
from guard.evaluation import agreement, head
from guard.evaluation import power as powers
from guard.evaluation.agreement import Agreed, Agreement
from guard.evaluation.beside import Sides
from guard.evaluation.commands.finding import run_at, run_of
from guard.evaluation.commands.options import (
    EVALS,
    RELEASE,
    RUNS,
    EvalsOption,
    JsonOption,
    JudgeOption,
    ModeOption,
    PolicyOption,
    RunOption,
    RunsOption,
    SuiteArgument,
    judge_of,
    mode_of,
)
from guard.evaluation.commands.running import INVALID, exit_code, made
from guard.evaluation.commands.tables import percent, table
from guard.evaluation.power import Restless
from guard.evaluation.prepare import Asked, prepared, suite_of
from guard.evaluation.results import Run
from guard.report import dumps


def aa(  # noqa: PLR0913, PLR0917 - options of a command
    suite: SuiteArgument = RELEASE,
    of: Annotated[
        list[str] | None,
        typer.Option("--of", metavar="R", help="A run that is there; given twice, nothing is run."),
    ] = None,
    slices: Annotated[bool, typer.Option("--slices", help="By slice, too.")] = False,
    mode: ModeOption = None,
    judge: JudgeOption = None,
    policy: PolicyOption = None,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
    as_json: JsonOption = False,
) -> None:
    """Run the same thing twice: the share of outcomes that flip without a cause. `eval power --disc` takes it.

    Exit codes: 0 measured, 2 wrong usage, 4 one of the runs proves nothing.
    """
    named = of or []
    if len(named) not in (0, 2):
        raise typer.BadParameter("--of names two runs, or none is named.")
    if named:
        first, second = (run_at(name, runs).run for name in named)
    else:
        asked = Asked(suite=suite, evals=evals, mode=mode_of(mode), judge=judge_of(judge), policy=policy)
        first, second = (_run(asked, runs) for _ in range(2))
    found = [one for one in powers.aa(first, second) if slices or one.dimension is None]
    if as_json:
        typer.echo(dumps([_restless(one) for one in found]))
        return
    rows = [
        (
            one.flag if one.dimension is None else f"{one.flag}[{one.dimension}={one.value}]",
            f"{len(one.flipped)}/{one.cases}",
            percent(one.rate),
            f"{percent(one.interval.low)} to {percent(one.interval.high)}",
        )
        for one in found
    ]
    table("the same thing twice: what flips", ("what holds", "flips", "share", "95 % interval"), rows)


def power(  # noqa: PLR0913, PLR0917 - options of a command
    n: Annotated[int, typer.Option("--n", help="Families of cases.", min=2)] = 240,
    disc: Annotated[
        float, typer.Option("--disc", help="The share that flips without a cause: `eval aa`.")
    ] = 0.04,
    margin: Annotated[float, typer.Option("--margin", help="The fall that a gate bears.")] = 0.05,
    alpha: Annotated[float, typer.Option("--alpha")] = 0.05,
    sims: Annotated[int, typer.Option("--sims", min=1)] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    as_json: JsonOption = False,
) -> None:
    """What a suite of n families can show: the chance of each verdict where nothing changed, and where it got worse."""
    found = powers.power(n, disc=disc, margin=margin, alpha=alpha, sims=sims, seed=seed)
    if as_json:
        typer.echo(dumps(asdict(found)))
        return
    truths = (
        ("nothing changed", found.same),
        (f"{100 * margin:g} points worse, the margin", found.at_margin),
        (f"{100 * powers.WORSE:g} points worse", found.worse),
    )
    rows = [(name, percent(c.passes), percent(c.fails), percent(c.inconclusive)) for name, c in truths]
    title = f"{n} families, {percent(disc)} flip, margin {100 * margin:g} points, {sims:,} simulations"
    table(title, ("what is true", "PASS", "FAIL", "INCONCLUSIVE"), rows)


def agree(  # noqa: PLR0913, PLR0917 - options of a command
    suite: SuiteArgument = RELEASE,
    run: RunOption = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(
            "--labels", metavar="FILE", help="Second labels; else all of labels/*.jsonl in the evals."
        ),
    ] = None,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
    as_json: JsonOption = False,
) -> None:
    """How far the judge agrees with the readers, and they with one another: Cohen's kappa with its interval."""
    chosen = suite_of(suite, evals)
    found = run_of(run, chosen.name, runs).run
    files = labels or sorted((evals / "labels").glob("*.jsonl"))
    told = agreement.agree(found, [label for path in files for label in _labels(path)], chosen.seed)
    if as_json:
        typer.echo(dumps(_agreement(told)))
    else:
        _show(told)


def _run(asked: Asked, runs: Path) -> Run:
    ready = prepared(asked)
    place = runs / head.name(ready.head)
    found, _ = made(Sides(ready), place)
    if exit_code(found, ready):
        typer.echo(f"{place}: {found.stopped}", err=True)
        raise typer.Exit(INVALID)
    return found


def _restless(one: Restless) -> dict[str, object]:
    return {**asdict(one), "rate": one.rate}


def _labels(path: Path) -> tuple[agreement.Label, ...]:
    try:
        return agreement.parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, ValueError) as error:
        raise EvalError(f"{path}: cannot be read ({error}). Name a file of labels in UTF-8.") from None


def _show(told: Agreement) -> None:
    for title, pairs in (("the judge and the readers", told.with_judge), ("the readers", told.between)):
        table(
            title, ("who and on what", "cases", "agreed", "kappa", "95 % interval"), [_row(p) for p in pairs]
        )
    for one in told.screened:
        corrected = "cannot be corrected" if one.corrected is None else f"corrected {percent(one.corrected)}"
        typer.echo(
            f"{one.reader}: of {one.not_ok} not ok the judge sees {percent(one.sensitivity)}, of {one.ok} ok "
            f"{percent(one.specificity)}; it calls {percent(one.shown)} not ok, {corrected}"
        )
    for name, cases in (("of another text", told.stale), ("of cases that are not in the run", told.unknown)):
        if cases:
            typer.echo(f"{len(cases)} labels are {name}: {', '.join(cases[:5])}", err=True)


def _row(one: Agreed) -> tuple[str, ...]:
    seen = one.kappa
    value = "–" if seen.value is None else f"{seen.value:.2f}"
    interval = f"{seen.interval.low:.2f} to {seen.interval.high:.2f}"
    return f"{one.one} and {one.other}, {one.of}", f"{seen.cases}", percent(seen.agreed), value, interval


def _agreement(told: Agreement) -> dict[str, object]:
    return {
        name: [
            {
                "one": p.one,
                "other": p.other,
                "of": p.of,
                "cases": p.kappa.cases,
                "agreed": p.kappa.agreed,
                "kappa": p.kappa.value,
                "interval": [p.kappa.interval.low, p.kappa.interval.high],
            }
            for p in pairs
        ]
        for name, pairs in (("with_judge", told.with_judge), ("between", told.between))
    } | {
        "screened": [asdict(one) for one in told.screened],
        "stale": list(told.stale),
        "unknown": list(told.unknown),
    }
