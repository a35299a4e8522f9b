"""What a tool's name says: whether it only looks, which acts it does, and which it turns down or takes back."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from guard.case import ToolCall
from guard.ledger.acts import ACTS, NOUN, acts_of_verb, brought, plain_form
from guard.ledger.fields import tokens
from guard.text import words

_LOOKS = words(
    "get find search list lookup look read check calculate think query fetch view verify show "
    "describe count retrieve inspect preview estimate validate browse compute track quote see "
    "explain summarize"
)
# Words that change something wherever they stand, unless the name begins with a lookup: `get_update_history` reads.
_CHANGES = words(
    "create update set make submit issue send cancel delete remove add modify edit change apply post "
    "put patch insert register assign request initiate process pay execute perform do act place "
    "approve grant start open close file log raise save complete confirm trigger charge purchase buy "
    "activate enable disable terminate renew move resume redirect revoke end lift restart reopen release reinstate "
    "reboot enrol enroll unenroll opt flag mark tag note append write upload subscribe share attach invite "
    "deploy export import generate schedule block unblock page link unlink merge swap pause restore unlock "
    "reverse void"
)
# Verbs that are nouns too, or adjectives, and change something only where a name begins with them: `order_part`, not
# `order_status`.
_FIRST = words(
    "accept adjust allocate archive arrange authorize bump clear clone collect connect convert copy "
    "decrease deduct defer deliver detach discard dispatch donate downgrade drop earn eject escalate "
    "exchange expedite extend flush force forward freeze fulfil fulfill give hide hold increase install "
    "join kick leave lend lock lodge migrate mute notify offer onboard order override pick postpone "
    "prepare print prolong promote provision publish purge push rebook recharge record redeem reduce "
    "refill refresh refund reissue reject relocate select choose remind renew repair repeat replace replenish reply reprint "
    "resend reset resolve restock resubmit retire retry rotate route schedule sell settle ship sign skip "
    "split stop substitute suspend swap sync transfer trigger turn unfreeze uninstall unlock unmute "
    "unsubscribe upgrade void waive withdraw write arm disarm reassign reallocate reroute relabel rename relink reactivate readmit rebill "
    "recall reclassify reconnect regenerate reprioritise reprioritize unassign unarchive unpublish unpause unpin unban ban unregister uncancel "
    "honour honor compensate credit debit deposit disburse wire remit reimburse prorate dispute contest warn ping admit dismiss shift stamp pack load dim"
)
_ABOUT = words(
    "status policy policies details detail info information history terms eligibility balance price "
    "rules faq summary lookup search list profile record records options availability"
)
_REFUSES = words("deny reject refuse decline disable prevent abort skip simulate preview")
_STATE = re.compile(
    r"(?:(?:\byou(?:'re| are)|\bof you are)(?! charged\b)|(?:\b(?:your|the|this|it|that|both|all (?:two|three|four|five|six|of|your|the|\d))\b|#?\b[a-z-]*\d[\w-]*)(?: [\w'#-]+){0,6}? (?:is|are|has been|have been|was)) (?:now |all |already |being |successfully )*(\w+ed|set up|set|held|sent|put|paid|frozen)\b(?! (?:within|by|once|when|every|if)\b)"
)
_ASKED_ABOUT = re.compile(r"\b(?:why|whether|if|how|when|what|which)\b[^,;:.!?]*$")
_UNDO = words("reverse cancel void undo revoke rescind rollback withdraw delete remove")

_PAIRS = (
    "add remove, attach detach, enable disable, activate deactivate, block unblock, lock unlock, open close, pause resume, "
    "freeze unfreeze, subscribe unsubscribe, enrol unenrol, enroll unenroll, cancel reinstate, cancel restore, cancel reactivate, "
    "cancel resume, cancel reopen, cancel uncancel, close reopen, delete restore, remove restore, hold release, suspend reinstate, "
    "suspend resume, suspend reactivate, suspend unsuspend, deactivate reactivate, link unlink, apply remove, start stop, "
    "terminate reinstate, issue revoke, issue void, mute unmute, share unshare, register unregister, waive reinstate, "
    "reserve release, tag untag, archive unarchive, grant revoke, assign unassign, charge refund, pay refund, waive charge, "
    "enable suspend, publish withdraw, set clear, set unset, set reset, release hold, authorize void, authorise void, "
    "approve reject, approve revoke, approve decline, confirm cancel, accept decline, lock release"
)
_MOVES = "upgrade downgrade, increase decrease, extend shorten, raise lower"
"""Verbs of which one takes the other back; of those in `_MOVES`, whatever the value that it moves to."""
_REVERTS = words("revert undo rollback")
_CREATES = words(
    "create add book schedule issue grant apply place make open reserve register enrol enroll subscribe set assign start request order "
    "submit attach link upload post redeem activate enable generate arrange file raise log"
)
_NEGATIONS = ("un", "de", "dis")
"""Beginnings with which a verb takes itself back."""
_OPPOSITE = {
    pair: moves
    for moves, text in ((False, _PAIRS), (True, _MOVES))
    for one in text.split(", ")
    for pair in (tuple(one.split()[:2]), tuple(one.split()[1::-1]))
}


def reads_only(call: ToolCall) -> bool:
    """Looks something up and changes nothing, by its name: a verb of reading, or no verb at all.

    Every part of `verify_and_refund` counts.
    """
    parts = "_".join(tokens(call.name)).split("_and_")
    return all(_reads(tuple(part.split("_"))) for part in parts)


def _reads(words: tuple[str, ...]) -> bool:
    if words[:1] == ("check",) and words[1:2] in (("in",), ("out",)):
        return False
    if any(w in _CHANGES or w.removeprefix("re") in _CHANGES for w in words):
        return words[0] in _LOOKS
    if _begins_with_a_change(words):
        return False
    if any(w in _LOOKS for w in words) or (words[-1] in _ABOUT and words[0] != "cancel"):
        return True
    return not named_acts("_".join(words))


def _begins_with_a_change(words: tuple[str, ...]) -> bool:
    return words[:1] != () and words[0] in _FIRST and len(words) > 1 and words[-1] not in _ABOUT


def changes(verb: str) -> bool:
    """The verb, in its plain form, leaves the world other than it was."""
    return verb in _CHANGES or bool(acts_of_verb(verb))


def brought_about(told: str) -> bool:
    """The customer's thing is in a state that somebody brought about: "your stay is extended"."""
    return any(
        changes(plain_form(m[1]))
        for m in _STATE.finditer(told)
        if not _ASKED_ABOUT.search(told[: m.start(1)])
    )


