"""What a judged exchange needs from the guard, and what comes out of it.

The exchange does no I/O: it yields a step and is sent the answer, so the wrapped client and the proxy, sync and async,
share every line of it.
"""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from guard.assessment import Unjudged
from guard.case import Case
from guard.errors import GuardError
from guard.exchange.memory import Memory, Shown
from guard.outcome import Judgement, Outcome
from guard.policy import Policy
from guard.records import Json


@dataclass(frozen=True, slots=True)
class Review:
    """What becomes of this draft? `unjudged`: it is known beforehand that nobody can judge it."""

    case: Case
    unjudged: Unjudged | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What do these words say, beside tool calls or before the rest of a draft? Nothing is handed over for them."""

    case: Case


@dataclass(frozen=True, slots=True)
class Show:
    """Keep durably that this was shown in place of the draft that the model's server keeps under these ids.

    None: what was kept of it is over, for the model knows.
    """

    ids: tuple[str, ...]
    shown: Shown | None


T = TypeVar("T")
Steps = Generator[Review | Read | Show, Outcome | Judgement | None, T]


class NotForProseError(GuardError):
    """The app asked for JSON, or for an error, where a reply may not go out as drafted. `outcome` says what may."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that goes on. `outcome` is the first that was not `Sent`, else the first; None: nothing to judge.

    `names` are those by which the outcome is asked for later; `mark` is what the answer says about it.
    """

    body: bytes
    outcome: Outcome | None
    names: tuple[str, ...] = ()
    mark: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The pipeline's own word on what of a draft may be shown before the rest is there, since it falls back on the same.

    cuts: where it may be cut. stands: what stands before a cut could be sent by itself, whatever follows.
    """

    cuts: Callable[[str], tuple[int, ...]]
    stands: Callable[[Case, Judgement], bool]


@dataclass(frozen=True, slots=True)
class Manner:
    """How this app wants what it asked for. `raises`: a withheld reply is an error, not a holding message.

    beginnings: for who streams. Without them every stream is held.
    """

    policy: Policy
    memory: Memory
    raises: bool = False
    beginnings: Beginnings | None = None
    clock: Callable[[], float] = time.monotonic
