"""How a template is built: its role blocks, and what an overlay may replace."""

from collections.abc import Iterator

from jinja2 import nodes

from guard.prompts.faults import Fault
from guard.prompts.header import Header
from guard.prompts.parse import Parsed
from guard.prompts.roles import is_role

_SILENT = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport, nodes.Extends)
"""What may stand outside of the role blocks: it prints nothing."""


def shape(parsed: Parsed, header: Header) -> Iterator[Fault]:
    """All that is wrong with the blocks."""
    astray = [
        fault for name in reversed(parsed.chain) if _special(name) for fault in _only_blocks(parsed, name)
    ]
    if astray:  # what it replaces is not known, and all else would be told of the wrong file
        yield from astray
        return
    yield from _roles(parsed, header)
    yield from _overlays(parsed, header)


def _roles(parsed: Parsed, header: Header) -> Iterator[Fault]:
    base = parsed.chain[-1]
    roles = {block for block in parsed.blocks() if is_role(block)}
    if not roles:
        if header.output != "text":
            yield parsed.fault("E107", base, 1, "it asks nobody: write {% block user %}…{% endblock %}.")
        for name, one in header.inputs.items():
            if one.trust == "untrusted":
                yield parsed.fault(
                    "E105", base, 1, f"a text for people has no fences, so {name} cannot be untrusted."
                )
        return
    if "user" not in roles:
        yield parsed.fault("E107", base, 1, "there is no block user, so nothing is asked.")
    for name in parsed.chain:
        at_top = [node for node in parsed.trees[name].body if isinstance(node, nodes.Block)]
        for block in parsed.trees[name].find_all(nodes.Block):
            if is_role(block.name) and not any(block is one for one in at_top):
                what = f"the role block {block.name} stands in something else; put it at the top."
                yield parsed.fault("E107", name, block.lineno, what)
    for node in parsed.trees[base].body:
        if isinstance(node, nodes.Block) and not is_role(node.name):
            what = (
                f"{node.name} is no role; there are system, user, assistant, user_1, assistant_1 and so on."
            )
            yield parsed.fault("E107", base, node.lineno, what)
        elif line := _prints(node):
            yield parsed.fault(
                "E107", base, line, "it stands outside of every role block, so nobody would get it."
            )


def _prints(node: nodes.Node) -> int:
    """The line where a node at the top begins to print; 0 where it prints nothing."""
    if isinstance(node, (*_SILENT, nodes.Block)):
        return 0
    if not isinstance(node, nodes.Output):
        return node.lineno
    for part in node.nodes:
        if not isinstance(part, nodes.TemplateData):
            return part.lineno
        if part.data.strip():
            blank = len(part.data) - len(part.data.lstrip())
            return part.lineno + part.data.count("\n", 0, blank)
    return 0


def _overlays(parsed: Parsed, header: Header) -> Iterator[Fault]:
    ours = [name for name in parsed.chain if not _special(name)]
    locked = {block.name for name in ours for block in parsed.trees[name].find_all(nodes.Block)} & {
        *header.locked
    }
    for missing in {*header.locked} - locked:
        yield parsed.fault("E101", parsed.chain[-1], 1, f"locked names {missing!r}, which is no block.")
    holders = _holders(parsed, ours, locked)
    known = {b.name for name in ours for b in parsed.trees[name].find_all(nodes.Block)}
    for name in [name for name in reversed(parsed.chain) if name not in ours]:
        if parsed.sources[name].front is not None:
            yield parsed.fault("E109", name, 1, "an overlay has no front matter; that of the base holds.")
        for block in parsed.trees[name].find_all(nodes.Block):
            if block.name in locked:
                yield parsed.fault(
                    "E109", name, block.lineno, f"the block {block.name} is locked by the base."
                )
            elif inner := holders.get(block.name):
                what = f"the block {block.name} holds {inner}, which the base has locked; replace a smaller block."
                yield parsed.fault("E109", name, block.lineno, what)
        for node in parsed.trees[name].body:
            if isinstance(node, nodes.Block) and not is_role(node.name) and node.name not in known:
                yield parsed.fault(
                    "E107", name, node.lineno, f"the base has no block {node.name}, so it shows nowhere."
                )
            known |= {b.name for b in node.find_all(nodes.Block)}


def _holders(parsed: Parsed, ours: list[str], locked: set[str]) -> dict[str, str]:
    """Blocks of the base that hold a locked one, and which."""
    return {
        block.name: inner.name
        for name in ours
        for block in parsed.trees[name].find_all(nodes.Block)
        for inner in block.find_all(nodes.Block)
        if inner.name in locked
    }


def _only_blocks(parsed: Parsed, name: str) -> Iterator[Fault]:
    """Anything else in an overlay would be lost, or would change names that locked blocks use."""
    own = name.rpartition("/")[2]
    first, *rest = [node for node in parsed.trees[name].body if not _blank(node)] or [nodes.Output([])]
    if not isinstance(first, nodes.Extends) or not (
        isinstance(first.template, nodes.Const) and first.template.value == own
    ):
        what = f'an overlay begins with {{% extends "{own}" %}} and replaces blocks.'
        yield parsed.fault("E109", name, getattr(first, "lineno", None) or 1, what)
    for node in rest:
        if not isinstance(node, nodes.Block):
            yield parsed.fault("E109", name, node.lineno, "an overlay holds blocks only; this would be lost.")


def _special(name: str) -> bool:
    return name.startswith("overlays/")


def _blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and not _prints(node)
