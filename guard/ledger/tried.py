"""What a claim tells as done and only a call that failed was for: "auto-renew is on, and privacy protection has been added"."""

import re

from guard.ledger.evidence import ID_KEY, MANNER_KEY, Entry
from guard.ledger.fields import holds, last_token, texts_of, tokens
from guard.text import FACTLESS, fold, words

_DENIES = re.compile(
    r"\b(?:not|no|nor|neither|fail\w*|declin\w*|reject\w*|refus\w*|could|tried|try|unable|unfortunately|error|problem|still|yet|pending|missing|except|without|"
    r"will|would|can|if|once|instead|open|outstanding|impossible|only|offline|full|unavailable|blocked by)\b|n't\b"
)
_CLAUSE = re.compile(r"[,;:.!(]\s|\s(?:but|although|because|as|since|except|while|whereas|yet|so|though)\s")
_TELLS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|now|'ve|'s|done|both|all)\b|'ve\b|\b(?:i|we) (?:just |also |already )?\w+(?:ed|t)\b"
)
BROUGHT = re.compile(
    r"\bnow\b(?! that)|\b(?:has|have) (?:now |just |already |also )*been (?!declined|rejected|refused|returned|taken)\w+|\b(?:went|gone|is|are) through\b|\b(?:is|are) (?:now |all |both )*(?:on|active|in place|done|complete|yours)\b|\byou(?:'ve got| have|'re (?:in|on|booked))\b"
)
"""Something that was brought about, in a sentence that is no claim for its words."""
_FACT = re.compile(r"[\d@]")
_SHORTEST = 3
_STEM = 6
_GENERAL = FACTLESS | words(
    "user customer account order booking item request service status details info data option options set update"
)


def only_tried(told: str, calls: tuple[Entry, ...]) -> str | None:
    """The tool that failed, where a clause that denies nothing names what only that tool was called for."""
    failed = [c for c in calls if not c.reads and c.result == "failed"]
    if not failed:
        return None
    mended = {c.call.name for c in calls if not c.reads and c.result != "failed"}
    done = _plain(
        " ".join(
            f"{' '.join(tokens(c.call.name))} {c.text}" for c in calls if not c.reads and c.result != "failed"
        )
    )
    every = " ".join(c.text for c in calls if c.result != "failed")
    clauses = [c for c in _CLAUSE.split(told) if not _DENIES.search(c) and _TELLS.search(c)]
    for one in failed:
        facts = [
            v
            for _, v in (*texts_of(one.asked), *texts_of(one.got))
            if len(v) > _SHORTEST and _FACT.search(v) and not holds(v, every)
        ]
        facts += _beside_others(one, calls)
        named = [_plain(v) for k, v in texts_of(one.asked) if _is_a_name(k, v)]
        things = (
            []
            if one.call.name in mended
            else [" ".join(w for w in tokens(one.call.name)[1:] if w not in _GENERAL)]
        )
        phrases = [p for p in (*named, *things) if len(p) >= _SHORTEST and not _stands_in(p, done)]
        for clause in clauses:
            if any(holds(v, clause) for v in facts) or any(_stands_in(p, clause) for p in phrases):
                return one.call.name
    return None


def _beside_others(one: Entry, calls: tuple[Entry, ...]) -> list[str]:
    """Short names that the same tool was called with, for others successfully: 71 and 73."""
    others = {
        k: v
        for c in calls
        if c.call.name == one.call.name and c.result == "worked"
        for k, v in texts_of(c.asked)
    }
    return [v for k, v in texts_of(one.asked) if k in others and others[k] != v and _FACT.search(v)]


def _is_a_name(key: str, value: str) -> bool:
    """Words that name what the call is for."""
    return (
        last_token(key) not in ID_KEY
        and not set(tokens(key)) & MANNER_KEY
        and re.fullmatch(r"[A-Za-z][\w' -]{2,40}", value) is not None
        and not _GENERAL.issuperset(_plain(value).split())
    )


def _stands_in(phrase: str, text: str) -> bool:
    """Every word of the phrase stands in the text, whatever its ending."""
    worded = [t for t in re.findall(r"[^\W_]{3,}", text) if t not in FACTLESS]
    return all(any(t.startswith(w[:_STEM]) or w.startswith(t) for t in worded) for w in phrase.split())


def _plain(text: str) -> str:
    return fold(text).replace("_", " ")
