"""A ruling on a terminal: the gates, what got worse, why it is no pass, and what it rests on. The outcome stands last.

Nothing that a case, a model or a file says is read as markup, and nothing of it is obeyed.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from guard.evaluation.gate import Counts, Outcome, Row, Ruling
from guard.evaluation.report.gate_table import Line, line
from guard.evaluation.report.material import Material, headline, reasons
from guard.evaluation.report.provenance import provenance
from guard.evaluation.report.slices import slices
from guard.evaluation.report.words import counted, dollars, percent
from guard.terminal import shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from guard.evaluation.results import Flag

NARROW = 104
"""Columns below which a gate has lines of its own in place of cells."""
_FLIPS = 12
"""Flips that are named; `eval compare --only-flips` names all."""
_WATCHED = 8
"""Watched slices that are shown."""
_MOST = 6
"""Facts that the table of slices has room for."""
_COLOUR: dict[Counts | Outcome, str] = {
    "pass": "green",
    "fail": "bold red",
    "inconclusive": "yellow",
    "warn": "yellow",
    "invalid": "bold magenta",
}
_SIGN = {"PASS": "✓", "FAIL": "✕", "INCONCLUSIVE": "?"}


def ruling(material: Material, width: int, *, explain: bool = False) -> Iterator["RenderableType"]:
    """All of it in the order of reading, for a terminal of `width` columns.

    explain: the reason of every gate, slices that nobody asked for, and the table of slices, too; and of a run that
    proves nothing, the gates at all.
    """
    ruled = material.ruling
    if ruled is None:
        return
    yield summary(material)
    yield ""
    told = explain or not ruled.faults
    if told:
        yield gates(ruled.rows, width, why=explain)
    if explain and ruled.watch:
        yield ""
        yield Text(
            f"Watched slices, the worst {_WATCHED}. Nobody asked for them, so they decide nothing:", "bold"
        )
        yield gates(ruled.watch[:_WATCHED], width, why=True)
    if explain:
        yield ""
        yield slice_table(material, width)
    if told:
        yield ""
        yield from flips(material)
    yield from (Text(shown(why)) for why in reasons(ruled))
    yield Text(f"{headline(ruled)}{'' if told else ' What its gates would say: --explain.'}")
    yield verdict(ruled)


def summary(material: Material) -> Text:
    """What was run, in a line, and what that is worth, in another one."""
    run, source = material.run, provenance(material.run)
    epochs = f" × {run.head.epochs} epochs" if run.head.epochs > 1 else ""
    beside = f" beside {material.compared.base.name}" if material.compared else ""
    size = f"{counted(source.cases, 'case')}{epochs}, {counted(source.families, 'family')}"
    told = (
        f"judge {run.head.judge}, models {source.models}, {source.cost.tokens_per_reply:,.0f} tokens a reply"
    )
    price = f"1,000 replies {dollars(source.cost.usd_per_1000)}"
    return Text.assemble(
        (shown(f"{run.head.suite}{beside}"), "bold"),
        shown(f": {size}; {told}, {price}"),
        ("\n" + "\n".join(shown(told) for told in (source.told, *source.recorded)), "dim"),
    )


def gates(rows: Sequence[Row], width: int, *, why: bool = False) -> "RenderableType":
    """The gates as a table, or on lines of their own where there is no room for one."""
    if width < NARROW:
        return Group(*(_lines(row, line(row), why=why) for row in rows))
    table = _table()
    table.add_column("gate", overflow="fold", ratio=1)
    for name in ("before", "now"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("change, interval", justify="right", no_wrap=True)
    table.add_column("flips −/+", justify="right", no_wrap=True)
    table.add_column("verdict", min_width=14, max_width=20)
    for row in rows:
        told = line(row)
        table.add_row(
            _name(told, why=why),
            Text(told.before),
            Text(told.now),
            Text(_below(told.change, told.interval)),
            Text(told.flips),
            Text.assemble(_found(told, row), (f"\n{told.effect}" if told.effect else "", "dim")),
        )
    return table


def flips(material: Material) -> Iterator["RenderableType"]:
    """Cases that got worse, with the facts that do not hold any more."""
    worse = material.flips_by_case().harmful
    if not worse:
        return
    yield Text(f"{counted(len(worse), 'case')} got worse:", "bold")
    for id, flags in list(worse.items())[:_FLIPS]:
        yield Text.assemble("  ", shown(id), ("  " + ", ".join(flags), "red"))
    if len(worse) > _FLIPS:
        yield Text(f"  and {len(worse) - _FLIPS} more{':' if material.all_flips else ''}", "dim")
        if material.all_flips:
            whole = Text(f"  {shown(material.all_flips)}", "dim", no_wrap=True, overflow="ignore")
            yield Group(whole)  # as a bare text it would be wrapped all the same
    yield ""


def slice_table(material: Material, width: int) -> "RenderableType":
    """The facts that the gates ask for, in each slice: the share in per cent that is good."""
    found = slices(material.run)
    rows = material.ruling.rows if material.ruling else ()
    asked: list[Flag] = list(dict.fromkeys(flag for row in rows if (flag := line(row).flag)))
    flags = [flag for flag in asked or found.flags if flag in found.flags][: 2 if width < NARROW else _MOST]
    table = _table()
    table.add_column("slice", overflow="fold", ratio=1)
    for name in ("cases", *(flag.replace("_", " ") for flag in flags)):
        table.add_column(name, justify="right", overflow="fold")
    for place, row in (
        ("all cases", found.whole),
        *((f"{group.dimension} = {row.name}", row) for group in found.groups for row in group.rows),
    ):
        cells = [row.cells.get(flag) for flag in flags]
        table.add_row(
            Text(shown(place)), str(row.cases), *(percent(cell.share) if cell else "·" for cell in cells)
        )
    return table


def verdict(ruled: Ruling) -> Text:
    """The one line that says it all."""
    return Text(shown(ruled.told), _COLOUR[ruled.outcome])


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False, expand=False)


def _lines(row: Row, told: Line, *, why: bool) -> Text:
    moved = f"{told.before} → {told.now}" if told.before else told.now
    flipped = f"flips {told.flips}" if told.flips else ""
    figures = ", ".join(part for part in (moved, _beside(told.change, told.interval), flipped) if part)
    return Text.assemble(
        _found(told, row),
        f" {shown(told.name)}",
        (f" ({told.effect})" if told.effect else "", "dim"),
        (f"\n  {told.limit}", "dim"),
        f"\n  {figures}" if figures else "",
        (f"\n  {shown(told.reason)}" if why else "", "dim"),
    )


def _name(told: Line, *, why: bool) -> Text:
    under = f"{told.limit}\n{shown(told.reason)}" if why else told.limit
    return Text.assemble(
        (told.metric, "bold"), f" {shown(told.place)}" if told.place else "", (f"\n{under}", "dim")
    )


def _found(told: Line, row: Row) -> tuple[str, str]:
    return f"{_SIGN[told.found]} {told.found}", _COLOUR[row.counts]


def _below(change: str, interval: str) -> str:
    return "\n".join(part for part in (change, interval) if part)


def _beside(change: str, interval: str) -> str:
    return " ".join(part for part in (change, interval) if part)
