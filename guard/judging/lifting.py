"""Whether words of a tool result, which a model names, can lift a claim that the ledger doubts."""

import re
from collections.abc import Iterator

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import ACTS, DID, LOOKED, MONEY, NOUN, PAST
from guard.ledger.amounts import blanked, money_in, without_money, without_times
from guard.ledger.evidence import ID_KEY, Entry, serves
from guard.ledger.fields import holds, last_token, numbers, tokens, values
from guard.ledger.objects import about_another
from guard.ledger.prose import names_act, of_text
from guard.ledger.results import parsed
from guard.ledger.sums import amounts_match, moved_by
from guard.quotes import find
from guard.records import Json
from guard.text import ID, content, fold, words

_OURS = re.compile(
    r"\b(?:i|we)(?:'ve|'d| have| had)? (?:just |now |already |also |successfully |gone ahead and |went ahead and |took care )*"
    r"(?!went\b(?! ahead)|gone (?:through|over)\b|read\b|saw\b|seen\b|found\b|heard\b|noted\b|checked\b|reviewed\b|understood\b|received\b|need)"
    r"(?:had|got|\w+(?:ed|nt|ut|et|ade|one|oze|ozen|ld|rought|ook))\b"
    r"|\b(?:our|my) (?:\w+ )?(?:team|teams|colleagues?|agents?|staff|specialists?|department|office|side|people)\b(?: have| has| had| just| already)* \w+(?:ed|nt|ut|ade|oze|ozen|ld|ook)\b"
    r"|\b(?:ich habe|habe ich|wir haben|haben wir|j'ai|nous avons|he \w+(?:ado|ido|to|cho)|hemos \w+|\w{4,}(?:é|ei))\b"
)
"""A deed that the draft says is its own or its house's, in our languages: a record cannot show who did it."""
_DENIED = re.compile(r"\b(?:not|no|never|none|nothing|without|cannot|yet to)\b|n't\b")
_OPEN = re.compile(
    r"\b(?:request(?:s|ed)?|eligible|ineligible|possible|available|allowed|policy|(?<!\d )(?<!in )(?<!of )(?<!early )(?<!late )may(?!,? \d)|might|can|could|will|would|shall|should|must|if|when|once|unless|until|after|"
    r"to be|ready|await\w*|pending|queued?|waiting|waitlist\w*|due|expected|planned|scheduled (?:to|for)|for review|in review|asks?|asked|wants?|failed|declined|rejected|partial(?:ly)?)\b"
)
"""Beside an act: it was asked for, could be, or has yet to be."""
_SETTLED = re.compile(
    r"\b(?:issued|paid(?: out)?|settled|completed?|processed|succeeded|sent|finished|done|confirmed|active|open|applied|made|in transit|on (?:its|the) way|delivered|reversed|transferred)\b"
)
"""States in which the thing that a field or a tool names has come about."""
_STATES = {
    "refund": re.compile(r"\b(?:reversed|repaid|paid back|paid out)\b"),
    "ship": re.compile(r"\b(?:delivered|in transit|out for delivery|left the \w+)\b"),
    "stop": re.compile(r"\b(?:suspended|inactive|locked|on hold|disabled)\b"),
}
"""States of an act beside its participles."""
_STAMP = words("at on date time to by true")
"""Behind a participle in the name of a field that says when, or to whom: `refunded_at`."""
_GENERAL_STAMP = words("created updated modified")
"""Participles that every record has."""
_NOW = re.compile(r"\b(?:is|are) now (?:at |on |set to )?[\d$€£]")
"""A figure has become so."""
_ID = 4
"""Digits from which a number is a name."""
_NEAR = 25
"""Characters before a participle that can deny it."""
_CASES = words("complaint ticket case report")
"""Fields beside those of ids that hold the name of what was opened."""


