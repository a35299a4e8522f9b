"""What reviews and health look like, as OpenAPI. The paths of the model are described by its maker."""

from guard.records import Json

_TEXT: dict[str, Json] = {"type": "string"}
_ANY_OBJECT: dict[str, Json] = {"type": "object"}
_OBJECTS: dict[str, Json] = {"type": "array", "items": _ANY_OBJECT}
_SECURED: Json = [{}, {"key": []}]


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _told(what: str, schema: Json) -> Json:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _errors(*statuses: int) -> dict[str, Json]:
    return {str(status): _told(_ERRORS[status], _ref("Error")) for status in statuses}


_ERRORS = {
    401: "A key of this guard is needed.",
    405: "Another method.",
    413: "The body is too long.",
    422: "The body cannot be read; the message names the field.",
    503: "The handoff could not be stored, or too much is asked at once; there is no text for the customer.",
}


def _post(what: str, takes: str, gives: str) -> Json:
    content: Json = {"application/json": {"schema": _ref(takes)}}
    return {
        "post": {
            "summary": what,
            "security": _SECURED,
            "requestBody": {"required": True, "content": content},
            "responses": {"200": _told("Done.", _ref(gives)), **_errors(401, 413, 422, 503)},
        }
    }


def _get(what: str, **more: Json) -> Json:
    return {"get": {"summary": what, "responses": {"200": {"description": "Yes."}, **more}}}


_CASE: Json = {
    "type": "object",
    "required": ["id", "draft"],
    "anyOf": [{"required": ["context"]}, {"required": ["messages"]}],
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 500},
        "context": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["role", "content"],
                "properties": {"role": {"enum": ["customer", "assistant"]}, "content": _TEXT},
            },
        },
        "messages": {**_OBJECTS, "description": "Chat messages, in place of context."},
        "draft": _TEXT,
        "actions": {"type": ["array", "null"], "items": _ANY_OBJECT},
        "authority": {"type": ["array", "null"]},
        "preferences": {"type": ["object", "null"]},
        "tools": {"type": ["array", "null"], "items": _ANY_OBJECT},
    },
}
_OUTCOME: Json = {
    "type": "object",
    "required": ["id", "verdict", "decision", "outcome", "reply", "handoff", "judge", "prompts", "spent"],
    "properties": {
        "id": _TEXT,
        "verdict": {"type": ["string", "null"]},
        "decision": {"enum": ["send", "rewrite", "escalate"]},
        "outcome": {"enum": ["sent", "rewritten", "withheld"]},
        "reply": {**_TEXT, "description": "The only text that the customer may see."},
        "handoff": {"type": ["object", "null"]},
        "judge": {**_TEXT, "description": "Who read the draft; the version of the prompt where a model did."},
        "prompts": {
            "type": "array",
            "items": _TEXT,
            "description": "Versions of the templates that were asked or tried, and of the holding message.",
        },
        "spent": {
            "type": "object",
            "description": "What the guard's own model took; usd is null where nobody told a price.",
            "properties": {
                "calls": {"type": "integer"},
                "input_tokens": {"type": "integer"},
                "output_tokens": {"type": "integer"},
                "usd": {"type": ["number", "null"]},
            },
        },
    },
}
_GUARDRAIL_ASKED: Json = {
    "type": "object",
    "required": ["input_type"],
    "properties": {
        "input_type": {"enum": ["request", "response"]},
        "texts": {"type": ["array", "null"], "items": _TEXT},
        "structured_messages": {"type": ["array", "null"], "items": _ANY_OBJECT},
        "tools": {"type": ["array", "null"], "items": _ANY_OBJECT},
        "tool_calls": {"type": ["array", "null"], "items": _ANY_OBJECT},
        "request_data": _ANY_OBJECT,
        "litellm_call_id": {"type": ["string", "null"]},
        "litellm_trace_id": {"type": ["string", "null"]},
    },
}
_GUARDRAIL_TOLD: Json = {
    "type": "object",
    "required": ["action"],
    "properties": {
        "action": {"enum": ["NONE", "BLOCKED", "GUARDRAIL_INTERVENED"]},
        "texts": {"type": "array", "items": _TEXT},
        "blocked_reason": _TEXT,
    },
}
_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "code"],
            "properties": {"message": _TEXT, "type": _TEXT, "code": _TEXT},
        }
    },
}

DESCRIPTION: dict[str, Json] = {
    "openapi": "3.1.0",
    "info": {"title": "Compassion Guard", "version": "1"},
    "paths": {
        "/v1/review": _post("A case in, what may reach the customer out.", "Case", "Outcome"),
        "/beta/litellm_basic_guardrail_api": _post(
            "LiteLLM's generic guardrail API. Set mode: [pre_call, post_call], for the conversation comes before the call.",
            "GuardrailAsked",
            "GuardrailTold",
        ),
        "/healthz": _get("Is it alive?"),
        "/readyz": _get("Can it store a handoff?", **_errors(503)),
        "/metrics": _get("What happened, as Prometheus reads it."),
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Case": _CASE,
            "Outcome": _OUTCOME,
            "GuardrailAsked": _GUARDRAIL_ASKED,
            "GuardrailTold": _GUARDRAIL_TOLD,
            "Error": _ERROR,
        },
    },
}
