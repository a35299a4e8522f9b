"""One event loop for all calls of all guards of a process, in a thread that the end of the process does not wait for.

So a call can be cut off at its deadline, whoever waits for it: a thread, or a task of any other loop.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from threading import Lock, Thread
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def soon(coroutine: Coroutine[object, object, T]) -> Future[T]:
    """Begin it on the loop. Cancelling the future cancels the coroutine.

    Raises `RuntimeError` where no thread can be started for the loop.
    """
    try:
        loop = _OURS.loop()
    except RuntimeError:
        coroutine.close()
        raise
    return asyncio.run_coroutine_threadsafe(coroutine, loop)


class _Loop(asyncio.SelectorEventLoop):
    """Of a kind that no policy of the app chooses."""

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """In a thread of its own: asyncio's workers, which look up hosts, hold up the end of a process."""
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # what nobody waits for any more ends unheard
        Thread(target=_work, args=(done, lambda: func(*args)), name="guard-model-aside", daemon=True).start()
        return asyncio.wrap_future(done, loop=self)


class _Background:
    """The loop, started when it is first needed, and once more in a process that was forked: threads are not copied."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: _Loop | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def loop(self) -> asyncio.AbstractEventLoop:
        """It runs."""
        with self._lock:
            if self._loop is None:
                loop = _Loop()
                try:
                    Thread(target=loop.run_forever, name="guard-model", daemon=True).start()
                except RuntimeError:  # too many threads: the next call tries again
                    loop.close()
                    raise
                self._loop = loop
            return self._loop

    def _forget(self) -> None:
        """Without closing it: its connections are those of the parent, too."""
        self._lock = Lock()  # the old one may be held by a thread that is not there
        self._loop = None


def _work(done: Future[T], func: Callable[[], T]) -> None:
    try:
        result = func()
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        done.set_exception(error)
    else:
        done.set_result(result)


_OURS = _Background()