def lifts(words: str, named: str, claim: Claim, case: Case, call: Entry, calls: tuple[Entry, ...]) -> bool:  # noqa: PLR0913, PLR0917 - the claim, the words and what they stand in
    """The call did the act and its result is no failure, or it read a record in which a value says that it is so.

    A record lifts no deed of ours: that something is so does not show that we did it. `named`: the act as the model
    names it, which counts beside what our grammar found, but for money.
    """
    told, said = fold(claim.span.text), fold(words).replace("_", " ")
    if about_another(claim, case, told, [call], calls):
        return False
    acts = {claim.act} if claim.act in MONEY else {claim.act, named} - {ANY_ACT} or {ANY_ACT}
    if not call.reads:
        return any(_is_done(act, claim, told, said, call) for act in (*acts, claim.act))
    if is_ours(told):
        return False
    if acts == {ANY_ACT} and observes(claim, told):
        return _share(told, said)
    quoted = tuple(_quoted(words, call.call.result))
    figures = _holds_figures(told, calls, *case.customer_turns())
    return figures and any(_says(act, *one, told, call) for one in quoted for act in acts)


def is_ours(told: str) -> bool:
    """The sentence names us as who did it; to have looked something up is the one deed that a lookup shows."""
    return _OURS.search(told) is not None and not LOOKED.search(told)


def observes(claim: Claim, told: str) -> bool:
    """It tells what is there, and of no act that changed it."""
    return claim.act == ANY_ACT and not _NOW.search(told) and not any(_changed(act, told) for act in ACTS)


def tells_otherwise(words: str, told: str, call: Entry, calls: tuple[Entry, ...]) -> bool:
    """The record holds other figures, or what is quoted of it is open or denied: no word of the ledger outranks that."""
    states = [fold(v).replace("_", " ") for _, v in _quoted(words, call.call.result) if isinstance(v, str)]
    return not _holds_figures(told, calls) or any(_OPEN.search(s) or _DENIED.search(s) for s in states)


def _changed(act: str, told: str) -> list[str]:
    """The participles of the act in a claim that are not denied."""
    found = PAST[act].finditer(told)
    return [m.group() for m in found if not _DENIED.search(told[max(0, m.start() - _NEAR) : m.start()])]


def _holds_figures(told: str, calls: tuple[Entry, ...], *said: str) -> bool:
    """The claim's money, and one at least of its other figures, stands in a result, or was said.

    Names of things, days and times are compared elsewhere; a sentence may hold figures of more than its claim.
    """
    held = frozenset[float]().union(
        *(values(text) for text in (*said, *(call.call.result for call in calls)))
    )
    sums = [m.value for m in money_in(told)]
    named = (m.span() for m in ID.finditer(told.upper()) if len(m.group()) >= _ID or not m.group().isdigit())
    other = values(without_money(without_times(blanked(told, named))))
    return all(n in held or 100 * n in held for n in sums) and (not other or not other.isdisjoint(held))


def _says(act: str, path: tuple[str, ...], value: Json, told: str, call: Entry) -> bool:
    """The field says that the act came about: its name is the participle and its value no refusal, or its value says it."""
    state = fold(str(value)).replace("_", " ").strip()
    denied = _DENIED.search(state) is not None
    if value and not denied and (value is True or _is_stamp(act, path, call)):
        return _is_stamp(act, path, call)
    if not value or _OPEN.search(state):
        return False
    if act == ANY_ACT:
        own = [word for one in ACTS for word in _changed(one, told)]
        return not denied and (any(word in state for word in own) if own else _is_told(path, state, told))
    if PAST[act].search(told) and not _changed(act, told):  # "has not shipped"
        return denied and PAST[act].search(state) is not None
    failed = denied or of_text(state, frozenset((act,))) in ("failed", "waiting", "pending")
    return not failed and (_is_state(act, path, state, call) or _is_its_name(act, path, state, told))


