"""Nothing invented: every amount, date, id, link and promise of a rewrite is known already."""

import re

from guard.assessment import Claim
from guard.case import Authority, Case
from guard.ledger import facts
from guard.text import AMOUNT, DATE, ID, LINK, fold


def inventions(reply: str, case: Case, authority: Authority) -> tuple[str, ...]:
    """Facts of the reply that stand nowhere in the conversation, the evidence or the authority.

    The draft is no source: what it says without backing is what we are here to stop; a fact that only the draft
    holds may stay only where the draft's own sentence stays, which is checked by the ledger.
    """
    allowed = "\n".join(
        f"{a.does} {a.deadline or ''} {a.say or ''} {a.max_amount or ''}" for a in authority.actions
    )
    known = fold("\n".join((facts(case), allowed, case.draft)))
    found = [m.group().strip() for form in (AMOUNT, DATE, ID, LINK) for m in form.finditer(reply)]
    return tuple(dict.fromkeys(f for f in found if not _stands(fold(f), known)))


def unfounded(claims: tuple[Claim, ...], draft: str) -> tuple[Claim, ...]:
    """Promises and offers of a rewrite that neither the authority covers nor the draft's own sentence made.

    `claims` are those of the rewrite, weighed by the ledger.
    """
    return tuple(
        c
        for c in claims
        if c.kind in ("promised", "offered") and c.standing != "verified" and c.span.text not in draft
    )


def _stands(fact: str, known: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(fact.strip('# '))}(?![\w]|\.\d)", known) is not None
