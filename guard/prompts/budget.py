"""A request that fits its budget: the oldest turns stay out first, and the prompt says how many.

Everything else stays: the customer's last turn and what follows it, the draft, the authority, the rules. What does not
fit even then is not cut; it is an error, and the draft is withheld.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf

from guard.case import Turn
from guard.errors import PromptError
from guard.prompts.header import Header, TurnsInput
from guard.prompts.roles import Message
from guard.prompts.tokens import count
from guard.prompts.values import omitted

A_MESSAGE = 4
"""Tokens around each message, which no text shows."""


class OverBudgetError(PromptError):
    """A request that its budget has no room for, with all that may be left out left out."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A request as it is sent. `estimated`: the tokens are not counted with the model's own vocabulary."""

    messages: tuple[Message, ...]
    tokens: int
    estimated: bool
    omitted: int


def fitted(
    header: Header,
    values: Mapping[str, object],
    model: str | None,
    messages: Callable[[int], tuple[Message, ...]],
) -> Rendered:
    """The request with the fewest turns left out that fits. `messages` renders it without so many of the oldest.

    Raises `OverBudgetError` when none fits.
    """
    room = inf if header.budget is None else header.budget.tokens - header.budget.reply
    spare = _spare(header, values)

    @cache
    def attempt(dropped: int) -> Rendered | None:
        try:
            made = messages(dropped)
        except OverBudgetError:
            return None
        counted = [count(m.text, model) for m in made]
        tokens = sum(n for n, _ in counted) + A_MESSAGE * len(made)
        return Rendered(made, tokens, any(guessed for _, guessed in counted), dropped)

    def fits(dropped: int) -> bool:
        made = attempt(dropped)
        return made is not None and made.tokens <= room

    dropped = 0 if fits(0) else 1 + bisect_left(range(1, spare + 1), True, key=fits)
    made = attempt(dropped) if dropped <= spare else None
    if made is None:
        raise OverBudgetError(_over(header, attempt(spare), spare))
    if dropped and not any(omitted(dropped) in m.text for m in made.messages):
        raise PromptError(
            f"{header.id}: {dropped} turns were left out, and the prompt does not show it. Print every one of turns."
        )
    return made


def _spare(header: Header, values: Mapping[str, object]) -> int:
    """How many turns may be left out: those before the customer's last, where the header says so."""
    spare = 0
    for name, declared in header.inputs.items():
        turns = values.get(name)
        if isinstance(declared, TurnsInput) and declared.drop and isinstance(turns, list | tuple):
            theirs = [n for n, turn in enumerate(turns) if isinstance(turn, Turn) and turn.role == "customer"]
            spare = max(spare, theirs[-1] if theirs else 0)
    return spare


def _over(header: Header, least: Rendered | None, spare: int) -> str:
    without = f"without the {spare} oldest turns" if spare else "with nothing in it that may be left out"
    needed = "more characters than any request has" if least is None else f"{least.tokens} tokens"
    had = "" if header.budget is None else f" and has {header.budget.tokens - header.budget.reply}"
    return f"{header.id}: the request needs {needed} {without}{had}. Raise budget.tokens, or let a person read it."
