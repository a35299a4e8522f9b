"""Nothing invented: every amount, date, id, link and promise of a rewrite is known already."""

import re
from collections.abc import Iterable, Iterator

from guard.assessment import Assessment, Claim, Move, Unjudged
from guard.case import Authority, Case
from guard.ledger.amounts import blanked
from guard.rewriting.bearing import bears, is_offer
from guard.rewriting.grounds import grounds
from guard.rewriting.kinds import LOOSE
from guard.rewriting.languages import Language, language_of, primary
from guard.rewriting.manner import foreign, misshapen, overheated
from guard.rewriting.numerals import in_figures
from guard.rewriting.particulars import told_in
from guard.rewriting.weight import is_light
from guard.text import ID, LINK, fold

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_SITE = re.compile(r"\b(?!p\.ej\b)(?:[A-Za-z0-9-]{1,63}\.){1,4}[a-z]{2,24}\b(?:/[^\s)>\]]*[^\s)>\].,;:!?])?")
"""A place of the web that does not say that it is one. "Thanks.Please" is none."""
_SCHEME = re.compile(r"(?:https?://)?(?:www\.)?")
_SCHEMED = re.compile(
    r"\b(?:javascript|vbscript|data|file|tel|sms|mailto|intent):(?=\S)[^\s)>\]]*|\b(?!https?:)[a-z][a-z0-9+.-]{1,20}://[^\s)>\]]*[^\s)>\].,;:!?]"
)
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)|^\s{0,3}\[[^\]]+\]:\s*(\S+)|(</?[a-z!][^>\n]*>)", re.MULTILINE)
"""Where a link of Markdown leads, and a tag of HTML."""
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that steer how a text is shown, and nobody sees. Those that join letters are none."""
_SHORTEST_ID = 4
_SEAT = re.compile(r"[A-Z]\d{2}|\d{2}[A-Z]")
"""A shorter name of one thing; "4K" and "2FA" are none."""
_STATE = re.compile(r"\b(?!been\b|then\b|when\b)[a-z]{2,}(?:ed|en|wn|nt|ut|pt|ft|ld|ght)\b")
_NO_DENIAL = r"(?<!not )(?<!never )(?<!be )(?<!not yet )(?<!n't )"
_NO_NO = r"(?!\W{0,2}:\W{0,2}(?:false|null|none|no|0)\b)"
"""Around a state that a result says, and does not deny."""
_NOT_SO = re.compile(rf"(?:\bnot|\bnever|n't)(?: yet| been| being| \w+ly)* (?={_STATE.pattern})([a-z]+)")
"""A state that a sentence denies: "was not delivered"."""
_EMPTY: frozenset[Move] = frozenset({"vague_commit", "deflect"})
_NO_STATEMENT: frozenset[Move] = frozenset({"empathy", "filler"})
_SHORTEST_SENTENCE = 3
"""Words of a sentence that nobody writes again by chance."""


def inventions(reply: str, case: Case, authority: Authority) -> tuple[str, ...]:
    """Facts of the reply that stand nowhere in the conversation, the evidence or the authority, however written.

    Only a sentence of the draft that stays as it was may keep spans, days without a date and counts.
    """
    known = grounds(case, authority)
    language = language_of(reply, language_of(" ".join(case.customer_turns())))
    text = in_figures(reply, language)
    folded = fold(text)
    shown = text if len(text) == len(folded) else folded
    kept = _kept(case.draft, folded, language)
    told = told_in(folded)
    strange = [
        shown[t.start : t.end].strip()
        for t in told
        if not t.values & known.values[t.kind]
        and not (t.kind in LOOSE and any(a <= t.start < b for a, b in kept))
    ]
    read = [(t.start, t.end) for t in told if t.kind != "count"]
    links = tuple(LINK.finditer(shown))
    places = [*links, *_SITE.finditer(blanked(shown, (*read, *(m.span() for m in links))))]
    rest = blanked(shown, (*read, *(m.span() for m in places)))
    names = (m.group() for m in ID.finditer(rest) if _names_a_thing(m.group()))
    strange += [name for name in names if not _stands(name, known.said)]
    strange += [m.group() for m in places if not _is_known(m.group(), known.said)]
    strange += [one for one in _targets(shown) if not _is_known(one, known.said)]
    held = "".join(turn.content for turn in case.turns) + "".join(c.result for c in case.evidence or ())
    strange += [f"U+{ord(one):04X}" for one in _UNSEEN.findall(reply) if one not in held]
    return tuple(dict.fromkeys(strange))


def _kept(draft: str, folded: str, language: Language) -> list[tuple[int, int]]:
    """Where sentences of the draft stand in the reply, word for word."""
    sentences = (in_figures(s, language) for s in _SENTENCE_END.split(draft))
    found = ((folded.find(one), len(one)) for s in sentences if (one := fold(s).strip("-*| ")))
    return [(at, at + length) for at, length in found if at >= 0]


def _targets(text: str) -> Iterator[str]:
    """Where links lead that do not look like places of the web."""
    for m in _TARGET.finditer(text):
        yield m[1] or m[2] or m[3] or m.group()
    yield from (m.group() for m in _SCHEMED.finditer(text.lower()))


def _names_a_thing(token: str) -> bool:
    name = token.strip("#")
    return len(name) >= _SHORTEST_ID or _SEAT.fullmatch(name) is not None


def _stands(name: str, said: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(fold(name).strip('# '))}(?!\w|\.\d)", said) is not None


def _is_known(place: str, said: str) -> bool:
    """The place stands there, with or without how it is reached; a part of its path is known, another host is none."""
    name = _SCHEME.sub("", fold(place), count=1).rstrip("/")
    return re.search(rf"(?:(?<![\w.-])|(?<=www\.)){re.escape(name)}(?![\w-]|\.\w)", said) is not None


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


def _gainsaid(sentences: Iterable[str], case: Case) -> Iterator[str]:
    """Sentences that deny a state that results say: "was not delivered" beside `"status": "delivered"`."""
    results = " ".join(fold(c.result).replace("_", " ") for c in case.evidence or () if c.ok is not False)
    for sentence in sentences:
        if any(
            re.search(rf"{_NO_DENIAL}\b{m[1]}\b{_NO_NO}", results) for m in _NOT_SO.finditer(fold(sentence))
        ):
            yield sentence


def _is_denied(claim: Claim, case: Case) -> bool:
    """It tells of a state that results do not say, or deny: "was delivered" beside `"delivered": false`."""
    if is_offer(claim):
        return False
    results = " ".join(fold(c.result).replace("_", " ") for c in case.evidence or () if c.ok is not False)
    told = fold(claim.span.text)
    rest = blanked(told, (m.span() for m in (*LINK.finditer(told), *ID.finditer(told.upper()))))
    states = _STATE.findall(blanked(rest, ((t.start, t.end) for t in told_in(told))))
    return not all(is_light(s) or re.search(rf"{_NO_DENIAL}\b{s}\b{_NO_NO}", results) for s in states)


def faults(  # noqa: PLR0913, PLR0917 - a rewrite, both readings, and what holds
    reply: str,
    after: Assessment | Unjudged,
    before: Assessment | Unjudged,
    case: Case,
    authority: Authority,
    recognition_words: int,
) -> tuple[str, ...]:
    """What is wrong with a rewrite, as its judge read it, each as a sentence that a writer understands."""
    if isinstance(after, Unjudged):
        return (f"It could not be judged: {after.detail}.",)
    actions = case.allowed(authority)
    doubted = dict.fromkeys((*after.unbacked, *unfounded(after.claims, case.draft)))
    claims = [c for c in doubted if _is_denied(c, case) or not bears(c, reply, case, actions)]
    found = [f"Nothing allows or shows this: {c.span.text}" for c in claims]
    found += [
        f"A result says otherwise: {s}" for s in _gainsaid((s.span.text for s in after.sentences), case)
    ]
    found += overheated(reply, after, case, recognition_words)
    found += [f"It says again what kept the draft back: {words}" for words in _repeated(after, before)]
    found += foreign(reply, after, before, case)
    found += misshapen(
        reply, case.preferences, [s.span.text for s in after.sentences if s.move in _NO_STATEMENT]
    )
    if after.language and primary(after.language) != "en":  # our grammar finds no claims there
        shown = [c.span for c in after.claims if c.standing == "verified"]
        found += [
            f"Nothing allows or shows this: {s.span.text}"
            for s in after.sentences
            if s.move in ("action_done", "action_commit", "offer") and s.span not in shown
        ]
    if not after.concrete_step:
        found.append("It gives no concrete step for what is open.")
    return tuple(found)


def _repeated(after: Assessment, before: Assessment | Unjudged) -> Iterator[str]:
    """Sentences of the draft that are false or empty and stand in the rewrite again, even as words that it quotes."""
    if isinstance(before, Unjudged):
        return
    said = " ".join(fold(s.span.text) for s in after.sentences)
    bad = (
        *(c.span.text for c in before.unbacked),
        *(s.span.text for s in before.sentences if s.move in _EMPTY),
    )
    for text in dict.fromkeys(bad):
        words = fold(text).strip(".!?…\"' ")
        if len(words.split()) >= _SHORTEST_SENTENCE and words in said:
            yield text
