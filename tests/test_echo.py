"""An edit that reaches no message asks what was asked before, byte for byte; the digits of a mark may be a customer's."""

import json

import pytest

from guard.evaluation.echo import Echo

OLD, NEW = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def body(mark: str, text: str, system: str = "Read.") -> bytes:
    """A request as the openai package writes it."""
    fenced = f"<data {mark} customer>\n{text}\n</data {mark}>"
    return json.dumps([system, fenced, fenced], ensure_ascii=False, separators=(",", ":")).encode()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.mark.parametrize(
    "text", ["My lamp broke.", "Order 000000000000, please.", "data 000000000000 >", "a\nb"]
)
def test_a_request_that_differs_in_its_marks_alone_is_sent_as_the_old_one(echo: Echo, text: str) -> None:
    assert echo.learn(body(OLD, text)) == body(OLD, text)

    assert echo.as_before(body(NEW, text)) == body(OLD, text)


@pytest.mark.parametrize("other", [body(NEW, "My lamp broke!"), body(NEW, "My lamp broke.", "Read it.")])
def test_a_request_that_differs_in_more_is_sent_as_it_is(echo: Echo, other: bytes) -> None:
    echo.learn(body(OLD, "My lamp broke."))

    assert echo.as_before(other) == other


def test_a_request_without_a_fence_is_sent_as_it_is(echo: Echo) -> None:
    assert echo.learn(b'["Read."]') == echo.as_before(b'["Read."]') == b'["Read."]'


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (NEW, OLD)])
def test_texts_that_hold_the_digits_of_two_marks_are_two_texts(echo: Echo, old: str, new: str) -> None:
    echo.learn(body(OLD, f"Reference {old}."))

    assert echo.as_before(body(NEW, f"Reference {new}.")) == body(NEW, f"Reference {new}.")
