"""What each sentence of a draft does: one move, found by its form.

The patterns describe English sentence forms (who does what, in which tense, with which object and time),
in the order in which a sentence's strongest reading wins: a recognition beside a step is a step.
"""

import re
from functools import lru_cache
from re import Pattern

from guard.assessment import EmpathyKind, Move
from guard.text import AMOUNT, DATE, fold


def _any(*forms: str) -> Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms))


# --- recognition: feeling or fault, in words -----------------------------------------------------------
_APOLOGY = _any(
    r"\b(?:apologi[sz]e|apolog(?:y|ies)|regret)\b",
    r"\b(?:so|very|truly|really|deeply|i'?m|i am|we'?re|we are)?\s*sorry\b",
    r"\bforgive us\b",
)
_COGNITIVE = _any(
    r"\b(?:i|we)\s+(?:\w+\s+){0,2}(?:understand|see|get|reali[sz]e|recogni[sz]e|acknowledge|appreciate|hear|recogni[sz]e)\b"
    r"(?=.*\b(?:frustrat|concern|disappoint|inconvenien|upset|urgen|worr|difficult|situation|feel|how|why|anger|annoy|"
    r"stress|position|importan|your|you're|you are|this|that)\w*)",
    r"\b(?:completely|totally|absolutely|perfectly|fully) understand",
    r"^\s*(?:i|we) understand\b(?!.*\?)",
    r"\b(?:this|that|it) (?:is|must be|must have been|sounds|can be) (?:\w+ ){0,2}(?:frustrat|unacceptable|disappoint|upset|difficult|stress|awful|terrible|not acceptable)",
    r"\byou(?:'re| are) (?:absolutely |completely |totally )?right\b",
    r"\byour (?:frustration|concern|disappointment|anger|feelings?)s? (?:is|are) (?:\w+ )?(?:valid|understandable|justified|important)",
    r"\b(?:not|isn't) the (?:experience|service|standard|level)",
    r"\bput(?:ting)? myself in your",
)
_EMOTIONAL = _any(
    r"\b(?:my|our|heartfelt|deepest) (?:\w+ )?(?:condolences|sympath)",
    r"\bi feel (?:terrible|awful|bad|for you)",
    r"\bsorry for your loss",
    r"\b(?:saddened|heartbreaking|dishearten)",
    r"\bhear(?:ing)? (?:this|that|about)\b.*\b(?:sad|hard|break)",
)
_REASSURE = _any(
    r"\brest assured\b",
    r"\b(?:please )?(?:don't|do not) (?:worry|be alarmed)",
    r"\bi(?:'m| am) here (?:for you|to (?:help|assist|support))",
    r"\bwe(?:'re| are) here (?:for you|to (?:help|assist|support))",
    r"\byou(?:'re| are) in (?:good|safe) hands",
    r"\b(?:value|care about) (?:you|your|our)\b",
    r"\byour (?:satisfaction|trust|experience|business) (?:is|means)",
)
_THANKS_PATIENCE = _any(
    r"\bthank(?:s| you)\b.*\b(?:patien|understanding|bearing|waiting|time|cooperation|feedback|bringing|letting|informing|reaching|contacting)",
    r"\b(?:appreciate|grateful for)\b.*\b(?:patien|understanding|feedback|bringing|time|cooperation)",
)

