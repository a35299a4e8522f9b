"""Whether a claim names another than the calls where it says who or what it is now: "belongs to Marc", "you've got Maple",
"I've let the kitchen know".
"""

import re
from collections.abc import Callable

from guard.assessment import Claim
from guard.ledger.evidence import Entry
from guard.ledger.fields import tokens
from guard.ledger.spots import leaves_of, spots_of
from guard.text import FACTLESS, MONTHS, fold, words

_NAME = r"(?P<name>(?:[A-Z]\. )?[A-Z][a-zà-ÿ'-]{2,}(?: [A-Z][\w'.-]*){0,2})"
_SLOTS: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = (
    (
        words("to recipient receiver owner holder assignee beneficiary payee heir addressee new"),
        re.compile(
            rf"\b(?:to|for|with|belongs to|owned by|held by|named|names?|is now|are now) (?:your (?:[a-z]+ )?)?{_NAME}"
            rf"|(?:^|[,;:] |\band )(?!(?:The|Your|You|We|It|This|That|There|All|Both)\b){_NAME.replace('name', 'first')} (?:now )?(?:has|owns|holds|is now|gets|can now|will get)\b"
        ),
    ),
    (
        words(
            "handler passenger guest driver teacher instructor stylist doctor trainer therapist tutor coach dentist physician provider technician "
            "agent advisor adviser consultant manager patient student participant attendee traveller traveler employee member contact carer "
            "barber nurse guide cleaner mechanic plumber pet dog cat child"
        ),
        re.compile(
            rf"\b(?:for|with|by|under|named|see|seeing|meet|meeting|from|to|is|is now|on|called|through) (?:your (?:[a-z]+ )?|the name (?:of )?|(?:Dr|Mr|Ms|Mrs|Prof)\.? )?{_NAME}"
            rf"|(?<![\w'-])(?!(?:The|Your|You|We|It|This|That|There|All|Both)\b){_NAME.replace('name', 'first')}(?:'s\b| (?:is|has|will|was|now)\b)|(?:^|[,;:] )(?P<full>[A-Z][a-z]+ [A-Z][a-z]+) (?:now )?[a-z]+s\b"
        ),
    ),
    (
        words("user users member person name grantee invitee collaborator people"),
        re.compile(
            rf"\b(?:given|gave|granted|invited|shared (?:it |this )?with|access (?:for|to)) {_NAME}"
            rf"|(?:^|[,;:] |\band )(?!(?:The|Your|You|We|It|This|That|There|All|Both)\b){_NAME.replace('name', 'first')} (?:now )?(?:has access|can (?:now )?(?:see|view|edit|use|open|join)|is (?:now )?(?:an?|in|on|invited|added))\b"
        ),
    ),
    (
        words(
            "room hall studio title plan course class model product book film movie show event project cabin boat vehicle ship pitch court "
            "theme design template song album item variant band tariff package brand menu dish wine package lesson tour workshop seminar"
        ),
        re.compile(
            rf"\b(?:got|have|has|into|to|set to|is now|are now|booked|reserved|chosen|get|(?:[Yy]ou're|are|is|now|place|spot|space|enrolled|registered) (?:now )?(?:in|on)) (?:the |a |an |your )?{_NAME}(?! (?:Street|Road|Station))"
            rf"|(?:^|[,;:] )(?!(?:The|Your|You|We|It|This|That|There|All|Both)\b){_NAME.replace('name', 'first')} (?:is|has been|was) (?:now |all )?\w+ed\b"
        ),
    ),
    (
        words(
            "place location branch store shop station terminal airport locker depot office hotel venue restaurant clinic site warehouse "
            "city town street destination pickup dropoff collection at point address port stop area district campus library pharmacy"
        ),
        re.compile(
            rf"\b(?:moved?|changed?|redirected|sent|delivered|transferred|collect(?:ed)?|picks?|picked|ready|waiting|set|goes?|going|shipped|dropp?e?d?|switched|held|booked|"
            rf"now|forwarded|starts?|begins?|arrives?|departs?|leaves?|returned?|kept|stored)\b(?: [a-z0-9'#-]+){{0,5}}? (?:to|at|from|in|into) (?:the |our |your )?{_NAME}"
        ),
    ),
)
"""Fields of a sort, and how a sentence names what they hold. `first` stands where a clause begins, and may be any word there."""
_TITLES = words("dr mr mrs ms prof miss sir madam")
_CALENDAR = re.compile(rf"(?:{MONTHS}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?", re.IGNORECASE)
_NO_NAME = words(
    "visa mastercard amex paypal apple google iban sepa sms pin pdf english german french spanish the your you our this that "
    "she he they everyone anyone nobody somebody terms faq help account customer dear sorry thanks sure done great yes also there here please just now new good"
)
_OLD = re.compile(
    r"\b(?:from|instead of|rather than|not|no longer|than|and not|was|were|without|unlike) (?:the |our |your )?$"
)
_VALUE = re.compile(r"(?:(?:Dr|Mr|Mrs|Ms|Prof|[A-Z])\.? )?[A-Z][a-zà-ÿ'-]+(?: [\w'.-]+){0,4}")
_PERSONAL_DATA = words("email mail phone id url link text message note body subject comment")
_INFORMED = re.compile(
    r"\b(?:let|told|informed|notified|messaged|texted|emailed|alerted|reminded|asked|contacted|called|warned|briefed|tell|inform|notify) "
    r"(?P<who>(?:the|our|your|her|his|their) (?!know\b)[a-z][a-z' -]{2,40}?)(?= (?:know|that|about|of|to|on|by|at|in|with|for|so|today|tomorrow|now|already)\b|$|[.,;:!?])"
    r"|\b(?:sent|passed|forwarded|reported|handed|assigned|transferred|shared|given|escalated|gone|goes|going|went|left|delivered|routed|referred|written|addressed|with)\b(?: [a-z0-9'#-]+){0,6}? (?:to|with) "
    r"(?P<whom>(?:the|our|your) [a-z][a-z' -]{2,40}?)(?= (?:that|about|of|on|by|at|in|with|for|so|as|under|today|tomorrow|now|already|who|which)\b|$|[.,;:!?])"
)
_PASSIVE = re.compile(
    r"(?:^|, |\band )(?P<has>(?:the|our|your|her|his|their) [a-z][a-z' -]{2,40}?) (?:now )?(?:has|have|got) (?:your|the|it|a copy)\b|"
    r"\b(?P<who>(?:the|our|your|her|his|their) [a-z][a-z' -]{2,40}?) (?:has|have|was|were|is|are) (?:now |just |already |also )*(?:been )?(?:given|sent|shown|informed|told|notified|messaged|alerted|contacted|emailed|texted|warned|briefed)\b"
    r"|\b(?:passed|handed|forwarded|routed|escalated|transferred|moved|assigned|referred)\b(?: [a-z0-9'#-]+){0,6}? to (?P<whom>[a-z]{4,})(?=$|[.,;:!?]| (?:under|with|as|for|and|today|now)\b)"
)
_TO_KEY = words(
    "to with viewer handler recipient recipients assignee team department queue group audience role addressee desk target receiver who unit"
)
_ANYONE = words(
    "team teams colleague colleagues staff people person department group customer service support care other others address "
    "responsible right relevant next human agent specialist specialists experts expert lead leader head manager account card bank number "
    "wallet server system original means method same new place queue desk unit crew guys folks everyone whole entire"
)
"""Words for somebody, whoever it is."""
_FROM_KEY = words("from source origin")
_GOAL_KEY = words("to destination target")
_LETTERS = re.compile(r"[a-z]{3,}")
_OLD_WAY = re.compile(r"\b(?:back|instead|not|return|again)\b")
_ROLE = re.compile(r"[a-z]+(?:[ _/@.-][a-z]+){0,4}")
_STEM = 4


