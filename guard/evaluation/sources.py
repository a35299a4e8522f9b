"""Whose recordings they are: who had them made, by which model, how, and when."""

from collections.abc import Iterable

from guard.evaluation.results import Source
from guard.evaluation.tape import Recording

_DAY = len("2026-11-25")


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


def source_of(recording: Recording) -> Source:
    """Of one answer."""
    told = recording.provenance
    day = told.at[:_DAY]
    return Source(by=told.by, model=told.model, how=told.how, first=day, last=day, answers=1)
