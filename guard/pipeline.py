"""One draft, from the moment it is written to the words that the customer sees. The whole policy is `review`.

    judge what is said, check what is claimed, decide by the rules
        send     → the draft, byte for byte
        rewrite  → its good beginning alone, or toward a step that may be taken; nothing invented; judged again;
                   else hand over
        escalate → store the handoff first, then tell the customer

The parts come in from outside (`Parts`); what needs the world is yielded (`effects`). A draft that nobody could
judge is never sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from guard.assessment import STEPS, Assessment, Move, Unjudged
from guard.case import Authority, Case
from guard.effects import Answer, Complete, NoCompletion, Steps, accepted
from guard.errors import EscalationError, PromptError
from guard.escalation.holding import HoldingMessage, as_case
from guard.escalation.packet import pack, without_secrets
from guard.judging.beginning import beginnings, stands
from guard.ledger.check import checked
from guard.outcome import Judgement, Outcome, Reason, Receipt, Rewritten, Sent, Spent, Withheld
from guard.policy import Policy
from guard.rewriting.check import faults, invented
from guard.rewriting.manner import warmth
from guard.rules import judge as judge_by_rules
from guard.rules import reason as reason_of

_DEEDS: frozenset[Move] = frozenset({"action_done", "action_commit"})
Judge = Callable[[Case], Steps[Assessment | Unjudged]]
Proposal = str | tuple[str, ...] | NoCompletion | None
"""A reply; what is wrong with the one that was written; why there is none; None: nothing that we may do covers the need."""
Rewriter = Callable[[Case, Assessment, Authority, tuple[str, ...]], Steps[Proposal]]


class Holding(Protocol):
    """What is said once a person has the case."""

    def __call__(self, receipt: Receipt, *, shipped: bool = False) -> HoldingMessage:
        """In the words of the settings, or in those that ship."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a review works with: chosen once, in `parts`.

    judge reads drafts, `own` what `holding` says: that needs no network. `writes`: the rewriter writes what this
    customer reads. The last argument of `rewrite`: what was wrong with the reply before.
    """

    policy: Policy
    judge: Judge
    own: Callable[[Case], Assessment | Unjudged]
    writes: Callable[[Case], bool]
    rewrite: Rewriter
    summarise: Callable[[Case], Steps[str | None]]
    holding: Holding
    tenant: str


def review(case: Case, parts: Parts) -> Steps[Outcome]:
    """What becomes of the draft in `case`, and what it took."""
    outcome, spent = yield from metered(decided(case, parts))
    return replace(outcome, spent=spent + outcome.spent)


def decided(case: Case, parts: Parts) -> Steps[Outcome]:
    """What becomes of the draft in `case`."""
    judgement = yield from judged(case, parts)
    if parts.policy.mode != "enforce":
        return Sent(case, judgement)
    if judgement.decision == "send":
        return Sent(case, judgement)
    if shorter := (yield from shortened(case, judgement, parts)):
        return shorter
    reason: Reason
    tried: tuple[str, ...] = ()
    match judgement.decision:
        case "rewrite":
            match (yield from rewritten(case, judgement, parts)):
                case Rewritten() as better:
                    return better
                case NoCompletion(spent=spent):
                    reason, tried = "guard_uncertain", spent.prompts
                case why:
                    reason = why
        case "escalate":
            reason = reason_of(judgement)
        case _:
            assert_never(judgement.decision)
    return (yield from withheld(case, judgement, reason, parts, tried))


def judged(case: Case, parts: Parts) -> Steps[Judgement]:
    """What the judge saw, its claims checked, and what follows by the rules."""
    assessment = checked((yield from parts.judge(case)), case, parts.policy.authority)
    return judge_by_rules(assessment, parts.policy.matrix)


def shortened(case: Case, judgement: Judgement, parts: Parts) -> Steps[Rewritten | None]:
    """The longest beginning of the draft that could be sent by itself, where the moment is the assistant's.

    A draft that nobody could judge as a whole may have one, too: that was judged, and nothing else of it is sent. By the
    local judge, which reads a beginning in an instant; a stream that shows one early relies on it.
    """
    if judgement.owner != "ai" or parts.policy.judging.by != "local":
        return None
    for end in reversed(beginnings(case.draft)):
        shorter = case.with_draft(case.draft[:end])
        found = yield from judged(shorter, parts)
        if stands_alone(shorter, found, parts.policy):
            return Rewritten(case, judgement, shorter.draft, found)
    return None


def stands_alone(case: Case, judgement: Judgement, policy: Policy) -> bool:
    """The draft in `case` could be sent and holds a concrete step; it claims nothing and tells nothing that is not known, and
    recognises within the budget.

    A sentence that its judge reads as a deed of ours stands on a call also where no claim was found in it: "our finance team
    has signed it off". One that tells the customer what to do may say how long: "hold it for 20 seconds".
    """
    found = judgement.assessment
    if not isinstance(found, Assessment) or not stands(judgement):
        return False
    steps = "\n".join(s.span.text for s in found.sentences if s.move == "instruct")
    shown = {claim.span for claim in found.claims if claim.standing == "verified"}
    return (
        all(claim.standing == "verified" or claim.kind == "offered" for claim in found.claims)
        and all(s.span in shown for s in found.sentences if s.move in _DEEDS)
        and warmth(case.draft, found) <= policy.limits.recognition_words
        and not invented(case.draft, case.with_draft(steps), policy.authority)
    )


def rewritten(  # noqa: PLR0911 - one return a reason
    case: Case, judgement: Judgement, parts: Parts
) -> Steps[Rewritten | Reason | NoCompletion]:
    """A reply with a concrete step that nobody invented and that the judge would send; or why there is none."""
    attempt, current = case, judgement
    wrong: tuple[str, ...] = ()
    for _ in range(parts.policy.limits.rewrites):
        if not isinstance(current.assessment, Assessment):
            return "guard_uncertain"
        if current.assessment.customer.need == "none":
            return "defective_draft"
        if not parts.writes(case):
            return "language"
        proposal = yield from parts.rewrite(attempt, current.assessment, parts.policy.authority, wrong)
        match proposal:
            case None:
                return "authority_gap"
            case NoCompletion():
                return proposal
            case tuple():
                wrong = proposal
                continue
        if wrong := invented(proposal, case, parts.policy.authority):
            continue
        attempt = case.with_draft(proposal)
        current = yield from judged(attempt, parts)
        limits, authority = parts.policy.limits, parts.policy.authority
        wrong = faults(
            proposal, current.assessment, judgement.assessment, case, authority, limits.recognition_words
        )
        if not wrong and current.decision == "send":
            return Rewritten(case, judgement, proposal, current)
        wrong = wrong or (f"Who read it would not send it: {current.verdict}.",)
    return "guard_uncertain"


def withheld(
    case: Case, judgement: Judgement, reason: Reason, parts: Parts, tried: tuple[str, ...]
) -> Steps[Withheld]:
    """Nothing is said before it is durable: store the handoff, then speak from its receipt.

    tried: versions of templates that could not be asked.
    """
    actions = case.allowed(parts.policy.authority)
    summary = yield from parts.summarise(without_secrets(case))
    try:
        receipt = yield from accepted(pack(case, judgement, reason, actions, parts.tenant, summary))
    except EscalationError as error:
        raise EscalationError(str(error), case_id=case.id, draft=case.draft) from None
    message = yield from spoken(case, receipt, parts)
    return Withheld(case, judgement, receipt, message.text, Spent(prompts=(*tried, message.prompt)))


def spoken(case: Case, receipt: Receipt, parts: Parts) -> Steps[HoldingMessage]:
    """The holding message, itself judged: the guard cannot commit the fault that it polices.

    By the local judge, for the model may be what is away; by the policy's where the message is in no language of that one.
    """
    message = parts.holding(receipt)
    asked = replace(as_case(case, receipt, message.text), turns=())
    found = parts.own(asked)
    if isinstance(found, Unjudged) and found.cause == "language":
        found = yield from parts.judge(asked)
        if isinstance(found, Unjudged):  # the model is away, and silence would be worse than English
            message = parts.holding(receipt, shipped=True)
            asked = replace(asked, draft=message.text)
            found = parts.own(asked)
    read = checked(found, asked, parts.policy.authority)
    if (
        isinstance(read, Unjudged)
        or read.unbacked
        or read.defects
        or not any(s.move in STEPS for s in read.sentences)
    ):
        raise PromptError(
            "holding.md does not pass the guard's own judge: say who has the case, and nothing else, and in English "
            "where the policy's judge is the local one. "
            f"The handoff is stored as {receipt.id}, and nothing was said to the customer."
        )
    return message


def metered(steps: Steps[Answer]) -> Steps[tuple[Answer, Spent]]:
    """The same steps, and what the model took on the way."""
    spent = Spent()
    try:
        effect = next(steps)
        while True:
            if isinstance(effect, Complete):  # also where nobody answers
                spent += Spent(prompts=(effect.prompt,))
            try:
                given = yield effect
            except Exception as error:  # noqa: BLE001 - passed on to the steps, which name it or let it out
                effect = steps.throw(error)
                continue
            spent += Spent() if isinstance(given, Receipt) else given.spent
            effect = steps.send(given)
    except StopIteration as end:
        return end.value, spent
