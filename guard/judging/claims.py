"""Claims in a draft: what it says was done, stands, is promised or is offered; by us or on others' behalf."""

import re

from guard.assessment import ANY_ACT, Claim, ClaimKind, Move, Sentence
from guard.ledger.acts import ACTS, DID, HAPPENED, LOOKED, PHRASAL, STANDS, TOLD, stands_now
from guard.ledger.statements import values_in
from guard.ledger.tools import brought_about
from guard.text import at_word, fold, words


def _any(*forms: str, beside: str | None = None) -> re.Pattern[str]:
    """Forms that begin with a word, and beside them one that need not."""
    return re.compile(at_word(*forms) + (f"|{beside}" if beside else ""))


_PAST = "|".join(act.past for act in ACTS.values())
_PLAIN = "|".join(sorted({verb for act in ACTS.values() for verb in act.verbs.split()} - {"name", "order"}))
_MONEY = r"[$€£]\s?\d[\d.,]*"
_PEOPLE = r"(?:colleague|manager|supervisor|team|specialist|technician|agent|department|finance|billing|warehouse|system)"

# --- promised: somebody, we or others, will do something ----------------------------------------------------
_FUTURE = _any(
    r"(?:i|we|they|he|she|(?:a|an|our|the|my)(?: \w+){1,3}|[a-z]+ from (?:the |our )?\w+)(?:'ll| will| shall| am going to| are going to)\b",
    r"(?:i'm|i am|we're|we are|"
    + _PEOPLE
    + r"(?: is| are)) (?:now |also )?(?!going|looking|being|having|working|trying|making|doing|checking|reviewing|sorry|hoping|reading|seeing|asking|wondering|reaching|writing|taking|trying|aiming)\w{3,}ing (?:you|your|the|it|this|that|order|[$€£]|\d)",
    r"(?:my|our|a|an|the) (?:\w+ )?"
    + _PEOPLE
    + r" (?:rings|calls|phones|contacts|e-?mails|writes|reaches|gets back|sends|refunds|replaces)\b",
    r"will (?:\w+ )?be\b|(?:refund|replacement|voucher|credit|parcel|money|"
    + _MONEY
    + r")\b[^.?!]{0,30} will (?:arrive|reach|land|show|come|go)\b",
    r"you(?:'ll| will) (?:receive|get|be|have|see)\b|you(?:'re| are) getting\b|(?:please )?expect (?:a\b|an\b|the\b|your\b|[$€£])|let me (?:"
    + _PLAIN
    + r")\b(?!.{0,30}\b(?:know|check|look)\b)|you qualify for\b",
    r"(?:i|we) (?:"
    + _PLAIN
    + r"|pay) (?:you|your|the)\b(?=.*\b(?:by|on|within|today|tomorrow|tonight|next|at)\b)",
    beside=r"^\W*and will\b",
)
_OFFERED = _any(
    r"(?:i|we) (?:can|could|am able to|are able to|would be happy to|'d be happy to)\b",
    r"would you (?:like (?:me|us|a|an|your)|prefer)\b|(?:shall|should) (?:i|we)\b",
)
# --- done, or standing as done ------------------------------------------------------------------------------
_DONE = _any(
    r"(?:i|we) (?:managed to|was able to|were able to|did|went ahead and) (?:just |already |now )?(?:"
    + _PLAIN
    + r")\b",
    rf"(?:the|our) (?:system|(?:\w+ )?{_PEOPLE})(?: \w+)? (?:has |have |just |already )*(?:{_PAST})\b",
    rf"you(?:'ve| have) (?:just |already )?been (?:{_PAST})\b",
    beside=rf"^\W*(?:(?:{_MONEY}|it's|both|all|all of it|consider it) )?(?:{_PAST})\b(?![^.!?]{{0,14}}:)(?! (?:items?|orders?|goods|by you|within|before|after))|"
    rf"^\W*(?:\w+, )?(?:i|we)\b[^.;:!?]{{0,80}}\band (?:\w+ly |then |also |just )?(?:{_PAST})\b",
)
_THROUGH = _any(
    r"(?:refund|cancell?ation|replacement|exchange|payment|credit|booking|change|upgrade|transfer)s?(?: status:?| of \S+)? (?:went through|(?:is|was|has been) (?:now |just |already )?(?:through|completed?|done|approved|processed|issued)|completed|approved)\b",
    r"you(?:'re| are) now (?:on|in|booked)\b|you(?:'re| are) (?:on|off) the\b[^.?!]{0,40}",
    r"(?:has|have) (?:just |now |already )?(?:shipped|left our|gone out|been posted|cleared)\b|(?:is|are) (?:now )?(?:applied|activated|switched (?:on|off)|turned (?:on|off)|registered|corrected)\b",
    r"(?:has|have) (?:now |just |already )?(?:gone|come) back to (?:your|the)\b",
    r"payment (?:of \S+ )?(?:went through|has gone through|was received)\b",
    r"(?:was|were) (?:then |already |also )?(?:cancell?ed|refunded|reimbursed|credited|shipped|dispatched|replaced|booked|rebooked|waived|blocked|closed)\b",
    beside=rf"{_MONEY} (?:is|are) (?:now |already )?back\b|{_MONEY}[^.?!]{{0,20}} has (?:just |already )?left\b",
)
"""That something is through, whoever did it: what the records must show."""
_REMAINS = re.compile(rf"\b(?:stays?|remains?|keeps being|(?:is|are) still) (?:{_PAST})\b")
_COMPLETE = re.compile(
    r"\b(?:transfer|payment|refund|order|change|cancell?ation|booking|upgrade|move|exchange|registration|enrolment|renewal|application)\b"
    r"[^.?!]{0,60}? (?:(?:is|are) (?:now |all )?complete|(?:has|have) gone through)\b"
)
_ACTED = re.compile(
    r"\b\w+(?:ed|ent|oze|et|ade|ut|one|ack|iven|aken)\b|\b(?:is|are) (?:now|all|back)\b|^\W*done\b"
)
"""A past form, or a state that was brought about: without one of these an answer is no act."""
_HOW_IT_STANDS = re.compile(
    r"\b(?:you|it|this|your(?: [\w'-]+){1,5}?|[a-z-]*\d[\w-]*|the (?:[\w-]+ )?(?:total|price|fee|fare|difference|balance|amount|number|code|reference))"
    r"(?:'re|'s| (?:is|are|was|have|has|ends?|starts?|begins?|runs?|expires?|renews?|costs?|includes?|covers?|leaves?|departs?)) "
    r"(?=[^.?!]*(?:\d|day\b|\b(?:plan|menu|room|suite|seat|class|team|size)\b))"
)
_QUESTION = re.compile(r"\?")
# --- what claims nothing ------------------------------------------------------------------------------------
_NOT_YET = re.compile(
    r"\b(?:if|once|before|after|unless|would|whether|cannot|can't|unable|not|couldn't|haven't|hasn't|needs? to|must|should|when|only be|can be|could be|may be|to be)\b"
)
_CLAUSE = re.compile(
    r"[,;:](?!\d)|\s(?=(?:if|when|unless|whether|once|before|after|until|so)\b|and (?:will|i'll|we'll|it'll|they'll|your|the|is|are|has|have|was|were)\b)"
)
_CONDITION = re.compile(r"\W*(?:if|when|unless|whether|once|before|after|until)\b")
_WAITS_FOR = re.compile(r"(?:once|as soon as|if)\b")
_PRESENT = re.compile(r"\b(?:is|are|it's|they're) (?!(?:now|already)\b)")
_PENDING = re.compile(r"(?:\bnot|n't)\b[^.]{0,30}\byet\b|\b(?:is|are) (?:still )?pending\b|\bawaiting\b")
_HEARD = re.compile(
    r"\b(?:i|we)(?:'ve| have)? (?:just |also )?(?:noted|understood|heard|read|explained|mentioned|stated|said|received your (?:message|e-?mail|request|feedback|enquiry|note))\b(?!.{0,40}\b(?:account|file|record|profile)\b)"
)
"""We only say that the customer's words arrived."""
_TOLD_US = re.compile(
    r"\b(?:you|your (?:message|mail|note)) (?:said|say|mention\w*|told|wrote|describ\w+|report\w*)\b|\bas you (?:said|told|wrote|mention\w*)\b|\b(?:that|which|who) (?:was|were)\b"
)
_BY_OTHERS = re.compile(r"\bby (?:an?other|someone|somebody) (?!of us)\w+")
"""Somebody else's doing: "reserved by another member"."""
_CUSTOMERS = re.compile(r"\b(?:you|u)(?:'ve| have| had)? (?:already |just )?\w+(?:ed|ent|ade|ought)\b")
_DENIED = re.compile(
    r"(?:\b(?:cannot|not|never|no)|n't)(?: been| be| yet)?(?: \w+ly)? $"
    r"|\b(?:your|the|any|these|those|a|an|all|each|this|that|my|its) (?:\w+ly )?$"
)
"""Before an act: a denial, or an article, with which "deleted" tells which files and not what was done."""
_LABEL = re.compile(
    r"^\W*(?!done|update|fixed|sorted)(?:(?!(?:is|are|was|were|has|have)\b)\w+ ){0,3}\w+\W?:(?!\d)[\s*_]*"
)
"""What a line of a list is about: "**Booked:** 2 hours ago" books nothing."""
_REFERENCE = re.compile(r"#?(?=\w*-?\w*\d)[A-Z]{1,5}-?\d{3,}(?:-\w+)?")
_WE_DID = re.compile(
    r"\b(?:i|we)(?:'ve| have) (?:just |now |already |also |successfully |gone ahead and )*(\w+(?:ed|nt|oze|ozen|et|ought|aken|ut|elt|ade|un|iven|aid|ozen))\b"
    r"|\bi (?:just |now |already |also )*(\w+ed) (?:your|the|a|an|it|this|both|all)\b"
)
_NO_ACT_OF_OURS = words(
    "need indeed proceed been went sent seen read heard noticed noted understood realised realized learned learnt found felt "
    "thought received mentioned said explained described discussed outlined listed included attached provided shared "
    "given answered asked told shown highlighted summarised summarized covered addressed checked reviewed verified "
    "looked tried attempted wanted hoped wished loved enjoyed missed failed managed apologised apologized promised "
    "agreed offered suggested recommended confirmed considered assumed expected experienced encountered worked got put "
    "cut let meant spent kept left taken"
)
"""Words of seeing, thinking and saying, which leave the world as it was, and those that are claims only with an object
that another rule reads."""
_BACK = re.compile(r"\bback (?:to|on|onto) (?:your|the) (?:\w+ )?(?:card|account|paypal|bank|wallet)\b")
_SENT_BACK = re.compile(
    rf"\bsent (?:you )?{_MONEY} back\b|\bsent back\b[^.?!]{{0,30}}{_MONEY}|{_MONEY}[^.?!]{{0,20}}\bsent back\b"
)
_SUM = re.compile(rf"{_MONEY}|\brefund\b")
_PARTICIPLE = re.compile(r"\w+(?:ed|en|ing)$")


