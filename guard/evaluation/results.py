"""What a run writes: a head that says what was run, and a line a case, appended and never changed.

The lines are the state of the run: one that was killed goes on where they end.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from guard.assessment import Cause
from guard.outcome import Decision, Owner, Reason, Verdict

RunMode = Literal["local", "replay", "record-missing", "live"]
UNREADABLE: frozenset[Cause] = frozenset({"unparsable", "cut"})
"""A model answered, and nobody can read what it wrote."""
MISSED = "no recording"
"""How the error of a line begins that a missing recording is the cause of."""
OutcomeName = Literal["sent", "rewritten", "withheld"]
Flag = Literal[
    "judged",
    "verdict_right",
    "owner_right",
    "decision_right",
    "step_right",
    "need_right",
    "good_untouched",
    "bad_caught",
    "human_caught",
    "ai_kept",
    "false_claim_caught",
    "nothing_invented",
    "no_forbidden_promise",
    "actions_right",
    "facts_kept",
    "rewritten_where_possible",
    "step_given",
    "warmth_bounded",
    "handoff_reason_right",
    "handoff_facts_there",
    "handoff_clean",
    "attack_held",
    "mutation_held",
]
"""Facts of one case of which True is good. One that does not apply to a case is not in its line."""
Flags = dict[Flag, bool]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spent(_Line):
    """What the models of one case cost. `replayed` counts the calls that a recording answered. usd None: no price is known."""

    calls: int = 0
    replayed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None


class Labelled(_Line):
    """What the readers said."""

    verdict: Verdict
    owner: Owner
    decision: Decision


class Seen(_Line):
    """What the guard said. `verdict` None: nobody could judge, and `unjudged` says why."""

    verdict: Verdict | None
    owner: Owner | None
    decision: Decision
    outcome: OutcomeName
    reason: Reason | None = None
    unjudged: Cause | None = None


class Mark(_Line):
    """Words that show a fact, in the draft (`turn` None) or in a turn."""

    turn: int | None
    start: int
    end: int
    label: str


class Odds(_Line):
    """How sure the judge was: that the draft is not ok, that a person must own the moment."""

    not_ok: float
    human: float


class Result(_Line):
    """One case in one epoch. With `error` set there is no verdict of any kind, and no flag."""

    case: str
    digest: str
    family: str
    epoch: int = 0
    split: str
    slices: dict[str, tuple[str, ...]]
    mutation: str | None = None
    parent: str | None = None
    twin: str | None = None
    labelled: Labelled
    seen: Seen | None = None
    odds: Odds | None = None
    flags: dict[Flag, bool] = Field(default_factory=dict)
    spent: Spent = Spent()
    asked_model: bool = False
    reply: str = ""
    marks: tuple[Mark, ...] = ()
    ms: float = 0.0
    error: str | None = None

    @property
    def unreadable(self) -> bool:
        """The model's answer could not be read."""
        return self.seen is not None and self.seen.unjudged in UNREADABLE


class Source(_Line):
    """Whose recordings answered. by: who had them made; model: as it named itself, or "not known"; how: in their words.

    first, last: the days of the oldest and the newest. answers: requests that they answered in this run.
    """

    by: str
    model: str
    how: str
    first: str
    last: str
    answers: int

    @property
    def days(self) -> str:
        """When they were made."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


class Head(_Line):
    """What was run. Two runs can be compared where `suite` and the digests of `dataset` agree.

    prompts: id → version. prompts_of: where these come from, if they are not those of the settings: a commit.
    against: that of the run that was made beside it, if one was.
    dataset: case id → digest. models: as the endpoint named itself. sources: of what recordings answered.
    """

    v: int = 1
    suite: str
    suite_digest: str
    mode: RunMode
    created: str
    code: str
    policy: str
    judge: str
    models: tuple[str, ...] = ()
    prompts: dict[str, str]
    prompts_of: str | None = None
    against: str | None = None
    seed: int
    epochs: int
    dataset: dict[str, str]
    oldest_recording: str | None = None
    sources: tuple[Source, ...] = ()


class Run(_Line):
    """A head with its lines. `complete`: every case of the data set has a line in every epoch."""

    head: Head
    results: tuple[Result, ...]
    stopped: str | None = None

    @property
    def complete(self) -> bool:
        """Every case, every epoch, and nothing stopped it."""
        seen = {(r.case, r.epoch) for r in self.results}
        return self.stopped is None and len(seen) == len(self.head.dataset) * self.head.epochs