def _is_state(act: str, path: tuple[str, ...], state: str, call: Entry) -> bool:
    """A participle of the act, or a state in which the thing that the field or the tool names has come about."""
    if PAST[act].search(state) or (act in _STATES and _STATES[act].search(state)):
        return True
    things = (*(" ".join(tokens(key)) for key in path), last_token(call.call.name))
    named = any(NOUN[act].fullmatch(re.sub(r" (?:status|state)$", "", thing)) for thing in things)
    paid = act in MONEY and bool(path) and names_act(path[-1].lower(), frozenset((act,)))
    return (named or paid) and _SETTLED.search(state) is not None


def _is_its_name(act: str, path: tuple[str, ...], state: str, told: str) -> bool:
    """What was opened has a name, and the claim tells it."""
    return act == "open" and bool(path) and last_token(path[-1]) in ID_KEY | _CASES and holds(state, told)


def _is_stamp(act: str, path: tuple[str, ...], call: Entry) -> bool:
    """The name of the field is the participle of the act and no more than when: `refunded_at`, `cancelled`."""
    first, *rest = tokens(path[-1]) if path else ("",)
    if first in _GENERAL_STAMP or act == ANY_ACT or not set(rest) <= _STAMP:
        return False
    if act in MONEY and first == "paid":
        return any("payout" in tokens(key) for key, _ in call.got)
    return PAST[act].fullmatch(first) is not None or (
        first.endswith("ed") and names_act(first, frozenset((act,)))
    )


def _is_told(path: tuple[str, ...], state: str, told: str) -> bool:
    """Of a figure that has become so: the claim tells all of the value, and of a bare figure whose it is."""
    named = content(last_token(path[-1])) if path and not content(state) else content(state)
    return bool(named) and named <= content(told) and numbers(state) <= numbers(told)


def _quoted(quoted: str, result: str) -> Iterator[tuple[tuple[str, ...], Json]]:
    """The fields whose value the quote holds, or whose name alone it is; of a text the sentences that hold the quote."""
    bare = fold(quoted).strip("\"' ")
    for path, value in _fields(parsed(result)):
        keyed = ":" not in quoted or (bool(path) and find(path[-1], quoted) is not None)
        part = find(quoted, value) if isinstance(value, str) else None
        if isinstance(value, str) and part:
            yield path, _around(value, part.start, part.end)
        elif (path and bare == path[-1].lower()) or (keyed and holds(str(value), quoted)):
            yield path, value


def _around(text: str, start: int, end: int) -> str:
    """The sentences of a text that hold a place in it."""
    first = max(text.rfind(mark, 0, start) for mark in (". ", "\n", "! ", "? "))
    ends = [at for mark in (". ", "\n", "! ", "? ") if (at := text.find(mark, end)) >= 0]
    return text[first + 1 : min(ends, default=len(text))]


def _fields(value: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every plain value with the names that lead to it."""
    todo: list[tuple[tuple[str, ...], Json]] = [((), value)]
    while todo:
        path, current = todo.pop()
        match current:
            case dict() as fields:
                todo += [((*path, key), inner) for key, inner in fields.items()]
            case list() as items:
                todo += [(path, item) for item in items]
            case _:
                yield path, current


def _is_done(act: str, claim: Claim, told: str, said: str, call: Entry) -> bool:
    """By what the call does, by its words, or, where the draft claims no deed of its own, by what both are about.

    A tool whose name says no act may have done any that moves no money.
    """
    if serves(call, act, told) or (act in ACTS and _speaks_of(act, said)):
        return True
    if act in MONEY:
        sums = [m.value for m in money_in(told)]
        return bool(sums and moved_by(call)) and all(amounts_match(n, [call]) for n in sums)
    nameless = not call.acts & ACTS.keys()
    return nameless or (not (claim.kind == "done" and is_ours(told)) and _share(told, said))


def _share(told: str, said: str) -> bool:
    return bool(content(said) & content(told) or numbers(said) & numbers(told))


def _speaks_of(act: str, said: str) -> bool:
    forms = (PAST[act], NOUN[act], DID[act])
    return any(form.search(said) for form in forms) or any(
        names_act(word, frozenset((act,))) for word in tokens(said)
    )
