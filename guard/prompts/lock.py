"""prompts.lock: the versions that were looked at and blessed, for every brand and locale."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guard.errors import PromptError
from guard.prompts.template import load
from guard.prompts.tree import ANY, Tree, overlays

NAME = "prompts.lock"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    v: Literal[1] = 1
    prompts: dict[str, dict[str, Annotated[str, Field(pattern=r"^[a-z0-9_-]+@[0-9a-f]{12}$")]]]


@dataclass(frozen=True, slots=True)
class Lock:
    """Versions by `brand/locale`, "_" standing for one without an overlay, and by the prompt's id."""

    versions: Mapping[str, Mapping[str, str]]

    def pins(self, brand: str | None = None, locale: str | None = None) -> Mapping[str, str]:
        """What a brand and a locale must have: what `Prompts(pins=…)` takes."""
        brands, locales = ({key.split("/")[n] for key in self.versions} for n in (0, 1))
        return self.versions.get(
            key(brand if brand in brands else None, locale if locale in locales else None), {}
        )


def current(place: Path) -> Lock:
    """The version of every prompt for every brand and locale. Raises `PromptError` when one cannot be used."""
    return Lock(
        {
            key(brand, locale): {id: load(Tree(place, brand, locale), id).version for id in Tree(place).ids()}
            for brand, locale in overlays(place)
        }
    )


def key(brand: str | None, locale: str | None) -> str:
    """The name of a brand and a locale in the lock."""
    return f"{brand or ANY}/{locale or ANY}"


def read_lock(path: Path) -> Lock:
    """Read a lock file. Raises `PromptError` when it cannot be."""
    try:
        file = _File.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PromptError(
            f"{path}: cannot be read ({error.strerror}). Write it: compassion-guard prompts lock."
        ) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the file"
        raise PromptError(
            f"{path}: {place}: {fault['msg']}. Write it again: compassion-guard prompts lock."
        ) from None
    if bad := next((name for name in file.prompts if name.count("/") != 1), None):
        raise PromptError(
            f"{path}: prompts.{bad}: is no brand/locale. Write it again: compassion-guard prompts lock."
        )
    return Lock(file.prompts)


def written(lock: Lock) -> str:
    """The lock as text, the same for the same versions."""
    return json.dumps({"v": 1, "prompts": lock.versions}, indent=2, sort_keys=True) + "\n"
