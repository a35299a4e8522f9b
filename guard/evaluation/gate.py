"""Go or no-go: every gate's verdict, what makes the run worthless, and the exit code. One place decides text and code.

    PASS          the interval lies inside the limit, and there are enough families
    FAIL          there is evidence against the gate
    INCONCLUSIVE  neither; the reason says what is missing

That all slices of a gate pass is shown slice by slice, which needs no correction (an intersection-union test, Berger
1982). That one of them fails is looked for in many places, so its p-values are Holm's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, assert_never

from guard.errors import EvalError
from guard.evaluation.comparison import Arm, Comparison, arm, compare
from guard.evaluation.demands import AnyGate, NonInferior, limit
from guard.evaluation.evidence import Evidence, Where
from guard.evaluation.metrics import Dimension, Tally, latest
from guard.evaluation.results import MISSED, Run
from guard.evaluation.statistics import holm
from guard.evaluation.suite import Suite
from guard.evaluation.weigh import weigh

Found = Literal["PASS", "FAIL", "INCONCLUSIVE"]
Counts = Literal["pass", "fail", "inconclusive", "warn"]
Outcome = Literal["pass", "fail", "inconclusive", "invalid"]
FaultKind = Literal["incomplete", "stopped", "errors", "miss", "stale", "edited", "dataset", "incomparable"]

EXIT: Mapping[Outcome, int] = {"pass": 0, "fail": 1, "inconclusive": 3, "invalid": 4}
"""2 is for what cannot be read: `EvalError`."""
BROKEN: frozenset[FaultKind] = frozenset(("incomplete", "stopped", "errors", "miss", "stale", "edited"))
"""Faults that only another run mends."""
_WATCHED: tuple[Dimension, ...] = ("industry", "language", "slice", "signal", "mutation")
_WATCHED_FROM = 10
"""Families below which a slice that nobody asked for is not shown."""
_WATCHED_LEAST = 30
"""Families below which it is neither good nor bad."""
_ONE_WAY = 4
"""Cases that fell, and none that rose: from here a PASS says that it is worse."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a run proves nothing as it stands."""

    kind: FaultKind
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One gate, or one slice of it. `watched`: nobody asked for this slice, so it decides nothing.

    `evidence` None: there is no baseline. `p` is that of the evidence, corrected for the other slices.
    """

    gate: AnyGate
    where: Where
    evidence: Evidence | None
    p: float
    found: Found
    reason: str
    watched: bool = False

    @property
    def name(self) -> str:
        """The metric and the slice: `verdict_right[language=es]`."""
        place = ",".join(f"{name}={value}" for name, value in self.where.items())
        return f"{self.gate.metric}[{place}]" if place else self.gate.metric

    @property
    def limit(self) -> str:
        """What is demanded, in words."""
        return limit(self.gate)

    @property
    def worse(self) -> bool:
        """It passes, and was measured as worse: its fall is smaller than the margin."""
        seen = self.evidence
        if self.found != "PASS" or not isinstance(self.gate, NonInferior) or seen is None:
            return False
        below = seen.interval is not None and seen.interval.high < 0
        return below or (len(seen.fell) >= _ONE_WAY and not seen.rose)

    @property
    def counts(self) -> Counts:
        """What it does to the release."""
        match self.found:
            case "PASS":
                return "pass"
            case "FAIL":
                return "warn" if self.watched else "fail"
            case "INCONCLUSIVE" if self.watched or self.gate.on_inconclusive == "warn":
                return "warn"
            case "INCONCLUSIVE":
                return "fail" if self.gate.on_inconclusive == "fail" else "inconclusive"
            case _:
                assert_never(self.found)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The gate's answer. `comparison` None: nothing is blessed yet. `watch`: slices that decide nothing, worst first.

    accepted: faults that somebody let pass; they are among the notes too.
    """

    suite: str
    rows: tuple[Row, ...]
    watch: tuple[Row, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    comparison: Comparison | None
    accepted: tuple[Fault, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """A broken run proves nothing, so that comes first."""
        counts = {row.counts for row in self.rows}
        if self.faults:
            return "invalid"
        if "fail" in counts:
            return "fail"
        return "inconclusive" if "inconclusive" in counts else "pass"

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 inconclusive, 4 invalid."""
        return EXIT[self.outcome]

    @property
    def told(self) -> str:
        """One line: the outcome, what it is made of, and the code."""
        found = [row.found for row in self.rows]
        parts = [
            f"{found.count(name)} {name.lower()}"
            for name in ("FAIL", "INCONCLUSIVE", "PASS")
            if name in found
        ]
        if self.faults:
            parts.insert(0, ", ".join(dict.fromkeys(fault.kind for fault in self.faults)))
        if self.worse:
            parts.append(f"{len(self.worse)} worse within the margin")
        return f"GATE {self.outcome.upper()} ({'; '.join(parts)}) exit {self.exit_code}"

    @property
    def worse(self) -> tuple[Row, ...]:
        """Gates that pass although what they measure fell."""
        return tuple(row for row in self.rows if row.worse)

    @property
    def blessable(self) -> bool:
        """It may become the baseline: it passed, or all that it lacks is the first baseline."""
        short = [row for row in self.rows if row.counts in ("fail", "inconclusive")]
        return not self.faults and all(row.evidence is None for row in short)


def decide(  # noqa: PLR0913 - all of them are named by the caller
    suite: Suite,
    run: Run,
    base: Arm | None,
    *,
    beside: tuple[Arm, Run] | None = None,
    prompts: Mapping[str, str] | None = None,
    lost: str | None = None,
    accept_dataset_change: bool = False,
    accept_judge_change: bool = False,
) -> Ruling:
    """Weigh every gate of the suite. Raises `EvalError` where the run is of another suite.

    beside: a run to compare with in place of the blessed one, whose cases must still be there. prompts: the versions of
    today, where the run is to be of them. lost: why the run that was made beside it is not there.
    """
    if run.head.suite != suite.name:
        raise EvalError(
            f"the run is of suite {run.head.suite!r}, not {suite.name!r}. Name the run's own suite."
        )
    candidate = arm(run, "the candidate")
    blessed = compare(base, candidate) if base else None
    compared = compare(beside[0], candidate) if beside else blessed
    faults = [*_faults(suite, run), *_edited(run, prompts or run.head.prompts)]
    if lost:
        faults.append(Fault("incomparable", lost))
    if beside:
        faults += [Fault(f.kind, f"Of {beside[0].name}: {f.told}") for f in _faults(suite, beside[1])]
    told = [
        *(_dataset(blessed, run, accept_dataset_change) if blessed else ()),
        *(_judges(compared, accept_judge_change) if compared and _answered(run) else ()),
    ]
    accepted = tuple(fault for fault, fine in told if fine)
    rows = [row for gate in suite.gates for row in _rows(gate, candidate.tallies, compared, suite.seed)]
    return Ruling(
        suite=suite.name,
        rows=tuple(rows),
        watch=tuple(_watch(suite, rows, candidate.tallies, compared)) if compared else (),
        faults=(*faults, *(fault for fault, fine in told if not fine)),
        notes=tuple(_notes(run, beside, compared, accepted)),
        comparison=compared,
        accepted=accepted,
    )


def _answered(run: Run) -> bool:
    """Somebody was asked, if anybody was to be: where no model answered, it is no other one than before."""
    return bool(run.head.models) or not any((line.error or "").startswith(MISSED) for line in run.results)


def _notes(
    run: Run, beside: tuple[Arm, Run] | None, compared: Comparison | None, accepted: Iterable[Fault]
) -> Iterator[str]:
    if beside:
        yield _beside_told(run, *beside)
    yield from (f"Accepted: {fault.told}" for fault in accepted)
    if compared:
        yield from _not_the_prompts(compared.base, compared.candidate)
    if garbled := [line.case for line in latest(run) if line.unreadable]:
        yield f"The model's answer could not be read, so nobody judged: {_named(garbled)}."
    if compared and compared.joined:
        yield f"New, with nothing to be compared with: {_named(compared.joined)}."


def _not_the_prompts(base: Arm, now: Arm) -> Iterator[str]:
    """What else may be the cause of a change."""
    others = (("policy", base.policy, now.policy), ("the guard's own code", base.code, now.code))
    told = [f"{name} {old} → {new}" for name, old, new in others if old != new]
    if told:
        yield f"Between {base.name} and the run differ: {', '.join(told)}."


def _beside_told(run: Run, other: Arm, its: Run) -> str:
    """What was compared, so that nobody takes it for something else."""
    new, old = run.head.prompts, its.head.prompts
    edits = [
        f"{old.get(id, 'nothing')} → {new.get(id, 'nothing')}"
        for id in sorted({*new, *old})
        if old.get(id) != new.get(id)
    ]
    return (
        f"Compared with {other.name} ({', '.join(edits) or 'no prompt differs'}), a run of "
        f"{its.head.created[:16].replace('T', ' ')} UTC, model {', '.join(other.models) or 'none asked'}. "
        "Of the blessed baseline only the cases count."
    )


def _rows(
    gate: AnyGate, tallies: Mapping[str, Tally], compared: Comparison | None, seed: int
) -> Iterator[Row]:
    places: list[Where] = [gate.slice or {}]
    if gate.each:
        within = [tally for tally in tallies.values() if tally.within(gate.slice or {})]
        values = sorted({value for tally in within for value in tally.slices.get(gate.each, ())})
        places = [{**(gate.slice or {}), gate.each: value} for value in values or ["*"]]
    yield from _judged(gate, places, tallies, compared, seed)


def _judged(  # noqa: PLR0913 - what a gate is weighed with
    gate: AnyGate,
    places: Iterable[Where],
    tallies: Mapping[str, Tally],
    compared: Comparison | None,
    seed: int,
    *,
    watched: bool = False,
) -> Iterator[Row]:
    """A row a place; the p-values are corrected for one another."""
    seen = [(where, weigh(gate, where, tallies.values(), compared, seed)) for where in places]
    corrected = holm([evidence.p if evidence else 1.0 for _, evidence in seen])
    for (where, evidence), p in zip(seen, corrected, strict=True):
        found, reason = _found(gate, evidence, p)
        yield Row(gate, where, evidence, p, found, reason, watched)


def _found(gate: AnyGate, evidence: Evidence | None, p: float) -> tuple[Found, str]:
    if evidence is None:
        return "INCONCLUSIVE", "no baseline: bless one"
    told = (
        f"{evidence.told}; no longer applies to {_named(evidence.lost)}" if evidence.lost else evidence.told
    )
    if not evidence.good and p <= gate.alpha:
        return "FAIL", told
    if evidence.families < gate.least:
        return "INCONCLUSIVE", f"{evidence.families} families, at least {gate.least} needed: {told}"
    return ("PASS" if evidence.good else "INCONCLUSIVE"), told


def _watch(
    suite: Suite, rows: Iterable[Row], tallies: Mapping[str, Tally], compared: Comparison
) -> list[Row]:
    """Slices that nobody asked for, of each metric that is compared with the baseline: inside the gate's own slice."""
    asked = {row.name for row in rows}
    found: list[Row] = []
    for gate in (g for g in suite.gates if isinstance(g, NonInferior) and not g.each):
        inside = gate.slice or {}
        families: dict[tuple[Dimension, str], set[str]] = {}
        for tally in tallies.values():
            if gate.metric not in tally.outcomes or not tally.within(inside):
                continue
            for name in (n for n in _WATCHED if n not in inside):
                for value in tally.slices.get(name, ()):
                    families.setdefault((name, value), set()).add(tally.family)
        wide = [place for place, some in sorted(families.items()) if len(some) >= _WATCHED_FROM]
        places: list[Where] = [{**inside, name: value} for name, value in wide]
        watched = gate.model_copy(update={"least": _WATCHED_LEAST})
        judged = _judged(watched, places, tallies, compared, suite.seed, watched=True)
        found += [row for row in judged if row.name not in asked]
    return sorted(found, key=lambda row: row.p)


def _faults(suite: Suite, run: Run) -> Iterator[Fault]:
    head, lines = run.head, latest(run)
    if head.suite_digest != suite.digest:
        yield Fault(
            "incomparable", "The suite chooses other cases, epochs, seed or mutations than when it was run."
        )
    if run.stopped is not None:
        yield Fault("stopped", f"The run was stopped: {run.stopped}.")
    wanted = len(head.dataset) * head.epochs
    if not wanted or len(lines) < wanted:
        yield Fault("incomplete", f"{len(lines)} of {wanted} lines are there. Resume the run.")
    errors = [line for line in lines if line.error is not None]
    missed = [line.case for line in errors if (line.error or "").startswith(MISSED)]
    if missed:
        yield Fault("miss", f"Without a recording: {_named(missed)}. Record what is missing.")
    if lines and len(errors) / len(lines) > suite.run.error_rate:
        yield Fault(
            "errors",
            f"{len(errors)} of {len(lines)} lines are errors, {100 * suite.run.error_rate:g} % are allowed. "
            f"The first: {errors[0].case}: {errors[0].error}",
        )
    oldest, most = head.oldest_recording, suite.run.replay_max_age_days
    if oldest is not None and most is not None and (days := (_day(head.created) - _day(oldest)).days) > most:
        yield Fault("stale", f"The oldest recording is {days} days old, {most} are allowed. Record anew.")


def _edited(run: Run, now: Mapping[str, str]) -> Iterator[Fault]:
    """A run that asked a model speaks of the prompts that it asked with, and of no later ones."""
    others = sorted(id for id in {*now, *run.head.prompts} if now.get(id) != run.head.prompts.get(id))
    if others and run.head.mode != "local":
        yield Fault(
            "edited",
            f"Prompts were edited since the run ({', '.join(others)}), so it says nothing of them. Run again.",
        )


def _dataset(blessed: Comparison, run: Run, accepted: bool) -> Iterator[tuple[Fault, bool]]:
    """Cases of the baseline that the run no longer has, and whether somebody accepted it."""
    left = [case for case in blessed.left if case not in run.head.dataset]
    if left:
        yield Fault("dataset", f"Gone, and in the baseline: {_named(left)}."), accepted
    if blessed.changed:
        told = f"Of another text or label than in the baseline: {_named(blessed.changed)}."
        yield Fault("dataset", told), accepted


def _judges(compared: Comparison, accepted: bool) -> Iterator[tuple[Fault, bool]]:
    """Why the two say nothing of one another, and whether somebody accepted it."""
    for told in compared.suites:
        yield Fault("incomparable", told), False
    for told in compared.judges:
        yield Fault("incomparable", told), accepted


def _named(cases: Iterable[str]) -> str:
    ids = list(dict.fromkeys(cases))
    shown = ", ".join(ids[:5])
    return f"{len(ids)} case{'s' if len(ids) > 1 else ''} ({shown}{', …' if len(ids) > 5 else ''})"


def _day(told: str) -> date:
    try:
        return datetime.fromisoformat(told).date()
    except ValueError:
        raise EvalError(
            f"{told!r} is no time in ISO 8601; the run's head is damaged. Run it again."
        ) from None
