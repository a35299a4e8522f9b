"""The customer's side of a moment: need, signals, four dimensions. Read before the draft and without it."""

import re

from guard.assessment import Customer, Dimensions, Need, SeenSignal, Signal
from guard.case import Case
from guard.judging.signals import repeats_in, signals_in
from guard.text import at_word, fold

_COUNTED = re.compile(
    r"third|3rd|fourth|4th|second time|2nd time|many times|\b[2-9] times|twice|again and again|keep|every"
)
_RECENT = 2
"""Weight is read from the customer's last two messages (guide §5)."""

_SETTLED = re.compile(
    r"\b(?:thanks?|thank you|thx|ty|thanku|appreciate (?:it|your help)|great|perfect|awesome|bye|goodbye|that's all|that(?:'s| is) (?:it|everything|helpful|great|fine|good)|no,? (?:that's|nothing|i'm good)|all good|sounds good|cheers|you've been)\b"
)
_STILL_ASKS = re.compile(
    at_word(
        r"(?:can|could|will|would) (?:you|u)\b|please (?!make sure|don't|ensure)|i (?:want|need|demand|expect|would like|'d like)\b|keep me (?:updated|posted)|let me know|no thanks|thanks for nothing|"
        r"(?:my|the) (?:order|account|email|phone|user|reservation|booking|name|address)(?: \w+)? (?:id |number )?(?:is|was)|but\b|still\b"
    )
    + r"|\?|\d{4,}"
)
_ACCEPTS = re.compile(
    r"^\W*(?:ok(?:ay)?|alright|fine|sure|cool|k|good|great|perfect|yes|got it|understood)\b(?:\W+\w+){0,14}\W*$"
)
_ASKS = re.compile(
    at_word(
        r"(?:can|could|will|would) (?:you|u|i|someone)\b|please (?!make sure|don't)|i (?:want|need|demand|expect|would like|'d like)\b|want (?:my|a|the)\b|how (?:do|can|long|much|many|to|about)\b|wh(?:at|en|ere|ich|y)\b|keep me (?:updated|posted)|let me know|not (?:acceptable|working|good)|"
        r"(?:my|the) (?:order|account|parcel|package|card|payment|flight) (?:id |number )?(?:is|was|has|hasn't|never)|but\b|still\b|(?:check|fix|send|refund|replace|cancel|change|update|help)\b|order (?:number|id|no)\b"
    )
    + r"|\?|\d{5,}"
)
_INFO = re.compile(
    r"\b(?:how (?:do|can|long|much|many|to|often|does|will)|what (?:is|are|does|do|time|about|if|happens)|when (?:will|does|is|can|do)|where (?:is|can|do|are)|which|do you (?:have|offer|accept|ship|know|support)|is (?:it|there|this|that)|are (?:there|you|they)|does|why|whats?|wat|wen|wats|"
    r"can i|could i|tell me|explain|status|policy|information|info|know (?:how|if|when|what|about)|find out|check (?:the )?(?:status|if|whether))\b"
)
_WANTS_ACT = re.compile(
    r"\b(?:refund|replac\w*|cancel\w*|return|exchange|fix|repair|resend|re-?ship|change|update|money back|compensat\w*|charged|missing|broken|damaged?|defect\w*|wrong|stolen|not (?:working|received|arrived|delivered|turning)|never (?:arrived|received|came)|haven't (?:received|got)|hasn't (?:arrived|come)|"
    r"late|delay\w*|remove|reset|unlock|book|upgrade|deliver(?:ed)?|scratch\w*|torn|fake|leak\w*|faulty|complain\w*|overcharg\w*|deduct\w*|debited|issue|problem|do something|i want|i need|stuck|fail\w*|error|solve|resolve|fix|add|buy|send)\b"
)
_DISTRESS = re.compile(
    r"\b(?:in (?:so much )?pain|suffering|helpless|freaking out|(?:really|so|very|extremely|super|too) (?:worried|stressed|upset|scared|angry|mad|frustrated|disappointed|tired)|feel(?:ing)? (?:unwell|sick|ill|helpless|cheated)|at my wit'?s end|what (?:am|will|do|shall|should) i (?:supposed to )?do|disgust\w*|furious|outrag\w*|livid|humiliat\w*|embarrass\w*|embarras\w*|devastat\w*|heartbroken|crying|in tears|desperate\w*|panick?\w*|terrified|scared|nightmare|worst|horrible|appall\w*|pathetic|ridiculous|joke|sick of|sick and tired|fed up|had enough|enough is enough|hate|hell\b|damn|bloody|shame|shameful|"
    r"useless|rubbish|bullshit|crap|fuck\w*|wtf|losing (?:it|my mind|my patience)|stress(?:ed|ful|ing)|ruin\w*|unbelievable|scam\w*|cheat\w*|fraud|thie(?:f|ves)|liars?|lying|insult\w*|disgrace\w*|trauma\w*|anxious|anxiety|depress\w*|begging|cant believe|can't believe)\b|!{3,}"
)
_ANNOYED = re.compile(
    r"!|\b(?:frustrat\w*|unaccept\w*|annoy\w*|disappoint\w*|upset|angry|not happy|unhappy|bad|terrible|seriously|ugh|come on|waste|tired of|worried|urgent\w*|asap|wait(?:ing|ed)|late|still|again|poor|irritat\w*|wtf|omg|useless|hassle|sucks)\b"
)
_SHOUT = re.compile(r"\b[A-Z]{3,}\b")
_SHOUTED = 3
"""Words in capitals that are shouting."""
_FURY = re.compile(
    at_word(
        r"seriously\b|what the\b|again\b[!?]|so (?:mad|angry|upset|annoyed|irritated|done)\b|really (?:mad|angry|upset|pissed)\b|pissed\b|mad rn\b"
    )
    + r"|[!?]{2,}"
)
_HOT = 1
"""Marks of distress or fury at which the weight is 2; chosen on the labelled dev file."""
_FEAR = re.compile(
    r"\b(?:kill myself|suicid\w*|grie(?:f|ving)|mourning|afraid for (?:my|our)|fear(?:ing)? for|terrified|lost my (?:son|daughter|baby|husband|wife|mother|father)|funeral)\b"
)
_MISSED = re.compile(
    r"\b(?:missed|will miss|going to miss|gonna miss|miss (?:my|the|our)|too late|ruined|(?:wedding|exam|interview|birthday|surgery|flight|event|trip|party|festival|anniversary|meeting|presentation|graduation)\b[^.?!]{0,25}\b(?:tomorrow|today|tonight|in \d+ (?:hours?|days?)|this (?:weekend|evening|afternoon))|(?:tomorrow|today|tonight)\b[^.?!]{0,25}\b(?:wedding|exam|interview|birthday|surgery|flight|event|trip|party))\b"
)
_SOON = re.compile(
    r"\b(?:today|tonight|tomorrow|tmrw|tmr|tomm?or+ow|in (?:an|one|two|2|3|a few|\d+) (?:hours?|days?)|this (?:weekend|evening|afternoon|morning)|right now|immediately|too late|ruined|missed|without it)\b"
)
_GRAVE = re.compile(
    r"\b(?:life[- ]saving|(?:pay|for) (?:my |the )?rent|(?:lose|losing|get fired from|at stake)\b[^.?!]{0,10}\bjob|get fired|livelihood|starv\w*|no (?:food|heat|heating|medicine|medication)|evict\w*|homeless|foreclos\w*|life support|oxygen (?:machine|concentrator)|my (?:life|health) (?:is|depends)|disconnect\w* (?:my|our|the) (?:power|gas|electricity|heating)|prior[- ]auth\w*|claim (?:was )?denied|deport\w*|arrest\w*|credit (?:score|rating)|lose my (?:job|home|house)|losing my (?:job|home|house))\b"
)
_OUR_RECORD = re.compile(
    r"\b(?:(?:our|the) (?:records?|systems?|logs?|delivery (?:partner|agent|associate|person|executive))|tracking|gps)\b[^.]{0,60}\b(?:show|indicat|say|state|confirm|report|claim|mark|suggest|reflect|reveal)\w*|"
    r"\b(?:marked|recorded|reported|shown|logged) as\b|\b(?:was|were|has been) (?:successfully )?(?:delivered|received|refused|attempted|cancelled|opened|handed|signed)\b"
)
_DENIAL = re.compile(
    r"\b(?:not true|(?:that's|thats|it's|its|this is|is) (?:a lie|wrong|false|not (?:right|correct|possible))|ly(?:ing|ied)|liars?|lies|impossible|nobody|no ?one|never|i (?:didn'?t|dint|did not|wasn'?t|was (?:home|there|at home))|didn'?t (?:call|come|ring|get|receive|order|select|cancel)|no way|bullshit|nonsense)\b|^\W*(?:no|nope|nah|what)\b[^a-z]"
)
_PLEA = re.compile(
    r"\b(?:not fair|unfair|exception|waive|why should i (?:have to )?pay|your (?:fault|mistake|error)|not my (?:fault|mistake)|deserve|loyal customer|compensat\w*|goodwill|discount for)\b"
)
_HARD_PLEA = re.compile(
    r"\b(?:(?:isn't|not|un) ?fair|exceptions?|waive|special (?:case|circumstances|consideration)|given (?:the|my) (?:circumstances|situation)|"
    r"shouldn't have to|why should (?:i|we))\b"
)