# --- acts ---------------------------------------------------------------------------------------------
_ACT = (
    r"(?:refund|credit|cancel|replac|resend|resent|re-?ship|ship|dispatch|deliver|send|sent|email|mail|call|phone|text|book|rebook|reserv|chang|"
    r"updat|upgrad|downgrad|add|remov|creat|open|log|fil|submit|register|reset|unlock|restor|activat|deactivat|issu|process|initiat|arrang|"
    r"schedul|reschedul|appl|waiv|adjust|correct|fix|charg|revers|transfer|escalat|forward|assign|request|order|pay|paid|stop|block|freez|"
    r"clos|delet|generat|provid|shar|notif|inform|contact|confirm|complet|extend|approv|return|collect|pick|flag|report|raise|rais|set|put|prioriti|expedit|follow|get back|reach|reply|respond|write|give|offer|compensat|reimburs|ensur|check|verif|review|look|track|trac|investigat)"
)
_WEAK_ACT = _any(
    r"\b(?:look(?:ing)? into|look(?:ing)? at|investigat\w*|check(?:ing)?|review(?:ing)?|examin\w*|explor\w*|see what|try|do (?:my|our|everything|all)|"
    r"work(?:ing)? (?:on|to|hard|with|diligently)|make sure|ensure|ensuring|prioriti\w+|expedite|address|help|assist|resolve|rectify|take care|consider|strive|monitor|keep an eye|get to the bottom|"
    r"take (?:this|your|it|immediate|necessary|appropriate|all)|handle|verify|retriev\w*|locat\w*|pull(?:ing)? up|access|gather|escalate|initiat\w+ (?:an? |the )?(?:\w+ )?(?:investigation|process|inquiry|enquiry|review)|"
    r"launch\w* (?:an? )?(?:\w+ )?investigation|find (?:out|a solution)|forward your|pass (?:on|along) your|note)\b"
)
# The main verb behind "I will", "I am", "let me": what the sentence promises to do, whatever else it names.
_WEAK_MAIN = re.compile(
    r"\b(?:(?:i|we)(?:'ll| will| shall|'m| am|'re| are| would like to|'d like to| can| have)?|let me|allow me to|going to|(?:team|department|colleagues?) (?:is|are|will))"
    r"(?: (?:\w+ly|now|also|just|already|first|then|here|be|try(?:ing)?|attempt(?:ing)?|continu(?:e|ing)|working)(?: to)?)* "
    r"(?:look\w*|investigat\w*|check\w*|review\w*|examin\w*|explor\w*|see (?:what|if|whether)|try\w*|attempt\w*|do(?:ing)? (?:my|our|everything|all|whatever)|work(?:ing)?\b|make sure|mak(?:e|ing) every|ensur\w*|"
    r"prioriti\w+|expedit\w+|address\w*|help\w*|assist\w*|resolv\w*|rectify\w*|tak(?:e|ing|en) (?:care|this|your|it|immediate|the necessary|necessary|appropriate|all|every|steps|action)|consider\w*|strive|monitor\w*|get to the bottom|"
    r"handl\w*|verify\w*|verif\w*|retriev\w*|locat\w*|pull(?:ing)? up|access\w*|gather\w*|(?:initiat|launch|start|conduct|open|begin)\w* (?:an? |the |our )?(?:\w+ ){0,2}(?:investigation|inquiry|enquiry|review|process)|"
    r"find(?:ing)? (?:out|a)|not(?:e|ed|ing)\b|made a note|(?:add|mak|mad)\w* (?:a )?note|flag\w*|mark\w*|implement\w*|escalat\w* (?:this|it|the (?:issue|matter|case))(?: \w+ly)?\W*$|ascertain\w*|determin\w*|calculat\w*|confirm with|coordinat\w*|communicat\w*|analy[sz]\w*)"
)
_ASSURES = re.compile(
    r"\bi (?:can )?(?:assure|promise) you\b|\btak(?:e|ing) (?:this|it|your \w+|such \w+) (?:\w+ )?serious|\b(?:can|must|is|are) (?:be )?(?:\w+ )?(?:concerning|frustrating|upsetting|disappointing|inconvenient)\b"
)
_WAIT = _any(
    r"\b(?:please )?(?:allow|give|grant) (?:me|us)\b.*\b(?:moment|minute|second|time|while)",
    r"\b(?:one|just a|a) (?:moment|minute|second)\b(?:,? please)?",
    r"\bon hold\b",
    r"\bplease (?:wait|hold|bear with|be patient|stay (?:on|with|connected))",
    r"\bbear with (?:me|us)",
)
_WILL = re.compile(
    r"\b(?:i|we|they|he|she|(?:the|our|a|an|my)(?: \w+){1,4}|someone|you)(?:'ll| will| shall|'m going to|'re going to| am going to| are going to| can guarantee to)\b"
)
_BE_DONE = re.compile(
    r"\b(?:will|shall) be (?:\w+ly )?(?:\w+ed|sent|made|paid|given|done)\b|\byou(?:'ll| will| should| can expect to)? (?:soon |then |also )?(?:receive|get|expect)\b|\byou can expect\b"
)
_DOING = re.compile(
    rf"\b(?:i'm|i am|we're|we are) (?:now |currently |also |already |just |in the process of )?{_ACT}\w*ing\b"
)
_DONE = re.compile(
    rf"\b(?:i've|i have|we've|we have|i|we)(?: just| now| already| also| successfully| immediately)*\s+(?!will\b|can\b|have to\b)"
    rf"{_ACT}\w*(?:ed|ent|ook|ut|aid)\b|\b(?:has|have) (?:now |just |already |also |successfully )*been (?:\w+ly )?\w+(?:ed|ent|aid|ade|ven|one)\b"
    r"|\b(?:is|are) (?:now )?(?:confirmed|booked|cancelled|canceled|refunded|scheduled|activated|restored|on its way|on the way)\b"
    r"|^\W*(?:done|all set|booked|cancelled|refunded)\b|\bwas (?:successfully )?(?:cancelled|canceled|refunded|sent|booked|updated|processed)\b"
)
_TRIGGER = _any(
    DATE.pattern.lower(),
    r"\b(?:today|tonight|tomorrow|now|immediately|right away|straight away|instantly|this (?:morning|afternoon|evening|week)|next (?:week|day)|"
    r"by (?:the )?end of|end of (?:the )?(?:day|week)|once|as soon as (?:i|we|you|the|it)|when (?:it|the|you)|after (?:we|the|that|it)|if (?:it|the|you|we))\b",
)
_TIME = _any(
    DATE.pattern.lower(),
    r"\b(?:today|tonight|tomorrow|this (?:morning|afternoon|evening|week)|next week|end of (?:the )?(?:day|week))\b",
    r"\b\d+\s*-\s*\d+\s*(?:hours|days|minutes)",
)
_STRONG_ACT = _any(
    r"\b(?:refund|replac|reimburs|resend|re-?ship|ship|dispatch|deliver|cancel|credit|waive|rebook|book|compensat|discount|pick-?up|return label|"
    r"voucher|gift card|coupon|re-?deliver|send (?:you|a|an|the|out)|email you|e-mail you|call you|contact you|update you|get back to you|inform you|notify you|keep you|arrange|schedule|reset|"
    r"chang|updat|add|remov|unlock|process|issue|transfer|extend|reach out to (?:you|the)|contact(?:ing)? the|follow up|provide you|share|generate|file|raise|create)\w*"
)

