"""Claims in a draft: what it says was done, stands, is promised or is offered; by us or on others' behalf."""

import re

from guard.assessment import ANY_ACT, Claim, ClaimKind, Move, Sentence
from guard.ledger.acts import DID, HAPPENED, LOOKED, STANDS, TOLD
from guard.ledger.amounts import money_in
from guard.text import AMOUNT, DATE, ID, fold

_FUTURE = re.compile(
    r"\b(?:i|we|they|he|she|(?:a|an|our|the|my)(?: \w+){1,3})(?:'ll| will| shall| am going to| are going to)\b|\b(?:i'm|i am|we're|we are) (?:now |also )?(?!going|looking|being|having|working|trying|making|doing)\w{3,}ing you(?:r)?\b|\b(?:my|our|a|an|the) (?:\w+ )?(?:colleague|manager|supervisor|team|specialist|technician|agent|department) (?:rings|calls|phones|contacts|e-?mails|writes|reaches|gets back|sends|refunds|replaces)\b|\bwill (?:\w+ )?be\b|^\W*and will\b|\byou(?:'ll| will) (?:receive|get|be|have|see)\b|\b(?:please )?expect (?:a|an|the|your)\b|\byou qualify for\b"
)
_OFFERED = re.compile(
    r"\b(?:i|we) (?:can|could|am able to|are able to|would be happy to|'d be happy to)\b|\bwould you like (?:me|us)\b|\b(?:shall|should) (?:i|we)\b"
)
_NOT_YET = re.compile(
    r"\b(?:if|once|before|after|unless|would|whether|cannot|can't|unable|not|couldn't|haven't|hasn't|needs? to|must|should|when|only be|can be|could be|may be|to be)\b"
)
_CLAUSE = re.compile(
    r"[,;:](?!\d)|\s(?=(?:if|when|unless|whether|once|before|after|until|so)\b|and (?:will|i'll|we'll|it'll|they'll|your|the|is|are|has|have|was|were)\b)"
)
_HEARD = re.compile(
    r"\b(?:i|we)(?:'ve| have)? (?:just |also )?(?:noted|understood|heard|read|explained|mentioned|stated|said|received your (?:message|e-?mail|request|feedback|enquiry|note))\b(?!.{0,40}\b(?:account|file|record|profile)\b)"
)
"""We only say that the customer's words arrived."""
_WAS = re.compile(
    r"\b(?:was|were) (?:then |already |also )?(?:cancell?ed|refunded|reimbursed|credited|shipped|dispatched|replaced|booked|rebooked|waived|blocked|closed)\b"
)
_TOLD_US = re.compile(
    r"\b(?:you|your (?:message|mail|note)) (?:said|say|mention\w*|told|wrote|describ\w+|report\w*)\b|\bas you (?:said|told|wrote|mention\w*)\b|\b(?:that|which|who) (?:was|were)\b"
)
_DENIED = re.compile(r"(?:\b(?:cannot|not|never|no)|n't)(?: been| be| yet)?(?: \w+ly)? $")
_CONDITION = re.compile(r"\W*(?:if|when|unless|whether|once|before|after|until)\b")
_ACTED = re.compile(
    r"\b\w+(?:ed|ent|oze|et|ade|ut|one|ack|iven|aken)\b|\b(?:is|are) (?:now|all|back)\b|^\W*done\b"
)
"""A past form, or a state that was brought about: without one of these an answer is no act."""
_PENDING = re.compile(r"(?:\bnot|n't)\b[^.]{0,30}\byet\b|\b(?:is|are) (?:still )?pending\b|\bawaiting\b")
_CUSTOMERS = re.compile(r"\b(?:you|u)(?:'ve| have| had)? (?:already |just )?\w+(?:ed|ent|ade|ought)\b")


def claims_in(sentences: tuple[Sentence, ...]) -> tuple[Claim, ...]:
    """Claims of all sentences; a sentence can hold several acts of one kind."""
    return tuple(claim for sentence in sentences for claim in _claims_of(sentence))


def _claims_of(sentence: Sentence) -> tuple[Claim, ...]:
    text = fold(sentence.span.text)
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
    if first and not kinds and sentence.move == "action_done":
        kinds = {ANY_ACT: first}
    return tuple(
        Claim(kind, act, sentence.span, _amounts(text), _all(ID, sentence.span.text), _all(DATE, text))
        for act, kind in kinds.items()
    )


def _acts_of_clause(clause: str, kind: ClaimKind) -> list[str]:
    forms = DID if kind in ("done", "standing") else TOLD
    return [
        act
        for act, form in forms.items()
        if any(not _DENIED.search(clause[: m.start()]) for m in form.finditer(clause))
    ]


def _clauses(text: str) -> list[str]:
    """All but conditions: "if it was refunded" claims nothing, and a ", right?" behind a claim takes nothing back."""
    return [clause for clause in _CLAUSE.split(text) if not _CONDITION.match(clause)]


def _kind_of_clause(text: str, move: Move) -> ClaimKind | None:  # noqa: PLR0911 - one return a reading
    """The move of the sentence settles what its words leave open."""
    if "?" in text:
        return "offered" if _OFFERED.search(text) else None
    if _FUTURE.search(text):
        return "promised"
    if _NOT_YET.search(text) or _PENDING.search(text):
        return None
    if STANDS.search(text) or (
        move in ("answer", "action_done") and _WAS.search(text) and not _TOLD_US.search(text)
    ):
        return "standing"
    by_customer = _CUSTOMERS.search(text) is not None or _HEARD.search(text) is not None
    if HAPPENED.search(text) and not by_customer:
        return "done"
    if move == "action_done" and _ACTED.search(text) and not by_customer:
        return "done"
    return "offered" if _OFFERED.search(text) else None


def _amounts(text: str) -> tuple[str, ...]:
    """Money in whatever spelling, and shares."""
    shares = (a for a in _all(AMOUNT, text) if "%" in a)
    return tuple(dict.fromkeys((*(m.text for m in money_in(text)), *shares)))


def _all(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.group().strip() for m in pattern.finditer(text)))
