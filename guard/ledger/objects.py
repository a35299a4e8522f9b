"""Whether calls are about the same thing as a claim: the same ids, amounts, names, and as many of them."""

import re
from collections.abc import Iterable

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import DID, PAST
from guard.ledger.amounts import WHOLE, moved, plain, plain_count, without_money, without_times
from guard.ledger.evidence import Entry, id_values, thing_values
from guard.ledger.fields import as_float, holds
from guard.ledger.results import tokens
from guard.ledger.sums import amounts_match, currencies, fees, moved_by, totals_of
from guard.text import DATE, content, fold, words

ID_LENGTH = 5
"""Characters from which a token with digits names one thing."""
GROUPED = re.compile(r"\b\d{2,5}(?: \d{2,6})+\b")
_RECKONS = re.compile(r"\b(?:minus|less|plus|balance|instead of|down from|total|altogether|deducted|after)\b")
PHONE = 9
"""Last digits by which a telephone number is known, with or without the country's code."""
_DIGITS = re.compile(r"\d[\d.,]*")
_TOGETHER = re.compile(r"\W*(?:(?:and|or|orders?|bookings?|tickets?|both)\W*)*")
_COUNTED = re.compile(
    r"\b(?P<n>both|all (?:two|three|four|five)|(?:two|three|four|five)(?= separate)|each of)(?: of)?(?: your| the| these| those)? ?(?:\w+ )?"
    r"(?:orders|bookings|accounts|tickets|flights|subscriptions|cards|reservations|charges|payments|policies|parcels)\b"
)
_COUNTS = {"both": 2, "each of": 2, "two": 2, "three": 3, "four": 4, "five": 5}
_FREE = re.compile(
    r"\b(?:(?:at|for|with) no (?:extra |additional )?(?:charge|cost|fee)|free of charge|without (?:any |a )?(?:fee|charge|cost)|fee[- ]free)\b"
)
_MONEY = frozenset({"refund", "compensate"})
_METHODS = {
    "gift card": re.compile(r"gift[ _]?card"),
    "card": re.compile(
        r"\b(?:visa|mastercard|amex|american express)|(?:credit|debit)[ _]card|(?<!gift[ _])\bcard\b"
    ),
    "paypal": re.compile(r"paypal"),
    "bank": re.compile(r"\bbank (?:account|transfer)|\bsepa\b|\biban\b"),
    "store credit": re.compile(r"store[ _]credit|\bwallet\b|\bvoucher\b"),
}
"""Ways in which money goes."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*"
DAYS = (
    re.compile(rf"\b{_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"),
)
_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2}):(?P<m>\d\d)\b(?!\s?[ap]\.?m)|\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s?(?P<half>[ap]\.?m)\b"
)
_CLOCK_24 = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)")
_CLASS = re.compile(r"\b(?:basic economy|premium economy|economy|business|first class|comfort)\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}(?:\.[a-z]{2,})?")
_SIZE = re.compile(r"\bsize (x{0,3}[sml]|\d{1,3}|small|medium|large)\b")
_IS = re.compile(r"\b(?:is|are|was|were|has been|have been) (?:now |already |just )?$")
_NOW_ON = re.compile(r"\bnow (?:on|in) (?:the |our )?([^.,;!?]+)")
_NUMERAL = (
    r"(?<![\d,])\d{1,3}(?:,\d{3})+|(?<![\d,])\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|twelve"
)
_COUNTED_THINGS = re.compile(
    rf"\b(?P<n>{_NUMERAL})\s?(?P<unit>gb|mb|months?|weeks?|days?|nights?|people|guests?|persons?|passengers?|points|miles|items?|pieces?|tickets?)\b"
    rf"|\btable for (?P<party>{_NUMERAL})\b"
)
_UNITS = (
    (re.compile("gb|mb"), words("gb mb gigabytes data added")),
    (re.compile("month"), words("months month duration")),
    (re.compile("week"), words("weeks week")),
    (re.compile("day"), words("days")),
    (re.compile("night"), words("nights")),
    (re.compile("people|guest|person|passenger"), words("party guests people persons passengers pax covers")),
    (re.compile("points|miles"), words("points miles")),
    (re.compile("item|piece|ticket"), words("quantity qty")),
)
"""Things that are counted, and the fields that count them."""
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_ALL_N = re.compile(
    rf"\b(?:all|the|both) (?P<n>{_NUMERAL}) (?!(?:days|weeks|months|hours|minutes|years)\b)(?:[a-z]+ )?[a-z]+s\b"
)
_QUANTITY = words("qty quantity count")
_PLACE = re.compile(r"\b(?:flat|unit|room|apartment|seat|table|gate|suite) (\d+[a-z]?)\b")
_PLACE_KEY = words("flat unit room apartment seat table gate suite")
_WHO = r"(?:(?:Dr|Mr|Ms|Mrs|Prof)\.? )?([A-Z][a-z]+(?: [A-Z][a-z]+)?)"
_TO_WHOM = {
    "send": (re.compile(rf"\bto {_WHO}"), words("to recipient")),
    "book": (re.compile(rf"\bwith {_WHO}"), words("provider doctor stylist trainer therapist teacher")),
}
"""How a sentence names the other person of an act, and the fields that do."""
_NAMED = re.compile(r"(?:[A-Z][\w.'-]*)(?: [A-Z][\w.'-]*){0,3}")
_PERSON = re.compile(r"\b([A-Z][a-z]+) ([A-Z][a-z]{2,})\b")
_BIRTH = words("dob birth birthday born")
_METHOD_KEY = words("method payment destination target")
_ISO = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])-(\d{2})(?!\d)")
_TO = re.compile(r"\b(?:to|as|into|from)\b")
_PHRASE_ENDS = re.compile(
    r"[,.;:!?(]|\b(?:for|of|by|in|on|with|within|at|so|and|because|which|that|after|before|since)\b"
)
_NAME = re.compile(r"\b(?:[A-Z][\w'-]+|\w*\d\w*)")
_GENERAL = words(
    "order orders item items purchase subscription account booking reservation product package membership request payment "
    "service plan refund replacement charge money amount card case ticket issue email address details appointment "
    "new old full entire original total broken damaged missing wrong you your the our for them both one"
)
"""Words that tell no thing from another."""


def about_another(
    claim: Claim, case: Case, told: str, good: list[Entry], calls: tuple[Entry, ...]
) -> str | None:
    """Why these calls are about something else, said so that "was called …" goes before it; None where they fit.

    A refund of 40 does not back one of 80, two of 40 do. A call for one order does not back two that are named
    in one breath.
    """
    return (
        _other_ids(claim, told, good, calls)
        or _other_amount(claim, told, good, calls)
        or _not_free(told, good)
        or _other_method(claim, told, good)
        or _other_class(told, good)
        or _other_weekday(told, good)
        or _other_quantity(told, good)
        or _other_mail(told, good)
        or _other_count(told, good)
        or _other_place(told, good)
        or _other_person(claim, case, good)
        or _other_size(told, good)
        or _in_part(told, good)
        or _other_date(claim, told, good)
        or _other_clock(claim, told, good)
        or _fewer(told, good)
        or _not_the_customers(claim, case, told, good, calls)
        or _other_thing(claim, case, good, calls)
    )


def names(claim: Claim, told: str) -> list[str]:
    """Ids of the claim: a token with letters and digits, or four digits and more that are no money, no date and
    not the end of a card number, which calls need not repeat.
    """
    things = without_times(without_money(told))
    found = dict.fromkeys(i.strip("#").lower() for i in claim.ids)
    grouped = " ".join(GROUPED.findall(things))  # "07700 900 612" is one number, and written as one in calls
    return [
        i
        for i in found
        if _names_a_thing(i, told) and holds(i, things) and not (i.isdigit() and holds(i, grouped))
    ]


def _names_a_thing(token: str, told: str) -> bool:
    if not any(c.isalpha() for c in token):
        return (
            len(token) >= ID_LENGTH - 1
            and not DATE.fullmatch(token)
            and not re.search(rf"(?:ending|ends)(?: in| with)?\W*{re.escape(token)}|\b(?:19|20)\d\d\b", told)
        )
    return len(token) >= ID_LENGTH


def _other_ids(claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    several = (
        sum(form.search(told) is not None for form in DID.values()) > 1
    )  # each act may name a thing of its own
    others = "\n".join(
        c.text for c in calls if several and c not in good and not c.reads and c.result == "worked"
    )
    ids = [i for i in names(claim, told) if not any(i in a for a in claim.amounts) and not is_held(i, others)]
    text = "\n".join(c.text for c in good)
    held = {i for i in ids if is_held(i, text)}
    if ids and not held:
        return "for something else"
    if missing := [i for i in ids if i not in held and _in_one_breath(i, held, told)]:
        return f"for {', '.join(sorted(held))}, not for {', '.join(missing)}"
    subject = _subject(claim, told, ids)
    if subject and subject not in held and held:
        return f"for {', '.join(sorted(held))}, not for {subject}"
    return None


def is_held(name: str, text: str) -> bool:
    """The name stands in the text, whatever stands between its parts: 555-310-9904, TK-8831 for 8831, a leading +44."""
    if holds(name, text):
        return True
    digits = re.sub(r"\D", "", name)
    runs = re.findall(r"\d+", re.sub(r"(?<=\d)[-. ](?=\d)", "", text))
    if len(digits) >= PHONE:
        return any(run.endswith(digits[-PHONE:]) for run in runs)
    return len(digits) >= ID_LENGTH - 1 and digits in runs and not re.search(r"\d\D+\d", name)


def _subject(claim: Claim, told: str, ids: list[str]) -> str | None:
    """The id that the act is told of: "order 6621 is cancelled, and 6620 carries on"."""
    form = PAST.get(claim.act)
    verb = form.search(told) if form else None
    before = [i for i in ids if verb and 0 <= told.find(i) < verb.start()]
    return before[-1] if before else None


def _in_one_breath(name: str, held: set[str], told: str) -> bool:
    """The name stands beside one that a call holds, with nothing but "and" or a comma between."""
    at = told.find(name)
    for other in held:
        where = told.find(other)
        between = (
            told[where + len(other) : at].removesuffix("#") if where < at else told[at + len(name) : where]
        )
        if where >= 0 and _TOGETHER.fullmatch(between):
            return True
    return False


def _other_amount(claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    if claim.act not in _MONEY and not any(one.acts & _MONEY for one in good):
        return None
    amounts = [m.value for m in moved(told)] or [
        plain(d.group()) for d in map(_DIGITS.search, claim.amounts) if d
    ]
    changing = [c for c in calls if not c.reads and c.result in ("worked", "pending", "waiting")]
    fits = any(amounts_match(a, good) for a in amounts) and all(amounts_match(a, changing) for a in amounts)
    if amounts and not fits and not _reckoned(told):
        return "for another amount"
    named = {m.currency for m in moved(told) if m.currency}
    paid = {c for one in good for c in currencies(one)}
    return f"in {', '.join(sorted(paid))}" if named and paid and not named & paid else None


def _reckoned(told: str) -> bool:
    """The sentence reckons: "$84.99 ($89.99 minus the $5.00 fee)", "so your balance is now $42.10"."""
    return _RECKONS.search(told) is not None


def _other_date(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """A day of the claim, where the calls were made for other days: May 22 and `2024-05-23`."""
    looked = all(one.reads for one in good)
    if claim.act in ("refund", "compensate", "send") and not looked:
        return None  # a day in these sentences is that of the purchase
    mine = {(m["month"][:3], int(m["day"])) for form in DAYS for m in form.finditer(told)}
    born = "birth" in told
    fields = [f for one in good for f in (one.got if looked else one.asked)]
    theirs = _days(v for k, v in fields if born or not set(tokens(k)) & _BIRTH)
    shown = _days(one.call.result for one in good)
    ends = len(mine) > 1 and len(theirs) > 1 and not mine <= theirs | shown  # from May 3 to May 6
    return f"for {_said(theirs)}" if mine and theirs and (ends or not mine & (theirs | shown)) else None


def _days(values: Iterable[object]) -> set[tuple[str, int]]:
    return {(_MONTHS[int(m) - 1], int(d)) for value in values for m, d in _ISO.findall(str(value))}


def _other_method(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """To a card in words, and to a gift card in the call."""
    if claim.act not in _MONEY:
        return None
    mine = {way for way, form in _METHODS.items() if form.search(told)}
    values = [str(v) for one in good for k, v in (*one.asked, *one.got) if set(tokens(k)) & _METHOD_KEY]
    theirs = {way for way, form in _METHODS.items() for v in values if form.search(fold(v))}
    return f"to {', '.join(sorted(theirs))}" if mine and theirs and not mine & theirs else None


def _other_weekday(told: str, good: list[Entry]) -> str | None:
    mine = set(_WEEKDAY.findall(told))
    theirs = {d for one in good for d in _WEEKDAY.findall(fold(one.text))}
    return f"for {', '.join(sorted(theirs))}" if mine and theirs and not mine & theirs else None


def _other_quantity(told: str, good: list[Entry]) -> str | None:
    """ "All five chairs", where the call says a quantity of 2."""
    found = _ALL_N.search(told)
    shown = {
        n
        for one in good
        for k, v in one.asked
        if set(tokens(k)) & _QUANTITY and (n := as_float(v)) is not None
    }
    if found and len(shown) == 1 and plain_count(found["n"]) not in shown:
        return f"for {shown.pop():g} of them"
    return None


def _other_count(told: str, good: list[Entry]) -> str | None:
    """ "5 GB", "for two months", "a table for four", where a field of the call says another number of the same."""
    counts: dict[int, set[float]] = {}
    for found in _COUNTED_THINGS.finditer(told):
        unit = next(n for n, (form, _) in enumerate(_UNITS) if form.match(found["unit"] or "people"))
        counts.setdefault(unit, set()).add(plain_count(found["n"] or found["party"]))
    for unit, wanted in counts.items():
        keys = _UNITS[unit][1]
        fields = [(k, v) for one in good for k, v in (*one.asked, *one.got) if set(tokens(k)) & keys]
        shown = {n for _, v in fields if (n := as_float(v)) is not None}
        scaled = {w * scale for w in wanted for scale in (1, 1000, 1024, 0.001)}
        if shown and not scaled & shown:
            return f"for {', '.join(f'{n:g}' for n in sorted(shown))}"
    return None


def _other_place(told: str, good: list[Entry]) -> str | None:
    """ "Flat 12", where the call says unit 21."""
    mine = {m[1] for m in _PLACE.finditer(told)}
    theirs = {
        fold(str(v)) for one in good for k, v in one.asked if set(tokens(k)) & _PLACE_KEY and str(v).strip()
    }
    places = {digits for v in theirs for digits in re.findall(r"\d+[a-z]?", v)}
    return f"for {', '.join(sorted(theirs))}" if mine and places and not mine & places else None


def _other_person(claim: Claim, case: Case, good: list[Entry]) -> str | None:
    """ "Ana Lind", where the call says Anton Lind; "to Paul Dean", where it went to Joan Ferris."""
    if all(one.reads for one in good):
        return None
    called = fold(" ".join(one.text for one in good))
    said = fold(" ".join(t.content for t in case.turns))
    for first, family in _PERSON.findall(claim.span.text):
        full = fold(f"{first} {family}")
        if (
            full in said
            and full not in called
            and fold(first) not in called
            and holds_word(fold(family), called)
        ):
            return f"for another {family}"
    told = _TO_WHOM.get(claim.act)
    named = {fold(m[1]) for m in told[0].finditer(claim.span.text)} if told else set()
    whom = [
        str(v)
        for one in good
        for k, v in (*one.asked, *one.got)
        if told and set(tokens(k)) & told[1] and _NAMED.fullmatch(str(v))
    ]
    if whom and named and all(n in said and not any(holds_word(w, called) for w in n.split()) for n in named):
        return f"for {whom[0]}"
    return None


def _other_mail(told: str, good: list[Entry]) -> str | None:
    """To anna@example.com in words, and to bob@example.com in the call."""
    mine = set(_MAIL.findall(told))
    theirs = {m for one in good for m in _MAIL.findall(fold(one.call.arguments))}
    return f"for {', '.join(sorted(theirs))}" if mine and theirs and not mine & theirs else None


def _other_size(told: str, good: list[Entry]) -> str | None:
    mine = set(_SIZE.findall(told))
    theirs = {
        fold(str(v)) for one in good for k, v in one.asked if "size" in tokens(k) and isinstance(v, str | int)
    }
    return f"for size {', '.join(sorted(theirs))}" if mine and theirs and not mine & theirs else None


def _in_part(told: str, good: list[Entry]) -> str | None:
    """ "In full", where the result names a total above what was moved."""
    if not WHOLE.search(told) or moved(told):
        return None
    for one in good:
        sums, totals = moved_by(one), totals_of(one)
        if sums and totals and max(sums) + 0.005 < max(totals):
            return f"for {max(sums):g} of {max(totals):g}"
    return None


def _other_class(told: str, good: list[Entry]) -> str | None:
    """ "Business class", where the call says premium economy."""
    mine = set(_CLASS.findall(told))
    values = [
        fold(str(v)).replace("_", " ")
        for one in good
        for k, v in one.asked
        if "cabin" in tokens(k) or "class" in tokens(k)
    ]
    theirs = {c for v in values for c in _CLASS.findall(v)}
    return f"for {', '.join(sorted(theirs))}" if mine and theirs and not mine & theirs else None


def _other_clock(claim: Claim, told: str, good: list[Entry]) -> str | None:
    """ "At 10 am", where the call and its result say 14:00."""
    if claim.act not in ("book", "change", "act"):
        return None
    mine = {_clock(m) for m in _CLOCK.finditer(told)}
    theirs = {(int(h), int(m)) for one in good for h, m in _CLOCK_24.findall(one.text)}
    shown = ", ".join(f"{h}:{m:02}" for h, m in sorted(theirs))
    return f"for {shown}" if mine and theirs and not mine & theirs else None


def _clock(match: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(match["h"] or match["hour"]), int(match["m"] or match["minute"] or 0)
    half = (match["half"] or "").replace(".", "")
    return (hour % 12 + 12 * (half == "pm") if half else hour, minute)


def _said(days: set[tuple[str, int]]) -> str:
    return ", ".join(f"{month.capitalize()} {day}" for month, day in sorted(days))


def _not_free(told: str, good: list[Entry]) -> str | None:
    """ "At no charge", where the result names a fee."""
    fee = next((f for one in good for f in fees(one)), None) if _FREE.search(told) else None
    return f"with a fee of {fee:g}" if fee else None


def _fewer(told: str, good: list[Entry]) -> str | None:
    """ "Both orders" and one call about one of them."""
    if not (counted := _COUNTED.search(told)):
        return None
    wanted = _COUNTS[counted["n"].removeprefix("all ")]
    calls = {(c.call.name, c.call.arguments) for c in good}
    listed = any("[" in c.call.arguments or "[" in c.call.result or not id_values(c) for c in good)
    return None if listed or len(calls) >= wanted else f"{len(calls)} of {wanted} times"


def _not_the_customers(
    claim: Claim, case: Case, told: str, good: list[Entry], calls: tuple[Entry, ...]
) -> str | None:
    """A claim without an id is about what the customer named: order 4411, where the call was about order 9920.

    Only ids of one shape are compared, and only where nothing else ever mentions the id of the call.
    """
    if names(claim, told):
        return None
    said = " ".join(fold(t.content) for t in case.turns)
    for one in good:
        for value in id_values(one):
            shape = _shape(value)
            wanted = {w for w in re.findall(r"[a-z0-9-]*\d[a-z0-9-]*", said) if _shape(w) == shape}
            known = holds(value, said) or any(holds(value, c.text) for c in calls if c is not one)
            if wanted and not known and not any(holds(w, one.text) for w in wanted):
                return f"for {value}, not for {', '.join(sorted(wanted))}"
    return None


def _shape(name: str) -> str:
    """How an id looks: "ab-1234" and "ab-9876" alike."""
    return re.sub(r"\d", "0", name.lower().strip("#"))


def _other_thing(claim: Claim, case: Case, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """The claim names a thing that the customer spoke of and no call knows, and the call names another.

    A name or a number tells things apart at once; plain words do only where both things were spoken of.
    """
    spoken = claim.span.text
    phrase = _object(spoken, claim.act)
    things = thing_values(good)
    if not phrase or not things:
        return None
    told = fold(spoken)
    mine = {value: _distinct(value) for value in things}
    if any(not ws or ws & _distinct(told) for ws in mine.values()):
        return None
    customers = fold(" ".join(case.customer_turns()))
    called = fold(" ".join(c.text for c in calls))
    others = {w for w in _distinct(fold(phrase)) if holds_word(w, customers) and not holds_word(w, called)}
    named = {fold(m.group()) for m in _NAME.finditer(phrase)}
    said = fold(" ".join(t.content for t in case.turns))
    for value, ws in mine.items():
        plain = len(value.split()) == 1 and value.isalpha() and not any(holds_word(w, said) for w in ws)
        if others & named or (others and plain) or (others and all(holds_word(w, said) for w in ws)):
            return f"for {value}"
    return None


def _object(spoken: str, act: str) -> str:
    """What the act was done to: behind the verb, or before it where the sentence says that something is or was done."""
    if act == ANY_ACT and (now := _NOW_ON.search(spoken)):
        return f"{spoken[: now.start()]} {now[1]}"
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
    return phrase[: goes.start()] if goes and act in ("refund", "compensate", "send", "ship") else phrase


def _distinct(text: str) -> frozenset[str]:
    found = re.findall(r"[a-z][a-z'-]{2,}|\d+", text.lower())
    return frozenset(w for w in found if w not in _GENERAL and (w.isdigit() or content(w)))


def holds_word(word: str, text: str) -> bool:
    """The word stands in a folded text, with or without an ending."""
    return re.search(rf"\b{re.escape(word)}(?:s|es)?\b", text) is not None
