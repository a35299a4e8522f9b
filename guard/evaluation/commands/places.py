"""Which run somebody means: a folder, its name, or the newest one of a suite; or the baseline."""

from pathlib import Path

from guard.errors import EvalError
from guard.evaluation import baseline, folder
from guard.evaluation.comparison import Arm, arm
from guard.evaluation.results import Run
from guard.evaluation.suite import Suite

_HEAD = "head.json"
BASELINE = "baseline"


def run_at(name: str, runs: Path) -> tuple[str, Run]:
    """The run of that name or folder, with its name."""
    place = next((p for p in (Path(name), runs / name) if (p / _HEAD).is_file()), None)
    if place is None:
        known = ", ".join(p.name for p in _folders(runs)[-3:]) or "none yet"
        raise EvalError(f"{name}: is no folder of a run. The newest in {runs}: {known}.")
    return place.name, folder.read(place)


def run_of(name: str | None, suite: str, runs: Path) -> tuple[str, Run]:
    """As above; without a name the newest run of the suite."""
    if name is not None:
        return run_at(name, runs)
    newest = next((p for p in reversed(_folders(runs)) if folder.read_head(p).suite == suite), None)
    if newest is None:
        raise EvalError(f"{runs}: holds no run of suite {suite}. Make one: compassion-guard eval run {suite}")
    return newest.name, folder.read(newest)


def baseline_of(suite: Suite, evals: Path, told: Path | None) -> Arm | None:
    """The one that is named, which must be there, or the suite's own, which need not."""
    if told is not None and not told.is_file():
        raise EvalError(f"{told}: there is no such baseline. Bless one: compassion-guard eval bless")
    found = baseline.load(told or evals / suite.baseline)
    return found.arm() if found else None


def side_of(name: str, suite: Suite, evals: Path, runs: Path) -> tuple[Arm, Run | None]:
    """One side of a comparison: a run, the word baseline, or a baseline's file."""
    if name == BASELINE or name.endswith(".json"):
        found = baseline_of(suite, evals, None if name == BASELINE else Path(name))
        if found is None:
            raise EvalError(f"{evals / suite.baseline}: nothing is blessed yet.")
        return found, None
    told, run = run_at(name, runs)
    return arm(run, told), run


def _folders(runs: Path) -> list[Path]:
    """The newest last. A name tells the second only, and two runs may be of one."""
    return sorted(
        (p.parent for p in runs.glob(f"*/{_HEAD}")), key=lambda place: folder.read_head(place).created
    )
