"""Whether calls are about the same as a claim: the same ids, amounts, people, things and days, and as many of them."""

from collections.abc import Callable

from guard.assessment import Claim
from guard.case import Case
from guard.ledger.clocks import hours_in, other_clock, said_in
from guard.ledger.dates import days_in, other_date, other_weekday
from guard.ledger.evidence import Entry
from guard.ledger.figures import (
    fewer,
    in_part,
    not_free,
    other_amount,
    other_count,
    other_number_of,
    other_people,
    other_quantity,
    unknown_sum,
)
from guard.ledger.ids import not_the_customers, other_ids
from guard.ledger.people import other_card, other_mail, other_method, other_person, other_recipient
from guard.ledger.things import other_class, other_place, other_size, other_thing
from guard.ledger.traits import other_trait
from guard.text import fold


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
    return (
        unknown_sum(told, worked, known())
        or other_weekday(told, worked)
        or other_count(told, worked)
        or other_place(told, worked)
        or other_size(told, worked)
        or (None if days and days & days_in(fold(known())) else other_date(claim, told, worked, calls))
        or (None if hours and said_in(hours, fold(known())) else other_clock(claim, told, worked))
        or other_trait(claim, case, told, worked, calls)
    )


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
    )
