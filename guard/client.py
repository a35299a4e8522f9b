"""`guard.wrap(client)`: the same OpenAI client, its replies guarded where all of its calls end, in `send()`.

The wrapped HTTP client shares the state of the one it stands for (pool, limits, proxies, hooks), whatever its
class: httpx2, or a legacy httpx client, sync or async.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property, partial
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from openai import AsyncOpenAI, OpenAI, OpenAIError

from guard.errors import EscalationError, GuardError, UnguardedError
from guard.exchange.asked import Asked
from guard.exchange.drafts import FIELD
from guard.exchange.judged import Held, Treated, answered, asked_for
from guard.exchange.steps import Answered, Beginnings, Manner, NotForProseError, Steps
from guard.exchange.surface import surface
from guard.judging.beginning import beginnings
from guard.outcome import Outcome
from guard.pipeline import stands_alone

if TYPE_CHECKING:
    from guard.assemble import Guard, OnWithhold

Client = TypeVar("Client")
Inner = TypeVar("Inner")
_NO_SOCKETS = "wss://websockets-are-not-guarded.invalid"
"""Where a guarded client looks for WebSockets, which do not pass through `send()`: a host that cannot exist."""


class GuardedCallError(OpenAIError, GuardError):
    """What the guard raises inside an SDK call. The SDK lets its own errors out and never retries them."""


class UnguardedCallError(GuardedCallError, UnguardedError):
    """A reply was asked for in a way that is not guarded yet."""


class NotStoredCallError(GuardedCallError, EscalationError):
    """The handoff could not be stored: there is no text for the customer."""


class WithheldCallError(GuardedCallError):
    """The reply must not go out, and words in its place were not wanted. `outcome` says what may, with the receipt."""

    def __init__(self, message: str, *, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), outcome=self.outcome), self.args


class _Url(Protocol):
    path: str


class _Request(Protocol):
    method: str
    url: _Url
    headers: Mapping[str, str]
    extensions: dict[str, object]

    def read(self) -> bytes: ...


class _Sent(Protocol):
    extensions: dict[str, Mapping[str, float | None]]


class _Response(Protocol):
    status_code: int
    request: _Sent
    headers: Mapping[str, str]
    extensions: dict[str, object]
    history: Sequence[object]
    elapsed: timedelta

    def read(self) -> bytes: ...
    async def aread(self) -> bytes: ...
    def iter_bytes(self) -> Iterator[bytes]: ...
    def aiter_bytes(self) -> AsyncIterator[bytes]: ...
    def close(self) -> None: ...
    async def aclose(self) -> None: ...


def wrap(client: Client, guard: "Guard", *, on_withhold: "OnWithhold" = "message") -> Client:
    """A copy of the client that shares its connections: closing either closes both.

    What the client makes of itself (`copy`, `with_options`) is guarded too. A conversation is named by the request:
    header `x-conversation-id`, `metadata["conversation_id"]`, `user`, `safety_identifier`. Without a name, two
    customers who wrote the very same words share one handoff.

    Raises `UnguardedError` for anything but an OpenAI client, and for one that another guard has wrapped.
    """
    early = Beginnings(beginnings, partial(stands_alone, policy=guard.policy))
    manner = Manner(guard.policy, guard.memory, raises=on_withhold == "raise", beginnings=early)
    match client:
        case _Guarded():
            if client._guard is not guard or client._manner.raises is not manner.raises:
                raise UnguardedError(
                    "this client is wrapped already, by another guard or with another on_withhold. "
                    "Wrap the client that it was made of."
                )
            return client
        case AsyncOpenAI():
            return _guarded(client, client._client, _AsyncSend, guard, manner)
        case OpenAI():
            return _guarded(client, client._client, _Send, guard, manner)
        case _:
            raise UnguardedError(f"wrap() takes OpenAI() or AsyncOpenAI(), not {type(client).__name__}.")


def outcome_of(response: object, guard: "Guard") -> Outcome:
    """The outcome behind a response or an event of a stream; of several choices, the first that was not sent as drafted.

    Raises `GuardError` when the response did not come through this guard or held no reply.
    """
    mark = getattr(response, FIELD, None)
    whole = getattr(response, "response", response)  # an event of the Responses API
    # Another guard on the way may have left a mark of its own.
    names = (mark.get("id") if isinstance(mark, dict) else None, f"response {getattr(whole, 'id', '') or ''}")
    found = next((o for name in names if (o := guard.outcomes.get(str(name))) is not None), None)
    if found is None:
        raise GuardError(
            "no outcome for this response: it holds tool calls, so it is an intermediate turn; or its stream has not "
            "ended; or it did not come through this guard; or too many others came after it."
        )
    return found


class _Guarded:
    """What is added to the class of an OpenAI client."""

    _guard: "Guard"
    _manner: Manner
    _colour: "type[_Standing]"
    websocket_base_url: object

    def copy(self: Client, *, http_client: object = None, **options: object) -> Client:
        """The SDK's own `copy`; an HTTP client that is passed is guarded like the one before."""
        own = cast("_Guarded", self)
        if http_client is not None:
            http_client = _standing_for(http_client, own._colour, own._guard, own._manner)
        made = super(_Guarded, own).copy(http_client=http_client, **options)  # type: ignore[misc]  # mixed in
        made.websocket_base_url = _NO_SOCKETS
        return cast("Client", made)

    with_options = copy


