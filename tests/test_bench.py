"""The bench measures a reply that goes out, on a model that both ways of calling understand."""

from typing import TYPE_CHECKING

from openai import OpenAI

from guard import Guard, Sent
from guard.bench.model import REPLY, _chunks
from guard.bench.wrap import _client, _model
from tests.test_early import driven, in_early, said

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

ASKED = [{"role": "user", "content": "My lamp came broken, I want a replacement."}]


def test_what_the_bench_times_is_a_reply_that_is_sent(guard: Guard) -> None:
    with _model() as port, _client(port, 0) as plain:
        told = guard.wrap(plain).chat.completions.create(model="bench", messages=ASKED)  # type: ignore[arg-type]

        assert isinstance(guard.outcome_of(told), Sent)
        assert told.choices[0].message.content == REPLY


def test_the_model_of_the_bench_streams_the_same_reply(guard: Guard) -> None:
    with _model() as port, _client(port, 0) as plain:
        assert _words(plain).strip() == _words(guard.wrap(plain)).strip() == REPLY


def test_an_early_stream_of_the_bench_begins_before_half_of_it_is_written(guard: Guard) -> None:
    early = in_early(guard)

    begun, *rest = driven(early, _chunks(), ASKED)

    assert 0 < len(said(begun)) < len(REPLY) / 2
    assert said(begun + b"".join(rest)).strip() == REPLY


def _words(client: OpenAI) -> str:
    messages: list[ChatCompletionMessageParam] = [
        {"role": "user", "content": "My lamp came broken, I want a replacement."}
    ]
    stream = client.chat.completions.create(model="bench", messages=messages, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream)
