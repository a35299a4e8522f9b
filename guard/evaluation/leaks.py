"""Examples in a prompt that a case of the gate repeats: whoever learnt the answer is not asked the question."""

from collections.abc import Iterable, Mapping

from guard.evaluation.case import EvalCase
from guard.prompts.overlap import runs


def leaked(prompts: Mapping[str, str], cases: Iterable[EvalCase]) -> tuple[str, ...]:
    """A sentence for every case of the gate whose words stand in a prompt. `prompts`: texts by name."""
    known = {name: runs(text).keys() for name, text in prompts.items()}
    return tuple(
        f"{one.id}: {name} repeats its words “{min(shared)}”. Write another example."
        for one in cases
        if one.split == "gate" and one.mutation is None
        for said in (runs("\n".join((*(t.content for t in one.case.turns), one.case.draft))),)
        for name, there in known.items()
        if (shared := said.keys() & there)
    )
