"""`bench judge`: drafts a second of the local judge, against a floor measured in the same run."""

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from guard.assemble import Guard
from guard.bench.files import cases_in
from guard.bench.machine import machine
from guard.case import Case
from guard.report import dumps

_ROUNDS = 3
"""Passes over the file. Of each draft the fastest counts: what else the machine did is no time of ours."""
_FLOOR = re.compile(
    r"\b(?:sorry|apologi[sz]\w*|understand\w*|frustrat\w*|appreciate\w*|rest assured|refund\w*|cancel\w*|replac\w*|"
    r"will (?:be|send|call|contact)|have (?:been|sent|issued)|please (?:provide|share|visit|contact)|manager|supervisor)\b",
    re.IGNORECASE,
)
"""What anybody would write first: one expression that looks for words of sorrow and of action."""
_LOAD = """
import time
started = time.perf_counter()
from guard.judging import net
net.shipped()
print((time.perf_counter() - started) * 1e3)
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """What one run showed. Times are milliseconds, memory is megabytes (10^6 bytes)."""

    drafts: int
    per_second: float
    p50: float
    p95: float
    p99: float
    load: float
    peak_memory: float | None
    floor_per_second: float
    times_the_floor: float


def judge(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Case files, one JSON object a line.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
) -> None:
    """Drafts a second of the local judge on one core, its load time and memory, and the floor: a plain scan for words."""
    guard = Guard.load(mode="observe")
    cases, faults = cases_in(files, guard)
    speed = measure(guard, cases)
    if as_json:
        typer.echo(dumps(asdict(speed)))
    else:
        _show(speed)
    raise typer.Exit(1 if faults else 0)


def measure(guard: Guard, cases: list[Case]) -> Speed:
    """Judge every case on one core of this machine."""
    _on_one_core()
    load = float(  # our own interpreter and our own words
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True
        ).stdout
    )
    times = _fastest(guard.review, cases)
    floor = _fastest(lambda case: [_FLOOR.findall(t) for t in (*case.customer_turns(), case.draft)], cases)
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return Speed(
        drafts=len(cases),
        per_second=round(len(times) / sum(times), 1),
        p50=round(cuts[49] * 1e3, 3),
        p95=round(cuts[94] * 1e3, 3),
        p99=round(cuts[98] * 1e3, 3),
        load=round(load, 1),
        peak_memory=_peak_memory(),
        floor_per_second=round(len(floor) / sum(floor), 1),
        times_the_floor=round(sum(times) / sum(floor), 1),
    )


def _fastest(work: Callable[[Case], object], cases: list[Case]) -> list[float]:
    best = [float("inf")] * len(cases)
    for _ in range(_ROUNDS):
        for n, case in enumerate(cases):
            started = time.perf_counter()
            work(case)
            best[n] = min(best[n], time.perf_counter() - started)
    return best


def _on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _peak_memory() -> float | None:
    """Of this process so far; None where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def _show(speed: Speed) -> None:
    from rich.table import Table

    from guard.terminal import console

    table = Table(title=f"local judge, {speed.drafts} drafts, one core", caption=machine())
    table.add_column("what")
    table.add_column("value", justify="right")
    for name, value in (
        ("drafts a second", f"{speed.per_second:,.0f}"),
        ("p50 / p95 / p99", f"{speed.p50:.2f} / {speed.p95:.2f} / {speed.p99:.2f} ms"),
        ("cold load", f"{speed.load:.0f} ms"),
        ("peak memory", "not known here" if speed.peak_memory is None else f"{speed.peak_memory:.0f} MB"),
        ("floor: a plain scan for words", f"{speed.floor_per_second:,.0f} drafts a second"),
        ("times the floor", f"{speed.times_the_floor:.0f}"),
    ):
        table.add_row(name, value)
    console().print(table)
