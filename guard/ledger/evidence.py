"""What a tool call really shows. Its result outranks its arguments: asking for a change is not the change."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise

from guard.case import ToolCall
from guard.ledger.acts import ACTS, NOUN, PAST, brought
from guard.ledger.amounts import money_in
from guard.ledger.results import Result, is_dry, outcome, parsed, tokens
from guard.records import Json
from guard.text import content, fold, words

_LOOKS = words(
    "get find search list lookup look read check calculate think query fetch view verify show "
    "describe count retrieve inspect preview estimate validate browse compute track quote see "
    "explain summarize"
)
# Words that change something wherever they stand, unless the name begins with a lookup: `get_update_history` reads.
_CHANGES = words(
    "create update set make submit issue send cancel delete remove add modify edit change apply post "
    "put patch insert register assign request initiate process pay execute perform do act place "
    "approve grant start open close file log raise save complete confirm trigger charge purchase buy "
    "activate enable disable terminate renew move resume redirect revoke end lift restart reopen release reinstate "
    "flag mark tag note append write upload subscribe share attach invite enroll enrol deploy export import generate schedule block unblock page link unlink merge swap pause restore unlock reverse void"
)
_ABOUT = words(
    "status policy policies details detail info information history terms eligibility balance price "
    "rules faq summary lookup search list profile record records options availability"
)
_TALKS = frozenset({"send", "contact", "hand over", "open"})
_GENERAL = words("policy policies faq kb knowledge terms article articles help rules guide docs")
_ENUM_KEY = words("status state type action kind operation mode resolution")
_MOVES_KEY = words("amount refund refunded refunds credit credited value sum paid payout moved")
_COST_KEY = words("total price cost fee balance limit subtotal remaining order original before tax count id")
_ANY_ACT = re.compile("|".join(form.pattern for forms in (PAST, NOUN) for form in forms.values()))
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*")
_SHORTEST = 3
"""Letters of a word that is worth a comparison."""
_PROSE = 4
"""Words above which a value is prose and no fact to compare."""
_ID_KEY = words("id ids number no code ref reference key sku")
_THING_KEY = words(
    "service product item items address street city plan addon subscription name email destination seat room size colour "
    "color title package device"
)
_LONGEST_NAME = 8
"""Words above which a value is no name of a thing."""
_SETTLED = words("issued paid settled completed complete processed succeeded sent finished done")
_FEE_KEY = words("fee fees charged penalty surcharge")
_REFUSES = words("deny reject refuse decline disable prevent abort skip draft simulate preview")
_UNDO = words("reverse cancel void undo revoke rescind rollback withdraw delete remove")
_EXCLUDES = {
    "cancel": frozenset(
        ["active", "open", "confirmed", "booked", "shipped", "delivered", "in transit", "processing"]
    ),
    "ship": frozenset(
        ["processing", "unshipped", "not shipped", "cancelled", "canceled", "on hold", "backordered"]
    ),
    "refund": frozenset(["not refunded", "refund denied", "refund declined"]),
}
_MOST_SUMMED = 6
"""Calls of which sums are tried."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A call as the ledger needs it: the acts that it does and those that it takes back, whether it worked, and its fields."""

    call: ToolCall
    acts: frozenset[str]
    reads: bool
    result: Result
    asked: tuple[tuple[str, Json], ...]
    got: tuple[tuple[str, Json], ...]
    undoes: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Arguments and result, to look names up in."""
        return f"{self.call.arguments} {self.call.result}"


def entry(call: ToolCall) -> Entry:
    """Read a call once."""
    asked, got = tuple(_walk(parsed(call.arguments))), tuple(_walk(parsed(call.result)))
    reads = reads_only(call)
    undoes = frozenset[str]() if reads else _undone(call.name)
    named = frozenset() if reads else _named(call.name) - undoes - _refused(call.name)
    if reads:
        acts = named
    elif undoes or named & _TALKS - {"open"}:
        acts = named | _sent(got)
    else:
        acts = named | _shown(named, asked, got) | _sent(got)
    return Entry(call, acts, reads, _outcome(call, acts | undoes), asked, got, undoes)


def settled(calls: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same calls; what was only set going worked once a later lookup of the same thing says that it is through."""
    done = []
    for n, one in enumerate(calls):
        later = calls[n + 1 :] if one.result == "pending" else ()
        mine = {v.lower() for _, v in _texts(one) if len(v) > _SHORTEST and re.search(r"\d", v)}
        through = any(
            c.reads and any(_is_settled(k, v) for k, v in c.got) and mine & {v.lower() for _, v in _texts(c)}
            for c in later
        )
        done.append(replace(one, result="worked") if through else one)
    return tuple(
        replace(one, result="failed") if _fell_through(one, done[n + 1 :]) else one
        for n, one in enumerate(done)
    )


