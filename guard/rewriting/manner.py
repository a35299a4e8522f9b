"""The manner of a rewrite: the customer's language, the form that they like, and how much it recognises.

Recognition is counted by the forms of words in English, and by what the judge saw in any language.
"""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from guard.assessment import Assessment, Unjudged
from guard.case import Case, Preferences
from guard.rewriting.languages import language_of, latin, primary, told, wanted
from guard.rewriting.weight import is_felt, plain_forms
from guard.text import at_word, fold

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_SHORT = 60
"""Words of a short reply: two offers with amount and deadline and the question which one, in some four sentences."""
_MARK = r"[-*+•–]|\d{1,2}[.)]"
_ITEM = re.compile(rf"\s*(?:{_MARK})\s+\S")
_STATED = re.compile(r"(?<=[.!?…])[\"'”’)*_]*\s+(?![a-z])")
_PERCEIVED = r"(?:understand|appreciate|realise|realize|recognise|recognize|acknowledge|imagine|know|see|hear|get|feel)"
_ACKNOWLEDGED = re.compile(
    at_word(
        r"sorry\b",
        r"apolog(?:y|ies|i[sz]e)",
        r"regret\b",
        r"forgive (?:us|me)\b",
        r"condolences|sympath|heartbr|saddened|nightmare|heart goes out|deserve better",
        rf"(?:i|we) (?:\w+ ){{0,2}}{_PERCEIVED}\b (?:\w+ ){{0,3}}(?:how|why|your (?:frust|disapp|concern|worr|anger|annoy|feel))",
        r"(?:i|we) (?:\w+ly |do )?(?:hear you|feel for|feel (?:terrible|awful|bad))\b",
        r"you(?:'re| are) (?:\w+ly )?right\b",
    )
)
_SOOTHED = re.compile(
    at_word(
        r"rest assured\b",
        r"(?:don't|do not|no need to) worry",
        r"here (?:for you|to (?:help|assist|support))\b",
        r"(?:thank(?:s| you)|appreciate|grateful)\b.{0,80}?\b(?:patien|understanding|bearing|waiting|cooperation|feedback|reaching|contacting)",
        r"(?:value|care about) (?:you|your)\b",
    )
)
_LINKED = re.compile(
    r"\b(?:is|was|are|were|be|been|being|must|sounds?|feels?|felt|seems?|how|what an?|such an?)\b|'s\b"
)
"""What joins a thing to how it is for somebody."""
_PLAIN = frozenset(
    ("wrong", "bad", "hard", "tough", "rough", "fun", "trouble", "concern", "thank", "patience", "confuse")
)
"""Words of feeling that say as often how a thing is."""
_CLAUSE = re.compile(
    r"[,;:]\s+|\s[—–-]\s|\s(?=(?:and|but|so|then)\s(?:i|we|you|it|they|there|please|would|could|can|shall)\b)",
    re.IGNORECASE,
)
_HANGS_ON = re.compile(
    r"\W*(?:and |but |or )?(?:that|for|about|to|of|when|as|because|after|before|while|with|without|especially|particularly|"
    r"which|who|how|what|why|in|on|at|from|so|very|truly|really|deeply)\b"
)
_ACTS = re.compile(
    r"\b(?:i|we)(?:'ll|'ve| can| could| will| have| would| shall)\b|^\W*(?:and |but |so |then )?(?:please|would|could|can|shall|let|which)\b"
)
"""A clause that does something is no recognition, even beside some."""


