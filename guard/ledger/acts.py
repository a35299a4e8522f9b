"""The acts that drafts claim, tools do and authorities grant: one table of words that all of them share."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Words for one act. `told` finds it in a sentence, `past` as something that happened, `nouns` names it.

    `tools` are beginnings of words in the names of tools that do it, `verbs` are what an authority calls it.
    Who may do an act may also do those in `brings`: a replacement is sent.
    """

    told: str
    past: str
    verbs: str
    tools: str
    nouns: str = r"(?!)"
    brings: tuple[str, ...] = ()


ACTS: dict[str, Act] = {
    "refund": Act(
        told=r"refund\w*|pay you\b|reimburs\w*|money back|(?:\d[\d.,]*|it all|all of it) back",
        past=r"refunded|reimbursed|paid back|credited|gone back (?:to|on) (?:your|the) (?:\w+ )?(?:card|account|bank|paypal|wallet)",
        verbs="refund reimburse repay credit",
        tools="refund reimburs revers chargeback payback repay payout moneyback credit",
        nouns=r"refunds?|reimbursements?|money back",
        brings=("send", "contact"),
    ),
    "compensate": Act(
        told=r"compensat\w*|vouchers?|certificates?|gift cards?|coupons?|credit(?:ing|s)?(?! cards?\b| notes?\b)|discount(?:ed)?|\d+\s?% off|\d[\d.,]* off (?:your|the)|goodwill|bonus|points|free (?:month|year|week|night|upgrade|meal|delivery|shipping)s?",
        past=r"compensated",
        verbs="compensate credit discount reward",
        tools="compensat voucher certificate gift coupon credit discount goodwill points bonus reward",
        nouns=r"certificates?|vouchers?|coupons?|discounts?|compensation",
        brings=("send", "contact", "change"),
    ),
    "cancel": Act(
        told=r"cancel\w*",
        past=r"cancell?ed",
        verbs="cancel terminate close void unsubscribe",
        tools="cancel delet void terminat clos unsubscrib",
        nouns=r"cancell?ations?",
        brings=("contact",),
    ),
    "replace": Act(
        told=r"exchang\w*|swap\w*|(?:send|ship|get)(?:ing)? (?:you )?(?:an? )?(?:brand[- ])?new (?!link|code|password|invoice|e-?mail|label|copy|version|contract)\w+|replac\w*|resend\w*|resent|re-?ship\w*",
        past=r"exchanged|swapped|replaced|resent|re-?shipped",
        verbs="replace exchange swap resend reship",
        tools="replac resend reship reissu exchang swap",
        nouns=r"replacements?|exchanges?|new one|another one",
        brings=("ship", "send", "contact"),
    ),
    "ship": Act(
        told=r"ship(?:ped|s)?|(?:be|am|are) shipping|dispatch\w*",
        past=r"shipped|dispatched|packed|on (?:its|the) way|in transit|out for delivery",
        verbs="ship dispatch deliver resend reship send",
        tools="ship dispatch resend reship replac fulfil deliver courier",
        brings=("send", "contact"),
    ),
    "send": Act(
        told=r"send(?:ing)?|sent|e-?mail(?:ed|ing)|mailed",
        past=r"sent|e-?mailed|mailed|texted|messaged",
        verbs="send email e-mail mail text message share",
        tools="send mail email notif messag sms text label resend ship dispatch replac share",
        brings=("contact",),
    ),
    "book": Act(
        told=r"booked|(?<!on )(?<!your )(?<!the )(?<!this )(?<!for )(?<!a )booking|re-?book\w*|reserv(?:e|ed|ing)|schedul\w*",
        past=r"booked|re-?booked|reserved|scheduled|rescheduled",
        verbs="book rebook reserve schedule reschedule",
        tools="book rebook reserv schedul reschedul appointment remind callback visit",
        nouns=r"bookings?|reservations?|appointments?",
        brings=("send", "contact", "change"),
    ),
    "change": Act(
        told=r"chang(?:e|ed|ing)|updat\w*|modif\w*|upgrad\w*|downgrad\w*|add(?:ed|ing)?|remov\w*|correct(?:ed|ing)?|extend(?:ed|ing)?|waiv\w*|appl(?:y|ied|ying)|switch\w*|mov(?:e|ed|ing)",
        past=r"changed|updated|switched|moved|modified|upgraded|downgraded|added|removed|corrected|extended|waived|applied",
        verbs="change update modify edit upgrade downgrade add remove correct extend waive apply switch adjust renew move",
        tools="mov select choos assign transfer enrol refuel top toggle turn updat patch put save delet chang modif edit set add remov upgrad downgrad extend waiv appl correct switch adjust renew rebook reschedul book",
        nouns=r"changes?|upgrades?|updates?|modifications?",
        brings=("contact",),
    ),
    "unlock": Act(
        told=r"unlock\w*|reset(?! (?:link|code|e-?mail|mail))\w*|restor\w*|reactivat\w*|activat\w*",
        past=r"unlocked|reset|restored|(?:re)?activated",
        verbs="unlock reset restore activate reactivate enable",
        tools="unlock reset restor activat reactivat enabl",
        brings=("send", "contact"),
    ),
    "stop": Act(
        told=r"block(?:ed|ing)|fro(?:ze|zen)|freez\w*|clos(?:ed|ing)|delet\w*|paus\w*",
        past=r"blocked|frozen|froze|closed|deleted|paused",
        verbs="block freeze close delete pause stop suspend lock hold deactivate",
        tools="block freez clos delet paus stop lock hold suspend deactivat disabl cancel",
        brings=("contact",),
    ),
    "hand over": Act(
        told=r"transfer(?:red|ring)?|escalat\w*|forward(?:ed|ing)|pass(?:ed|ing)|hand(?:ed|ing) over",
        past=r"transferred|escalated|forwarded|passed|handed over",
        verbs="transfer escalate forward pass hand assign route refer connect",
        tools="transfer escalat forward hand handoff ticket case assign rout human queue refer complaint",
        brings=("contact", "open", "send"),
    ),
    "open": Act(
        told=r"open(?:ed|ing)|log(?:ged|ging)|fil(?:ed|ing)|creat(?:ed|ing)",
        past=r"opened|logged|filed|created",
        verbs="open create log file register submit raise record",
        tools="creat open log fil regist submit rais record ticket case complaint",
        nouns=r"tickets?|complaints?|cases?",
        brings=("contact",),
    ),
    "contact": Act(
        told=r"call(?:ed|ing)?|contact(?:ed|ing)?|notif\w*|inform(?:ed|ing)?|reach(?:ed|ing)? out|get back|repl(?:y|ied)|ring(?:s|ing)?|phon(?:es|ed|ing)|phone you|calls|e-?mails|writes? to you",
        past=r"called|contacted|notified|informed|reached out|replied",
        verbs="call contact notify inform reach phone message text email remind",
        tools="call contact notif send mail email messag sms text reach phone",
        brings=("send",),
    ),
}
MONEY = frozenset({"refund", "compensate"})
"""The acts that move money to the customer."""
TOLD = {name: re.compile(rf"\b(?:{act.told})\b") for name, act in ACTS.items()}
PAST = {name: re.compile(rf"\b(?:{act.past})\b") for name, act in ACTS.items()}
NOUN = {name: re.compile(rf"\b(?:{act.nouns})\b") for name, act in ACTS.items()}
_MADE = r"issued|processed|initiated|arranged|completed|placed|made|sent|approved|granted|submitted|set up"
# The noun stands close to its verb: "I've issued you a full refund", "your refund has been processed".
DID = {
    name: re.compile(
        rf"\b(?:{act.past})\b"
        rf"|\b(?:{_MADE}) (?:(?!for\b|as\b)\S+ ){{0,4}}(?:{act.nouns})\b"
        rf"|\b(?:{act.nouns})\b(?: \S+){{0,5}} (?:has|have|was|were)(?: \w+)?(?: been)?(?: \w+ly)? (?:{_MADE})\b"
    )
    for name, act in ACTS.items()
}
BY_US = {
    name: re.compile(
        rf"\b(?:i|we)(?:'ve| have)? (?:just |now |already |also |successfully |gone ahead and |immediately |manually )*(?:{act.past}|{_MADE})\b"
    )
    for name, act in ACTS.items()
}
"""We say that we did it, as against that it is so."""
LOOKED = re.compile(
    r"\b(?:i|we)(?:'ve| have)? (?:just |already |now |also )?(?:checked|tested|inspected|traced|tracked|compared|looked (?:up|into|at)|located|verified|retrieved|pulled up|(?:run|ran|done|performed) (?:a |an |the )?(?:\w+ )?(?:test|check|scan|search))\b"
)
"""Looking something up is the one act of ours that a lookup backs."""
_BY_VERB = {
    verb: frozenset(name for name, act in ACTS.items() if verb in act.verbs.split())
    for act in ACTS.values()
    for verb in act.verbs.split()
}
_IRREGULAR = {
    "sent": "send",
    "held": "hold",
    "put": "place",
    "set": "change",
    "set up": "create",
    "ordered": "place",
    "paid": "pay",
    "frozen": "freeze",
}
_AUX = r"(?:just |now |already |also |successfully |gone ahead and |immediately )*"
HAPPENED = re.compile(
    rf"\b(?:i|we)(?:'ve| have)? {_AUX}(?!need|proceed|indeed)\w+(?:ed|ent|oze|ozen|et|ought|aken|aid)\b|\b(?:has|have) {_AUX}been\b(?! (?:on|in|at|with|for|there|here|a|an|the|like|so|no|since)\b)|\b(?:was|were) successfully\b|^\W*done\b"
)
STANDS = re.compile(
    r"\b(?:is|are) (?:now |all |already )?(?:confirmed|booked|cancell?ed|refunded|scheduled|unlocked|updated|logged|filed|registered|reserved|ordered|blocked|paused|waived|credited|on hold|on (?:its|the) way)\b|\bit's (?:logged|filed|registered|booked|confirmed|reserved|ordered|on (?:its|the) way)\b"
)

