"""`@guard.reply`: any callable that returns the draft, guarded; a coroutine function too."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, ParamSpec, cast, overload

from guard.case import Case
from guard.errors import CaseError
from guard.exchange.asked import digest
from guard.exchange.surface import check_words

if TYPE_CHECKING:
    from guard.assemble import Guard

P = ParamSpec("P")


@overload
def guarded(function: Callable[P, str], guard: "Guard") -> Callable[P, str]: ...
@overload
def guarded(
    function: Callable[P, Coroutine[object, object, str]], guard: "Guard"
) -> Callable[P, Coroutine[object, object, str]]: ...
def guarded(
    function: Callable[P, str] | Callable[P, Coroutine[object, object, str]], guard: "Guard"
) -> Callable[P, str] | Callable[P, Coroutine[object, object, str]]:
    """The same callable; what it returns is what the customer may see.

    The conversation is its argument `messages`, in chat-completions form; `conversation_id`, when there, names it.
    Without that name, two customers who wrote the very same words share one handoff.
    """
    asked = _Asked(function, guard)
    if inspect.iscoroutinefunction(function):
        coroutine = cast("Callable[P, Coroutine[object, object, str]]", function)

        @functools.wraps(coroutine)
        async def areply(*args: P.args, **kwargs: P.kwargs) -> str:
            case = asked.case(*args, **kwargs)
            return (await guard.areview(case(await coroutine(*args, **kwargs)))).reply

        return areply

    plain = cast("Callable[P, str]", function)

    @functools.wraps(plain)
    def reply(*args: P.args, **kwargs: P.kwargs) -> str:
        case = asked.case(*args, **kwargs)
        return guard.review(case(plain(*args, **kwargs))).reply

    return reply


class _Asked:
    """What a call of the function asks: read before the function runs, which may write to its arguments."""

    def __init__(self, function: Callable[..., object], guard: "Guard") -> None:
        self._guard = guard
        self._name = getattr(function, "__qualname__", type(function).__name__)
        self._signature = inspect.signature(function)
        if "messages" not in self._signature.parameters:
            raise TypeError(f"{self._name} needs a parameter `messages`: the conversation that it answers.")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{self._name} yields its reply in pieces; return it as one text.")

    def case(self, *args: object, **kwargs: object) -> Callable[[object], Case]:
        """The case of this call, once its draft is there."""
        call = self._signature.bind(*args, **kwargs)
        call.apply_defaults()
        messages = call.arguments["messages"]
        if not isinstance(messages, list | tuple):
            raise CaseError(
                f"messages: {self._name} was called with {type(messages).__name__}; pass a list of chat messages."
            )
        check_words(messages)
        name = call.arguments.get("conversation_id")
        id = digest(messages) if name is None or name == "" else str(name)
        said = list(messages)

        def of(draft: object) -> Case:
            if not isinstance(draft, str):
                raise CaseError(f"{self._name} returned {type(draft).__name__}; a reply is text.")
            return self._guard.case({"id": id, "messages": said, "draft": draft})

        return of
