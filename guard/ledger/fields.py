"""The fields of a call, its arguments and its result, as plain values that can be compared."""

import re
from collections.abc import Iterator
from functools import lru_cache

from guard.records import Json

_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DECIMAL_COMMA = re.compile(r"(\d{1,3}(?:[.]\d{3})+|\d+),(\d{1,2})")
"""1.234,50"""


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in one spelling: "$1,200.50" and "1200.5" are the same."""
    return frozenset(plain_number(n) for n in _NUMBER.findall(text))


def values(text: str) -> frozenset[float]:
    """What the numbers of a text are worth, to the cent. "1.200" is read both ways, for nobody says which it is."""
    read = {float(m) for n in _NUMBER.findall(text) for m in _readings(n)}
    return frozenset(round(n, 2) for n in read)


def _readings(number: str) -> tuple[str, ...]:
    """The spellings of a number that are one: separators that group digits, and a decimal point."""
    grouped = (
        re.sub(r"[.,]", "", number) if re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", number) else ""
    )
    decimal = plain_number(number)
    pointed = _DECIMAL_COMMA.fullmatch(number)
    continental = f"{re.sub(r'[.]', '', pointed[1])}.{pointed[2]}" if pointed else ""
    return tuple(n for n in (grouped, continental, decimal) if n and n.count(".") < 2)


def holds(name: str, text: str) -> bool:
    """The name stands in the text as a whole: 1234 is no part of 99123456."""
    return re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", text.lower()) is not None


def holds_word(word: str, text: str) -> bool:
    """The word stands in a folded text, with or without an ending."""
    return re.search(rf"\b{re.escape(word)}(?:s|es)?\b", text) is not None


def another(mine: set[str], theirs: set[str], preposition: str = "for") -> str | None:
    """What calls name where the claim names only others: "for premium economy". A side that is silent disagrees in nothing."""
    return f"{preposition} {', '.join(sorted(theirs))}" if mine and theirs and not mine & theirs else None


def texts_of(fields: tuple[tuple[str, Json], ...]) -> tuple[tuple[str, str], ...]:
    """Fields with a text or a whole number, as text."""
    return tuple((k, str(v)) for k, v in fields if isinstance(v, str | int) and not isinstance(v, bool))


def as_float(value: Json) -> float | None:
    """A number, also where it is written as text with a currency's sign; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip("$€£ ")
    if comma := _DECIMAL_COMMA.fullmatch(text):
        text = f"{comma[1].replace('.', '')}.{comma[2]}"
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def walk(value: Json) -> Iterator[tuple[str, Json]]:
    """Plain values by their key, nested objects included. What stands in a list names no single value: "*" marks it."""
    todo: list[tuple[str, Json]] = [("", value)]
    while todo:
        mark, current = todo.pop()
        match current:
            case dict() as fields:
                for key, inner in fields.items():
                    nested = isinstance(inner, dict | list)
                    yield mark + key, bool(inner) if nested else inner
                    if nested:
                        todo.append((mark, inner))
            case list() as items:
                todo.extend(("*", item) for item in items if isinstance(item, dict | list))
            case _:
                pass


def plain_fields(fields: tuple[tuple[str, Json], ...]) -> dict[str, str]:
    """Fields outside lists with one plain value, as text."""
    return {
        k: str(v)
        for k, v in fields
        if k[:1] != "*" and isinstance(v, str | int | float) and not isinstance(v, bool)
    }


def plain_number(number: str) -> str:
    """One spelling. A comma before three digits groups, any other one is a decimal point."""
    text = re.sub(r",(?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0") if "." not in rest else rest
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")


@lru_cache(maxsize=1024)
def tokens(name: str) -> tuple[str, ...]:
    """Words of a field's or a tool's name: "issueRefund", "issue_refund" and "crm.issue-refund" alike."""
    return tuple(t.lower() for t in _TOKEN.findall(name))


def last_token(name: str) -> str:
    """The word that says what a field or a tool is for: "id" of `order_id`. "" for a name without a Latin word."""
    return next(reversed(tokens(name)), "")
