"""What a sentence tells as so, whether or not it claims a deed: "You've got Birch on March 6"."""

import re
from collections.abc import Iterator

from guard.assessment import ANY_ACT, Claim, Sentence, Span
from guard.ledger.amounts import money_in, without_money
from guard.text import AMOUNT, DATE, ID, fold

_OPEN = re.compile(
    r"\?|^\W*(?:if|when|unless|whether|once|before|after|until|while|as soon as)\b"
    r"|\b(?:would|could|might|(?<!in )(?<!of )(?<!by )(?<!until )(?<!\d )may(?! \d)|should|can't|cannot|can be|(?:i|we) can|can (?:i|we|you)|couldn't|unable|please(?!.*\d)|if|unless|whether|let me know|you(?:'ve| have)? (?:asked|wanted|said|wrote|mentioned|told)|"
    r"(?:i|we)(?:'ll| will|'d| would)|sorry|usually|normally|always|generally|typically|not|never|no longer|in general|for example|e\.g)\b|n't\b(?!.*\buntil\b)"
)
"""Words with which a sentence tells nothing for certain, or of another thing than how it stands now."""


_CLAUSE = re.compile(
    r"[;:]\s|\s\(|[,]? (?:and|but|so|which) (?=(?:you|we|i|it|they|the|your|if)\b)|, (?=(?:you|we|i|if|when|please|which|so)\b)",
    re.IGNORECASE,
)
"""Between two clauses of which each tells something by itself; the colon of a time has no space behind it."""
_CONDITION = re.compile(
    r"\W*(?:if|when|unless|whether|once|before|after|until|should|in case)\b", re.IGNORECASE
)
_LISTED = re.compile(r"\s*(?:[-*#>|•]|\d{1,2}[.)]\s)")
"""A line of a list, which says nothing of what it is about."""


def statements(sentence: Sentence) -> Iterator[Claim]:
    """Each clause of the sentence that tells something for certain, as a claim of how things stand."""
    text = sentence.span.text
    if sentence.move in ("offer", "empathy") or "?" in text or _LISTED.match(text):
        return
    at = last = 0
    for cut in (*_CLAUSE.finditer(text), None):
        hangs = at > 0 and _CONDITION.match(text[last:at]) is not None
        last = at
        clause = text[at : cut.start() if cut else len(text)]
        if clause.strip() and not hangs and not _OPEN.search(fold(clause)):
            amounts, ids, dates = values_in(clause)
            span = Span(clause, sentence.span.start + at, sentence.span.start + at + len(clause))
            yield Claim("standing", ANY_ACT, span, amounts, ids, dates)
        at = cut.end() if cut else at


def values_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Money in whatever spelling and shares, ids, and dates of a text."""
    told = fold(text)
    shares = (a for a in _all(AMOUNT, told) if "%" in a)
    amounts = tuple(dict.fromkeys((*(m.text for m in money_in(told)), *shares)))
    return amounts, _all(ID, text), _all(DATE, without_money(told))


def _all(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.group().strip() for m in pattern.finditer(text)))
