"""The circuit breaker: a model that fails and fails is left alone for a while."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class Breaker:
    """Open after `failures` in a row, for `rest` seconds; then one call may try, and closes it where it succeeds."""

    failures: int
    rest: float
    clock: Callable[[], float]
    _row: int = 0
    _until: float | None = None
    _lock: Lock = field(default_factory=Lock)

    def lets_pass(self) -> bool:
        """Whether somebody may ask now."""
        with self._lock:
            if self._until is None:
                return True
            if self.clock() < self._until:
                return False
            self._until = self.clock() + self.rest  # this one tries; the others go on waiting
            return True

    def told(self, *, failed: bool) -> None:
        """How the call went."""
        with self._lock:
            if not failed:
                self._row, self._until = 0, None
                return
            self._row += 1
            if self._row >= self.failures:
                self._until = self.clock() + self.rest
