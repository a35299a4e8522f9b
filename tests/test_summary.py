"""The summary of a handoff by a language model: only what rests on words that were said."""

import json
from dataclasses import replace
from pathlib import Path

from guard import Guard, ToolCall
from guard.outcome import Withheld
from tests.cases import EMPTY_SORRY, case
from tests.readings import answer, asking
from tests.stub import Stub

ASKED = "My lamp from order 7731 came broken, I want my money back."


def one(text: str, quote: str, turn: int | None = 0) -> dict[str, object]:
    return {"text": text, "quotes": [{"quote": quote, "turn": turn}]}


def summary(stub: Stub, home: Path, *sentences: dict[str, object], told: object = None) -> str:
    stub.answer = (200, answer({"sentences": list(sentences)} if told is None else told))
    with asking(stub, home, judge="local", change=lambda p: replace(p, summary="llm")) as guard:
        return stored(guard)


def stored(guard: Guard) -> str:
    call = ToolCall("get_order", '{"order": "7731"}', '{"status": "delivered"}', ok=True)
    outcome = guard.review(case(ASKED, EMPTY_SORRY, evidence=(call,)))
    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    return str(json.loads(found[1])["summary"])


def test_a_sentence_that_rests_on_what_was_said_is_told_with_its_turn(stub: Stub, tmp_path: Path) -> None:
    told = one("The lamp of order 7731 arrived broken; they want their money back.", "I want my money back")

    assert summary(stub, tmp_path, told) == f"{told['text']} [0]"


def test_a_sentence_may_rest_on_a_tool_result(stub: Stub, tmp_path: Path) -> None:
    told = one("The order shows as delivered.", '"status": "delivered"', None)

    assert summary(stub, tmp_path, told) == "The order shows as delivered."


def test_a_sentence_whose_words_or_figures_nobody_told_is_left_out(stub: Stub, tmp_path: Path) -> None:
    kept = one("They want their money back.", "I want my money back")
    made_up = one("They threatened to sue.", "I will sue you")
    figure = one("The lamp of order 7731 cost $80.", "My lamp from order 7731")
    elsewhere = one("They want their money back.", "I want my money back", 7)

    assert summary(stub, tmp_path, made_up, figure, kept, elsewhere) == "They want their money back. [0]"


def test_without_a_usable_answer_the_customers_own_words_stand_there(stub: Stub, tmp_path: Path) -> None:
    assert ASKED in summary(stub, tmp_path, told="no JSON")
