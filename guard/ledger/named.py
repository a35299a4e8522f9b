"""Names in a claim that stand nowhere: who was told of a Junior Suite must find one in a call or in a message."""

import re

from guard.assessment import Claim
from guard.ledger.evidence import ID_KEY, MANNER_KEY, Entry
from guard.ledger.fields import holds_word, tokens
from guard.ledger.spots import spots_of
from guard.text import MONTHS, fold, words

_RUN = re.compile(r"(?<![\w.'-])[A-Z][\w'-]*(?: (?:[A-Z][\w'-]*|of|de))*")
_BEGINS = re.compile(r"(?:^|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSt)[.!?:;*|>)\"-]\s*)$")
_TITLE = re.compile(r"[A-Z][a-z]{2,}(?:'s)?|[A-Z]{2,4}")
_WORD = re.compile(r"[a-z]+")
_CALENDAR = re.compile(rf"(?:{MONTHS}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?", re.IGNORECASE)
_ANYONES = words(
    "i i've i'll i'm visa mastercard amex paypal apple google iban sepa sms pin pdf url usb vpn wifi wi-fi internet eur usd gbp chf "
    "am pm st street road avenue lane square mr mrs ms dr prof sir madam ok id faq english german french spanish "
    "utc cet est pst gmt bst edt pdt cst email e-mail christmas easter gb mb tb kg yes no"
)
"""Capitals that stand for the same everywhere."""
_NEAR = 8
"""Characters before a word that tell whether it begins a sentence."""
_CODE = 3
_STEM = 4
_CODES = re.compile(r"\b[A-Z]{3}\b")


def unknown_names(claim: Claim, told: str, good: list[Entry], known: str) -> list[str]:
    """Capitalised words inside a claim that nobody knows, where the calls name something that the claim leaves out, or a part of the name is known.

    What begins a sentence may be any word. A city may stand for its code, and a long form for a short one.
    """
    said = frozenset(_WORD.findall(fold(known))) | frozenset(tokens(known))
    codes = frozenset(fold(code) for code in _CODES.findall(known))
    left_out = _leaves_out(told, good)
    strange = []
    for run in _RUN.finditer(claim.span.text):
        parts = run.group().split()
        if _BEGINS.search(claim.span.text[max(0, run.start() - _NEAR) : run.start()]):
            parts = parts[1:]
        named = [p.removesuffix("'s") for p in parts if _TITLE.fullmatch(p)]
        named = [p for p in named if p.lower() not in _ANYONES and not _CALENDAR.fullmatch(p)]
        unknown = [p for p in named if not _is_known(p.lower(), said, codes)]
        if left_out or len(unknown) < len(named):
            strange += unknown
    return strange


def _leaves_out(told: str, good: list[Entry]) -> bool:
    """Some value of the calls is in words and none of these is in the claim, or not all."""
    spots = [s for one in good for text in (one.call.arguments, one.call.result) for s in spots_of(text)]
    values = [s.value for s in spots if not s.keys & (MANNER_KEY | ID_KEY)]
    return any(not holds_word(w, told) for v in values for w in _WORD.findall(v) if len(w) >= _CODE)


def _is_known(name: str, said: frozenset[str], codes: frozenset[str]) -> bool:
    return (
        name in said
        or any(w.startswith(name[:_STEM]) for w in said if len(name) > _CODE)
        or any(code[:1] == name[:1] for code in codes if len(name) > _CODE)
    )
