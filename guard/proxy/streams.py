"""Answers that come in pieces: passed on as they come, or held until the verdict or until their beginning stands.

Each is an ASGI application. Whoever hangs up closes the model's answer too, and no handoff is made for a reply that
nobody waited for.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass

import anyio
import httpx2
from starlette.types import Receive, Scope, Send

from guard.exchange.judged import Held
from guard.exchange.steps import Answered, Steps
from guard.proxy.gone import beside, until_gone
from guard.proxy.refusals import Refused
from guard.proxy.upstream import told_headers

_COMMENT = b": keep-alive\n\n"
Failed = Callable[[Exception], Refused]
"""What is told, counted and logged of an answer that has begun and cannot be told to its end."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """An answer that is not judged, byte for byte. One that breaks off there breaks off here."""

    response: httpx2.Response
    failed: Failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        async with aclosing(self.response), until_gone(receive):
            await _begin(send, self.response.status_code, told_headers(self.response, as_it_came=True))
            try:
                async for piece in self.response.aiter_raw():
                    await _write(send, piece)
            except httpx2.RequestError as error:
                self.failed(error)
                return  # without an end: the server closes the connection, and the client sees it
            await _end(send)


@dataclass(frozen=True, slots=True)
class Judged:
    """A stream of events whose reply is judged: held until the verdict, or passed on and judged at its end.

    `read` drives the reading of a beginning, `judge` the exchange as a whole, which is counted.
    """

    response: httpx2.Response
    held: Held
    read: Callable[[Steps[Answered]], Awaitable[Answered]]
    judge: Callable[[Steps[Answered]], Awaitable[Answered]]
    failed: Failed
    heartbeat: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell what may be told of it, and keep the connection open until then."""
        holds = self.held.holds
        headers = [
            *told_headers(self.response, as_it_came=False),
            (b"x-accel-buffering", b"no"),  # nginx would keep comments and events to itself
            (b"x-compassion-stream", self.held.treated.encode()),
        ]
        async with aclosing(self.response), until_gone(receive):
            await _begin(send, self.response.status_code, headers)
            # Each write is whole events, so none of the comments can stand inside one.
            async with beside(self._beat(send)) if holds else nullcontext():
                rest = await self._rest(send)
            if rest is None:
                return  # as in Relayed
            await _write(send, rest)
            await _end(send)

    async def _rest(self, send: Send) -> bytes | None:
        """What is to be told once the model has told its end; None where what was passed on broke off."""
        try:
            return await self._heard(send)
        except Exception as error:  # noqa: BLE001 - the status is told already, so every error is an event
            refused = self.failed(error)
            return refused.event() if self.held.holds else None

    async def _heard(self, send: Send) -> bytes:
        """Take what the model says, and judge it when it has told its end, or takes too long or too much."""
        pieces = self.response.aiter_bytes()
        verdict: Steps[Answered] | None = None
        while verdict is None:
            piece: bytes | None = None
            # Patience is for the model: what it has told is judged, and written to a slow client, without haste.
            with anyio.move_on_after(self.held.patience()) as waited:
                piece = await anext(pieces, None)
            if piece is None:
                late = waited.cancelled_caught
                verdict = self.held.verdict(over=not late, late=late)
                break
            told = self.held.feed(piece)
            verdict = self.held.verdict()
            if (beginning := self.held.beginning()) is not None:
                told = (await self.read(beginning)).body
            elif verdict and not self.held.holds:  # before its last words: a client leaves with them
                await self.judge(verdict)
                verdict = None
            await _write(send, told)
        return (await self.judge(verdict)).body if verdict else b""

    async def _beat(self, send: Send) -> None:
        while True:
            await anyio.sleep(self.heartbeat)
            await _write(send, _COMMENT)


async def _begin(send: Send, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _write(send: Send, piece: bytes) -> None:
    if piece:
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _end(send: Send) -> None:
    await send({"type": "http.response.body", "body": b"", "more_body": False})
