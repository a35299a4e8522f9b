"""What the pipeline needs from the world, and the two drivers that give it.

The pipeline is a generator: it yields an effect and is sent the answer. So there is one pipeline,
synchronous and asynchronous callers alike (the idea is that of httpx's auth flows).
"""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from guard.outcome import Handoff, Receipt

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Accept:
    """Store this handoff durably and say so with a receipt."""

    handoff: Handoff


Steps = Generator[Accept, Receipt, Answer]
Desk = Callable[[Handoff], Receipt]


def drive(steps: Steps[Answer], desk: Desk) -> Answer:
    """Run to the end in this thread. What the desk raises is raised inside the pipeline."""
    try:
        effect = next(steps)
        while True:
            try:
                receipt = desk(effect.handoff)
            except Exception as error:  # noqa: BLE001 - handed to the pipeline, which names it or lets it out
                effect = steps.throw(error)
            else:
                effect = steps.send(receipt)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


async def adrive(steps: Steps[Answer], desk: Desk) -> Answer:
    """Run to the end without blocking the event loop: the desk works in a thread.

    A task that is cancelled meanwhile leaves the handoff stored or not stored, never half.
    """
    try:
        effect = next(steps)
        while True:
            try:
                receipt = await asyncio.to_thread(desk, effect.handoff)
            except Exception as error:  # noqa: BLE001 - as in drive()
                effect = steps.throw(error)
            else:
                effect = steps.send(receipt)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
