"""What a command says of a run: on the terminal or for machines, and in the files that were asked for."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.casefile import replacing
from guard.errors import GuardError
from guard.evaluation.case import EvalCase
from guard.evaluation.journal import writing
from guard.evaluation.prepare import cases_of
from guard.evaluation.report.material import Material
from guard.evaluation.results import Run
from guard.evaluation.suite import Suite
from guard.policy import shipped
from guard.report import dumps

if TYPE_CHECKING:
    from rich.console import RenderableType

HtmlOption = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="One page with everything, that needs no network."),
]
JunitOption = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="JUnit XML: a test a gate, and a test a case.")
]
SummaryOption = Annotated[
    Path | None,
    typer.Option(
        "--summary-md", metavar="FILE", help="A summary in Markdown; GITHUB_STEP_SUMMARY gets it anyway."
    ),
]


@dataclass(frozen=True, slots=True)
class Telling:
    """Where it goes."""

    as_json: bool = False
    explain: bool = False
    html: Path | None = None
    junit: Path | None = None
    summary: Path | None = None

    def ruling(self, told: Material) -> None:
        """The gates, why it is no pass, and the one line that says it all, last."""
        from guard.evaluation.report import machine, terminal
        from guard.evaluation.report.markdown import append_step_summary, summary

        self.files(told)
        append_step_summary(summary(told), os.environ)
        if self.as_json:
            typer.echo(dumps(machine.report(told)))
            return
        printed(lambda width: terminal.ruling(told, width, explain=self.explain))

    def files(self, told: Material) -> None:
        """Those that were asked for."""
        from guard.evaluation.report.junit import junit
        from guard.evaluation.report.markdown import summary
        from guard.evaluation.report.page import page

        for path, made in ((self.html, page), (self.junit, junit), (self.summary, summary)):
            if path is not None:
                _write(path, made(told))


def texts(run: Run, chosen: Suite, evals: Path) -> Mapping[str, EvalCase]:
    """The texts of a run's cases, where they are the same still; a run can be looked at long after they have changed."""
    try:
        every = cases_of(chosen, evals, shipped().actions())
    except GuardError:
        return {}
    return {one.id: one for one in every if run.head.dataset.get(one.id) == one.digest}


def printed(rendered: Callable[[int], Iterable["RenderableType"]]) -> None:
    """On the terminal, in its width. Nothing that a case says is markup: what is rendered is text already."""
    from guard.terminal import console

    out = console()
    for one in rendered(out.width):
        out.print(one, markup=False, crop=False)  # a command that does not fit is still whole


def _write(path: Path, text: str) -> None:
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text)
