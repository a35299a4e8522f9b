"""Is a sentence a concrete step for the open need? What the guide says in §3, one rule a function."""

import re

from guard.assessment import STEPS, Customer, Move
from guard.case import Case
from guard.judging.sentences import split
from guard.text import DATE, ID, content, fold

PLACEHOLDER = re.compile(
    r"\[(?:[A-Z][A-Za-z ]{2,40}|[A-Z _]{3,40}|insert[^\]]*|your [^\]]*|(?:first |last |customer |order )?(?:name|date|amount|number|link|time))\](?!\()"
    r"|<(?:insert|your|(?:first|last|customer|order)?[ _]?(?:name|date|amount|number|link|time))[^>]*>"
    r"|(?<!\{)\$?\{[a-z][a-z_.]{1,40}\}(?!\})|%[A-Z][A-Z_]{2,40}%|\bX{3,}\b(?!-)|_{4,}"
)
"""Gaps that nobody filled. `{{…}}` is none: public texts mask real values so."""
_SAME = 0.7
"""Share of content words at which a step counts as the one that was said before."""
_LOOKED_BACK = 3
"""Earlier replies of ours in which a step that repeats itself is looked for."""

_FACTS = re.compile(
    r"\b(?:(?:order|reservation|booking|user|customer|account|transaction|tracking|ticket|confirmation|case|reference|membership|flight)(?:'s)? (?:id|ids|number|numbers|no|details?|code)|"
    r"e-?mail|phone|mobile|address|photos?|pictures?|images?|screenshots?|name|date of birth|zip|postal code|reason|model)\b"
)
_GIVEN_ORDER = re.compile(r"\d{3}-\d{5,}|\b[a-z]*\d{6,}")
_ANOTHER_WAY = re.compile(
    r"\b(?:alternatively|instead|otherwise|or (?:the|your|any)|if you (?:don't|do not|can't)|another way|you can find|check your)\b"
)
_ASKED = re.compile(r"\?|\b(?:why|when|wen|where|how|what|wat|which|status|explain|tell me|update)\b")
_NO = re.compile(
    r"\b(?:can't|cannot|can not|unable to|not (?:possible|eligible|able|allowed|refundable|available|permitted)|non-refundable|won't|do not (?:allow|offer)|don't (?:allow|offer)|doesn't allow)\b"
)
_REASON = re.compile(
    r"\b(?:because|since|as (?:it|you|the|your|this)|due to|only (?:if|when|within|after|for)|unless|require[sd]?|policy|after \w+ (?:has|have|was|is)|within|basic economy|already)\b"
)
_WAY_ON = re.compile(
    r"\?|\b(?:will (?:arrive|be|take)|expected|scheduled|eligible|you (?:can|will|have|may|could)|instead|however|policy|only|please|alternatively|option|would you)\b"
)


def moves_need(text: str, move: Move, case: Case, customer: Customer) -> bool:
    """The sentence is a step, and one for the need that is open."""
    if customer.need == "none" or move not in STEPS or PLACEHOLDER.search(text):
        return False
    match move:
        case "offer":
            return True
        case "ask":
            return (
                not _known_already(text, case)
                and not _asked_again(text, case)
                and not _said_before(text, case)
            )
        case "answer":
            return (
                not _says_nothing(text, case, customer)
                and not _bare_no(text, case)
                and not _said_before(text, case)
            )
        case _:
            return not _said_before(text, case)


def _known_already(text: str, case: Case) -> bool:
    """Asks for the order number alone, and the customer has given one."""
    asked = set(_FACTS.findall(fold(text)))
    order = {fact for fact in asked if fact.startswith("order")}
    return (
        bool(asked)
        and asked == order
        and _GIVEN_ORDER.search(fold(" ".join(case.customer_turns()))) is not None
    )


def _asked_again(text: str, case: Case) -> bool:
    """Asks for nothing new, and offers no other way to it."""
    now = set(_FACTS.findall(fold(text)))
    before = {
        fact
        for said in case.said_before()
        for fact in _FACTS.findall(fold(said))
        if "?" in said or "need" in said
    }
    return bool(now) and now <= before and not _ANOTHER_WAY.search(fold(case.draft))


def _says_nothing(text: str, case: Case, customer: Customer) -> bool:
    """An answer says something of this matter; where we must act and nothing was asked, a finding alone is none."""
    asked = customer.need == "information" or _ASKED.search(fold(case.customer_turns()[-1]))
    if not asked and not _WAY_ON.search(fold(text)) and not _NO.search(fold(text)):
        return True
    about = content(" ".join(case.customer_turns()[-2:]))
    return not (DATE.search(text) or ID.search(text) or content(text) & about or len(content(text)) >= 6)


def _bare_no(text: str, case: Case) -> bool:
    """A no without a reason and without a way on in the whole draft, or one that was said before."""
    folded = fold(text)
    if not _NO.search(folded):
        return False
    way_on = any(_WAY_ON.search(fold(s.text)) for s in split(case.draft) if s.text != text)
    again = any(
        _NO.search(fold(s.text)) and _alike(text, s.text, 0.4)
        for said in case.said_before()
        for s in split(said)
    )
    return (again or not _REASON.search(folded)) and not way_on


def _said_before(text: str, case: Case) -> bool:
    """The same in nearly the same words was there already and did not help."""
    if len(content(text)) < 3:
        return False
    return any(
        _alike(text, s.text, _SAME) for said in case.said_before()[-_LOOKED_BACK:] for s in split(said)
    )


def _alike(one: str, other: str, share: float) -> bool:
    a, b = content(one), content(other)
    return bool(a) and len(a & b) >= share * len(a | b)
