"""Nothing invented: every amount, date, id, link and promise of a rewrite is known already."""

import re

from guard.assessment import Assessment, Claim, Unjudged
from guard.case import Authority, Case
from guard.ledger.amounts import money_in
from guard.ledger.check import facts
from guard.ledger.evidence import entry
from guard.ledger.sums import plain_numbers
from guard.text import AMOUNT, DATE, ID, LINK, fold

_LOOSE = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|\D*\d*\D*(?:minute|hour|day|week|month)s?",
    re.IGNORECASE,
)
"""Days and spans that name no date: a sentence of the draft may keep them."""
_DAY = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:january|february|march|april|may|june|july|august|september|october|november|december)(?:,? \d{4})?\b",
    re.IGNORECASE,
)
_SHORTEST_ID = 4
_TAGS = {
    "english": "en",
    "eng": "en",
    "spanish": "es",
    "german": "de",
    "french": "fr",
    "portuguese": "pt",
    "hindi": "hi",
    "hinglish": "hi",
    "italian": "it",
    "dutch": "nl",
}


def inventions(reply: str, case: Case, authority: Authority) -> tuple[str, ...]:
    """Facts of the reply that stand nowhere in the conversation, the evidence or the authority.

    The draft is no source: what it says without backing is what we are here to stop.
    """
    allowed = "\n".join(
        f"{a.does} {a.deadline or ''} {a.say or ''} {a.max_amount or ''}" for a in authority.actions
    )
    known = fold(f"{facts(case)}\n{allowed}")
    sums = _sums(case, authority)
    loose = fold(case.draft)
    money = {m.text for m in money_in(fold(reply)) if m.value not in sums}
    dates = [m.group().strip() for form in (DATE, _DAY) for m in form.finditer(reply)]
    links = [m.group().strip() for m in LINK.finditer(reply)]
    rest = fold(reply)
    for told in (*(m.text for m in money_in(rest)), *(fold(d) for d in dates), *(fold(x) for x in links)):
        rest = rest.replace(told, " ")
    ids = [m.group() for m in ID.finditer(reply) if _names_a_thing(m.group()) and fold(m.group()) in rest]
    shares = [m.group() for m in AMOUNT.finditer(reply) if "%" in m.group()]
    found = [*money, *shares, *dates, *ids, *links]
    return tuple(
        dict.fromkeys(
            f
            for f in found
            if f in money
            or not (_stands(fold(f), known) or (_LOOSE.fullmatch(f) and _stands(fold(f), loose)))
        )
    )


def _sums(case: Case, authority: Authority) -> set[float]:
    """Amounts of money that are known: said as such, in a field of a call that is no id, or a limit."""
    actions = (*(case.authority.actions if case.authority else ()), *authority.actions)
    said = (*(t.content for t in case.turns), *(f"{a.does} {a.say or ''}" for a in actions))
    spoken = {m.value for text in said for m in money_in(fold(text), bare=True)}
    fields = {n for c in case.evidence or () for n in plain_numbers(entry(c))}
    return spoken | fields | {a.max_amount for a in actions if a.max_amount is not None}


def invented(reply: str, case: Case, authority: Authority) -> tuple[str, ...]:
    """The same, each as a sentence for the writer."""
    return tuple(
        f"This stands nowhere in what is known: {fact}" for fact in inventions(reply, case, authority)
    )


def unfounded(claims: tuple[Claim, ...], draft: str) -> tuple[Claim, ...]:
    """What a rewrite claims and neither the authority nor a call covers, nor the draft's own sentence made.

    `claims` are those of the rewrite, weighed by the ledger. A deed that nobody can check is no rewriter's to tell.
    """
    return tuple(c for c in claims if c.standing != "verified" and c.span.text not in draft)


def faults(
    after: Assessment | Unjudged, before: Assessment | Unjudged, case: Case, recognition_words: int
) -> tuple[str, ...]:
    """What is wrong with a rewrite, as its judge read it, each as a sentence that a writer understands."""
    if isinstance(after, Unjudged):
        return (f"It could not be judged: {after.detail}.",)
    claims = dict.fromkeys((*after.unbacked, *unfounded(after.claims, case.draft)))
    found = [f"Nothing allows or shows this: {c.span.text}" for c in claims]
    warm = sum(len(s.span.text.split()) for s in after.sentences if s.move == "empathy")
    if warm > recognition_words:
        found.append(f"It spends {warm} words on recognition; {recognition_words} are the most.")
    wanted = case.preferences.language or (before.language if isinstance(before, Assessment) else None)
    if after.language and wanted and primary(after.language) != primary(wanted):
        found.append(f"It is written in {after.language}; the customer reads {wanted}.")
    if after.language and primary(after.language) != "en":  # our grammar finds no claims there
        told = [c.span for c in after.claims if c.standing == "verified"]
        found += [
            f"Nothing allows or shows this: {s.span.text}"
            for s in after.sentences
            if s.move in ("action_done", "action_commit", "offer") and s.span not in told
        ]
    if not after.concrete_step:
        found.append("It gives no concrete step for what is open.")
    return tuple(found)


def primary(language: str) -> str:
    """The language of a tag without its region: `en` of `en-GB`; a name in English becomes its tag."""
    tag = re.split(r"[^a-z]", language.strip().lower())[0]
    return _TAGS.get(tag, tag[:2] if len(tag) > 3 else tag)


def _names_a_thing(token: str) -> bool:
    return len(token.strip("#")) >= _SHORTEST_ID


def _stands(fact: str, known: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(fact.strip('# '))}(?![\w]|\.\d)", known) is not None
