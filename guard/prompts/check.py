"""What a template may not do, found in its syntax tree before it is ever rendered, in every branch of it.

Untrusted text is followed by name through loops, sets and macros. It is over-careful: a name that holds untrusted text
anywhere counts as untrusted everywhere.
"""

from collections.abc import Iterator

from jinja2 import meta, nodes

from guard.prompts.faults import Fault
from guard.prompts.header import Header
from guard.prompts.language import COUNTS, NO_PART, OPENERS
from guard.prompts.parse import Parsed
from guard.prompts.roles import is_role
from guard.prompts.values import PLAIN

_CHANCE = frozenset({"date", "datetime", "now", "random", "time", "today", "uuid", "uuid4"})
"""What somebody may hope to find, and what would make another request of each render."""
_GIVEN = frozenset({"caller", "kwargs", "loop", "range", "self", "super", "varargs"})


def check(parsed: Parsed, header: Header) -> Iterator[Fault]:
    """All that is wrong, file by file."""
    yield from _outside_the_language(parsed)
    yield from _variables(parsed, header)
    taint = _Taint(parsed, header)
    yield from _bare(parsed, taint)
    yield from _misplaced(parsed, taint)


def _outside_the_language(parsed: Parsed) -> Iterator[Fault]:
    for name, tree in parsed.trees.items():
        for kind, why in NO_PART.items():
            for node in tree.find_all(kind):
                yield parsed.fault("E102", name, node.lineno, f"{why}.")
        for call in tree.find_all(nodes.Call):
            match call.node:
                case nodes.Name() | nodes.Getattr(node=nodes.Name(name="loop")):
                    pass
                case _:
                    yield parsed.fault(
                        "E102", name, call.lineno, "no method is called in a prompt; there are filters."
                    )


def _variables(parsed: Parsed, header: Header) -> Iterator[Fault]:
    bound = _GIVEN | header.inputs.keys()
    for tree in parsed.trees.values():
        bound |= _bound(tree)
    for name, tree in parsed.trees.items():
        for unknown in sorted(meta.find_undeclared_variables(tree) - bound):
            line = next((n.lineno for n in tree.find_all(nodes.Name) if n.name == unknown), 1)
            known = ", ".join(header.inputs) or "none"
            chance = " The same case is asked with the same words: pass it in." * (unknown in _CHANCE)
            yield parsed.fault(
                "E103", name, line, f"{unknown} is no input; the header names {known}.{chance}"
            )
    used = {n.name for tree in parsed.trees.values() for n in tree.find_all(nodes.Name) if n.ctx == "load"}
    for spare in header.inputs.keys() - used:
        yield parsed.fault("W201", parsed.chain[-1], 1, f"the input {spare} is never used.")


def _bound(tree: nodes.Template) -> set[str]:
    """Names that the template itself gives a value."""
    names = {n.name for n in tree.find_all(nodes.Name) if n.ctx in ("store", "param")}
    names |= {m.name for m in tree.find_all(nodes.Macro)}
    names |= {i.target for i in tree.find_all(nodes.Import)}
    for taken in tree.find_all(nodes.FromImport):
        names |= {one if isinstance(one, str) else one[1] for one in taken.names}
    return names


