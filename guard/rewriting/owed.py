"""The money that a customer wants back."""

import re

from guard.case import Case
from guard.ledger.amounts import Money, money_in
from guard.ledger.names import names_in
from guard.rewriting.wish import CLAUSE
from guard.text import fold

_PART_OF = re.compile(r"\b(?:part|some|half|share) (?:of|off) (?:\w+ ){0,3}\W*$")
_CENTS = re.compile(
    r"(?<!at )(?<!by )(?<!until )(?<!version )(?<![\w.,:/#-])(?P<whole>\d{1,5})[.,](?P<cents>\d\d)(?![\w.,:/%-]\w| ?(?:am|pm|%|kg|km|gb|m)\b)"
)
"""An amount with its cents, where no currency is said: a day has no such month."""
_MONTHS, _DAYS = 12, 31
_TIED = re.compile(r"\b(?:back|refund(?:ed)?|return(?:ed)?|owe|want|reimburse|credit)\b")


def owed(case: Case, *, tied_only: bool = False) -> list[tuple[Money, str]]:
    """Each amount and the folded turn that it stands in: those that are to come back, or where none is said to, all.

    Of "half of the 90" the 90 is not what is wanted.
    """
    every = [
        (m, fold(turn))
        for turn in case.customer_turns()
        for m in _amounts(fold(turn))
        if not _PART_OF.search(fold(turn)[: m.start]) and m.text not in _names(turn)
    ]
    tied = [(m, text) for m, text in every if _tied(m, text)]
    return tied if tied_only else tied or every


def _names(turn: str) -> frozenset[str]:
    return frozenset(fold(named.name) for named in names_in(turn))


def _tied(amount: Money, text: str) -> bool:
    """The words around the amount say that it is to come back; what something cost is told beside it."""
    before, after = text[max(0, amount.start - 25) : amount.start], text[amount.end : amount.end + 15]
    return _TIED.search(CLAUSE.split(before)[-1] + CLAUSE.split(after)[0]) is not None


def _amounts(text: str) -> list[Money]:
    found = list(money_in(text, bare=True))
    for m in _CENTS.finditer(text):
        date = int(m["whole"]) <= _DAYS and 0 < int(m["cents"]) <= _MONTHS
        if not date and not any(one.start < m.end() and m.start() < one.end for one in found):
            found.append(Money(float(f"{m['whole']}.{m['cents']}"), None, m.group(), m.start(), m.end()))
    return found
