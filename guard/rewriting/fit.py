"""How well an action fits what the customer asks for.

The customer says one of its `for_words`, asks for the act itself (`wish`), or asks for something in words that mean what
the action gives (`meaning`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from guard.assessment import Need
from guard.ledger.acts import PAST, acts_in
from guard.ledger.authority import AT_LARGE, Grant
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.trouble import for_trouble, troubles
from guard.rewriting.wish import asks, inquires, requests, wanted
from guard.text import content, fold

LOOKED_BACK = 3
"""Customer turns in which a wish still stands."""
# Acts that need no further object: who wants a refund of a lamp wants a refund.
_ENOUGH = frozenset({"refund", "compensate", "replace"})
ONCE = frozenset({"refund", "compensate", "replace", "cancel"})
_LIGHT = deeds("send deliver find add")
"""Deeds that bring something about rather than being it: "send somebody"."""
_PLAIN_ACTS = frozenset({"refund", "compensate", "replace", "cancel", "book", "unlock", "stop"})
"""Acts that one draft means as another does; to send, to change and to open may be anything."""
_PLAIN_ACTS = frozenset({"refund", "compensate", "replace", "cancel", "book", "unlock", "stop"})
"""Acts that one draft means as another does; to send, to change and to open may be anything."""
_ENDS = re.compile(
    r"[,.;:]|\b(?:for|to|of|as|up|by|in|on|off|from|with|within|under|at|if|when|before|after|or|and|that|which|until|free)\b"
)
_REFERS = re.compile(r"\b(?:it|that|this|them|one|ones|there)\b|\b(?:want|need|like|have) to\b")
"""A request that rests on what was said before it."""
_SETTLED = re.compile(
    rf"\b(?:you|they)(?:'ve| have)? (?:already |just )?(?:{'|'.join(PAST[act].pattern for act in sorted(_ENOUGH))})"
)
"""It was put right already: "and you refunded it"."""
_ASKS = re.compile(r"\?|\b(?:what|which|who|whose|why|how)\b|^\W*(?:now|then|please|just)\b")
_COPY_OF = re.compile(
    r"^(?:an? |the )?(?:\w+ )?(?:cop(?:y|ies)|part|list|set|pair|sheet|number|bit|piece)s? of (?:an? |the |your )?"
)
_COPY_OF = re.compile(
    r"^(?:an? |the )?(?:\w+ )?(?:cop(?:y|ies)|part|list|set|pair|sheet|number|bit|piece)s? of (?:an? |the |your )?"
)
_SOMEBODY = re.compile(
    r"\b(?:get|send|have) (?:someone|somebody|anyone|anybody)\b|\b(?:someone|somebody|anyone|anybody) (?:to )?(?:come|look|visit|out|over|round)\b"
)
_A_THING = re.compile(r"\W*(?:to )?(?:\w+ )?(?:an?|another|some|more|one|two|half|part|\d+)\b")
"""What is wanted is told, as against "to use my phone there"."""
_A_THING = re.compile(r"\W*(?:to )?(?:\w+ )?(?:an?|another|some|more|one|two|half|part|\d+)\b")
"""What is wanted is told, as against "to use my phone there"."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a grant is about: the deeds that it does, its object, the last word of that, and all its words but the deeds.

    `own` leaves out of these what is said of any order and any payment. `named`: deeds that the action or its `for_words`
    name at all. `trouble`: what must have gone wrong.
    """

    deeds: frozenset[str]
    thing: frozenset[str]
    head: str
    words: frozenset[str]
    own: frozenset[str]
    named: frozenset[str]
    trouble: frozenset[str]


def fit(grant: Grant, turns: list[str], need: Need, claimed: frozenset[str]) -> tuple[int, int]:
    """How well it fits, what was said last weighing most; and how many of its words were spoken."""
    matter = matter_of(grant)
    every = meant(" ".join(turns))
    score = 0
    for back, turn in enumerate(reversed(turns)):
        asked = max(_asked(grant, matter, clause, every) for clause in turn.split(" . "))
        if not asked and need == "action":
            asked = _implied(matter, turn)
        called = _called(grant, matter, turn, need)
        if not asked and _asks_for_another(matter, turn):
            if not back:
                return 0, 0
            continue
        score += 2 * (LOOKED_BACK - back) * (called + asked)
    if not score and need == "action" and grant.core & claimed & _PLAIN_ACTS:
        score = 1
    return (score, len(matter.words & every)) if score else (0, 0)


def _called(grant: Grant, matter: Matter, turn: str, need: Need) -> int:
    """How many of the action's `for_words` a turn says.

    Words of what went wrong call for it wherever they are told. Words of the remedy itself must be wished for, or stand in
    a complaint that asks for nothing else: "your engineer left dirt here, who cleans it?" wants no other engineer.
    """
    clauses = [clause for clause in turn.split(" . ") if not _SETTLED.search(clause)]
    asking = [clause for clause in clauses if requests(clause) or _ASKS.search(clause)]
    free = need == "action" and not any(_names_another(matter, clause) for clause in asking)
    count = 0
    for clause in clauses:
        wished = free or (need != "information" and clause in asking and not _names_another(matter, clause))
        for word in grant.action.for_words:
            told = not (need == "information" and ("?" in clause or grant.core & ONCE)) and not _of_remedy(
                grant, matter, word
            )
            count += (wished or told) and said(word, clause)
    return count


@lru_cache(maxsize=1024)
def _of_remedy(grant: Grant, matter: Matter, word: str) -> bool:
    """The word names what the action does or gives, and not what went wrong."""
    remedy = matter.deeds | (matter.thing or matter.own)
    named = meanings(word) & remedy or deeds(word) & remedy or acts_in(fold(word)) & grant.core
    return bool(named) and not troubles(fold(word))


def _names_another(matter: Matter, clause: str) -> bool:
    """The clause wants to know something, or is about a thing that the grant does not speak of."""
    if matter.words & meant(clause):
        return False
    return (
        inquires(clause) or _names_things(clause) or any(_A_THING.match(phrase) for phrase in wanted(clause))
    )


def _asks_for_another(matter: Matter, turn: str) -> bool:
    """The turn asks for a deed of its own, and the action is only spoken of: "I owe nothing, correct that"."""
    return any(deeds(clause) - matter.named - _LIGHT for clause in turn.split(" . ") if requests(clause))


def _asked(grant: Grant, matter: Matter, clause: str, every: frozenset[str]) -> int:
    """2: one clause asks for one of the grant's acts, and for nothing else than what the grant is about. 1: it asks for
    something in the grant's words, and names no other deed.
    """
    said, done = meant(clause), deeds(clause)
    if _asks_for_an_act(grant, matter, clause, every):
        return 2
    if not requests(clause):
        return 0
    if not grant.core and re.search(rf"\b{re.escape(grant.verb)}\b", clause) and matter.words & every:
        return 2
    shared = matter.own & said
    if matter.deeds & done and (shared or (matter.words & every and not _names_things(clause))):
        return 2
    if done - matter.deeds - matter.words:
        return 0
    return int(len(shared) > 1 or any(matter.head in meant(phrase) for phrase in wanted(clause)))


def _implied(matter: Matter, turn: str) -> int:
    """1: what the grant gives is spoken of beside a request that names no other thing and no other deed ("roaming is
    off, I need it"); or it is in the very trouble that the grant is for, and nothing else is asked for.
    """
    clauses = turn.split(" . ")
    asking = [clause for clause in clauses if requests(clause)]
    if any(
        deeds(clause) - matter.deeds - matter.words or any(_A_THING.match(p) for p in wanted(clause))
        for clause in asking
    ):
        return 0
    told = meant(" ".join(clause for clause in clauses if clause not in asking))
    in_trouble = matter.trouble & troubles(turn)
    rests = any(_REFERS.search(clause) for clause in asking) or (in_trouble and not asking)
    return int(bool(rests) and matter.head in matter.own & told)


def _asks_for_an_act(grant: Grant, matter: Matter, clause: str, every: frozenset[str]) -> bool:
    """To pause and to close are both ways of stopping; here the very word counts, or a wish to put something on hold."""
    spoken_of = matter.words & every or (not matter.thing and _REFERS.search(clause))
    if not spoken_of and not grant.core & _ENOUGH:
        return False
    return any(
        asks(act, clause)
        and (act != "stop" or grant.verb in clause or "hold" in clause)
        and (act in _ENOUGH or bool(matter.words & meant(clause)) or not _names_things(clause))
        for act in grant.core
    )


@lru_cache(maxsize=512)
def matter_of(grant: Grant) -> Matter:
    """The grant's own words, read."""
    rest = _COPY_OF.sub("", fold(grant.says or "").removeprefix(grant.verb).strip())
    first = _ENDS.split(rest, maxsplit=1)[0]
    doing = deeds(grant.verb) or deeds(first)
    named = _special(first)
    head = next(iter(meanings(named[-1])), "") if named else ""
    return Matter(
        doing,
        meanings(" ".join(named)) - doing,
        head,
        meanings(rest) - doing,
        meanings(" ".join(_special(rest))) - doing,
        deeds(" ".join((grant.action.does, *grant.action.for_words))),
        for_trouble(fold(grant.says or "")),
    )


def _special(text: str) -> list[str]:
    """Words that tell one thing from another; what is wrong with it does not."""
    return [w for w in re.findall(r"[a-z][a-z'-]+", text) if content(w) - AT_LARGE and not troubles(w)]


def meant(text: str) -> frozenset[str]:
    """The meanings of a folded text; who asks for somebody to come asks for a technician's visit."""
    return meanings(f"{text} technician visit" if _SOMEBODY.search(text) else text)


def _names_things(clause: str) -> bool:
    """The clause says what its act is for: "delete the charge", as against "delete it"."""
    return re.search(r"\b(?:the|my|our|his|her|this|that|your) [a-z]{3,}", clause) is not None


def said(word: str, turn: str) -> bool:
    """The word stands there, and nobody says that it is not so: "it isn't lost"."""
    denied = r"(?<!not )(?<!n't )(?<!never )(?<!\bno )" if troubles(fold(word)) else ""
    return re.search(rf"{denied}\b{re.escape(fold(word))}", turn) is not None
