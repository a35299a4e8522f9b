"""What a language model answers when it is asked to rewrite: the reply, and what that reply commits us to."""

from pydantic import BaseModel, ConfigDict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Commitment(_Strict):
    """Words of the reply that promise or offer something, and the id of the action that allows it."""

    quote: str
    action: str


class Written(_Strict):
    """`possible` false: nothing that is allowed or known moves the need, and `reply` is empty."""

    possible: bool
    reply: str
    commitments: list[Commitment]
