"""`eval compare` and `eval view`: two runs side by side, and one of them as a page."""

from pathlib import Path
from typing import Annotated

import typer

from guard.evaluation.commands.finding import is_baseline, newest, run_at, run_of, side_of
from guard.evaluation.commands.options import EVALS, RUNS, EvalsOption, JsonOption, RunsOption
from guard.evaluation.commands.running import INVALID
from guard.evaluation.commands.tables import table
from guard.evaluation.commands.telling import HtmlOption, Telling, texts
from guard.evaluation.comparison import Comparison
from guard.evaluation.comparison import compare as side_by_side
from guard.evaluation.metrics import FLAGS
from guard.evaluation.prepare import suite_of
from guard.evaluation.report.material import Material
from guard.report import dumps
from guard.terminal import shown

_SHOWN = 20
"""Flips that are named before one has to ask for all of them."""
SuiteOption = Annotated[
    str | None, typer.Option("--suite", help="Where the runs do not say it: a baseline on both sides.")
]


def compare(  # noqa: PLR0913, PLR0917 - options of a command
    before: Annotated[
        str | None,
        typer.Argument(
            metavar="[A]", help="A run's folder or name; `baseline`; or a file. Else the last but one run."
        ),
    ] = None,
    after: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The same, of what came after; else the newest run.")
    ] = None,
    only_flips: Annotated[
        bool,
        typer.Option("--only-flips", help="Every case whose outcome is another one now, and nothing else."),
    ] = False,
    suite: SuiteOption = None,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
    as_json: JsonOption = False,
    html: HtmlOption = None,
) -> None:
    """Two runs side by side, on the cases that both have in the same words; without names the two newest of a suite.

    Exit codes: 0 compared, 2 wrong usage, 4 they say nothing of one another: another suite, judge or model.
    """
    before, after = _named(before, after, suite, runs)
    chosen = suite_of(suite or _suite(after, before, runs), evals)
    (base, base_run), (candidate, run) = (side_of(name, chosen, evals, runs) for name in (before, after))
    found = side_by_side(base, candidate)
    if html is not None:
        if run is None:
            raise typer.BadParameter("--html needs a run as B, for a baseline holds no replies.")
        Telling(html=html).files(Material(run, texts(run, chosen, evals), comparison=found, base=base_run))
    if as_json:
        typer.echo(dumps(_compared(found)))
    else:
        if not only_flips:
            _table(found)
        _flips(found, None if only_flips else _SHOWN)
    for why in found.incomparable:
        typer.echo(why, err=True)
    raise typer.Exit(INVALID if found.incomparable else 0)


def view(
    run: Annotated[
        str | None, typer.Argument(metavar="[R]", help="A run's folder or name; else the newest run.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Where the page goes; else report.html in the run."),
    ] = None,
    suite: Annotated[str | None, typer.Option("--suite", help="The newest run of this one.")] = None,
    evals: EvalsOption = EVALS,
    runs: RunsOption = RUNS,
) -> None:
    """One run as a page for a browser; it needs no network and no server."""
    found = run_of(run, suite, runs)
    place = html or found.place / "report.html"
    chosen = suite_of(found.run.head.suite, evals)
    Telling(html=place).files(Material(found.run, texts(found.run, chosen, evals)))
    typer.echo(str(place))


def _named(before: str | None, after: str | None, suite: str | None, runs: Path) -> tuple[str, str]:
    """The two that are meant."""
    if before is None:
        old, new = newest(suite, runs, 2)
        return str(old.place), str(new.place)
    if after is None:
        suite = suite or (None if is_baseline(before) else run_at(before, runs).run.head.suite)
        return before, str(run_of(None, suite, runs).place)
    return before, after


def _suite(after: str, before: str, runs: Path) -> str:
    for name in (after, before):
        if not is_baseline(name):
            return run_at(name, runs).run.head.suite
    raise typer.BadParameter("two baselines do not say their suite; name it with --suite.")


def _table(found: Comparison) -> None:
    rows = []
    for flag in FLAGS:
        pairs = found.pairs(flag)
        if not pairs:
            continue
        fell = sum(pair.before and not pair.after for pair in pairs)
        rose = sum(pair.after and not pair.before for pair in pairs)
        was, now = (sum(told) / len(pairs) for told in ([p.before for p in pairs], [p.after for p in pairs]))
        rows.append(
            (
                flag,
                f"{len(pairs)}",
                f"{100 * was:.1f}",
                f"{100 * now:.1f}",
                f"{100 * (now - was):+.1f}",
                f"{fell} / {rose}",
            )
        )
    title = f"{found.candidate.name} beside {found.base.name}: {len(found.shared)} cases in the same words"
    table(title, ("what holds, in %", "cases", "before", "after", "change", "flips −/+"), rows)
    for name, cases in (("gone", found.left), ("new", found.joined), ("changed", found.changed)):
        if cases:
            typer.echo(f"{len(cases)} {name}: {shown(', '.join(cases[:5]))}{', …' if len(cases) > 5 else ''}")


def _flips(found: Comparison, most: int | None) -> None:
    told = [flip for flips in found.flips().values() for flip in flips]
    told.sort(key=lambda flip: not flip.harmful)
    for flip in told[:most]:
        typer.echo(f"{'worse' if flip.harmful else 'better'}  {flip.flag}  {shown(flip.case)}")
    if most is not None and len(told) > most:
        typer.echo(f"… and {len(told) - most} more: --only-flips names all.")


def _compared(found: Comparison) -> dict[str, object]:
    return {
        "before": found.base.name,
        "after": found.candidate.name,
        "shared": len(found.shared),
        "left": list(found.left),
        "joined": list(found.joined),
        "changed": list(found.changed),
        "incomparable": list(found.incomparable),
        "flips": [
            {"flag": flip.flag, "case": flip.case, "family": flip.family, "harmful": flip.harmful}
            for flips in found.flips().values()
            for flip in flips
        ],
    }
