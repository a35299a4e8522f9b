"""Whether calls are about the thing that a claim names in words: its name, its class, its size, its place."""

import re

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import MONEY, PAST
from guard.ledger.evidence import Entry, details, is_description, thing_values
from guard.ledger.fields import another, holds_word, tokens
from guard.ledger.spots import leaves_of, new_spots
from guard.text import content, fold, words

_CLASS = re.compile(r"\b(?:basic economy|premium economy|economy|business|first class|comfort)\b")
_TOLD_CLASS = re.compile(
    r"\b(?:basic economy|premium economy|economy|first class|(?:business|comfort)(?= (?:class|cabin|seats?|fares?|tickets?)\b)"
    r"|(?:(?<=\bto )|(?<=\bin )|(?<=\binto ))business(?=\W*$|[.,;!?]| (?:on|for|from)\b))"
)
"""A class in a sentence, where "business days" and "for your comfort" are none."""
_SIZE = re.compile(r"\bsize (x{0,3}[sml]|\d{1,3}|small|medium|large)\b")
_IN_SIZE = re.compile(
    r"\b(?:in|for|to) (?:an? |the )?(small|medium|large|extra large|x{1,3}l|xs)\b(?=$|[.,;:!)]| (?:in|and|instead|on|at|from)\b)"
)
_SIZES = {"s": "small", "m": "medium", "l": "large", "xl": "extra large", "xs": "extra small"}
_PLACE = re.compile(r"\b(flat|unit|room|apartment|seat|table|gate|suite) (\d+[a-z]?)\b")
_PLACES = (words("flat unit room apartment suite"), words("seat"), words("table"), words("gate"))
"""Kinds of places; a seat is told from another seat, and from no gate."""
_IS = re.compile(r"\b(?:is|are|was|were|has been|have been) (?:now |already |just )?$")
_NOW_ON = re.compile(r"\bnow (?:on|in) (?:the |our )?([^.,;!?]+)")
_TO = re.compile(r"\b(?:to|as|into|from)\b")
_PHRASE_ENDS = re.compile(
    r"[,.;:!?(]|\b(?:for|of|by|in|on|with|within|at|so|and|because|which|who|that|after|before|since)\b"
)
_NAME = re.compile(r"\b(?:[A-Z][\w'-]+|\w*\d\w*)")
_OBJECT_KEY = words(
    "treatment lesson class tour meal dish drink package workshop event show film vehicle car model cover coverage benefit repair exam test vaccine procedure therapy session item part product article service extra option add addon activity course device accessory spare goods thing topic title"
)
_NOT_ITSELF = words("id sku code colour color size pattern reason note type status material kind")
_LOOSE = words(
    "spare part parts piece pieces copy version thing stuff free request change option extra everything"
)
_ORDERED = re.compile(
    r"(?:\b[Ii]|\b[Ww]e)(?:'ve| have)? (?:now |just |also |already )?\w+ed (?:you )?(?:an?|the|your|another) (?P<after>[a-z -]{3,40}?)(?= (?:for|to|on|in|at|with|from|under|and)\b|[.,;!]|$)"
    r"|\b(?:[Aa]n?|[Tt]he|[Yy]our|[Aa]nother) (?P<before>[a-z -]{3,40}?) (?:is|are|has been|have been|was) (?:now |all |already )?(?:\w+ed\b|on (?:its|the) way|set up)"
)
_STEM = 4
_GENERAL = words(
    "order orders item items purchase subscription account booking reservation product package membership request payment "
    "service plan refund replacement charge money amount card case ticket issue email address details appointment "
    "new old full entire original total broken damaged missing wrong you your the our for them both one"
)
"""Words that tell no thing from another."""


