"""What happened, in the text format that Prometheus reads. No label holds anything that somebody wrote."""

from bisect import bisect_left
from collections import Counter
from typing import Literal, get_args

Name = Literal["requests", "exchanges", "unjudged", "upstream_errors", "refused"]
_HELP: dict[Name, str] = {
    "requests": "Requests that would pass through, by surface; unguarded ones may bring replies that nobody judges.",
    "exchanges": "Answers that were judged, by surface, outcome and decision; outcome none: no reply was in it.",
    "unjudged": "Replies that nobody could judge, by cause.",
    "upstream_errors": "Answers that the model did not give or not finish, by kind.",
    "refused": "Requests that got an error of ours, by its code.",
}
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_PREFIX = "compassion_guard"


class Metrics:
    """Counted in the event loop's own thread, so nothing is locked."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Name, str]] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, name: Name, **labels: str) -> None:
        """One more of these."""
        told = ",".join(f'{label}="{value}"' for label, value in labels.items())
        self._counts[name, told] += 1

    def added(self, seconds: float) -> None:
        """How long a reply waited for the guard."""
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def text(self) -> str:
        """All of it."""
        lines: list[str] = []
        for name in get_args(Name):
            lines += [
                f"# HELP {_PREFIX}_{name}_total {_HELP[name]}",
                f"# TYPE {_PREFIX}_{name}_total counter",
            ]
            rows = sorted((labels, n) for (of, labels), n in self._counts.items() if of == name)
            lines += [f"{_PREFIX}_{name}_total{{{labels}}} {n}" for labels, n in rows]
        return "\n".join([*lines, *self._histogram(), ""])

    def _histogram(self) -> list[str]:
        name = f"{_PREFIX}_added_seconds"
        lines = [f"# HELP {name} How long replies waited for the guard.", f"# TYPE {name} histogram"]
        so_far = 0
        for bound, n in zip((*map(str, _BOUNDS), "+Inf"), self._buckets, strict=True):
            so_far += n
            lines.append(f'{name}_bucket{{le="{bound}"}} {so_far}')
        return [*lines, f"{name}_sum {self._seconds:.6f}", f"{name}_count {so_far}"]
