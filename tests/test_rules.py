"""The rules, against the guide and against arbitrary facts."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard import policy, rules
from guard.assessment import (
    Assessment,
    Claim,
    Customer,
    Dimensions,
    Need,
    SeenSignal,
    Sentence,
    Signal,
    Span,
    Unjudged,
)

MATRIX = policy.shipped().matrix
SPAN = Span("x", 0, 1)
RANK = {"send": 0, "rewrite": 1, "escalate": 2}
SIGNALS: tuple[Signal, ...] = get_args(Signal)
dims = st.builds(Dimensions, *(st.integers(0, 3) for _ in range(4)))
signals = st.lists(st.sampled_from(SIGNALS), max_size=4).map(
    lambda names: tuple(SeenSignal(n, SPAN, 0) for n in names)
)
customers = st.builds(Customer, st.sampled_from(get_args(Need)), dims, signals)
sentences = st.lists(
    st.builds(Sentence, st.just(SPAN), st.sampled_from(["empathy", "ask", "vague_commit"]), st.booleans()),
    max_size=3,
).map(tuple)
claims = st.lists(
    st.builds(
        Claim,
        st.just("done"),
        st.just("refund"),
        st.just(SPAN),
        standing=st.sampled_from(["verified", "ungrounded"]),
    ),
    max_size=2,
).map(tuple)
assessments = st.builds(Assessment, customers, sentences, claims)


@given(assessments)
def test_same_facts_give_the_same_decision(seen: Assessment) -> None:
    assert rules.judge(seen, MATRIX) == rules.judge(replace(seen), MATRIX)


@given(assessments, st.integers(0, 3))
def test_raising_a_dimension_is_never_more_permissive(seen: Assessment, which: int) -> None:
    scores = list(seen.customer.dims.scores())
    scores[which] = min(3, scores[which] + 1)
    worse = replace(seen, customer=replace(seen.customer, dims=Dimensions(*scores)))

    before, after = rules.judge(seen, MATRIX), rules.judge(worse, MATRIX)

    assert RANK[after.decision] >= RANK[before.decision]


@given(assessments, st.sampled_from(SIGNALS))
def test_adding_a_signal_is_never_more_permissive(seen: Assessment, name: Signal) -> None:
    more = replace(seen.customer, signals=(*seen.customer.signals, SeenSignal(name, SPAN, 0)))

    before, after = rules.judge(seen, MATRIX), rules.judge(replace(seen, customer=more), MATRIX)

    assert RANK[after.decision] >= RANK[before.decision]


def test_unbacked_claim_wins_over_a_concrete_step() -> None:
    claim = Claim("done", "refund", SPAN, standing="ungrounded")
    seen = Assessment(Customer("action"), (Sentence(SPAN, "ask", moves_need=True),), (claim,))

    assert rules.verdict(seen) == "unbacked_claim"


@pytest.mark.parametrize(
    ("scores", "names", "owner"),
    [
        ((0, 0, 0, 0), (), "ai"),
        ((3, 0, 0, 0), (), "human"),
        ((2, 0, 0, 0), (), "ai"),
        ((2, 0, 2, 0), (), "human"),
        ((0, 0, 0, 0), ("asks_for_human",), "human"),
        ((1, 0, 0, 0), ("repeat_failure",), "ai"),
        ((2, 0, 0, 0), ("repeat_failure",), "human"),
        ((1, 0, 0, 0), ("churn_threat", "large_sum"), "ai"),
    ],
)
def test_owner_follows_the_guide(
    scores: tuple[int, int, int, int], names: tuple[Signal, ...], owner: str
) -> None:
    customer = Customer("action", Dimensions(*scores), tuple(SeenSignal(n, SPAN, 0) for n in names))

    assert rules.owner(customer, MATRIX) == owner


def test_without_a_verdict_nothing_is_sent() -> None:
    assert rules.judge(Unjudged("language", "?"), MATRIX).decision == "escalate"
