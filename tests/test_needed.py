"""What a run would ask for is counted without asking: every first request, and those that no recording answers."""

from pathlib import Path

import pytest

from guard.evaluation.needed import Needed, needed
from guard.settings import PREFIX
from tests.readings import answer, reading
from tests.stub import Stub
from tests.suites import ALL, evals, made, policy, ready


def test_first_requests_are_counted_with_those_that_no_recording_answers_and_nobody_is_asked(
    tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}MODEL_URL", stub.url)
    monkeypatch.setenv(f"{PREFIX}MODEL_KEY", "k")
    stub.answer = (200, answer(reading(sentences=[])))
    here, by = evals(tmp_path / "evals"), policy(tmp_path)
    made(ready(here, mode="record-missing", policy=by, cases=("good",)), tmp_path / "run")
    asked, longest = stub.calls, max(len(request.body) for request in stub.requests)
    heard: list[None] = []

    waiting = ready(here, mode="record-missing", policy=by)
    found = needed(waiting, waiting.cases, lambda: heard.append(None))

    assert (found.requests, found.missing) == (len(ALL), len(ALL) - 1)
    assert found.tokens == pytest.approx(longest / 4, rel=0.05)
    assert len(heard) == len(ALL)
    assert stub.calls == asked
    assert len(waiting.recorder.tape) == asked
    assert waiting.recorder.sources == ()


def test_the_price_is_that_of_the_requests_and_of_an_answer_to_each(tmp_path: Path) -> None:
    evals(tmp_path / "evals")
    priced = ready(tmp_path / "evals", policy=policy(tmp_path, usd_in=1.0, usd_out=10.0)).policy.model

    told = Needed(requests=1000, missing=0, tokens=2000.0).told(1000, priced)

    assert told.startswith("≈ 1,000 requests, ≈ 2,300k tokens (≈ $5.00), ")
