"""Is a sentence a concrete step for the open need? What the guide says in §3, one rule a function."""

import re
from dataclasses import dataclass
from functools import lru_cache

from guard.assessment import STEPS, Customer, Move
from guard.case import Case, Turn
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


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What the conversation holds before the draft: gathered once for all of its sentences."""

    about: frozenset[str]
    ours: tuple[tuple[str, frozenset[str]], ...]
    recent: tuple[frozenset[str], ...]
    asked: frozenset[str]
    order_given: bool
    wondered: bool


@lru_cache(maxsize=4)
def _earlier(turns: tuple[Turn, ...]) -> _Earlier:
    theirs = [t.content for t in turns if t.role == "customer"]
    ours = [t.content for t in turns if t.role == "assistant"]
    cut = [[(s.text, content(s.text)) for s in split(said)] for said in ours]
    return _Earlier(
        about=content(" ".join(theirs[-2:])),
        ours=tuple(sentence for said in cut for sentence in said),
        recent=tuple(matter for said in cut[-_LOOKED_BACK:] for _, matter in said),
        asked=frozenset(
            fact for said in ours if "?" in said or "need" in said for fact in _FACTS.findall(fold(said))
        ),
        order_given=_GIVEN_ORDER.search(fold(" ".join(theirs))) is not None,
        wondered=bool(theirs) and _ASKED.search(fold(theirs[-1])) is not None,
    )


def _known_already(text: str, case: Case) -> bool:
    """Asks for the order number alone, and the customer has given one."""
    asked = set(_FACTS.findall(fold(text)))
    order = {fact for fact in asked if fact.startswith("order")}
    return bool(asked) and asked == order and _earlier(case.turns).order_given


def _asked_again(text: str, case: Case) -> bool:
    """Asks for nothing new, and offers no other way to it."""
    now = set(_FACTS.findall(fold(text)))
    return bool(now) and now <= _earlier(case.turns).asked and not _ANOTHER_WAY.search(fold(case.draft))


def _says_nothing(text: str, case: Case, customer: Customer) -> bool:
    """An answer says something of this matter; where we must act and nothing was asked, a finding alone is none."""
    earlier = _earlier(case.turns)
    asked = customer.need == "information" or earlier.wondered
    if not asked and not _WAY_ON.search(fold(text)) and not _NO.search(fold(text)):
        return True
    matter = content(text)
    return not (DATE.search(text) or ID.search(text) or matter & earlier.about or len(matter) >= 6)


def _bare_no(text: str, case: Case) -> bool:
    """A no without a reason and without a way on in the whole draft, or one that was said before."""
    folded = fold(text)
    if not _NO.search(folded):
        return False
    way_on = any(_WAY_ON.search(fold(s.text)) for s in split(case.draft) if s.text != text)
    matter = content(text)
    again = any(_alike(matter, m, 0.4) and _NO.search(fold(said)) for said, m in _earlier(case.turns).ours)
    return (again or not _REASON.search(folded)) and not way_on


def _said_before(text: str, case: Case) -> bool:
    """The same in nearly the same words was there already and did not help."""
    matter = content(text)
    return len(matter) >= 3 and any(_alike(matter, m, _SAME) for m in _earlier(case.turns).recent)


def _alike(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    return bool(one) and len(one & other) >= share * len(one | other)
