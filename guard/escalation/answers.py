"""A secret that stands alone: what a customer answered to a question of ours that asks for a PIN, a code or a password."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from guard.case import Turn
from guard.escalation.masking import NAMES_A_THING, PROVES, without_numbers
from guard.escalation.said_of import SAID_OF_IT
from guard.escalation.spoken import SPOKEN, said_at
from guard.escalation.written_out import IN_WORDS

_SENTENCE = re.compile(r"[^.?!\n]+[.?!]*")
_NUMBER = re.compile(
    rf"\b(?:pin|cvv2?|cvc2?|cvn|{PROVES}|(?:number|digits|code) on (?:the |its )?back|(?:\w+|\d)[- ]digit (?:code|pin)"
    r"|code (?:that )?(?:we|i|you) (?:just |have )?(?:sent|texted|e?-?mailed|received|got)"
    r"|code (?:from|in) (?:the|your|our) (?:text|sms|message|e-?mail|app|authenticator)"
    r"|(?:the|your) code(?=\W*(?:please\W*)?$))(?! ?(?:pad|field|reset))\b",
    re.IGNORECASE,
)
_SENT = re.compile(r"\b(?:sent|texted|e?-?mailed) you (?:a|the|your) (?:[\w-]+ )?code\b", re.IGNORECASE)
_WORD = re.compile(
    r"\b(?:password|passcode|passphrase|memorable word|security question|passwort|kennwort|contrase[ñn]a|mot de passe|senha)\b"
    r"(?! (?:manager|field|page|reset|polic|hint|link|screen|app|e?-?mail))",
    re.IGNORECASE,
)
_ABOUT_THEM = re.compile(
    rf"\b(?:{SPOKEN})\b|\b(?:name|breed) of (?:your|the) (?:(?:first|childhood|favou?rite) )?(?:pet|dog|cat|school|teacher|best friend)\b"
    r"|\b(?:your|the) (?:first|childhood|favou?rite) (?:pet|dog|cat|school|teacher|car|street|book|film|movie|colou?r|food|team)\b"
    r"|\b(?:city|town|place|hospital|street) (?:were|was|did) (?:you|your \w+) (?:born|grow up|meet)|\bwhere (?:were|was) (?:you|your \w+) born\b"
    r"|\b(?:city|town|place|street) (?:you|your \w+) (?:were|was|grew|met)\b",
    re.IGNORECASE,
)
"""What security questions ask for."""
_FOR_SECURITY = re.compile(
    rf"\b(?:securit|verif|identi|prove|confirm|sicherheit|legitim|seguridad|s[ée]curit|seguran)|\b(?:{SPOKEN})\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\W*(?:(?:it['’]?s|it is|it was|that['’]?s|sure|ok|okay|yes|here|i think|es|ist|est|é|c['’]est|sie lautet|er lautet|lautet|ja|s[íi]|oui|sim)\b[\s,:]*){0,4}[\"'“‘]?",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(?:what(?:['’]s| is| was)|tell|give|send|enter|type|provide|share|confirm|verify|repeat|state|reply|say|need|have|know|spell"
    r"|please|may i|can i|could i|cu[áa]l es|dime|wie lautet|nenn\w*|quel(?:le)? est|qual [ée])\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\W*(?:\S+\s+){0,4}\S+\?|\W*(?:\S+\s+)?\S+")
"""What needs no verb: "And the CVV?", "Your PIN:"."""
_NOT_A_NUMBER = re.compile(
    r"\b(?:error|screen|happens?|how (?:many|long|often)|when did|where)\b", re.IGNORECASE
)
_NOT_A_WORD = re.compile(
    r"\b(?:error|happens?|when|after|before|forg[oe]t\w*|reset|chang\w+|never|not|don['’]t|did|how|why|where|which)\b",
    re.IGNORECASE,
)
_NOT_A_PHRASE = re.compile(
    r"\b(?:error|happens?|after|before|forg[oe]t\w*|reset|chang\w+|never|not|don['’]t|how|why|that the)\b",
    re.IGNORECASE,
)
"""Asked about it, and not for it."""
_LONGEST = 300
"""Characters of a short answer."""
_ELSE = re.compile(
    r"\b(?:order|account|customer|phone|card|booking|reference|policy) (?:number|no|id)\b", re.IGNORECASE
)
_GROUP = re.compile(
    r"(?<!since )(?<!in )(?<![\w#$€£.,:/-])(?<!\d )(?<!• )\d(?:[ -]?\d){2,7}(?![\w%]|[.,:/ -]\d| ?(?:minutes?|hours?|days?|times|euros?|dollars?)\b)"
)
"""Three to eight digits that are no part of a card, a date, an amount or a telephone number."""
_WRITTEN_OUT = re.compile(rf"\b{IN_WORDS}", re.IGNORECASE)
_USUAL = (3, 4, 6)
"""Digits of a CVV, of a PIN, of a one-time code."""
_ONE = re.compile(
    r"\W*(?:(?:it['’]?s|it is|that['’]?s|sure|ok|okay|yes|here|the|my|password|passwort|is|es|ist|est)\b[\s,:]*){0,5}"
    r"[\"'“‘]?(?P<secret>[^\s\"'”’?]{2,63}[^\s\"'”’?.,;!)])[\"'”’]?[.,;!)]*\s*",
    re.IGNORECASE,
)
_MIXED = re.compile(r"(?<!\S)(?=\S{0,63}\d)(?=\S{0,63}[^\W\d_])[^\s\"'”’,;]{3,63}[^\s\"'”’,;.!?)]")
"""Letters and figures: no word of a sentence."""
_ORDINARY = re.compile(
    rf"{SAID_OF_IT}|yes|yeah|yep|nope|sure|why|who|how|huh|sorry|thanks?|thx|hello|hey|stop|nothing|forgot|done|wait|later|today|now|maybe"
    r"|agent|human|person|manager|operator|idk|dunno|same|already|tomorrow|which|cancel|password|pin|code|nein|nada|bitte|gracias|merci|danke",
    re.IGNORECASE,
)
"""No password, or one that would take this word out of the whole conversation."""


def answered(turns: Sequence[Turn]) -> frozenset[str]:
    """What we asked for and were told, word for word."""
    found: set[str] = set()
    question = ""
    for role, said in groupby(turns, key=lambda turn: turn.role):
        texts = [turn.content for turn in said]
        if role == "assistant":
            question = "\n".join(texts)
            continue
        number, word = _asks_for_number(question), _asks_for_word(question)
        spoken = _asks_who_they_are(question)
        for text in (text for text in texts if len(text) <= _LONGEST):
            found.update(_numbers(without_numbers(text), question) if number else ())
            found.update(_words(text, only_mixed=not word) if number or _WORD.search(question) else ())
            found.update(_spoken(text) if spoken else ())
    return frozenset(found)


def _asks_for_number(question: str) -> bool:
    return _SENT.search(question) is not None or any(
        _NUMBER.search(s) and ("?" in s or _wants(s)) and not _NOT_A_NUMBER.search(s)
        for s in _SENTENCE.findall(question)
    )


def _asks_for_word(question: str) -> bool:
    return any(
        _WORD.search(s) and _wants(s) and not _NOT_A_WORD.search(s) for s in _SENTENCE.findall(question)
    )


def _asks_who_they_are(question: str) -> bool:
    return _FOR_SECURITY.search(question) is not None and any(
        _ABOUT_THEM.search(s) and _wants(s) and not _NOT_A_PHRASE.search(s)
        for s in _SENTENCE.findall(question)
    )


def _wants(sentence: str) -> bool:
    return (_SHORT.fullmatch(sentence.strip()) or _WANTS.search(sentence)) is not None


def _numbers(answer: str, question: str) -> Iterator[str]:
    """All numbers; of the usual lengths only, where another number was asked for, too."""
    for group in _GROUP.finditer(answer):
        usual = not _ELSE.search(question) or sum(map(str.isdigit, group.group())) in _USUAL
        if usual and not NAMES_A_THING.search(answer, 0, group.start()):
            yield group.group()
    yield from _WRITTEN_OUT.findall(answer)


def _words(answer: str, *, only_mixed: bool) -> Iterator[str]:
    """The one word of the answer, or what is no word of a sentence."""
    if one := _ONE.fullmatch(answer):
        word = one["secret"]
        if not _ORDINARY.fullmatch(word) and (not only_mixed or _MIXED.fullmatch(word)):
            yield word
    elif not only_mixed:
        yield from _MIXED.findall(answer)


def _spoken(answer: str) -> Iterator[str]:
    """The words of the answer, where they are no sentence."""
    leads = _LEADS.match(answer)
    if leads and (place := said_at(answer, leads.end(), phrase=True)):
        said = answer[slice(*place)]
        if not _ORDINARY.fullmatch(said):
            yield said
