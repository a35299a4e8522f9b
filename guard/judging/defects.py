"""What is wrong with a draft before anybody judges it: gaps that nobody filled, and no words at all."""

import re

from guard.assessment import Defect, Span

_PLACEHOLDER = re.compile(
    r"\[(?:[A-Z][A-Za-z ]{2,40}|[A-Z _]{3,40}|insert[^\]]*|your [^\]]*|(?:first |last |customer |order )?(?:name|date|amount|number|link|time))\](?!\()"
    r"|<(?:insert|your|(?:first|last|customer|order)?[ _]?(?:name|date|amount|number|link|time))[^>]*>"
    r"|(?<!\{)\$?\{[a-z][a-z_.]{1,40}\}(?!\})|%[A-Z][A-Z_]{2,40}%|\bX{3,}\b(?!-)|_{4,}"
)
"""Gaps that nobody filled. `{{…}}` is none: public texts mask real values so."""
_NEVER_FILLED = re.compile(
    r"\{\{\s*[a-z_][a-z0-9_.]*(?:\s*\|[^{}]*)?\s*\}\}|\{%.{0,80}?%\}|\bTBD\b|\bXX/XX\b|\b__[A-Z]{3,}__\b|(?<!\w)\$[A-Z][A-Z_]{3,}\b"
)
"""Names of variables that nobody filled in: `{{eta}}`. Words in braces, as in `{{Order Number}}`, mask a real value in
public texts and are read as filled in."""
_BEGINS = re.compile(r"[\[<{%X_$]")
"""With what either begins, but for "TBD": most sentences hold none of it, and are looked at once."""


def has_gap(sentence: str) -> bool:
    """A placeholder stands in it."""
    return _BEGINS.search(sentence) is not None and _PLACEHOLDER.search(sentence) is not None


def defects(draft: str) -> tuple[Defect, ...]:
    """Placeholders that nobody filled in, and a draft without a word."""
    gaps = tuple(
        Defect("placeholder", Span(m.group(), m.start(), m.end()))
        for form in ((_PLACEHOLDER, _NEVER_FILLED) if _BEGINS.search(draft) or "TBD" in draft else ())
        for m in form.finditer(draft)
    )
    return gaps if re.search(r"\w", draft) else (*gaps, Defect("empty", Span(draft, 0, len(draft))))
