"""A transport that answers from recordings, and records what it had to ask for. It is all the network that a run has.

replay: nothing is asked; a request without a recording is a miss, which says nothing about the case. record-missing:
misses are asked and recorded. live: everything is asked, nothing recorded. local: there are no requests at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, assert_never

from pydantic import JsonValue, TypeAdapter

from guard.errors import EvalError
from guard.evaluation.pace import retry_after
from guard.evaluation.results import RunMode
from guard.evaluation.tape import NOT_KNOWN, Provenance, Recording, Tape, key_of, usage_of

if TYPE_CHECKING:
    import httpx2

PROMPT_HEADER = "x-compassion-guard-prompt"
"""Names the version of the template that was asked; it is no part of a recording's key."""
_PER_TOKEN = 4
"""Characters, as an estimate."""
_ANSWER = 300
"""Tokens of an answer, as an estimate."""
_JSON = TypeAdapter[JsonValue](JsonValue)
_OBJECT = TypeAdapter[dict[str, JsonValue]](dict[str, JsonValue])
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
"""Headers of a body as it came, which is another one once it was read."""
Saw = Callable[[int | None, float | None], None]
"""Told of every answer of the network: its status, None where none came, and the seconds that it asks us to wait."""


MISSED = "no recording"
"""How an error begins that a missing recording is the cause of."""


class RecordingMissError(EvalError):
    """A request has no recording, and nothing may be asked."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A request without a recording: enough for somebody to answer it. `tokens` is an estimate."""

    key: str
    prompt: str
    path: str
    body: JsonValue
    tokens: int


@dataclass(slots=True)
class Calls:
    """The calls of one case in one epoch. `failed`: keys of requests that nobody answered well; `open`: still asked."""

    epoch: int = 0
    replayed: int = 0
    missed: int = 0
    open: int = 0
    failed: set[str] = field(default_factory=set)

    def settle(self) -> None:
        """Raises `EvalError` where what the guard made of these calls says nothing about the case."""
        if self.missed:
            raise RecordingMissError(f"{MISSED} of {self.missed} of its requests")
        if self.failed or self.open:
            raise EvalError("the model's endpoint failed, or did not answer in time")


@dataclass(slots=True)
class Recorder:
    """Shared by all the guards of a run. `misses` by key; `models` as they named themselves; `oldest` recording used."""

    mode: RunMode
    tape: Tape
    network: "httpx2.BaseTransport | None" = None
    saw: Saw = lambda status, wait: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    by: str = "compassion-guard eval run"
    misses: dict[str, Miss] = field(default_factory=dict)
    models: set[str] = field(default_factory=set)
    oldest: str | None = None
    _lock: Lock = field(default_factory=Lock)

    def answer(self, request: "httpx2.Request", calls: Calls) -> "httpx2.Response":
        """What the guard gets for one request."""
        body = _JSON.validate_json(request.read() or b"null")
        key = key_of(request.method, request.url.path, body, calls.epoch)
        if self.mode != "live" and (recording := self.tape.get(key)):
            return self._replayed(recording, calls)
        match self.mode:
            case "live" | "record-missing":
                return self._asked(request, calls, key)
            case "local" | "replay":
                return self._missed(request, body, key, calls)
            case _:
                assert_never(self.mode)

    def _replayed(self, recording: Recording, calls: Calls) -> "httpx2.Response":
        import httpx2

        calls.replayed += 1
        with self._lock:
            self.models.add(recording.model)
            self.oldest = min(self.oldest or recording.provenance.at, recording.provenance.at)
        return httpx2.Response(200, json=recording.response)

    def _missed(
        self, request: "httpx2.Request", body: JsonValue, key: str, calls: Calls
    ) -> "httpx2.Response":
        """An answer that no client tries again. The run knows by `calls` that it means nothing."""
        import httpx2

        calls.missed += 1
        prompt = request.headers.get(PROMPT_HEADER, "")
        tokens = len(request.read()) // _PER_TOKEN + _ANSWER
        with self._lock:
            self.misses[key] = Miss(key, prompt, request.url.path, body, tokens)
        told = {"error": {"message": "there is no recording of this request", "code": "no_recording"}}
        return httpx2.Response(404, json=told, headers={"x-should-retry": "false"})

    def _asked(self, request: "httpx2.Request", calls: Calls, key: str) -> "httpx2.Response":
        import httpx2

        if self.network is None:
            raise EvalError(f"mode {self.mode} asks a model, and no way to one was given.")
        calls.open += 1
        calls.failed.add(key)
        try:
            answered = self.network.handle_request(request)
            content = answered.read()
        except httpx2.TransportError:
            self.saw(None, None)
            raise
        finally:
            calls.open -= 1
        self.saw(answered.status_code, retry_after(answered.headers, self.now()))
        if answered.is_success:
            calls.failed.discard(key)
            self._took(request, content, key)
        kept = [(k, v) for k, v in answered.headers.multi_items() if k not in _OF_THE_WIRE]
        return httpx2.Response(answered.status_code, headers=kept, content=content)

    def _took(self, request: "httpx2.Request", content: bytes, key: str) -> None:
        """An answer arrived. What is no JSON object is nobody's answer, and the guard will say so."""
        try:
            told = _OBJECT.validate_json(content)
        except ValueError:
            return
        named = told.get("model")
        model = named if isinstance(named, str) and named else NOT_KNOWN
        with self._lock:
            self.models.add(model)
        if self.mode == "record-missing":
            at = self.now().isoformat(timespec="seconds")
            source = Provenance(by=self.by, model=model, at=at, how="recorded from the endpoint's answer")
            prompt, usage = request.headers.get(PROMPT_HEADER, ""), usage_of(told)
            self.tape.add(
                Recording(key=key, prompt=prompt, model=model, response=told, usage=usage, provenance=source)
            )


class Line:
    """One guard's line to the recorder: what it calls, from whatever thread, is counted for the case that it reviews."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._calls = Calls()

    def begin(self, epoch: int) -> Calls:
        """The next case. A late call of the one before is counted there."""
        self._calls = Calls(epoch)
        return self._calls

    def transport(self) -> "httpx2.BaseTransport":
        """What the guard's own client sends its requests through: a function, and no network of its own."""
        import httpx2

        return httpx2.MockTransport(lambda request: self._recorder.answer(request, self._calls))
