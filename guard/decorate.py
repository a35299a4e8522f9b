"""`@guard.reply`: any callable that returns the draft, guarded."""

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ParamSpec

from guard.errors import CaseError

if TYPE_CHECKING:
    from guard.assemble import Guard

P = ParamSpec("P")


def guarded(function: Callable[P, str], guard: "Guard") -> Callable[P, str]:
    """The same callable; what it returns is what the customer may see.

    The conversation is its argument `messages`, in chat-completions form; `conversation_id`, when there, names it.
    """
    import inspect

    signature = inspect.signature(function)
    if "messages" not in signature.parameters:
        raise TypeError(
            f"{function.__qualname__} needs a parameter `messages`: the conversation that its reply answers."
        )

    @functools.wraps(function)
    def reply(*args: P.args, **kwargs: P.kwargs) -> str:
        bound = signature.bind(*args, **kwargs).arguments
        draft = function(*args, **kwargs)
        if not isinstance(draft, str):
            raise CaseError(f"{function.__qualname__} returned {type(draft).__name__}; a reply is text.")
        record: Mapping[str, object] = {
            "id": str(bound.get("conversation_id") or "chat"),
            "messages": list(bound["messages"]),
            "draft": draft,
        }
        return guard.review(guard.case(record)).reply

    return reply
