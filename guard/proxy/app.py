"""All of it behind one port: our own paths, and everything else for the model."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from guard.errors import EscalationError
from guard.proxy.metrics import Metrics
from guard.proxy.openapi import DESCRIPTION
from guard.proxy.options import Options
from guard.proxy.proxied import Proxied
from guard.proxy.refusals import Refused, json_response, refused
from guard.proxy.reviews import Reviews
from guard.proxy.upstream import Upstream

if TYPE_CHECKING:
    from guard.assemble import Guard

_LOG = logging.getLogger("guard.proxy")


def app(guard: "Guard", options: Options) -> Starlette:
    """The proxy as an ASGI application."""
    metrics = Metrics()
    upstream = Upstream(options.upstream, options.upstream_timeout, options.at_once)
    reviews = Reviews(guard, options)
    places = _Places(options.at_once)
    health = _Health(guard, metrics)

    def own(path: str, method: str, answer: _Answer, places: _Places | None = None) -> Route:
        return Route(path, _Endpoint(answer, metrics, method, places))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        _LOG.info("mode %s: replies of the model at %s are judged", guard.policy.mode, upstream.host)
        yield
        await upstream.close()

    return Starlette(
        routes=[
            own("/healthz", "GET", health.alive),
            own("/readyz", "GET", health.ready),
            own("/metrics", "GET", health.metrics),
            own("/openapi.json", "GET", health.described),
            own("/v1/review", "POST", reviews.review, places),
            own("/beta/litellm_basic_guardrail_api", "POST", reviews.guardrail, places),
            Route(
                "/{path:path}", _Endpoint(Proxied(guard, options, upstream, metrics), metrics, None, places)
            ),
        ],
        lifespan=lifespan,
    )


_Answer = Callable[[Request], Awaitable[ASGIApp]]


class _Places:
    """Requests that are worked on at once. Who finds none is told so at once, before anything is read."""

    def __init__(self, limit: int) -> None:
        self._free = limit

    def __enter__(self) -> None:
        if self._free <= 0:
            message = "this guard works on as many requests as it may (--at-once). Try again in a second."
            raise Refused(503, "busy", message, headers={"retry-after": "1"})
        self._free -= 1

    def __exit__(self, *_: object) -> None:
        self._free += 1


class _Endpoint:
    """A path: its method, its place among the others, and its errors as JSON."""

    def __init__(self, answer: _Answer, metrics: Metrics, method: str | None, places: _Places | None) -> None:
        self._answer = answer
        self._metrics = metrics
        self._method = method
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with ExitStack() as stack:
            try:
                if self._method not in (None, request.method):
                    message = f"{request.method}: this path takes {self._method}."
                    raise Refused(405, "method", message, headers={"allow": str(self._method)})
                if self._places:
                    stack.enter_context(self._places)
                response = await self._answer(request)
            except ClientDisconnect:
                return  # nobody is there to be answered
            except Exception as error:  # noqa: BLE001 - a fault of ours is an answer too, without its words
                response = self._refusal(error)
            await response(scope, receive, send)

    def _refusal(self, error: Exception) -> Response:
        told = refused(error)
        self._metrics.count("refused", code=told.code)
        if told.status >= 500:
            _LOG.warning("%s: %s", told.code, told)
        return told.response()


class _Health:
    """What an operator's machines ask. None of it needs a key."""

    def __init__(self, guard: "Guard", metrics: Metrics) -> None:
        self._guard = guard
        self._metrics = metrics

    async def alive(self, _: Request) -> Response:
        return json_response({"status": "alive"})

    async def ready(self, _: Request) -> Response:
        """The policy is loaded, or there would be no guard. The store is opened by the cheapest read there is."""
        try:
            await asyncio.to_thread(self._guard.desk.shown, "")
        except EscalationError as error:
            raise Refused(503, "not_ready", str(error)) from None
        return json_response({"status": "ready", "mode": self._guard.policy.mode})

    async def metrics(self, _: Request) -> Response:
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def described(self, _: Request) -> Response:
        return json_response(DESCRIPTION)