def _fell_through(one: Entry, later: list[Entry]) -> bool:
    """A later lookup of the same kind of thing says that it failed: `get_refund` after a refund."""
    if one.reads or one.result not in ("worked", "pending"):
        return False
    looked = [
        c
        for c in later
        if c.reads and any(NOUN[a].fullmatch(tokens(c.call.name)[-1]) for a in one.acts & ACTS.keys())
    ]
    return bool(looked) and outcome(looked[-1].call.result, one.acts) == "failed"


def lasting(good: list[Entry], calls: tuple[Entry, ...]) -> list[Entry]:
    """Those of `good` that no later call took back: a booking that was cancelled is no booking."""
    takers = [(n, c) for n, c in enumerate(calls) if c.undoes and c.result == "worked"]
    if not takers:
        return good
    at = {id(c): n for n, c in enumerate(calls)}
    return [
        c
        for c in good
        if not any(n > at[id(c)] and taker.undoes & c.acts and _one_thing(c, taker) for n, taker in takers)
    ]


def _one_thing(one: Entry, other: Entry) -> bool:
    """Two calls that name a common id, or of which one names none."""
    mine, others = id_values(one), id_values(other)
    return (
        not mine
        or not others
        or bool(
            set(mine) & {v.lower() for _, v in _texts(other)}
            | set(others) & {v.lower() for _, v in _texts(one)}
        )
    )


def id_values(one: Entry) -> tuple[str, ...]:
    """Names of things in the arguments, lower case: values with digits under keys that end in id, number, code, ref."""
    return tuple(
        v.lower().strip("#")
        for k, v in _texts_of(one.asked)
        if tokens(k)[-1:] and tokens(k)[-1] in _ID_KEY and re.search(r"\d", v) and len(v) >= _SHORTEST + 1
    )


def thing_values(calls: list[Entry]) -> tuple[str, ...]:
    """What the calls were about in words: a service, an item, an address. Prose and ids are none."""
    return tuple(
        v
        for one in calls
        for k, v in _texts_of(one.asked)
        if set(tokens(k)) & _THING_KEY and tokens(k)[-1] not in _ID_KEY and len(v.split()) <= _LONGEST_NAME
    )


def denies(record: Entry, act: str) -> str | None:
    """The state of a record in which the act cannot have happened: what is active was not cancelled."""
    states = [
        fold(v).replace("_", " ")
        for k, v in record.got
        if isinstance(v, str) and tokens(k)[-1:] == ("status",)
    ]
    excluded = _EXCLUDES.get(act, frozenset())
    return states[0] if len(states) == 1 and states[0] in excluded else None


def reads_only(call: ToolCall) -> bool:
    """Looks something up and changes nothing, by its name: a verb of reading, or no verb at all.

    Every part of `verify_and_refund` counts.
    """
    parts = "_".join(tokens(call.name)).split("_and_")
    return all(_reads(tuple(part.split("_"))) for part in parts)


def _reads(words: tuple[str, ...]) -> bool:
    if any(w in _CHANGES for w in words):
        return words[0] in _LOOKS
    if any(w in _LOOKS for w in words) or (words[-1] in _ABOUT and words[0] != "cancel"):
        return True
    return not _named("_".join(words))


