"""Whether a tool's result says that the call worked.

Fields at the top are read first; what words say (`prose`) only where there are none. What waits for somebody's decision has not been
done; what merely takes time is `pending`; a result that says nothing is `silent`.
"""

import ast
import json
import re

from guard.ledger.acts import ACTS, MONEY, NOUN, PAST
from guard.ledger.fields import last_token, tokens
from guard.ledger.prose import FLAGS, Result, is_strange, names_act, of_state, of_text, speaks_of_failure
from guard.records import Json
from guard.text import words

_LONGEST_LITERAL = 20_000
"""Characters of a Python literal that is worth parsing."""
_ERROR_KEY = words("error errors err exception exceptions fault faults failure failures")
_STATE_KEY = words("status state result outcome delivery code statuscode httpstatus")
_CODE_KEY = words("status statuscode code")
_STAGE_KEY = words("status state outcome")
"""Fields whose word is a state and nothing else; a `code` may be a voucher's."""
_TEXT_KEY = words("message msg detail details reason description info note")
_WRAPPER = words("result data response output content body")
_TEXT_WRAPPER = _WRAPPER | {"text"}
_DEEPEST = 20
"""Objects within objects that are read."""
_EARLIER = words("previous before old prior history earlier")
_CUT = re.compile(r"^\s*[\[{]\s*[\[{]?\s*['\"]\w+['\"]\s*:")
_OPENS = re.compile(r"\s*+(?:\{\s*+(?:['\"]|$)|\[\s*+(?:['\"{\[]|$|-?\d+(?:\.\d+)?\s*+(?:,|$)))")
"""The beginning of JSON, and not of a line in a log: "[INFO] Booking confirmed"."""
_CUT_ERROR = re.compile(
    r"['\"](?:error|errors|exception)['\"]\s*:\s*+(?!null|None|false|False|['\"]{2}|\[\]|\{\})"
)
_CUT_STATE = re.compile(r"['\"](?:status|state)['\"]\s*:\s*['\"](\w+)['\"]")
_PART_KEY = words("failed rejected skipped declined")
_DID = words("modified updated affected changed")
_TURNED_DOWN = words("rejected declined denied failed refused")
_DRY = words("dryrun test simulated simulation preview")
_NAME = re.compile(r"(?=[A-Z-]*\d)(?=[\d-]*[A-Z])[A-Z\d-]{4,}")
"""A voucher's code, and no word and no HTTP status."""
_EMPTY = frozenset(["", "none", "null", "false", "no", "0", "ok", "n/a", "success"])
_NO = frozenset(["", "none", "null", "false", "no", "0", "off"])


def outcome(result: str, acts: frozenset[str]) -> Result:
    """What a result says of a call that does `acts`: "cancelled" is good news from a cancellation only.

    A call that only reads is asked by `looked`: the states in a record are the thing's, not the call's.
    """
    acts = frozenset(acts & ACTS.keys())
    value = _unwrapped(parsed(result))
    if items := _records(value):
        return _of_records(items, acts)
    if isinstance(value, dict):
        return _of_fields(value, acts)
    if isinstance(value, bool):
        return "worked" if value else "failed"
    if value is None or value in ("", [], {}):
        return "silent"
    return _of_string(str(value) if isinstance(value, str | int | float) else result, acts)


def is_cut(result: str) -> bool:
    """JSON whose end is missing: what it does not hold may have stood in the rest."""
    return _OPENS.match(result) is not None and isinstance(parsed(result), str)


