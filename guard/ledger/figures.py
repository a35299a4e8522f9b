"""Whether calls moved as much, and as many, as a claim says: amounts, fees, quantities."""

import re
from itertools import combinations

from guard.assessment import Claim
from guard.ledger.acts import MONEY
from guard.ledger.amounts import WHOLE, money_in, moved, percents_in, plain, plain_count, written
from guard.ledger.evidence import ID_KEY, Entry, id_values
from guard.ledger.fields import another, as_float, holds, plain_fields, tokens, values
from guard.ledger.spots import leaves_of, lists_in, new_spots, spots_of
from guard.ledger.sums import amounts_match, currencies, fees, moved_by, plain_numbers, stated_sums, totals_of
from guard.text import content, fold, words

_DIGITS = re.compile(r"\d[\d.,]*")
_BEFORE = re.compile(
    r"\b(?:from|was|were|instead of|rather than|before|previous\w*|original\w*|old|down|up|off|difference|between)\b"
)
_STEM = 4
_LEAST_SUM = 2
"""Numbers from which a field may hold a sum; smaller ones count things."""
_MOST_RECKONED = 30
"""Numbers of which sums and differences are tried."""
_MOST_TIMES = 10
_HALF_A_CENT = 0.005
_RECKONS = re.compile(r"\b(?:minus|less|plus|balance|instead of|down from|total|altogether|deducted|after)\b")
_IS_BACK = re.compile(
    r"(?: [a-z]+){0,3}? (?:is|are|was|were|has been|have been|has|have)? ?(?:now |already |just |all )*(?:back|refunded|returned|credited|reimbursed|paid out|paid back|on (?:its|the) way|gone back|went back|landed|arrived)\b"
)
_GAVE = re.compile(
    r"\b(?:credited|refunded|returned|reimbursed|paid out|paid back|gave|given|sent back|put back)(?: you| back)*(?: with| the| a| an| all| full)*(?: refund of| amount of| sum of)? ?$|\bgot (?:back )?$"
)
_IS_NUMBER = re.compile(
    r"\b(?:is|are|was|costs?|comes to|makes?|number|holds?) (?:now |only |just |about )*(\d{3,7}(?:[.,]\d\d)?)(?![\w:/%-]|[.,]\d| \d| (?:days?|hours?|weeks?|minutes?|am|pm)\b)"
)
_SUBTRACTS = re.compile(r"\b(?:minus|less|plus|deducted|together|difference)\b")
_FREE = re.compile(
    r"\b(?:(?:at|for|with) no (?:extra |additional )?(?:charge|cost|fee)|free of charge|without (?:any |a )?(?:fee|charge|cost)|fee[- ]free)\b"
)
_NUMERAL = r"(?<![\d,])\d{1,3}(?:,\d{3})+|(?<![\d,])\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty"
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
_MOST_COUNTED = 1000
_WHY = words("reason message error errors note detail why code")
_EVERY = re.compile(r"\b(?:both|all|each|every|everything|everyone)\b")
_NOT_ALL = re.compile(
    r"\b(?:not|no|except|but|only|without|fail\w*|missing|could|skipped|left|rest|other|else)\b|n't\b"
)
_QUANTITY = words("qty quantity count")
_COUNT_KEY = _QUANTITY.union(*(keys for _, keys in _UNITS)) - words("added data duration day")
"""Fields that count things, whatever else their names say: `total_items` is no money."""
_ALL_N = re.compile(
    rf"\b(?:all|the|both) (?P<n>{_NUMERAL}) (?!(?:days|weeks|months|hours|minutes|years)\b)(?:[a-z]+ )?[a-z]+s\b"
)
_COUNT_WORDS = words("count qty quantity number")
_COUNTED = re.compile(
    r"\b(?P<n>both|all (?:two|three|four|five)|(?:two|three|four|five)(?= separate)|each of)(?: of)?(?: your| the| these| those)? ?(?:\w+ )?"
    r"(?P<what>orders|bookings|accounts|tickets|flights|subscriptions|cards|reservations|charges|payments|policies|parcels)\b"
)
_N_THINGS = re.compile(
    rf"(?<!:)\b(?P<n>{_NUMERAL}|one) (?:[$€£]\d[\d.,]* )?(?P<things>(?!(?:days|weeks|months|hours|minutes|years|nights|times?|business|working|calendar|percent|of|or|to|and|for|in|on|at|with)\b)(?:(?!(?:for|and|or|to|in|on|at|of|with|from|by|your|the|{_NUMERAL})\b)[a-z-]+ ){{0,3}}?[a-z]{{3,}}s|(?<=one )(?!of\b|more\b|day\b|week\b|month\b|hour\b|year\b|night\b|time\b)[a-z]{{3,}})\b"
)
"""A number and the plural of what it counts."""
_BOTH = re.compile(
    r"\b(?:are|were|have|been|is|now) (?:now |been )?both\b|\bboth (?:are|were|have|now|of (?:them|these|those|your|the))\b|\bboth (?!the\b|your\b|of\b|as\b|a\b|in\b|for\b|on\b|by\b|sides|ways|directions|and\b)(?:[a-z]+ )?[a-z]+s\b(?! and\b)"
)
_AND = re.compile(r"\band\b|[,;+&]")
_ALL = re.compile(r"\b(?:all|both|every|each|any)\b")
_OF_YOU = re.compile(r"\b(?:all )?(?P<n>both|two|three|four|five|six|seven|eight|\d) of (?:you|them)\b")
NEGATIVE = words("not failed skipped rejected missing declined unavailable errors")
"""Keys of those for whom it was not done."""
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
    shown = {abs(n) for one in changing for n in plain_numbers(one)} - _past(
        told, changing
    )  # what is left, or what it cost before
    fits = any(amounts_match(a, good) for a in amounts) and all(
        amounts_match(a, changing) or any(abs(a - n) < 0.005 for n in shown) for a in amounts
    )
    if amounts and not fits and not reckoned(told):
        return "for another amount"
    named = {m.currency for m in moved(told) if m.currency}
    paid = {c for one in good for c in currencies(one)}
    return another(named, paid, "in")