def _guarded(
    client: Client, http: object, colour: "type[_Standing]", guard: "Guard", manner: Manner
) -> Client:
    """The same client with a guarded HTTP client. Its resources are made anew: those there hold the old one."""
    kind = type(client)
    added = {"_guard": guard, "_manner": manner, "_colour": colour, "__module__": kind.__module__}
    made: _Guarded = object.__new__(type(kind.__name__, (_Guarded, kind), added))
    made.__dict__ = {
        name: value
        for name, value in vars(client).items()
        if not isinstance(getattr(kind, name, None), cached_property)
    } | {"_client": _standing_for(http, colour, guard, manner), "websocket_base_url": _NO_SOCKETS}
    return cast("Client", made)


class _Standing:
    """What both colours share. It does not close when it is forgotten: the client that it stands for may live on."""

    _guard: "Guard"
    _manner: Manner
    _inner: object
    """The client that it stands for, which would close the pool if it were forgotten first."""

    def __del__(self) -> None:
        """Nothing: the pool is not ours."""


class _Send(_Standing):
    def send(self, request: _Request, **options: object) -> object:
        ask, request = _asked(request, self._manner)
        response = super().send(request, **options)  # type: ignore[misc]  # the HTTP client that this is mixed into
        if ask is None or not 200 <= response.status_code < 300:
            return response
        if ask.is_stream(response.headers):
            held = Held(ask, self._manner)
            pieces = (_held if held.holds else _watched)(response, held, self._guard)
            return _with_stream(response, request, pieces, held.treated)
        body = response.read()
        with _for_sdk():
            told = self._guard.exchange(answered(ask, body, self._manner))
        return _delivered(response, request, body, told)


class _AsyncSend(_Standing):
    async def send(self, request: _Request, **options: object) -> object:
        if surface(request.method, request.url.path) in ("responses", "response"):  # looked up in the store
            ask, request = await asyncio.to_thread(_asked, request, self._manner)
        else:
            ask, request = _asked(request, self._manner)
        response = await super().send(request, **options)  # type: ignore[misc]  # as above
        if ask is None or not 200 <= response.status_code < 300:
            return response
        if ask.is_stream(response.headers):
            held = Held(ask, self._manner)
            pieces = (_aheld if held.holds else _awatched)(response, held, self._guard)
            return _with_stream(response, request, pieces, held.treated)
        body = await response.aread()
        with _for_sdk():
            told = await self._guard.aexchange(answered(ask, body, self._manner))
        return _delivered(response, request, body, told)


