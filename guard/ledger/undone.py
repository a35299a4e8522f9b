"""What a later call took back: by its name, by its opposite, or by setting the same value anew."""

import re
from collections.abc import Iterator

from guard.ledger.amounts import money_in
from guard.ledger.clocks import clocks_in, hours_in
from guard.ledger.dates import days_in
from guard.ledger.evidence import ID_KEY, MANNER_KEY, Entry, all_texts, id_values
from guard.ledger.fields import plain_fields, tokens
from guard.ledger.sums import plain_numbers
from guard.ledger.tools import takes_back
from guard.text import content, fold, words

_SETS = words("update set change switch move reschedule modify edit rebook save assign select adjust")
_VALUE_KEY = words(
    "email address phone date time slot plan seat room limit language size colour color quantity value name new to"
)
"""Tools that set a value, and arguments that are one."""
_MEASURE_KEY = words(
    "date time start end slot day until from when window hour hours limit amount max quantity qty seats guests party address email phone plan"
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\b\d{1,2}:\d\d\b")
_STILL = re.compile(
    r"(?:\b(?:is|are|stays?|remains?)|'s|'re) (?:now |still |all |already )*(?:on|active|enabled|activated|in place|valid|live|running|set|open|booked|confirmed|waived|applied|added|included|paused|"
    r"blocked|shared|available|[a-z]+ed|yours|ready|there|planned|scheduled|reserved|registered|linked|connected)\b|\byou(?:'re| are)? (?:now )?(?:have|booked|registered|in)\b|\b(?:is|are) (?:now )?(?:on|in|with) (?:your|the)\b"
)
_OF_ANY = words("order account booking item user custom servic")
_STEM = 4
_ENDS = words(
    "block freeze stop suspend pause cancel remove revoke close lock withdraw end terminate hold delete void mute archive reverse downgrade"
)
"""Verbs after which a thing is no longer on."""
_SPEAKS_OF_BOTH = re.compile(
    r"(?<!\d )(?<!% )\boff\b|\b(?:again|without|no longer|back|not|any ?more|instead|lifted|ended|(?:remov|cancel|revers|restor|reinstat|undo|undid|revert|withdr|delet|re-?open|resum|roll)\w*|from|was|were|first|originally|before|earlier|previous\w*|taken)\b|n't\b"
)
_Rest = tuple[str, str, tuple[tuple[str, str], ...]]
"""A tool, the argument that is its value, and all its others."""


def lasting(good: list[Entry], calls: tuple[Entry, ...], told: str) -> list[Entry]:
    """Those of `good` that no later call took back: a booking that was cancelled is no booking.

    A value that was set anew is gone only for a claim that names the old one, for both calls set it.
    """
    if len(calls) < 2:
        return good
    at = {id(c): n for n, c in enumerate(calls)}
    takers = [(n, c) for n, c in enumerate(calls) if not c.reads and c.result == "worked"]
    anew = _old_values(calls, told) | _set_anew(calls)
    names = {c.call.name for c in good}
    takers = [(n, c) for n, c in takers if c.undoes or any(takes_back(c.call.name, name) for name in names)]
    return [
        c
        for c in good
        if id(c) not in anew and not any(n > at[id(c)] and is_taken_back(c, taker) for n, taker in takers)
    ]


def gone_value(told: str, good: list[Entry], last: list[Entry], calls: tuple[Entry, ...]) -> str | None:
    """A value that only a call named that was taken back or made anew: $5 off, where the code was removed later."""
    kept = {id(c) for c in last}
    gone = [c for c in good if not c.reads and id(c) not in kept]
    later = [c for c in calls if not any(c is g for g in gone) and c.result != "failed"]
    if not gone or _SPEAKS_OF_BOTH.search(told):
        return None
    rest = fold(" ".join(c.text for c in later)).replace("_", " ")
    clocks, days = clocks_in(rest), days_in(rest)
    for one in gone:
        text = fold(one.text)
        hours = [h for h in hours_in(told) if h & clocks_in(text) and not h & clocks]
        dated = (days_in(told) & days_in(text)) - days
        shown = set(plain_numbers(one))
        others = {n for c in later if not is_taken_back(one, c) for n in plain_numbers(c)}
        sums = [
            m.value
            for m in money_in(told)
            if shown & {m.value, m.value * 100} and not others & {m.value, m.value * 100}
        ]
        named = content(" ".join(tokens(one.call.name)[1:])) - _OF_ANY
        stays = (
            bool(named & content(told)) and _stays(one, told) and any(is_taken_back(one, c) for c in later)
        )
        if hours or dated or sums or stays:
            return "and taken back later"
    return None


def _stays(one: Entry, told: str) -> bool:
    """The sentence tells the state that the call brought about: "is still blocked" of `block_card`, "is on" of `arm_alarm`."""
    verb = tokens(one.call.name)[0]
    if any(w.startswith(verb[:_STEM]) for found in _STILL.finditer(told) for w in found.group().split()):
        return True
    return not ends(one.call.name) and _STILL.search(told) is not None


def ends(name: str) -> bool:
    """After the tool a thing is no longer on: `revoke_access`, `disarm_alarm`."""
    verb = tokens(name)[0]
    return verb.startswith(("de", "dis", "un")) or verb in _ENDS


def _set_anew(calls: tuple[Entry, ...]) -> frozenset[int]:
    """Calls whose day, hour or amount a later call of the same tool, for the same thing, set anew."""
    final: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[tuple[str, str], ...]] = {}
    old: set[int] = set()
    for one in reversed(calls):
        if one.reads or one.result != "worked" or not _SETS.intersection(tokens(one.call.name)):
            continue
        fields = plain_fields(one.asked)
        mine = tuple(sorted((k, v) for k, v in fields.items() if _measures(k, v)))
        rest = (one.call.name, tuple(sorted((k, v) for k, v in fields.items() if not _measures(k, v))))
        if mine and rest[1] and final.setdefault(rest, mine) != mine:
            old.add(id(one))
    return frozenset(old)


