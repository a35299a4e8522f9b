"""Whether a fact that an action needs was given, in the customer's words or by a call."""

import re

from guard.case import Case
from guard.ledger.evidence import worked
from guard.ledger.names import KIND, names_in, plain_kind
from guard.text import AMOUNT, DATE, MONTHS, content, fold

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
    r"dates?": re.compile(
        rf"{DATE.pattern}|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTHS})\b",
        re.IGNORECASE,
    ),
    r"birth(?:day|date)?": re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"),
    r"serials?": re.compile(r"serial\D{0,20}+\w{0,40}?\d\w{3}"),
}
"""How a fact of this sort looks where it was given; the most special word of a need counts, as a whole word."""
_UNMISTAKABLE = ("orders?", "e?-?mails?", "(?:tele)?phones?", "serials?")
"""Facts that look like nothing else: they are given in a question too."""
SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_ASKS = re.compile(r"\W*(?:why|what|where|how|which|who|do|does|can)\b")
_ASKS_FOR = re.compile(
    r"\?|\b(?:send|give|tell|share|provide|upload|attach|let me know|with (?:it|that|this|them|your))\b|\b(?:i|we)(?:'d| would)? (?:\w+ )?need\b|\bonce i (?:have|know)\b"
)
_OF_WHOM = re.compile(r" (?:to|for|of|on|where) ")
_TO_THE_LAST_WORD = re.compile(r".*\w", re.DOTALL)
_NUMBER_OF = re.compile(
    rf"(?:the |your )?(?:(?P<kind>{KIND})|(?:\w+ )?(?P<of>(?!phone|card|bank|sort|post|zip|promo|discount|security|verification|area)\w+) (?:number|no|id|reference|ref|code))"
)
_ORDERED = frozenset({"order", "booking", "reservation", "confirmation", "reference"})
"""What a name that stands alone is of."""
_OF_ANY = frozenset({"", "reference", "confirmation"})


def known(need: str, case: Case, among: str = "") -> bool:
    """The need is met by something that was said or that a call holds. A question about it gives nothing.

    among: what the action says of itself. "Which part" is met by a part that it names.
    """
    sentences = [s for turn in case.customer_turns() for s in SENTENCE.split(fold(turn))]
    asked = need.lower().replace("_", " ")
    sort = next((word for word in reversed(_GIVEN) if re.search(rf"\b(?:{word})\b", asked)), None)
    said = " . ".join(s for s in sentences if sort in _UNMISTAKABLE or not _asks(s))
    calls = [c for c in case.evidence or () if worked(c)]
    held = fold(" ".join(f"{c.arguments} {c.result}" for c in calls))
    if sort not in _UNMISTAKABLE[1:] and _is_named(asked, case):
        return True
    if sort is not None:
        return _GIVEN[sort].search(f"{said} . {held}") is not None
    if asked.startswith("which ") and re.search(r"\bor\b", among):
        return bool(content(among) & content(f"{said} {held}"))
    return bool(content(need)) and content(need) <= content(f"{said} {held}")


def asked_for(need: str, draft: str) -> bool:
    """The draft asks for it: "Send me the order number and I can refund it"."""
    wanted = content(_OF_WHOM.split(fold(need), maxsplit=1)[0])
    return bool(wanted) and any(
        wanted <= content(sentence) for sentence in SENTENCE.split(fold(draft)) if _ASKS_FOR.search(sentence)
    )


def _is_named(asked: str, case: Case) -> bool:
    """The number or code that is asked for stands in a turn of the customer's: beside its word, or alone where the turn
    speaks of the thing.
    """
    wanted = _NUMBER_OF.fullmatch(asked)
    if wanted is None:
        return False
    kind = plain_kind(wanted["of"] or wanted["kind"])
    return any(
        named.kind == kind
        or (named.kind in _OF_ANY and (kind in _ORDERED or re.search(rf"\b{kind}", fold(turn)) is not None))
        for turn in case.customer_turns()
        for named in names_in(turn)
    )


def _asks(sentence: str) -> bool:
    last = _TO_THE_LAST_WORD.match(sentence)
    return "?" in sentence[last.end() if last else 0 :] or _ASKS.match(sentence) is not None
