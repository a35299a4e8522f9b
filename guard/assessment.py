"""What a judge saw: observable facts with the words that show them, and no verdict.

The meanings are those of the labelling guide. `Unjudged` is a type of its own: a judge that gave no
answer has not given a zero.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

Need = Literal["none", "information", "action", "emotional"]
Move = Literal[
    "empathy",
    "action_done",
    "action_commit",
    "vague_commit",
    "offer",
    "instruct",
    "ask",
    "answer",
    "handoff",
    "deflect",
    "filler",
]
EmpathyKind = Literal["cognitive", "emotional", "apology", "thanks", "reassurance"]
Signal = Literal[
    "asks_for_human",
    "repeat_failure",
    "legal_threat",
    "regulator_or_media",
    "self_harm",
    "safety_risk",
    "medical",
    "bereavement",
    "fraud_or_identity_theft",
    "data_breach",
    "discrimination_or_harassment",
    "vulnerable_customer",
    "minor_involved",
    "financial_hardship",
    "life_event_deadline",
    "accusation_of_lying",
    "abuse_towards_staff",
    "churn_threat",
    "large_sum",
    "policy_exception",
    "conflicting_accounts",
    "employee_misconduct",
    "accessibility",
    "bot_confused",
]
Dimension = Literal["emotional_weight", "ambiguity", "moral_tradeoff", "lasting_consequences"]
ClaimKind = Literal["done", "standing", "promised", "offered"]
Standing = Literal["unknown", "verified", "ungrounded", "contradicted", "unauthorised"]
DefectKind = Literal["placeholder", "empty"]
Cause = Literal[
    "language",
    "too_long",
    "timeout",
    "unavailable",
    "refused",
    "cut",
    "unparsable",
    "misquoted",
    "over_budget",
]
"""Why there is no verdict. unavailable: the model's endpoint fails or refuses us; cut: its answer ended too early;
misquoted: it said something that weighs, with words that stand nowhere; over_budget: the prompt is too long for it."""

NEEDS: tuple[Need, ...] = get_args(Need)
MOVES: tuple[Move, ...] = get_args(Move)
SIGNALS: tuple[Signal, ...] = get_args(Signal)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
OWNED: frozenset[Signal] = frozenset(
    {
        "asks_for_human",
        "self_harm",
        "safety_risk",
        "bereavement",
        "legal_threat",
        "data_breach",
        "fraud_or_identity_theft",
        "discrimination_or_harassment",
        "employee_misconduct",
    }
)
"""Signals of which the guide says that a person owns the moment (§5); an operator's policy may name others."""
DANGER: frozenset[Signal] = frozenset({"self_harm", "safety_risk"})
"""Signals that somebody may be in danger right now."""
STEPS: frozenset[Move] = frozenset(
    {"action_done", "action_commit", "offer", "instruct", "ask", "answer", "handoff"}
)
"""Moves that can be a concrete next step."""


ANY_ACT = "act"
"""The act of a claim that names none that we know: "Done!" needs a call that changed something."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words as they stand in a text: `text == source[start:end]`. Offsets count characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the draft and what it does.

    `moves_need`: it is a step for the open need. `recognises`: it holds recognition, whatever else it does.
    """

    span: Span
    move: Move
    moves_need: bool = False
    recognises: bool = False
    kind: EmpathyKind | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that the draft says was, is, or will be done, and how it stands against the evidence.

    shown: the judge names words of a tool result that show it, which stand there; None where it was not asked.
    """

    kind: ClaimKind
    act: str
    span: Span
    amounts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    standing: Standing = "unknown"
    why: str = ""
    shown: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenSignal:
    """A signal and the customer's words that show it; `turn` counts the conversation from 0."""

    name: Signal
    span: Span
    turn: int


@dataclass(frozen=True, slots=True)
class SeenNeed:
    """The customer's words that show what is open; `turn` counts the conversation from 0."""

    span: Span
    turn: int


@dataclass(frozen=True, slots=True)
class SeenDimension:
    """A dimension above 0 and the customer's words that show it; `turn` counts the conversation from 0."""

    name: Dimension
    span: Span
    turn: int


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Four scores from 0 (none) to 3 (severe), from the customer's side."""

    emotional_weight: int = 0
    ambiguity: int = 0
    moral_tradeoff: int = 0
    lasting_consequences: int = 0

    def scores(self) -> tuple[int, int, int, int]:
        """In the order of the guide."""
        return (self.emotional_weight, self.ambiguity, self.moral_tradeoff, self.lasting_consequences)

    def named(self) -> dict[Dimension, int]:
        """The scores by the guide's names."""
        return dict(zip(DIMENSIONS, self.scores(), strict=True))


@dataclass(frozen=True, slots=True)
class Defect:
    """A reason why a draft is never sent as it stands, whatever else it does."""

    kind: DefectKind
    span: Span


@dataclass(frozen=True, slots=True)
class Customer:
    """The customer's side of the moment.

    `need_shown` is None where nothing is open; it may stand in an earlier turn, which "hello?" only repeats.
    `likelihood`, 0 to 1: how sure the judge is as a whole that a person must own this, beyond the single facts.
    """

    need: Need
    dims: Dimensions = field(default_factory=Dimensions)
    signals: tuple[SeenSignal, ...] = ()
    shown: tuple[SeenDimension, ...] = ()
    need_shown: SeenNeed | None = None
    likelihood: float = 0.0


@dataclass(frozen=True, slots=True)
class Odds:
    """How sure the judge is, 0 to 1: that an open need is left without a step, and that a person must own it.

    Claims are not in it: the ledger weighs them by code.
    """

    not_ok: float
    human: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """How much recognition the customer was given, and what came of it.

    `words` of recognition in the draft; `acts` of recognition in the whole conversation, draft included; `repeats`:
    acts of the draft that say what was said already; `progress`: tool calls that changed something and worked;
    `debt`: acts less twice the progress.
    """

    words: int = 0
    acts: int = 0
    repeats: int = 0
    progress: int = 0
    debt: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a judge saw in one case. `odds` where the judge can say how sure it is.

    judge: `local`, or the version of the prompt that was asked. dropped: facts that the judge reported with words
    that stand nowhere; they do not count. language: what it says the draft is written in, where it says so.
    """

    customer: Customer
    sentences: tuple[Sentence, ...] = ()
    claims: tuple[Claim, ...] = ()
    defects: tuple[Defect, ...] = ()
    odds: Odds | None = None
    recognition: Recognition = field(default_factory=Recognition)
    judge: str = "local"
    dropped: int = 0
    language: str | None = None

    @property
    def empathy(self) -> bool:
        """Some sentence recognises feeling or fault."""
        return any(s.recognises or s.move == "empathy" for s in self.sentences)

    @property
    def concrete_step(self) -> bool:
        """Some sentence is a concrete step for the open need (guide §3)."""
        return self.customer.need != "none" and any(s.moves_need for s in self.sentences)

    @property
    def unbacked(self) -> tuple[Claim, ...]:
        """Claims that the evidence does not show or the authority does not allow."""
        return tuple(c for c in self.claims if c.standing in ("ungrounded", "contradicted", "unauthorised"))


@dataclass(frozen=True, slots=True)
class Unjudged:
    """No verdict, and why. `customer` is there when at least the customer's side could be read."""

    cause: Cause
    detail: str
    customer: Customer | None = None
    judge: str = "local"
