"""The bench measures a reply that goes out, on a model that both ways of calling understand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openai import OpenAI
from typer.testing import CliRunner

from guard import Guard, Sent
from guard.bench.app import bench
from guard.bench.cascade import Band, measured
from guard.bench.model import REPLY, _chunks
from guard.bench.wrap import _client, _model
from guard.prompts import Prompts, tokens
from guard.workbench.expected import schema_tokens
from tests.cases import EMPTY_SORRY, case
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


CASES = [
    case("My lamp came broken, I want a replacement.", EMPTY_SORRY, id="1"),
    case("Thanks, that is all.", "You're welcome!", id="2"),
    case(
        "Where is order 7731?", "It is on its way and we hope that you like it, whatever that may be.", id="3"
    ),
]


def band(guard: Guard, lowest: float, highest: float) -> Band:
    policy = replace(
        guard.policy, judging=replace(guard.policy.judging, band=(lowest, highest), human_band=(0, 0))
    )
    return measured(CASES, Guard(policy, guard.settings))[0]


def test_what_a_cascade_takes_and_what_it_saves_are_all_that_asking_for_every_draft_takes(
    guard: Guard,
) -> None:
    prompt = Prompts().get("judge")
    each = [
        prompt.render(
            {"turns": one.turns, "draft": one.draft, "calls": (), "actions_known": False}, "s"
        ).tokens
        for one in CASES
    ]
    every = sum(each) / 3 + schema_tokens(prompt.header)
    assert schema_tokens(prompt.header) > 500

    nearly_all, none = band(guard, 0, 1), band(guard, 2, 2)

    assert (nearly_all.asked, nearly_all.saved, nearly_all.saved_share) == (2, 1, 0.3333)
    assert nearly_all.tokens_a_reply == pytest.approx(
        (each[0] + each[2]) / 3 + schema_tokens(prompt.header) * 2 / 3, abs=3
    )
    assert nearly_all.tokens_a_reply + nearly_all.tokens_saved_a_reply == pytest.approx(every, abs=3)
    assert (none.asked, none.saved, none.saved_share, none.tokens_a_reply) == (0, 3, 1.0, 0.0)


def test_a_draft_that_no_model_would_be_asked_for_saves_nothing(guard: Guard) -> None:
    policy = replace(guard.policy, limits=replace(guard.policy.limits, draft_characters=20))

    assert [found.saved for found in measured(CASES, Guard(policy, guard.settings))] == [1] * 6


def test_the_bench_of_the_cascade_prints_what_is_saved_and_what_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(
        "".join(
            json.dumps(
                {
                    "id": c.id,
                    "context": [{"role": "customer", "content": c.turns[0].content}],
                    "draft": c.draft,
                }
            )
            + "\n"
            for c in CASES
        ),
        encoding="utf-8",
    )

    def said(*options: str) -> str:
        return " ".join(CliRunner().invoke(bench, ["cascade", str(file), *options]).output.split())

    found = tokens._encoding  # one vocabulary, whatever else is on this machine
    monkeypatch.setattr(
        "guard.prompts.tokens._encoding", lambda name: found(name) if name == "cl100k_base" else None
    )
    shown = said()
    told = json.loads(said("--json").split("} {")[0] + "}")

    assert f"{told['asked']} ({told['share']:.1%}) {told['saved']} ({told['saved_share']:.1%})" in shown
    assert "calls saved" in shown
    assert "the answer's own come on top, 3,000 a call at most." in shown
    assert "~ estimated with cl100k_base: the vocabulary of gpt-4.1-mini is not on this machine." in shown
    assert told["counted_with"] == "cl100k_base"

    monkeypatch.setattr("guard.prompts.tokens._encoding", lambda _: None)
    assert "~ estimated from the kinds of signs in the texts: the vocabulary of gpt-4.1-mini is not" in said()


def _words(client: OpenAI) -> str:
    messages: list[ChatCompletionMessageParam] = [
        {"role": "user", "content": "My lamp came broken, I want a replacement."}
    ]
    stream = client.chat.completions.create(model="bench", messages=messages, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream)
