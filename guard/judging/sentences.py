"""The sentences of a draft, as spans of it: prose, markdown lists and tables, emoji, scripts without spaces."""

import re
from functools import lru_cache

from guard.assessment import Span

# A sentence ends at final punctuation (with closing quotes or brackets) before space or line end; the
# full stops of Chinese, Japanese, Hindi and Arabic need no space. Lines always end one.
# One class of characters comes first, so that the engine skips to the next of them.
_END = re.compile(
    r"[.!?…。！？؟।\n](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+[\"'”’)\]*_]*+(?=\s|$)|(?<=[。！？؟।])[。！？؟।]*[”’」』）]*|(?<=\n)\n*)"
)
# An abbreviation, an initial or a list number does not end a sentence.
_NO_END = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|no|nr|vs|etc|e\.g|i\.e|approx|inc|ltd|dept|ext|jan|feb|mar|apr|jun|jul|aug|"
    r"sep|sept|oct|nov|dec|a\.m|p\.m|u\.s|[a-z]|\d{1,2})\.$",
    re.IGNORECASE,
)
_LONGEST_NO_END = 12
"""Characters that are enough to see one; what stands before them is not read again."""
_WORDLESS = re.compile(r"^[\W_]*$")
_TABLE_RULE = re.compile(r"^[\s|:+=-]+$")
_LONGEST = 1_000
"""Characters of one piece. Text without an end is read in pieces, so that no pattern meets more at once."""


@lru_cache(maxsize=128)  # a turn is cut by whoever reads it, and again in the next review of its conversation
def split(text: str) -> tuple[Span, ...]:
    """All sentences, in order, without the white space around them; pieces without a word are left out."""
    spans: list[Span] = []
    start = 0
    for end in _END.finditer(text):
        tail = text[max(start, end.end() - _LONGEST_NO_END) : end.end()]
        if end.group().startswith(".") and _NO_END.search(tail):
            continue
        _add(spans, text, start, end.end())
        start = end.end()
    _add(spans, text, start, len(text))
    return tuple(spans)


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    while end - start > _LONGEST:
        space = text.rfind(" ", start, start + _LONGEST)
        cut = space if space > start else start + _LONGEST
        _add(spans, text, start, cut)
        start = cut
    piece = text[start:end]
    if _WORDLESS.match(piece) or _TABLE_RULE.match(piece):
        return
    lead = len(piece) - len(piece.lstrip())
    body = piece.strip()
    spans.append(Span(body, start + lead, start + lead + len(body)))
