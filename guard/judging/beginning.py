"""The beginning of a draft that could be sent by itself: what is good of it stays byte for byte, the rest is left out.

A stream may show such a beginning before the rest is written (`early`), and must never have to take a word of it
back. So whoever decides on the whole draft falls back on the same beginning.
"""

from guard.assessment import Assessment
from guard.judging.sentences import split
from guard.outcome import Judgement

MOST = 12
"""Sentences of a draft at whose end it may be cut. Each costs a reading; what is longer is read as a whole."""


def beginnings(draft: str) -> tuple[int, ...]:
    """Where the first sentences end, but for the last of the draft: places at which it may be cut.

    They stay where they are when more text follows.
    """
    return tuple(sentence.end for sentence in split(draft)[:-1][:MOST])


def stands(judgement: Judgement) -> bool:
    """These words could be sent, and hold a concrete step: no later word is needed to make them good."""
    return (
        judgement.decision == "send"
        and isinstance(judgement.assessment, Assessment)
        and judgement.assessment.concrete_step
    )