def _counted(text: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _is_felt(clause: str) -> bool:
    """How something is for somebody: "that is frustrating", and not "that is wrong"."""
    link = _LINKED.search(clause)
    said = re.findall(r"[a-z]+", clause[link.start() :]) if link and not clause.rstrip().endswith("?") else []
    return any(is_felt(word) and plain_forms(word).isdisjoint(_PLAIN) for word in said)


def _acknowledges(clause: str) -> bool:
    return _ACKNOWLEDGED.search(clause) is not None or _is_felt(clause)


def _recognition(sentence: str, *, seen: bool = False) -> int:
    """Words of its clauses that recognise; of the whole where no other clause acts or names a figure.

    `seen`: its judge says that it recognises; then all that does nothing else is recognition.
    """
    clauses = _CLAUSE.split(sentence)
    felt: list[bool] = []
    for one in map(fold, clauses):
        hangs_on = felt[-1:] == [True] and _HANGS_ON.match(one) and not _ACTS.search(one)
        felt.append(bool(hangs_on or _acknowledges(one) or _SOOTHED.search(one)))
    if not any(felt):
        return sum(_counted(one) for one in clauses if not _ACTS.search(fold(one))) if seen else 0
    others = [one for one, is_one in zip(clauses, felt, strict=True) if not is_one]
    bare = not any(_ACTS.search(fold(one)) or re.search(r"\d", one) for one in others)
    return _counted(sentence) - (0 if bare else sum(map(_counted, others)))


def recognised(text: str) -> int:
    """Words of recognition in a text, by its forms alone: each time that it is said."""
    return sum(map(_recognition, _SENTENCE_END.split(text)))


def warmth(reply: str, after: Assessment) -> int:
    """The same with what its judge saw, which may be more than our forms see, and is never less."""
    seen = sum(
        _counted(s.span.text) if s.move == "empathy" else _recognition(s.span.text, seen=s.recognises)
        for s in after.sentences
    )
    return max(seen, recognised(reply))


def overheated(reply: str, after: Assessment, case: Case, most: int) -> Iterator[str]:
    """More recognition than the budget; any where an earlier reply gave some."""
    heard = any(_acknowledges(fold(s)) for said in case.said_before() for s in _SENTENCE_END.split(said))
    warm, most = warmth(reply, after), 0 if heard else most
    if warm > most:
        again = ", for an earlier reply recognised it" if heard else ""
        yield f"It spends {warm} words on recognition; {most} are the most{again}."


def foreign(reply: str, after: Assessment, before: Assessment | Unjudged, case: Case) -> Iterator[str]:
    """Another language than the customer's; the draft's counts where they do not tell theirs."""
    theirs = wanted(case) or (before.language if isinstance(before, Assessment) else None) or told(case.draft)
    written = after.language or language_of(reply)
    if theirs and primary(written) != primary(theirs):
        yield f"It is written in {written}; the customer reads {theirs}."
    if latin(reply) and not case.preferences.language and not latin("".join(case.customer_turns()[-1:])):
        yield "It is not written in the script of the customer's last message."


def misshapen(reply: str, like: Preferences, warm: Iterable[str] = ()) -> Iterator[str]:
    """What is not in the form that the customer likes.

    One statement needs no list and no table; questions, what leads to a list, and recognition (`warm`) are none.
    """
    if like.length == "short" and (length := _counted(reply)) > _SHORT:
        yield f"It has {length} words; the customer likes short replies, of {_SHORT} at the most."
    lines = reply.splitlines()
    ruled = any(
        "|" in line and "-" in line and not line.strip("|:- \t") for line in lines
    )  # under a table's head
    items = [line for line in lines if _ITEM.match(line)]
    under = [line for line in lines if items and line.startswith("  ")]
    rows = [line for line in lines if ruled and "|" in line]
    match like.format:
        case "prose":
            if rows or len(items) > 1:
                yield "It is a list or a table; the customer likes prose."
        case "list":
            if (
                rows
                or _statements((line for line in lines if line not in items and line not in under), warm) > 1
            ):
                yield "The customer likes lists: put each statement on a line of its own that begins with a dash."
        case "table":
            if _statements((line for line in lines if line not in rows), warm) > 1:
                yield "The customer likes tables: put what it states in rows of a Markdown table."
        case _:
            assert_never(like.format)


def _statements(lines: Iterable[str], warm: Iterable[str]) -> int:
    """Sentences that state something."""
    none = frozenset(one.strip("*_ ") for one in warm)
    said = (one.strip("*_ ") for line in lines if not line.startswith("#") for one in _STATED.split(line))
    return sum(
        one not in none and _counted(one) > _recognition(one) and one[-1] not in "?:" for one in said if one
    )
