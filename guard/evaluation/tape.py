"""Recordings on disk: what a model answered, found by the digest of the whole request.

Nothing of a header or a host is kept, and what looks like a key, a cookie or an organisation is cut out. Every line
says where it comes from; a recording is never fresh evidence.
"""

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Lock

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from guard.casefile import replacing
from guard.errors import EvalError
from guard.evaluation.alone import Alone
from guard.evaluation.journal import Journal, records, writing

_VERSIONED = re.compile(r"^.*/v\d+[a-z]*(?=/)")
"""What stands before a resource in a path belongs to the host: /openai/v1/chat/completions."""
_SECRET_NAME = re.compile(
    r"(?:.*[-_])?(?:api[-_]?key|authorization|(?:set-)?cookie|organi[sz]ation(?:[-_]id)?|secret|access[-_]token)",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?:sk|rk|pk|sess|org|proj)-[A-Za-z0-9_-]{16,}|\bBearer\s+[\w.~+/-]{8,}=*|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+"
)
_GONE = "[removed]"
NOT_KNOWN = "not known"
"""The model of an answer where nobody said which one it was."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provenance(_Line):
    """Where an answer comes from. by: who had it made; model: as it named itself, or "not known"; at: when, in UTC."""

    by: str = Field(min_length=1)
    model: str = Field(min_length=1)
    at: str = Field(min_length=1)
    how: str = Field(min_length=1)


class Usage(_Line):
    """Tokens as the endpoint counted them."""

    input_tokens: int
    output_tokens: int


class Recording(_Line):
    """One answer. `prompt` is the version of the template, where the request names it; `usage` None: nobody counted."""

    key: str = Field(min_length=1)
    prompt: str
    model: str = Field(min_length=1)
    status: int = 200
    response: dict[str, JsonValue]
    usage: Usage | None
    provenance: Provenance


class Tape:
    """All recordings of a folder. New ones are appended to one file, which is sorted by key when the tape is closed."""

    def __init__(self, folder: Path, into: str, secrets: Iterable[str] = ()) -> None:
        """Raises `EvalError` on a line that is no recording, and on two answers to one request."""
        self._folder = folder
        self._path = folder / f"{into}.jsonl"
        self._secrets = tuple(s for s in secrets if s)
        self._lock = Lock()
        self._journal: Journal | None = None
        self._alone: Alone | None = None
        self._known: dict[str, Recording] = {}
        self._ours: dict[str, Recording] = {}
        self._read()

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self._known.values())

    def __contains__(self, key: object) -> bool:
        return key in self._known

    def get(self, key: str) -> Recording | None:
        """The answer to the request of this key."""
        return self._known.get(key)

    def add(self, recording: Recording) -> bool:
        """Keep an answer; False where the request has one already. It is on the disk, and clean, when this returns."""
        kept = recording.model_copy(update={"response": scrubbed(recording.response, self._secrets)})
        with self._lock:
            if kept.key in self._known:
                return False
            if self._journal is None:
                self._journal = Journal(self._path)
            self._journal.add(kept.model_dump_json())
            self._known[kept.key] = self._ours[kept.key] = kept
            return True

    def claim(self) -> None:
        """Nobody else adds until `close`: what is there is read once more, for it may have grown.

        Raises `EvalError` where somebody else does.
        """
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        self._alone = Alone(self._folder, "Wait for it: two at once would lose recordings.")
        self._read()

    def close(self) -> None:
        """Sort what was added among what was there, so that a diff shows just that."""
        try:
            self._sort()
        finally:
            if self._alone is not None:
                self._alone.close()
                self._alone = None

    def _sort(self) -> None:
        with self._lock:
            if self._journal is None:
                return
            self._journal.close()
            self._journal = None
            with replacing(self._path) as file:
                file.writelines(f"{self._ours[key].model_dump_json()}\n" for key in sorted(self._ours))

    def _read(self) -> None:
        self._known.clear()
        self._ours.clear()
        for path in sorted(self._folder.glob("*.jsonl")):
            self._load(path)

    def _load(self, path: Path) -> None:
        for where, found in records(path, Recording, "Record it again, or delete the line."):
            if found.key in self._known:
                raise EvalError(
                    f"{where}: key {found.key} is recorded twice in this folder. Keep one of them."
                )
            self._known[found.key] = found
            if path == self._path:
                self._ours[found.key] = found


def key_of(method: str, path: str, body: JsonValue, epoch: int = 0) -> str:
    """The digest of a request: method, resource and canonical body; no header, no host. Each epoch has its own answer."""
    told: list[JsonValue] = [method, _VERSIONED.sub("", path), body, *([epoch] if epoch else [])]
    return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:32]


def usage_of(response: dict[str, JsonValue]) -> Usage | None:
    """What the endpoint counted, in the words of either of its APIs."""
    told = response.get("usage")
    if not isinstance(told, dict):
        return None
    used = told.get("prompt_tokens", told.get("input_tokens"))
    written = told.get("completion_tokens", told.get("output_tokens"))
    if not isinstance(used, int) or not isinstance(written, int):
        return None
    return Usage(input_tokens=used, output_tokens=written)


def scrubbed(told: dict[str, JsonValue], secrets: tuple[str, ...] = ()) -> dict[str, JsonValue]:
    """The same body without what is, or looks like, a secret."""
    return {
        name: _GONE if _SECRET_NAME.fullmatch(name) else _clean(value, secrets)
        for name, value in told.items()
    }


def _clean(value: JsonValue, secrets: tuple[str, ...]) -> JsonValue:
    match value:
        case dict():
            return scrubbed(value, secrets)
        case list():
            return [_clean(one, secrets) for one in value]
        case str():
            for secret in secrets:
                value = value.replace(secret, _GONE)
            return _SECRET.sub(_GONE, value)
        case _:
            return value
