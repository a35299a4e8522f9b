"""The holding message: what the customer is told when a person takes over, built from the receipt alone.

Its words never run ahead of the state: stored is not read, and where no calendar is known no time is promised.
"""

from dataclasses import dataclass, replace

from guard.case import Case, ToolCall
from guard.outcome import Receipt
from guard.prompts import Prompt


@dataclass(frozen=True, slots=True)
class HoldingMessage:
    """What is said, and the version of the template that it was said in."""

    text: str
    prompt: str


def holding_message(receipt: Receipt, template: Prompt) -> HoldingMessage:
    """The text of the template for this receipt."""
    return HoldingMessage(template.text({"id": receipt.id, "urgent": receipt.urgent}), template.version)


def as_case(case: Case, receipt: Receipt, message: str) -> Case:
    """The message as a draft with the stored handoff as its evidence, so that it is judged like any other."""
    stored = ToolCall(
        "create_handoff_case", f'{{"case": "{receipt.id}"}}', f"stored as {receipt.id}", ok=True
    )
    return replace(case, draft=message, evidence=(*(case.evidence or ()), stored), authority=None)
