"""Whether calls went to the person, the mail address and the means of payment that a claim names."""

import re

from guard.assessment import Claim
from guard.case import Case
from guard.ledger.acts import MONEY
from guard.ledger.evidence import Entry
from guard.ledger.fields import another, holds_word, tokens
from guard.ledger.spots import spots_of
from guard.text import fold, words

_METHODS = {
    "gift card": re.compile(r"gift[ _]?card"),
    "card": re.compile(
        r"\b(?:visa|mastercard|amex|american express)|(?:credit|debit)[ _]card|(?<!gift[ _])\bcard\b"
    ),
    "paypal": re.compile(r"paypal"),
    "bank": re.compile(r"\bbank (?:account|transfer)|\bsepa\b|\biban\b"),
    "store credit": re.compile(r"store[ _]credit|\bwallet\b|\bvoucher\b"),
}
"""Ways in which money goes."""
_METHOD_KEY = words("method payment destination target")
_CARD = re.compile(r"\bend(?:s|ing)(?: in| with)?\W{1,3}(\d{3,4})\b")
_CARD_KEY = re.compile(
    r"card|last_?(?:4|four)|phone|mobile|msisdn|iban|account|number|^to$|destination|recipient|method",
    re.IGNORECASE,
)
_CARD_END = re.compile(r"(?:^|\D|\d[\d -]*)\d{4}$")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[a-z]{2,}(?:\.[a-z]{2,})?")
_WHO = r"(?:(?:Dr|Mr|Ms|Mrs|Prof)\.? )?([A-Z][a-z]+(?: [A-Z][a-z]+)?)"
_TO_WHOM = {
    "send": (re.compile(rf"\bto {_WHO}"), words("to recipient")),
    "book": (re.compile(rf"\bwith {_WHO}"), words("provider doctor stylist trainer therapist teacher")),
}
"""How a sentence names the other person of an act, and the fields that do."""
_RECIPIENT = words("to recipient receiver addressee beneficiary payee guest passenger patient driver")
_SENDER = words("sender from customer buyer payer account holder")
_PLAIN_NAME = re.compile(r"[a-z][a-z'.-]+(?: [a-z][a-z'.-]+){0,2}")
_TO_NAME = re.compile(r"\b(?:to|for)(?: you,)? ([A-Z][a-z]+)(?: [A-Z][a-z]+)?\b")
_TO_YOU = re.compile(r"\bto you\b")
_NAMED = re.compile(r"(?:[A-Z][\w.'-]*)(?: [A-Z][\w.'-]*){0,3}")
_PERSON = re.compile(r"\b([A-Z][a-z]+) ([A-Z][a-z]{2,})\b")


def other_person(claim: Claim, case: Case, good: list[Entry]) -> str | None:
    """ "Ana Lind", where the call says Anton Lind; "to Paul Dean", where it went to Joan Ferris."""
    if all(one.reads for one in good):
        return None
    called = fold(" ".join(one.text for one in good))
    said = fold(" ".join(t.content for t in case.turns))
    for first, family in _PERSON.findall(claim.span.text):
        full = fold(f"{first} {family}")
        if (
            full in said
            and full not in called
            and fold(first) not in called
            and holds_word(fold(family), called)
        ):
            return f"for another {family}"
    told = _TO_WHOM.get(claim.act)
    named = {fold(m[1]) for m in told[0].finditer(claim.span.text)} if told else set()
    whom = [
        str(v)
        for one in good
        for k, v in (*one.asked, *one.got)
        if told and set(tokens(k)) & told[1] and _NAMED.fullmatch(str(v))
    ]
    if whom and named and all(n in said and not any(holds_word(w, called) for w in n.split()) for n in named):
        return f"for {whom[0]}"
    return None


def other_recipient(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """ "Sent to you, Paul", where the call says that it goes to Nora Bell."""
    spots = [
        s for one in good if not one.reads for t in (one.call.arguments, one.call.result) for s in spots_of(t)
    ]
    theirs = {s.value for s in spots if s.keys & _RECIPIENT and _PLAIN_NAME.fullmatch(s.value)}
    if not theirs or any(holds_word(w, told) for name in theirs for w in name.split()):
        return None
    senders = {s.value for s in spots if s.keys & _SENDER and _PLAIN_NAME.fullmatch(s.value)}
    named = {fold(m[1]) for m in _TO_NAME.finditer(claim.span.text)}
    to_you = _TO_YOU.search(told) is not None and bool(senders - theirs)
    return f"for {', '.join(sorted(theirs))}" if named or to_you else None


def other_mail(told: str, good: list[Entry]) -> str | None:
    """To anna@example.com in words, and to bob@example.com in the call."""
    mine = set(_MAIL.findall(told))
    if not mine:
        return None
    theirs = {m for one in good for m in _MAIL.findall(fold(one.call.arguments))}
    return another(mine, theirs)


def other_card(told: str, good: list[Entry]) -> str | None:
    """The card ending 3340 in words, and the one ending 9052 in the call; a telephone and an account end in digits too."""
    mine = set(_CARD.findall(told))
    theirs = {
        re.sub(r"\D", "", str(v))[-4:]
        for one in good
        for k, v in (*one.asked, *one.got)
        if _CARD_KEY.search(k) and _CARD_END.search(str(v))
    }
    return (
        None
        if any(m in one.text for m in mine for one in good)
        else another(mine, theirs, "for the one ending")
    )


def other_method(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """To a card in words, and to a gift card in the call."""
    if claim.act not in MONEY:
        return None
    mine = {way for way, form in _METHODS.items() if form.search(told)}
    values = [str(v) for one in good for k, v in (*one.asked, *one.got) if set(tokens(k)) & _METHOD_KEY]
    theirs = {way for way, form in _METHODS.items() for v in values if form.search(fold(v))}
    return another(mine, theirs, "to")