def _past(told: str, calls: list[Entry]) -> set[float]:
    """Numbers that only fields of what was before hold, for a sentence that does not speak of that."""
    if _BEFORE.search(told):
        return set()
    texts = [t for c in calls for t in c.texts]
    every = {n for t in texts for s in spots_of(t) if (n := as_float(s.value)) is not None}
    return every - {n for s in new_spots(texts) if (n := as_float(s.value)) is not None}


def other_moved(told: str, worked: list[Entry]) -> str | None:
    """ "£20.75 is back in your wallet", where £11.75 was credited and the balance is £20.75 now."""
    paying = [c for c in worked if not c.reads and c.acts & MONEY and moved_by(c)]
    mine = [
        m
        for m in money_in(told)
        if _IS_BACK.match(told, m.end) or _GAVE.search(told[max(0, m.start - 40) : m.start])
    ]
    if not paying or any(amounts_match(m.value, paying) for m in mine) or reckoned(told):
        return None
    return f"of {', '.join(f'{n:g}' for c in paying for n in moved_by(c)[:1])}" if mine else None


def _other_sum(told: str, good: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """A limit of 8,000 where the call set one of 6,000: none of the sums in words is in the calls, which name others."""
    mine = [m.value for m in money_in(told)]
    sums = (n for one in good if not one.reads for n in stated_sums(one, _COUNT_KEY))
    theirs = {abs(n) for n in sums if abs(n) >= _LEAST_SUM}
    every = {abs(n) for one in calls if not one.reads for n in plain_numbers(one)} - _past(told, good)
    known = {*every, *(n / 100 for n in every)}
    if not mine or not theirs or reckoned(told) or any(abs(m - n) < 0.005 for m in mine for n in known):
        return None
    return f"for {', '.join(f'{n:g}' for n in sorted(theirs))}"


def unknown_sum(told: str, worked: list[Entry], known: str) -> str | None:
    """Money that stands in no call and no message, where calls name other sums."""
    if not strange_sums(told, known, worked):
        return None
    theirs = {n for one in worked for n in stated_sums(one, _COUNT_KEY)}
    return f"of {', '.join(f'{n:g}' for n in sorted(theirs))}"


def names_a_sum(calls: list[Entry]) -> bool:
    """Some call names money."""
    return any(stated_sums(one, _COUNT_KEY) for one in calls)


def unknown_number(told: str, calls: list[Entry], known: str) -> str | None:
    """ "The quote is 460", where no call and no message knows that number and the calls name others."""
    mine = [plain(m[1]) for m in _IS_NUMBER.finditer(told)]
    theirs = {n for one in calls for n in plain_numbers(one)}
    if not mine or not theirs or _SUBTRACTS.search(told):
        return None
    found = values(known)
    strange = [n for n in mine if n not in found and n * 100 not in found]
    return f"of {', '.join(f'{n:g}' for n in sorted(theirs))}" if strange else None


def strange_sums(told: str, known: str, calls: list[Entry]) -> list[float]:
    """Money of a sentence that stands nowhere and that cannot be reckoned from what does: "from $212 to $96"."""
    sums = [n for m in money_in(told) for n in written(m)]
    stated = len(sums) > 1 or names_a_sum(calls)
    if not sums or not stated or percents_in(told):
        return []
    found = values(known)
    strange = [n for n in sums if not any(round(m, 2) in found for m in (n, n * 100))]
    if not strange:
        return []
    shown = {abs(n) for one in calls for n in plain_numbers(one)}
    said = {m.value for m in money_in(fold(known))}
    parts = sorted({p for p in (*shown, *(n / 100 for n in shown), *said, *sums) if p})[:_MOST_RECKONED]
    return [n for n in strange if not _is_reckoned(n, [p for p in parts if p != n])]


def _is_reckoned(value: float, parts: list[float]) -> bool:
    """A sum or a difference of two, all together, or one of them several times."""
    pairs = (p for a, b in combinations(parts, 2) for p in (a + b, abs(a - b)))
    several = (p * n for p in parts for n in range(2, _MOST_TIMES))
    whole = value.is_integer() and any(value in (round(p), int(p)) for p in parts)  # "worth 14" for 14.18
    return whole or any(abs(value - p) < _HALF_A_CENT for p in (*pairs, *several, sum(parts)))


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


def other_number_of(told: str, good: list[Entry]) -> str | None:
    """ "Six wine glasses", where the call that names them says a quantity of 3; "18 seats", where it says `seats: 16`;
    "three vouchers", where two were issued.
    """
    for found in _N_THINGS.finditer(told):
        wanted, nouns = plain_count(found["n"]), _singular(found["things"].split()[-1])
        if other := _of_quantity(wanted, content(found["things"]), good) or _of_field(wanted, nouns, good):
            return other
        made = [c for c in good if nouns & set(tokens(c.call.name))]
        if (
            not made
            or len(made) < len(good)
            or any("[" in c.call.arguments or "[" in c.call.result for c in made)
        ):
            continue
        times = len({(c.call.arguments, c.call.result) for c in made})
        small = {n for c in made for n in plain_numbers(c) if n.is_integer()}
        one_each = any((nouns - {found["things"].split()[-1]}) & set(tokens(c.call.name)) for c in made)
        if times != wanted and wanted not in small and (small or one_each):
            return f"{times} of {wanted:g} times"
    return None


def short_of(told: str, good: list[Entry]) -> str | None:
    """ "Ten passes", where ten were asked for and the result says `issued: 8`."""
    wanted = {
        plain_count(m["n"]) for form in (_N_THINGS, _COUNTED_THINGS) for m in form.finditer(told) if m["n"]
    }
    for one in good:
        asked = {n for k, v in one.asked if not set(tokens(k)) & ID_KEY and (n := as_float(v)) is not None}
        got = {n for k, v in one.got if (n := as_float(v)) is not None}
        done = {n for k, v in one.got if _tells_how_many(k) and (n := as_float(v)) is not None}
        short = wanted & (asked - got)
        counts = {n for n in asked | got if n.is_integer() and n < _MOST_COUNTED}
        strange = _of_the_tool(told, one) - counts - {float(n) for t in one.texts for _, n in lists_in(t)}
        if strange and counts:
            return f"for {', '.join(f'{n:g}' for n in sorted(counts))}"
        if done and short and max(done) < min(short):
            return f"and did it for {', '.join(f'{n:g}' for n in sorted(done))}"
    return None


def left_out(told: str, good: list[Entry]) -> str | None:
    """What the result lists among those for whom it was not done, where the sentence tells it as done, or tells all."""
    named = [v for c in good for path, v in leaves_of(c.call.result) if path & NEGATIVE and not path & _WHY]
    if not named or _NOT_ALL.search(told):
        return None
    every = _EVERY.search(told) is not None
    mine = [v for v in named if every or holds(fold(v), told)]
    return f"and not for {', '.join(mine)}" if mine else None


def _of_the_tool(told: str, one: Entry) -> set[float]:
    """How many the sentence tells of what the tool's name says: three invitations of `send_invites`."""
    named = [w[:_STEM] for w in tokens(one.call.name)[1:] if len(w) >= _STEM]
    return {
        plain_count(m["n"])
        for m in _N_THINGS.finditer(told)
        if any(w.startswith(stem) for stem in named for w in m["things"].split()[-1:])
    }


def _tells_how_many(key: str) -> bool:
    """`issued`, `seats_booked`, `added_count`: how many of what was asked for were done."""
    parts = [w for w in tokens(key) if w not in _COUNT_WORDS]
    return (bool(parts) and parts[-1].endswith(("ed", "sent"))) or bool(_COUNT_WORDS & set(tokens(key)))


def _of_quantity(wanted: float, things: frozenset[str], good: list[Entry]) -> str | None:
    for one in good:
        spots = [s for text in (one.call.arguments, one.call.result) for s in spots_of(text)]
        shown = {n for s in spots if s.keys & _QUANTITY and (n := as_float(s.value)) is not None}
        if shown and wanted not in shown | {sum(shown)} and any(things & content(s.value) for s in spots):
            return f"for {', '.join(f'{n:g}' for n in sorted(shown))} of them"
    return None


def _of_field(wanted: float, nouns: frozenset[str], good: list[Entry]) -> str | None:
    fields = [(set(tokens(k)), as_float(v)) for one in good for k, v in (*one.asked, *one.got)]
    shown = {n for keys, n in fields if n is not None and keys & nouns and not keys & (_WHEN | ID_KEY)}
    every = {n for one in good for n in plain_numbers(one)}
    return f"for {', '.join(f'{n:g}' for n in sorted(shown))}" if shown and wanted not in every else None


def _singular(plural: str) -> frozenset[str]:
    """The forms that a noun may have in a key: classes, classe, class."""
    return frozenset(
        (
            plural,
            f"{plural}s",
            plural.removesuffix("s"),
            plural.removesuffix("es"),
            f"{plural.removesuffix('ies')}y",
        )
    )


def other_people(told: str, good: list[Entry]) -> str | None:
    """ "All three of you", where the call names two."""
    found = _OF_YOU.search(told)
    lists = [
        n
        for one in good
        for text in (one.call.arguments, one.call.result)
        for keys, n in lists_in(text)
        if not keys & NEGATIVE
    ]
    if not found or not lists:
        return None
    wanted = _COUNTS.get(found["n"]) or plain_count(found["n"])
    return None if wanted in lists else f"for {max(lists)} of them"


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
    calls = {(c.call.name, c.call.arguments, c.call.result) for c in good}
    if any(
        as_float(v) == wanted and not isinstance(v, bool)
        for one in good
        for k, v in one.got
        if counted["what"] in tokens(k)
    ):
        return None  # the result counts them
    listed = any("[" in c.call.arguments or "[" in c.call.result or not id_values(c) for c in good)
    return None if listed or len(calls) >= wanted else f"{len(calls)} of {wanted} times"


def only_one(told: str, good: list[Entry]) -> str | None:
    """ "They are both cancelled", where one call for one of them worked and names nothing twice."""
    if not _BOTH.search(told) or len(good) != 1 or good[0].reads:
        return None
    one = good[0]
    fields = plain_fields(one.asked)
    several = "[" in one.call.arguments or "[" in one.call.result or as_float_in(one, 2)
    named = [v for v in fields.values() if any(joint.search(fold(v)) for joint in (_AND, _ALL))]
    return None if several or named or len(fields) == 0 else "once"


def as_float_in(one: Entry, number: float) -> bool:
    """Some field of the call holds the number."""
    return any(as_float(v) == number for _, v in (*one.asked, *one.got) if not isinstance(v, bool))


def reckoned(told: str) -> bool:
    """The sentence reckons: "$84.99 ($89.99 minus the $5.00 fee)", "so your balance is now $42.10"."""
    return _RECKONS.search(told) is not None
