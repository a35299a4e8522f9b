"""`eval validate`, `eval mutate`, `eval schema` and `eval import-recordings`: the data of a suite, looked after."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from guard.evaluation.case import schema as case_schema
from guard.evaluation.commands.options import EVALS, RELEASE, EvalsOption, JsonOption, SuiteArgument
from guard.evaluation.commands.tables import table
from guard.evaluation.misses import take_answers
from guard.evaluation.mutations import MUTATIONS, mutated
from guard.evaluation.prepare import cases_of, given_away, secrets, suite_of
from guard.evaluation.report.provenance import recorded
from guard.evaluation.sources import merged, source_of
from guard.evaluation.tape import Tape
from guard.policy import shipped
from guard.report import dumps
from guard.settings import Settings

_MANY = "industry"
"""A slice with nearly as many values as cases is told to machines only."""


def validate(suite: SuiteArgument = RELEASE, evals: EvalsOption = EVALS, as_json: JsonOption = False) -> None:
    """Read a suite, its cases and its recordings, and count them; whatever makes them worthless is named.

    Exit codes: 0 they can be used, 1 a prompt gives a case of the gate away, 2 they cannot be read.
    """
    chosen = suite_of(suite, evals)
    cases = cases_of(chosen, evals, shipped().actions())
    tape = Tape(evals / "recordings", chosen.name)
    sources = merged(map(source_of, tape))
    leaks = list(map(str, given_away(Settings.from_env(), chosen.case_files(evals))))
    counts = Counter(
        (name, value)
        for one in cases
        if not one.mutation
        for name in one.slices
        for value in one.slices[name]
    )
    families = len({one.family for one in cases})
    if as_json:
        told = {
            "cases": len(cases),
            "families": families,
            "mutations": sum(one.mutation is not None for one in cases),
            "recordings": len(tape),
            "sources": [source.model_dump() for source in sources],
            "slices": {f"{name}={value}": n for (name, value), n in sorted(counts.items())},
            "leaks": leaks,
        }
        typer.echo(dumps(told))
    else:
        rows = [(f"{name}={value}", f"{n}") for (name, value), n in sorted(counts.items()) if name != _MANY]
        table(
            f"{chosen.name}: {len(cases)} cases of {families} families, {len(tape)} recordings",
            ("slice", "cases"),
            rows,
        )
        for source in sources:
            typer.echo(recorded(source))
    for leak in leaks:
        typer.echo(leak, err=True)
    raise typer.Exit(1 if leaks else 0)


def mutate(
    suite: SuiteArgument = RELEASE,
    list_: Annotated[bool, typer.Option("--list", help="Only say which there are.")] = False,
    show: Annotated[
        str | None,
        typer.Option("--show", metavar="NAME", help="What this one makes of the cases, a line each."),
    ] = None,
    evals: EvalsOption = EVALS,
    as_json: JsonOption = False,
) -> None:
    """The mutations: what they change, what must then hold, and of how many of a suite's cases they can be made."""
    made: Counter[str] = Counter()
    if not list_:
        chosen = suite_of(suite, evals)
        bare = chosen.model_copy(update={"mutations": ()})
        cases = mutated(cases_of(bare, evals, shipped().actions()), [show] if show else MUTATIONS)
        if show:
            for one in cases:
                line = {"id": one.id, "draft": one.case.draft, "last": one.case.customer_turns()[-1:]}
                typer.echo(dumps({**line, "decision": one.expect.decision, "verdict": one.expect.verdict}))
            return
        made.update(one.mutation for one in cases if one.mutation)
    if as_json:
        for m in MUTATIONS.values():
            typer.echo(
                dumps(
                    {"name": m.name, "kind": m.kind, "says": m.says}
                    | ({} if list_ else {"cases": made[m.name]})
                )
            )
        return
    more = () if list_ else ("cases",)
    rows = [
        (f"{m.name}: {m.says}", m.kind, *((f"{made[m.name]}",) if more else ())) for m in MUTATIONS.values()
    ]
    table("mutations", ("what is changed", "kind", *more), rows)


def schema() -> None:
    """The JSON Schema of a line of cases, for editors."""
    typer.echo(dumps(case_schema(), indent=2))


def import_recordings(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="One JSON object a line: key, model, content, provenance.")
    ],
    suite: SuiteArgument = RELEASE,
    evals: EvalsOption = EVALS,
) -> None:
    """Take answers to the requests that `eval run --misses` wrote. Each says who gave it, when and how.

    {"key": "…", "model": "…", "content": "…", "provenance": {"by": "…", "model": "…", "at": "…", "how": "…"}}
    """
    chosen = suite_of(suite, evals)
    tape = Tape(evals / "recordings", chosen.name, secrets(Settings.from_env()))
    try:
        tape.claim()
        added, left = take_answers(file, tape)
    finally:
        tape.close()
    kept = f" {left} were left, for their request has an answer." if left else ""
    typer.echo(f"{added} recordings are added to {evals / 'recordings' / f'{chosen.name}.jsonl'}.{kept}")
