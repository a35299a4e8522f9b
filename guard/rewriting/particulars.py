"""All particulars of a text: those that it tells, and those that may be told by who knows it."""

from typing import get_args

from guard.ledger.amounts import blanked
from guard.ledger.dates import weekdays
from guard.ledger.fields import values
from guard.rewriting import quantities, times
from guard.rewriting.kinds import Day, Kind, Particular, Span, Value
from guard.text import LINK


def told_in(folded: str) -> tuple[Particular, ...]:
    """All of them, in a folded text whose numbers are figures. What one reader took is not there for the next."""
    taken = [m.span() for m in LINK.finditer(folded)]
    found: list[Particular] = []
    for read in (
        quantities.shares,
        times.days,
        quantities.money,
        times.spans,
        times.clocks,
        times.weekdays,
        times.laters,
        quantities.counts,
    ):
        more = tuple(read(blanked(folded, taken)))
        found += more
        taken += [(one.start, one.end) for one in more]
    return tuple(found)


def known_in(folded: str) -> dict[Kind, frozenset[Value]]:
    """All values that a text knows: what it says, and what its fields and dates hold."""
    known: dict[Kind, set[Value]] = {kind: set() for kind in get_args(Kind)}
    for one in told_in(folded):
        known[one.kind] |= one.values
    known["money"] = set(quantities.known_sums(frozenset(known["money"]), frozenset()))
    known["later"] |= times.months(known["day"])
    known["span"] |= {Span(v.unit, v.most, v.most) for v in known["span"] if isinstance(v, Span)}
    known["span"] |= set(times.spans_in_fields(folded))
    known["share"] |= set(quantities.shares_in_fields(folded))
    known["count"] |= values(folded)
    known["later"] |= {"today"} if times.says_today(folded) else set()
    known["day"] |= {Day(v.month, v.day, None) for v in known["day"] if isinstance(v, Day)}
    known["weekday"] |= set(weekdays(folded))
    return {kind: frozenset(every) for kind, every in known.items()}
