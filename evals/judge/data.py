"""What the judge learns from: our own cases whole, public conversations by the ids of their replies.

Labels of public texts stand in `labels/` without the texts. A reply's id names its conversation and its place
there; `public(…)` puts both together again from files that anybody can get (see README.md in this folder).
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from guard.assessment import Customer, Dimensions, SeenSignal, Span
from guard.case import Case
from guard.policy import shipped
from guard.rules import owner as owner_by_rules

HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
TURNS_CUCOM = 7
"""Turns before a CuCom draft that its readers saw."""
TURNS_TAU = 9


class Labels(TypedDict):
    """One reading. Keys are short because there are thousands of lines of them.

    need; mv: the move of each sentence; emp, st, unb: places of sentences that recognise, are a step for the need,
    claim what is not backed; w: the four dimensions; sig: signals; def: defects.
    """

    need: str
    mv: list[str]
    emp: list[int]
    st: list[int]
    unb: list[int]
    w: list[int]
    sig: list[str]


@dataclass(frozen=True, slots=True)
class Example:
    """A case with its labels. Examples of one `group` share a conversation or a scene: never split one."""

    case: Case
    labels: Labels
    group: str
    source: str

    @property
    def owner(self) -> str:
        """Who owns the moment by the guide's rule."""
        signals = tuple(SeenSignal(name, Span("", 0, 0), 0) for name in self.labels["sig"])  # type: ignore[arg-type]
        return owner_by_rules(Customer("action", Dimensions(*self.labels["w"]), signals), shipped().matrix)

    @property
    def lacking(self) -> bool:
        """Is an open need left without a step? What was falsely claimed is the ledger's matter."""
        return self.labels["need"] != "none" and not self.labels["st"]

    @property
    def verdict(self) -> str:
        """The guide's verdict (§4)."""
        if self.labels["unb"]:
            return "unbacked_claim"
        if self.labels["need"] == "none" or self.labels["st"]:
            return "ok"
        return "synthetic_empathy" if self.labels["emp"] else "no_action"


def own() -> list[Example]:
    """The cases that we wrote."""
    return [
        Example(Case.from_record(line), _settled(line["labels"]), f"own-{line['family']}", f"own {path.stem}")
        for path in sorted(CASES.glob("*.jsonl"))
        for line in _lines(path)
    ]


def public(cucom: Path | None, tau: Path | None, labels: str = "*") -> list[Example]:
    """Labelled replies of the public files that are at hand."""
    drafts: dict[str, Mapping[str, Any]] = {}
    if cucom:
        drafts |= _cucom(cucom)
    if tau:
        drafts |= _tau(tau)
    found = []
    for path in sorted((HERE / "labels").glob(f"{labels}.jsonl")):
        for line in _lines(path):
            record = drafts.get(line["id"])
            if record is not None and any(t["role"] == "customer" for t in record["context"]):
                group = "-".join(line["id"].split("-")[:2])
                found.append(
                    Example(Case.from_record(record), _settled(line), group, line["id"].split("-")[0])
                )
    return found


def _settled(labels: Labels) -> Labels:
    """A done act that nothing backs is written like a step all the same: the ledger tells them apart, not the net."""
    if labels["need"] == "none":
        return labels
    false = [
        n for n in labels["unb"] if labels["mv"][n] in ("action_done", "action_commit", "offer", "handoff")
    ]
    return {**labels, "st": sorted({*labels["st"], *false})}


def _cucom(path: Path) -> dict[str, Mapping[str, Any]]:
    """Every assistant turn of CuCom e-commerce v0.1 as a draft."""
    return {
        f"cucom-{talk['id']}-{n}": {
            "id": f"cucom-{talk['id']}-{n}",
            "context": talk["turns"][max(0, n - TURNS_CUCOM) : n],
            "draft": turn["content"],
            "actions": None,
        }
        for talk in _lines(path)
        for n, turn in enumerate(talk["turns"])
        if turn["role"] == "assistant"
    }


def _tau(path: Path) -> dict[str, Mapping[str, Any]]:
    """Every reply with text of the tau-bench airline trajectories as a draft, with the calls made before it."""
    drafts: dict[str, Mapping[str, Any]] = {}
    for run in _lines(path):
        for n, message in enumerate(run["messages"]):
            if message["role"] == "assistant" and message.get("content") and not message.get("tool_calls"):
                name = f"tau-{run['task']}-{run['trial']}-{n}"
                case = Case.from_record(
                    {"id": name, "messages": run["messages"][:n], "draft": message["content"], "tools": [1]}
                )
                drafts[name] = {
                    "id": name,
                    "context": [{"role": t.role, "content": t.content} for t in case.turns][-TURNS_TAU:],
                    "draft": message["content"],
                    "actions": [
                        {"name": c.name, "arguments": c.arguments, "result": c.result}
                        for c in case.evidence or ()
                    ],
                }
    return drafts


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    packed = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
