"""What the customer asks for: the clauses of a turn that wish for something, and whether an act is among the wishes.

"Do not cancel", "my neighbour got a refund", "when will my replacement arrive?" and a wish that is taken back in the
same breath ask for nothing.
"""

import re
from functools import lru_cache

from guard.case import Turn
from guard.ledger.acts import ACTS, NOUN, PAST
from guard.rewriting.meaning import deeds
from guard.text import fold

_CLAUSE = re.compile(r"[,;.!\n]|(?<=\?)|\b(?:but|because|so)\b")
_UNWISHED = re.compile(
    r"(?<!why )\b(?:do not|don't|dont|never|never mind|forget(?: about)?|instead of|rather than|without|not (?:asking|looking|want|interested|to|cancel|refund|replace)|no need)\b"
    r"(?! (?:you|we|they)\b).*|\b(?:stop|quit) (?:sending|offering|calling|asking|trying|charging|the)\b.*|\bkeep (?:your|the|my)\b.*|\bno time (?:to|for)\b.*|\bi (?:asked|told|wanted) you to\b.*"
    r"|\b(?!i(?:'ll| will) (?:take|go (?:with|for)|choose|pick|opt for|have) (?:the|an?|that|your|it)\b)(?:i'll|i will|i'm going to|im going to|i'm gonna|i am going to|we'll|we will)\b.*|\b(?:a |the |your )?(?:refund|replacement|voucher|credit|discount|exchange)s? (?:won't|wont|will not|doesn't|does not|isn't|is not|is no)\b.*"
    r"|\b(?:refund|replacement|cancel\w*|return|exchange|credit|voucher) (?:button|page|form|link|policy|status|option|tab|e-?mail|process|request form|offers?|portal|screen)s?\b"
    r"|\b(?:i|we)(?:'ve| have)? (?:already )?(?:got|received|had|was given|were given) (?:a |the |my |your |that )?(?:\w+ )?(?:refund|replacement|voucher|credit|discount|exchange)s?\b|\b(?:no|not) (?:an? |the )?(?=\w)(?:refund|replacement|voucher|credit|discount|cancellation|exchange)s?\b"
)
_OTHERS = re.compile(
    r"\b(?:neighbou?rs?|friends?|sister|brother|mother|father|mum|mom|dad|wife|husband|cousin|colleagues?|someone|somebody|others|people|customers|he|she|they)\b"
    r"[^?]*\b(?:got|gets|received|had|have|has|was given|were given|was offered|were offered)\b"
)
"""What somebody else got."""
_STATE = re.compile(
    r"^\W*(?:and |so |also |hi |hello |ok )?(?!is (?:it|that|this) (?:still |at all )?possible|is there|what about an?\b|when (?:can|could) (?:you|we|i) (?!expect|see|have|get)|how (?:can|do|could) (?:i|we))(?:when|where|how long|how soon|has|have|did|was|were|is|what about|any (?:news|update)|what(?:'s| is) the (?:status|state))\b.*\?"
)
"""A question after something that is under way: it is answered, not done once more."""
_TURNED = re.compile(
    r"^\W*(?:no,? |oh,? |or )?(?:wait|actually|on second thoughts?|scratch that|never mind|better|rather)\b"
)
"""The customer has changed their mind: what they wished before in this turn no longer counts."""
_MONEY_BACK = re.compile(
    r"\b(?:give|get|want|need|have|like|send)\b[^.]{0,20}(?:[$€£]\s?\d[\d.,]*|\b\d[\d.,]*|\bmoney|\bcash) back\b"
)
_REQUESTS = re.compile(
    r"\b(?:please|pls|plz|(?:can|could|would|will|may|might) (?:you|u|we|i|he|she|they|someone|somebody)|(?:do|could|can) (?:we|i) (?:get|have)"
    r"|(?:any|a|some) (?:chance|way|possibility)|(?:i|we)(?:'d| would)? (?:\w+ly |also |just |still |only )?(?:want|need|like|rather|prefer|must|have to)"
    r"|let (?:me|us)|(?:give|get|put|send|bring|take|make|find|let) (?:me|us|it|him|her|them|my|our|the|that|this|those|these|an?|some|something|someone|somebody)|instead)\b"
    r"|\b(?:i'll|i will) (?:take|go (?:with|for)|choose|pick|opt for|have)\b|\b(?:is|would) (?:it|that|this) (?:still |at all )?(?:be )?possible\b|\bwhat about an?\b|\bhow (?:can|do|could) (?:i|we)\b|\b(?:wants|needs|asks? for|requires?)\b|^\W*(?:need|want|would like|trying|looking) (?:to|for|an?|the|my|some|more)\b"
    r"|^\W*(?:just|only) an? (?:\w+ )?\w+\W*$"
)
_INQUIRES = re.compile(
    r"\b(?:tell me|let (?:me|us) know|(?:to|want to|like to) know|explain\w*|explanation|wonder\w*|why|who|whose|what (?!about)|how come|how much|is (?:it|that|this) normal)\b"
)
"""An answer is wanted, and no act."""
_FIRST = re.compile(
    r"^\W*(?:and |then |so |just |first |kindly |now )?((?!delivery|booking|order|longer|better|higher|cheaper|smaller)[a-z]{3,}(?<!ed)(?<!ing))(?! (?:is|are|was|were|has|have|had|says|said|no|number|id)\b)\b"
)
"""A deed in the imperative: "move it to Friday"."""
_PHRASE_ENDS = re.compile(
    r"\b(?:for|to|up|by|in|on|off|from|with|within|under|at|if|when|before|after|or|and|that|which|until|back)\b"
)
_REFUSED = re.compile(r"\b(?:do not|don't|dont|never|no more|not want|(?:stop|quit) (?=\w+ing))\b[^,;.!?\n]*")
_YES = re.compile(
    r"(?:(?:oh|ok|okay|yes|yeah|yep|yup|sure|please|pls|thanks|thank you|great|perfect|fine|good|do|do it|do that|please do|go ahead|that works|works for me|sounds good"
    r"|that would be (?:great|good|nice|lovely|fine|perfect)|i'd like that|deal|of course)[\s,.!]*){1,6}"
)
_OFFER = re.compile(
    r"\b(?:i|we) (?:can|could)\b|\b(?:shall|should) (?:i|we)\b|\bwould you like (?:me|us) to\b|\bdo you want (?:me|us) to\b"
)
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_WANT = r"\b(?:want|need|get|have|like|be|please)\b(?: \w+){0,4} "


