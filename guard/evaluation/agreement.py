"""How far the judge agrees with the readers, and they with one another: kappa, and what the judge's misses do to a rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guard.assessment import Need
from guard.errors import EvalError
from guard.evaluation.kappa import Kappa, kappa
from guard.evaluation.metrics import UNJUDGED, latest
from guard.evaluation.results import Result, Run
from guard.evaluation.statistics import Interval, z
from guard.outcome import Owner, Verdict

AUTHOR = "author"
"""The reader who wrote the case's own labels."""
JUDGE = "judge"
Of = Literal["verdict", "owner", "concrete_step", "need"]
Said = dict[Of, str]
"""What one reader, or the judge, said of a case."""
BETWEEN_READERS: tuple[Of, ...] = ("verdict", "owner", "concrete_step", "need")
WITH_JUDGE: tuple[Of, ...] = ("verdict", "owner")


class Label(BaseModel):
    """One line of a file of second labels. A digest, where it is given, ties it to the text that was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str = Field(min_length=1)
    digest: str | None = None
    reader: str = Field(min_length=1)
    verdict: Verdict
    owner: Owner
    concrete_step: bool
    need: Need


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two readers, one of whom may be the judge or the case's author, on one thing."""

    one: str
    other: str
    of: Of
    kappa: Kappa


@dataclass(frozen=True, slots=True)
class Screened:
    """The judge as a test for "not ok", with a reader for the truth.

    shown: the share that the judge calls not ok among all cases of the run. corrected: what that share would be
    without its misses (Rogan & Gladen 1978), with Lang and Reiczigel's interval (2014); None where the judge is no
    better than chance.
    """

    reader: str
    sensitivity: float
    specificity: float
    not_ok: int
    ok: int
    shown: float
    corrected: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """All of it. stale: labels of a text that has changed since. unknown: labels of cases that are not in the run."""

    with_judge: tuple[Agreed, ...]
    between: tuple[Agreed, ...]
    screened: tuple[Screened, ...]
    stale: tuple[str, ...]
    unknown: tuple[str, ...]


def parse(text: str, where: str) -> tuple[Label, ...]:
    """Read a file of labels, one JSON object a line. Raises `EvalError` that names `where`, the line and the field."""
    found: list[Label] = []
    first: dict[tuple[str, str], int] = {}
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            label = Label.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in fault["loc"]) or "the line"
            raise EvalError(
                f"{where}:{n}: {field}: {fault['msg']}. A label has {', '.join(Label.model_fields)}."
            ) from None
        if label.reader in (AUTHOR, JUDGE):
            raise EvalError(f"{where}:{n}: reader: {label.reader!r} is taken; give the reader another name.")
        if first.setdefault((label.case, label.reader), n) != n:
            raise EvalError(
                f"{where}:{n}: {label.reader} read {label.case} at line {first[label.case, label.reader]} too."
            )
        found.append(label)
    return tuple(found)


def agree(run: Run, labels: Sequence[Label], seed: int = 0) -> Agreement:
    """Judge with author and readers, and readers with one another, on each case's first epoch without an error."""
    lines = _first_lines(run)
    fresh = [
        label for label in labels if label.case in lines and label.digest in (None, lines[label.case].digest)
    ]
    judge: dict[str, Said] = {case: _of_line(line) for case, line in lines.items()}
    readers: dict[str, dict[str, Said]] = {AUTHOR: {case: _of_author(line) for case, line in lines.items()}}
    for label in sorted(fresh, key=lambda one: one.reader):
        readers.setdefault(label.reader, {})[label.case] = _of_label(label)

    def agreed(one: str, other: str, of: Of) -> Agreed:
        a, b = ({JUDGE: judge, **readers}[name] for name in (one, other))
        both = [case for case in sorted(a) if case in b]
        return Agreed(one, other, of, kappa([(lines[c].family, a[c][of], b[c][of]) for c in both], seed))

    return Agreement(
        with_judge=tuple(agreed(JUDGE, reader, of) for reader in readers for of in WITH_JUDGE),
        between=tuple(
            agreed(one, other, of)
            for one, other in combinations(readers, 2)
            for of in (WITH_JUDGE if one == AUTHOR else BETWEEN_READERS)
        ),
        screened=tuple(
            found for reader, truth in readers.items() if (found := _screened(reader, truth, judge))
        ),
        stale=tuple(dict.fromkeys(x.case for x in labels if x.case in lines and x not in fresh)),
        unknown=tuple(dict.fromkeys(x.case for x in labels if x.case not in lines)),
    )


