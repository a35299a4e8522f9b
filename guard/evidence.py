"""What a tool call really shows. Its result outranks its arguments: asking for a change is not the change."""

import json
import re
from collections.abc import Iterator

from guard.case import ToolCall
from guard.records import Json

_READS = re.compile(
    r"^(?:get|find|search|list|lookup|look_up|read|check|calculate|think|query|fetch|view|verify|show|describe|count)(?:_|$|[A-Z])"
)
# How tools say no: a bare message, an error field, a flag that is false, a state that is not the wished one.
_FAILED = re.compile(
    r"^[\s\"'*]*(?:error|failed|failure|exception|not found|denied|time(?:d )?-?out|invalid|unable|rejected|declined|[45]\d\d\b)"
    r"|\bno (?:change|ticket|action)s? (?:was |were )?(?:applied|created|made|taken)\b"
    r'|"(?:error|errors)"\s*:\s*+(?!null|\[\]|""|false|0)'
    r'|"(?:ok|success|successful|released|acknowledged|approved|accepted|sent|done|applied|confirmed|refunded|cancell?ed|completed|delivered|created|updated)"\s*:\s*false'
    r'|"(?:status|state|result|outcome|delivery)"\s*:\s*"(?:\w*(?:fail|declin|reject|denied|error|bounc|refus|expired|unavailable|time(?:d_)?out)|not_|no_|pending_\w*(?:approv|review|auth)|awaiting|on_hold)',
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*")
_SHORTEST = 3
"""Letters of a word that is worth a comparison."""


def reads_only(call: ToolCall) -> bool:
    """Looks something up and changes nothing, by its name."""
    return _READS.match(call.name) is not None


def worked(call: ToolCall) -> bool:
    """The call had a result and the result is no failure. A result outranks what the call says of itself."""
    if call.ok is False or (call.ok is None and not call.result.strip()):
        return False
    return not _FAILED.search(call.result)


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in one spelling: "$1,200.50" and "1200.5" are the same."""
    return frozenset(_plain(n) for n in _NUMBER.findall(text))


def not_shown(told: str, calls: list[ToolCall]) -> str | None:
    """A value that `told` names and that was asked for, while the result shows another; None where there is none.

    Of several calls of one tool the last one counts for each field.
    """
    words = _worded(told)
    settled: set[tuple[str, str]] = set()
    for call in reversed(calls):
        asked, got = _fields(call.arguments), _fields(call.result)
        for key in asked.keys() & got.keys() - {key for name, key in settled if name == call.name}:
            wished, shown = _worded(asked[key]), _worded(got[key])
            settled.add((call.name, key))
            missing = wished - shown
            other = shown - wished
            if (missing & words or (not missing and other and wished <= words)) and not other <= words:
                return f"{call.name} was asked for {key}={asked[key]} and its result shows {got[key]}"
    return None


def _fields(text: str) -> dict[str, str]:
    """Plain values of a JSON object by their key, nested objects included; lists name no single value."""
    try:
        return dict(_walk(json.loads(text)))
    except (ValueError, RecursionError):
        return {}


def _walk(value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            match inner:
                case str() | int() | float() if not isinstance(inner, bool):
                    yield key, str(inner)
                case dict():
                    yield from _walk(inner)
                case _:
                    pass


def _worded(text: str) -> frozenset[str]:
    """Words and numbers worth comparing; "basic_economy" is two words, "08" is 8."""
    found = _WORDS.findall(text.lower().replace("_", " "))
    return frozenset(
        _plain(w) if w[0].isdigit() else w for w in found if w[0].isdigit() or len(w) >= _SHORTEST
    )


def _plain(number: str) -> str:
    """One spelling. A comma before three digits groups, any other one is a decimal point."""
    text = re.sub(r",(?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0") if "." not in rest else rest
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")
