"""The one place where parts are chosen: settings and policy in, a `Guard` out."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar, assert_never, overload

from guard import policy as policies
from guard.case import Case
from guard.effects import World, adrive, drive
from guard.exchange.memory import Memory, Shown
from guard.exchange.steps import Answered, Read, Review, Show, Steps
from guard.model import Asker
from guard.outcome import Handoff, Judgement, Outcome, Receipt
from guard.parts import at_once, parts
from guard.pipeline import Parts, judged, review
from guard.policy import By, Mode, Policy
from guard.settings import Settings, checked_mode

if TYPE_CHECKING:
    import httpx2

    from guard.escalation.desk import Desk

P = ParamSpec("P")
Client = TypeVar("Client")
OnWithhold = Literal["message", "raise"]
_KEPT = 2048
"""Names of outcomes that are kept for `outcome_of`, two an outcome; older ones are forgotten."""


class Guard:
    """Stands between drafted replies and customers. Made by `Guard.load()`; safe to share between threads.

    >>> guard = Guard.load()
    >>> outcome = guard.review(Case.from_record({"id": "1", "context": [], "draft": "Good morning!"}))
    >>> outcome.reply
    'Good morning!'
    """

    def __init__(
        self, policy: Policy, settings: Settings, transport: "httpx2.AsyncBaseTransport | None" = None
    ) -> None:
        self.policy = policy
        self.settings = settings
        self.outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._lock = Lock()
        self.memory = Memory(_Shelf(self))
        self._desk: Desk | None = None
        asker = Asker(settings, policy.model, transport)
        self._world = World(self._accept, asker.complete, asker.acomplete)
        self._parts = parts(policy, settings)

    @classmethod
    def load(
        cls,
        policy: str | Path | None = None,
        *,
        mode: Mode | None = None,
        judge: By | None = None,
        settings: Settings | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
    ) -> "Guard":
        """Read policy and environment; what is passed here wins over both.

        transport: how the guard's own model is reached, where it is not the network: a recording, say. It must not block.
        Raises `PolicyError`, `SettingsError` or `PromptError` when something in them means nothing.
        """
        settings = settings or Settings.from_env()
        path = policy or settings.policy
        chosen = policies.load(Path(path)) if path else policies.shipped()
        by = replace(chosen.judging, by=judge or chosen.judging.by)
        mode = checked_mode(mode) or settings.mode or chosen.mode
        return cls(replace(chosen, mode=mode, judging=by), settings, transport)

    @property
    def asks_a_model(self) -> bool:
        """The policy lets a language model judge, rewrite or sum up."""
        policy = self.policy
        return policy.judging.by != "local" or policy.rewriting == "llm" or policy.summary == "llm"

    @property
    def desk(self) -> "Desk":
        """Where handoffs are stored."""
        if self._desk is None:
            from guard.escalation.desk import Desk

            self._desk = Desk(self.settings.database(), self.settings.tenant)
        return self._desk

    def case(self, obj: Mapping[str, object]) -> Case:
        """`Case.from_record` with the policy's actions known by id."""
        return Case.from_record(obj, self.policy.actions())

    def review(self, case: Case) -> Outcome:
        """Judge the draft and send, rewrite or withhold it.

        Raises `EscalationError` when a handoff could not be stored; then there is no text for the customer.
        """
        return drive(review(case, self._parts), self._world)

    async def areview(self, case: Case) -> Outcome:
        """`review` for an event loop: nothing that waits blocks it; judging itself takes some milliseconds."""
        return await adrive(review(case, self._parts), self._world)

    def wrap(self, client: Client, *, on_withhold: OnWithhold = "message") -> Client:
        """The same OpenAI client, its replies guarded: chat completions and responses, streamed or not.

        `on_withhold`: the holding message in place of the reply, or `"raise"`: `guard.client.WithheldCallError`.
        What may give a reply in another way raises `UnguardedError`.
        """
        from guard.client import wrap

        return wrap(client, self, on_withhold=on_withhold)

    def outcome_of(self, response: object) -> Outcome:
        """What became of the draft behind a response of a wrapped client, or behind an event of its stream."""
        from guard.client import outcome_of

        return outcome_of(response, self)

    def last_reply(self, conversation: str) -> str | None:
        """The last words that the customer of this conversation saw: what belongs in the history that you keep."""
        return self.memory.last_reply(conversation)

    def exchange(self, steps: Steps[Answered]) -> Answered:
        """Run a judged exchange to its end, and keep its outcome for `outcome_of`."""
        try:
            step = next(steps)
            while True:
                try:
                    told = self._step(step)
                except Exception as error:  # noqa: BLE001 - handed to the exchange, which knows who enforces and who watches
                    step = steps.throw(error)
                else:
                    step = steps.send(told)
        except StopIteration as end:
            return self._kept(end.value)

    async def aexchange(self, steps: Steps[Answered]) -> Answered:
        """`exchange` for an event loop."""
        try:
            step = next(steps)
            while True:
                try:
                    told = await self._astep(step)
                except Exception as error:  # noqa: BLE001 - as in exchange()
                    step = steps.throw(error)
                else:
                    step = steps.send(told)
        except StopIteration as end:
            return self._kept(end.value)

    @overload
    def reply(self, function: Callable[P, str]) -> Callable[P, str]: ...
    @overload
    def reply(
        self, function: Callable[P, Coroutine[object, object, str]]
    ) -> Callable[P, Coroutine[object, object, str]]: ...
    def reply(
        self, function: Callable[P, str] | Callable[P, Coroutine[object, object, str]]
    ) -> Callable[P, str] | Callable[P, Coroutine[object, object, str]]:
        """Decorate a callable that returns the draft: its keyword `messages` is the conversation so far."""
        from guard.decorate import guarded

        return guarded(function, self)

    def _step(self, step: Review | Read | Show) -> Outcome | Judgement | None:
        match step:
            case Review():
                return drive(review(step.case, self._for(step)), self._world)
            case Read():
                return drive(judged(step.case, self._parts), self._world)
            case Show():
                for id in step.ids:
                    self.desk.show(id, (step.shown.conversation, step.shown.reply) if step.shown else None)
                return None
            case _:
                assert_never(step)

    async def _astep(self, step: Review | Read | Show) -> Outcome | Judgement | None:
        match step:
            case Review():
                return await adrive(review(step.case, self._for(step)), self._world)
            case Read():
                return await adrive(judged(step.case, self._parts), self._world)
            case Show():
                return await asyncio.to_thread(self._step, step)
            case _:
                assert_never(step)

    def _for(self, step: Review) -> Parts:
        """Where nobody waited for the draft, only the draft is unjudged: what is said in its place is judged as ever."""
        unjudged = step.unjudged
        return self._parts if unjudged is None else replace(self._parts, judge=lambda case: at_once(unjudged))

    def _kept(self, answered: Answered) -> Answered:
        if answered.outcome is not None:
            with self._lock:
                self.outcomes.update(dict.fromkeys(answered.names, answered.outcome))
                while len(self.outcomes) > _KEPT:
                    self.outcomes.popitem(last=False)
        return answered

    def _accept(self, handoff: Handoff) -> Receipt:
        return self.desk.accept(handoff)


class _Shelf:
    """The desk keeps what was shown, too. It is opened when somebody asks, not before."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def shown(self, id: str) -> Shown | None:
        found = self._guard.desk.shown(id)
        return Shown(*found) if found else None
