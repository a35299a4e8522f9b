"""Two hundred streams at once: customers who leave, models that break off, judges that take their time.

What happens to which stream is drawn with a seed; what waits, waits for a thing that happens and never for a time.
"""

import asyncio
import gc
import json
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Literal, get_args

import httpx2
from openai import AsyncOpenAI, OpenAIError

from guard import Guard
from guard.policy import Model
from guard.proxy.options import Options
from guard.proxy.server import server
from tests.cases import EMPTY_SORRY
from tests.proxying import listening
from tests.readings import answer, asking, reading, sentence
from tests.stub import GOOD, Request, Stub, chat_stream, completion, sse

MANY = 200
Fate = Literal[
    "good",
    "sorry",
    "leaves_unanswered",
    "leaves_held",
    "leaves_judged",
    "drops",
    "errs",
    "ends_early",
    "fails",
]
LEAVES = ("leaves_unanswered", "leaves_held", "leaves_judged")
BREAKS = ("drops", "errs", "ends_early", "fails")
ASKED = "My lamp came broken, I want a replacement."
_PATIENCE = 20
"""Seconds after which a test that hangs fails."""


@dataclass
class Stream:
    """One customer: what becomes of the stream, and the moments that the test waits for."""

    fate: Fate
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """The model, or the judge, is at the place where this customer leaves."""
    gone: threading.Event = field(default_factory=threading.Event)
    """The customer has left."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """The model has seen that nobody listens."""
    wire: bytes = b""
    """All that the customer was told."""
    error: str = ""


def drawn(seed: int) -> list[Stream]:
    """The same streams for the same seed, some of each fate."""
    rng = random.Random(seed)
    fates = [*get_args(Fate) * 2, *rng.choices(get_args(Fate), k=MANY - 2 * len(get_args(Fate)))]
    rng.shuffle(fates)
    return [Stream(fate) for fate in fates]


def good() -> dict[str, object]:
    """What the guard's own model reads in a good reply."""
    offer, question = GOOD.split(". ")
    said = [sentence(f"{offer}.", "offer", step=True), sentence(question, "ask")]
    return reading(need_quote=ASKED, sentences=said)


@dataclass
class World:
    """Both models behind one stub: the app's streams by fate, the guard's own reads a draft when it is its turn."""

    streams: list[Stream]
    loop: asyncio.AbstractEventLoop
    slow: frozenset[int] = frozenset()
    """Whose judge waits until all customers who would leave have left."""
    left: threading.Event = field(default_factory=threading.Event)

    def __call__(self, asked: Request) -> tuple[int, dict[str, object] | Iterator[bytes]]:
        told = asked.json()
        if "x-compassion-guard-prompt" in asked.headers:
            return 200, answer(self._read(json.dumps(told["messages"])))
        n = int(str(told["user"]))
        if self.streams[n].fate == "fails":
            return 503, {"error": {"message": "overloaded"}}
        return 200, self._told(self.streams[n])

    def _read(self, prompt: str) -> dict[str, object]:
        n = next(n for n in range(MANY) if f"{_reference(n)}." in prompt)
        stream = self.streams[n]
        if stream.fate == "leaves_judged":
            self.loop.call_soon_threadsafe(stream.reached.set)
            stream.gone.wait(_PATIENCE)
        if n in self.slow:
            self.left.wait(_PATIENCE)
        if stream.fate == "good":
            return good()
        return reading(sentences=[sentence(s, "empathy", kind="apology") for s in EMPTY_SORRY.split(". ")])

    def _told(self, stream: Stream) -> Iterator[bytes]:
        pieces = chat_stream(GOOD if stream.fate == "good" else EMPTY_SORRY)
        try:
            match stream.fate:
                case "leaves_unanswered" | "leaves_held":
                    yield from pieces[:1] if stream.fate == "leaves_unanswered" else pieces[:-2]
                    self.loop.call_soon_threadsafe(stream.reached.set)
                    stream.gone.wait(_PATIENCE)
                    yield from repeat(b": " + b"." * 8192 + b"\n\n")
                case "drops":
                    yield from pieces[:-2]
                    raise ConnectionResetError
                case "errs":
                    yield from [*pieces[:-2], sse({"error": {"message": "overloaded"}})]
                case "ends_early":
                    yield from pieces[:-2]
                case _:
                    yield from pieces
        finally:
            self.loop.call_soon_threadsafe(stream.closed.set)


def _reference(n: int) -> str:
    return f"My reference is R{n:04}"


async def all_of(streams: list[Stream], world: World, client: AsyncOpenAI) -> None:
    """All at once. Who leaves does so when the model, or the judge, is where the draw says."""
    tasks = [asyncio.create_task(ask(client, n, stream)) for n, stream in enumerate(streams)]

    async def leave(stream: Stream, task: "asyncio.Task[None]") -> None:
        await stream.reached.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        stream.gone.set()

    leaving = [leave(s, t) for s, t in zip(streams, tasks, strict=True) if s.fate in LEAVES]
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*leaving)
        world.left.set()
        await asyncio.gather(*(t for s, t in zip(streams, tasks, strict=True) if s.fate not in LEAVES))
        await asyncio.gather(
            *(s.closed.wait() for s in streams if s.fate in ("leaves_unanswered", "leaves_held"))
        )


