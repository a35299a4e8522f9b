"""Every claim of an assessment, weighed: verified, ungrounded, contradicted, unauthorised, or still unknown."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from guard.assessment import Assessment, Claim, Unjudged
from guard.case import Authority, Case
from guard.ledger.authority import Grant, read
from guard.ledger.backing import against_evidence, as_it_stands
from guard.ledger.evidence import Entry, entry, settled
from guard.ledger.permission import against_authority, together
from guard.ledger.statements import statements

_DOUBTED = ("ungrounded", "contradicted", "unauthorised")


def checked(found: Assessment | Unjudged, case: Case, authority: Authority) -> Assessment | Unjudged:
    """The same assessment with every claim weighed. `authority` is the policy's; the case may add to it."""
    if isinstance(found, Unjudged):
        return found
    calls = cache(lambda: settled(tuple(entry(c) for c in case.evidence or ())))
    grants = cache(lambda: granted(case, authority))
    known = cache(lambda: facts(case, calls()))
    weighed = tuple(_weigh(claim, case, calls, grants, known) for claim in found.claims)
    weighed = together(weighed, grants) if len(weighed) > 1 else weighed
    if case.evidence:
        weighed = (*weighed, *_contradicted(found, weighed, calls(), known))
    return replace(found, claims=weighed)


def _contradicted(
    found: Assessment,
    weighed: tuple[Claim, ...],
    calls: tuple[Entry, ...],
    known: Callable[[], str],
) -> Iterator[Claim]:
    """What a sentence tells beside its claims, where calls say otherwise: "the next one comes on the 27th"."""
    doubted = {c.span for c in weighed if c.standing in _DOUBTED}
    weighable = {c.span for c in weighed if c.kind in ("done", "standing")}
    for sentence in found.sentences:
        if sentence.span in doubted | weighable:
            continue
        told = (as_it_stands(claim, calls, known) for claim in statements(sentence))
        wrong = next((claim for claim in told if claim.standing == "contradicted"), None)
        if wrong:
            yield replace(wrong, span=sentence.span)


def granted(case: Case, authority: Authority) -> tuple[Grant, ...]:
    """The actions of the case, then those of the policy, each as what it grants."""
    return tuple(read(action) for action in case.allowed(authority))


def facts(case: Case, calls: tuple[Entry, ...] | None = None) -> str:
    """All that is known: what was said, what calls returned, what the authority says. Text to look facts up in."""
    read_calls = calls if calls is not None else tuple(entry(c) for c in case.evidence or ())
    allowed = [
        json.dumps([a.id, a.does, a.deadline, a.say, a.max_amount, a.currency])
        for a in (case.authority.actions if case.authority else ())
    ]
    return "\n".join(
        [*(t.content for t in case.turns), *(c.text for c in read_calls if c.result != "failed"), *allowed]
    )


def _weigh(
    claim: Claim,
    case: Case,
    calls: Callable[[], tuple[Entry, ...]],
    grants: Callable[[], tuple[Grant, ...]],
    known: Callable[[], str],
) -> Claim:
    match claim.kind:
        case "done" | "standing":
            return (
                claim
                if case.evidence is None
                else _told(claim, against_evidence(claim, case, calls(), known))
            )
        case "promised" | "offered":
            return against_authority(claim, case, grants(), calls)


def _told(claim: Claim, weighed: Claim) -> Claim:
    """A judge that read the results knows better whether they show a claim; a contradiction in figures is ours to see."""
    match claim.shown:
        case None:
            return weighed
        case _ if weighed.standing == "contradicted":
            return weighed
        case True:
            return replace(weighed, standing="verified", why="a tool result shows it")
        case False:
            return replace(weighed, standing="ungrounded", why="no tool result shows it")
