"""What was said, what was done, what may be done, and the draft that is about to be sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

from guard.errors import CaseError
from guard.records import ActionRecord, CaseRecord, Json, ToolCallRecord, kind_of, read_case

Role = Literal["customer", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that was said."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call that was really made. `ok` is None when nobody said whether it worked."""

    name: str
    arguments: str
    result: str
    ok: bool | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the assistant may do, within `max_amount`, once the facts in `needs` are known."""

    id: str
    does: str
    tool: str | None = None
    max_amount: float | None = None
    currency: str | None = None
    needs: tuple[str, ...] = ()
    deadline: str | None = None
    say: str | None = None
    for_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority:
    """All that the assistant may do. Empty means: nothing."""

    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Preferences:
    """How this customer likes things: care that is shown by doing."""

    language: str | None = None
    length: Literal["short", "normal"] = "normal"
    format: Literal["prose", "list", "table"] = "prose"


@dataclass(frozen=True, slots=True)
class Case:
    """A drafted reply with all that is needed to judge it.

    `evidence` None: nobody told us which tools were called. Empty: none was.
    `authority` None: nobody told us what is allowed; the policy's own list then stands alone.
    `tools`: names of those that the model may call.
    """

    id: str
    turns: tuple[Turn, ...]
    draft: str
    evidence: tuple[ToolCall, ...] | None = None
    authority: Authority | None = None
    preferences: Preferences = field(default_factory=Preferences)
    tools: tuple[str, ...] = ()

    @classmethod
    def from_record(cls, obj: Mapping[str, object], known: Mapping[str, Action] | None = None) -> "Case":
        """Read one line's object, in case shape or in chat-completions shape; its words stay as they are.

        `known` maps the ids of the policy's actions, which an authority may name.
        Raises `CaseError` when the object cannot be read.
        """
        if not isinstance(obj, Mapping):
            raise CaseError(f"a case is a JSON object, this is {kind_of(obj)}.")
        record = read_case(obj)
        return cls(
            id=record.id,
            turns=tuple(Turn(t.role, t.content) for t in record.context),
            draft=record.draft,
            evidence=None if record.actions is None else tuple(_tool_call(c) for c in record.actions),
            authority=_authority(record, known or {}),
            preferences=Preferences(
                record.preferences.language, record.preferences.length, record.preferences.format
            ),
            tools=record.tool_names,
        )

    def with_draft(self, draft: str) -> "Case":
        """The same moment with another reply."""
        return replace(self, draft=draft)

    def allowed(self, authority: Authority) -> tuple[Action, ...]:
        """All that may be done here: the case's own actions, then those of `authority`, which is the policy's."""
        return (*(self.authority.actions if self.authority else ()), *authority.actions)

    def customer_turns(self) -> tuple[str, ...]:
        """What the customer said, oldest first."""
        return tuple(t.content for t in self.turns if t.role == "customer")

    def said_before(self) -> tuple[str, ...]:
        """What the assistant already told the customer, oldest first."""
        return tuple(t.content for t in self.turns if t.role == "assistant")

    def moment(self) -> str:
        """Digest of the conversation as it stands: the same for every retry, another after a new turn."""
        said = json.dumps([self.id, [[t.role, t.content] for t in self.turns]], ensure_ascii=False)
        return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: Json) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _tool_call(call: ToolCallRecord) -> ToolCall:
    return ToolCall(call.name, _text(call.arguments), _text(call.result), call.ok)


def _authority(record: CaseRecord, known: Mapping[str, Action]) -> Authority | None:
    if record.authority is None:
        return None
    actions = tuple(_action(entry, n, known) for n, entry in enumerate(record.authority))
    first: dict[str, int] = {}
    for n, action in enumerate(actions):
        if first.setdefault(action.id, n) != n:
            raise CaseError(
                f"authority.{n}: {action.id!r} is the id of authority.{first[action.id]} too, "
                "so nobody knows which limit holds. Keep one, or give it another id."
            )
    return Authority(actions)


def _action(entry: ActionRecord | str, n: int, known: Mapping[str, Action]) -> Action:
    match entry:
        case ActionRecord():
            return Action(**entry.model_dump())
        case str() if entry in known:
            return known[entry]
        case str() if len(entry.split()) > 1 and len(entry) <= 2000:
            return Action(id=f"authority-{n + 1}", does=entry)
        case _:
            names = ", ".join(sorted(known)) or "it has none"
            raise CaseError(
                f"authority.{n}: {entry[:60]!r} is no action of the policy ({names}). "
                "Name one of those, write a sentence, or an object with id and does."
            )
