"""Whether sentences that promise something speak of what nobody may promise. A mention counts there; one that its own
clause denies before ("I can't offer a refund") does not.
"""

import re

from guard.text import fold

_CLAUSE = re.compile(r"[.;:!?\n](?=\s|$)|\b(?:but|however|instead,|pero|sondern|aber|mais|mas)\b")
_DENIED = re.compile(
    r"(?<!\w)(?:not|no|never|cannot|without|unable|rather than|instead of|nor|sin|nicht|kein\w*|ohne|pas|sans|aucun\w*"
    r"|não|sem|nenhum\w*|nahi|nahin|non|senza)(?!\w)|n't(?!\w)"
)
_ENDING = r"(?:s|es|ed|ing|en)?"


def promised(phrase: str, said: str) -> bool:
    """Some clause speaks of it and does not deny it first."""
    words = fold(phrase).strip()
    ending = _ENDING if words[-1:].isalpha() else ""
    form = re.compile(rf"(?<!\w){re.escape(words)}{ending}(?!\w)")
    return any(
        not _DENIED.search(clause[: told.start()])
        for clause in _CLAUSE.split(fold(said))
        for told in form.finditer(clause)
    )
