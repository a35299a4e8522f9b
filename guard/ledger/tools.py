"""What a tool's name says: whether it only looks, which acts it does, and which it turns down or takes back."""

from functools import lru_cache
from itertools import pairwise

from guard.case import ToolCall
from guard.ledger.acts import ACTS, NOUN, acts_of_verb, brought
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
    "refill refresh refund reissue reject relocate remind renew repair repeat replace replenish reply reprint "
    "resend reset resolve restock resubmit retire retry rotate route schedule sell settle ship sign skip "
    "split stop substitute suspend swap sync transfer trigger turn unfreeze uninstall unlock unmute "
    "unsubscribe upgrade void waive withdraw write"
)
_ABOUT = words(
    "status policy policies details detail info information history terms eligibility balance price "
    "rules faq summary lookup search list profile record records options availability"
)
_REFUSES = words("deny reject refuse decline disable prevent abort skip simulate preview")
_UNDO = words("reverse cancel void undo revoke rescind rollback withdraw delete remove")


def reads_only(call: ToolCall) -> bool:
    """Looks something up and changes nothing, by its name: a verb of reading, or no verb at all.

    Every part of `verify_and_refund` counts.
    """
    parts = "_".join(tokens(call.name)).split("_and_")
    return all(_reads(tuple(part.split("_"))) for part in parts)


def _reads(words: tuple[str, ...]) -> bool:
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
def undone(name: str) -> frozenset[str]:
    """The acts that a tool takes back, by its name: `reverse_refund`, `cancel_booking`; `reverse_charge` takes none back."""
    parts = tokens(name)
    return frozenset(
        act
        for verb, noun in (
            *pairwise(parts),
            *(pairwise(parts[::-1]) if parts[-1:] and parts[-1] in _UNDO else ()),
        )
        if verb in _UNDO
        for act, form in NOUN.items()
        if form.fullmatch(noun)
    )
