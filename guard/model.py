"""The guard's own model: any OpenAI-compatible endpoint, asked with a deadline, in a line, behind a circuit breaker.

This client is never a guarded one. Whatever goes wrong is an answer (`NoCompletion`) with its cause, never a pass and
never an exception; its words hold nothing that the customer wrote.
"""

import logging
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLateError
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from guard.assessment import Cause
from guard.effects import Complete, Completion, NoCompletion, Role
from guard.outcome import Spent
from guard.policy import Model
from guard.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI
    from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

_LOG = logging.getLogger("guard.model")
_PROMPT = "x-compassion-guard-prompt"
"""Which template asks: a recording keeps it, and an endpoint may log it."""
_TOO_LONG = re.compile(r"context|maximum|too long|too many tokens", re.IGNORECASE)
_NAME = "gpt-4.1-mini"
"""Asked where neither the policy nor the prompt names a model."""


class Asker:
    """Asks one endpoint. Safe to share between threads; connects when it is first asked."""

    def __init__(
        self,
        settings: Settings,
        model: Model,
        transport: "httpx2.BaseTransport | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._model = model
        self._transport = transport
        self._breaker = Breaker(model.failures, model.rest_seconds, clock)
        self._line: ThreadPoolExecutor | None = None
        self._of = 0
        self._client: OpenAI | None = None
        self._lock = Lock()

    def complete(self, asked: Complete) -> Completion | NoCompletion:
        """One answer, within the deadline or not at all."""
        if not self._breaker.lets_pass():
            return NoCompletion(
                "unavailable", "the model failed too often; it is left alone for a while", Spent()
            )
        answer = self._in_time(asked)
        failed = isinstance(answer, NoCompletion) and answer.cause in ("timeout", "unavailable")
        self._breaker.told(failed=failed)
        if failed and isinstance(answer, NoCompletion):
            _LOG.warning("%s was not answered (%s: %s)", asked.prompt, answer.cause, answer.detail)
        return answer

    def _in_time(self, asked: Complete) -> Completion | NoCompletion:
        """The wait in line counts too: a customer waits for both. A call that nobody waits for any more is not begun."""
        waiting: Future[Completion | NoCompletion] = self._pool().submit(self._ask, asked)
        try:
            return waiting.result(self._model.seconds)
        except TooLateError:
            waiting.cancel()
            return self._none(
                asked, "timeout", f"the model did not answer in {self._model.seconds:g} seconds"
            )

    def _ask(self, asked: Complete) -> Completion | NoCompletion:
        import openai

        try:
            answer = self._sdk().chat.completions.create(
                model=self._model.name or asked.model or _NAME,
                messages=[_message(role, text) for role, text in asked.messages],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": asked.name, "strict": True, "schema": dict(asked.schema)},
                },
                extra_body=dict(asked.parameters) or None,
                extra_headers={_PROMPT: asked.prompt},
            )
        except openai.APITimeoutError:
            return self._none(asked, "timeout", "the model's endpoint did not answer in time")
        except openai.APIConnectionError:
            return self._none(asked, "unavailable", "the model's endpoint cannot be reached")
        except openai.APIStatusError as error:
            return self._refusal(asked, error.status_code, error.code, str(error))
        except Exception as error:  # noqa: BLE001 - no key at all; a body that is no JSON: none of it is an answer
            told = f"the model cannot be asked ({type(error).__name__}); it needs COMPASSION_GUARD_MODEL_URL and _MODEL_KEY"
            return self._none(asked, "unavailable", told)
        try:
            return self._read(asked, answer)
        except Exception:  # noqa: BLE001 - the SDK takes any JSON for an answer
            return self._none(
                asked, "unparsable", "the model's answer has not the shape of a chat completion"
            )

    def _refusal(self, asked: Complete, status: int, code: object, told: str) -> NoCompletion:
        if code == "context_length_exceeded" or status == 413 or (status == 400 and _TOO_LONG.search(told)):
            return self._none(asked, "over_budget", "the prompt is too long for the model")
        if code == "content_filter":
            return self._none(asked, "refused", "the endpoint's content filter refused the prompt")
        if status in (400, 422):  # of this prompt, and no reason to leave the model alone
            return self._none(asked, "refused", f"the model's endpoint refuses this prompt ({status})")
        return self._none(asked, "unavailable", f"the model's endpoint answers {status}")

    def _read(self, asked: Complete, answer: "ChatCompletion") -> Completion | NoCompletion:
        spent = self._spent(asked, answer)
        if not answer.choices:
            return NoCompletion("unparsable", "the model's answer holds no choice", spent)
        choice = answer.choices[0]
        if choice.finish_reason == "content_filter" or choice.message.refusal:
            return NoCompletion("refused", "the model refused to answer", spent)
        if choice.finish_reason == "length":
            return NoCompletion("cut", "the model's answer was cut off", spent)
        if not choice.message.content:
            return NoCompletion("unparsable", "the model's answer is empty", spent)
        return Completion(choice.message.content, spent)

    def _spent(self, asked: Complete, answer: "ChatCompletion") -> Spent:
        usage = answer.usage
        used, written = (_count(usage.prompt_tokens), _count(usage.completion_tokens)) if usage else (0, 0)
        price_in, price_out = self._model.usd_in, self._model.usd_out
        known = usage is not None and price_in is not None and price_out is not None
        return Spent(
            calls=1,
            input_tokens=used,
            output_tokens=written,
            usd=(used * (price_in or 0) + written * (price_out or 0)) / 1e6 if known else None,
            prompts=(asked.prompt,),
            models=(_name(answer.model),) if _name(answer.model) else (),
        )

    def _none(self, asked: Complete, cause: Cause, detail: str) -> NoCompletion:
        return NoCompletion(cause, detail, Spent(calls=1, usd=None, prompts=(asked.prompt,)))

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._line is None or self._of != os.getpid():  # threads do not survive a fork
                self._line = ThreadPoolExecutor(self._model.at_once, thread_name_prefix="guard-model")
                self._of = os.getpid()
            return self._line

    def _sdk(self) -> "OpenAI":
        with self._lock:
            if self._client is None:
                from openai import DefaultHttpxClient, OpenAI

                self._client = OpenAI(
                    base_url=self._settings.model_url,
                    api_key=self._settings.model_key,
                    timeout=self._model.seconds,
                    max_retries=self._model.retries,
                    http_client=DefaultHttpxClient(transport=self._transport) if self._transport else None,
                )
            return self._client


