"""What each sentence of a rewrite stands on: an act that is allowed, a result, or what the customer told us.

A promise needs no verb that a grammar knows: "the warranty covers this", "there will be no return fee". So no sentence is
asked what it promises. Its words that carry matter must be known, from the allowed actions, the results of calls or the
conversation, in any form or as another word of one meaning, or grant nothing by themselves (`weight`). Deeds that we will
do must be allowed, for nobody may do what a customer only wishes; those that we did must be shown.

Words are compared, not what binds them: a rewrite may still tell a shown value of another thing.
"""

import re
from collections.abc import Iterator

from guard.case import Action, Case
from guard.ledger.amounts import money_in
from guard.rewriting.languages import language_of, primary
from guard.rewriting.material import Material, material, of_action
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.pieces import disguised, pieces, words_in
from guard.rewriting.speech import Speech, speech
from guard.rewriting.weight import PROMISING, is_light, is_weighty
from guard.text import fold, words

_OWN = 1
"""How many words of its own recognition or a question may have: "a broken wrist is a nasty thing"."""
_NOTHING = "nothing of it is known"
_LOOKED = words("checked looked read seen found pulled gone")
"""What we did to know, and nothing to help."""
_CONDITION = re.compile(
    r"\b(?:(?:as|so) long as|provid(?:ed|ing)(?: that)? (?:you|it|we|the)|only (?:if|when|once|after|as long)|on (?:the )?condition|not again|just this once|one[- ]time)\b"
)
_BOUNDS = re.compile(
    r"\b(?:earlier|previous|(?<!the )others?|must|ha(?:s|ve) to|all (?:of )?your|every(?:one)?|each of your|only (?:works?|while|on)"
    r"|(?:right|straight) away|(?<!all )(?<!everything )at once|on the spot|in no time|at any (?:time|moment)|any ?time|whenever|rights? to|no longer due"
    r"|(?:do not|don't|need not|needn't|not) (?:have to |need to )?(?:pay|wait|return)|nothing (?:left )?to pay)\b"
)
"""Words that widen an act to more things, narrow it, hasten it or free somebody of it: somebody must have said them."""
_SECRET = re.compile(
    r"\b(?:passwords?|passcodes?|pins?|cvv|cvc|security codes?|card numbers?|maiden name|one[- ]time codes?|passports?|bank statements?)\b"
)
_WANTS = re.compile(r"\b(?:needs?|needed|sends?|give|tell|share|provide|enter|required?|type)\b")
_CANNOT = re.compile(
    r"\b(?:i|we) (?:can't|cannot|can not|(?:am|are) (?:not able|unable) to)\b|\b(?:i'm|we're) (?:not able|unable) to\b"
)
"""That we may not do something grants nothing."""
_NOT = re.compile(r"\b(?:not|no|never|nothing|none|neither)\b|n't\b")


def without_footing(reply: str, case: Case, actions: tuple[Action, ...]) -> Iterator[str]:
    """Sentences that stand on nothing, each with what is wrong, also where the draft had them: it is what was stopped.

    To who reads English, for the words of an authority are none of another language's: there the judge must find each offer.
    """
    reads = primary(case.preferences.language or language_of(" ".join(case.customer_turns())))
    if language_of(reply) != "en" and reads != "en":
        return
    known = material(case, actions)
    for strange in disguised(reply, known.raw):
        yield f"This is no way to write to a customer: {strange}"
    for piece in pieces(reply):
        said = speech(piece.text, question=piece.asks)
        if why := fault(said, known) or _above(fold(piece.shown), said, known):
            yield f"Nothing allows or shows this: {piece.shown} ({why})"


def fault(said: Speech, known: Material) -> str | None:
    """Why a piece stands on nothing; None where it does."""
    return _bound(said, known) or _undone(said, known) or _unknown(said, known) or _idle(said, known)


def _bound(said: Speech, known: Material) -> str | None:
    """Conditions, bounds and secrets that nobody named."""
    if _CONDITION.search(said.text) and not (
        _CONDITION.search(known.acts) or _CONDITION.search(known.results)
    ):
        return "a condition that nobody made"
    if found := [m.group() for m in _BOUNDS.finditer(said.text) if not known.holds(m.group())]:
        return f"not known: {', '.join(found)}"
    if not (said.asks or _WANTS.search(said.text)):
        return None
    secrets = [m.group() for m in _SECRET.finditer(said.text)]
    needless = [one for one in secrets if not re.search(rf"\b{re.escape(one)}\b", known.acts)]
    return f"nothing needs it: {', '.join(needless)}" if needless else None


def _above(shown: str, said: Speech, known: Material) -> str | None:
    """An amount above the limit of each action that it speaks of; which act that is, the ledger need not know."""
    if not said.ours:
        return None
    matter = frozenset[str]().union(*said.matter.values())
    limits = [action.max_amount for action in known.actions if matter & meanings(of_action(action))]
    for amount in money_in(shown, bare=True) if limits else ():
        if all(limit is not None and amount.value > limit for limit in limits):
            return f"{amount.text} is above the limit"
    return None


def _undone(said: Speech, known: Material) -> str | None:
    """A deed that we say we did, where results do not hold it and all that it was done to; looking something up is none."""
    if said.did is None:
        return None
    done = said.did in _LOOKED or bool(meanings(said.did) & known.shown)
    shown = done and all(of & known.shown for word, of in said.matter.items() if word != said.did)
    return None if shown else "no result shows that we did it"


def _unknown(said: Speech, known: Material) -> str | None:
    """Words that nobody used, and deeds that we may not do."""
    may = known.allowed if said.modal else known.proved
    looked = {said.did} & _LOOKED
    strange = [
        word
        for word, of in said.matter.items()
        if not of & (known.proved | known.said) and word not in looked
    ]
    refuses = _CANNOT.search(said.text) is not None
    bound = said.ours and not refuses
    wrong = [word for word, of in said.matter.items() if bound and deeds(word) and not of & may]
    wrong += [word for word in strange if is_weighty(word) or deeds(word)]
    own = _OWN if (said.felt or said.asks) and not said.ours else 0
    return (
        f"not known: {', '.join(dict.fromkeys((*wrong, *strange)))}" if wrong or len(strange) > own else None
    )


def _idle(said: Speech, known: Material) -> str | None:
    """A statement of which nothing is allowed or shown, though each of its words was said."""
    if said.asks or _CANNOT.search(said.text):
        return None
    if not said.matter:
        promises = said.ours or said.text.startswith("you ")
        idle = promises and not PROMISING.isdisjoint(words_in(said.text))
        return _NOTHING if idle or said.has or said.state else None
    told = sum(not of & known.told for of in said.matter.values()) <= _OWN and not any(
        map(deeds, said.matter)
    )
    stands = _proved(said, known) if said.ours else (said.felt and told) or _is_so(said, known)
    return None if stands else _NOTHING


def _proved(said: Speech, known: Material) -> bool:
    return any(of & known.proved for of in said.matter.values())


def _is_so(said: Speech, known: Material) -> bool:
    """How things are: as results show it or the customer told it, or, of a time to come, as the authority says."""
    shown = any(of & known.shown for of in said.matter.values())
    if said.has:
        return shown and (is_light(said.has) or bool(meanings(said.has) & known.shown))
    if said.state and not (is_light(said.state) or meanings(said.state) & known.shown):
        return False
    if shown:
        return not _NOT.search(said.text) or known.denies(said.matter)
    if all(of & known.told for of in said.matter.values()) and not any(map(deeds, said.matter)):
        return True
    return _proved(said, known) and said.state is None
