"""Where a run stops by itself: what it may cost, how many of its cases may end in errors, and answers that nobody can read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

from guard.evaluation.results import Result
from guard.evaluation.suite import Running

_TRIED = 20
"""Cases that a model was asked about before its answers are given up."""


@dataclass(slots=True)
class Limits:
    """Counts lines against a plan, from any thread. asks: a model is really asked, so an error costs time and money."""

    plan: Running
    lines: int
    asks: bool
    stopped: str | None = None
    _tokens: float = field(init=False, default=0.0)
    _usd: float = field(init=False, default=0.0)
    _errors: int = field(init=False, default=0)
    _seen: int = field(init=False, default=0)
    _asked: int = field(init=False, default=0)
    _unreadable: int = field(init=False, default=0)
    _lock: Lock = field(init=False, default_factory=Lock)

    def start(self, results: Iterable[Result]) -> None:
        """Lines that are there already have cost something too; their errors are tried again."""
        for result in results:
            self._seen += result.error is None
            self._paid(result)

    def reached(self, result: Result) -> bool:
        """One more line: whether the run stops here."""
        with self._lock:
            self._seen += 1
            self._errors += result.error is not None
            self._paid(result)
            if result.spent.calls > result.spent.replayed:
                self._asked += 1
                self._unreadable += result.unreadable
            if self.stopped is None and self.asks:
                self.stopped = self._too_broken(result) or self._not_to_be_read(result) or self._too_dear()
            return self.stopped is not None

    def _paid(self, result: Result) -> None:
        """What a recording answered costs nothing."""
        spent = result.spent
        fresh = 1 - spent.replayed / spent.calls if spent.calls else 0.0
        self._tokens += fresh * (spent.input_tokens + spent.output_tokens)
        self._usd += fresh * (spent.usd or 0.0)

    def _too_broken(self, result: Result) -> str | None:
        if self._errors <= self.plan.error_rate * self.lines:
            return None
        return (
            f"{self._errors} of {self.lines} cases ended in errors, more than {self.plan.error_rate:.1%}. "
            f"The last one, {result.case}: {result.error}"
        )

    def _not_to_be_read(self, result: Result) -> str | None:
        """It answers and costs money, and whatever it says is no reading: the case is not what is wrong."""
        if self._asked < _TRIED or 2 * self._unreadable <= self._asked or not result.unreadable:
            return None
        return (
            f"{self._unreadable} of the first {self._asked} answers cannot be read (the last one, {result.case}: "
            f"{result.seen.unjudged if result.seen else None}). Does this model write JSON to a schema? "
            "`compassion-guard review` shows one answer; mend it and run anew, for --resume keeps these lines"
        )

    def _too_dear(self) -> str | None:
        if self._seen >= self.lines:  # after the last line there is nothing to stop
            return None
        done = f"after {self._seen:,} of {self.lines:,} cases; raise it with --limit or in the suite, and --resume"
        if self.plan.tokens is not None and self._tokens >= self.plan.tokens:
            return f"the budget of {self.plan.tokens:,} tokens is used up {done}"
        if self.plan.usd is not None and self._usd >= self.plan.usd:
            return f"the budget of ${self.plan.usd:,.2f} is used up {done}"
        return None
