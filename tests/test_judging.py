"""The local judge: what it reads, that it shows where, and how probabilities become facts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard import Case, Turn
from guard.assessment import MOVES, NEEDS, SIGNALS, Assessment, Customer, SeenSignal, Span
from guard.judging import local
from guard.judging.features import CONTEXT_FEATURES, SENTENCE_FEATURES
from guard.judging.glance import Glance
from guard.judging.net import Scores, shipped
from guard.judging.reading import read
from guard.judging.side import side_of
from guard.judging.words import words_of
from guard.policy import shipped as shipped_policy
from guard.rules import owner
from tests.cases import EMPTY_SORRY, case

TALK = Case(
    "j",
    (
        Turn("customer", "My kettle leaks. It soaked my papers!"),
        Turn("assistant", "We are sorry. Could you share the order number?"),
        Turn("customer", "It is 702-1234567-7654321. I am furious, this is the third one."),
    ),
    "I understand your anger. I've ordered a new kettle for you, it arrives on Friday. Anything else?",
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can't, we'll see.", ("i", "can", "not", "we", "will", "see")),
        ("Refund $40.50 for 702-1234567-7654321!", ("refund", "moneyx", "for", "idx", "!")),
        ("within 3-5 days or 24hrs?", ("within", "numx", "days", "or", "numx", "hrs", "?")),
        ("write to a@b.de or https://x.y/z", ("write", "to", "urlx", "or", "urlx")),
        ("{{Order Number}} it’s ﬁne\u200b", ("idx", "it", "'s", "fine")),
        ("", ()),
    ],
)
def test_words_are_folded_and_numbers_become_their_kind(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def seen(one: Case) -> Assessment:
    found = local.judge(one, 10_000)
    assert isinstance(found, Assessment)
    return found


def assert_shown(one: Case, found: Assessment) -> None:
    for span in (*(s.span for s in found.sentences), *(d.span for d in found.defects)):
        assert one.draft[span.start : span.end] == span.text
    need = found.customer.need_shown
    assert (need is None) == (found.customer.need == "none" or not one.customer_turns())
    facts = [(s.span, s.turn) for s in found.customer.signals]
    facts += [(need.span, need.turn)] if need else []
    for span, turn in (*facts, *((s.span, s.turn) for s in found.customer.shown)):
        assert one.turns[turn].role == "customer"
        assert one.turns[turn].content[span.start : span.end] == span.text


def test_every_fact_shows_the_words_it_stands_on() -> None:
    found = seen(TALK)

    assert_shown(TALK, found)
    assert {s.name for s in found.customer.shown} >= {"emotional_weight"}


def test_the_need_is_shown_where_it_was_said() -> None:
    asked = Case("n", (Turn("customer", "Hi. Please refund my broken lamp. I am Ana."),), "One moment.")
    later = replace(asked, turns=(*asked.turns, Turn("assistant", "One moment."), Turn("customer", "Hello?")))

    for one in (asked, later):
        shown = seen(one).customer.need_shown
        assert shown is not None
        assert (shown.turn, shown.span.text) == (0, "Please refund my broken lamp.")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["customer", "assistant"]), st.text(max_size=80)), max_size=5),
    st.text(max_size=200),
)
def test_arbitrary_talk_is_read_and_its_spans_hold(turns: list[tuple[str, str]], draft: str) -> None:
    one = Case("h", tuple(Turn(role, text) for role, text in turns), draft)  # type: ignore[arg-type]

    found = local.judge(one, 10_000)

    if isinstance(found, Assessment):
        assert_shown(one, found)


def test_the_same_case_is_read_the_same_twice() -> None:
    assert seen(TALK) == seen(replace(TALK))


def test_a_step_is_claimed_only_while_a_need_is_open() -> None:
    thanks = Case(
        "t",
        (*TALK.turns[:2], Turn("customer", "Never mind, it works now. Thank you, bye!")),
        "You're welcome!",
    )

    assert not seen(thanks).concrete_step
    assert seen(TALK).concrete_step


def test_a_case_without_a_customer_asks_nothing() -> None:
    assert seen(Case("n", (), "Hello!")).customer == Customer("none")


def test_an_empty_draft_and_one_without_words_are_defects() -> None:
    assert [d.kind for d in seen(case("Where is it?", "")).defects] == ["empty"]
    assert [d.kind for d in seen(case("Where is it?", "🙂")).defects] == ["empty"]


def scores(**signals: float) -> Scores:
    """Nothing seen but what is given."""
    pieces = read(TALK)
    sentences = sum(len(said.pieces) for said in pieces.customer)
    return Scores(
        need=np.eye(len(NEEDS), dtype=np.float32)[2],
        dims=np.zeros((4, 3), np.float32),
        signals=np.array([signals.get(name, 0.01) for name in SIGNALS], np.float32),
        human=0.01,
        shown=np.zeros((sentences, len(SIGNALS) + 12), np.float32),
        moves=np.zeros((0, len(MOVES)), np.float32),
        step=np.zeros(0, np.float32),
        recognises=np.zeros(0, np.float32),
        concrete=0.0,
        glance=Glance(0.01, 0.01),
        sentence_features=np.zeros((0, SENTENCE_FEATURES), np.float32),
        context_features=np.zeros(CONTEXT_FEATURES, np.float32),
    )


def whose(customer: Customer) -> str:
    return owner(customer, shipped_policy().matrix)


def test_a_moment_that_the_judge_as_a_whole_gives_to_a_person_is_one_and_names_no_fact_that_is_none() -> None:
    sure, unsure = (
        side_of(scores(legal_threat=0.2), p, read(TALK), Customer("action")) for p in (0.21, 0.19)
    )

    assert whose(sure) == "human"
    assert whose(unsure) == "ai"
    assert sure.signals == ()


def test_nobody_is_forgotten_however_much_we_have_said_since() -> None:
    turns: tuple[Turn, ...] = (Turn("customer", "My husband died. I want to kill myself."),)
    for _ in range(15):
        turns = (*turns, Turn("assistant", "Let me check the next system."))
        found = seen(Case("d", turns, "We are working hard on it. Rest assured!"))
        assert "self_harm" in {s.name for s in found.customer.signals}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I don't want to kill myself over it, but some nights I just want to die.", "self_harm"),
        ("I don't want to sue you, but I will take you to court.", "legal_threat"),
        ("It's no fire sale, but now my kitchen caught fire.", "safety_risk"),
    ],
)
def test_a_denied_word_hides_no_meant_one(said: str, name: str) -> None:
    assert name in {
        s.name for s in seen(Case("d", (Turn("customer", said),), "One moment.")).customer.signals
    }


def test_danger_that_the_forms_find_is_believed_against_the_net() -> None:
    forms = Customer("action", signals=(SeenSignal("safety_risk", Span("leaks", 10, 15), 0),))

    assert whose(side_of(scores(), 0.0, read(TALK), forms)) == "human"


def test_the_net_is_loaded_once_and_only_when_needed() -> None:
    assert shipped() is shipped()


def test_sympathy_alone_is_recognised_and_is_no_step() -> None:
    found = seen(case("My lamp from order #48213 came broken, I want a new one.", EMPTY_SORRY))

    assert found.empathy
    assert not found.concrete_step


@pytest.mark.parametrize(
    ("draft", "gaps"),
    [
        ("It arrives on [Date].", 1),
        ("Hi <name>, it is at <link>.", 2),
        ("Hi {first_name}, open Orders.", 1),
        ("Hi ${customer.name}, open Orders.", 1),
        ("Hi %FIRST_NAME%, open Orders.", 1),
        ("Your order {{Order Number}} is on its way.", 0),
        ("XXX-sized shirts are back.", 0),
        ("See [the guide](https://example.org).", 0),
    ],
)
def test_a_gap_that_nobody_filled_is_a_defect(draft: str, gaps: int) -> None:
    assert len(seen(case("Where is it?", draft)).defects) == gaps


@pytest.mark.parametrize(
    "asked",
    [
        "My son drank some of the drain cleaner you sell",
        "I took 3 of your pills instead of one, is that ok?",
        "I'm having chest pains since taking your supplement",
        "The car you rented me has no brakes and I'm on the highway",
        "my toddler swallowed the battery from your toy, I want a replacement",
        "The ladder gave way while I stood on it and I can't move my arm.",
        "im gonna kms if this isnt fixed, refund me",
    ],
)
def test_danger_belongs_to_a_person_however_it_is_asked(asked: str) -> None:
    assert whose(seen(case(asked, "Sorry to hear that. Which size do you need?")).customer) == "human"


@pytest.mark.parametrize(
    "asked",
    [
        "The battery of my phone died, can you swap it?",
        "I swallowed my pride and ordered again, where is it?",
        "This app kills me lol, how do I export a list?",
        "We drank your coffee for years, do you still sell it?",
    ],
)
def test_words_of_danger_in_passing_stay_with_the_assistant(asked: str) -> None:
    assert whose(seen(case(asked, "Open Orders, then choose Export.")).customer) == "ai"


@pytest.mark.parametrize(
    "gap", ["{{eta}}", "{{ order.date }}", "{% if x %}", "TBD", "__DATE__", "[Insert date]"]
)
def test_a_gap_that_nobody_filled_in_is_a_defect(gap: str) -> None:
    found = seen(Case("g", (Turn("customer", "When does it come?"),), f"Your parcel arrives on {gap}."))

    assert [d.kind for d in found.defects] == ["placeholder"]


def test_a_masked_value_is_read_as_filled_in() -> None:
    told = "Your order {{Order Number}} arrives on Friday and costs $40."

    assert seen(Case("g", (Turn("customer", "When does it come?"),), told)).defects == ()
