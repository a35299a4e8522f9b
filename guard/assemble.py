"""The one place where parts are chosen: settings and policy in, a `Guard` out."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, overload

from guard import policy as policies
from guard.case import Case
from guard.effects import adrive, drive
from guard.judging import local
from guard.outcome import Handoff, Outcome, Receipt
from guard.pipeline import Parts, review
from guard.policy import Mode, Policy
from guard.rewriting import compose
from guard.settings import Settings, checked_mode

if TYPE_CHECKING:
    from guard.escalation.desk import Desk

P = ParamSpec("P")
Client = TypeVar("Client")


class Guard:
    """Stands between drafted replies and customers. Made by `Guard.load()`; safe to share between threads.

    >>> guard = Guard.load()
    >>> outcome = guard.review(Case.from_record({"id": "1", "context": [], "draft": "Good morning!"}))
    >>> outcome.reply
    'Good morning!'
    """

    def __init__(self, policy: Policy, settings: Settings) -> None:
        self.policy = policy
        self.settings = settings
        self.outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._desk: Desk | None = None
        self._parts = Parts(
            policy=policy,
            judge=partial(local.judge, max_characters=policy.limits.draft_characters),
            writes=compose.writes,
            rewrite=partial(compose.rewrite, recognition_words=policy.limits.recognition_words),
            tenant=settings.tenant,
        )

    @classmethod
    def load(
        cls, policy: str | Path | None = None, *, mode: Mode | None = None, settings: Settings | None = None
    ) -> "Guard":
        """Read policy and environment; what is passed here wins over both.

        Raises `PolicyError` or `SettingsError` when something in them means nothing.
        """
        settings = settings or Settings.from_env()
        path = policy or settings.policy
        chosen = policies.load(Path(path)) if path else policies.shipped()
        return cls(replace(chosen, mode=checked_mode(mode) or settings.mode or chosen.mode), settings)

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
        return drive(review(case, self._parts), self._accept)

    async def areview(self, case: Case) -> Outcome:
        """`review` for an event loop: what waits (the store) waits in a thread; judging itself takes some milliseconds."""
        return await adrive(review(case, self._parts), self._accept)

    def wrap(self, client: Client) -> Client:
        """The same OpenAI client, its chat replies guarded. Other reply surfaces raise `UnguardedError`."""
        from guard.client import wrap

        return wrap(client, self)

    def outcome_of(self, response: object) -> Outcome:
        """What became of the draft behind a response of a wrapped client."""
        from guard.client import outcome_of

        return outcome_of(response, self)

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

    def remember(self, token: str, outcome: Outcome, *, most: int) -> None:
        """Keep an outcome for `outcome_of`, the last `most` of them."""
        self.outcomes[token] = outcome
        while len(self.outcomes) > most:
            self.outcomes.popitem(last=False)

    def _accept(self, handoff: Handoff) -> Receipt:
        return self.desk.accept(handoff)
