"""What a sentence of the authority grants: it permits, forbids, or does neither.

Only a clear permission grants: "may refund …", or an act of our own in the imperative, "refund up to $50". The main
verb says which act; "may explain the refund policy" grants an explanation. A condition that nobody can check from
here is kept apart: such an act is neither confirmed nor offered.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from guard.case import Action
from guard.ledger.acts import ACTS, DID, MONEY, NOUN, STANDS, acts_in, acts_of_verb, brought
from guard.ledger.amounts import Money, extent, hours_allowed, hours_in, money_in, percents_in, without_money
from guard.text import content, fold, words

_NOTE = re.compile(r"\([^()]*\)")
_OPEN_NOTE = re.compile(r"\(.*$|\)", re.DOTALL)
"""A note that nobody closed goes to the end."""
_UNFILLED = re.compile(r"[\[\]{}<>|]")
"""Marks of a text that nobody filled in, or that is not meant for reading aloud."""

# How a sentence permits or forbids.
_CLAUSE = re.compile(
    r"[;!?\n]|:(?!//|\d)|\.(?:\s|$)|,?\s\b(?:but|except|however)\b|,\s*(?=(?:never|not|no|do not|don't)\b)"
)
_OURS = r"(?:(?:the |an? |our |your )?(?:assistants?|agents?|bots?|chat(?:bot)?|ai|support|you|we|i|it)\s+)"
_MAY = re.compile(
    rf"^\W*{_OURS}?(?:may|can|could|(?:is|are) (?:allowed|permitted|authori[sz]ed|able) to)\s+(?:also |always |only |freely |directly )?(?P<verb>[a-z-]+)\b(?P<rest>.*)"
)
_PLAIN = re.compile(r"^\W*(?P<verb>[a-z-]+)\b(?P<rest>.*)")
"""An act of ours in the imperative: "refund up to $50"."""
_WE = re.compile(r"^\W*(?:we|you|i) (?=[a-z])")
"""Ourselves, before a verb in the present: "we resend tickets"."""
_PROHIBITS = re.compile(
    r"\b(?:may|must|can|should|shall|could|will|would|do|does|is|are)(?: not|n't)\b|\bcannot\b|\bcan not\b|\bnever\b|\bprohibit|\bforbid|"
    r"\bnot (?:allowed|permitted|authori[sz]ed|offer|promise|refund|waive)\b|\bunable to\b|\bunder no circumstances\b|\bno\b(?! (?:more|later|sooner|longer|less|cost|charge|extra|fee|additional)\b)|\bnothing\b|\bnone\b"
)
_INSTEAD = re.compile(r"\b(?:rather than|instead of|in place of)\b[^,;.]*")
"""What is not to be done, beside what is."""
_REFUSES = words("refuse decline deny reject withhold avoid stall never not no don't forbid prohibit prevent")
_NO_VERB = words(
    "only for with after within if when once unless all any every each this that these those in on at to from by until before as both "
    "half a an the our your their its it there here we you i he she they who what which where how and or but so then also always "
    "mostly sometimes usually may can must should will would could need needs require requires ask expect consider "
    "over under above below beyond during near per via about against despite since like except twice while than more most such "
    "anything everything something whatever information"
)
"""Words that begin a sentence and are no verb of ours; to ask and to need give nothing."""
_GIVES = re.compile(
    r"^\W*(?P<verb>[a-z]{3,}(?<!ing)(?<!ed))(?P<rest> (?:an?|the) (?!(?:customer|client|guest|user)s?\b).*)"
)
"""A verb that no table holds, by the article behind it: "reseat a party". What it does to a person nobody knows."""
_SERVES = words(
    "explain look check tell give offer issue process provide arrange make grant initiate approve "
    "help track find show subscribe answer confirm set start collect pick return accept honour honor "
    "match prorate reduce lower increase review verify investigate generate print order charge pay "
    "sign enrol enroll lift donate prepare request trace repair fix promise restart reboot run test "
    "put bring export install upload download clean split spread lend loan retry rerun invite list publish mark merge translate "
    "teach take keep end rent prolong measure deduct defer postpone copy clear"
)
"""Verbs that a service does in its own voice and that name no act of the table."""
_LIGHT = words(
    "offer issue give process provide arrange make grant initiate approve send add apply pay order "
    "create request start promise"
)
"""Verbs that say nothing by themselves: the thing that they bring is the act."""
_ASIDE = frozenset({"open", "send", "ship", "contact", "hand over"})
"""Words that also describe things, as in "opened items": a prohibition means them only when it names no other act."""
_UP_TO = re.compile(r"^\s*(?:up to )?\d+ \w+ (?:of )?")
"""How much of a thing: "up to 5 GB of bonus data"."""
_HAND_OUT = re.compile(r"\bhand out\b")
_PAPER = r"(?:receipts?|forms?|links?|confirmations?|polic(?:y|ies)|status|e-?mails?|codes?|requests?|pages?|notes?|labels?)"
"""What only speaks of an act: "a refund receipt"."""
_ARTICLE = re.compile(r"\s+(?:an?|the|any|one)\b")
_OBJECT_ENDS = re.compile(
    r"[,.;:]|\b(?:for|to|of|up|by|in|on|from|with|within|under|at|if|when|or|and|that|which)\b"
)

_NOT_OURS = re.compile(
    r"\bby (?!the assistant|you|chat|us)\w+|^\W*(?:only|customers?|supervisors?|managers?|the \w+ team)\b|\bnot by\b"
)
"""Somebody else's doing."""
_OF_VALUE = MONEY | {"replace"}
"""Acts that are not offered on a condition: who is refused then has been promised something."""
_OF_THINGS = frozenset({"refund", "change", "replace", "cancel", "send", "ship", "stop", "unlock", "book"})
"""Acts whose authority is for a thing: who may waive the late fee may not waive the annual one."""
AT_LARGE = frozenset(
    word[:6]
    for word in words(
        "order orders item items product products purchase purchases customer customers payment payments "
        "amount method card account booking bookings ticket tickets reservation subscription contract plan "
        "service damaged broken defective faulty wrong missing original full replacement refund voucher "
        "credit new money price cost back whole part charge charges"
    )
)
"""What is said of any order and any payment, as `content` cuts words."""
_PRONOUN = re.compile(r"\b(?:it|that|this|them|those|one)\b")
_TERMS = re.compile(rf"(?!:\d)(?:{_OBJECT_ENDS.pattern})|\b(?:until|till)\b")
_THING = re.compile(
    r"\b(?:an?|the|your|another) ((?:new )?[a-z-]+)(?= (?:sent|mailed|e-?mailed|resent|cancelled|refunded|replaced|changed|removed|added|to|for|by|from|on)\b|[,.?!]|$)"
)
"""What a sentence says that the act is done to."""
_FIGURES = re.compile(r"\d[\d:.,]*\d|\d")
_HOW = words("again once more twice back direct anew")
"""What is said of the act and not of its thing, cut as `content` cuts."""
_UNSAYABLE = re.compile(r"\bwho\b|\bAN?\b [A-Z]{3,}")
_ADDRESSED = (
    (re.compile(r"\b(?:the |an? |any )?(?:customer|client|user|guest)s?'s?\b", re.IGNORECASE), "your"),
    (re.compile(r"\btheir\b", re.IGNORECASE), "your"),
    (re.compile(r"\b(?:the |an? |any )?(?:customer|client|guest)s?\b|\bthem\b", re.IGNORECASE), "you"),
)

