"""Only one run at a time writes to a folder. The system forgets the claim of a process that is gone."""

import os
from pathlib import Path

from guard.errors import EvalError

try:
    import fcntl
except ImportError:  # Windows has no such claim: there, nothing is refused
    fcntl = None  # type: ignore[assignment]  # told by `is None` below


class Alone:
    """A claim on a folder, from the start until `close`."""

    def __init__(self, folder: Path, told: str) -> None:
        """Raises `EvalError` where somebody else has it; `told` says what to do."""
        self._held: int | None = None
        if fcntl is None:
            return
        try:
            held = os.open(folder, os.O_RDONLY)
        except OSError as error:
            raise EvalError(f"{folder}: cannot be opened ({error.strerror}).") from None
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise EvalError(f"{folder}: another run is writing here now. {told}") from None
        except OSError:  # a file system without claims
            os.close(held)
            return
        self._held = held

    def close(self) -> None:
        """Somebody else may have it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
