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
cot crib
manual instructions handbook
part component spare
appointment visit slot
car vehicle
holiday vacation
child kid baby toddler
deadline due
money cash
certificate diploma
signal coverage
"""
_DEEDS = """
cancel end terminate quit
pause freeze suspend hold
change switch move modify edit alter shift reschedule rebook postpone push shift
correct rectify amend adjust
tell talk speak inform
transfer reassign
print reprint
send mail email post resend forward
deliver redeliver bring
remove delete drop
add include bring
extend prolong longer
repair fix mend
unlock unblock unban restore reinstate reactivate
trace find locate track
collect fetch
export download
raise increase higher
lower reduce decrease cheaper smaller
replace swap exchange
book schedule reserve arrange
refund reimburse repay
block lock freeze
close shut
appeal contest dispute
split spread
waive forgive
enable activate
disable deactivate
upgrade better bigger
reset renew
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


_OF_DEEDS = _groups(_DEEDS)
_MEANINGS = {stem: _OF_DEEDS.get(stem, frozenset()) | found for stem, found in _groups(_THINGS).items()} | {
    stem: found for stem, found in _OF_DEEDS.items() if stem not in _groups(_THINGS)
}
_EMPTY = words(
    "one ones thing things something anything way ways day days today now again please instead another"
)


@lru_cache(maxsize=64)
def meanings(text: str) -> frozenset[str]:
    """The meanings of the words of a text that carry its matter."""
    return frozenset[str]().union(
        *(
            _MEANINGS.get(_stem(w), frozenset((_stem(w),)))
            for w in _WORD.findall(fold(text))
            if len(w) > 2 and w not in FACTLESS and w not in _EMPTY
        )
    )


@lru_cache(maxsize=64)
def deeds(text: str) -> frozenset[str]:
    """The deeds that a text names, in any form."""
    return frozenset[str]().union(*(_OF_DEEDS.get(_stem(w), frozenset()) for w in _WORD.findall(fold(text))))
