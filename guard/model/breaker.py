"""The circuit breaker: a model that fails and fails is left alone for a while."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_LOCK = Lock()
"""Of all breakers, and held for a moment. No process is forked in that moment: its thread would not be in the child."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


@dataclass(slots=True)
class Breaker:
    """Open after `failures` in a row, for `rest` seconds; then one call may try, and closes it where it succeeds."""

    failures: int
    rest: float
    clock: Callable[[], float]
    _row: int = 0
    _until: float | None = None

    def lets_pass(self) -> bool:
        """Whether somebody may ask now."""
        with _LOCK:
            if self._until is None:
                return True
            if self.clock() < self._until:
                return False
            self._until = self.clock() + self.rest  # this one tries; the others go on waiting
            return True

    def told(self, *, failed: bool) -> None:
        """How the call went."""
        with _LOCK:
            if not failed:
                self._row, self._until = 0, None
                return
            self._row += 1
            if self._row >= self.failures:
                self._until = self.clock() + self.rest