_BROUGHT = r"(?:checked (?:in|out)|signed (?:up|off)|opted (?:in|out)|(?:switched|turned) (?:on|off)|set (?:back|aside|up))"
"""Two words that tell one act."""
PHRASAL = re.compile(
    rf"\b(?:are|is|has been|have been|was|were|you're) (?:now |all |both |already )*{_BROUGHT}\b"
    r"|\b(?P<ours>i|we)(?:'ve| have)? (?:just |now |also )?(?:took|taken|put|turned|switched|brought) (?:[\w'-]+ ){1,6}?(?:off|on|out|back|through|forward|down|aside)\b"
)
"""An act of ours in two words, which may stand apart: "I've taken breakfast off"."""
_STANDS_NOW = re.compile(
    r"\bthere(?:'s| is| are) now\b|\byou(?:'re| are) (?:on|in|down for) [^.?!;]{1,60} now\b|\b(?:is|are) [^.?!,;]{1,40} now\W*$"
    r"|^\W*(?:(?:yes|done|sure|ok|okay)\W+)?(?!(?:we|i|our|the (?:app|shop|store|website|office|line|team)|there|here)\b)(?:[\w'#-]+ ){1,6}?(?:now (?:has|have|includes?|goes?|comes?|starts?|ends?)|(?:is|are) now (?:on|in|at|for|a|an|with))\b"
    r"|(?:\b(?:you|it|they|this|both|all|everything|(?:your|the|order|booking|ticket)\b[^.?!,;]{1,60}?)|#?\b[a-z-]*\d[\w-]*)"
    r"(?:(?:'re|'s| is| are| has| have) now\b(?! (?:that|able|available|possible|ready|open|closed|why|how|where|when|what|over|clear|waiting|pending|being|due)\b)"
    r"| now (?:have|fly|sit|pay|own|get|is|are|(?!needs|takes|seems|looks|appears|wants|means|asks|says|requires|works)[a-z]+s)\b)"
    r"|\b(?:is|are) (?!not |never |here |there )\w+ again\b(?! (?:later|soon|tomorrow|today))"
)


