"""What a run would ask a model for, found out without asking: every case is taken as far as its first request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from guard.evaluation.case import EvalCase
from guard.evaluation.prepare import Prepared
from guard.evaluation.recording import ANSWER, Recorder
from guard.evaluation.reviewing import asked_offline
from guard.evaluation.tape import Tape
from guard.policy import Model


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
        price = "price not known: --usd-in and --usd-out, or model.usd_in and usd_out in the policy, tell it"
        if model.usd_in is not None and model.usd_out is not None:
            price = f"≈ ${requests * (self.tokens * model.usd_in + ANSWER * model.usd_out) / 1e6:,.2f}"
        thousands = max(1, round(requests * (self.tokens + ANSWER) / 1000))
        return f"≈ {requests:,} requests, ≈ {thousands:,}k tokens ({price}), and a second reading of what is rewritten"


def needed(ready: Prepared, cases: Iterable[EvalCase], told: Callable[[], None]) -> Needed:
    """Of these cases, in one epoch. `told` hears of each."""
    with TemporaryDirectory(prefix="compassion-guard-") as empty:
        recorder = Recorder("replay", Tape(Path(empty), "none"))
    asked_offline(ready.offline, recorder, cases, told)
    misses = recorder.misses.values()
    return Needed(
        requests=len(misses),
        missing=sum(miss.key not in ready.recorder.tape for miss in misses),
        tokens=fmean(miss.tokens for miss in misses) if misses else 0.0,
    )
