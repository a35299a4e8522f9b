"""Whether calls are about the same as a claim: the same ids, amounts, people, things and days, and as many of them."""

from guard.assessment import Claim
from guard.case import Case
from guard.ledger.dates import other_clock, other_date, other_weekday
from guard.ledger.evidence import Entry
from guard.ledger.figures import fewer, in_part, not_free, other_amount, other_count, other_quantity
from guard.ledger.ids import not_the_customers, other_ids
from guard.ledger.people import other_card, other_mail, other_method, other_person
from guard.ledger.things import other_class, other_place, other_size, other_thing


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
        or other_place(told, good)
        or other_person(claim, case, good)
        or other_size(told, good)
        or in_part(told, good)
        or other_date(claim, told, good, calls)
        or other_clock(claim, told, good)
        or fewer(told, good)
        or not_the_customers(claim, case, told, good, calls)
        or other_thing(claim, case, good, calls)
    )