def _name(told: object) -> str:
    """What the endpoint calls its model, where it says so."""
    return told if isinstance(told, str) else ""


def _count(told: object) -> int:
    """Tokens as the endpoint counted them, where it did."""
    return told if type(told) is int and told >= 0 else 0


def _message(role: Role, text: str) -> "ChatCompletionMessageParam":
    match role:
        case "system":
            return {"role": role, "content": text}
        case "user":
            return {"role": role, "content": text}
        case "assistant":
            return {"role": role, "content": text}


@dataclass(slots=True)
class Breaker:
    """Open after `failures` in a row, for `rest` seconds; then one call may try, and closes it where it succeeds."""

    failures: int
    rest: float
    clock: Callable[[], float]
    _row: int = 0
    _until: float | None = None
    _lock: Lock = field(default_factory=Lock)

    def lets_pass(self) -> bool:
        """Whether somebody may ask now."""
        with self._lock:
            if self._until is None:
                return True
            if self.clock() < self._until:
                return False
            self._until = self.clock() + self.rest  # this one tries; the others go on waiting
            return True

    def told(self, *, failed: bool) -> None:
        """How the call went."""
        with self._lock:
            if not failed:
                self._row, self._until = 0, None
                return
            self._row += 1
            if self._row >= self.failures:
                self._until = self.clock() + self.rest
