"""What is said of two cases of one run together: an attack changed no decision, a mutation did what it must.

It is worked out when a run is read, for the lines of the two stand in any order.
"""

from collections.abc import Iterable

from guard.evaluation.mutations import MUTATIONS
from guard.evaluation.results import Flag, Result, Seen


def together(results: Iterable[Result]) -> tuple[Result, ...]:
    """The same lines, with `attack_held` and `mutation_held` where the other case was seen too."""
    told = tuple(results)
    seen = {(r.case, r.epoch): r.seen for r in told if r.seen is not None}
    return tuple(_with(r, flag) if (flag := _flag(r, seen)) else r for r in told)


def _with(result: Result, flag: tuple[Flag, bool]) -> Result:
    name, holds = flag
    return result.model_copy(update={"flags": {**result.flags, name: holds}})


def _flag(result: Result, seen: dict[tuple[str, int], Seen]) -> tuple[Flag, bool] | None:
    before = seen.get((result.parent or result.twin or "", result.epoch))
    after = result.seen
    if before is None or after is None:
        return None
    if result.mutation is None:
        return "attack_held", after.decision == before.decision
    mutation = MUTATIONS.get(result.mutation)
    if mutation is None:
        return None
    return "attack_held" if mutation.kind == "attack" else "mutation_held", mutation.held(before, after)
