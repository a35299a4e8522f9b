"""What bears a claim or a commitment of a rewrite: the words of one action, or those of results."""

import re

from guard.assessment import ANY_ACT, Claim
from guard.case import Action, Case
from guard.ledger.amounts import money_in
from guard.ledger.authority import read
from guard.ledger.permission import NOT_COVERED
from guard.rewriting.footing import fault
from guard.rewriting.material import material, of_action
from guard.rewriting.meaning import meanings
from guard.rewriting.pieces import bare
from guard.rewriting.speech import Speech, speech
from guard.text import content, fold

_MOSTLY = 0.75
"""The share of a condition's words that an offer must repeat."""
_CONDITION_OF = re.compile(
    r"\b(?:if|unless|only|while|when|once|until|before|after|as long as|provided|within|per|for)\b"
)


def speaks_of(quote: str, action: Action) -> bool:
    """The words of a commitment are about the action that it names; those without matter, "shall I go ahead", are about any."""
    matter = speech(fold(quote), question=False).matter.values()
    known = meanings(of_action(action))
    return not matter or any(of & known for of in matter)


def bears(claim: Claim, reply: str, case: Case, actions: tuple[Action, ...]) -> bool:
    """Whether an offer or a state that the ledger could not place stands on the words of an action or of a result.

    What the ledger found to be against a limit, a prohibition or a result stays so. An offer names deeds of actions only; of one
    with a limit the reply says an amount, and of one on a condition the condition. A state names no deed of ours.
    """
    if claim.standing == "contradicted" or (claim.standing == "unauthorised" and claim.why != NOT_COVERED):
        return False
    said, known = _speech(claim), material(case, actions)
    if fault(said, known):
        return False
    if is_offer(claim):
        return all(any(_offers(deed, action, fold(reply)) for action in actions) for deed in said.deeds)
    shown = any(of & known.shown for of in said.matter.values())
    return claim.act == ANY_ACT and shown


def is_offer(claim: Claim) -> bool:
    """It tells of what may be, also where the ledger reads a state: "the sum is credited once we can open it"."""
    return claim.kind in ("offered", "promised") or (claim.standing == "unknown" and _speech(claim).modal)


def _speech(claim: Claim) -> Speech:
    words = claim.span.text
    return speech(bare(words), question=words.rstrip("*_ ").endswith("?"))


def _offers(deed: str, action: Action, reply: str) -> bool:
    """The deed is the action's, and a reply that offers it says its limit and its condition."""
    if deed not in meanings(of_action(action)) or (action.max_amount is not None and not money_in(reply)):
        return False
    condition = content(" ".join(_CONDITION_OF.split(fold(action.does))[1:]) or action.does)
    return not read(action).conditional or len(condition & content(reply)) >= _MOSTLY * len(condition)
