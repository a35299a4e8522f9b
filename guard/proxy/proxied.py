"""One request to the model: judged, passed on, or refused before anything is sent.

The judging is `guard.exchange.judged`, the very function that the wrapped client drives.
"""

import asyncio
import logging
import re
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx2
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from guard.assessment import Unjudged
from guard.errors import GuardError
from guard.exchange.judged import Held, answered, asked_for
from guard.exchange.steps import Answered, Beginnings, Manner, Steps
from guard.exchange.surface import Surface, surface
from guard.judging.beginning import beginnings
from guard.pipeline import stands_alone
from guard.proxy.gone import until_gone
from guard.proxy.keys import Keys
from guard.proxy.metrics import Metrics
from guard.proxy.options import Options
from guard.proxy.refusals import NO_RETRY, Refused, refused
from guard.proxy.streams import Judged, Relayed
from guard.proxy.upstream import Upstream, told_headers
from guard.report import name_of

if TYPE_CHECKING:
    from guard.assemble import Guard

_LOG = logging.getLogger("guard.proxy")
_PLAIN_STEP = re.compile(r"v\d{1,2}|[a-z_]{1,24}")
_NAMED = 500
"""Patterns of paths that are named in the log; whoever makes up more has no right to fill it."""


class Proxied:
    """Everything that is no path of our own."""

    def __init__(self, guard: "Guard", options: Options, upstream: Upstream, metrics: Metrics) -> None:
        self._guard = guard
        self._options = options
        self._upstream = upstream
        self._metrics = metrics
        self._keys = Keys(options.keys)
        early = Beginnings(beginnings, partial(stands_alone, policy=guard.policy))
        self._manner = Manner(guard.policy, guard.memory, raises=options.raises, beginnings=early)
        self._named: set[str] = set()

    async def __call__(self, request: Request) -> ASGIApp:
        """The answer. Raises `Refused`, `GuardError`, and `ClientDisconnect` where nobody waits for one."""
        self._keys.check_proxied(request.headers)
        url = self._upstream.url(request.scope["raw_path"], request.scope["query_string"])
        kind = _surface(request.method, url.path)
        self._metrics.count("requests", surface=kind)
        body = await read(request, self._options.body_limit)
        async with until_gone(request.receive):
            if kind in ("no_reply", "unguarded"):
                if kind == "unguarded":
                    self._name(request.method, url.path)
                return await self._passed(request, url, body)
            return await self._judged(request, url, kind, body)
        raise ClientDisconnect

    async def _passed(self, request: Request, url: httpx2.URL, body: bytes) -> ASGIApp:
        response = await self._ask(request, url, body, readable=False)
        return Relayed(response, self._failed)

    async def _judged(self, request: Request, url: httpx2.URL, kind: Surface, body: bytes) -> ASGIApp:
        # In a thread: a response that is read again is looked up in the store.
        ask = await asyncio.to_thread(
            asked_for, request.method, url.path, request.headers, body, self._manner
        )
        if ask is None:  # who only watches lets pass what cannot be judged
            return await self._passed(request, url, body)
        response = await self._ask(request, url, body if ask.body is None else ask.body, readable=True)
        if 300 <= response.status_code < 400:  # a client would follow it past the guard
            await response.aclose()
            raise Refused(
                502,
                "redirected",
                f"the model at {self._upstream.host} redirects. Give --upstream the place it names.",
                headers=NO_RETRY,
            )
        if not 200 <= response.status_code < 300:
            return Relayed(response, self._failed)
        if not self._upstream.reads(response):
            return await self._encoded(response)

        async def judge(steps: Steps[Answered]) -> Answered:
            return await self._judge(steps, kind)

        if ask.is_stream(response.headers):
            return Judged(
                response,
                Held(ask, self._manner),
                self._guard.aexchange,
                judge,
                self._failed,
                self._options.heartbeat,
            )
        try:
            raw = await response.aread()
        except httpx2.RequestError as error:
            self._metrics.count("upstream_errors", kind="broken_off")
            raise self._upstream.silent(error) from None
        finally:
            await response.aclose()
        return _answer(response, await judge(answered(ask, raw, self._manner)))

    async def _encoded(self, response: httpx2.Response) -> ASGIApp:
        """Who enforces passes nothing on that nobody could read; who only watches passes it as it came."""
        error = GuardError(
            f"the model at {self._upstream.host} encodes its answer as "
            f"{response.headers['content-encoding'][:40]!r}, though plain was asked for, and that cannot be decoded here. "
            "Let it answer plain, or install that encoding beside this guard (brotli, backports.zstd)."
        )
        if self._manner.policy.mode == "enforce":
            await response.aclose()
            raise error
        _LOG.warning("unjudged in mode %s: %s", self._manner.policy.mode, error)
        return Relayed(response, self._failed)

    async def _ask(
        self, request: Request, url: httpx2.URL, body: bytes, *, readable: bool
    ) -> httpx2.Response:
        try:
            response = await self._upstream.ask(
                request.method, url, request.headers.raw, body, readable=readable
            )
        except Refused as error:
            self._metrics.count("upstream_errors", kind=error.code.removeprefix("upstream_"))
            raise
        if response.status_code >= 500:
            self._metrics.count("upstream_errors", kind="status_5xx")
        return response

    async def _judge(self, steps: Steps[Answered], kind: Surface) -> Answered:
        started = time.perf_counter()
        told = await self._guard.aexchange(steps)
        self._metrics.added(time.perf_counter() - started)
        outcome = told.outcome
        self._metrics.count(
            "exchanges",
            surface=kind,
            outcome=name_of(outcome) if outcome else "none",
            decision=outcome.judgement.decision if outcome else "none",
        )
        if outcome and isinstance(unjudged := outcome.judgement.assessment, Unjudged):
            self._metrics.count("unjudged", cause=unjudged.cause)
        return told

    def _failed(self, error: Exception) -> Refused:
        """What is told of an answer that has begun: the model broke off, or the guard cannot judge it."""
        if isinstance(error, httpx2.RequestError):
            self._metrics.count("upstream_errors", kind="broken_off")
            told = self._upstream.silent(error)
        else:
            told = refused(error)
            self._metrics.count("refused", code=told.code)
        _LOG.warning("%s: %s", told.code, told)
        return told

    def _name(self, method: str, path: str) -> None:
        """Name a path that nobody judges, once. What is in it beside plain words, ids for one, stays out of the log."""
        steps = [step if _PLAIN_STEP.fullmatch(step) else "{…}" for step in path.split("/")[1:]]
        pattern = f"{method} /{'/'.join(steps)}"
        if pattern not in self._named and len(self._named) < _NAMED:
            self._named.add(pattern)
            _LOG.warning(
                "UNGUARDED: %s may bring replies, and is passed on unjudged. Chat completions and responses are judged.",
                pattern,
            )