# --- asking, offering, telling ---------------------------------------------------------------------------
_ASK = _any(
    r"\b(?:could|can|would|will|may|might) (?:you|i|we)\b.*\b(?:provide|share|confirm|tell|send|give|have|specify|clarify|describe|let (?:me|us) know|upload|attach|elaborate|verify|know|get|ask|check|try|explain|please)\b.*",
    r"\bplease (?:\w+ ){0,2}(?:provide|share|confirm|tell (?:me|us)|send (?:me|us)|specify|clarify|describe|let (?:me|us) know|upload|attach|verify|reply with|give (?:me|us))\b",
    r"\b(?:may|can|could) (?:i|we) (?:have|know|ask|get)\b",
    r"\b(?:i|we)(?:'ll| will)? (?:just )?(?:need|require)\b.*\b(?:your|the|some|a few|to know|confirm|number|id|detail)",
    r"^\W*(?:what|which|when|where|who|how|did|do|does|is|are|was|were|have|has|had)\b.*\?",
)
_CLOSING = _any(
    r"\banything else\b",
    r"\bhesitate\b",
    r"\bfeel free\b",
    r"\bhow (?:can|may) (?:i|we) (?:\w+ )?(?:help|assist)",
    r"\b(?:let (?:me|us) know|reach out|contact us)\b.*\b(?:any|other|further|more)\b.*\b(?:question|assist|help|concern|need)",
)
_ASK_FACT = re.compile(
    r"\b(?:provide|share|confirm|tell me|tell us|send)\b.*\b(?:your|the|if|whether|which|me|us)\b"
)
_OFFER = _any(
    r"\bwould you (?:like|prefer|be (?:okay|ok|interested|willing|open)|rather|want|consider)\b",
    r"\b(?:do|did) you (?:want|prefer|wish)\b.*\?",
    r"\b(?:shall|should) (?:i|we)\b.*\?",
    r"\b(?:i|we) (?:can|could|am able to|are able to|would be (?:happy|able) to|would like to|am happy to|are happy to|'d like to|'d be happy to) (?:also |either |instead |certainly |definitely |immediately |now )*(?:offer|arrange|send|refund|replace|issue|process|provide|give|book|cancel|apply|credit|ship|initiate|schedule|proceed|extend|waive|expedite|add|change|transfer|set up|resend|help you (?:book|cancel))\b",
    r"\byou (?:can|may|could) (?:choose|opt|select|have)\b",
    r"\b(?:options?|alternatives?)\b.*(?::|\bor\b|\?)",
    r"\blet me know if you(?:'d| would)? (?:like|prefer|want|wish|agree)",
    r"\bis (?:that|this) (?:okay|ok|acceptable|agreeable|fine|alright)\b.*\?",
    r"\bwould (?:that|this|it) (?:work|be|help|suit)\b.*\?",
    r"\bwe (?:can )?offer (?:you )?(?:a|an)\b",
    r"\b(?:please )?confirm (?:if|that|whether) you(?:'d| would)? (?:like|want|wish|agree|prefer)|\(yes/no\)|\bproceed\b.*\?",
)
_INSTRUCT = _any(
    r"^\W*(?:\d+[.)]|step \d+)?\W*(?:please |kindly |first,? |then,? |next,? |now,? |simply |just |once \w+[^,]*, |after \w+[^,]*, )*"
    r"(?:go to|open|click|tap|select|choose|press|hold|log ?in|log in|sign in|navigate|visit|enter|type|restart|reset|unplug|plug|turn|switch|scroll|find|locate|download|install|uninstall|update|try|"
    r"check|look (?:for|in|under|at)|pack|print|attach|use|take|ask|keep|place|remove|delete|disable|enable|connect|disconnect|clear|fill|submit|follow|review|make sure|ensure|ship|drop|return|search|change|call|contact|wait|request|verify|reply|email|send|retain|refrain|avoid)\b",
    r"\byou(?:'ll| will)? (?:can|may|could|should|need to|have to|must|would need to|'ll need to|might want to)\b",
    r"\bto (?:do (?:this|so)|cancel|change|track|return|reset|update)\b.*,",
    r"\bplease (?:pack|keep|check|try|use|return|click|follow|go|log|visit|call|contact|reach|refer|ensure|make sure|note down|restart|have|hand|retain|monitor|open|select|submit|fill|request|look)\b",
    r"\bhere(?:'s| is| are) (?:how|the steps)",
)
_GENERIC_ELSEWHERE = _any(
    r"\b(?:visit|see|check|refer to|consult|browse|head to|go to) (?:our|the) (?:\w+ )?(?:website|help|faq|support|knowledge|web ?site|community|page|portal|terms)\b",
    r"\b(?:contact|call|reach out to|get in touch with|speak (?:to|with)|write to|email) (?:our |the |a )?(?:\w+ )?(?:customer (?:service|support|care)|support(?: team| staff)?|help ?desk|service (?:team|cent)|representative|helpline|human agent|live agent)\b",
    r"\btry again later\b",
    r"\bcheck back\b",
    r"\b(?:contact|reach out to|feel free to (?:contact|reach)) us\b",
)
_HANDOFF = _any(
    r"\b(?:transfer(?:ring|red)?|connect(?:ing|ed)?|hand(?:ing|ed)?|pass(?:ing|ed)?|rout(?:ing|ed)|put(?:ting)?|forward(?:ing|ed)?|escalat(?:e|ing|ed))\b.*\b(?:you |this |it |your \w+ |the \w+ )?(?:over |on |through )?(?:to|with)\b.*\b(?:team|agent|department|supervisor|manager|specialist|colleague|desk|representative|person|human|unit|office|lead)\b",
    r"\b(?:supervisor|manager|specialist|colleague|agent|team)\b.*\bwill (?:call|contact|email|reach|get back|reply|be with|take over|respond)\b",
)
_FILLER = _any(
    r"^\W*(?:hello|hi|hey|dear|greetings|good (?:morning|afternoon|evening|day)|welcome)\b.{0,60}$",
    r"^\W*(?:thanks?|thank you)(?: (?:so|very) much)?\b.{0,40}$",
    r"^\W*you(?:'re| are) (?:very |most |always )?welcome\b",
    r"\banything else\b",
    r"\b(?:have|enjoy) (?:a|an|your|the) (?:\w+ )*(?:day|evening|weekend|night|trip|flight|stay|week|time)\b",
    r"\b(?:please )?(?:don't|do not) hesitate\b",
    r"\bfeel free to\b",
    r"\b(?:further|other|more|additional|future) (?:assistance|questions?|help|quer|concerns?|support)",
    r"\bhow (?:can|may) (?:i|we) (?:\w+ )?(?:help|assist)",
    r"^\W*(?:best|kind|warm)? ?(?:regards|sincerely|cheers)\b",
    r"^\W*(?:understood|certainly|absolutely|of course|sure|okay|ok|alright|great|perfect|noted|i see|yes|no|no problem|great news|good news)\b[^a-z]{0,3}(?:\w+[.!, ]*){0,3}$",
    r"^\W*(?:i|we)(?:'d| would)? (?:be |am |are )?(?:happy|glad|pleased|delighted) to (?:help|assist|hear)\b",
    r"\b(?:safe travels|take care|goodbye|bye)\b",
    r"\b(?:it was|it's|its) (?:a |my |our )?pleasure\b",
    r"\bthank you for (?:the|your|providing|sharing|confirming|choosing|that|clarif|being)\b",
    r"\b(?:i|we) (?:can|will|would|'ll|'d)?(?: be)?(?: \w+)? (?:able )?(?:to )?(?:help|assist) (?:you )?(?:with|further)\b",
)
_PROMISE_EMPTY = _any(
    r"\b(?:do|doing|try|trying) (?:my|our|everything|all)\b.*\b(?:best|can|power|possible)|\b(?:everything|all) in (?:my|our) power",
    r"\bas (?:soon|quickly|fast) as possible\b",
    r"\b(?:team|department)\b.*\b(?:working|investigating|looking)\b",
    r"\btop priority|highest priority|utmost (?:priority|importance)",
    r"\bshortly\b|\bsoon\b|\bpromptly\b",
)
_ANSWER = _any(
    r"\b(?:is|are|was|were|isn't|aren't|can't|cannot|costs?|takes?|means?|includes?|allows?|applies|requires?|will take|depends|offers?|shows?|indicates?|has|have|does|doesn't|unable|not (?:possible|eligible|available|able)|policy|because|due to)\b",
)
_FOUND = _any(
    r"\b(?:i|we) (?:can |do )?(?:see|found|find|checked|have checked|have reviewed|have verified|confirm)\b",
    r"\b(?:according to|based on|per) (?:our|the|my|your)\b",
    r"\b(?:record|system|account|tracking|status)\w* (?:shows?|indicates?|says?)\b",
    r"\bit (?:appears|seems|looks)\b",
    r"\bi(?:'ve| have) (?:found|located|checked|reviewed|verified)\b",
)


