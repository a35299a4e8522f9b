"""A judged exchange: request and answer in, JSON or a stream of events, and out what the customer may see."""

import json
import logging
from collections.abc import Mapping, Sequence
from math import inf
from typing import Literal

from guard.assessment import Unjudged
from guard.errors import GuardError, UnguardedError
from guard.exchange.asked import Asked, asked, json_object
from guard.exchange.drafts import FIELD, Begun
from guard.exchange.reviewed import Reviewed, remembered, reviewed, standing, without_draft
from guard.exchange.sse import Event, Splitter
from guard.exchange.steps import Answered, Beginnings, Manner, NotForProseError, Steps
from guard.records import Json

Treated = Literal["held", "early", "passed"]
"""How a stream is treated: held until its verdict; its beginning shown once it stands; passed on as it comes."""
_LOG = logging.getLogger("guard")
_FAR = 16_000
"""Characters of a draft in which its first sentences end, or are none."""


def asked_for(
    method: str, path: str, headers: Mapping[str, str], body: bytes, manner: Manner
) -> Asked | None:
    """`asked`; who only watches lets pass what cannot be judged, and says so."""
    try:
        return asked(method, path, headers, body, manner.memory)
    except (GuardError, RecursionError) as error:
        told = _told(error, UnguardedError(f"{method} {path}: the body is nested too deeply to be judged."))
        if manner.policy.mode == "enforce":
            raise told from None
        _LOG.warning("unjudged in mode %s: %s", manner.policy.mode, told)
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
            GuardError(
                "the model's answer is no JSON object, or one too deep or with a name twice, so it was not passed on unjudged."
            ),
        )
    try:
        judged = yield from reviewed(ask, answer, manner)
        return _answer(body, judged, manner)
    except Exception as error:  # noqa: BLE001 - see `_unread`
        return _unread(body, manner, error)


def _answer(body: bytes, judged: Reviewed, manner: Manner) -> Answered:
    """The body with its mark: the very bytes that came where nothing in them is replaced and they can take it."""
    if not judged.replies and (judged.mark is None or manner.policy.mode == "observe"):
        return Answered(body, judged.outcome, judged.names)
    anew = judged.replies or FIELD in judged.answer or not _is_plain(body)  # another guard's mark gives way
    told = _dumped(_marked(judged)) if anew else _spliced(body, judged.mark or {})
    return Answered(told, judged.outcome, judged.names, judged.mark)


