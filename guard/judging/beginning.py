"""The beginning of a draft that could be sent by itself: what is good of it stays byte for byte, the rest is left out.

A stream may show such a beginning before the rest is written (`early`), and must never have to take a word of it
back. So whoever decides on the whole draft falls back on the same beginning.
"""

import re
from itertools import pairwise

from guard.assessment import Assessment
from guard.judging.sentences import split
from guard.outcome import Judgement

MOST = 12
"""Sentences of a draft at whose end it may be cut. Each costs a reading; what is longer is read as a whole."""
_ENDED = re.compile(r"[.!?…。！？؟।][\"'”’)\]*_」』）]*\Z")
"""A text without an end is read in pieces, and such a piece is no sentence."""


def beginnings(draft: str) -> tuple[int, ...]:
    """Where the first sentences end, but for the last of the draft: places at which it may be cut.

    They stay where they are when more text follows.
    """
    sentences = split(draft)[: MOST + 1]
    return tuple(
        one.end
        for one, after in pairwise(sentences)
        if _ENDED.search(one.text) or "\n" in draft[one.end : after.start]
    )


def stands(judgement: Judgement) -> bool:
    """These words could be sent, and hold a concrete step: no later word is needed to make them good."""
    return (
        judgement.decision == "send"
        and isinstance(judgement.assessment, Assessment)
        and judgement.assessment.concrete_step
    )
