"""What the customer asks for: the clauses of a turn that wish for something, and whether an act is among the wishes.

"Do not cancel", "my neighbour got a refund", "when will my replacement arrive?" and a wish that is taken back in the
same breath ask for nothing.
"""

import re

from guard.ledger.acts import ACTS, NOUN, PAST
from guard.text import fold

_CLAUSE = re.compile(r"[,;.!\n]|(?<=\?)|\b(?:but|because|so)\b")
_UNWISHED = re.compile(
    r"(?<!why )\b(?:do not|don't|dont|never|never mind|forget(?: about)?|instead of|rather than|without|not (?:asking|looking|want|interested|to|cancel|refund|replace)|no need)\b"
    r"(?! (?:you|we|they)\b).*|\b(?:stop|quit) (?:sending|offering|calling|asking|trying|charging|the)\b.*|\bkeep (?:your|the|my)\b.*|\bno time (?:to|for)\b.*|\bi (?:asked|told|wanted) you to\b.*"
    r"|\b(?:i'll|i will|i'm going to|im going to|i'm gonna|i am going to|we'll|we will)\b.*|\b(?:a |the |your )?(?:refund|replacement|voucher|credit|discount|exchange)s? (?:won't|wont|will not|doesn't|does not|isn't|is not|is no)\b.*"
    r"|\b(?:refund|replacement|cancel\w*|return|exchange|credit|voucher) (?:button|page|form|link|policy|status|option|tab|e-?mail|process|request form|offers?|portal|screen)s?\b"
    r"|\b(?:i|we)(?:'ve| have)? (?:already )?(?:got|received|had|was given|were given) (?:a |the |my |your |that )?(?:\w+ )?(?:refund|replacement|voucher|credit|discount|exchange)s?\b|\b(?:no|not) (?:an? |the )?(?=\w)(?:refund|replacement|voucher|credit|discount|cancellation|exchange)s?\b"
)
_OTHERS = re.compile(
    r"\b(?:neighbou?rs?|friends?|sister|brother|mother|father|mum|mom|dad|wife|husband|cousin|colleagues?|someone|somebody|others|people|customers|he|she|they)\b"
    r"[^?]*\b(?:got|gets|received|had|have|has|was given|were given|was offered|were offered)\b"
)
"""What somebody else got."""
_STATE = re.compile(
    r"^\W*(?:and |so |also |hi |hello |ok )?(?:when|where|how long|how soon|has|have|did|was|were|is|what about|any (?:news|update)|what(?:'s| is) the (?:status|state))\b.*\?"
)
"""A question after something that is under way: it is answered, not done once more."""
_TURNED = re.compile(
    r"^\W*(?:no,? |oh,? |or )?(?:wait|actually|on second thoughts?|scratch that|never mind|better|rather)\b"
)
"""The customer has changed their mind: what they wished before in this turn no longer counts."""
_MONEY_BACK = re.compile(
    r"\b(?:give|get|want|need|have|send)\b[^.]{0,20}(?:[$€£]\s?\d[\d.,]*|\bmoney|\bcash) back\b"
)
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
