"""Whether calls hold what a claim says of a thing: its colour, its plan, the team or the place that it goes to.

A field is known by all the keys on its way: `{"send": {"size": "L"}}` is the size of what is sent. Where calls tell old from
new, only the new is what a claim must match. Words that stand nowhere in the calls differ; what a call does not name at all
differs in nothing.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

from guard.assessment import Claim
from guard.case import Case
from guard.ledger.evidence import ID_KEY, MANNER_KEY, Entry
from guard.ledger.fields import another, holds_word, tokens
from guard.ledger.spots import Spot, new_spots, spots_of
from guard.text import FACTLESS, fold, words

_COLOUR = re.compile(
    r"\b(?:black|white|gr[ae]y|silver|gold|golden|red|blue|navy|green|yellow|orange|purple|violet|pink|brown|beige|teal|"
    r"turquoise|cream|olive|sage|mint|ivory|charcoal|coral|lilac|copper|mustard|taupe|anthracite|lavender|indigo|magenta|cyan|scarlet|crimson|emerald|amber|burgundy|maroon|khaki|bronze)\b"
)
_HEADS = words(
    "team department desk queue account plan tier package tariff membership subscription bundle room cabin class fare rate branch "
    "office warehouse store shop location hotel counter option view seat platform gate terminal priority level floor row bay "
    "locker zone table unit coach car lane dock slot version model"
)
"""Nouns that go with a name, in a sentence and as a key: "our fraud team", `team: billing`."""
_ENDS = words("from to source destination")
_SAME = {
    "department": "team",
    "desk": "team",
    "queue": "team",
    "tier": "plan",
    "package": "plan",
    "tariff": "plan",
}
"""Heads that name one kind."""
_PLAIN_MODS = words(
    "new old own current existing previous main chosen selected monthly annual yearly weekly paid free next first second last same other "
    "online personal different right relevant responsible dedicated local nearest internal whole entire support service services "
    "care customer customers specialist user company delivery shipping billing pickup available linked full loyalty email mail "
    "payment phone mobile that this each any both two three four all more another extra additional is are was has have on "
    "to into onto from in at with for and or of by as a an the your our their his her my its now moved changed switched added set "
    "booked upgraded downgraded assigned transferred passed forwarded escalated"
)
"""Words before a head that tell no one from another."""
_CODE = re.compile(r"(?=[a-z-]{0,3}\d)[a-z]{0,3}-?\d{1,4}[a-z]?\b|[b-hj-z]\b(?!')")
_DONE = re.compile(r"\b[a-z]{2,}(?:ed|ing)\b")
_LETTERS = re.compile(r"[a-z][a-z'-]{2,}")
_PLACE_KEY = words(
    "pickup dropoff point location destination branch store shop station terminal airport locker depot office hotel place venue "
    "restaurant clinic site counter warehouse"
)
_WHERE = re.compile(
    r"\b(?:to|at|into) (?:the |our |your )?(?P<place>(?!a (?:quarter|half)\b|quarter\b|half\b|noon\b|you\b|me\b|us\b|be\b|make\b|end\b|no\b)[a-z][\w' -]*?)(?=$|[.,;:!?()]| (?:at|on|in|by|for|from|with|and|until|where|so|as|instead|now|today|tomorrow)\b)"
)
_ABBREVIATED = re.compile(r"[bcdfghjklmnpqrstvwxz]{3,5}")
"""A code for what a sentence writes out."""
_ANY_PLACE = words(
    "shop store point place location address branch home house door near nearby closest nearest pickup drop pick "
    "collection desk counter new own instead"
)
"""Words of places at large."""
_AS_CODE = 4
_LONGEST = 6
"""Words above which a value is prose."""
_KIND_KEY = words(
    "category class type model variant product service option extra request item menu plan tariff tier level"
)
_COMPLEMENT = re.compile(
    r"\b(?:to|into|is now|are now) (?:an?|the) (?P<kind>[a-z]+(?: [a-z]+)?)(?= (?:for|at|on|in|with|is|are|has|from)\b|\W*$|[.,;])"
)


def other_trait(
    claim: Claim, case: Case, told: str, good: list[Entry], calls: tuple[Entry, ...]
) -> str | None:
    """The first kind in which the claim says something else than the calls."""
    if all(one.reads for one in good):
        return None
    spots = new_spots(text for one in good for text in (one.call.arguments, one.call.result))
    asked = [s for one in good for s in spots_of(one.call.arguments)]
    known = cache(lambda: _plain(*(t.content for t in case.turns), *(c.text for c in calls)))
    return (
        _other_colour(told, spots)
        or _other_code(told, spots, good)
        or _other_sort(told, asked, known)
        or _other_kind(told, asked, known)
        or _other_name(claim, spots, good, known)
        or _other_destination(case, told, spots, good)
    )


def _plain(*texts: str) -> str:
    """Folded, and the parts of names as words of their own."""
    return fold(" ".join(texts)).replace("_", " ")


def _other_colour(told: str, spots: Sequence[Spot]) -> str | None:
    mine = set(_COLOUR.findall(told))
    theirs = {c for s in spots for c in _COLOUR.findall(s.value)}
    named = {s.value for s in spots if s.keys & {"colour", "color"}}
    return another(mine, theirs or named) if mine else None


def _other_code(told: str, spots: Sequence[Spot], good: list[Entry]) -> str | None:
    """ "Seat 14D", "priority P2", where the field of that name says another."""
    worded = told.split()
    for head, following in pairwise(worded):
        if head not in _HEADS or not (mine := _CODE.match(following)):
            continue
        theirs = {s.value for s in spots if head in s.keys and _CODE.fullmatch(s.value)}
        theirs |= {m[1] for s in spots for m in re.finditer(rf"\b{head} ({_CODE.pattern})", s.value)}
        if mine.group().isalpha() and not any(v.isalpha() for v in theirs):
            continue
        if theirs and not any(holds_word(mine.group(), fold(one.text)) for one in good):
            return f"for {', '.join(sorted(theirs))}"
    return None


def _other_name(
    claim: Claim, spots: Sequence[Spot], good: list[Entry], known: Callable[[], str]
) -> str | None:
    """ "Our fraud team", where the field of that name says `billing`; "the Single Basic plan", where it says `family_basic`."""
    told, called = fold(claim.span.text), _plain(*(one.text for one in good))
    asked = {k for one in good for s in spots_of(one.call.arguments) for k in s.keys}
    keyed = {k for k in asked if len(k) >= _AS_CODE} - _PLAIN_MODS - _HEADS
    handed = words("to assignee assigned owner group") if claim.act == "hand over" else frozenset[str]()
    tools = (
        {w for one in good for w in tokens(one.call.name)[1:] if len(w) >= _AS_CODE} - _PLAIN_MODS - _HEADS
    )
    for head, mods in _named(told, _HEADS | keyed | tools):
        kind = _SAME.get(head, head)
        mine = {kind} | (handed if kind == "team" else _ENDS if kind == "account" else frozenset())
        if head in tools - keyed:
            mine |= _KIND_KEY
        values = [
            s.value
            for s in spots
            if any(_SAME.get(k, k) in mine for k in s.keys)
            and not s.keys & ID_KEY
            and _LETTERS.search(s.value)
            and not _ABBREVIATED.fullmatch(s.value)
        ]
        theirs = {w for v in values for w in _LETTERS.findall(v.replace("-", " "))} - {head}
        if not theirs or not mods:
            continue
        shared = any(holds_word(w, told) for w in theirs)
        strange = [m for m in mods if not holds_word(m, called)]
        if head in keyed | tools:
            strange = [m for m in mods if not holds_word(m, known())]
        if not shared and len(strange) == len(mods):
            return f"for {', '.join(sorted(values))}"
        unknown = [
            m
            for m in strange
            if not holds_word(m, known()) and re.search(rf"\b{re.escape(m.capitalize())}\b", claim.span.text)
        ]
        if unknown and not all(holds_word(w, told) for w in theirs):
            return f"for {', '.join(sorted(values))}"
    return None


def _other_sort(told: str, spots: Sequence[Spot], known: Callable[[], str]) -> str | None:
    """Soy milk in words and oat milk in the call, where nobody ever spoke of soy."""
    for spot in spots:
        worded = spot.value.split()
        if spot.keys & MANNER_KEY or _DONE.search(spot.value) or len(worded) > _LONGEST:
            continue
        for sort, head in pairwise(worded):
            if not _LETTERS.fullmatch(sort) or not _LETTERS.fullmatch(head) or holds_word(sort, told):
                continue
            for found in re.finditer(rf"\b([a-z]{{3,}}) {re.escape(head)}s?\b", told):
                if (
                    found[1] not in _PLAIN_MODS | FACTLESS
                    and not _DONE.fullmatch(found[1])
                    and not holds_word(found[1], known())
                ):
                    return f"for {spot.value}"
    return None


def _other_kind(told: str, spots: Sequence[Spot], known: Callable[[], str]) -> str | None:
    """ "To a convertible", where the call says `category: SUV` and nobody spoke of a convertible."""
    values = [
        s.value
        for s in spots
        if not _ABBREVIATED.fullmatch(s.value)
        and s.keys & _KIND_KEY
        and not s.keys & ID_KEY
        and _LETTERS.search(s.value)
    ]
    theirs = {w for v in values for w in _LETTERS.findall(v.replace("-", " "))}
    if not theirs or any(re.search(rf"\b{re.escape(w[:_AS_CODE])}", told) for w in theirs):
        return None
    for found in _COMPLEMENT.finditer(told):
        mine = [w for w in _LETTERS.findall(found["kind"]) if w not in _PLAIN_MODS | FACTLESS]
        if mine and not any(holds_word(w, known()) for w in mine):
            return f"for {', '.join(sorted(values))}"
    return None


def _named(told: str, heads: frozenset[str]) -> list[tuple[str, list[str]]]:
    """Each head with the words that go with it."""
    found = []
    worded = [w.strip(".,;:!?()'\"") for w in told.split()]
    for n, word in enumerate(worded):
        if word not in heads:
            continue
        mods: list[str] = []
        for before in reversed(worded[max(0, n - 3) : n]):
            if (
                not _LETTERS.fullmatch(before)
                or before.endswith("ed")
                or before in _PLAIN_MODS
                or before in FACTLESS
            ):
                break
            mods.append(before)
        found.append((word, mods))
    return found


def _other_destination(case: Case, told: str, spots: Sequence[Spot], good: list[Entry]) -> str | None:
    """ "To the main post office", where the call says another place, and the customer spoke of none such."""
    places = [
        s.value
        for s in spots
        if s.keys & _PLACE_KEY and not s.keys & ID_KEY - {"number"} and _LETTERS.search(s.value)
    ]
    theirs = {
        w for v in places for w in _LETTERS.findall(v) if len(w) >= _AS_CODE
    } - _ANY_PLACE  # PDX is Portland
    if not theirs or any(holds_word(w, told) for w in theirs):
        return None
    called = _plain(*(one.text for one in good))
    said = fold(" ".join(case.customer_turns()))
    for found in _WHERE.finditer(told):
        mine = [w for w in _LETTERS.findall(found["place"]) if w not in _ANY_PLACE | FACTLESS]
        if mine and not any(holds_word(w, called) or holds_word(w, said) for w in mine):
            return f"for {', '.join(sorted(places))}"
    return None