def _measures(key: str, value: str) -> bool:
    """A day, an hour, an amount: what a thing has one of."""
    named = set(tokens(key))
    if named & ID_KEY and "number" not in named:
        return False
    return bool(named & _MEASURE_KEY) or _MOMENT.search(value) is not None


def is_taken_back(one: Entry, later: Entry) -> bool:
    """The later call undid the earlier one."""
    if one.reads:
        return False
    if later.undoes & one.acts and _one_thing(one, later):
        return True
    manner = takes_back(later.call.name, one.call.name)
    return manner is not None and _one_thing(one, later) and (manner == "whatever" or _one_object(one, later))


def _old_values(calls: tuple[Entry, ...], told: str) -> frozenset[int]:
    """Calls that set a value which a later call of the same tool set anew, and that later call, where the claim names the
    old value and not the new: neither backs it.
    """
    final: dict[_Rest, tuple[str, int]] = {}
    old: set[int] = set()
    about = content(told)
    for one in reversed(calls):
        for rest, value in _set_by(one):
            now, setter = final.get(rest, (value, id(one)))
            mine, theirs = content(value), content(now)
            if now != value and (mine - theirs) & about and not (theirs - mine) & about:
                old |= {id(one), setter}
            if one.result == "worked":
                final.setdefault(rest, (value, id(one)))
    return frozenset(old)


def _set_by(one: Entry) -> Iterator[tuple[_Rest, str]]:
    """Each value that a call sets, with what tells for which thing it does."""
    name = one.call.name
    if one.reads or not _SETS.intersection(tokens(name)):
        return
    fields = plain_fields(one.asked)
    for key, value in fields.items() if len(fields) > 1 else ():
        if _is_a_value(key, value, name):
            yield (name, key, tuple(sorted((k, v) for k, v in fields.items() if k != key))), value


def _is_a_value(key: str, value: str, tool: str) -> bool:
    """What a tool sets, as against what it sets it for: the shift of `assign_shift`."""
    words = set(tokens(key))
    named = bool(words & set(tokens(tool))) and not words & ID_KEY and not any(c.isdigit() for c in value)
    return bool(words & _VALUE_KEY) or named


def _one_object(one: Entry, later: Entry) -> bool:
    """Arguments that both calls name agree."""
    mine, others = plain_fields(one.asked), plain_fields(later.asked)
    return all(
        fold(mine[k]) == fold(others[k])
        for k in mine.keys() & others.keys()
        if not set(tokens(k)) & MANNER_KEY
    )


def _one_thing(one: Entry, other: Entry) -> bool:
    """Two calls that name a common id, or of which one names none."""
    mine, others = id_values(one), id_values(other)
    return (
        not mine
        or not others
        or bool(
            set(mine) & {v.lower() for _, v in all_texts(other)}
            | set(others) & {v.lower() for _, v in all_texts(one)}
        )
    )