def claims_in(sentences: tuple[Sentence, ...]) -> tuple[Claim, ...]:
    """Claims of all sentences; a sentence can hold several acts of one kind."""
    return tuple(claim for sentence in sentences for claim in _claims_of(sentence))


def _claims_of(sentence: Sentence) -> tuple[Claim, ...]:
    text = _LABEL.sub("", fold(sentence.span.text))
    kinds: dict[str, ClaimKind] = {}
    first: ClaimKind | None = None
    for clause in _clauses(text):
        kind = _kind_of_clause(clause, sentence.move)
        if kind is None:
            continue
        first = first or kind
        for act in _acts_of_clause(clause, kind):
            kinds.setdefault(act, kind)
    if first == "done" and not kinds and LOOKED.search(text):
        kinds = {ANY_ACT: first}
    if first and not kinds:  # the act may stand in a clause that claims nothing by itself
        kinds = dict.fromkeys(_acts_of_clause(text, first), first)
    if first and not kinds and (sentence.move in ("action_done", "action_commit") or _is_plain(text, first)):
        kinds = {ANY_ACT: first}
    if not kinds and sentence.move not in ("ask", "empathy", "offer") and _tells_how_it_stands(text):
        kinds = {ANY_ACT: "standing"}
    if not kinds and sentence.move not in ("action_done", "answer", "handoff"):
        return ()
    ids = values_in(sentence.span.text)[1]
    if not kinds and any(map(_REFERENCE.fullmatch, ids)) and "?" not in text:
        kinds = {ANY_ACT: "standing"}  # a reference that we name must stand somewhere
    if not kinds:
        return ()
    amounts, _, dates = values_in(text)
    return tuple(Claim(kind, act, sentence.span, amounts, ids, dates) for act, kind in kinds.items())


