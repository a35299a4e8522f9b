"""The lock of the prompts that a blessed run was run with: what was evaluated is what may be used."""

from collections.abc import Mapping
from pathlib import Path

from guard.errors import EvalError
from guard.evaluation.results import Run
from guard.prompts.lock import Lock, key
from guard.prompts.template import load
from guard.prompts.tree import Tree, overlays


def lock(place: Path) -> Lock:
    """The version of every prompt for every brand and locale, as they are now."""
    return Lock(
        {
            key(brand, locale): {id: load(Tree(place, brand, locale), id).version for id in Tree(place).ids()}
            for brand, locale in overlays(place)
        }
    )


def refuse_others(run: Run, now: Lock, brand: str | None, locale: str | None) -> None:
    """Raises `EvalError` where a prompt was edited after the run: nobody has evaluated that."""
    there: Mapping[str, str] = now.pins(brand, locale)
    others = [name for name, version in run.head.prompts.items() if there.get(name) != version]
    if others:
        raise EvalError(
            f"prompts were edited since the run ({', '.join(others)}). Run the suite again, then bless that run."
        )
