"""Things that have one of a few known values: a language, a channel, a rhythm. Whether a claim names another than the calls.

Each set is what a dictionary has of its sort, and none is complete. A word counts only where a field of that sort, or the
name of the tool, holds one of the same set: "in the morning" is no claim on a call that says nothing of the time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from guard.ledger.evidence import Entry, speaking
from guard.ledger.fields import another, tokens
from guard.ledger.spots import Spot, new_spots
from guard.text import words

_OTHERWISE = re.compile(
    r"\b(?:from|instead of|rather than|not|no|no longer|old|previous|former|without|was|were|other than|unlike|than|nor|isn't|aren't)"
    r" (?:an? |the |your |our |in |by |to |on |via )*$"
)
"""Before a value: what is not so."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Forms of one value; those in `written` are only how fields write it, for "de" may be any word."""

    spoken: tuple[str, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sort:
    """Values of which a thing has one. `keys` are of the fields that hold them, `spoken` tells where a sentence means one.

    tools: the name of a tool may hold one as well: `send_sms`.
    """

    keys: frozenset[str]
    values: tuple[Value, ...]
    spoken: str = r"\b{}\b"
    tools: bool = False


def _values(text: str) -> tuple[Value, ...]:
    """ "dutch | nl, weekly every_week | week": forms of one value side by side, "_" is a space within one."""
    parts = (value.partition("|") for value in text.replace("_", "\0").split(","))
    return tuple(Value(_list(spoken), _list(written)) for spoken, _, written in parts)


def _list(text: str) -> tuple[str, ...]:
    return tuple(form.replace("\0", " ") for form in text.split())


_LANGUAGES = (
    "english | en, german | de, french | fr, spanish | es, italian | it, dutch | nl, portuguese | pt, polish | pl, czech | cs, slovak | sk, "
    "hungarian | hu, romanian | ro, bulgarian | bg, greek | el, turkish | tr, russian | ru, ukrainian | uk, swedish | sv, danish | da, "
    "norwegian | no nb, finnish | fi, estonian | et, latvian | lv, lithuanian | lt, croatian | hr, serbian | sr, slovene | sl, arabic | ar, "
    "hebrew | he, hindi | hi, chinese | zh mandarin, japanese | ja, korean | ko, vietnamese | vi, thai | th, catalan | ca, welsh | cy, irish | ga"
)
_COUNTRIES = (
    "germany | de deu, austria | at aut, switzerland | ch che, france | fr fra, italy | it ita, spain | es esp, portugal | pt prt, belgium | be bel, "
    "netherlands | nl nld, luxembourg | lu lux, denmark | dk dnk, sweden | se swe, norway | no nor, finland | fi fin, poland | pl pol, "
    "czechia | cz cze, hungary | hu hun, greece | gr grc, ireland | ie irl, united_kingdom | gb gbr uk, united_states | us usa, canada | ca can, "
    "mexico | mx mex, brazil | br bra, australia | au aus, japan | jp jpn, china | cn chn, india | in ind, turkey | tr tur, croatia | hr hrv"
)


_SORTS = (
    Sort(
        words("language languages lang locale audio subtitles subtitle"),
        _values(_LANGUAGES),
    ),
    Sort(
        words("country region destination nationality zone"),
        _values(_COUNTRIES),
    ),
    Sort(
        words(
            "category type fare ticket pass concession age class rate tariff group tier kind passenger product"
        ),
        _values(
            "adult adults, child children kid kids junior juniors youth, senior seniors pensioner pensioners, student students, infant infants baby, family families"
        ),
    ),
    Sort(
        words(
            "channel via medium method contact notify notification type delivery mode preferred preference how"
        ),
        _values(
            "email e-mail mail emailed e-mailed, sms text_message text_messages text texted, phone telephone phoned | call, "
            "post letter posted | postal letter paper, push push_notification, whatsapp"
        ),
        spoken=r"\b(?:by|via|through|over|in an?|as an?|with an?) (?:an? |the |your )?{}\b(?! address| number)",
        tools=True,
    ),
    Sort(
        words(
            "method payment destination target payout refund source instrument tender pay paid to type credit account via wallet"
        ),
        _values(
            "card cards credit_card debit_card visa mastercard amex, paypal, bank bank_account iban sepa bank_transfer checking current_account, wallet mobile_wallet, "
            "gift_card giftcard gift_cards, store_credit voucher, cash, cheque check, direct_debit, invoice, account_balance"
        ),
        spoken=r"\b(?:to|onto|on|into|from|with|by|via|using|through|in) (?:an? |the |your |our )?(?:[a-z]+ )?{}\b",
    ),
    Sort(
        words(
            "frequency interval period cycle billing recurrence schedule cadence rhythm every repeat recurring"
        ),
        _values(
            "daily every_day | day, weekly every_week each_week | week 7_days, fortnightly biweekly every_two_weeks every_other_week every_second_week every_2_weeks | 2_weeks 14_days, "
            "monthly every_month each_month | month, every_two_months every_other_month every_second_month every_2_months | bimonthly 2_months, "
            "quarterly every_three_months every_quarter every_3_months | quarter 3_months, half-yearly every_six_months every_6_months | 6_months, "
            "yearly annual annually every_year each_year | year"
        ),
    ),
    Sort(
        words(
            "slot window part period time session shift daypart timeslot when day group class course lesson name title"
        ),
        _values("morning | am mornings, afternoon | pm afternoons, evening | evenings, night | overnight"),
        spoken=r"\b(?:in the|this|tomorrow|day|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d(?:st|nd|rd|th)?|the|january|february|march|april|june|july|august|september|october|november|december) (?=morning|afternoon|evening|night){}\b",
    ),
    Sort(
        words("seat position preference side place row type location request"),
        _values("window, aisle, middle"),
        spoken=r"\b{}(?: seats?\b|\b)",
    ),
    Sort(
        words("side position part location hand seat wheel door tyre ear eye lens shoe wing earbud mirror"),
        _values("left, right"),
        spoken=r"\b(?:the|your|on|left-hand|right-hand) {}\b(?! away| now| here| after| time)",
    ),
    Sort(
        words("side position part location seat row area zone wheel door garden"),
        _values("front, rear back"),
        spoken=r"\b(?:the|your) {}\b(?! of your| to you|-up)",
    ),
    Sort(words("berth bunk deck level floor position bed"), _values("upper top, lower bottom, middle")),
    Sort(
        words("area seating section zone table place location position terrace"),
        _values("indoor indoors inside, outdoor outdoors outside terrace garden patio"),
        spoken=r"\b{}\b(?! of\b| the\b)",
    ),
    Sort(
        words("view side room facing"),
        _values("sea ocean, garden, city, mountain mountains, lake, courtyard, street, pool, park"),
        spoken=r"\b{}(?:[ -](?:view|side|facing)|-view)\b|\b(?:facing|overlooking|towards?|over|view of) (?:the |a |an )?{}\b",
    ),
    Sort(
        words("room bed type category occupancy beds"),
        _values("single, double, twin twins, triple, quad quadruple, suite, studio, dorm dormitory"),
        spoken=r"\b{}(?=$|[.,;:!]| (?:rooms?|beds?|bedrooms?|occupancy|for|with|from|instead|now|on|in|at)\b)",
    ),
    Sort(
        words("board meal meals plan basis catering package"),
        _values(
            "half_board, full_board, all-inclusive all_inclusive, bed_and_breakfast b&b breakfast_only with_breakfast, room_only, self-catering self_catering"
        ),
    ),
    Sort(
        words("meal diet dietary menu request special option preference food dish code"),
        _values(
            "vegan vgml, vegetarian veggie vlml avml, gluten-free gluten_free gfml, lactose-free lactose_free dairy-free nlml, halal moml, kosher ksml, nut-free nut_free, low-salt, diabetic dbml"
        ),
    ),
    Sort(
        words("transmission gearbox gear gears drive"),
        _values("automatic, manual"),
    ),
    Sort(
        words("fuel engine type propulsion power"),
        _values("petrol gasoline, diesel, electric, hybrid"),
    ),
    Sort(
        words("vehicle car class category group model type bike scooter"),
        _values(
            "compact, economy, suv, convertible cabriolet, estate station_wagon, van minivan minibus, saloon sedan, pickup, "
            "e-bike ebike electric_bike, cargo_bike, mountain_bike, road_bike racing_bike, city_bike, trailer, tandem, scooter"
        ),
        spoken=r"\b(?:an?|the|your|to|for|new) (?:[a-z]+ )?{}\b(?! (?:fare|class|ticket|service))",
    ),
    Sort(
        words("material fabric finish cover wood upholstery colour color"),
        _values(
            "cotton, wool, silk, leather, linen, polyester, velvet, denim, oak, pine, walnut, beech, birch, steel stainless_steel, aluminium aluminum, brass, plastic, glass, marble, bamboo, matte matt, glossy gloss"
        ),
    ),
    Sort(
        words("shipping delivery service method speed option carrier level mode postage"),
        _values("standard, express, next-day next_day overnight, same-day same_day, economy"),
        spoken=r"\b{}(?: (?:delivery|shipping|post|service|mail|courier)\b|(?=$|[.,;:!]))",
    ),
    Sort(
        words("trip journey type ticket fare direction"),
        _values("return round-trip round_trip, one-way one_way oneway"),
        spoken=r"\b{} (?:ticket|trip|fare|journey|flight)s?\b",
    ),
    Sort(
        words(
            "relation relationship role who member dependant dependent beneficiary contact recipient person"
        ),
        _values(
            "wife, husband, son, daughter, mother mum mom, father dad, brother, sister, partner, grandmother grandma, grandfather grandpa, uncle, aunt, neighbour neighbor, landlord, tenant"
        ),
        spoken=r"\byour {}\b(?!')",
    ),
    Sort(
        words("role access permission permissions level rights"),
        _values(
            "viewer | view read, editor | edit write, admin administrator, owner, commenter | comment, guest, member"
        ),
        spoken=r"\bas (?:an? )?{}\b|\b(?:is|are) (?:now )?(?:an? )?{}\b",
    ),
    Sort(
        words("format file type output export attachment document"),
        _values("pdf, csv, excel xlsx xls spreadsheet, word docx, json, xml, zip, jpg jpeg, png"),
        spoken=r"\b(?:as|in|an?|the|your) (?:an? )?{}\b",
    ),
    Sort(
        words("document doc type file template kind letter"),
        _values(
            "invoice invoices bill, receipt receipts, contract contracts, certificate certificates, prescription, quote, statement statements, ticket tickets, boarding_pass boarding_passes, label labels, "
            "manual, itinerary, report, payslip, referral, transcript, voucher, reminder"
        ),
        spoken=r"\b(?:sent|emailed|e-mailed|mailed|issued|forwarded|re-sent|resent|printed) (?:you )?(?:an? |the |your |another |new |again )*(?:[a-z]+ )?{}\b|\b(?:the|your) {} (?:is|was|has been|are|were|have been) (?:now |just |already )?(?:sent|emailed|e-mailed|mailed|on (?:its|the) way|issued|forwarded|resent)\b",
        tools=True,
    ),
    Sort(
        words("roast spice spiciness heat doneness strength intensity firmness"),
        _values("mild light soft, medium, dark hot strong firm spicy, rare, well_done"),
        spoken=r"\b{}\b(?= (?:roast|mattress|blend|one|curry|sauce|version)|\W*$)",
    ),
)
_HOURS = re.compile(r"(?<!\d)([01]?\d|2[0-3]):[0-5]\d\b")
_PARTS = (("morning", 4, 12), ("afternoon", 12, 18), ("evening", 17, 24), ("night", 20, 30))
_DAYTIME = "morning"


def other_alternative(told: str, good: list[Entry]) -> str | None:
    """ "In Dutch", where the call says `language: de`; "by text message", where the tool is `send_email`."""
    spots = new_spots(text for one in speaking(good) for text in (one.call.arguments, one.call.result))
    values = [s.value for s in spots]
    keys = frozenset[str]().union(*(s.keys for s in spots))
    timed = any(":" in v for v in values)
    for sort in _SORTS:
        if not sort.tools and not (sort.keys & keys or (sort.values[0].spoken[0] == _DAYTIME and timed)):
            continue
        mine = _told(sort, told)
        theirs = (_held(sort, spots) or (_named(sort, good) if sort.tools else set())) if mine else set()
        strange = mine - _in(sort, values) if theirs else set()
        if strange and not mine & theirs and (wrong := another(strange, theirs)):
            return wrong
    return None


def _told(sort: Sort, told: str) -> set[str]:
    return {
        value.spoken[0]
        for value in sort.values
        if any(form in told for form in value.spoken)
        for found in _meant(sort, value).finditer(told)
        if not _OTHERWISE.search(told[max(0, found.start() - 30) : found.start()])
    }


def _held(sort: Sort, spots: Sequence[Spot]) -> set[str]:
    """The values of the set that fields of that sort hold; a gift card is no card."""
    found = _in(sort, [s.value for s in spots if s.keys & sort.keys])
    if sort.values[0].spoken[0] == _DAYTIME and not found:
        hours = {int(h) for s in spots for h in _HOURS.findall(s.value)}
        return {
            part for part, start, end in _PARTS for h in hours if start <= h < end or start <= h + 24 < end
        }
    return found


def _in(sort: Sort, texts: list[str]) -> set[str]:
    forms = [(_form_in(value, text), value.spoken[0]) for text in texts for value in sort.values]
    longest = [(form, value) for form, value in forms if form]
    return {v for form, v in longest if not any(form != f and form in f.split() for f, _ in longest)}


def _form_in(value: Value, field: str) -> str:
    """The longest of its forms that the field holds."""
    spoken = [form for form in value.spoken if re.search(rf"\b{re.escape(form)}\b", field)]
    written = [
        form for form in value.written if re.fullmatch(rf"{re.escape(form)}(?:[ -][a-z]{{2,4}})?", field)
    ]
    return max([*spoken, *written], key=len, default="")


def _named(sort: Sort, good: list[Entry]) -> set[str]:
    """What the tool's own name says: `send_sms`, `email_invoice`."""
    said = {w for one in good for w in tokens(one.call.name)}
    return {value.spoken[0] for value in sort.values if said & {*value.spoken, *value.written}}


@cache
def _meant(sort: Sort, value: Value) -> re.Pattern[str]:
    """The form in which a sentence means the value; a participle means it anywhere."""
    return re.compile(_spoken(sort.spoken, value.spoken))


def _spoken(form: str, spoken: tuple[str, ...]) -> str:
    deeds = [s for s in spoken if s.endswith("ed")]
    joined = "|".join(re.escape(s) for s in spoken)
    return "|".join([form.replace("{}", f"(?:{joined})"), *(rf"\b{s}\b" for s in deeds)])
