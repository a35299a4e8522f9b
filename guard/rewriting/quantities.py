"""Quantities that a text tells: money, shares and counts."""

import re
from collections.abc import Iterator

from guard.ledger.amounts import blanked, money_in
from guard.ledger.fields import values
from guard.rewriting.kinds import Particular, Sum, Value

_BEFORE = 30
"""Characters before a count that can tell of what it is."""
_MONEY = re.compile(
    r"(?<![\w.,])(\d[\d.,]*\d|\d)\s?(?:(?P<USD>d[óo]lar(?:es)?)|(?P<GBP>libras?|livres|pfund)|(?P<BRL>reais)|(?P<INR>rupias?)|(?P<CHF>franken)"
    r"|(?P<any>pesos?|kron[aeo]r?)|(?P<cent>cents?|cêntimos?|centavos?|céntimos?|centimes?|pence))\b"
)
"""Money that the ledger does not read: other names and other languages."""
_NOTE = re.compile(r"\b(?:a|another) (?:(tenner)|fiver)\b")
_DOLLAR = re.compile(r"(?<![a-z])\$|dollar|buck|d[óo]lar")
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")
"""What a dollar may be that does not say of which country it is."""
_GIFT = re.compile(
    r"\b(?:for free|free of charge|(?:at|for) no (?:extra |additional |further )?(?:cost|charge)|on the house|(?:is|are|be|'s) on us|complimentary|lifetime|ships? free"
    r"|(?:an?|your|another|with|get|send(?: you)?|give(?: you)?|offer(?: you)?|add|include) free (?!to\b|of\b|time\b|text\b|form\b|hand\b|moment\b)\w+"
    r"|gratis|kostenlos\w*|gratuit\w*|sin (?:ning[úu]n )?(?:coste|costo|cargo)|grátis|gratuita\w*|de graça)\b"
)
"""What is given without a price: a gift is an amount."""
_FREE = re.compile(
    r"(?<![a-z])(?:free|gratis|kostenlos\w*|gratuit\w*|grátis|complimentary|waived?|no (?:extra |additional )?(?:cost|charge)|sin (?:coste|costo|cargo))(?![a-z])(?!\w*\W{1,4}(?:false|no|none|null|0)\b)"
    r"|(?:fee|cost|price|charge|shipping)s?\W{1,3}:?\W{0,2}0(?:\.0+)?(?![\d.])"
)
"""How those say that it is, who may: an authority, a result."""
_WHOLE = 100
_OF_MONEY = re.compile(r"\s?(?:of|off|refund\w*|back|discount|credit|reimburs\w*|cash)\b")
_GIVING = re.compile(r"\b(?:refund|reimburs|credit|discount|give|get|return)\w*\b[^.!?]{0,25}$")
_SHARE = re.compile(
    r"(?<![\w.,])(\d{1,4}(?:[.,]\d{1,2})?)\s?(?:%|per ?cent\b|prozent\b|por ciento\b|por cento\b|pour cent\b)"
)
_SHARE_KEY = re.compile(r"\b\w*(?:percent\w*|pct|discount\w*|rate|apr)\W{0,2}:\W{0,2}(\d{1,3}(?:\.\d+)?)")
_FRACTIONS = {
    50.0: r"half (?:of|the|your|a price|price|off)|1/2 (?:of|off|price|the price)|la mitad|die hälfte|la moitié|metade",
    25.0: r"a quarter (?:of|off)|(?:la|una) cuarta parte|ein viertel|un quart d[eu]|um quarto d",
    33.0: r"(?:a|one) third (?:of|off)|un tercio|ein drittel|un tiers|um terço",
    66.0: r"(?:2|two) thirds (?:of|off)",
    200.0: r"(?:double|twice) (?:the|your)|el doble|das doppelte|le double|o dobro",
}
_FRACTION = tuple((share, re.compile(rf"\b(?:{form})\b")) for share, form in _FRACTIONS.items())
_COUNT = re.compile(
    r"(?<![\w.,/#$€£:-])(\d+(?:[.,]\d+)*)(?:st|nd|rd|th)?(?![\w/:-]|[.,]\d|\s?(?:%|per ?cent\b))"
)
_MARK = re.compile(r"(?<!\S)(\d{1,2})[.)](?=\s)")
_POINTED = re.compile(
    r"\b(?:the|your|our|these|those|all|both|el|los|las|sus|estos|die|ihre|alle|diese|les|vos|ces|os|as|seus|suas|todos) (?:last |first |other )?$"
)
"""Before a count of things that were spoken of."""
_PART = re.compile(r" of (?:the|your|our|these|those|them)\b")
"""Behind a count of some of them."""
_MOST_POINTED = 12
_ON_THE = re.compile(r"\b(?:by|on|until|before|since|from|after) the $")
_OF_WORDS = re.compile(
    r"[ -](?:(?:last|more|final|other|small|short|quick|simple|possible) )?(?:options?|ways?|choices?|steps?|things?|questions?|details?|possibilities|pieces|digits?|characters?|letters?"
    r"|opciones|maneras|formas|pasos|cosas|preguntas|datos|d[íi]gitos|cifras|möglichkeiten|optionen|schritte|dinge|fragen|angaben|ziffern|stellen"
    r"|façons|étapes|choses|questions|chiffres|solutions|opções|passos|coisas|perguntas)\b"
)
"""Behind a count of what the reply itself lists or asks for."""


