"""Whether calls moved as much, and as many, as a claim says: amounts, fees, quantities."""

import re

from guard.assessment import Claim
from guard.ledger.acts import MONEY
from guard.ledger.amounts import WHOLE, money_in, moved, plain, plain_count
from guard.ledger.evidence import Entry, id_values
from guard.ledger.fields import another, as_float, tokens
from guard.ledger.sums import amounts_match, currencies, fees, moved_by, plain_numbers, stated_sums, totals_of
from guard.text import words

_DIGITS = re.compile(r"\d[\d.,]*")
_LEAST_SUM = 2
"""Numbers from which a field may hold a sum; smaller ones count things."""
_RECKONS = re.compile(r"\b(?:minus|less|plus|balance|instead of|down from|total|altogether|deducted|after)\b")
_FREE = re.compile(
    r"\b(?:(?:at|for|with) no (?:extra |additional )?(?:charge|cost|fee)|free of charge|without (?:any |a )?(?:fee|charge|cost)|fee[- ]free)\b"
)
_NUMERAL = (
    r"(?<![\d,])\d{1,3}(?:,\d{3})+|(?<![\d,])\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|twelve"
)
_COUNTED_THINGS = re.compile(
    rf"\b(?P<n>{_NUMERAL})\s?(?P<unit>gb|mb|months?|weeks?|days?|nights?|people|guests?|persons?|passengers?|points|miles|items?|pieces?|tickets?)\b"
    rf"|\btable for (?P<party>{_NUMERAL})\b(?!\s?(?:[ap]\.?m\b|:\d|o'clock))|(?<![\d.,])(?P<share>\d{{1,3}})\s?(?:%|percent\b)|\bthe (?P<nth>\d{{1,2}})(?:st|nd|rd|th) of (?:each|every|the) month\b"
)
_UNITS = (
    (re.compile("gb|mb"), words("gb mb gigabytes data added")),
    (re.compile("month"), words("months month duration")),
    (re.compile("week"), words("weeks week")),
    (re.compile("nth"), words("day")),
    (re.compile("percent"), words("percent percentage pct")),
    (re.compile("day"), words("days")),
    (re.compile("night"), words("nights")),
    (re.compile("people|guest|person|passenger"), words("party guests people persons passengers pax covers")),
    (re.compile("points|miles"), words("points miles")),
    (re.compile("item|piece|ticket"), words("quantity qty")),
)
"""Things that are counted, and the fields that count them."""
_WHEN = words("since until ago before after expiry expires expiration exp")
_UNIT_OF = {"party": "people", "share": "percent", "nth": "nth"}
"""What is counted where no word behind the number says so."""
_QUANTITY = words("qty quantity count")
_COUNT_KEY = _QUANTITY.union(*(keys for _, keys in _UNITS)) - words("added data duration day")
"""Fields that count things, whatever else their names say: `total_items` is no money."""
_ALL_N = re.compile(
    rf"\b(?:all|the|both) (?P<n>{_NUMERAL}) (?!(?:days|weeks|months|hours|minutes|years)\b)(?:[a-z]+ )?[a-z]+s\b"
)
_COUNTED = re.compile(
    r"\b(?P<n>both|all (?:two|three|four|five)|(?:two|three|four|five)(?= separate)|each of)(?: of)?(?: your| the| these| those)? ?(?:\w+ )?"
    r"(?:orders|bookings|accounts|tickets|flights|subscriptions|cards|reservations|charges|payments|policies|parcels)\b"
)
_COUNTS = {"both": 2, "each of": 2, "two": 2, "three": 3, "four": 4, "five": 5}


