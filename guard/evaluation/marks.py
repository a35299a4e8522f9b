"""The words that show each fact, for people who read a run: places in the draft and in the turns, with a label."""

from guard.assessment import Assessment, Customer, Unjudged
from guard.evaluation.results import Mark


def marks(found: Assessment | Unjudged) -> tuple[Mark, ...]:
    """Those of the customer's side first, each in its turn; then those of the draft."""
    customer = _of_customer(found.customer) if found.customer else ()
    return (*customer, *(_of_draft(found) if isinstance(found, Assessment) else ()))


def _of_customer(customer: Customer) -> tuple[Mark, ...]:
    need = ((customer.need_shown, "need"),) if customer.need_shown else ()
    told = (*need, *((s, s.name) for s in customer.signals), *((s, s.name) for s in customer.shown))
    return tuple(Mark(turn=s.turn, start=s.span.start, end=s.span.end, label=label) for s, label in told)


def _of_draft(found: Assessment) -> tuple[Mark, ...]:
    told = (
        *((s.span, "step") for s in found.sentences if s.moves_need),
        *((s.span, "recognition") for s in found.sentences if s.recognises or s.move == "empathy"),
        *((c.span, f"{c.standing} claim") for c in found.unbacked),
        *((d.span, d.kind) for d in found.defects),
    )
    return tuple(Mark(turn=None, start=span.start, end=span.end, label=label) for span, label in told)
