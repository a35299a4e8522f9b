"""Nothing invented: every amount, date, id, link and promise of a rewrite is known already. Nothing lost: it has the
customer's language and form, and no more recognition than the policy's budget.
"""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from guard.assessment import Assessment, Claim, Move, Unjudged
from guard.case import Authority, Case, Preferences
from guard.ledger.amounts import blanked
from guard.rewriting.bearing import bears, is_offer
from guard.rewriting.grounds import grounds
from guard.rewriting.kinds import LOOSE
from guard.rewriting.languages import Language, language_of, latin, primary, told, wanted
from guard.rewriting.numerals import in_figures
from guard.rewriting.particulars import told_in
from guard.rewriting.weight import is_felt, is_light, plain_forms
from guard.text import ID, LINK, at_word, fold

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
"""The same where a sentence denies it."""
_EMPTY: frozenset[Move] = frozenset({"vague_commit", "deflect"})
_NO_STATEMENT: frozenset[Move] = frozenset({"empathy", "filler"})
_SHORTEST_SENTENCE = 3
"""Words of a sentence that nobody writes again by chance."""
_SHORT = 60
"""Words of a short reply: two offers with amount and deadline and the question which one, in some four sentences."""
_MARK = r"[-*+•–]|\d{1,2}[.)]"
_ITEM = re.compile(rf"\s*(?:{_MARK})\s+\S")
_STATED = re.compile(r"(?<=[.!?…])[\"'”’)*_]*\s+(?![a-z])")
_PERCEIVED = r"(?:understand|appreciate|realise|realize|recognise|recognize|acknowledge|imagine|know|see|hear|get|feel)"
_ACKNOWLEDGED = re.compile(
    at_word(
        r"sorry\b",
        r"apolog(?:y|ies|i[sz]e)",
        r"regret\b",
        r"forgive (?:us|me)\b",
        r"condolences|sympath|heartbr|saddened|nightmare|heart goes out|deserve better",
        rf"(?:i|we) (?:\w+ ){{0,2}}{_PERCEIVED}\b (?:\w+ ){{0,3}}(?:how|why|your (?:frust|disapp|concern|worr|anger|annoy|feel))",
        r"(?:i|we) (?:\w+ly |do )?(?:hear you|feel for|feel (?:terrible|awful|bad))\b",
        r"you(?:'re| are) (?:\w+ly )?right\b",
    )
)
_SOOTHED = re.compile(
    at_word(
        r"rest assured\b",
        r"(?:don't|do not|no need to) worry",
        r"here (?:for you|to (?:help|assist|support))\b",
        r"(?:thank(?:s| you)|appreciate|grateful)\b.{0,80}?\b(?:patien|understanding|bearing|waiting|cooperation|feedback|reaching|contacting)",
        r"(?:value|care about) (?:you|your)\b",
    )
)
_LINKED = re.compile(
    r"\b(?:is|was|are|were|be|been|being|must|sounds?|feels?|felt|seems?|how|what an?|such an?)\b|'s\b"
)
"""What joins a thing to how it is for somebody."""
_PLAIN = frozenset(
    ("wrong", "bad", "hard", "tough", "rough", "fun", "trouble", "concern", "thank", "patience", "confuse")
)
"""Words of feeling that say as often how a thing is."""
_CLAUSE = re.compile(
    r"[,;:]\s+|\s[—–-]\s|\s(?=(?:and|but|so|then)\s(?:i|we|you|it|they|there|please|would|could|can|shall)\b)",
    re.IGNORECASE,
)
_HANGS_ON = re.compile(
    r"\W*(?:and |but |or )?(?:that|for|about|to|of|when|as|because|after|before|while|with|without|especially|particularly|"
    r"which|who|how|what|why|in|on|at|from|so|very|truly|really|deeply)\b"
)
_ACTS = re.compile(
    r"\b(?:i|we)(?:'ll|'ve| can| could| will| have| would| shall)\b|^\W*(?:and |but |so |then )?(?:please|would|could|can|shall|let|which)\b"
)
"""A clause that does something is no recognition, even beside some."""


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


