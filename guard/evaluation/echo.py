"""Requests that only the marks of their fences tell apart: an edit that reaches no message asks nothing that was not asked.

The marks are made of a prompt's version, so a comment in a template changes every request. Here the requests of the old
prompts are learnt, and a request that differs from one of them in nothing else is sent as that one.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from guard.assemble import Guard
from guard.evaluation.case import EvalCase
from guard.evaluation.recording import Recorder
from guard.evaluation.reviewing import Make, Reviewer

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
        mark = _mark(body)
        if mark is not None:
            self._marks[body.replace(mark, _NO_MARK)] = mark
        return body

    def as_before(self, body: bytes) -> bytes:
        """With the marks of the old request, where it is that one."""
        mark = _mark(body)
        if mark is None:
            return body
        bare = body.replace(mark, _NO_MARK)
        return bare.replace(_NO_MARK, self._marks[bare]) if bare in self._marks else body


def learnt(make: Make, recorder: Recorder, cases: Iterable[EvalCase], told: Callable[[], None]) -> Echo:
    """What these guards ask about these cases, answered by what the recorder knows. `told` hears of each case."""
    echo = Echo()
    with TemporaryDirectory(prefix="compassion-guard-") as home:
        reviewer = Reviewer(through(echo.learn, make), recorder, Path(home), epoch=0, retries=0)
        try:
            for one in cases:
                reviewer.result(one)
                told()
        finally:
            reviewer.close()
    return echo


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
