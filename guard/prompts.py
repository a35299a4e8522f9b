"""Find and fill the templates of `prompts/`: sandboxed, strict about variables, from a checkout or the wheel."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from guard.errors import PolicyError

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_PLACES = (_HERE / "_prompts", _HERE.parent / "prompts")


def render(name: str, values: Mapping[str, str | bool]) -> str:
    """The template's text with its variables filled in. Raises `PolicyError` when it cannot be."""
    from jinja2 import TemplateError

    try:
        return _template(name).render(values).strip()
    except TemplateError as error:
        raise PolicyError(f"prompts/{name}.md: {error}. Mend the template.") from None


@cache
def _template(name: str) -> "Template":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    place = next((p for p in _PLACES if (p / f"{name}.md").is_file()), None)
    if place is None:
        raise PolicyError(f"prompts/{name}.md is missing. Install compassion-guard again.")
    text = (place / f"{name}.md").read_text(encoding="utf-8")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(_body(text))


def _body(text: str) -> str:
    """The template without its front matter."""
    if text.startswith("---\n"):
        return text.split("\n---\n", 1)[1]
    return text
