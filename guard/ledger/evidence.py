"""What a tool call really shows. Its result outranks its arguments: asking for a change is not the change."""

import re
from dataclasses import dataclass, replace

from guard.case import ToolCall
from guard.ledger.acts import ACTS, MONEY, NOUN, PAST, plain_form
from guard.ledger.fields import last_token, texts_of, tokens, walk
from guard.ledger.prose import Result
from guard.ledger.results import is_dry, looked, outcome, parsed
from guard.ledger.tools import named_acts, opposites, reads_only, refused, undone
from guard.orders import without_orders
from guard.records import Json
from guard.text import content, fold, words

_TALKS = frozenset({"send", "contact", "hand over", "open"})
_GENERAL = words("policy policies faq kb knowledge terms article articles help rules guide docs")
_ENUM_KEY = words("status state type action kind operation mode resolution")
_ANY_ACT = re.compile("|".join(form.pattern for forms in (PAST, NOUN) for form in forms.values()))
ID_KEY = words("id ids number no code ref reference key sku")
_THING_KEY = words(
    "service product item items address street city plan addon subscription name email destination seat room size colour "
    "color title package device class type provider recipient driver guest student user merchant"
)
MANNER_KEY = words(
    "status state reason note notes message comment comments channel action operation method currency language priority mode "
    "format resolution by source category kind level frequency period unit day month time timezone order booking account "
    "customer reply text body subject query question"
)
"""Fields that say how, why and for whom, and not what."""
_PLAIN_WORDS = re.compile(r"[a-z]+(?: [a-z]+){1,3}")
"""Two to four words as a dictionary has them: a description, no product's name."""
_LONGEST_NAME = 8
"""Words above which a value is no name of a thing."""
_SETTLED = words("issued paid settled completed complete processed succeeded sent finished done")
_OF_A_DEED = words("at on date by to since time amount cents total via from with day until through")
"""What may follow a participle in a key that tells a deed."""
_STAGE = words("status state")
_CAME_BACK = words("reversed returned voided void revoked rescinded undone bounced")
"""States of what was done and then undone, whoever undid it."""
_ROLLED_BACK = re.compile(
    r"\b(?:rolled back|reversed|reverted|undone|bounced|withdrawn|revoked|voided|returned to sender|did not go through|not completed|fell through)\b"
)
_NOTE_KEY = words("note notes reason message comment detail details info remark event last")
_TAKES_BACK = words("reverse revert undo revoke void cancel withdraw rollback return")
_NAMING = 2
_ADDED = re.compile(rf"{NOUN['compensate'].pattern}|\b(?:credit|miles|points)\b")
_ANEW = re.compile(r"\b(?:re-?booked|rescheduled|re-?scheduled|moved)\b")
_ON_ITS_WAY = re.compile(r"\bon (?:its|the|their) way\b")
_FINDS = words("search browse find")
_MAY_BE = words(
    "eligibility eligible refundable quote quotes estimate options option availability available slots free "
    "prices rates preview offers alternatives stock"
)
"""Names of lookups, and keys, of what could be, as against what is."""
_EXCLUDES = {
    "cancel": re.compile(
        r"active|open|confirmed|booked|shipped|delivered|in transit|processing|running|current|ticketed|trial\w*|renew\w*|planned|scheduled|upcoming|in force|valid"
    ),
    "ship": re.compile(
        r"processing|unshipped|not shipped|cancell?ed|on hold|backorder\w*|awaiting .*|pending.*|waiting.*|preparing|unfulfilled|"
        r"out of stock|placed|received|payment .*"
    ),
    "refund": re.compile(r"not refunded|(?:refund )?(?:denied|declined|failed|held)|none|no refund"),
    "book": re.compile(r"available|free|waitlist\w*|cancell?ed|none|declined|expired"),
    "stop": re.compile(r"active|running|open|unlocked"),
    "unlock": re.compile(r"locked|blocked|frozen|suspended|disabled"),
    "send": re.compile(r"draft|not sent|unsent|bounced|failed|undelivered"),
    "replace": re.compile(r"cancell?ed|declined|denied|none"),
}
"""States of a record in which the act cannot have happened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A call as the ledger needs it: the acts that it does and those that it takes back, whether it worked, and its fields."""

    call: ToolCall
    acts: frozenset[str]
    reads: bool
    result: Result
    asked: tuple[tuple[str, Json], ...]
    got: tuple[tuple[str, Json], ...]
    undoes: frozenset[str] = frozenset()

    @property
    def texts(self) -> tuple[str, str]:
        """Arguments and result."""
        return self.call.arguments, self.call.result

    @property
    def text(self) -> str:
        """Arguments and result, to look names up in."""
        return f"{self.call.arguments} {self.call.result}"


