"""A transport that answers from recordings, and records what it had to ask for. It is all the network that a run has.

replay: nothing is asked; a request without a recording is a miss, which says nothing about the case. record-missing:
misses are asked and recorded. live: everything is asked, nothing recorded. local: there are no requests at all.
"""

from asyncio import CancelledError
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, assert_never

from pydantic import JsonValue, TypeAdapter

from guard.errors import EvalError
from guard.evaluation.pace import retry_after
from guard.evaluation.results import MISSED, RunMode, Source
from guard.evaluation.sources import merged, source_of
from guard.evaluation.tape import NOT_KNOWN, Provenance, Recording, Tape, key_of, usage_of
from guard.model.asker import PROMPT_HEADER
from guard.model.background import soon

if TYPE_CHECKING:
    import httpx2

_PER_TOKEN = 4
"""Characters, as an estimate."""
ANSWER = 300
"""Tokens of an answer, as an estimate."""
_JSON = TypeAdapter[JsonValue](JsonValue)
_OBJECT = TypeAdapter[dict[str, JsonValue]](dict[str, JsonValue])
_OK = 200
_TOO_LONG = 413
_REFUSES = ("content_filter", "context_length_exceeded")
_MEANS = {
    401: ": the key is refused (COMPASSION_GUARD_MODEL_KEY)",
    403: ": the key may not do this (COMPASSION_GUARD_MODEL_KEY)",
    404: ": there is no such model or no such address (COMPASSION_GUARD_MODEL_URL)",
    429: ": too many requests",
}
_RESOURCE = "/chat/completions"
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
"""Headers of a body as it came, which is another one once it was read."""
Saw = Callable[[int | None, float | None], None]
"""Told of every answer of the network: its status, None where none came, and the seconds that it asks us to wait."""


class RecordingMissError(EvalError):
    """A request has no recording, and nothing may be asked."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A request without a recording: enough for somebody to answer it. `tokens`: of the request alone, an estimate."""

    key: str
    prompt: str
    path: str
    body: JsonValue
    tokens: int


