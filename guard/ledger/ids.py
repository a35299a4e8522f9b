"""Whether calls are about the ids that a claim or a customer named: an order, a booking, a telephone number."""

import re

from guard.assessment import Claim
from guard.case import Case
from guard.ledger.acts import DID, PAST
from guard.ledger.amounts import without_money, without_times
from guard.ledger.evidence import Entry, id_values
from guard.ledger.fields import holds, texts_of
from guard.text import DATE, fold

ID_LENGTH = 5
"""Characters from which a token with digits names one thing."""
GROUPED = re.compile(r"\b\d{2,5}(?: \d{2,6})+\b")
PHONE = 9
"""Last digits by which a telephone number is known, with or without the country's code."""
_GOES_ON = re.compile(r"\d(?:\D+\d|\W*[a-z]+$)", re.IGNORECASE)
"""Digits that are not all of a name: 4471-B is no 4471-A."""
_SHORT = re.compile(
    r"(?<![\w$€£.,:/-])(?:[a-z]{1,3}-?\d{1,3}|\d{1,3}(?!am|pm|st|nd|rd|th|gb|mb|kg|km|h|x|m)[a-z])(?![\w-])"
)
_SIZED = re.compile(r"\b\d{2,4}\s?x\s?\d{2,4}\b")
_VERSION = re.compile(r"(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.]\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TOGETHER = re.compile(r"\W*(?:(?:and|or|orders?|bookings?|tickets?|both)\W*)*")


def names(claim: Claim, told: str) -> list[str]:
    """Ids of the claim: a token with letters and digits, or four digits and more that are no money, no date and
    not the end of a card number, which calls need not repeat.
    """
    things = without_times(without_money(told))
    found = dict.fromkeys(i.strip("#").lower() for i in claim.ids)
    grouped = " ".join(GROUPED.findall(things))  # "07700 900 612" is one number, and written as one in calls
    return [
        i
        for i in found
        if _names_a_thing(i, told) and holds(i, things) and not (i.isdigit() and holds(i, grouped))
    ]


def is_held(name: str, text: str) -> bool:
    """The name stands in the text, whatever stands between its parts: 555-310-9904, TK-8831 for 8831, a leading +44."""
    if holds(name, text):
        return True
    digits = re.sub(r"\D", "", name)
    runs = re.findall(r"\d+", re.sub(r"(?<=\d)[-. ](?=\d)", "", text))
    if len(digits) >= PHONE:
        return any(run.endswith(digits[-PHONE:]) for run in runs)
    return len(digits) >= ID_LENGTH - 1 and digits in runs and not _GOES_ON.search(name)


def other_ids(claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """Order 4711, where the calls were made for order 4712, or for one of two that are named in one breath."""
    # Each act of a sentence may name a thing of its own.
    several = sum(form.search(told) is not None for form in DID.values()) > 1
    others = "\n".join(
        c.text for c in calls if several and c not in good and not c.reads and c.result == "worked"
    )
    ids = [i for i in names(claim, told) if not any(i in a for a in claim.amounts) and not is_held(i, others)]
    if short := unheld_of_a_shape(told, good, calls):
        return short
    text = "\n".join(c.text for c in good)
    held = {i for i in ids if is_held(i, text) or _is_linked(i, good, calls)}
    if ids and not held:
        return "for something else"
    if missing := [i for i in ids if i not in held and _in_one_breath(i, held, told)]:
        return f"for {', '.join(sorted(held))}, not for {', '.join(missing)}"
    subject = _subject(claim, told, ids)
    if subject and subject not in held and held:
        return f"for {', '.join(sorted(held))}, not for {subject}"
    return None


def unheld_of_a_shape(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """Y3, where the calls were made for Y1 and Y2, or 160x200 for 140x200: a short name that looks as theirs do and that no
    call knows.
    """
    values = {v.lower() for one in good for _, v in (*texts_of(one.asked), *texts_of(one.got))}
    for sort in (s for s in (_SHORT, _SIZED, _VERSION) if s.search(told)):
        theirs = {v for v in values if sort.fullmatch(v)}
        shapes = {_form(v) for v in theirs}
        mine = [
            n for n in sort.findall(told) if _form(n) in shapes and not any(holds(n, c.text) for c in calls)
        ]
        if mine:
            return f"for {', '.join(sorted(theirs))}, not for {', '.join(mine)}"
    return None


def _form(name: str) -> str:
    """Its shape; the letter behind a number tells one seat from another: 12A and 12D are of one form."""
    shape = _shape(name)
    return shape if shape[:1].isalpha() else re.sub(r"[a-z]", "a", shape)


def _is_linked(name: str, good: list[Entry], calls: tuple[Entry, ...]) -> bool:
    """A lookup for this id gave the id that the calls were made for: the charges of an order."""
    made_for = {v for one in good for v in id_values(one) if _shape(v) != _shape(name)}
    return any(
        one.reads and is_held(name, one.call.arguments) and any(holds(v, one.call.result) for v in made_for)
        for one in calls
    )


def not_the_customers(
    claim: Claim, case: Case, told: str, good: list[Entry], calls: tuple[Entry, ...]
) -> str | None:
    """A claim without an id is about what the customer named: order 4411, where the call was about order 9920.

    Only ids of one shape are compared, and only where nothing else ever mentions the id of the call.
    """
    if names(claim, told):
        return None
    said = " ".join(fold(t.content) for t in case.turns)
    for one in good:
        for value in id_values(one):
            shape = _shape(value)
            wanted = {
                w for w in re.findall(r"(?<![a-z0-9-])[a-z0-9-]*\d[a-z0-9-]*", said) if _shape(w) == shape
            }
            known = holds(value, said) or any(holds(value, c.text) for c in calls if c is not one)
            if wanted and not known and not any(holds(w, one.text) for w in wanted):
                return f"for {value}, not for {', '.join(sorted(wanted))}"
    return None


def _names_a_thing(token: str, told: str) -> bool:
    if not any(c.isalpha() for c in token):
        return (
            len(token) >= ID_LENGTH - 1
            and not DATE.fullmatch(token)
            and not re.search(rf"(?:ending|ends)(?: in| with)?\W*{re.escape(token)}", told)
            and not _YEAR.fullmatch(token)
        )
    return len(token) >= ID_LENGTH


def _subject(claim: Claim, told: str, ids: list[str]) -> str | None:
    """The id that the act is told of: "order 6621 is cancelled, and 6620 carries on"."""
    form = PAST.get(claim.act)
    verb = form.search(told) if form else None
    before = [i for i in ids if verb and 0 <= told.find(i) < verb.start()]
    return before[-1] if before else None


def _in_one_breath(name: str, held: set[str], told: str) -> bool:
    """The name stands beside one that a call holds, with nothing but "and" or a comma between."""
    at = told.find(name)
    for other in held:
        where = told.find(other)
        between = (
            told[where + len(other) : at].removesuffix("#") if where < at else told[at + len(name) : where]
        )
        if where >= 0 and _TOGETHER.fullmatch(between):
            return True
    return False


def _shape(name: str) -> str:
    """How an id looks: "ab-1234" and "ab-9876" alike."""
    return re.sub(r"\d", "0", name.lower().strip("#"))
