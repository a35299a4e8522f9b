"""The line to the guard's own model: whatever the endpoint does, nobody waits longer than the deadline, and no place is lost.

The real SDK, against a model on loopback.
"""

import asyncio
import gc
import gzip
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from socket import socket

import httpx2
import pytest

from guard import Guard
from guard.assessment import Unjudged
from guard.case import Case
from guard.exchange.steps import Answered, Read, Steps
from guard.model import background
from guard.model.bounded import MOST_BYTES
from guard.model.breaker import Breaker
from guard.outcome import Outcome, Sent, Withheld
from guard.policy import Model
from guard.settings import PREFIX, Settings
from tests.cases import case
from tests.readings import answer, asking, reading, sentence
from tests.stub import Request, Stub, serving

ROOT = Path(__file__).parent.parent
ASKED = "My lamp came broken, I want a replacement."
STEP = "I can send a replacement today."
GOOD = answer(reading(need_quote=ASKED, sentences=[sentence(STEP, "offer", step=True)]))
ONE_PLACE = Model(seconds=0.3, retries=0, at_once=1)
LONG = 8.0
"""Seconds: far above any deadline here, and far below what a lost place would cost."""
Review = Callable[[Guard, Case], Outcome]


def sync(guard: Guard, one: Case) -> Outcome:
    return guard.review(one)


def in_a_loop(guard: Guard, one: Case) -> Outcome:
    return asyncio.run(guard.areview(one))


async def reviewed(guard: Guard, n: int) -> list[Outcome]:
    """So many at once."""
    return await asyncio.gather(*(guard.areview(case(ASKED, STEP, id=str(i))) for i in range(n)))


WAYS = pytest.mark.parametrize("review", [sync, in_a_loop])


def cause(outcome: Outcome) -> str:
    found = outcome.judgement.assessment
    assert isinstance(found, Unjudged)
    return found.cause


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The SDK is loaded: the deadlines here are shorter than that takes."""
    with serving() as stub, asking(stub, tmp_path_factory.mktemp("loaded")) as guard:
        guard.review(case(ASKED, STEP))


@contextmanager
def dripping(stub: Stub) -> Iterator[threading.Event]:
    """Headers at once and then a space now and again, far past any deadline here. The event says that it has begun."""
    begun, over = threading.Event(), threading.Event()

    def drip() -> Iterator[bytes]:
        begun.set()
        for _ in range(1000):
            if over.wait(0.02):
                break
            yield b" "
        raise ConnectionError

    stub.pieces = drip
    yield begun
    stub.pieces = None
    over.set()


@contextmanager
def silent(stub: Stub) -> Iterator[threading.Event]:
    """Takes every request and answers none until the test is over, or far past any deadline here."""
    begun, over = threading.Event(), threading.Event()

    def say_nothing(_: Request) -> tuple[int, dict[str, object]]:
        begun.set()
        over.wait(20)
        return 200, GOOD

    stub.route = say_nothing
    yield begun
    stub.route = None
    over.set()


@WAYS
def test_an_endpoint_that_drips_is_hung_up_on_at_the_deadline_and_its_place_is_free_at_once(
    stub: Stub, tmp_path: Path, review: Review
) -> None:
    with asking(stub, tmp_path, model=ONE_PLACE) as guard, dripping(stub):
        begun = time.monotonic()
        outcome = review(guard, case(ASKED, STEP))
        took = time.monotonic() - begun

        assert cause(outcome) == "timeout"
        assert took < LONG
        assert stub.left.wait(LONG)
        stub.script = [(200, GOOD)]
        assert isinstance(review(guard, case(ASKED, STEP, id="t2")), Sent)


@WAYS
def test_a_retry_that_the_endpoint_puts_off_ends_with_the_deadline_and_frees_its_place(
    stub: Stub, tmp_path: Path, review: Review
) -> None:
    stub.headers = {"retry-after": "30"}
    stub.script = [(503, {"error": {"message": "busy"}})]
    stub.answer = (200, GOOD)
    with asking(stub, tmp_path, model=replace(ONE_PLACE, retries=5)) as guard:
        assert cause(review(guard, case(ASKED, STEP))) == "timeout"
        assert isinstance(review(guard, case(ASKED, STEP, id="t2")), Sent)

    assert stub.calls == 2


def test_a_hundred_reviews_of_a_loop_all_end_with_the_deadline(stub: Stub, tmp_path: Path) -> None:
    async def hundred(guard: Guard) -> list[Outcome]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        return await reviewed(guard, 100)

    model = Model(seconds=0.5, retries=0, at_once=4, failures=1000)
    with asking(stub, tmp_path, model=model) as guard, silent(stub):
        begun = time.monotonic()
        outcomes = asyncio.run(hundred(guard))
        took = time.monotonic() - begun

    assert {cause(one) for one in outcomes} == {"timeout"}
    assert all(isinstance(one, Withheld) for one in outcomes)
    assert took < LONG  # in two threads 25 seconds, and with the line on top of the deadline 12


def test_no_place_is_lost_when_calls_are_cut_off_in_the_line_and_out_of_it(
    stub: Stub, tmp_path: Path
) -> None:
    two = threading.Barrier(2)

    def when_two_are_there(_: Request) -> tuple[int, dict[str, object]]:
        two.wait(LONG)
        return 200, GOOD

    with asking(stub, tmp_path, model=Model(seconds=0.3, retries=0, at_once=2, failures=1000)) as guard:
        with silent(stub):
            asyncio.run(reviewed(guard, 40))
        stub.route = when_two_are_there

        assert all(isinstance(one, Sent) for one in asyncio.run(reviewed(guard, 2)))


class NoThreads(ThreadPoolExecutor):
    """Whoever waits in a thread of the app's loop is refused."""

    def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]
        raise AssertionError(f"{fn} was to wait in a thread")


