"""Times that a text tells: how long something takes or lasts, days, deadlines and the time of day.

"48 hours" and "2 days" are one span, "15 May", "15 de mayo" and 2026-05-15 one day. Business days are days of their own.
"""

import re
from collections.abc import Iterator

from guard.ledger.amounts import blanked
from guard.rewriting.kinds import Day, Particular, Span, Unit, Value

_BEFORE = 30
"""Characters before a span that can tell whether it binds us."""
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
    r"\b(?:within|in|inside|under|less than|up to|for|after|takes?|lasts?|innerhalb|binnen|nach|en|dentro de|sous|dans|em|até|por|durante) (?:just |only |about |less than )?$"
)
"""Before "an hour" or "a week" that bind us; "twice a day" does not."""
_OTHER = re.compile(r"\b(?:to|on) $")
"""Before "another day" that is not one day more."""
_GIVEN = ("free", "gratis", "gratuit", "kostenlos", "grátis")
"""Behind "a month" that is a gift."""
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
    re.compile(
        rf"\b(?:{_MONTH})\.? (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:\d)(?:,? (?P<y>\d{{4}}))?"
    ),
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])-(\d{2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\w./])(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?(?![\w/]|\.\d)")
_ALWAYS = "24/7"
_WEEKDAYS = {
    "monday": r"mondays?|lunes|montags?|lundi|segunda-feira",
    "tuesday": r"tuesdays?|martes|dienstags?|mardi|terça-feira",
    "wednesday": r"wednesdays?|mi[ée]rcoles|mittwochs?|mercredi|quarta-feira",
    "thursday": r"thursdays?|jueves|donnerstags?|jeudi|quinta-feira",
    "friday": r"fridays?|viernes|freitags?|vendredi|sexta-feira",
    "saturday": r"saturdays?|s[áa]bados?|samstags?|sonnabend|samedi",
    "sunday": r"sundays?|domingos?|sonntags?|dimanche",
}
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(f'(?P<{name}>{form})' for name, form in _WEEKDAYS.items())})\b")
_LATER = {
    "tomorrow": r"tomorrow|(?<!la )(?<!esta )(?<!buena )mañana|(?<!guten )morgen|demain|amanhã",
    "tonight": r"tonight|this evening|esta noche|heute abend|ce soir|(?:esta|hoje à) noite",
    "this afternoon": r"this afternoon|esta tarde|heute nachmittag|cet après-midi",
    "this morning": r"this morning|esta mañana|heute morgen|ce matin|esta manhã",
    "next week": r"next week|la pr[óo]xima semana|la semana que viene|n[äa]chster? woche|kommende woche|la semaine prochaine|(?:na )?pr[óo]xima semana|semana que vem",
    "next month": r"next month|el pr[óo]ximo mes|n[äa]chsten monat|le mois prochain|pr[óo]ximo m[êe]s",
    "this week": r"this week|(?:by )?(?:the )?end of (?:the|this|the current) week|(?:by|before|over) the weekend|(?:esta|final de la|fin de la|fim da) semana|(?:dieser?|ende der) woche|(?:cette|fin de(?: la)?) semaine",
    "today": r"(?:by )?(?:the )?(?:end of|close of) (?:(?:the|this|our|your|business|working) ){0,2}day|close of (?:business|play)|(?:by|before|until|at|around) (?:noon|midday|midnight|lunch ?time)|(?:by|before|later|still) today|today by|hoy mismo|noch heute|aujourd'hui même|ainda hoje",
    "this month": r"(?:by )?(?:the )?end of (?:the|this|the current) month|fin de mes|monatsende|fin du mois|fim do m[êe]s",
    "same day": r"same[- ]day|overnight",
    "day after tomorrow": r"übermorgen|uebermorgen",
    "first thing": r"first thing (?:in the morning|on|after|next)",
    "this quarter": r"(?:this|next|the coming) quarter",
    "always": rf"{_ALWAYS}|around the clock|rund um die uhr",
}
"""Days and deadlines that are told without a figure; "la mañana" and "guten Morgen" are of the morning."""
_LATERS = tuple((told, re.compile(rf"\b(?:{form})\b")) for told, form in _LATER.items())
_SOME_UNIT = _UNIT.replace("?P<", "?P<some_")
_SOME = re.compile(
    r"\b(?:within|in|inside|under|after|takes?|lasts?|give (?:us|it|me)|innerhalb|binnen|nach|en|dentro de|sous|dans|em|até) (?:just |only |about |as little as |the )?(?:next |coming )?"
    r"(?:(?:an? )?(?:couple(?: of)?|few|several|some|matter of|handful of)(?: more| short)? |ein paar |einigen? |wenigen? |un par de |un[oa]s |pou?c[oa]s |algun[oa]s |algun[s] |quelques |peu de )?"
    rf"(?:{_WORKING})?\s?(?:{_SOME_UNIT})(?: or (?:so|less|two))?\b"
)
"""A time without a number: "within minutes", "in a couple of days", "in the next day or so"."""
_FEAST = re.compile(
    r"\b(easter|christmas|xmas|new year(?:'s)?|thanksgiving|black friday|cyber monday|halloween|valentine's|diwali|ramadan|eid|hanukkah|the holidays|weihnachten|ostern|navidad|semana santa|noël|pâques|natal|páscoa)\b"
)
_SEASON = re.compile(
    r"\b(?:in|by|this|next|before|until|early|late|the) (?:the )?(spring|summer|autumn|winter)\b|\b(?:in|by|this|next|before|until) (?:the )?fall\b"
)
_QUARTER = re.compile(r"\b(q[1-4])\b")
_IN_MONTH = re.compile(
    rf"\b(?:in|by|until|before|early|late|mid|beginning of|start of|end of|middle of|next|this|during|throughout|im|ende|anfang|mitte|bis|en|em|début|fin|finales de|principios de|até|since|from|of)[ -](?:{_MONTH})\b"
)
_TODAY = re.compile(r"\b(?:today|hoy|heute|aujourd'hui|hoje)\b")
_DONE_TODAY = re.compile(
    r"\b(?:(?:i|we)(?:'ll| will| can)|you(?:'ll| will)) (?!help\b|assist\b)[^.?!\n]{0,80}?\b(?P<today>today)\b"
)
_ASKED_TODAY = re.compile(r"\banything\b[^.?!\n]{0,80}?\btoday\b")
_CLOCK_12 = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?m\b")
_CLOCK_24 = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:h](\d\d)(?!\d)|(?::(\d\d))? ?(?:uhr|o'clock)\b|\s?h\b)")


def spans(text: str) -> Iterator[Particular]:
    """How long something takes or lasts; "a week" only where it binds us or is given."""
    for m in _SPAN.finditer(text):
        named = not m["n"].isdigit() and m["n"] not in ("one", "half an")  # an article, as a rule
        binds = _DUE.search(text[max(0, m.start() - _BEFORE) : m.start()])
        more = m["n"] == "another" and not _OTHER.search(text[max(0, m.start() - _BEFORE) : m.start()])
        given = m["free"] or more or (m["after"] or "").startswith(_GIVEN)
        least = 0.5 if m["n"] == "half an" else float(m["n"]) if m["n"].isdigit() else 1.0
        if (named and not given and not binds) or (least == 1 and m["minute"]):  # "one minute, please"
            continue
        most = float(m["m"]) if m["m"] else least
        yield Particular("span", frozenset((_span(m, least, most),)), m.start(), m.end())


def spans_in_fields(text: str) -> Iterator[Span]:
    """Those of fields whose name says the unit."""
    for m in _KEYED.finditer(text):
        yield _span(m, float(m["n"]), float(m["n"]))


def _span(match: re.Match[str], least: float, most: float) -> Span:
    name = next(name for name in _UNITS if match[name.replace(" ", "_")])
    if name == "working day" or (name == "day" and re.search(_WORKING, match.group())):
        return Span("working day", least, most)
    unit: Unit = "month" if name in ("month", "year") else "minute"
    each = _UNITS[name][1]
    return Span(unit, least * each, most * each)


def days(text: str) -> Iterator[Particular]:
    """Dates. "5/6" may be of May or June; what can be no month names none."""
    for form in _DAYS:
        for m in form.finditer(text):
            month = next(n for n in range(1, 13) if m[f"m{n}"])
            yield _day(m, Day(month, int(m["d"]), _year(m["y"])))
    for m in _ISO.finditer(text):
        yield _day(m, Day(int(m[2]), int(m[3]), int(m[1])))
    for m in _NUMERIC.finditer(text):
        pairs = ((int(m[1]), int(m[2])), (int(m[2]), int(m[1])))
        may = [Day(month, day, _year(m[3])) for month, day in pairs if 1 <= month <= 12 and 1 <= day <= 31]
        if may and m.group() != _ALWAYS:
            yield _day(m, *may)


def _day(match: re.Match[str], *may: Day) -> Particular:
    return Particular("day", frozenset(may), match.start(), match.end())


def _year(digits: str | None) -> int | None:
    return (int(digits) + 2000 if len(digits) == 2 else int(digits)) if digits else None


def clocks(text: str) -> Iterator[Particular]:
    """Times of the day. "3:30" may be of the afternoon."""
    for m in _CLOCK_12.finditer(text):
        at = (int(m[1]) % 12 + 12 * (m[3] == "p")) * 60 + int(m[2] or 0)
        yield Particular("clock", frozenset((at,)), m.start(), m.end())
    for m in _CLOCK_24.finditer(blanked(text, (c.span() for c in _CLOCK_12.finditer(text)))):
        at = int(m[1]) * 60 + int(m[2] or m[3] or 0)
        half = {at + 720} if int(m[1]) <= 12 and not m.group().startswith("0") else set()
        yield Particular("clock", frozenset({at, *half}), m.start(), m.end())


def weekdays(text: str) -> Iterator[Particular]:
    """Days of the week."""
    for m in _WEEKDAY.finditer(text):
        yield Particular("weekday", frozenset((str(m.lastgroup),)), m.start(), m.end())


def laters(text: str) -> Iterator[Particular]:
    """Days and deadlines without a figure.

    "Today" is one behind what we can do or the customer will have. To help today is no deed, and who asks for anything
    else to do today promises none.
    """
    for told, form in _LATERS:
        for m in form.finditer(text):
            yield Particular("later", frozenset((told,)), m.start(), m.end())
    for m in _SOME.finditer(text):
        unit = next(name for name in _UNITS if m[f"some_{name.replace(' ', '_')}"])
        yield Particular("later", frozenset((f"some {unit}s",)), m.start(), m.end())
    for form in (_FEAST, _SEASON, _QUARTER):
        for m in form.finditer(text):
            yield Particular("later", frozenset((m[1] or "autumn",)), m.start(), m.end())
    for m in _IN_MONTH.finditer(text):
        month = next(n for n in range(1, 13) if m[f"m{n}"])
        yield Particular("later", frozenset((_month(month),)), m.start(), m.end())
    for m in _DONE_TODAY.finditer(blanked(text, (a.span() for a in _ASKED_TODAY.finditer(text)))):
        yield Particular("later", frozenset(("today",)), m.start("today"), m.end("today"))


def months(days: set[Value]) -> set[Value]:
    """The months of days: who knows the day knows its month."""
    return {_month(one.month) for one in days if isinstance(one, Day)}


def _month(number: int) -> str:
    return f"month {number}"


def says_today(text: str) -> bool:
    """Where today was spoken of, it may be again."""
    return _TODAY.search(text) is not None
