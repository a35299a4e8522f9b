"""A run on disk: its head, its lines and how it ended. The lines are its state; a run that was killed goes on from them."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from guard.casefile import replacing
from guard.errors import EvalError
from guard.evaluation.alone import Alone
from guard.evaluation.held import together
from guard.evaluation.journal import Journal, record, records, writing
from guard.evaluation.results import Head, Result, Run, Source

_HEAD, _LINES, _END = "head.json", "results.jsonl", "end.json"
AGAINST = "against"
"""The folder, in that of a run, of the run that was made beside it with other prompts."""
_MOVES = frozenset({"created", "models", "oldest_recording", "sources"})
"""What may differ between the start of a run and its going on."""
_HINT = "A run is not edited by hand; make it again."


class End(BaseModel):
    """What is known of a run only later. stopped None: it reached its end. changed: its model is another one since a start."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stopped: str | None
    models: tuple[str, ...] = ()
    oldest_recording: str | None = None
    sources: tuple[Source, ...] = ()
    changed: bool = False


class Folder:
    """The folder of one run, new or to go on with."""

    def __init__(self, path: Path, head: Head) -> None:
        """Raises `EvalError` where the folder is that of another run."""
        self.path = path
        self.end = _unfinished(path)
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        self._alone = Alone(path, "Wait for it, or stop it.")
        try:
            self._begin(path, head)
        except BaseException:
            self._alone.close()
            raise

    def _begin(self, path: Path, head: Head) -> None:
        if (path / _HEAD).is_file():
            _refuse_another(path, read_head(path), head)
            before = read_end(path)
            self.end = before.model_copy(update={"stopped": self.end.stopped})
        else:
            _write(path / _HEAD, head)
        self.done: frozenset[tuple[str, int]] = frozenset(
            (r.case, r.epoch) for r in _last(path) if r.error is None
        )
        self._journal = Journal(path / _LINES)
        self.ended(self.end)

    def add(self, result: Result) -> None:
        """One more line; it is on the disk when this returns."""
        self._journal.add(result.model_dump_json())

    def ended(self, end: End) -> None:
        """How it stands."""
        self.end = end
        _write(self.path / _END, end)

    def close(self) -> None:
        """No more lines."""
        self._journal.close()
        self._alone.close()

    @contextmanager
    def home(self) -> Iterator[Path]:
        """Where the handoffs of the run go. They are part of no result; what a killed run left goes too."""
        for left in self.path.glob("home-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="home-", dir=self.path) as home:
            yield Path(home)


def read(path: Path) -> Run:
    """A run as it stands. Raises `EvalError` where the folder holds none."""
    head, end = read_head(path), read_end(path)
    place = {case: n for n, case in enumerate(head.dataset)}
    lines = sorted(_last(path), key=lambda r: (place.get(r.case, len(place)), r.epoch))
    return Run(
        head=head.model_copy(
            update={
                "models": end.models,
                "oldest_recording": end.oldest_recording,
                "sources": end.sources,
            }
        ),
        results=together(lines),
        stopped=end.stopped,
    )


def read_against(path: Path) -> Run | None:
    """The run that was made beside this one, if one was."""
    return read(path / AGAINST) if (path / AGAINST / _HEAD).is_file() else None


def read_head(path: Path) -> Head:
    """What was run."""
    return record(_text(path / _HEAD), Head, str(path / _HEAD), _HINT)


def read_end(path: Path) -> End:
    """How it stands; a run that was killed has not ended."""
    if not (path / _END).is_file():
        return _unfinished(path)
    return record(_text(path / _END), End, str(path / _END), _HINT)


def _unfinished(path: Path) -> End:
    return End(stopped=f"it did not reach its end: `compassion-guard eval run --resume {path}` goes on")


def _last(path: Path) -> Iterable[Result]:
    """The last line of each case in each epoch: what failed may have been tried again later."""
    if not (path / _LINES).is_file():
        return ()
    return {(r.case, r.epoch): r for _, r in records(path / _LINES, Result, _HINT)}.values()


def _refuse_another(path: Path, before: Head, now: Head) -> None:
    told = [n for n in Head.model_fields if n not in _MOVES and getattr(before, n) != getattr(now, n)]
    if told:
        raise EvalError(
            f"{path}: began with another {', '.join(told)}, so its lines say something else. "
            "Go back to that state, or start a run without --resume."
        )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise EvalError(
            f"{path}: cannot be read. Name the folder of a run, like .guard/runs/20261125T101500Z-1a2b3c4d."
        ) from None


def _write(path: Path, told: BaseModel) -> None:
    with writing(path), replacing(path) as file:
        file.write(told.model_dump_json(indent=1) + "\n")
