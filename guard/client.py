"""`guard.wrap(client)`: the same OpenAI client, its replies guarded where all of its calls end, in `send()`.

The wrapped HTTP client shares the state of the one it stands for (pool, limits, proxies, hooks), whatever its
class: httpx2, or a legacy httpx client, sync or async.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol, TypeVar, cast
from uuid import uuid4

from openai import AsyncOpenAI, OpenAI, OpenAIError

from guard.errors import EscalationError, GuardError, UnguardedError
from guard.exchange import check_guardable, conversation, drafts, is_structured, surface, with_replies
from guard.outcome import Outcome, Rewritten, Sent, Withheld
from guard.records import Json
from guard.report import name_of

if TYPE_CHECKING:
    from guard.assemble import Guard

Client = TypeVar("Client")
Inner = TypeVar("Inner")
FIELD = "compassion_guard"
"""The extra field of a response that names its outcome."""
_KEPT = 1024
"""Outcomes that a guard keeps for `outcome_of`; older ones are forgotten."""
_NO_SOCKETS = "wss://websockets-are-not-guarded.invalid"
"""Where a guarded client looks for WebSockets, which do not pass through `send()`: a host that cannot exist."""


class GuardedCallError(OpenAIError, GuardError):
    """What the guard raises inside an SDK call. The SDK lets its own errors out and never retries them."""


class UnguardedCallError(GuardedCallError, UnguardedError):
    """A reply was asked for in a way that is not guarded yet."""


class NotStoredCallError(GuardedCallError, EscalationError):
    """The handoff could not be stored: there is no text for the customer."""


class WithheldCallError(GuardedCallError):
    """JSON was asked for, and the reply in it must not go out. `outcome` says what may, with the receipt."""

    def __init__(self, message: str, *, outcome: Rewritten | Withheld) -> None:
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

    def read(self) -> bytes: ...


class _Response(Protocol):
    status_code: int
    headers: Mapping[str, str]
    extensions: dict[str, object]
    content: bytes
    history: Sequence[object]
    elapsed: timedelta

    def read(self) -> bytes: ...
    async def aread(self) -> bytes: ...


def wrap(client: Client, guard: "Guard") -> Client:
    """A copy of the client that shares its connections: closing either closes both.

    What the client makes of itself (`copy`, `with_options`) is guarded too. A conversation is named by the request:
    header `x-conversation-id`, `metadata["conversation_id"]`, `user`, `safety_identifier`. Without a name, two
    customers who wrote the very same words share one handoff.

    Raises `UnguardedError` for anything but an OpenAI client, and for one that another guard has wrapped.
    """
    match client:
        case _Guarded():
            if client._guard is not guard:
                raise UnguardedError(
                    "this client is wrapped by another guard. Wrap the client that it was made of."
                )
            return client
        case AsyncOpenAI():
            return _guarded(client, client._client, _AsyncSend, guard)
        case OpenAI():
            return _guarded(client, client._client, _Send, guard)
        case _:
            raise UnguardedError(f"wrap() takes OpenAI() or AsyncOpenAI(), not {type(client).__name__}.")


def outcome_of(response: object, guard: "Guard") -> Outcome:
    """The outcome behind a response; of several choices, the first that was not sent as drafted.

    Raises `GuardError` when the response did not come through this guard or held no reply.
    """
    mark = getattr(response, FIELD, None)
    token = mark.get("id") if isinstance(mark, dict) else _unmarked(getattr(response, "id", None))
    found = guard.outcomes.get(str(token))
    if found is None:
        raise GuardError(
            "no outcome for this response: it holds tool calls, so it is an intermediate turn that passes unjudged; "
            f"or it did not come through this guard; or {_KEPT} others came after it."
        )
    return found


def _unmarked(id: object) -> str:
    """How an outcome is kept whose response is left as it came: by the name that the model's server gave it."""
    return f"response {id}"


class _Guarded:
    """What is added to the class of an OpenAI client."""

    _guard: "Guard"
    _colour: "type[_Standing]"
    websocket_base_url: object

    def copy(self: Client, *, http_client: object = None, **options: object) -> Client:
        """The SDK's own `copy`; an HTTP client that is passed is guarded like the one before."""
        own = cast("_Guarded", self)
        if http_client is not None:
            http_client = _standing_for(http_client, own._colour, own._guard)
        made = super(_Guarded, own).copy(http_client=http_client, **options)  # type: ignore[misc]  # mixed in
        made.websocket_base_url = _NO_SOCKETS
        return cast("Client", made)

    with_options = copy


def _guarded(client: Client, http: object, colour: "type[_Standing]", guard: "Guard") -> Client:
    """The same client with a guarded HTTP client. Its resources are made anew: those there hold the old one."""
    kind = type(client)
    added = {"_guard": guard, "_colour": colour, "__module__": kind.__module__}
    made: _Guarded = object.__new__(type(kind.__name__, (_Guarded, kind), added))
    made.__dict__ = {
        name: value
        for name, value in vars(client).items()
        if not isinstance(getattr(kind, name, None), cached_property)
    } | {"_client": _standing_for(http, colour, guard), "websocket_base_url": _NO_SOCKETS}
    return cast("Client", made)


class _Standing:
    """What both colours share. It does not close when it is forgotten: the client that it stands for may live on."""

    _guard: "Guard"
    _inner: object

    def __del__(self) -> None:
        """Nothing: the pool is not ours."""


