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
from guard.rewriting.languages import language_of
from guard.rewriting.material import Material, denies, material
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.pieces import disguised, pieces, words_in
from guard.rewriting.speech import Speech, speech
from guard.rewriting.weight import PROMISING, is_light, is_weighty
from guard.text import words

_OWN = 1
"""Words of its own that recognition or a question may have: "a broken wrist is a nasty thing"."""
_NOTHING = "nothing of it is known"
_LOOKED = words("checked looked read seen found pulled gone")
"""What we did to know, and nothing to help."""
_CONDITION = re.compile(
    r"\b(?:(?:as|so) long as|provid(?:ed|ing)(?: that)? (?:you|it|we|the)|only (?:if|when|once|after|as long)|on (?:the )?condition|not again|just this once|one[- ]time)\b"
)
_BOUNDS = re.compile(
    r"\b(?:earlier|previous|(?<!the )others?|must|ha(?:s|ve) to|all (?:of )?your|every(?:one)?|each of your|only (?:works?|while|on)"
    r"|(?:right|straight) away|(?<!all )(?<!everything )at once|on the spot|in no time|at any (?:time|moment)|any ?time|whenever|rights? to|no longer due)\b"
)
"""Words that widen an act to more things, narrow it or hasten it: somebody must have said them."""
_SECRET = re.compile(
    r"\b(?:passwords?|passcodes?|pins?|cvv|cvc|security codes?|card numbers?|maiden name|one[- ]time codes?|passports?|bank statements?)\b"
)


def without_footing(reply: str, case: Case, actions: tuple[Action, ...]) -> Iterator[str]:
    """Sentences that stand on nothing, each with what is wrong, also where the draft had them: it is what was stopped.

    In English only, for the words of an authority are none of another language's: there its judge must find each offer.
    """
    if language_of(reply) != "en":
        return
    known = material(case, actions)
    for strange in disguised(reply, known.raw):
        yield f"This is no way to write to a customer: {strange}"
    for piece in pieces(reply):
        if why := fault(speech(piece.text, question=piece.asks), known):
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
    secret = _SECRET.search(said.text) if said.asks else None
    return f"nothing needs it: {secret.group()}" if secret and secret.group() not in known.acts else None


def _undone(said: Speech, known: Material) -> str | None:
    """A deed that we say we did, where results do not hold it and all that it was done to; looking something up is none."""
    if said.did is None:
        return None
    done = said.did in _LOOKED or bool(meanings(said.did) & known.shown)
    shown = done and all(of & known.shown for of in said.matter.values())
    return None if shown else "no result shows that we did it"


def _unknown(said: Speech, known: Material) -> str | None:
    """Words that nobody used, and deeds that we may not do."""
    may = known.allowed if said.modal else known.proved
    strange = [word for word, of in said.matter.items() if not of & (known.proved | known.said)]
    wrong = [word for word, of in said.matter.items() if said.ours and deeds(word) and not of & may]
    wrong += [word for word in strange if is_weighty(word) or deeds(word)]
    own = _OWN if (said.felt or said.asks) and not said.ours else 0
    return (
        f"not known: {', '.join(dict.fromkeys((*wrong, *strange)))}" if wrong or len(strange) > own else None
    )


def _idle(said: Speech, known: Material) -> str | None:
    """A statement of which nothing is allowed or shown, though each of its words was said."""
    if said.asks or said.felt:
        return None
    if not said.matter:
        promises = said.ours or said.text.startswith("you ")
        idle = promises and not PROMISING.isdisjoint(words_in(said.text))
        return _NOTHING if idle or said.has else None
    stands = _proved(said, known) if said.ours else _is_so(said, known)
    return None if stands else _NOTHING


def _proved(said: Speech, known: Material) -> bool:
    return any(of & known.proved for of in said.matter.values())


def _is_so(said: Speech, known: Material) -> bool:
    """How things are: as results show it or the customer told it, or, of a time to come, as the authority says."""
    shown = any(of & known.shown for of in said.matter.values())
    if said.has:
        return shown and (is_light(said.has) or bool(meanings(said.has) & known.shown))
    if shown:
        return known.denies or not denies(said.text)
    if all(of & known.told for of in said.matter.values()) and not any(map(deeds, said.matter)):
        return True
    return _proved(said, known) and not said.is_so
