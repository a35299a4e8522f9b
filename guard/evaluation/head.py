"""What a run is a run of, so that two of them can be held side by side and one can go on tomorrow."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from guard.evaluation.case import EvalCase
from guard.evaluation.results import Head, RunMode
from guard.evaluation.suite import Suite
from guard.parts import templates
from guard.policy import SHIPPED, Policy
from guard.settings import Settings

_SOURCES = (".py", ".yaml", ".npz")


def head(  # noqa: PLR0913 - all of them are named by the caller
    *,
    suite: Suite,
    cases: Iterable[EvalCase],
    mode: RunMode,
    policy: Policy,
    policy_file: Path | None,
    settings: Settings,
    now: datetime,
    prompts_of: str | None = None,
) -> Head:
    """The head of a run that begins now."""
    return Head(
        suite=suite.name,
        suite_digest=suite.digest,
        mode=mode,
        created=now.isoformat(timespec="microseconds"),
        code=code(),
        policy=f"{policy.mode}@{sha256((policy_file or SHIPPED).read_bytes()).hexdigest()[:12]}",
        judge=policy.judging.by,
        prompts=versions(settings),
        prompts_of=prompts_of,
        seed=suite.seed,
        epochs=suite.epochs,
        dataset={one.id: one.digest for one in cases},
    )


def versions(settings: Settings) -> dict[str, str]:
    """Of every prompt that is there now, by its id."""
    prompts = templates(settings)
    return {name: prompts.get(name).version for name in prompts.names()}


def name(of: Head) -> str:
    """The name of its folder: when, and eight hex digits that no other one has."""
    stamp = datetime.fromisoformat(of.created).strftime("%Y%m%dT%H%M%SZ")
    return f"{stamp}-{sha256(of.model_dump_json().encode()).hexdigest()[:8]}"


@cache
def code() -> str:
    """Version and digest of the guard's own sources, its policy and its net."""
    here = Path(__file__).parents[1]
    found = sha256()
    for path in sorted(p for p in here.rglob("*") if p.suffix in _SOURCES):
        found.update(f"{path.relative_to(here).as_posix()}\n".encode())
        found.update(path.read_bytes())
    try:
        version = metadata.version("compassion-guard")
    except metadata.PackageNotFoundError:
        version = "source"
    return f"{version}+{found.hexdigest()[:12]}"
