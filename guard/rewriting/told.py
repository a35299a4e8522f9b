"""What a text says in figures: days, deadlines, spans, money, shares and counts, each as values that can be compared.

"48 hours" and "2 days" are one span, "15 May", "15 de mayo" and 2026-05-15 one day. Business days are days of their own.
"""

import re
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guard.ledger.amounts import blanked, money_in
from guard.ledger.fields import values
from guard.text import LINK

Kind = Literal["span", "day", "weekday", "later", "clock", "money", "share", "count"]
LOOSE: frozenset[Kind] = frozenset(("span", "weekday", "later", "count"))
"""What names no date and no amount: a sentence of the draft may keep it."""


_BEFORE = 30
"""Characters before a figure that can tell what it is."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact and its place; `values`: what it may mean, of which one must be known."""

    kind: Kind
    values: frozenset[Hashable]
    start: int
    end: int


_UNITS: dict[str, tuple[str, float]] = {
    "minute": (r"minutes?|mins?|minutos?|minuten?", 1),
    "hour": (r"hours?|hrs?|horas?|heures?|stunden?", 60),
    "working day": (r"werktage?n?|arbeitstage?n?", 1),
    "day": (r"days?|d[íi]as?|jours?|tage?n?", 1440),
    "week": (r"weeks?|semanas?|semaines?|wochen?", 10080),
    "fortnight": (r"fortnights?", 20160),
    "month": (r"months?|mes(?:es)?|mês|mois|monate?n?", 1),
    "year": (r"years?|años?|anos?|ans|ann[ée]es?|jahre?n?", 12),
}
"""Units of time in our languages, and how many minutes, working days or months each holds."""
_UNIT = "|".join(f"(?P<{name.replace(' ', '_')}>{form})" for name, (form, _) in _UNITS.items())
_WORKING = r"business|working|h[áa]biles|laborables|laborales|ouvr[ée]s|ouvrables|[úu]teis"
_MORE = r"(?:(?:more|other|next|coming|full|whole|further|calendar|(?P<free>free|extra|additional|complimentary)) ){0,2}"
_SPAN = re.compile(
    rf"(?<![\w.,])(?P<n>\d{{1,4}}|half an|one|another|an?|un[ae]?|uma?|eine[rmns]?)(?:\s?(?:-|to|or|bis|oder|a|à|ou|o|e)\s?(?P<m>\d{{1,4}}))?[\s-]"
    rf"{_MORE}(?:(?:{_WORKING}) )?(?:{_UNIT})\b(?: (?P<after>{_WORKING}|free|gratis|gratuit\w*|kostenlos|grátis))?"
)
_KEYED = re.compile(rf"(?:{_UNIT})\W{{0,2}}:\W{{0,2}}(?P<n>\d{{1,4}})\b")
"""`"eta_hours": 48`"""
_DUE = re.compile(
    r"\b(?:within|in|inside|under|less than|up to|for|after|innerhalb|binnen|nach|en|dentro de|sous|dans|em|até|por|durante) (?:just |only |about |less than )?$"
)
"""Before "an hour" or "a week" that bind us; "twice a day" does not."""
_MONTHS = (
    r"jan(?:uary|uar|vier)?|enero|janeiro|jänner",
    r"feb(?:ruary|ruar|rero)?|février|fevereiro",
    r"mar(?:ch|zo|ço|s)?|märz",
    r"apr(?:il)?|abril|avril",
    r"may(?:o)?|mai(?:o)?",
    r"june?|juni?o?|juin|junho",
    r"july?|juli?o?|juillet|julho",
    r"aug(?:ust)?|agosto|août",
    r"sept?(?:ember|iembre)?|septembre|setembro",
    r"o[ck]t(?:ober|ubre)?|octobre|outubro",
    r"nov(?:ember|iembre|embro)?|novembre",
    r"de[cz](?:ember|iembre)?|décembre|dezembro",
)
_MONTH = "|".join(f"(?P<m{n}>{form})" for n, form in enumerate(_MONTHS, start=1))
_DAYS = (
    re.compile(
        rf"(?<![\w.,:])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?(?: of| de|-)? ?(?:{_MONTH})\b\.?(?:,? (?:de |del )?(?P<y>\d{{4}}))?"
    ),
    re.compile(rf"\b(?:{_MONTH})\.? (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}}))?"),
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])-(\d{2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\w./])(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?(?![\w/]|\.\d)")
_WEEKDAYS = (
    r"mondays?|lunes|montags?|lundi|segunda-feira",
    r"tuesdays?|martes|dienstags?|mardi|terça-feira",
    r"wednesdays?|mi[ée]rcoles|mittwochs?|mercredi|quarta-feira",
    r"thursdays?|jueves|donnerstags?|jeudi|quinta-feira",
    r"fridays?|viernes|freitags?|vendredi|sexta-feira",
    r"saturdays?|s[áa]bados?|samstags?|sonnabend|samedi",
    r"sundays?|domingos?|sonntags?|dimanche",
)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(f'(?P<w{n}>{form})' for n, form in enumerate(_WEEKDAYS))})\b")
_LATER = {
    "tomorrow": r"tomorrow|(?<!la )(?<!esta )(?<!buena )mañana|(?<!guten )morgen|demain|amanhã",
    "tonight": r"tonight|this evening|esta noche|heute abend|ce soir|(?:esta|hoje à) noite",
    "this afternoon": r"this afternoon|esta tarde|heute nachmittag|cet après-midi",
    "this morning": r"this morning|esta mañana|heute morgen|ce matin|esta manhã",
    "next week": r"next week|la pr[óo]xima semana|la semana que viene|n[äa]chster? woche|kommende woche|la semaine prochaine|(?:na )?pr[óo]xima semana|semana que vem",
    "next month": r"next month|el pr[óo]ximo mes|n[äa]chsten monat|le mois prochain|pr[óo]ximo m[êe]s",
    "this week": r"this week|(?:by )?(?:the )?end of (?:the|this) week|(?:by|before|over) the weekend|(?:a|esta|final de la|ende der|diese|cette|fin de la|esta|fim da) semana|dieser woche|ende der woche|cette semaine|fin de semaine",
    "today": r"(?:by )?(?:the )?(?:end of|close of) (?:the |this |business )?day|(?:by|before|until) (?:noon|midday|midnight)|(?:by|before|later|still) today|today by|hoy mismo|noch heute|aujourd'hui même|ainda hoje"
    r"|(?:(?<=i'll )|(?<=i will )|(?<=i can )|(?<=we'll )|(?<=we will )|(?<=we can )|(?<=you'll )|(?<=you will ))(?!help|assist|do for)[^.?!]{0,80}?\btoday",
    "this month": r"(?:by )?(?:the )?end of (?:the|this) month|fin de mes|monatsende|fin du mois|fim do m[êe]s",
    "same day": r"same[- ]day|overnight",
}
"""Days and deadlines that are told without a figure."""
_LATERS = re.compile("|".join(rf"(?P<l{n}>\b(?:{form})\b)" for n, form in enumerate(_LATER.values())))
_TODAY = re.compile(r"\b(?:today|hoy|heute|aujourd'hui|hoje)\b")
_CLOCK_12 = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?m\b")
_CLOCK_24 = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:h](\d\d)(?!\d)|(?::(\d\d))? ?(?:uhr|o'clock)\b|\s?h\b)")
_MONEY = re.compile(
    r"(?<![\w.,])(\d[\d.,]*\d|\d)\s?(?:pesos?|reais|libras?|d[óo]lar(?:es)?|livres|franken|pfund|rupias?|kron[aeo]r?|cents?|cêntimos?|centavos?|céntimos?|centimes?|pence)\b"
)
"""Money that the ledger does not read: other names and other languages."""
_SHARE = re.compile(
    r"(?<![\w.,])(\d{1,4}(?:[.,]\d{1,2})?)\s?(?:%|per ?cent\b|prozent\b|por ciento\b|por cento\b|pour cent\b)"
)
_SHARE_KEY = re.compile(r"\b\w*(?:percent\w*|pct|discount\w*)\W{0,2}:\W{0,2}(\d{1,3}(?:\.\d+)?)")
_FRACTIONS = {
    50.0: r"half (?:of|the|your|a price|price|off)|la mitad|die hälfte|la moitié|metade",
    25.0: r"a quarter (?:of|off)|(?:la|una) cuarta parte|ein viertel|un quart d[eu]|um quarto d",
    33.0: r"(?:a|one) third (?:of|off)|un tercio|ein drittel|un tiers|um terço",
    66.0: r"(?:2|two) thirds (?:of|off)",
    200.0: r"(?:double|twice) (?:the|your)|el doble|das doppelte|le double|o dobro",
}
_FRACTION = re.compile("|".join(rf"(?P<f{n}>\b(?:{form})\b)" for n, form in enumerate(_FRACTIONS.values())))
_COUNT = re.compile(r"(?<![\w.,/#$€£:-])(\d+(?:[.,]\d+)*)(?:st|nd|rd|th)?(?![\w/:-]|[.,]\d)")
_MARK = re.compile(r"(?<!\S)(\d{1,2})[.)](?=\s)")
_POINTED = re.compile(
    r"\b(?:the|your|our|these|those|all|both|el|los|las|sus|estos|die|ihre|alle|diese|les|vos|ces|os|as|seus|suas|todos) (?:last |first |other )?$"
)
"""Before a count of things that were spoken of."""
_MOST_POINTED = 12
_ON_THE = re.compile(r"\b(?:by|on|until|before|since|from|after) the $")
_OF_WORDS = re.compile(
    r"[ -](?:(?:last|more|final|other|small|short|quick|simple|possible) )?(?:options?|ways?|choices?|steps?|things?|questions?|details?|possibilities|pieces|digits?|characters?|letters?"
    r"|opciones|maneras|formas|pasos|cosas|preguntas|datos|d[íi]gitos|cifras|möglichkeiten|optionen|schritte|dinge|fragen|angaben|ziffern|stellen"
    r"|façons|étapes|choses|questions|chiffres|solutions|opções|passos|coisas|perguntas)\b"
)
"""Behind a count of what the reply itself lists or asks for."""


def told_in(folded: str) -> tuple[Told, ...]:
    """All of them, in a folded text whose numbers are figures."""
    blanks: list[tuple[int, int]] = [m.span() for m in LINK.finditer(folded)]
    found: list[Told] = []
    for read in (_days, _shares, _money, _spans, _clocks, _laters, _counts):
        more = tuple(read(blanked(folded, blanks)))
        found += more
        blanks += [(one.start, one.end) for one in more]
    return tuple(found)


def known_in(folded: str) -> dict[Kind, frozenset[Hashable]]:
    """All values that a text knows: what it says, and what its fields and dates hold."""
    every = told_in(folded)
    known: dict[Kind, set[Hashable]] = {
        one: set() for one in ("span", "day", "weekday", "later", "clock", "money", "share", "count")
    }
    for one in every:
        known[one.kind] |= one.values
    for pair in [v for v in known["span"] if isinstance(v, tuple) and len(v) == 3]:
        known["span"].add((pair[0], pair[2]))
    known["span"] |= {_of_unit(m, float(m["n"])) for m in _KEYED.finditer(folded)}
    known["share"] |= {float(m[1]) for m in _SHARE_KEY.finditer(folded)}
    known["count"] |= values(folded)
    known["later"] |= {"today"} if _TODAY.search(folded) else set()
    known["day"] |= {(*v[:2], None) for v in known["day"] if isinstance(v, tuple)}
    known["weekday"] |= set(_falling(folded))
    return {kind: frozenset(v) for kind, v in known.items()}


def _spans(text: str) -> Iterator[Told]:
    for m in _SPAN.finditer(text):
        first = 0.5 if m["n"] == "half an" else float(m["n"]) if m["n"].isdigit() else 1.0
        article = not m["n"].isdigit() and m["n"] not in ("one", "half an")
        given = (
            m["free"]
            or m["n"] == "another"
            or (m["after"] or "").startswith(("free", "gratis", "gratuit", "kostenlos", "grátis"))
        )
        if (article and not given and not _DUE.search(text[max(0, m.start() - _BEFORE) : m.start()])) or (
            first == 1 and m["minute"]
        ):
            continue
        last = _of_unit(m, float(m["m"])) if m["m"] else None
        value: Hashable = (*_of_unit(m, first), last[1]) if last else _of_unit(m, first)
        yield Told("span", frozenset((value,)), m.start(), m.end())


def _of_unit(match: re.Match[str], count: float) -> tuple[str, float]:
    """Minutes, working days or months: what each unit is exactly."""
    name = next(name for name in _UNITS if match[name.replace(" ", "_")])
    if name == "working day" or (name == "day" and re.search(_WORKING, match.group())):
        return "working day", count
    return "month" if name in ("month", "year") else "minute", count * _UNITS[name][1]


def _days(text: str) -> Iterator[Told]:
    for form in _DAYS:
        for m in form.finditer(text):
            month = next(n for n in range(1, 13) if m[f"m{n}"])
            yield Told("day", frozenset(((month, int(m["d"]), _year(m["y"])),)), m.start(), m.end())
    for m in _ISO.finditer(text):
        yield Told("day", frozenset(((int(m[2]), int(m[3]), int(m[1])),)), m.start(), m.end())
    for m in _NUMERIC.finditer(text):
        one, other, year = int(m[1]), int(m[2]), _year(m[3])
        yield Told("day", frozenset(((one, other, year), (other, one, year))), m.start(), m.end())


def _year(digits: str | None) -> int | None:
    return (int(digits) + 2000 if len(digits) == 2 else int(digits)) if digits else None


def _falling(text: str) -> Iterator[int]:
    """The weekdays of its dates."""
    for year, month, day in _ISO.findall(text):
        with suppress(ValueError):  # February 30
            yield date(int(year), int(month), int(day)).weekday()


def _shares(text: str) -> Iterator[Told]:
    for m in _SHARE.finditer(text):
        yield Told("share", frozenset((float(m[1].replace(",", ".")),)), m.start(), m.end())
    for m in _FRACTION.finditer(text):
        share = list(_FRACTIONS)[int(str(m.lastgroup)[1:])]
        yield Told("share", frozenset((share,)), m.start(), m.end())


def _money(text: str) -> Iterator[Told]:
    for one in money_in(text):
        yield Told("money", frozenset((one.value,)), one.start, one.end)
    for m in _MONEY.finditer(text):
        yield Told("money", values(m[1]), m.start(), m.end())


def _clocks(text: str) -> Iterator[Told]:
    for m in _CLOCK_12.finditer(text):
        at = (int(m[1]) % 12 + 12 * (m[3] == "p")) * 60 + int(m[2] or 0)
        yield Told("clock", frozenset((at,)), m.start(), m.end())
    for m in _CLOCK_24.finditer(blanked(text, (c.span() for c in _CLOCK_12.finditer(text)))):
        at = int(m[1]) * 60 + int(m[2] or m[3] or 0)
        half = {at + 720} if int(m[1]) <= 12 and not m.group().startswith("0") else set()
        yield Told("clock", frozenset({at, *half}), m.start(), m.end())


def _laters(text: str) -> Iterator[Told]:
    for m in _WEEKDAY.finditer(text):
        yield Told("weekday", frozenset((int(str(m.lastgroup)[1:]),)), m.start(), m.end())
    for m in _LATERS.finditer(text):
        start = m.end() - len("today") if m.group().endswith("today") else m.start()
        yield Told("later", frozenset((list(_LATER)[int(str(m.lastgroup)[1:])],)), start, m.end())


def _counts(text: str) -> Iterator[Told]:
    for m in _COUNT.finditer(blanked(text, _list_marks(text))):
        before = text[max(0, m.start() - _BEFORE) : m.start()]
        pointed = _POINTED.search(before) and not _ON_THE.search(before)
        few = pointed and m[1].isdigit() and int(m[1]) <= _MOST_POINTED
        if not few and not _OF_WORDS.match(text, m.end()):
            yield Told("count", values(m[1]), m.start(), m.end())


def _list_marks(text: str) -> tuple[tuple[int, int], ...]:
    """Of a list that counts from one."""
    marks = tuple(_MARK.finditer(text))
    counts = [int(m[1]) for m in marks] == [*range(1, len(marks) + 1)]
    return tuple(m.span() for m in marks) if counts else ()
