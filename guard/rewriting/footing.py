"""What each sentence of a rewrite stands on: an act that is allowed, a result, or what the customer told us.

A promise needs no verb that a grammar knows: "the warranty covers this", "there will be no return fee". So no sentence is
asked what it promises. Its words that carry matter must be known, from the allowed actions, the results of calls or the
conversation, in any form or as another word of one meaning. Two known words carry one that is not, unless it grants or
binds (`weight`). Deeds that we will do must be allowed, for nobody may do what a customer only wishes; those that we did
must be shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guard.assessment import ANY_ACT, Claim
from guard.case import Action, Case
from guard.ledger.acts import MONEY
from guard.ledger.amounts import money_in
from guard.ledger.authority import read
from guard.ledger.evidence import entry
from guard.ledger.permission import NOT_COVERED
from guard.rewriting.languages import language_of
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.weight import is_felt, is_light, is_weighty, plain_forms
from guard.text import ID, LINK, content, fold, words

_CARRIED = 2
"""Known words that carry one that is not."""
_FELT_OWN = 2
"""Words of its own that recognition may have: "a shade in pieces is no fun to unpack"."""
_MOSTLY = 0.75
"""Of the words of a condition, those that an offer must say."""
_CONDITION_OF = re.compile(
    r"\b(?:if|unless|only|while|when|once|until|before|after|as long as|provided|within|per|for)\b"
)
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
_OURS = re.compile(r"\b(?:i|we|our|us)\b|\b(?:will|can|may|shall|could|might|gets?|free)\b|'ll\b")
"""Who acts, or what is granted: such a sentence tells nothing back."""
_PAST = r"\w+(?:ed|en|wn|ent|one|ade|ut|et|aid|old|ught|ound)"
_FILLED = r"(?:\w+ly |just |now |already |also |since |been )*"
_WE_DID = re.compile(rf"\b(?:i|we)(?:'ve| have) {_FILLED}(?P<deed>had|{_PAST})\b|\b(?:i|we) (?P<did>had)\b")
_LOOKED = words("checked looked read seen found pulled gone")
"""What we did to know, and nothing to help."""
_HAS = re.compile(
    rf"(?<!you)(?:(?:'ve| has| have| had) {_FILLED}|'s (?:just|already|been) {_FILLED})(?P<deed>{_PAST})\b"
)
_IS = re.compile(
    rf"(?:\b(?:is|are|was|were|been)|'(?:s|re)) {_FILLED}(?:ready|\w+(?:ed|en|wn))\b(?!.*(?:\d|day|hour|week|month))"
)
"""What is so, and not how long it takes: an authority tells what may be done, and not what is."""
_CONDITION = re.compile(
    r"\b(?:(?:as|so) long as|provid(?:ed|ing)(?: that)? (?:you|it|we|the)|only (?:if|when|once|after|as long)|on (?:the )?condition|not again|just this once|one[- ]time)\b"
)
_SCOPE = re.compile(r"\b(?:earlier|previous|(?<!the )others?|must|ha(?:s|ve) to|only (?:works?|while|on))\b")
"""Words that widen an act to more things, or narrow it: somebody must have said them."""
_THEIR_ACT = re.compile(
    r"\b(?:if|once|when|after|until) (?:you|we have|i have)(?:'ve|'d| have| would| could| can)? (?:\w+ly )?(?P<deed>[a-z]+)\b"
    r"|\b(?P<ours>send|give|share|post|bring|forward|e?-?mail) (?:\w+ (?:to )?)?(?:me|us)\b"
)
"""What the customer may do for us: "if you send them to me"."""
_SET_PHRASE = re.compile(
    r"\bas soon as\b|\bright now\b|\byou(?:'ve| have)? (?:told|asked|gave|given|sent|wrote|written) (?:me|us)\b"
)
"""Said of the customer's answer, of what stands, or of what they told us."""
_DAY = re.compile(
    r"(?:\b\d{0,2}(?:st|nd|rd|th)? ?(?:of|in|since|until|by|from|on|to)|\d(?:st|nd|rd|th)?|^\W*|\s)\s?\bmay\b(?= \d|[.,;!?]|$)|(?<=\s)may \d{1,2}\b"
)
"""The month that is a modal verb, too: "on 15 May.", "in May,", "May 3"."""
_PIECE = re.compile(
    r"(?<=[.!?…])\s+|\n+|;\s|\s[—–-]\s|,\s(?:and|but|so)\s(?=(?:i|we|you|it|they|there|this|that)\b)"
)
"""Between sentences, and between what could be two."""
_WORD = re.compile(r"[a-z][a-z'-]*[a-z]")
_ENDING = re.compile(r"(?:'(?:s|ll|ve|re|d|m)|n't|s')$")
_IRREGULAR = {
    "sent": "send",
    "resent": "resend",
    "paid": "pay",
    "held": "hold",
    "bought": "buy",
    "lent": "lend",
    "redone": "redo",
}
_FIELD = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
"""Where words of a field's name meet."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """Meanings of words: of what results show, of what is allowed, of all that was said, and of what the customer told
    without asking. `spoken`: all of it as it stands; `conditions`: results or the authority make some.
    """

    shown: frozenset[str]
    allowed: frozenset[str]
    said: frozenset[str]
    told: frozenset[str]
    conditions: bool
    spoken: str


def without_footing(reply: str, case: Case, actions: tuple[Action, ...]) -> Iterator[str]:
    """Sentences that stand on nothing, each with what is wrong. Those of the draft are its judge's to weigh.

    In English only, for the words of an authority are none of another language's: there its judge must find each offer.
    """
    if language_of(reply) != "en":
        return
    ground = _ground(case, actions)
    before = fold(case.draft)
    for piece in filter(None, map(str.strip, _PIECE.split(reply))):
        if fold(piece).strip("-*# ") not in before and (why := _fault(_bare(piece), ground)):
            yield f"Nothing allows or shows this: {piece} ({why})"


def _fault(text: str, ground: _Ground) -> str | None:
    if _CONDITION.search(text) and not ground.conditions:
        return "a condition that nobody made"
    if widens := [m.group() for m in _SCOPE.finditer(text) if m.group() not in ground.spoken]:
        return f"not known: {', '.join(widens)}"
    asks = (text.rstrip("*_ ").endswith("?") or bool(_REQUEST.match(text))) and not _OFFERS.search(text)
    ours, felt = _OURS.search(_WE_FEEL.sub(" ", text)) is not None, any(map(is_felt, _words(text)))
    matter = _matter(text, asks=asks)
    if (did := _WE_DID.search(text)) and not _is_shown(did["deed"] or did["did"], matter, ground):
        return "no result shows that we did it"
    proved = ground.shown | ground.allowed
    may = ground.allowed if _MODAL.search(text) else proved
    unknown = [word for word, of in matter.items() if not of & (proved | ground.said)]
    wrong = [word for word, of in matter.items() if ours and deeds(word) and not of & may]
    wrong += [word for word in unknown if is_weighty(word) or deeds(word)]
    known = sum(bool(of & proved) for of in matter.values())
    own = max(known // _CARRIED, _FELT_OWN if (felt or asks) and not ours else int(asks))
    if wrong or len(unknown) > own:
        return f"not known: {', '.join(dict.fromkeys((*wrong, *unknown)))}"
    stands = asks or felt or (bool(known) if ours and matter else _is_so(text, matter, ground, known))
    return None if stands else "nothing of it is known"


def _is_shown(deed: str, matter: dict[str, frozenset[str]], ground: _Ground) -> bool:
    """Results hold the deed and all that it was done to; or it was to look something up."""
    done = deed in _LOOKED or bool(meanings(_IRREGULAR.get(deed, deed)) & ground.shown)
    return done and all(of & ground.shown for of in matter.values())


def _is_so(text: str, matter: dict[str, frozenset[str]], ground: _Ground, known: int) -> bool:
    """A sentence that says how things are: as results show it or the customer told it, or as the authority says what will be."""
    known_shown = any(of & ground.shown for of in matter.values())
    if has := _HAS.search(text):
        meant = meanings(_IRREGULAR.get(has["deed"], has["deed"]))
        return known_shown and (is_light(has["deed"]) or bool(meant & ground.shown))
    if not matter or known_shown:
        return True
    if all(of & ground.told for of in matter.values()) and not deeds(text):
        return True
    return bool(known) and not _IS.search(text)


def speaks_of(quote: str, action: Action) -> bool:
    """The words of a commitment are about the action that it names; those without matter, "shall I go ahead", are about any."""
    matter = _matter(fold(quote), asks=False).values()
    known = meanings(_of_action(action))
    return not matter or any(of & known for of in matter)


def bears(claim: Claim, reply: str, case: Case, actions: tuple[Action, ...]) -> bool:
    """Whether the words of a claim stand on what is allowed or shown, where the ledger's table of acts cannot place it.

    What is against a limit, a prohibition or a result stays as the ledger found it. An offer names the deeds of actions only;
    of one with a limit the reply says an amount, which the ledger has compared, and of one on a condition the condition. A
    state names no deed of ours: results say it.
    """
    if claim.standing == "contradicted" or (claim.standing == "unauthorised" and claim.why != NOT_COVERED):
        return False
    text, ground = _bare(claim.span.text), _ground(case, actions)
    if _fault(text, ground):
        return False
    if is_offer(claim):
        theirs = {deed for m in _THEIR_ACT.finditer(text) for deed in deeds(m["deed"] or m["ours"])}
        asked = _REQUEST.match(text)
        named = deeds(text[asked.end() :] if asked else text) - theirs
        return all(any(_offers(deed, action, fold(reply)) for action in actions) for deed in named)
    matter = _matter(text, asks=False).values()
    return claim.act == ANY_ACT and not _WE_DID.search(text) and any(of & ground.shown for of in matter)


def is_offer(claim: Claim) -> bool:
    """It tells of what may be, also where the ledger reads a state: "the sum is credited once we can open it"."""
    modal = _MODAL.search(_bare(claim.span.text)) is not None
    return claim.kind in ("offered", "promised") or (claim.standing == "unknown" and modal)


def _offers(deed: str, action: Action, reply: str) -> bool:
    """The deed is the action's, and a reply that offers it says its limit and its condition."""
    if deed not in meanings(_of_action(action)) or (action.max_amount is not None and not money_in(reply)):
        return False
    condition = content(" ".join(_CONDITION_OF.split(fold(action.does))[1:]) or action.does)
    return not read(action).conditional or len(condition & content(reply)) >= _MOSTLY * len(condition)


