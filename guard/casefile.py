"""Files of one JSON object a line: cases are read, results are written.

A bad line is named and the rest is still read. A file of results takes its place when it is whole.
"""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TextIO

from guard.case import Case
from guard.errors import CaseError

_LONGEST = 10_000_000
"""Bytes of a line. The proxy bears no larger request, and the longest cases have some thousands."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds no case, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that holds a case."""

    where: str
    case: Case


def read(names: list[str], parse: Callable[[Mapping[str, object]], Case]) -> Iterator[GoodLine | BadLine]:
    """Cases of all files in order; `-` is standard input. An id that was there before is a bad line."""
    seen: dict[str, str] = {}
    for name in names:
        for where, text in _lines(name):
            entry = text if isinstance(text, BadLine) else _parsed(text, where, parse)
            if isinstance(entry, GoodLine):
                id = entry.case.id
                if id in seen:
                    again = ", for the file is named twice" if seen[id] == where else ""
                    entry = BadLine(
                        where, f"id {id!r} was there before, at {seen[id]}{again}. Ids name one case each."
                    )
                seen.setdefault(id, where)
            yield entry


def count(names: list[str]) -> int | None:
    """How many lines all files hold, for a progress bar; None where only reading to the end would tell."""
    total = 0
    for name in names:
        path = Path(name)
        try:
            if name == "-" or not path.is_file():
                return None
            with path.open("rb") as file:
                total += sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        except OSError:
            return None
    return total


def same_file(names: list[str], out: Path) -> str | None:
    """The one of `names` that is the file `out`, under whatever name or link."""

    def same(name: str) -> bool:
        return os.path.samestat(os.fstat(0) if name == "-" else os.stat(name), out.stat())

    for name in names if out.is_file() else ():
        with suppress(OSError):  # what is not there is no file that could be lost
            if same(name):
                return name
    return None


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A file to write that becomes `path` at the end. After a run that was broken off, what was there stays.

    A device or a pipe cannot be replaced and is written directly.
    """
    real = Path(os.path.realpath(path))
    if real.exists() and not real.is_file():
        with real.open("w", encoding="utf-8") as file:
            yield file
        return
    part = real.with_name(f".compassion-guard-{os.getpid()}-{token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8") as file:
            if real.exists():
                shutil.copymode(real, part)
            yield file
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


def _lines(name: str) -> Iterator[tuple[str, str | BadLine]]:
    shown = "stdin" if name == "-" else name
    try:
        if name == "-" and sys.stdin is None:
            yield shown, BadLine(shown, "is closed. Name a file, or pipe cases in.")
        elif name == "-":
            yield from _numbered(sys.stdin.buffer, shown)
        else:
            with Path(name).open("rb") as file:
                yield from _numbered(file, shown)
    except OSError as error:
        yield shown, BadLine(shown, f"cannot be read ({error.strerror}).")


def _numbered(lines: Iterator[bytes], shown: str) -> Iterator[tuple[str, str | BadLine]]:
    for n, raw in enumerate(lines, 1):
        where = f"{shown}:{n}"
        if len(raw) > _LONGEST:
            yield where, BadLine(where, f"has more than {_LONGEST:,} bytes. One JSON object a line.")
            continue
        try:
            text = raw.decode("utf-8-sig" if n == 1 else "utf-8")
        except UnicodeDecodeError as error:
            yield where, BadLine(where, f"is not UTF-8 (byte {error.start + 1}). Save the file as UTF-8.")
            continue
        if text.strip():
            yield where, text


def _parsed(text: str, where: str, parse: Callable[[Mapping[str, object]], Case]) -> GoodLine | BadLine:
    try:
        return GoodLine(where, parse(json.loads(text, object_pairs_hook=_once)))
    except json.JSONDecodeError as error:
        return BadLine(where, f"is no JSON: {error.msg} at column {error.colno}. One JSON object a line.")
    except RecursionError:
        return BadLine(where, "is nested too deeply to be a case.")
    except ValueError as error:
        return BadLine(where, f"is no JSON that can be read: {error}.")
    except CaseError as error:
        return BadLine(where, str(error))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON lets a key appear twice and Python keeps the last; nobody would see which draft was judged."""
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(key for key, n in Counter(key for key, _ in pairs).items() if n > 1)
        raise CaseError(f"the key {twice!r:.60} is there twice; keep one.")
    return read
