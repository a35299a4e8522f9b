"""The local judge: reads a case without a network, a key or a model download."""

import re
from dataclasses import replace

from guard.assessment import STEPS, Assessment, Customer, Defect, Sentence, Span, Unjudged
from guard.case import Case
from guard.judging.claims import claims_in
from guard.judging.customer import read_customer
from guard.judging.language import is_english
from guard.judging.moves import kind_of_empathy, move_of
from guard.judging.sentences import split
from guard.text import DATE, ID, content, fold

_PLACEHOLDER = re.compile(
    r"\[(?:[A-Z][A-Za-z ]{2,40}|[A-Z _]{3,40}|insert[^\]]*|your [^\]]*)\](?!\()|<(?:insert|your)[^>]*>|\bX{3,}\b|_{4,}"
)
_ASKED = re.compile(r"\?|\b(?:why|when|wen|where|how|what|wat|which|status|explain|tell me|update)\b")
_WAY_ON = re.compile(
    r"\?|\b(?:can't|cannot|can not|unable|not (?:possible|eligible|able|allowed|refundable|available)|non-refundable|"
    r"will (?:arrive|be|take)|expected|scheduled|eligible|you (?:can|will|have|may)|instead|however|policy|only|please)\b"
)
_SAME = 0.7
"""Share of content words at which a step counts as the same that was said before."""


def judge(case: Case, max_characters: int) -> Assessment | Unjudged:
    """See what is in the case. The customer's side is given even where the draft cannot be read."""
    readable = all(is_english(text) for text in case.customer_turns()[-1:])
    customer = read_customer(case) if readable else Customer(need="action")
    if len(case.draft) > max_characters:
        return Unjudged(
            "too_long",
            f"the draft has {len(case.draft)} characters, the policy reads {max_characters}",
            customer,
        )
    if not readable or not is_english(case.draft):
        return Unjudged("language", "the local judge reads English only", customer if readable else None)
    sentences = tuple(_read(span) for span in split(case.draft))
    sentences = tuple(_weigh(sentence, case, customer) for sentence in sentences)
    return Assessment(customer, sentences, claims_in(sentences), _defects(case.draft))


def _read(span: Span) -> Sentence:
    kind = kind_of_empathy(span.text)
    return Sentence(span, move_of(span.text), recognises=kind is not None, kind=kind)


def _weigh(sentence: Sentence, case: Case, customer: Customer) -> Sentence:
    """Is this sentence a step, and one for the need that is open? (guide §3)"""
    counts = (
        customer.need != "none"
        and sentence.move in STEPS
        and not _PLACEHOLDER.search(sentence.span.text)
        and not _asked_before(sentence, case)
        and not _empty_answer(sentence, case, customer)
        and not _said_before(sentence, case)
    )
    return replace(sentence, moves_need=counts)


def _asked_before(sentence: Sentence, case: Case) -> bool:
    """Asks for what the customer already gave, in words: an order number, a name, an address, a photo."""
    if sentence.move != "ask":
        return False
    asked, said = fold(sentence.span.text), " ".join(case.customer_turns())
    if re.search(r"\border (?:number|id|no)\b", asked) and re.search(
        r"\d{3}-\d{5,}|\b[a-z]*\d{6,}", fold(said)
    ):
        return not re.search(
            r"\b(?:and|along with|,)\b.*\b(?:name|address|email|phone|photo|date|reason)\b", asked
        )
    return False


def _empty_answer(sentence: Sentence, case: Case, customer: Customer) -> bool:
    """An answer says something of this matter; where we must act and nothing was asked, a finding alone is none."""
    if sentence.move != "answer":
        return False
    text = sentence.span.text
    asked = customer.need == "information" or _ASKED.search(fold(case.customer_turns()[-1]))
    if not asked and not _WAY_ON.search(fold(text)):
        return True
    about = content(" ".join(case.customer_turns()[-2:]))
    return not (DATE.search(text) or ID.search(text) or content(text) & about or len(content(text)) >= 6)


def _said_before(sentence: Sentence, case: Case) -> bool:
    """The same step in nearly the same words was there already and did not help."""
    words = content(sentence.span.text)
    if sentence.move == "offer" or len(words) < 3:
        return False
    return any(
        len(words & (old := content(s.text))) >= _SAME * len(words | old)
        for said in case.said_before()[-3:]
        for s in split(said)
    )


def _defects(draft: str) -> tuple[Defect, ...]:
    defects = tuple(
        Defect("placeholder", Span(m.group(), m.start(), m.end())) for m in _PLACEHOLDER.finditer(draft)
    )
    return defects if re.search(r"\w", draft) else (*defects, Defect("empty", Span(draft, 0, len(draft))))
