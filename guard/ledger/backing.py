"""Whether calls back what a draft says was done or stands. The result of a call outranks its arguments."""

import re
from collections.abc import Callable
from dataclasses import replace

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import BY_US, HAPPENED, LOOKED, PAST, PHRASAL, STANDS, stands_now
from guard.ledger.amounts import without_money, without_times
from guard.ledger.dates import DAYS, WEEKDAY, weekdays, without_stamps
from guard.ledger.evidence import (
    Entry,
    closest,
    denies,
    says_what_may_be,
    serves,
    shows,
)
from guard.ledger.fields import holds, numbers, tokens
from guard.ledger.figures import NEGATIVE, left_out, strange_sums
from guard.ledger.ids import GROUPED, ID_LENGTH, PHONE, is_held, names
from guard.ledger.named import unknown_names
from guard.ledger.objects import about_another, states_another, tells_another
from guard.ledger.results import is_cut
from guard.ledger.spots import lists_in
from guard.ledger.things import unknown_object
from guard.ledger.tools import brought_about
from guard.ledger.tried import BROUGHT, only_tried
from guard.ledger.undone import ends, gone_value, is_taken_back, lasting
from guard.ledger.values import differs
from guard.text import content, fold

_LIST_MARK = re.compile(r"^\W*\d{1,2}[.)]\s")
_CARD_END = re.compile(r"\bend(?:s|ing)(?: in| with)?\W*\d{2,4}\b")
"""The end of a card number, which calls need not repeat."""
_BEGUN = re.compile(
    r"\b(?:submitted|initiated|requested|started|filed|opened|sent|queued|begun|issued|placed|scheduled|pending|processing|on (?:its|the) way)\b"
)
"""Words that claim no more than that something was set going."""
_ALL_OF = re.compile(r"\b(?:both|all|each|every|everything)\b")
_UNDONE = re.compile(
    r"\b(?:off|again|without|no longer|back|only|not|any ?more|instead|left out|lifted|ended|(?:remov|cancel|revers|restor|reinstat|undo|revert|withdr|delet|re-?open|resum)\w*)\b|n't\b"
)
"""Words of what was taken back."""
_DENIES = re.compile(r"\b(?:not|no|fail\w*|declin\w*|reject\w*|refus\w*|could|tried)\b|n't\b")
_FACT = re.compile(r"[\d@]")
_ONCE_MORE = re.compile(r"\b(?:again|once more|another|just|resent|now)\b")
_STATEMENT = 3
"""Words from which a result says more than a state."""
_STEM = 4
"""Letters by which a verb is known in every form: to unfreeze, unfrozen."""
_PASSIVE = re.compile(r"\b(?:has|have|was|were|is|are)\b")


