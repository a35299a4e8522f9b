"""The proxy as it runs: real uvicorn on loopback, in a thread."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from guard import Guard
from guard.proxy.options import Options
from guard.proxy.server import server


class Running(threading.Thread):
    """uvicorn in a thread. The socket listens before the thread runs, so nobody waits for it."""

    def __init__(self, guard: Guard, options: Options) -> None:
        super().__init__()
        self._listening = listening()
        self._server = server(guard, options, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def run(self) -> None:
        self._server.run(sockets=[self._listening])

    def stop(self) -> None:
        self._server.should_exit = True


def listening() -> socket.socket:
    """A socket that listens on a free port of loopback."""
    # asyncio sends without delay only where the protocol is named; otherwise each answer takes 40 ms more
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.bind(("127.0.0.1", 0))
    made.listen(512)
    return made


@contextmanager
def proxying(guard: Guard, upstream: str, **options: object) -> Iterator[str]:
    """The address of a proxy in front of a model."""
    running = Running(guard, replace(Options(upstream), **options))  # type: ignore[arg-type]
    running.start()
    try:
        yield running.url
    finally:
        running.stop()
        running.join()
