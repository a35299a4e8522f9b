"""One endpoint, asked. Whatever goes wrong is an answer (`NoCompletion`) with its cause, never a pass and never an exception.

The client here is never a guarded one, and the words of a `NoCompletion` hold nothing that the customer wrote.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING
from weakref import finalize

from pydantic import ValidationError

from guard.assessment import Cause
from guard.effects import Complete, Completion, NoCompletion, Role
from guard.model.answer import Answer
from guard.model.background import soon
from guard.model.breaker import Breaker
from guard.outcome import Spent
from guard.policy import Model
from guard.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, OpenAIError
    from openai.types.chat import ChatCompletionMessageParam

    from guard.model.bounded import TooMuchError

_LOG = logging.getLogger("guard.model")
PROMPT_HEADER = "x-compassion-guard-prompt"
"""Which template asks: a recording keeps it, and an endpoint may log it."""
_TOO_LONG = re.compile(r"context|maximum|too long|too many tokens", re.IGNORECASE)
_FAILED = 400
"""From this status on an answer is an error."""
_NAME = "gpt-4.1-mini"
"""Asked where neither the policy nor the prompt names a model."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What lives on one event loop: the client with its connections, and so many places for calls at once."""

    loop: asyncio.AbstractEventLoop
    client: "AsyncOpenAI"
    places: asyncio.Semaphore


