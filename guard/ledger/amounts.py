"""Money, shares and waiting times as people write them, read into values that can be compared.

"$5k", "US$ 5 000", "5.000 EUR" and "five thousand dollars" are one amount; "£45" is another currency than "$45".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from guard.text import DATE, fold

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}
_WORDS = {
    "dollar": "USD",
    "buck": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "quid": "GBP",
    "rupee": "INR",
    "rs": "INR",
    "yen": "JPY",
    "franc": "CHF",
}
_CODES = "usd|eur|gbp|inr|jpy|chf|cad|aud|nzd|sek|nok|dkk|pln|cny|sgd|hkd|mxn|brl|zar|krw"
_UNIT = rf"(?:{_CODES}|rs\.?|(?:dollar|buck|euro|pound|rupee|franc)s?|quid|yen)"
_SMALL = {
    word: n
    for n, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * n
    for n, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_SAID = rf"(?:(?:a|{'|'.join((*_SMALL, *_TENS, *_SCALES))})(?:[ -](?:and )?(?={'|'.join((*_SMALL, *_TENS, *_SCALES))}))?){{1,12}}"
_DIGITS = r"\d{1,3}(?: \d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d[\d.,]*"
_COUNT = rf"(?:{_DIGITS})(?<![.,])(?:\s?(?:k|m)\b|\s(?:thousand|million)\b)?"
_COUNTED = re.compile(_COUNT)
_MONEY = re.compile(
    rf"(?P<front>(?:us|c|a|ca|au)?[$€£₹¥]|\b{_UNIT})\s?(?P<a>{_COUNT})(?:\s?(?:-|to)\s?[$€£₹¥]?(?P<upto>{_COUNT}))?(?!\s?%)"
    rf"|(?<![\w.,])(?P<b>{_COUNT})\s?(?P<back>[$€£₹¥]|{_UNIT}\b)|\b(?P<said>{_SAID})\s(?P<unit>{_UNIT})\b"
)
_BARE = re.compile(
    rf"(?<![\w#.,/:$€£₹¥-])(?<!order )(?<!number )(?<!ticket )(?<!case )(?<!booking )(?<!no )(?<!flight )(?<!room )(?P<b>{_COUNT})(?![\w%/:-])"
    r"(?=\W*$|[.,](?!\d)|[;!?)]|\s(?:and|back|today|tomorrow|now|to|for|of|on|in|within|from|right|immediately|but|or|i|please)\b)"
)
_NAMED = re.compile(
    r"\b(?:seat|carriage|coach|member|account|gate|page|step|version|level|line|door|floor|flat|apartment|unit|platform|terminal|table|bay|zone|locker|row"
    r"|ref|reference|code|id|customer|contract|policy|claim|invoice|parcel|card|model|part|article|lot|batch|ward|bed|bus|train|route|stop)\W? $"
)
"""A word before a number that says what the number names: "seat 33", "member 660"."""
_CAP = re.compile(
    r"\b(?:limit(?:ed)?(?: is| of| to)?|up to|at most|no more than|not more than|max(?:imum)?\.?(?: is| of)?)[\s:(]*$"
)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,6}(?:[.,]\d{1,4})?)\s?(?:%|per ?cent\b)")
_SPOKEN_PERCENT = re.compile(rf"\b({_SAID}) ?(?:percent|per cent)\b")
_SHARES = (
    (re.compile(r"\bhalf (?:of|the|your)\b"), 50.0),
    (re.compile(r"\ba quarter of\b"), 25.0),
    (re.compile(r"\b(?:a|one) third of\b"), 33.4),
    (re.compile(r"\btwo thirds of\b"), 66.7),
)
_EACH = re.compile(r"\W*(?:each|apiece|per (?:piece|item|unit|order|ticket|person)|a piece)\b")
_UNITS = r"(?:pieces?|months?|weeks?|days?|nights?|years?|persons?|heads?|items?|units?|orders?|tickets?|seats?|guests?|passengers?|parcels?|bags?|bookings?|accounts?|missing \w+)"
_PER = re.compile(
    rf"\s*(?:,\s*)?(?:(?:for |to )?(?:each|every)\b(?! (?:cent|penny|time)\b)(?: of)?(?: [a-z]+){{0,2}}|apiece\b|per {_UNITS}\b|an? {_UNITS}\b)"
)
_N = r"(?P<n>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_ROW = re.compile(rf"\b(?<!order )(?<!number ){_N}\s$")
_COUNT_BEFORE = re.compile(rf"\b{_N}\s(?:[\w'-]+\s){{1,4}}(?:at|for|of|x|costing|worth)?\s?$")
_COUNT_AFTER = re.compile(
    rf"\b(?:all |for |the )?{_N} (?:[\w'-]+ )?(?:items|pieces|units|orders|tickets|of them|lamps|people|passengers)\b"
)
_HOURS = {"minute": 1 / 60, "hour": 1, "h": 1, "day": 24, "week": 168, "month": 720, "year": 8760}
_SPAN = re.compile(
    r"\b(?:(?P<n>\d+)(?:\s?(?:-|to|or)\s?(?P<m>\d+))?|(?P<word>an?|the|one|two|three|four|five|six|seven|ten|twenty[ -]four|forty[ -]eight))"
    r"[\s-]?(?:next |coming )?(?:business |working |calendar )?(?P<unit>minute|hour|day|week|month|year|h)s?\b"
)
_DUE = re.compile(
    rf"\b(?:within|in|inside|under|less than|takes?|up to)\s(?:the next |just |only |about )?(?={_SPAN.pattern})"
)
_BY = {
    re.compile(
        r"\b(?:today|tonight|this (?:morning|afternoon|evening)|right away|immediately|in a moment)\b"
    ): 24.0,
    re.compile(
        r"\b(?:by|before|until|at) (?:noon|midnight|\d{1,2}(?::\d\d)?\s?(?:am|pm|o'clock)\b|\d{1,2}:\d\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! (?:days?|hours?|weeks?|months?|business)))"
    ): 24.0,
    re.compile(r"\btomorrow\b"): 48.0,
}
"""Times that are told without a number of hours, with the latest that they can mean."""
_CALENDAR = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{4}-\d\d-\d\d|(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}|the \d{1,2}(?:st|nd|rd|th))\b"
)
_ALLOWED = re.compile(rf"\b(?<!for )(?:within|in|inside|takes?)\s(?:the next |about )?(?={_SPAN.pattern})")
_NUMBER_WORDS = {"a": 1, "an": 1, "the": 1, "twenty four": 24, "forty eight": 48, **_SMALL}
# Amounts that say what something cost, beside the amount that moves: "$45 of your $300 order".
_BESIDE = re.compile(
    r"\b(?:of|for|on|from|minus|less|after|off)\s(?:(?:the|your|our|this|a|an|that)\s)?(?:(?:full|whole|entire|original|total)\s)?$"
)
_DENIED = re.compile(r"\b(?:can't|cannot|can not|won't|not able to|unable to|not|couldn't)\b[^,;.!?]{0,60}$")
WHOLE = re.compile(
    r"\b(?:full|whole|entire|complete|total|all (?:of )?(?:the|your)|everything|every (?:cent|penny)|purchase price|double|twice|triple)\b|\b100\s?%|\bin full\b"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; `currency` None where nobody named one. `text`, `start` and `end` are its place in the text."""

    value: float
    currency: str | None
    text: str
    start: int
    end: int


