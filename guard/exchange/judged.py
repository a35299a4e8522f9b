"""A judged exchange: request and answer in, JSON or a stream of events, and out what the customer may see.

It does no I/O. What needs the guard is yielded, a `Review` of a reply or a `Read` of words beside tool calls, and the
answer sent back, so the wrapped client and the proxy, sync and async, share every line.
"""

import json
import logging
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import uuid4

from guard.assessment import Unjudged
from guard.case import Case
from guard.errors import GuardError
from guard.exchange import structured
from guard.exchange.asked import Asked, json_object
from guard.exchange.drafts import FIELD, Draft
from guard.exchange.memory import Memory
from guard.exchange.sse import Event, Splitter
from guard.outcome import Judgement, Outcome, Sent, Withheld
from guard.policy import Policy
from guard.records import Json

_LOG = logging.getLogger("guard")
_SHOWN_BESIDE_CALLS = ("ok", "no_action", "synthetic_empathy")
"""Verdicts with which words may stand beside a call: the call is the step that they lack; a claim it cannot back."""


@dataclass(frozen=True, slots=True)
class Review:
    """What becomes of this draft? `unjudged`: it is known beforehand that nobody can judge it."""

    case: Case
    unjudged: Unjudged | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What do these words beside tool calls say? Nothing is handed over for them: the turn goes on."""

    case: Case


@dataclass(frozen=True, slots=True)
class Show:
    """Keep durably that this was shown in place of the draft that the model's server keeps under these ids."""

    ids: tuple[str, ...]
    reply: str


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
class Manner:
    """How this app wants what it asked for. `raises`: a withheld reply is an error, not a holding message."""

    policy: Policy
    memory: Memory
    raises: bool = False
    clock: Callable[[], float] = time.monotonic


def answered(asked: Asked, body: bytes, manner: Manner) -> Steps[Answered]:
    """The answer to a request, its drafts judged. In `observe` not a byte is changed, whatever it holds.

    Raises `GuardError` when the answer cannot be read, and `NotForProseError`.
    """
    answer = json_object(body)
    if answer is None:
        return _unread(
            body,
            manner,
            GuardError("the model's answer is no JSON object, so it was not passed on unjudged."),
        )
    try:
        judged = yield from _judged(asked, answer, manner)
    except GuardError as error:
        return _unread(body, manner, error)
    if manner.policy.mode == "observe" or judged.mark is None:
        return Answered(body if not judged.replies else _dumped(judged.answer), judged.outcome, judged.names)
    marked = {**judged.answer, FIELD: dict(judged.mark)}
    told = _dumped(marked) if judged.replies else _spliced(body, judged.mark)
    return Answered(told, judged.outcome, judged.names, judged.mark)


class Held:
    """A streamed answer. What `feed` gives back may go on at once; `end` gives the rest.

    In `enforce` nothing goes on before the verdict; `observe` and `advise` pass every byte as it comes and judge at
    the end.
    """

    def __init__(self, asked: Asked, manner: Manner) -> None:
        self._asked = asked
        self._manner = manner
        self._splitter = Splitter()
        self._events: list[Event] = []
        self._bytes = 0
        self._since = manner.clock()

    @property
    def holds(self) -> bool:
        """Nothing is shown before the verdict."""
        return self._manner.policy.mode == "enforce"

    def feed(self, piece: bytes) -> bytes:
        """Take the next bytes."""
        self._events += self._splitter.feed(piece)
        self._bytes += len(piece)
        return b"" if self.holds else piece

    @property
    def too_much(self) -> Unjudged | None:
        """Why nobody waits for the rest; None while it may go on."""
        limits = self._manner.policy.exchange
        if not self.holds:
            return None
        if self._bytes > limits.hold_bytes:
            return Unjudged("too_long", f"the stream is longer than {limits.hold_bytes} bytes")
        if self._manner.clock() - self._since > limits.hold_seconds:
            return Unjudged("timeout", f"the stream takes longer than {limits.hold_seconds} seconds")
        return None

    def end(self) -> Steps[Answered]:
        """The stream has ended: what may be shown of it. Raises as `answered`."""
        events = [*self._events, *self._splitter.rest()]
        try:
            heard = self._asked.dialect.heard(events)
            if heard.answer is None:  # an error is passed on; the words before it nobody judged
                return Answered(_raw(heard.events) if self.holds else b"", None)
            judged = yield from _judged(self._asked, heard.answer, self._manner)
        except GuardError as error:
            return _unread(b"", self._manner, error)
        if not self.holds:
            return Answered(b"", judged.outcome, judged.names)
        told = list(heard.events)
        if judged.replies:
            marked = {**judged.answer, **({FIELD: dict(judged.mark)} if judged.mark else {})}
            told = self._asked.dialect.told(told, marked, judged.replies)
        return Answered(_raw(told), judged.outcome, judged.names, judged.mark)

    def cut(self, why: Unjudged) -> Steps[Answered]:
        """Nobody waits any longer: a person gets the case, and a whole answer says so."""
        case = _case(self._asked, Draft(0, ""), {})
        outcome = yield from _reviewed(Review(case, why))
        answer, events = self._asked.dialect.held_too_long(self._events, outcome.reply)
        names = yield from _remembered(self._asked, answer, {0: outcome}, self._manner)
        return Answered(_raw(events), outcome, names)


@dataclass(frozen=True, slots=True)
class _Judged:
    answer: dict[str, Json]
    replies: dict[int, str]
    outcome: Outcome | None
    names: tuple[str, ...]
    mark: Mapping[str, Json] | None


