"""What the pipeline needs from the world, and the two drivers that give it.

The pipeline is a generator: it yields an effect and is sent the answer. So there is one pipeline,
synchronous and asynchronous callers alike (the idea is that of httpx's auth flows).
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, assert_never

from guard.assessment import Cause
from guard.outcome import Handoff, Receipt, Spent

Answer = TypeVar("Answer")
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Accept:
    """Store this handoff durably and say so with a receipt."""

    handoff: Handoff


@dataclass(frozen=True, slots=True)
class Complete:
    """Ask the guard's own model. `prompt` is the version of the template; `schema` what the answer must look like."""

    prompt: str
    messages: tuple[tuple[Role, str], ...]
    name: str
    schema: Mapping[str, object]
    model: str | None = None
    parameters: Mapping[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote, and what it took."""

    text: str
    spent: Spent


@dataclass(frozen=True, slots=True)
class NoCompletion:
    """There is no answer, and why. `spent` is what it took all the same."""

    cause: Cause
    detail: str
    spent: Spent


Effect = Accept | Complete
Given = Receipt | Completion | NoCompletion
Steps = Generator[Effect, Given, Answer]


@dataclass(frozen=True, slots=True)
class World:
    """Who gives what the pipeline asks for. Both may wait: the store for its disk, the model for the network."""

    accept: Callable[[Handoff], Receipt]
    complete: Callable[[Complete], Completion | NoCompletion]
    acomplete: Callable[[Complete], Awaitable[Completion | NoCompletion]]

    def gives(self, effect: Effect) -> Given:
        """The answer to one effect."""
        match effect:
            case Accept(handoff=handoff):
                return self.accept(handoff)
            case Complete():
                return self.complete(effect)
            case _:
                assert_never(effect)

    async def agives(self, effect: Effect) -> Given:
        """`gives` for an event loop: the store waits in a thread, and for the model nobody's thread waits."""
        match effect:
            case Accept(handoff=handoff):
                return await asyncio.to_thread(self.accept, handoff)
            case Complete():
                return await self.acomplete(effect)
            case _:
                assert_never(effect)


def accepted(handoff: Handoff) -> Steps[Receipt]:
    """Ask the world to store a handoff."""
    receipt = yield Accept(handoff)
    if not isinstance(receipt, Receipt):
        raise TypeError(f"a handoff was answered with {type(receipt).__name__}")
    return receipt


def completed(asked: Complete) -> Steps[Completion | NoCompletion]:
    """Ask the world's model."""
    answer = yield asked
    if isinstance(answer, Receipt):
        raise TypeError("a model was answered with a receipt")
    return answer


def drive(steps: Steps[Answer], world: World) -> Answer:
    """Run to the end in this thread. What the world raises is raised inside the pipeline."""
    try:
        effect = next(steps)
        while True:
            try:
                given = world.gives(effect)
            except Exception as error:  # noqa: BLE001 - handed to the pipeline, which names it or lets it out
                effect = steps.throw(error)
            else:
                effect = steps.send(given)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


async def adrive(steps: Steps[Answer], world: World) -> Answer:
    """Run to the end without blocking the event loop.

    A task that is cancelled meanwhile leaves the handoff stored or not stored, never half, and its call of the model ends.
    """
    try:
        effect = next(steps)
        while True:
            try:
                given = await world.agives(effect)
            except Exception as error:  # noqa: BLE001 - as in drive()
                effect = steps.throw(error)
            else:
                effect = steps.send(given)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
