"""Requests that only the marks of their fences tell apart: an edit that reaches no message asks nothing that was not asked.

The marks are made of a prompt's version, so a comment in a template changes every request. Here the requests of the old
prompts are learnt, and a request that differs from one of them in nothing else is sent as that one.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from guard.assemble import Guard
from guard.evaluation.reviewing import Make

if TYPE_CHECKING:
    import httpx2

_FENCE = re.compile(rb"<data ([0-9a-f]{12}) ")
_NO_MARK = b"0" * 12


class Echo:
    """The marks of old requests, by all else that they are."""

    def __init__(self) -> None:
        self._marks: dict[bytes, bytes] = {}

    def learn(self, body: bytes) -> bytes:
        """This was asked; unchanged."""
        if mark := _mark(body):
            self._marks[_with(body, mark, _NO_MARK)] = mark
        return body

    def as_before(self, body: bytes) -> bytes:
        """With the marks of the old request, where it is that one."""
        mark = _mark(body)
        if mark is None:
            return body
        return _with(body, mark, self._marks.get(_with(body, mark, _NO_MARK), mark))


def through(change: Callable[[bytes], bytes], make: Make) -> Make:
    """Guards whose requests are changed before anybody sees them. The length stays."""

    def made(home: Path, transport: "httpx2.AsyncBaseTransport") -> Guard:
        import httpx2

        async def passed_on(request: httpx2.Request) -> httpx2.Response:
            told = httpx2.Request(
                request.method, request.url, headers=request.headers, content=change(request.read())
            )
            return await transport.handle_async_request(told)

        return make(home, httpx2.MockTransport(passed_on))

    return made


def _mark(body: bytes) -> bytes | None:
    found = _FENCE.search(body)
    return found.group(1) if found else None


def _with(body: bytes, mark: bytes, other: bytes) -> bytes:
    """Only fences bear the mark; the same digits in a text are somebody's words, and stay."""
    begun = body.replace(b"<data " + mark + b" ", b"<data " + other + b" ")
    return begun.replace(b"</data " + mark + b">", b"</data " + other + b">")
