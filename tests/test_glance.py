"""What the words say without their order: which sentences are looked at, and that a weight is a weight."""

from math import exp, sqrt

import numpy as np
import pytest

from guard import Case, Turn
from guard.judging.customer import read_customer
from guard.judging.glance import PLACES, Weights, places
from guard.judging.net import shipped
from guard.judging.reading import Read, read

TALK = Case(
    "g",
    (
        Turn("customer", "It broke."),
        Turn("assistant", "Oh. When?"),
        Turn("customer", "Today. Look. Please help."),
        Turn("assistant", "One moment. I look."),
        Turn("customer", "Well?"),
    ),
    "Sorry! A new one is on its way.",
)


def sentences(read: Read) -> list[str]:
    said = [piece for side in (read.customer, read.assistant) for turn in side for piece in turn.pieces]
    return [piece.span.text for piece in (*said, *read.draft)]


def test_the_draft_and_what_was_said_last_are_looked_at() -> None:
    pieces = read(TALK)

    assert [sentences(pieces)[place] for place in places(pieces)] == [
        ["Sorry!", "A new one is on its way."],
        ["Well?"],
        ["One moment.", "I look."],
        ["Today.", "Look.", "Please help."],
    ]


@pytest.mark.parametrize("turns", [(), TALK.turns[:1], TALK.turns[1:2]])
def test_what_was_not_said_is_no_sentence(turns: tuple[Turn, ...]) -> None:
    pieces = read(Case("s", turns, ""))
    found = [sentences(pieces)[place] for place in places(pieces)]

    assert sum(len(place) for place in found) == sum(len(sentences(read(Case("t", (t,), "")))) for t in turns)
    assert found[0] == []


def test_weights_are_summed_over_the_root_of_how_many_they_are() -> None:
    words = np.zeros((4, PLACES), np.float32)
    words[1, 0], words[2, 0], words[3, 1] = 2, 1, -3  # in the draft; in the customer's last turn
    pairs = np.zeros((2, PLACES), np.float32)
    pairs[1, 0] = 4
    weights = Weights(words, pairs, np.array([0.5, 0.25], np.float32))
    one = Case("w", (Turn("customer", "Well?"),), "Sorry! On its way.")

    # the customer says word 3; the draft words 1 and 2 with their pair, then word 2 and one that is not known
    sums = weights.sums(*map(np.array, ([3, 1, 2, 2, 0], [0, 1, 3], [0, 0, 1, 0], [0, 1, 3])))
    seen = weights.glance(read(one), sums)

    assert seen.lacking == pytest.approx(1 / (1 + exp(-(8 / sqrt(4) + 0.5))))
    assert seen.human == pytest.approx(1 / (1 + exp(-(-3 / sqrt(1) + 0.25))))


def test_a_promise_is_told_from_putting_off_at_a_glance() -> None:
    def lacking(draft: str) -> float:
        one = Case("p", (Turn("customer", "My lamp is broken, I want my money back."),), draft)
        return shipped().scores(one, read(one), read_customer(one)).glance.lacking

    assert lacking("I have refunded your order.") < lacking(
        "We are so sorry for the trouble this has caused."
    )
