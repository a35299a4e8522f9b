"""`bench wrap`: what a guarded call costs over a plain one: the same model, the same run, call by call in turn."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.assemble import Guard
from guard.bench.machine import machine
from guard.report import dumps
from guard.settings import PREFIX, Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

_LATENCIES = {0: 400, 50: 60, 300: 20}
"""Milliseconds that the model takes, and calls that are timed of each way."""
_AT_ONCE = 32
_BURST = {0: 1600, 300: 640}
"""Calls with so many at once, by the milliseconds that the model takes: enough that the first, which start together, weigh little."""
_MANY = 10_000
_PATIENCE = 30
"""Seconds for a proxy to start."""
_ASKED = "My lamp came broken, I want a replacement. The order is 48213."


@dataclass(frozen=True, slots=True)
class Added:
    """Milliseconds of one way over the plain SDK call, with a model that takes `latency` of them."""

    latency: int
    plain_p50: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run showed. Times are milliseconds, throughput calls a second, memory megabytes (10^6 bytes)."""

    wrapped: list[Added]
    proxied: list[Added]
    plain_throughput: dict[int, float]
    wrapped_throughput: dict[int, float]
    first_character: dict[str, float]
    memory_growth: float | None


def wrap(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
    calls: Annotated[
        int, typer.Option("--calls", help="Calls for the memory measurement; 0 leaves it out.", min=0)
    ] = _MANY,
) -> None:
    """What the guard adds to a call of the plain SDK: time, throughput with 32 at once, first character, memory."""
    typer.echo("timing some 15,000 calls: about two minutes", err=True)
    with ExitStack() as stack:
        port = stack.enter_context(_model())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="compassion-guard-")))
        proxy = stack.enter_context(_proxy(port, home))
        cost = measure(Guard.load(mode="enforce", settings=Settings(home=home)), port, proxy, calls)
    if as_json:
        typer.echo(dumps(asdict(cost)))
    else:
        _show(cost)


def measure(guard: Guard, port: int, proxy: dict[int, int], calls: int) -> Cost:
    """Time the plain and the wrapped client against the model at `port`, and the plain one through its proxies."""
    plain, wrapped = _throughputs(guard, port)
    return Cost(
        wrapped=[
            _added(_client(port, ms), guard.wrap(_client(port, ms)), ms, n) for ms, n in _LATENCIES.items()
        ],
        proxied=[
            _added(_client(port, ms), _client(proxy[ms], None), ms, n)
            for ms, n in _LATENCIES.items()
            if ms in proxy
        ],
        plain_throughput=plain,
        wrapped_throughput=wrapped,
        first_character=_first_character(guard, port),
        memory_growth=_memory_growth(guard, port, calls) if calls else None,
    )


def _added(plain: "OpenAI", guarded: "OpenAI", latency: int, n: int) -> Added:
    pairs = [(_timed(plain), _timed(guarded)) for _ in range(n + 5)][5:]  # the first ones open connections
    cuts = statistics.quantiles(sorted(b - a for a, b in pairs), n=20, method="inclusive")
    plain.close()
    guarded.close()
    return Added(
        latency,
        plain_p50=round(statistics.median(a for a, _ in pairs), 2),
        p50=round(statistics.median(b for _, b in pairs) - statistics.median(a for a, _ in pairs), 2),
        p95=round(cuts[18], 2),
    )


def _timed(client: "OpenAI", user: str = "") -> float:
    started = time.perf_counter()
    client.chat.completions.create(model="bench", messages=[{"role": "user", "content": _ASKED}], user=user)
    return (time.perf_counter() - started) * 1e3


def _throughputs(guard: Guard, port: int) -> tuple[dict[int, float], dict[int, float]]:
    async def run(latency: int, n: int) -> tuple[float, float]:
        plain = _aclient(port, latency)
        guarded = guard.wrap(plain)
        for client in (plain, guarded):
            await _burst(client, _AT_ONCE)
        rounds = [(await _burst(plain, n), await _burst(guarded, n)) for _ in range(3)]
        await plain.close()
        return max(a for a, _ in rounds), max(b for _, b in rounds)

    found = {latency: asyncio.run(run(latency, n)) for latency, n in _BURST.items()}
    return {k: round(a, 1) for k, (a, _) in found.items()}, {k: round(b, 1) for k, (_, b) in found.items()}


