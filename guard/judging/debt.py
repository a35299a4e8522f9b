"""Empathy debt: recognition that changed nothing, against progress that is verified.

The first sorry is owed. The third, with nothing done in between, is what tells a customer that nobody will act. The
measures and their defaults are those of the handoff anchors, §4 (acts − 2 · progress; near-duplicates by trigrams).
"""

from guard.assessment import Recognition, Sentence
from guard.case import Case
from guard.judging.empathy import kind_of_empathy
from guard.judging.sentences import split
from guard.ledger.evidence import entry
from guard.text import fold

_ALIKE = 0.6
"""Shared part of two sentences' letter triples from which they are the same sorry again."""
_PROGRESS = 2
"""Acts of recognition that one verified step of progress pays for."""


def recognition(case: Case, sentences: tuple[Sentence, ...]) -> Recognition:
    """What the draft and our earlier turns hold of it; `sentences` are the draft's."""
    now = [s.span.text for s in sentences if s.recognises]
    before = [s.text for said in case.said_before() for s in split(said) if kind_of_empathy(s.text)]
    repeats = sum(any(_alike(text, other) for other in (*before, *now[:n])) for n, text in enumerate(now))
    progress = sum(not e.reads and e.result == "worked" for e in map(entry, case.evidence or ()))
    acts = len(before) + len(now)
    return Recognition(
        words=sum(len(text.split()) for text in now),
        acts=acts,
        repeats=repeats,
        progress=progress,
        debt=acts - _PROGRESS * progress,
    )


def _alike(one: str, other: str) -> bool:
    a, b = _triples(one), _triples(other)
    return bool(a) and len(a & b) >= _ALIKE * len(a | b)


def _triples(text: str) -> frozenset[str]:
    folded = " ".join(fold(text).split())
    return frozenset(folded[n : n + 3] for n in range(len(folded) - 2))