def entry(call: ToolCall) -> Entry:
    """Read a call once. A result in words may hold some that speak to a judge: they show nothing."""
    if isinstance(parsed(call.result), str):
        call = replace(call, result=without_orders(call.result))
    asked, got = tuple(walk(parsed(call.arguments))), tuple(walk(parsed(call.result)))
    reads = reads_only(call)
    undoes = frozenset[str]() if reads else undone(call.name)
    named = frozenset() if reads else named_acts(call.name) - undoes - refused(call.name)
    if reads:
        acts = named
    elif undoes:
        acts = named | _sent(got) | (_shown(named, asked, got) & MONEY) - undoes
    elif named & _TALKS - {"open"}:
        acts = named | _sent(got)
    else:
        acts = named | _shown(named, asked, got) | _sent(got)
    edits = "change" in named and not named & MONEY  # `status: pending` is then the order's, not the call's
    told = acts - MONEY if edits else acts
    result: Result = looked(call.result) if reads and call.ok is not False else _outcome(call, told | undoes)
    return Entry(call, acts, reads, result, asked, got, undoes)


def settled(calls: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same calls; what was only set going worked once a later lookup of the same thing says that it is through."""
    done = []
    for n, one in enumerate(calls):
        later = calls[n + 1 :] if one.result == "pending" else ()
        mine = {v.lower() for _, v in all_texts(one) if len(v) > 3 and re.search(r"\d", v)}
        through = any(
            c.reads
            and any(_is_settled(k, v) for k, v in c.got)
            and mine & {v.lower() for _, v in all_texts(c)}
            for c in later
        )
        done.append(replace(one, result="worked") if through else one)
    return tuple(
        replace(one, result="failed") if _fell_through(one, done[n + 1 :]) else one
        for n, one in enumerate(done)
    )


def _fell_through(one: Entry, later: list[Entry]) -> bool:
    """A later lookup of the same kind of thing says that it failed or came back: `get_refund` after a refund."""
    if one.reads or one.result not in ("worked", "pending"):
        return False
    lookups = [c for c in later if c.reads and (_names_what_it_did(c, one) or _asks_for_its_result(c, one))]
    about = [c for c in later if c.reads and _is_of_the_same(c, one)]
    if about and _stands_as_before(about[-1], one):
        return True
    if not lookups:
        return False
    came_back = any(last_token(k) in _STAGE and fold(str(v)) in _CAME_BACK for k, v in lookups[-1].got)
    return came_back or outcome(lookups[-1].call.result, one.acts) == "failed"


def _names_what_it_did(lookup: Entry, one: Entry) -> bool:
    """`get_refund` after a refund."""
    return any(NOUN[a].fullmatch(w) for a in one.acts & ACTS.keys() for w in tokens(lookup.call.name))


def _is_of_the_same(lookup: Entry, one: Entry) -> bool:
    """`get_deposit` after `release_deposit`, of the same rental."""
    nouns = set(tokens(lookup.call.name)[1:]) & set(tokens(one.call.name)[1:])
    mine = {v for _, v in all_texts(one) if len(v) >= _NAMING and re.search(r"\d", v)}
    return bool(nouns) and bool(mine & {v for _, v in all_texts(lookup)})


def _stands_as_before(lookup: Entry, one: Entry) -> bool:
    """The state of the thing is the one that the call was to end, or a note says that it came back."""
    verb = tokens(one.call.name)[:1]
    against = opposites(one.call.name)
    states = [
        fold(v).replace("_", " ") for k, v in lookup.got if isinstance(v, str) and last_token(k) in _STAGE
    ]
    notes = [fold(v) for k, v in lookup.got if isinstance(v, str) and set(tokens(k)) & _NOTE_KEY]
    held = any(plain_form(w) in against for state in states for w in state.split()[:2])
    ends = any(tokens(k)[:1] and tokens(k)[0].startswith("cancel") and v for k, v in lookup.got)
    denied = not ends and any(denies(lookup, act) for act in one.acts & {"cancel", "stop", "unlock"})
    told = any(_ROLLED_BACK.search(note) for note in notes) and not set(verb) & _TAKES_BACK
    return held or denied or told or any(state in _CAME_BACK for state in states)


def _asks_for_its_result(lookup: Entry, one: Entry) -> bool:
    """`get_transfer` with the id that `make_transfer` gave."""
    given = {v for k, v in texts_of(one.got) if last_token(k) in ID_KEY}
    return last_token(lookup.call.name) == last_token(one.call.name) and bool(
        given & {v for _, v in texts_of(lookup.asked)}
    )


def id_values(one: Entry) -> tuple[str, ...]:
    """Names of things in the arguments, lower case: values with digits under keys that end in id, number, code, ref."""
    return tuple(
        v.lower().strip("#")
        for k, v in texts_of(one.asked)
        if last_token(k) in ID_KEY and re.search(r"\d", v) and len(v) >= 4
    )


def thing_values(calls: list[Entry]) -> tuple[str, ...]:
    """What the calls were about in words: a service, an item, an address. Prose and ids are none."""
    return tuple(
        v
        for one in calls
        for k, v in texts_of(one.asked)
        if v.strip() and last_token(k) not in ID_KEY and len(v.split()) <= _LONGEST_NAME
        if set(tokens(k)) & _THING_KEY or (is_description(v) and not set(tokens(k)) & MANNER_KEY)
    )


def details(calls: list[Entry]) -> tuple[str, ...]:
    """All that the calls say in words of what they are for: `view: sea` as well as `board: half board`."""
    return tuple(
        v
        for one in calls
        for k, v in texts_of(one.asked)
        if last_token(k) not in ID_KEY and not set(tokens(k)) & MANNER_KEY and len(v.split()) <= _LONGEST_NAME
    )


def is_description(value: str) -> bool:
    """ "extra pillows", as against "Alpine Shell 3" and "AB-12": a description can be compared with the customer's words."""
    return _PLAIN_WORDS.fullmatch(value.replace("_", " ")) is not None


def denies(record: Entry, act: str) -> str | None:
    """The state of a record in which the act cannot have happened: what is active was not cancelled."""
    states = [
        fold(v).replace("_", " ") for k, v in record.got if isinstance(v, str) and last_token(k) in _STAGE
    ]
    excluded = _EXCLUDES.get(act)
    return states[0] if excluded and len(states) == 1 and excluded.fullmatch(states[0]) else None


def says_what_may_be(record: Entry) -> bool:
    """A lookup of slots, of an eligibility, of a quote: it shows of nothing that it was done."""
    if _MAY_BE.intersection(tokens(record.call.name)):
        return True
    keys = frozenset(word for key, _ in record.got for word in tokens(key))
    found = _FINDS.intersection(tokens(record.call.name)) or _MAY_BE & keys
    return bool(found) and not keys & _STAGE


def worked(call: ToolCall) -> bool:
    """The call had a result and the result is no failure. A result outranks what the call says of itself."""
    return entry(call).result == "worked"


def serves(one: Entry, act: str, told: str) -> bool:  # noqa: PLR0911 - one return an act
    """The call does this act. What is sent may also be the thing that the tool makes: a voucher, a label."""
    if one.reads:
        return False
    if act in one.acts or act not in ACTS or (act == "change" and one.acts == {"act"}):
        return True
    match act:
        case "change" if "compensate" in one.acts:  # "I've added a voucher"
            return _ADDED.search(told) is not None
        case "book" if "change" in one.acts:
            return _ANEW.search(told) is not None
        case "ship" if "contact" not in one.acts:
            return bool({"send", "replace"} & one.acts)
        case "ship" if _ON_ITS_WAY.search(told) and "send" in one.acts:  # a letter, and no parcel
            return bool(content(last_token(one.call.name)) & content(told))
        case "send" if not one.acts & {"hand over", "open"}:
            return bool(content(" ".join(tokens(one.call.name))) & content(told))
        case _:
            return False


def speaking(good: list[Entry]) -> list[Entry]:
    """Of these calls those that say what a thing is: what changed it, or else a single lookup that lists nothing."""
    changing = [c for c in good if not c.reads]
    if changing or len(good) != 1:
        return changing
    return [] if any(k[:1] == "*" for k, _ in good[0].got) else good


def closest(tried: list[Entry], told: str) -> list[Entry]:
    """Of several tools that do one general act, those whose names or arguments the claim speaks of, if any are."""
    if len({c.call.name for c in tried}) < 2:
        return tried
    about = content(told)
    shared = {
        id(c): len(about & content(f"{' '.join(tokens(c.call.name))} {c.call.arguments}")) for c in tried
    }
    most = max(shared.values())
    return [c for c in tried if shared[id(c)] == most] if most else tried


def shows(one: Entry, act: str) -> bool:
    """A record that was read says that the act happened: a field or a state in its past form, not denied."""
    if not one.reads or act not in ACTS or _GENERAL.intersection(tokens(one.call.name)):
        return False
    named = NOUN[act].fullmatch(last_token(one.call.name)) is not None
    if named and any(_is_settled(k, v) for k, v in one.got):
        return True
    if named and act == "book" and one.got and one.result == "worked" and not denies(one, act):
        return True  # a booking that is on record is one
    if not one.got:
        text = fold(one.call.result)
        return any(
            not re.search(
                r"(?:\b(?:not|no|never|to be)\b|n't)\W*(?:\w+\W+){0,2}$",
                text[max(0, m.start() - 40) : m.start()],
            )
            for m in PAST[act].finditer(text)
        )
    return any(
        (
            isinstance(value, str)
            and PAST[act].search(fold(value).replace("_", " "))
            and "not" not in fold(value)
        )
        or (value not in (None, False, 0, "", "false") and _says_that(key, act))
        or (value is True and NOUN[act].fullmatch(key.lower().lstrip("*")))
        for key, value in one.got
    )


def _says_that(key: str, act: str) -> bool:
    """`is_blocked`, `blocked_at`, `refunded_amount`; the `blocked_countries` are another thing's."""
    words = list(tokens(key))
    while words and words[-1] in _OF_A_DEED:
        words.pop()
    return re.search(rf"\b(?:{ACTS[act].past})$", " ".join(words)) is not None


def _is_settled(key: str, value: Json) -> bool:
    """`issued: 2025-03-17`, `status: settled`: in the record of a refund these say that it was paid."""
    if "status" in tokens(key) or "state" in tokens(key):
        return isinstance(value, str) and fold(value) in _SETTLED
    return key.lower() in _SETTLED and value not in (None, False, 0, "", "false")


def _outcome(call: ToolCall, acts: frozenset[str]) -> Result:
    asked = parsed(call.arguments)
    if call.ok is False or (isinstance(asked, dict) and is_dry(asked)):
        return "failed"
    found = outcome(call.result, acts)
    return "worked" if call.ok and found in ("silent", "unclear") else found


def _sent(got: tuple[tuple[str, Json], ...]) -> frozenset[str]:
    """A result that says that something was sent as well: `link_sent_to: …`, `summary_mail: sent`."""
    told = any(v and ("sent" in tokens(k) or v == "sent") for k, v in got)
    return frozenset({"send"}) if told else frozenset()


def all_texts(one: Entry) -> tuple[tuple[str, str], ...]:
    """Texts and whole numbers of arguments and result."""
    return (*texts_of(one.asked), *texts_of(one.got))


def _shown(
    named: frozenset[str], asked: tuple[tuple[str, Json], ...], got: tuple[tuple[str, Json], ...]
) -> frozenset[str]:
    """Acts that the fields show beside the name: a refund in the result, money that went back, and the state that a
    general tool has set.
    """
    general = named <= {"act", "change", "open"}
    kinds = [fold(v) for k, v in got if "type" in tokens(k) and isinstance(v, str)]
    states = (
        kinds
        if not general
        else kinds + [fold(v) for k, v in (*asked, *got) if k.lower() in _ENUM_KEY and isinstance(v, str)]
    )
    keys = [k.lower().replace("_", " ") for k, v in got if v]
    told = [t for t in states + keys if _ANY_ACT.search(t)]
    acts = {a for a in ACTS for t in told if PAST[a].search(t) or NOUN[a].search(t)}
    back = any(
        "amount" in tokens(k) and isinstance(v, int | float) and not isinstance(v, bool) and v < 0
        for k, v in got
    )
    ends = any(tokens(k)[:1] == ("cancel",) and v is True for k, v in got)  # `cancel_at_period_end: true`
    return frozenset(acts | ({"refund"} if back else set()) | ({"cancel"} if ends else set()))
