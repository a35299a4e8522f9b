"""A judged exchange: request and answer in, JSON or a stream of events, and out what the customer may see."""

import json
import logging
from collections.abc import Mapping, Sequence

from guard.assessment import Unjudged
from guard.errors import GuardError
from guard.exchange.asked import Asked, asked, json_object
from guard.exchange.drafts import FIELD
from guard.exchange.reviewed import Reviewed, remembered, reviewed, without_draft
from guard.exchange.sse import Event, Splitter
from guard.exchange.steps import Answered, Manner, NotForProseError, Steps
from guard.records import Json

_LOG = logging.getLogger("guard")


def asked_for(
    method: str, path: str, headers: Mapping[str, str], body: bytes, manner: Manner
) -> Asked | None:
    """`asked`; who only watches lets pass what cannot be judged, and says so."""
    try:
        return asked(method, path, headers, body, manner.memory)
    except GuardError as error:
        if manner.policy.mode == "enforce":
            raise
        _LOG.warning("unjudged in mode %s: %s", manner.policy.mode, error)
        return None


def answered(ask: Asked, body: bytes, manner: Manner) -> Steps[Answered]:
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
        judged = yield from reviewed(ask, answer, manner)
    except Exception as error:  # noqa: BLE001 - see `_unread`
        return _unread(body, manner, error)
    if judged.replies:
        return Answered(_dumped(_marked(judged)), judged.outcome, judged.names, judged.mark)
    if judged.mark is None or manner.policy.mode == "observe":
        return Answered(body, judged.outcome, judged.names)
    return Answered(_spliced(body, judged.mark), judged.outcome, judged.names, judged.mark)


class Held:
    """A streamed answer. What `feed` gives back may go on at once; `verdict` gives the rest.

    In `enforce` nothing goes on before the verdict; `observe` and `advise` pass every byte as it comes and judge at
    the end.
    """

    def __init__(self, asked: Asked, manner: Manner) -> None:
        self._asked = asked
        self._manner = manner
        self._splitter = Splitter()
        self._events: list[Event] = []
        self._bytes = 0
        self._ended = False
        self._judged = False
        self._since = manner.clock()

    @property
    def holds(self) -> bool:
        """Nothing is shown before the verdict."""
        return self._manner.policy.mode == "enforce"

    def feed(self, piece: bytes) -> bytes:
        """Take the next bytes; what may go on at once."""
        found = self._splitter.feed(piece)
        self._ended = self._ended or any(map(self._asked.dialect.ends, found))
        self._events += found
        self._bytes += len(piece)
        return b"" if self.holds else piece

    def verdict(self, *, over: bool = False) -> Steps[Answered] | None:
        """The judging, once, when the stream has told its end (`over`: the connection has), or nobody waits for it.

        A reader that stops at the end of what is told, and not of the connection, must not be left without one.
        """
        whole = over or self._ended
        late = None if whole else self.too_much
        if self._judged or not (whole or late):
            return None
        self._judged = True
        return self.cut(late) if late else self.end()

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
            judged = yield from reviewed(self._asked, heard.answer, self._manner)
        except Exception as error:  # noqa: BLE001 - see `_unread`
            return _unread(b"", self._manner, error)
        if not self.holds:
            return Answered(b"", judged.outcome, judged.names)
        told = list(heard.events)
        if judged.replies:
            told = self._asked.dialect.told(told, _marked(judged), judged.replies)
        return Answered(_raw(told), judged.outcome, judged.names, judged.mark)

    def cut(self, why: Unjudged) -> Steps[Answered]:
        """Nobody waits any longer: a person gets the case, and a whole answer says so."""
        outcome = yield from without_draft(self._asked, why, self._manner)
        answer, events = self._asked.dialect.held_too_long(self._events, outcome.reply)
        names = yield from remembered(self._asked, answer, {0: outcome}, self._manner)
        return Answered(_raw(events), outcome, names)


def _unread(body: bytes, manner: Manner, error: Exception) -> Answered:
    """Who only watches must not break what they watch; who enforces passes nothing on that nobody could read."""
    if manner.policy.mode == "enforce" or isinstance(error, NotForProseError):
        raise error
    # Words of an error that is not ours could be a customer's.
    told = str(error) if isinstance(error, GuardError) else type(error).__name__
    _LOG.warning("unjudged in mode %s: %s", manner.policy.mode, told)
    return Answered(body, None)


def _marked(judged: Reviewed) -> dict[str, Json]:
    return {**judged.answer, FIELD: dict(judged.mark)} if judged.mark else judged.answer


def _raw(events: Sequence[Event]) -> bytes:
    return b"".join(event.raw for event in events)


def _dumped(answer: Mapping[str, Json]) -> bytes:
    return json.dumps(answer).encode()


def _spliced(body: bytes, mark: Mapping[str, Json]) -> bytes:
    """The body with the mark as its last field, every other byte as it came."""
    text = body.rstrip()
    if text[:1] != b"{" or text[-1:] != b"}":  # no UTF-8, or whitespace before it
        return _dumped({**(json_object(body) or {}), FIELD: dict(mark)})
    return text[:-1] + b"," + json.dumps(FIELD).encode() + b":" + _dumped(mark) + b"}"
