"""Whether a tool's result says that the call worked.

Fields at the top are read first; prose only where there are none. What waits for somebody's decision has not been
done; what merely takes time is `pending`; a result that says nothing is `silent`.
"""

import ast
import json
import re
from functools import lru_cache
from typing import Literal

from guard.ledger.acts import ACTS, MONEY
from guard.records import Json
from guard.text import words

Result = Literal["worked", "failed", "waiting", "pending", "silent", "unclear"]

_PROSE = 3
"""Words from which a text is a statement: one that speaks of no success shows none."""
_LONGEST_LITERAL = 20_000
"""Characters of a Python literal that is worth parsing."""
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ERROR_KEY = words("error errors err exception exceptions fault faults failure failures")
_FLAG_KEY = words(
    "ok success successful succeeded done completed processed applied approved accepted acknowledged "
    "confirmed released created updated issued executed eligible allowed permitted valid authorized "
    "authorised"
)
_STATE_KEY = words("status state result outcome delivery code statuscode httpstatus")
_TEXT_KEY = words("message msg detail details reason description info note")
_WRAPPER = words("result data response output content body")
_EARLIER = words("previous before old prior history earlier")
_CUT = re.compile(r"^\s*[\[{]\s*[\[{]?\s*['\"]\w+['\"]\s*:")
_CUT_ERROR = re.compile(
    r"['\"](?:error|errors|exception)['\"]\s*:\s*(?!null|None|false|False|['\"]{2}|\[\]|\{\})"
)
_CUT_STATE = re.compile(r"['\"](?:status|state)['\"]\s*:\s*['\"](\w+)['\"]")
_PART_KEY = words("failed rejected skipped declined")
_DID = words("modified updated affected changed")
_TURNED_DOWN = words("rejected declined denied failed refused")
_DRY = words("dryrun test simulated simulation preview")
_EMPTY = frozenset(["", "none", "null", "false", "no", "0", "ok", "n/a", "success"])
_NO = frozenset(["", "none", "null", "false", "no", "0", "off"])
# Words of failure. The strong ones settle it; beside a success the weak ones leave it open.
_STRONG = re.compile(
    r"\b(?:errors?|exception|traceback|fatal|fail(?:ed|ure|s|ing)?|unsuccessful|denied|declined|rejected|refused|bounced|"
    r"unauthori[sz]ed|forbidden|time(?:d)?[ _-]?out|aborted|blocked|http(?:/[\d.]+)? ?[45]\d\d)\b"
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
_TAKES_TIME = re.compile(r"\b(?:pending|queued|processing|in progress|scheduled|submitted)\b")
_GOOD = re.compile(
    r"\b(?:ok|okay|success(?:ful(?:ly)?)?|succeeded|done|completed?|processed|confirmed|approved|accepted|applied|created|stored|saved|added|issued|updated|registered|subscribed|enrolled|true)\b"
)
_DENIES = re.compile(r"(?:\b(?:not|no|never|cannot|without)\b|n't\b)(?:\W+\w+){0,3}\W*$")


def outcome(result: str, acts: frozenset[str]) -> Result:
    """What a result says of a call that does `acts`: "cancelled" is good news from a cancellation only.

    A call that only reads is asked by `looked`: the states in a record are the thing's, not the call's.
    """
    acts = frozenset(acts & ACTS.keys())
    value = _unwrapped(parsed(result))
    if isinstance(value, list) and (items := [v for v in value if isinstance(v, dict)]):
        return min((_of_fields(item, acts) for item in items), key=_WORST.index)
    if isinstance(value, dict):
        return _of_fields(value, acts)
    if isinstance(value, bool):
        return "worked" if value else "failed"
    if value is None or value in ("", [], {}):
        return "silent"
    if isinstance(value, str) and value.lstrip()[:1] in "{[" and _CUT.search(value):
        return _of_cut(value, acts)
    return _of_text(str(value) if isinstance(value, str | int | float) else result, acts)


def is_cut(result: str) -> bool:
    """JSON whose end is missing: what it does not hold may have stood in the rest."""
    return result.lstrip()[:1] in ("{", "[") and isinstance(parsed(result), str)


def _of_cut(text: str, acts: frozenset[str]) -> Result:
    """JSON that somebody has cut short: its first error or state counts; a record without either is a record."""
    if _CUT_ERROR.search(text):
        return "failed"
    state = _CUT_STATE.search(text)
    return _of_state(state[1], acts) if state else "worked"


def _unwrapped(value: Json) -> Json:
    """What a tool protocol wraps: texts as `[{"type": "text", "text": …}]`, JSON as a text under `body`."""
    wrapped = isinstance(value, dict) and "content" in value and "status" not in value
    parts = value["content"] if isinstance(value, dict) and wrapped else value
    if (
        isinstance(parts, list)
        and parts
        and all(isinstance(p, dict) and isinstance(p.get("text"), str) for p in parts)
    ):
        texts = [str(p["text"]) for p in parts if isinstance(p, dict)]
        if isinstance(value, dict) and value.get("isError") is True:
            return {"error": texts[0]}
        return _unwrapped(parsed(texts[0])) if len(texts) == 1 else "\n".join(texts)
    if isinstance(value, dict):
        return {
            k: parsed(v) if k in _WRAPPER and isinstance(v, str) and v[:1] in "{[" else v
            for k, v in value.items()
        }
    return value


def looked(result: str) -> Result:
    """What a result says of a call that only reads: the states in it are the thing's, only an error is the call's."""
    value = _unwrapped(parsed(result))
    if isinstance(value, dict):
        wrong = any(
            (_ERROR_KEY.intersection(tokens(k)) and not _says_no(v, _EMPTY))
            or (k.lower() in ("ok", "success") and v is False)
            for k, v in value.items()
        )
        code = next(
            (str(v) for k, v in value.items() if "".join(tokens(k)) in ("status", "statuscode", "code")), ""
        )
        wrong = wrong or re.fullmatch(r"[45]\d\d|error|not_found", code) is not None
        return "failed" if wrong or _inner_failure("", value) else "worked" if value else "silent"
    if value is None or value in ("", [], {}):
        return "silent"
    text = str(value).lower()
    return (
        "failed"
        if isinstance(value, str) and _STRONG.search(text[:200]) and not _no_failure(text)
        else "worked"
    )


def is_dry(fields: dict[str, Json]) -> bool:
    """Only tried out: `dry_run: true`."""
    return any("".join(tokens(key)) in _DRY and value is True for key, value in fields.items())


def parsed(text: str) -> Json:
    """JSON, or a Python literal as careless tools print it; other text is a string. "null" and "" are None."""
    stripped = text.strip()
    if not stripped or stripped in ("null", "None"):
        return None
    try:
        value: Json = json.loads(stripped)
    except (ValueError, RecursionError):
        return _literal(stripped)
    return value


@lru_cache(maxsize=1024)
def tokens(name: str) -> tuple[str, ...]:
    """Words of a field's or a tool's name: "issueRefund", "issue_refund" and "crm.issue-refund" alike."""
    return tuple(t.lower() for t in _TOKEN.findall(name))


def _literal(text: str) -> Json:
    if text in ("True", "False"):
        return text == "True"
    if text[0] not in "{[" or len(text) > _LONGEST_LITERAL:
        return text
    try:
        value: Json = json.loads(json.dumps(ast.literal_eval(text), default=str))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    return value


def _of_fields(fields: dict[str, Json], acts: frozenset[str]) -> Result:
    """Errors first, then flags, then states, nested ones too, then what a message says.

    A record with none of these, say `{"refund_id": "R1", "amount": 40}`, is what tools answer that did their work.
    """
    if not fields:
        return "silent"
    if any(_fails(key, value, acts) for key, value in fields.items()):
        return "failed"
    own = [
        s for key, value in fields.items() if not isinstance(value, dict) for s in _states(key, value, acts)
    ]
    inner = [s for key, value in fields.items() if isinstance(value, dict) for s in _states(key, value, acts)]
    # "cancelled" at the top outranks a refund inside that is still pending; a failure inside does not wait
    states = own if own and "failed" not in inner else own + inner
    if states:
        return min(states, key=_WORST.index)
    flagged = any(value is True and _FLAG_KEY.intersection(tokens(key)) for key, value in fields.items())
    record = not acts and any(k.lower() not in _TEXT_KEY and v for k, v in fields.items())
    if flagged or record:
        return "worked"
    told = [_of_text(v, acts) for k, v in fields.items() if k.lower() in _TEXT_KEY and isinstance(v, str)]
    return min(told, key=_WORST.index, default="worked")


def _fails(key: str, value: Json, acts: frozenset[str]) -> bool:
    """This field alone says that the call did not do it."""
    words = tokens(key)
    joined = "".join(words)
    ends = acts & {"cancel", "stop"}  # what was ended is false now: `auto_renew: false`
    if is_dry({key: value}) or (_ERROR_KEY.intersection(words) and not _says_no(value, _EMPTY)):
        return True
    act = len(words) == 1 and _names(words[0], ends or acts)  # `refunded`, `refund`; not `refund_note`
    if (act or _FLAG_KEY.intersection(words)) and _says_no(value, _NO):
        return True
    return _is_negative(words, value, acts) or _inner_failure(joined, value)


def _states(key: str, value: Json, acts: frozenset[str]) -> list[Result]:
    """What a field says of how far it has come."""
    words = tokens(key)
    joined = "".join(words)
    if joined == "requiresconfirmation" and value is True:
        return ["waiting"]
    if _PART_KEY.intersection(words) and isinstance(value, list) and value:
        return ["unclear"]  # some of it was done, some was not
    if _is_state(words, value):
        return [_of_state(str(value), acts)]
    if not isinstance(value, dict) or joined in _EARLIER:
        return []
    return [_of_fields(value, acts)] if joined in _WRAPPER else _nested_states(value, acts)


def _is_negative(words: tuple[str, ...], value: Json, acts: frozenset[str]) -> bool:
    """Nothing came of it: not sent, not available, nothing modified, rejected."""
    zero = isinstance(value, int | float) and not isinstance(value, bool) and value == 0
    none = value is False or zero
    return (
        (none and "send" in acts and bool({"sent", "delivered"} & set(words)))
        or (none and "book" in acts and "available" in words)
        or (zero and words[-1:] == ("count",) and bool(_DID & set(words)))
        or (zero and words in (("amount",), ("refunded",)) and "refund" in acts)
        or (isinstance(value, str) and value.strip().lower() in _TURNED_DOWN)
    )


def _inner_failure(key: str, value: Json, depth: int = 3) -> bool:
    """An error inside: `{"orderCancel": {"userErrors": […]}}`; what was before is none."""
    if not isinstance(value, dict) or depth == 0 or key in _EARLIER:
        return False
    for inner, content in value.items():
        words = set(tokens(inner))
        if (_ERROR_KEY & words and not _says_no(content, _EMPTY)) or (
            words == {"success"} and content is False
        ):
            return True
        if _inner_failure("".join(tokens(inner)), content, depth - 1):
            return True
    return False


_WORST: tuple[Result, ...] = ("failed", "waiting", "pending", "silent", "unclear", "worked")


def _is_state(words: tuple[str, ...], value: Json) -> bool:
    """`status`, `refund_status`, `paymentState`: the last word of the key counts."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return plain and ("".join(words) in _STATE_KEY or (bool(words) and words[-1] in _STATE_KEY))


def _nested_states(fields: dict[str, Json], acts: frozenset[str]) -> list[Result]:
    """States of the objects inside, one level down: a flag in there is about something else, a state is not."""
    return [_of_state(str(value), acts) for key, value in fields.items() if _is_state(tokens(key), value)]


def _says_no(value: Json, no: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in no
    return value is None or value is False or value == 0 or value in ([], {})


def _of_state(value: str, acts: frozenset[str]) -> Result:
    """A word, or an HTTP status."""
    if re.fullmatch(r"\d+(?:\.0)?", value.strip(), re.ASCII):
        return "failed" if re.fullmatch(r"[45]\d\d(?:\.0)?", value.strip(), re.ASCII) else "worked"
    return _of_text(value.replace("_", " "), acts)


def _of_text(text: str, acts: frozenset[str]) -> Result:
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
        settled = not bad and first != told and not _WEAK.search(first) and _of_text(first, acts) == "worked"
        return "worked" if settled and _good(first, acts) else "unclear" if good else "failed"
    if _WAITS.search(told) and "stop" not in acts:
        return "waiting"
    if _TAKES_TIME.search(told) and not re.search(r"\(\w+ \w+ed\)", told):
        set_going = {"send", "contact", "hand over", "open"}
        dated = {"change", "book", "cancel"} if "scheduled" in told else set()
        edited = "change" in acts and not acts & MONEY  # the state is that of the order
        ends_later = "cancel" in acts and re.search(r"\bpending[ _]cancel", told) is not None
        return "worked" if edited or ends_later or acts & (set_going | dated) else "pending"
    return "worked" if good or len(told.split()) < _PROSE else "unclear"


def _good(told: str, acts: frozenset[str]) -> list[re.Match[str]]:
    """Words of success, and the past forms of what the tool does."""
    own = [re.finditer(rf"\b(?:{ACTS[act].past})\b", told) for act in acts]
    return [*_GOOD.finditer(told), *(m for found in own for m in found)]


def _no_failure(told: str) -> bool:
    return re.search(r"\b(?:no|without|0) (?:errors?|failures?|exceptions?)\b", told) is not None


def _excused(word: str, acts: frozenset[str]) -> bool:
    """A word that sounds like failure and is what the tool does: a card that was to be blocked is blocked."""
    return any(_names(part, acts) for part in tokens(word)) or any(
        re.fullmatch(ACTS[a].past, word) for a in acts
    )


@lru_cache(maxsize=1024)
def _names(word: str, acts: frozenset[str]) -> bool:
    return any(word.startswith(tool) for act in acts for tool in ACTS[act].tools.split() if len(tool) > 3)
