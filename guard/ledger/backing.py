"""Whether calls back what a draft says was done or stands. The result of a call outranks its arguments."""

import re
from collections.abc import Callable
from dataclasses import replace

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import BY_US, LOOKED, PAST
from guard.ledger.amounts import money_in, without_money, without_times, written
from guard.ledger.dates import DAYS, WEEKDAY, weekdays, without_stamps
from guard.ledger.evidence import Entry, closest, denies, lasting, serves, shows
from guard.ledger.fields import holds, numbers, values
from guard.ledger.figures import reckoned
from guard.ledger.ids import GROUPED, ID_LENGTH, PHONE, is_held, names
from guard.ledger.objects import about_another
from guard.ledger.results import is_cut
from guard.ledger.values import differs
from guard.text import fold

_LIST_MARK = re.compile(r"^\W*\d{1,2}[.)]\s")
_CARD_END = re.compile(r"\bend(?:s|ing)(?: in| with)?\W*\d{2,4}\b")
"""The end of a card number, which calls need not repeat."""
_BEGUN = re.compile(
    r"\b(?:submitted|initiated|requested|started|filed|opened|sent|queued|begun|issued|placed|scheduled|pending|processing|on (?:its|the) way)\b"
)
"""Words that claim no more than that something was set going."""
_ALL_OF = re.compile(r"\b(?:both|all|each|every|everything)\b")
_PASSIVE = re.compile(r"\b(?:has|have|was|were|is|are)\b")


