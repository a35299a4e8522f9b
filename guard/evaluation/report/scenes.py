"""Cases as a reader looks at them: what was said, the draft, and what each run made of it, with the words that show why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from guard.evaluation.case import EvalCase
from guard.evaluation.metrics import FLAGS, Tally, latest, tallies
from guard.evaluation.report.marked import Piece, pieces, visible
from guard.evaluation.results import Flag, Mark, Result, Run


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn of the conversation."""

    role: str
    text: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Words of the conversation that a run gave as evidence, and for what."""

    label: str
    turn: int
    quote: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one run made of the draft. `reply` is empty where the draft went out as it was."""

    said: str
    draft: tuple[Piece, ...]
    reply: str
    evidence: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One case. `base` None: the other side keeps no texts. error: why there is no outcome at all."""

    id: str
    family: str
    slices: Mapping[str, tuple[str, ...]]
    labelled: str
    said: str
    was: str
    harmful: tuple[Flag, ...]
    beneficial: tuple[Flag, ...]
    bad: tuple[Flag, ...]
    error: str
    turns: tuple[Heard, ...] = ()
    candidate: Side | None = None
    base: Side | None = None


@dataclass(frozen=True, slots=True)
class Flips:
    """By case id: flags that were good and are not, and the other way round."""

    harmful: Mapping[str, tuple[Flag, ...]] = field(default_factory=dict)
    beneficial: Mapping[str, tuple[Flag, ...]] = field(default_factory=dict)


def scenes(run: Run, cases: Mapping[str, EvalCase], flips: Flips, base: Run | None) -> Iterator[Scene]:
    """Every case of the run: harmful flips first, then other flips, errors, what is not as it should be, the rest."""
    told = tallies(run)
    now, then = _lines(run, told), _lines(base, tallies(base)) if base else {}
    order = sorted(now, key=lambda id: (*_rank(told[id], now[id], id, flips), id))
    for id in order:
        yield _scene(now[id], then.get(id), told[id], cases.get(id), flips)


def not_good(tally: Tally) -> tuple[Flag, ...]:
    """The facts that do not hold in most epochs."""
    return tuple(flag for flag in FLAGS if tally.holds(flag) is False)


def _rank(tally: Tally, line: Result, id: str, flips: Flips) -> tuple[bool, bool, bool, bool]:
    return (
        id not in flips.harmful,
        id not in flips.beneficial,
        line.error is None,
        not not_good(tally),
    )


def _lines(run: Run, told: Mapping[str, Tally]) -> dict[str, Result]:
    """One line a case: of several epochs the one that is most like all of them, an error only where there is no other."""

    def unlike(line: Result) -> tuple[bool, int, int]:
        tally = told[line.case]
        return (
            line.error is not None,
            sum(good != tally.holds(f) for f, good in line.flags.items()),
            line.epoch,
        )

    found: dict[str, Result] = {}
    for line in latest(run):
        if line.case not in found or unlike(line) < unlike(found[line.case]):
            found[line.case] = line
    return found


def _scene(line: Result, was: Result | None, tally: Tally, case: EvalCase | None, flips: Flips) -> Scene:
    return Scene(
        id=visible(line.case),
        family=visible(line.family),
        slices={name: tuple(map(visible, values)) for name, values in tally.slices.items()},
        labelled=" · ".join((line.labelled.verdict, line.labelled.owner, line.labelled.decision)),
        said=said(line),
        was=said(was) if was else "",
        harmful=flips.harmful.get(line.case, ()),
        beneficial=flips.beneficial.get(line.case, ()),
        bad=not_good(tally),
        error=visible(line.error or ""),
        turns=_turns(case, line) if case else (),
        candidate=_side(line, case),
        base=_side(was, case) if was else None,
    )


def said(line: Result) -> str:
    """Verdict, owner and decision, and what became of the draft."""
    seen = line.seen
    if seen is None:
        return "error"
    verdict = seen.verdict or f"unjudged ({seen.unjudged or 'no verdict'})"
    outcome = f"{seen.outcome} ({seen.reason})" if seen.reason else seen.outcome
    return " · ".join((verdict, seen.owner or "owner not known", seen.decision, outcome))


def _turns(case: EvalCase, line: Result) -> tuple[Heard, ...]:
    return tuple(
        Heard(turn.role, pieces(turn.content, (m for m in line.marks if m.turn == n)))
        for n, turn in enumerate(case.case.turns)
    )


def _side(line: Result, case: EvalCase | None) -> Side | None:
    if line.seen is None:
        return None
    draft = case.case.draft if case else ""
    changed = case is None or line.reply != draft
    return Side(
        said=said(line),
        draft=pieces(draft, (m for m in line.marks if m.turn is None)),
        reply=visible(line.reply) if changed else "",
        evidence=tuple(_evidence(line.marks, case)) if case else (),
    )


def _evidence(marks: tuple[Mark, ...], case: EvalCase) -> Iterator[Shown]:
    turns = case.case.turns
    for mark in marks:
        if mark.turn is not None and 0 <= mark.turn < len(turns):
            yield Shown(
                visible(mark.label), mark.turn + 1, visible(turns[mark.turn].content[mark.start : mark.end])
            )
