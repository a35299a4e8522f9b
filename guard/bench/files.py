"""The cases that a measurement is made with."""

import typer

from guard.assemble import Guard
from guard.case import Case
from guard.casefile import BadLine, read


def cases_in(files: list[str], guard: Guard) -> tuple[list[Case], int]:
    """The cases of the files, and how many lines hold none; each of these is named. Ends the command without any case."""
    entries = list(read(files, guard.case))
    cases = [entry.case for entry in entries if not isinstance(entry, BadLine)]
    for entry in entries:
        if isinstance(entry, BadLine):
            typer.echo(f"{entry.where}: {entry.why}", err=True)
    if not cases:
        typer.echo("no case to measure with: name a file of cases, one JSON object a line.", err=True)
        raise typer.Exit(1)
    return cases, len(entries) - len(cases)