def other_amount(claim: Claim, told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """80 in words where the calls moved 40, or dollars where they moved euros."""
    if claim.act not in MONEY and (other := _other_sum(told, good, calls)):
        return other
    if claim.act not in MONEY and not any(one.acts & MONEY for one in good):
        return None
    amounts = [m.value for m in moved(told)] or [
        plain(d.group()) for d in map(_DIGITS.search, claim.amounts) if d
    ]
    changing = [c for c in calls if not c.reads and c.result in ("worked", "pending", "waiting")]
    shown = {abs(n) for one in changing for n in plain_numbers(one)}  # what is left, or what it cost before
    fits = any(amounts_match(a, good) for a in amounts) and all(
        amounts_match(a, changing) or any(abs(a - n) < 0.005 for n in shown) for a in amounts
    )
    if amounts and not fits and not reckoned(told):
        return "for another amount"
    named = {m.currency for m in moved(told) if m.currency}
    paid = {c for one in good for c in currencies(one)}
    return another(named, paid, "in")


def _other_sum(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """A limit of 8,000 where the call set one of 6,000: none of the sums in words is in the calls, which name others."""
    mine = [m.value for m in money_in(told)]
    sums = (n for one in good if not one.reads for n in stated_sums(one, _COUNT_KEY))
    theirs = {abs(n) for n in sums if abs(n) >= _LEAST_SUM}
    every = {abs(n) for one in calls if not one.reads for n in plain_numbers(one)}
    known = {*every, *(n / 100 for n in every)}
    if not mine or not theirs or reckoned(told) or any(abs(m - n) < 0.005 for m in mine for n in known):
        return None
    return f"for {', '.join(f'{n:g}' for n in sorted(theirs))}"


def not_free(told: str, good: list[Entry]) -> str | None:
    """ "At no charge", where the result names a fee."""
    fee = next((f for one in good for f in fees(one)), None) if _FREE.search(told) else None
    return f"with a fee of {fee:g}" if fee else None


def in_part(told: str, good: list[Entry]) -> str | None:
    """ "In full", where the result names a total above what was moved."""
    if not WHOLE.search(told) or moved(told):
        return None
    for one in good:
        sums, totals = moved_by(one), totals_of(one)
        if sums and totals and max(sums) + 0.005 < max(totals):
            return f"for {max(sums):g} of {max(totals):g}"
    return None


def other_quantity(told: str, good: list[Entry]) -> str | None:
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


def other_count(told: str, good: list[Entry]) -> str | None:
    """ "5 GB", "for two months", "a table for four", where a field of the call says another number of the same."""
    counts: dict[int, set[float]] = {}
    for found in _COUNTED_THINGS.finditer(told):
        unit = next(
            n
            for n, (form, _) in enumerate(_UNITS)
            if form.match(found["unit"] or _UNIT_OF[str(found.lastgroup)])
        )
        counts.setdefault(unit, set()).add(plain_count(found["n"] or found[str(found.lastgroup)]))
    for unit, wanted in counts.items():
        keys = _UNITS[unit][1]
        fields = [(k, v) for one in good for k, v in (*one.asked, *one.got) if _counts(set(tokens(k)), keys)]
        shown = {n for _, v in fields if (n := as_float(v)) is not None}
        scaled = {w * scale for w in wanted for scale in (1, 1000, 1024, 0.001)}
        left = {
            n for one in good for n in plain_numbers(one)
        }  # a balance, which the result shows beside what moved
        if shown and not scaled & (shown | left):
            return f"for {', '.join(f'{n:g}' for n in sorted(shown))}"
    return None


def _counts(words: set[str], keys: frozenset[str]) -> bool:
    """The field counts these: `pause_months` does, `expiry_month` and `days_since_delivery` say when."""
    return bool(words & keys) and not words & _WHEN


def fewer(told: str, good: list[Entry]) -> str | None:
    """ "Both orders" and one call about one of them."""
    if not (counted := _COUNTED.search(told)):
        return None
    wanted = _COUNTS[counted["n"].removeprefix("all ")]
    calls = {(c.call.name, c.call.arguments) for c in good}
    listed = any("[" in c.call.arguments or "[" in c.call.result or not id_values(c) for c in good)
    return None if listed or len(calls) >= wanted else f"{len(calls)} of {wanted} times"


def reckoned(told: str) -> bool:
    """The sentence reckons: "$84.99 ($89.99 minus the $5.00 fee)", "so your balance is now $42.10"."""
    return _RECKONS.search(told) is not None
