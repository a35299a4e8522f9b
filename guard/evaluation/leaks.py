"""Examples in a prompt that a case of the gate repeats: whoever learnt the answer is not asked the question."""

import re
from collections.abc import Iterable, Mapping

from guard.evaluation.case import EvalCase
from guard.text import FACTLESS, fold

_RUN = 8
"""Words in a row that two texts do not share by chance,"""
_OWN = 4
"""where so many of them carry matter: polite phrases are everybody's."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def leaked(prompts: Mapping[str, str], cases: Iterable[EvalCase]) -> tuple[str, ...]:
    """A sentence for every case of the gate whose words stand in a prompt. `prompts`: texts by name."""
    known = {name: _runs(text) for name, text in prompts.items()}
    return tuple(
        f"{one.id}: {name} repeats its words “{' '.join(min(shared))}”. Write another example."
        for one in cases
        if one.split == "gate" and one.mutation is None
        for said in (_runs("\n".join((*(t.content for t in one.case.turns), one.case.draft))),)
        for name, runs in known.items()
        if (shared := said & runs)
    )


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(fold(text))
    runs = (tuple(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1))
    return frozenset(run for run in runs if sum(len(w) > 3 and w not in FACTLESS for w in run) >= _OWN)
