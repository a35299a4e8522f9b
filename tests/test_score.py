"""What one outcome shows, held against its labels: real outcomes of the real guard."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from guard import Guard
from guard.evaluation.promises import promised
from guard.evaluation.results import Flag
from guard.evaluation.score import Scored, score
from guard.outcome import Outcome, Rewritten, Sent, Withheld
from guard.policy import shipped
from tests.readings import answer, asking, reading, sentence
from tests.stub import Stub
from tests.suites import BROKEN, EMPTY, GAP, GOOD, PERSON, labelled, one


def scored(guard: Guard, line: Mapping[str, object]) -> tuple[Scored, Outcome]:
    case = one(line)
    outcome = guard.review(case.case)
    return score(case, outcome, packet(guard, outcome), guard.policy), outcome


def packet(guard: Guard, outcome: Outcome) -> str | None:
    if not isinstance(outcome, Withheld):
        return None
    found = guard.desk.packet(outcome.receipt.id)
    assert found
    return found[1]


def flags(guard: Guard, line: Mapping[str, object]) -> dict[Flag, bool]:
    return scored(guard, line)[0].flags


def relabelled(line: Mapping[str, object], **expect: object) -> dict[str, object]:
    before = line["expect"]
    assert isinstance(before, dict)
    return {**line, "expect": {**before, **expect}}


def test_a_good_draft_that_goes_out_has_the_flags_of_what_goes_out_and_no_others(guard: Guard) -> None:
    assert flags(guard, GOOD) == {
        "judged": True,
        "verdict_right": True,
        "owner_right": True,
        "decision_right": True,
        "step_right": True,
        "need_right": True,
        "good_untouched": True,
        "ai_kept": True,
    }


@pytest.mark.parametrize(("keep", "kept"), [("48213", True), ("7731", False)])
def test_a_rewrite_is_held_against_what_it_must_keep_and_may_not_promise(
    guard: Guard, keep: str, kept: bool
) -> None:
    must = {"must_keep": [keep], "must_not_promise": ["voucher"], "actions": ["replacement"]}
    found, outcome = scored(guard, relabelled(EMPTY, rewrite=must))

    assert isinstance(outcome, Rewritten)
    assert (keep in outcome.reply) == kept
    told = {name: held for name, held in found.flags.items() if name not in flags(guard, GOOD)}
    assert told == {
        "bad_caught": True,
        "rewritten_where_possible": True,
        "nothing_invented": True,
        "step_given": True,
        "warmth_bounded": True,
        "actions_right": True,
        "no_forbidden_promise": True,
        "facts_kept": kept,
    }


def test_a_rewrite_that_offers_what_nobody_may_promise_is_seen(guard: Guard) -> None:
    forbidden = {"must_keep": [], "must_not_promise": ["replacement"], "actions": ["replacement"]}

    assert flags(guard, relabelled(EMPTY, rewrite=forbidden))["no_forbidden_promise"] is False


def test_a_thing_that_only_recognition_names_is_promised_by_nobody(guard: Guard) -> None:
    draft = "I am so sorry that the lamp came broken. We value your patience."
    line = relabelled(
        EMPTY | {"draft": draft},
        rewrite={"must_keep": [], "must_not_promise": ["lamp"], "actions": ["replacement"]},
    )
    found, outcome = scored(guard, line)

    assert isinstance(outcome, Rewritten)
    assert "the lamp" in outcome.reply
    assert found.flags["no_forbidden_promise"] is True


@pytest.mark.parametrize(
    ("said", "is_promised"),
    [
        ("I can offer a refund.", True),
        ("Refunds are on their way.", True),
        ("I can't offer a refund.", False),
        ("Instead of a refund I can send a new one.", False),
        ("I cannot mend it, but a refund is possible.", True),
        ("We refunding nothing like refundable things.", True),
        ("It is refundable.", False),
    ],
)
def test_a_mention_is_a_promise_unless_its_own_clause_denies_it_first(said: str, is_promised: bool) -> None:
    assert promised("refund", said) is is_promised


def test_a_handoff_is_held_against_its_reason_and_what_it_stores(guard: Guard) -> None:
    found = flags(guard, PERSON)

    assert found["human_caught"]
    assert found["handoff_reason_right"]
    assert found["handoff_facts_there"]
    assert "handoff_clean" not in found
    assert "ai_kept" not in found


def test_a_handoff_that_stores_what_it_may_not_is_not_clean(guard: Guard) -> None:
    kept = {"reason": "human_requested", "facts": ["9999"], "forbidden": ["5512"]}

    found = flags(guard, relabelled(PERSON, handoff=kept))

    assert found["handoff_clean"] is False
    assert found["handoff_facts_there"] is False


def test_a_long_number_is_known_again_with_other_spaces_and_a_short_one_is_a_word(guard: Guard) -> None:
    asked = "I want to speak to a manager. My reference is 1234-5678-9 and 7371."
    line = {**PERSON, "context": [{"role": "customer", "content": asked}]}

    def clean(*forbidden: str) -> bool:
        kept = {"reason": "human_requested", "facts": [], "forbidden": list(forbidden)}
        return flags(guard, relabelled(line, handoff=kept))["handoff_clean"]

    assert clean("123 456 789") is False
    assert clean("737") is True


def test_nothing_may_be_said_in_its_place_so_a_person_gets_what_is_the_assistants(guard: Guard) -> None:
    found = flags(guard, GAP)

    assert found["ai_kept"]
    assert found["bad_caught"]
    assert "human_caught" not in found


def test_a_moment_that_is_the_assistants_and_goes_to_a_person_is_not_kept(guard: Guard) -> None:
    found = flags(guard, relabelled(PERSON, owner="ai", decision="rewrite", handoff=None, signals=[]))

    assert found["ai_kept"] is False
    assert found["owner_right"] is False


def test_the_reason_that_the_readers_expect_keeps_it(guard: Guard) -> None:
    expected = {"reason": "human_requested", "facts": [], "forbidden": []}

    assert flags(guard, relabelled(PERSON, owner="ai", handoff=expected))["ai_kept"] is True


def test_whether_a_false_claim_is_a_step_is_not_asked(guard: Guard) -> None:
    line = labelled(
        "claim",
        "I have refunded you in full.",
        more={"actions": []},
        verdict="unbacked_claim",
        decision="rewrite",
        unbacked=["I have refunded you in full."],
    )

    found = flags(guard, line)

    assert "step_right" not in found
    assert found["false_claim_caught"] is True
    assert found["verdict_right"] is True


def test_a_bad_draft_that_goes_out_is_caught_by_nobody(guard: Guard) -> None:
    found, outcome = scored(
        guard, relabelled(GOOD, verdict="no_action", decision="rewrite", concrete_step=False)
    )

    assert isinstance(outcome, Sent)
    assert found.flags["bad_caught"] is False
    assert found.flags["step_right"] is False
    assert "good_untouched" not in found.flags


def test_what_nobody_could_judge_is_neither_right_nor_wrong(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, answer("no JSON at all"))
    with asking(stub, tmp_path) as guard:
        found = scored(guard, GOOD)[0]

    assert found.seen.unjudged == "unparsable"
    assert found.flags["judged"] is False
    assert found.flags["good_untouched"] is False
    assert found.flags["ai_kept"] is False
    assert not {"verdict_right", "step_right", "need_right", "nothing_invented"} & set(found.flags)


def test_a_reply_that_is_warmer_than_the_policy_allows_is_seen(guard: Guard) -> None:
    case = one({**EMPTY, "draft": "I am so sorry that the lamp came broken. We value your patience."})
    outcome = guard.review(case.case)
    assert isinstance(outcome, Rewritten)
    strict = replace(shipped(), limits=replace(shipped().limits, recognition_words=1))

    assert score(case, outcome, None, shipped()).flags["warmth_bounded"] is True
    assert score(case, outcome, None, strict).flags["warmth_bounded"] is False


def test_marks_are_places_in_the_draft_and_in_the_turns(guard: Guard) -> None:
    found, outcome = scored(guard, PERSON)

    words = {
        (
            m.label,
            (outcome.case.draft if m.turn is None else outcome.case.turns[m.turn].content)[m.start : m.end],
        )
        for m in found.marks
    }
    assert ("asks_for_human", "want to speak to a manager") in words
    assert any(label == "recognition" for label, _ in words)


def test_odds_are_those_of_a_judge_that_tells_them(guard: Guard, stub: Stub, tmp_path: Path) -> None:
    assert (odds := scored(guard, GOOD)[0].odds)
    assert 0 <= odds.not_ok <= 1

    stub.answer = (
        200,
        answer(
            reading(
                need_quote=BROKEN, sentences=[sentence("I can send a replacement today.", "offer", step=True)]
            )
        ),
    )
    with asking(stub, tmp_path / "llm") as reader:
        assert scored(reader, GOOD)[0].odds is None


def test_what_the_labels_say_stands_beside_what_was_seen(guard: Guard) -> None:
    found = scored(guard, PERSON)[0]

    assert (found.labelled.verdict, found.labelled.owner, found.labelled.decision) == (
        "synthetic_empathy",
        "human",
        "escalate",
    )
    assert (found.seen.outcome, found.seen.reason) == ("withheld", "human_requested")
