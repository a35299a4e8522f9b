"""policy.yaml is read strictly."""

import pytest

from guard import PolicyError, SettingsError
from guard.policy import SHIPPED, parse
from guard.settings import Settings

TEXT = SHIPPED.read_text(encoding="utf-8")


def test_the_shipped_policy_is_the_guide() -> None:
    policy = parse(TEXT, "policy.yaml")

    assert policy.mode == "enforce"
    assert len(policy.matrix.signals) == 9


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("mode: enforce", "mode: enforce\nmoood: x", r"p\.yaml:5: moood"),
        ("mode: enforce", "mode: maybe", r"p\.yaml:4: mode"),
        ("    - data_breach", "    - data_breech", r"p\.yaml:15: matrix\.signals\.5"),
        ("rewrites: 1 ", "rewrites: many ", r"p\.yaml:\d+: limits\.rewrites"),
        ("mode: enforce", "mode: enforce\nmode: observe", "twice"),
        ("matrix:  ", "matrix: [", "YAML"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=told):
        parse(TEXT.replace(old, new, 1), "p.yaml")


def test_an_unknown_setting_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="COMPASSION_GUARD_HOME"):
        Settings.from_env({"COMPASSION_GUARD_HOEM": "/tmp"})


def test_settings_show_no_password() -> None:
    settings = Settings.from_env(
        {"COMPASSION_GUARD_DATABASE_URL": "postgresql://u:secret@h/db", "HOME": "/h"}
    )

    assert "secret" not in repr(settings)
