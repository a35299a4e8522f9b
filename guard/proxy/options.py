"""What an operator chooses, checked before anything listens."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from guard.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Options:
    """How the proxy stands in front of a model.

    upstream: the model's base URL, as a client would be given it.
    keys: who may ask; empty: anybody who can reach the port.
    raises: a withheld reply is a 422, not a holding message.
    heartbeat: seconds between the comments that keep a held stream open.
    upstream_timeout: seconds for which the model may be silent.
    body_limit: bytes of a request.
    at_once: requests that are worked on together; more are told to come back.
    """

    upstream: str
    keys: tuple[str, ...] = field(default=(), repr=False)
    raises: bool = False
    heartbeat: float = 15
    upstream_timeout: float = 600
    body_limit: int = 10_000_000
    at_once: int = 512

    def __post_init__(self) -> None:
        """Raises `SettingsError`. It does not repeat the URL: that can hold a password."""
        try:
            url = urlsplit(self.upstream)
            sound = url.scheme in ("http", "https") and bool(url.hostname) and not (url.query or url.fragment)
            sound = sound and (url.port is None or url.port > 0)
        except ValueError:
            sound = False
        if not sound:
            raise SettingsError(
                "--upstream is no base URL. Write what the client would be given: https://api.openai.com/v1"
            )
        for name in ("heartbeat", "upstream_timeout", "body_limit", "at_once"):
            if not getattr(self, name) > 0:
                raise SettingsError(f"--{name.replace('_', '-')} is {getattr(self, name)}; it is above 0.")