_FRESH = 2
"""The customer's messages in which a wish for a person counts (guide §5: it lapses)."""


def read_customer(case: Case) -> Customer:
    """Need, signals and dimensions, from what the customer wrote."""
    turns = tuple((n, t.content) for n, t in enumerate(case.turns) if t.role == "customer")
    if not turns:
        return Customer(need="none")
    recent = " \n ".join(fold(text) for _, text in turns[-_RECENT:])
    whole = " \n ".join(fold(text) for _, text in turns)
    seen = _settle(signals_in(turns) + _failures(turns), turns[-_FRESH:][0][0])
    names: set[Signal] = {s.name for s in seen}
    dims = Dimensions(
        _weight(recent, " ".join(text for _, text in turns[-_RECENT:]), names),
        _ambiguity(case, names),
        _tradeoff(recent, names),
        _consequences(recent, whole, names),
    )
    return Customer(_need(case, turns, names), dims, seen)


def _need(case: Case, turns: tuple[tuple[int, str], ...], names: set[Signal]) -> Need:
    last = fold(turns[-1][1]).strip()
    if names & {"self_harm", "bereavement"}:
        return "emotional"
    before = [fold(text) for _, text in turns[:-1]]
    asks = _ASKS.search(last)
    if not re.search(r"\w", last) or (
        not before and re.fullmatch(r"\W*(?:hi|hello|hey|good \w+)(?: there)?\W*", last)
    ):
        return "none"
    if _SETTLED.search(last) and not _STILL_ASKS.search(last):
        return "none"
    if (
        before
        and case.turns[-1].role == "customer"
        and _ACCEPTS.match(last)
        and not asks
        and not _offered(case)
    ):
        return "none"
    if _WANTS_ACT.search(last):
        return (
            "information"
            if re.match(
                r"\W*(?:how (?:do|can|long|to|much)|what(?:'s| is| are) (?:the|your)|do you|when will|where (?:is|can))",
                last,
            )
            and not before
            else "action"
        )
    return (
        "information"
        if _INFO.search(last) and not any(_WANTS_ACT.search(b) for b in before[-2:])
        else "action"
    )


