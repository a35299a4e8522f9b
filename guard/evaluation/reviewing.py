"""One case through one guard: a line of results. What went wrong on the way is an error, and never a verdict."""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from guard.assemble import Guard
from guard.assessment import Unjudged
from guard.errors import EvalError, GuardError
from guard.evaluation.case import EvalCase
from guard.evaluation.recording import Line, Recorder, RecordingMissError
from guard.evaluation.results import Labelled, Result, Spent
from guard.evaluation.score import score
from guard.outcome import Outcome, Withheld
from guard.records import clean

if TYPE_CHECKING:
    import httpx2

Make = Callable[[Path, "httpx2.AsyncBaseTransport"], Guard]
"""A guard that keeps its handoffs in a directory and reaches its model in one way only."""
_NO_ANSWER = frozenset({"timeout", "unavailable"})
"""Causes that speak of the endpoint and not of the case. That a model refused, or wrote what nobody can read, is a
fact about it and its prompt, and counts."""


class Reviewer:
    """A guard for one thread and one epoch, with a desk of its own: no case sees what another one left."""

    def __init__(self, make: Make, recorder: Recorder, home: Path, epoch: int, retries: int) -> None:
        self._line = Line(recorder)
        self._guard = make(home, self._line.transport())
        self._epoch = epoch
        self._retries = retries

    def result(self, one: EvalCase) -> Result:
        """Its line. What failed is tried again, as often as the suite says; a recording that is missing stays so."""
        spent = Spent()
        for attempt in range(1 + self._retries):
            line, again = self._once(one)
            spent = _sum(spent, line.spent) if attempt else line.spent
            if not again:
                break
        return line.model_copy(update={"spent": spent})

    def close(self) -> None:
        """Give back what the guard holds."""
        self._guard.desk.close()

    def _once(self, one: EvalCase) -> tuple[Result, bool]:
        calls = self._line.begin(self._epoch)
        started, spent = time.perf_counter(), Spent()
        try:
            outcome = self._guard.review(one.case)
            ms = (time.perf_counter() - started) * 1e3
            spent = _spent(outcome, calls.replayed)
            calls.settle()
            _refuse_silence(outcome)
            return self._seen(one, outcome, spent, ms), False
        except GuardError as error:
            return self._failed(one, str(error), spent), not isinstance(error, RecordingMissError)
        except Exception as error:  # noqa: BLE001 - one broken case must not cost the others
            fault = f"{type(error).__name__}: {error}. This is a fault of the guard; report it with the case."
            return self._failed(one, fault, spent), False

    def _seen(self, one: EvalCase, outcome: Outcome, spent: Spent, ms: float) -> Result:
        scored = score(one, outcome, self._packet(outcome), self._guard.policy)
        return self._line_of(one).model_copy(
            update={
                "seen": scored.seen,
                "odds": scored.odds,
                "flags": scored.flags,
                "marks": scored.marks,
                "spent": spent,
                "asked_model": spent.calls > 0,
                "reply": clean(outcome.reply),
                "ms": round(ms, 3),
            }
        )

    def _failed(self, one: EvalCase, why: str, spent: Spent) -> Result:
        return self._line_of(one).model_copy(update={"error": clean(why), "spent": spent})

    def _line_of(self, one: EvalCase) -> Result:
        expect = one.expect
        return Result(
            case=one.id,
            digest=one.digest,
            family=one.family,
            epoch=self._epoch,
            split=one.split,
            slices=dict(one.slices),
            mutation=one.mutation,
            parent=one.parent,
            twin=one.twin,
            labelled=Labelled(verdict=expect.verdict, owner=expect.owner, decision=expect.decision),
        )

    def _packet(self, outcome: Outcome) -> str | None:
        if not isinstance(outcome, Withheld):
            return None
        found = self._guard.desk.packet(outcome.receipt.id)
        return found[1] if found else None


def asked_offline(
    make: Make, recorder: Recorder, cases: Iterable[EvalCase], told: Callable[[], None]
) -> None:
    """Let such a guard ask the recorder about each case, once; its handoffs are thrown away. `told` hears of each."""
    with TemporaryDirectory(prefix="compassion-guard-") as home:
        reviewer = Reviewer(make, recorder, Path(home), epoch=0, retries=0)
        try:
            for one in cases:
                reviewer.result(one)
                told()
        finally:
            reviewer.close()


def _refuse_silence(outcome: Outcome) -> None:
    found = outcome.judgement.assessment
    if isinstance(found, Unjudged) and found.cause in _NO_ANSWER:
        raise EvalError(f"{found.cause}: {found.detail}")


def _spent(outcome: Outcome, replayed: int) -> Spent:
    told = asdict(outcome.spent)
    kept = {name: told[name] for name in ("calls", "input_tokens", "output_tokens", "usd")}
    return Spent(**kept, replayed=replayed)


def _sum(one: Spent, other: Spent) -> Spent:
    known = one.usd is not None and other.usd is not None
    return Spent(
        calls=one.calls + other.calls,
        replayed=one.replayed + other.replayed,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        usd=(one.usd or 0.0) + (other.usd or 0.0) if known else None,
    )
