"""Whether a fact that an action needs was given: in the customer's words or by a call."""

import re

from guard.case import Case
from guard.ledger.evidence import worked
from guard.text import AMOUNT, DATE, content, fold

_GIVEN: dict[str, re.Pattern[str]] = {
    r"orders?": re.compile(
        r"\d{3}-\d{5,}|#\s?\w*\d{3,}|\border\b(?: (?:number|no\.?|id))?(?: is|:)?\s{0,2}#?\w*\d{4,}|\b[a-z]{1,4}-?\d{4,}"
    ),
    r"e?-?mails?": re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.\w"),
    r"(?:tele)?phones?": re.compile(
        r"(?:phone|mobile|call|ring|number|tel)\D{0,20}\+?\d[\d\s-]{7,}|\+\d[\d\s-]{7,}"
    ),
    r"reservations?": re.compile(r"\b(?=[a-z0-9]*\d)[a-z0-9]{6}\b"),
    r"amounts?": re.compile(AMOUNT.pattern, re.IGNORECASE),
    r"dates?": re.compile(DATE.pattern, re.IGNORECASE),
    r"birth(?:day|date)?": re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"),
    r"serials?": re.compile(r"serial\D{0,20}+\w{0,40}?\d\w{3}"),
}
"""How a fact of this sort looks where it was given; the most special word of a need counts, as a whole word."""
_UNMISTAKABLE = ("orders?", "e?-?mails?", "(?:tele)?phones?", "serials?")
"""Facts that look like nothing else: they are given in a question too."""
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_ASKS = re.compile(r"\W*(?:why|what|where|how|which|who|do|does|can)\b")
_TO_THE_LAST_WORD = re.compile(r".*\w", re.DOTALL)


def known(need: str, case: Case) -> bool:
    """The need is met by something that was said or that a call holds. A question about it gives nothing."""
    sentences = [s for turn in case.customer_turns() for s in _SENTENCE.split(fold(turn))]
    asked = need.lower().replace("_", " ")
    sort = next((word for word in reversed(_GIVEN) if re.search(rf"\b(?:{word})\b", asked)), None)
    said = " . ".join(s for s in sentences if sort in _UNMISTAKABLE or not _asks(s))
    calls = [c for c in case.evidence or () if worked(c)]
    held = fold(" ".join(f"{c.arguments} {c.result}" for c in calls))
    if sort is not None:
        return _GIVEN[sort].search(f"{said} . {held}") is not None
    return bool(content(need)) and content(need) <= content(f"{said} {held}")


def _asks(sentence: str) -> bool:
    last = _TO_THE_LAST_WORD.match(sentence)
    return "?" in sentence[last.end() if last else 0 :] or _ASKS.match(sentence) is not None
