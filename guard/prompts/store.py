"""The prompts of one place, for one brand and locale: loaded once and kept, or looked at again after every edit."""

import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from guard.errors import PromptError
from guard.prompts.template import Prompt, load
from guard.prompts.tree import Tree, shipped

_log = logging.getLogger("guard.prompts")


class Prompts:
    """Finds prompts by their id. Safe to share between threads.

    place: a directory of templates instead of the shipped one.
    brand, locale: whose overlays are laid over the base.
    reload: look again after every edit; one that is broken leaves the last good version in use.
    pins: id → version, as a lock file holds them; any other version is refused.

    >>> Prompts().get("holding").text({"id": "CG-1", "urgent": False})[:20]
    "I'm an AI assistant "
    """

    def __init__(
        self,
        place: Path | None = None,
        brand: str | None = None,
        locale: str | None = None,
        reload: bool = False,
        pins: Mapping[str, str] | None = None,
    ) -> None:
        self._tree = Tree(place or shipped(), brand, locale)
        self._reload = reload
        self._pins = pins
        self._kept: dict[str, Prompt] = {}
        self._state: dict[str, tuple[int, int]] = {}
        self._lock = Lock()

    def names(self) -> tuple[str, ...]:
        """The ids that are there."""
        return self._tree.ids()

    def get(self, id: str) -> Prompt:
        """The prompt. Raises `PromptError` when it cannot be used, or is another one than was pinned."""
        if self._reload:
            self._look_again()
        kept = self._kept.get(id)
        if kept is None:
            kept = self._kept[id] = self._loaded(id)
        return kept

    def _loaded(self, id: str) -> Prompt:
        prompt = load(self._tree, id)
        if self._pins is not None and self._pins.get(id) != prompt.version:
            raise PromptError(
                f"{self._tree.place / id}.md: is {prompt.version}, and {self._pins.get(id) or 'nothing'} is pinned. "
                "Restore the template, or bless this one: compassion-guard prompts lock."
            )
        return prompt

    def _look_again(self) -> None:
        state = self._tree.state()
        with self._lock:
            if state == self._state:
                return
            self._state = state
            for id, last in tuple(self._kept.items()):
                try:
                    self._kept[id] = self._loaded(id)
                except PromptError as error:
                    _log.warning("%s %s stays in use.", error, last.version)
