"""What a run rests on: fresh answers, recorded ones or none, of which model, how old, and what they cost."""

from dataclasses import dataclass
from typing import assert_never

from guard.evaluation.metrics import Cost, cost, latest
from guard.evaluation.report.words import counted, dollars
from guard.evaluation.results import Run, Source


@dataclass(frozen=True, slots=True)
class Provenance:
    """told: one sentence that nobody can take for more than it says. recorded: whose recordings they are, one a line."""

    cost: Cost
    cases: int
    families: int
    models: str
    told: str
    recorded: tuple[str, ...] = ()

    @property
    def replayed(self) -> float | None:
        """The share of calls that a recording answered; None where nothing was asked."""
        return self.cost.replayed / self.cost.calls if self.cost.calls else None


def provenance(run: Run) -> Provenance:
    """Of a run."""
    spent = cost(run)
    return Provenance(
        cost=spent,
        cases=len(run.head.dataset),
        families=len({r.family for r in latest(run)}),
        models=", ".join(run.head.models) or ("none asked" if not spent.calls else "not known"),
        told=_told(run, spent),
        recorded=tuple(recorded(source) for source in run.head.sources),
    )


def recorded(source: Source) -> str:
    """Whose they are, in a sentence."""
    return (
        f"{counted(source.answers, 'answer')} of model {source.model}, of {source.days}, had made by {source.by}: "
        f"{source.how.rstrip('.')}."
    )


def _told(run: Run, spent: Cost) -> str:
    head, fresh = run.head, spent.calls - spent.replayed
    oldest = f", the oldest of {head.oldest_recording[:10]}" if head.oldest_recording else ""
    if not spent.calls:
        return "No model was asked: everything here is the work of code and of the local judge, and was computed anew."
    if all(r.error for r in run.results if r.spent.calls):
        return f"{counted(spent.calls, 'model call')}, and none of them was answered."
    if not spent.replayed:
        return (
            f"{counted(fresh, 'model call')}, all of them answered anew in this run ({dollars(spent.usd)})."
        )
    if not fresh:
        return (
            f"All {counted(spent.calls, 'model call')} were answered by recordings{oldest}. They tell what the model said then; "
            "they are no fresh evidence of what it says now."
        )
    others = "have no recording" if head.mode == "replay" else "were answered anew"
    return (
        f"{spent.replayed:,} of {counted(spent.calls, 'model call')} were answered by recordings{oldest}; "
        f"{fresh:,} {others}. What was replayed is no fresh evidence of what the model says now."
    )


def mode_told(run: Run) -> str:
    """The mode in words."""
    match run.head.mode:
        case "local":
            return "local, no model"
        case "replay":
            return "replay, no network"
        case "record-missing":
            return "recordings, and the model for what is missing"
        case "live":
            return "live"
        case _:
            assert_never(run.head.mode)
