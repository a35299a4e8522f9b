"""The packet: what a person gets to read."""

import time

import pytest

from guard import Case, Guard, Sent, Turn, Unjudged
from guard.escalation.packet import Packet, pack
from guard.outcome import Judgement
from guard.settings import Settings
from tests.cases import EMPTY_SORRY


def packed(*said: str) -> Packet:
    judgement = Judgement(Unjudged("language", "not read"), None, None, "escalate")
    one = Case("1", tuple(Turn("customer", text) for text in said), EMPTY_SORRY)
    return Packet.model_validate_json(pack(one, judgement, "guard_uncertain", (), "t").packet)


@pytest.mark.parametrize(
    "text",
    ["a.b-" * 25_000, "A-" * 50_000 + "Aa", "a@b-" * 25_000, "www.," * 20_000, "5" + " " * 100_000, "5" * 100_000],
)
def test_a_long_message_is_packed_in_time_that_grows_with_its_length(text: str) -> None:
    started = time.perf_counter()
    packet = packed(text, text, text)

    assert time.perf_counter() - started < 1
    assert packet.transcript[0]["content"] == text


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("order #48213 and AB-12-X, ref-991", ["#48213", "AB-12-X", "991"]),
        ("I am at jo.do+x@ex-ample.co.uk.", ["jo.do+x@ex-ample.co.uk"]),
        ("see https://ex.com/a?b=c, or www.ex.com!", ["https://ex.com/a?b=c", "www.ex.com"]),
        ("HELLO, it came on May 5, tomorrow", ["5", "May 5", "tomorrow"]),
    ],
)
def test_what_was_given_is_found_whole(text: str, given: list[str]) -> None:
    assert packed(text).do_not_ask_again == given


@pytest.mark.parametrize("text", ["Good\0 morning", "Good \ud800morning", "\ud83d\0"])
def test_a_draft_goes_out_byte_for_byte_whatever_is_in_it(guard: Guard, text: str) -> None:
    outcome = guard.review(guard.case({"id": "1", "context": [], "draft": text + " Good morning"}))

    assert isinstance(outcome, Sent)
    assert outcome.reply == text + " Good morning"


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_either_store_takes_text_that_no_database_takes(
    guard: Guard, store: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres") if store == "postgresql" else None
    made = Guard.load(settings=Settings(home=guard.settings.home, database_url=url, tenant="odd text"))
    odd = "\0\ud800"
    asked = {"role": "user", "content": f"I want to speak to a manager. {odd}"}
    call = {"id": odd, "function": {"name": f"look{odd}", "arguments": odd}}
    result = {"role": "tool", "tool_call_id": odd, "content": odd}
    messages = [{"role": "assistant", "tool_calls": [call]}, result, asked]

    made.review(made.case({"id": f"1{odd}", "messages": messages, "draft": f"I see. {odd}"}))
    [receipt] = made.desk.open()
    found = made.desk.packet(receipt.id)
    made.desk.close()

    assert receipt.case_id == "1\N{REPLACEMENT CHARACTER}?"
    assert found is not None
    assert Packet.model_validate_json(found[1]).tried[0].result == "\N{REPLACEMENT CHARACTER}?"
