"""policy.yaml is read strictly."""

from pathlib import Path

import pytest

from guard import PolicyError, SettingsError
from guard.policy import SHIPPED, load, parse
from guard.settings import Settings

TEXT = SHIPPED.read_text(encoding="utf-8")
NEXT = TEXT.count("\n") + 1
"""The line behind the shipped policy."""


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
        ("rewrites: 2 ", "rewrites: many ", r"p\.yaml:\d+: limits\.rewrites"),
        ("mode: enforce", "mode: enforce\nmode: observe", "twice"),
        ("matrix:  ", "matrix: [", "YAML"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=told):
        parse(TEXT.replace(old, new, 1), "p.yaml")


REFUND = "authority:\n  - id: refund\n    does: refund an order\n"


@pytest.mark.parametrize("amount", ["yes", "050", "1:30", "'50'", "0x32", "5_0", ".inf", "2026-01-01", "-1"])
def test_an_amount_that_yaml_reads_as_something_else_is_refused(amount: str) -> None:
    with pytest.raises(PolicyError, match=rf"p\.yaml:{NEXT + 2}: "):
        parse(TEXT.replace("authority: []", f"{REFUND}    max_amount: {amount}"), "p.yaml")


@pytest.mark.parametrize(("amount", "read"), [("0", 0), ("50", 50), ("49.90", 49.9)])
def test_an_amount_in_plain_digits_is_that_amount(amount: str, read: float) -> None:
    policy = parse(TEXT.replace("authority: []", f"{REFUND}    max_amount: {amount}"), "p.yaml")

    assert policy.actions()["refund"].max_amount == read


def test_two_actions_with_one_id_are_both_named() -> None:
    twice = REFUND + "  - id: refund\n    does: refund more\n"

    with pytest.raises(
        PolicyError, match=rf"p\.yaml:{NEXT + 2}: authority\.1: 'refund'.* authority\.0 at line {NEXT}"
    ):
        parse(TEXT.replace("authority: []", twice), "p.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &a {b: *a}", "p.yaml:1: holds itself"),
        ("&a [*a]", "p.yaml:1: holds itself"),
        ("x: 1\na: " + "[" * 3000 + "]" * 3000, "p.yaml:2: is nested too deeply"),
        ("x: 1\na: " + "[" * 3000, "p.yaml:2: is nested too deeply"),
        (TEXT + "5: x\n", f"p.yaml:{NEXT}: '5' is no key"),
        (TEXT + "yes: x\n", f"p.yaml:{NEXT}: 'yes' is no key"),
        (TEXT + "? [a, b]\n: x\n", f"p.yaml:{NEXT}: a list or a map is no key"),
        (TEXT + "moode: en\0force\n", f"p.yaml:{NEXT}: no valid YAML"),
    ],
)
def test_what_yaml_allows_and_no_policy_means_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(text, "p.yaml")

    assert str(caught.value).startswith(told)


def test_an_alias_used_many_times_over_is_walked_once() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))

    with pytest.raises(PolicyError, match="a0: Extra inputs"):
        parse(f"a0: &a0 [x]\n{levels}", "p.yaml")


def test_a_policy_name_with_a_nul_is_an_error_of_ours() -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load(Path("a\0b"))


def test_an_unknown_setting_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="COMPASSION_GUARD_HOME"):
        Settings.from_env({"COMPASSION_GUARD_HOEM": "/tmp"})


def test_settings_show_no_password() -> None:
    settings = Settings.from_env(
        {"COMPASSION_GUARD_DATABASE_URL": "postgresql://u:secret@h/db", "HOME": "/h"}
    )

    assert "secret" not in repr(settings)