@lru_cache(maxsize=64)  # every check of a claim looks for them in the same sentence
def money_in(folded: str, *, bare: bool = False) -> tuple[Money, ...]:
    """Amounts of money in a folded text. With `bare`, also numbers that stand for money without saying so."""
    found = [_money(m) for m in _MONEY.finditer(folded)]
    if bare:
        rest = blanked(folded, (*((m.start, m.end) for m in found), *_timed(folded)))
        found += [
            Money(plain(m["b"]), None, m["b"], m.start("b"), m.end("b"))
            for m in _BARE.finditer(rest)
            if not _NAMED.search(rest[max(0, m.start() - 20) : m.start()])
        ]
    return tuple(found)


def written(amount: Money) -> tuple[float, ...]:
    """Every number of an amount, for it may be a span: "$5k to $6k"."""
    return tuple(plain(n) for n in _COUNTED.findall(amount.text)) or (amount.value,)


def moved(folded: str, *, bare: bool = False) -> tuple[Money, ...]:
    """The amounts that the sentence moves: not what is refused in it, nor what a thing cost beside them."""
    every = money_in(folded, bare=bare)
    main = [
        m
        for m in every
        if not _BESIDE.search(folded[max(0, m.start - 40) : m.start])
        and not _DENIED.search(folded[max(0, m.start - 70) : m.start])
    ]
    return tuple(main) or every


def is_cap(amount: Money, folded: str) -> bool:
    """The amount says how far something may go: "$40 (limit $60)"."""
    return _CAP.search(folded[max(0, amount.start - 25) : amount.start]) is not None


def percents_in(folded: str) -> tuple[float, ...]:
    """Shares in percent, also as words."""
    said = [value for form, value in _SHARES if form.search(folded)]
    spoken = [_spoken(m[1]) for m in _SPOKEN_PERCENT.finditer(folded)]
    return (*(float(m.group(1).replace(",", ".")) for m in _PERCENT.finditer(folded)), *spoken, *said)


def times(amount: Money, folded: str) -> float:
    """How often an amount is meant: "3 lamps at $40 each", "$50 per item for all four items"."""
    if row := _ROW.search(folded[max(0, amount.start - 12) : amount.start]):
        return plain_count(row["n"])
    if not _EACH.match(folded, amount.end):
        return 1
    before = _COUNT_BEFORE.search(folded[max(0, amount.start - 40) : amount.start])
    counted = before or _COUNT_AFTER.search(folded, amount.end)
    return plain_count(counted["n"]) if counted else 1