def test_no_thread_of_the_apps_loop_waits_for_the_model(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, GOOD)

    def words_beside_calls() -> Steps[Answered]:
        yield Read(case(ASKED, STEP))
        return Answered(b"", None)

    async def both(guard: Guard) -> Outcome:
        asyncio.get_running_loop().set_default_executor(NoThreads())
        await guard.aexchange(words_beside_calls())
        return await guard.areview(case(ASKED, STEP))

    with asking(stub, tmp_path) as guard:
        assert isinstance(asyncio.run(both(guard)), Sent)

    assert stub.calls == 2


def test_a_task_that_is_cancelled_hangs_up(stub: Stub, tmp_path: Path) -> None:
    async def leave(guard: Guard, begun: threading.Event) -> None:
        task = asyncio.create_task(guard.areview(case(ASKED, STEP)))
        assert await asyncio.to_thread(begun.wait, LONG)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(stub.left.wait, LONG)

    with asking(stub, tmp_path, model=Model(seconds=60, at_once=1)) as guard, dripping(stub) as begun:
        asyncio.run(leave(guard, begun))
        stub.script = [(200, GOOD)]
        assert isinstance(guard.review(case(ASKED, STEP, id="t2")), Sent)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no signal reaches one thread here")
def test_ctrl_c_hangs_up(stub: Stub, tmp_path: Path) -> None:
    def drip() -> Iterator[bytes]:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        while not stub.left.wait(0.02):
            yield b" "

    stub.pieces = drip
    with asking(stub, tmp_path, model=Model(seconds=60)) as guard:
        with pytest.raises(KeyboardInterrupt):
            guard.review(case(ASKED, STEP))

        hung_up = stub.left.wait(LONG)
        stub.left.set()

    assert hung_up


def test_one_guard_serves_threads_and_any_number_of_loops(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, GOOD)

    async def from_within(guard: Guard) -> Outcome:
        return guard.review(case(ASKED, STEP))  # it blocks this loop, and does not wait for it

    with asking(stub, tmp_path) as guard:
        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(lambda way: way(guard, case(ASKED, STEP)), [sync, in_a_loop] * 8))
        outcomes.append(asyncio.run(from_within(guard)))

    assert all(isinstance(one, Sent) for one in outcomes)
    assert stub.calls == 17


def test_no_more_calls_are_under_way_than_the_policy_allows(stub: Stub, tmp_path: Path) -> None:
    four, met = threading.Barrier(4), threading.Event()

    def with_three_others(_: Request) -> tuple[int, dict[str, object]]:
        with suppress(threading.BrokenBarrierError):
            four.wait(0.5)
            met.set()
        return 200, GOOD

    stub.route = with_three_others
    with asking(stub, tmp_path, model=Model(at_once=3, retries=0)) as guard:
        asyncio.run(reviewed(guard, 12))

    assert stub.calls == 12
    assert not met.is_set()


