"""How money, tokens or time rose, case by case, with an interval over families."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from guard.evaluation import clusters
from guard.evaluation.demands import RiseAtMost
from guard.evaluation.evidence import Evidence, nothing
from guard.evaluation.metrics import Tally

if TYPE_CHECKING:
    from guard.evaluation.statistics import Floats

_TIMED = 500
"""Replicates of a percentile, which is no sum and takes longer."""


@dataclass(frozen=True, slots=True)
class _Risen:
    before: float
    now: float
    drawn: "Floats"


def rise(gate: RiseAtMost, both: list[tuple[Tally, Tally]], seed: int) -> Evidence:
    """The candidate's figure over the base's, on the cases that they share."""
    families = len({after.family for _, after in both})
    match gate.metric:
        case "usd":
            priced = [(a.family, b.usd, a.usd) for b, a in both if b.usd is not None and a.usd is not None]
            if len(priced) < len(both):
                why = f"no price is known for {len(both) - len(priced)} of {len(both)} cases"
                return nothing("rise", why, len(both), families)
            seen = _spent(priced, 1000, seed)
        case "tokens":
            seen = _spent([(a.family, b.tokens, a.tokens) for b, a in both], 1, seed)
        case "ms":
            seen = _slower([(b, a) for b, a in both if b.ms and a.ms], seed)
        case _:
            assert_never(gate.metric)
    if seen is None:
        return nothing("rise", cases=len(both), families=families)
    return _told(gate, seen, len(both), families)


def _told(gate: RiseAtMost, seen: _Risen, cases: int, families: int) -> Evidence:
    if seen.before == 0:
        free = seen.now == 0
        why = "nothing, as before" if free else "nothing before, and something now"
        return Evidence(cases, families, "rise", 0.0, seen.now, None, float(free), free, why)
    interval = clusters.bounds(seen.drawn, seen.drawn, 1 - 2 * gate.alpha)
    return Evidence(
        cases=cases,
        families=families,
        unit="rise",
        before=seen.before,
        now=seen.now,
        interval=interval,
        p=float((1 + (seen.drawn <= gate.value).sum()) / (1 + len(seen.drawn))),
        good=interval.high <= gate.value,
        told=(
            f"rises by {100 * (seen.now / seen.before - 1):.1f} %, at most {100 * interval.high:.1f} %; "
            f"{100 * gate.value:g} % are allowed"
        ),
    )


def _spent(spent: list[tuple[str, float, float]], replies: int, seed: int) -> _Risen | None:
    if not spent:
        return None
    families = clusters.sums((family, (then, now)) for family, then, now in spent)
    then, now = (replies * float(x) / len(spent) for x in families.sum(axis=0))
    return _Risen(then, now, clusters.resampled(families, _ratio, seed))


def _ratio(sums: "Floats") -> "Floats":
    import numpy as np

    return sums[:, 1] / np.maximum(sums[:, 0], 1e-12) - 1


def _slower(timed: list[tuple[Tally, Tally]], seed: int) -> _Risen | None:
    """The 95th percentile: each drawing weighs the sorted times by how often their family was drawn."""
    import numpy as np

    if not timed:
        return None
    place = {name: n for n, name in enumerate(sorted({after.family for _, after in timed}))}
    draws = np.random.default_rng(seed).multinomial(
        len(place), np.full(len(place), 1 / len(place)), size=_TIMED
    )
    weights = np.vstack([np.ones(len(place), dtype=np.int64), draws])

    def p95(some: list[tuple[float, int]]) -> "Floats":
        some.sort()
        upto = weights[:, [family for _, family in some]].cumsum(axis=1)
        times: Floats = np.array([ms for ms, _ in some])
        picked: Floats = times[(upto >= 0.95 * upto[:, -1:]).argmax(axis=1)]
        return picked

    then = p95([(ms, place[after.family]) for before, after in timed for ms in before.ms])
    now = p95([(ms, place[after.family]) for _, after in timed for ms in after.ms])
    return _Risen(float(then[0]), float(now[0]), _ratio(np.column_stack([then, now])[1:]))
