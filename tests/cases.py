"""Short ways to say a case in a test."""

from guard import Action, Authority, Case, ToolCall, Turn

REPLACE = Action(
    "replacement",
    "send a replacement for a damaged item",
    needs=("order number",),
    for_words=("broken", "replace"),
)
REFUND = Action("refund", "refund up to $50 to the card", max_amount=50, for_words=("refund", "money back"))
EMPTY_SORRY = "I completely understand how frustrating this is and I sincerely apologize. Rest assured we are looking into it."


def case(
    asked: str,
    draft: str,
    *,
    id: str = "t1",
    evidence: tuple[ToolCall, ...] | None = None,
    may: tuple[Action, ...] | None = None,
) -> Case:
    """A customer who wrote once, and the draft that would answer."""
    return Case(id, (Turn("customer", asked),), draft, evidence, None if may is None else Authority(may))
