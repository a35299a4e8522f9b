"""Every prompt on one line: version, model, and how much of its budget the example takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.prompts import Prompt
from guard.prompts.template import load
from guard.prompts.tree import Tree

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt. `tokens` are those of its example; a text for people has none, and no budget."""

    id: str
    version: str
    description: str
    model: str | None
    output: str
    tokens: int | None
    estimated: bool | None
    budget: int | None


def rows(tree: Tree) -> list[Row]:
    """All that are there, by their ids."""
    return [_row(load(tree, id)) for id in tree.ids()]


def _row(prompt: Prompt) -> Row:
    header = prompt.header
    rendered = prompt.render(prompt.example(), "example") if prompt.roles else None
    return Row(
        id=prompt.id,
        version=prompt.version,
        description=header.description,
        model=header.model,
        output=header.output,
        tokens=rendered.tokens if rendered else None,
        estimated=rendered.estimated if rendered else None,
        budget=header.budget.tokens - header.budget.reply if header.budget else None,
    )


def table(found: list[Row]) -> "Table":
    """The same for people; ~ marks an estimate."""
    from rich import box
    from rich.table import Table

    from guard.terminal import shown

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    made.add_column("version", no_wrap=True)
    made.add_column("model", overflow="fold")
    made.add_column("tokens", justify="right", no_wrap=True)
    made.add_column("of", justify="right", no_wrap=True)
    made.add_column("what it is for", overflow="fold")
    for row in found:
        tokens = "" if row.tokens is None else f"{'~' * bool(row.estimated)}{row.tokens:,}"
        budget = "" if row.budget is None else f"{row.budget:,}"
        made.add_row(*map(shown, (row.version, row.model or "", tokens, budget, row.description)))
    return made
