"""How a piece of a reply speaks: it asks, offers, feels with somebody, tells what we did, or how things are."""

import re
from dataclasses import dataclass

from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.pieces import plain_verb, words_in
from guard.rewriting.weight import is_felt, is_light, plain_forms
from guard.text import words

_ASKED = words(
    "send share provide upload attach enter check number name date photo picture email phone address reference code copy "
    "screenshot which"
)
"""Words of asking the customer for something."""
_REQUEST = re.compile(
    r"\W*(?:(?:please|just|simply|then|so|and|to start|first)[, ]+)*(?:send|share|reply|tell|let|give|provide|confirm|upload|attach)\b"
)
_OFFERS = re.compile(r"\b(?:(?:shall|should|can|may|could) (?:i|we)|(?:like|want|prefer) (?:me|us) to)\b")
"""An offer that is put as a question."""
_MODAL = re.compile(r"\b(?:will|can|could|shall|may|might|would)\b|'(?:ll|d)\b")
_WE_FEEL = re.compile(
    r"\b(?:i|we)(?:'m| am|'re| are| can| do)? (?:\w+ly |so |very |really )*(?=(?:sorry|understand|apologi[sz]e|see|hear|know)\b)"
)
"""Where we only say what we feel or know, nobody acts."""
_OURS = re.compile(
    r"\b(?:i|we|our|(?<!send )(?<!tell )(?<!give )(?<!let )(?<!share )(?<!to )us)\b|\b(?:will|can|may|shall|could|might|gets?|free)\b|'ll\b"
)
_PAST = r"(?!ten\b|seven\b|eleven\b|open\b|even\b|often\b|red\b|one\b|about\b|without\b)\w+(?:ed|en|wn|ent|one|ade|ut|et|aid|old|ught|ound)"
_FILLED = r"(?:\w+ly |just |now |already |also |since |been )*"
_WE_DID = re.compile(rf"\b(?:i|we)(?:'ve| have) {_FILLED}(?P<deed>had|{_PAST})\b|\b(?:i|we) (?P<did>had)\b")
_HAS = re.compile(
    rf"(?<!you)(?:(?:'ve| has| have| had) {_FILLED}|'s (?:just|already|been) {_FILLED})(?P<deed>{_PAST})\b"
)
_IS = re.compile(
    rf"(?:\b(?:is|are|was|were|been|gets?|got|consider [a-z ]{{1,30}})|'(?:s|re)) {_FILLED}(?:on )?(?P<state>ready|done|gone|sorted|hold|pause|\w+(?:ed|en|wn))\b(?!.*(?:\d|day|hour|week|month))"
)
_THEIR_ACT = re.compile(
    r"\b(?:if|once|when|after|until) (?:you|we have|i have)(?:'ve|'d| have| would| could| can)? (?:\w+ly )?(?P<deed>[a-z]+)\b"
    r"|\b(?P<ours>send|give|share|post|bring|forward|e?-?mail) (?:\w+ (?:to )?)?(?:me|us)\b"
)


@dataclass(frozen=True, slots=True)
class Speech:
    """What a piece does, told by its form.

    asks: the customer is asked for something. `ours`: we act, or something is granted; such a sentence is no report of what
    the customer said. `felt`: it recognises how something is for somebody. `modal`: of what may or will be. `did`: what we say
    that we did. `has`: what has happened, whoever did it. `state`: what something is in, where no time is told beside it.
    theirs: deeds that the customer may do for us. `matter`: the words that carry some, and what each means.
    """

    text: str
    asks: bool
    ours: bool
    felt: bool
    modal: bool
    did: str | None
    has: str | None
    state: str | None
    theirs: frozenset[str]
    matter: dict[str, frozenset[str]]

    @property
    def deeds(self) -> frozenset[str]:
        """Those that the sentence names, but not as the customer's."""
        asked = _REQUEST.match(self.text)
        named = words_in(self.text[asked.end() :]) if asked else self.matter
        theirs = frozenset[str]().union(*map(deeds, self.theirs))
        return frozenset[str]().union(*(deeds(word) for word in named if word in self.matter)) - theirs


def speech(text: str, *, question: bool) -> Speech:
    """Of a piece in bare words; `question`: it ends as one."""
    offers = _OFFERS.search(text) is not None
    asks = (question or _REQUEST.match(text) is not None) and not offers
    theirs = frozenset(m["deed"] or m["ours"] for m in _THEIR_ACT.finditer(text))
    did, has, state = _WE_DID.search(text), _HAS.search(text), _IS.search(text)
    said = words_in(text)
    return Speech(
        text,
        asks=asks,
        ours=offers or _OURS.search(_WE_FEEL.sub(" ", text)) is not None,
        felt=any(map(is_felt, said)),
        modal=_MODAL.search(text) is not None,
        did=plain_verb(did["deed"] or did["did"]) if did else None,
        has=plain_verb(has["deed"]) if has else None,
        state=plain_verb(state["state"]) if state else None,
        theirs=theirs,
        matter={
            word: of
            for word in said
            if not (is_light(word) or word in theirs or (asks and not plain_forms(word).isdisjoint(_ASKED)))
            and (of := meanings(word))
        },
    )
