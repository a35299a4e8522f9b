"""The money that a customer wants back."""

import re
from dataclasses import replace

from guard.case import Case
from guard.ledger.amounts import Money, money_in, plain_count, times
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
_EACH = re.compile(r"\b(?:each|apiece|every|both|per (?!month|year|week|day|hour|cent)\w+)\b")
_SEVERAL = re.compile(
    r"\b(?<!order )(?<!number )(?P<n>[2-9]|two|three|four|five|six|seven|eight|nine|ten) (?:[a-z-]+ )?[a-z]{2,}s\b(?<!days)(?<!weeks)(?<!months)(?<!years)(?<!hours)(?<!dollars)(?<!euros)(?<!pounds)(?<!times)"
)
_JOINED = re.compile(r"[^.;!?]{0,40}\b(?:and|plus)(?: another)? ")
"""Between two amounts that are wanted together: "$30 for this order and $30 for that one"."""


def often(amount: Money, text: str) -> float:
    """How often the amount is wanted: "$30 each" for as many orders as are named or counted; without end where nobody says."""
    if (told := times(amount, text)) != 1 or not _EACH.search(text):
        return told
    counted = [plain_count(m["n"]) for m in _SEVERAL.finditer(text)]
    both = 2.0 if re.search(r"\bboth\b", text) else 0.0
    several = max((*counted, float(len(names_in(text))), both))
    return several if several > 1 else float("inf")


def most_owed(wanted: list[tuple[Money, str]]) -> list[Money]:
    """What is wanted at once: each amount as often as it is meant, and "$30 for the one and $30 for the other" together."""
    sums: list[Money] = []
    before: tuple[Money, str] | None = None
    for money, text in wanted:
        value = money.value * often(money, text)
        if before and before[1] is text and _JOINED.fullmatch(text, before[0].end, money.start):
            value += sums[-1].value
        sums.append(replace(money, value=value))
        before = money, text
    return sums


def owed(case: Case, *, tied_only: bool = False) -> list[tuple[Money, str]]:
    """Each amount and the folded turn that it stands in: those that are to come back, or where none is said to, all.

    Of "half of the 90" the 90 is not what is wanted.
    """
    every = [
        (m, text)
        for turn in case.customer_turns()
        for text in (fold(turn),)
        for m in sorted(_amounts(text), key=lambda m: m.start)
        if not _PART_OF.search(text[: m.start]) and m.text not in _names(turn)
    ]
    tied: list[tuple[Money, str]] = []
    before: tuple[Money, str] | None = None
    for m, text in every:
        joined = before is not None and before[1] is text and _JOINED.fullmatch(text, before[0].end, m.start)
        before = (m, text) if joined or _tied(m, text) else None
        tied += [before] if before else []
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