class Asker:
    """Asks one endpoint. Safe to share between threads and event loops; connects when it is first asked."""

    def __init__(
        self,
        settings: Settings,
        model: Model,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._model = model
        self._transport = transport
        self._breaker = Breaker(model.failures, model.rest_seconds, clock)
        self._line: _Line | None = None

    def complete(self, asked: Complete) -> Completion | NoCompletion:
        """One answer, within the deadline or not at all."""
        if not self._breaker.lets_pass():
            return _left_alone()
        try:
            waiting = soon(self._in_time(asked))
        except RuntimeError as error:
            return self._told(asked, self._unasked(asked, error))
        try:
            answer = waiting.result()
        finally:
            waiting.cancel()  # Ctrl-C, say: nobody waits for it any more
        return self._told(asked, answer)

    async def acomplete(self, asked: Complete) -> Completion | NoCompletion:
        """`complete` for any event loop: no thread waits, and a task that is cancelled cancels its call."""
        if not self._breaker.lets_pass():
            return _left_alone()
        try:
            waiting = soon(self._in_time(asked))
        except RuntimeError as error:
            return self._told(asked, self._unasked(asked, error))
        return self._told(asked, await asyncio.wrap_future(waiting))

    def _told(self, asked: Complete, answer: Completion | NoCompletion) -> Completion | NoCompletion:
        """The answer, once the breaker knows how it went."""
        failed = isinstance(answer, NoCompletion) and answer.cause in ("timeout", "unavailable")
        self._breaker.told(failed=failed)
        if failed and isinstance(answer, NoCompletion):
            _LOG.warning("%s was not answered (%s: %s)", asked.prompt, answer.cause, answer.detail)
        return answer

    async def _in_time(self, asked: Complete) -> Completion | NoCompletion:
        """The wait in line counts too, and so do retries: a customer waits for all of it. Late is cut off, connection and all."""
        try:
            async with asyncio.timeout(self._model.seconds):
                return await self._ask(asked)
        except TimeoutError:
            told = f"the model did not answer in {self._model.seconds:g} seconds"
            return self._none(asked, "timeout", told)
        except Exception as error:  # noqa: BLE001 - the SDK cannot be loaded, no thread is to be had: none of it is an answer
            return self._unasked(asked, error)

    async def _ask(self, asked: Complete) -> Completion | NoCompletion:
        await self._load()
        import openai

        from guard.model.bounded import TooMuchError

        try:
            line = self._here()
            async with line.places:
                answered = await line.client.chat.completions.with_raw_response.create(
                    model=self._model.name or asked.model or _NAME,
                    messages=[_message(role, text) for role, text in asked.messages],
                    response_format={
                        "type": "json_schema",
                        "json_schema": {"name": asked.name, "strict": True, "schema": dict(asked.schema)},
                    },
                    extra_body=dict(asked.parameters) or None,
                    extra_headers={PROMPT_HEADER: asked.prompt, "accept-encoding": "identity"},
                )
        except (openai.OpenAIError, TooMuchError) as error:
            return self._failed(asked, error)
        return self._read(asked, answered.content)

    def _failed(self, asked: Complete, error: "OpenAIError | TooMuchError") -> NoCompletion:
        import openai

        match error:
            case openai.APITimeoutError():
                return self._none(asked, "timeout", "the model's endpoint did not answer in time")
            case openai.APIConnectionError():
                return self._none(asked, "unavailable", "the model's endpoint cannot be reached")
            case openai.APIStatusError(status_code=status, code=code):
                return self._refusal(asked, status, code, str(error))
            case openai.OpenAIError():  # no key at all
                told = f"the model cannot be asked ({type(error).__name__}); it needs COMPASSION_GUARD_MODEL_URL and _MODEL_KEY"
                return self._none(asked, "unavailable", told)
            case _ if error.status < _FAILED:
                return self._none(asked, "unparsable", f"the model's answer {error}")
            case _:
                return self._refusal(asked, error.status, None, "")

    def _refusal(self, asked: Complete, status: int, code: object, told: str) -> NoCompletion:
        if code == "context_length_exceeded" or status == 413 or (status == 400 and _TOO_LONG.search(told)):
            return self._none(asked, "over_budget", "the prompt is too long for the model")
        if code == "content_filter":
            return self._none(asked, "refused", "the endpoint's content filter refused the prompt")
        if status in (400, 422):  # of this prompt, and no reason to leave the model alone
            return self._none(asked, "refused", f"the model's endpoint refuses this prompt ({status})")
        return self._none(asked, "unavailable", f"the model's endpoint answers {status}")

    def _read(self, asked: Complete, content: bytes) -> Completion | NoCompletion:
        try:
            answer = Answer.model_validate(json.loads(content))
        except ValidationError:
            told = "the model's answer has not the shape of a chat completion"
            return self._none(asked, "unparsable", told)
        except (ValueError, RecursionError):  # a page of some proxy, say
            return self._none(asked, "unavailable", "the model's endpoint does not answer in JSON")
        return self._completed(answer, self._spent(asked, answer))

    def _completed(self, answer: Answer, spent: Spent) -> Completion | NoCompletion:
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

    def _spent(self, asked: Complete, answer: Answer) -> Spent:
        usage = answer.usage
        used, written = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
        price_in, price_out = self._model.usd_in, self._model.usd_out
        known = usage is not None and price_in is not None and price_out is not None
        return Spent(
            calls=1,
            input_tokens=used,
            output_tokens=written,
            usd=(used * (price_in or 0) + written * (price_out or 0)) / 1e6 if known else None,
            prompts=(asked.prompt,),
            models=(answer.model,) if answer.model else (),
        )

    def _unasked(self, asked: Complete, error: Exception) -> NoCompletion:
        return self._none(asked, "unavailable", f"the model cannot be asked ({type(error).__name__})")

    def _none(self, asked: Complete, cause: Cause, detail: str) -> NoCompletion:
        return NoCompletion(cause, detail, Spent(calls=1, usd=None, prompts=(asked.prompt,)))

    async def _load(self) -> None:
        """Once: it takes a third of a second, in which the calls of others go on and the deadline counts."""
        if self._line is None:
            await asyncio.to_thread(import_module, "openai")

    def _here(self) -> _Line:
        """That of the running loop; what a fork left behind is not touched."""
        loop = asyncio.get_running_loop()
        if self._line is None or self._line.loop is not loop:
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient

            from guard.model.bounded import bounded

            client = AsyncOpenAI(
                base_url=self._settings.model_url,
                api_key=self._settings.model_key,
                timeout=self._model.seconds,
                max_retries=self._model.retries,
                http_client=DefaultAsyncHttpxClient(
                    transport=self._transport, event_hooks={"response": [bounded]}
                ),
            )
            self._line = _Line(loop, client, asyncio.Semaphore(self._model.at_once))
            finalize(self, _leave, loop, client).atexit = False
        return self._line


def _leave(loop: asyncio.AbstractEventLoop, client: "AsyncOpenAI") -> None:
    """Close the connections of a guard that is gone, where they live: the SDK would do it on whatever loop runs here."""
    asyncio.run_coroutine_threadsafe(client.close(), loop)


def _left_alone() -> NoCompletion:
    return NoCompletion("unavailable", "the model failed too often; it is left alone for a while", Spent())


def _message(role: Role, text: str) -> "ChatCompletionMessageParam":
    match role:
        case "system":
            return {"role": role, "content": text}
        case "user":
            return {"role": role, "content": text}
        case "assistant":
            return {"role": role, "content": text}
