"""What the reply that took a draft's place shows, by code: the judge that accepted it is asked for the step, never alone.

Where the check that the pipeline made is looked at again, a second reader stands beside it: that check cannot fail here.
"""

from guard.assessment import Assessment, Move
from guard.evaluation.case import ForRewrite
from guard.evaluation.figures import strange_figures
from guard.evaluation.offered import asks_for_a_need, offered, offers_something
from guard.evaluation.promises import promised
from guard.evaluation.results import Flags
from guard.judging.empathy import kind_of_empathy
from guard.ledger.known import SENTENCE
from guard.outcome import Rewritten
from guard.policy import Policy
from guard.rewriting.check import inventions
from guard.rewriting.languages import language_of
from guard.rewriting.pieces import pieces
from guard.text import fold

_PROMISES: frozenset[Move] = frozenset({"action_done", "action_commit", "vague_commit", "offer"})


def of_rewrite(expect: ForRewrite | None, outcome: Rewritten, policy: Policy) -> Flags:
    """Its flags. Which actions it offers is read in English only; elsewhere the judge's word for the step must do."""
    case, reply, after = outcome.case, outcome.reply, outcome.accepted.assessment
    authority = policy.authority
    flags: Flags = {
        "nothing_invented": not (
            strange_figures(reply, case, authority) or inventions(reply, case, authority)
        ),
        "step_given": isinstance(after, Assessment) and after.concrete_step,
        "warmth_bounded": recognition(reply) <= policy.limits.recognition_words,
    }
    if expect and language_of(reply) == "en":
        offer = offered(reply, case, expect.actions)
        flags["actions_right"] = offer.right
        flags["step_given"] &= bool(offer.named) or asks_for_a_need(reply, case, expect.actions)
    if expect and expect.must_not_promise:
        said = _promises(outcome)
        flags["no_forbidden_promise"] = not any(promised(p, said) for p in expect.must_not_promise)
    if expect and expect.must_keep:
        flags["facts_kept"] = all(fold(fact) in fold(reply) for fact in expect.must_keep)
    return flags


def recognition(reply: str) -> int:
    """Words of sentences that recognise, by their form; of one that also offers something, those of its pieces that do."""
    return sum(
        len(part.split())
        for sentence in SENTENCE.split(reply)
        if kind_of_empathy(sentence)
        for part in (
            [p.shown for p in pieces(sentence.lower())] if offers_something(sentence) else [sentence]
        )
        if kind_of_empathy(part)
    )


def _promises(outcome: Rewritten) -> str:
    """Sentences of the reply that promise, offer or claim something; all of it where nobody could read it."""
    found = outcome.accepted.assessment
    if not isinstance(found, Assessment):
        return outcome.reply
    claimed = [claim.span for claim in found.claims]
    return "\n".join(
        s.span.text
        for s in found.sentences
        if s.move in _PROMISES or any(s.span.start < c.end and c.start < s.span.end for c in claimed)
    )
