"""Every error as the JSON of OpenAI's own, so that its clients read it. None holds a draft."""

import traceback
from collections.abc import Mapping

from starlette.responses import Response

from guard.errors import EscalationError, GuardError, PromptError, UnguardedError
from guard.exchange.sse import written
from guard.exchange.steps import NotForProseError
from guard.outcome import Withheld
from guard.records import Json
from guard.report import dumps, name_of

NO_RETRY = {"x-should-retry": "false"}
"""OpenAI's clients try a 5xx again unless they are told not to; the same draft would meet the same end."""


class Refused(Exception):  # noqa: N818 - no error: an answer
    """What a request gets in place of an answer. `more` are fields of the error beside OpenAI's own."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def json(self) -> dict[str, Json]:
        """The body."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error: dict[str, Json] = {"message": str(self), "type": kind, "param": None, "code": self.code}
        return {"error": {**error, **self.more}}

    def response(self) -> Response:
        """The whole answer."""
        return json_response(self.json(), self.status, self.headers)

    def event(self) -> bytes:
        """The same as an event, in a stream whose status has been told already."""
        return written(self.json()).raw


def refused(error: Exception) -> Refused:  # noqa: PLR0911 - one return a kind
    """What was raised, over HTTP."""
    match error:
        case Refused():
            return error
        case NotForProseError():
            return _not_for_prose(error)
        case EscalationError():
            return Refused(503, "handoff_not_stored", str(error), headers=NO_RETRY)
        case UnguardedError():
            return Refused(422, "unguarded", str(error), headers=NO_RETRY)
        case PromptError():
            return Refused(500, "holding_message", str(error), headers=NO_RETRY)
        case RecursionError():
            return Refused(
                422, "too_deep", "the body is nested too deeply. Send flatter JSON.", headers=NO_RETRY
            )
        case GuardError():
            return Refused(502, "unreadable", str(error), headers=NO_RETRY)
        case _:
            return _fault(error)


def _not_for_prose(error: NotForProseError) -> Refused:
    outcome = error.outcome
    receipt = outcome.receipt if isinstance(outcome, Withheld) else None
    told = f" and handed over as {receipt.id}" if receipt else ""
    message = (
        f"the reply may not go out as drafted: it was {name_of(outcome)}{told}. `reply`, here in the error, is what the "
        "customer may see. (JSON can hold it where the policy names its field: exchange.reply_field.)"
    )
    more: dict[str, Json] = {
        "outcome": name_of(outcome),
        "reply": outcome.reply,
        "handoff": receipt.id if receipt else None,
    }
    return Refused(422, name_of(outcome), message, headers=NO_RETRY, more=more)


def _fault(error: Exception) -> Refused:
    """Where, and of what kind; its words could be a customer's."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} at {frame.filename.rpartition('/guard/')[2]}:{frame.lineno}"
    message = f"a fault of the guard ({where}): nothing was decided, and nothing went out. Report it with this line."
    return Refused(500, "fault", message, headers=NO_RETRY)


def json_response(obj: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON in valid UTF-8, whatever a draft may hold."""
    return Response(dumps(obj), status, headers, media_type="application/json")