class _Taint:
    """Which names hold text that somebody else wrote: bare, or, with `opened`, in a fence or bare."""

    def __init__(self, parsed: Parsed, header: Header) -> None:
        self._macros = _macros(parsed)
        untrusted = {name for name, one in header.inputs.items() if one.trust == "untrusted"}
        self._names = {False: {*untrusted}, True: {*untrusted}}
        for opened, names in self._names.items():
            before = -1
            while before < len(names):
                before = len(names)
                for tree in parsed.trees.values():
                    names |= {*self._reached(tree, opened)}

    def _reached(self, tree: nodes.Template, opened: bool) -> Iterator[str]:
        for target, value in _given(tree, self._macros):
            if self.held(value, opened=opened):
                yield from _names(target)
        for block in tree.find_all(nodes.AssignBlock):
            if self.prints(block, opened=opened):
                yield from _names(block.target)
        for name, macro in self._macros.items():
            if opened and self.prints(macro, opened=True):
                yield name

    def prints(self, part: nodes.Node, *, opened: bool) -> bool:
        """Something in it does."""
        return any(
            self.held(one, opened=opened) for output in part.find_all(nodes.Output) for one in output.nodes
        )

    def held(self, node: nodes.Node, *, opened: bool = False) -> bool:  # noqa: PLR0911 - one a kind
        """The expression gives text of somebody else bare, or, with `opened`, at all."""
        match node:
            case nodes.Name():
                return node.name in self._names[opened]
            case nodes.Filter(name=name) if name in COUNTS:
                return False
            case nodes.Filter(name=name) if name in OPENERS and not opened:
                return any(self.held(arg) for arg in (*node.args, *(k.value for k in node.kwargs)))
            case nodes.Test() | nodes.Compare() | nodes.Not():
                return False
            case nodes.Getattr(attr=field) | nodes.Getitem(arg=nodes.Const(value=field)) if field in PLAIN:
                return False
            case nodes.CondExpr():
                either = [one for one in (node.expr1, node.expr2) if one is not None]
                return any(self.held(one, opened=opened) for one in either)
            case nodes.Call(node=nodes.Name(name=name)) if name in self._macros and not opened:
                return False  # what it prints is looked at where it stands
            case _:
                return any(self.held(child, opened=opened) for child in node.iter_child_nodes())


def _macros(parsed: Parsed) -> dict[str, nodes.Macro]:
    """Every macro by its name, and by the name under which another file takes it."""
    macros = {m.name: m for tree in parsed.trees.values() for m in tree.find_all(nodes.Macro)}
    for tree in parsed.trees.values():
        for taken in tree.find_all(nodes.FromImport):
            macros |= {
                as_[1]: macros[as_[0]] for as_ in taken.names if not isinstance(as_, str) and as_[0] in macros
            }
    return macros


def _given(tree: nodes.Template, macros: dict[str, nodes.Macro]) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    """What gets a value, and the expression that it gets it from."""
    for loop in tree.find_all(nodes.For):
        yield loop.target, loop.iter
    for put in tree.find_all(nodes.Assign):
        yield put.target, put.node
    for inner in tree.find_all(nodes.With):
        yield from zip(inner.targets, inner.values, strict=True)
    for call in tree.find_all(nodes.Call):
        macro = macros.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        if macro is not None:
            yield from zip(macro.args, call.args, strict=False)
            yield from ((a, k.value) for k in call.kwargs for a in macro.args if a.name == k.key)


def _names(target: nodes.Node) -> Iterator[str]:
    return (n.name for n in (target, *target.find_all(nodes.Name)) if isinstance(n, nodes.Name))


def _bare(parsed: Parsed, taint: _Taint) -> Iterator[Fault]:
    for name, tree in parsed.trees.items():
        for output in tree.find_all(nodes.Output):
            for printed in output.nodes:
                if not isinstance(printed, nodes.TemplateData) and taint.held(printed):
                    yield parsed.fault(
                        "E104",
                        name,
                        printed.lineno,
                        'text that somebody else wrote is printed bare; write | fence("customer"), datamark or as_json.',
                    )
        for compare in tree.find_all(nodes.Compare):
            if any(taint.held(one) for one in (compare.expr, *(o.expr for o in compare.ops))):
                yield parsed.fault(
                    "E104",
                    name,
                    compare.lineno,
                    "text that somebody else wrote is compared; that is the model's work.",
                )


def _misplaced(parsed: Parsed, taint: _Taint) -> Iterator[Fault]:
    """Only the user's block may hold text of others: anywhere else it would speak with our voice."""
    speaking = parsed.within(*(b for b in parsed.blocks() if is_role(b) and not b.startswith("user")))
    ours: list[tuple[str, nodes.Node]] = [
        (name, block)
        for name in parsed.chain
        for block in parsed.trees[name].find_all(nodes.Block)
        if block.name in speaking
    ]
    seen: set[str] = set()
    while ours:
        name, part = ours.pop()
        for output in part.find_all(nodes.Output):
            for printed in output.nodes:
                if taint.held(printed, opened=True):
                    yield parsed.fault(
                        "E105",
                        name,
                        printed.lineno,
                        "text that somebody else wrote belongs into the user's block, nowhere else.",
                    )
        for included in part.find_all(nodes.Include):
            found = parsed.links[name, included.template.as_const()]
            if found not in seen:
                seen.add(found)
                ours.append((found, parsed.trees[found]))