# What stands in between: nobody can check it from here, so the act is neither confirmed nor offered.
_LONG = r"(?:\d+|an?|one|two|three|six|twelve)(?:\s?(?:-|to)\s?\d+)?[\s-](?:business |working |calendar )?(?:minute|hour|day|week|month|year)s?"
_WINDOW = re.compile(
    rf"\b(?:within|in|up to|until|less than|under)\s(?:the (?:last|past|first)\s)?{_LONG}\s(?:of|from|after|since|old)\b"
    rf"|\b(?:in|within|of) the (?:last|past|first)\s{_LONG}|\b(?:under|below|less than|at most)\s{_LONG}\s?old\b"
    rf"|\b(?:bought|purchased|placed|ordered|delivered|made|opened|booked|received)\b[^,;.]{{0,25}}\b{_LONG}"
)
"""A time that the thing must be in, as against one that may be promised: "within 30 days of purchase"."""
_CONDITION = re.compile(
    r"\b(?:if|unless|only|provided|otherwise|subject to|as long as|depending|before|after|until(?! \d)|while|during|(?<!at )once|when|where|whenever|"
    r"eligible|qualif\w+|first[- ]time|tier|per (?:year|month|customer|account|order|household)|(?:once|twice|\w+ times|one) a (?:year|month)|one per)\b|\brequir\w*|\bneeds?\b|\b(?:except|excluding|but not)\b|\bnot (?:for|on|if|when|sale|final|clearance|digital|opened|used)\b|\bon (?:week(?:days|ends)|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b"
    r"|\b\w+ed by us\b|\b(?:unopened|unused|unworn|unsold|unshipped)\b|\b(?:must|has to|have to) (?:confirm|agree|approve|sign)\b"
    r"|\b(?:for|to) (?!all\b|any\b|our\b|the\b|every\b|your\b)[\w-]+(?: [\w-]+)? (?:members?|customers?|users?|subscribers?|accounts?|holders?|clients?|guests?|passengers?|patients?)\b"
)
_ON_CONDITION = re.compile(
    r"^\W*(?:when|if|once|while|as long as|after|before|until|unless|where|whenever)\b[^,;]+,\s+(?:then )?"
)
"""A condition that goes before the act: "when it has not shipped, cancel the order"."""
_UNTIL_THEN = re.compile(
    r"\b(?:that|which) (?:(?:is|are|was|were|has|have|can)(?: not|n't)|cannot|(?:is|are) (?:still|yet)) (?:yet |been |already |be )*[\w-]+(?: yet)?\b"
    r"|\bbefore (?:the |it |they |its )?(?!asking|approval)[a-z]+(?: (?:is|are|has|have|was|were|starts?|begins?|leaves?|ships?|goes|go))*\b"
    r"|\buntil (?:the )?[a-z]+(?: before)?\b|\b(?:un(?:opened|used|worn|sold|shipped|paid)|not yet [a-z]+)\b"
)
"""How far things may have got: the act itself shows it, so an offer of an act that moves no money may say it."""
_HOW_OFTEN = re.compile(
    r"\b(?:(?:once|twice|one|two|three) )?(?:per|every) (?:year|month|week|customer|account|order|household|stay|season)\b|\b(?:once|twice|\w+ times) a (?:year|month|week)\b|\bon (?:week(?:days|ends)|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b|\bduring\b"
)
_GONE_WRONG = re.compile(
    r"\b(?:that|which|who) (?:never|no longer|(?:do|does|did|would|will|could)(?: not|n't)|won't)\b[^,;.]*"
)
"""What went wrong with a thing, as "broken" says it: "an order that never arrived"."""
_APPROVAL = re.compile(
    r"\b(?:approv(?:al|ed)|sign-?off)\b|\b(?:supervisor|manager)s?\b(?= (?:must|has to|have to|needs?|only|approv|confirm|sign|refund|decide))"
    r"|\bonly (?:a |the )?(?:\w+ )?(?:supervisor|manager)|\brequir\w*|\b(?:with|by|from|after asking) (?:a |the |our |your )?(?:\w+ )?(?:supervisor|manager)"
)
_THRESHOLD = re.compile(r"\b(?:over|above|more than|exceeding) [$€£]?\d")
_FREELY = re.compile(r"\bwithout (?:\w+ ){0,4}(?:approval|supervisors?|managers?|sign-?off|asking)\b")
"""No approval is needed."""

