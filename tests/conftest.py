"""Every test has a data directory of its own, and no setting from outside."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from guard import Guard
from guard.settings import PREFIX, Settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in os.environ if n.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path / "home"))


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    """A guard with the shipped policy, in enforce."""
    made = Guard.load(settings=Settings(home=tmp_path / "home"))
    yield made
    made.desk.close()
