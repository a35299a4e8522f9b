"""What is wrong, as customers tell it and as authorities name it: something is faulty, missing, wrong, late or charged twice."""

import re

_NOT = r"(?:(?:is|was|are|were|has|have|had|did|do|does)(?: not|n't)|\w+n't|not|never)"
_BROKEN = (
    r"damag\w*|broke\w*|defect\w*|fault(?:s|y)?|crack\w*|smash\w*|dent(?:s|ed)?|scratch\w*|scuff\w*|torn|ripped|leak\w*|shatter\w*|chip(?:s|ped)?"
    r"|snapped|bent"
)
_DENIED = re.compile(
    rf"(?:\bnot|n't|\bnever|\bno longer|\bnothing(?: is|'s| was)?)(?: been| even| really| actually| at all)* (?:{_BROKEN}|missing|lost|wrong|late|delayed|overdue)\b"
)
"""Nobody complains of that: "it isn't broken"."""
_FORMS = {
    "faulty": re.compile(
        rf"\b(?:{_BROKEN}|holes?|dead|jammed|in (?:\w+ )?(?:pieces|bits|halves|half|two)|(?:fell|came) (?:apart|off)"
        rf"|{_NOT} (?:work|start|turn|charg|switch|clos|open)\w*|stopped working)\b"
    ),
    "missing": re.compile(
        r"\b(?:missing|lost|left out|forgotten|no sign of|nowhere"
        rf"|{_NOT} (?:yet |been )?(?:there|here|come|came|arriv\w*|includ\w*|turn\w* up|deliver\w*|receiv\w*|got|in (?:the|my|it)))\b"
    ),
    "wrong": re.compile(
        r"\b(?:wrong|mistaken|mix(?:ed)?[- ]up|instead of (?:the|a)|not (?:the one|what) (?:i|we) (?:ordered|bought|wanted|chose))\b"
    ),
    "late": re.compile(r"\b(?:late|later than|delay\w*|overdue|still waiting|held up|behind schedule)\b"),
    "twice": re.compile(
        r"\b(?:twice|doubl\w*|duplicate\w*|two (?:charges|payments|debits)|(?:a|the) second (?:charge|payment|debit))\b"
    ),
}
_FAULTY_THING = re.compile(
    r"\b(?:damaged|broken|defective|faulty|cracked|torn|shattered|dead|not working|(?:doesn't|don't) work)\b"
)


def troubles(told: str) -> frozenset[str]:
    """What is wrong, in a folded text of the customer."""
    plain = _DENIED.sub(" ", told)
    return frozenset(name for name, form in _FORMS.items() if form.search(plain))


def for_trouble(says: str) -> frozenset[str]:
    """What must be wrong for an action to be the right one, in its own folded words; a leak is a thing, and "leaking" a state."""
    found = troubles(says) - {"faulty"}
    return found | {"faulty"} if _FAULTY_THING.search(says) else found
