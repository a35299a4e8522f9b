"""`bench cascade`: for how many drafts of a file the model would be asked, how many tokens that takes, and what is saved.

Nobody is asked: the local judge reads every draft, and the prompts are rendered and counted. So a team sees what a band
costs, and what it saves over asking for every draft, before it has a key.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from guard.assemble import Guard
from guard.assessment import Assessment, Unjudged
from guard.bench.files import cases_in
from guard.case import Case
from guard.judging import local
from guard.judging.cascade import unsure
from guard.judging.llm import request, schema
from guard.parts import templates
from guard.policy import Judging
from guard.prompts.budget import A_MESSAGE, OverBudgetError
from guard.prompts.template import Prompt
from guard.prompts.tokens import count, means
from guard.report import dumps

_BANDS = ((0.02, 0.98), (0.05, 0.95), (0.1, 0.9), (0.2, 0.8), (0.3, 0.7), (0.4, 0.6))


@dataclass(frozen=True, slots=True)
class Band:
    """What one band would take and save. Tokens a reply are the average over all drafts, asked or not.

    They are those of the messages and of the answer's schema; the answer's own come on top. saved: calls that asking
    for every draft would take beyond those of the band.
    """

    band: tuple[float, float]
    drafts: int
    asked: int
    share: float
    saved: int
    saved_share: float
    tokens_a_reply: float
    tokens_saved_a_reply: float
    estimated: bool
    counted_with: str | None
    over_budget: int


@dataclass(frozen=True, slots=True)
class _Read:
    """A draft as the local judge read it. tokens: of the request; None where there is none: it is too long, or over budget."""

    found: Assessment | Unjudged
    tokens: int | None


def cascade(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Case files, one JSON object a line.")],
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="A policy.yaml instead of the shipped one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a band, for machines.")] = False,
) -> None:
    """Share of drafts for which the cascade would ask the model, calls saved, and tokens a reply, by band. Asks nobody."""
    guard = Guard.load(policy, mode="observe")
    cases, faults = cases_in(files, guard)
    found = measured(cases, guard)
    if as_json:
        for band in found:
            typer.echo(dumps(asdict(band)))
    else:
        _show(found, guard.policy.judging, templates(guard.settings).get("judge"))
    raise typer.Exit(1 if faults else 0)


def measured(cases: Sequence[Case], guard: Guard) -> list[Band]:
    """Each band, the policy's first."""
    most, judging = guard.policy.limits.draft_characters, guard.policy.judging
    prompt = templates(guard.settings).get("judge")
    answer = _of_schema(prompt.header.model)
    read_ = [_Read(local.judge(case, most), _tokens(case, prompt, most, answer)) for case in cases]
    bands = dict.fromkeys((judging.band, *_BANDS))
    return [_band(read_, replace(judging, band=band), prompt.header.model) for band in bands]


def _band(read_: list[_Read], judging: Judging, model: str | None) -> Band:
    how = means(model)
    asked = [one for one in read_ if unsure(one.found, judging)]
    taken = [one.tokens for one in asked if one.tokens is not None]
    every = [one.tokens for one in read_ if one.tokens is not None]
    saved = len(every) - len(taken)
    return Band(
        band=judging.band,
        drafts=len(read_),
        asked=len(asked),
        share=round(len(asked) / len(read_), 4),
        saved=saved,
        saved_share=round(saved / len(every), 4) if every else 0.0,
        tokens_a_reply=round(sum(taken) / len(read_), 1),
        tokens_saved_a_reply=round((sum(every) - sum(taken)) / len(read_), 1),
        estimated=not how.exact,
        counted_with=how.used,
        over_budget=len(asked) - len(taken),
    )


def _tokens(case: Case, prompt: Prompt, most: int, answer: int) -> int | None:
    """Those of the messages, and `answer`, those of the answer's schema; None where nothing would be sent."""
    if len(case.draft) > most:
        return None
    try:
        asked = request(case, prompt)
    except OverBudgetError:
        return None
    return sum(count(text, asked.model)[0] + A_MESSAGE for _, text in asked.messages) + answer


def _of_schema(model: str | None) -> int:
    return count(json.dumps(schema()), model)[0]


def _show(found: list[Band], judging: Judging, prompt: Prompt) -> None:
    from rich import box
    from rich.table import Table

    from guard.terminal import console

    out, about = console(), "~" * found[0].estimated
    table = Table(
        title=f"{found[0].drafts} drafts, by band of P(not ok)",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    over = any(band.over_budget for band in found)
    for name in ("band", "asked", "calls saved", "tokens a reply", "tokens saved", *("over budget",) * over):
        table.add_column(name, justify="right")
    for band in found:
        mark = "*" if band.band == judging.band else ""
        table.add_row(
            f"{band.band[0]:g} to {band.band[1]:g}{mark}",
            f"{band.asked} ({band.share:.1%})",
            f"{band.saved} ({band.saved_share:.1%})",
            f"{about}{band.tokens_a_reply:,.0f}",
            f"{about}{band.tokens_saved_a_reply:,.0f}",
            *(str(band.over_budget),) * over,
        )
    out.print(table)
    out.print(_told(found[0], prompt), style="dim", markup=False, highlight=False)


def _told(band: Band, prompt: Prompt) -> str:
    """What the numbers are, and what they leave out."""
    model = prompt.header.model
    with_ = f"with {band.counted_with}" if band.counted_with else "from the kinds of signs in the texts"
    counted = (
        f"~ estimated {with_}: the vocabulary of {model or 'the model'} is not on this machine."
        if band.estimated
        else f"They are counted {with_}, the vocabulary of {model}."
    )
    answer = prompt.header.parameters.max_output_tokens
    most = f", {answer:,} a call at most" if answer else ""
    return (
        "* the policy's band. Saved: over asking for every draft (judge: {by: llm}). Tokens are those of the messages and "
        f"of the answer's schema, about {_of_schema(model):,} a call; the answer's own come on top{most}. {counted}"
    )
