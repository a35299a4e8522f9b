"""The words that stand in a template itself, and the lines where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import nodes

from guard.prompts.header import Source
from guard.prompts.parse import Parsed
from guard.prompts.roles import is_role

SHOT = re.compile(r"(?:user|assistant)_\d+")
"""A block of a few-shot example."""


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text between two tags, in the file `name`, from `line` on."""

    name: str
    line: int
    text: str

    def line_at(self, place: int) -> int:
        """The line of the file where the character `place` of the text stands."""
        return self.line + self.text.count("\n", 0, place)


def own_words(parsed: Parsed) -> Iterator[Words]:
    """All but those of few-shot examples, which speak of one customer."""
    for name, tree in parsed.trees.items():
        shots = {
            id(data)
            for block in tree.find_all(nodes.Block)
            if is_role(block.name) and SHOT.fullmatch(block.name)
            for data in block.find_all(nodes.TemplateData)
        }
        for data in tree.find_all(nodes.TemplateData):
            if id(data) not in shots:
                yield Words(name, data.lineno, data.data)


def line_of_key(source: Source, *keys: str) -> int:
    """Where the first of these keys that the front matter has stands in the file."""
    front = source.front or ""
    for key in keys:
        if found := re.search(rf"(?m)(?:^|[{{,])\s*{key}\s*:", front):
            return 2 + front.count("\n", 0, found.end())
    return 1
