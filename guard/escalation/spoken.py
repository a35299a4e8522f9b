"""Secrets in plain words: a passphrase, the answer to a security question, a mother's maiden name, a memorable word.

Nothing in their form shows them. They are known by what they are called, and by what follows, unless that only says how
they are: "my passphrase is not accepted".
"""

import re
from collections.abc import Iterator

from guard.escalation.said_of import IS, is_plain, is_told

_MY = r"(?:my|your|the|mi|su|tu|meine[rnm]?|ihre[rnm]?|der|die|das|ma|votre|la|minha|sua|a|o)"
_PHRASE = "|".join(
    (
        r"pass[- ]?phrases?|(?:recovery|seed|backup|secret|memorable|security) phrase|frase (?:de (?:contrase[ñn]a|acceso|paso)|secreta)",
        r"frase[- ]semilla|passwort-?satz|phrase (?:secr[èe]te|de passe)|frase[- ](?:secreta|senha)|kennsatz",
    )
)
_PHRASES = re.compile(_PHRASE, re.IGNORECASE)
SPOKEN = "|".join(
    (
        _PHRASE,
        r"(?:security|secret|memorable) (?:answer|word|place|name|date)|(?:safe|code)[- ]?word|(?:telephone|phone|verbal) password|kennwort|\w*kennwort",
        rf"answers? (?:to|for) (?:{_MY} )?(?:security|secret) question|(?:security|secret) question\b[^\n?]{{0,60}}?[^\w\n]answer",
        r"(?:mother|mum|mom|mama|mamma)(?:['’]?s)? maiden name|maiden name of (?:my|your) (?:mother|mum|mom)",
        r"palabra (?:secreta|clave|de seguridad)|respuesta (?:secreta|de seguridad)|respuesta a (?:mi|su|la) pregunta (?:secreta|de seguridad)",
        rf"apellido de soltera de {_MY} madre|sicherheitsantwort|antwort auf {_MY} sicherheitsfrage|geheimwort|merkwort",
        rf"m[äa]dchenname(?:ns?)? {_MY} mutter|geburtsname(?:ns?)? {_MY} mutter|nom de jeune fille de {_MY} m[èe]re",
        rf"mot secret|r[ée]ponse (?:secr[èe]te|de s[ée]curit[ée])|r[ée]ponse [àa] {_MY} question (?:secr[èe]te|de s[ée]curit[ée])",
        rf"palavra secreta|resposta (?:secreta|de seguran[çc]a)|nome de solteira d[ae] {_MY} m[ãa]e|nome de solteira da m[ãa]e",
    )
)
"""What they are called."""
_CALLED = (
    *(
        "phra",
        "word",
        "answer",
        "secre",
        "memorable",
        "maiden",
        "question",
        "frase",
        "palabra",
        "palavra",
        "respuesta",
        "resposta",
    ),
    *(
        "réponse",
        "reponse",
        "solte",
        "wort",
        "satz",
        "mutter",
        "jeune fille",
        "contrase",
        "mot de passe",
        "senha",
    ),
)
"""Parts of what they are called: few messages hold any."""
_LOOSE = (
    r"(?:(?:account|login|e?-?mail|wi-?fi) )?password|passwort|contrase[ñn]a|mot de passe|senha|palavra-passe"
)
_LOOSELY = re.compile(_LOOSE, re.IGNORECASE)
"""These are mostly one word, which `masking` knows; several must be no sentence at all."""
_CONNECTS = "|".join(
    (
        r"\s*(?:[:=]|->|=>|→|[-–—](?= ))\s*",
        rf"(?:\s+(?:(?:(?:was|is|has been) )?(?:changed|set|reset) to|{IS}|(?:would|should|will) be)|['’]s)(?:\s*:)?\s+",
        r"\?\s*(?:it|that)(?:['’]s| is)\s+",
        r",\s+(?=(?-i:[A-ZÀ-Þ])\w+(?: (?-i:[A-ZÀ-Þ])\w+)?,)",
    )
)
_TOLD = re.compile(
    rf"(?<!most )\b(?P<name>{SPOKEN}|{_LOOSE})(?:\s+\([^)\n]{{1,30}}\))?"
    rf"(?:\s+(?:that )?(?:i|we)(?: \w+){{1,3}}?)??(?:, (?-i:[a-z])[^,.\n]{{1,30}},)?(?:{_CONNECTS})[\"'“‘]?"
    r"|\b(?:security|secret) question,? (?:i|we) (?:put|chose|used|said|gave|set) [\"'“‘]?",
    re.IGNORECASE,
)
_SEED = re.compile(r"(?:\d{1,2}[.)]? )?[a-z]{3,8}(?:[\s,;]+(?:\d{1,2}[.)]? )?[a-z]{3,8}){11,23}")
"""The words of a wallet, twelve to twenty-four."""
_CLAUSE = re.compile(r"(?:\b(?:St|Mt|Mr|Mrs|Ms|Dr)\.|[^.,;!?\n()\"“”]){1,120}")
_TAIL = re.compile(
    r"\s+(?:[-–—]\s|because\b|by the way\b|btw\b|please\b|pls\b|thank|por favor\b|bitte\b|danke\b|merci\b|gracias\b|obrigad|weil\b|porque\b|car\b"
    r"|(?:and|but|so|und|aber|pero|y|et|mais|e|mas) (?:now |that['’]?s |still )?"
    r"(?:i|it|you|the|this|that|my|now|still|please|can|ich|es|sie|die|no|yo|je|il|elle|[çc]a|eu|ela|n[ãa]o)\b|(?:if|when|which|where|wenn|cuando|quand) ).*",
    re.IGNORECASE | re.DOTALL,
)
"""What is said after it."""
_AS = re.compile(
    rf"(?<![\w'’-])(?P<secret>[^\W\d_][\w'’-]{{1,30}}),? (?:(?:that|which)(?:['’]s| is| was)|is|was|as) (?:my|the|our) (?:{SPOKEN})\b"
    rf"(?!\s+{IS}|\s*[:=?])",
    re.IGNORECASE,
)
"""Rex is my security answer."""


def spoken(text: str) -> Iterator[tuple[int, int]]:
    """Where such secrets stand in a text, in order."""
    lower = text.lower()
    if not any(part in lower for part in _CALLED):
        return
    found = {match.span("secret") for match in _AS.finditer(text) if is_told(match["secret"])}
    for match in _TOLD.finditer(text):
        name = match["name"] or ""
        phrase, loose = _PHRASES.fullmatch(name) is not None, _LOOSELY.fullmatch(name) is not None
        if phrase and (seed := _SEED.match(text, match.end())):
            found.add(seed.span())
            continue
        told = said_at(text, match.end(), phrase=phrase or loose)
        if told and (not loose or is_plain(text[slice(*told)])):
            found.add(told)
    end = 0
    for start, stop in sorted(found):
        if start >= end:
            yield start, stop
            end = stop


def said_at(text: str, start: int, *, phrase: bool) -> tuple[int, int] | None:
    """Where the secret stands that begins here; None where these words say something else."""
    if (clause := _CLAUSE.match(text, start)) is None:
        return None
    words = _TAIL.sub("", clause.group()).rstrip(" '’")
    return (start, start + len(words)) if is_told(words, phrase=phrase) else None
