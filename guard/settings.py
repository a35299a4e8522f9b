"""One frozen `Settings`, read once from the environment and passed on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from guard.errors import SettingsError
from guard.policy import Mode

PREFIX = "COMPASSION_GUARD_"
KNOWN = {"HOME", "POLICY", "MODE", "DATABASE_URL", "TENANT"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how strict the guard is.

    home: the data directory; the handoffs are stored in it (COMPASSION_GUARD_HOME).
    policy: a policy file instead of the shipped one (COMPASSION_GUARD_POLICY).
    mode: overrules the policy's mode (COMPASSION_GUARD_MODE).
    database_url: an SQLAlchemy URL instead of the SQLite file in `home` (COMPASSION_GUARD_DATABASE_URL).
    tenant: whose handoffs these are, where several share a store (COMPASSION_GUARD_TENANT).
    """

    home: Path
    policy: Path | None = None
    mode: Mode | None = None
    database_url: str | None = None
    tenant: str = "default"

    def __repr__(self) -> str:
        """Without the database URL: it can hold a password."""
        return f"Settings(home={str(self.home)!r}, policy={self.policy!r}, mode={self.mode!r}, tenant={self.tenant!r})"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read `COMPASSION_GUARD_*`. Raises `SettingsError` on a name or value that means nothing."""
        env = os.environ if env is None else env
        given = {k.removeprefix(PREFIX): v for k, v in env.items() if k.startswith(PREFIX) and v}
        if unknown := sorted(given.keys() - KNOWN):
            known = ", ".join(PREFIX + k for k in sorted(KNOWN))
            raise SettingsError(f"{PREFIX}{unknown[0]} is no setting. There are: {known}.")
        policy = given.get("POLICY")
        return cls(
            home=Path(given["HOME"]).expanduser() if "HOME" in given else _default_home(env),
            policy=Path(policy).expanduser() if policy else None,
            mode=_mode(given.get("MODE")),
            database_url=given.get("DATABASE_URL"),
            tenant=given.get("TENANT", "default"),
        )

    def database(self) -> str:
        """The URL of the store."""
        return self.database_url or f"sqlite:///{self.home / 'handoffs.db'}"


def _mode(value: str | None) -> Mode | None:
    match value:
        case None | "observe" | "advise" | "enforce":
            return value
        case _:
            raise SettingsError(f"{PREFIX}MODE is {value!r}; it is one of observe, advise, enforce.")


def _default_home(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "compassion-guard"
