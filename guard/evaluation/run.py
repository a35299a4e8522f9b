"""A run: every case of a suite through guards in many threads, each result on disk before the next is told.

It stops by itself where it costs too much or proves nothing, and it goes on where it was stopped or killed.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from threading import Lock, get_ident

from guard.evaluation.case import EvalCase
from guard.evaluation.folder import End, Folder, read
from guard.evaluation.limits import Limits
from guard.evaluation.pace import Pace
from guard.evaluation.recording import ANSWER, Recorder
from guard.evaluation.results import MISSED, Head, Result, Run
from guard.evaluation.reviewing import Make, Reviewer
from guard.evaluation.sources import merged
from guard.evaluation.suite import Running

Told = Callable[[Result], None]
RECORD = "the same command with --mode record-missing asks a model for them"
_CHANGED = (
    "the endpoint answers with another model than when the run began, so it is a run of none. Start a new one"
)
_ALONE = 1
"""Threads where no model is asked: Python judges one case at a time, and more of them only wait for one another."""


@dataclass(frozen=True, slots=True)
class Course:
    """What one run is made of. part: why these are not all cases of the suite. advice: how to get what no recording answers."""

    cases: Sequence[EvalCase]
    head: Head
    recorder: Recorder
    make: Make
    folder: Path
    part: str | None = None
    advice: str = RECORD


def turn_about(
    courses: Sequence[Course], *, plan: Running, told: Told = lambda result: None
) -> tuple[Run, ...]:
    """Run what has no result yet: one course, or several of the same mode, a case of each in turn, so that what drifts
    meanwhile drifts for all. `told` hears of each line.

    Where one of them stops, all do. Each has the budget of the plan.
    """
    asks = courses[0].head.mode != "local"
    pace = Pace(plan.at_once.start, plan.at_once.most) if asks else Pace(_ALONE, _ALONE)
    with ExitStack() as stack:
        ways = [stack.enter_context(_way(course, plan, pace)) for course in courses]
        todo = [turn for row in zip_longest(*(way.todo() for way in ways)) for turn in row if turn]
        for way, result in _results(todo, pace, plan.at_once.most if asks else _ALONE):
            way.add(result)
            told(result)
        for way in ways:
            way.ended()
    return tuple(read(course.folder) for course in courses)


class _Way:
    """A course under way: its folder, its guards and its limits."""

    def __init__(self, of: Course, place: Folder, crew: "_Crew", limits: Limits) -> None:
        self.crew, self.limits = crew, limits
        self._of, self._place = of, place
        self._sources = place.end.sources
        self._models = frozenset(place.end.models)

    def todo(self) -> list["_Turn"]:
        """What has no result yet."""
        return [
            (self, one, epoch)
            for epoch in range(self._of.head.epochs)
            for one in self._of.cases
            if (one.id, epoch) not in self._place.done
        ]

    def add(self, result: Result) -> None:
        """One more line."""
        self._place.add(result)
        self._note()

    def ended(self) -> None:
        """Say why it stopped, if it did not reach its end."""
        self._note()
        of = self._of
        missing = _missing(read(of.folder).results, of.recorder, of.advice)
        changed = _CHANGED if self._place.end.changed else None
        stopped = self.limits.stopped or changed or missing or of.part
        self._place.ended(self._place.end.model_copy(update={"stopped": stopped}))

    def _note(self) -> None:
        """Who answered, and from when the oldest answer is, is kept as soon as it is known: a kill loses nothing."""
        before, recorder = self._place.end, self._of.recorder
        dates = [d for d in (before.oldest_recording, recorder.oldest) if d]
        others = recorder.models and self._models and not self._models & recorder.models
        now = End(
            stopped=before.stopped,
            changed=before.changed or bool(others and self._of.head.mode == "live"),
            models=tuple(sorted({*before.models, *recorder.models})),
            oldest_recording=min(dates, default=None),
            sources=merged((*self._sources, *recorder.sources)),
        )
        if now != before:
            self._place.ended(now)


_Turn = tuple[_Way, EvalCase, int]


@contextmanager
def _way(of: Course, plan: Running, pace: Pace) -> Iterator[_Way]:
    head = of.head
    try:
        of.recorder.begin()
        place = Folder(of.folder, head)
    except BaseException:
        of.recorder.close()
        raise
    of.recorder.saw = pace.saw
    limits = Limits(plan, len(of.cases) * head.epochs, asks=head.mode in ("live", "record-missing"))
    limits.start(read(of.folder).results)
    try:
        with place.home() as home, _crew(of.make, of.recorder, home, plan.retries) as crew:
            yield _Way(of, place, crew, limits)
    finally:
        place.close()
        of.recorder.close()


def _results(todo: Sequence[_Turn], pace: Pace, threads: int) -> Iterator[tuple[_Way, Result]]:
    """Results as they come, until all are there or the pace was stopped."""

    def work(way: _Way, one: EvalCase, epoch: int) -> tuple[_Way, Result] | None:
        if not pace.begin():
            return None
        try:
            result = way.crew.reviewer(epoch).result(one)
            if way.limits.reached(result):  # here, so that not one more begins
                pace.stop()
            return way, result
        finally:
            pace.end()

    with ThreadPoolExecutor(threads, thread_name_prefix="guard-eval") as pool:
        try:
            waiting = [pool.submit(work, *turn) for turn in todo]
            for done in as_completed(waiting):
                if (result := done.result()) is not None:
                    yield result
        finally:
            pace.stop()


class _Crew:
    """A guard for each thread in each epoch."""

    def __init__(self, make: Make, recorder: Recorder, home: Path, retries: int) -> None:
        self._make, self._recorder, self._home, self._retries = make, recorder, home, retries
        self._lock = Lock()
        self._all: dict[tuple[int, int], Reviewer] = {}

    def reviewer(self, epoch: int) -> Reviewer:
        """That of this thread."""
        who = (get_ident(), epoch)
        with self._lock:
            if who not in self._all:
                home = self._home / str(len(self._all))
                self._all[who] = Reviewer(self._make, self._recorder, home, epoch, self._retries)
            return self._all[who]

    def close(self) -> None:
        """Give back what they hold."""
        for reviewer in self._all.values():
            reviewer.close()


@contextmanager
def _crew(make: Make, recorder: Recorder, home: Path, retries: int) -> Iterator[_Crew]:
    crew = _Crew(make, recorder, home, retries)
    try:
        yield crew
    finally:
        crew.close()


def _missing(results: Sequence[Result], recorder: Recorder, advice: str) -> str | None:
    missed = {r.case for r in results if r.error and r.error.startswith(MISSED)}
    if not missed:
        return None
    thousands = max(1, round(sum(miss.tokens + ANSWER for miss in recorder.misses.values()) / 1000))
    return (
        f"{len(missed)} of {len({r.case for r in results})} cases have no recording: "
        f"{advice}, ≈ {thousands:,}k tokens"
    )
