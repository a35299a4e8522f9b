"""Words of the gate's cases in a prompt: a model that has seen the answer proves nothing there."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from guard.prompts.faults import Fault
from guard.prompts.overlap import runs
from guard.prompts.parse import Parsed


def contaminated(parsed: Parsed, gate: Mapping[str, str]) -> Iterator[Fault]:
    """One fault a file and a case. `gate`: runs of words, and the case that each is from."""
    for name, source in parsed.sources.items():
        told: set[str] = set()
        for run, line in runs(source.body).items():
            case = gate.get(run)
            if case is not None and case not in told:
                told.add(case)
                yield parsed.fault("E110", name, line, f'"{run}…" stands in {case}; write another example.')


def gate_runs(release: Path) -> dict[str, str]:
    """Every run of words of the gate's cases, and the case that it is from; nothing outside of a checkout."""
    told: dict[str, str] = {}
    for file in sorted(release.glob("*.jsonl")) if release.is_dir() else ():
        for text in file.read_text(encoding="utf-8", errors="replace").split("\n"):
            where, said = _case(text)
            for run in runs(said):
                told.setdefault(run, f"{file.name}:{where}")
    return told


def _case(line: str) -> tuple[str, str]:
    """Its id and all that is said in it; nothing where the line is no case of the gate, which is for others to mend."""
    try:
        case = json.loads(line)
        if case["split"] != "gate":
            return "", ""
        return str(case["id"]), "\n".join((*(turn["content"] for turn in case["context"]), case["draft"]))
    except (ValueError, LookupError, TypeError):
        return "", ""
