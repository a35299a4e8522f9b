"""Requests without a recording on their way out to somebody who answers them, and the answers on their way in.

Out goes one line a request: key, prompt, path and body. In comes one line an answer: key, model, provenance, and either
`content`, the text that the model wrote, or `response`, the whole JSON body.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from guard.casefile import replacing
from guard.errors import EvalError
from guard.evaluation.journal import records, writing
from guard.evaluation.recording import Miss
from guard.evaluation.tape import Provenance, Recording, Tape, scrubbed, usage_of


class Answer(BaseModel):
    """One line that comes in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1)
    model: str = Field(min_length=1)
    prompt: str = ""
    content: str | None = None
    response: dict[str, JsonValue] | None = None
    provenance: Provenance

    @model_validator(mode="after")
    def _one_of_both(self) -> "Answer":
        if (self.content is None) == (self.response is None):
            raise ValueError("needs content, the text, or response, the whole body; one of them")
        return self


def write_misses(misses: Iterable[Miss], path: Path) -> int:
    """Write them sorted by key; how many there are."""
    told = sorted(misses, key=lambda miss: miss.key)
    with writing(path), replacing(path) as file:
        for miss in told:
            line: dict[str, JsonValue] = {
                "key": miss.key,
                "prompt": miss.prompt,
                "path": miss.path,
                "body": miss.body,
            }
            file.write(json.dumps(scrubbed(line)) + "\n")
    return len(told)


def take_answers(path: Path, tape: Tape) -> tuple[int, int]:
    """Add the answers of a file to the recordings: how many, and how many were left because their request has one.

    Raises `EvalError` where one cannot be read, or none is there; then none is added.
    """
    hint = "A line has key, model, content (or response) and provenance {by, model, at, how}."
    answers = [_recording(answer) for _, answer in records(path, Answer, hint, by_hand=True)]
    if not answers:
        raise EvalError(f"{path}: holds no answer. {hint}")
    added = sum(tape.add(answer) for answer in answers)
    return added, len(answers) - added


def _recording(told: Answer) -> Recording:
    body = told.response or _completion(told.key, told.model, told.content or "")
    return Recording(
        key=told.key,
        prompt=told.prompt,
        model=told.model,
        response=body,
        usage=usage_of(body),
        provenance=told.provenance,
    )


def _completion(key: str, model: str, content: str) -> dict[str, JsonValue]:
    """The text as an endpoint would have sent it. Nobody counted its tokens, so it tells no usage."""
    message: dict[str, JsonValue] = {"role": "assistant", "content": content}
    return {
        "id": f"imported-{key}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }
