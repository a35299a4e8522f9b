"""Which of the right actions a rewrite offers, and what it offers beside them: read from its words, with no judge.

It reads English. Held against the labels alone: an action that is allowed and not right is another one. The reader knows
forms of offering, promising and reporting, the table of acts, and the words of actions; it sees no more than these.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from guard.case import Action, Case
from guard.ledger.acts import TOLD
from guard.ledger.authority import read
from guard.rewriting.material import of_action
from guard.rewriting.meaning import deeds, meanings
from guard.rewriting.pieces import pieces, words_in
from guard.rewriting.speech import speech
from guard.text import content, fold

_NOW = r"(?:now |just |already |also |all |gladly |happily |successfully )*"
_OFFER = re.compile(
    r"\b(?:i|we)(?:'ll| will| can| could| may| might| shall)\b(?!'t| not\b)"
    r"|\b(?:shall|should|can|could|may) (?:i|we)\b|\b(?:like|want|prefer) (?:me|us) to\b|\bto (?=[a-z]+ .*\b(?:i|we) need\b)"
    r"|\b(?:i|we)(?:'d| would)(?: be)? (?:\w+ )?to\b|\b(?:i'm|i am|we're|we are) (?=\w+ing\b)"
    r"|\byou(?:'ll| will| can) (?=(?:get|receive|have|expect)\b)|\b(?:will|can|could) (?:\w+ )?be (?=\w+(?:ed|en|wn|nt)\b)"
)
"""What may or will be: all of it must be right. What follows says what it is."""
_DONE = re.compile(
    rf"\b(?:i|we)(?:'ve| have) {_NOW}(?=\w+)|\b(?:has|have) {_NOW}been\b|\byour\b[^.;:]{{0,60}}\b(?:is|are) {_NOW}(?=\w+ed\b|sent\b|on (?:its|the) way\b)"
    r"|\b(?:i|we) (?=\w+ed\b|sent\b)"
)
"""What is told as done: it must be right, or a call must show it."""
_ASIDE = re.compile(
    r"\b(?:not|cannot|\w+n't|no(?! (?:charge|cost|extra))|rather than|instead of|without)\b[^,;.]*"
    r"|\bif you(?:'d| would)?(?: \w+)? (?:like|want|prefer)\b|\b(?:go|going) ahead\b.*"
    r"|\b(?:do|arrange|book|order|start|process|set up) (?:this|that|it)\b.*"
)
"""What is not offered, and manners; who asks whether to go ahead with it has said before with what."""
_AND = re.compile(r",? (?:and|but|so) (?=(?:i|we|you|shall|can|would)\b)")
_CONDITION = re.compile(r"\b(?:if|once|when|unless|because|since|as soon as)\b.*")
"""Who names a condition offers nothing by it."""
_MOSTLY = 0.5
"""Of the words of an offer: from so many that neither the action nor anybody said, it is of another thing."""


@dataclass(frozen=True, slots=True)
class Offered:
    """named: ids of right actions that are offered, promised, or told as done. others: words that offer another thing."""

    named: frozenset[str]
    others: tuple[str, ...]

    @property
    def right(self) -> bool:
        """One of the right actions, and nothing else."""
        return bool(self.named) and not self.others


def offered(reply: str, case: Case, right: Collection[str]) -> Offered:
    """`right`: ids of the actions of the case that the readers would take."""
    every = case.authority.actions if case.authority else ()
    wanted, rivals = [a for a in every if a.id in right], [a for a in every if a.id not in right]
    shown = " ".join(
        _spaced(f"{call.name} {call.result}") for call in case.evidence or () if call.ok is not False
    )
    talk = meanings(" ".join((shown, *map(of_action, wanted), *(turn.content for turn in case.turns))))
    named, others = set[str](), list[str]()
    for told, done in _told(reply):
        of = _deeds(told)
        fit = [a for a in wanted if of <= _can(a) or (done and of & _can(a))]
        best = max((_share(told, a) for a in fit), default=0.0)
        rival = max((_share(told, a) for a in rivals if of & _can(a) or not of), default=0.0)
        if best and best >= rival:
            named |= {a.id for a in fit if _share(told, a) == best}
        elif done:
            others += [] if of <= _deeds(shown) else [told]
        elif of or rival or _strange(told, talk):
            others.append(told)
    return Offered(frozenset(named), tuple(others))


def asks_for_a_need(reply: str, case: Case, right: Collection[str]) -> bool:
    """The reply asks for something that a right action needs to know."""
    every = case.authority.actions if case.authority else ()
    needs = [content(need) for action in every if action.id in right for need in action.needs]
    asked = [content(piece.text) for piece in pieces(reply) if piece.asks or " need " in piece.text]
    return any(need & said for need in needs for said in asked)


def offers_something(text: str) -> bool:
    """Something is offered, promised or reported in it."""
    return any(True for _ in _told(text))


def _told(reply: str) -> Iterator[tuple[str, bool]]:
    """The words of each offer and report, and whether it is told as done."""
    for text in (t for piece in pieces(reply) for t in _AND.split(_ASIDE.sub(" ", piece.text))):
        if found := _OFFER.search(text):
            yield _CONDITION.sub(" ", text if found[0].endswith("be ") else text[found.end() :]), False
        elif _DONE.search(text):
            yield _CONDITION.sub(" ", text), True


def _deeds(text: str) -> frozenset[str]:
    """Acts of the table and deeds, by name."""
    return deeds(text) | {act for act, form in TOLD.items() if form.search(text)}


def _can(action: Action) -> frozenset[str]:
    """The deeds that come with an action, and those that its own words name."""
    return _deeds(of_action(action)) | frozenset(read(action).acts)


def _share(told: str, action: Action) -> float:
    """How much of what the action does is said."""
    does = meanings(action.does)
    return len(does & meanings(" ".join(words_in(told)))) / len(does) if does else 0.0


def _strange(told: str, talk: frozenset[str]) -> bool:
    """Most words that carry matter are of something that nobody spoke of."""
    matter = speech(told, question=False).matter.values()
    return bool(matter) and sum(not of & talk for of in matter) >= _MOSTLY * len(matter)


def _spaced(text: str) -> str:
    return fold(text).replace("_", " ")
