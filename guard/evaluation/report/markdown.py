"""A summary in Markdown, for a pull request or the page of a CI job. Nothing that a case says becomes markup, link or mention."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from guard.errors import EvalError
from guard.evaluation.report.gate_table import Line, line
from guard.evaluation.report.marked import visible
from guard.evaluation.report.material import SIGNS, Material, headline, reasons
from guard.evaluation.report.provenance import provenance
from guard.evaluation.report.words import counted, dollars

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
_FLIPS = 20
_MARKUP = re.compile(
    r"[\\`*_\[\]#|~<>&@$]|:(?=//|\w+:)|www(?=\.)|^[-+](?!\d)|^\d+(?=[.)](?:\s|$))", re.IGNORECASE
)
"""What Markdown may take for markup, and what begins a list or an address."""
_COLUMNS = ("gate", "before", "now", "change", "interval", "flips −/+", "verdict", "why")


def summary(material: Material) -> str:
    """The verdict, why, the gates, what the run rests on, and the cases that got worse."""
    return "\n".join(_lines(material)) + "\n"


def append_step_summary(text: str, environ: Mapping[str, str]) -> bool:
    """Add it to the page of the GitHub job, where there is one. Raises `EvalError` if that cannot be written."""
    place = environ.get(STEP_SUMMARY)
    if not place:
        return False
    try:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise EvalError(
            f"{STEP_SUMMARY} {place}: cannot be written ({error.strerror or error}). Unset it to go on."
        ) from None
    return True


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line: no cell, list, HTML, link, formula, mention or issue comes of it."""
    return _MARKUP.sub(_inert, " ".join(visible(text).split("\n")))


def _inert(found: re.Match[str]) -> str:
    words = found.group()
    match words:
        case "<" | ">" | "&":
            return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[words]
        case (
            "@" | "#"
        ):  # GitHub looks for mentions and issues after it has read the escapes: a comment parts them
            return f"\\{words}<!-- -->"
        case _ if words.isalnum():
            return f"{words}<!-- -->"
        case _:
            return f"\\{words}"


def _lines(material: Material) -> Iterator[str]:
    ruling, head, seen = material.ruling, material.run.head, provenance(material.run)
    if ruling:
        yield f"## {SIGNS[ruling.outcome]} {ruling.outcome.upper()}: {escaped(ruling.suite)}"
        yield f"\n{headline(ruling)} Exit code {ruling.exit_code}.\n"
        yield from (f"- {escaped(why)}" for why in reasons(ruling))
        yield ""
        yield f"| {' | '.join(_COLUMNS)} |"
        yield f"| --- |{' ---: |' * 3}{' --- |' * 4}"
        yield from (_row(line(row)) for row in ruling.rows)
    else:
        yield f"## {escaped(head.suite)}\n"
        yield "No gate was asked: these are the figures of a run, not a verdict."
    yield (
        f"\n{counted(seen.cases, 'case')}, {counted(seen.families, 'family')}; judge {escaped(head.judge)}, "
        f"models {escaped(seen.models)}; {dollars(seen.cost.usd)} in all, {seen.cost.tokens_per_reply:,.0f} tokens a reply.  "
    )
    yield "  \n".join(escaped(told) for told in (seen.told, *seen.recorded))
    if material.compared:
        yield from _flips(material)


def _row(one: Line) -> str:
    effect = f" ({one.effect})" if one.effect else ""
    name = f"**{escaped(one.metric)}**{f' {escaped(one.place)}' if one.place else ''}: {escaped(one.limit)}"
    cells = (one.before, one.now, one.change, one.interval, one.flips)
    return f"| {' | '.join((name, *map(escaped, cells), one.found, escaped(one.reason) + effect))} |"


def _flips(material: Material) -> Iterator[str]:
    found = material.flips_by_case()
    yield f"\n{counted(len(found.harmful), 'case')} got worse, {len(found.beneficial)} better.\n"
    for case, flags in list(found.harmful.items())[:_FLIPS]:
        yield f"- {escaped(case)}: {escaped(', '.join(flags))}"
    if len(found.harmful) > _FLIPS:
        yield f"- … and {len(found.harmful) - _FLIPS} more"
