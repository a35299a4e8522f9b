"""`@guard.reply` around functions of every colour."""

import asyncio
from collections.abc import Iterator

import pytest

from guard import CaseError, Guard, UnguardedError
from tests.cases import EMPTY_SORRY

ASKED = [{"role": "user", "content": "My lamp came broken, I want a replacement."}]
Messages = list[dict[str, str]]


def test_conversations_without_a_name_are_told_apart_by_their_messages(guard: Guard) -> None:
    @guard.reply
    def answer(messages: Messages, conversation_id: int | None = None) -> str:
        return EMPTY_SORRY

    answer(ASKED)
    answer([{"role": "user", "content": "My kettle came broken, I want a replacement."}])
    answer(ASKED)

    ids = [r.case_id for r in guard.desk.open()]
    assert len(set(ids)) == len(ids) == 2


def test_zero_is_a_conversation_id(guard: Guard) -> None:
    @guard.reply
    def answer(messages: Messages, conversation_id: int) -> str:
        return EMPTY_SORRY

    answer(ASKED, 0)

    assert [r.case_id for r in guard.desk.open()] == ["0"]


def test_a_coroutine_function_is_guarded_like_a_function(guard: Guard) -> None:
    @guard.reply
    async def answer(messages: Messages) -> str:
        await asyncio.sleep(0)
        return EMPTY_SORRY

    assert "CG-" in asyncio.run(answer(ASKED))


def test_a_default_conversation_is_a_conversation(guard: Guard) -> None:
    @guard.reply
    def greet(question: str, messages: tuple[dict[str, str], ...] = ()) -> str:
        return "Good morning!"

    assert greet("hello") == "Good morning!"


def test_the_conversation_is_the_one_before_the_function_wrote_to_it(guard: Guard) -> None:
    @guard.reply
    def answer(messages: Messages) -> str:
        messages.append({"role": "assistant", "content": EMPTY_SORRY})
        return EMPTY_SORRY

    answer([*ASKED])
    answer([*ASKED])

    [receipt] = guard.desk.open()
    found = guard.desk.packet(receipt.id)
    assert found is not None
    assert found[1].count(EMPTY_SORRY) == 1


def test_what_is_no_list_of_messages_is_an_error_before_the_function_runs(guard: Guard) -> None:
    ran = []

    @guard.reply
    def answer(messages: Messages) -> str:
        ran.append(1)
        return EMPTY_SORRY

    for messages in (None, iter(ASKED), "hello"):
        with pytest.raises(CaseError, match="messages"):
            answer(messages)  # type: ignore[arg-type]
    assert ran == []


def test_a_picture_alone_is_an_error_and_not_a_judged_case(guard: Guard) -> None:
    @guard.reply
    def answer(messages: list[dict[str, object]]) -> str:
        return "Lovely!"

    with pytest.raises(UnguardedError, match=r"messages\.0\.content: .* no words"):
        answer([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}])


def test_a_function_that_yields_is_refused_when_it_is_decorated(guard: Guard) -> None:
    def answer(messages: Messages) -> Iterator[str]:
        yield EMPTY_SORRY

    with pytest.raises(TypeError, match="yields"):
        guard.reply(answer)  # type: ignore[arg-type]