def other_name(claim: Claim, good: list[Entry], known: Callable[[], str]) -> str | None:
    """A name that no call knows, in a place of the sentence where fields of that sort hold another that the claim leaves out."""
    changing = [c for c in good if not c.reads]
    if not changing:
        return None
    called = fold(" ".join(c.text for c in changing)).replace("_", " ")
    told = fold(claim.span.text)
    leaves = [leaf for c in changing for t in (c.call.arguments, c.call.result) for leaf in leaves_of(t)]
    for keys, form in _SLOTS:
        values = [
            v for path, v in leaves if path & keys and not path & _PERSONAL_DATA and _VALUE.fullmatch(v)
        ]
        if any(_shares(v, told) for v in values):
            continue
        for found in form.finditer(claim.span.text) if values else ():
            name = next((g for g in found.groups() if g), "")
            start = found.start(found.lastgroup or 0)
            if (
                _is_a_name(name)
                and not _shares(name, called)
                and not _OLD.search(claim.span.text[:start].lower())
            ):
                return f"for {values[0]}"
    return None


def other_informed(told: str, good: list[Entry]) -> str | None:
    """ "I've let the kitchen know", where the message went to `group_lead`."""
    values = [
        fold(v)
        for c in good
        if not c.reads
        for t in (c.call.arguments, c.call.result)
        for path, v in leaves_of(t)
        if path & _TO_KEY and _ROLE.fullmatch(fold(v))
    ]
    if not values:
        return None
    called = fold(" ".join(f"{' '.join(tokens(c.call.name))} {c.text}" for c in good)).replace("_", " ")
    for found in (*_INFORMED.finditer(told), *_PASSIVE.finditer(told)):
        phrase = next(g for g in found.groups() if g)
        mine = set(re.findall(r"[a-z]{3,}", phrase)) - _ANYONE - FACTLESS
        if mine and not any(re.search(rf"\b{re.escape(w[:_STEM])}", called) for w in mine):
            return f"for {values[0]}"
    return None


def other_way(told: str, good: list[Entry]) -> str | None:
    """ "Into your checking account", where the money went from there."""
    ends = [(s.keys, s.value) for c in good if not c.reads for s in spots_of(c.call.arguments)]
    sources = {w for keys, v in ends if keys & _FROM_KEY for w in _LETTERS.findall(v)}
    goals = {w for keys, v in ends if keys & _GOAL_KEY for w in _LETTERS.findall(v)}
    for names, form in ((sources - goals, r"(?:to|into|in|onto|on)"), (goals - sources, r"from")):
        for name in names if sources and goals else ():
            if re.search(rf"\b{form} (?:the |your |my )?{re.escape(name)}\b", told) and not _OLD_WAY.search(
                told
            ):
                return f"from {', '.join(sorted(sources))} to {', '.join(sorted(goals))}"
    return None


def _is_named(name: str, known: str) -> bool:
    """What begins a sentence is a name where it has two words, or somebody wrote it so amid one."""
    return " " in name or re.search(rf"[a-z,\"'] ?\b{re.escape(name)}\b", known) is not None


def _is_a_name(name: str) -> bool:
    parts = name.split()
    return bool(parts) and not any(
        fold(p).removesuffix("'s") in _NO_NAME | FACTLESS or _CALENDAR.fullmatch(p) for p in parts[:1]
    )


def _shares(name: str, text: str) -> bool:
    """Some word of the name stands in the text, whatever its ending."""
    return any(
        re.search(rf"\b{re.escape(w[: max(_STEM, len(w) - 1)])}", text)
        for w in re.findall(r"[^\W_]{2,}", fold(name).removesuffix("'s"))
        if w not in _TITLES
    )
