"""How much an endpoint may say: its answers are read whole, on the one loop of all calls, so that they must be small.

They are counted as they come, and a compressed one is refused: a small one may hold more than the memory does.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from openai import DefaultAsyncHttpxClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from httpx2 import AsyncByteStream, Response
else:  # of the SDK's own library: httpx2, or httpx where the SDK is of version 2
    AsyncByteStream = import_module(
        DefaultAsyncHttpxClient.__base__.__module__.partition(".")[0]
    ).AsyncByteStream

MOST_BYTES = 2**20
"""Of an answer: a long reading has some 30,000. So much JSON is parsed in a twentieth of a second."""


class TooMuchError(Exception):
    """The answer is not read any further. `status` is that of its head."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status


class _Counted(AsyncByteStream):
    def __init__(self, body: AsyncByteStream, status: int) -> None:
        self._body = body
        self._status = status

    async def __aiter__(self) -> "AsyncIterator[bytes]":
        read = 0
        async for piece in self._body:
            read += len(piece)
            if read > MOST_BYTES:
                raise _too_big(self._status)
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


async def bounded(response: "Response") -> None:
    """A hook of the HTTP client, before a body is read: this one raises `TooMuchError` where there is too much of it."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise TooMuchError(response.status_code, "is compressed, which was not asked for")
    if not response.is_stream_consumed:
        if not isinstance(response.stream, AsyncByteStream):
            raise TypeError("a transport of an asynchronous client gave a stream of a synchronous one")
        response.stream = _Counted(response.stream, response.status_code)
    elif len(response.content) > MOST_BYTES:
        raise _too_big(response.status_code)


def _too_big(status: int) -> TooMuchError:
    return TooMuchError(status, f"has more than {MOST_BYTES:,} bytes")
