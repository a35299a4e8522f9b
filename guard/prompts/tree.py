"""Which files make a prompt: the base and its overlays by brand and locale, what they include, and their digest.

    overlays/<brand>/<locale>  →  overlays/<brand>  →  overlays/_/<locale>  →  base

A file sees its own level and those below, never one above: so what a locked block includes is what the base says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from guard.errors import PromptError
from guard.prompts.header import Source, split

_HERE = Path(__file__).parent.parent
_PLACES = (_HERE / "_prompts", _HERE.parent / "prompts")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}")
ANY = "_"
"""In place of a brand or locale that has no overlay."""


def shipped() -> Path:
    """The templates of the checkout or of the wheel."""
    place = next((p for p in _PLACES if (p / "holding.md").is_file()), None)
    if place is None:
        raise PromptError("prompts/ is missing. Install compassion-guard again.")
    return place


@dataclass(frozen=True, slots=True)
class Tree:
    """The templates of `place`, as `brand` and `locale` see them. Names are paths below `place`."""

    place: Path
    brand: str | None = None
    locale: str | None = None

    def __post_init__(self) -> None:
        for what, name in (("brand", self.brand), ("locale", self.locale)):
            if name is not None and not _NAME.fullmatch(name):
                raise PromptError(
                    f"{what} {name!r:.80} is no name of an overlay; write letters, digits, - and _."
                )

    def levels(self) -> tuple[str, ...]:
        """Directories, the most special first; the base is ""."""
        brand, locale = self.brand, self.locale
        special = (
            f"overlays/{brand}/{locale}" if brand and locale else None,
            f"overlays/{brand}" if brand else None,
            f"overlays/{ANY}/{locale}" if locale else None,
        )
        return (*(level for level in special if level), "")

    def find(self, file: str, below: int = 0) -> str | None:
        """The name of the most special `file`, from level `below` on."""
        if not _FILE.fullmatch(file):
            return None
        names = (f"{level}/{file}".lstrip("/") for level in self.levels()[below:])
        return next((name for name in names if (self.place / name).is_file()), None)

    def join(self, file: str, parent: str) -> str:
        """What `file` means in the file `parent`: its own name means the same file one level down."""
        level, _, own = parent.rpartition("/")
        below = self.levels().index(level) + (file == own)
        return self.find(file, below) or file

    def read(self, name: str) -> Source:
        """One file. Raises `PromptError` when it cannot be read."""
        path = self.place / name
        try:
            written = path.read_bytes()
        except OSError as error:
            raise PromptError(f"{path}:1: cannot be read ({error.strerror}).") from None
        try:
            return split(written.decode(), path)
        except UnicodeDecodeError as error:
            line = written.count(b"\n", 0, error.start) + 1
            raise PromptError(
                f"{path}:{line}: the byte 0x{written[error.start]:02x} is no text in UTF-8. Save the file as UTF-8."
            ) from None

    def ids(self) -> tuple[str, ...]:
        """The prompts that are there; a file that begins with _ is a part of others, one with . is an editor's."""
        files = self.place.glob("*.md")
        return tuple(sorted(p.stem for p in files if p.is_file() and not p.name.startswith(("_", "."))))

    def state(self) -> dict[str, tuple[int, int]]:
        """When each file was last written and how long it is: another state means another look."""
        told = {}
        for path in self.files():
            try:
                stat = path.stat()
            except OSError:  # an editor replaces files, and this one is being replaced
                continue
            told[str(path)] = (stat.st_mtime_ns, stat.st_size)
        return told

    def files(self) -> Iterator[Path]:
        """Every template below `place`."""
        return self.place.rglob("*.md")


def overlays(place: Path) -> tuple[tuple[str | None, str | None], ...]:
    """Brands and locales that have an overlay, in every combination; the base is (None, None)."""
    folders = _folders(place / "overlays")
    brands = sorted(p.name for p in folders if p.name != ANY)
    locales = sorted({p.name for folder in folders for p in _folders(folder)} - {ANY})
    return tuple((b, loc) for b in (None, *brands) for loc in (None, *locales))


def _folders(place: Path) -> list[Path]:
    """Those that somebody can name. Links count: two brands may share an overlay."""
    inside = place.iterdir() if place.is_dir() else ()
    return [p for p in inside if p.is_dir() and (p.name == ANY or _NAME.fullmatch(p.name))]


def digest(sources: dict[str, Source]) -> str:
    """Twelve hex digits of all that a prompt is made of, the same on every system."""
    sha = sha256()
    for name in sorted(sources):
        front, body = sources[name].front or "", sources[name].body
        sha.update(f"{name}\x00{front}\x00{body}\x00".encode())
    return sha.hexdigest()[:12]
