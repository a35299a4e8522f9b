"""What became of the draft. Each outcome has `.reply`, the only text that a customer may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from guard.assessment import Assessment, Unjudged
from guard.case import Case

Verdict = Literal["ok", "synthetic_empathy", "no_action", "unbacked_claim"]
Owner = Literal["ai", "human"]
Decision = Literal["send", "rewrite", "escalate"]
Reason = Literal[
    "human_requested",
    "safety",
    "sensitivity",
    "loop",
    "authority_gap",
    "defective_draft",
    "language",
    "guard_uncertain",
]
State = Literal["queued", "resolved"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules made of what the judge saw. `verdict` None: nobody could judge. `owner` None: nor read the customer."""

    assessment: Assessment | Unjudged
    verdict: Verdict | None
    owner: Owner | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Handoff:
    """A moment that passes to a person: the packet, as stored."""

    key: str
    case_id: str
    reason: Reason
    packet: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a handoff is stored. A holding message can be built from nothing else."""

    id: str
    case_id: str
    reason: Reason
    state: State
    created_at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class Spent:
    """What the guard's own model took for one review. Tokens as the endpoint counted them.

    usd: None where tokens were used and nobody told their price. prompts: versions of the templates that were asked, of a
    rewrite that had no room for its request, and of the holding message.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    prompts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def __add__(self, other: "Spent") -> "Spent":
        known = self.usd is not None and other.usd is not None
        return Spent(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            (self.usd or 0.0) + (other.usd or 0.0) if known else None,
            tuple(dict.fromkeys((*self.prompts, *other.prompts))),
            tuple(dict.fromkeys((*self.models, *other.models))),
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """The draft goes out as it was written, byte for byte."""

    case: Case
    judgement: Judgement
    spent: Spent = Spent()

    @property
    def reply(self) -> str:
        """The draft."""
        return self.case.draft


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A reply with a concrete step went out in place of the draft in `case`."""

    case: Case
    judgement: Judgement
    reply: str
    accepted: Judgement
    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Withheld:
    """The draft did not go out; a person has the case, and `reply` says so."""

    case: Case
    judgement: Judgement
    receipt: Receipt
    reply: str
    spent: Spent = Spent()


Outcome = Sent | Rewritten | Withheld
