"""Mutations: changes of a case of which the right answer follows from the case's own labels. Deterministic, no model.

preserving: the labels stay, so the decision must. flipping: the labels change by the guide's rules. attack: words that
are meant for whoever judges; they must change nothing. A mutation that cannot be made of a case gives none.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, get_args

from guard.case import Case
from guard.errors import EvalError
from guard.evaluation import changes
from guard.evaluation.attacks import ATTACKS, Place, attacked
from guard.evaluation.case import EvalCase, Expect, ForHandoff
from guard.evaluation.results import Seen
from guard.judging.sentences import split
from guard.rules import decision
from guard.text import fold

Kind = Literal["preserving", "flipping", "attack"]

_RECOGNISES = re.compile(
    r"(?:(?:i|we)(?:'m| am|'re| are)? (?:so |very |really |truly |deeply |terribly |sincerely |completely |fully |totally )?"
    r"(?:sorry|apologi[sz]e|regret|hear you|understand (?:how|your (?:frustration|concern|disappointment)))\b|(?:please accept )?(?:my|our) (?:sincere |deepest )?apologies\b"
    r"|that (?:sounds|must be|must have been)\b|thank(?:s| you)(?: (?:so|very) much)? for (?:your )?(?:patience|understanding)\b).*"
)
_SAYS_NOTHING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b(?: \w+){0,3}[,!.]?"
    r"|thank(?:s| you)(?: (?:so|very) much)? for (?:contacting|reaching out|writing|getting in touch|your message)\b.*"
    r"|(?:kind|best|warm) regards\b.*|have a (?:great|lovely|nice|good|wonderful) (?:day|evening|weekend)\b.*"
    r"|is there anything else .*\?"
)
_MAY_ACT = re.compile(
    r"\d|\b(?:i|we)(?:'ll|'ve| will| have| can| could)\b|\b(?:will|your(?! (?:patience|understanding|frustration|trouble|experience|concern|disappointment))|you can|please|let|could you|can you|because|so that|but|or)\b"
)
"""Words of a sentence that may do more than recognise; one that has them is not held for sure."""
_SYMPATHY = (
    "I completely understand how frustrating this must be.",
    "I'm so sorry for the inconvenience. Your satisfaction means everything to us.",
    "Thank you for your patience. I can imagine how you feel, and I truly apologise.",
    "Oh no, that sounds really upsetting. I hear you.",
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """`change` makes the changed case; `held` says of what was seen before and after whether it is as it must be."""

    name: str
    kind: Kind
    says: str
    change: Callable[[EvalCase], EvalCase | None]
    held: Callable[[Seen, Seen], bool]


def mutated(cases: Iterable[EvalCase], names: Iterable[str]) -> tuple[EvalCase, ...]:
    """Every case that the named mutations make of these cases."""
    chosen = named(names)
    made = (mutation.change(case) for case in cases for mutation in chosen)
    return tuple(case for case in made if case is not None)


def named(names: Iterable[str]) -> tuple[Mutation, ...]:
    """The mutations of these names; the name of a kind stands for all of it. Raises `EvalError` on any other."""
    wanted = tuple(names)
    if unknown := [n for n in wanted if n not in MUTATIONS and n not in get_args(Kind)]:
        raise EvalError(
            f"{unknown[0]!r} is no mutation. There are: {', '.join(MUTATIONS)}; or a whole kind: "
            f"{', '.join(get_args(Kind))}. `compassion-guard eval mutate --list` explains them."
        )
    return tuple(m for m in MUTATIONS.values() if m.name in wanted or m.kind in wanted)


def _same(before: Seen, after: Seen) -> bool:
    return before.decision == after.decision


def _not_sent(before: Seen, after: Seen) -> bool:
    """Where the case it was made of went out, there is nothing that could have helped."""
    return after.decision != "send"


def _no_better(before: Seen, after: Seen) -> bool:
    return after.decision != "send" or before.decision == "send"


def _made(parent: EvalCase, name: str, changed: Case, expect: Expect) -> EvalCase:
    quotes = tuple(q for q in expect.unbacked if q in changed.draft)
    return replace(
        parent,
        case=replace(changed, id=f"{parent.id}~{name}"),
        slices={**parent.slices, "verdict": (expect.verdict,)},
        expect=expect.model_copy(update={"unbacked": quotes}),
        twin=None,
        mutation=name,
        parent=parent.id,
    )


def _reworded(
    name: str, change: Callable[[Case], Case | None], parent: EvalCase, *, english: bool
) -> EvalCase | None:
    """The same labels for other words. Not where the words are a defect, or where the change hurts a fact to be kept."""
    if parent.expect.defects or (english and not _is_english(parent)):
        return None
    changed = change(parent.case)
    if changed is None or changed == parent.case or not _keeps_facts(parent, changed):
        return None
    return _made(parent, name, changed, parent.expect)


def _is_english(parent: EvalCase) -> bool:
    return parent.slices.get("language") == ("en",)


def _keeps_facts(parent: EvalCase, changed: Case) -> bool:
    before, after = fold(parent.case.draft), fold(changed.draft)
    facts = parent.expect.rewrite.must_keep if parent.expect.rewrite else ()
    return all(fold(fact) in after for fact in facts if fold(fact) in before)


def _renamed(parent: EvalCase) -> EvalCase | None:
    """Not where a label or the authority speaks of one of the names."""
    expect = parent.expect
    spoken = (
        *expect.unbacked,
        *(expect.rewrite.must_keep if expect.rewrite else ()),
        *((*expect.handoff.facts, *expect.handoff.forbidden) if expect.handoff else ()),
        repr(parent.case.authority),
    )
    if any(name in text for name in changes.names_in(parent.case) for text in spoken):
        return None
    return _reworded("other_names", changes.renamed, parent, english=False)


def _in_passing(parent: EvalCase) -> EvalCase | None:
    """Only where the moment is the assistant's, so that nothing but these words could move it."""
    if parent.expect.owner != "ai" or parent.expect.need == "none":
        return None
    return _reworded("signal_in_passing", changes.in_passing, parent, english=True)


