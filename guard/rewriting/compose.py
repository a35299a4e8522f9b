"""The local rewriter: at most one short acknowledgement, then the step that the authority allows.

It never fills a hole with warmth: where no action covers the need there is no rewrite (`None`), and the case
goes to a person.
"""

import re
from typing import assert_never

from guard.assessment import STEPS, Assessment, Move, Sentence
from guard.case import Authority, Case
from guard.ledger.acts import acts_in
from guard.ledger.amounts import money_in
from guard.ledger.authority import Grant, claims_done
from guard.ledger.check import granted
from guard.ledger.known import Named, known
from guard.rewriting import naming
from guard.rewriting.check import inventions
from guard.rewriting.choose import choose
from guard.text import content, fold

_NO = re.compile(r"\bnon-?\w*|\b(?:cannot|can't|not|no|unable|never)\b")
_FACT = re.compile(r"\d{1,2}:\d{2}|\b[A-Z]{2,}-?\d+\b|#?\b\d{4,}\b|[$€£]\s?\d[\d.,]*\d")
_NUMBER = re.compile(r"\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|fourteen|twenty|thirty)\b")
_TIME = re.compile(
    r"(?:within|in|by|before|until|at|on|after|from|the same|the next|today|tomorrow|next|over)\b"
)
_DAY_ALONE = re.compile(r"(?:tomorrow|next|this)\b", re.IGNORECASE)
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
    grant = (
        None
        if moves
        else choose(
            case,
            assessment.customer.need,
            granted(case, authority),
            frozenset(c.act for c in assessment.unbacked),
        )
    )
    step = _step(grant, case) if grant else None
    if step is None and not moves:
        return None
    if grant is not None:  # "it is non-refundable. I can refund it" helps nobody
        kept = [
            s for s in kept if not (_NO.search(fold(s.span.text)) and grant.core & acts_in(fold(s.span.text)))
        ]
    said = [*((s.move, s.span.text) for s in kept), *([step] if step else [])]
    return _formed(_acknowledge(assessment, case, recognition_words), said, case)


def writes(case: Case) -> bool:
    """The customer reads what this rewriter writes: English, by a tag such as `en-GB` or its name, or nothing said."""
    language = (case.preferences.language or "").strip().lower()
    return not language or re.split(r"[^a-z]", language)[0] in ("en", "eng", "english")


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


def _step(grant: Grant, case: Case) -> tuple[Move, str] | None:
    """Ask for what is missing, or else offer the act so that the customer only has to say yes.

    Both name the customer's order, amount and day where there is only one that can be meant (`naming`).
    """
    action = grant.action
    if action.say and (claims_done(action.say) or "{" in action.say):
        return None
    says, named = grant.says or "", naming.thing(grant, case)
    if named and (put := _put_in(named, says)):
        says, named = put, None
    match [need for need in action.needs if not known(need, case, grant.says or "")]:
        case []:
            return "offer", _offered(grant, case, says, named)
        case [need]:
            about, lacks = _for(str(named or "")), _lacks(need, f"{says}{_up_to(grant, says)}")
            return "ask", f"{about}{lacks if about else f'{lacks[0].upper()}{lacks[1:]}'}"
        case needs:
            act = f"{says}{_up_to(grant, says)}"
            return "ask", f"To {act}, I need these from you: {', '.join(needs)}. Could you send them?"


def _offered(grant: Grant, case: Case, says: str, named: Named | None) -> str:
    amount = naming.amount(grant, case)
    about = " and ".join(str(one) for one in (named, f"the {amount}" if amount else None) if one)
    bound = "" if amount else _up_to(grant, says)
    action = grant.action
    if action.say:
        return f"{_for(about) if action.say.startswith('I ') else ''}{action.say}{_bounded(grant, action.say) if bound else ''}"
    when = _when(action.deadline) if action.deadline else ""
    for_what = [f"for {about}"] if about else []
    if day := naming.day(grant, case):
        for_what.append(day if _DAY_ALONE.match(day) else f"on {day}")
    ask = " ".join(("go ahead with this", *for_what) if for_what else ("go ahead",))
    return f"I can {says}{bound}{when}. Would you like me to {ask}?"


def _for(about: str) -> str:
    return f"For {about}, " if about else ""


def _put_in(named: Named, says: str) -> str | None:
    """ "cancel an order" is said as "cancel your order 4411"; nothing where more is said of the order than that it is one."""
    if not named.kind:
        return None
    form = rf"\b(?:an?|the|your|any) {named.kind}\b(?= (?:to|by|for|at|from|and|or|before)\b|$)"
    put, times = re.subn(form, f"your {named}", says, flags=re.IGNORECASE)
    return put if times == 1 else None


def _lacks(need: str, act: str) -> str:
    if re.match(r"(?:which|what|when|where|how|whether)\b", need):
        return f"to {act}, I need to know {need}. Could you tell me?"
    whose, asks = ("the", "Could you send it?") if " of " in need else ("your", "What is it?")
    return f"to {act}, I need {whose} {need}. {asks}"


def _when(deadline: str) -> str:
    """ "5 days", "Within 5 days." and "within 5 days" are said as one; what is no plain time is said in brackets."""
    plain = deadline.strip().rstrip(".")
    plain = plain[:1].lower() + plain[1:]
    if _NUMBER.match(plain):
        return f" within {plain}"
    return f" {plain}" if _TIME.match(plain) else f" ({plain})"


def _up_to(grant: Grant, said: str) -> str:
    """The limit, where the words do not say it: who accepts an offer must know how far it goes."""
    limit = grant.limit
    if limit is None or any(m.value == limit.value for m in money_in(fold(said), bare=True)):
        return ""
    amount = f"{limit.value:,.2f}".removesuffix(".00")
    return f", up to {amount} {limit.currency}" if limit.currency else f", up to {amount}"


def _bounded(grant: Grant, say: str) -> str:
    bound = _up_to(grant, say).removeprefix(", ")
    return f" I can do this {bound}." if bound else ""


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
