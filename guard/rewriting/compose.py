"""The local rewriter: what stays of the draft, at most one short acknowledgement of it, then a step that is allowed.

It never fills a hole with warmth: where no action covers the need there is no rewrite (`None`), and the case
goes to a person.
"""

import re
from typing import assert_never

from guard.assessment import STEPS, Assessment, Move, Sentence
from guard.case import Authority, Case
from guard.ledger.acts import acts_in
from guard.ledger.check import granted
from guard.rewriting.check import inventions
from guard.rewriting.choose import choose
from guard.rewriting.languages import primary, wanted
from guard.rewriting.manner import misshapen
from guard.rewriting.saying import step
from guard.text import content, fold

_NO = re.compile(r"\bnon-?\w*|\b(?:cannot|can't|not|no|unable|never)\b")
_FACT = re.compile(r"\d{1,2}:\d{2}|\b[A-Z]{2,}-?\d+\b|#?\b\d{4,}\b|[$€£]\s?\d[\d.,]*\d")
_ROWS: dict[Move, str] = {
    "answer": "What we know",
    "action_done": "What is done",
    "offer": "What I can do",
    "action_commit": "What happens next",
    "handoff": "Who has it",
    "instruct": "What to do",
    "ask": "What I need",
}
"""Moves whose sentences may stay, and what a table calls them."""


def rewrite(case: Case, assessment: Assessment, authority: Authority, recognition_words: int) -> str | None:
    """A reply with a concrete step, or None where nothing that we may do covers the need."""
    kept = [
        s
        for s in _standing(assessment, case)
        if _good(s, assessment) and not inventions(s.span.text, case, authority)
    ]
    moves = any(s.moves_need for s in kept)
    grant = None if moves else choose(case, assessment.customer.need, granted(case, authority))
    more = step(grant, case) if grant else None
    if more is None and not moves:
        return None
    if grant is not None:  # "it is non-refundable. I can refund it" helps nobody
        kept = [
            s for s in kept if not (_NO.search(fold(s.span.text)) and grant.core & acts_in(fold(s.span.text)))
        ]
    said = [*((s.move, s.span.text) for s in kept), *([more] if more else [])]
    return _formed(_acknowledge(assessment, case, recognition_words), said, case)


def writes(case: Case) -> bool:
    """The customer reads what this rewriter writes: English, by a tag such as `en-GB`, its name or their last message."""
    return primary(wanted(case) or "en") == "en"


def _standing(assessment: Assessment, case: Case) -> tuple[Sentence, ...]:
    """The sentences before the first false claim or unfilled step, for what comes after it may follow from it; and facts
    that a call shows.
    """
    gaps = (s.span.start for s in assessment.sentences if s.move in STEPS and _has_gap(s, assessment))
    first = min((*(claim.span.start for claim in assessment.unbacked), *gaps), default=None)
    shown = fold("\n".join(c.result for c in case.evidence or ()))
    return tuple(
        s
        for s in assessment.sentences
        if first is None or s.span.start < first or (s.move == "answer" and _is_shown(s, shown))
    )


def _is_shown(sentence: Sentence, shown: str) -> bool:
    found = [fold(m.group()).strip("# ") for m in _FACT.finditer(sentence.span.text)]
    return bool(found) and all(fact in shown for fact in found)


def _good(sentence: Sentence, assessment: Assessment) -> bool:
    """Steps that move the need stay, and facts; false claims and gaps go."""
    bad = any(c.span == sentence.span for c in assessment.unbacked)
    step = sentence.moves_need or sentence.move == "answer"
    return sentence.move in _ROWS and not bad and not _has_gap(sentence, assessment) and step


def _has_gap(sentence: Sentence, assessment: Assessment) -> bool:
    return any(sentence.span.start <= d.span.start < sentence.span.end for d in assessment.defects)


def _acknowledge(assessment: Assessment, case: Case, most: int) -> list[str]:
    """The draft's own recognition when it is short and speaks of this customer's matter; never a new one."""
    if case.preferences.length == "short" or _was_heard(assessment):
        return []
    about = content(" ".join(case.customer_turns()))
    heavy = assessment.customer.dims.emotional_weight >= 2
    fitting = [
        s.span.text
        for s in assessment.sentences
        if s.move == "empathy"
        and not any(c.span == s.span for c in assessment.claims)
        and s.kind not in ("thanks", "reassurance")
        and len(s.span.text.split()) <= most
        and (heavy or content(s.span.text) & about)
    ]
    return fitting[:1]


def _was_heard(assessment: Assessment) -> bool:
    """An earlier turn recognised it already: the second sorry pays nothing."""
    return assessment.recognition.acts > sum(s.recognises for s in assessment.sentences)


def _formed(acknowledged: list[str], said: list[tuple[Move, str]], case: Case) -> str:
    """The reply in the form that this customer likes: prose, a list, or a table of what is what."""
    texts = [*acknowledged, *(text for _, text in said)]
    plain = " ".join(texts)
    several = any(misshapen(plain, case.preferences, acknowledged))  # one step may be two sentences
    match case.preferences.format:
        case "prose":
            return plain
        case "list" if several or len(texts) > 1:
            return "\n".join(f"- {text.lstrip('-* ')}" for text in texts)
        case "table" if several or len(said) > 1:
            rows = [f"| {_ROWS[move]} | {text.replace('|', '/')} |" for move, text in said]
            return "\n".join(
                [*acknowledged, *([""] if acknowledged else []), "| | |", "| --- | --- |", *rows]
            )
        case "list" | "table":
            return plain
        case _:
            assert_never(case.preferences.format)