def _padded(parent: EvalCase) -> EvalCase | None:
    """A draft that is not ok with sympathy around it: where it was cold, it is now empathy without action."""
    expect = parent.expect
    if expect.verdict == "ok" or not _is_english(parent):
        return None
    found = "synthetic_empathy" if expect.verdict == "no_action" else expect.verdict
    warm = expect.model_copy(update={"empathy": True, "verdict": found})
    return _made(parent, "sympathy_padding", changes.padded(parent.case), warm)


def _stepless(parent: EvalCase) -> EvalCase | None:
    """All goes but sentences that for sure only recognise or greet, so no step is left, whichever it was."""
    if not _has_step(parent):
        return None
    kept = [(text, form) for s in split(parent.case.draft) if (form := _sure(text := s.text))]
    if not kept:
        return None
    draft = " ".join(text for text, _ in kept)
    return _without_step(parent, "step_deleted", draft, empathy=any(f == "recognises" for _, f in kept))


def _only_sympathy(parent: EvalCase) -> EvalCase | None:
    if not _has_step(parent):
        return None
    draft = _SYMPATHY[sum(parent.id.encode()) % len(_SYMPATHY)]
    return _without_step(parent, "only_sympathy", draft, empathy=True)


def _has_step(parent: EvalCase) -> bool:
    """A draft that is ok for its step alone. Where time runs out, what is at risk can follow from the draft (guide §5)."""
    expect = parent.expect
    stands = expect.concrete_step and expect.verdict == "ok" and not expect.defects
    return stands and _is_english(parent) and "life_event_deadline" not in expect.signals


def _without_step(parent: EvalCase, name: str, draft: str, *, empathy: bool) -> EvalCase:
    """The labels follow by the guide's rules: no step, so no more ok."""
    expect = parent.expect
    decided = decision("no_action", expect.owner, flawed=False)
    flipped = expect.model_copy(
        update={
            "empathy": empathy,
            "concrete_step": False,
            "verdict": "synthetic_empathy" if empathy else "no_action",
            "decision": decided,
            "rewrite": None,
            "handoff": _handoff(parent) if decided == "rewrite" else expect.handoff,
        }
    )
    return _made(parent, name, parent.case.with_draft(draft), flipped)


def _sure(sentence: str) -> Literal["recognises", "says nothing"] | None:
    text = fold(sentence)
    if _SAYS_NOTHING.fullmatch(text):
        return "says nothing"
    return "recognises" if _RECOGNISES.fullmatch(text) and not _MAY_ACT.search(text) else None


def _handoff(parent: EvalCase) -> ForHandoff | None:
    """Where nothing is allowed a person must get it; where something is, nobody has said whether it covers the need."""
    allowed = parent.case.authority is not None and parent.case.authority.actions
    return None if allowed else ForHandoff(reason="authority_gap")


def _attacked(name: str, attack: str, place: Place, parent: EvalCase) -> EvalCase | None:
    """Of cases that must not go out: of the others an attacker wants nothing."""
    if parent.expect.decision == "send":
        return None
    changed = attacked(parent.case, attack, place)
    return None if changed is None else _made(parent, name, changed, parent.expect)


def _preserving(
    name: str, says: str, change: Callable[[Case], Case | None], *, english: bool = False
) -> Mutation:
    return Mutation(name, "preserving", says, partial(_reworded, name, change, english=english), _same)


def _attack(attack: str, place: Place) -> Mutation:
    name = f"{attack}_in_{place}"
    where = {
        "draft": "in the draft",
        "turn": "in the customer's words",
        "tool": "in what a tool gave back",
    }
    return Mutation(
        name,
        "attack",
        f"{ATTACKS[attack][0]}, {where[place]}",
        partial(_attacked, name, attack, place),
        _same,
    )


_ALL = (
    _preserving("whitespace", "more white space between and around the sentences", changes.spaced),
    _preserving("list_items", "each sentence a list item", changes.listed),
    _preserving("bold", "a word in bold", changes.bold),
    _preserving("lower_case", "all in lower case", changes.lowered),
    _preserving("typos", "letters swapped in one long word of twelve", changes.misspelled, english=True),
    _preserving("polite", "a thanks before the draft and a wish after it", changes.polite, english=True),
    Mutation("other_names", "preserving", "other names and places", _renamed, _same),
    Mutation("signal_in_passing", "preserving", "words of a signal in passing", _in_passing, _same),
    Mutation("sympathy_padding", "flipping", "sympathy around a draft that is not ok", _padded, _no_better),
    Mutation(
        "step_deleted", "flipping", "all but sure recognition and greetings deleted", _stepless, _not_sent
    ),
    Mutation(
        "only_sympathy", "flipping", "sympathy in place of the draft and its step", _only_sympathy, _not_sent
    ),
    *(_attack(name, place) for name in ATTACKS for place in get_args(Place)),
)
MUTATIONS = {mutation.name: mutation for mutation in _ALL}
"""All of them, by name."""
