"""How many cases are under way at once: more while all is well, fewer where the endpoint says that it is too much.

Additive increase, multiplicative decrease, as in a network's own congestion control. Nothing here knows a model.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Condition

_CUT = 0.7
_COOL = 15.0
"""Seconds after a cut in which there is neither another one, for the same burst, nor growth."""
_LONGEST = 120.0
"""Seconds for which anybody's wish that we wait is honoured."""
_TOO_MANY = 429


@dataclass(slots=True)
class Rate:
    """The rule alone, without a clock: who uses it says what time it is."""

    start: int
    most: int
    at_once: int = field(init=False)
    quiet_until: float = field(init=False, default=0.0)
    _cool_until: float = field(init=False, default=0.0)
    _well: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.at_once = min(self.start, self.most)

    def saw(self, now: float, status: int | None, wait: float | None = None) -> None:
        """One answer. A status of None is none at all, the connection failed."""
        if status == _TOO_MANY:
            if wait is not None:
                self.quiet_until = max(self.quiet_until, now + min(wait, _LONGEST))
            if now >= self._cool_until:
                self.at_once = max(1, int(self.at_once * _CUT))
            self._cool(now)
        elif status is None or status >= 500:
            self._cool(now)
        elif now >= self._cool_until:
            self._well += 1
            if self._well >= self.at_once and self.at_once < self.most:
                self.at_once, self._well = self.at_once + 1, 0

    def _cool(self, now: float) -> None:
        self._cool_until, self._well = now + _COOL, 0


class Pace:
    """Lets threads begin a case, or wait. Safe to share between them."""

    def __init__(self, start: int, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = Rate(start, most)
        self._clock = clock
        self._free = Condition()
        self._under_way = 0
        self._stopped = False

    @property
    def at_once(self) -> int:
        """Cases that may be under way now."""
        return self._rate.at_once

    def begin(self) -> bool:
        """Wait until one more may be under way; False where none may any more."""
        with self._free:
            while not self._stopped:
                quiet = self._rate.quiet_until - self._clock()
                if self._under_way < self._rate.at_once and quiet <= 0:
                    self._under_way += 1
                    return True
                self._free.wait(quiet if quiet > 0 else None)
            return False

    def end(self) -> None:
        """One is done."""
        with self._free:
            self._under_way -= 1
            self._free.notify_all()

    def saw(self, status: int | None, wait: float | None = None) -> None:
        """An answer of the endpoint came, or none did."""
        with self._free:
            self._rate.saw(self._clock(), status, wait)
            self._free.notify_all()

    def stop(self) -> None:
        """Nothing begins any more; who waits is told."""
        with self._free:
            self._stopped = True
            self._free.notify_all()


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that an answer asks us to wait: as milliseconds, as seconds or as a date."""
    if (told := headers.get("retry-after-ms")) is not None and (seconds := _number(told)) is not None:
        return seconds / 1000
    if (told := headers.get("retry-after")) is None:
        return None
    if (seconds := _number(told)) is not None:
        return seconds
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - (now or datetime.now(UTC))).total_seconds())


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None