def _bare(sentence: str) -> str:
    """Folded, without names of things, links, and phrases that say nothing of the matter."""
    return _SET_PHRASE.sub(" ", _DAY.sub(" ", fold(ID.sub(" ", LINK.sub(" ", sentence)))))


def _matter(text: str, *, asks: bool) -> dict[str, frozenset[str]]:
    """The words of a folded text that carry matter, and what each means."""
    theirs = {m["deed"] or m["ours"] for m in _THEIR_ACT.finditer(text)}
    return {
        word: of
        for word in _words(text)
        if not (is_light(word) or word in theirs or (asks and not plain_forms(word).isdisjoint(_ASKED)))
        and (of := meanings(word))
    }


def _words(text: str) -> dict[str, None]:
    """Each once, in order, without what is joined to it by an apostrophe."""
    bare = (_ENDING.sub("", word) for word in _WORD.findall(text))
    return dict.fromkeys(_IRREGULAR.get(word, word) for word in bare)


def _ground(case: Case, actions: tuple[Action, ...]) -> _Ground:
    calls = [one for one in map(entry, case.evidence or ()) if one.result != "failed"]
    shown = [_spaced(f"{one.call.name} {one.text}") for one in calls]
    may = [_of_action(action) for action in actions]
    customers = [fold(turn) for turn in case.customer_turns()]
    told = [s for turn in customers for s in _PIECE.split(turn) if not s.endswith("?")]
    return _Ground(
        shown=_all(shown),
        allowed=_all(may),
        said=_all([fold(turn.content) for turn in case.turns]),
        told=_all(told),
        spoken=" ".join([*shown, *may, *(fold(t.content) for t in case.turns)]),
        conditions=any(_CONDITION.search(text) for text in (*shown, *may)),
    )


def _of_action(action: Action) -> str:
    """All that an action says of itself, its acts by their names, and what goes with a limit, with money and with a new thing."""
    acts = read(action).acts
    more = (
        "limit maximum max worth value" if action.max_amount is not None else "",
        "pay payment" if acts & MONEY else "",
        "send" if "replace" in acts else "",
    )
    texts = (action.does, action.say, action.deadline, *action.needs, *action.for_words, *acts, *more)
    return _spaced(" ".join((action.id, *filter(None, texts))))


def _spaced(text: str) -> str:
    """Folded, names of fields as words: `delivered_on`, `deliveredOn`."""
    return fold(_FIELD.sub(" ", text)).replace("-", " ")


def _all(texts: list[str]) -> frozenset[str]:
    return frozenset[str]().union(*(meanings(" ".join(_words(text.replace("-", " ")))) for text in texts))