async def _burst(client: "AsyncOpenAI", n: int) -> float:
    """Calls a second, so many at once."""
    left = iter(range(n))

    async def work() -> None:
        for _ in left:
            await client.chat.completions.create(
                model="bench", messages=[{"role": "user", "content": _ASKED}]
            )

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    return n / (time.perf_counter() - started)


def _first_character(guard: Guard, port: int) -> dict[str, float]:
    """Milliseconds to the first character of a stream that takes 300 ms, the median of nine."""
    plain = _client(port, 300)
    policy = replace(guard.policy, exchange=replace(guard.policy.exchange, stream="early"))
    early = Guard(policy, guard.settings)
    ways: dict[str, Callable[[], float]] = {
        "plain": lambda: _until_first(plain),
        "hold": lambda: _until_first(guard.wrap(plain)),
        "early": lambda: _until_first(early.wrap(plain)),
    }
    found = {name: round(statistics.median(way() for _ in range(9)), 1) for name, way in ways.items()}
    plain.close()
    return found


def _until_first(client: "OpenAI") -> float:
    started = time.perf_counter()
    with client.chat.completions.create(
        model="bench", messages=[{"role": "user", "content": _ASKED}], stream=True
    ) as stream:
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                break
        return (time.perf_counter() - started) * 1e3


def _memory_growth(guard: Guard, port: int, calls: int) -> float | None:
    """Megabytes by which this process grew over so many wrapped calls, each of another customer, once it was warm.

    None where nobody says.
    """
    client = guard.wrap(_client(port, 0))
    for n in range(calls // 4):
        _timed(client, f"early {n}")
    before = _resident()
    for n in range(calls):
        _timed(client, f"late {n}")
    after = _resident()
    client.close()
    return round(after - before, 1) if before is not None and after is not None else None


def _resident() -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(one for one in status.read_text(encoding="utf-8").splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) * 1024 / 1e6


@contextmanager
def _model() -> Iterator[int]:
    """The model's port, while its process lives."""
    process = subprocess.Popen([sys.executable, "-m", "guard.bench.model"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _proxy(port: int, home: Path) -> Iterator[dict[int, int]]:
    """Ports of a proxy for each latency, in a process of its own; none where its extra is not installed."""
    if not find_spec("uvicorn") or not find_spec("starlette"):
        yield {}
        return
    with ExitStack() as stack:
        yield {
            ms: stack.enter_context(_serving(f"http://127.0.0.1:{port}/{ms}/v1", home)) for ms in _LATENCIES
        }


@contextmanager
def _serving(upstream: str, home: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - as above
        [
            sys.executable,
            "-m",
            "guard",
            "serve",
            "--upstream",
            upstream,
            "--port",
            str(port),
            "--mode",
            "enforce",
        ],
        stderr=subprocess.DEVNULL,
        env={**os.environ, f"{PREFIX}HOME": str(home)},
    )
    try:
        _until_open(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _until_open(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _client(port: int, latency: int | None) -> "OpenAI":
    """A plain client of the model with this latency; None: of a proxy, which has one."""
    from openai import OpenAI

    path = "v1" if latency is None else f"{latency}/v1"
    return OpenAI(api_key="bench", base_url=f"http://127.0.0.1:{port}/{path}", max_retries=0)


def _aclient(port: int, latency: int) -> "AsyncOpenAI":
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key="bench", base_url=f"http://127.0.0.1:{port}/{latency}/v1", max_retries=0)


def _show(cost: Cost) -> None:
    from rich.table import Table

    from guard.terminal import console

    table = Table(title="a guarded call over a plain one", caption=machine())
    table.add_column("what")
    table.add_column("value", justify="right")
    for way, added in (("wrapped", cost.wrapped), ("proxy", cost.proxied)):
        for one in added:
            table.add_row(
                f"added, {way}, model takes {one.latency} ms (p50 / p95)",
                f"{one.p50:.2f} / {one.p95:.2f} ms on {one.plain_p50:.2f}",
            )
    for latency, plain in cost.plain_throughput.items():
        guarded = cost.wrapped_throughput[latency]
        table.add_row(
            f"calls a second, {_AT_ONCE} at once, model takes {latency} ms",
            f"{guarded:.0f} of {plain:.0f} ({guarded / plain:.0%})",
        )
    for name, ms in cost.first_character.items():
        table.add_row(f"first character of a 300 ms stream, {name}", f"{ms:.0f} ms")
    if cost.memory_growth is not None:
        table.add_row(f"memory after {_MANY:,} calls", f"{cost.memory_growth:+.1f} MB")
    console().print(table)
