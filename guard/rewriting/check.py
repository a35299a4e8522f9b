"""Nothing invented: every amount, date, id, link and promise of a rewrite is known already."""

import re
from collections.abc import Hashable, Iterator
from functools import lru_cache

from guard.assessment import Assessment, Claim, Unjudged
from guard.case import Authority, Case
from guard.ledger.amounts import blanked, money_in
from guard.ledger.check import facts
from guard.ledger.evidence import entry
from guard.ledger.results import parsed
from guard.ledger.sums import plain_numbers
from guard.rewriting.numerals import in_figures, language_of
from guard.rewriting.told import LOOSE, Kind, known_in, told_in
from guard.text import ID, LINK, fold

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
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
    """Facts of the reply that stand nowhere in the conversation, the evidence or the authority, however written.

    The draft is no source: what it says without backing is what we are here to stop. Only a sentence of it that stays as
    it was may keep spans, days without a date and counts.
    """
    allowed = "\n".join(
        f"{a.does} {a.deadline or ''} {a.say or ''} {a.max_amount or ''}" for a in authority.actions
    )
    said = fold(f"{facts(case)}\n{allowed}")
    read = _known(said)
    known = read | {"money": _sums(case, authority), "count": read["count"] | frozenset(_listed(case))}
    text = in_figures(reply, language_of(reply))
    folded = fold(text)
    shown = text if len(text) == len(folded) else folded
    kept = _kept(case.draft, folded)
    told = told_in(folded)
    strange = [
        shown[t.start : t.end].strip()
        for t in told
        if not t.values & known[t.kind] and not (t.kind in LOOSE and any(a <= t.start < b for a, b in kept))
    ]
    links = [m.group().strip() for m in LINK.finditer(shown)]
    rest = blanked(
        shown,
        (*((t.start, t.end) for t in told if t.kind != "count"), *(m.span() for m in LINK.finditer(shown))),
    )
    ids = [m.group() for m in ID.finditer(rest) if _names_a_thing(m.group())]
    return tuple(dict.fromkeys((*strange, *(one for one in (*ids, *links) if not _stands(fold(one), said)))))


@lru_cache(maxsize=8)
def _known(said: str) -> dict[Kind, frozenset[Hashable]]:
    """Read once for all sentences of a draft."""
    return known_in(in_figures(said))


def _kept(draft: str, folded: str) -> list[tuple[int, int]]:
    """Where sentences of the draft stand in the reply, word for word."""
    sentences = (in_figures(s, language_of(draft)) for s in _SENTENCE_END.split(draft))
    found = ((folded.find(one), len(one)) for s in sentences if (one := fold(s).strip("-*| ")))
    return [(at, at + length) for at, length in found if at >= 0]


def _listed(case: Case) -> Iterator[int]:
    """How many things results list: who counts them invents nothing."""
    todo = [parsed(call.result) for call in case.evidence or ()]
    while todo:
        match todo.pop():
            case list() as items:
                yield len(items)
                todo += items
            case dict() as fields:
                todo += fields.values()
            case _:
                pass


def _sums(case: Case, authority: Authority) -> frozenset[Hashable]:
    """Amounts of money that are known: said as such, in a field of a call that is no id, or a limit."""
    actions = (*(case.authority.actions if case.authority else ()), *authority.actions)
    said = (*(t.content for t in case.turns), *(f"{a.does} {a.say or ''}" for a in actions))
    texts = [in_figures(fold(text)) for text in said]
    spoken = {m.value for text in texts for m in money_in(text, bare=True)}
    named = {v for text in texts for t in told_in(text) if t.kind == "money" for v in t.values}
    fields = {n for c in case.evidence or () for n in plain_numbers(entry(c))}
    return frozenset(spoken | named | fields | {a.max_amount for a in actions if a.max_amount is not None})


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
