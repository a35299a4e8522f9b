"""What a command says of a run: on the terminal or for machines, and in the files that were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from guard.casefile import replacing
from guard.errors import GuardError
from guard.evaluation.case import EvalCase
from guard.evaluation.commands.tables import table
from guard.evaluation.comparison import Comparison
from guard.evaluation.gate import Row, Ruling
from guard.evaluation.prepare import cases_of
from guard.evaluation.report.gate_table import line
from guard.evaluation.report.material import Material, headline, reasons
from guard.evaluation.results import Run
from guard.evaluation.suite import Suite
from guard.policy import shipped
from guard.report import dumps

HtmlOption = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="One page with everything, that needs no network."),
]


@dataclass(frozen=True, slots=True)
class Telling:
    """Where it goes."""

    as_json: bool = False
    explain: bool = False
    html: Path | None = None

    def ruling(self, told: Material, ruling: Ruling) -> None:
        """The gates, why it is no pass, and the one line that says it all, last."""
        self.files(told)
        if self.as_json:
            typer.echo(dumps(_ruling(ruling)))
            return
        rows = (*ruling.rows, *(ruling.watch if self.explain else ()))
        _gates(ruling.suite, rows)
        for why in reasons(ruling) if self.explain else (f.told for f in ruling.faults):
            typer.echo(why)
        typer.echo(f"{headline(ruling)}\n{ruling.told}")

    def files(self, told: Material) -> None:
        """Those that were asked for."""
        if self.html is not None:
            from guard.evaluation.report.page import page

            _write(self.html, page(told))


def material(  # noqa: PLR0913 - all of them are named by the callers
    run: Run,
    chosen: Suite,
    evals: Path,
    *,
    ruling: Ruling | None = None,
    comparison: Comparison | None = None,
    base: Run | None = None,
) -> Material:
    """All that is known of a run; the texts of its cases where they are the same still."""
    return Material(run, _texts(run, chosen, evals), ruling=ruling, comparison=comparison, base=base)


def _texts(run: Run, chosen: Suite, evals: Path) -> Mapping[str, EvalCase]:
    try:
        every = cases_of(chosen, evals, shipped().actions())
    except GuardError:  # a run can be looked at long after its cases have changed
        return {}
    return {one.id: one for one in every if run.head.dataset.get(one.id) == one.digest}


def _gates(suite: str, rows: tuple[Row, ...]) -> None:
    told = [line(row) for row in rows]
    columns = ("gate", "limit", "before", "now", "change", "flips −/+", "found")
    table(
        f"{suite}: gates",
        columns,
        [(one.name, one.limit, one.before, one.now, one.change, one.flips, one.found) for one in told],
    )


def _ruling(ruling: Ruling) -> dict[str, object]:
    return {
        "suite": ruling.suite,
        "outcome": ruling.outcome,
        "exit_code": ruling.exit_code,
        "told": ruling.told,
        "faults": [{"kind": fault.kind, "told": fault.told} for fault in ruling.faults],
        "notes": list(ruling.notes),
        "gates": [
            {
                "name": row.name,
                "limit": row.limit,
                "found": row.found,
                "counts": row.counts,
                "reason": row.reason,
            }
            for row in ruling.rows
        ],
    }


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text)
