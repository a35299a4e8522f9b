"""Files of lines that are only appended: what was written survives a kill, and a line that one tore is dropped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from guard.errors import EvalError

Record = TypeVar("Record", bound=BaseModel)


def lines(path: Path, *, by_hand: bool = False) -> Iterator[tuple[str, str]]:
    """Lines with their place, `file:line`. A last line without an end was torn and is left out, but in a file that was
    written `by_hand`: there it is one like the others."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EvalError(f"{path}: cannot be read ({error.strerror}).") from None
    for n, raw in enumerate(data.split(b"\n")[: None if by_hand else -1], 1):
        where = f"{path}:{n}"
        try:
            text = raw.decode("utf-8-sig" if n == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise EvalError(
                f"{where}: is not UTF-8 (byte {error.start + 1}). Save the file as UTF-8."
            ) from None
        if text.strip():
            yield where, text


def records(
    path: Path, model: type[Record], hint: str, *, by_hand: bool = False
) -> Iterator[tuple[str, Record]]:
    """Lines as `model`, with their place. Raises `EvalError` that names it; `hint` says what to do."""
    for where, text in lines(path, by_hand=by_hand):
        yield where, record(text, model, where, hint)


def record(text: str, model: type[Record], where: str, hint: str) -> Record:
    """One object of JSON as `model`."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the line"
        raise EvalError(f"{where}: {field}: {fault['msg']}. {hint}") from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What goes wrong with the disk in here is an `EvalError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise EvalError(f"{path}: cannot be written ({error.strerror or error}).") from None


class Journal:
    """A file to append lines to, from any thread. Each is on the disk when `add` returns."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab+")
        self._drop_torn()

    def add(self, line: str) -> None:
        """One more line."""
        with self._lock:
            self._file.write(line.encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Nothing more will come."""
        self._file.close()

    def _drop_torn(self) -> None:
        """A new line must not be glued to half an old one."""
        self._file.seek(0)
        self._file.truncate(self._file.read().rfind(b"\n") + 1)
