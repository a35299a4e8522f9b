"""The files of one prompt, found and parsed: the template, what it extends, what it includes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import BaseLoader, Environment, TemplateNotFound, TemplateSyntaxError, nodes

from guard.prompts.faults import Code, Fault, FaultyError
from guard.prompts.header import Source
from guard.prompts.language import Language
from guard.prompts.tree import Tree

_Reference = nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport


@dataclass(slots=True)
class Parsed:
    """What was found. `chain`: the template, then what it extends, down to the base.

    `links`: which file a reference means, by the file where it stands and its words.
    """

    sources: dict[str, Source] = field(default_factory=dict)
    trees: dict[str, nodes.Template] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    links: dict[tuple[str, str], str] = field(default_factory=dict)

    def fault(self, code: Code, name: str, line: int, what: str) -> Fault:
        """A fault in one of the files."""
        return Fault(code, self.sources[name].path, line, what)

    def blocks(self) -> frozenset[str]:
        """Names of all blocks of the chain."""
        return frozenset(b.name for name in self.chain for b in self.trees[name].find_all(nodes.Block))

    def within(self, *blocks: str) -> frozenset[str]:
        """These blocks and all that stand in them, in any file of the chain."""
        inside = frozenset(blocks)
        for name in reversed(self.chain):
            for block in self.trees[name].find_all(nodes.Block):
                if block.name in inside:
                    inside |= {b.name for b in block.find_all(nodes.Block)}
        return inside


class Files(BaseLoader):
    """Jinja's loader: the files that were read, and no other."""

    def __init__(self) -> None:
        self.parsed = Parsed()

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """Body and path."""
        if template not in self.parsed.sources:
            raise TemplateNotFound(template)
        source = self.parsed.sources[template]
        return source.body, str(source.path), None


def parse(tree: Tree, top: str) -> tuple[Language, Parsed]:
    """Read and parse the file `top` and all that it needs. Raises `FaultyError` with every fault of that."""
    files = Files()
    language = Language(files, tree.join)
    walk = _Walk(tree, language, files.parsed)
    faults = list(walk.into(top, ()))
    if faults:
        raise FaultyError(*faults)
    files.parsed.chain = _chain(files.parsed, top)
    return language, files.parsed


def _chain(parsed: Parsed, top: str) -> tuple[str, ...]:
    extends = next(parsed.trees[top].find_all(nodes.Extends), None)
    if extends is None:
        return (top,)
    return (top, *_chain(parsed, parsed.links[top, extends.template.as_const()]))


@dataclass(slots=True)
class _Walk:
    tree: Tree
    language: Language
    parsed: Parsed

    def into(self, name: str, above: tuple[str, ...]) -> Iterator[Fault]:
        if name in self.parsed.sources:
            return
        source = self.parsed.sources[name] = self.tree.read(name)
        try:
            self.parsed.trees[name] = parsed = self.language.parse(source.body, name, str(source.path))
            self.language.compile(source.body, name, str(source.path))  # unknown filters are found here only
        except TemplateSyntaxError as error:
            hint = (
                f" There are: {', '.join(self.language.filters)}." if "filter" in str(error.message) else ""
            )
            yield self.parsed.fault("E102", name, error.lineno, f"{error.message}{hint}")
            return
        except (RecursionError, SyntaxError, MemoryError):  # of Python, which has no more levels
            yield self.parsed.fault("E102", name, 1, "is nested too deeply; a few levels are enough.")
            return
        for reference in parsed.find_all(nodes.Stmt):
            if isinstance(reference, _Reference):
                yield from self._to(reference, name, (*above, name))

    def _to(self, reference: _Reference, name: str, above: tuple[str, ...]) -> Iterator[Fault]:
        line, target = reference.lineno, reference.template
        if not isinstance(target, nodes.Const) or not isinstance(target.value, str):
            yield self.parsed.fault(
                "E106", name, line, "which file is meant is not known beforehand; name one."
            )
            return
        if isinstance(reference, nodes.Include) and reference.ignore_missing:
            yield self.parsed.fault("E106", name, line, "ignore missing hides a mistake; leave it out.")
            return
        found = self.tree.join(target.value, name)
        self.parsed.links[name, target.value] = found
        if found in above:
            yield self.parsed.fault("E106", name, line, f"{target.value} leads back to {found}, in a circle.")
        elif not (self.tree.place / found).is_file():
            yield self.parsed.fault("E106", name, line, f"there is no file {target.value}.")
        else:
            yield from self.into(found, above)
