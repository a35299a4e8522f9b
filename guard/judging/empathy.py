"""Which kind of recognition a sentence holds, by its form: feeling or fault, in words."""

import re
from functools import lru_cache
from re import Pattern

from guard.assessment import EmpathyKind
from guard.text import at_word, fold


def _any(*forms: str) -> Pattern[str]:
    return re.compile(at_word(*forms))


_APOLOGY = _any(
    r"(?:apologi[sz]e|apolog(?:y|ies)|regret)\b",
    r"(?:so|very|truly|really|deeply|i'?m|i am|we'?re|we are)?\s*sorry\b",
    r"forgive us\b",
)
_COGNITIVE = _any(
    r"(?:i|we)\s+(?:\w+\s+){0,2}(?:understand|see|get|reali[sz]e|recogni[sz]e|acknowledge|appreciate|hear|recogni[sz]e)\b"
    r"(?=.*\b(?:frustrat|concern|disappoint|inconvenien|upset|urgen|worr|difficult|situation|feel|how|why|anger|annoy|"
    r"stress|position|importan|your|you're|you are|this|that)\w*)",
    r"(?:completely|totally|absolutely|perfectly|fully) understand",
    r"^(?:i|we) understand\b(?!.*\?)",
    r"(?:this|that|it) (?:is|must be|must have been|sounds|can be) (?:\w+ ){0,2}(?:frustrat|unacceptable|disappoint|upset|difficult|stress|awful|terrible|not acceptable)",
    r"you(?:'re| are) (?:absolutely |completely |totally )?right\b",
    r"your (?:frustration|concern|disappointment|anger|feelings?)s? (?:is|are) (?:\w+ )?(?:valid|understandable|justified|important)",
    r"(?:not|isn't) the (?:experience|service|standard|level)",
    r"put(?:ting)? myself in your",
)
_EMOTIONAL = _any(
    r"(?:my|our|heartfelt|deepest) (?:\w+ )?(?:condolences|sympath)",
    r"i feel (?:terrible|awful|bad|for you)",
    r"sorry for your loss",
    r"(?:saddened|heartbreaking|dishearten)",
    r"hear(?:ing)? (?:this|that|about)\b.*\b(?:sad|hard|break)",
)
_REASSURE = _any(
    r"rest assured\b",
    r"(?:please )?(?:don't|do not) (?:worry|be alarmed)",
    r"i(?:'m| am) here (?:for you|to (?:help|assist|support))",
    r"we(?:'re| are) here (?:for you|to (?:help|assist|support))",
    r"you(?:'re| are) in (?:good|safe) hands",
    r"(?:value|care about) (?:you|your|our)\b",
    r"your (?:satisfaction|trust|experience|business) (?:is|means)",
)
_THANKS_PATIENCE = _any(
    r"thank(?:s| you)\b.*\b(?:patien|understanding|bearing|waiting|time|cooperation|feedback|bringing|letting|informing|reaching|contacting)",
    r"(?:appreciate|grateful for)\b.*\b(?:patien|understanding|feedback|bringing|time|cooperation)",
)


@lru_cache(maxsize=512)  # our earlier replies were drafts a moment ago
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
