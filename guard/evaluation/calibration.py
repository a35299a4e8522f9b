"""Whether probabilities mean what they say: of all that was called 30 % likely, three in ten should be so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from guard.evaluation.results import Result
from guard.evaluation.statistics import Interval, wilson

_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases with probabilities near one another: the mean that was said, and the share that was so."""

    said: float
    found: float
    interval: Interval
    cases: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Brier score (1950), expected calibration error (Naeini et al. 2015) over ten equal bins, and the bins with cases."""

    brier: float
    ece: float
    bins: tuple[Bin, ...]
    cases: int


def calibration(odds: Iterable[tuple[float, bool]]) -> Calibration | None:
    """From what was said and what was so; None where nothing was said."""
    binned: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for said, so in odds:
        binned[min(_BINS - 1, int(said * _BINS))].append((said, so))
    n = sum(map(len, binned))
    if not n:
        return None
    bins = tuple(_bin(some) for some in binned if some)
    return Calibration(
        brier=sum((said - so) ** 2 for some in binned for said, so in some) / n,
        ece=sum(b.cases * abs(b.said - b.found) for b in bins) / n,
        bins=bins,
        cases=n,
    )


def of_results(results: Iterable[Result], of: Literal["not_ok", "human"]) -> Calibration | None:
    """The judge's odds against the readers' labels. What only the ledger can see, an unbacked claim, is left out of not_ok."""
    told: list[tuple[float, bool]] = []
    for one in results:
        if one.odds is None:
            continue
        match of:
            case "human":
                told.append((one.odds.human, one.labelled.owner == "human"))
            case "not_ok" if one.labelled.verdict != "unbacked_claim":
                told.append((one.odds.not_ok, one.labelled.verdict != "ok"))
            case "not_ok":
                pass
    return calibration(told)


def _bin(some: list[tuple[float, bool]]) -> Bin:
    n, so = len(some), sum(so for _, so in some)
    return Bin(sum(said for said, _ in some) / n, so / n, wilson(so, n), n)
