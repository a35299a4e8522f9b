"""The labelling guide as code: from what was seen to verdict, owner and decision. Pure, the same for every judge."""

from dataclasses import dataclass
from typing import assert_never

from guard.assessment import DANGER, Assessment, Customer, Dimension, Signal, Unjudged
from guard.outcome import Decision, Judgement, Owner, Reason, Verdict


@dataclass(frozen=True, slots=True)
class WithSignal:
    """A signal that belongs to a person once a dimension has reached a score."""

    signal: Signal
    dimension: Dimension
    at_least: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who owns which moment. The shipped values are those of the guide, §5."""

    one_dimension_at: int
    two_dimensions_at: int
    signals: frozenset[Signal]
    with_dimension: tuple[WithSignal, ...]
    likely_at: float
    debt_rewrites_at: float = float("inf")
    debt_escalates_at: float = float("inf")


def verdict(assessment: Assessment) -> Verdict:
    """Guide §4. A false "done" is worse than an empty "sorry", so it is looked for first."""
    if assessment.unbacked:
        return "unbacked_claim"
    if assessment.customer.need == "none" or assessment.concrete_step:
        return "ok"
    return "synthetic_empathy" if assessment.empathy else "no_action"


def owner(customer: Customer, matrix: Matrix) -> Owner:
    """Guide §5, from the customer's side alone; or the judge is sure as a whole, beyond any single fact."""
    scores = customer.dims.scores()
    severe = max(scores) >= matrix.one_dimension_at
    heavy = sum(score >= matrix.two_dimensions_at for score in scores) >= 2
    names = {s.name for s in customer.signals}
    called = bool(names & matrix.signals)
    joined = any(
        w.signal in names and customer.dims.named()[w.dimension] >= w.at_least for w in matrix.with_dimension
    )
    likely = customer.likelihood >= matrix.likely_at
    return "human" if severe or heavy or called or joined or likely else "ai"


def decision(verdict: Verdict, owner: Owner, *, flawed: bool, worn_out: bool = False) -> Decision:
    """Guide §6. `flawed`: a defect, or more recognition than the policy bears; `worn_out`: so much that a person is due."""
    match owner:
        case "human":
            return "escalate"
        case "ai" if worn_out:
            return "escalate"
        case "ai":
            return "send" if verdict == "ok" and not flawed else "rewrite"
        case _:
            assert_never(owner)


def judge(assessment: Assessment | Unjudged, matrix: Matrix) -> Judgement:
    """All three. Without a verdict the draft is never sent."""
    match assessment:
        case Unjudged():
            whose = owner(assessment.customer, matrix) if assessment.customer else None
            return Judgement(assessment, None, whose, "escalate")
        case Assessment():
            found, whose = verdict(assessment), owner(assessment.customer, matrix)
            debt = assessment.recognition.debt if assessment.customer.need != "none" else 0
            more = assessment.recognition.words > 0  # a reply that adds none is not to be rewritten for it
            flawed = bool(assessment.defects) or (more and debt >= matrix.debt_rewrites_at)
            settled = decision(found, whose, flawed=flawed, worn_out=debt >= matrix.debt_escalates_at)
            return Judgement(assessment, found, whose, settled)
        case _:
            assert_never(assessment)


def reason(judgement: Judgement) -> Reason:
    """Why a person gets a case that escalates, for those who staff queues."""
    customer = judgement.assessment.customer
    if judgement.owner != "human":
        if judgement.verdict is not None:
            return "loop"
        unread = isinstance(judgement.assessment, Unjudged) and judgement.assessment.cause == "language"
        return "language" if unread else "guard_uncertain"
    names = {s.name for s in customer.signals} if customer else set()
    if names & DANGER:
        return "safety"
    if "asks_for_human" in names:
        return "human_requested"
    return "loop" if "repeat_failure" in names else "sensitivity"
