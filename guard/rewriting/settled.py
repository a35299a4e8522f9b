"""Whether an act is done with: a call did it or tried to, or a record says that it was done or cannot be.

To offer it again is to pay twice, or to promise in vain.
"""

import re

from guard.case import Case
from guard.ledger.authority import Grant
from guard.ledger.evidence import Entry
from guard.ledger.fields import tokens
from guard.records import Json
from guard.rewriting.fit import ONCE
from guard.rewriting.matter import matter_of
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.naming import shown
from guard.text import fold, words

_AGAIN = deeds("change correct tell extend raise lower transfer upgrade")
"""Deeds that are done again whenever it is asked."""
_LASTING = deeds("refund cancel replace unlock pause block close waive enable disable delete")
"""Deeds that leave a thing in a state which a record of it tells."""
_OF_SALES = deeds("refund cancel replace")
_ABLE = words("can may eligible eligibility allowed possible permitted available")
_STATE = words("status state stage outcome resolution")
_STATE_WORDS = 3
_DONE = words(
    "pending processing requested request initiated issued paid processed approved completed complete done sent granted at on"
)
"""Words beside a deed that tell of it as done or set going: `refund_issued`, `refund_status: pending`."""
_RECORD = words("id ref reference number amount")
"""What only a thing that there is has: `refund_id`."""
_OPEN = words("none null n a eligible available possible allowed")
"""States of an act that nobody has asked for yet."""
_OVER = words("expired closed over passed ended")
_NOT = words("not non never un no able eligible")
_EARLIER = words("previous before old prior history earlier")
_NO = words("no false not_eligible ineligible") | {"not eligible", "not allowed", "not possible"}
_CANNOT = re.compile(
    r"\b(?:non|not|no longer|isn't|aren't|never)[ -](\w+[ai]ble)\b"
    r"|\b(?:cannot|can't|can not|can no longer|too late to|unable to|not eligible for|not entitled to|no)(?: be| an?| the)? (\w+)\b(?! (?:fees?|charges?|costs?)\b)"
)
_WAS = re.compile(r"\b(?:was|were|been|already|now|status:?)(?: already| now| fully| partially)? (\w+ed)\b")


def settled(grant: Grant, case: Case) -> bool:
    """Nobody may offer it any more."""
    does = (matter_of(grant).deeds | deeds(" ".join(grant.core))) - _AGAIN
    for seen in shown(grant, case):
        if not seen.call.reads and _did(seen.call, grant, does):
            return True
        looks_for = deeds(" ".join(tokens(seen.call.call.name))) & does & _LASTING
        if any(_tells(key, value, does & _LASTING, bool(looks_for)) for key, value in seen.fields):
            return True
    return False


def _did(one: Entry, grant: Grant, does: frozenset[str]) -> bool:
    """The call is the same act; what is sent, booked or added must be the same thing too."""
    if grant.core & ONCE & one.acts:
        return True
    name = " ".join(tokens(one.call.name))
    matter = matter_of(grant)
    same = does & deeds(name)
    return bool(
        same & _LASTING
        or (
            same
            and (matter.thing or matter.words) & meanings(f"{name} {one.call.arguments}".replace("_", " "))
        )
    )


def _tells(key: str, value: Json, does: frozenset[str], looks_for: bool) -> bool:
    """A field says that it was done, or that it cannot be."""
    said = tokens(key)
    told = fold(value).replace("_", " ") if isinstance(value, str) else ""
    mine = [word for word in said if _deeds(word) & does]
    if _EARLIER.intersection(said):
        return False
    if (isinstance(value, int | float) and not value) or told in _NO:
        able = bool(_ABLE.intersection(said)) and (bool(mine) or looks_for)
        undone = any(deeds(f"un{word}") & does for word in said)
        denied = bool(mine) and told not in ("", "no", "false")
        return able or undone or denied or any(word.endswith("able") for word in mine)
    if not value or isinstance(value, list | dict):
        return False
    over = not _OVER.isdisjoint(told.split()) and "window" in said
    if mine and (over or any(word.startswith("non") for word in said)):
        return True
    mine = [word for word in mine if not word.endswith("able")]
    done = not _NOT.intersection(said) and (
        any(word.endswith("ed") for word in mine) or (bool(mine) and said[-1] in _DONE | _RECORD)
    )
    final = {"final", "sale"}.issubset(said) or "final sale" in told
    return (
        done
        or bool(final and does & _OF_SALES)
        or any(deeds(m[1] or m[2] or "") & does or _deeds(m[1] or "") & does for m in _CANNOT.finditer(told))
        or _is_done(said, told, does, bool(mine), looks_for)
    )


def _is_done(said: tuple[str, ...], told: str, does: frozenset[str], mine: bool, looks_for: bool) -> bool:
    """A state, or a sentence, that tells of the act as done or set going."""
    words_told = re.findall(r"[a-z]+", told)
    if not said or len(words_told) > _STATE_WORDS:
        return any(deeds(m[1]) & does for m in _WAS.finditer(told))
    if said[-1] not in _STATE or _NOT.intersection(words_told):
        return False
    ended = any(word.endswith("ed") and deeds(word) & does for word in words_told)
    begun = (looks_for or bool(deeds(told) & does)) and bool(_DONE.intersection(words_told))
    return ended or begun or (mine and not _OPEN.issuperset(words_told))


def _deeds(word: str) -> frozenset[str]:
    """The deeds that a word names, also as "refundable" and "nonrefundable"."""
    return deeds(f"{word} {word.removeprefix('non').removesuffix('able')} {word.removeprefix('non')}")
