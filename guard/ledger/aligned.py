"""Whether a claim names a thing nearly as the calls do, and one word otherwise: "West Vale Street" for `West Dale St`."""

import re
from functools import lru_cache
from itertools import pairwise

from guard.assessment import Claim
from guard.ledger.evidence import ID_KEY, MANNER_KEY, Entry
from guard.ledger.spots import new_spots
from guard.text import FACTLESS, MONTHS, fold, words

_WORD = re.compile(r"[^\W\d_][\w'-]*|\d+[a-z]?")
_CALENDAR = re.compile(rf"(?:{MONTHS}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)", re.IGNORECASE)
_SHORT = {
    "st": "street",
    "rd": "road",
    "ave": "avenue",
    "sq": "square",
    "ln": "lane",
    "apt": "apartment",
    "dr": "drive",
}
_HEADS = words(
    "street road avenue square lane drive hotel class course plan tariff room team card account store shop branch station airport line "
    "street's city house building centre center office please now the our your i you we it mr mrs ms dr version option service"
)
"""Words that may follow any name."""
_STREETS = words("street road avenue square lane drive place court close way terrace crescent row")
_A_NAME = re.compile(r"\d|\s[A-Z]|^\W*[A-Z]\w+ [A-Z]")
_LONGEST = 7
_SHORTEST = 3


def other_word(claim: Claim, good: list[Entry]) -> str | None:
    """Two words stand side by side in a value; one of them stands in the claim beside another name."""
    texts = tuple(t for c in good if not c.reads for t in c.texts)
    if not texts or not _A_NAME.search(claim.span.text):
        return None
    values = [s.value for s in new_spots(texts) if not s.keys & (MANNER_KEY | ID_KEY)]
    spoken = [m.group() for m in _WORD.finditer(claim.span.text)]
    told = [_plain(w) for w in spoken]
    known = _words_of(texts)
    for value in values:
        worded = [_plain(w) for w in _WORD.findall(value)]
        for one, other in pairwise(worded) if len(worded) <= _LONGEST else ():
            after = _beside(one, other, 1, spoken, told)
            before = _beside(other, one, -1, spoken, told)
            if {*after, *before} - known - _HEADS:
                return f"for {value}"
    return None


def _beside(kept: str, lost: str, step: int, spoken: list[str], told: list[str]) -> set[str]:
    """Names that stand in the place of `lost`, which is nowhere in the claim, beside `kept`, which is."""
    if kept not in told or lost in told or not _tells_apart(kept) or not _tells_apart(lost):
        return set()
    places = [n + step for n, w in enumerate(told) if w == kept and spoken[n][:1].isupper()]
    found = [told[n] for n in places if 0 <= n < len(told) and _is_of_a_sort(spoken[n], lost)]
    if lost in _STREETS:
        return {f"{w} for {lost}" for w in found if w in _STREETS}
    return set(found)


def _is_of_a_sort(word: str, lost: str) -> bool:
    """A number in the place of a number, a name in the place of a name."""
    if lost[:1].isdigit():
        return word[:1].isdigit()
    return word[:1].isupper() and not _CALENDAR.fullmatch(word) and fold(word) not in FACTLESS


def _tells_apart(word: str) -> bool:
    return word[:1].isdigit() or (len(word) >= _SHORTEST and word.isalpha() and word not in FACTLESS)


@lru_cache(maxsize=64)
def _words_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_plain(w) for t in texts for w in _WORD.findall(fold(t).replace("_", " ")))


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    folded = fold(word).removesuffix("'s")
    return _SHORT.get(folded, folded)
