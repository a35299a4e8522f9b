"""The local judge: reads a case without a network, a key or a model download."""

import re
from dataclasses import replace

from guard.assessment import Assessment, Customer, Defect, Sentence, Span, Unjudged
from guard.case import Case
from guard.judging.claims import claims_in
from guard.judging.customer import read_customer
from guard.judging.language import is_english
from guard.judging.moves import kind_of_empathy, move_of
from guard.judging.sentences import split
from guard.judging.steps import PLACEHOLDER, moves_need


def judge(case: Case, max_characters: int) -> Assessment | Unjudged:
    """See what is in the case. The customer's side is given even where the draft cannot be read."""
    readable = all(is_english(text) for text in case.customer_turns()[-1:])
    customer = read_customer(case) if readable else None
    if len(case.draft) > max_characters:
        detail = f"the draft has {len(case.draft)} characters, the policy reads {max_characters}"
        return Unjudged("too_long", detail, customer)
    if customer is None or not is_english(case.draft):
        return Unjudged("language", "the local judge reads English only", customer)
    sentences = tuple(_read(span, case, customer) for span in split(case.draft))
    return Assessment(customer, sentences, claims_in(sentences), _defects(case.draft))


def _read(span: Span, case: Case, customer: Customer) -> Sentence:
    kind, move = kind_of_empathy(span.text), move_of(span.text)
    seen = Sentence(span, move, recognises=kind is not None, kind=kind)
    return replace(seen, moves_need=moves_need(span.text, move, case, customer))


def _defects(draft: str) -> tuple[Defect, ...]:
    gaps = tuple(
        Defect("placeholder", Span(m.group(), m.start(), m.end())) for m in PLACEHOLDER.finditer(draft)
    )
    return gaps if re.search(r"\w", draft) else (*gaps, Defect("empty", Span(draft, 0, len(draft))))