def test_the_connections_of_a_guard_that_is_gone_are_closed(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, close = threading.Event(), stub.shutdown_request

    def noted(request: socket | tuple[bytes, socket]) -> None:
        close(request)
        closed.set()

    monkeypatch.setattr(stub, "shutdown_request", noted)
    stub.answer = (200, GOOD)

    async def here() -> None:  # the SDK would close them on this loop, on which they do not live
        with asking(stub, tmp_path) as guard:
            await guard.areview(case(ASKED, STEP))
        del guard
        gc.collect()
        assert await asyncio.to_thread(closed.wait, LONG)

    asyncio.run(here())


@contextmanager
def endless(stub: Stub) -> Iterator[list[int]]:
    """Says more and more, far past any limit here. The list holds the bytes that were taken from it."""
    said = [0]
    piece = b" " * 65_536

    def say_on() -> Iterator[bytes]:
        while not stub.left.is_set() and said[0] < 64 * MOST_BYTES:
            said[0] += len(piece)
            yield piece

    stub.pieces = say_on
    yield said
    stub.pieces = None


def test_an_answer_without_an_end_is_hung_up_on_when_it_is_too_big(stub: Stub, tmp_path: Path) -> None:
    with asking(stub, tmp_path, model=Model(seconds=60, retries=3)) as guard, endless(stub) as said:
        outcome = guard.review(case(ASKED, STEP))

        assert stub.left.wait(LONG)

    assert cause(outcome) == "unparsable"
    assert stub.calls == 1
    assert said[0] < 32 * MOST_BYTES  # what the sockets hold was said, too


def test_an_error_that_is_too_big_is_an_error(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (503, b" " * (MOST_BYTES + 1))
    with asking(stub, tmp_path) as guard:
        found = guard.review(case(ASKED, STEP)).judgement.assessment

    assert isinstance(found, Unjudged)
    assert (found.cause, found.detail) == ("unavailable", "the model's endpoint answers 503")


def test_an_answer_of_the_most_bytes_is_read_and_one_more_is_not(stub: Stub, tmp_path: Path) -> None:
    told = json.dumps(GOOD).encode()
    with asking(stub, tmp_path) as guard:
        stub.answer = (200, told.ljust(MOST_BYTES))
        assert isinstance(guard.review(case(ASKED, STEP)), Sent)
        stub.answer = (200, told.ljust(MOST_BYTES + 1))
        assert cause(guard.review(case(ASKED, STEP, id="t2"))) == "unparsable"


def test_no_compression_is_asked_for_and_none_is_taken(stub: Stub, tmp_path: Path) -> None:
    stub.headers = {"content-encoding": "gzip"}
    stub.answer = (200, gzip.compress(json.dumps(GOOD).encode()))
    with asking(stub, tmp_path) as guard:
        found = guard.review(case(ASKED, STEP)).judgement.assessment

    assert isinstance(found, Unjudged)
    assert found.cause == "unparsable"
    assert "compressed" in found.detail
    assert stub.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("read", [True, False])
def test_what_comes_through_a_transport_that_was_passed_is_counted_too(tmp_path: Path, read: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b" " * 65_536

    def too_much(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=b" " * (MOST_BYTES + 1) if read else pieces())

    settings = Settings(home=tmp_path, model_url="http://model.invalid/v1", model_key="k")
    guard = Guard.load(settings=settings, judge="llm", transport=httpx2.MockTransport(too_much))

    assert cause(guard.review(case(ASKED, STEP))) == "unparsable"


def test_an_answer_with_very_many_parts_holds_up_nobody(stub: Stub, tmp_path: Path) -> None:
    """The SDK would make an object of each, for seconds, on the loop on which all calls live."""
    choices = GOOD["choices"]
    assert isinstance(choices, list)
    empty: list[object] = [{}] * (MOST_BYTES // 3 - 1000)
    stub.answer = (200, json.dumps(GOOD | {"choices": choices + empty}, separators=(",", ":")).encode())
    with asking(stub, tmp_path, model=Model(seconds=LONG, retries=0)) as guard:
        begun = time.process_time()
        outcome = guard.review(case(ASKED, STEP))
        took = time.process_time() - begun

    assert isinstance(outcome, Sent)
    assert took < 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"choices": None}, "unparsable"),
        ({"choices": [{"message": {"content": ["no", "text"]}}]}, "unparsable"),
        ([], "unparsable"),
        (b"[" * 200_000, "unavailable"),
        (b"9" * 200_000, "unavailable"),
    ],
)
def test_an_answer_of_another_shape_is_no_answer(
    stub: Stub, tmp_path: Path, told: dict[str, object] | bytes, expected: str
) -> None:
    stub.answer = (200, told if isinstance(told, bytes) else json.dumps(told).encode())
    with asking(stub, tmp_path) as guard:
        assert cause(guard.review(case(ASKED, STEP))) == expected


