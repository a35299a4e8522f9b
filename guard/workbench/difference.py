"""What an edit does to the requests: the rendered messages of two sides, line by line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff

from rich.console import Console

from guard.errors import PromptError
from guard.prompts import Prompt, Rendered
from guard.prompts.places import Side
from guard.prompts.template import load
from guard.prompts.tree import Tree
from guard.terminal import shown
from guard.workbench.show import Prices, summary

_LINE = {"+": "green", "-": "red", "@": "cyan"}
Values = Callable[[Prompt], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One prompt of one side: its request as text, or why there is none."""

    text: str
    prompt: Prompt | None = None
    rendered: Rendered | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A prompt whose request differs."""

    id: str
    before: Shown
    after: Shown
    diff: tuple[str, ...]

    def told(self, prices: Prices | None) -> str:
        """What the edit does to tokens and cost, on one line."""
        return f"{_one(self.before, prices)} → {_one(self.after, prices)}"

    def as_object(self, prices: Prices | None) -> dict[str, object]:
        """The same for machines."""
        return {
            "id": self.id,
            "before": _side(self.before, prices),
            "after": _side(self.after, prices),
            "diff": self.diff,
        }


def paint(out: Console, change: Change, prices: Prices | None) -> None:
    """One change for people."""
    for line in change.diff:
        out.print(shown(line), style=_LINE.get(line[:1]), markup=False, soft_wrap=True)
    out.print(shown(change.told(prices)), style="bold", markup=False, soft_wrap=True)


def _one(side: Shown, prices: Prices | None) -> str:
    if side.prompt is None:
        return "nothing" if not side.text else side.text
    return side.prompt.version if side.rendered is None else summary(side.prompt, side.rendered, prices)


def _side(side: Shown, prices: Prices | None) -> dict[str, object]:
    prompt, rendered = side.prompt, side.rendered
    return {
        "version": prompt.version if prompt else None,
        "tokens": rendered.tokens if rendered else None,
        "usd_at_most": prices.of(prompt, rendered) if prices and prompt and rendered else None,
    }


def changes(
    before: Side, after: Side, brand: str | None, locale: str | None, values: Values
) -> Iterator[Change]:
    """Every prompt that one of the sides has and whose request is not the same on both."""
    old, new = Tree(before.place, brand, locale), Tree(after.place, brand, locale)
    only = before.only or after.only
    for id in sorted({*old.ids(), *new.ids()}) if only is None else (only,):
        one, two = _shown(old, id, values), _shown(new, id, values)
        diff = unified_diff(
            one.text.split("\n"),
            two.text.split("\n"),
            f"{before.name}: {id}",
            f"{after.name}: {id}",
            lineterm="",
        )
        if told := tuple(diff):
            yield Change(id, one, two, told)


def _shown(tree: Tree, id: str, values: Values) -> Shown:
    if id not in tree.ids():
        return Shown("")
    try:
        prompt = load(tree, id)
        if not prompt.roles:
            return Shown(prompt.text(values(prompt)), prompt)
        rendered = replace(prompt, version="diff").render(
            values(prompt), "diff"
        )  # the same nonce on both sides
    except PromptError as error:
        return Shown(f"cannot be used: {str(error).removeprefix(f'{tree.place}/')}")
    head = {"model": prompt.header.model, **prompt.header.parameters.model_dump(exclude_none=True)}
    told = [f"{name}: {value}" for name, value in head.items() if value is not None]
    for message in rendered.messages:
        told += [f"[{message.role}]", message.text]
    return Shown("\n".join(told), prompt, rendered)
