"""The commands of `compassion-guard eval`. Exit codes: 0 pass, 1 fail, 2 wrong usage, 3 inconclusive, 4 a run that proves nothing."""

from importlib.util import find_spec

import typer

from guard.errors import EvalError
from guard.evaluation.commands import comparing, frontier, keeping, measuring, ruling, running

evaluation = typer.Typer(
    help="Go or no-go: run labelled cases through the guard, compare with the baseline, and rule on a release.",
    no_args_is_help=True,
)


@evaluation.callback()
def top() -> None:
    """What stands before every command."""
    if missing := [name for name in ("httpx2", "scipy") if find_spec(name) is None]:
        raise EvalError(
            f"eval needs more than the plain install ({', '.join(missing)}): pip install 'compassion-guard[evals]'"
        )


evaluation.command()(running.run)
evaluation.command()(ruling.gate)
evaluation.command()(comparing.compare)
evaluation.command()(comparing.view)
evaluation.command()(frontier.frontier)
evaluation.command()(ruling.bless)
evaluation.command()(measuring.aa)
evaluation.command()(measuring.power)
evaluation.command()(measuring.agree)
evaluation.command()(keeping.mutate)
evaluation.command()(keeping.validate)
evaluation.command()(keeping.schema)
evaluation.command("import-recordings")(keeping.import_recordings)