def test_what_an_endpoint_counts_wrongly_costs_nothing(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, GOOD | {"usage": {"prompt_tokens": "many", "completion_tokens": -3}, "model": 7})
    with asking(stub, tmp_path) as guard:
        outcome = guard.review(case(ASKED, STEP))

    assert isinstance(outcome, Sent)
    spent = outcome.spent
    assert (spent.input_tokens, spent.output_tokens, spent.models) == (0, 0, ())


def test_async_callers_and_threads_share_one_breaker(
    stub: Stub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="guard.model")
    stub.answer = (500, {})
    with asking(stub, tmp_path, model=Model(retries=0, failures=2)) as guard:
        found = [
            cause(review(guard, case(ASKED, STEP, id=str(n))))
            for n, review in enumerate([in_a_loop, sync, in_a_loop, sync])
        ]

    assert found == ["unavailable"] * 4
    assert stub.calls == 2
    assert len(caplog.records) == 2


def test_a_breaker_that_opened_lets_one_try_after_its_rest_and_closes_when_that_goes_well() -> None:
    now = [0.0]
    breaker = Breaker(2, 30, lambda: now[0])
    for _ in range(2):
        assert breaker.lets_pass()
        breaker.told(failed=True)

    assert not breaker.lets_pass()
    now[0] = 30
    assert [breaker.lets_pass(), breaker.lets_pass()] == [True, False]
    breaker.told(failed=False)
    assert breaker.lets_pass()


def test_a_try_that_nobody_waited_for_leaves_the_breaker_open_for_one_rest_more() -> None:
    now = [0.0]
    breaker = Breaker(1, 30, lambda: now[0])
    breaker.told(failed=True)
    now[0] = 30
    assert breaker.lets_pass()  # and it is cancelled: nobody tells how it went

    now[0] = 59
    assert not breaker.lets_pass()
    now[0] = 60
    assert breaker.lets_pass()


BEGIN = """
import asyncio, os, socket, sys, threading
from guard import Case, Guard, Turn
guard = Guard.load(policy=sys.argv[1], judge="llm")
case = Case("t1", (Turn("customer", "My lamp came broken, I want a replacement."),), "I can send a replacement today.")
"""
LEFT_BEHIND = """
threading.Thread(target=guard.review, args=(case,), daemon=True).start()
sys.stdin.readline()
"""
NO_HOST_IS_FOUND = """
def look_up(*args, **kwargs):
    print("looking", flush=True)
    threading.Event().wait()
socket.getaddrinfo = look_up
"""
FORKED = """
import gc
def told(who):
    os.write(1, f"{who} {type(guard.review(case)).__name__}\\n".encode())
waiting = threading.Thread(target=told, args=("thread",))
waiting.start()
sys.stdin.readline()
told("parent")
child = os.fork()
if child == 0:
    told("child")
    del guard
    gc.collect()
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
waiting.join()
told("parent")
"""


