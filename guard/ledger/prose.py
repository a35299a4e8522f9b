"""What words say of how a call went: a state, a sentence, a message."""

import re
from functools import lru_cache
from typing import Literal

from guard.ledger.acts import ACTS, MONEY, acts_of_verb, plain_form
from guard.ledger.fields import tokens
from guard.text import words

Result = Literal["worked", "failed", "waiting", "pending", "silent", "unclear"]

_PROSE = 3
"""Words from which a text is a statement: one that speaks of no success shows none."""
FLAGS = words(
    "ok success successful succeeded done completed processed applied approved accepted acknowledged "
    "confirmed released created updated issued executed eligible allowed permitted valid authorized "
    "authorised"
)
# Words of failure. The strong ones settle it; beside a success the weak ones leave it open.
_STRONG = re.compile(
    r"\b(?:errors?|exception|traceback|fatal|fail(?:ed|ure|s|ing)?|unsuccessful|denied|declined|declines?|refusal|denial|rejection|rejected|refused|bounced|"
    r"unauthori[sz]ed|forbidden|time(?:d)?[ _-]?out|aborted|blocked|sold out|fully booked|(?:already )?taken|occupied|unsupported|mismatch|unreachable|ineligible|http(?:/[\d.]+)? ?[45]\d\d)\b"
    r"|^\W*[45]\d\d(?:\W*$|[\s:-]+(?:bad|not|conflict|forbidden|unauthori[sz]ed|gone|internal|service|gateway|upstream|payment|too|error|unprocessable|time))"
)
_WEAK = re.compile(
    r"\b(?:not|n't|no|never|cannot|can't|couldn't|unable|nope|insufficient|invalid|exceed(?:ed|s)|expired|closed|missing|unavailable|"
    r"conflict|incomplete|partial(?:ly)?|void(?:ed)?|ineligible|impossible|unknown|sorry|nothing|unprocessed)\b|n't\b|\bnot_|\bno_"
)
_CANCELLED = re.compile(r"\bcancell?ed\b")
_WAITS = re.compile(
    r"\b(?:await\w*|on hold|draft(?:ed)?|waitlist\w*|are you sure|confirm with|confirmation required|needs?|requires?|pending (?:\w+ )*(?:approv\w*|review|auth\w*)|(?:for|under) (?:approval|review)|approval)\b"
)
_TAKES_TIME = re.compile(r"\b(?:pending|queued|waiting|processing|in progress|scheduled|submitted)\b")
_GOOD = re.compile(
    r"\b(?:ok|okay|success(?:ful(?:ly)?)?|succeeded|done|completed?|processed|confirmed|approved|accepted|applied|created|stored|saved|added|issued|updated|registered|subscribed|enrolled|true)\b"
)
_LONGEST_STATE = 200
_STANDING = re.compile(
    r"\b(?:active|open(?:ed)?|posted|paid|sent|delivered|settled|captured|ready|set|placed|ordered|made|received|recorded|assigned|live|finished|final|closed|in effect|en route|fulfilled|transferred|deposited|returned|full|new|yes|on)\b"
)
"""States that things are in when something came about."""
_ENDED = re.compile(r"\b(?:inactive|off|ended|stopped|removed|withdrawn|archived|gone)\b")
_DENIES = re.compile(r"(?:\b(?:not|no|never|cannot|without)\b|n't\b)(?:\W+\w+){0,3}\W*$")


def of_state(value: str, acts: frozenset[str]) -> Result:
    """A word, or an HTTP status."""
    if re.fullmatch(r"-\d+", value.strip(), re.ASCII):
        return "failed"  # what programmes return for an error
    if re.fullmatch(r"\d+(?:\.0)?", value.strip(), re.ASCII):
        return "failed" if re.fullmatch(r"[45]\d\d(?:\.0)?", value.strip(), re.ASCII) else "worked"
    return of_text(value.replace("_", " "), acts)


def of_text(text: str, acts: frozenset[str]) -> Result:
    """A statement about a call that does `acts`: success, failure, or something that has yet to happen."""
    told = text[:2000].strip().lower()
    if not told:
        return "silent"
    good = any(not _DENIES.search(told[max(0, m.start() - 40) : m.start()]) for m in _good(told, acts))
    bad = [m.group() for m in _STRONG.finditer(told) if not _excused(m.group(), acts)]
    weak = [m.group() for m in _WEAK.finditer(told) if not _excused(m.group(), acts)]
    if bad and not _no_failure(told):
        return "failed"
    if acts and "cancel" not in acts and _CANCELLED.search(told):
        weak.append("cancelled")
    if weak:
        first = re.split(r"[.!\n]\s", told, maxsplit=1)[0]
        settled = not bad and first != told and not _WEAK.search(first) and of_text(first, acts) == "worked"
        return "worked" if settled and _good(first, acts) else "unclear" if good else "failed"
    if _WAITS.search(told) and "stop" not in acts:
        return "waiting"
    if _TAKES_TIME.search(told) and not re.search(r"\(\w+ \w+ed\)", told):
        set_going = {"send", "contact", "hand over", "open"}
        dated = {"change", "book", "cancel", "unlock"} if "scheduled" in told else set()
        edited = "change" in acts and not acts & MONEY  # the state is that of the order
        ends_later = "cancel" in acts and re.search(r"\bpending[ _]cancel", told) is not None
        return "worked" if edited or ends_later or acts & (set_going | dated) else "pending"
    return "worked" if good or len(told.split()) < _PROSE else "unclear"


def speaks_of_failure(text: str) -> bool:
    """It begins with strong words of failure, and does not deny them."""
    told = text.lower()
    return _STRONG.search(told[:200]) is not None and not _no_failure(told)


def is_strange(value: str, acts: frozenset[str]) -> bool:
    """A state that speaks neither of success nor of failure, nor of what the call does: "skipped"."""
    told = value[:_LONGEST_STATE].replace("_", " ").strip().lower()
    known = _TAKES_TIME.search(told) or _STANDING.search(told) or re.search(r"\d", told)
    ended = acts & {"cancel", "stop"} and _ENDED.search(told)
    named = known or ended or _good(told, acts) or any(_tells_of(w, acts) for w in told.split())
    return bool(told) and not named and of_text(told, acts) == "worked"


@lru_cache(maxsize=1024)
def names_act(word: str, acts: frozenset[str]) -> bool:
    """The word begins as tools of these acts are called."""
    return any(word.startswith(tool) for act in acts for tool in ACTS[act].tools.split() if len(tool) > 3)


def _good(told: str, acts: frozenset[str]) -> list[re.Match[str]]:
    """Words of success, and the past forms of what the tool does."""
    own = [re.finditer(rf"\b(?:{ACTS[act].past})\b", told) for act in acts]
    return [*_GOOD.finditer(told), *(m for found in own for m in found)]


def _no_failure(told: str) -> bool:
    return re.search(r"\b(?:no|without|0) (?:errors?|failures?|exceptions?)\b", told) is not None


def _excused(word: str, acts: frozenset[str]) -> bool:
    """A word that sounds like failure and is what the tool does: a card that was to be blocked is blocked."""
    return any(names_act(part, acts) for part in tokens(word)) or any(
        re.fullmatch(ACTS[a].past, word) for a in acts
    )


def _tells_of(word: str, acts: frozenset[str]) -> bool:
    """A word of success, or a form of what the call does: "held" of a hold."""
    return word in FLAGS or names_act(word, acts) or bool(acts_of_verb(plain_form(word)) & acts)
