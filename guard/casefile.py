"""Case files: one JSON object a line. A bad line is named and the rest is still read."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guard.case import Case
from guard.errors import CaseError


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds no case, and why."""

    where: str
    why: str


def read(names: list[str], parse: Callable[[Mapping[str, object]], Case]) -> Iterator[Case | BadLine]:
    """Cases of all files in order; `-` is standard input. An id that was there before is a bad line."""
    seen: dict[str, str] = {}
    for name in names:
        for where, text in _lines(name):
            entry = text if isinstance(text, BadLine) else _parsed(text, where, parse)
            if isinstance(entry, Case):
                first = seen.setdefault(entry.id, where)
                if first != where:
                    entry = BadLine(
                        where, f"id {entry.id!r} was there before, at {first}. Ids name one case each."
                    )
            yield entry


def count(names: list[str]) -> int | None:
    """How many lines all files hold, for a progress bar; None where only reading to the end would tell."""
    total = 0
    for name in names:
        path = Path(name)
        if name == "-" or not path.is_file():
            return None
        with path.open("rb") as file:
            total += sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return total


def _lines(name: str) -> Iterator[tuple[str, str | BadLine]]:
    shown = "stdin" if name == "-" else name
    try:
        if name == "-":
            yield from _numbered(sys.stdin.buffer, shown)
        else:
            with Path(name).open("rb") as file:
                yield from _numbered(file, shown)
    except OSError as error:
        yield shown, BadLine(shown, f"cannot be read ({error.strerror}).")


def _numbered(lines: Iterator[bytes], shown: str) -> Iterator[tuple[str, str | BadLine]]:
    for n, raw in enumerate(lines, 1):
        where = f"{shown}:{n}"
        try:
            text = raw.decode("utf-8-sig" if n == 1 else "utf-8")
        except UnicodeDecodeError as error:
            yield where, BadLine(where, f"is not UTF-8 (byte {error.start + 1}). Save the file as UTF-8.")
            continue
        if text.strip():
            yield where, text


def _parsed(text: str, where: str, parse: Callable[[Mapping[str, object]], Case]) -> Case | BadLine:
    try:
        return parse(json.loads(text))
    except json.JSONDecodeError as error:
        return BadLine(where, f"is no JSON: {error.msg} at column {error.colno}. One JSON object a line.")
    except RecursionError:
        return BadLine(where, "is nested too deeply to be a case.")
    except ValueError as error:
        return BadLine(where, f"is no JSON that can be read: {error}.")
    except CaseError as error:
        return BadLine(where, str(error))