def _is_plain(text: str, kind: ClaimKind) -> bool:
    """The sentence claims something whatever it does beside that."""
    if kind == "standing":
        return True
    return kind == "done" and (_says_we_did(text) or PHRASAL.search(text) is not None or brought_about(text))


def _tells_how_it_stands(text: str) -> bool:
    """A value of the customer's thing, which claims no act and yet must not stand against every call."""
    found = _HOW_IT_STANDS.search(text)
    return found is not None and not any(
        form.search(text) for form in (_NOT_YET, _FUTURE, _OFFERED, _TOLD_US, _PENDING, _QUESTION)
    )


def _says_we_did(text: str) -> bool:
    """We say that we did something, in whatever verb: the customer would look for it."""
    return any((m[1] or m[2]) not in _NO_ACT_OF_OURS for m in _WE_DID.finditer(text))


def _acts_of_clause(clause: str, kind: ClaimKind) -> list[str]:
    if kind in ("promised", "offered"):
        return _acts(TOLD, clause)
    acts = _acts(DID, clause)
    if acts == ["send"] and (_BACK.search(clause) or _SENT_BACK.search(clause)):  # money that was sent back
        return ["refund"]
    if acts == ["ship"] and _SUM.search(clause):  # money that is on its way
        return ["refund"]
    return acts or (_acts(TOLD, clause) if _DONE.search(clause) or _THROUGH.search(clause) else [])


