"""What the customer asks for: the clauses of a turn that wish for something, and which verbs stand where a wish has them.

"Do not cancel", "my neighbour got a refund", "when will my replacement arrive?" and a wish that is taken back in the
same breath ask for nothing.
"""

import re
from functools import lru_cache

from guard.ledger.acts import ACTS, NOUN, PAST, acts_of_verb
from guard.rewriting.meaning import VERBS
from guard.text import fold

CLAUSE = re.compile(r"[,;.!\n]|(?<=\?)|\b(?:but|because|so)\b")
_REMEDY = r"(?:refund|replacement|voucher|credit|discount|exchange|cancellation)s?"
_CHOOSE = r"(?:i'll|i will) (?:take|go (?:with|for)|choose|pick|opt for|have)"
"""The one thing that a customer will do and we must: what they choose."""
_POSSIBLE = r"(?:is|would) (?:it|that|this) (?:still |at all )?(?:be )?possible|what about an?|how (?:can|do|could) (?:i|we)|when (?:can|could) you"
_REQUEST = (
    r"please|pls|plz|(?:can|could|would|will|may|might) (?:you|u|we|i|he|she|they|someone|somebody|(?:an?|the|your) \w+)|(?:do|could|can) (?:we|i) (?:get|have)"
    r"|(?:any|a|some) (?:chance|way|possibility)|(?:i|we)(?:'d| would)? (?:\w+ly |also |just |still |only )?(?:want|need|like|rather|prefer|must|have to)"
    r"|let (?:me|us)|(?:give|get|put|send|bring|take|make|find|let) (?:me|us|it|him|her|them|my|our|the|that|this|those|these|an?|some|something|someone|somebody)|instead"
    rf"|{_CHOOSE}|{_POSSIBLE}|wants|needs|asks? for|requires?|(?:should|must|ha(?:s|ve) to) be"
)
_REQUESTS = re.compile(
    rf"\b(?:{_REQUEST})\b|^\W*(?:need|want|would like|trying|looking) (?:to|for|an?|another|the|my|some|more)\b"
    r"|^\W*(?:just|only) an? (?:\w+ )?\w+\W*$"
)
_PERSON = r"neighbou?rs?|friends?|sister|brother|mother|father|mum|mom|dad|wife|husband|partner|cousin|colleagues?|flatmate|roommate|boss|landlord|tenant"
_OF_ANOTHER = re.compile(
    rf"\b(?:(?:{_PERSON})(?:'s?|s)|his|her) (?:\w+ )?(?:accounts?|cards?|orders?|bookings?|reservations?|subscription|membership|password|contract|plan|bill|invoice)\b"
    rf"|\b(?:accounts?|cards?|orders?|bookings?|subscription|membership|contract) of (?:an?|my|his|her) (?:{_PERSON})\b"
    r"|\b[a-z]{4,} (?:hers|his|theirs)\b(?! \w)"
)
"""What belongs to somebody else is not for this customer to change."""
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_CONDITION = re.compile(
    r"(?<!know )(?<!see )(?<!check )(?<!sure )(?<!ask )(?<!wonder )(?<!wondering )(?<!asking )(?<!even )(?<!as )"
    r"\bif (?!possible|necessary|so\b|anything|you (?:can|could|would|will|please|do not mind|don't mind|wouldn't mind)\b(?!'t)(?! not)|(?:that|it|this)(?:'s| is| was|'d be| would be| works)? ?(?:ok|okay|possible|fine|alright|all right|helps)?\W*$|need(?:ed| be))"
    r"|\b(?:unless|provided that|on condition|as long as|in case|depending on|(?<!at )once (?:it|that|you|they|the|we|i|my))\b"
    r"|^\W*should (?!i\b|we\b)"
)
"""Something stands between the wish and the act that cannot be checked from here."""
_UNWISHED = re.compile(
    "|".join(
        (
            # what is not to be done; "why don't you …?" asks for it
            r"(?<!why )\b(?:do not|don't|dont|never|forget(?: about)?|instead of|rather than|without|not (?:asking|looking|want|interested|to|cancel|refund|replace)|no need)\b(?! (?:you|we|they)\b).*",
            r"\b(?:stop|quit) (?:sending|offering|calling|asking|trying|charging|the)\b.*|\bkeep (?:your|the|my)\b.*|\bno time (?:to|for)\b.*",
            r"\b(?:no|not) (?:an? |the )?" + _REMEDY + r"\b",
            rf"\bthan (?:an? |the |my |another |to )?(?:{_REMEDY}|(?:refund|replace|cancel|exchange|swap|return|credit)\w*)\b.*",
            # what is to be taken back: "cancel my cancellation"
            rf"\b(?:cancel|undo|reverse|revoke|withdraw|take back)(?:l?ing)? (?:my |the |this |that |your )?(?:\w+ )?(?:{_REMEDY}|return)\b.*",
            # what was asked before, what they will do themselves, what will not help
            rf"\bi (?:asked|told|wanted) you to\b.*|\b(?!{_CHOOSE}\b)(?:(?:i|we)(?:'ll| will| am going to)|i'?m (?:going to|gonna))\b.*",
            rf"\b{_REMEDY} (?:won't|wont|will not|doesn't|does not|isn't|is not|is no)\b.*",
            # what only speaks of it, and what they have
            rf"\b(?:{_REMEDY}|cancel\w*|return) (?:button|page|form|link|policy|status|option|tab|e-?mail|process|request form|offers?|portal|screen)s?\b",
            rf"\b(?:i|we)(?:'ve| have)? (?:already )?(?:got|received|had|was given|were given) (?:a |the |my |your |that )?(?:\w+ )?{_REMEDY}\b",
            # what somebody else got
            rf"\b(?:{_PERSON}|someone|somebody|others|people|customers|he|she|they)\b"
            rf"(?: \w+){{0,4}} (?:got|gets|received|had|have|has|given|offered) (?:\w+ ){{0,3}}(?:{_REMEDY}|money)\b",
        )
    )
)
_STATE = re.compile(
    r"^\W*(?:and |so |also |hi |hello |ok )?(?:when|where|how long|how soon|has|have|did|was|were|is|what about|any (?:news|update)|what(?:'s| is) the (?:status|state))\b.*\?"
)
"""A question after something that is under way, if it is none after what is possible: it is answered, not done once more."""
_ASKS_WHETHER = re.compile(rf"\b(?:{_POSSIBLE})\b")
_TURNED = re.compile(
    r"^\W*(?:no,? |oh,? |or )?(?:wait|actually|on second thoughts?|scratch that|never mind|better|rather)\b"
)
"""The customer has changed their mind: what they wished before in this turn no longer counts."""
_MONEY_BACK = re.compile(
    r"\b(?:give|get|want|need|have|like|send)\b[^.]{0,20}(?:[$€£]\s?\d[\d.,]*|\b\d[\d.,]*|\bmoney|\bcash) back\b"
)
_INQUIRES = re.compile(
    r"\b(?:tell me|let (?:me|us) know|(?:to|want to|like to) know|explain\w*|explanation|wonder\w*|why|who|whose|what (?!about)|how come|how much|is (?:it|that|this) normal)\b"
)
"""An answer is wanted, and no act."""
_FILLER = (
    r"(?:(?:to|you|u|please|pls|just|also|then|first|now|still|kindly|\w+ly|be able|go ahead and) ){0,4}"
)
_FIRST = re.compile(
    r"^\W*(?:(?:and|then|so|just|first|kindly|now|hi|hello|hey|ok|okay) ){0,3}([a-z]{3,})\b(?! (?:is|are|was|were|has|have|had|says|said|no|number|id)\b)"
)
"""The first word, if it is no noun before its verb: "move it", as against "reset is broken"."""
_BIDDEN = re.compile(
    rf"\b(?:{_REQUEST}|need|want|trying|looking) {_FILLER}([a-z]{{3,}})\b|\band (?:then )?([a-z]{{3,}})\b"
    r"|\b(?:want|need|get|have|like|be)(?: \w+){1,4} ([a-z]+ed)\b(?=\W*$| (?:now|please|today|by|until|from|for|on|at|and)\b)"
)
"""What stands behind the words that ask or is added to it: "cancel it and send …", "I want it blocked"."""
_ON_HOLD = re.compile(r"\bput (?!me|us)(?:\w+ ){1,4}on hold\b")
_PHRASE_ENDS = re.compile(
    r"\b(?:for|to|up|by|in|on|off|from|with|within|under|at|if|when|before|after|or|and|that|which|until|back)\b"
)
_WANT = r"\b(?:want|need|get|have|like|be|please)\b(?: \w+){0,4} "


