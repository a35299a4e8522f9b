"""How a step is worded: ask for what is missing, or else offer the act so that the customer only has to say yes."""

import re

from guard.assessment import Move
from guard.case import Case
from guard.ledger.amounts import money_in
from guard.ledger.authority import Grant, claims_done
from guard.ledger.known import known
from guard.ledger.names import Named
from guard.rewriting import naming
from guard.rewriting.numerals import in_figures
from guard.text import fold

_COUNTED = re.compile(r"\d|(?:an?|one|half)\b")
_TIME = re.compile(
    r"(?:within|in|by|before|until|at|on|after|from|the same|the next|today|tomorrow|next|over)\b"
)
_DAY_ALONE = re.compile(r"(?:tomorrow|next|this)\b", re.IGNORECASE)


def step(grant: Grant, case: Case) -> tuple[Move, str] | None:
    """The sentence, and whether it asks or offers; None where the action's own words are no offer.

    It names the customer's order, amount and day where there is only one that can be meant (`naming`).
    """
    action = grant.action
    if action.say and (claims_done(action.say) or "{" in action.say):
        return None
    says, named = grant.says or "", naming.things(grant, case)
    if len(named) == 1 and (put := _put_in(named[0], says)):
        says, named = put, ()
    about = " of ".join(map(str, named))
    match [need for need in action.needs if not known(need, case, grant.says or "")]:
        case []:
            return "offer", _offered(grant, case, says, about)
        case [need]:
            lacks = _lacks(need, f"{says}{_up_to(grant, says)}")
            return "ask", f"For {about}, {lacks}" if about else f"{lacks[0].upper()}{lacks[1:]}"
        case needs:
            act = f"{says}{_up_to(grant, says)}"
            return "ask", f"To {act}, I need these from you: {', '.join(needs)}. Could you send them?"


def _offered(grant: Grant, case: Case, says: str, named: str) -> str:
    amount = naming.amount(grant, case)
    about = " and ".join(one for one in (named, amount and f"the {amount}") if one)
    action = grant.action
    if action.say:
        bound = "" if amount else _up_to(grant, action.say).removeprefix(", ")
        lead = f"For {about}, " if about and action.say.startswith("I ") else ""
        return f"{lead}{action.say}{f' I can do this {bound}.' if bound else ''}"
    bound = "" if amount else _up_to(grant, says)
    when = _when(action.deadline) if action.deadline else ""
    for_what = [f"for {about}"] if about else []
    if day := naming.day(grant, case):
        for_what.append(day if _DAY_ALONE.match(day) else f"on {day}")
    ask = " ".join(("go ahead with this", *for_what) if for_what else ("go ahead",))
    return f"I can {says}{bound}{when}. Would you like me to {ask}?"


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
    if _COUNTED.match(in_figures(plain, "en")):
        return f" within {plain}"
    return f" {plain}" if _TIME.match(plain) else f" ({plain})"


def _up_to(grant: Grant, said: str) -> str:
    """The limit, where the words do not say it: who accepts an offer must know how far it goes."""
    limit = grant.limit
    if limit is None or any(m.value == limit.value for m in money_in(fold(said), bare=True)):
        return ""
    amount = f"{limit.value:,.2f}".removesuffix(".00")
    return f", up to {amount} {limit.currency}" if limit.currency else f", up to {amount}"
