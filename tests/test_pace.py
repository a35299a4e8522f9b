"""How many cases are under way: grows while all is well, is cut once a burst, and waits where it is asked to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from guard.evaluation.pace import Pace, Rate, retry_after


def test_it_grows_by_one_for_as_many_good_answers_as_are_under_way() -> None:
    rate = Rate(2, 4)

    sizes = []
    for _ in range(9):
        rate.saw(0.0, 200)
        sizes.append(rate.at_once)

    assert sizes == [2, 3, 3, 3, 4, 4, 4, 4, 4]


def test_too_many_requests_cut_it_once_a_burst() -> None:
    rate = Rate(10, 10)

    for now in (0.0, 0.1, 5.0, 14.0):
        rate.saw(now, 429)

    assert rate.at_once == 7


def test_a_second_burst_cuts_it_again_and_never_to_none() -> None:
    rate = Rate(10, 10)

    for n in range(20):
        rate.saw(100.0 * n, 429)

    assert rate.at_once == 1


def test_after_a_cut_it_does_not_grow_for_a_while() -> None:
    rate = Rate(4, 9)
    rate.saw(0.0, 429)

    for _ in range(50):
        rate.saw(14.9, 200)
    quiet = rate.at_once
    for _ in range(2):
        rate.saw(15.1, 200)

    assert (quiet, rate.at_once) == (2, 3)


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_failing_endpoint_stops_growth_and_cuts_nothing(status: int | None) -> None:
    rate = Rate(3, 9)
    rate.saw(0.0, 200)
    rate.saw(0.0, 200)
    rate.saw(1.0, status)

    rate.saw(2.0, 200)

    assert rate.at_once == 3


def test_a_wish_to_wait_is_honoured_up_to_two_minutes() -> None:
    rate = Rate(3, 9)

    rate.saw(10.0, 429, 7.5)
    short = rate.quiet_until
    rate.saw(10.0, 429, 9999.0)

    assert (short, rate.quiet_until) == (17.5, 130.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 25 Nov 2026 10:00:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 25 Nov 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_a_wish_to_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, datetime(2026, 11, 25, 10, 0, tzinfo=UTC)) == seconds


def test_no_more_begin_than_may_be_under_way_until_one_has_ended() -> None:
    pace = Pace(2, 2)
    pace.begin()
    pace.begin()
    order: list[str] = []

    def begun() -> None:
        pace.begin()
        order.append("begun")

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(begun)
        order.append("ended")
        pace.end()
        waiting.result(10)

    assert order == ["ended", "begun"]


def test_who_waits_while_it_is_quiet_begins_when_the_time_has_come() -> None:
    now = [0.0]
    pace = Pace(2, 2, clock=lambda: now[0])
    pace.saw(429, 60.0)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pace.begin)
        now[0] = 61.0
        pace.saw(200)  # wakes whoever waits
        assert waiting.result(10)


def test_a_pace_that_was_stopped_lets_nobody_begin_and_wakes_who_waits() -> None:
    pace = Pace(1, 1)
    pace.begin()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pace.begin)
        pace.stop()

        assert not waiting.result(10)
    assert not pace.begin()
