"""Who may ask: keys of our own. `Authorization` of a proxied call belongs to the model's server."""

from collections.abc import Mapping
from hmac import compare_digest

from guard.errors import SettingsError
from guard.proxy.refusals import Refused

VARIABLE = "COMPASSION_GUARD_KEYS"
HEADER = "x-compassion-key"
"""Where a proxied call carries its key. It is not passed on."""


def keys_from(env: Mapping[str, str]) -> tuple[str, ...]:
    """The keys in the environment, separated by commas; none where the variable is not set."""
    given = env.get(VARIABLE, "")
    keys = tuple(key for part in given.split(",") if (key := part.strip()))
    if given and not keys:
        raise SettingsError(
            f"{VARIABLE} is set and holds no key. Write keys with commas between, or unset it."
        )
    return keys


class Keys:
    """Checks what a request carries. Without keys everybody may ask."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [key.encode() for key in keys]

    def check_proxied(self, headers: Mapping[str, str]) -> None:
        """Raises `Refused` for a call to the model without a key of ours."""
        self._check([headers.get(HEADER, "")], f"header {HEADER}")

    def check_own(self, headers: Mapping[str, str]) -> None:
        """Raises `Refused` for a call to the guard itself without one. LiteLLM sends its `api_key` as x-api-key."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        self._check([bearer, headers.get("x-api-key", "")], "header Authorization: Bearer")

    def _check(self, given: list[str], where: str) -> None:
        # Every key is compared, in constant time, so that how long it takes tells nothing.
        fits = [compare_digest(key, one.encode()) for key in self._keys for one in given]
        if self._keys and not any(fits):
            raise Refused(
                401,
                "key",
                f"{where}: one of this guard's own keys is needed, as its operator gave them out ({VARIABLE}).",
                headers={"www-authenticate": "Bearer"},
            )
