"""The model's server: where a path of ours is there, which headers pass, and what its silence means."""

import re
from collections.abc import Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import unquote

import httpx2

from guard.proxy.keys import HEADER
from guard.proxy.refusals import Refused

Headers = list[tuple[bytes, bytes]]
_HOPS = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
"""Headers that speak of one connection (RFC 9110, 7.6.1)."""
_OURS = {b"host", b"content-length", b"expect", HEADER.encode()}
"""Headers of a request that are ours to write, or ours to read."""
_FRAMING = {b"content-length", b"content-encoding"}
"""Headers of an answer that speak of its bytes as they came, and not as they go on."""
_CONNECT_SECONDS = 10


class Upstream:
    """One pool of connections. It is never guarded, and keeps no cookie: the next request is another customer's."""

    def __init__(self, base: str, timeout: float, at_once: int) -> None:
        self._base = httpx2.URL(base)
        self._timeout = timeout
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=at_once),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
        self._readable = _listed(self._client.headers["accept-encoding"])

    @property
    def host(self) -> str:
        """Its name, for logs: the URL could hold a password."""
        return self._base.host

    def url(self, raw_path: bytes, query: bytes) -> httpx2.URL:
        """Where a path of ours is there. `/v1` stands once, whether the base URL ends in it or not.

        Raises `Refused` for a path that another reader could take for another one.
        """
        path = re.sub("//+", "/", raw_path.decode("ascii", "replace"))
        base = self._base.raw_path.decode("ascii").rstrip("/")
        if any(step in (".", "..") for step in unquote(path).split("/")):
            raise Refused(400, "path", "the path holds . or .. as a step. Write it out.")
        if base.endswith("/v1") and (path == "/v1" or path.startswith("/v1/")):
            path = path.removeprefix("/v1")
        raw = base + path + (f"?{query.decode('ascii', 'replace')}" if query else "")
        try:
            return self._base.copy_with(raw_path=raw.encode())
        except httpx2.InvalidURL:
            raise Refused(
                400, "path", "the path or its query is no valid URL. Encode what is special in it."
            ) from None

    def reads(self, response: httpx2.Response) -> bool:
        """Whether its bytes can be decoded: which encodings can is a matter of what is installed beside us."""
        return _listed(response.headers.get("content-encoding", "")) <= {*self._readable, "identity"}

    async def ask(
        self, method: str, url: httpx2.URL, headers: Headers, body: bytes, *, readable: bool
    ) -> httpx2.Response:
        """Send it; the answer's body is still to be read. `readable`: we are to read it, so it is asked for plain.

        Raises `Refused` where there is no answer.
        """
        sent = _passing(headers, _OURS | ({b"accept-encoding"} if readable else set()))
        if not any(name == b"accept-encoding" for name, _ in sent):
            sent.append((b"accept-encoding", b"identity"))
        request = httpx2.Request(method, url, headers=sent, content=body)
        try:
            return await self._client.send(request, stream=True)
        except httpx2.RequestError as error:
            raise self.silent(error) from None

    def silent(self, error: httpx2.RequestError) -> Refused:
        """What a failed connection means for who waits. The exception's own words stay out: they are not ours."""
        name = type(error).__name__
        if isinstance(error, httpx2.TimeoutException):
            return Refused(
                504,
                "upstream_timeout",
                f"the model at {self.host} did not answer within {self._timeout:g} seconds ({name}). Try again, or "
                "raise --upstream-timeout.",
            )
        return Refused(
            502,
            "upstream_unreachable",
            f"the connection to the model at {self.host} failed ({name}). Try again; if it stays, see whether "
            "--upstream is right and up.",
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def told_headers(response: httpx2.Response, *, as_it_came: bool) -> Headers:
    """The headers of an answer that pass on; those of its framing only where its bytes go on as they came."""
    return _passing(response.headers.raw, set() if as_it_came else _FRAMING)


def _listed(header: str) -> set[str]:
    return {one.strip().lower() for one in header.split(",") if one.strip()}


def _passing(headers: Iterable[tuple[bytes, bytes]], drop: set[bytes]) -> Headers:
    low = [(name.lower(), value) for name, value in headers]
    named = {one.strip().lower() for name, value in low if name == b"connection" for one in value.split(b",")}
    return [(name, value) for name, value in low if name not in _HOPS | named | drop]