_CONTACT = re.compile(
    r"\b(?:update|inform|contact|call|email|e-mail|get back|reach|notify|let you know|follow up|reply|respond)\b"
)


@lru_cache(maxsize=512)  # asked of one sentence by the features, the facts and the debt
def kind_of_empathy(sentence: str) -> EmpathyKind | None:
    """Which kind of recognition a sentence holds, if any."""
    s = fold(sentence)
    if _EMOTIONAL.search(s):
        return "emotional"
    if _APOLOGY.search(s):
        return "apology"
    if _COGNITIVE.search(s):
        return "cognitive"
    if _REASSURE.search(s):
        return "reassurance"
    return "thanks" if _THANKS_PATIENCE.search(s) else None


@lru_cache(maxsize=512)  # our earlier turns were drafts a moment ago
def move_of(sentence: str) -> Move:
    """The one move that a sentence makes."""
    s = fold(sentence)
    recognises = kind_of_empathy(s) is not None
    if (
        _WAIT.search(s)
        and "?" not in s.replace("moment, please?", "")
        and not _ASK_FACT.search(_WAIT.sub(" ", s))
    ):
        return "vague_commit"
    if move := _asking(s):
        return move
    if (
        _HANDOFF.search(s)
        and not re.search(r"\bbefore (?:i|we)\b", s)
        and not (recognises and _WEAK_ACT.search(s) and not _TIME.search(s))
    ):
        return "handoff" if not re.search(r"\b(?:can|could) (?:contact|reach|call)\b", s) else "instruct"
    if move := _acting(s):
        return move
    if move := _telling(s, recognises):
        return move
    return "empathy" if recognises else "filler"


