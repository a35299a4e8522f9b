"""Examples in a prompt that were copied from a case of the gate: a model that has seen the answer proves nothing there.

They are found by runs of words that two texts do not share by chance.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from guard.prompts.faults import Fault
from guard.prompts.header import Source
from guard.text import FACTLESS, fold

_RUN = 8
"""Words in a row that two texts do not share by chance,"""
_OWN = 4
"""where so many of them carry matter: polite phrases are everybody's."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def runs(text: str) -> dict[str, int]:
    """Every run of words that is the text's own, and the line, counted from 1, where it first begins."""
    folded = fold(text)
    words, lines, line, at = [], [], 1, 0
    for found in _WORD.finditer(folded):
        line += folded.count("\n", at, found.start())
        at = found.start()
        words.append(found.group())
        lines.append(line)
    own = [len(word) > 3 and word not in FACTLESS for word in words]
    told: dict[str, int] = {}
    for n in range(len(words) - _RUN + 1):
        if sum(own[n : n + _RUN]) >= _OWN:
            told.setdefault(" ".join(words[n : n + _RUN]), lines[n])
    return told


def gate_runs(files: Iterable[Path]) -> dict[str, str]:
    """Every run of words of the gate's cases in these files, and the case that it is from."""
    told: dict[str, str] = {}
    for file in files:
        for text in file.read_text(encoding="utf-8", errors="replace").split("\n"):
            where, said = _case(text)
            for run in runs(said):
                told.setdefault(run, f"{file.name}:{where}")
    return told


def copied(sources: Mapping[str, Source], gate: Mapping[str, str]) -> Iterator[Fault]:
    """One fault a file of a prompt and a case. `gate`: runs of words, and the case that each is from."""
    for source in sources.values():
        told: set[str] = set()
        for run, line in runs(source.body).items():
            case = gate.get(run)
            if case is not None and case not in told:
                told.add(case)
                yield Fault("E110", source.path, line, f'"{run}…" stands in {case}; write another example.')


def _case(line: str) -> tuple[str, str]:
    """Its id and all that is said in it; nothing where the line is no case of the gate, which is for others to mend."""
    try:
        case = json.loads(line)
        if case["split"] != "gate":
            return "", ""
        return str(case["id"]), "\n".join((*(turn["content"] for turn in case["context"]), case["draft"]))
    except (ValueError, LookupError, TypeError):
        return "", ""
