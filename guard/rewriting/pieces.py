"""A reply cut into pieces of one statement each, as far as its marks show them, and the words of each without dress."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from guard.rewriting.weight import is_felt
from guard.text import ID, LINK, fold

_CUT = re.compile(
    r"(?<=[.!?…])\s+|\n+|;\s|\s[—–-]\s|,\s(?:and|but|so)\s(?=(?:i|we|you|it|they|there|this|that)\b)",
    re.IGNORECASE,
)
"""Between sentences, and between what could be two."""
_HEAD = re.compile(r"([^,:]{1,60})[,:]\s+(.*)", re.DOTALL)
_LONGEST_HEAD = 4
"""Words of "no worries," and "so sorry about that,": what follows is a sentence of its own."""
_ANSWER = re.compile(
    r"\W*(?:(?:yes|yeah|yep|no|none|nope|never|always|of course|gladly|sure|certainly|absolutely|definitely|indeed|not at all)\b"
    r"|(?:it|that|they|you|we|i) (?:is|are|do|does|can|will|have|has)(?:n't| not)?\W*$)"
)
"""Who answers his own question has told something."""
_WORD = re.compile(r"[a-z][a-z']*[a-z]")
_ENDING = re.compile(r"(?:'(?:s|ll|ve|re|d|m)|n't|s')$")
_IRREGULAR = {
    "sent": "send",
    "resent": "resend",
    "paid": "pay",
    "held": "hold",
    "bought": "buy",
    "lent": "lend",
    "redone": "redo",
}
_SET_PHRASE = re.compile(
    r"\bas soon as\b|\bright now\b|\bof course\b|\byou(?:'ve| have)? (?:told|asked|gave|given|sent|wrote|written) (?:me|us)\b"
    r"|\byou(?:'re| are) (?:\w+ly )?right\b|\bis that right\b"
)
"""Phrases whose words mean nothing here by themselves."""
_DAY = re.compile(
    r"(?:\b\d{0,2}(?:st|nd|rd|th)? ?(?:of|in|since|until|by|from|on|to)|\d(?:st|nd|rd|th)?|^\W*|\s)\s?\bmay\b(?= \d|[.,;!?]|$)|(?<=\s)may \d{1,2}\b"
)
"""The month that is a modal verb, too: "on 15 May.", "in May,", "May 3"."""
_APART = re.compile(r"(?:\b[a-z]\b ){3}")
"""Letters that stand alone side by side: "f r e e"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`shown`: as it stands in the reply. `text`: folded, without names of things and links. `asks`: it is a question that
    the reply does not answer itself.
    """

    shown: str
    text: str
    asks: bool


def pieces(reply: str) -> tuple[Piece, ...]:
    """In order."""
    cut = [part for piece in _CUT.split(reply) if piece.strip() for part in _headed(piece.strip())]
    return tuple(
        Piece(one, bare(one), one.rstrip("*_ ").endswith("?") and not _ANSWER.match(fold(following)))
        for one, following in pairwise([*cut, ""])
    )


def _headed(piece: str) -> tuple[str, ...]:
    head = _HEAD.fullmatch(piece)
    felt = (
        head is not None
        and len(head[1].split()) <= _LONGEST_HEAD
        and any(map(is_felt, words_in(fold(head[1]))))
    )
    return (head[1], head[2]) if head and felt else (piece,)


def bare(sentence: str) -> str:
    """Folded, without accents, names of things, links, and phrases that say nothing of the matter."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", sentence) if not unicodedata.combining(c))
    return _SET_PHRASE.sub(" ", _DAY.sub(" ", fold(ID.sub(" ", LINK.sub(" ", plain)))))


def words_in(text: str) -> dict[str, None]:
    """The words of a folded text, each once, in order, without what an apostrophe joins to it."""
    found = (_ENDING.sub("", word) for word in _WORD.findall(text))
    return dict.fromkeys(plain_verb(word) for word in found)


def plain_verb(word: str) -> str:
    """The plain form of a verb whose past hides it: "sent" is send."""
    return _IRREGULAR.get(word, word)


def disguised(reply: str, known: str) -> Iterator[str]:
    """Characters that write words past a reader of plain letters, where nothing that is known holds them.

    Letters of Latin with accents, punctuation, signs of money and mathematics are none.
    """
    if _APART.search(reply.lower()):
        yield "letters apart"
    for one in dict.fromkeys(unicodedata.normalize("NFC", reply)):
        base = unicodedata.normalize("NFKD", one)[0]
        plain = one.isascii() or (base.isascii() and base.isalnum())
        if not plain and one not in known and unicodedata.category(one) not in _PLAIN:
            yield f"U+{ord(one):04X}"


_PLAIN = frozenset(("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc", "Sm", "Zs", "Nd", "No"))
