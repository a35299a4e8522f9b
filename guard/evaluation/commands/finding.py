"""Which run somebody means: a folder, its name, or the newest one of a suite; or the baseline."""

from dataclasses import dataclass
from pathlib import Path

from guard.errors import EvalError
from guard.evaluation import baseline, folder
from guard.evaluation.comparison import Arm, arm
from guard.evaluation.results import Run
from guard.evaluation.suite import Suite

_HEAD = "head.json"
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Found:
    """A run with its name and its folder."""

    name: str
    place: Path
    run: Run


def run_at(name: str, runs: Path) -> Found:
    """The run of that name or folder."""
    place = next((p for p in (Path(name), runs / name) if (p / _HEAD).is_file()), None)
    if place is None:
        known = ", ".join(p.name for p in _folders(runs)[-3:]) or "none yet"
        raise EvalError(f"{name}: is no folder of a run. The newest in {runs}: {known}.")
    return Found(place.name, place, folder.read(place))


def run_of(name: str | None, suite: str | None, runs: Path) -> Found:
    """As above; without a name the newest run, of the suite if one is named."""
    if name is not None:
        return run_at(name, runs)
    return newest(suite, runs, 1)[0]


def newest(suite: str | None, runs: Path, n: int) -> list[Found]:
    """The newest n runs of one suite, the newest last; without a suite, of that of the newest."""
    places = _folders(runs)
    if suite is None and places:
        suite = folder.read_head(places[-1]).suite
    some = [place for place in places if folder.read_head(place).suite == suite][-n:]
    if len(some) < n:
        how = f"compassion-guard eval run{f' {suite}' if suite else ''}"
        raise EvalError(
            f"{runs}: holds {len(some)} runs{f' of suite {suite}' if suite else ''}, {n} needed. Make one: {how}"
        )
    return [Found(place.name, place, folder.read(place)) for place in some]


def baseline_of(suite: Suite, evals: Path, told: Path | None) -> Arm | None:
    """The one that is named, which must be there, or the suite's own, which need not."""
    if told is not None and not told.is_file():
        raise EvalError(f"{told}: there is no such baseline. Bless one: compassion-guard eval bless")
    found = baseline.load(told or evals / suite.baseline)
    return found.arm() if found else None


def side_of(name: str, suite: Suite, evals: Path, runs: Path) -> tuple[Arm, Run | None]:
    """One side of a comparison: a run, the word baseline, or a baseline's file."""
    if is_baseline(name):
        found = baseline_of(suite, evals, None if name == BASELINE else Path(name))
        if found is None:
            raise EvalError(f"{evals / suite.baseline}: nothing is blessed yet.")
        return found, None
    made = run_at(name, runs)
    return arm(made.run, made.name), made.run


def beside(found: Found, told: str | None, runs: Path) -> tuple[Arm, Run] | None:
    """What a run is compared with in place of a baseline: a run that is named, or the prompts that it was run against."""
    if told is not None:
        other = run_at(told, runs)
        return arm(other.run, other.name), other.run
    prompts = folder.read_against(found.place)
    return (arm(prompts, f"the prompts of {prompts.head.prompts_of}"), prompts) if prompts else None


def lost(found: Found) -> str | None:
    """Why the run that was made beside this one cannot be used: it is not there."""
    place = found.place / folder.AGAINST
    if (found.run.head.against is None and not place.is_dir()) or (place / _HEAD).is_file():
        return None
    return f"{place}: the run that was made beside this one is gone. Run again, or name what to compare with: --baseline."


def is_baseline(name: str) -> bool:
    """A blessed run is meant and no folder of a run."""
    return name == BASELINE or name.endswith(".json")


def _folders(runs: Path) -> list[Path]:
    """The newest last. A name tells the second only, and two runs may be of one."""
    return sorted(
        (p.parent for p in runs.glob(f"*/{_HEAD}")), key=lambda place: folder.read_head(place).created
    )