def against_evidence(claim: Claim, case: Case, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    """The claim with its standing. A sentence that only says how things stand is `_stated`'s, and its references are
    `_referred`'s; of any other the first of these answers that holds, counts.

    1. We only say that we looked, and a lookup worked: verified.
    2. A field was asked for as the draft tells it and the result shows another value: contradicted.
    3. A call did the act, worked, was not taken back, and is about the same thing: verified, unless the claim names
       a number, a sum, an id or a name that stands nowhere, is of all of several and the call failed for one of them, or
       names a value that only a failed call was asked for.
    4. Records that were read say that it is so: verified.
    5. It was done for something else, or taken back later: contradicted.
    6. A call tried it and failed, or what was set going is told as finished: contradicted; none can say: ungrounded.
    7. It merely stands so, and records were read that neither show nor exclude it: unknown.
    8. The conversation has said so before, and the draft builds on it: unknown.
    9. Nothing shows it: ungrounded.
    """
    told = fold(claim.span.text)
    if claim.act == ANY_ACT and claim.kind == "standing":
        referred = _referred(claim, told, calls, known)
        if referred.standing == "ungrounded":
            return referred
        if not _tells_a_deed(told):
            return _stated(referred, case, told, calls, known)
    tried = _naming(names(claim, told), [c for c in calls if serves(c, claim.act, told)], told)
    begun = _BEGUN.search(told) is not None
    good = [c for c in tried if c.result == "worked" or (begun and c.result in ("pending", "waiting"))]
    last = _told_by(told, good, lasting(good, calls, told))
    wrong = (
        (_otherwise(claim, case, tried, last, calls) or gone_value(told, good, last, calls)) if last else None
    )
    answer = (
        _looked(claim, told, calls)
        or _shown_otherwise(claim, told, good)
        or (_covered(claim, told, calls, last, known) if last and not wrong else None)
        or _recorded(claim, case, told, calls)
        or _elsewhere(claim, good, last, wrong)
        or _failed(claim, told, tried)
        or (claim if tried and _tells_its_result(claim, told, tried[-1]) else None)
        or _open(claim, case, told, calls, known)
        or _said_before(claim, case, calls)
    )
    return answer or replace(claim, standing="ungrounded", why="no tool call shows it")


def _otherwise(
    claim: Claim, case: Case, tried: list[Entry], last: list[Entry], calls: tuple[Entry, ...]
) -> str | None:
    """Why these calls do not back the claim, said so that "was called …" goes before it."""
    told = fold(claim.span.text)
    if wrong := about_another(claim, case, told, last, calls):
        return wrong
    if _ALL_OF.search(told) and (left := _left_undone(tried, last)):
        return (
            f"and {left.call.name} failed for one of them" if left.result == "failed" else "and not for all"
        )
    if tool := only_tried(told, calls):
        return f"but {tool} did not work"
    return None


def _tells_a_deed(told: str) -> bool:
    """More than how things stand: what they are from now on, or what was done to them."""
    return (
        any(form.search(told) for form in (STANDS, HAPPENED, PHRASAL))
        or stands_now(told)
        or brought_about(told)
    )


def as_it_stands(claim: Claim, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    """A sentence that claims no deed, held against what the calls that lasted say."""
    told = fold(claim.span.text)
    every = [c for c in calls if c.result == "worked"]
    worked = lasting(every, calls, told)
    wrong = (
        gone_value(told, every, worked, calls)
        or left_out(told, [c for c in calls if c.result in ("worked", "unclear")])
        or (tells_another(claim, told, worked, calls, known) if worked else None)
    )
    if wrong:
        return replace(claim, standing="contradicted", why=f"calls speak {wrong}")
    tool = only_tried(told, calls) if BROUGHT.search(told) else None
    return replace(claim, standing="contradicted", why=f"{tool} did not work") if tool else claim


def _stated(claim: Claim, case: Case, told: str, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    """How things stand may be true without a call that says it, but not against all that calls say."""
    every = [c for c in calls if c.result == "worked"]
    worked = lasting(every, calls, told)
    if (tool := only_tried(told, calls)) and (worked or BROUGHT.search(told)):
        return replace(claim, standing="contradicted", why=f"{tool} did not work")
    if not worked:
        return claim
    if wrong := gone_value(told, every, worked, calls) or states_another(claim, case, worked, calls, known):
        return replace(claim, standing="contradicted", why=f"calls speak {wrong}")
    changing = [c for c in worked if not c.reads]
    if changing and (unknown := unknown_names(claim, told, changing, known())):
        return replace(claim, standing="contradicted", why=f"no call or message knows {', '.join(unknown)}")
    return claim


def _naming(ids: list[str], serving: list[Entry], told: str) -> list[Entry]:
    """The calls that the claim speaks of; where none of these knows its ids, those that do."""
    near = closest(serving, told)
    if not ids or any(is_held(i, c.text) for i in ids for c in near):
        return near
    return [c for c in serving if any(is_held(i, c.text) for i in ids)] or near


def _told_by(told: str, good: list[Entry], last: list[Entry]) -> list[Entry]:
    """A call that took another back shows only what came of it: "breakfast is off again", and not "you have breakfast"."""
    kept = {id(c) for c in last}
    gone = [c for c in good if id(c) not in kept]
    if not gone or _UNDONE.search(told):
        return last
    about = content(told)
    before = content(" ".join(c.text for c in gone).replace("_", " "))
    return [
        c
        for c in last
        if not any(is_taken_back(g, c) for g in gone)
        or _restores(c, gone)
        or about & (content(c.text.replace("_", " ")) - before)
        or any(re.search(rf"\b{re.escape(verb[:_STEM])}", told) for verb in tokens(c.call.name)[:1])
    ]


def _restores(one: Entry, gone: list[Entry]) -> bool:
    """`grant_access` after `revoke_access`: it shows all that it did."""
    return not ends(one.call.name) and all(ends(g.call.name) for g in gone)


def _left_undone(tried: list[Entry], last: list[Entry]) -> Entry | None:
    """A call that failed and that no call with the same arguments mended, or that lists some for whom it was not done."""
    done = {c.call.arguments for c in tried if c.result == "worked"}
    tools = {c.call.name for c in last}
    return next(
        (
            c
            for c in tried
            if (c.result == "failed" and c.call.arguments not in done and c.call.name in tools)
            or any(keys & NEGATIVE and length for keys, length in lists_in(c.call.result))
        ),
        None,
    )


def _referred(claim: Claim, told: str, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    """A sentence that claims no act and names a reference: it must stand in a call or a message."""
    said = known()
    if _DENIES.search(told):  # "rejected with code R0147"
        said += " ".join(c.text for c in calls if c.result == "failed")
    strange = [i for i in names(claim, told) if not is_held(i, said)]
    if strange and not any(is_cut(c.call.result) for c in calls):
        return replace(claim, standing="ungrounded", why=f"no call or message knows {', '.join(strange)}")
    return claim


def _shown_otherwise(claim: Claim, told: str, good: list[Entry]) -> Claim | None:
    other = differs(told, good)
    return replace(claim, standing="contradicted", why=other) if other else None


def _covered(
    claim: Claim, told: str, calls: tuple[Entry, ...], last: list[Entry], known: Callable[[], str]
) -> Claim:
    whole = not any(is_cut(c.call.result) for c in calls)
    if whole and (
        unknown := [
            *(i for i in names(claim, told) if not i.isdigit() and not is_held(i, known())),
            *_unknown_numbers(claim, told, known(), calls),
            *(f"{n:g}" for n in strange_sums(told, known(), last)),
            *unknown_names(claim, told, last, known()),
        ]
    ):
        return replace(claim, standing="contradicted", why=f"no call or message knows {', '.join(unknown)}")
    if whole and (other := unknown_object(claim, told, last, _plain(known(), last))):
        return replace(claim, standing="contradicted", why=f"{last[-1].call.name} was called {other}")
    return replace(claim, standing="verified")


def _plain(known: str, calls: list[Entry]) -> str:
    """All that is known, and the names of the tools."""
    return fold(f"{known} {' '.join(w for c in calls for w in tokens(c.call.name))}").replace("_", " ")


def _recorded(claim: Claim, case: Case, told: str, calls: tuple[Entry, ...]) -> Claim | None:
    """A call that only reads can show that something *is* so, or was done before: "your order was shipped".

    It never backs an act that we say we did, but for mail: what sends it is seldom the tool that was called.
    """
    told_by_us = claim.act in BY_US and BY_US[claim.act].search(told)
    by_mail = claim.act == "send" and not _ONCE_MORE.search(told)
    ours = told_by_us and not by_mail and told_by_us.group()[:1] == "i"
    if ours or (claim.act != "send" and not told_by_us and not _PASSIVE.search(told)):
        return None
    showing = [c for c in calls if shows(c, claim.act) and c.result != "failed"]
    wrong = [about_another(claim, case, told, [c], calls) for c in showing]
    if None in wrong:
        return replace(claim, standing="verified", why="the records that were read show it")
    if wrong:
        return replace(claim, standing="contradicted", why=f"{showing[-1].call.name} shows it {wrong[-1]}")
    return None


def _elsewhere(claim: Claim, good: list[Entry], last: list[Entry], wrong: str | None) -> Claim | None:
    if not good:
        return None
    why = f"{last[-1].call.name} was called {wrong}" if last else f"{good[-1].call.name} was taken back later"
    return replace(claim, standing="contradicted", why=why)


def _looked(claim: Claim, told: str, calls: tuple[Entry, ...]) -> Claim | None:
    if claim.act == ANY_ACT and LOOKED.search(told) and any(c.reads and c.result == "worked" for c in calls):
        return replace(claim, standing="verified", why="it was looked up")
    return None


def _failed(claim: Claim, told: str, tried: list[Entry]) -> Claim | None:
    if not tried or _tells_its_result(claim, told, tried[-1]):
        return None
    name = tried[-1].call.name
    if any(c.result in ("pending", "waiting") for c in tried):
        return replace(claim, standing="contradicted", why=f"{name} was called and has only been set going")
    if any(c.result == "unclear" for c in tried):
        return replace(
            claim,
            standing="ungrounded",
            why=f"{name} was called and its result does not say whether it worked",
        )
    return replace(claim, standing="contradicted", why=f"{name} was called and did not work")


def _tells_its_result(claim: Claim, told: str, last: Entry) -> bool:
    """ "Court 4 is taken", where the call failed with `taken`."""
    short = (v for _, v in last.got if isinstance(v, str) and len(v.split()) < _STATEMENT)
    states = content(" ".join(short).replace("_", " "))
    asked = content(last.call.arguments.replace("_", " "))
    return claim.act == ANY_ACT and last.result == "failed" and bool((states - asked) & content(told))


def _open(
    claim: Claim, case: Case, told: str, calls: tuple[Entry, ...], known: Callable[[], str]
) -> Claim | None:
    """Records were read: whether they show just this, only a reader could say, unless their state excludes it."""
    records = [c for c in calls if c.reads and c.result == "worked" and not says_what_may_be(c)]
    if claim.kind != "standing" or not records:
        return None
    ids = names(claim, told)
    about = [c for c in records if any(holds(i, c.text) for i in ids)] if ids else records
    if about and (state := denies(about[-1], claim.act)):
        return replace(claim, standing="contradicted", why=f"{about[-1].call.name} shows {state}")
    if wrong := states_another(claim, case, records, calls, known):
        return replace(claim, standing="contradicted", why=f"calls speak {wrong}")
    return claim


def _said_before(claim: Claim, case: Case, calls: tuple[Entry, ...]) -> Claim | None:
    """Building on the customer's own word, or on why a call failed ("already shipped"), claims nothing of ours (guide §4)."""
    form = PAST.get(claim.act)
    texts = (*(fold(t.content) for t in case.turns), *(fold(c.call.result).replace("_", " ") for c in calls))
    told = form and claim.kind == "standing" and any(form.search(text) for text in texts)
    return claim if told else None


def _by_parts(joined: str, told: str, known: str) -> bool:
    """Each group of digits stands somewhere by itself: "4410 2287" of `ZX 4410 2287`, or two numbers side by side."""
    groups = next(g.split() for g in GROUPED.findall(told) if re.sub(r"\D", "", g) == joined)
    return all(holds(g, known) for g in groups)


def _unknown_numbers(claim: Claim, told: str, known: str, calls: tuple[Entry, ...]) -> list[str]:
    """Numbers and days of a claim that stand in no call and no message. Durations are no facts of a call.

    What merely stands so may be true without a call that says it; of that only the names of things are looked up.
    Amounts that a call moved in cents, or several together, were weighed before.
    """
    days = set(WEEKDAY.findall(told))
    told = _CARD_END.sub(" ", _LIST_MARK.sub(" ", without_times(without_money(told))))
    least = 2 if claim.kind == "done" or stands_now(told) else ID_LENGTH
    for form in DAYS:
        told = form.sub(" ", told)
    joined = [re.sub(r"\D", "", g) for g in GROUPED.findall(told)]
    strange = [
        n for n in joined if not is_held(n, known) and (len(n) >= PHONE or not _by_parts(n, told, known))
    ]
    unsure = [n for n in numbers(GROUPED.sub(" ", told)) if len(n) >= least]
    if not unsure and not days:
        return strange
    found = numbers(known) if unsure else frozenset()
    named = set(WEEKDAY.findall(known.lower()))  # only where one is named, for calls write dates in figures
    other_days = days - named if named else set()
    if other_days:
        other_days = other_days.difference(*(weekdays(without_stamps(c)) for c in calls))
    return sorted([*strange, *(n for n in unsure if n not in found), *other_days])
