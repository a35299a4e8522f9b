"""How somebody named a thing by a number or a code: "order #48213"."""

import re
from dataclasses import dataclass

from guard.orders import without_orders
from guard.text import DATE, LINK

KIND = (
    r"orders?|bookings?|reservations?|accounts?|acct?|memberships?|members?|customers?|clients?|claims?|tickets?|cases?|contracts?|invoices?|polic(?:y|ies)"
    r"|flights?|rooms?|flats?|apartments?|units?|parcels?|shipments?|tracking|tags?|parts?|courses?|serial|ref(?:erence)?|conf(?:irmation)?|transaction|txn|subscriptions?|projects?|subs?"
)
"""Words that stand before a number and say what it names."""
_NAMED = re.compile(
    rf"(?:\b(?P<kind>{KIND})\b\.?(?:\s+(?:no|nr|num|number|id|ref|reference|code|is|was)\b\.?)*\s?[(:#]?\s?)?"
    r"(?<![\w.,/@#$€£+-])(?P<name>#?(?=[\w#/-]{0,40}\d)[A-Za-z0-9]+(?:[-/#_][A-Za-z0-9]+)*)(?![\w@%€£$]|[.,:]\d|-\w)",
    re.IGNORECASE,
)
"""A name with digits in it, and the word of what it names, where that stands before."""
_SECRET = re.compile(
    r"\b(?:pin|code|password|passcode|cvv|cvc|otp|iban|card)\b(?: (?:is|number|no\.?))*\W{0,3}$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\s?(?:%|[$€£]|usd|eur|gbp|chf|euros?|dollars?|pounds?|gb|mb|tb|kg|km|mm|cm|ml|watts?|miles?|points?|hours?|days?|weeks?|months?|years?|nights?|people|times?|items?|pieces?)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h|k|m|x|gb|mb|kg|km|cm|mm)", re.IGNORECASE)
_SHORTEST_NAME, _LONGEST_NUMBER = 5, 11
_FULL = {
    "acc": "account",
    "acct": "account",
    "ref": "reference",
    "conf": "confirmation",
    "txn": "transaction",
    "sub": "subscription",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A thing as somebody named it: "order #48213". `kind` is empty where nobody said what it is."""

    kind: str
    name: str

    @property
    def key(self) -> str:
        """What two ways of writing one name share."""
        return self.name.lower().strip("#")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


def names_in(*texts: str) -> tuple[Named, ...]:
    """The things that texts name by a number or a code, each once, with its kind wherever that is said.

    No amount, date, telephone number or secret is one.
    """
    found = dict[str, Named]()
    for text in texts:
        plain = LINK.sub(" ", without_orders(text))
        for match in _NAMED.finditer(plain):
            one = Named(plain_kind(match["kind"]), match["name"])
            if _is_name(one, plain[: match.start("name")], plain[match.end() :]) and (
                one.kind or one.key not in found
            ):
                found[one.key] = one
    return tuple(found.values())


def plain_kind(word: str | None) -> str:
    """The kind that a word or its short form names, in the singular."""
    plain = (word or "").lower().replace("policies", "policy").removesuffix("s")
    return _FULL.get(plain, plain)


def _is_name(one: Named, before: str, after: str) -> bool:
    kind, name = one.kind, one.name
    plain = name.strip("#")
    digits = sum(c.isdigit() for c in plain)
    if _SECRET.search(before) or _ORDINAL.fullmatch(plain) or _MEASURE.match(after) or DATE.fullmatch(plain):
        return False
    if plain.isdigit():
        if re.match(r"[ -]\d", after) or re.search(r"\d[ -]$", before) or len(plain) > _LONGEST_NUMBER:
            return False  # a telephone number, or one of a card
        return bool(kind) or name.startswith("#") or len(plain) >= _SHORTEST_NAME
    return bool(kind) or (len(plain) >= _SHORTEST_NAME and digits > 1 and name.upper() == name) or "#" in name
