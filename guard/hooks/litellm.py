"""A guardrail for LiteLLM's proxy: every reply that passes through the proxy is judged.

    litellm.callbacks = [CompassionGuardrail(guard, guardrail_name="compassion", default_on=True)]

or in the proxy's config `guardrail: guard.hooks.litellm.CompassionGuardrail` with `mode: post_call`. In `enforce` a
stream is held until it is judged. LiteLLM cannot put other words into a held stream and would release the draft, so
there the words that may be shown take the place of the whole answer (its finish reason is then `content_filter`).
LiteLLM asks no guardrail about a reply without words. `advise` is as `observe`: a text carries no verdict.
"""

from typing import TYPE_CHECKING, Any, Literal

from litellm.constants import SERVER_STREAMING_CLASSIFICATION_KEY
from litellm.integrations.custom_guardrail import CustomGuardrail, get_session_id_from_request_data
from litellm.llms import get_guardrail_translation_mapping
from litellm.types.guardrails import GuardrailEventHooks
from litellm.types.utils import CallTypes, GenericGuardrailAPIInputs

from guard.assemble import Guard
from guard.errors import GuardError
from guard.exchange.asked import HEADER
from guard.hooks.exchanged import exchanged, shown, words

if TYPE_CHECKING:
    from litellm.litellm_core_utils.litellm_logging import Logging

_ASKED = ("tools", "functions", "response_format", "user", "safety_identifier")
"""Of a request that another dialect than chat may have made, what a chat request calls by the same name."""


class CompassionGuardrail(CustomGuardrail):
    """Puts what may be shown in place of each text. An error of the guard is an error of the call: nothing is shown."""

    def __init__(self, guard: Guard | None = None, **options: Any) -> None:  # noqa: ANN401 - LiteLLM's own
        self._guard = guard or Guard.load()
        post_call = GuardrailEventHooks.post_call
        super().__init__(**{"event_hook": post_call, **options, "supported_event_hooks": [post_call]})
        self.streaming_buffer_until_moderated = self._guard.policy.mode == "enforce"
        self.streaming_end_of_stream_only = True
        self.mask_response_content = False  # LiteLLM holds no stream of a guardrail that says it masks

    async def apply_guardrail(
        self,
        inputs: GenericGuardrailAPIInputs,
        request_data: dict[str, Any],
        input_type: Literal["request", "response"],
        logging_obj: "Logging | None" = None,
    ) -> GenericGuardrailAPIInputs:
        """The texts as they may be shown. Raises what the guard raises."""
        texts = inputs.get("texts") or []
        if input_type != "response" or not texts:
            return inputs
        # With several, nobody says whose the calls are: each text counts as a reply.
        several = (request_data.get("n") or 1) > 1
        choices = texts if several else ["\n".join(texts)]
        made = [] if several else inputs.get("tool_calls") or []
        calls = [call if isinstance(call, dict) else call.model_dump() for call in made]
        drafts = [{"role": "assistant", "content": text, "tool_calls": calls} for text in choices]
        request = _request(request_data, getattr(logging_obj, "call_type", None) or "acompletion")
        told = await self._guard.aexchange(
            exchanged(self._guard, request, drafts, _conversation(request_data))
        )
        replies = [words(message) for message in shown(told)]
        if replies == choices:
            return inputs
        if _streamed(request_data):
            self._replace_stream(
                next(r for r, c in zip(replies, choices, strict=True) if r != c), request_data
            )
        return {**inputs, "texts": [*replies, *[""] * (len(texts) - len(replies))]}

    def _replace_stream(self, reply: str, request_data: dict[str, Any]) -> None:
        if not reply:
            raise GuardError(
                "words beside tool calls claim what no call did, and LiteLLM can take them out of a stream only "
                "together with the calls. Ask without stream where tools are called, or wrap the client."
            )
        self.raise_passthrough_exception(violation_message=reply, request_data=request_data)


def _request(request_data: dict[str, Any], call_type: str) -> dict[str, object]:
    """The request in chat form, whichever of LiteLLM's dialects it came in."""
    dialect = get_guardrail_translation_mapping(CallTypes(call_type))()
    request = {name: request_data[name] for name in _ASKED if request_data.get(name) is not None}
    return {**request, "messages": dialect.get_structured_messages(request_data) or []}


def _conversation(request_data: dict[str, Any]) -> str | None:
    headers: dict[str, str] = (request_data.get("proxy_server_request") or {}).get("headers") or {}
    session: str | None = get_session_id_from_request_data(request_data)
    return headers.get(HEADER) or session


def _streamed(request_data: dict[str, Any]) -> bool:
    return bool(request_data.get("stream")) or SERVER_STREAMING_CLASSIFICATION_KEY in request_data
