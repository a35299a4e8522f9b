"""A run: every case of a suite through guards in many threads, each result on disk before the next is told.

It stops by itself where it costs too much or proves nothing, and it goes on where it was stopped or killed.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, get_ident

from guard.evaluation.case import EvalCase
from guard.evaluation.folder import End, Folder, read
from guard.evaluation.limits import Limits
from guard.evaluation.pace import Pace
from guard.evaluation.recording import Recorder
from guard.evaluation.results import MISSED, Head, Result, Run
from guard.evaluation.reviewing import Make, Reviewer
from guard.evaluation.suite import Running

Told = Callable[[Result], None]
_ALONE = 1
"""Threads where no model is asked: Python judges one case at a time, and more of them only wait for one another."""


def run(  # noqa: PLR0913 - all of them are named by the caller
    cases: Sequence[EvalCase],
    *,
    head: Head,
    plan: Running,
    recorder: Recorder,
    make: Make,
    folder: Path,
    told: Told = lambda result: None,
    part: str | None = None,
) -> Run:
    """Run what has no result yet. `told` hears of each line; `part` says why these are not all cases of the suite."""
    place = Folder(folder, head)
    asks = head.mode != "local"
    pace = Pace(plan.at_once.start, plan.at_once.most) if asks else Pace(_ALONE, _ALONE)
    recorder.saw = pace.saw
    limits = Limits(plan, len(cases) * head.epochs, asks=head.mode in ("live", "record-missing"))
    limits.start(read(folder).results)
    todo = [(one, n) for n in range(head.epochs) for one in cases if (one.id, n) not in place.done]
    try:
        with place.home() as home, _crew(make, recorder, home, plan.retries) as crew:
            threads = plan.at_once.most if asks else _ALONE
            for result in _results(todo, pace, crew, limits, threads):
                place.add(result)
                _note(place, recorder)
                told(result)
        _note(place, recorder)
        stopped = limits.stopped or _missing(read(folder).results, recorder) or part
        place.ended(place.end.model_copy(update={"stopped": stopped}))
    finally:
        place.close()
        recorder.close()
    return read(folder)


def _results(
    todo: Sequence[tuple[EvalCase, int]], pace: Pace, crew: "_Crew", limits: Limits, threads: int
) -> Iterator[Result]:
    """Results as they come, until all are there or the pace was stopped."""

    def work(one: EvalCase, epoch: int) -> Result | None:
        if not pace.begin():
            return None
        try:
            result = crew.reviewer(epoch).result(one)
            if limits.reached(result):  # here, so that not one more begins
                pace.stop()
            return result
        finally:
            pace.end()

    with ThreadPoolExecutor(threads, thread_name_prefix="guard-eval") as pool:
        try:
            waiting = [pool.submit(work, one, epoch) for one, epoch in todo]
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


def _note(place: Folder, recorder: Recorder) -> None:
    """Which models answered, and from when the oldest answer is, is kept as soon as it is known: a kill loses nothing."""
    models = tuple(sorted({*place.end.models, *recorder.models}))
    dates = [d for d in (place.end.oldest_recording, recorder.oldest) if d]
    now = End(stopped=place.end.stopped, models=models, oldest_recording=min(dates, default=None))
    if now != place.end:
        place.ended(now)


def _missing(results: Sequence[Result], recorder: Recorder) -> str | None:
    missed = {r.case for r in results if r.error and r.error.startswith(MISSED)}
    if not missed:
        return None
    thousands = max(1, round(sum(miss.tokens for miss in recorder.misses.values()) / 1000))
    return (
        f"{len(missed)} of {len({r.case for r in results})} cases have no recording: "
        f"the same command with --mode record-missing asks a model for them, ≈ {thousands:,}k tokens"
    )
