"""Readings as a language model gives them, and guards that ask a stub for them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from guard import Guard
from guard.assemble import Guard as Made
from guard.policy import By, Judging, Limits, Model, Policy, Writer, shipped
from guard.settings import Settings
from tests.stub import Stub, completion

PRICED = Model(retries=0, usd_in=1.0, usd_out=2.0)


def reading(**told: object) -> dict[str, object]:
    """A reading in which nothing was seen but what is told."""
    nothing: dict[str, object] = {
        "language": "en",
        "need": "action",
        "need_quote": None,
        "signals": [],
        "dimensions": [],
        "sentences": [],
        "claims": [],
    }
    return nothing | told


def sentence(quote: str, move: str, *, step: bool = False, kind: str | None = None) -> dict[str, object]:
    """What the model says of one sentence; `kind` of recognition where it recognises."""
    return {"quote": quote, "move": move, "moves_need": step, "recognises": kind is not None, "kind": kind}


def answer(told: object, *, end: str = "stop", **message: object) -> dict[str, object]:
    """A chat completion with this JSON as its words, and the tokens that it took."""
    made = completion(told if isinstance(told, str) or told is None else json.dumps(told), **message)
    choices = made["choices"]
    assert isinstance(choices, list)
    choices[0]["finish_reason"] = end
    return made | {"usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}}


@contextmanager
def asking(
    stub: Stub,
    home: Path,
    *,
    judge: By = "llm",
    rewrite: Writer = "local",
    model: Model = PRICED,
    change: Callable[[Policy], Policy] = lambda policy: policy,
    rounds: int = 1,
) -> Iterator[Made]:
    """A guard whose model is the stub."""
    policy = shipped()
    limits = Limits(rounds, policy.limits.recognition_words, policy.limits.draft_characters)
    chosen = replace(policy, judging=Judging(by=judge), rewriting=rewrite, model=model, limits=limits)
    made = Guard(change(chosen), Settings(home=home, model_url=stub.url, model_key="sk-not-to-be-seen"))
    yield made
    made.desk.close()
