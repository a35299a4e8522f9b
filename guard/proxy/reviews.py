"""The guard without a model: a case in and its outcome out, and LiteLLM's generic guardrail API.

https://docs.litellm.ai/docs/adding_provider/generic_guardrail_api says what LiteLLM sends. The conversation comes with
the request alone, so it is remembered by the call's id until the response comes: `mode: [pre_call, post_call]`. A reply
to an unknown conversation is blocked: an apology without a step is fine only where nobody asked for one.
"""

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from guard.errors import CaseError, GuardError, UnguardedError
from guard.exchange.asked import asked
from guard.exchange.judged import answered
from guard.exchange.sse import unambiguous
from guard.exchange.steps import Manner
from guard.proxy.keys import Keys
from guard.proxy.options import Options
from guard.proxy.proxied import read
from guard.proxy.refusals import Refused, json_response
from guard.records import Json
from guard.report import line

if TYPE_CHECKING:
    from guard.assemble import Guard

_LOG = logging.getLogger("guard.proxy")
_KEPT = 1024
"""Calls of LiteLLM whose conversation is remembered; the oldest are forgotten first."""


class Reviews:
    """Both endpoints."""

    def __init__(self, guard: "Guard", options: Options) -> None:
        self._guard = guard
        self._options = options
        self._keys = Keys(options.keys)
        self._manner = Manner(guard.policy, guard.memory, raises=options.raises)
        self._calls: OrderedDict[str, bytes] = OrderedDict()

    async def review(self, request: Request) -> Response:
        """A case, as a line of a case file; the line that `review --json` would print."""
        obj = await self._object(request)
        try:
            case = self._guard.case(obj)
        except CaseError as error:
            raise Refused(422, "case", str(error)) from None
        started = time.perf_counter()
        outcome = await self._guard.areview(case)
        return json_response(line(outcome, (time.perf_counter() - started) * 1e3))

    async def guardrail(self, request: Request) -> Response:
        """What LiteLLM is to do with these texts. Requests are not judged, only remembered."""
        obj = await self._object(request)
        id = obj.get("litellm_call_id")
        call = id if isinstance(id, str) else ""
        texts = _list(obj, "texts")
        if not all(isinstance(text, str) for text in texts):
            raise Refused(422, "guardrail", "texts: expected a list of texts.")
        match obj.get("input_type"):
            case "request":
                self._remember(call, obj, texts)
                return json_response({"action": "NONE"})
            case "response":
                return json_response(await self._verdict(call, obj, texts))
            case _:
                raise Refused(422, "guardrail", 'input_type: expected "request" or "response".')

    async def _verdict(self, call: str, obj: Mapping[str, Json], texts: list[Json]) -> dict[str, Json]:
        """The texts as choices of a chat completion, judged as one that passes through the proxy is.

        What cannot be judged is blocked, and no 503: LiteLLM can be told to let replies pass where a guardrail fails.
        """
        calls = {"tool_calls": obj["tool_calls"]} if obj.get("tool_calls") else {}
        choices = [{"message": {"role": "assistant", "content": text, **calls}} for text in texts]
        try:
            if call not in self._calls:
                raise UnguardedError(
                    "the conversation of this call is not known here. Set mode: [pre_call, post_call] in LiteLLM."
                )
            ask = asked("POST", "/chat/completions", {}, self._calls[call], self._manner.memory)
            assert ask is not None  # noqa: S101 - a chat completion brings a reply
            body = json.dumps({"id": call, "choices": choices}).encode()
            answer = await self._guard.aexchange(answered(ask, body, self._manner))
        except (GuardError, RecursionError) as error:
            _LOG.warning("unjudged in mode %s: %s", self._guard.policy.mode, error)
            blocks = self._guard.policy.mode == "enforce"
            return {"action": "BLOCKED", "blocked_reason": str(error)} if blocks else {"action": "NONE"}
        told: list[Json] = [
            choice["message"]["content"] or "" for choice in json.loads(answer.body)["choices"]
        ]
        return {"action": "NONE"} if told == texts else {"action": "GUARDRAIL_INTERVENED", "texts": told}

    async def _object(self, request: Request) -> dict[str, Json]:
        self._keys.check_own(request.headers)
        body = await read(request, self._options.body_limit)
        try:
            obj = unambiguous(body)
        except ValueError:
            raise Refused(
                422,
                "case",
                "body: it is no JSON, or one too deep or with a name twice. Send one JSON object.",
            ) from None
        if not isinstance(obj, dict):
            raise Refused(422, "case", "body: it is JSON and no object. Send one JSON object.")
        return obj

    def _remember(self, call: str, obj: Mapping[str, Json], texts: list[Json]) -> None:
        """Keep the request as the chat completion that it is. Without an id it would be taken for another one."""
        if not call:
            return
        about = obj.get("request_data")
        asked_for = {
            "messages": _list(obj, "structured_messages") or [{"role": "user", "content": t} for t in texts],
            "tools": obj.get("tools"),
            "user": about.get("user_api_key_end_user_id") if isinstance(about, dict) else None,
        }
        self._calls[call] = json.dumps(asked_for).encode()
        self._calls.move_to_end(call)
        while len(self._calls) > _KEPT:
            self._calls.popitem(last=False)


def _list(obj: Mapping[str, Json], name: str) -> list[Json]:
    value = obj.get(name)
    if not isinstance(value, list | None):
        raise Refused(422, "guardrail", f"{name}: expected a list.")
    return value or []
