"""Claims in a draft: what it says was done, stands, is promised or is offered; by us or on others' behalf."""

import re

from guard.assessment import ANY_ACT, Claim, ClaimKind, Move, Sentence
from guard.text import AMOUNT, DATE, ID, fold

# Acts and the words for them; the ledger matches the same acts to tools.
ACTS: dict[str, str] = {
    "refund": r"refund\w*|reimburs\w*|money back",
    "compensate": r"compensat\w*|voucher\w*|certificate\w*|gift card\w*|coupon\w*|credit(?:ed|ing|s)?(?! cards?\b| notes?\b)|discount(?:ed)?|goodwill|bonus|points",
    "cancel": r"cancel\w*",
    "replace": r"replac\w*|resend\w*|resent|re-?ship\w*",
    "send": r"send(?:ing)?|sent|ship(?:ped|ping)|dispatch\w*|e?-?mail(?:ed|ing)|mailed",
    "book": r"book(?:ed|ing)|re-?book\w*|reserv(?:e|ed|ing)|schedul\w*",
    "change": r"chang(?:e|ed|ing)|updat\w*|modif\w*|upgrad\w*|downgrad\w*|add(?:ed|ing)|remov(?:ed|ing)|correct(?:ed|ing)|extend(?:ed|ing)?|waiv\w*|appl(?:ied|ying)",
    "unlock": r"unlock\w*|reset\w*|restor\w*|reactivat\w*|activat\w*",
    "stop": r"block(?:ed|ing)|fro(?:ze|zen)|freez\w*|clos(?:ed|ing)|delet\w*|paus\w*",
    "hand over": r"transfer(?:red|ring)?|escalat\w*|forward(?:ed|ing)|pass(?:ed|ing)|hand(?:ed|ing) over|open(?:ed|ing)|log(?:ged|ging)|fil(?:ed|ing)|creat(?:ed|ing)",
    "contact": r"call(?:ed|ing)?|contact(?:ed|ing)?|notif\w*|inform(?:ed|ing)?|reach(?:ed|ing)? out|get back|repl(?:y|ied)",
}
_ACT = {name: re.compile(rf"\b(?:{words})\b") for name, words in ACTS.items()}
# The same acts as something that happened: the verb itself in its past form, or a noun that was made to happen.
_PAST_FORMS: dict[str, str] = {
    "refund": r"refunded|reimbursed|paid back",
    "compensate": r"compensated|credited",
    "cancel": r"cancell?ed",
    "replace": r"replaced|resent|re-?shipped",
    "send": r"sent|shipped|dispatched|e-?mailed|mailed",
    "book": r"booked|re-?booked|reserved|scheduled|rescheduled",
    "change": r"changed|updated|modified|upgraded|downgraded|added|removed|corrected|extended|waived|applied",
    "unlock": r"unlocked|reset|restored|(?:re)?activated",
    "stop": r"blocked|frozen|froze|closed|deleted|paused",
    "hand over": r"transferred|escalated|forwarded|passed|handed over|opened|logged|filed|created",
    "contact": r"called|contacted|notified|informed|reached out|replied",
}
_NOUNS: dict[str, str] = {
    "refund": r"refunds?|reimbursements?",
    "compensate": r"certificates?|vouchers?|coupons?|discounts?|compensation",
    "cancel": r"cancellations?",
    "replace": r"replacements?",
    "book": r"bookings?|reservations?|appointments?",
    "change": r"changes?|upgrades?|updates?|modifications?",
    "hand over": r"tickets?|complaints?|cases?",
}
_MADE = r"issued|processed|initiated|arranged|completed|placed|made|sent|approved|granted|submitted|set up"
# The noun stands close to its verb: "I've issued you a full refund", "your refund has been processed".
_DID = {
    name: re.compile(
        rf"\b(?:{past})\b"
        + (
            rf"|\b(?:{_MADE}) (?:(?!for\b|as\b)\S+ ){{0,4}}(?:{noun})\b|\b(?:{noun})\b(?: \S+){{0,5}} (?:has|have|was|were)(?: \w+)?(?: been)?(?: \w+ly)? (?:{_MADE})\b"
            if (noun := _NOUNS.get(name))
            else ""
        )
    )
    for name, past in _PAST_FORMS.items()
}
_AUX = r"(?:just |now |already |also |successfully |gone ahead and |immediately )*"
_PAST = re.compile(
    rf"\b(?:i|we)(?:'ve| have)? {_AUX}(?!need|proceed|indeed)\w+(?:ed|ent|oze|et)\b|\b(?:has|have) {_AUX}been\b|\b(?:was|were) successfully\b|^\W*done\b"
)
_STANDS = re.compile(
    r"\b(?:is|are) (?:now |all |already )?(?:confirmed|booked|cancell?ed|refunded|scheduled|unlocked|updated|logged|filed|registered|reserved|ordered|blocked|paused|waived|credited|on hold|on (?:its|the) way)\b|\bit's (?:logged|filed|registered|booked|confirmed|reserved|ordered|on (?:its|the) way)\b"
)
_FUTURE = re.compile(
    r"\b(?:i|we|they|he|she|(?:a|an|our|the|my)(?: \w+){1,3})(?:'ll| will| shall| am going to| are going to)\b|\bwill be\b|\byou(?:'ll| will) (?:receive|get|be)\b"
)
_OFFERED = re.compile(
    r"\b(?:i|we) (?:can|could|am able to|are able to|would be happy to|'d be happy to)\b|\bwould you like (?:me|us)\b|\b(?:shall|should) (?:i|we)\b"
)
_NOT_YET = re.compile(
    r"\b(?:if|once|before|after|unless|would|whether|cannot|can't|unable|not|couldn't|haven't|hasn't|needs? to|must|should|when|only be|can be|could be|may be|to be)\b"
)
_PENDING = re.compile(r"(?:\bnot|n't)\b[^.]{0,30}\byet\b|\b(?:is|are) (?:still )?pending\b|\bawaiting\b")
_CUSTOMERS = re.compile(r"\b(?:you|u)(?:'ve| have| had)? (?:already |just )?\w+(?:ed|ent|ade|ought)\b")


def claims_in(sentences: tuple[Sentence, ...]) -> tuple[Claim, ...]:
    """Claims of all sentences; a sentence can hold several acts of one kind."""
    return tuple(claim for sentence in sentences for claim in _claims_of(sentence))


def _claims_of(sentence: Sentence) -> tuple[Claim, ...]:
    text = fold(sentence.span.text)
    kind = _kind(text, sentence.move)
    if kind is None:
        return ()
    forms = _DID if kind in ("done", "standing") else _ACT
    acts = [act for act, words in forms.items() if words.search(text)]
    if not acts and sentence.move == "action_done":
        acts = [ANY_ACT]
    return tuple(
        Claim(kind, act, sentence.span, _all(AMOUNT, text), _all(ID, sentence.span.text), _all(DATE, text))
        for act in acts
    )


def _kind(text: str, move: Move) -> ClaimKind | None:  # noqa: PLR0911 - one return a reading
    """What sort of backing the sentence needs; its move settles what its words leave open."""
    if "?" in text:
        return "offered" if _OFFERED.search(text) else None
    if move == "action_done":
        if _PENDING.search(text):
            return None
        return "standing" if _STANDS.search(text) else "done"
    if _FUTURE.search(text):
        return "promised"
    if _NOT_YET.search(text):
        return None
    if _STANDS.search(text):
        return "standing"
    if _PAST.search(text) and not _CUSTOMERS.search(text):
        return "done"
    return "offered" if _OFFERED.search(text) else None


def _all(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.group().strip() for m in pattern.finditer(text)))
