"""What a customer typed and nobody may keep: card numbers, their security codes, PINs, passwords, national id numbers.

A handoff is stored and read by people, so these are masked before; all else stays as it was said. A card keeps its last
four digits, which is what PCI DSS 3.3 lets people see and what a person needs to ask "the card ending 1111?".
"""

import re

from guard.records import Json

_MASK = "••••"
_CARD = re.compile(r"(?<![\w-])\d(?:[ \u00a0./–-]{0,2}\d){11,24}(?![\w-])")
_BRANDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|(?:50|5[6-9]|6\d)\d{10,17}"
)
"""Visa, Mastercard, American Express, Diners, Discover, JCB, Maestro: first digits and lengths (ISO/IEC 7812)."""
_NAMES_ANOTHER = re.compile(
    r"\b(?:track\w*|order|parcel|shipment|consignment|booking|reference|ref|ticket|invoice|imei|serial|case|meter)\b\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
"""Words before a long number that is no card."""
_NAMES_CARD = re.compile(r"\b(?:card|visa|mastercard|amex|maestro|debit|credit|with)\W{1,3}$", re.IGNORECASE)
_SAID = r"(?:\W{0,3}(?:code|number|no|nr|is|was|now|still|the|es|ist|est|é)\b){0,3}\W{0,4}"
_CODE = re.compile(
    rf"\b(?:cvv2?|cvc2?|cvn|cid|csc|security code|card verification \w+|(?:number|digits|code) on the back)\b{_SAID}(?P<secret>\d{{3,4}})\b",
    re.IGNORECASE,
)
_CODE_BY_CARD = re.compile(
    rf"{_MASK} \d{{4}}[^.\n]{{0,60}}?\bcode\b{_SAID}(?P<secret>\d{{3,4}})\b", re.IGNORECASE
)
"""A code that is told with a card, whatever it is called."""
_PIN = re.compile(
    rf"\bpin\b(?! ?code)(?:{_SAID}|(?: \w+){{1,4}}? (?:is|was)\W{{1,3}})(?P<secret>\d{{4,6}})\b",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"\b(?:password|passcode|passphrase|passwort|contraseña|mot de passe|senha)\b(?:\W{0,3}(?:for|to|of) (?:it|this|that|(?:the|my|our) \w+))?"
    r"(?:\s*[:=]\s*|\s+(?:is|was|ist|es|est|é)\s+[:\"'“‘]?)(?!(?:not|wrong|incorrect|correct|too|the|a|an|my|always|never|still|invalid|expired|required|needed|rejected|being|also|case)\b)(?P<secret>[^\s\"'”’,;]{3,64})",
    re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"(?<![\w-])(?P<secret>\d{3}-\d{2}-\d{4})(?![\w-])"  # as a US social security number is written
    r"|(?<!\w)(?P<secret2>[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])(?!\w)"  # as a UK national insurance number is
    r"|\b(?:ssn|social security|national id|passport|aadhaar|nie|dni|cpf|tax id|steuer-?id)\b"
    + _SAID
    + r"(?P<secret3>[A-Z]{0,2}\d(?:[ .-]?\d){6,11}(?:[ .-]?[A-Z0-9])?)(?!\w)",
    re.IGNORECASE,
)
"""Numbers of people, whether they were ever issued or not."""
_FORMS = (_CODE, _CODE_BY_CARD, _PIN, _NATIONAL, _PASSWORD)
"""Looked for once the cards are masked."""


def masked(text: str) -> str:
    """The text without what nobody may keep."""
    if not any(character.isdigit() for character in text) and "pass" not in text.lower():
        return _PASSWORD.sub(_hide, text)
    found = _CARD.sub(_card, text)
    for form in _FORMS:
        found = form.sub(_hide, found)
    return found


def secrets_in(text: str) -> frozenset[str]:
    """What would be masked in it, word for word: a code that stands alone is known by where it was said."""
    found = {m.group() for m in _CARD.finditer(text) if _card(m) != m.group()}
    rest = _CARD.sub(_card, text)
    for form in _FORMS:
        found |= {s for m in form.finditer(rest) for s in m.groupdict().values() if s}
    return frozenset(found)


def masked_json(value: Json, secrets: frozenset[str]) -> Json:
    """The same for every text inside a value, and without these secrets wherever they stand."""
    match value:
        case str():
            for secret in secrets:
                value = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _MASK, value)
            return masked(value)
        case list():
            return [masked_json(one, secrets) for one in value]
        case dict():
            return {key: masked_json(one, secrets) for key, one in value.items()}
        case _:
            return value


def _hide(match: re.Match[str]) -> str:
    name = next(name for name, found in match.groupdict().items() if found is not None)
    start, end = match.span(name)
    return match.string[match.start() : start] + _MASK + match.string[end : match.end()]


def _card(match: re.Match[str]) -> str:
    """An expiry date or a code may follow without a word between."""
    digits = re.sub(r"\D", "", match.group())
    before = match.string[max(0, match.start() - 40) : match.start()]
    card = next((d for n in range(19, 11, -1) if _is_card(d := digits[:n]) and len(d) == n), None)
    if card is None or (_NAMES_ANOTHER.search(before) and not _NAMES_CARD.search(before)):
        return match.group()
    return f"{_MASK} {card[-4:]}"


def _is_card(digits: str) -> bool:
    return _BRANDS.fullmatch(digits) is not None and _adds_up(digits)


def _adds_up(digits: str) -> bool:
    """The check digit is right (Luhn, ISO/IEC 7812-1 annex B)."""
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