def wishes(turn: str) -> str:
    """The wishing clauses of a turn, folded, parted by full stops. What is wished on a condition or for somebody else goes."""
    told = fold(turn)
    if _OF_ANOTHER.search(told):
        return ""
    certain = " \n ".join(s for s in _SENTENCE.split(told) if not _CONDITION.search(s))
    kept: list[str] = []
    turned = False
    for clause in CLAUSE.split(certain):
        turned = turned or _TURNED.search(clause) is not None
        if turned and any(names(act, clause) for act in ACTS):
            kept.clear()
            turned = False
        if not _STATE.search(clause) or _ASKS_WHETHER.search(clause):
            kept.append(_UNWISHED.sub(" ", clause))
    return " . ".join(kept)


@lru_cache(maxsize=64)
def requests(clause: str) -> bool:
    """The clause of a wish asks for something to be done: "could we come later", "move it, please", "any chance of …?"

    Who wants to know something asks for an answer.
    """
    if _INQUIRES.search(clause):
        return False
    first = _FIRST.match(clause)
    return _REQUESTS.search(clause) is not None or (
        first is not None and (first[1] in VERBS or bool(acts_of_verb(first[1])))
    )


def bidden(clause: str) -> frozenset[str]:
    """The words that stand where a request has its verb: "close" of "please close it", and not of "it is close"."""
    first = _FIRST.match(clause)
    behind = (m[1] or m[2] or m[3] for m in _BIDDEN.finditer(clause))
    return frozenset(
        (*behind, *(first.groups() if first else ()), *("pause" for _ in _ON_HOLD.findall(clause)))
    )


def wanted(clause: str) -> tuple[str, ...]:
    """What stands before and right behind the words that ask, up to a preposition: "a label" of "a label please"."""
    found = list(_REQUESTS.finditer(clause))
    before = clause[: found[0].start()] if found else clause
    phrases = (before, *(clause[m.end() :].removeprefix(" to") for m in found))
    return tuple(_PHRASE_ENDS.split(phrase, maxsplit=1)[0] for phrase in phrases)


def asks(act: str, clause: str) -> bool:
    """The verb where a wish has it, the noun as what is wanted, or "I want it refunded". "You cancelled it" asks nothing."""
    return (
        any(act in acts_of_verb(verb) for verb in bidden(clause))
        or any(NOUN[act].search(phrase) for phrase in wanted(clause))
        or re.search(rf"{_WANT}(?:{PAST[act].pattern})", clause) is not None
        or (act == "refund" and _MONEY_BACK.search(clause) is not None)
    )


def names(act: str, text: str) -> bool:
    """The text names the act, by its verb in the plain form or by its noun."""
    verbs = "|".join(map(re.escape, ACTS[act].verbs.split()))
    return NOUN[act].search(text) is not None or re.search(rf"\b(?:{verbs})\b", text) is not None