def acts_of_tool(name: str) -> frozenset[str]:
    """The acts that a tool could do, and those that come with them."""
    return brought(named_acts(name) & ACTS.keys())


@lru_cache(maxsize=1024)
def named_acts(name: str) -> frozenset[str]:
    """The acts that a tool's name says."""
    words = tokens(name)
    return frozenset(
        act
        for act, form in ACTS.items()
        if any(w.startswith(tool) for tool in form.tools.split() for w in words)
    ) or (
        frozenset({"act"})
        if any(w in _CHANGES for w in words) or _begins_with_a_change(words)
        else frozenset()
    )


@lru_cache(maxsize=1024)
def refused(name: str) -> frozenset[str]:
    """The acts that a tool turns down: `deny_refund` refunds nothing."""
    return named_acts(name) if _REFUSES.intersection(tokens(name)) else frozenset()


@lru_cache(maxsize=1024)
def takes_back(later: str, earlier: str) -> Literal["the same", "whatever"] | None:
    """Whether a tool undoes what another does, by their verbs: `remove_extra` after `add_extra`, for the same extra;
    `downgrade` after `upgrade`, whatever plan it is.
    """
    mine, others = tokens(later), tokens(earlier)
    if mine[:1] != () and mine[0] in _REVERTS and (set(mine[1:]) & set(others) or len(mine) == 1):
        return "whatever"
    found = [
        moves
        for one in mine[:2]
        for other in others[:2]
        if (moves := _OPPOSITE.get((one, other))) is not None
    ]
    negated = any(mine[:1] == (f"{no}{others[0]}",) for no in _NEGATIONS) if others else False
    creates = others[:1] != () and (others[0] in _CREATES or mine[:1] == ("reverse",))
    ends = mine[:1] != () and mine[0] in _UNDO and creates
    if negated or (ends and set(mine[1:]) & set(others[1:])):
        return "the same"
    return None if not found else "whatever" if any(found) else "the same"


def opposites(name: str) -> frozenset[str]:
    """The verbs that take back what a tool of this name does: hold and lock after `release_deposit`."""
    return frozenset(other for one in tokens(name)[:1] for mine, other in _OPPOSITE if mine == one)


@lru_cache(maxsize=1024)
def undone(name: str) -> frozenset[str]:
    """The acts that a tool takes back, by its name: `reverse_refund`, `cancel_booking`; `reverse_charge` takes none back."""
    parts = tokens(name)
    ends = ((parts[0], parts[-1]),) if len(parts) > 1 else ()  # `cancel_class_booking`
    return frozenset(
        act
        for verb, noun in (
            *pairwise(parts),
            *ends,
            *(pairwise(parts[::-1]) if parts[-1:] and parts[-1] in _UNDO else ()),
        )
        if verb in _UNDO
        for act, form in NOUN.items()
        if form.fullmatch(noun)
    )