def worked(call: ToolCall) -> bool:
    """The call had a result and the result is no failure. A result outranks what the call says of itself."""
    return entry(call).result == "worked"


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in one spelling: "$1,200.50" and "1200.5" are the same."""
    return frozenset(_plain(n) for n in _NUMBER.findall(text))


def differs(told: str, calls: list[Entry]) -> str | None:
    """A value that `told` names and that was asked for, while the result shows another; None where there is none.

    Of several calls of one tool the last one counts for each field.
    """
    words = _worded(told)
    settled: set[tuple[str, str]] = set()
    for one in reversed(calls):
        name = one.call.name
        asked, got = _plain_fields(one.asked), _plain_fields(one.got)
        got = {_same_key(key, asked): value for key, value in got.items()}
        for key in asked.keys() & got.keys() - {key for other, key in settled if other == name}:
            settled.add((name, key))
            if _other_value(asked[key], got[key], words):
                return f"{name} was asked for {key}={asked[key]} and its result shows {got[key]}"
    return None


def _same_key(key: str, asked: dict[str, str]) -> str:
    """The key under which this was asked for: a result's `billing_email` answers an argument `email`."""
    if key in asked:
        return key
    longer = [k for k in asked if key.endswith(f"_{k}") or k.endswith(f"_{key}")]
    return longer[0] if len(longer) == 1 else key


def _other_value(asked: str, got: str, words: frozenset[str]) -> bool:
    """Two values of one sort that differ in what was told. Prose, outcomes and names of another sort are no values."""
    wished, shown = _worded(asked), _worded(got)
    if max(len(wished), len(shown)) > _PROSE or _shape(asked) != _shape(got) or _same_cents(asked, got):
        return False
    missing = wished - shown
    other = shown - wished
    longer = frozenset(w for w in other if w.isalpha())
    return bool((missing & words or (not missing and longer and wished <= words)) and not other <= words)


def _shape(value: str) -> str:
    """The sort of a value: a number, a name with digits in it and how it begins, or words."""
    if re.fullmatch(r"[\d.,\s$€£:-]+", value):
        return "number"
    if re.fullmatch(r"[\w#-]*\d[\w-]*", value):
        return "name " + re.sub(r"\d+", "0", value)[:4]
    return "outcome" if value.lower() in _OUTCOMES else "words"


_OUTCOMES = words(
    "success ok done successful succeeded completed complete queued accepted processed confirmed "
    "error failed pending"
)


def moved_by(one: Entry) -> tuple[float, ...]:
    """Amounts of money that the call moved: the result's before the arguments', and never a total or a price beside them."""
    for fields in (one.got, one.asked):
        if found := _amounts(fields, _MOVES_KEY, _COST_KEY):
            return found
    for fields in (one.got, one.asked):
        if found := _amounts(
            fields, _COST_KEY - {"id", "count", "limit", "remaining", "before"}, frozenset()
        ):
            return found
    return tuple(float(n) for n in re.findall(r"[$€£]\s?(\d+(?:\.\d+)?)", one.text.replace(",", "")))


def plain_numbers(one: Entry) -> tuple[float, ...]:
    """Every number in the call's fields that is no name of a thing, and the money in its prose."""
    fields = (*one.asked, *one.got)
    named = [n for k, v in fields if not set(tokens(k)) & _ID_KEY and (n := _float(v)) is not None]
    return (*named, *(m.value for m in money_in(fold(one.text))))


def currencies(one: Entry) -> frozenset[str]:
    """Currencies that the call names, as codes."""
    fields = [
        str(v).upper() for k, v in (*one.asked, *one.got) if "currency" in tokens(k) and isinstance(v, str)
    ]
    return frozenset(f for f in fields if len(f) == 3)


def fees(one: Entry) -> tuple[float, ...]:
    """What the result says was charged for it."""
    return tuple(n for n in _amounts(one.got, _FEE_KEY, frozenset({"refunded", "waived"})) if n > 0)


def amounts_match(claimed: float, calls: list[Entry]) -> bool:
    """A call, or several together, moved this amount; cents are the same money. Who names no amount denies none."""
    moved = [m for one in calls if (m := moved_by(one))]
    if not moved:
        return True
    every = [abs(n) for amounts in moved for n in amounts]
    firsts = [abs(amounts[0]) for amounts in moved]
    sums = [
        sum(some) for size in range(2, len(firsts) + 1) for some in combinations(firsts[:_MOST_SUMMED], size)
    ]
    asked = {abs(n) for one in calls for n in _amounts(one.asked, _MOVES_KEY, _COST_KEY)}
    cents = {n / 100 for n in every if n.is_integer() and (n not in asked or n >= 1000)}
    return any(abs(n - claimed) < 0.005 for n in (*every, *sums, sum(firsts), *cents))


