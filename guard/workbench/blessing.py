"""The versions as they are now, beside those that were blessed."""

from pathlib import Path

from guard.prompts.lock import Lock, key
from guard.prompts.template import load
from guard.prompts.tree import Tree, overlays


def current(place: Path) -> Lock:
    """The version of every prompt for every brand and locale. Raises `PromptError` when one cannot be used."""
    return Lock(
        {
            key(brand, locale): {id: load(Tree(place, brand, locale), id).version for id in Tree(place).ids()}
            for brand, locale in overlays(place)
        }
    )


def differing(blessed: Lock, now: Lock) -> list[str]:
    """What is another version than the blessed one, missing or new, a line each."""
    told = []
    for where in sorted({*blessed.versions, *now.versions}):
        was, new = blessed.versions.get(where, {}), now.versions.get(where, {})
        told += [
            f"{where} {id}: {was.get(id, 'nothing')} is blessed, {new.get(id, 'nothing')} is there."
            for id in sorted({*was, *new})
            if was.get(id) != new.get(id)
        ]
    return told
