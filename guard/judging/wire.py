"""What a language model answers when it is asked to read a case: observable facts with the words that show them.

No verdict, no owner and no score of the reply: these follow by code, so no sentence in a prompt can forge them.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from guard.assessment import ClaimKind, Dimension, EmpathyKind, Move, Need, Signal

Act = Literal[
    "refund",
    "compensate",
    "cancel",
    "replace",
    "ship",
    "send",
    "book",
    "change",
    "unlock",
    "stop",
    "hand over",
    "open",
    "contact",
    "act",
]
"""The ledger's acts by name; `act` is any other one."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReadSignal(_Strict):
    """A signal and the customer's words that show it."""

    name: Signal
    quote: str


class ReadDimension(_Strict):
    """A dimension above 0 and the customer's words that show it."""

    name: Dimension
    score: Literal[1, 2, 3]
    quote: str


class ReadSentence(_Strict):
    """One sentence of the draft, in the draft's order."""

    quote: str
    move: Move
    moves_need: bool
    recognises: bool
    kind: EmpathyKind | None


class ReadClaim(_Strict):
    """What the draft says was, is or will be done, and the words that say it; `shown_by`: those of a tool result."""

    quote: str
    kind: ClaimKind
    act: Act
    shown_by: str | None


class Reading(_Strict):
    """All that the model saw, the customer's side first. `language` is that of the draft, as a tag like `en`."""

    language: str
    need: Need
    need_quote: str | None
    signals: list[ReadSignal]
    dimensions: list[ReadDimension]
    sentences: list[ReadSentence]
    claims: list[ReadClaim]