def holds(name: str, text: str) -> bool:
    """The name stands in the text as a whole: 1234 is no part of 99123456."""
    return re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", text.lower()) is not None


def serves(one: Entry, act: str, told: str) -> bool:
    """The call does this act. What is sent may also be the thing that the tool makes: a voucher, a label."""
    if one.reads:
        return False
    if act in one.acts or act not in ACTS:
        return True
    if act == "change" and "compensate" in one.acts:  # "I've added a voucher"
        return NOUN["compensate"].search(told) is not None or "credit" in told
    if act == "ship":
        return "send" in one.acts and "contact" not in one.acts
    if act != "send" or one.acts & {"hand over", "open"}:
        return False
    return bool(content(" ".join(tokens(one.call.name))) & content(told))


def closest(tried: list[Entry], told: str) -> list[Entry]:
    """Of several tools that do one general act, those whose names or arguments the claim speaks of, if any are."""
    if len({c.call.name for c in tried}) < 2:
        return tried
    about = content(told)
    shared = {
        id(c): len(about & content(f"{' '.join(tokens(c.call.name))} {c.call.arguments}")) for c in tried
    }
    most = max(shared.values())
    return [c for c in tried if shared[id(c)] == most] if most else tried


def shows(one: Entry, act: str) -> bool:
    """A record that was read says that the act happened: a field or a state in its past form, not denied."""
    if not one.reads or act not in ACTS or _GENERAL.intersection(tokens(one.call.name)):
        return False
    if NOUN[act].fullmatch(tokens(one.call.name)[-1]) and any(_is_settled(k, v) for k, v in one.got):
        return True
    if not one.got:
        text = fold(one.call.result)
        return any(
            not re.search(r"(?:\b(?:not|no|never|to be)\b|n't)\W*(?:\w+\W+){0,2}$", text[: m.start()][-40:])
            for m in PAST[act].finditer(text)
        )
    return any(
        (
            isinstance(value, str)
            and PAST[act].search(fold(value).replace("_", " "))
            and "not" not in fold(value)
        )
        or (value not in (None, False, 0, "", "false") and PAST[act].search(key.lower().replace("_", " ")))
        or (value is True and NOUN[act].fullmatch(key.lower().lstrip("*")))
        for key, value in one.got
    )


def _is_settled(key: str, value: Json) -> bool:
    """`issued: 2025-03-17`, `status: settled`: in the record of a refund these say that it was paid."""
    if "status" in tokens(key) or "state" in tokens(key):
        return isinstance(value, str) and fold(value) in _SETTLED
    return key.lower() in _SETTLED and value not in (None, False, 0, "", "false")


def _outcome(call: ToolCall, acts: frozenset[str]) -> Result:
    asked = parsed(call.arguments)
    if call.ok is False or (isinstance(asked, dict) and is_dry(asked)):
        return "failed"
    found = outcome(call.result, acts)
    return "worked" if call.ok and found in ("silent", "unclear") else found


def acts_of_tool(name: str) -> frozenset[str]:
    """The acts that a tool could do, and those that come with them."""
    return brought(_named(name) & ACTS.keys())


@lru_cache(maxsize=1024)
def _named(name: str) -> frozenset[str]:
    """The acts that a tool's name says."""
    words = tokens(name)
    return frozenset(
        act
        for act, form in ACTS.items()
        if any(w.startswith(tool) for tool in form.tools.split() for w in words)
    ) or (frozenset({"act"}) if any(w in _CHANGES for w in words) else frozenset())


def _sent(got: tuple[tuple[str, Json], ...]) -> frozenset[str]:
    """A result that says that something was sent as well: `link_sent_to: …`, `summary_mail: sent`."""
    told = any(v and ("sent" in tokens(k) or v == "sent") for k, v in got)
    return frozenset({"send"}) if told else frozenset()


@lru_cache(maxsize=1024)
def _refused(name: str) -> frozenset[str]:
    """The acts that a tool turns down: `deny_refund` refunds nothing."""
    return _named(name) if _REFUSES.intersection(tokens(name)) else frozenset()


