"""Where templates that are compared come from: a directory, one file, or a commit."""

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from guard.errors import PromptError

_GIT = "git:"


@dataclass(frozen=True, slots=True)
class Side:
    """Templates under a name that people know. only: the one prompt that is meant, where it is one. commit: of git."""

    name: str
    place: Path
    only: str | None = None
    commit: str | None = None


@contextmanager
def side(name: str, place: Path) -> Iterator[Side]:
    """What `name` means: `git:REF`, a directory, or a file that stands in for the one in `place`.

    Raises `PromptError` when there is no such thing.
    """
    with TemporaryDirectory(prefix="compassion-guard-") as made:
        if name.startswith(_GIT):
            commit = _checkout(name.removeprefix(_GIT), place, Path(made))
            yield Side(name, Path(made), commit=commit)
        elif Path(name).is_dir():
            yield Side(name, with_templates(Path(name)))
        elif Path(name).is_file():
            file = Path(name)
            if file.suffix != ".md":
                raise PromptError(f"{name}: is no template; the name of one ends in .md.")
            shutil.copytree(place, made, dirs_exist_ok=True)
            shutil.copyfile(file, Path(made) / file.name)
            yield Side(name, Path(made), None if file.name.startswith("_") else file.stem)
        else:
            raise PromptError(f"{name}: is no directory, no file and no commit. Write a path, or git:main.")


def with_templates(place: Path) -> Path:
    """The directory itself. Raises `PromptError` when it is another one than was meant."""
    if not any(place.glob("*.md")):
        raise PromptError(f"{place}: holds no template. Name a directory with files like judge.md.")
    return place


def _checkout(ref: str, place: Path, into: Path) -> str:
    """The templates as they were at `ref`, in the repository that holds `place`; the commit that it means."""
    commit = (
        _git(ref, place, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    )
    tar = _git(
        ref, place, "archive", "--format=tar", commit
    )  # of the directory where it runs, and nothing above
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        archive.extractall(into, filter="data")
    return commit


def _git(ref: str, place: Path, *words: str) -> bytes:
    try:
        ran = subprocess.run(["git", "-C", str(place), *words], capture_output=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise PromptError(f"git: cannot be run ({error.strerror}). Name a directory instead.") from None
    if ran.returncode:
        why = ran.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise PromptError(
            f"{_GIT}{ref}: git says: {why}. Name a commit of the repository of {place}, or a directory."
        )
    return ran.stdout
