"""The command `compassion-guard`. Exit codes: 0 done, 1 something was bad and is named, 2 wrong usage."""

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from guard.assemble import Guard
from guard.casefile import BadLine, count, read
from guard.errors import EscalationError, GuardError
from guard.outcome import Outcome
from guard.policy import Mode
from guard.report import line, name_of
from guard.settings import Settings

app = typer.Typer(
    help="Stands between an LLM and the customer: replies that act go out, empathy without action does not.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
desk = typer.Typer(help="The handoffs that wait for a person.", no_args_is_help=True)
app.add_typer(desk, name="handoffs")

ModeOption = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar="observe|advise|enforce",
        help="observe and advise leave drafts as they are; enforce rewrites and withholds.",
    ),
]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="A policy.yaml instead of the shipped one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]


@app.command()
def demo() -> None:
    """Eight short scenes, before and after, with the handoffs that they store. Needs no key and no network."""
    from guard import terminal
    from guard.demo import scenes

    out = terminal.console()
    with tempfile.TemporaryDirectory(prefix="compassion-guard-") as home:
        guard = Guard.load(mode="enforce", settings=Settings(home=Path(home)))
        for title, case in scenes():
            out.print(terminal.scene(title, guard.review(case)))
        out.print(terminal.handoffs(guard.desk.open()))
        guard.desk.close()
    out.print("The demo's handoffs are gone again. Try your own: compassion-guard review FILE", style="dim")


@app.command()
def review(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Case files, one JSON object a line; - is standard input."),
    ],
    as_json: JsonOption = False,
    mode: ModeOption = None,
    policy: PolicyOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the JSON lines there.")
    ] = None,
) -> None:
    """Judge drafted replies and show what would reach the customer.

    A case: {"id": "1", "context": [{"role": "customer", "content": "…"}], "draft": "…", "actions": null}
    """
    guard = _guard(policy, mode)
    run = _Run(as_json, out, count(files))
    with run:
        for case in read(files, guard.case):
            if isinstance(case, BadLine):
                run.bad(case.where, case.why)
                continue
            started = time.perf_counter()
            try:
                outcome = guard.review(case)
            except EscalationError as error:
                run.bad(case.id, str(error))
            else:
                run.done(outcome, (time.perf_counter() - started) * 1e3)
    raise typer.Exit(1 if run.faults else 0)


@desk.command("list")
def list_(
    as_json: JsonOption = False,
    everything: Annotated[bool, typer.Option("--all", help="The resolved ones too.")] = False,
) -> None:
    """Who waits, the urgent first."""
    from guard import terminal

    receipts = _guard(None, None).desk.open(everything=everything)
    if not as_json:
        terminal.console().print(terminal.handoffs(receipts) if receipts else "No handoff waits.")
        return
    for r in receipts:
        _print(
            {
                "id": r.id,
                "case": r.case_id,
                "state": r.state,
                "reason": r.reason,
                "created_at": r.created_at.isoformat(),
            }
        )


@desk.command()
def show(id: Annotated[str, typer.Argument(help="As in the list: CG-…")]) -> None:
    """One handoff, whole, as JSON."""
    found = _guard(None, None).desk.packet(id)
    if found is None:
        _fail(f"no handoff {id!r} here. `compassion-guard handoffs list --all` names them.")
    receipt, packet = found
    _print(
        {
            "id": receipt.id,
            "state": receipt.state,
            "created_at": receipt.created_at.isoformat(),
            "packet": json.loads(packet),
        },
        indent=2,
    )


@desk.command()
def resolve(id: Annotated[str, typer.Argument(help="As in the list: CG-…")]) -> None:
    """A person has settled it."""
    if not _guard(None, None).desk.resolve(id):
        _fail(f"no handoff {id!r} here. `compassion-guard handoffs list --all` names them.")
    typer.echo(f"{id} is resolved.")


@desk.command()
def schema() -> None:
    """The JSON Schema of the packet."""
    from guard.escalation.packet import Packet

    _print(Packet.model_json_schema(), indent=2)


class _Run:
    """Prints while it goes, on a terminal with a progress line; tells at the end how it went."""

    def __init__(self, as_json: bool, out: Path | None, total: int | None) -> None:
        from guard import terminal

        self._terminal = terminal
        self._err = terminal.console(stderr=True)
        self._bar = terminal.Bar(self._err, "reviewing", total)
        self._table = None if as_json or out else terminal.results()
        self._out = out
        self._file: TextIO | None = None
        self._counts: Counter[str] = Counter()
        self.faults = 0

    def __enter__(self) -> "_Run":
        self._started = time.perf_counter()
        try:
            self._file = self._out.open("w", encoding="utf-8") if self._out else None
        except OSError as error:
            _fail(f"--out {self._out}: cannot be written ({error.strerror}).")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
        if self._file:
            self._file.close()
        if self._table is not None and self._table.row_count:
            self._terminal.console().print(self._table)
        self._err.print(self._terminal.summary(self._counts, time.perf_counter() - self._started))
        if self.faults:
            self._err.print(f"{self.faults} could not be reviewed; each is named above.", style="red")

    def done(self, outcome: Outcome, ms: float) -> None:
        name = name_of(outcome)
        self._counts[
            name
            if name != "sent" or outcome.judgement.decision == "send"
            else f"would {outcome.judgement.decision}"
        ] += 1
        self._bar.step()
        if self._table is not None:
            self._terminal.add(self._table, outcome)
        else:
            print(json.dumps(line(outcome, ms), ensure_ascii=False), file=self._file or sys.stdout)

    def bad(self, where: str, why: str) -> None:
        self.faults += 1
        self._bar.step()
        self._err.print(f"{where}: {why}", markup=False, soft_wrap=True)


def _guard(policy: Path | None, mode: str | None) -> Guard:
    return Guard.load(policy, mode=_mode(mode))


def _mode(mode: str | None) -> Mode | None:
    match mode:
        case None | "observe" | "advise" | "enforce":
            return mode
        case _:
            raise typer.BadParameter(f"{mode!r} is no mode; it is one of observe, advise, enforce.")


def _print(obj: object, indent: int | None = None) -> None:
    print(json.dumps(obj, ensure_ascii=False, indent=indent))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def main() -> None:
    """Entry point: an error of ours is one line, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except GuardError as error:
        typer.echo(f"compassion-guard: {error}", err=True)
        sys.exit(2 if not isinstance(error, EscalationError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
