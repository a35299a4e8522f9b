"""The command `compassion-guard`. Exit codes: 0 done, 1 something was bad and is named, 2 wrong usage."""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from guard.assemble import Guard
from guard.bench.app import bench
from guard.casefile import BadLine, count, read, replacing, same_file
from guard.errors import EscalationError, GuardError
from guard.evaluation.app import evaluation
from guard.outcome import Outcome, Spent
from guard.policy import By, Mode
from guard.report import dumps, line, name_of
from guard.settings import Settings
from guard.workbench.app import workbench

app = typer.Typer(
    help="Stands between an LLM and the customer: replies that act go out, empathy without action does not.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
desk = typer.Typer(help="The handoffs that wait for a person.", no_args_is_help=True)
app.add_typer(desk, name="handoffs")
app.add_typer(bench, name="bench")
app.add_typer(workbench, name="prompts")
app.add_typer(evaluation, name="eval")

ModeOption = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar="observe|advise|enforce",
        help="observe leaves everything as it is, advise adds the verdict, enforce rewrites and withholds.",
    ),
]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="A policy.yaml instead of the shipped one.")
]
JudgeOption = Annotated[
    str | None,
    typer.Option(
        "--judge",
        metavar="local|llm|cascade",
        help="Who reads the drafts, whatever the policy says. A model needs COMPASSION_GUARD_MODEL_URL and _MODEL_KEY.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]


def _version(asked: bool) -> None:
    if asked:
        try:
            version = metadata.version("compassion-guard")
        except metadata.PackageNotFoundError:
            version = "(not installed: run from its source)"
        _put(f"compassion-guard {version}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Which version this is.")
    ] = False,
) -> None:
    """What stands before every command."""


@app.command()
def demo() -> None:
    """Eight short scenes, before and after, with the handoffs that they store. Needs no key and no network."""
    from guard import terminal
    from guard.demo import SCENES

    out = terminal.console()
    with _writing("standard output"), tempfile.TemporaryDirectory(prefix="compassion-guard-") as home:
        guard = Guard.load(mode="enforce", settings=Settings(home=Path(home)))
        for title, case in SCENES:
            out.print(terminal.scene(title, guard.review(case)))
        out.print(terminal.handoffs(guard.desk.open(), out.width))
        guard.desk.close()
        out.print(
            "The demo's handoffs are gone again. Try your own: compassion-guard review FILE", style="dim"
        )