def per_unit(folded: str) -> str | None:
    """What an amount is given for again and again: "$30 for each item", "$9 a month"; None where the text counts them."""
    for amount in moved(folded):
        each = _PER.match(folded, amount.end)
        if each and times(amount, folded) == 1:
            return each.group().strip()
    return None


def hours_promised(folded: str) -> float | None:
    """The shortest time by which a text says that something will be so, in hours; None where it says none."""
    found = [_hours(m) for due in _DUE.finditer(folded) if (m := _SPAN.match(folded, due.end()))]
    found += [hours for form, hours in _BY.items() if form.search(folded)]
    return min(found, default=None)


def hours_allowed(folded: str) -> float | None:
    """The time by which a sentence of an authority says that something will be so: "within", "in"; not "for up to"."""
    found = [_hours(m) for due in _ALLOWED.finditer(folded) if (m := _SPAN.match(folded, due.end()))]
    return min(found, default=None)


def extent(folded: str) -> float | None:
    """The longest span that something lasts or is moved by, in hours: "for up to 3 months", "by 14 days"."""
    due = {
        end
        for form in (_DUE, _ALLOWED)
        for m in form.finditer(folded)
        if (end := m.end()) and "up to" not in m.group()
    }
    return max((_hours(m) for m in _SPAN.finditer(folded) if m.start() not in due), default=None)


def names_a_day(folded: str) -> bool:
    """A weekday or a date: how far away it is cannot be said from here."""
    return _CALENDAR.search(folded) is not None


def without_times(folded: str) -> str:
    """The text without its dates, clock times and durations: what is left are numbers of things."""
    return blanked(folded, _timed(folded))


def without_money(folded: str) -> str:
    """The text without its amounts of money."""
    return blanked(folded, ((m.start, m.end) for m in money_in(folded)))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The same text with these places left blank, so that all others keep theirs."""
    parts = []
    at = 0
    for start, end in sorted(spans):
        if end > at:
            parts += [text[at : max(at, start)], " " * (end - max(at, start))]
            at = end
    return "".join((*parts, text[at:]))


def _timed(folded: str) -> Iterator[tuple[int, int]]:
    return (m.span() for form in (DATE, _SPAN, _PERCENT) for m in form.finditer(folded))


def same_currency(one: str | None, other: str | None) -> bool:
    """Two currencies that may be one: unknown fits all."""
    return one is None or other is None or one.upper() == other.upper()


def plain(number: str) -> float:
    """What a written number is worth: "1.234,50", "1,234.50", "5 000" and "5k"."""
    text = number.strip().lower().replace(" ", "")
    scale = 1.0
    for mark, factor in (("thousand", 1e3), ("million", 1e6), ("k", 1e3), ("m", 1e6)):
        if text.endswith(mark):
            text, scale = text.removesuffix(mark), factor
            break
    text = text.strip(".,")
    point = max(text.rfind("."), text.rfind(","))
    if point >= 0:
        mixed = "." in text and "," in text
        groups = len(text) - point - 1 == 3 and not mixed and not text.startswith("0")
        whole = re.sub(r"[.,]", "", text if groups else text[:point])
        text = whole if groups or text.count(text[point]) > 1 else f"{whole}.{text[point + 1 :]}"
    return float(text or 0) * scale


def plain_count(word: str) -> float:
    """How many a figure or a small number word says."""
    digits = word.replace(",", "")
    return float(digits) if digits.isdigit() else float(_SMALL[word])


def _money(match: re.Match[str]) -> Money:
    unit = (match["front"] or match["back"] or match["unit"]).rstrip(".")
    if match["said"]:
        value = _spoken(match["said"])
    else:
        value = max(plain(n) for n in (match["a"], match["b"], match["upto"]) if n)
    return Money(value, _currency(unit), match.group().strip(), match.start(), match.end())


def _currency(unit: str) -> str:
    if unit[-1] in _SYMBOLS:
        return {"c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD"}.get(unit, _SYMBOLS[unit[-1]])
    return _WORDS.get(unit.removesuffix("s") if unit != "rs" else unit, unit.upper())


def _spoken(words: str) -> float:
    total = 0.0
    current = 0.0
    for word in re.findall(r"[a-z]+", words):
        if word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if word != "hundred":
                total, current = total + current, 0.0
        else:
            current += _SMALL.get(word, _TENS.get(word, 0))
    return total + current


def _hours(match: re.Match[str]) -> float:
    count = float(match["m"] or match["n"]) if match["n"] else _NUMBER_WORDS[match["word"].replace("-", " ")]
    return count * _HOURS[match["unit"]]


def hours_in(text: str) -> float | None:
    """The longest duration that a text names, in hours."""
    return max((_hours(m) for m in _SPAN.finditer(fold(text))), default=None)