async def read(request: Request, limit: int) -> bytes:
    """The request's body. Raises `Refused` when it is longer than the limit, before the rest is read."""
    length = request.headers.get("content-length", "")
    body = bytearray()
    if not (length.isdecimal() and int(length) > limit):
        async for piece in request.stream():
            body += piece
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise Refused(413, "body_too_large", f"the body is longer than {limit} bytes; --body-limit is the bound.")


def _surface(method: str, path: str) -> Surface:
    """Raises `Refused` for what another server may take for a judged path: nobody would judge its answer."""
    kind = surface(method, path)
    plain = path
    while (once := unquote(plain)) != plain:
        plain = once
    plain = re.sub(r"//+", "/", re.sub(r";[^/]*|[\s\x00-\x1f]", "", plain)).rstrip("/").lower()
    if kind == "unguarded" and surface(method.upper(), plain) not in ("unguarded", "no_reply"):
        raise Refused(
            422,
            "unguarded",
            f"the method or the path is written otherwise than the guarded one. Write …{plain[-40:]}",
        )
    return kind


def _answer(response: httpx2.Response, told: Answered) -> Response:
    made = Response(told.body, response.status_code)
    mark = told.mark or {}
    made.raw_headers = [
        *told_headers(response, as_it_came=False),
        (b"content-length", str(len(told.body)).encode()),
        *((f"x-compassion-{name}".encode(), str(mark[name]).encode()) for name in ("id", "outcome") if mark),
    ]
    return made