def _held(response: _Response, held: Held, guard: "Guard") -> Generator[bytes, None, None]:
    """The stream as the customer may see it, once it is judged; a beginning of it before, where the policy wants that."""
    ours = _limits_silence(response, held)
    try:
        verdict = yield from _until_verdict(response, held, guard)
    except _library(response).ReadTimeout:
        if not ours:
            raise
        verdict = held.verdict(late=True)
    finally:
        response.close()
    if verdict is not None:
        yield _told(guard, verdict)


def _until_verdict(
    response: _Response, held: Held, guard: "Guard"
) -> Generator[bytes, None, Steps[Answered] | None]:
    """What may go on before the verdict, and then the judging that gives the rest."""
    for piece in response.iter_bytes():
        held.feed(piece)
        if (verdict := held.verdict()) is not None:
            return verdict
        if (beginning := held.beginning()) is not None and (told := _told(guard, beginning)):
            yield told
    return held.verdict(over=True)


def _told(guard: "Guard", steps: Steps[Answered]) -> bytes:
    with _for_sdk():
        return guard.exchange(steps).body


async def _aheld(response: _Response, held: Held, guard: "Guard") -> AsyncGenerator[bytes, None]:
    pieces = response.aiter_bytes()
    try:
        while (verdict := held.verdict()) is None:
            try:
                async with asyncio.timeout(held.patience()):
                    held.feed(await anext(pieces))
            except StopAsyncIteration:
                verdict = held.verdict(over=True)
                break
            except TimeoutError:
                verdict = held.verdict(late=True)
                break
            if (beginning := held.beginning()) is not None and (told := await _atold(guard, beginning)):
                yield told
    finally:
        await response.aclose()
    if verdict is not None:
        yield await _atold(guard, verdict)


async def _atold(guard: "Guard", steps: Steps[Answered]) -> bytes:
    with _for_sdk():
        return (await guard.aexchange(steps)).body


def _limits_silence(response: _Response, held: Held) -> bool:
    """Let the model be silent for no longer than the policy holds a stream; whether the app's own limit is longer.

    A thread that reads cannot be called back, so a stream may be held twice as long where its silence begins late. The
    request's limits are read anew where its answer's body begins: until then those of the app stand.
    """
    limits = dict(response.request.extensions.get("timeout") or {})
    own, patience = limits.get("read"), held.patience()
    if own is not None and own <= patience:
        return False
    response.request.extensions["timeout"] = {**limits, "read": patience}
    return True


def _watched(response: _Response, held: Held, guard: "Guard") -> Generator[bytes, None, None]:
    """The stream as it comes, judged before its last words: whoever reads leaves with them."""
    for piece in response.iter_bytes():
        held.feed(piece)
        if (verdict := held.verdict()) is not None:
            with _for_sdk():
                guard.exchange(verdict)
        yield piece
    if (verdict := held.verdict(over=True)) is not None:
        with _for_sdk():
            guard.exchange(verdict)


async def _awatched(response: _Response, held: Held, guard: "Guard") -> AsyncGenerator[bytes, None]:
    async for piece in response.aiter_bytes():
        held.feed(piece)
        if (verdict := held.verdict()) is not None:
            with _for_sdk():
                await guard.aexchange(verdict)
        yield piece
    if (verdict := held.verdict(over=True)) is not None:
        with _for_sdk():
            await guard.aexchange(verdict)


def _standing_for(inner: Inner, colour: type[_Standing], guard: "Guard", manner: Manner) -> Inner:
    """An HTTP client of the same class with the same state, whose `send` is guarded."""
    if isinstance(inner, _Standing):
        if inner._guard is not guard:
            raise UnguardedError(
                "this HTTP client is guarded by another guard. Pass the one that it stands for."
            )
        return inner
    kind = type(
        f"Guarded{type(inner).__name__}",
        (colour, type(inner)),
        {"_guard": guard, "_manner": manner, "_inner": inner},
    )
    standing: _Standing = object.__new__(kind)
    standing.__dict__ = inner.__dict__
    return cast("Inner", standing)


