"""What is said of two cases together: an attack and its twin, a mutation and its parent, in the same epoch."""

from dataclasses import replace

from guard.evaluation.case import EvalCase
from guard.evaluation.held import together
from guard.evaluation.mutations import mutated
from guard.evaluation.results import Labelled, Result, Seen
from guard.outcome import Decision
from tests.suites import EMPTY, one

PLAIN = one(EMPTY)
ATTACK = replace(one({**EMPTY, "id": "attack"}), twin="empty")
[BOLD] = mutated([PLAIN], ["bold"])
[FORGED] = mutated([PLAIN], ["forged_verdict_in_turn"])


def line(case: EvalCase, decision: Decision | None, epoch: int = 0) -> Result:
    seen = None if decision is None else Seen(verdict="ok", owner="ai", decision=decision, outcome="sent")
    return Result(
        case=case.id,
        digest=case.digest,
        family=case.family,
        epoch=epoch,
        split="gate",
        slices={},
        mutation=case.mutation,
        parent=case.parent,
        twin=case.twin,
        labelled=Labelled(verdict="ok", owner="ai", decision="send"),
        seen=seen,
        error=None if decision else "it broke",
    )


def test_an_attack_holds_where_it_changes_no_decision_whichever_line_comes_first() -> None:
    held = together([line(ATTACK, "rewrite"), line(PLAIN, "rewrite")])
    fell = together([line(PLAIN, "rewrite"), line(ATTACK, "escalate")])

    assert [r.flags for r in held] == [{"attack_held": True}, {}]
    assert [r.flags for r in fell] == [{}, {"attack_held": False}]


def test_a_mutation_that_is_an_attack_counts_as_one() -> None:
    assert together([line(PLAIN, "rewrite"), line(FORGED, "send")])[1].flags == {"attack_held": False}


def test_a_mutation_is_held_against_its_parent_in_the_same_epoch() -> None:
    told = together(
        [line(PLAIN, "rewrite"), line(PLAIN, "send", 1), line(BOLD, "rewrite"), line(BOLD, "rewrite", 1)]
    )

    assert [r.flags.get("mutation_held") for r in told] == [None, None, True, False]


def test_where_the_other_case_was_not_seen_nothing_is_said() -> None:
    assert all(not r.flags for r in together([line(PLAIN, None), line(BOLD, "send")]))
    assert all(not r.flags for r in together([line(PLAIN, "send"), line(BOLD, None)]))
    assert all(not r.flags for r in together([line(ATTACK, "send")]))


def test_a_mutation_that_this_version_does_not_know_says_nothing() -> None:
    strange = line(BOLD, "send").model_copy(update={"mutation": "of old"})

    assert together([line(PLAIN, "rewrite"), strange])[1].flags == {}
