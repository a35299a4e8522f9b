"""Settings are checked when they are read, not when the first customer needs a person."""

from pathlib import Path

import pytest

from guard import Guard, SettingsError
from guard.policy import Mode
from guard.settings import PREFIX, Settings
from tests.cases import EMPTY_SORRY, case


@pytest.mark.parametrize("mode", ["ENFORCE", "Enforce", "enfroce", "", "off"])
def test_a_mode_that_is_none_of_the_three_is_refused(mode: Mode, guard: Guard) -> None:
    with pytest.raises(SettingsError, match="observe, advise, enforce"):
        Guard.load(mode=mode, settings=guard.settings)
    with pytest.raises(SettingsError, match="observe, advise, enforce"):
        Settings(home=guard.settings.home, mode=mode)


@pytest.mark.parametrize("url", ["postgresql://u:secret@h:abc/x", "secret", "postgresql://u:secret@h/\udcff"])
def test_a_database_url_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="COMPASSION_GUARD_DATABASE_URL") as caught:
        Settings.from_env({f"{PREFIX}DATABASE_URL": url, "HOME": "/h"})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOME", "a\0b"),
        ("HOME", "a\udcff"),
        ("HOME", "~nobody-of-that-name/x"),
        ("TENANT", "a\0b"),
        ("TENANT", "a\udcff"),
        ("TENANT", "a" * 201),
    ],
)
def test_a_value_that_nothing_could_store_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=PREFIX + name):
        Settings.from_env({PREFIX + name: value})


@pytest.mark.parametrize("name", ["we?ird#dir", "a%41 b", "é+&;=", "plain"])
def test_handoffs_are_stored_in_the_directory_that_was_named(tmp_path: Path, name: str) -> None:
    made = Guard.load(settings=Settings(home=tmp_path / name))

    made.review(case("I want to speak to a manager.", EMPTY_SORRY))
    made.desk.close()

    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "handoffs.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_store_that_ends_with_the_process_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="in memory"):
        Settings.from_env({"COMPASSION_GUARD_DATABASE_URL": url})


def test_the_old_name_of_postgresql_is_named() -> None:
    with pytest.raises(SettingsError, match="postgresql://"):
        Settings.from_env({"COMPASSION_GUARD_DATABASE_URL": "postgres://u:p@h/d"})
