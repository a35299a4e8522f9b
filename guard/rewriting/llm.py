"""The rewriter by language model. It may only use what is allowed and known; code checks that, not the prompt.

Here each commitment is held against the action that it names, and each sentence against what it stands on (`footing`); what it
invented, what its judge sees in it and how much it recognises are checked by the pipeline, as for any other writer (`check`).
"""

from functools import cache

from pydantic import ValidationError

from guard.asking import asked
from guard.assessment import Assessment
from guard.case import Action, Authority, Case
from guard.effects import Complete, NoCompletion, Steps, completed
from guard.ledger.amounts import money_in, same_currency
from guard.outcome import Spent
from guard.prompts import OverBudgetError, Prompt
from guard.quotes import find
from guard.rewriting.bearing import speaks_of
from guard.rewriting.footing import without_footing
from guard.rewriting.languages import language_of
from guard.rewriting.wire import Commitment, Written
from guard.text import fold

_LONGEST = 4_000
"""Characters of a reply: above any that customers read."""


def rewrite(  # noqa: PLR0911, PLR0913, PLR0917 - one return a reason
    case: Case,
    assessment: Assessment,
    authority: Authority,
    wrong: tuple[str, ...],
    prompt: Prompt,
    recognition_words: int,
) -> Steps[str | tuple[str, ...] | NoCompletion | None]:
    """A reply; or what is wrong with the one that came; or why none came; or None: nothing covers the need.

    wrong: what was wrong with the reply before, for the model to mend.
    """
    actions = case.allowed(authority)
    if not actions and not case.evidence and assessment.customer.need != "information":
        return None
    try:
        question = request(case, assessment, actions, wrong, prompt, recognition_words)
    except OverBudgetError as error:
        return NoCompletion("over_budget", str(error), Spent(prompts=(prompt.version,)))
    answer = yield from completed(question)
    if isinstance(answer, NoCompletion):
        return answer
    try:
        written = Written.model_validate_json(answer.text)
    except ValidationError:
        return NoCompletion("unparsable", "the model's answer is not what was asked for", Spent())
    if not written.possible or not written.reply.strip():
        return None
    reply = written.reply.strip()
    if len(reply) > _LONGEST:
        return (f"It has {len(reply)} characters; {_LONGEST} are the most.",)
    wrong = (*unkept(written, actions), *without_footing(reply, case, actions))
    return wrong or reply


def request(  # noqa: PLR0913, PLR0917 - what a rewrite is made of
    case: Case,
    assessment: Assessment,
    actions: tuple[Action, ...],
    wrong: tuple[str, ...],
    prompt: Prompt,
    recognition_words: int,
) -> Complete:
    """What the model is asked."""
    values = {
        "turns": case.turns,
        "draft": case.draft,
        "calls": case.evidence or (),
        "actions": actions,
        "need": assessment.customer.need,
        "preferences": case.preferences,
        "why": (*_why(assessment), *wrong),
        "recognition_words": recognition_words,
    }
    return asked(prompt, values, case, "written", schema())


@cache
def schema() -> dict[str, object]:
    """The JSON Schema of what the rewriter answers."""
    return Written.model_json_schema()


def unkept(written: Written, actions: tuple[Action, ...]) -> tuple[str, ...]:
    """Commitments that nothing allows: an unknown action, an amount above its limit, words that are not in the reply."""
    known = {action.id: action for action in actions}
    return tuple(fault for one in written.commitments if (fault := _fault(one, written.reply, known)))


def _fault(one: Commitment, reply: str, known: dict[str, Action]) -> str | None:
    if find(one.quote, reply) is None:
        return f"A commitment quotes words that are not in the reply: {one.quote}"
    action = known.get(one.action)
    if action is None:
        return f"No action {one.action} is allowed, which this needs: {one.quote}"
    if language_of(reply) == "en" and not speaks_of(one.quote, action):
        return f"This is not what {one.action} allows ({action.does}): {one.quote}"
    for amount in money_in(fold(one.quote), bare=True):
        limit = action.max_amount
        if limit is not None and (
            amount.value > limit
            or not same_currency(amount.currency, (action.currency or "").lower() or None)
        ):
            return f"This is above what {one.action} allows ({limit:g} {action.currency or ''}): {one.quote}"
    return None


def _why(assessment: Assessment) -> tuple[str, ...]:
    """What is wrong with the draft, each as a sentence."""
    claims = tuple(f"Not backed ({c.standing}): {c.span.text}" for c in assessment.unbacked)
    gaps = tuple(f"An unfilled placeholder or an empty reply: {d.span.text}" for d in assessment.defects)
    step = () if assessment.concrete_step else ("It gives no concrete step for what is open.",)
    return (*claims, *gaps, *step)
