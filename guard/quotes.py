"""Where the words that a model quotes stand. A quote that stands nowhere shows nothing."""

import re
from bisect import bisect_left
from functools import lru_cache

from guard.assessment import Span

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00]")
_SHORTEST = 2


def find(quote: str, text: str, start: int = 0) -> Span | None:
    """The first place of the quote in the text, from `start` on.

    White space, curly quotes, dashes, capitals and invisible characters may differ, and three dots at an end may stand
    for what was left out: models write these as they like. Every other character must be there.
    """
    if len(quote) > 2 * len(text) + _SHORTEST:
        return None
    exact = _whole(quote, text, start) if len(quote.strip()) >= _SHORTEST else -1
    if exact >= 0:
        return Span(quote, exact, exact + len(quote))
    wanted = _folded(quote)[0].strip()
    for dots in ("…", "..."):
        wanted = wanted.removeprefix(dots).removesuffix(dots).strip()
    if len(wanted) < _SHORTEST:
        return None
    folded, places = _folded(text)
    at = _whole(wanted, folded, bisect_left(places, start))
    if at < 0:
        return None
    first, last = places[at], places[at + len(wanted) - 1] + 1
    return Span(text[first:last], first, last)


def _whole(words: str, text: str, start: int) -> int:
    """Where they stand, not inside a longer word: "no" is not in "know"."""
    at = text.find(words, start)
    while at >= 0:
        end = at + len(words)
        joined = (at > 0 and text[at - 1].isalnum() and words[0].isalnum()) or (
            end < len(text) and text[end].isalnum() and words[-1].isalnum()
        )
        if not joined:
            return at
        at = text.find(words, at + 1)
    return -1


@lru_cache(maxsize=8)
def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and of each of its characters the place in the original. A reading asks often."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if _UNSEEN.match(character):
            continue
        plain = " " if character.isspace() else character.translate(_PLAIN).lower()
        if plain == " " and characters and characters[-1] == " ":
            continue
        for one in plain:  # some capitals are two characters in lower case
            characters.append(one)
            places.append(place)
    return "".join(characters), places
