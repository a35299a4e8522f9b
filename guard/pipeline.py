"""One draft, from the moment it is written to the words that the customer sees. The whole policy is `review`.

    judge what is said, check what is claimed, decide by the rules
        send     → the draft, byte for byte
        rewrite  → toward a step that may be taken; nothing invented; judged again; else hand over
        escalate → store the handoff first, then tell the customer

The parts come in from outside (`Parts`); what needs the world is yielded (`effects`). A draft that nobody could
judge is never sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from guard.assessment import STEPS, Assessment, Unjudged
from guard.case import Authority, Case
from guard.effects import Accept, Steps
from guard.errors import EscalationError, PromptError
from guard.escalation.holding import as_case, holding_message
from guard.escalation.packet import pack
from guard.ledger.check import checked
from guard.outcome import Judgement, Outcome, Reason, Receipt, Rewritten, Sent, Withheld
from guard.policy import Policy
from guard.rewriting.check import inventions, unfounded
from guard.rules import judge as judge_by_rules
from guard.rules import reason as reason_of

Judge = Callable[[Case], Assessment | Unjudged]
Rewriter = Callable[[Case, Assessment, Authority], str | None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a review works with: chosen once, in `assemble`."""

    policy: Policy
    judge: Judge
    writes: Callable[[Case], bool]
    rewrite: Rewriter
    tenant: str


def review(case: Case, parts: Parts) -> Steps[Outcome]:
    """What becomes of the draft in `case`."""
    judgement = judged(case, parts)
    if parts.policy.mode != "enforce":
        return Sent(case, judgement)
    match judgement.decision:
        case "send":
            return Sent(case, judgement)
        case "rewrite":
            match rewritten(case, judgement, parts):
                case Rewritten() as better:
                    return better
                case why:
                    return (yield from withheld(case, judgement, why, parts))
        case "escalate":
            return (yield from withheld(case, judgement, reason_of(judgement), parts))
        case _:
            assert_never(judgement.decision)


def judged(case: Case, parts: Parts) -> Judgement:
    """What the judge saw, its claims checked, and what follows by the rules."""
    assessment = checked(parts.judge(case), case, parts.policy.authority)
    return judge_by_rules(assessment, parts.policy.matrix)


def rewritten(  # noqa: PLR0911 - one return a reason
    case: Case, judgement: Judgement, parts: Parts
) -> Rewritten | Reason:
    """A reply with a concrete step that nobody invented and that the judge would send; or why there is none."""
    attempt = case
    current = judgement
    for _ in range(parts.policy.limits.rewrites):
        if not isinstance(current.assessment, Assessment):
            return "guard_uncertain"
        if current.assessment.customer.need == "none":
            return "defective_draft"
        if not parts.writes(case):
            return "language"
        reply = parts.rewrite(attempt, current.assessment, parts.policy.authority)
        if reply is None:
            return "authority_gap"
        if inventions(reply, case, parts.policy.authority):
            return "guard_uncertain"
        attempt = case.with_draft(reply)
        current = judged(attempt, parts)
        if isinstance(current.assessment, Assessment) and unfounded(current.assessment.claims, case.draft):
            return "guard_uncertain"
        if current.decision == "send":
            return Rewritten(case, judgement, reply, current)
    return "guard_uncertain"


def withheld(case: Case, judgement: Judgement, reason: Reason, parts: Parts) -> Steps[Withheld]:
    """Nothing is said before it is durable: store the handoff, then speak from its receipt."""
    actions = (*(case.authority.actions if case.authority else ()), *parts.policy.authority.actions)
    try:
        receipt = yield Accept(pack(case, judgement, reason, actions, parts.tenant))
    except EscalationError as error:
        raise EscalationError(str(error), case_id=case.id, draft=case.draft) from None
    return Withheld(case, judgement, receipt, spoken(case, receipt, parts))


def spoken(case: Case, receipt: Receipt, parts: Parts) -> str:
    """The holding message, itself judged: the guard cannot commit the fault that it polices."""
    message = holding_message(receipt)
    asked = replace(as_case(case, receipt, message), turns=())
    read = judged(asked, parts).assessment
    if (
        isinstance(read, Unjudged)
        or read.unbacked
        or read.defects
        or not any(s.move in STEPS for s in read.sentences)
    ):
        raise PromptError(
            "prompts/holding.md does not pass the guard's own judge: say who has the case, and nothing else. "
            f"The handoff is stored as {receipt.id}, and nothing was said to the customer."
        )
    return message
