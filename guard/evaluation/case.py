"""A case with what a careful reader saw in it. Strict: a line that means nothing is refused, with its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from json import dumps
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guard.assessment import DefectKind, Need, Signal
from guard.case import Action, Case
from guard.errors import EvalError
from guard.outcome import Decision, Owner, Reason, Verdict

Split = Literal["dev", "gate"]
Slice = Literal[
    "tool_evidence",
    "injection",
    "preference",
    "handoff",
    "multi_turn",
    "long",
    "signal",
    "trap",
    "placeholder",
    "markdown",
    "first_reply",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ForRewrite(_Strict):
    """What a good rewrite carries, what nobody may promise here, and which actions would be right."""

    must_keep: tuple[str, ...] = ()
    must_not_promise: tuple[str, ...] = ()
    actions: tuple[str, ...] = Field(min_length=1)


class ForHandoff(_Strict):
    """Why a person gets it, what they must find in it, and what may not be stored."""

    reason: Reason
    facts: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class Expect(_Strict):
    """Observable facts, as the guide names them, and what follows from them by its rules.

    dims: emotional weight, ambiguity, moral trade-off, lasting consequences. unbacked: quotes from the draft.
    """

    need: Need
    empathy: bool
    concrete_step: bool
    signals: tuple[Signal, ...]
    dims: tuple[int, int, int, int]
    unbacked: tuple[str, ...] = ()
    defects: tuple[DefectKind, ...] = ()
    verdict: Verdict
    owner: Owner
    decision: Decision
    rewrite: ForRewrite | None
    handoff: ForHandoff | None


class EvalRecord(_Strict):
    """One line of a file of eval cases. `twin`: the same case without the attack."""

    id: str = Field(min_length=1)
    family: str = Field(min_length=1)
    split: Split
    industry: str
    language: str = "en"
    slices: tuple[Slice, ...] = ()
    why: str
    context: tuple[dict[str, object], ...]
    draft: str
    actions: tuple[dict[str, object], ...] | None
    authority: tuple[dict[str, object] | str, ...] | None = None
    preferences: dict[str, object] | None = None
    twin: str | None = None
    expect: Expect


@dataclass(frozen=True, slots=True)
class EvalCase:
    """A case with its labels. `mutation` names how it was changed; `parent` is the case that it was made of."""

    case: Case
    family: str
    split: Split
    slices: Mapping[str, tuple[str, ...]]
    expect: Expect
    twin: str | None = None
    mutation: str | None = None
    parent: str | None = None

    @property
    def id(self) -> str:
        """As the file has it; a mutation's is `parent~mutation`."""
        return self.case.id

    @property
    def digest(self) -> str:
        """Twelve hex digits over all that is judged and all that is expected: another one is another case."""
        return sha256(
            repr((self.case, self.expect, self.twin)).encode("utf-8", "backslashreplace")
        ).hexdigest()[:12]


def parse(line: Mapping[str, object], where: str, known: Mapping[str, Action] | None = None) -> EvalCase:
    """Read one line's object. Raises `EvalError` that names `where` and the field."""
    try:
        record = EvalRecord.model_validate_json(dumps(line))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the line"
        raise EvalError(
            f"{where}: {field}: {fault['msg']}. `compassion-guard eval schema` shows every field."
        ) from None
    told = {
        k: line[k] for k in ("id", "context", "draft", "actions", "authority", "preferences") if k in line
    }
    return EvalCase(
        case=Case.from_record(told, known),
        family=record.family,
        split=record.split,
        slices={
            "industry": (record.industry,),
            "language": (record.language,),
            "slice": record.slices,
            "signal": record.expect.signals,
            "verdict": (record.expect.verdict,),
        },
        expect=record.expect,
        twin=record.twin,
    )


def refused(cases: Iterable[EvalCase]) -> tuple[str, ...]:
    """What makes a set of cases worthless: an id or a text twice, a family in two splits, a twin that is not there."""
    faults: list[str] = []
    ids: dict[str, EvalCase] = {}
    texts: dict[str, str] = {}
    splits: dict[str, Split] = {}
    for one in cases:
        if one.id in ids:
            faults.append(f"{one.id}: the id is there twice.")
        ids[one.id] = one
        text = repr(one.case.with_draft(one.case.draft.strip())).split(",", 1)[1]
        if texts.setdefault(text, one.id) != one.id:
            faults.append(f"{one.id}: is {texts[text]} once more, under another id.")
        if splits.setdefault(one.family, one.split) != one.split:
            faults.append(
                f"{one.id}: family {one.family} is in both splits, so the gate would see what dev saw."
            )
    faults += [
        f"{o.id}: its twin {o.twin} is not there." for o in ids.values() if o.twin and o.twin not in ids
    ]
    return tuple(faults)


schema = partial(EvalRecord.model_json_schema)
