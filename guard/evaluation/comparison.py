"""Two runs, or a baseline and a run, side by side: the same cases in pairs, and what cannot be compared, by name."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guard.evaluation.metrics import FLAGS, Dimension, Fact, Tally, tallies
from guard.evaluation.paired import Pair
from guard.evaluation.results import Flag, Run, RunMode


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison, whether it comes from a run or from a baseline's file. `version`: of what flags mean."""

    name: str
    suite: str
    suite_digest: str
    version: int
    judge: str
    models: tuple[str, ...]
    mode: RunMode
    policy: str
    code: str
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose outcome is another one now."""

    flag: Flag
    case: str
    family: str
    harmful: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two arms share. left, joined: cases of one side only. changed: another text or another label."""

    base: Arm
    candidate: Arm
    shared: tuple[str, ...]
    left: tuple[str, ...]
    joined: tuple[str, ...]
    changed: tuple[str, ...]
    suites: tuple[str, ...]
    judges: tuple[str, ...]

    @property
    def incomparable(self) -> tuple[str, ...]:
        """Why the two say nothing of one another, a sentence each: another suite, or another judge."""
        return self.suites + self.judges

    def both(self, where: Mapping[Dimension, str]) -> Iterator[tuple[Tally, Tally]]:
        """Shared cases of a slice; the candidate's slices count."""
        for case in self.shared:
            if self.candidate.tallies[case].within(where):
                yield self.base.tallies[case], self.candidate.tallies[case]

    def pairs(self, fact: Fact, where: Mapping[Dimension, str] | None = None) -> tuple[Pair, ...]:
        """Shared cases to which the fact applies on both sides."""
        return tuple(
            Pair(after.case, after.family, before_holds, after_holds)
            for before, after in self.both(where or {})
            if (before_holds := before.holds(fact)) is not None
            and (after_holds := after.holds(fact)) is not None
        )

    def flips(self) -> dict[Flag, tuple[Flip, ...]]:
        """By flag, harmful ones first; flags without a flip are not there."""
        found: defaultdict[Flag, list[Flip]] = defaultdict(list)
        for flag in FLAGS:
            for pair in self.pairs(flag):
                if pair.before != pair.after:
                    found[flag].append(Flip(flag, pair.case, pair.family, pair.before))
        return {
            flag: tuple(sorted(some, key=lambda f: (not f.harmful, f.case))) for flag, some in found.items()
        }


def arm(run: Run, name: str) -> Arm:
    """A run as one side."""
    head = run.head
    return Arm(
        name=name,
        suite=head.suite,
        suite_digest=head.suite_digest,
        version=head.v,
        judge=head.judge,
        models=head.models,
        mode=head.mode,
        policy=head.policy,
        code=head.code,
        tallies=tallies(run),
    )


def compare(base: Arm, candidate: Arm) -> Comparison:
    """Pairs are made of cases with the same id and the same digest."""
    old, new = base.tallies, candidate.tallies
    both = [case for case in new if case in old]
    return Comparison(
        base=base,
        candidate=candidate,
        shared=tuple(case for case in both if old[case].digest == new[case].digest),
        left=tuple(case for case in old if case not in new),
        joined=tuple(case for case in new if case not in old),
        changed=tuple(case for case in both if old[case].digest != new[case].digest),
        suites=tuple(_suites(base, candidate)),
        judges=tuple(_judges(base, candidate)),
    )


def _suites(base: Arm, candidate: Arm) -> Iterator[str]:
    if base.suite != candidate.suite:
        yield f"The suite is {candidate.suite}, and that of {base.name} is {base.suite}."
    elif base.suite_digest != candidate.suite_digest:
        yield f"The suite chooses other cases, epochs, seed or mutations than for {base.name}."
    if base.version != candidate.version:
        yield f"Outcomes mean something else now (version {candidate.version}, {base.name} has {base.version})."


def _judges(base: Arm, candidate: Arm) -> Iterator[str]:
    if base.judge != candidate.judge:
        yield f"The judge is {candidate.judge}, and that of {base.name} is {base.judge}."
    if set(base.models) != set(candidate.models):
        now, then = (", ".join(sorted(a.models)) or "none" for a in (candidate, base))
        yield (
            f"The model is {now}, and that of {base.name} is {then}. Let this model answer both prompts (eval run "
            f"{candidate.suite} --judge {candidate.judge} --against git:HEAD), bless a run of it (eval bless "
            "--accept-regression), or compare all the same (--accept-judge-change)."
        )
