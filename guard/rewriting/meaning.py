"""What words mean, as far as a choice between actions needs it: endings go, and words of one meaning count as one.

The groups are everyday English of any service. They hold no names of goods and no phrases.
"""

import re
from functools import lru_cache

from guard.text import FACTLESS, fold, words

_THINGS = """
bag suitcase luggage baggage
bill invoice receipt statement
parcel package shipment consignment
plan tariff
technician engineer mechanic electrician plumber fitter
internet broadband wifi
meal dinner lunch breakfast food eat
photo picture image
password passcode
quiet noise noisy loud
flat apartment
phone mobile handset
manual instructions handbook
part component spare
appointment visit slot
car vehicle
holiday vacation
child kid baby toddler
money cash
certificate diploma
signal coverage
"""
_DEEDS = """
cancel terminate quit
pause freeze suspend hold
change switch move modify edit alter shift reschedule rebook postpone push
correct rectify amend adjust
tell talk speak inform
transfer reassign
send mail email post resend forward
deliver redeliver bring
remove delete drop
add include bring
extend prolong
repair fix mend
unlock unblock restore reinstate reactivate
trace find locate track
collect fetch
export download
raise increase
lower reduce decrease
replace swap exchange
book schedule reserve arrange
refund reimburse repay
block lock freeze
close shut
appeal contest dispute
waive forgive
enable activate
disable deactivate
upgrade
reset renew
"""
"""Verbs of one meaning on a line. A verb of two meanings stands on two: an account is frozen as a subscription is, or as a
card is; a driver brings a parcel, and a guest another guest.
"""
_WORD = re.compile(r"[a-z][a-z']+")
_DOUBLED = frozenset("bdgklmnprt")
"""Letters that double before an ending: "planned", "stopping"."""
_LETTERS = 6


def _stem(word: str) -> str:
    """The beginning that "paused", "pausing" and "pause" share."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            word = word.removesuffix(ending)
            break
    if word[-1] in _DOUBLED and word[-2:-1] == word[-1]:
        word = word[:-1]
    return word.removesuffix("e").replace("y", "i")[:_LETTERS]


def _groups(lines: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in lines.split("\n"):
        for word in line.split():
            stem = _stem(word)
            found[stem] = found.get(stem, frozenset()) | {_stem(line.split()[0])}
    return found


VERBS = words(_DEEDS)
"""The verbs of deeds in their plain form."""
_OF_DEEDS = _groups(_DEEDS)
_OF_THINGS = _groups(_THINGS)
_MEANINGS = {
    stem: _OF_DEEDS.get(stem, frozenset()) | _OF_THINGS.get(stem, frozenset())
    for stem in (*_OF_DEEDS, *_OF_THINGS)
}
_SOMEBODY = re.compile(
    r"\b(?:get|send|have) (?:someone|somebody|anyone|anybody)\b|\b(?:someone|somebody|anyone|anybody) (?:to )?(?:come|look|visit|out|over|round)\b"
)
"""Who asks for somebody to come asks for a technician's visit."""
_EMPTY = words(
    "one ones thing things something anything way ways day days today now again please instead another"
)


@lru_cache(maxsize=64)
def meanings(text: str) -> frozenset[str]:
    """The meanings of the words of a text that carry its matter."""
    folded = fold(text)
    told = f"{folded} technician visit" if _SOMEBODY.search(folded) else folded
    return frozenset[str]().union(
        *(
            _MEANINGS.get(_stem(w), frozenset((_stem(w),)))
            for w in _WORD.findall(told)
            if len(w) > 2 and w not in FACTLESS and w not in _EMPTY
        )
    )


@lru_cache(maxsize=64)
def deeds(text: str) -> frozenset[str]:
    """The deeds that a text names, in any form."""
    return frozenset[str]().union(*(_OF_DEEDS.get(_stem(w), frozenset()) for w in _WORD.findall(fold(text))))
