"""Whether calls are about the same as a claim: the same ids, amounts, people, things and days, and as many of them."""

import re
from collections.abc import Callable

from guard.assessment import Claim
from guard.case import Case
from guard.ledger.aligned import other_word
from guard.ledger.alternatives import other_alternative
from guard.ledger.clocks import hours_in, other_clock, said_in
from guard.ledger.dates import days_in, other_date, other_nth, other_weekday, other_year, past_days
from guard.ledger.evidence import MANNER_KEY, Entry, speaking
from guard.ledger.figures import (
    fewer,
    in_part,
    left_out,
    names_a_sum,
    not_free,
    only_one,
    other_amount,
    other_count,
    other_moved,
    other_number_of,
    other_people,
    other_quantity,
    short_of,
    unknown_number,
    unknown_sum,
)
from guard.ledger.ids import not_the_customers, other_ids, unheld_of_a_shape
from guard.ledger.keyed import other_value
from guard.ledger.named import unknown_names
from guard.ledger.people import other_card, other_mail, other_method, other_person, other_recipient
from guard.ledger.siblings import other_record
from guard.ledger.spots import new_spots
from guard.ledger.things import other_class, other_place, other_size, other_thing
from guard.ledger.traits import other_trait
from guard.ledger.whom import other_informed, other_name, other_way
from guard.text import fold

_STEM = 3
_THERE = re.compile(r"\bthere (?:are|were|is|was)\b")
"""What there is need not be what a call made."""


def states_another(
    claim: Claim,
    case: Case,
    worked: list[Entry],
    calls: tuple[Entry, ...],
    known: Callable[[], str],
) -> str | None:
    """A value that all calls together name otherwise, said so that "calls speak …" goes before it."""
    told = fold(claim.span.text)
    days, hours = days_in(told), hours_in(told)
    said = days_in(fold(known())) - past_days(worked) if days else frozenset[tuple[str, int]]()
    return (
        unknown_sum(told, worked, known())
        or other_moved(told, worked)
        or other_weekday(told, worked)
        or other_count(told, worked)
        or other_place(told, worked)
        or other_size(told, worked)
        or other_class(told, worked)
        or left_out(told, worked)
        or short_of(told, worked)
        or (None if days and days & said else other_date(claim, told, worked, calls))
        or (None if hours and said_in(hours, fold(known())) else other_clock(claim, told, worked))
        or other_trait(claim, case, told, worked, calls)
        or _other_thing_named(claim, told, worked, calls, known)
    )


def tells_another(
    claim: Claim, told: str, worked: list[Entry], calls: tuple[Entry, ...], known: Callable[[], str]
) -> str | None:
    """The same for a sentence that claims nothing: only what calls that changed something name, or a single record that was read."""
    good = speaking(worked)
    if not good:
        return None
    days = days_in(told)
    said = days_in(fold(known())) - past_days(good) if days else frozenset[tuple[str, int]]()
    wrong = (
        (unknown_sum(told, worked, known()) if names_a_sum(good) else None)
        or (other_date(claim, told, good, calls) if days and not days & said else None)
        or unknown_number(told, good, known())
        or _other_thing_named(claim, told, good, calls, known)
    )
    return wrong or (None if good[0].reads else _told_of_a_change(claim, told, good, known))


def _told_of_a_change(claim: Claim, told: str, changing: list[Entry], known: Callable[[], str]) -> str | None:
    hours = hours_in(told)
    return (
        other_moved(told, changing)
        or (None if hours and said_in(hours, fold(known())) else other_clock(claim, told, changing))
        or other_count(told, changing)
        or (None if _THERE.search(told) else other_number_of(told, changing))
        or short_of(told, changing)
        or left_out(told, changing)
        or other_class(told, changing)
        or other_people(told, changing)
        or other_card(told, changing)
        or other_mail(told, changing)
        or other_place(told, changing)
        or _strange_name(claim, told, changing, known())
    )


def _strange_name(claim: Claim, told: str, changing: list[Entry], known: str) -> str | None:
    """A name that nobody knows beside one that the calls name: "14 Quarry Road, Hexton"."""
    spots = new_spots(t for c in changing for t in c.texts)
    words = {
        w for s in spots if not s.keys & MANNER_KEY for w in s.value.split() if w.isalpha() and len(w) > _STEM
    }
    strange = (
        unknown_names(claim, told, changing, known)
        if any(re.search(rf"\b{re.escape(w)}", told) for w in words)
        else []
    )
    placed = [n for n in strange if re.search(rf"(?:,|\b(?:in|at|near)) {n}\b(?!'s)", claim.span.text)]
    return f"of no {', '.join(placed)}" if placed else None


def about_another(
    claim: Claim, case: Case, told: str, good: list[Entry], calls: tuple[Entry, ...]
) -> str | None:
    """Why these calls are about something else, said so that "was called …" goes before it; None where they fit.

    A refund of 40 does not back one of 80, two of 40 do. A call for one order does not back two that are named
    in one breath.
    """
    return (
        other_ids(claim, told, good, calls)
        or other_amount(claim, told, good, calls)
        or not_free(told, good)
        or other_method(claim, told, good)
        or other_class(told, good)
        or other_weekday(told, good)
        or other_quantity(told, good)
        or other_mail(told, good)
        or other_card(told, good)
        or other_count(told, good)
        or other_number_of(told, good)
        or short_of(told, good)
        or left_out(told, good)
        or only_one(told, good)
        or other_people(told, good)
        or other_place(told, good)
        or other_person(claim, case, good)
        or (
            other_recipient(claim, told, good)
            if claim.act in ("send", "compensate", "ship", "contact")
            else None
        )
        or other_size(told, good)
        or in_part(told, good)
        or other_date(claim, told, good, calls)
        or other_clock(claim, told, good)
        or other_trait(claim, case, told, good, calls)
        or fewer(told, good)
        or not_the_customers(claim, case, told, good, calls)
        or other_thing(claim, case, good, calls)
        or _other_thing_named(claim, told, good, calls, lambda: "\n".join(t.content for t in case.turns))
    )


def _other_thing_named(
    claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...], known: Callable[[], str]
) -> str | None:
    """What holds for any sentence: a value of a known sort, of a named field, of another record, or another name."""
    return (
        other_nth(told, good, calls)
        or other_year(told, good)
        or unheld_of_a_shape(told, good, calls)
        or other_value(told, good, calls)
        or other_way(told, good)
        or other_alternative(told, good)
        or other_record(told, good, calls)
        or other_word(claim, good)
        or other_name(claim, good, known)
        or other_informed(told, good)
    )
