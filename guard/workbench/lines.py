"""A fault as one line: for people, for GitHub's checks, for machines."""

import os
from pathlib import Path

from guard.prompts import Fault
from guard.prompts.faults import MEANING
from guard.report import dumps


def line(fault: Fault, form: str) -> str:
    """The line in `form`: text, github or json. Paths are told from where the command runs."""
    path, error = _near(fault.path), fault.code.startswith("E")
    match form:
        case "github":
            level = "error" if error else "warning"
            place = (
                f"file={_value(path)},line={fault.line},title={_value(f'{fault.code} {MEANING[fault.code]}')}"
            )
            return f"::{level} {place}::{_data(fault.what)}"
        case "json":
            level = "error" if error else "warning"
            return dumps(
                {"code": fault.code, "level": level, "file": path, "line": fault.line, "message": fault.what}
            )
        case _:
            return f"{path}:{fault.line}: {fault.code} {fault.what}"


def _near(path: Path) -> str:
    here = Path.cwd()
    whole = Path(os.path.abspath(path))  # no link is followed: one may lead to itself
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)


def _data(text: str) -> str:
    """What GitHub would read as the end of a command is written out."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
