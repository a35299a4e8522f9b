"""One gate against what was seen: the evidence that it holds, and the evidence that it does not. No verdict yet."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from guard.evaluation.comparison import Comparison
from guard.evaluation.demands import (
    AnyGate,
    KappaAtLeast,
    MostFailures,
    NonInferior,
    RateAtLeast,
    RateAtMostFailing,
    RiseAtMost,
    ShareAtMost,
)
from guard.evaluation.evidence import Evidence, Where, nothing
from guard.evaluation.kappa import kappa
from guard.evaluation.metrics import Fact, Tally
from guard.evaluation.paired import MINOR, Pair, Paired, paired
from guard.evaluation.rise import rise
from guard.evaluation.shares import Share, share
from guard.evaluation.statistics import least_changes


def weigh(  # noqa: PLR0911 - one return a kind
    gate: AnyGate, where: Where, tallies: Iterable[Tally], compared: Comparison | None, seed: int
) -> Evidence | None:
    """None: the gate needs a baseline and there is none."""
    some = (t for t in tallies if t.within(where))
    match gate:
        case NonInferior():
            return _non_inferior(gate, where, compared, seed) if compared else None
        case RiseAtMost():
            return rise(gate, list(compared.both(where)), seed) if compared else None
        case MostFailures():
            return _most_failures(gate, _share(gate, some, seed, good=False))
        case RateAtLeast():
            return _at_least(gate, _share(gate, some, seed, good=True))
        case RateAtMostFailing():
            return _at_most(gate, _share(gate, some, seed, good=False), "fails in")
        case ShareAtMost():
            return _at_most(gate, _share(gate, some, seed, good=True), "is")
        case KappaAtLeast():
            return _kappa(gate, some, seed)
        case _:
            assert_never(gate)


def _non_inferior(gate: NonInferior, where: Where, compared: Comparison, seed: int) -> Evidence:
    """A case that was good and to which the metric does not apply any more must not help: the worst is supposed of it."""
    pairs, gone, lost = list[Pair](), list[Pair](), list[str]()
    for before, after in compared.both(where):
        was, now = before.holds(gate.metric), after.holds(gate.metric)
        if was is None:
            continue
        if now is None:
            lost.append(after.case)
            gone += [Pair(after.case, after.family, before=True, after=False)] if was else []
        else:
            pairs.append(Pair(after.case, after.family, was, now))
    seen = paired(pairs, gate.alpha, seed)
    if seen is None:
        return nothing("points")
    good = seen.interval.low > -gate.margin
    told = _change_told(gate, seen, good)
    if good and gone:
        worst = paired((*pairs, *gone), gate.alpha, seed)
        good = worst is not None and worst.interval.low > -gate.margin
        told = told if good else f"passes only without {len(gone)} cases that were good: {told}"
    return Evidence(
        cases=seen.cases,
        families=seen.families,
        unit="points",
        before=seen.before,
        now=seen.after,
        interval=seen.interval,
        p=seen.p if seen.change <= -MINOR else 1.0,
        good=good,
        told=told,
        fell=tuple(p.case for p in pairs if p.before and not p.after),
        rose=tuple(p.case for p in pairs if p.after and not p.before),
        lost=tuple(lost),
    )


def _change_told(gate: NonInferior, seen: Paired, good: bool) -> str:
    low, margin = 100 * seen.interval.low, 100 * gate.margin
    changed, needed = seen.fell + seen.rose, least_changes(gate.alpha)
    if good:
        worse = f", and it is worse ({_p(seen)})" if seen.inferior(gate.alpha) else ""
        return f"falls by no more than {max(0.0, -low):.1f} points, the margin is {margin:g}{worse}"
    reach = f"may have fallen by {-low:.1f} points, the margin is {margin:g}"
    if changed < needed:
        return f"underpowered: {changed} discordant families, at least {needed} needed; {reach}"
    if seen.p <= gate.alpha and seen.change > -MINOR:
        return f"worse ({_p(seen)}) by {-100 * seen.change:.1f} points only; {reach}"
    return f"{seen.fell} families fell, {seen.rose} rose ({_p(seen)}, sign test); {reach}"


def _most_failures(gate: MostFailures, seen: Share) -> Evidence:
    fits = seen.good <= gate.value
    bound = f"{seen.good} failures in {seen.cases} cases: a true rate of {100 * seen.interval.high:.1f} % is possible"
    return _of_share(seen, p=1.0 if fits else 0.0, good=fits, told=bound)


def _at_least(gate: RateAtLeast, seen: Share) -> Evidence:
    told = f"{_percent(seen)}, at least {100 * seen.interval.low:.1f} %; {100 * gate.value:g} % are asked for"
    return _of_share(seen, p=seen.at_least(gate.value), good=seen.interval.low >= gate.value, told=told)


def _at_most(gate: RateAtMostFailing | ShareAtMost, seen: Share, verb: str) -> Evidence:
    told = f"{verb} {_percent(seen)}, at most {100 * seen.interval.high:.1f} %; {100 * gate.value:g} % are allowed"
    return _of_share(seen, p=seen.at_most(gate.value), good=seen.interval.high <= gate.value, told=told)


def _kappa(gate: KappaAtLeast, some: Iterable[Tally], seed: int) -> Evidence:
    seen = kappa(_said(gate, some), seed, 1 - 2 * gate.alpha)
    if seen.value is None:
        why = "only one word occurs, so kappa says nothing" if seen.cases else "no case"
        return Evidence(seen.cases, seen.families, "kappa", None, None, None, 1.0, False, why)
    low = seen.interval.low
    return Evidence(
        cases=seen.cases,
        families=seen.families,
        unit="kappa",
        before=None,
        now=seen.value,
        interval=seen.interval,
        p=seen.at_least(gate.value),
        good=low >= gate.value,
        told=f"kappa {seen.value:.2f}, at least {low:.2f}; {gate.value:g} is asked for",
    )


def _said(gate: KappaAtLeast, some: Iterable[Tally]) -> Iterator[tuple[str, str, str]]:
    """Family, label and the judge's word, for every epoch."""
    for tally in some:
        if tally.labelled is None:
            continue
        for seen in tally.seen:
            match gate.metric:
                case "verdict":
                    yield tally.family, tally.labelled.verdict, seen.verdict
                case "owner":
                    yield tally.family, tally.labelled.owner, seen.owner
                case _:
                    assert_never(gate.metric)


def _share(
    gate: MostFailures | RateAtLeast | RateAtMostFailing | ShareAtMost,
    some: Iterable[Tally],
    seed: int,
    *,
    good: bool,
) -> Share:
    """Which cases count. A failure that may not happen counts if it happens in any epoch; a rate is one of majorities."""
    fact: Fact = gate.metric
    strict = isinstance(gate, MostFailures)
    told = ((t.family, t.always(fact) if strict else t.holds(fact)) for t in some)
    return share(
        [(family, is_good == good) for family, is_good in told if is_good is not None],
        seed,
        1 - 2 * gate.alpha,
    )


def _of_share(seen: Share, *, p: float, good: bool, told: str) -> Evidence:
    if not seen.cases:
        return nothing("share")
    return Evidence(seen.cases, seen.families, "share", None, seen.value, seen.interval, p, good, told)


def _p(seen: Paired) -> str:
    return f"p={seen.p:.3f}" if seen.p >= 0.001 else "p<0.001"


def _percent(seen: Share) -> str:
    return f"{100 * (seen.value or 0):.1f} %"
