"""The commands of `eval`, used as a release manager does."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from guard.cli import app
from guard.errors import GuardError

PROMPTS = Path(__file__).parent.parent / "prompts"


@dataclass(frozen=True)
class Manager:
    """Where the evals, the runs and the prompts of a release are."""

    folder: Path

    @property
    def evals(self) -> Path:
        return self.folder / "evals"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def prompts(self) -> Path:
        return self.folder / "prompts"

    def eval(self, *args: str) -> tuple[int, str]:
        """The exit code, and all that was printed."""
        places = ["--evals", str(self.evals)]
        if args[0] not in {"validate", "mutate", "import-recordings"}:
            places += ["--runs", str(self.runs)]
        return told(*args, *places)


def told(*args: str) -> tuple[int, str]:
    """The exit code, and all that was printed; an error of ours is told as `guard.cli.main` tells it."""
    done = CliRunner().invoke(app, ["eval", *args])
    if isinstance(done.exception, GuardError):
        return 2, str(done.exception)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output