def shares(text: str) -> Iterator[Particular]:
    """Of a whole, in percent, also as fractions."""
    for m in _SHARE.finditer(text):
        if float(m[1].replace(",", ".")) == _WHOLE and not (
            _OF_MONEY.match(text, m.end())
            or _GIVING.search(text[max(0, m.start() - 2 * _BEFORE) : m.start()])
        ):
            continue  # "100% right"
        yield Particular("share", frozenset((float(m[1].replace(",", ".")),)), m.start(), m.end())
    for share, form in _FRACTION:
        for m in form.finditer(text):
            yield Particular("share", frozenset((share,)), m.start(), m.end())


def shares_in_fields(text: str) -> Iterator[float]:
    """Those of fields whose name says that they are in percent."""
    return (float(m[1]) for m in _SHARE_KEY.finditer(text))


def money(text: str) -> Iterator[Particular]:
    """Amounts with a currency, and gifts."""
    for one in money_in(text):
        yield Particular("money", _sums(one.value, one.currency, one.text), one.start, one.end)
    for m in _MONEY.finditer(text):
        each = 0.01 if m["cent"] else 1
        currency = None if m["any"] or m["cent"] else m.lastgroup
        every = (_sums(round(n * each, 2), currency, m.group()) for n in values(m[1]))
        yield Particular("money", frozenset[Value]().union(*every), m.start(), m.end())
    for m in _NOTE.finditer(text):
        yield Particular("money", _sums(10.0 if m[1] else 5.0, "GBP", m.group()), m.start(), m.end())
    for m in _GIFT.finditer(text):
        told = "lifetime" if m.group() == "lifetime" else "free"
        yield Particular("money", frozenset((told,)), m.start(), m.end())


def _sums(value: float, currency: str | None, text: str) -> frozenset[Value]:
    """What an amount may be; also its bare value, which is known only where nobody names a currency of it."""
    if currency is None:
        return frozenset((Sum(value, None),))
    every = _DOLLARS if currency == "USD" and _DOLLAR.search(text) else (currency,)
    return frozenset((value, *(Sum(value, one) for one in every)))


def known_sums(told: frozenset[Value], bare: frozenset[float]) -> frozenset[Value]:
    """What is known where these are told, and these numbers stand without a currency."""
    named = frozenset(one for one in told if isinstance(one, Sum))
    unnamed = {Sum(value, None) for value in (*bare, *(one.value for one in named))}
    return frozenset((*named, *unnamed, *bare))


def settled_sums(known: frozenset[Value]) -> frozenset[Value]:
    """A bare number may be money of any currency, unless somebody names the one that it is of."""
    named = {one.value for one in known if isinstance(one, Sum) and one.currency}
    return frozenset(one for one in known if one not in named)


def gifts(text: str) -> frozenset[Value]:
    """What a text of those who may say so gives without a price."""
    free = {"free"} if _FREE.search(text) else set[Value]()
    return frozenset(free | ({"lifetime"} if "lifetime" in text else set()))


def counts(text: str) -> Iterator[Particular]:
    """Numbers of things, but for the marks of a list, and for those that the reply itself points to or asks for."""
    for m in _COUNT.finditer(blanked(text, _list_marks(text))):
        before = text[max(0, m.start() - _BEFORE) : m.start()]
        pointed = _POINTED.search(before) and not _ON_THE.search(before)
        few = (pointed or _PART.match(text, m.end())) and m[1].isdigit() and int(m[1]) <= _MOST_POINTED
        if not few and not _OF_WORDS.match(text, m.end()):
            yield Particular("count", values(m[1]), m.start(), m.end())


def _list_marks(text: str) -> tuple[tuple[int, int], ...]:
    """Of a list that counts from one."""
    marks = tuple(_MARK.finditer(text))
    counts = [int(m[1]) for m in marks] == [*range(1, len(marks) + 1)]
    return tuple(m.span() for m in marks) if counts else ()