async def ask(client: AsyncOpenAI, n: int, stream: Stream) -> None:
    """What one customer's app does: it reads bytes for as long as there are any."""
    turns = [{"role": "user", "content": f"{ASKED} {_reference(n)}."}]
    create = client.chat.completions.with_streaming_response.create
    try:
        async with create(model="stub", messages=turns, user=str(n), stream=True) as told:  # type: ignore[arg-type]
            async for piece in told.iter_bytes():
                stream.wire += piece
    except (OpenAIError, httpx2.HTTPError) as error:
        stream.error = type(error).__name__
    if b'"error"' in stream.wire:
        stream.error = "told"


@asynccontextmanager
async def anybody(url: str) -> AsyncIterator[AsyncOpenAI]:
    """The plain SDK, with as many connections as it likes."""
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(limits=limits, timeout=_PATIENCE, verify=False) as http:
        yield AsyncOpenAI(api_key="k", base_url=url, max_retries=0, http_client=http)


async def still_serves(stub: Stub, client: AsyncOpenAI) -> None:
    """As many at once as before: none of them is answered before all have been asked, so no place may be lost."""
    together = threading.Barrier(MANY)
    call = {"id": "t", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}

    def answered(_: Request) -> tuple[int, dict[str, object]]:
        together.wait(_PATIENCE)
        return 200, completion(None, tool_calls=[call])

    stub.route = answered
    turns = [{"role": "user", "content": ASKED}]
    create = client.chat.completions.create
    calls = [create(model="stub", messages=turns, user=f"again-{n}") for n in range(MANY)]  # type: ignore[arg-type]
    told = await asyncio.gather(*calls)

    assert all(one.choices[0].message.tool_calls for one in told)


def unclosed() -> list[httpx2.Response]:
    """Answers that somebody began to read and nobody closed."""
    gc.collect()
    return [r for r in gc.get_objects() if isinstance(r, httpx2.Response) and not r.is_closed]


@contextmanager
def slowly(stub: Stub, home: Path) -> Iterator[Guard]:
    """A guard whose judge is a model, which has a line long enough for everybody."""
    with asking(stub, home, model=Model(seconds=_PATIENCE, retries=0, at_once=256, failures=1000)) as guard:
        yield guard


def begin(stub: Stub, seed: int) -> tuple[list[Stream], World]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(MANY))  # a judge that waits may hold a thread
    streams = drawn(seed)
    slow = frozenset(n for n, s in enumerate(streams) if s.fate in ("good", "sorry") and n % 2)
    world = World(streams, loop, slow)
    stub.route = world
    return streams, world


def check(streams: list[Stream], guard: Guard) -> None:
    """Nothing unjudged was told, and whoever was told of a handoff has one."""
    receipts = {r.case_id: r.id for r in guard.desk.open()}
    for n, stream in enumerate(streams):
        assert b"apologize" not in stream.wire, stream.fate
        match stream.fate:
            case "good":
                assert b"".join(chat_stream(GOOD)) in stream.wire
            case "sorry":
                assert receipts[str(n)].encode() in stream.wire
            case "leaves_unanswered" | "leaves_held":
                assert str(n) not in receipts
            case "leaves_judged":
                assert b"CG-" not in stream.wire
            case _:
                assert stream.error
                assert str(n) not in receipts
    assert Counter(s.fate for s in streams).keys() == set(get_args(Fate))


@asynccontextmanager
async def serving(guard: Guard, options: Options) -> AsyncIterator[tuple[str, Callable[[], int]]]:
    """The proxy in this very loop, so that its tasks can be counted; its address, and how many connections it has."""
    door = listening()
    made = server(guard, options, "127.0.0.1", 0)
    running = asyncio.create_task(made.serve(sockets=[door]))
    while not made.started:
        await asyncio.sleep(0)
    yield f"http://127.0.0.1:{door.getsockname()[1]}/v1", lambda: len(made.server_state.connections)
    made.should_exit = True
    await running
    assert not made.server_state.tasks


def test_two_hundred_wrapped_streams_leave_nothing_behind_and_lose_nobody(stub: Stub, tmp_path: Path) -> None:
    """Edge cases 18 and 38."""

    async def run(guard: Guard) -> None:
        before = asyncio.all_tasks()
        limits = httpx2.Limits(max_connections=MANY)
        async with httpx2.AsyncClient(limits=limits, timeout=_PATIENCE, verify=False) as http:
            plain = AsyncOpenAI(api_key="k", base_url=stub.url, max_retries=0, http_client=http)
            client = guard.wrap(plain)
            streams, world = begin(stub, 1)

            await all_of(streams, world, client)

            check(streams, guard)
            assert unclosed() == []
            assert asyncio.all_tasks() == before
            await still_serves(stub, client)

    with slowly(stub, tmp_path) as guard:
        asyncio.run(run(guard))


def test_two_hundred_streams_through_the_proxy_leave_nothing_behind_and_lose_nobody(
    stub: Stub, tmp_path: Path
) -> None:
    """Edge cases 18, 38 and 46."""

    async def run(guard: Guard) -> None:
        options = Options(stub.url, at_once=MANY, heartbeat=0.01)
        async with serving(guard, options) as (url, connections):
            before = asyncio.all_tasks()
            async with anybody(url) as client:
                streams, world = begin(stub, 2)

                await all_of(streams, world, client)

                check(streams, guard)
                assert unclosed() == []
            async with anybody(
                url
            ) as client:  # another one: idle connections of the first may just be closing
                await still_serves(stub, client)
            async with asyncio.timeout(_PATIENCE):
                while connections() or asyncio.all_tasks() != before:
                    await asyncio.sleep(0)

    with slowly(stub, tmp_path) as guard:
        asyncio.run(run(guard))