def _records(value: Json) -> list[dict[str, Json]]:
    """The objects of a list."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _of_records(items: list[dict[str, Json]], acts: frozenset[str], depth: int = _DEEPEST) -> Result:
    """The worst of several: what failed for one was not done for all."""
    return min((_of_fields(item, acts, depth) for item in items), key=_WORST.index)


def _of_string(text: str, acts: frozenset[str]) -> Result:
    return (
        _of_cut(text, acts) if text.lstrip()[:1] in ("{", "[") and _CUT.search(text) else of_text(text, acts)
    )


def _of_cut(text: str, acts: frozenset[str]) -> Result:
    """JSON that somebody has cut short: its first error or state counts; a record without either is a record."""
    if _CUT_ERROR.search(text):
        return "failed"
    state = _CUT_STATE.search(text)
    return of_state(state[1], acts) if state else "worked"


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
    if value is None or value in ("", [], {}):
        return "silent"
    if items := [value] if isinstance(value, dict) else _records(value):
        return "failed" if all(map(_found_nothing, items)) else "worked"
    return "failed" if isinstance(value, str) and speaks_of_failure(value) else "worked"


def _found_nothing(fields: dict[str, Json]) -> bool:
    """The answer to a lookup is an error."""
    return (
        any(
            (_ERROR_KEY.intersection(tokens(k)) and not _says_no(v, _EMPTY))
            or (k.lower() in ("ok", "success") and v is False)
            or ("".join(tokens(k)) in _CODE_KEY and re.fullmatch(r"[45]\d\d|error|not_found", str(v)))
            for k, v in fields.items()
        )
        or any(map(speaks_of_failure, _enclosed(fields)))
        or _inner_failure("", fields)
    )


def _enclosed(fields: dict[str, Json]) -> tuple[str, ...]:
    """Texts of an envelope: an object of nothing but wrappers, states and flags. Elsewhere such texts are data."""
    texts = tuple(v for k, v in fields.items() if k.lower() in _TEXT_WRAPPER and isinstance(v, str) and v)
    bare = texts and all(
        k.lower() in _TEXT_WRAPPER or _is_state(tokens(k), v) or isinstance(v, bool | dict | None)
        for k, v in fields.items()
    )
    return texts if bare else ()


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


def _of_fields(fields: dict[str, Json], acts: frozenset[str], depth: int = _DEEPEST) -> Result:
    """Errors first, then states, nested ones too, then flags, then what a message says.

    A record with none of these, say `{"refund_id": "R1", "amount": 40}`, is what tools answer that did their work,
    unless it is in a state that nobody knows: `{"status": "skipped"}` shows no refund.
    """
    if not fields:
        return "silent"
    sent = acts & {"send", "contact"} and len(fields) > 1  # the text is then what was sent
    enclosed = [] if sent else [_of_string(text, acts) for text in _enclosed(fields)]
    if "failed" in enclosed or any(_fails(key, value, acts) for key, value in fields.items()):
        return "failed"
    own = [
        s
        for key, value in fields.items()
        if not isinstance(value, dict | list)
        for s in _states(key, value, acts, depth)
    ]
    inner = [
        s
        for key, value in fields.items()
        if isinstance(value, dict | list)
        for s in _states(key, value, acts, depth)
    ]
    # "cancelled" at the top outranks a refund inside that is still pending; a failure inside does not wait
    states = own if own and "failed" not in inner else own + inner
    if states:
        return min(states, key=_WORST.index)
    flagged = any(value is True and FLAGS.intersection(tokens(key)) for key, value in fields.items())
    record = not acts and any(k.lower() not in _TEXT_KEY | _TEXT_WRAPPER and v for k, v in fields.items())
    if flagged or record:
        return "worked"
    told = [of_text(v, acts) for k, v in fields.items() if k.lower() in _TEXT_KEY and isinstance(v, str)]
    strange = any(_is_strange(key, value, acts) for key, value in fields.items())
    return min(told + enclosed, key=_WORST.index, default="unclear" if strange else "worked")


def _fails(key: str, value: Json, acts: frozenset[str]) -> bool:
    """This field alone says that the call did not do it."""
    words = tokens(key)
    joined = "".join(words)
    if _EARLIER.intersection(words):
        return False
    ends = acts & {"cancel", "stop"}  # what was ended is false now: `auto_renew: false`
    if is_dry({key: value}) or (_ERROR_KEY.intersection(words) and not _says_no(value, _EMPTY)):
        return True
    act = len(words) == 1 and _tells_the_act(words[0], value, ends or acts)
    if (act or FLAGS.intersection(words)) and _says_no(value, _NO):
        return True
    return _is_negative(words, value, acts) or _inner_failure(joined, value)


def _tells_the_act(word: str, value: Json, acts: frozenset[str]) -> bool:
    """`refunded` and `refund` say whether it was done, and so does `cancel: false`. An empty `label` or `credit` is a thing
    that there is not; a `refund_note` is another matter.
    """
    if any(NOUN[act].fullmatch(word) or PAST[act].fullmatch(word) for act in acts):
        return True
    answers = value is False or (isinstance(value, str) and bool(value.strip()))
    return (answers or word.endswith("ed")) and names_act(word, acts)


def _states(key: str, value: Json, acts: frozenset[str], depth: int) -> list[Result]:
    """What a field says of how far it has come."""
    words = tokens(key)
    if depth == 0 or _EARLIER.intersection(words):
        return []
    if "".join(words) == "requiresconfirmation" and value is True:
        return ["waiting"]
    if _PART_KEY.intersection(words) and isinstance(value, list) and value:
        return ["unclear"]  # some of it was done, some was not
    if _is_state(words, value):
        return [] if _is_strange(key, value, acts) else [of_state(str(value), acts)]
    return _states_inside(key, value, acts, depth - 1)


def _states_inside(key: str, value: Json, acts: frozenset[str], depth: int) -> list[Result]:
    if (items := _records(value)) and _is_of_the_call(key, acts):
        return [_of_records(items, acts, depth)]
    if not isinstance(value, dict):
        return []
    return (
        [_of_fields(value, acts, depth)] if "".join(tokens(key)) in _WRAPPER else _nested_states(value, acts)
    )


def _is_of_the_call(key: str, acts: frozenset[str]) -> bool:
    """A list that tells how the call went: `results`, or the `refunds` of a refund; what else is listed has its own states."""
    last = last_token(key)
    return (
        last in _WRAPPER
        or last.removesuffix("s") in _WRAPPER
        or any(NOUN[act].fullmatch(last) for act in acts)
    )


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
    """`status`, `refund_status`, `paymentState`: the last word of the key counts. A `code` that is a name, SORRY-A1, is none."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    if words[-1:] == ("code",) and isinstance(value, str) and _NAME.fullmatch(value):
        return False
    return plain and ("".join(words) in _STATE_KEY or (bool(words) and words[-1] in _STATE_KEY))


def _nested_states(fields: dict[str, Json], acts: frozenset[str]) -> list[Result]:
    """States of the objects inside, one level down: a flag in there is about something else, a state is not."""
    return [
        of_state(str(value), acts)
        for key, value in fields.items()
        if _is_state(tokens(key), value) and not _is_strange(key, value, acts)
    ]


def _says_no(value: Json, no: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in no
    return value is None or value is False or value == 0 or value in ([], {})


def _is_strange(key: str, value: Json, acts: frozenset[str]) -> bool:
    """A word for a state that speaks neither of success nor of what the call does. What was changed or opened is a
    thing with states of its own.
    """
    of_a_thing = acts & {"change", "open", "hand over"} and not acts & MONEY
    if last_token(key) not in _STAGE_KEY or not isinstance(value, str) or of_a_thing:
        return False
    return is_strange(value, acts)
