"""Quantities that a text tells: money, shares and counts."""

import re
from collections.abc import Iterator

from guard.ledger.amounts import blanked, money_in
from guard.ledger.fields import values
from guard.rewriting.kinds import Particular, Value

_BEFORE = 30
"""Characters before a count that can tell of what it is."""
_MONEY = re.compile(
    r"(?<![\w.,])(\d[\d.,]*\d|\d)\s?(?:pesos?|reais|libras?|d[óo]lar(?:es)?|livres|franken|pfund|rupias?|kron[aeo]r?|cents?|cêntimos?|centavos?|céntimos?|centimes?|pence)\b"
)
"""Money that the ledger does not read: other names and other languages."""
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
_COUNT = re.compile(r"(?<![\w.,/#$€£:-])(\d+(?:[.,]\d+)*)(?:st|nd|rd|th)?(?![\w/:-]|[.,]\d)")
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
        yield Particular("share", frozenset((float(m[1].replace(",", ".")),)), m.start(), m.end())
    for share, form in _FRACTION:
        for m in form.finditer(text):
            yield Particular("share", frozenset((share,)), m.start(), m.end())


def shares_in_fields(text: str) -> Iterator[float]:
    """Those of fields whose name says that they are in percent."""
    return (float(m[1]) for m in _SHARE_KEY.finditer(text))


def money(text: str) -> Iterator[Particular]:
    """Amounts with a currency."""
    for one in money_in(text):
        yield Particular("money", frozenset[Value]((one.value,)), one.start, one.end)
    for m in _MONEY.finditer(text):
        yield Particular("money", values(m[1]), m.start(), m.end())


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
