"""The local judge first; the model only where that one is unsure, and always for the signals that the policy names."""

from collections.abc import Callable

from guard.assessment import Assessment, Unjudged
from guard.case import Case
from guard.effects import Steps
from guard.policy import Judging


def cascade(
    case: Case,
    local: Callable[[Case], Assessment | Unjudged],
    model: Callable[[Case], Steps[Assessment | Unjudged]],
    judging: Judging,
) -> Steps[Assessment | Unjudged]:
    """What the local judge saw where it is sure; else what the model saw, which may be nothing."""
    first = local(case)
    return (yield from model(case)) if unsure(first, judging) else first


def unsure(found: Assessment | Unjudged, judging: Judging) -> bool:
    """Whether the model is worth asking. A greeting that neither recognises nor claims anything is not."""
    if isinstance(found, Unjudged):
        return found.cause == "language"  # a draft that is too long is too long for both
    if judging.always & {signal.name for signal in found.customer.signals}:
        return True
    if found.customer.need == "none" and not found.empathy and not found.claims:
        return False
    if found.odds is None:
        return True
    return _within(found.odds.not_ok, judging.band) or _within(found.odds.human, judging.human_band)


def _within(probability: float, band: tuple[float, float]) -> bool:
    return band[0] <= probability <= band[1]
