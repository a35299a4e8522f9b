"""Whether words of a tool result, which a model names, can lift a claim that the ledger doubts."""

import re

from guard.assessment import ANY_ACT, Claim
from guard.case import Case
from guard.ledger.acts import ACTS, DID, LOOKED, MONEY, NOUN, PAST
from guard.ledger.amounts import money_in
from guard.ledger.evidence import Entry, serves
from guard.ledger.fields import numbers, tokens
from guard.ledger.objects import about_another
from guard.ledger.prose import names_act, of_text
from guard.ledger.sums import amounts_match, moved_by
from guard.text import content, fold

_OURS = re.compile(
    r"\bi(?:'ve| have)? (?:just |now |already |also |successfully |gone ahead and )*(?!went|read|saw|seen|found|heard|noted|checked|reviewed|understood|received)\w+(?:ed|nt|ut|et|ade|one|oze|ozen|ld|rought)\b"
    r"|\b(?:ich habe|habe ich|j'ai|he \w+(?:ado|ido|to|cho)|\w{4,}(?:é|ei))\b"
)
"""A deed that the draft says is its own, in our languages: a record cannot show who did it."""
_NOT_YET = re.compile(
    r"\b(?:request(?:ed)?|eligible|ineligible|possible|available|allowed|policy|may|can|could|will|would|if|to be|null|none|false)\b"
)
"""Beside an act: it was asked for, or could be."""
_PAID = re.compile(r"\b(?:paid|payout|settled|transferred|deposited|reversed|returned)\b")
"""Money that moved, whichever way: with the day or the sum of the claim beside it, it is the claim's."""


def lifts(words: str, named: str, claim: Claim, case: Case, call: Entry, calls: tuple[Entry, ...]) -> bool:  # noqa: PLR0913, PLR0917 - the claim, the words and what they stand in
    """The call did the act and its result is no failure, or it read a record that says so of the same thing.

    A record lifts no deed of ours: that something is so does not show that we did it. `named`: the act as the model
    names it, which counts beside what our grammar found, but for money.
    """
    told, said = fold(claim.span.text), fold(words).replace("_", " ")
    if about_another(claim, case, told, [call], calls):
        return False
    acts = {claim.act} if claim.act in MONEY else {claim.act, named} - {ANY_ACT} or {ANY_ACT}
    if call.reads:
        return not _is_ours(claim, told) and any(_is_recorded(act, told, said) for act in acts)
    return any(_is_done(act, claim, told, said, call) for act in (*acts, claim.act))


def _is_ours(claim: Claim, told: str) -> bool:
    return claim.kind == "done" and _OURS.search(told) is not None and not LOOKED.search(told)


def _is_recorded(act: str, told: str, said: str) -> bool:
    """The record's words say that the act happened; where it has no name, they share a word or a figure with the claim."""
    if act == ANY_ACT:
        return _share(told, said)
    paid = act in MONEY and _PAID.search(said) is not None and not numbers(said).isdisjoint(numbers(told))
    failed = of_text(said, frozenset((act,))) in ("failed", "waiting", "pending")
    return (_speaks_of(act, said) or paid) and not failed and not _NOT_YET.search(said)


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
    return nameless or (not _is_ours(claim, told) and _share(told, said))


def _speaks_of(act: str, said: str) -> bool:
    forms = (PAST[act], NOUN[act], DID[act])
    return any(form.search(said) for form in forms) or any(
        names_act(word, frozenset((act,))) for word in tokens(said)
    )


def _share(told: str, said: str) -> bool:
    return bool(content(said) & content(told) or numbers(said) & numbers(told))