class Held:
    """A streamed answer. What `feed` gives back may go on at once, then what `beginning` does; `verdict` gives the rest.

    In `enforce` nothing goes on before the verdict but a beginning of the draft that stands by itself, where the policy
    wants it early; `observe` and `advise` pass every byte as it comes and judge at the end.
    """

    def __init__(self, asked: Asked, manner: Manner) -> None:
        self._asked = asked
        self._manner = manner
        self._splitter = Splitter()
        self._events: list[Event] = []
        self.treated = _treated(asked, manner)
        self._early = manner.beginnings if self.treated == "early" else None
        self._begun = Begun(asked.dialect)
        self._bytes = 0
        self._ended = False
        self._judged = False
        self._since = manner.clock()

    @property
    def holds(self) -> bool:
        """Nothing is shown before it is judged."""
        return self.treated != "passed"

    def feed(self, piece: bytes) -> bytes:
        """Take the next bytes; what may go on at once."""
        found = self._splitter.feed(piece)
        self._ended = self._ended or any(map(self._asked.dialect.ends, found))
        self._events += found
        self._bytes += len(piece)
        if self._early:
            self._begun.hear(found)
        return b"" if self.holds else piece

    def beginning(self) -> Steps[Answered] | None:
        """The reading of the draft so far, where a sentence more is complete; it gives what may go on before the verdict.

        What went on is never taken back: whatever follows, the reply to the whole draft begins with it.
        """
        if self._early is None or self._ended or self._judged or len(self._begun.words) > _FAR:
            return None
        ends = self._begun.unread(self._early.cuts(self._begun.words))
        return self._shown(ends, self._early) if ends else None

    def _shown(self, ends: Sequence[int], early: Beginnings) -> Steps[Answered]:
        try:
            place = yield from standing(self._asked, self._begun.words, ends, early)
        except Exception as error:  # noqa: BLE001 - see `_unread`
            return _unread(b"", self._manner, error)
        if place is None:  # nor will any other be
            self._early = None
        if not place:
            return Answered(b"", None)
        told = self._begun.tell(self._events, place)
        if self._begun.shown:  # whether the rest comes or not
            self._manner.memory.reply(self._asked.said.conversation, self._begun.shown)
        return Answered(_raw(told), None)

    def verdict(self, *, over: bool = False, late: bool = False) -> Steps[Answered] | None:
        """The judging, once, when the stream has told its end (`over`: the connection has), or nobody waits for it.

        `late`: whoever reads has waited for as long as the policy holds a stream. A reader that stops at the end of
        what is told, and not of the connection, must not be left without a verdict.
        """
        whole = over or self._ended
        why = None if whole else self._too_late() if late else self._too_much()
        if self._judged or not (whole or why):
            return None
        self._judged = True
        return self.cut(why) if why else self.end()

    def patience(self) -> float:
        """For how many seconds more whoever reads may wait for the model's next words."""
        if not self.holds:
            return inf
        return max(0.0, self._manner.policy.exchange.hold_seconds - (self._manner.clock() - self._since))

    def _too_much(self) -> Unjudged | None:
        """Why nobody waits for the rest; None while it may go on."""
        limit = self._manner.policy.exchange.hold_bytes
        if self.holds and self._bytes > limit:
            return Unjudged("too_long", f"the stream is longer than {limit} bytes")
        return self._too_late() if self.patience() <= 0 else None

    def _too_late(self) -> Unjudged:
        limit = self._manner.policy.exchange.hold_seconds
        return Unjudged("timeout", f"the stream takes longer than {limit} seconds")

    def end(self) -> Steps[Answered]:
        """The stream has ended: what may be shown of it. Raises as `answered`."""
        events = [*self._events, *self._splitter.rest()]
        try:
            heard = self._asked.dialect.heard(events)
            if heard.answer is None:  # an error is passed on; the words before it nobody judged
                return Answered(_raw(heard.events) if self.holds else b"", None)
            judged = yield from reviewed(self._asked, heard.answer, self._manner)
            self._check_kept(heard.answer, judged)
            told = list(heard.events[self._begun.told :])
            if judged.replies:
                marked = _marked(judged)
                told = self._asked.dialect.told(told, marked, judged.replies, self._begun.shown)
        except Exception as error:  # noqa: BLE001 - see `_unread`
            return _unread(b"", self._manner, error)
        if not self.holds:
            return Answered(b"", judged.outcome, judged.names)
        return Answered(_raw(told), judged.outcome, judged.names, judged.mark)

    def _check_kept(self, answer: dict[str, Json], judged: Reviewed) -> None:
        """Raises `GuardError` where the reply is not what was begun; the pipeline sees to it that it always is."""
        shown = self._begun.shown
        if not shown:
            return
        own = next((draft for draft in self._asked.dialect.drafts(answer) if draft.place == 0), None)
        if own and (own.kind == "broken_off" or judged.replies.get(0, own.text).startswith(shown)):
            return  # a reply that breaks off is told to have done so
        self._manner.memory.reply(self._asked.said.conversation, shown)
        error = GuardError(
            "the beginning of this reply was shown, and the whole of it may not go out with that beginning: a fault of "
            "the guard. Nothing more of it is told. Report it, and set exchange.stream: hold until it is mended."
        )
        _LOG.error("%s", error)
        raise error

    def cut(self, why: Unjudged) -> Steps[Answered]:
        """Nobody waits any longer: a person gets the case, and a whole answer says so.

        Where a beginning was shown, it is told to the end of its sentence, and the holding message follows as a
        paragraph of its own: what was shown stands whatever follows.
        """
        shown = self._begun.shown
        begun = self._begun.words[: self._begun.place] if shown else ""
        outcome = yield from without_draft(self._asked, why, self._manner, begun)
        answer, events = self._asked.dialect.held_too_long(self._events, outcome.reply, shown)
        names = yield from remembered(self._asked, answer, {0: outcome}, self._manner)
        return Answered(_raw(events), outcome, names)


def _treated(asked: Asked, manner: Manner) -> Treated:
    policy = manner.policy
    if policy.mode != "enforce":
        return "passed"
    early = policy.exchange.stream == "early" and asked.begins and manner.beginnings
    return "early" if early else "held"


def _unread(body: bytes, manner: Manner, error: Exception) -> Answered:
    """Who only watches must not break what they watch; who enforces passes nothing on that nobody could read."""
    error = _told(
        error, GuardError("the model's answer is nested too deeply, so it was not passed on unjudged.")
    )
    if manner.policy.mode == "enforce" or isinstance(error, NotForProseError):
        raise error
    # Words of an error that is not ours could be a customer's.
    told = str(error) if isinstance(error, GuardError) else type(error).__name__
    _LOG.warning("unjudged in mode %s: %s", manner.policy.mode, told)
    return Answered(body, None)


def _told(error: Exception, too_deep: GuardError) -> Exception:
    """How deep is too deep depends on who called whom, so it may show anywhere between reading and writing JSON."""
    return too_deep if isinstance(error, RecursionError) else error


def _marked(judged: Reviewed) -> dict[str, Json]:
    return {**judged.answer, FIELD: dict(judged.mark)} if judged.mark else judged.answer


def _raw(events: Sequence[Event]) -> bytes:
    return b"".join(event.raw for event in events)


def _dumped(answer: Mapping[str, Json]) -> bytes:
    return json.dumps(answer).encode()


def _is_plain(body: bytes) -> bool:
    """Nothing stands before or behind the object, and it is no UTF-16."""
    return body[:1] == b"{" and body.rstrip()[-1:] == b"}"


def _spliced(body: bytes, mark: Mapping[str, Json]) -> bytes:
    """The body with the mark as its last field, every other byte as it came."""
    text = body.rstrip()
    return text[:-1] + b"," + json.dumps(FIELD).encode() + b":" + _dumped(mark) + b"}"
