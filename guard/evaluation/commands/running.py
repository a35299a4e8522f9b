"""`eval run`: every case of a suite through the guard."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from guard.evaluation import folder, head
from guard.evaluation.answers import write_misses
from guard.evaluation.commands.options import (
    EVALS,
    RELEASE,
    RUNS,
    EvalsOption,
    JsonOption,
    JudgeOption,
    ModeOption,
    PolicyOption,
    RunsOption,
    SuiteArgument,
    judge_of,
    mode_of,
    where_of,
)
from guard.evaluation.commands.tables import percent, table
from guard.evaluation.metrics import FLAGS, PORTIONS, UNCHANGED, Rate, cost, rates, tallies
from guard.evaluation.prepare import Asked, Prepared, prepared
from guard.evaluation.results import Run
from guard.evaluation.run import run as run_all
from guard.report import dumps

INVALID = 4
"""The exit code of a run that proves nothing."""
_INTERRUPTED = 130


def run(  # noqa: PLR0913, PLR0917 - options of a command
    suite: SuiteArgument = RELEASE,
    mode: ModeOption = None,
    judge: JudgeOption = None,
    policy: PolicyOption = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="Only this one; may be given again.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="K=V,…", help="Only cases of a slice: language=es,slice=injection."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", metavar="FOLDER", help="Go on with a run that was stopped or killed."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, metavar="TOKENS", help="Stop there, whatever the suite says."),
    ] = None,
    misses: Annotated[
        Path | None,
        typer.Option(
            "--misses", metavar="FILE", help="Write the requests that have no recording, a line each."
        ),
    ] = None,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
    as_json: JsonOption = False,
) -> None:
    """Run a suite's cases through the guard, and keep what was seen. `eval gate` then rules on it.

    Exit codes: 0 the run is whole, 2 wrong usage, 4 it proves nothing: stopped, too many errors, recordings missing.
    """
    asked = Asked(
        suite=suite,
        evals=evals,
        mode=mode_of(mode),
        judge=judge_of(judge),
        policy=policy,
        cases=tuple(case or ()),
        where=where_of(where or []),
        tokens=limit,
    )
    if resume is not None:
        asked = _as_before(asked, resume)
    ready = prepared(asked)
    place = resume or runs / head.name(ready.head)
    found = made(ready, place)
    if misses is not None:
        n = write_misses(ready.recorder.misses.values(), misses)
        typer.echo(f"{misses}: {n} requests without a recording.", err=True)
    if as_json:
        typer.echo(dumps(_line(found, place)))
    else:
        _show(found, place)
    raise typer.Exit(exit_code(found, ready))


def made(ready: Prepared, place: Path) -> Run:
    """The run, with a bar for who waits. Ctrl-C stops it so that it can go on."""
    from guard.terminal import Bar, console

    bar = Bar(console(stderr=True), "judging", len(ready.cases) * ready.head.epochs)
    log, level = logging.getLogger("guard.model"), logging.getLogger("guard.model").level
    log.setLevel(logging.ERROR)  # a call that failed is an error of its case, and told with it
    try:
        return run_all(
            ready.cases,
            head=ready.head,
            plan=ready.suite.run,
            recorder=ready.recorder,
            make=ready.make,
            folder=place,
            told=lambda result: bar.step(),
            part=ready.part,
        )
    except KeyboardInterrupt:
        typer.echo(f"stopped. Go on with: compassion-guard eval run --resume {place}", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        log.setLevel(level)
        bar.stop()


def exit_code(found: Run, ready: Prepared) -> int:
    """That only some cases were asked for is no fault."""
    return 0 if found.stopped in (None, ready.part) else INVALID


def _as_before(asked: Asked, place: Path) -> Asked:
    """What nobody says anew is as it was when the run began."""
    before = folder.read_head(place)
    mode = asked.mode or before.mode
    judge = asked.judge or judge_of(before.judge)
    name = before.suite if asked.suite == RELEASE else asked.suite
    chosen = asked.cases or (() if asked.where else tuple(before.dataset))
    return replace(asked, suite=name, mode=mode, judge=judge, cases=chosen)


def _line(found: Run, place: Path) -> dict[str, object]:
    spent = cost(found)
    return {
        "folder": str(place),
        "suite": found.head.suite,
        "mode": found.head.mode,
        "judge": found.head.judge,
        "complete": found.complete,
        "stopped": found.stopped,
        "cases": len(found.head.dataset),
        "lines": len(found.results),
        "errors": spent.errors,
        "facts": {rate.fact: [rate.good, rate.cases] for rate in rates(tallies(found).values())},
        "calls": spent.calls,
        "replayed": spent.replayed,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "usd": spent.usd,
        "oldest_recording": found.head.oldest_recording,
        "models": list(found.head.models),
    }


def _show(found: Run, place: Path) -> None:
    every = tuple(tallies(found).values())
    plain = {r.fact: r for r in rates(t for t in every if t.within({"mutation": UNCHANGED}))}
    mutated = {r.fact: r for r in rates(t for t in every if not t.within({"mutation": UNCHANGED}))}
    sides = (plain, mutated) if mutated else (plain,)
    rows = [
        (fact, *(cell for side in sides for cell in _counted(side.get(fact))))
        for fact in (*FLAGS, *PORTIONS)
        if fact in plain or fact in mutated
    ]
    title = (
        f"{found.head.suite}: {len(found.head.dataset)} cases, judge {found.head.judge}, {found.head.mode}"
    )
    columns = ("what holds", "as written", "share", "mutated", "share")
    table(title, columns[: 1 + 2 * len(sides)], rows)
    for line in _notes(found):
        typer.echo(line)
    typer.echo(str(place))
    if found.complete:
        typer.echo(f"Next: compassion-guard eval gate {found.head.suite} --run {place}")


def _counted(rate: Rate | None) -> tuple[str, str]:
    return (f"{rate.good}/{rate.cases}", percent(rate.good / rate.cases)) if rate else ("", "")


def _notes(found: Run) -> list[str]:
    spent = cost(found)
    failed = [r for r in found.results if r.error]
    notes = []
    if spent.calls:
        oldest = f", the oldest of {found.head.oldest_recording}" if found.head.oldest_recording else ""
        notes.append(
            f"{spent.calls:,} model calls, {spent.replayed:,} of them answered by recordings{oldest}; "
            f"{spent.input_tokens + spent.output_tokens:,} tokens."
        )
    if failed:
        notes.append(f"{len(failed)} ended in errors; the first, {failed[0].case}: {failed[0].error}")
    if found.stopped:
        notes.append(f"Stopped: {found.stopped}.")
    return notes
