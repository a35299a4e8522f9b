"""What a rewrite may speak of, as meanings of words: what results show, what is allowed, and what was said."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guard.case import Action, Case
from guard.ledger.acts import MONEY
from guard.ledger.authority import read
from guard.ledger.evidence import entry
from guard.ledger.known import SENTENCE
from guard.rewriting.meaning import meanings
from guard.rewriting.pieces import words_in
from guard.text import fold

_FIELD = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
"""Where words of a field's name meet."""
_STEM = 6
"""Letters after which endings hide nothing."""


@dataclass(frozen=True, slots=True)
class Material:
    """Meanings: `shown` by results, `allowed`, `said` by anybody, `told` by the customer without asking.

    As text, folded: `acts`, the actions; `results`; `told_as`, what the customer told. `raw`: every character that stands there.
    """

    actions: tuple[Action, ...]
    shown: frozenset[str]
    allowed: frozenset[str]
    said: frozenset[str]
    told: frozenset[str]
    acts: str
    results: str
    told_as: str
    raw: str

    @property
    def proved(self) -> frozenset[str]:
        """What is allowed or shown, as against what was only said."""
        return self.shown | self.allowed

    def holds(self, words: str) -> bool:
        """An action, a result or the customer says them as they are; a question of the customer's says nothing."""
        return any(
            re.search(rf"\b{re.escape(words)}\b", text) for text in (self.acts, self.results, self.told_as)
        )

    def denies(self, words: Iterable[str]) -> bool:
        """A result says of one of these that it is not so: `not_packed`, `"active": false`."""
        return any(
            re.search(
                rf"\b(?:not|no|never|non|without) (?:\w+ )?{word[:_STEM]}|\b{word[:_STEM]}\w*\W{{1,4}}(?:false|null|none|no|0)\b",
                self.results,
            )
            for word in words
        )


def material(case: Case, actions: tuple[Action, ...]) -> Material:
    """Of the calls that did not fail, the actions and the turns. The draft is none: it is what was stopped."""
    calls = [one for one in map(entry, case.evidence or ()) if one.result != "failed"]
    results = [_spaced(f"{one.call.name} {one.text}") for one in calls]
    acts = [of_action(action) for action in actions]
    turns = [fold(turn.content) for turn in case.turns]
    told = [s for turn in case.customer_turns() for s in SENTENCE.split(fold(turn)) if not s.endswith("?")]
    return Material(
        actions=actions,
        shown=_all(results),
        allowed=_all(acts),
        said=_all(turns),
        told=_all(told),
        acts=" ".join(acts),
        results=" ".join(results),
        told_as=" ".join(told),
        raw="".join([*(t.content for t in case.turns), *(one.text for one in calls), *acts]),
    )


def of_action(action: Action) -> str:
    """All that an action says of itself, its acts by their names, and what goes with a limit, with money and with a new thing."""
    acts = read(action).acts
    more = (
        "limit maximum max worth value" if action.max_amount is not None else "",
        "pay payment" if acts & MONEY else "",
        "send" if "replace" in acts else "",
    )
    texts = (action.does, action.say, action.deadline, *action.needs, *action.for_words, *acts, *more)
    return _spaced(" ".join((action.id, *filter(None, texts))))


def _spaced(text: str) -> str:
    """Folded, names of fields as words: `delivered_on`, `deliveredOn`."""
    return fold(_FIELD.sub(" ", text)).replace("-", " ")


def _all(texts: list[str]) -> frozenset[str]:
    return frozenset[str]().union(*(meanings(" ".join(words_in(text.replace("-", " ")))) for text in texts))
