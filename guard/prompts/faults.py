"""What is wrong with a template: a code, a file, a line, and what to do."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from guard.errors import PromptError

_PLACE = re.compile(r"(.+?):(\d+): (.*)", re.DOTALL)
Code = Literal[
    "E101",
    "E102",
    "E103",
    "E104",
    "E105",
    "E106",
    "E107",
    "E108",
    "E109",
    "E110",
    "E111",
    "W201",
    "W202",
    "W203",
    "W204",
    "W205",
    "W206",
]
MEANING: dict[Code, str] = {
    "E101": "front matter",
    "E102": "syntax, or no part of the language",
    "E103": "variable that is no input",
    "E104": "untrusted text printed bare",
    "E105": "untrusted text outside of the user's block",
    "E106": "included file missing, circular or not known beforehand",
    "E107": "role block unknown, missing or nested",
    "E108": "template and code part: another answer, name, label or input",
    "E109": "overlay changes what it may not",
    "E110": "few-shot example that stands in a gate case",
    "E111": "text of others that the header trusts",
    "W201": "input that is never used",
    "W202": "example near the token budget or over it",
    "W203": "answer left to chance",
    "W204": "amount or link in the words of a prompt",
    "W205": "few-shot examples that lean to one side",
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


def fault_of(error: PromptError, path: Path, code: Code) -> Fault:
    """An error as a fault, where it says: in `path` if it names no other file."""
    found = _PLACE.fullmatch(str(error))
    if found is None:
        return Fault(code, path, 1, str(error).removeprefix(f"{path}: "))
    drifted = code == "E101" and found[3].startswith("output: ")
    return Fault("E108" if drifted else code, Path(found[1]), int(found[2]), found[3])