@lru_cache(maxsize=1024)
def _undone(name: str) -> frozenset[str]:
    """The acts that a tool takes back, by its name: `reverse_refund`, `cancel_booking`; `reverse_charge` takes none back."""
    parts = tokens(name)
    return frozenset(
        act
        for verb, noun in (
            *pairwise(parts),
            *(pairwise(parts[::-1]) if parts[-1:] and parts[-1] in _UNDO else ()),
        )
        if verb in _UNDO
        for act, form in NOUN.items()
        if form.fullmatch(noun)
    )


def _texts(one: Entry) -> tuple[tuple[str, str], ...]:
    return (*_texts_of(one.asked), *_texts_of(one.got))


def _texts_of(fields: tuple[tuple[str, Json], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((k, str(v)) for k, v in fields if isinstance(v, str | int) and not isinstance(v, bool))


def _shown(
    named: frozenset[str], asked: tuple[tuple[str, Json], ...], got: tuple[tuple[str, Json], ...]
) -> frozenset[str]:
    """Acts that the fields show beside the name: a refund in the result, money that went back, and the state that a
    general tool has set.
    """
    general = named <= {"act", "change", "open"}
    kinds = [fold(v) for k, v in got if "type" in tokens(k) and isinstance(v, str)]
    states = (
        kinds
        if not general
        else kinds + [fold(v) for k, v in (*asked, *got) if k.lower() in _ENUM_KEY and isinstance(v, str)]
    )
    keys = [k.lower().replace("_", " ") for k, v in got if v]
    told = [t for t in states + keys if _ANY_ACT.search(t)]
    acts = {a for a in ACTS for t in told if PAST[a].search(t) or NOUN[a].search(t)}
    back = any(
        "amount" in tokens(k) and isinstance(v, int | float) and not isinstance(v, bool) and v < 0
        for k, v in got
    )
    ends = any(tokens(k)[:1] == ("cancel",) and v is True for k, v in got)  # `cancel_at_period_end: true`
    return frozenset(acts | ({"refund"} if back else set()) | ({"cancel"} if ends else set()))


def _amounts(
    fields: tuple[tuple[str, Json], ...], wanted: frozenset[str], beside: frozenset[str]
) -> tuple[float, ...]:
    """Numbers under keys that say so."""
    found = []
    for key, value in fields:
        words = set(tokens(key))
        if words & wanted and not words & beside and (number := _float(value)) is not None:
            found.append(number)
    return tuple(found)


def _float(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(str(value).strip("$€£ ").replace(",", ""))
    except ValueError:
        return None


def _walk(value: Json) -> Iterator[tuple[str, Json]]:
    """Plain values by their key, nested objects included. What stands in a list names no single value: "*" marks it."""
    todo: list[tuple[str, Json]] = [("", value)]
    while todo:
        mark, current = todo.pop()
        match current:
            case dict() as fields:
                for key, inner in fields.items():
                    nested = isinstance(inner, dict | list)
                    yield mark + key, bool(inner) if nested else inner
                    if nested:
                        todo.append((mark, inner))
            case list() as items:
                todo.extend(("*", item) for item in items if isinstance(item, dict | list))
            case _:
                pass


def _plain_fields(fields: tuple[tuple[str, Json], ...]) -> dict[str, str]:
    return {
        k: str(v)
        for k, v in fields
        if k[:1] != "*" and isinstance(v, str | int | float) and not isinstance(v, bool)
    }


def _same_cents(asked: str, got: str) -> bool:
    one, other = _float(asked), _float(got)
    return one is not None and other is not None and one != 0 and other in (one * 100, one / 100)


def _worded(text: str) -> frozenset[str]:
    """Words and numbers worth comparing; "basic_economy" is two words, "08" is 8."""
    found = _WORDS.findall(text.lower().replace("_", " "))
    return frozenset(
        _plain(w) if w[0].isdigit() else w for w in found if w[0].isdigit() or len(w) >= _SHORTEST
    )


def _plain(number: str) -> str:
    """One spelling. A comma before three digits groups, any other one is a decimal point."""
    text = re.sub(r",(?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0") if "." not in rest else rest
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")
