"""Short ways to say a run, and a suite, in a test."""

from collections.abc import Iterable, Mapping

from guard.evaluation.comparison import Arm, arm
from guard.evaluation.gate import Row, Ruling, decide
from guard.evaluation.results import Flag, Head, Labelled, Odds, Result, Run, RunMode, Seen, Source, Spent
from guard.evaluation.suite import Suite, parse
from guard.outcome import Owner, Verdict

HEADER = "name: release\ncases: [release/*.jsonl]\nbaseline: baselines/release.json\nseed: 1\n"
VERDICT = "{kind: non_inferior, metric: verdict_right, margin: 0.05}"


def suite(*gates: str, more: str = "") -> Suite:
    """A suite with these gates; `more` are further lines."""
    return parse(HEADER + more + "gates:\n" + "".join(f"  - {gate}\n" for gate in gates), "s.yaml")


DIGEST = suite(VERDICT).digest


def line(
    case: str,
    good: bool | Mapping[Flag, bool] = True,
    *,
    family: str | None = None,
    epoch: int = 0,
    digest: str = "d",
    slices: Mapping[str, tuple[str, ...]] | None = None,
    mutation: str | None = None,
    labelled: tuple[Verdict, Owner] = ("ok", "ai"),
    seen: tuple[Verdict | None, Owner | None] = ("ok", "ai"),
    tokens: int = 0,
    usd: float | None = None,
    ms: float = 1.0,
    odds: Odds | None = None,
    error: str | None = None,
) -> Result:
    """One case in one epoch; `good` alone is of verdict_right."""
    flags: dict[Flag, bool] = {"verdict_right": good} if isinstance(good, bool) else dict(good)
    return Result(
        case=case,
        digest=digest,
        family=family or case,
        epoch=epoch,
        split="gate",
        slices=dict(slices or {}),
        mutation=mutation,
        labelled=Labelled(verdict=labelled[0], owner=labelled[1], decision="send"),
        seen=None if error else Seen(verdict=seen[0], owner=seen[1], decision="send", outcome="sent"),
        odds=odds,
        flags={} if error else flags,
        spent=Spent(calls=int(tokens > 0), input_tokens=tokens, usd=usd),
        ms=ms,
        error=error,
    )


def run(
    lines: Iterable[Result],
    *,
    epochs: int = 1,
    dataset: dict[str, str] | None = None,
    stopped: str | None = None,
    judge: str = "local",
    models: tuple[str, ...] = (),
    suite_digest: str = DIGEST,
    prompts: dict[str, str] | None = None,
    oldest: str | None = None,
    mode: RunMode = "local",
    name: str = "release",
    prompts_of: str | None = None,
    sources: tuple[Source, ...] = (),
) -> Run:
    """A run over these lines, complete unless it is told otherwise."""
    results = tuple(lines)
    head = Head(
        suite=name,
        suite_digest=suite_digest,
        mode=mode,
        created="2026-11-25T10:00:00+00:00",
        code="c",
        policy="p",
        judge=judge,
        models=models,
        prompts={"judge": "judge@1"} if prompts is None else prompts,
        seed=1,
        epochs=epochs,
        dataset={r.case: r.digest for r in results} if dataset is None else dataset,
        oldest_recording=oldest,
        prompts_of=prompts_of,
        sources=sources,
    )
    return Run(head=head, results=results, stopped=stopped)


def cases(n: int, bad: Iterable[int] = (), **more: object) -> list[Result]:
    """n cases, each its own family, of which these are bad."""
    wrong = set(bad)
    return [line(f"c{i:04}", i not in wrong, **more) for i in range(n)]  # type: ignore[arg-type]  # told to `line`


def base(lines: Iterable[Result]) -> Arm:
    """The baseline's side."""
    return arm(run(lines), "the baseline")


def ruled(gate: str, lines: Iterable[Result], before: Iterable[Result] | None = None) -> Row:
    """The first row of a suite with one gate."""
    return ruling(gate, lines, before).rows[0]


def ruling(gate: str, lines: Iterable[Result], before: Iterable[Result] | None = None) -> Ruling:
    """The answer of a suite with one gate."""
    return decide(suite(gate), run(lines), base(before) if before is not None else None)
