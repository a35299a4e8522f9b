"""What a person reads first in a handoff, in two sentences of a language model, each resting on words that were said.

A sentence whose quotes stand nowhere, or that tells a figure nobody told, is left out; without any the packet keeps
its extract of the customer's own words.
"""

import re
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError

from guard.asking import asked
from guard.case import Case
from guard.effects import NoCompletion, Steps, completed
from guard.ledger.check import facts
from guard.prompts import OverBudgetError, Prompt
from guard.quotes import find
from guard.text import fold

_FIGURE = re.compile(r"\d(?:[\d.,:/-]*\d)?")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SummaryQuote(_Strict):
    """Words of one turn, counted from 0; of a tool result where `turn` is null."""

    quote: str
    turn: int | None


class SummarySentence(_Strict):
    """One sentence and what it rests on."""

    text: str
    quotes: list[SummaryQuote]


class Summary(_Strict):
    """Two sentences for a person who takes over."""

    sentences: list[SummarySentence]


def summarised(case: Case, prompt: Prompt) -> Steps[str | None]:
    """The sentences that hold, each with its turns; None where there is none."""
    values = {"turns": case.turns, "calls": case.evidence or ()}
    try:
        question = asked(prompt, values, case, "summary", schema())
    except OverBudgetError:
        return None
    answer = yield from completed(question)
    if isinstance(answer, NoCompletion):
        return None
    try:
        told = Summary.model_validate_json(answer.text)
    except ValidationError:
        return None
    known = fold(facts(case))
    return " ".join(_with_turns(one) for one in told.sentences if _holds(one, case, known)) or None


@cache
def schema() -> dict[str, object]:
    """The JSON Schema of a summary."""
    return Summary.model_json_schema()


def _holds(one: SummarySentence, case: Case, known: str) -> bool:
    figures = (found.group() for found in _FIGURE.finditer(fold(one.text)))
    return bool(one.quotes) and all(_stands(q, case) for q in one.quotes) and all(f in known for f in figures)


def _stands(quote: SummaryQuote, case: Case) -> bool:
    match quote.turn:
        case None:
            return any(find(quote.quote, call.result) for call in case.evidence or ())
        case n:
            return 0 <= n < len(case.turns) and find(quote.quote, case.turns[n].content) is not None


def _with_turns(one: SummarySentence) -> str:
    turns = dict.fromkeys(f"[{q.turn}]" for q in one.quotes if q.turn is not None)
    return f"{one.text.strip()} {''.join(turns)}".strip()
