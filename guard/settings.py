"""One frozen `Settings`, read once from the environment and passed on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from guard.errors import SettingsError
from guard.policy import Mode

PREFIX = "COMPASSION_GUARD_"
KNOWN = {
    "HOME",
    "POLICY",
    "MODE",
    "DATABASE_URL",
    "TENANT",
    "KEYS",
    "MODEL_URL",
    "MODEL_KEY",
    "PROMPTS",
    "PROMPTS_LOCK",
    "PROMPTS_RELOAD",
    "BRAND",
    "LOCALE",
}
"""KEYS is the proxy's: see `guard/proxy/keys.py`."""
_LONGEST_TENANT = 200
"""Characters that the store keeps of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how strict the guard is.

    home: the data directory; the handoffs are stored in it (COMPASSION_GUARD_HOME).
    policy: a policy file instead of the shipped one (COMPASSION_GUARD_POLICY).
    mode: overrules the policy's mode (COMPASSION_GUARD_MODE).
    database_url: an SQLAlchemy URL instead of the SQLite file in `home` (COMPASSION_GUARD_DATABASE_URL).
    tenant: whose handoffs these are, where several share a store (COMPASSION_GUARD_TENANT).
    model_url, model_key: the guard's own model, any OpenAI-compatible endpoint (COMPASSION_GUARD_MODEL_URL, _MODEL_KEY;
    without them what the openai package reads itself: OPENAI_BASE_URL, OPENAI_API_KEY).
    prompts: a directory of templates instead of the shipped ones (COMPASSION_GUARD_PROMPTS).
    prompts_lock: a file of `prompts lock`; a template of another version is refused (COMPASSION_GUARD_PROMPTS_LOCK).
    prompts_reload: read edited templates again while running (COMPASSION_GUARD_PROMPTS_RELOAD=1).
    brand, locale: which overlays of the templates count (COMPASSION_GUARD_BRAND, _LOCALE).

    Raises `SettingsError` on a value that no file system, database or rule of ours could take.
    """

    home: Path
    policy: Path | None = None
    mode: Mode | None = None
    database_url: str | None = None
    tenant: str = "default"
    model_url: str | None = None
    model_key: str | None = None
    prompts: Path | None = None
    prompts_lock: Path | None = None
    prompts_reload: bool = False
    brand: str | None = None
    locale: str | None = None

    def __post_init__(self) -> None:
        """Now, and not when the first customer needs a person."""
        checked_mode(self.mode)
        _storable(str(self.home), "HOME")
        _storable(self.tenant, "TENANT")
        if not 0 < len(self.tenant) <= _LONGEST_TENANT:
            raise SettingsError(
                f"{PREFIX}TENANT has {len(self.tenant)} characters; it has 1 to {_LONGEST_TENANT}."
            )

    def __repr__(self) -> str:
        """Without the database URL and the key: they are secrets, or hold one."""
        return f"Settings(home={str(self.home)!r}, policy={self.policy!r}, mode={self.mode!r}, tenant={self.tenant!r})"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read `COMPASSION_GUARD_*`. Raises `SettingsError` on a name or value that means nothing."""
        env = os.environ if env is None else env
        given = {k.removeprefix(PREFIX): v for k, v in env.items() if k.startswith(PREFIX) and v}
        if unknown := sorted(given.keys() - KNOWN):
            known = ", ".join(PREFIX + k for k in sorted(KNOWN))
            raise SettingsError(f"{PREFIX}{unknown[0]} is no setting. There are: {known}.")
        url = given.get("DATABASE_URL")
        return cls(
            home=_path(given["HOME"], "HOME") if "HOME" in given else _default_home(env),
            policy=_given_path(given, "POLICY"),
            mode=checked_mode(given.get("MODE")),
            database_url=_url(url) if url else None,
            tenant=given.get("TENANT", "default"),
            model_url=given.get("MODEL_URL"),
            model_key=given.get("MODEL_KEY"),
            prompts=_given_path(given, "PROMPTS"),
            prompts_lock=_given_path(given, "PROMPTS_LOCK"),
            prompts_reload=_yes(given.get("PROMPTS_RELOAD", "0")),
            brand=given.get("BRAND"),
            locale=given.get("LOCALE"),
        )

    def database(self) -> str:
        """The URL of the store."""
        if self.database_url:
            return self.database_url
        from sqlalchemy import URL, make_url

        file = str(self.home / "handoffs.db")
        url = URL.create("sqlite", database=file).render_as_string(hide_password=False)
        if make_url(url).database != file:  # an older SQLAlchemy writes "?" as it is and reads a query there
            raise SettingsError(
                f"{PREFIX}HOME is {str(self.home)!r}, which is no place for an SQLite file; name another directory."
            )
        return url


def checked_mode(value: str | None) -> Mode | None:
    """One of the three modes, or none. Anything else would leave drafts unguarded."""
    match value:
        case None | "observe" | "advise" | "enforce":
            return value
        case _:
            raise SettingsError(
                f"the mode is {value!r}; it is one of {', '.join(get_args(Mode))} ({PREFIX}MODE or mode=…)."
            )


def _url(value: str) -> str:
    """A URL that can be read. The message does not repeat it: anything in it could be the password."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        value.encode()
        made = make_url(value)
    except (ArgumentError, ValueError):
        raise SettingsError(
            f"{PREFIX}DATABASE_URL is no database URL. Write postgresql://user:password@host:5432/name, "
            "with a number as the port and special characters of the password as %40 and the like."
        ) from None
    if made.drivername == "postgres":
        raise SettingsError(
            f"{PREFIX}DATABASE_URL begins with postgres://, which SQLAlchemy does not know. Write postgresql://."
        )
    if made.get_backend_name() == "sqlite" and (
        not made.database or "memory" in f"{made.database}{made.query}"
    ):
        raise SettingsError(
            f"{PREFIX}DATABASE_URL keeps handoffs in memory, where they end with the process. Name a file: sqlite:////path/handoffs.db"
        )
    return value


def _given_path(given: Mapping[str, str], name: str) -> Path | None:
    return _path(given[name], name) if name in given else None


def _yes(value: str) -> bool:
    match value.lower():
        case "1" | "true" | "yes":
            return True
        case "0" | "false" | "no":
            return False
        case _:
            raise SettingsError(f"{PREFIX}PROMPTS_RELOAD is {value!r}; it is 1 or 0.")


def _path(value: str, name: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise SettingsError(
            f"{PREFIX}{name} is {value!r}: there is no such home directory. Write the whole path."
        ) from None


def _storable(value: str, name: str) -> None:
    """No database takes a NUL, or bytes that are no text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise SettingsError(f"{PREFIX}{name} is {value!r}, which is no text in UTF-8.") from None
    if "\x00" in value:
        raise SettingsError(f"{PREFIX}{name} is {value!r}; it cannot hold a NUL.")


def _default_home(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_DATA_HOME")
    return (Path(base) if base else _path("~/.local/share", "HOME")) / "compassion-guard"