def stands_now(folded: str) -> bool:
    """How the customer's things are from now on, whoever changed them: "your table is now at 7:30"."""
    told = " now" in folded or " again" in folded  # sooner than the form, which seldom fits
    return told and _STANDS_NOW.search(folded) is not None


def acts_of_verb(verb: str) -> frozenset[str]:
    """The acts that a verb in its plain form names; none for "explain"."""
    return _BY_VERB.get(verb, frozenset())


def plain_form(participle: str) -> str:
    """The verb of a participle, where the table has it: "extended" is extend, "cancelled" cancel, "renewed" renew."""
    if participle in _IRREGULAR:
        return _IRREGULAR[participle]
    stem = participle.removesuffix("ed")
    known = (verb for verb in (stem, f"{stem}e", stem[:-1], f"{stem[:-1]}y") if verb in _BY_VERB)
    return next(known, f"{stem}e" if stem.endswith(("v", "c", "s", "at", "as")) else stem)


def brought(acts: frozenset[str]) -> frozenset[str]:
    """These acts and those that come with them."""
    return acts.union(*(ACTS[act].brings for act in acts))


def acts_in(text: str) -> frozenset[str]:
    """Acts that a folded text names, in any form."""
    return frozenset(name for name in ACTS if TOLD[name].search(text) or NOUN[name].search(text))
