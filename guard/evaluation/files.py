"""The files of a suite's cases: all of them read, and refused as a whole where they would prove nothing."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from guard.case import Action
from guard.errors import CaseError, EvalError
from guard.evaluation.case import EvalCase, parse, refused
from guard.evaluation.journal import lines

_SHOWN = 10
"""Faults that are told at once."""


def load(paths: Iterable[Path], known: Mapping[str, Action] | None = None) -> tuple[EvalCase, ...]:
    """The cases of all files, in order. Raises `EvalError` that names the fault, or the first few of many."""
    cases = tuple(_parsed(text, where, known) for path in paths for where, text in lines(path, by_hand=True))
    if faults := refused(cases):
        more = f" … and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise EvalError(f"the cases cannot be used: {' '.join(faults[:_SHOWN])}{more}")
    return cases


def _parsed(text: str, where: str, known: Mapping[str, Action] | None) -> EvalCase:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EvalError(f"{where}: is no JSON that can be read ({error}). One JSON object a line.") from None
    if not isinstance(line, dict):
        raise EvalError(f"{where}: is no JSON object. One JSON object a line.")
    try:
        return parse(line, where, known)
    except CaseError as error:
        raise EvalError(f"{where}: {error}") from None