@contextmanager
def running(
    code: str, tmp_path: Path, url: str, *, seconds: float = 60, path: Path = ROOT
) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own, with a guard that asks at `url`. It is killed where it does not end."""
    policy = tmp_path / "policy.yaml"
    shipped = (ROOT / "guard" / "policy.yaml").read_text(encoding="utf-8")
    policy.write_text(shipped.replace("\n  seconds: 20 ", f"\n  seconds: {seconds} "), encoding="utf-8")
    env = {
        **os.environ,
        f"{PREFIX}MODEL_URL": url,
        f"{PREFIX}MODEL_KEY": "k",
        "PYTHONPATH": f"{path}{os.pathsep}{ROOT}",
        "NO_PROXY": "*",
    }
    with subprocess.Popen(
        [sys.executable, "-W", "error::ResourceWarning", "-c", BEGIN + code, str(policy)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_process_whose_endpoint_drips_ends_at_once(stub: Stub, tmp_path: Path) -> None:
    with dripping(stub) as begun, running(LEFT_BEHIND, tmp_path, stub.url) as process:
        assert begun.wait(60)

        _, said = process.communicate("end\n", timeout=LONG)

    assert (process.returncode, said) == (0, "")


def test_a_process_whose_endpoint_has_no_address_yet_ends_at_once(tmp_path: Path) -> None:
    with running(NO_HOST_IS_FOUND + LEFT_BEHIND, tmp_path, "http://model.invalid/v1") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "looking\n"

        _, said = process.communicate("end\n", timeout=LONG)

    assert (process.returncode, said) == (0, "")


def test_the_deadline_counts_while_the_sdk_is_loaded(tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "openai.py").write_text("import threading\nthreading.Event().wait()\n", encoding="utf-8")
    code = "print(guard.review(case).judgement.assessment.cause)"

    with running(code, tmp_path, "http://127.0.0.1:9/v1", seconds=0.2, path=slow) as process:
        said, _ = process.communicate(timeout=60)

    assert said == "timeout\n"


@WAYS
def test_where_no_thread_is_to_be_had_there_is_no_answer_and_later_there_is(
    stub: Stub, tmp_path: Path, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop of a process that asks for the first time."""

    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    stub.answer = (200, GOOD)
    monkeypatch.setattr(background, "_OURS", background._Background())
    with asking(stub, tmp_path, change=lambda policy: replace(policy, mode="observe")) as guard:
        with monkeypatch.context() as full:
            full.setattr(threading.Thread, "start", refuses)
            assert cause(review(guard, case(ASKED, STEP))) == "unavailable"
        assert not isinstance(review(guard, case(ASKED, STEP, id="t2")).judgement.assessment, Unjudged)


CANNOT_LOAD = """
print(guard.review(case).judgement.assessment.detail, flush=True)
print(asyncio.run(guard.areview(case)).judgement.assessment.cause)
"""


def test_an_sdk_that_cannot_be_loaded_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "openai.py").write_text("import no_such_module_of_ours\n", encoding="utf-8")

    with running(CANNOT_LOAD, tmp_path, "http://127.0.0.1:9/v1", path=tmp_path) as process:
        said, _ = process.communicate(timeout=60)

    assert said.splitlines() == ["the model cannot be asked (ModuleNotFoundError)", "unavailable"]


NO_MORE_THREADS = """
start = threading.Thread.start
def refuses(thread):
    if thread.name == "guard-model-aside":
        raise RuntimeError("can't start new thread")
    start(thread)
threading.Thread.start = refuses
print(guard.review(case).judgement.assessment.detail)
"""


def test_where_no_thread_is_to_be_had_to_load_the_sdk_there_is_no_answer(tmp_path: Path) -> None:
    with running(NO_MORE_THREADS, tmp_path, "http://127.0.0.1:9/v1") as process:
        said, _ = process.communicate(timeout=60)

    assert said == "the model cannot be asked (RuntimeError)\n"


FORKED_UNDER_WAY = """
from guard.model.breaker import Breaker
inside, forked = threading.Event(), threading.Event()
def clock():
    if threading.current_thread() is not threading.main_thread():
        inside.set()
        forked.wait(0.3)
    return 0.0
breaker = Breaker(1, 30, clock)
breaker.told(failed=True)
asks = threading.Thread(target=breaker.lets_pass)
asks.start()
inside.wait()
child = os.fork()
if child == 0:
    print(breaker.lets_pass(), flush=True)
    os._exit(0)
forked.set()
os.waitpid(child, 0)
asks.join()
print(breaker.lets_pass())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_that_is_forked_while_a_thread_asks_the_breaker_can_ask_it_too(tmp_path: Path) -> None:
    with running(FORKED_UNDER_WAY, tmp_path, "http://127.0.0.1:9/v1") as process:
        told, _ = process.communicate(timeout=60)

    assert told.splitlines() == ["False", "False"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_asks_on_a_line_of_its_own_and_its_parent_goes_on(stub: Stub, tmp_path: Path) -> None:
    """One of its parent's connections is idle when it is forked, and one waits for an answer."""
    under_way, asked_by_child = threading.Event(), threading.Event()

    def first_waits(_: Request) -> tuple[int, dict[str, object]]:
        match stub.calls:
            case 1:  # of the thread: answered when the child has asked
                under_way.set()
                asked_by_child.wait(30)
            case 3:
                asked_by_child.set()
        return 200, GOOD

    stub.route = first_waits
    with running(FORKED, tmp_path, stub.url, seconds=20) as process:
        assert under_way.wait(60)

        told, said = process.communicate("fork\n", timeout=60)

    assert (process.returncode, said) == (0, "")
    assert sorted(told.splitlines()) == ["child Sent", "parent Sent", "parent Sent", "thread Sent"]
