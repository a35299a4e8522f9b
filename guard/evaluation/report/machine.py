"""The report as one JSON object: ids, figures and reasons, and no word of a conversation."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TypedDict

from guard.evaluation.calibration import Calibration, of_results
from guard.evaluation.gate import Row
from guard.evaluation.kappa import Kappa
from guard.evaluation.metrics import DIMENSIONS, Rate, latest, rates, tallies
from guard.evaluation.report.confusion import confusion
from guard.evaluation.report.material import Material, headline, reasons
from guard.evaluation.report.provenance import provenance
from guard.evaluation.report.scenes import scenes
from guard.evaluation.statistics import Interval

VERSION = 1
Ends = tuple[float, float]


class GateReport(TypedDict):
    """One gate, or one slice of it. found: PASS, FAIL or INCONCLUSIVE; counts: what that does to the release.

    unit: of the interval: a share, kappa, points (a change in a share; 0.01 is one), or rise (a share of what it was).
    fell, rose: ids of cases.
    """

    name: str
    where: dict[str, str]
    limit: str
    found: str
    counts: str
    reason: str
    unit: str | None
    before: float | None
    now: float | None
    interval: Ends | None
    p: float
    cases: int
    families: int
    fell: list[str]
    rose: list[str]


class RateReport(TypedDict):
    """How often a fact holds, in all cases (dimension null) or in a slice. always: in every epoch. interval: 95 %."""

    fact: str
    dimension: str | None
    value: str
    good: int
    always: int
    cases: int
    families: int
    interval: Ends


class CaseReport(TypedDict):
    """One case. bad: facts that do not hold; harmful: those of them that held before; beneficial: that hold only now."""

    id: str
    said: str
    bad: list[str]
    harmful: list[str]
    beneficial: list[str]
    error: str


class KappaReport(TypedDict):
    """Agreement of the judge with the readers beyond chance, with its 90 % interval; null where it says nothing."""

    value: float | None
    interval: Ends
    cases: int


class BinReport(TypedDict):
    """Of `cases` with odds near `said`, the share `found` was so."""

    said: float
    found: float
    interval: Ends
    cases: int


class CalibrationReport(TypedDict):
    """Whether odds mean what they say."""

    brier: float
    ece: float
    cases: int
    bins: list[BinReport]


class Report(TypedDict):
    """The object. outcome, exit_code: null where no gate was asked. run: its head without the data set.

    source: one sentence on what was replayed, which is no fresh evidence; recorded: whose recordings, a sentence each
    (run.sources has them as values); cost: calls, those replayed, tokens, time.
    left, joined: cases of one side only; changed: other words or labels. slices: the small ones too.
    confusion: by what the readers said, then by what the judge said.
    """

    v: int
    suite: str
    outcome: str | None
    exit_code: int | None
    told: str
    reasons: list[str]
    faults: list[dict[str, str]]
    notes: list[str]
    gates: list[GateReport]
    watch: list[GateReport]
    run: dict[str, object]
    source: str
    recorded: list[str]
    cost: dict[str, float | int | None]
    left: list[str]
    joined: list[str]
    changed: list[str]
    rates: list[RateReport]
    slices: list[RateReport]
    confusion: dict[str, dict[str, int]]
    kappa: dict[str, KappaReport]
    calibration: dict[str, CalibrationReport | None]
    cases: list[CaseReport]


def report(material: Material) -> Report:
    """All that is known of a run but its texts."""
    run, ruling, compared = material.run, material.ruling, material.compared
    told, seen, source, lines = tuple(tallies(run).values()), confusion(run), provenance(run), latest(run)
    return Report(
        v=VERSION,
        suite=run.head.suite,
        outcome=ruling.outcome if ruling else None,
        exit_code=ruling.exit_code if ruling else None,
        told=f"{headline(ruling)} {ruling.told}" if ruling else "No gate was asked.",
        reasons=list(reasons(ruling)) if ruling else [],
        faults=[{"kind": fault.kind, "told": fault.told} for fault in ruling.faults] if ruling else [],
        notes=list(ruling.notes) if ruling else [],
        gates=[_gate(row) for row in ruling.rows] if ruling else [],
        watch=[_gate(row) for row in ruling.watch] if ruling else [],
        run={**run.head.model_dump(mode="json", exclude={"dataset"}), "stopped": run.stopped},
        source=source.told,
        recorded=list(source.recorded),
        cost=asdict(source.cost),
        left=list(compared.left) if compared else [],
        joined=list(compared.joined) if compared else [],
        changed=list(compared.changed) if compared else [],
        rates=_rates(rates(told)),
        slices=[one for dimension in DIMENSIONS for one in _rates(rates(told, dimension))],
        confusion={row.name: dict(zip(seen.columns, row.counts, strict=True)) for row in seen.rows},
        kappa={"verdict": _kappa(seen.verdict), "owner": _kappa(seen.owner)},
        calibration={
            "not_ok": _calibration(of_results(lines, "not_ok")),
            "human": _calibration(of_results(lines, "human")),
        },
        cases=_cases(material),
    )


def _gate(row: Row) -> GateReport:
    seen = row.evidence
    return GateReport(
        name=row.name,
        where={str(name): value for name, value in row.where.items()},
        limit=row.limit,
        found=row.found,
        counts=row.counts,
        reason=row.reason,
        unit=seen.unit if seen else None,
        before=seen.before if seen else None,
        now=seen.now if seen else None,
        interval=_ends(seen.interval) if seen and seen.interval else None,
        p=row.p,
        cases=seen.cases if seen else 0,
        families=seen.families if seen else 0,
        fell=list(seen.fell) if seen else [],
        rose=list(seen.rose) if seen else [],
    )


def _ends(interval: Interval) -> Ends:
    return interval.low, interval.high


def _rates(some: Iterable[Rate]) -> list[RateReport]:
    return [
        RateReport(
            fact=rate.fact,
            dimension=rate.dimension,
            value=rate.value,
            good=rate.good,
            always=rate.always,
            cases=rate.cases,
            families=rate.families,
            interval=_ends(rate.interval),
        )
        for rate in some
    ]


def _kappa(seen: Kappa) -> KappaReport:
    return KappaReport(value=seen.value, interval=_ends(seen.interval), cases=seen.cases)


def _calibration(seen: Calibration | None) -> CalibrationReport | None:
    if seen is None:
        return None
    bins = [
        BinReport(said=b.said, found=b.found, interval=_ends(b.interval), cases=b.cases) for b in seen.bins
    ]
    return CalibrationReport(brier=seen.brier, ece=seen.ece, cases=seen.cases, bins=bins)


def _cases(material: Material) -> list[CaseReport]:
    return [
        CaseReport(
            id=one.id,
            said=one.said,
            bad=list(one.bad),
            harmful=list(one.harmful),
            beneficial=list(one.beneficial),
            error=one.error,
        )
        for one in scenes(material.run, {}, material.flips_by_case(), None)
    ]
