"""What the readers said against what the judge said."""

from collections import Counter
from dataclasses import dataclass
from typing import get_args

from guard.evaluation.kappa import Kappa, kappa
from guard.evaluation.metrics import UNJUDGED, latest
from guard.evaluation.results import Run
from guard.outcome import Verdict

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
ERROR = "error"


@dataclass(frozen=True, slots=True)
class Row:
    """Replies that the readers called `name`, by what the judge called them."""

    name: Verdict
    counts: tuple[int, ...]

    @property
    def replies(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Confusion:
    """Columns are the verdicts in the order of the rows, then what got none. Counts are of replies: a case an epoch.

    The kappas leave errors out; a reply that nobody judged agrees with nobody.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    verdict: Kappa
    owner: Kappa


def confusion(run: Run) -> Confusion:
    """Of all lines of a run."""
    lines = latest(run)
    seen = Counter(
        (r.labelled.verdict, ERROR if r.seen is None else r.seen.verdict or UNJUDGED) for r in lines
    )
    columns = (*VERDICTS, *(word for word in (UNJUDGED, ERROR) if any(said == word for _, said in seen)))
    fine = [(r, r.seen) for r in lines if r.seen is not None]
    verdicts = ((r.family, r.labelled.verdict, s.verdict or UNJUDGED) for r, s in fine)
    owners = ((r.family, r.labelled.owner, s.owner or UNJUDGED) for r, s in fine)
    return Confusion(
        columns=columns,
        rows=tuple(Row(name, tuple(seen[name, said] for said in columns)) for name in VERDICTS),
        verdict=kappa(verdicts, run.head.seed),
        owner=kappa(owners, run.head.seed),
    )