def _judged(asked: Asked, answer: dict[str, Json], manner: Manner) -> Steps[_Judged]:
    enforced = manner.policy.mode == "enforce"
    outcomes: dict[int, Outcome] = {}
    replies: dict[int, str] = {}
    for draft in asked.dialect.drafts(answer):
        match draft.kind:
            case "broken_off":
                replies[draft.place] = ""
            case "beside_calls":
                if not _may_stand((yield Read(_case(asked, draft, answer)))):
                    replies[draft.place] = ""
            case "reply" if (known := _known(asked, draft)) is not None:
                replies |= {draft.place: known} if known != draft.text else {}
            case "reply":
                outcome, reply = yield from _outcome(asked, draft, answer, manner)
                outcomes[draft.place] = outcome
                replies |= {draft.place: reply} if reply is not None else {}
    replies = replies if enforced else {}
    names = yield from _remembered(asked, answer, outcomes, manner)
    told = next((o for o in outcomes.values() if not isinstance(o, Sent)), None) or next(
        iter(outcomes.values()), None
    )
    changed = asked.dialect.with_replies(answer, replies) if replies else answer
    return _Judged(changed, replies, told, names, _mark(names[0], told) if told else None)


def _outcome(
    asked: Asked, draft: Draft, answer: dict[str, Json], manner: Manner
) -> Steps[tuple[Outcome, str | None]]:
    """The outcome of a reply, and the words in place of it; None where it stays."""
    pointer = manner.policy.exchange.reply_field if asked.structured else None
    inner = structured.find(draft.text, pointer) if pointer else None
    case = _case(asked, draft if inner is None else replace(draft, text=inner), answer)
    outcome = yield from _reviewed(Review(case))
    if isinstance(outcome, Sent):
        return outcome, None
    if isinstance(outcome, Withheld) and manner.raises:
        raise NotForProseError(
            f"the reply was withheld and handed over as {outcome.receipt.id}. The error's `outcome.reply` is what the "
            "customer may see.",
            outcome,
        )
    if not asked.structured:
        return outcome, outcome.reply
    if inner is None or pointer is None:
        raise NotForProseError(
            "JSON was asked for, and the reply in it may not go out as drafted: words in its place would be no JSON. "
            "The error's `outcome.reply` is what the customer may see; `exchange.reply_field` of the policy names the "
            "field that holds the reply.",
            outcome,
        )
    return outcome, structured.put(draft.text, pointer, outcome.reply)


def _case(asked: Asked, draft: Draft, answer: Mapping[str, Json]) -> Case:
    ran = asked.dialect.done(answer) if answer else []
    return Case.from_record(
        {
            "id": asked.said.conversation,
            "messages": [*asked.said.messages, *ran],
            "draft": draft.text,
            "tools": asked.said.tools,
        }
    )


def _reviewed(step: Review) -> Steps[Outcome]:
    outcome = yield step
    assert isinstance(outcome, Outcome)  # noqa: S101 - a Review is answered by an outcome
    return outcome


def _may_stand(read: Outcome | Judgement | None) -> bool:
    return isinstance(read, Judgement) and read.owner == "ai" and read.verdict in _SHOWN_BESIDE_CALLS


def _known(asked: Asked, draft: Draft) -> str | None:
    """What was shown of an answer that is read again: judged once, and handed over once."""
    said = asked.said
    return said.reply if said.reply is not None and (said.replaced or said.reply == draft.text) else None


def _remembered(
    asked: Asked, answer: Mapping[str, Json], outcomes: Mapping[int, Outcome], manner: Manner
) -> Steps[tuple[str, ...]]:
    """Keep what the next turn goes on from. The names by which the outcome is asked for: ours, and the server's."""
    shown = outcomes.get(0)
    if shown is not None:
        manner.memory.reply(asked.said.conversation, shown.reply)
    if id := asked.dialect.kept(answer):
        ids = tuple(name for name in (id, asked.server_conversation) if name)
        ran = asked.dialect.done(answer)
        said = replace(asked.said, messages=(*asked.said.messages, *ran))
        if shown is not None:
            said = replace(said, reply=shown.reply, replaced=not isinstance(shown, Sent))
        if said.replaced and shown is not None:
            yield Show(ids, shown.reply)
        manner.memory.keep(ids, said)
    return (uuid4().hex, f"response {answer.get('id')}")


def _mark(name: str, outcome: Outcome) -> Mapping[str, Json]:
    return {
        "id": name,
        "outcome": type(outcome).__name__.lower(),
        "verdict": outcome.judgement.verdict,
        "decision": outcome.judgement.decision,
    }


def _unread(body: bytes, manner: Manner, error: GuardError) -> Answered:
    """Who only watches must not break what they watch; who enforces passes nothing on that nobody could read."""
    if manner.policy.mode == "enforce" or isinstance(error, NotForProseError):
        raise error
    _LOG.warning("unjudged in mode %s: %s", manner.policy.mode, error)
    return Answered(body, None)


def _raw(events: "list[Event] | tuple[Event, ...]") -> bytes:
    return b"".join(event.raw for event in events)


def _dumped(answer: Mapping[str, Json]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _spliced(body: bytes, mark: Mapping[str, Json]) -> bytes:
    """The body with the mark as its last field, every other byte as it came."""
    text = body.rstrip()
    if text[:1] != b"{" or text[-1:] != b"}":  # no UTF-8, or whitespace before it
        return _dumped({**(json_object(body) or {}), FIELD: dict(mark)})
    return text[:-1] + b"," + json.dumps(FIELD).encode() + b":" + _dumped(mark) + b"}"
