"""The local rewriter: at most one short acknowledgement, then the step that the authority allows.

It never fills a hole with warmth: where no action covers the need there is no rewrite (`None`), and the case
goes to a person.
"""

import re
from typing import assert_never

from guard.assessment import Assessment, Move, Sentence
from guard.case import Action, Authority, Case
from guard.ledger import forbids, limit_of
from guard.text import AMOUNT, content, fold, number

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
_GIVEN: dict[str, str] = {
    "order": r"\d{3}-\d{5,}|#\s?\w*\d{3,}|\border\b[^.?!]{0,20}\b\w*\d{4,}|\b[a-z]{1,4}-?\d{4,}",
    "mail": r"[\w.+-]+@[\w-]+\.\w+",
    "phone": r"\+?\d[\d\s-]{7,}",
    "reservation": r"\b(?=[a-z0-9]*\d)[a-z0-9]{6}\b",
    "amount": AMOUNT.pattern,
}


def rewrite(case: Case, seen: Assessment, authority: Authority, recognition_words: int) -> str | None:
    """A reply with a concrete step, or None where nothing that we may do covers the need.

    None too where the customer reads a language that this rewriter does not write: only English so far.
    """
    if not _writes(case.preferences.language):
        return None
    action = action_for(case, authority)
    kept = [s for s in seen.sentences if _good(s, seen)]
    step = _step(action, case) if action and not any(s.moves_need for s in kept) else None
    if step is None and not any(s.moves_need for s in kept):
        return None
    said = [*((s.move, s.span.text) for s in kept), *([step] if step else [])]
    return _formed(_acknowledge(seen, case, recognition_words), said, case)


def _writes(language: str | None) -> bool:
    """`language` is a tag such as `en-GB` or a name; None means that the customer did not say."""
    return language is None or language.lower().split("-")[0].split("_")[0] in ("en", "english")


def action_for(case: Case, authority: Authority) -> Action | None:
    """The action that shares most with what the customer wrote; None when none shares anything."""
    wanted = content(" ".join(case.customer_turns()[-3:]))
    offered = [
        a for a in (*(case.authority.actions if case.authority else ()), *authority.actions) if not forbids(a)
    ]
    scored = [
        (
            len(wanted & content(" ".join((a.id.replace("_", " ").replace("-", " "), a.does, *a.for_words)))),
            -n,
            a,
        )
        for n, a in enumerate(offered)
    ]
    best = max(scored, key=lambda s: s[:2], default=None)
    return best[2] if best and best[0] > 0 and _within(best[2], case) else None


def _within(action: Action, case: Case) -> bool:
    """What the customer asks for is not above the limit. Asking a person beats offering less than is owed."""
    limit = limit_of(action)
    asked = [
        number(m.group()) or 0.0
        for m in AMOUNT.finditer(fold(case.customer_turns()[-1]))
        if "%" not in m.group()
    ]
    return limit is None or not asked or max(asked) <= limit


def _good(sentence: Sentence, seen: Assessment) -> bool:
    """Facts and steps of the draft stay, also those that do not move the need; false claims and gaps go."""
    bad = any(c.span == sentence.span for c in seen.unbacked)
    gap = any(sentence.span.start <= d.span.start < sentence.span.end for d in seen.defects)
    return (
        sentence.move in _ROWS and not bad and not gap and (sentence.moves_need or sentence.move == "answer")
    )


def _acknowledge(seen: Assessment, case: Case, most: int) -> list[str]:
    """The draft's own recognition when it is short and speaks of this customer's matter; never a new one."""
    if case.preferences.length == "short":
        return []
    about = content(" ".join(case.customer_turns()))
    heavy = seen.customer.dims.emotional_weight >= 2
    fitting = [
        s.span.text
        for s in seen.sentences
        if s.move == "empathy"
        and s.kind not in ("thanks", "reassurance")
        and len(s.span.text.split()) <= most
        and (heavy or content(s.span.text) & about)
    ]
    return fitting[:1]


def _step(action: Action, case: Case) -> tuple[Move, str]:
    """Ask for what is missing, or else offer the act so that the customer only has to say yes."""
    match [need for need in action.needs if not _known(need, case)]:
        case []:
            when = f" {action.deadline}" if action.deadline else ""
            return "offer", action.say or f"I can {_verb(action)}{when}. Shall I do that now?"
        case [need]:
            return "ask", f"To {_verb(action)}, I need your {need}. What is it?"
        case needs:
            return (
                "ask",
                f"To {_verb(action)}, I need these from you: {', '.join(needs)}. Could you send them?",
            )


def _verb(action: Action) -> str:
    """The act as it follows "I can": sentences of an authority start with who may do it."""
    does = action.does.strip().rstrip(".")
    does = re.sub(
        r"^(?:(?:the )?(?:assistant|agents?|bot|you|we|support|i)\s+)?(?:may|can|is allowed to|are allowed to|could)\s+",
        "",
        does,
        flags=re.IGNORECASE,
    )
    return does[:1].lower() + does[1:]


def _known(need: str, case: Case) -> bool:
    said = fold(
        " ".join((*case.customer_turns(), *(f"{c.arguments} {c.result}" for c in case.evidence or ())))
    )
    for word, form in _GIVEN.items():
        if word in need.lower():
            return re.search(form, said, re.IGNORECASE) is not None
    return bool(content(need)) and content(need) <= content(said)


def _formed(acknowledged: list[str], said: list[tuple[Move, str]], case: Case) -> str:
    """The reply in the form that this customer likes: prose, a list, or a table of what is what."""
    texts = [*acknowledged, *(text for _, text in said)]
    match case.preferences.format:
        case "prose":
            return " ".join(texts)
        case "list" if len(texts) > 1:
            return "\n".join(f"- {text.lstrip('-* ')}" for text in texts)
        case "table" if len(said) > 1:
            rows = [f"| {_ROWS[move]} | {text.replace('|', '/')} |" for move, text in said]
            return "\n".join(
                [*acknowledged, *([""] if acknowledged else []), "| | |", "| --- | --- |", *rows]
            )
        case "list" | "table":
            return " ".join(texts)
        case _:
            assert_never(case.preferences.format)