def _asked(request: _Request, manner: Manner) -> tuple[Asked | None, _Request]:
    """The request as the guard sees it, and as it is sent. Raises before anything is sent."""
    with _for_sdk():
        ask = asked_for(request.method, request.url.path, request.headers, request.read(), manner)
    if ask is None or ask.body is None:
        return ask, request
    headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
    made = type(request)(
        request.method, request.url, headers=headers, content=ask.body, extensions=request.extensions
    )  # type: ignore[call-arg]  # a Protocol has no constructor
    return ask, made


@contextmanager
def _for_sdk() -> Iterator[None]:
    """Our errors as children of the SDK's own, which it lets out and never retries."""
    try:
        yield
    except EscalationError as error:
        raise NotStoredCallError(str(error), case_id=error.case_id, draft=error.draft) from None
    except UnguardedError as error:
        raise UnguardedCallError(str(error)) from None
    except NotForProseError as error:
        raise WithheldCallError(str(error), outcome=error.outcome) from None
    except GuardError as error:
        raise GuardedCallError(str(error)) from None


def _delivered(response: _Response, request: _Request, body: bytes, told: Answered) -> object:
    """The response as the SDK expects it; the very one that came where not a byte was changed."""
    if told.body is body:
        return response
    return _made(response, request, told.mark or {}, content=told.body)


_Pieces = Generator[bytes, None, None] | AsyncGenerator[bytes, None]


def _with_stream(response: _Response, request: _Request, pieces: _Pieces, treated: Treated) -> object:
    """The response with its stream guarded; closing it closes what is read and then where from.

    The stream is of the HTTP library's own kind, for it looks for that and not for an iterator.
    """
    library = _library(response)
    made: list[_Response] = []

    def closed() -> None:
        with suppress(RuntimeError):  # one that was not read to its end has no time
            made[0].elapsed = response.elapsed

    async def aclose(_: object) -> None:
        await response.aclose()
        with suppress(RuntimeError):  # another task reads it, and learns from the closed connection
            await cast("AsyncGenerator[bytes, None]", pieces).aclose()
        closed()

    def close(_: object) -> None:
        response.close()
        with suppress(ValueError):  # as above, a thread
            pieces.close()  # type: ignore[union-attr]  # sync here
        closed()

    if isinstance(pieces, AsyncGenerator):
        stream = type(
            "HeldStream", (library.AsyncByteStream,), {"__aiter__": lambda _: pieces, "aclose": aclose}
        )()
    else:
        stream = type(
            "HeldStream", (library.SyncByteStream,), {"__iter__": lambda _: pieces, "close": close}
        )()
    made.append(cast("_Response", _made(response, request, {"stream": treated}, stream=stream)))
    return made[0]


def _library(response: _Response) -> ModuleType:
    """httpx2, or httpx where a legacy client was passed."""
    return sys.modules[type(response).__module__.partition(".")[0]]


def _made(response: _Response, request: _Request, mark: Mapping[str, object], **body: object) -> object:
    stale = {"content-length", "content-encoding", "transfer-encoding"}
    headers = {k: v for k, v in response.headers.items() if k.lower() not in stale}
    headers |= {f"x-compassion-{n}": str(mark[n]) for n in ("id", "outcome", "stream") if n in mark}
    made = type(response)(
        response.status_code,
        headers=headers,
        request=request,
        extensions=response.extensions,
        history=response.history,
        **body,
    )  # type: ignore[call-arg]  # a Protocol has no constructor
    with suppress(RuntimeError):  # a response that was made without a transport has no time
        made.elapsed = response.elapsed
    return made


__all__ = [
    "GuardedCallError",
    "NotStoredCallError",
    "UnguardedCallError",
    "WithheldCallError",
    "outcome_of",
    "wrap",
]
