"""What a rewrite may tell again: all that was said, shown and allowed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from guard.case import Action, Authority, Case
from guard.ledger.amounts import money_in
from guard.ledger.evidence import Entry, entry
from guard.ledger.fields import values
from guard.ledger.results import parsed
from guard.ledger.sums import currencies, plain_numbers
from guard.rewriting.kinds import Kind, Sum, Value
from guard.rewriting.languages import Language, language_of
from guard.rewriting.numerals import in_figures
from guard.rewriting.particulars import known_in
from guard.rewriting.quantities import gifts, known_sums, settled_sums
from guard.text import fold

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""A letter or a currency's sign as JSON may write it."""
_COUNTED = re.compile(r"_(?=\d)|(?<=\d)_")
"""Around the number in a field's name: `drops_last_7_days`."""
_CENTS = re.compile(r"(?<![\w.,/])\d[\d.,]*[.,]\d{2}(?![\w,/%]|\.\d)")
"""Money without its sign, in whatever text: "posted -84.50"."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """`said`: all of it, folded, to look names and places up in. `values`: the particulars that it tells."""

    said: str
    values: Mapping[Kind, frozenset[Value]]


def grounds(case: Case, authority: Authority) -> Grounds:
    """The conversation, the calls that did not fail, and what the case and the policy allow.

    The draft is none: what it says without backing is what we are here to stop.
    """
    actions = case.allowed(authority)
    calls = tuple(entry(call) for call in case.evidence or ())
    theirs = language_of(" ".join(case.customer_turns()))
    spoken = [(fold(turn.content), language_of(turn.content, theirs)) for turn in case.turns]
    spoken += [(fold(text), language_of(text)) for a in actions for text in (a.does, a.say) if text]
    other = [_unescaped(call.text) for call in calls if call.result != "failed"]
    other += [_COUNTED.sub(" ", text) for text in other if _COUNTED.search(text)]
    other += [text for a in actions for text in (a.deadline, *a.needs) if text]
    other += [f"{a.max_amount:g}" for a in actions if a.max_amount is not None]
    shown = [(fold(text), language_of(text)) for text in other]
    read: tuple[Mapping[Kind, frozenset[Value]], ...] = (
        *(_read(text, language, bare=True) for text, language in spoken),
        *(_read(text, language, bare=False) for text, language in shown),
        {"money": _amounts(calls, actions), "count": frozenset(_listed(calls))},
        {"money": gifts("\n".join(text for text, _ in (*spoken[len(case.turns) :], *shown)))},
    )
    values = {kind: frozenset[Value]().union(*(one.get(kind, ()) for one in read)) for kind in get_args(Kind)}
    return Grounds(
        "\n".join(text for text, _ in (*spoken, *shown)), values | {"money": settled_sums(values["money"])}
    )


@lru_cache(maxsize=64)
def _read(folded: str, language: Language, *, bare: bool) -> Mapping[Kind, frozenset[Value]]:
    """Read once for all sentences of a draft. `bare`: a number may stand for money without saying so."""
    text = in_figures(folded, language)
    known = known_in(text)
    money = {m.value for m in money_in(text, bare=True) if m.currency is None} if bare else set[float]()
    cents = {value for m in _CENTS.finditer(text) for value in values(m.group())}
    return known | {"money": known_sums(known["money"], frozenset(money | cents))}


def _amounts(calls: Iterable[Entry], actions: Iterable[Action]) -> frozenset[Value]:
    """Money in fields that are no names, and the limits of what is allowed, in the currency that these name."""
    sums = [(n, currencies(call)) for call in calls for n in plain_numbers(call)]
    sums += [
        (a.max_amount, frozenset((a.currency.upper(),)) if a.currency else frozenset())
        for a in actions
        if a.max_amount is not None
    ]
    named = frozenset(Sum(abs(n), next(iter(of))) for n, of in sums if len(of) == 1)
    return known_sums(named, frozenset(abs(n) for n, of in sums if len(of) != 1))


def _listed(calls: Iterable[Entry]) -> Iterator[int]:
    """How many things results list: who counts them invents nothing."""
    todo = [parsed(one.call.result) for one in calls]
    while todo:
        match todo.pop():
            case list() as items:
                yield len(items)
                todo += items
            case dict() as fields:
                todo += fields.values()
            case _:
                pass


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "\\u" in text else text
