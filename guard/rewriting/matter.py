"""What a grant is about, in the meanings of its own words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from guard.ledger.authority import AT_LARGE, Grant
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.trouble import for_trouble, troubles
from guard.text import content, fold

_ENDS = re.compile(
    r"[,.;:]|\b(?:for|to|of|as|up|by|in|on|off|from|with|within|under|at|if|when|before|after|or|and|that|which|until|free)\b"
)
_COPY_OF = re.compile(
    r"^(?:an? |the )?(?:\w+ )?(?:cop(?:y|ies)|part|list|set|pair|sheet|number|bit|piece)s? of (?:an? |the |your )?"
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a grant is about: the deeds that it does, its object, the last word of that, and all its words but the deeds.

    `own` leaves out of these what is said of any order and any payment. `named`: deeds that the action or its `for_words`
    name at all. `trouble`: what must have gone wrong.
    """

    deeds: frozenset[str]
    thing: frozenset[str]
    head: str
    words: frozenset[str]
    own: frozenset[str]
    named: frozenset[str]
    trouble: frozenset[str]


@lru_cache(maxsize=512)
def matter_of(grant: Grant) -> Matter:
    """The grant's own words, read."""
    rest = _COPY_OF.sub("", fold(grant.says or "").removeprefix(grant.verb).strip())
    first = _ENDS.split(rest, maxsplit=1)[0]
    doing = deeds(grant.verb) or deeds(first)
    named = _special(first)
    return Matter(
        deeds=doing,
        thing=meanings(" ".join(named)) - doing,
        head=next(iter(meanings(named[-1])), "") if named else "",
        words=meanings(rest) - deeds(grant.verb),
        own=meanings(" ".join(_special(rest))) - doing,
        named=deeds(" ".join((grant.action.does, *grant.action.for_words))),
        trouble=for_trouble(fold(grant.says or "")),
    )


def _special(text: str) -> list[str]:
    """Words that tell one thing from another; what is wrong with it does not."""
    return [w for w in re.findall(r"[a-z][a-z'-]+", text) if content(w) - AT_LARGE and not troubles(w)]
