"""A prompt from its files to the messages that are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.errors import PromptError
from guard.prompts.budget import Rendered, fitted
from guard.prompts.faults import Fault, FaultyError
from guard.prompts.header import Header, Source, header
from guard.prompts.roles import ordered
from guard.prompts.tree import Tree, digest
from guard.prompts.untrusted import nonce
from guard.prompts.values import empty, examples, seen

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """One prompt, checked.

    `version`, `judge@` and a digest of all that it is made of, is what is kept beside each answer. `sources`: its files
    by name. `warnings`: what is doubtful about it and stops nobody. `roles`: its role blocks as they are sent.
    """

    id: str
    version: str
    header: Header
    sources: Mapping[str, Source]
    warnings: tuple[Fault, ...]
    roles: tuple[str, ...]
    template: "Template"

    def render(self, values: Mapping[str, object], seed: str, model: str | None = None) -> Rendered:
        """The messages for these values. The same `seed` gives the same bytes; `model` counts in place of the header's.

        Raises `OverBudgetError` when they do not fit, `PromptError` when a value is missing, unknown or of another type.
        """
        from guard.prompts.running import messages

        if not self.roles:
            raise PromptError(f"{self.id} is a text for people, not a request to a model; use text().")
        mark = nonce(self.version, seed)
        return fitted(
            self.header,
            values,
            model or self.header.model,
            lambda dropped: messages(self.template, self.roles, seen(self.header, values, mark, dropped)),
        )

    def text(self, values: Mapping[str, object]) -> str:
        """The text of a template without roles, for people."""
        from guard.prompts.running import plain

        if self.roles:
            raise PromptError(f"{self.id} is a request to a model, not a text for people; use render().")
        return plain(self.template, seen(self.header, values, ""))

    def example(self) -> dict[str, object]:
        """The examples of the header, as a caller would pass them."""
        return examples(self.header)


def load(tree: Tree, id: str) -> Prompt:
    """Read, check and try one prompt. Raises `PromptError` that names file and line, `FaultyError` with all of them."""
    from guard.prompts.check import check
    from guard.prompts.parse import parse
    from guard.prompts.shape import shape

    top, base = tree.find(f"{id}.md"), tree.place / f"{id}.md"
    if top is None and id in tree.ids():
        raise PromptError(
            f"{base}:1: {base.name!r} is no name of a template. Rename it: letters, digits, _ and - only."
        )
    if top is None or not base.is_file() or id not in tree.ids():
        raise PromptError(f"{base}: there is no prompt {id!r}. There are: {', '.join(tree.ids()) or 'none'}.")
    read = header(tree.read(base.name))
    language, parsed = parse(tree, top)
    faults = tuple(shape(parsed, read))
    if all(fault.code != "E109" for fault in faults):  # what an overlay extends by mistake has other inputs
        faults += tuple(check(parsed, read))
    if errors := [fault for fault in faults if fault.code.startswith("E")]:
        raise FaultyError(*errors)
    prompt = Prompt(
        id=id,
        version=f"{id}@{digest(parsed.sources)}",
        header=read,
        sources=parsed.sources,
        warnings=faults,
        roles=ordered(parsed.blocks()),
        template=language.get_template(top),
    )
    _rehearse(prompt)
    return prompt


def _rehearse(prompt: Prompt) -> None:
    """Render it with its examples, and once more with nothing in the lists and every flag turned."""
    from guard.prompts.running import messages, plain

    for values in (prompt.example(), empty(prompt.header)):
        told = seen(prompt.header, values, nonce(prompt.version, "example"))
        if prompt.roles:
            messages(prompt.template, prompt.roles, told)
        else:
            plain(prompt.template, told)
