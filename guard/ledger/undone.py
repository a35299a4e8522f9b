"""What a later call took back: by its name, by its opposite, or by setting the same value anew."""

from collections.abc import Iterator

from guard.ledger.evidence import ID_KEY, MANNER_KEY, Entry, all_texts, id_values
from guard.ledger.fields import plain_fields, tokens
from guard.ledger.tools import takes_back
from guard.text import content, fold, words

_SETS = words("update set change switch move reschedule modify edit rebook save assign select adjust")
_VALUE_KEY = words(
    "email address phone date time slot plan seat room limit language size colour color quantity value name new to"
)
"""Tools that set a value, and arguments that are one."""
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
    anew = _old_values(calls, told)
    names = {c.call.name for c in good}
    takers = [(n, c) for n, c in takers if c.undoes or any(takes_back(c.call.name, name) for name in names)]
    return [
        c
        for c in good
        if id(c) not in anew and not any(n > at[id(c)] and is_taken_back(c, taker) for n, taker in takers)
    ]


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
