"""Yes or no: what the customer accepts of our last offer, and what they decline."""

import re

from guard.case import Turn
from guard.ledger.known import SENTENCE
from guard.rewriting.wish import asks, names, requests, wishes
from guard.text import fold

_YES = re.compile(
    r"(?:(?:oh|ok|okay|yes|yeah|yep|yup|sure|please|pls|thanks|thank you|great|perfect|fine|good|do|do it|do that|please do|go ahead|that works|works for me|sounds good"
    r"|that would be (?:great|good|nice|lovely|fine|perfect)|i'd like that|deal|of course)[\s,.!]*){1,6}"
)
_OFFER = re.compile(
    r"\b(?:i|we) (?:can|could)\b|\b(?:shall|should) (?:i|we)\b|\bwould you like (?:me|us) to\b|\bdo you want (?:me|us) to\b"
)
_REFUSED = re.compile(r"\b(?:do not|don't|dont|never|no more|not want|(?:stop|quit) (?=\w+ing))\b[^,;.!?\n]*")


def accepted(turns: tuple[Turn, ...]) -> str:
    """What the customer's last turn says yes to: the one thing that our turn before it offered, as a wish."""
    if len(turns) < 2 or turns[-1].role != "customer" or turns[-2].role == "customer":
        return ""
    if not _YES.fullmatch(fold(turns[-1].content).strip()):
        return ""
    said = SENTENCE.split(fold(turns[-2].content))
    offers = [s for s in said if (found := _OFFER.search(s)) and len(s[found.end() :].split()) > 1]
    return _OFFER.sub("please", offers[0]) if len(offers) == 1 and not re.search(r"\bor\b", offers[0]) else ""


def declines(acts: frozenset[str], turns: tuple[str, ...]) -> bool:
    """The customer says of one of these acts that it is not wanted, and nowhere later asks for it."""
    for turn in reversed(turns):
        clauses = [clause for clause in wishes(turn).split(" . ") if requests(clause)]
        if any(asks(act, clause) for act in acts for clause in clauses):
            return False
        refused = " . ".join(m.group() for m in _REFUSED.finditer(fold(turn)))
        if any(names(act, refused) for act in acts):
            return True
    return False
