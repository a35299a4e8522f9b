"""`eval run`: every case of a suite through the guard."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from guard.evaluation import folder, head
from guard.evaluation.beside import Sides, sides
from guard.evaluation.case import EvalCase
from guard.evaluation.commands.options import (
    EVALS,
    RELEASE,
    RUNS,
    EvalsOption,
    InOption,
    JsonOption,
    JudgeOption,
    ModeOption,
    OutOption,
    PolicyOption,
    RunsOption,
    SuiteArgument,
    judge_of,
    mode_of,
    usd_of,
    where_of,
)
from guard.evaluation.commands.tables import percent, table
from guard.evaluation.metrics import FLAGS, PORTIONS, UNCHANGED, Rate, cost, rates, tallies
from guard.evaluation.misses import write_misses
from guard.evaluation.prepare import Asked, Prepared
from guard.evaluation.report.provenance import provenance
from guard.evaluation.results import Run
from guard.evaluation.run import Course, turn_about
from guard.report import dumps

INVALID = 4
"""The exit code of a run that proves nothing."""
_INTERRUPTED = 130
_DECLINED = 2
"""No run was made, so no gate may follow in a script."""


def run(  # noqa: PLR0913, PLR0917 - options of a command
    suite: SuiteArgument = RELEASE,
    mode: ModeOption = None,
    judge: JudgeOption = None,
    policy: PolicyOption = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="git:REF|DIR",
            help="Run the prompts of a commit beside these, a case of each in turn, both answered by one model. The "
            "gate then compares the two, and needs no baseline. Nobody is asked where recordings answer these.",
        ),
    ] = None,
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
        typer.Option(
            "--limit",
            min=1,
            metavar="TOKENS",
            help="Stop there, whatever the suite says. Each of two has it.",
        ),
    ] = None,
    usd_in: InOption = None,
    usd_out: OutOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask a person whether to ask the model.")] = False,
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

    Exit codes: 0 the run is whole, 2 wrong usage, or a person wanted nobody to be asked, 4 it proves nothing: stopped, too many errors, recordings missing.
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
        against=against,
        usd=usd_of(usd_in, usd_out),
    )
    if resume is not None:
        asked = _as_before(asked, resume)
    with _ready(asked, resume) as what:
        ready = what.ready
        _tell_price(what, yes=yes)
        place = resume or runs / head.name(ready.head)
        known = len(ready.recorder.tape)
        found, other = made(what, place)
    if misses is not None:
        n = write_misses(ready.recorder.misses.values(), misses)
        typer.echo(f"{misses}: {n} requests without a recording.", err=True)
    if grown := len(ready.recorder.tape) - known:
        typer.echo(_grown(evals / "recordings" / f"{ready.suite.name}.jsonl", grown), err=True)
    if other is not None and (why := other.stopped) not in (None, ready.part):
        typer.echo(f"The prompts of {other.head.prompts_of}: {why}.", err=True)
    if as_json:
        typer.echo(dumps(_line(found, place)))
    else:
        _show(found, place)
    raise typer.Exit(max(exit_code(one, ready) for one in (found, other) if one is not None))


def made(what: Sides, place: Path) -> tuple[Run, Run | None]:
    """The run and the one beside it, with a bar for who waits. Ctrl-C stops them so that they can go on."""
    from guard.terminal import Bar, console

    ready, other = what.ready, what.other
    courses = [_course(ready, place, what.advice)]
    if other is not None:
        courses.append(_course(other, place / folder.AGAINST, what.advice))
    bar = Bar(console(stderr=True), "judging", len(courses) * len(ready.cases) * ready.head.epochs)
    try:
        with _quiet():
            found, *beside = turn_about(courses, plan=ready.suite.run, told=lambda result: bar.step())
        return found, beside[0] if beside else None
    except KeyboardInterrupt:
        typer.echo(f"stopped. Go on with: compassion-guard eval run --resume {place}", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        bar.stop()


def _course(ready: Prepared, place: Path, advice: str) -> Course:
    return Course(ready.cases, ready.head, ready.recorder, ready.make, place, ready.part, advice)


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
    against = asked.against or before.against
    if (place / folder.AGAINST).is_dir():
        against = folder.read_head(place / folder.AGAINST).prompts_of
    return replace(asked, suite=name, mode=mode, judge=judge, cases=chosen, against=against)


def _left(ready: Prepared, place: Path | None) -> list[EvalCase]:
    """Cases that have no result yet."""
    done = {line.case for line in folder.read(place).results if line.error is None} if place else set()
    return [one for one in ready.cases if one.id not in done]


@contextmanager
def _ready(asked: Asked, resume: Path | None) -> Iterator[Sides]:
    """What is to be run, with a bar while the requests are counted that nobody answers yet."""
    from guard.terminal import Bar, console

    bar = Bar(console(stderr=True), "counting", None)
    try:
        with _quiet(), sides(asked, lambda ready: _left(ready, resume), bar.step) as what:
            bar.stop()
            yield what
    finally:
        bar.stop()


@contextmanager
def _quiet() -> Iterator[None]:
    """A call that failed is an error of its case, and told with it."""
    log, level = logging.getLogger("guard.model"), logging.getLogger("guard.model").level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _tell_price(what: Sides, *, yes: bool) -> None:
    """Before anybody is asked. A person is asked whether to; a script has said so."""
    if not what.requests or what.needed is None:
        return
    both = f" with these prompts and those of {what.other.head.prompts_of}" if what.other else ""
    price = what.needed.told(what.requests, what.ready.policy.model)
    typer.echo(f"A model is asked{both}: {price}.", err=True)
    if sys.stdin.isatty() and not yes and not typer.confirm("Ask it?", err=True):
        typer.echo("Nobody was asked, and nothing was run.", err=True)
        raise typer.Exit(_DECLINED)


def _grown(path: Path, n: int) -> str:
    return (
        f"{path} has grown by {n} recordings. Commit it with the prompts if others are to replay these answers; "
        f"else take it back: git checkout -- {path}"
    )


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
        "sources": [source.model_dump() for source in found.head.sources],
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
        seen = provenance(found)
        notes += [seen.told, *seen.recorded, f"{spent.input_tokens + spent.output_tokens:,} tokens."]
    if failed:
        notes.append(f"{len(failed)} ended in errors; the first, {failed[0].case}: {failed[0].error}")
    if found.stopped:
        notes.append(f"Stopped: {found.stopped}.")
    return notes