@app.command()
def review(  # noqa: PLR0913, PLR0917 - options of a command
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Case files, one JSON object a line; - is standard input."),
    ],
    as_json: JsonOption = False,
    mode: ModeOption = None,
    policy: PolicyOption = None,
    judge: JudgeOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the JSON lines there; - is standard output."),
    ] = None,
) -> None:
    """Judge drafted replies and show what would reach the customer.

    A case: {"id": "1", "context": [{"role": "customer", "content": "…"}], "draft": "…", "actions": null}
    """
    guard = _guard(policy, mode, judge)
    if guard.asks_a_model and not guard.settings.model_key and not os.environ.get("OPENAI_API_KEY"):
        _fail(
            "the policy asks a model, and no key is there: set COMPASSION_GUARD_MODEL_KEY (and _MODEL_URL), or take "
            "--judge local"
        )
    if out == Path("-"):
        as_json, out = True, None
    _refuse_loss(files, out)
    machines = as_json or out is not None
    with _Run(count(files), people=not machines) as run, _lines_to(out, as_json) as file:
        for entry in read(files, guard.case):
            if isinstance(entry, BadLine):
                run.bad(entry.where, entry.why)
                continue
            started = time.perf_counter()
            try:
                outcome = guard.review(entry.case)
            except EscalationError as error:
                run.bad(entry.where, str(error))
                continue
            except Exception as error:  # noqa: BLE001 - one broken line must not cost the others
                run.bad(
                    entry.where,
                    f"{type(error).__name__}: {error}. This is a fault of the guard: nothing was decided for this line. "
                    "Report it with the line; the other lines are judged.",
                )
                continue
            ms = (time.perf_counter() - started) * 1e3
            run.done(outcome)
            if machines:
                print(dumps(line(outcome, ms)), file=file, flush=out is None)
    if run.empty:
        _fail("no case there: name files of cases, one JSON object a line.")
    raise typer.Exit(1 if run.faults else 0)


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - options of a command
    upstream: Annotated[
        str,
        typer.Option(
            "--upstream", metavar="URL", help="The model's base URL, as a client would be given it."
        ),
    ],
    policy: PolicyOption = None,
    mode: ModeOption = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8700,
    on_withhold: Annotated[
        str,
        typer.Option(metavar="message|raise", help="A withheld reply: a holding message, or an error 422."),
    ] = "message",
    heartbeat: Annotated[float, typer.Option(help="Seconds between comments in a held stream.")] = 15,
    upstream_timeout: Annotated[float, typer.Option(help="Seconds for which the model may be silent.")] = 600,
    body_limit: Annotated[int, typer.Option(help="Bytes of a request.")] = 10_000_000,
    at_once: Annotated[int, typer.Option(help="Requests at once; more get 503.")] = 512,
) -> None:
    """Stand in front of a model as its base URL: http://127.0.0.1:8700/v1. Every reply that passes is judged.

    COMPASSION_GUARD_KEYS, keys with commas between: who may ask, by header x-compassion-key.
    """
    try:
        from guard.proxy.keys import keys_from
        from guard.proxy.options import Options
        from guard.proxy.server import run
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        _fail("serve needs more than the plain install: pip install 'compassion-guard[proxy]'")
    if on_withhold not in ("message", "raise"):
        raise typer.BadParameter(f"--on-withhold {on_withhold!r} is message or raise.")
    options = Options(
        upstream=upstream,
        keys=keys_from(os.environ),
        raises=on_withhold == "raise",
        heartbeat=heartbeat,
        upstream_timeout=upstream_timeout,
        body_limit=body_limit,
        at_once=at_once,
    )
    run(_guard(policy, mode), options, host, port)


@desk.command("list")
def list_(
    as_json: JsonOption = False,
    everything: Annotated[bool, typer.Option("--all", help="The resolved ones too.")] = False,
) -> None:
    """Who waits, the urgent first."""
    from guard import terminal

    receipts = _guard(None, None).desk.open(everything=everything)
    if not as_json:
        out = terminal.console()
        with _writing("standard output"):
            out.print(terminal.handoffs(receipts, out.width) if receipts else "No handoff waits.")
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
    _put(f"{id} is resolved.")


@desk.command()
def schema() -> None:
    """The JSON Schema of the packet."""
    from guard.escalation.packet import Packet

    _print(Packet.model_json_schema(), indent=2)


class _Run:
    """Counts while it goes, on a terminal with a progress line; tells at the end how it went.

    `people`: they are to see a table of the results.
    """

    def __init__(self, total: int | None, *, people: bool) -> None:
        from guard import terminal

        self._terminal = terminal
        self._out = terminal.console()
        self._err = terminal.console(stderr=True)
        self._bar = terminal.Bar(self._err, "reviewing", total)
        self._table = terminal.results(self._out.width) if people else None
        self._counts: Counter[str] = Counter()
        self._spent = Spent()
        self._asked = 0
        self.faults = 0

    def __enter__(self) -> "_Run":
        self._started = time.perf_counter()
        return self

    def __exit__(self, broken: type[BaseException] | None, *_: object) -> None:
        self._bar.stop()
        if broken not in (None, KeyboardInterrupt):
            return
        if self._table is not None and self._table.row_count:
            with _writing("standard output"):
                self._out.print(self._table)
        self._err.print(self._terminal.summary(self._counts, time.perf_counter() - self._started))
        if self._asked:
            self._err.print(self._terminal.spent(self._spent, self._asked, self._counts.total()))
        if self.faults:
            self._err.print(f"{self.faults} could not be reviewed; each is named above.", style="red")

    @property
    def empty(self) -> bool:
        """Nothing was there, neither good nor bad."""
        return not self._counts and not self.faults

    def done(self, outcome: Outcome) -> None:
        name = name_of(outcome)
        self._counts[
            name
            if name != "sent" or outcome.judgement.decision == "send"
            else f"would {outcome.judgement.decision}"
        ] += 1
        self._spent += outcome.spent
        self._asked += outcome.spent.calls > 0
        self._bar.step()
        if self._table is not None:
            self._terminal.add(self._table, outcome)

    def bad(self, where: str, why: str) -> None:
        self.faults += 1
        self._bar.step()
        self._err.print(self._terminal.shown(f"{where}: {why}"), markup=False, soft_wrap=True)


