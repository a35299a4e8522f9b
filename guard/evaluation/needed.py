"""What a run would ask a model for, found out without asking: every case is taken as far as its first request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory

from guard.evaluation.case import EvalCase
from guard.evaluation.prepare import Prepared
from guard.evaluation.recording import Recorder
from guard.evaluation.reviewing import Reviewer
from guard.evaluation.tape import Tape
from guard.policy import Model

_PER_TOKEN = 4
"""Characters of a request, as an estimate,"""
_ANSWER = 300
"""and tokens of an answer."""


@dataclass(frozen=True, slots=True)
class Needed:
    """The first requests, the mean of their tokens as an estimate, and how many of them no recording answers.

    A reply that is rewritten is read once more. That request hangs on the answers, so it is not among them.
    """

    requests: int
    missing: int
    tokens: float

    def told(self, requests: int, model: Model) -> str:
        """What so many of them take, with the price where the policy knows one."""
        price = "price not known: model.usd_in and usd_out in the policy tell it"
        if model.usd_in is not None and model.usd_out is not None:
            price = f"≈ ${requests * (self.tokens * model.usd_in + _ANSWER * model.usd_out) / 1e6:,.2f}"
        thousands = max(1, round(requests * (self.tokens + _ANSWER) / 1000))
        return f"≈ {requests:,} requests, ≈ {thousands:,}k tokens ({price}), and a second reading of what is rewritten"


def needed(ready: Prepared, cases: Iterable[EvalCase], told: Callable[[], None]) -> Needed:
    """Of these cases, in one epoch. `told` hears of each."""
    with TemporaryDirectory(prefix="compassion-guard-") as made:
        recorder = Recorder("replay", Tape(Path(made) / "none", "none"))
        reviewer = Reviewer(ready.offline, recorder, Path(made) / "home", epoch=0, retries=0)
        try:
            for one in cases:
                reviewer.result(one)
                told()
        finally:
            reviewer.close()
    misses = recorder.misses.values()
    tokens = [len(dumps(miss.body)) / _PER_TOKEN for miss in misses]
    return Needed(
        requests=len(misses),
        missing=sum(miss.key not in ready.tape for miss in misses),
        tokens=sum(tokens) / len(tokens) if tokens else 0.0,
    )
