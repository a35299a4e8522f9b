"""What a run's lines say of each case over its epochs, and of all of them: rates by slice, cost and time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Literal, get_args

from guard.evaluation.results import Flag, Result, Run
from guard.evaluation.statistics import Interval, wilson

Portion = Literal["asked_model", "rewritten", "withheld"]
"""What is true of a case and neither good nor bad in itself."""
Fact = Flag | Portion
Dimension = Literal["industry", "language", "slice", "signal", "verdict", "mutation", "split"]
PORTIONS: tuple[Portion, ...] = get_args(Portion)
FLAGS: tuple[Flag, ...] = get_args(Flag)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
UNJUDGED = "unjudged"
"""The word of a judge that gave none, where words are compared: it agrees with nobody."""
UNCHANGED = "none"
"""The mutation of a case that was not mutated."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one reader, or the judge, said of a case."""

    verdict: str
    owner: str


@dataclass(frozen=True, slots=True)
class Tally:
    """One case over its epochs. Epochs with an error have no outcome; a fact without any does not apply."""

    case: str
    digest: str
    family: str
    slices: Mapping[str, tuple[str, ...]]
    outcomes: Mapping[Fact, tuple[bool, ...]]
    tokens: float
    usd: float | None
    ms: tuple[float, ...]
    labelled: Read | None = None
    seen: tuple[Read, ...] = ()

    def holds(self, fact: Fact) -> bool | None:
        """In more than half of the epochs; a tie does not hold. None: it does not apply."""
        told = self.outcomes.get(fact)
        return 2 * sum(told) > len(told) if told else None

    def always(self, fact: Fact) -> bool | None:
        """In every epoch (pass^k, τ-bench 2024)."""
        told = self.outcomes.get(fact)
        return all(told) if told else None

    def within(self, where: Mapping[Dimension, str]) -> bool:
        """It lies in the slice."""
        return all(value in self.slices.get(name, ()) for name, value in where.items())


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a fact holds, in all cases (`dimension` None) or in a slice; `always`: in every epoch."""

    fact: Fact
    dimension: Dimension | None
    value: str
    good: int
    always: int
    cases: int
    families: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took. usd None: no price is known. Time is of lines without an error."""

    replies: int
    errors: int
    calls: int
    replayed: int
    asked_model: float
    input_tokens: int
    output_tokens: int
    usd: float | None
    usd_per_1000: float | None
    tokens_per_reply: float
    ms_median: float
    ms_p95: float


def tallies(run: Run) -> dict[str, Tally]:
    """By case id, in the order of the ids."""
    lines: defaultdict[str, list[Result]] = defaultdict(list)
    for result in latest(run):
        lines[result.case].append(result)
    return {case: _tally(sorted(lines[case], key=lambda one: one.epoch)) for case in sorted(lines)}


def latest(run: Run) -> tuple[Result, ...]:
    """One line a case and epoch, the last one: a run that went on may have tried a case again."""
    return tuple({(result.case, result.epoch): result for result in run.results}.values())


def rates(of: Iterable[Tally], dimension: Dimension | None = None) -> tuple[Rate, ...]:
    """Every fact that applies, in all cases or in each value of a dimension. Wilson's interval, over cases."""
    found: defaultdict[tuple[Fact, str], list[Tally]] = defaultdict(list)
    for tally in of:
        for value in tally.slices.get(dimension, ()) if dimension else ("",):
            for fact in tally.outcomes:
                found[fact, value].append(tally)
    order: tuple[Fact, ...] = (*FLAGS, *PORTIONS)
    keys = sorted(found, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(_rate(fact, dimension, value, found[fact, value]) for fact, value in keys)


def cost(run: Run) -> Cost:
    """Over all lines; what failed, or was tried again, is paid for too."""
    lines, fine = run.results, [r for r in latest(run) if r.error is None]
    replies = len(fine)
    usd = _usd(lines)
    tokens = sum(r.spent.input_tokens + r.spent.output_tokens for r in lines)
    ms = [r.ms for r in fine]
    return Cost(
        replies=replies,
        errors=len(latest(run)) - replies,
        calls=sum(r.spent.calls for r in lines),
        replayed=sum(r.spent.replayed for r in lines),
        asked_model=sum(r.asked_model for r in fine) / replies if replies else 0.0,
        input_tokens=sum(r.spent.input_tokens for r in lines),
        output_tokens=sum(r.spent.output_tokens for r in lines),
        usd=usd,
        usd_per_1000=None if usd is None or not replies else 1000 * usd / replies,
        tokens_per_reply=tokens / replies if replies else 0.0,
        ms_median=percentile(ms, 50),
        ms_p95=percentile(ms, 95),
    )


def percentile(values: list[float], which: int) -> float:
    """0 without a value."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[which - 1]


def _tally(lines: list[Result]) -> Tally:
    first, fine = lines[0], [line for line in lines if line.error is None]
    outcomes: defaultdict[Fact, list[bool]] = defaultdict(list)
    for line in fine:
        for flag, good in line.flags.items():
            outcomes[flag].append(good)
        outcomes["asked_model"].append(line.asked_model)
        if line.seen:
            outcomes["rewritten"].append(line.seen.outcome == "rewritten")
            outcomes["withheld"].append(line.seen.outcome == "withheld")
    usd = _usd(lines)
    return Tally(
        case=first.case,
        digest=first.digest,
        family=first.family,
        slices={**first.slices, "mutation": (first.mutation or UNCHANGED,), "split": (first.split,)},
        outcomes={fact: tuple(told) for fact, told in outcomes.items()},
        tokens=sum(line.spent.input_tokens + line.spent.output_tokens for line in lines) / len(lines),
        usd=None if usd is None else usd / len(lines),
        ms=tuple(line.ms for line in fine),
        labelled=Read(first.labelled.verdict, first.labelled.owner),
        seen=tuple(
            Read(line.seen.verdict or UNJUDGED, line.seen.owner or UNJUDGED) for line in fine if line.seen
        ),
    )


def _usd(lines: Iterable[Result]) -> float | None:
    """A line without a call costs nothing; one with a call and no price leaves the whole unknown."""
    paid = [line.spent.usd if line.spent.calls else 0.0 for line in lines]
    known = [usd for usd in paid if usd is not None]
    return sum(known) if len(known) == len(paid) else None


def _rate(fact: Fact, dimension: Dimension | None, value: str, some: list[Tally]) -> Rate:
    good = sum(bool(t.holds(fact)) for t in some)
    return Rate(
        fact=fact,
        dimension=dimension,
        value=value,
        good=good,
        always=sum(bool(t.always(fact)) for t in some),
        cases=len(some),
        families=len({t.family for t in some}),
        interval=wilson(good, len(some)),
    )