def against_evidence(claim: Claim, case: Case, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    """The claim with its standing. A sentence that claims no act and names a reference is `_referred`'s; of any other
    the first of these answers that holds, counts.

    1. We only say that we looked, and a lookup worked: verified.
    2. A field was asked for as the draft tells it and the result shows another value: contradicted.
    3. A call did the act, worked, was not taken back, and is about the same thing: verified, unless the claim names
       a number that stands nowhere, or is of all of several and the call failed for one of them.
    4. Records that were read say that it is so: verified.
    5. It was done for something else, or taken back later: contradicted.
    6. A call tried it and failed, or what was set going is told as finished: contradicted; none can say: ungrounded.
    7. It merely stands so, and records were read that neither show nor exclude it: unknown.
    8. The conversation has said so before, and the draft builds on it: unknown.
    9. Nothing shows it: ungrounded.
    """
    told = fold(claim.span.text)
    if claim.act == ANY_ACT and claim.kind == "standing" and names(claim, told):
        return _referred(claim, told, calls, known)
    tried = closest([c for c in calls if serves(c, claim.act, told)], told)
    begun = _BEGUN.search(told) is not None
    good = [c for c in tried if c.result == "worked" or (begun and c.result in ("pending", "waiting"))]
    last = lasting(good, calls)
    wrong = about_another(claim, case, told, last, calls) if last else None
    if last and not wrong and _ALL_OF.search(told) and (left := _left_undone(tried)):
        wrong = f"and {left.call.name} failed for one of them"
    answer = (
        _looked(claim, told, calls)
        or _shown_otherwise(claim, told, good)
        or (_covered(claim, told, calls, known) if last and not wrong else None)
        or _recorded(claim, case, told, calls)
        or _elsewhere(claim, good, last, wrong)
        or _failed(claim, tried)
        or _open(claim, told, calls)
        or _said_before(claim, case, calls)
    )
    return answer or replace(claim, standing="ungrounded", why="no tool call shows it")


def _left_undone(tried: list[Entry]) -> Entry | None:
    """A call that failed and that no call with the same arguments mended."""
    done = {c.call.arguments for c in tried if c.result == "worked"}
    return next((c for c in tried if c.result == "failed" and c.call.arguments not in done), None)


def _referred(claim: Claim, told: str, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    """A sentence that claims no act and names a reference: it must stand in a call or a message."""
    strange = [i for i in names(claim, told) if not is_held(i, known())]
    if strange and not any(is_cut(c.call.result) for c in calls):
        return replace(claim, standing="ungrounded", why=f"no call or message knows {', '.join(strange)}")
    return claim


def _shown_otherwise(claim: Claim, told: str, good: list[Entry]) -> Claim | None:
    other = differs(told, good)
    return replace(claim, standing="contradicted", why=other) if other else None


def _covered(claim: Claim, told: str, calls: tuple[Entry, ...], known: Callable[[], str]) -> Claim:
    whole = not any(is_cut(c.call.result) for c in calls)
    if whole and (unknown := [*_unknown_numbers(claim, told, known(), calls), *_unknown_sums(told, known())]):
        return replace(claim, standing="contradicted", why=f"no call or message knows {', '.join(unknown)}")
    return replace(claim, standing="verified")


def _recorded(claim: Claim, case: Case, told: str, calls: tuple[Entry, ...]) -> Claim | None:
    """A call that only reads can show that something *is* so, or was done before: "your order was shipped".

    It never backs an act that we say we did, but for mail: what sends it is seldom the tool that was called.
    """
    told_by_us = claim.act in BY_US and BY_US[claim.act].search(told)
    ours = told_by_us and claim.act != "send" and told_by_us.group()[:1] == "i"
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


def _failed(claim: Claim, tried: list[Entry]) -> Claim | None:
    if not tried:
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


def _open(claim: Claim, told: str, calls: tuple[Entry, ...]) -> Claim | None:
    """Records were read: whether they show just this, only a reader could say, unless their state excludes it."""
    records = [c for c in calls if c.reads and c.result == "worked"]
    if claim.kind != "standing" or not records:
        return None
    ids = names(claim, told)
    about = [c for c in records if any(holds(i, c.text) for i in ids)] if ids else records
    if about and (state := denies(about[-1], claim.act)):
        return replace(claim, standing="contradicted", why=f"{about[-1].call.name} shows {state}")
    return claim


def _said_before(claim: Claim, case: Case, calls: tuple[Entry, ...]) -> Claim | None:
    """Building on the customer's own word, or on why a call failed ("already shipped"), claims nothing of ours (guide §4)."""
    form = PAST.get(claim.act)
    texts = (*(fold(t.content) for t in case.turns), *(fold(c.call.result).replace("_", " ") for c in calls))
    told = form and claim.kind == "standing" and any(form.search(text) for text in texts)
    return claim if told else None


def _unknown_sums(told: str, known: str) -> list[str]:
    """Money of a claim whose worth stands nowhere: "from $212 to $96". What is reckoned, or summed, stands nowhere rightly."""
    sums = [n for m in money_in(told) for n in written(m)]
    if len(sums) < 2 or reckoned(told):
        return []
    found = values(known)
    return [f"{n:g}" for n in sums if not any(round(m, 2) in found for m in (n, n * 100))]


def _unknown_numbers(claim: Claim, told: str, known: str, calls: tuple[Entry, ...]) -> list[str]:
    """Numbers and days of a claim that stand in no call and no message. Durations are no facts of a call.

    What merely stands so may be true without a call that says it; of that only the names of things are looked up.
    Amounts that a call moved in cents, or several together, were weighed before.
    """
    days = set(WEEKDAY.findall(told))
    told = _CARD_END.sub(" ", _LIST_MARK.sub(" ", without_times(without_money(told))))
    least = 2 if claim.kind == "done" else ID_LENGTH
    for form in DAYS:
        told = form.sub(" ", told)
    joined = [re.sub(r"\D", "", g) for g in GROUPED.findall(told)]
    strange = [n for n in joined if len(n) >= PHONE and not is_held(n, known)]
    unsure = [n for n in numbers(GROUPED.sub(" ", told)) if len(n) >= least]
    if not unsure and not days:
        return strange
    found = numbers(known) if unsure else frozenset()
    named = set(WEEKDAY.findall(known.lower()))  # only where one is named, for calls write dates in figures
    other_days = days - named if named else set()
    if other_days:
        other_days = other_days.difference(*(weekdays(without_stamps(c)) for c in calls))
    return sorted([*strange, *(n for n in unsure if n not in found), *other_days])
