"""Which language a tag names, and in which of our languages a text is written."""

import re
from typing import Literal, get_args

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