def wishes(turn: str) -> str:
    """The wishing clauses of a turn, folded, parted by full stops."""
    kept: list[str] = []
    turned = False
    for clause in _CLAUSE.split(fold(turn)):
        turned = turned or _TURNED.search(clause) is not None
        if turned and any(NOUN[a].search(clause) or _verb(a, clause) for a in ACTS):
            kept.clear()
            turned = False
        if _OTHERS.search(clause) or _STATE.search(clause):
            continue
        kept.append(_UNWISHED.sub(" ", clause))
    return " . ".join(kept)


def accepted(turns: tuple[Turn, ...]) -> str:
    """What the customer's last turn says yes to: the one thing that our turn before it offered, as a wish."""
    if len(turns) < 2 or turns[-1].role != "customer" or turns[-2].role == "customer":
        return ""
    if not _YES.fullmatch(fold(turns[-1].content).strip()):
        return ""
    said = _SENTENCE.split(fold(turns[-2].content))
    offers = [s for s in said if (found := _OFFER.search(s)) and len(s[found.end() :].split()) > 1]
    return _OFFER.sub("please", offers[0]) if len(offers) == 1 and not re.search(r"\bor\b", offers[0]) else ""


def declines(acts: frozenset[str], turns: tuple[str, ...]) -> bool:
    """The customer says of one of these acts that it is not wanted, and nowhere later asks for it."""
    for turn in reversed(turns):
        wished = wishes(turn)
        if any(asks(act, clause) for act in acts for clause in wished.split(" . ")):
            return False
        refused = " . ".join(m.group() for m in _REFUSED.finditer(fold(turn)))
        if any(NOUN[act].search(refused) or _verb(act, refused) for act in acts):
            return True
    return False


@lru_cache(maxsize=64)
def requests(clause: str) -> bool:
    """The clause of a wish asks for something to be done: "could we come later", "move it, please", "any chance of …?"

    Who wants to know something asks for an answer.
    """
    if inquires(clause):
        return False
    first = _FIRST.match(clause)
    return _REQUESTS.search(clause) is not None or (first is not None and bool(deeds(first[1])))


def inquires(clause: str) -> bool:
    """The clause asks to be told something."""
    return _INQUIRES.search(clause) is not None


def wanted(clause: str) -> tuple[str, ...]:
    """What stands right behind the words that ask, up to the next preposition: "bring a suitcase"."""
    starts = [m.end() for m in _REQUESTS.finditer(clause)] or [0]
    return tuple(
        _PHRASE_ENDS.split(clause[start:].removeprefix(" to"), maxsplit=1)[0] for start in (0, *starts)
    )


def asks(act: str, wished: str) -> bool:
    """The verb in its plain form, the noun, or "I want it refunded". "You cancelled it" asks for nothing."""
    if act == "refund" and _MONEY_BACK.search(wished):
        return True
    return (
        _verb(act, wished)
        or NOUN[act].search(wished) is not None
        or re.search(rf"{_WANT}(?:{PAST[act].pattern})", wished) is not None
    )


def _verb(act: str, wished: str) -> bool:
    verbs = "|".join(map(re.escape, ACTS[act].verbs.split()))
    return re.search(rf"\b(?:{verbs})\b", wished) is not None