def other_thing(claim: Claim, case: Case, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """The claim names a thing that the customer spoke of and no call knows, and the call names another.

    A name or a number tells things apart at once; plain words do only where both things were spoken of.
    """
    spoken = claim.span.text
    phrase = _object(spoken, claim.act)
    things = thing_values(good)
    if not phrase or not things:
        return None
    told = fold(spoken)
    mine = {value: _distinct(value.replace("_", " ")) for value in things}
    customers = fold(" ".join(case.customer_turns()))
    called = fold(" ".join(f"{' '.join(tokens(c.call.name))} {c.text}" for c in calls))
    others = {w for w in _distinct(fold(phrase)) if holds_word(w, customers) and not holds_word(w, called)}
    named = {fold(m.group()) for m in _NAME.finditer(phrase)}
    said = fold(" ".join(t.content for t in case.turns))
    spoken_of = {w for w in _distinct(told) if not w.isdigit()}
    about = any(_distinct(fold(v).replace("_", " ")) & spoken_of for v in details(good))
    if about or any(not ws or ws & _distinct(told) for ws in mine.values()):
        return _other_sort(others, mine, told, said)
    for value, ws in mine.items():
        unspoken = not any(holds_word(w, said) for w in ws)
        if others and unspoken and is_description(value):
            return f"for {value}"
        one_word = len(value.split()) == 1 and value.isalpha() and not any(holds_word(w, said) for w in ws)
        if others & named or (others and one_word) or (others and all(holds_word(w, said) for w in ws)):
            return f"for {value}"
    return None


def unknown_object(claim: Claim, told: str, good: list[Entry], known: str) -> str | None:
    """ "I've ordered the drum belt", where the call says `part: door seal` and nobody ever spoke of a belt."""
    spoken = claim.span.text
    phrase = _object(spoken, claim.act) or _object_of(spoken)
    mine = {w for w in _distinct(fold(phrase)) if not w.isdigit() and w not in _LOOSE}
    values = [
        v
        for one in good
        for path, v in leaves_of(one.call.arguments)
        if path & _OBJECT_KEY and not path & _NOT_ITSELF and re.fullmatch(r"[A-Za-z][A-Za-z _-]{3,40}", v)
    ]
    if not mine or not values or any(_in_any_form(w, known) for w in mine):
        return None
    theirs = {w for v in values for w in _distinct(fold(v).replace("_", " "))}
    return None if not theirs or any(_in_any_form(w, told) for w in theirs) else f"for {values[0]}"


def _object_of(spoken: str) -> str:
    """ "I've ordered the drum belt", "a new drain pump is ordered"."""
    found = _ORDERED.search(spoken)
    return (found["after"] or found["before"] or "") if found else ""


def _in_any_form(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word[:_STEM])}", text) is not None


def _other_sort(others: set[str], things: dict[str, frozenset[str]], told: str, said: str) -> str | None:
    """The firm mattress in words, the soft one in the call: one head, and on each side a word that the other lacks."""
    for value, ws in things.items():
        head = value.split()[-1]
        unsaid = {w for w in ws if not holds_word(w, said) and not holds_word(w, told)}
        beside = any(re.search(rf"\b{re.escape(w)} {re.escape(head)}", told) for w in others)
        if is_description(value) and head not in unsaid and unsaid and beside:
            return f"for {value}"
    return None


def other_class(told: str, good: list[Entry]) -> str | None:
    """ "Business class", where the call says premium economy."""
    mine = set(_TOLD_CLASS.findall(told))
    values = [
        fold(str(v)).replace("_", " ")
        for one in good
        for k, v in one.asked
        if "cabin" in tokens(k) or "class" in tokens(k)
    ]
    theirs = {c for v in values for c in _CLASS.findall(v)}
    return another(mine, theirs)


def other_size(told: str, good: list[Entry]) -> str | None:
    """ "In size M", where the call says size L."""
    mine = {_SIZES.get(size, size) for form in (_SIZE, _IN_SIZE) for size in form.findall(told)}
    theirs = {
        _SIZES.get(s.value, s.value)
        for s in new_spots(one.call.arguments for one in good)
        if "size" in s.keys
    }
    return another(mine, theirs, "for size")


def other_place(told: str, good: list[Entry]) -> str | None:
    """ "Flat 12", where the call says unit 21."""
    for kind in _PLACES:
        mine = {m[2] for m in _PLACE.finditer(told) if m[1] in kind}
        theirs = {
            fold(str(v)) for one in good for k, v in one.asked if set(tokens(k)) & kind and str(v).strip()
        }
        places = {digits for v in theirs for digits in re.findall(r"\d+[a-z]?", v)}
        if mine and places and not mine & places:
            return f"for {', '.join(sorted(theirs))}"
    return None


def _object(spoken: str, act: str) -> str:
    """What the act was done to: behind the verb, or before it where the sentence says that something is or was done."""
    if act == ANY_ACT and (now := _NOW_ON.search(spoken)):
        return f"{spoken[: now.start()]} {_PHRASE_ENDS.split(now[1], maxsplit=1)[0]}"
    folded = fold(spoken)
    form = PAST.get(act)
    found = form.search(folded) if form and len(folded) == len(spoken) else None
    if not found:
        return ""
    if passive := _IS.search(folded[: found.start()]):
        return spoken[: passive.start()]
    rest = spoken[found.end() :]
    cut = _PHRASE_ENDS.search(rest)
    phrase = rest[: cut.start()] if cut else rest
    goes = _TO.search(phrase)
    # "refunded the lamp to your Visa" is about the lamp; "changed your address to 12 Oak Street" is about the street.
    return phrase[: goes.start()] if goes and act in MONEY | {"send", "ship"} else phrase


def _distinct(text: str) -> frozenset[str]:
    found = re.findall(r"[a-z][a-z'-]{2,}|\d+", text.lower())
    return frozenset(w for w in found if w not in _GENERAL and (w.isdigit() or content(w)))
