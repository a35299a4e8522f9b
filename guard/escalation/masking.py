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
_IS = r"(?:is|was|are|es|era|ist|war|lautet|est|était|é|era)"
_SAID = rf"(?:\W{{0,3}}(?:code|number|no|nr|now|still|the|{_IS})\b){{0,3}}\W{{0,4}}"
_GROUPED = r"\d(?:[ -]?\d){3,7}"
"""Four to eight digits, which people part as they like."""
_CODE = re.compile(
    rf"\b(?:cvv2?|cvc2?|cvn|cid|csc|security code|card verification \w+|(?:number|digits|code) on the back)\b{_SAID}(?P<secret>\d{{3,4}})\b(?![ -]?\d)",
    re.IGNORECASE,
)
_CODE_BY_CARD = re.compile(
    rf"{_MASK} \d{{4}}[^.\n]{{0,60}}?\bcode\b{_SAID}(?P<secret>\d{{3,4}})\b", re.IGNORECASE
)
"""A code that is told with a card, whatever it is called."""
_PROVES = "|".join(
    (
        r"otp|(?-i:m?TAN)",
        r"(?:verification|security|authenti\w+|auth|log-?in|sign-?in|sms|2fa|two-factor|one[- ]time|access|unlock|secret) (?:pass)?code",
        r"c[óo]digo (?:de (?:verifica\w+|seguridad|seguran[çc]a|acceso|acesso)|sms|secreto?)",
        r"(?:best[äa]tigungs|sicherheits|verifizierungs|zugangs|freischalt|sms-?)-?code",
        r"code (?:de (?:v[ée]rification|s[ée]curit[ée])|d'acc[èe]s|secret|confidentiel|sms)",
        rf"(?:(?:my|mein|mon) code|(?:mi|meu) c[óo]digo|code (?:that )?(?:you|they) (?:just )?(?:sent|texted|e?-?mailed)(?: me)?)(?=\W{{0,3}}(?:{_IS}\b|[:=]))",
    )
)
_NO_MORE = r"(?![\w-]|[.,:/]\d)"
"""A number ends here."""
_ONE_TIME = re.compile(
    rf"\b(?:{_PROVES}){_SAID}(?P<secret>{_GROUPED}){_NO_MORE}"
    rf"|\bthe code\W{{0,3}}{_IS}\W{{1,3}}(?P<secret2>\d{{3}}[ -]?\d{{3}}){_NO_MORE}"
    r"|(?<![\w.,-])(?P<secret3>\d{3}[ -]?\d{3}) as (?:the|my|a) code\b",
    re.IGNORECASE,
)
"""What proves for once who somebody is: by its name, as "my code", or six digits that are "the code"."""
_PIN = re.compile(
    rf"\bpin\b(?:(?! ?code)(?:{_SAID}|(?: \w+){{1,4}}? {_IS}\W{{1,3}})| ?code(?: {_IS})?\W{{1,3}}(?=\d{{4}}\b))"
    rf"(?P<secret>\d{{4,6}}|\d\d[ -]\d\d(?:[ -]\d\d)?){_NO_MORE}"
    r"|(?<![\w.,-])(?P<secret2>\d{4,6}) (?:as|for|is|was) (?:my|the|our|his|her) (?:\w+ )?pin\b(?! ?code)",
    re.IGNORECASE,
)
"""Six digits that are a "pin code" are an Indian postal code."""
_SAID_OF_IT = "|".join(
    (
        r"not|no|wrong|incorrect\w*|correct\w*|too|the|a|an|my|on|in|always|never|still|inv[áa]lid\w*|needed|also|case|being",
        r"blank|empty|ok|okay|fine|right|good|weak|strong|safe|secure|old|new|lost|gone|unknown|secret|different|temporary|at|least",
        r"longer|shorter|only|so|very|what|for|to|from|that|this|there|here|reset|\d{1,2} (?:characters|letters|digits|signs)",
        r"el|la|que|demasiado|muy|falsch|richtig|ung[üu]ltig|abgelaufen|gesperrt|weg|nicht|zu|faux|fausse|bon|trop|pas",
        r"expir[ée]\w*|refus[ée]\w*|bloqu\w+|errad[ao]|n[ãa]o|muito|o|uma?|un[ae]?|\w+ed|\w+ing",
    )
)
"""How a password is, where it is not told."""
_TELLS_IT = r"(?=\S{0,63}\d)(?=\S{0,63}[^\W\d_])"
"""A letter and a figure: no word of a sentence."""
_PASSWORD_IS_CALLED = "|".join(
    (
        r"password|passwd|passcode|passphrase|pwd?|passwort|kennwort|contrase[ñn]a|mot de passe|mdp|senha|palavra-passe",
        r"api[- ]?key|(?:secret|access) (?:key|token)",
        r"(?<!boarding )(?<!season )(?<!travel )(?<!rail )(?<!bus )(?<!ski )(?<!day )pass(?=\s*[:=])",
    )
)
_PASSWORD = re.compile(
    rf"\b(?:(?:{_PASSWORD_IS_CALLED})(?:\W{{0,3}}(?:for|to|of|para|f[üu]r|de|pour) (?:it|this|that|(?:the|my|our|mi|la|mein|mon|minha) \w+))?"
    rf"(?:\s*[:=]\s*[\"'“‘]?|\s+{_IS}\s*:?\s*[\"'“‘]?(?!(?:{_SAID_OF_IT})\b)|(?:(?: [^\W\d]+){{1,3}} {_IS})?\s+[\"'“‘]?{_TELLS_IT})"
    rf"|clave(?:\s*[:=]|\s+es)?\s*{_TELLS_IT})"
    r"(?P<secret>(?<=[\"“])[^\"”\n]{3,64}(?=[\"”])|[^\s\"'”’,;]{2,63}[^\s\"'”’,;.!?)])",
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
_FORMS = (
    (_CODE, ("cv", "cid", "csc", "code", "verification", "back")),
    (_CODE_BY_CARD, (_MASK,)),
    (_ONE_TIME, ("otp", "tan", "code", "código", "codigo")),
    (_PIN, ("pin",)),
    (_NATIONAL, ("",)),
    (_PASSWORD, ("pass", "pw", "kennwort", "contrase", "mdp", "senha", "key", "token", "clave")),
)
"""Looked for once the cards are masked, where one of their words is in the text: few messages hold any."""


def masked(text: str) -> str:
    """The text without what nobody may keep."""
    found = _CARD.sub(_card, text)
    for form in _forms(found):
        found = form.sub(_hide, found)
    return found


def secrets_in(text: str) -> frozenset[str]:
    """What would be masked in it, word for word: a code that stands alone is known by where it was said."""
    found = {m.group() for m in _CARD.finditer(text) if _card(m) != m.group()}
    rest = _CARD.sub(_card, text)
    for form in _forms(rest):
        found |= {s for m in form.finditer(rest) for s in m.groupdict().values() if s}
    return frozenset(found)


def _forms(text: str) -> list[re.Pattern[str]]:
    lower = text.lower()
    return [form for form, words in _FORMS if any(word in lower for word in words)]


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