class _Send(_Standing):
    def send(self, request: _Request, **options: object) -> object:
        asked = _asked(request)
        response = super().send(request, **options)  # type: ignore[misc]  # the HTTP client that this is mixed into
        if asked is None or not 200 <= response.status_code < 300:
            return response
        answer = _answer(response.read())
        try:
            cases = drafts(asked, answer, conversation(asked, request.headers))
            outcomes = {n: self._guard.review(case) for n, case in cases.items()}
        except GuardError as error:
            raise _for_sdk(error) from None
        return _delivered(response, request, asked, outcomes, self._guard)


class _AsyncSend(_Standing):
    async def send(self, request: _Request, **options: object) -> object:
        asked = _asked(request)
        response = await super().send(request, **options)  # type: ignore[misc]  # as above
        if asked is None or not 200 <= response.status_code < 300:
            return response
        answer = _answer(await response.aread())
        try:
            cases = drafts(asked, answer, conversation(asked, request.headers))
            outcomes = {n: await self._guard.areview(case) for n, case in cases.items()}
        except GuardError as error:
            raise _for_sdk(error) from None
        return _delivered(response, request, asked, outcomes, self._guard)


def _standing_for(inner: Inner, colour: type[_Standing], guard: "Guard") -> Inner:
    """An HTTP client of the same class with the same state, whose `send` is guarded."""
    if isinstance(inner, _Standing):
        if inner._guard is not guard:
            raise UnguardedError(
                "this HTTP client is guarded by another guard. Pass the one that it stands for."
            )
        return inner
    kind = type(f"Guarded{type(inner).__name__}", (colour, type(inner)), {"_guard": guard, "_inner": inner})
    standing: _Standing = object.__new__(kind)
    standing.__dict__ = inner.__dict__
    return cast("Inner", standing)


def _asked(request: _Request) -> Mapping[str, Json] | None:
    """The body of a request for a reply, None for other requests. Raises before anything is sent."""
    where = f"{request.method} {request.url.path}"
    match surface(request.method, request.url.path):
        case "no_reply":
            return None
        case "chat":
            body = _object(request.read())
            if body is None:
                raise UnguardedCallError(
                    f"{where}: the body is no JSON object, so its reply cannot be judged."
                )
            try:
                check_guardable(body)
            except UnguardedError as error:
                raise UnguardedCallError(f"{where}: {error}") from None
            return body
        case "unguarded":
            raise UnguardedCallError(
                f"{where} may give a reply, and only chat.completions.create is guarded so far. "
                "Use that, or the client without guard.wrap()."
            )


def _answer(body: bytes) -> dict[str, Json]:
    answer = _object(body)
    if answer is None:
        raise GuardedCallError("the model's answer is no JSON object, so it was not passed on unjudged.")
    return answer


def _object(body: bytes) -> dict[str, Json] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _for_sdk(error: GuardError) -> GuardedCallError:
    if isinstance(error, EscalationError):
        return NotStoredCallError(str(error), case_id=error.case_id, draft=error.draft)
    if isinstance(error, UnguardedError):
        return UnguardedCallError(str(error))
    return GuardedCallError(str(error))


def _delivered(
    response: _Response,
    request: _Request,
    asked: Mapping[str, Json],
    outcomes: dict[int, Outcome],
    guard: "Guard",
) -> object:
    """The response as the SDK expects it, with the replies that may be seen and the outcome's name.

    In `observe` not a byte is changed; in `advise` the verdict travels with the reply.
    """
    if not outcomes:
        return response
    replies = {n: o.reply for n, o in outcomes.items() if not isinstance(o, Sent)}
    told = outcomes[min(replies or outcomes)]
    if not isinstance(told, Sent) and is_structured(asked):
        raise WithheldCallError(
            f"response_format asks for JSON, and the reply in it was {name_of(told)}: words in its place would be no "
            "JSON. The error's `outcome.reply` is what the customer may see.",
            outcome=told,
        )
    if guard.policy.mode == "observe":
        guard.remember(_unmarked(_answer(response.content).get("id")), told, most=_KEPT)
        return response
    token = uuid4().hex
    guard.remember(token, told, most=_KEPT)
    mark: Json = {
        "id": token,
        "outcome": name_of(told),
        "verdict": told.judgement.verdict,
        "decision": told.judgement.decision,
    }
    answer = {**with_replies(_answer(response.content), replies), FIELD: mark}
    return _with_body(response, request, json.dumps(answer, ensure_ascii=False))


def _with_body(response: _Response, request: _Request, body: str) -> object:
    stale = {"content-length", "content-encoding", "transfer-encoding"}
    headers = {k: v for k, v in response.headers.items() if k.lower() not in stale}
    made = type(response)(
        response.status_code,
        headers=headers,
        content=body.encode("utf-8", "surrogatepass"),
        request=request,
        extensions=response.extensions,
        history=response.history,
    )  # type: ignore[call-arg]  # a Protocol has no constructor
    with suppress(RuntimeError):  # a response that was made without a transport has no time
        made.elapsed = response.elapsed
    return made


__all__ = [
    "FIELD",
    "GuardedCallError",
    "NotStoredCallError",
    "UnguardedCallError",
    "WithheldCallError",
    "outcome_of",
    "wrap",
]
