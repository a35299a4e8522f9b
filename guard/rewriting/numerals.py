"""Number words in figures, in the languages of our rewrites: "forty-eight hours" is "48 hours", "drei Tage" "3 Tage".

Up to ninety-nine, in English up to thousands. "One" stays a word, for in most of them it is an article too.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from guard.rewriting.languages import Language
from guard.text import MONTHS

_SMALL: dict[Language, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
    "es": "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho "
    "veintinueve",
    "de": "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito "
    "dezenove",
}
"""From nought on."""
_TENS: dict[Language, str] = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante septante quatre-vingt nonante",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
_JOINED: dict[Language, tuple[str, ...]] = {
    "en": ("{ten} {one}",),
    "es": ("{ten} y {one}",),
    "de": ("{one}und{ten}",),
    "fr": ("{ten} {one}", "{ten} et {one}"),
    "pt": ("{ten} e {one}",),
}
_BEYOND: dict[Language, dict[str, int]] = {
    "en": {"a dozen": 12, "half a dozen": 6, "dozen": 12},
    "es": {"veintiuno": 21, "veintiuna": 21, "cien": 100, "mil": 1000},
    "de": {"fuenf": 5, "zwoelf": 12, "dreissig": 30, "hundert": 100, "tausend": 1000},
    "fr": {"quatre vingts": 80, "cent": 100, "mille": 1000},
    "pt": {"duas": 2, "catorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19, "cem": 100, "mil": 1000},
}  # fmt: skip
"""Other spellings, and what comes after ninety-nine."""
_NO_NUMBER: dict[Language, str] = {
    "fr": r"(?<!pour )(?!neuf\b(?!\s(?:minute|heure|jour|semaine|mois|an|euro|pour)))(?!(?:(?<=\d )|(?<=\der ))sept\b)"
}
""" "Pour cent" is a hundred of nothing, "un téléphone neuf" a new one, "le 4 sept." a day of September."""
_WORD = re.compile(r"[^\W\d_]+")
_HUNDRED = re.compile(r"\b(\d{1,2}|an?|one) hundred\b(?:(?: and)? (\d{1,2})\b)?", re.IGNORECASE)
_THOUSAND = re.compile(r"\b(\d{1,3}|an?|one) thousand\b(?:(?: and)? (\d{1,3})\b)?", re.IGNORECASE)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINAL = {
    **{word: n for n, word in enumerate(_ORDINALS.split(), start=1)},
    **{f"twenty {word}": 20 + n for n, word in enumerate(_ORDINALS.split()[:9], start=1)},
    "thirtieth": 30,
    "thirty first": 31,
}
_MONTH = f"(?:{MONTHS})"
_ENDS = (
    rf"(?=\W*$|[.,;:!?)]|\s(?:of (?:{_MONTH}|this|next|the month)|at|and|or|if|when|to|we|you|i|so|then)\b)"
)
"""What may follow "the fifteenth" where a day is meant: "the fifteenth parcel" is none."""
_ORDER = "|".join(word.replace(" ", "[ -]") for word in sorted(_ORDINAL, key=len, reverse=True))
_DAY = re.compile(
    rf"\b(?P<before>(?:by|on|until|before|since|from|after) the )(?P<on>{_ORDER})\b{_ENDS}|\b(?P<of>{_ORDER})(?= of {_MONTH}\b)",
    re.IGNORECASE | re.MULTILINE,
)


def in_figures(text: str, language: Language) -> str:
    """The text with the number words of its language as figures, and days in English words as "the 15th".

    Of one language only: "once" is eleven in Spanish, "cent" a hundred in French.
    """
    if language == "en":
        text = _DAY.sub(lambda m: f"{m['before'] or ''}{_nth(_ORDINAL[_plain(m['on'] or m['of'])])}", text)
    if not _beginnings(language).isdisjoint(_WORD.findall(_bare(text.lower()))):
        form, values = _numbers(language)
        text = form.sub(lambda m: str(values[_plain(m.group())]), text)
    if language == "en":
        text = _HUNDRED.sub(lambda m: str(_count(m[1]) * 100 + int(m[2] or 0)), text)
        text = _THOUSAND.sub(lambda m: str(_count(m[1]) * 1000 + int(m[2] or 0)), text)
    return text


def _nth(n: int) -> str:
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') if n not in (11, 12, 13) else 'th' }"


def _count(word: str) -> int:
    return int(word) if word.isdigit() else 1


@cache
def _numbers(language: Language) -> tuple[re.Pattern[str], dict[str, int]]:
    """How the numbers of a language are found, and what each is worth; longer ones first."""
    values = {_plain(word): n for word, n in _worded(language) if n != 1}
    every = sorted((word for word, n in _worded(language) if n != 1), key=len, reverse=True)
    spelled = "|".join(
        re.sub(r"[ -]", r"[\\s-]", word)
        for word in dict.fromkeys(w for word in every for w in (word, _bare(word)))
    )
    return re.compile(rf"\b{_NO_NUMBER.get(language, '')}(?:{spelled})\b", re.IGNORECASE), values


@cache
def _beginnings(language: Language) -> frozenset[str]:
    """First words of its numbers: looked for before any form is, for most texts hold none."""
    return frozenset(word.split()[0] for word in _numbers(language)[1])


def _worded(language: Language) -> Iterator[tuple[str, int]]:
    small = _SMALL[language].split()
    yield from ((word, n) for n, word in enumerate(small))
    for n, ten in enumerate(_TENS[language].split(), start=2):
        yield ten, 10 * n
        most = 20 if language == "fr" and n in (6, 8) else 10  # soixante-dix, quatre-vingt-dix-neuf
        for form in _JOINED[language]:
            yield from (
                (form.format(ten=ten, one=one), 10 * n + k) for k, one in enumerate(small[:most]) if k
            )
    yield from _BEYOND[language].items()


def _plain(words: str) -> str:
    return re.sub(r"[\s-]+", " ", _bare(words.lower()))


def _bare(text: str) -> str:
    """Without accents, which many leave out."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).replace(
        "ß", "ss"
    )
