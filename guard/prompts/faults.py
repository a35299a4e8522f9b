"""What is wrong with a template: a code, a file, a line, and what to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from guard.errors import PromptError

Code = Literal[
    "E101", "E102", "E103", "E104", "E105", "E106", "E107", "E109", "E110", "W201", "W202", "W204", "W206"
]
MEANING: dict[Code, str] = {
    "E101": "front matter",
    "E102": "syntax, or no part of the language",
    "E103": "variable that is no input",
    "E104": "untrusted text printed bare",
    "E105": "untrusted text outside of the user's block",
    "E106": "included file missing, circular or not known beforehand",
    "E107": "role block unknown, missing or nested",
    "E109": "overlay changes what it may not",
    "E110": "few-shot example that stands in a gate case",
    "W201": "input that is never used",
    "W202": "example near the token budget or over it",
    "W204": "amount or link in the words of a prompt",
    "W206": "version that is not in prompts.lock",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. Codes that begin with W are warnings."""

    code: Code
    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what} ({self.code})"


class FaultyError(PromptError):
    """A template that cannot be used, with all that was found in it; its message is the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return str(self.faults[0])