def _acts(forms: dict[str, re.Pattern[str]], clause: str) -> list[str]:
    return [act for act, form in forms.items() if any(_is_told(m, clause) for m in form.finditer(clause))]


def _is_told(match: re.Match[str], clause: str) -> bool:
    before = _DENIED.search(clause[: match.start()])
    if before is None:
        return True
    article = before.group().strip() in _ARTICLES
    return article and not _PARTICIPLE.match(match.group())


_ARTICLES = frozenset(
    ["your", "the", "any", "these", "those", "a", "an", "all", "each", "this", "that", "my", "its"]
)


def _clauses(text: str) -> list[str]:
    """All but conditions, and what hangs on one: "if it was refunded" claims nothing, nor does "it is on its way once we
    have the old one". A ", right?" behind a claim takes nothing back.
    """
    clauses = _CLAUSE.split(text)
    following = [*clauses[1:], ""]
    return [
        clause
        for clause, after in zip(clauses, following, strict=True)
        if not _CONDITION.match(clause) and not (_WAITS_FOR.match(after) and _PRESENT.search(clause))
    ]


def _kind_of_clause(text: str, move: Move) -> ClaimKind | None:  # noqa: PLR0911 - one return a reading
    """The move of the sentence settles what its words leave open."""
    if "?" in text:
        return "offered" if _OFFERED.search(text) else None
    if _FUTURE.search(text):
        return "promised"
    not_yet = _NOT_YET.search(text)
    if not_yet and _says_we_did(text[: not_yet.start()]):
        return "done"  # "I've arranged for it to be collected"
    if not_yet or _PENDING.search(text):
        return None
    heard = _TOLD_US.search(text) is not None
    by_others = _BY_OTHERS.search(text) is not None
    if not by_others and (
        STANDS.search(text)
        or _COMPLETE.search(text)
        or (move in ("answer", "action_done") and not heard and _THROUGH.search(text))
        or (move not in ("ask", "offer") and not heard and (stands_now(text) or _REMAINS.search(text)))
    ):
        return "standing"
    others = heard or by_others or _CUSTOMERS.search(text) or _HEARD.search(text)
    if others and not _says_we_did(text):
        return "offered" if _OFFERED.search(text) else None
    if HAPPENED.search(text) or _DONE.search(text) or (move == "action_done" and _ACTED.search(text)):
        return "done"
    if phrasal := PHRASAL.search(text):
        return "done" if phrasal["ours"] else "standing"
    if not heard and brought_about(text):
        return "standing"
    return "offered" if _OFFERED.search(text) else None
