"""Which action answers what the customer asks for. No match is the safe answer: a person then gets the case.

The customer must ask for the act itself (`wish`) or say one of the action's `for_words`.
"""

import re

from guard.assessment import Need
from guard.case import Case
from guard.ledger.amounts import Money, money_in, same_currency, times
from guard.ledger.authority import AT_LARGE, Grant, is_about
from guard.ledger.evidence import entry
from guard.rewriting.wish import asks, wishes
from guard.text import content, fold

_LOOKED_BACK = 3
"""Customer turns in which a wish still stands."""
_CLAUSE = re.compile(r"[,;.!?\n]|\b(?:but|because|so)\b")
# Acts that need no further object: who wants a refund of a lamp wants a refund.
_ENOUGH = frozenset({"refund", "compensate", "replace"})
_ONCE = frozenset({"refund", "compensate", "replace", "cancel"})
_FAULTY = re.compile(
    r"\b(?:damag\w*|broke\w*|defect\w*|fault\w*|crack\w*|smash\w*|dent\w*|scratch\w*|torn|leak\w*|shatter\w*|chip\w*|dead|not work\w*|doesn't work|won't (?:turn|start|work))"
)
"""What is for damaged things is not offered to who got the wrong size."""
_NEEDS = re.compile(
    r"\b(?:need|want|would like|'d like|can i (?:get|have)|could i (?:get|have)) (?:an? |the |my |some |another )?((?:[a-z-]+ ?){1,2})"
)
_WISHES = re.compile(r"\b(?:need|want|would like|'d like|please|can (?:you|i)|could (?:you|i))\b")
_TIED = re.compile(r"\b(?:back|refund(?:ed)?|return(?:ed)?|owe|want|reimburse|credit)\b")


def choose(case: Case, need: Need, grants: tuple[Grant, ...]) -> Grant | None:
    """The action that serves the customer's wish best and may be offered; None when none does.

    Who asks a question ("was my refund sent?") is answered, not given one more refund.
    """
    if need == "information":
        grants = tuple(grant for grant in grants if not grant.core & _ONCE)
    turns = [wishes(turn) for turn in case.customer_turns()[-_LOOKED_BACK:]]
    scored = [
        (_fit(grant, turns), -n, grant)
        for n, grant in enumerate(grants)
        if grant.says and _for_this(grant, case, turns)
    ]
    best = max(scored, key=lambda s: s[:2], default=None)
    if best is None or best[0] == 0 or not _within(best[2], case) or _done_already(best[2], case):
        return None
    return best[2]


def _for_this(grant: Grant, case: Case, turns: list[str]) -> bool:
    """What the action is for was spoken of: "replace broken lamps" replaces no sofa."""
    says, theirs = fold(grant.says or ""), fold(" ".join(case.customer_turns()))
    if _FAULTY.search(says) and not _FAULTY.search(theirs):
        return False
    called = any(_said(word, turn) for turn in turns for word in grant.action.for_words)
    spoken = content(" ".join(case.customer_turns())) - AT_LARGE
    return called or not spoken or is_about(grant, spoken)


def _fit(grant: Grant, turns: list[str]) -> int:
    """How well it fits; what was said last weighs most."""
    every = content(" ".join(turns))
    about = content(grant.says or "") - {grant.verb[:6]}
    shared = bool(about & every)
    score = 0
    for weight, turn in enumerate(turns, start=1):
        words = sum(_said(word, turn) for word in grant.action.for_words)
        enough = shared or bool(grant.core & _ENOUGH)
        asked = enough and any(_is_asked(grant, about, clause) for clause in turn.split(" . "))
        named = not grant.core and shared and re.search(rf"\b{re.escape(grant.verb)}\b", turn) is not None
        score += 2 * weight * (words + 2 * (asked or named))
    return score + len(about & every) if score else 0


def _is_asked(grant: Grant, about: frozenset[str], clause: str) -> bool:
    """One clause asks for one of the grant's acts, and for nothing else than what the grant is about.

    To pause and to close are both ways of stopping; here the very word counts, or a wish to put something on hold.
    """
    if not grant.core & _ONCE and _names_the_thing(about, clause):
        return True
    return any(
        asks(act, clause)
        and (act != "stop" or grant.verb in clause or "hold" in clause)
        and (act in _ENOUGH or bool(about & content(clause)) or not _names_things(clause))
        for act in grant.core
    )


def _names_the_thing(about: frozenset[str], clause: str) -> bool:
    """ "I need a loan car" asks for what "arrange a loan car" gives, without its verb."""
    needed = _NEEDS.search(clause)
    named = content(needed[1]) if needed else frozenset[str]()
    wished = _WISHES.search(clause) is not None and len(about & content(clause)) >= 2
    return wished or (bool(named) and named <= about)


def _names_things(clause: str) -> bool:
    """The clause says what its act is for: "delete the charge", as against "delete it"."""
    return re.search(r"\b(?:the|my|this|that|your) [a-z]{3,}", clause) is not None


def _said(word: str, turn: str) -> bool:
    return re.search(rf"\b{re.escape(fold(word))}", turn) is not None


def _within(grant: Grant, case: Case) -> bool:
    """What the customer wants back is not above the limit. Asking a person beats offering less than is owed."""
    limit = grant.limit
    if limit is None:
        return True
    named = [(fold(t), money_in(fold(t), bare=True)) for t in case.customer_turns()]
    every = [(m, text) for text, amounts in named for m in amounts]
    tied = [(m, text) for m, text in every if _tied(m, text)]
    return all(
        m.value * times(m, text) <= limit.value and same_currency(m.currency, limit.currency)
        for m, text in tied or every
    )


def _tied(amount: Money, text: str) -> bool:
    """The words around the amount say that it is to come back; what something cost is told beside it."""
    before, after = text[max(0, amount.start - 25) : amount.start], text[amount.end : amount.end + 15]
    return _TIED.search(_CLAUSE.split(before)[-1] + _CLAUSE.split(after)[0]) is not None


def _done_already(grant: Grant, case: Case) -> bool:
    """A call did it already: to offer it again is to pay twice."""
    once = grant.core & _ONCE
    if not once or not case.evidence:
        return False
    return any(
        not c.reads and c.result in ("worked", "pending") and once & c.acts for c in map(entry, case.evidence)
    )
