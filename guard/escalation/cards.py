"""Card numbers in a text: known by their first digits, their length and their check digit, however they are parted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUN = re.compile(r"(?<!\d)\d(?:[\s.,*/_·–—－-]{0,3}\d){11,24}(?!\d)")
"""Digits that may hold a card; other numbers may stand before or after it without a word between."""
_TOLD_WITH_IT = re.compile(
    r"(?:[ ./–-]{1,3}\d\d[/.-]?\d\d(?:\d\d)?)?(?:[ ./–-]{1,3}\d{3,4})?(?![\w]|[ ./–-]{1,3}\d)"
)
"""Its expiry date and its code."""
_GROUP = re.compile(r"\d+")
_BRANDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|(?:50|5[6-9]|6\d)\d{10,17}"
)
"""Visa, Mastercard, American Express, Diners, Discover, JCB, Maestro: first digits and lengths (ISO/IEC 7812)."""
_IN_GROUPS = re.compile(r"\d{4}\D+\d{4}\D+\d{4}\D+\d{4}|\d{4}\D+\d{6}\D+\d{5}")
_PARTS_OTHERS = re.compile(r"[\n,*]")
"""A column or a list of other numbers adds up now and then."""
_NAMES_ANOTHER = re.compile(
    r"\b(?:track\w*|order|parcel|shipment|consignment|booking|ticket|invoice|imei|serial|case|meter)\b\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
"""Words before a long number that is no card."""
_NAMES_CARD = re.compile(
    r"\b(?:card|visa|mastercard|amex|maestro|debit|credit|with)\W{1,3}$|\bcard (?:number|no|nr)\b[^.;,\n]*$",
    re.IGNORECASE,
)
_IN_A_NAME = re.compile(
    r"(?<![^\W\d_])(?!(?:card|visa|mastercard|amex|maestro|no|nr|number)(?![^\W\d_]))[^\W\d_]+[-_]?$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?![-_]?(?:cvv|cvc|cid|csc|exp|code|pin))[-_]?[^\W\d_]", re.IGNORECASE)
"""A letter that touches a number, or a dash between, makes it a part of some name, but where it tells of a card."""
_SHORTEST = 12
_GROUPS = 8
"""Of digits, with what may stand before a card; who types one digit at a time types the card first."""
_SEEN_BEFORE = 40
"""Characters before a number in which it is named."""


@dataclass(frozen=True, slots=True)
class Card:
    """Where a card's number stands, with what was told with it, and its last four digits."""

    start: int
    end: int
    ends_in: str


def cards(text: str) -> Iterator[Card]:
    """All cards of a text, in order."""
    place = 0
    while run := _RUN.search(text, place):
        card = next((card for span in _spans(run) if (card := _card(text, *span))), None)
        place = card.end if card else run.end()
        if card:
            yield card


def _spans(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """What of a run may be a card: whole groups, the longest first."""
    groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run.group())]
    for first, (start, _) in enumerate(groups if len(groups) <= _GROUPS else groups[:1]):
        for _, end in reversed(groups[first:]):
            if end - start >= _SHORTEST:
                yield start, end


def _card(text: str, start: int, end: int) -> Card | None:
    written = text[start:end]
    digits = "".join(str(int(d)) for d in written if d.isdecimal())  # full-width ones, too
    if _BRANDS.fullmatch(digits) is None or not _adds_up(digits):
        return None
    if _PARTS_OTHERS.search(written) and not _IN_GROUPS.fullmatch(written):
        return None
    before = text[max(0, start - _SEEN_BEFORE) : start]
    if _IN_A_NAME.search(before) or _GOES_ON.match(text, end):
        return None
    if _NAMES_ANOTHER.search(before) and not _NAMES_CARD.search(before):
        return None
    told_with_it = _TOLD_WITH_IT.match(text, end)
    return Card(start, told_with_it.end() if told_with_it else end, digits[-4:])


def _adds_up(digits: str) -> bool:
    """The check digit is right (Luhn, ISO/IEC 7812-1 annex B)."""
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
