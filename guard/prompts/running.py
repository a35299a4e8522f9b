"""A compiled template at work: each role block becomes a message of its own, and an error tells file and line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateError, UndefinedError

from guard.prompts.budget import OverBudgetError
from guard.prompts.faults import Code, Fault, FaultyError
from guard.prompts.language import TooLongError
from guard.prompts.roles import Message, role_of
from guard.prompts.untrusted import BareTextError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.runtime import Context

_WRONG = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What the expressions of a template can raise, beside Jinja's own errors."""


def messages(
    template: "Template", roles: tuple[str, ...], values: Mapping[str, object]
) -> tuple[Message, ...]:
    """Each block of `roles` as its own message; one that comes out empty is left out."""
    with _told(template):
        context = template.new_context(dict(values))
        _set_up(template, context)
        texts = [(role, _text(template, context.blocks[role][0](context))) for role in roles]
    return tuple(Message(role_of(role), text) for role, text in texts if text)


def plain(template: "Template", values: Mapping[str, object]) -> str:
    """The whole template as one text."""
    with _told(template):
        return _text(template, template.root_render_func(template.new_context(dict(values))))


def _text(template: "Template", parts: Iterator[str]) -> str:
    return template.environment.concat(parts).strip()


def _set_up(template: "Template", context: "Context") -> None:
    """Run what stands outside of the blocks: it adds the blocks of what is extended, and the macros.

    The blocks themselves are not run here: a first one that prints nothing stands in front of each.
    """
    for blocks in context.blocks.values():
        blocks.insert(0, _nothing)
    _text(template, template.root_render_func(context))
    for blocks in context.blocks.values():
        if blocks[0] is _nothing:
            del blocks[0]


def _nothing(_: "Context") -> Iterator[str]:
    return iter(())


@contextmanager
def _told(template: "Template") -> Iterator[None]:
    try:
        yield
    except TooLongError as error:
        path, line = _where(error, template)
        raise OverBudgetError(f"{path}:{line}: {error.message} Write it shorter.") from None
    except (TemplateError, *_WRONG) as error:
        path, line = _where(error, template)
        raise FaultyError(Fault(_code(error), path, line, _what(error))) from None


def _where(error: Exception, template: "Template") -> tuple[Path, int]:
    """The innermost line of a template that was at work."""
    path, line = Path(template.filename or "template"), 1
    step = error.__traceback__
    while step is not None:
        found: Template | None = step.tb_frame.f_globals.get("__jinja_template__")
        if found is not None and found.filename:
            path, line = Path(found.filename), found.get_corresponding_lineno(step.tb_lineno)
        step = step.tb_next
    return path, line


def _code(error: Exception) -> Code:
    match error:
        case UndefinedError():
            return "E103"
        case BareTextError():
            return "E104"
        case _:
            return "E102"


def _what(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "calls itself without an end."
    return f"{str(error).rstrip('.')}."
