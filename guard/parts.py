"""Who judges and who rewrites, as the policy says: the parts of a review."""

from collections.abc import Callable, Mapping
from functools import partial

from guard.assessment import Assessment, Unjudged
from guard.case import Authority, Case
from guard.effects import Answer, Steps
from guard.escalation.holding import HoldingMessage, holding_message
from guard.escalation.summary import summarised
from guard.judging import llm as llm_judge
from guard.judging import local
from guard.judging.cascade import cascade
from guard.outcome import Receipt
from guard.pipeline import Holding, Judge, Parts, Proposal, Rewriter
from guard.policy import Policy
from guard.prompts import Prompts, read_lock
from guard.rewriting import compose
from guard.rewriting import llm as llm_writer
from guard.settings import Settings


def parts(policy: Policy, settings: Settings) -> Parts:
    """Raises `PromptError` where a template that will be asked cannot be used: now, and not at the first customer."""
    prompts = templates(settings)
    if settings.prompts or settings.prompts_lock or settings.brand or settings.locale:
        prompts.get("holding")
    own = partial(local.judge, max_characters=policy.limits.draft_characters)
    return Parts(
        policy=policy,
        judge=_judge(policy, prompts, own),
        own=own,
        writes=compose.writes if policy.rewriting == "local" else _any_language,
        rewrite=_rewriter(policy, prompts),
        summarise=_summarising(policy, prompts),
        holding=_holding(prompts),
        tenant=settings.tenant,
    )


def templates(settings: Settings) -> Prompts:
    """The templates that the settings name."""
    return Prompts(
        settings.prompts,
        brand=settings.brand,
        locale=settings.locale,
        reload=settings.prompts_reload,
        pins=_pins(settings),
    )


def at_once(answer: Answer) -> Steps[Answer]:
    """Steps that need nothing from the world."""
    return answer
    yield  # what makes this a generator


def _judge(policy: Policy, prompts: Prompts, own: Callable[[Case], Assessment | Unjudged]) -> Judge:
    judging = policy.judging
    if judging.by == "local":
        return lambda case: at_once(own(case))
    prompts.get("judge")

    def model(case: Case) -> Steps[Assessment | Unjudged]:
        return llm_judge.reads(
            case,
            prompts.get("judge"),
            judging.languages,
            policy.limits.draft_characters,
        )

    return model if judging.by == "llm" else lambda case: cascade(case, own, model, judging)


def _rewriter(policy: Policy, prompts: Prompts) -> Rewriter:
    most = policy.limits.recognition_words
    if policy.rewriting == "llm":
        prompts.get("rewrite")

    def rewrite(
        case: Case, found: Assessment, authority: Authority, wrong: tuple[str, ...]
    ) -> Steps[Proposal]:
        if policy.rewriting == "local":  # it learns nothing from what was wrong, so there is no second try
            return at_once(wrong or compose.rewrite(case, found, authority, most))
        return llm_writer.rewrite(case, found, authority, wrong, prompts.get("rewrite"), most)

    return rewrite


def _summarising(policy: Policy, prompts: Prompts) -> Callable[[Case], Steps[str | None]]:
    if policy.summary == "extract":
        return lambda _: at_once(None)
    prompts.get("handoff")
    return lambda case: summarised(case, prompts.get("handoff"))


def _holding(prompts: Prompts) -> Holding:
    ours = Prompts()

    def holding(receipt: Receipt, *, shipped: bool = False) -> HoldingMessage:
        return holding_message(receipt, (ours if shipped else prompts).get("holding"))

    return holding


def _any_language(_: Case) -> bool:
    return True


def _pins(settings: Settings) -> Mapping[str, str] | None:
    """What `prompts lock` wrote for this brand and locale."""
    if settings.prompts_lock is None:
        return None
    return read_lock(settings.prompts_lock).pins(settings.brand, settings.locale)
