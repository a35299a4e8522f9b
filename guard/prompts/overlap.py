"""Words that two texts do not share by chance: how an example that was copied from a case is found."""

import re

from guard.text import FACTLESS, fold

_RUN = 8
"""Words in a row that two texts do not share by chance,"""
_OWN = 4
"""where so many of them carry matter: polite phrases are everybody's."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def runs(text: str) -> dict[str, int]:
    """Every run of words that is the text's own, and the line, counted from 1, where it first begins."""
    folded = fold(text)
    words, lines, line, at = [], [], 1, 0
    for found in _WORD.finditer(folded):
        line += folded.count("\n", at, found.start())
        at = found.start()
        words.append(found.group())
        lines.append(line)
    own = [len(word) > 3 and word not in FACTLESS for word in words]
    told: dict[str, int] = {}
    for n in range(len(words) - _RUN + 1):
        if sum(own[n : n + _RUN]) >= _OWN:
            told.setdefault(" ".join(words[n : n + _RUN]), lines[n])
    return told
