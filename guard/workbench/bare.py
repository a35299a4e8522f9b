"""Labels that an instruction names bare, without `backticks`: "set move to deflect", "need = none", "kinds: apology, thanks".

Everyday words stand in the same places, so one counts as a label only where it can be nothing else: in a list of labels,
after a sign or a verb that sets it, or where it is nearly the name of one.
"""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from guard.workbench.expected import Part

_WORD = r"[`*\"]*(?-i:[a-z_]{3,})[`*\"]*"
_LIST = rf"(?P<list>{_WORD}(?:(?:\s*[,/|]\s*(?:or |and )?|\s+(?:or|and)\s+){_WORD})*)"
_ENDS = r"(?=\s*(?:[.,;:)}\n–—]|$)|\s+(?:when|where|if|for|is|are|means?)\b|\s[-–—]\s)"
_SETS = r"(?:set|write|say|mark|report|answer|give|use|put|choose|classify|label|call|take)"
_ITEM = re.compile(
    r"^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+(?:\*\*|__)?(?P<word>[a-z_]{3,})(?:\*\*|__)?[ \t]*(?::|[-–—] )",
    re.MULTILINE,
)
"""The head of an item in a list."""
_PLAIN = re.compile(
    r"only|just|always|never|null|true|false|what|that|which|this|these|those|one|the|their|your|and|not|has|can|may|none|each|every"
    r"|whether|something|anything|nothing|or"
)
"""Words that set nothing."""
_NEAR, _NEARER = 0.7, 0.8
"""How alike a word and a label must be: after the label's field, and where nothing else tells that one is meant."""


def bare(text: str, parts: Collection[Part], told: Collection[str]) -> Iterator[tuple[str, int]]:
    """Words that stand for a label and are none, and where each stands. told: names that the template may use."""
    labels = {label for part in parts for label in part.labels}
    for part in parts:
        if part.labels:
            yield from _beside(text, _field(part), frozenset(part.labels), told)
    for joined in (label for label in labels if "_" in label):
        yield from ((m.group(), m.start()) for m in re.finditer(rf"\b{joined.replace('_', '')}\b", text))
    for item in _ITEM.finditer(text):
        word = item["word"]
        if word not in told and get_close_matches(word, labels, 1, _NEARER):
            yield word, item.start("word")


def _field(part: Part) -> str:
    own = part.names[1] if part.names[0] == "name" else part.names[0]
    return rf"(?<![\w`])[`\"]?{own.removesuffix('s')}s?[`\"]?"


def _beside(
    text: str, field: str, labels: frozenset[str], told: Collection[str]
) -> Iterator[tuple[str, int]]:
    """Those that follow the name of their field."""
    follows = (
        r"\s*(?P<sign>:?=|→|->|:(?=\s*\"))\s*|\s*:\s*(?:one of\s*\(?)?|\s+(?:is|are|(?:may|can|must|should|will) be|has to be|as)(?: one of| either)?\s+|\s+to\s+"
        r"|(?:\s+\w+){0,2}\s+(?:between|among|one of|out of|from)\s+|\s+"
    )
    form = re.compile(
        rf"(?P<verb>\b{_SETS}\b[^.\n:]{{0,40}}?)?\b(?:the |of |as )?{field}(?:{follows}){_LIST}(?P<ends>{_ENDS})?",
        re.IGNORECASE,
    )
    for found in form.finditer(text):
        words = [(w.group(), found.start("list") + w.start()) for w in re.finditer(r"[a-z_]+", found["list"])]
        if found["ends"] is None:
            words.pop()
        listed = sum(word in labels for word, _ in words)
        for word, at in words:
            if word in told or _PLAIN.fullmatch(word):
                continue
            sure = listed > 0 or found["sign"] or (found["verb"] and len(words) == 1)
            if sure or get_close_matches(word, labels, 1, _NEAR):
                yield word, at
