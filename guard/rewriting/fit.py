"""How well an action fits what the customer asks for. There are two certain ways, and no other counts.

A clause that asks for something asks for the action's act or its object; or one of its `for_words` is wished for, or tells
of the trouble that it is for.
"""

import re
from functools import lru_cache

from guard.assessment import Need
from guard.ledger.acts import PAST, acts_in
from guard.ledger.authority import Grant
from guard.rewriting.matter import Matter, matter_of
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.trouble import troubles
from guard.rewriting.wish import asks, bidden, requests, wanted
from guard.text import fold

LOOKED_BACK = 3
"""Customer turns in which a wish still stands."""
_ENOUGH = frozenset({"refund", "compensate", "replace"})
"""Acts that need no further object: who wants a refund of a lamp wants a refund."""
ONCE = _ENOUGH | {"cancel"}
"""Acts that are done once."""
_LIGHT = deeds("send deliver find add")
"""Deeds that bring something about rather than being it: "send somebody"."""
_REFERS = re.compile(r"\b(?:it|that|this|them|one|ones|there)\b")
"""A request that rests on what was said before it."""
_NAMES = re.compile(
    r"\b(?:the|my|our|his|her|this|that|your|an?|another|some|more) (?!(?:bit|lot|little|few|more|new|another|chance|way|once|time|day|week|month|year)\b)[a-z]{3,}"
)
"""What an act is for is said: "delete the charge", as against "delete it"."""
_DOES = re.compile(
    r"\W*(?!(?:get|have|give|send|bring|take|make|put|want|need|use|provide|offer|order)\b)[a-z]{3,} (?:me|us|him|her|it|an?|the|my|our|your|this|that)\b"
)
"""A verb of its own, before the thing: "read me the tariff"."""
_SETTLED = re.compile(
    rf"\b(?:you|they)(?:'ve| have)? (?:already |just )?(?:{'|'.join(PAST[act].pattern for act in sorted(_ENOUGH))})"
)
"""It was put right already: "and you refunded it"."""


def fit(grant: Grant, turns: list[str], need: Need) -> tuple[int, int]:
    """How well it fits, what was said last weighing most; and how many of its words were spoken."""
    matter = matter_of(grant)
    every = meanings(" ".join(turns))
    score = 0
    for back, turn in enumerate(reversed(turns)):
        clauses = turn.split(" . ")
        asking = [clause for clause in clauses if requests(clause)]
        asked = max((_asked(grant, matter, clause, every) for clause in asking), default=0)
        elsewhere = any(deeds(clause) - matter.named - _LIGHT for clause in asking)
        if elsewhere and not asked:
            if not back:
                return 0, 0
            continue
        called = sum(_called(grant, matter, clause, need, clause in asking) for clause in clauses)
        score += 2 * (LOOKED_BACK - back) * (called + asked)
    return (score, len(matter.words & every)) if score else (0, 0)


def stands_in(word: str, turn: str) -> bool:
    """The word stands there, and nobody says that it is not so: "it isn't lost"."""
    denied = r"(?<!not )(?<!n't )(?<!never )(?<!\bno )" if troubles(fold(word)) else ""
    return re.search(rf"{denied}\b{re.escape(fold(word))}", turn) is not None


def _called(grant: Grant, matter: Matter, clause: str, need: Need, asking: bool) -> int:
    """How many of the action's `for_words` the clause says: those of the remedy where it asks, and for no other thing;
    those of what went wrong where it tells of it. Who wants to know something is offered no money and no end for it.
    """
    wished = asking and (matter.words & meanings(clause) or not _NAMES.search(clause))
    asks_back = need == "information" and ("?" in clause or grant.core & ONCE)
    told = not asks_back and not _SETTLED.search(clause)
    return sum(
        stands_in(word, clause) and bool(wished if _of_remedy(grant, matter, word) else told)
        for word in grant.action.for_words
    )


@lru_cache(maxsize=1024)
def _of_remedy(grant: Grant, matter: Matter, word: str) -> bool:
    """The word names what the action does or gives, and not what went wrong."""
    remedy = matter.deeds | (matter.thing or matter.own)
    named = meanings(word) & remedy or deeds(word) & remedy or acts_in(fold(word)) & grant.core
    return bool(named) and not troubles(fold(word))


def _asked(grant: Grant, matter: Matter, clause: str, every: frozenset[str]) -> int:
    """2: a clause that asks has one of the grant's acts where a wish has its verb, and is for what the grant is about.
    1: it asks for something in the grant's words, and names no other deed.

    To pause and to close are both ways of stopping: there the very meaning counts.
    """
    said, verbs = meanings(clause), bidden(clause)
    acts = [act for act in grant.core if act != "stop" and asks(act, clause)]
    if _ENOUGH.intersection(acts):
        return 2
    here = matter.words & said
    known = matter.words & every or (not matter.thing and _REFERS.search(clause))
    doing = matter.deeds & deeds(" ".join(verbs)) or grant.verb in verbs
    if (acts or doing) and (here or (known and not _NAMES.search(clause))):
        return 2
    if deeds(clause) - matter.deeds - matter.words:
        return 0
    return int(
        len(matter.own & said) > 1
        or any(matter.head in meanings(phrase) and not _DOES.match(phrase) for phrase in wanted(clause))
    )