def rogan_gladen(
    shown: tuple[int, int], caught: tuple[int, int], cleared: tuple[int, int], level: float = 0.9
) -> tuple[float, Interval] | None:
    """The true share behind an imperfect test, from (how many, of how many): shown, sensitivity, specificity.

    Rogan & Gladen 1978, with the adjusted interval of Lang & Reiczigel 2014, which supposes that the three are
    counted in different cases. None: the test is no better than chance.
    """
    (k, n), (k_se, n_se), (k_sp, n_sp) = shown, caught, cleared
    better = k_se / n_se + k_sp / n_sp - 1
    if better <= 0:
        return None
    value = min(1.0, max(0.0, (k / n + k_sp / n_sp - 1) / better))
    wide = z(level)
    share, size = (k + wide**2 / 2) / (n + wide**2), n + wide**2
    se, se_n, sp, sp_n = (k_se + 1) / (n_se + 2), n_se + 2, (k_sp + 1) / (n_sp + 2), n_sp + 2
    youden = se + sp - 1
    if youden <= 0:
        return value, Interval(0.0, 1.0)
    middle = (share + sp - 1) / youden
    of_se, of_sp = se * (1 - se) / se_n, sp * (1 - sp) / sp_n
    half = wide * sqrt(share * (1 - share) / size + of_se * middle**2 + of_sp * (1 - middle) ** 2) / youden
    shifted = middle + 2 * wide**2 * (middle * of_se - (1 - middle) * of_sp)
    return value, Interval(min(1.0, max(0.0, shifted - half)), min(1.0, max(0.0, shifted + half)))


def _screened(reader: str, truth: dict[str, Said], judge: dict[str, Said]) -> Screened | None:
    """A case that the judge could not judge is not sent as it stands, so it counts as not ok."""
    not_ok = [judge[case]["verdict"] != "ok" for case, said in truth.items() if said["verdict"] != "ok"]
    ok = [judge[case]["verdict"] == "ok" for case, said in truth.items() if said["verdict"] == "ok"]
    shown = [said["verdict"] != "ok" for said in judge.values()]
    if not not_ok or not ok:
        return None
    found = rogan_gladen((sum(shown), len(shown)), (sum(not_ok), len(not_ok)), (sum(ok), len(ok)))
    return Screened(
        reader=reader,
        sensitivity=sum(not_ok) / len(not_ok),
        specificity=sum(ok) / len(ok),
        not_ok=len(not_ok),
        ok=len(ok),
        shown=sum(shown) / len(shown),
        corrected=found[0] if found else None,
        interval=found[1] if found else None,
    )


def _first_lines(run: Run) -> dict[str, Result]:
    """Of cases as they were written: no reader has seen what a mutation made of them."""
    found: dict[str, Result] = {}
    for line in sorted(latest(run), key=lambda one: (one.case, one.epoch)):
        if line.error is None and line.seen is not None and line.mutation is None:
            found.setdefault(line.case, line)
    return found


def _of_label(label: Label) -> Said:
    return {of: _word(label, of) for of in BETWEEN_READERS}


def _word(label: Label, of: Of) -> str:
    match of:
        case "verdict":
            return label.verdict
        case "owner":
            return label.owner
        case "concrete_step":
            return str(label.concrete_step)
        case "need":
            return label.need
        case _:
            assert_never(of)


def _of_author(line: Result) -> Said:
    return {"verdict": line.labelled.verdict, "owner": line.labelled.owner}


def _of_line(line: Result) -> Said:
    seen = line.seen
    return {
        "verdict": (seen.verdict if seen else None) or UNJUDGED,
        "owner": (seen.owner if seen else None) or UNJUDGED,
    }
