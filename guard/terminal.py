"""What people see on a terminal: tables, before and after, colours. Customer text is never read as markup."""

import time
from collections import Counter

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from guard.outcome import Outcome, Receipt
from guard.report import name_of, why

COLOUR = {"sent": "green", "rewritten": "yellow", "withheld": "magenta"}


def results() -> Table:
    """An empty table of reviews."""
    table = Table(expand=True, show_lines=False, header_style="bold")
    for name, ratio in (("case", 2), ("verdict", 2), ("owner", 1), ("outcome", 2), ("why", 5)):
        table.add_column(name, ratio=ratio, overflow="fold")
    return table


def add(table: Table, outcome: Outcome) -> None:
    """One review as a row."""
    name, judgement = name_of(outcome), outcome.judgement
    colour = COLOUR[name] if judgement.decision == "send" or name != "sent" else "red"
    told = name if name != "sent" or judgement.decision == "send" else f"would {judgement.decision}"
    table.add_row(
        Text(outcome.case.id),
        judgement.verdict or "unjudged",
        judgement.owner or "?",
        Text(told, colour),
        Text(why(outcome)),
    )


def summary(counts: Counter[str], seconds: float) -> Text:
    """How it went, in one line."""
    total = sum(counts.values())
    told = ", ".join(f"{n} {name}" for name, n in counts.most_common())
    return Text(f"{total} reviewed in {seconds:.1f} s" + (f": {told}" if told else ""), "bold")


def scene(title: str, outcome: Outcome) -> Panel:
    """One scene of the demo: what the customer wrote, the draft, and what they see instead."""
    name = name_of(outcome)
    asked = outcome.case.customer_turns()[-1] if outcome.case.customer_turns() else ""
    sides = Table.grid(expand=True, padding=(0, 2))
    sides.add_column(ratio=1)
    sides.add_column(ratio=1)
    sides.add_row(Text("draft", "dim"), Text(f"{name} to the customer", COLOUR[name]))
    sides.add_row(
        Text(outcome.case.draft), Text(outcome.reply if name != "sent" else "(the draft, unchanged)")
    )
    body = Table.grid(expand=True)
    body.add_row(Text(f"customer: {asked}", "italic"))
    body.add_row("")
    body.add_row(sides)
    body.add_row("")
    body.add_row(Text(f"why: {why(outcome)}", "dim"))
    return Panel(body, title=Text(title), border_style=COLOUR[name])


def handoffs(receipts: list[Receipt]) -> Table:
    """Those who wait, as a table."""
    table = Table(title="handoffs", header_style="bold")
    for name in ("id", "case", "reason", "state", "since (UTC)"):
        table.add_column(name, overflow="fold")
    for r in receipts:
        table.add_row(
            r.id,
            Text(r.case_id),
            Text(r.reason, "bold red" if r.urgent else ""),
            r.state,
            f"{r.created_at:%Y-%m-%d %H:%M}",
        )
    return table


class Bar:
    """A progress bar for work that takes long: seen on a terminal only, and only after the first second."""

    def __init__(self, console: Console, what: str, total: int | None) -> None:
        self._seen = console.is_terminal
        self._from = time.monotonic() + 1
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task(what, total=total)

    def step(self) -> None:
        """One more is done."""
        self._progress.advance(self._task)
        if self._seen and time.monotonic() > self._from:
            self._progress.start()
            self._seen = False

    def stop(self) -> None:
        """Take it away."""
        self._progress.stop()


def console(*, stderr: bool = False) -> Console:
    """Where people look. Results go to stdout, everything about the run to stderr."""
    return Console(stderr=stderr, highlight=False, emoji=False)
