"""Which language a tag names, in which one a text is written, and in which one a customer is answered."""

import re
from typing import Literal, get_args

from guard.case import Case
from guard.text import words

Language = Literal["en", "es", "de", "fr", "pt"]
"""Those whose numbers and days we read."""
_NAMES = {
    "en": words("eng english"),
    "es": words("spa spanish español espanol castellano"),
    "de": words("deu ger german deutsch"),
    "fr": words("fra fre french français francais"),
    "pt": words("por portuguese português portugues"),
    "hi": words("hin hindi hinglish"),
    "it": words("ita italian italiano"),
    "nl": words("nld dut dutch nederlands"),
    "pl": words("pol polish polski"),
}
"""What else is written for a tag of two letters."""
_TAGS = {name: tag for tag, names in _NAMES.items() for name in names}
_COMMON: dict[Language, frozenset[str]] = {
    "en": words(
        "the you your to and of is are for we i can it will my was have this that with on be not but at do as no am"
    ),
    "es": words(
        "el los las le su usted y en con del una que puedo por para de lo se un la es mi yo hace pero está muy al ya no"
    ),
    "de": words(
        "der die das und ist sie wir ich nicht ein eine mit ihre ihnen uns den von zu auf mein meine für es hat am im"
    ),
    "fr": words(
        "le les des vous nous et est votre dans pour je sous une du de que un la au ai mon ma il ce pas sur avec qui"
    ),
    "pt": words(
        "o os as você não em com seu sua um uma até posso no na do da de que para por eu e é há meu minha ao foi mas"
    ),
}
"""Words by which a language is known."""
_OTHERS = {
    "it": words("il gli che non sono della del grazie è di per mi ho ma mio mia con più ancora vorrei"),
    "nl": words("het een niet van ik jullie wij en is mijn dat voor op de te heb maar nog graag"),
    "hi": words(
        "hai hain nahi kya mera meri mujhe aap aapka aapki ka ki ke ko mein kar karo kab tak bhi toh"
    ),
}
"""Languages that we know and do not read; Hindi as it is written in Latin letters."""
_TELLING = 3
"""Common words from which a text tells its language, and how many times as many as of any other: a mixed one does not."""
_MARGIN = 1.5
_LATIN = 0x250
_WORD = re.compile(r"[^\W\d_]+")


def primary(tag: str) -> str:
    """The language of a tag without its region: `en` of `en-GB`. A name becomes its tag where we know it."""
    name = re.split(r"[\W\d_]", tag.strip().lower(), maxsplit=1)[0]
    return _TAGS.get(name, name)


def language_of(text: str, otherwise: Language = "en") -> Language:
    """The one whose common words it has most of; `otherwise` where none tells."""
    said = [word.lower() for word in _WORD.findall(text)]
    counts = {language: sum(map(_COMMON[language].__contains__, said)) for language in get_args(Language)}
    return max(counts, key=lambda language: (counts[language], language == otherwise))


def told(text: str) -> str | None:
    """The language of a text that has enough words of one, and no line and no third of another; None for a short or a
    mixed one.
    """
    said = _WORD.findall(text)
    counts = _counts(said)
    *_, second, first = sorted(counts, key=lambda name: counts[name])
    if counts[first] < max(_TELLING, _MARGIN * counts[second]):
        return None
    third = -(-len(said) // 3)
    parts = [
        *map(_WORD.findall, text.splitlines()),
        *(said[n : n + third] for n in range(0, len(said), third)),
    ]
    return None if any(max(part.values()) > part[first] for part in map(_counts, parts)) else first


def _counts(said: list[str]) -> dict[str, int]:
    lower = [word.lower() for word in said]
    known = (*_COMMON.items(), *_OTHERS.items())
    return {name: sum(map(common.__contains__, lower)) for name, common in known}


def wanted(case: Case) -> str | None:
    """In which language this customer is answered: the one they prefer, else that of their last message, or of all of them
    where that does not tell.
    """
    preferred = (case.preferences.language or "").strip()
    turns = case.customer_turns()
    return preferred or told("".join(turns[-1:])) or told("\n".join(turns))


def latin(text: str) -> bool:
    """Most of its letters are Latin, or it has none."""
    letters = [one for one in text if one.isalpha()]
    return sum(ord(one) < _LATIN for one in letters) * 2 >= len(letters)
