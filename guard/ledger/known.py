"""Whether a fact that an action needs was given: in the customer's words or by a call."""

import re

from guard.case import Case
from guard.text import AMOUNT, content, fold

_GIVEN: dict[str, str] = {
    "order": r"\d{3}-\d{5,}|#\s?\w*\d{3,}|\border\b[^.?!]{0,20}\b\w*\d{4,}|\b[a-z]{1,4}-?\d{4,}",
    "mail": r"[\w.+-]+@[\w-]+\.\w+",
    "phone": r"\+?\d[\d\s-]{7,}",
    "reservation": r"\b(?=[a-z0-9]*\d)[a-z0-9]{6}\b",
    "amount": AMOUNT.pattern,
}
"""How a fact of this sort looks; any other must be named in words."""


def known(need: str, case: Case) -> bool:
    """The need is met by something that was said or that a call holds."""
    said = fold(
        " ".join((*case.customer_turns(), *(f"{c.arguments} {c.result}" for c in case.evidence or ())))
    )
    for word, form in _GIVEN.items():
        if word in need.lower():
            return re.search(form, said, re.IGNORECASE) is not None
    return bool(content(need)) and content(need) <= content(said)
