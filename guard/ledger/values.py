"""A value that was asked for and that the result shows otherwise. The result outranks what was asked."""

import re

from guard.ledger.evidence import Entry
from guard.ledger.fields import as_float, plain_fields, plain_number
from guard.text import words

_WORDS = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*")
_SHORTEST = 3
"""Letters of a word that is worth a comparison."""
_HALF_A_CENT = 0.005
_PROSE = 4
"""Words above which a value is prose and no fact to compare."""


def differs(told: str, calls: list[Entry]) -> str | None:
    """A value that `told` names and that was asked for, while the result shows another; None where there is none.

    Of several calls of one tool the last one counts for each field.
    """
    words = _worded(told)
    settled: set[tuple[str, str]] = set()
    for one in reversed(calls):
        name = one.call.name
        asked, got = plain_fields(one.asked), plain_fields(one.got)
        got = {_same_key(key, asked): value for key, value in got.items()}
        for key in sorted(asked.keys() & got.keys() - {key for other, key in settled if other == name}):
            settled.add((name, key))
            if _other_value(asked[key], got[key], words):
                return f"{name} was asked for {key}={asked[key]} and its result shows {got[key]}"
    return None


def _same_key(key: str, asked: dict[str, str]) -> str:
    """The key under which this was asked for: a result's `billing_email` answers an argument `email`."""
    if key in asked or key.lower().startswith(
        "new_"
    ):  # the new card's number answers no question for the old one's
        return key
    longer = [k for k in asked if key.endswith(f"_{k}") or k.endswith(f"_{key}")]
    return longer[0] if len(longer) == 1 else key


def _other_value(asked: str, got: str, words: frozenset[str]) -> bool:
    """Two values of one sort that differ in what was told. Prose, outcomes and names of another sort are no values."""
    wished, shown = _worded(asked), _worded(got)
    if max(len(wished), len(shown)) > _PROSE or _shape(asked) != _shape(got) or _same_cents(asked, got):
        return False
    missing = wished - shown
    other = shown - wished
    longer = frozenset(w for w in other if w.isalpha())
    return bool((missing & words or (not missing and longer and wished <= words)) and not other <= words)


def _shape(value: str) -> str:
    """The sort of a value: a number, a name with digits in it and how it begins, or words."""
    if re.fullmatch(r"[\d.,\s$€£:-]+", value):
        return "number"
    if re.fullmatch(r"[\w#-]+", value) and re.search(r"\d", value):
        return "name " + re.sub(r"\d+", "0", value)[:4]
    return "outcome" if value.lower() in _OUTCOMES else "words"


_OUTCOMES = words(
    "success ok done successful succeeded completed complete queued accepted processed confirmed "
    "error failed pending"
)


def _same_cents(asked: str, got: str) -> bool:
    one, other = as_float(asked), as_float(got)
    if one is None or other is None or one == 0:
        return False
    return min(abs(other - one * 100), abs(other * 100 - one)) < _HALF_A_CENT


def _worded(text: str) -> frozenset[str]:
    """Words and numbers worth comparing; "basic_economy" is two words, "08" is 8."""
    found = _WORDS.findall(text.lower().replace("_", " "))
    return frozenset(
        plain_number(w) if w[0].isdigit() else w for w in found if w[0].isdigit() or len(w) >= _SHORTEST
    )
