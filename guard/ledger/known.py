"""Whether a fact that an action needs was given: in the customer's words or by a call."""

import re

from guard.case import Case
from guard.ledger.evidence import worked
from guard.text import AMOUNT, DATE, content, fold

_GIVEN: dict[str, re.Pattern[str]] = {
    "order": re.compile(
        r"\d{3}-\d{5,}|#\s?\w*\d{3,}|\border\b(?: (?:number|no\.?|id))?(?: is|:)?\s{0,2}#?\w*\d{4,}|\b[a-z]{1,4}-?\d{4,}"
    ),
    "mail": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "phone": re.compile(r"(?:phone|mobile|call|ring|number|tel)\D{0,20}\+?\d[\d\s-]{7,}|\+\d[\d\s-]{7,}"),
    "reservation": re.compile(r"\b(?=[a-z0-9]*\d)[a-z0-9]{6}\b"),
    "amount": re.compile(AMOUNT.pattern, re.IGNORECASE),
    "date": re.compile(DATE.pattern, re.IGNORECASE),
    "birth": re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"),
    "serial": re.compile(r"serial\D{0,20}\w*\d\w{3,}"),
}
"""How a fact of this sort looks where it was given; the most special word of a need counts."""
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_ASKS = re.compile(r"\?\W*$|^\W*(?:why|what|where|how|which|who|do|does|can)\b")


def known(need: str, case: Case) -> bool:
    """The need is met by something that was said or that a call holds. A question about it gives nothing."""
    sentences = [s for turn in case.customer_turns() for s in _SENTENCE.split(fold(turn))]
    said = " . ".join(s for s in sentences if not _ASKS.search(s))
    calls = [c for c in case.evidence or () if worked(c)]
    held = fold(" ".join(f"{c.arguments} {c.result}" for c in calls))
    asked = need.lower()
    form = next((_GIVEN[word] for word in reversed(_GIVEN) if word in asked), None)
    if form is not None:
        return form.search(f"{said} . {held}") is not None
    return bool(content(need)) and content(need) <= content(f"{said} {held}")
