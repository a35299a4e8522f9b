"""`bench cascade`: for how many drafts of a file the model would be asked, and how many tokens that takes.

Nobody is asked: the local judge reads every draft, and the prompts that it is unsure enough for are rendered and
counted. So a team sees what a band costs before it has a key.
"""

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
from guard.judging.llm import request
from guard.parts import templates
from guard.policy import Judging
from guard.prompts.budget import OverBudgetError
from guard.prompts.template import Prompt
from guard.prompts.tokens import count
from guard.report import dumps

_BANDS = ((0.02, 0.98), (0.05, 0.95), (0.1, 0.9), (0.2, 0.8), (0.3, 0.7), (0.4, 0.6))


@dataclass(frozen=True, slots=True)
class Band:
    """What one band would take. Tokens are those of the prompts, a reply on average over all drafts, asked or not."""

    band: tuple[float, float]
    drafts: int
    asked: int
    share: float
    tokens_a_reply: float
    estimated: bool
    over_budget: int


def cascade(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Case files, one JSON object a line.")],
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="A policy.yaml instead of the shipped one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a band, for machines.")] = False,
) -> None:
    """Share of drafts for which the cascade would ask the model, and tokens a reply, by band. Asks nobody."""
    guard = Guard.load(policy, mode="observe")
    cases, faults = cases_in(files, guard)
    found = measured(cases, guard)
    if as_json:
        for band in found:
            typer.echo(dumps(asdict(band)))
    else:
        _show(found, guard.policy.judging)
    raise typer.Exit(1 if faults else 0)


def measured(cases: Sequence[Case], guard: Guard) -> list[Band]:
    """Each band, the policy's first."""
    most, judging = guard.policy.limits.draft_characters, guard.policy.judging
    prompt = templates(guard.settings).get("judge")
    read_ = [(case, local.judge(case, most)) for case in cases]
    sizes = [_tokens(case, prompt) for case in cases]
    bands = dict.fromkeys((judging.band, *_BANDS))
    return [_band(read_, sizes, replace(judging, band=band)) for band in bands]


def _band(
    read_: list[tuple[Case, Assessment | Unjudged]], sizes: list[tuple[int, bool] | None], judging: Judging
) -> Band:
    asked = [size for (_, found), size in zip(read_, sizes, strict=True) if unsure(found, judging)]
    fitting = [size for size in asked if size]
    return Band(
        judging.band,
        len(read_),
        len(asked),
        round(len(asked) / len(read_), 4),
        round(sum(tokens for tokens, _ in fitting) / len(read_), 1),
        any(estimated for _, estimated in fitting),
        len(asked) - len(fitting),
    )


def _tokens(case: Case, prompt: Prompt) -> tuple[int, bool] | None:
    """Those of the prompt; None where it is over its budget."""
    try:
        asked = request(case, prompt)
    except OverBudgetError:
        return None
    counted = [count(text, asked.model) for _, text in asked.messages]
    return sum(n for n, _ in counted), any(estimated for _, estimated in counted)


def _show(found: list[Band], judging: Judging) -> None:
    from rich.table import Table

    from guard.terminal import console

    about = "~" if any(band.estimated for band in found) else ""
    table = Table(
        title=f"the model is asked for …, {found[0].drafts} drafts",
        caption="* the policy's band. "
        + ("~ tokens are estimated: no vocabulary of tiktoken is on this machine." if about else ""),
    )
    for name in ("band of P(not ok)", "asked", "share", "tokens a reply", "over budget"):
        table.add_column(name, justify="right")
    for band in found:
        mark = "*" if band.band == judging.band else ""
        table.add_row(
            f"{band.band[0]:g} to {band.band[1]:g}{mark}",
            str(band.asked),
            f"{band.share:.1%}",
            f"{about}{band.tokens_a_reply:,.0f}",
            str(band.over_budget),
        )
    console().print(table)