# How far it goes.
_LIMIT = re.compile(
    r"\b(?:up to|max\w*(?: of)?|no more than|not more than|at most|under|below|limit(?:ed to| of)?|more than|above|over|beyond|exceed\w*)\s(?:a total of )?$"
)
_ABOVE = re.compile(r"\b(?:more than|above|over|beyond|exceed\w*|sooner)\b")
_WORTH = re.compile(
    r"\b(?:for|on)\b((?:(?!\b(?:no|not|never)\b)[^,;.]){1,40})\b(?:more than|above|over|beyond|exceeding)\s(?=[$€£]?\d|$)"
)
"""What the thing must have cost, "for orders above $100": a condition, and no limit of what is done."""
_LIMIT_AFTER = re.compile(r"\s?(?:max(?:imum)?|or less|at most|tops|each at most)\b")
_AFTER_LIMIT = re.compile(r"\s?(?:days?|hours?|weeks?|months?|years?|kg|items?|times?|minutes?|lbs?|km)\b")
_BARE_LIMIT = re.compile(
    r"\b(?:up to|max\w*(?: of)?|no more than|at most|limit(?: of)?)\s(\d[\d,]*(?:\.\d+)?)\b"
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One action, read. `acts` are its own, `core` those that a customer asks for; `says` follows "I can", None where it
    is not to be said. `conditional`: something stands in between that cannot be checked from here; where `says` is there all
    the same, it says what. `about`: words of the one thing that it is for, "shipping fee"; `unread`: acts that a sentence
    names which neither permits nor forbids clearly.
    """

    action: Action
    acts: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    verb: str = ""
    says: str | None = None
    conditional: bool = False
    limit: Money | None = None
    percent: float | None = None
    hours: float | None = None
    extent: float | None = None
    about: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def covers(self, act: str) -> bool:
        """The act, or one that comes with it."""
        return act in brought(self.acts)


@lru_cache(maxsize=512)
def read(action: Action) -> Grant:
    """What this action grants. A note in brackets is told to nobody, but its limits and conditions hold."""
    spoken = action.does
    while (shorter := _NOTE.sub(" ", spoken)) != spoken:
        spoken = shorter
    spoken = _OPEN_NOTE.sub(" ", spoken)
    spoken = " ".join(spoken.split())
    text, whole = _FREELY.sub(" ", _INSTEAD.sub(" ", fold(spoken))), _FREELY.sub(" ", fold(action.does))
    clauses = [c.strip() for c in _CLAUSE.split(text) if c.strip()]
    forbidden = frozenset[str]().union(*(_forbidden(c) for c in clauses))
    first = _ON_CONDITION.sub("", clauses[0]) if clauses else ""
    verb, rest = _granted(_HAND_OUT.sub("give", first)) if first else ("", "")
    limit, percent = _limits(action, whole)
    plain = spoken[:1].islower() and not _NOT_OURS.search(text)
    unlisted = _unlisted(clauses[0]) if clauses and not verb and plain else ""
    if not (verb or unlisted) or _APPROVAL.search(whole):
        approved = _APPROVAL.search(whole) and not _THRESHOLD.search(whole)
        others = " . ".join(c for c in clauses if not _PROHIBITS.search(c))
        unread = frozenset() if approved or _NOT_OURS.search(text) else acts_in(others) - forbidden
        return Grant(action, forbidden=forbidden, limit=limit, percent=percent, unread=unread)
    excluded = any(re.match(r"(?:not|no|never)\b", c) for c in clauses[1:])
    unsaid = _HOW_OFTEN.sub(" ", _UNTIL_THEN.sub(" ", _WINDOW.sub(" ", whole)))
    uncertain = excluded or _CONDITION.search(unsaid) is not None or _says_worth(unsaid)
    conditional = uncertain or unsaid != whole
    acts, core = _acts(verb, rest) if verb else (frozenset[str](), frozenset[str]())
    about = _about(verb, rest) if core & _OF_THINGS else frozenset[str]()
    of_value = bool(core & _OF_VALUE) or limit is not None or percent is not None
    hidden = uncertain or forbidden or (conditional and of_value) or _UNFILLED.search(spoken)
    return Grant(
        action,
        acts=acts - forbidden,
        core=core - forbidden,
        forbidden=forbidden,
        verb=verb or unlisted,
        says=None if hidden else _to_the_customer(_said(spoken, verb or unlisted)),
        unread=frozenset() if verb else acts_in(text) - forbidden,
        conditional=conditional,
        limit=limit,
        percent=percent,
        about=about,
        hours=hours_in(action.deadline) if action.deadline else hours_allowed(_WINDOW.sub(" ", whole)),
        extent=extent(_WINDOW.sub(" ", whole)),
    )


def claims_done(say: str) -> bool:
    """A sentence that is meant as an offer and tells of something that happened: "I've refunded you"."""
    text = fold(say)
    return STANDS.search(text) is not None or any(did.search(text) for did in DID.values())


def _granted(clause: str) -> tuple[str, str]:
    """The main verb and what follows it, where the clause is a permission of ours; else nothing."""
    if (found := _MAY.match(clause)) and found["verb"] not in _REFUSES:
        return (found["verb"], found["rest"]) if _is_verb(found["verb"]) else ("", "")
    if not (found := _PLAIN.match(_WE.sub("", clause))) or _PROHIBITS.search(_told_of_things(clause)):
        return "", ""
    verb, rest = found["verb"], found["rest"]
    if _is_verb(verb) and not _noun_first(rest):
        return verb, rest
    base = next((b for b in (verb.removesuffix("s"), verb.removesuffix("es")) if _is_verb(b)), "")
    return (base, rest) if base and verb != base and _ARTICLE.match(rest) else ("", "")


def _unlisted(clause: str) -> str:
    """A verb of ours that no table holds, in the imperative; nothing where the clause is none."""
    found = _GIVES.match(clause)
    bare = found is None or found["verb"] in _NO_VERB | _REFUSES or _is_verb(found["verb"])
    return "" if found is None or bare or _PROHIBITS.search(_told_of_things(clause)) else found["verb"]


def _is_verb(word: str) -> bool:
    return word in _SERVES or bool(acts_of_verb(word))


def _noun_first(rest: str) -> bool:
    """What looked like a verb heads a noun: "refund requests are handled by …", "refund: up to $50"."""
    return (
        re.match(r"\s+(?:requests?|polic(?:y|ies)|claims?|status|cases?|is|are|was|were|has|must)\b", rest)
        is not None
    )


def _acts(verb: str, rest: str) -> tuple[frozenset[str], frozenset[str]]:
    """All acts that are granted, and those that it is about: of a verb that says nothing, what it brings.

    "send a replacement" is about a replacement and also sends; both sides of an "or" count.
    """
    own = acts_of_verb(verb)
    brings = set[str]()
    if verb in _LIGHT:
        head = _OBJECT_ENDS.split(_UP_TO.sub("", without_money(rest)).strip(), maxsplit=1)[0].strip()
        brings |= {
            a for a in ACTS if re.search(rf"\b(?:{ACTS[a].nouns}|{ACTS[a].told})\b(?! {_PAPER}\b)", head)
        }
    if verb == "send" and re.match(r"\s+(?:an? )?(?:brand[- ])?new \w+", rest):
        brings.add("replace")
    if given := re.search(r"\b(?:as|to|in) (?:an? )?(.*\b(?:credit|vouchers?|replacement)\b)", rest):
        brings |= acts_in(given[1]) & {"compensate", "replace"}
    listed = re.match(r"^((?:, [a-z-]+)*),? (?:or|and) [a-z-]+", rest)
    for other in (
        *re.findall(r"\b(?:or|and)\s+(?:an? |the )?([a-z-]+)\b", rest),
        *(re.findall(r"[a-z-]+", listed[1]) if listed else ()),
    ):
        brings |= acts_of_verb(other)
        brings |= {act for act, noun in NOUN.items() if verb in _LIGHT and noun.fullmatch(other)}
    about = frozenset(brings) if verb in _LIGHT and brings else own | brings
    return own | brings, about


def _forbidden(clause: str) -> frozenset[str]:
    """The acts that a clause rules out; a bound ("not more than $50") rules out nothing."""
    may = _MAY.match(clause)
    first = _PLAIN.match(clause)
    refuses = (may["verb"] if may else first["verb"] if first else "") in _REFUSES
    if may and not refuses:
        return frozenset()
    clause = _told_of_things(clause)
    if not refuses and not ((mark := _PROHIBITS.search(clause)) and not _bound(clause, mark.end())):
        return frozenset()
    return acts_in(clause) - _ASIDE or acts_in(clause)


def _told_of_things(clause: str) -> str:
    """The clause without what it says of the thing: "refund an order that never arrived" rules nothing out."""
    return _GONE_WRONG.sub(" ", _UNTIL_THEN.sub(" ", clause))


def _bound(clause: str, start: int) -> bool:
    return _ABOVE.search(clause, start) is not None


def _says_worth(text: str) -> bool:
    """It speaks of what a thing cost; "for refunds above $100" is about what is done."""
    return any(not acts_in(m[1]) & MONEY for m in _WORTH.finditer(text))


def _limits(action: Action, text: str) -> tuple[Money | None, float | None]:
    """The amount and the share that bound the action: the field's before the sentence's.

    Where no word says that an amount is a bound, the highest one is: "between $5 and $50".
    """
    every = money_in(text)
    bounds = [
        m
        for m in every
        if _LIMIT.search(text[max(0, m.start - 30) : m.start]) or _LIMIT_AFTER.match(text, m.end)
    ]
    firm = [m for m in bounds if not _says_worth(text[max(0, m.start - 60) : m.start])]
    told = min(firm or bounds, key=lambda m: m.value, default=None) or max(
        every, key=lambda m: m.value, default=None
    )
    percent = list(percents_in(text))
    bare = [
        float(m.group(1).replace(",", ""))
        for m in _BARE_LIMIT.finditer(text)
        if not every and not _AFTER_LIMIT.match(text, m.end()) and not re.match(r"\s?%", text[m.end() :])
    ]
    said = told.value if told else min(bare, default=None)
    value = said if action.max_amount is None else action.max_amount
    currency = action.currency or (told.currency if told else None)
    limit = (
        None
        if value is None
        else Money(value, currency, told.text if told and told.value == value else "", 0, 0)
    )
    return limit, max(percent, default=None)


def _said(spoken: str, verb: str) -> str | None:
    """The act in its own words, from the main verb to the end of its clause."""
    first = next((c for c in _CLAUSE.split(spoken) if c.strip()), "")
    found = re.search(rf"\b{re.escape(verb)}(?:es|s)?\b", first, re.IGNORECASE)
    rest = first[found.end() :].rstrip(" .,;:-") if found else ""
    return f"{verb}{rest}" if found else None


def _to_the_customer(said: str | None) -> str | None:
    """ "refund the customer's order" is said to the customer: "refund your order"."""
    if said is None or _UNSAYABLE.search(said):
        return None
    for form, spoken in _ADDRESSED:
        said = form.sub(spoken, said)
    return said


def is_about(grant: Grant, spoken: frozenset[str]) -> bool:
    """Most words of the thing that the grant is for were spoken: a late fee is no annual fee."""
    said = {word.rstrip("s") for word in spoken}
    met = sum(word.rstrip("s") in said for word in grant.about)
    return not grant.about or 2 * met > len(grant.about)


def tells_its_terms(grant: Grant, told: str) -> bool:
    """The sentence says "it", and terms that are the grant's own: its deadline, or how its sentence goes on."""
    if not _PRONOUN.search(told):
        return False
    after = _TERMS.split(fold(grant.says or "").removeprefix(grant.verb))[1:]
    terms = [
        t for t in (*after, fold(grant.action.deadline or "")) if _FIGURES.search(t) or len(content(t)) > 1
    ]
    spoken, figures = content(told), set(_FIGURES.findall(told))
    return any(content(t) <= spoken and figures.issuperset(_FIGURES.findall(t)) for t in terms)


def names_another(grant: Grant, told: str, known: frozenset[str]) -> bool:
    """The sentence names a thing of its own that neither the grant nor anybody spoke of: "a new contract"."""
    spoken = content(told)
    if grant.about & spoken or _PRONOUN.search(told):
        return False
    return any(w not in known | AT_LARGE and not acts_in(w) for w in content(" ".join(_THING.findall(told))))


def _about(verb: str, rest: str) -> frozenset[str]:
    """The words of the one thing that an act is for, none where it is for orders, items or payments at large."""
    named = content(_OBJECT_ENDS.split(rest.strip(), maxsplit=1)[0]) - AT_LARGE - _HOW - {verb[:6]}
    return frozenset(w for w in named if not acts_in(w))
