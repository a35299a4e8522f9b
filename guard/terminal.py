"""What people see on a terminal: tables, before and after, colours.

Customer text is never read as markup, and never obeyed: what a terminal would not show is written out.
"""

import os
import re
import sys
import time
from collections import Counter
from typing import NoReturn

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from guard.outcome import Outcome, Receipt, Spent, Withheld
from guard.report import UNSEEN, name_of, why

COLOUR = {"sent": "green", "rewritten": "yellow", "withheld": "magenta"}
NARROW = 60
"""Columns below which a row has no room for five cells."""
_UNSEEN = re.compile(f"[{UNSEEN}\\t\\n]")


def shown(text: str) -> str:
    """Text on one line, with what a terminal would obey or hide written out: a red \\x1b[31m, a turned \\u202e."""
    return _UNSEEN.sub(lambda found: ascii(found.group())[1:-1], text)


def _shown_lines(text: str) -> str:
    return "\n".join(map(shown, text.split("\n")))


def results(width: int) -> Table:
    """An empty table of reviews for a terminal of `width` columns."""
    if width < NARROW:
        return _table({"case": width // 4}, "outcome and why")
    return _table({"case": width // 5, "verdict": 0, "outcome": 0}, "why, and what the customer sees")


def add(table: Table, outcome: Outcome) -> None:
    """One review as a row."""
    name, judgement = name_of(outcome), outcome.judgement
    colour = COLOUR[name] if judgement.decision == "send" or name != "sent" else "red"
    told = name if name != "sent" or judgement.decision == "send" else f"would {judgement.decision}"
    verdict, because = judgement.verdict or "unjudged", shown(why(outcome))
    if isinstance(outcome, Withheld):
        because = f"{because}; a person has it as {outcome.receipt.id}, {outcome.receipt.reason}"
    seen = Text(because) if name == "sent" else Text.assemble(because, "\n", (shown(outcome.reply), "italic"))
    if len(table.columns) == 2:
        table.add_row(
            Text(shown(outcome.case.id)),
            Text.assemble((told, colour), f": {verdict}\n", seen),
            end_section=True,
        )
    else:
        table.add_row(Text(shown(outcome.case.id)), verdict, Text(told, colour), seen, end_section=True)


def _table(columns: dict[str, int], last: str, title: str | None = None) -> Table:
    """Columns by name with the most that each may take, 0 for what it needs; the last one has the rest."""
    table = Table(
        title=title,
        box=box.SIMPLE_HEAD,
        header_style="bold",
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    for name, most in columns.items():
        table.add_column(name, max_width=most or None, no_wrap=not most, overflow="fold")
    table.add_column(last, overflow="fold")
    return table


def summary(counts: Counter[str], seconds: float) -> Text:
    """How it went, in one line."""
    total = sum(counts.values())
    told = ", ".join(f"{n} {name}" for name, n in counts.most_common())
    return Text(f"{total} reviewed in {seconds:.1f} s" + (f": {told}" if told else ""), "bold")


def spent(took: Spent, asked: int, of: int) -> Text:
    """What the guard's own model took, in one line."""
    price = "" if took.usd is None else f", ${took.usd:,.4f}"
    return Text(
        f"the model was asked for {asked} of {of} ({asked / of:.0%}): {took.calls} calls, "
        f"{(took.input_tokens + took.output_tokens) / of:,.0f} tokens a reply{price}"
    )


def scene(title: str, outcome: Outcome) -> Panel:
    """One scene of the demo: what the customer wrote, the draft, and what they see instead."""
    name = name_of(outcome)
    asked = outcome.case.customer_turns()[-1] if outcome.case.customer_turns() else ""
    sides = Table.grid(expand=True, padding=(0, 2))
    sides.add_column(ratio=1)
    sides.add_column(ratio=1)
    sides.add_row(Text("draft", "dim"), Text(f"{name} to the customer", COLOUR[name]))
    sides.add_row(
        Text(_shown_lines(outcome.case.draft)),
        Text(_shown_lines(outcome.reply) if name != "sent" else "(the draft, unchanged)"),
    )
    body = Table.grid(expand=True)
    body.add_row(Text(f"customer: {_shown_lines(asked)}", "italic"))
    body.add_row("")
    body.add_row(sides)
    body.add_row("")
    body.add_row(Text(f"why: {shown(why(outcome))}", "dim"))
    return Panel(body, title=Text(title), border_style=COLOUR[name])


def handoffs(receipts: list[Receipt], width: int) -> Table:
    """Those who wait, as a table for a terminal of `width` columns."""
    narrow = width < NARROW
    if narrow:
        table = _table({"id": 0}, "case, reason and state", "handoffs")
    else:
        table = _table({"id": 0, "reason": 0, "state": 0, "since (UTC)": 0}, "case", "handoffs")
    for r in receipts:
        reason = Text(r.reason, "bold red" if r.urgent else "")
        since = f"{r.created_at:%Y-%m-%d %H:%M}"
        if narrow:
            table.add_row(r.id, Text.assemble(shown(r.case_id), "\n", reason, f", {r.state}\n{since}"))
        else:
            table.add_row(r.id, reason, r.state, since, Text(shown(r.case_id)))
    return table


class Bar:
    """A progress bar for work that takes long: seen on a terminal only, and only after the first second."""

    def __init__(self, console: Console, what: str, total: int | None) -> None:
        self._seen = console.is_terminal
        self._from = time.monotonic() + 1
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task(what, total=total)
        self._started = False

    def step(self) -> None:
        """One more is done."""
        self._progress.advance(self._task)
        if self._seen and time.monotonic() > self._from:
            self._progress.start()
            self._started, self._seen = True, False

    def stop(self) -> None:
        """Take it away, where it was."""
        if self._started:
            self._progress.stop()


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        hang_up()


def console(*, stderr: bool = False) -> Console:
    """Where people look. Results go to stdout, everything about the run to stderr."""
    return _Console(stderr=stderr, highlight=False, emoji=False)


def ascii_only() -> bool:
    """The locale knows no more, and nobody asked for more. Python itself would write UTF-8 there."""
    said = (os.environ.get(name) for name in ("PYTHONIOENCODING", "LC_ALL", "LC_CTYPE", "LANG"))
    return next((value for value in said if value), "") in ("C", "POSIX")


def mute() -> None:
    """Nothing more can be written: what still waits in a buffer must not end in a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def hang_up() -> NoReturn:
    """The reader has closed the pipe: it has seen enough, so nothing is wrong and nobody is told."""
    mute()
    sys.exit(0)
