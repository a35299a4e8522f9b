"""Whose recordings a run was answered with: who had them made, by which model, when, and how many."""

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from guard.evaluation.results import Source
from guard.evaluation.tape import Recording, Tape

_DAY = len("2026-11-25")


class HeardTape(Tape):
    """A tape that knows whose answers it gave."""

    def __init__(self, folder: Path, into: str, secrets: Iterable[str] = ()) -> None:
        super().__init__(folder, into, secrets)
        self.given: tuple[Source, ...] = ()
        self._hearing = Lock()

    def __contains__(self, key: str) -> bool:
        """It knows an answer, which nobody is given now."""
        return super().get(key) is not None

    def get(self, key: str) -> Recording | None:
        """The answer to the request of this key, which is given now."""
        found = super().get(key)
        if found is not None:
            with self._hearing:
                self.given = merged((*self.given, _of(found)))
        return found


def merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    """One for each who, which and how; that of the most answers first."""
    found: dict[tuple[str, str, str], Source] = {}
    for one in sources:
        key = (one.by, one.model, one.how)
        found[key] = _both(found[key], one) if key in found else one
    return tuple(sorted(found.values(), key=lambda one: (-one.answers, one.by, one.model, one.how)))


def _both(one: Source, other: Source) -> Source:
    return one.model_copy(
        update={
            "first": min(one.first, other.first),
            "last": max(one.last, other.last),
            "answers": one.answers + other.answers,
        }
    )


def _of(recording: Recording) -> Source:
    told = recording.provenance
    day = told.at[:_DAY]
    return Source(by=told.by, model=told.model, how=told.how, first=day, last=day, answers=1)
