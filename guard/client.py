"""`guard.wrap(client)`: the same OpenAI client, its replies guarded where all of its calls end, in `send()`.

The wrapped HTTP client shares the state of the one it stands for (pool, limits, proxies, hooks), whatever its
class: httpx2, or a legacy httpx client, sync or async.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar, cast
from uuid import uuid4

from openai import AsyncOpenAI, OpenAI, OpenAIError

from guard.errors import EscalationError, GuardError, UnguardedError
from guard.exchange import drafts, surface, with_replies
from guard.outcome import Outcome
from guard.records import Json
from guard.report import name_of

if TYPE_CHECKING:
    from guard.assemble import Guard

Client = TypeVar("Client")
FIELD = "compassion_guard"
"""The extra field of a response that names its outcome."""
_KEPT = 1024
"""Outcomes that a guard keeps for `outcome_of`; older ones are forgotten."""


class GuardedCallError(OpenAIError, GuardError):
    """What the guard raises inside an SDK call. The SDK lets its own errors out and never retries them."""


class UnguardedCallError(GuardedCallError, UnguardedError):
    """A reply was asked for in a way that is not guarded yet."""


class WithheldCallError(GuardedCallError, EscalationError):
    """The handoff could not be stored: there is no text for the customer."""


class _Url(Protocol):
    path: str


class _Request(Protocol):
    method: str
    url: _Url

    def read(self) -> bytes: ...


class _Response(Protocol):
    status_code: int
    headers: Mapping[str, str]
    extensions: dict[str, object]

    def read(self) -> bytes: ...
    async def aread(self) -> bytes: ...


def wrap(client: Client, guard: "Guard") -> Client:
    """A copy of the client that shares its connections. Raises `UnguardedError` for anything but an OpenAI client."""
    match client:
        case AsyncOpenAI():
            return client.copy(http_client=_standing_for(client._client, _AsyncSend, guard))
        case OpenAI():
            return client.copy(http_client=_standing_for(client._client, _Send, guard))
        case _:
            raise UnguardedError(f"wrap() takes OpenAI() or AsyncOpenAI(), not {type(client).__name__}.")


def outcome_of(response: object, guard: "Guard") -> Outcome:
    """The outcome behind a response; of several choices, the first that was not sent as drafted.

    Raises `GuardError` when the response did not come through this guard or held no reply.
    """
    mark = getattr(response, FIELD, None)
    token = mark.get("id") if isinstance(mark, dict) else None
    found = guard.outcomes.get(str(token))
    if found is None:
        raise GuardError(
            f"no outcome for this response: it did not come through this guard, it held only tool calls, or {_KEPT} "
            "others came after it."
        )
    return found


class _Standing:
    """What both colours share. Closing stays with the client that is stood for: it may be in use elsewhere."""

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
            outcomes = {n: self._guard.review(case) for n, case in drafts(asked, answer).items()}
        except GuardError as error:
            raise _for_sdk(error) from None
        return _delivered(response, request, answer, outcomes, self._guard)


class _AsyncSend(_Standing):
    async def send(self, request: _Request, **options: object) -> object:
        asked = _asked(request)
        response = await super().send(request, **options)  # type: ignore[misc]  # as above
        if asked is None or not 200 <= response.status_code < 300:
            return response
        answer = _answer(await response.aread())
        try:
            outcomes = {n: await self._guard.areview(case) for n, case in drafts(asked, answer).items()}
        except GuardError as error:
            raise _for_sdk(error) from None
        return _delivered(response, request, answer, outcomes, self._guard)


def _standing_for(inner: "Inner", colour: type[_Standing], guard: "Guard") -> "Inner":
    """An HTTP client of the same class with the same state, whose `send` is guarded."""
    kind = type(f"Guarded{type(inner).__name__}", (colour, type(inner)), {"_guard": guard, "_inner": inner})
    standing: _Standing = object.__new__(kind)
    standing.__dict__ = inner.__dict__
    return cast("Inner", standing)


Inner = TypeVar("Inner")


def _asked(request: _Request) -> Mapping[str, Json] | None:
    """The body of a request for a reply, None for other requests. Raises before anything is sent."""
    if surface(request.method, request.url.path, {}) == "other":
        return None
    body = _object(request.read())
    if body is None or surface(request.method, request.url.path, body) != "chat":
        raise UnguardedCallError(
            f"{request.method} {request.url.path} would give a reply that is not guarded yet (streams, Responses, stored "
            "completions). Use chat.completions.create without stream=True, or the client without guard.wrap()."
        )
    return body


def _answer(body: bytes) -> dict[str, Json]:
    answer = _object(body)
    if answer is None:
        raise GuardedCallError("the model's answer is no JSON object, so it was not passed on unjudged.")
    return answer


def _object(body: bytes) -> dict[str, Json] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _for_sdk(error: GuardError) -> GuardedCallError:
    if isinstance(error, EscalationError):
        return WithheldCallError(str(error), case_id=error.case_id, draft=error.draft)
    return GuardedCallError(str(error))


def _delivered(
    response: _Response,
    request: _Request,
    answer: dict[str, Json],
    outcomes: dict[int, Outcome],
    guard: "Guard",
) -> object:
    """The response as the SDK expects it, with the replies that may be seen and the outcome's name."""
    if not outcomes:
        return response
    replies = {n: o.reply for n, o in outcomes.items() if o.reply != o.case.draft}
    told = next((o for n, o in outcomes.items() if n in replies), next(iter(outcomes.values())))
    token = uuid4().hex
    guard.remember(token, told, most=_KEPT)
    mark: Json = {
        "id": token,
        "outcome": name_of(told),
        "verdict": told.judgement.verdict,
        "decision": told.judgement.decision,
    }
    body = json.dumps({**with_replies(answer, replies), FIELD: mark}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    stale = {"content-length", "content-encoding", "transfer-encoding"}
    headers = {k: v for k, v in response.headers.items() if k.lower() not in stale}
    return type(response)(
        response.status_code, headers=headers, content=body, request=request, extensions=response.extensions
    )  # type: ignore[call-arg]


__all__ = ["FIELD", "GuardedCallError", "UnguardedCallError", "WithheldCallError", "outcome_of", "wrap"]
