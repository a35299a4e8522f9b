"""A client that hangs up ends the work that was done for it; and what is done beside the work ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import anyio
from starlette.types import Receive


@asynccontextmanager
async def until_gone(receive: Receive) -> AsyncIterator[None]:
    """Cancel the block when the client hangs up; what stands behind it runs then. The request's body was read before."""
    scope = anyio.CancelScope()
    async with beside(_watch(receive, scope)):
        with scope:
            yield


@asynccontextmanager
async def beside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Do this beside the block, and not a moment longer."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with anyio.CancelScope(
            shield=True
        ):  # or the task's own end would be taken for that of whoever waits here
            await asyncio.gather(task, return_exceptions=True)


async def _watch(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