def _offered(case: Case) -> bool:
    """The last thing that we said was a question or an offer, so an "ok" is an answer to it."""
    said = case.said_before()
    return bool(said) and "?" in said[-1][-200:]


def _settle(seen: tuple[SeenSignal, ...], fresh: int) -> tuple[SeenSignal, ...]:
    """A wish for a person counts while it is fresh, from the turn `fresh` on."""
    return tuple(s for s in seen if s.name != "asks_for_human" or s.turn >= fresh)


def _failures(turns: tuple[tuple[int, str], ...]) -> tuple[SeenSignal, ...]:
    """`repeat_failure`: the customer says twice that the same failed or was asked before, or once with a count."""
    hits = repeats_in(turns)
    counted = any(_COUNTED.search(hit.span.text.lower()) for hit in hits)
    return hits[-1:] if len(hits) > 1 or counted else ()


def _weight(recent: str, written: str, names: set[Signal]) -> int:
    """`recent` is folded, `written` is not: shouting is conduct too."""
    if names & {"self_harm", "bereavement"} or _FEAR.search(recent):
        return 3
    heat = (
        len(_DISTRESS.findall(recent))
        + (len(_SHOUT.findall(written)) >= _SHOUTED)
        + len(_FURY.findall(recent)) // 2
    )
    if heat >= _HOT or "abuse_towards_staff" in names:
        return 2
    return 1 if heat or _ANNOYED.search(recent) else 0


def _ambiguity(case: Case, names: set[Signal]) -> int:
    """Two accounts of one thing: the customer says so, or denies what our last reply said was so."""
    return 2 if "conflicting_accounts" in names or _denied_record(case) else 0


def _denied_record(case: Case) -> bool:
    if not case.said_before() or not case.customer_turns():
        return False
    ours, theirs = fold(case.said_before()[-1]), fold(case.customer_turns()[-1])
    return _OUR_RECORD.search(ours) is not None and _DENIAL.search(theirs) is not None


def _tradeoff(recent: str, names: set[Signal]) -> int:
    if names & {"self_harm", "safety_risk"}:
        return 3
    return 2 if _HARD_PLEA.search(recent) or "policy_exception" in names else 1 if _PLEA.search(recent) else 0


def _consequences(recent: str, whole: str, names: set[Signal]) -> int:
    if "self_harm" in names or _GRAVE.search(whole):
        return 3
    due = names & {"life_event_deadline", "medical"} and _SOON.search(recent)
    if due or _MISSED.search(whole) or "fraud_or_identity_theft" in names:
        return 2
    return 1 if _WANTS_ACT.search(whole) else 0
