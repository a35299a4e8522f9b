"""One page that needs nothing else: no network, no script for what matters, and no word of a customer that is markup.

The texts of the cases lie in the page as inert JSON, a part for fifty cases, and are read when a case is opened.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from guard.evaluation.calibration import Calibration, of_results
from guard.evaluation.comparison import arm
from guard.evaluation.gate import Row
from guard.evaluation.metrics import latest
from guard.evaluation.report.confusion import confusion
from guard.evaluation.report.frontier import frontier
from guard.evaluation.report.gate_table import Line, level, line
from guard.evaluation.report.marked import Piece, visible
from guard.evaluation.report.material import SIGNS, Material, headline, reasons
from guard.evaluation.report.pictures import Whisker, reliability, scatter, whiskers
from guard.evaluation.report.provenance import mode_told, provenance
from guard.evaluation.report.scenes import Scene, Side, scenes
from guard.evaluation.report.slices import FEW, LEAST, slices
from guard.evaluation.report.words import SAYS, counted, dollars, percent, points

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parent
_PART = 50
"""Cases whose texts lie together."""
_WATCHED = 12
"""Slices that decide nothing, as many of the worst."""
_STATIC = 20
"""Harmful flips that are there for those who have no script."""
_NO_GATE = "No gate was asked: these are the figures of a run, not a verdict."
THIS = "this run"
_INERT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_NOTHING = Scene("", "", {}, "", "", "", (), (), (), "", (), Side("", (), "", ()), Side("", (), "", ()))
"""The card that the script fills."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """A row of the table with its drawing. again: it is of the same gate as the row before."""

    line: Line
    again: bool
    level: str
    whisker: Whisker | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """One reliability diagram. `of`: what the odds are of, in words."""

    of: str
    seen: Calibration


def page(material: Material) -> str:
    """The whole page as HTML."""
    values = _frame() | _verdict(material) | _figures(material) | _cases(material)
    return _environment().get_template("page.html.j2").render(values)


def _frame() -> dict[str, object]:
    """Style and script, with the hashes by which the page's own policy lets them in and nothing else."""
    from markupsafe import Markup

    style, script = _file("page.css"), _file("page.js")
    return {
        "style": Markup(style),  # noqa: S704 - ours
        "script": Markup(script),  # noqa: S704 - ours
        "style_hash": _hash(style),
        "script_hash": _hash(script),
    }


def _verdict(material: Material) -> dict[str, object]:
    """What was run, what it rests on, and what the gate says."""
    ruling = material.ruling
    return {
        "run": material.run,
        "mode": mode_told(material.run),
        "source": provenance(material.run),
        "compared": material.compared,
        "ruling": ruling,
        "outcome": ruling.outcome if ruling else "none",
        "sign": SIGNS[ruling.outcome if ruling else "none"],
        "headline": headline(ruling) if ruling else _NO_GATE,
        "reasons": reasons(ruling) if ruling else (),
        "rows": _gates(ruling.rows) if ruling else (),
        "watch": _gates(ruling.watch[:_WATCHED]) if ruling else (),
    }


def _figures(material: Material) -> dict[str, object]:
    """The tables and drawings."""
    run, compared = material.run, material.compared
    before = {compared.base.name: compared.base} if compared else {}
    found = frontier(({THIS: arm(run, THIS)} | before | dict(material.others)).items())
    return {
        "slices": slices(run, compared.base.tallies if compared else None),
        "least": LEAST,
        "few": FEW,
        "confusion": confusion(run),
        "reliable": tuple(_reliable(material)),
        "frontier": found,
        "scatter": scatter(found),
    }


def _cases(material: Material) -> dict[str, object]:
    """The list of cases, their texts in parts, and the worst of them for those who have no script."""
    shown = list(scenes(material.run, material.cases, material.flips_by_case(), material.base))
    where = sorted({place for one in shown for place in _places(one)})
    number = {place: n for n, place in enumerate(where)}
    worse = [one for one in shown if one.harmful]
    return {
        "static": worse[:_STATIC],
        "harmful": len(worse),
        "beneficial": sum(bool(one.beneficial) for one in shown),
        "nothing": _NOTHING,
        "index": inert({"where": where, "part": _PART, "cases": [_brief(one, number) for one in shown]}),
        "parts": [inert([_whole(one) for one in part]) for part in _in_parts(shown)],
    }


def inert(value: object) -> "Markup":
    """JSON that no HTML parser takes for anything else, wherever it stands."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_INERT))  # noqa: S704 - nothing that HTML knows is left in it


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        percent=percent, points=points, dollars=dollars, counted=counted, reliability=reliability
    )
    made.globals.update(SAYS=SAYS)
    return made


def _shown(value: object) -> object:
    """Whatever is written, what would hide or turn text is not obeyed."""
    return visible(value) if type(value) is str else value


def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a content security policy names a text."""
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


def _gates(rows: Iterable[Row]) -> tuple[GateRow, ...]:
    some = tuple(rows)
    drawn = whiskers(some)
    before = (None, *(row.gate for row in some))
    return tuple(
        GateRow(line(row), row.gate == last, level(row), one)
        for row, last, one in zip(some, before, drawn, strict=False)
    )


def _reliable(material: Material) -> Iterator[Reliability]:
    told: tuple[tuple[Literal["not_ok", "human"], str], ...] = (
        ("not_ok", "the draft leaves an open need without a step"),
        ("human", "a person must own the moment"),
    )
    for of, words in told:
        if seen := of_results(latest(material.run), of):
            yield Reliability(words, seen)


def _in_parts(shown: list[Scene]) -> Iterator[list[Scene]]:
    rest = iter(shown)
    while part := list(islice(rest, _PART)):
        yield part


def _places(one: Scene) -> Iterator[str]:
    return (f"{name}={value}" for name, values in one.slices.items() for value in values)


def _brief(one: Scene, number: Mapping[str, int]) -> dict[str, object]:
    """What the list and its filters need."""
    return {
        "id": one.id,
        "said": one.said,
        "harmful": one.harmful,
        "beneficial": one.beneficial,
        "bad": one.bad,
        "error": one.error,
        "in": [number[place] for place in _places(one)],
    }


def _whole(one: Scene) -> dict[str, object]:
    """What an opened case shows beside that."""
    return {
        "family": one.family,
        "labelled": one.labelled,
        "was": one.was,
        "turns": [{"role": turn.role, "text": _pieces(turn.text)} for turn in one.turns],
        "candidate": _side(one.candidate),
        "base": "same" if one.base == one.candidate else _side(one.base),
    }


def _side(side: Side | None) -> dict[str, object] | None:
    if side is None:
        return None
    return {
        "said": side.said,
        "draft": _pieces(side.draft),
        "reply": side.reply,
        "evidence": [asdict(one) for one in side.evidence],
    }


def _pieces(text: Iterable[Piece]) -> list[list[str]]:
    return [[p.text, p.label, p.kind] if p.labels else [p.text] for p in text]
