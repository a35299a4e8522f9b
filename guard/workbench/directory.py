"""What is wrong with a directory of templates as a whole: files that nobody finds, prompts that are gone, a broken lock."""

from collections.abc import Iterator
from pathlib import Path

from guard.errors import PromptError
from guard.prompts.faults import Fault, fault_of
from guard.prompts.lock import NAME, Lock, read_lock
from guard.prompts.tree import Tree, overlays


def strays(place: Path) -> Iterator[Fault]:
    """Templates that nobody would ever see."""
    for path in sorted(place.glob("*.md")):
        if not path.is_file() and not path.name.startswith("."):
            yield Fault("E101", path, 1, "is no file; it is a directory, or a link that leads nowhere.")
    seen = {level for brand, locale in overlays(place) for level in Tree(place, brand, locale).levels()}
    for path in sorted((place / "overlays").rglob("*.md")):
        if path.name.startswith("."):
            continue
        if path.parent.relative_to(place).as_posix() not in seen:
            told = "no brand and no locale finds it; it belongs into overlays/<brand>/ or overlays/<brand>/<locale>/, named in letters, digits, - and _."
            yield Fault("E109", path, 1, told)
        elif not path.name.startswith("_") and not (place / path.name).is_file():
            yield Fault("E109", path, 1, f"the base has no prompt {path.stem!r}, so this overlays nothing.")


def gone(place: Path, lock: Lock | None) -> Iterator[Fault]:
    """Prompts that were blessed and are not there any more, perhaps under another name."""
    blessed = {id for ids in lock.versions.values() for id in ids} if lock else set()
    for id in sorted(blessed - {*Tree(place).ids()}):
        told = f"{id} is blessed, and there is no {id}.md any more; bring it back, or bless again with prompts lock."
        yield Fault("W206", place / NAME, 1, told)


def lock_of(place: Path) -> tuple[Lock | None, tuple[Fault, ...]]:
    """The lock, if there is one, and what is wrong with it."""
    path = place / NAME
    if not path.exists():
        return None, ()
    try:
        return read_lock(path), ()
    except PromptError as error:
        return None, (fault_of(error, path, "E101"),)