def _asking(s: str) -> Move | None:
    if _CLOSING.search(s) and not _ASK_FACT.search(s):
        return "filler"
    if _OFFER.search(s) and not (_WEAK_MAIN.search(s) and "?" not in s):
        return "offer"
    return "ask" if _ASK.search(s) else None


def _acting(s: str) -> Move | None:  # noqa: PLR0911 - one return a reading
    if _WEAK_MAIN.search(s) and not (_TIME.search(s) and _CONTACT.search(s)):
        return (
            "answer" if _FOUND.search(s) and not _WILL.search(s) and not _DOING.search(s) else "vague_commit"
        )
    if (
        _DONE.search(s)
        and not _WILL.search(s)
        and not re.search(r"\bshould have\b|\bscheduled for delivery\b", s)
    ):
        return (
            "action_done"
            if _STRONG_ACT.search(s)
            else ("vague_commit" if _WEAK_ACT.search(s) and not _FOUND.search(s) else "answer")
        )
    if not (_WILL.search(s) or _BE_DONE.search(s) or _DOING.search(s)):
        return None
    strong = _STRONG_ACT.search(s) is not None
    weak_only = _WEAK_ACT.search(s) is not None and not strong
    if _TIME.search(s) and (strong or _BE_DONE.search(s)):
        return "action_commit"
    if weak_only or _PROMISE_EMPTY.search(s):
        return "vague_commit"
    if strong and (
        _TRIGGER.search(s)
        or AMOUNT.search(s)
        or _BE_DONE.search(s)
        or re.search(r"\b(?:full refund|replacement|return label|tracking|discount)\b", s)
    ):
        return "action_commit"
    return "vague_commit"


def _telling(s: str, recognises: bool) -> Move | None:  # noqa: PLR0911 - one return a reading
    if _GENERIC_ELSEWHERE.search(s):
        return "deflect"
    if _FILLER.search(s):
        return "empathy" if recognises and _APOLOGY.search(s) else "filler"
    if _INSTRUCT.search(s) and not recognises:
        return "instruct"
    if _PROMISE_EMPTY.search(s) and not _FOUND.search(s):
        return "vague_commit"
    if _ASSURES.search(s):
        return "empathy"
    if recognises:
        fact = re.search(r"\b(?:but|however|unfortunately|because|due to|since)\b", s) and (
            _FOUND.search(s)
            or DATE.search(s)
            or re.search(r"\b(?:can't|cannot|unable|not (?:possible|eligible|available))\b", s)
        )
        return "answer" if fact else "empathy"
    return "answer" if _ANSWER.search(s) or _FOUND.search(s) or len(s.split()) > 8 else None
