"""What a customer typed and nobody may keep: card numbers, their security codes, PINs, passwords, keys, national id numbers,
account numbers.

A handoff is stored and read by people, so these are masked before; all else stays as it was said. A card and an account keep
their last four digits, which is what PCI DSS 3.3 lets people see and what a person needs to ask "the card ending 1111?".
"""

import re
from collections.abc import Iterator

from guard.escalation.cards import cards
from guard.escalation.ibans import ibans
from guard.escalation.said_of import IS, SAID_OF_IT
from guard.escalation.spoken import spoken
from guard.escalation.written_out import BETWEEN, DIGIT, IN_WORDS

_MASK = "••••"
_SAID = rf"(?:\W{{0,3}}(?:code|number|no|nr|now|still|always|been|the|s|{IS})\b){{0,3}}\W{{0,4}}"
_GROUPED = r"\d(?:[ -]?\d){3,7}"
"""Four to eight digits, which people part as they like."""
_OF_CARD = "|".join(
    (
        r"(?:cvv2?|cvc2?|cvn|security code|card verification \w+|(?:number|digits|code) on (?:the |its )?back)\b|c\.v\.[vc]\.?",
        r"c[óo]digo de seguri(?:dad|dade)\b|c[óo]digo de seguran[çc]a\b|(?:karten)?pr[üu]f(?:nummer|ziffern?|zahl)\b",
        r"sicherheitscode\b|cryptogramme\b|code de s[ée]curit[ée]\b",
    )
)
_CODE = re.compile(
    rf"\b(?:{_OF_CARD}){_SAID}(?P<secret>\d{{3,4}}|\d(?:[ .-]\d){{2,3}})\b(?![ -]?\d)"
    r"|(?<=\d)cv[vc]2?\W?(?P<secret2>\d{3,4})\b"
    r"|(?<![\w.,-])(?P<secret3>\d{3,4}) ?(?:\((?:the |my )?| (?:is|was|as) (?:(?:my|the) )?)cv[vc]2?\b",
    re.IGNORECASE,
)
_CODE_BY_CARD = re.compile(
    rf"{_MASK} \d{{4}}[^.\n]{{0,60}}?\b(?:code|sec)\b{_SAID}(?P<secret>\d{{3,4}})\b"
    rf"|\b(?:cid|csc)\b{_SAID}(?P<secret2>\d{{3,4}})\b(?![ -]?\d)",
    re.IGNORECASE,
)
"""A code that is told with a card, whatever it is called."""
PROVES = "|".join(
    (
        r"otp|(?-i:m?TAN)",
        r"(?:verification|security|authenti\w+|auth|log-?in|sign-?in|sms|2fa|two-factor|one[- ]time|access|unlock|secret) (?:pass)?code",
        r"c[óo]digo (?:de (?:verifica\w+|seguridad|seguran[çc]a|acceso|acesso)|sms|secreto?)",
        r"(?:best[äa]tigungs|sicherheits|verifizierungs|zugangs|freischalt|sms-?)-?code",
        r"code (?:de (?:v[ée]rification|s[ée]curit[ée])|d'acc[èe]s|secret|confidentiel|sms)",
    )
)
"""What proves for once who somebody is, by its name."""
_OURS = r"(?:my|mein|mon) code|(?:mi|meu) c[óo]digo|code (?:that )?(?:you|they) (?:just )?(?:sent|texted|e?-?mailed)(?: me)?"
_NO_MORE = r"(?![\w-]|[.,:/]\d)"
"""A number ends here."""
_ONE_TIME = re.compile(
    rf"\b(?:{PROVES}|(?:{_OURS})(?=\W{{0,3}}(?:{IS}\b|[:=]))){_SAID}(?P<secret>(?-i:[A-Z]{{1,2}}-)?{_GROUPED}){_NO_MORE}"
    rf"|\bthe code\W{{0,3}}{IS}\W{{1,3}}(?P<secret2>\d{{3}}[ -]?\d{{3}}){_NO_MORE}"
    r"|(?<![\w.,-])(?P<secret3>\d{3}[ -]?\d{3}) as (?:the|my|a) code\b"
    rf"|(?<![\w.,-])(?P<secret4>{_GROUPED}) (?:as|is|was) (?:(?:the|my|a|your) )?(?:{PROVES})\b",
    re.IGNORECASE,
)
"""By its name, as "my code", or six digits that are "the code"."""
_SPOKEN = re.compile(
    rf"\b(?:{PROVES}|code (?:that )?(?:we|i|you) (?:just |have )?(?:sent|texted|e?-?mailed))\b", re.IGNORECASE
)
_CODE_AFTER = re.compile(
    r"(?<!error )(?<!promo )(?<!discount )(?<!voucher )(?<!post )(?<!zip )(?<!order )(?<!booking )(?<!tracking )\bcode"
    rf"(?:\W{{1,3}}(?:now|just|it|says|reads|{IS})\b){{0,3}}\W{{1,3}}(?P<secret>(?-i:[A-Z]{{1,2}}-)?\d{{3}}[ -]?\d{{3}}){_NO_MORE}",
    re.IGNORECASE,
)
"""Six digits that are a code, where a one-time code was spoken of."""
_WORDS = re.compile(
    rf"\b(?=\w\w|c\.)(?:(?:{_OF_CARD}|pins?\b|{PROVES}){_SAID}(?P<secret>{IN_WORDS})(?! ?(?:times|days|weeks|minutes|attempts|tries))"
    rf"|(?P<secret2>(?:{DIGIT})(?:{BETWEEN}(?:{DIGIT})){{12,18}})\b)",
    re.IGNORECASE,
)
"""A code, or by its length a card."""
_PIN = re.compile(
    rf"\bpin\b(?:(?! ?code)(?:{_SAID}|(?: \w+){{1,4}}? {IS}\W{{1,3}})| ?code(?: {IS})?\W{{1,3}}(?=\d{{4}}\b))"
    rf"(?P<secret>(?!(?<=pin )\d{{6}},? (?-i:[A-Z])[a-z])\d{{4,6}}|\d\d[ -]\d\d(?:[ -]\d\d)?){_NO_MORE}"
    r"|(?<![\w.,-])(?P<secret2>\d{4,6}) (?:as|for|is|was) (?:my|the|our|his|her) (?:\w+ )?pin\b(?! ?code)",
    re.IGNORECASE,
)
"""Six digits that are a "pin code", or stand between "PIN" and a place, are an Indian postal code."""
_TELLS_IT = r"(?=\S{0,63}\d)(?=\S{0,63}[^\W\d_])"
"""A letter and a figure: no word of a sentence."""
_ENDS = r"(?:[^\S\n]*(?:$|[\n.,;!?)\"'”’/]|(?:and|but|it|so|if|please|thanks?|y|und|et|e)\b))"
_TOLD = rf"(?:{_TELLS_IT}|(?=\S{{0,63}}[^\w\s.,;!?)'’\"”])|(?=[^\W\d_]++{_ENDS})|(?<=[\"“'‘]))(?!(?:{SAID_OF_IT})(?![\w-]))"
"""Something after "is": no word of a sentence, or a word that ends one and does not say how it is."""
_PASSWORD_IS_CALLED = "|".join(
    (
        r"password|passwd|passcode|passphrase|pwd?|passwort|kennwort|contrase[ñn]a|mot de passe|mdp|senha|palavra-passe",
        r"api[- ]?key|(?:secret|access) key|(?:secret|access|auth|api|session) token|memorable word|answer to (?:my|the) security question",
        r"(?<!boarding )(?<!season )(?<!travel )(?<!rail )(?<!bus )(?<!ski )(?<!day )pass(?=\s*[:=])",
    )
)
_QUOTE = r"[\"'“‘]?"
_PASSWORD = re.compile(
    rf"\b(?:(?:{_PASSWORD_IS_CALLED})(?:\W{{0,3}}(?:for|to|of|para|f[üu]r|de|pour) (?:it|this|that|(?:the|my|our|mi|la|mein|mon|minha) \w+))?(?:, [^,.\n]{{1,30}},)?"
    rf"(?:\s*(?:[:=]|->|=>|→)\s*{_QUOTE}(?!(?:{SAID_OF_IT})(?![\w-]))"
    rf"|(?:\s+{IS}|['’]s)(?: (?:still|now|just))?\s*:?\s*{_QUOTE}{_TOLD}"
    rf"|(?:\s+{IS})?(?: (?:changed|set|reset|updated))?(?: from \S{{1,63}})? to\s+{_QUOTE}{_TELLS_IT}"
    rf"|(?:(?: [^\W\d]+){{1,3}} {IS})?\s+(?:[-–—] )?{_QUOTE}(?:{_TELLS_IT}|(?=\d{{4,}}(?![\w-]|[./:]\d))))"
    rf"|clave(?:\s*[:=]|\s+es)?\s*{_TELLS_IT})"
    r"(?P<secret>(?<=[\"“])[^\"”\n]{3,64}(?=[\"”])|(?<=['‘])[^'’\n]{3,64}(?=['’](?!\w))|[^\s\"'”’,;]{2,63}[^\s\"'”’,;.!?)])",
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
NAMES_A_THING = re.compile(
    r"\b(?:order|part|item|article|model|sku|batch|lot|serial|ref(?:erence)?|ticket|case|invoice|booking|track\w*|parcel|flight|route)"
    r"\b\W*(?:(?:no|nr|number|id|is|was)\b\W*){0,2}$",
    re.IGNORECASE,
)
_SEEN_BEFORE = 40
"""Characters before a number in which it is named."""
_KEYS = re.compile(
    r"\bBearer\s+(?=\S{0,63}\d)(?P<secret>[\w.~+/-]{12,}=*)"
    r"|\b(?P<secret2>(?-i:gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z\d]{16}"
    r"|(?:sk|rk|pk)[-_][\w-]{16,}|AIza[\w-]{30,}|hf_\w{20,}|npm_\w{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*))",
    re.IGNORECASE,
)
"""Keys of machines, by the beginnings that their makers gave them."""
_OF_PASSWORDS = (
    "pass",
    "pw",
    "kennwort",
    "contrase",
    "mdp",
    "senha",
    "key",
    "token",
    "clave",
    "memorable",
    "question",
)
_FORMS = (
    (_KEYS, ("bearer", "_", "-", "akia", "asia", "aiza", "eyj")),
    (
        _CODE,
        ("cv", "c.v", "code", "verification", "back", "código", "codigo", "prüf", "pruf", "cryptogramme"),
    ),
    (
        _WORDS,
        (
            "cv",
            "c.v",
            "code",
            "verification",
            "back",
            "pin",
            "otp",
            "tan",
            "código",
            "codigo",
            "prüf",
            "pruf",
            "cryptogramme",
            "card",
            "visa",
            "amex",
            "master",
            "maestro",
        ),
    ),
    (_CODE_BY_CARD, (_MASK, "card", "amex")),
    (_ONE_TIME, ("otp", "tan", "code", "código", "codigo")),
    (_PIN, ("pin",)),
    (_NATIONAL, ("",)),
    (_PASSWORD, _OF_PASSWORDS),
)
"""Looked for once the cards are masked, where one of their words is in the text: few messages hold any."""


def masked(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """The text without what nobody may keep, and without these secrets wherever they stand."""
    found = without_numbers(text)
    if secrets:
        longest_first = sorted(secrets, key=lambda secret: (-len(secret), secret))
        known = "|".join(re.escape(secret) for secret in longest_first)
        found = re.sub(rf"(?<!\w)(?:{known})(?!\w)", _MASK, found)
    found = _without_spoken(found)
    for form in _forms(found, speaks_of_one_time_code(text)):
        found = _replaced(found, ((start, end, _MASK) for start, end in _told(form, found)))
    return found


def secrets_in(text: str, *, one_time: bool = False) -> frozenset[str]:
    """What would be masked in it, word for word: a code that stands alone is known by where it was said.

    one_time: a one-time code was spoken of around this text.
    """
    found = {text[start:end] for start, end in ibans(text)}
    rest = _without_ibans(text)
    found |= {part for card in cards(rest) for part in _lines(rest[card.start : card.end])}
    rest = _without_cards(rest)
    found |= {rest[start:end] for start, end in spoken(rest)}
    rest = _without_spoken(rest)
    for form in _forms(rest, one_time or speaks_of_one_time_code(text)):
        found |= {rest[start:end] for start, end in _told(form, rest)}
    return frozenset(found - {_MASK})


def without_numbers(text: str) -> str:
    """The text with the last four digits of its accounts and cards."""
    return _without_cards(_without_ibans(text))


def _without_ibans(text: str) -> str:
    return _replaced(
        text, ((start, end, f"{_MASK} {_last_four(text[start:end])}") for start, end in ibans(text))
    )


def _last_four(number: str) -> str:
    return "".join(filter(str.isalnum, number))[-4:]


def _without_cards(text: str) -> str:
    return _replaced(text, ((card.start, card.end, f"{_MASK} {card.ends_in}") for card in cards(text)))


def _without_spoken(text: str) -> str:
    return _replaced(text, ((start, end, _MASK) for start, end in spoken(text)))


def speaks_of_one_time_code(text: str) -> bool:
    """After that, "the code" is one."""
    return _SPOKEN.search(text) is not None


def _forms(text: str, one_time: bool) -> list[re.Pattern[str]]:
    lower = text.lower()
    named = [form for form, words in _FORMS if any(word in lower for word in words)]
    return [*named, _CODE_AFTER] if one_time else named


def _told(form: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where secrets of this form stand."""
    for match in form.finditer(text):
        name = match.lastgroup or "secret"
        by_shape = form is _NATIONAL and name in ("secret", "secret2")
        if not by_shape or not NAMES_A_THING.search(
            text, max(0, match.start() - _SEEN_BEFORE), match.start()
        ):
            yield match.span(name)


def _lines(card: str) -> list[str]:
    """The card as it was written; and, where it was written in lines, which may be messages, each but the last four digits."""
    return [card, *(line.strip() for line in card.split("\n")[:-1])]


def _replaced(text: str, places: Iterator[tuple[int, int, str]]) -> str:
    parts, done = [], 0
    for start, end, put in places:
        parts += [text[done:start], put]
        done = end
    return "".join((*parts, text[done:]))
