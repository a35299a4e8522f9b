"""YAML that people edit, strictly read: what YAML takes silently and nobody means is refused with its line."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from guard.errors import GuardError

if TYPE_CHECKING:
    import yaml

Loc = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)
_DEEPEST = 50
"""Lists and maps inside one another; a file of ours needs five."""
_LONGEST = 1_000_000
"""Characters; a file of ours needs some thousands, and YAML is read slowly."""
_PLAIN_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_BOOL = "tag:yaml.org,2002:bool"
_DATE = "tag:yaml.org,2002:timestamp"


def read(  # noqa: PLR0913 - all of them are named by the callers
    text: str,
    model: type[Model],
    *,
    where: str,
    error: type[GuardError],
    hint: str,
    flags: bool = False,
    above: int = 0,
) -> tuple[Model, Callable[[Loc], int]]:
    """The text as `model`, and a function that tells the line of a place in it.

    Raises `error`, naming `where` and the line. `hint` says where to look up what is allowed; `flags`: true and false
    may stand in it; `above`: lines of the file above this text.
    """
    import yaml

    if len(text) > _LONGEST:
        raise error(f"{where}: has {len(text):,} characters, which no such file needs. {hint}")
    node: yaml.Node | None = None
    try:
        _refuse_depth(text, where, error, above)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is not None:
            _Doubts(where, error, above, flags).refuse(node, ())
        if not isinstance(node, yaml.MappingNode):
            told = "is empty" if node is None else "holds no keys with values"
            raise error(f"{where}:{1 + above}: {told}. {hint}")
        parsed = model.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as broken:
        problem = getattr(broken, "problem", None) or str(broken).partition("\n")[0]
        raise error(f"{where}:{_broken(broken, text) + above}: no valid YAML ({problem}).") from None
    except ValidationError as wrong:
        faults = wrong.errors(include_url=False)
        fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
        name = ".".join(str(p) for p in fault["loc"]) or "the file"
        raise error(f"{where}:{_line(node, fault['loc']) + above}: {name}: {fault['msg']}. {hint}") from None
    return parsed, lambda loc: _line(node, loc) + above


def _refuse_depth(text: str, where: str, error: type[GuardError], above: int) -> None:
    """Before anything walks through it. A loop would end every later step with a stack that is full."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise error(f"{where}:{line + above}: is nested too deeply; a few levels are enough.")


class _Doubts:
    """What YAML takes silently and an operator would not expect.

    A key twice (the last one wins), a key that is no word (`yes`, `5`), a number that is another one than it
    looks (`050` is 40, `1:30` is 90), a word that turns into true or false, a node that holds itself.
    """

    def __init__(self, where: str, error: type[GuardError], above: int, flags: bool) -> None:
        self._where, self._error, self._above, self._flags = where, error, above, flags
        self._done: set[int] = set()

    def refuse(self, node: "yaml.Node", parents: tuple["yaml.Node", ...]) -> None:
        import yaml

        if any(node is one for one in parents):
            raise self._told(node, "holds itself, by an alias; write it out.")
        if id(node) in self._done:
            return
        self._done.add(id(node))
        match node:
            case yaml.MappingNode():
                self._refuse_keys(node)
                for _, value in node.value:
                    self.refuse(value, (*parents, node))
            case yaml.SequenceNode():
                for child in node.value:
                    self.refuse(child, (*parents, node))
            case yaml.ScalarNode():
                self._refuse_scalar(node)
            case _:
                pass

    def _refuse_scalar(self, node: "yaml.ScalarNode") -> None:
        if node.tag in _NUMBERS and not _PLAIN_NUMBER.fullmatch(node.value):
            raise self._told(
                node, f"{node.value:.40} is no plain number; write it like 50 or 49.90, or a text in quotes."
            )
        if node.tag == _DATE:
            raise self._told(node, f"{node.value:.40} is a date in YAML; a text needs quotes.")
        if node.tag == _BOOL and not (self._flags and node.value in ("true", "false")):
            may = (
                "write true or false, or a text in quotes."
                if self._flags
                else "and nothing here is. A text needs quotes, an amount is a number like 50."
            )
            raise self._told(node, f"{node.value:.40} is true or false in YAML, {may}")

    def _refuse_keys(self, node: "yaml.MappingNode") -> None:
        import yaml

        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith((":str", ":merge")):
                told = repr(key.value) if isinstance(key, yaml.ScalarNode) else "a list or a map"
                raise self._told(key, f"{told} is no key: keys are words. A text needs quotes.")
            line = key.start_mark.line + 1 + self._above
            if key.value in seen:
                raise self._told(
                    key, f"{key.value!r} is there twice, before at line {seen[key.value]}; keep one."
                )
            seen[key.value] = line

    def _told(self, node: "yaml.Node", what: str) -> GuardError:
        return self._error(f"{self._where}:{node.start_mark.line + 1 + self._above}: {what}")


def _broken(error: "yaml.YAMLError", text: str) -> int:
    """The line where the YAML breaks."""
    import yaml

    match error:
        case yaml.MarkedYAMLError(problem_mark=yaml.Mark() as mark):
            return mark.line + 1
        case yaml.reader.ReaderError(position=int() as place):
            return text.count("\n", 0, place) + 1
        case _:
            return 1


def _line(node: object, loc: Loc) -> int:
    """The line where a fault sits, or that of the nearest thing around it."""
    import yaml

    line = 1
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            entry: yaml.Node = node.value[step]
            line, node = entry.start_mark.line + 1, entry
        else:
            break
    return line
