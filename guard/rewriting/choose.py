"""Which action answers what the customer asks for. No match is the safe answer: a person then gets the case.

The action must fit what is asked for (`fit`), be for the thing that was spoken of, stay within its limit, and not have
been done already.
"""

import re
from itertools import pairwise

from guard.assessment import Need
from guard.case import Case
from guard.ledger.acts import MONEY
from guard.ledger.amounts import same_currency
from guard.ledger.authority import AT_LARGE, Grant
from guard.ledger.fields import as_float, tokens
from guard.rewriting.agreed import accepted, declines
from guard.rewriting.fit import LOOKED_BACK, fit, stands_in
from guard.rewriting.matter import Matter, matter_of
from guard.rewriting.meaning import meanings
from guard.rewriting.naming import shown
from guard.rewriting.owed import most_owed, owed
from guard.rewriting.settled import settled
from guard.rewriting.trouble import troubles
from guard.rewriting.wish import requests, wishes
from guard.text import DATE, content, fold, words

_NEARLY = 2 * LOOKED_BACK
"""The score of one wish that only nearly says what is wanted: between two such actions nobody chooses."""
_THE = words(
    "a an the my our your his her their this that these those any some another no new of for to with and or on in by"
)
"""Words before a thing that do not tell which one."""
_TELLING = frozenset({"faulty", "twice"})
"""Troubles that an action is for alone: what is for damaged things is not offered to who got the wrong size."""
_GOODS = re.compile(r"\b(?:orders?|items?|products?|purchases?)\b")
_CHARGE = re.compile(
    r"\b(?:fees?|fines?|penalt(?:y|ies)|deposits?|interest|tax(?:es)?|tips?|tolls?|surcharges?|subscriptions?|memberships?)\b"
)
"""What is charged beside goods: who may refund an order may not refund a late fee."""
_PAID = words("total amount price cost paid charged charge subtotal")


def choose(case: Case, need: Need, grants: tuple[Grant, ...]) -> Grant | None:
    """The action that serves the customer's wish best and may be offered; None when none does, or two alike only nearly.

    Who asks a question ("was my refund sent?") is answered, not given one more refund.
    """
    turns = [wishes(turn) for turn in case.customer_turns()[-LOOKED_BACK:]]
    if turns and (more := accepted(case.turns)):
        turns[-1] = f"{turns[-1]} . {more}"
    found = [
        (score, -n, grant)
        for n, grant in enumerate(grants)
        if grant.says
        and _for_this(grant, case, turns)
        and not declines(grant.core, case.customer_turns()[-LOOKED_BACK:])
        and (score := fit(grant, turns, need)) > (0, 0)
    ]
    if not found:
        return None
    best = max(found, key=lambda f: f[:2])
    alike = [grant for score, _, grant in found if score == best[0] and grant.says != best[2].says]
    if (alike and best[0][0] <= _NEARLY) or not _within(best[2], case) or settled(best[2], case):
        return None
    return best[2]


def _for_this(grant: Grant, case: Case, turns: list[str]) -> bool:
    """What the action is for was spoken of: "replace broken lamps" replaces no sofa."""
    says = fold(grant.says or "")
    if _GOODS.search(says) and any(_CHARGE.search(c) and not _CHARGE.search(says) for c in _asking(turns)):
        return False
    if any(stands_in(word, turn) for turn in turns for word in grant.action.for_words):
        return True
    theirs = fold(" ".join((*case.customer_turns(), accepted(case.turns))))
    matter = matter_of(grant)
    if (matter.trouble & _TELLING) - troubles(theirs):
        return False
    met = matter.thing & meanings(theirs)
    if not content(theirs) - AT_LARGE:
        return True
    untold = matter.trouble - _TELLING - troubles(theirs)
    if matter.head in met:
        return (met == matter.thing and not untold) or _named_alone(matter, theirs)
    return 2 * len(met) >= len(matter.thing) and not _named_otherwise(matter, says, theirs)


def _asking(turns: list[str]) -> list[str]:
    return [clause for turn in turns for clause in turn.split(" . ") if requests(clause)]


def _named_otherwise(matter: Matter, says: str, theirs: str) -> bool:
    """A word that tells which thing stands before another one: "the delivery address", as against "the delivery date"."""
    told = re.findall(r"[a-z][a-z'-]*|[^\sa-z]", theirs)
    return any(
        meanings(which) & matter.thing
        and not DATE.fullmatch(thing)
        and (meanings(thing) - matter.words - matter.deeds or (thing == "time" and thing not in says))
        for which, thing in pairwise(told)
    )


def _named_alone(matter: Matter, theirs: str) -> bool:
    """The thing was named without a word that makes it another one: "the fee", as against "the annual fee"."""
    told = ["", *re.findall(r"[a-z][a-z'-]*|[^\sa-z]", theirs)]
    return any(
        matter.head in meanings(thing)
        and (
            not before.isalpha()
            or before in _THE
            or bool(meanings(before) & matter.thing or troubles(before) & matter.trouble)
        )
        for before, thing in pairwise(told)
    )


def _within(grant: Grant, case: Case) -> bool:
    """What the customer wants back, or where they do not say it what calls show, is not above the limit.

    Asking a person beats offering less than is owed.
    """
    limit = grant.limit
    if limit is None:
        return True
    if wanted := owed(case):
        every = most_owed(wanted)
        return all(m.value <= limit.value and same_currency(m.currency, limit.currency) for m in every)
    matter = matter_of(grant)
    told = [
        (frozenset(tokens(key)), value)
        for seen in shown(grant, case)
        for key, field in seen.fields
        if (value := as_float(field)) is not None
    ]
    own = [value for key, value in told if matter.thing & meanings(" ".join(key))]
    whole = grant.core & MONEY == {"refund"}  # a credit is not the price back
    paid = [value for key, value in told if whole and _PAID & key]
    above = [value > limit.value for value in own or paid]
    return not (any(above) if own or not matter.thing else above and all(above))