@dataclass(slots=True)
class Calls:
    """The calls of one case in one epoch. `failed`: why, by the key of the request that nobody answered well.

    `open`: still asked.
    """

    epoch: int = 0
    replayed: int = 0
    missed: int = 0
    open: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Raises `EvalError` where what the guard made of these calls says nothing about the case."""
        if self.missed:
            raise RecordingMissError(f"{MISSED} of {self.missed} of its requests")
        if self.failed or self.open:
            why = next(reversed(self.failed.values()), "it did not answer in time")
            raise EvalError(f"the model's endpoint failed: {why}")


@dataclass(slots=True)
class Recorder:
    """Shared by all the guards of a run. `misses` by key; `models` as they named themselves.

    Of the recordings that were used: `sources`, and when the `oldest` was made.
    """

    mode: RunMode
    tape: Tape
    network: "httpx2.AsyncBaseTransport | None" = None
    saw: Saw = lambda status, wait: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    by: str = "compassion-guard eval run"
    misses: dict[str, Miss] = field(default_factory=dict)
    models: set[str] = field(default_factory=set)
    oldest: str | None = None
    sources: tuple[Source, ...] = ()
    _lock: Lock = field(default_factory=Lock)

    async def answer(self, request: "httpx2.Request", calls: Calls) -> "httpx2.Response":
        """What the guard gets for one request."""
        body = _JSON.validate_json(request.read() or b"null")
        key = key_of(request.method, request.url.path, body, calls.epoch)
        if self.mode != "live" and (recording := self.tape.get(key)):
            return self._replayed(recording, calls)
        match self.mode:
            case "live" | "record-missing":
                return await self._asked(request, calls, key)
            case "local" | "replay":
                return self._missed(request, body, key, calls)
            case _:
                assert_never(self.mode)

    def begin(self) -> None:
        """Nobody else records into this folder until `close`."""
        if self.mode == "record-missing":
            self.tape.claim()

    def close(self) -> None:
        """Give the network back, and sort what was recorded."""
        if self.network is not None:
            soon(self.network.aclose()).result()
        self.tape.close()

    def _replayed(self, recording: Recording, calls: Calls) -> "httpx2.Response":
        import httpx2

        calls.replayed += 1
        with self._lock:
            if recording.status == _OK:
                self.models.add(recording.model)
            self.oldest = min(self.oldest or recording.provenance.at, recording.provenance.at)
            self.sources = merged((*self.sources, source_of(recording)))
        return httpx2.Response(recording.status, json=recording.response)

    def _missed(
        self, request: "httpx2.Request", body: JsonValue, key: str, calls: Calls
    ) -> "httpx2.Response":
        """An answer that no client tries again. The run knows by `calls` that it means nothing."""
        import httpx2

        calls.missed += 1
        prompt = request.headers.get(PROMPT_HEADER, "")
        tokens = len(request.read()) // _PER_TOKEN
        with self._lock:
            self.misses[key] = Miss(key, prompt, request.url.path, body, tokens)
        told = {"error": {"message": "there is no recording of this request", "code": "no_recording"}}
        return httpx2.Response(404, json=told)

    async def _asked(self, request: "httpx2.Request", calls: Calls, key: str) -> "httpx2.Response":
        import httpx2

        from guard.model.bounded import TooMuchError

        if self.network is None:
            raise EvalError(f"mode {self.mode} asks a model, and no way to one was given.")
        calls.open += 1
        base = _base(request)
        calls.failed[key] = f"{base} did not answer in time"
        try:
            answered, content = await _heard(self.network, request)
        except TooMuchError as error:
            calls.failed[key] = f"{base} answers {error.status}, and the answer {error}"
            self.saw(error.status, None)
            return httpx2.Response(error.status)
        except httpx2.TransportError as error:
            if not isinstance(error, httpx2.TimeoutException):
                calls.failed[key] = f"{base} cannot be reached ({str(error) or type(error).__name__})"
            self.saw(None, None)
            raise
        except CancelledError:  # cut off at the guard's deadline
            self.saw(None, None)
            raise
        finally:
            calls.open -= 1
        self.saw(answered.status_code, retry_after(answered.headers, self.now()))
        told = _object(content)
        if answered.is_success or _is_of_the_case(answered.status_code, told):
            calls.failed.pop(key, None)
            if told is not None:
                self._took(request, answered.status_code, told, key)
        else:
            calls.failed[key] = f"{base} answers {answered.status_code}{_MEANS.get(answered.status_code, '')}"
        kept = [(k, v) for k, v in answered.headers.multi_items() if k not in _OF_THE_WIRE]
        return httpx2.Response(answered.status_code, headers=kept, content=content)

    def _took(self, request: "httpx2.Request", status: int, told: dict[str, JsonValue], key: str) -> None:
        named = told.get("model")
        model = named if isinstance(named, str) and named else NOT_KNOWN
        if status == _OK:
            with self._lock:
                self.models.add(model)
        if self.mode == "record-missing":
            at = self.now().isoformat(timespec="seconds")
            self.tape.add(
                Recording(
                    key=key,
                    prompt=request.headers.get(PROMPT_HEADER, ""),
                    model=model,
                    status=status,
                    response=told,
                    usage=usage_of(told),
                    provenance=Provenance(
                        by=self.by, model=model, at=at, how="recorded from the endpoint's answer"
                    ),
                )
            )


async def _heard(
    network: "httpx2.AsyncBaseTransport", request: "httpx2.Request"
) -> "tuple[httpx2.Response, bytes]":
    """One answer, read whole as long as it is of a size that the guard itself would read; else it is hung up on."""
    from guard.model.bounded import bounded

    answered = await network.handle_async_request(request)
    async with aclosing(answered):
        await bounded(answered)
        return answered, await answered.aread()


def _object(content: bytes) -> dict[str, JsonValue] | None:
    """None where it is no JSON object: nobody's answer, and the guard will say so."""
    try:
        return _OBJECT.validate_json(content)
    except ValueError:
        return None


def _base(request: "httpx2.Request") -> str:
    """Where it was asked, without what may be a secret: no user, no query."""
    url = request.url
    return f"{url.scheme}://{url.netloc.decode()}{url.path.removesuffix(_RESOURCE)}"


def _is_of_the_case(status: int, told: dict[str, JsonValue] | None) -> bool:
    """The endpoint refuses this text for what it is: that says something of the case and its prompt."""
    error = (told or {}).get("error")
    return status == _TOO_LONG or (isinstance(error, dict) and error.get("code") in _REFUSES)


class Line:
    """One guard's line to the recorder: what it calls, from whatever thread, is counted for the case that it reviews."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._calls = Calls()

    def begin(self, epoch: int) -> Calls:
        """The next case. A late call of the one before is counted there."""
        self._calls = Calls(epoch)
        return self._calls

    def transport(self) -> "httpx2.AsyncBaseTransport":
        """What the guard's own client sends its requests through: a function, and no network of its own."""
        import httpx2

        async def answered(request: "httpx2.Request") -> "httpx2.Response":
            return await self._recorder.answer(request, self._calls)

        return httpx2.MockTransport(answered)
