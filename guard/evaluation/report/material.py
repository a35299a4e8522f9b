"""What one report is made of. Every surface reads this and nothing else, so they cannot tell different stories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from guard.evaluation.case import EvalCase
from guard.evaluation.comparison import Arm, Comparison, Flip
from guard.evaluation.gate import Outcome, Ruling
from guard.evaluation.metrics import FLAGS
from guard.evaluation.report.scenes import Flips
from guard.evaluation.results import Flag, Run

SIGNS: Mapping[Outcome | Literal["none"], str] = {
    "pass": "✓",
    "fail": "✕",
    "inconclusive": "?",
    "invalid": "!",
    "none": "–",
}
"""Beside the word and the colour, for those who see neither well."""


@dataclass(frozen=True, slots=True)
class Material:
    """A run with what is known of it.

    cases: the texts, by case id; a result without one is shown without texts. ruling None: no gate was asked.
    comparison: where there is none in the ruling. base: the other run, where its replies are at hand and not only a
    baseline's outcomes. others: more runs by name, for cost against quality. all_flips: the command that names them all.
    """

    run: Run
    cases: Mapping[str, EvalCase] = field(default_factory=dict)
    ruling: Ruling | None = None
    comparison: Comparison | None = None
    base: Run | None = None
    others: Mapping[str, Arm] = field(default_factory=dict)
    all_flips: str = ""

    @property
    def compared(self) -> Comparison | None:
        """With what, if with anything."""
        return self.comparison or (self.ruling.comparison if self.ruling else None)

    def flips(self) -> tuple[Flip, ...]:
        """Harmful ones first, by flag and then by case."""
        by_flag = self.compared.flips() if self.compared else {}
        found = [flip for flag in FLAGS for flip in by_flag.get(flag, ())]
        return tuple(sorted(found, key=lambda flip: not flip.harmful))

    def flips_by_case(self) -> Flips:
        """The same flips, by case id."""
        harmful: dict[str, tuple[Flag, ...]] = {}
        beneficial: dict[str, tuple[Flag, ...]] = {}
        for flip in self.flips():
            side = harmful if flip.harmful else beneficial
            side[flip.case] = (*side.get(flip.case, ()), flip.flag)
        return Flips(harmful, beneficial)


def headline(ruling: Ruling) -> str:
    """What the outcome means, in one sentence."""
    match ruling.outcome:
        case "pass":
            held = "Every gate of the suite holds: nothing fell by as much as its margin. How good it is, the figures say."
            return f"{held} {_worse(ruling)}".strip()
        case "fail":
            return "There is evidence that a gate does not hold. Do not release this."
        case "inconclusive":
            return "Nothing was shown to be worse, and not everything was shown to hold. That is not a pass."
        case "invalid":
            return "The run proves nothing as it stands, whatever its figures are."


def _worse(ruling: Ruling) -> str:
    """A pass hides no fall."""
    if not ruling.worse:
        return ""
    n, names = len(ruling.worse), ", ".join(row.name for row in ruling.worse)
    return f"{n} of them {'is' if n == 1 else 'are'} worse than before, within the margin: {names}."


def reasons(ruling: Ruling) -> tuple[str, ...]:
    """Why it is not a pass: faults, then the gates that fail, then those that nobody can tell. Warnings and notes last.

    Gates with one reason stand together. Of a run that proves nothing, no gate has anything to say.
    """
    short = [row for row in ruling.rows if row.found != "PASS" and not ruling.faults]
    rows = sorted(short, key=lambda row: row.found != "FAIL")
    together: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.counts != "warn":
            together.setdefault((row.found, row.reason), []).append(row.name)
    warned = [row.name for row in rows if row.counts == "warn"]
    return (
        *(f"INVALID: {fault.told}" for fault in ruling.faults),
        *(f"{found} {', '.join(names)}: {why}" for (found, why), names in together.items()),
        *((f"Warnings only: {', '.join(warned)}.",) if warned else ()),
        *ruling.notes,
    )
