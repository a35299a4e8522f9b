"""What the words alone do not show: what was said before, what is news, what was asked and given already.

Two rows of plain numbers beside the words: one for each sentence of the draft, one for the customer's side.
"""

import math
import re
from dataclasses import dataclass

from guard.assessment import NEEDS, SIGNALS, Customer
from guard.case import Case
from guard.judging.defects import has_gap
from guard.judging.reading import Piece, Read

_FACTS = frozenset(
    [
        "order",
        "reservation",
        "booking",
        "user",
        "customer",
        "account",
        "transaction",
        "tracking",
        "ticket",
        "confirmation",
        "case",
        "reference",
        "membership",
        "flight",
        "email",
        "phone",
        "mobile",
        "address",
        "photo",
        "photos",
        "picture",
        "pictures",
        "image",
        "images",
        "screenshot",
        "screenshots",
        "name",
        "birth",
        "zip",
        "postal",
        "postcode",
        "reason",
        "model",
        "date",
        "payment",
        "amount",
        "serial",
        "video",
        "color",
        "colour",
        "size",
        "version",
        "browser",
        "invoice",
        "policy",
    ]
)
_ASKS = re.compile(
    r"\?|\b(?:please|kindly) (?:\w+ ){0,2}(?:provide|share|confirm|tell|send|specify|give|describe|let (?:me|us) know)\b|\bneed your\b|\bcould you\b|\bcan you\b"
)
_UNITS = r"(?:business |working |calendar )?(?:minute|min|hour|hr|day|week|month)s?\b"
_TIME = re.compile(
    rf"\bnumx (?:to numx |numx )?{_UNITS}|\b(?:one|two|three|four|five|seven|ten|few) (?:to \w+ )?{_UNITS}|\bend of (?:the )?(?:day|week)\b|\bnumx (?:am|pm)\b"
    r"|\b(?:today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|noon|midnight)\b"
)
_NUMBERS = re.compile(r"\d[\d.,:-]*\d|\d|\b[A-Z]{2,}\d\w*")
_DIGIT = re.compile(r"\d")
_MARKED = re.compile(r"\W*(?:[-*•|#]|\d+[.)])")
_ALIKE = 0.6
"""Shared part of two sentences' content from which the later one says nothing new."""
SENTENCE_FEATURES = 30
CONTEXT_FEATURES = 46


@dataclass(frozen=True, slots=True)
class _Talk:
    """What was there before the draft: the customer's words, what they are about, and what we said and asked."""

    told: frozenset[str]
    theirs: frozenset[str]
    last: frozenset[str]
    ours: tuple[Piece, ...]
    asked: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, read: Read) -> "_Talk":
        """Gathered once for all sentences."""
        ours = tuple(p for said in read.assistant for p in said.pieces)
        return cls(
            told=frozenset(w for said in read.customer for p in said.pieces for w in p.words),
            theirs=_content(tuple(p for said in read.customer for p in said.pieces)),
            last=_content(read.customer[-1].pieces) if read.customer else frozenset(),
            ours=ours,
            asked=frozenset(w for p in ours if _asks(p) for w in p.words if w in _FACTS),
            known=frozenset(_NUMBERS.findall(" ".join(s.text for s in (*read.customer, *read.assistant)))),
        )


def sentence_features(case: Case, read: Read) -> list[list[float]]:
    """A row of `SENTENCE_FEATURES` numbers for every sentence of the draft."""
    talk = _Talk.of(read)
    count = len(read.draft)
    of_all = (
        case.evidence is None,
        case.evidence is not None and not case.evidence,
        bool(case.evidence),
        math.log1p(len(read.assistant)) / 2,
        math.log1p(sum(len(p.words) for p in read.draft)) / 5,
    )
    rows = []
    for n, piece in enumerate(read.draft):
        place = (n / (count - 1) if count > 1 else 0.5, n == 0, n == count - 1, 1 / count)
        values = (
            *_shape(piece, place, asks := _asks(piece)),
            *_news(piece, talk, asks),
            *of_all,
        )
        rows.append([float(value) for value in values])
    return rows


def _shape(piece: Piece, place: tuple[float, bool, bool, float], asks: bool) -> tuple[float, ...]:
    """What the sentence looks like and where it stands."""
    words = piece.words
    return (
        "?" in piece.span.text,
        asks,
        math.log1p(len(words)) / 3,
        *place,
        _TIME.search(" ".join(words)) is not None,
        "moneyx" in words,
        "idx" in words,
        "urlx" in words,
    )


def _news(piece: Piece, talk: _Talk, asks: bool) -> tuple[float, ...]:
    """What it adds to what was said, and whether it asks for what was asked or given."""
    facts = {w for w in piece.words if w in _FACTS}
    numbers = set(_NUMBERS.findall(piece.span.text)) if _DIGIT.search(piece.span.text) else set[str]()
    alike = max((_jaccard(piece.content, p.content) for p in talk.ours), default=0.0)
    return (
        alike,
        alike > _ALIKE,
        _covered(piece.content, talk.last),
        _covered(piece.content, talk.theirs),
        _covered(talk.last, piece.content),
        bool(numbers),
        bool(numbers - talk.known),
        bool(numbers) and numbers <= talk.known,
        asks and bool(facts),
        asks and bool(facts) and facts <= talk.asked,
        asks and "order" in facts and "idx" in talk.told,
        asks and not facts,
        has_gap(piece.span.text),
        _MARKED.match(piece.span.text) is not None,
    )


def context_features(read: Read, customer: Customer) -> list[float]:
    """A row of `CONTEXT_FEATURES` numbers for the customer's side, known before a draft is read.

    customer: that side as the forms see it.
    """
    names = {s.name for s in customer.signals}
    forms = (
        *(customer.need == need for need in NEEDS),
        *(score / 3 for score in customer.dims.scores()),
        *(name in names for name in SIGNALS),
    )
    if not read.customer:
        return [0.0] * (CONTEXT_FEATURES - len(forms)) + [float(form) for form in forms]
    last = read.customer[-1]
    before = read.customer[-2] if len(read.customer) > 1 else None
    recent = last.text + (before.text if before else "")
    letters = [c for c in last.text if c.isalpha()]
    words = [w for p in last.pieces for w in p.words]
    reply = read.assistant[-1] if read.assistant else None
    earlier = read.assistant[-2] if len(read.assistant) > 1 else None
    shouted = sum(w.isupper() for w in re.findall(r"[A-Za-z]{3,}", recent))
    return [
        float(value)
        for value in (
            math.log1p(len(read.customer)) / 2,
            math.log1p(len(read.assistant)) / 2,
            math.log1p(len(words)) / 4,
            sum(c.isupper() for c in letters) / max(1, len(letters)),
            min(3, recent.count("!")) / 3,
            "?" in last.text,
            min(3, recent.count("?")) / 3,
            _jaccard(_content(last.pieces), _content(before.pieces)) if before else 0,
            _jaccard(_content(reply.pieces), _content(earlier.pieces)) if reply and earlier else 0,
            _covered(_content(last.pieces), _content(reply.pieces)) if reply else 0,
            reply is not None and "?" in reply.text,
            min(10, shouted) / 5,
            "moneyx" in words,
            "idx" in words,
            *forms,
        )
    ]


def _asks(piece: Piece) -> bool:
    return "?" in piece.words or _ASKS.search(" ".join(piece.words)) is not None


def _content(pieces: tuple[Piece, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(p.content for p in pieces))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _covered(part: frozenset[str], by: frozenset[str]) -> float:
    return len(part & by) / len(part) if part else 0.0