def _counted(text: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _is_felt(clause: str) -> bool:
    """How something is for somebody: "that is frustrating", and not "that is wrong"."""
    link = _LINKED.search(clause)
    said = re.findall(r"[a-z]+", clause[link.start() :]) if link and not clause.rstrip().endswith("?") else []
    return any(is_felt(word) and plain_forms(word).isdisjoint(_PLAIN) for word in said)


def _acknowledges(clause: str) -> bool:
    return _ACKNOWLEDGED.search(clause) is not None or _is_felt(clause)


def _recognition(sentence: str, *, seen: bool = False) -> int:
    """Words of its clauses that recognise; of the whole where no other clause acts or names a figure.

    `seen`: its judge says that it recognises; then all that does nothing else is recognition.
    """
    clauses = _CLAUSE.split(sentence)
    felt: list[bool] = []
    for one in map(fold, clauses):
        hangs_on = felt[-1:] == [True] and _HANGS_ON.match(one) and not _ACTS.search(one)
        felt.append(bool(hangs_on or _acknowledges(one) or _SOOTHED.search(one)))
    if not any(felt):
        return sum(_counted(one) for one in clauses if not _ACTS.search(fold(one))) if seen else 0
    others = [one for one, is_one in zip(clauses, felt, strict=True) if not is_one]
    bare = not any(_ACTS.search(fold(one)) or re.search(r"\d", one) for one in others)
    return _counted(sentence) - (0 if bare else sum(map(_counted, others)))


def recognised(text: str) -> int:
    """Words of recognition in a text, by its forms alone: each time that it is said."""
    return sum(map(_recognition, _SENTENCE_END.split(text)))


def warmth(reply: str, after: Assessment) -> int:
    """The same with what its judge saw, which may be more than our forms see, and is never less."""
    seen = sum(
        _counted(s.span.text) if s.move == "empathy" else _recognition(s.span.text, seen=s.recognises)
        for s in after.sentences
    )
    return max(seen, recognised(reply))


def _overheated(reply: str, after: Assessment, case: Case, most: int) -> Iterator[str]:
    """More recognition than the budget; any where an earlier reply gave some."""
    heard = any(_acknowledges(fold(s)) for said in case.said_before() for s in _SENTENCE_END.split(said))
    warm, most = warmth(reply, after), 0 if heard else most
    if warm > most:
        again = ", for an earlier reply recognised it" if heard else ""
        yield f"It spends {warm} words on recognition; {most} are the most{again}."


def _foreign(reply: str, after: Assessment, before: Assessment | Unjudged, case: Case) -> Iterator[str]:
    """Another language than the customer's; the draft's counts where they do not tell theirs."""
    theirs = wanted(case) or (before.language if isinstance(before, Assessment) else None) or told(case.draft)
    written = after.language or language_of(reply)
    if theirs and primary(written) != primary(theirs):
        yield f"It is written in {written}; the customer reads {theirs}."
    if latin(reply) and not case.preferences.language and not latin("".join(case.customer_turns()[-1:])):
        yield "It is not written in the script of the customer's last message."


def misshapen(reply: str, like: Preferences, warm: Iterable[str] = ()) -> Iterator[str]:
    """What is not in the form that the customer likes.

    One statement needs no list and no table; questions, what leads to a list, and recognition (`warm`) are none.
    """
    if like.length == "short" and (length := _counted(reply)) > _SHORT:
        yield f"It has {length} words; the customer likes short replies, of {_SHORT} at the most."
    lines = reply.splitlines()
    ruled = any(
        "|" in line and "-" in line and not line.strip("|:- \t") for line in lines
    )  # under a table's head
    items = [line for line in lines if _ITEM.match(line)]
    under = [line for line in lines if items and line.startswith("  ")]
    rows = [line for line in lines if ruled and "|" in line]
    match like.format:
        case "prose":
            if rows or len(items) > 1:
                yield "It is a list or a table; the customer likes prose."
        case "list":
            if (
                rows
                or _statements((line for line in lines if line not in items and line not in under), warm) > 1
            ):
                yield "The customer likes lists: put each statement on a line of its own that begins with a dash."
        case "table":
            if _statements((line for line in lines if line not in rows), warm) > 1:
                yield "The customer likes tables: put what it states in rows of a Markdown table."
        case _:
            assert_never(like.format)


def _statements(lines: Iterable[str], warm: Iterable[str]) -> int:
    """Sentences that state something."""
    none = frozenset(one.strip("*_ ") for one in warm)
    said = (one.strip("*_ ") for line in lines if not line.startswith("#") for one in _STATED.split(line))
    return sum(
        one not in none and _counted(one) > _recognition(one) and one[-1] not in "?:" for one in said if one
    )


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
    actions = (*(case.authority.actions if case.authority else ()), *authority.actions)
    doubted = dict.fromkeys((*after.unbacked, *unfounded(after.claims, case.draft)))
    claims = [c for c in doubted if _is_denied(c, case) or not bears(c, reply, case, actions)]
    found = [f"Nothing allows or shows this: {c.span.text}" for c in claims]
    found += [
        f"A result says otherwise: {s}" for s in _gainsaid((s.span.text for s in after.sentences), case)
    ]
    found += _overheated(reply, after, case, recognition_words)
    found += [f"It says again what kept the draft back: {words}" for words in _repeated(after, before)]
    found += _foreign(reply, after, before, case)
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
