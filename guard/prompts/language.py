"""The language of templates: Jinja in a sandbox, cut down to what a prompt needs.

Whoever edits a template can neither reach Python nor fill the memory: arithmetic is for numbers, text grows only as far
as `CAP`, and there is no filter that makes much out of little. What is printed is text, a number, and nothing else.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, StrictUndefined, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from guard.prompts.untrusted import Fields, Untrusted, as_json, datamark, fence

if TYPE_CHECKING:
    from jinja2.runtime import Context

CAP = 1_000_000
"""Characters of a rendered text."""
OPENERS = frozenset({"as_json", "datamark", "fence"})
COUNTS = frozenset({"count", "length"})
_LONGEST_RANGE = 1000
_LARGEST = 10**15

NO_PART = {
    nodes.Concat: "~ joins texts; write {{ a }}{{ b }}",
    nodes.Pow: "** is no part of a prompt",
    nodes.Slice: "[:] would cut a fence in two or hide turns; the budget leaves out what is too long",
    nodes.ScopedEvalContextModifier: "autoescape would change the words; a prompt is no HTML",
    nodes.EvalContextModifier: "autoescape would change the words; a prompt is no HTML",
}
"""What Jinja knows and a template does not need, and why it is refused."""


class Language(ImmutableSandboxedEnvironment):
    """An environment for templates that `loader` finds."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

    def __init__(self, loader: BaseLoader, join: Callable[[str, str], str]) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=False,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_printed,
        )
        self._join = join
        self.globals = {"range": _range}
        self.filters = {
            "as_json": as_json,
            "count": len,
            "datamark": datamark,
            "fence": fence,
            "first": _first,
            "join": _joined,
            "last": _last,
            "length": len,
            "lower": _lower,
            "trim": _trim,
            "upper": _upper,
        }

    def join_path(self, template: str, parent: str) -> str:
        """Which file a name in the file `parent` means."""
        return self._join(template, parent)

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """How every text comes together: template, block, macro and set."""
        return bounded(parts)

    def call_binop(self, context: "Context", operator: str, left: object, right: object) -> object:
        """Arithmetic, for numbers only: a text times a number is how memory goes."""
        for value in (left, right):
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST:
                raise SecurityError(f"{operator} is for numbers; it has a {type(value).__name__}.")
        return super().call_binop(context, operator, left, right)


class TooLongError(SecurityError):
    """A text that grows beyond `CAP`."""


def bounded(parts: Iterable[str]) -> str:
    """The parts as one text, or an error before it grows too long."""
    kept, length = [], 0
    for part in parts:
        length += len(part)
        if length > CAP:
            raise TooLongError(f"the text grows beyond {CAP:,} characters.")
        kept.append(part)
    return "".join(kept)


def _printed(value: object) -> object:
    """Text and numbers are printed; "None" and "[...]" in a prompt are mistakes."""
    if isinstance(value, str | int | float | Undefined) and not isinstance(value, bool):
        return value
    if isinstance(value, Untrusted | Fields):
        return str(value)  # which raises, and says what to write
    raise TypeError(
        f"a {type(value).__name__} is printed; print text or a number, or write {{% if %}} around it."
    )


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > _LONGEST_RANGE:
        raise SecurityError(f"a range has at most {_LONGEST_RANGE} numbers here.")
    return made


def _joined(values: Iterable[object], between: str = "") -> str:
    """Texts joined; one that somebody else wrote is no text."""
    parts: list[str] = []
    for value in values:
        parts += [_text(between), _text(value)] if parts else [_text(value)]
    return bounded(parts)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(_printed(value))


def _first(values: tuple[object, ...]) -> object:
    return values[0]


def _last(values: tuple[object, ...]) -> object:
    return values[-1]


def _lower(text: str) -> str:
    return _text(text).lower()


def _upper(text: str) -> str:
    return _text(text).upper()


def _trim(text: str) -> str:
    return _text(text).strip()