@contextmanager
def _lines_to(out: Path | None, as_json: bool) -> Iterator[TextIO]:
    """Where the results of a run go."""
    with _writing(f"--out {out}" if out else "standard output"):
        if out is None:
            yield _machines() if as_json else sys.stdout
        else:
            with replacing(out) as file:
                yield file


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """What cannot be written ends the command with one line. A reader who has closed the pipe has seen enough."""
    from guard.terminal import hang_up, mute

    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
    except OSError as error:
        _tell(f"{name}: cannot be written ({error.strerror or error}).")
        mute()
        raise typer.Exit(1) from None


def _refuse_loss(files: list[str], out: Path | None) -> None:
    from guard.terminal import shown

    with _writing(f"--out {out}"):
        lost = out and same_file(files, out)
    if lost:
        raise typer.BadParameter(
            f"--out {shown(str(out))} is the input {shown(lost)}, which would be lost. Name another file."
        )


def _guard(policy: Path | None, mode: str | None, judge: str | None = None) -> Guard:
    return Guard.load(policy, mode=_mode(mode), judge=_by(judge))


def _by(judge: str | None) -> By | None:
    match judge:
        case None | "local" | "llm" | "cascade":
            return judge
        case _:
            raise typer.BadParameter(f"{judge!r} is no judge; it is one of local, llm, cascade.")


def _mode(mode: str | None) -> Mode | None:
    match mode:
        case None | "observe" | "advise" | "enforce":
            return mode
        case _:
            raise typer.BadParameter(f"{mode!r} is no mode; it is one of observe, advise, enforce.")


def _machines() -> TextIO:
    """Standard output for JSON, which is UTF-8 whatever the locale is."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def _print(obj: object, indent: int | None = None) -> None:
    _machines()
    _put(dumps(obj, indent))


def _put(text: str) -> None:
    with _writing("standard output"):
        print(text)


def _tell(message: str) -> None:
    from guard.terminal import shown

    print(shown(message), file=sys.stderr, flush=True)


def _fail(message: str) -> NoReturn:
    _tell(message)
    raise typer.Exit(1)


def main() -> None:
    """Entry point: an error of ours is one line, never a traceback."""
    from guard.terminal import ascii_only, mute

    if sys.stdout is None or sys.stderr is None:
        sys.exit("compassion-guard: standard output or standard error is closed; there is nowhere to answer.")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="ascii" if ascii_only() else None, errors="backslashreplace")
    try:
        app()
    except GuardError as error:
        _tell(f"compassion-guard: {error}")
        sys.exit(2 if not isinstance(error, EscalationError) else 1)
    except OSError as error:  # the help, which is not ours to print, or a disk without room for the demo
        what = error.filename or "standard output, or a file that this command uses,"
        _tell(f"compassion-guard: {what} cannot be used ({error.strerror or error}). Nothing more was done.")
        mute()
        sys.exit(1)


if __name__ == "__main__":
    main()
