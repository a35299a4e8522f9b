"""A small suite on disk: four cases with their labels, and guards for it."""

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from guard.evaluation.case import EvalCase, parse
from guard.evaluation.prepare import Asked, Prepared, prepared
from guard.evaluation.results import Run
from guard.evaluation.run import Course, turn_about
from guard.policy import SHIPPED
from tests.cases import EMPTY_SORRY

BROKEN = "My lamp came broken, order 48213. I want a replacement."
STEP = "I can send a replacement today. Would you like that?"
NOTHING: dict[str, object] = {
    "need": "action",
    "empathy": False,
    "concrete_step": True,
    "signals": [],
    "dims": [0, 0, 0, 0],
    "verdict": "ok",
    "owner": "ai",
    "decision": "send",
    "rewrite": None,
    "handoff": None,
}
REPLACEMENT = {"id": "replacement", "does": "send a replacement for a damaged item", "for_words": ["broken"]}
SUITE = """\
name: small
cases: [small/*.jsonl]
splits: [gate]
seed: 1
baseline: baselines/small.json
{more}
gates:
  - {{kind: most_failures, metric: bad_caught, value: 0, least: 2}}
"""


def labelled(
    id: str,
    draft: str = STEP,
    *,
    asked: str = BROKEN,
    more: Mapping[str, object] | None = None,
    **expect: object,
) -> dict[str, object]:
    """One line of a file of cases; what is not said is a draft that is ok."""
    return {
        "id": id,
        "family": id,
        "split": "gate",
        "industry": "lamps",
        "language": "en",
        "slices": [],
        "why": "a test",
        "context": [{"role": "customer", "content": asked}],
        "draft": draft,
        "actions": None,
        **(more or {}),
        "expect": {**NOTHING, **expect},
    }


GOOD = labelled("good")
EMPTY = labelled(
    "empty",
    EMPTY_SORRY,
    more={"authority": [REPLACEMENT]},
    empathy=True,
    concrete_step=False,
    verdict="synthetic_empathy",
    decision="rewrite",
    rewrite={"must_keep": ["48213"], "must_not_promise": ["voucher"], "actions": ["replacement"]},
)
GAP = labelled(
    "gap",
    EMPTY_SORRY,
    asked="My sofa is three weeks late, order 7731. Where do I get my money back?",
    empathy=True,
    concrete_step=False,
    verdict="synthetic_empathy",
    decision="rewrite",
    handoff={"reason": "authority_gap", "facts": ["7731"], "forbidden": []},
)
PERSON = labelled(
    "person",
    EMPTY_SORRY,
    asked="I want to speak to a manager about order 5512, now.",
    empathy=True,
    concrete_step=False,
    signals=["asks_for_human"],
    verdict="synthetic_empathy",
    owner="human",
    decision="escalate",
    handoff={"reason": "human_requested", "facts": ["5512"], "forbidden": []},
)
ALL = (GOOD, EMPTY, GAP, PERSON)


def one(line: Mapping[str, object]) -> EvalCase:
    """The case of a line."""
    return parse(line, "here:1")


def evals(folder: Path, *lines: Mapping[str, object], more: str = "") -> Path:
    """A directory of evals with these cases, or with all four; `more` are further lines of the suite."""
    for name in ("suites", "small"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "suites" / "small.yaml").write_text(SUITE.format(more=more), encoding="utf-8")
    text = "".join(json.dumps(line) + "\n" for line in lines or ALL)
    (folder / "small" / "cases.jsonl").write_text(text, encoding="utf-8")
    return folder


def policy(folder: Path, *, judge: str = "llm", rewrite: str = "local", **model: object) -> Path:
    """The shipped policy with another judge, and with a model that is asked once."""
    told = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    told |= {"judge": {"by": judge}, "rewrite": {"by": rewrite}, "model": {"retries": 0, **model}}
    path = folder / "policy.yaml"
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return path


def ready(folder: Path, **asked: object) -> Prepared:
    """What a run of the suite in `folder` needs."""
    return prepared(Asked(suite="small", evals=folder, **asked))  # type: ignore[arg-type]


def made(ready: Prepared, place: Path) -> Run:
    """The run."""
    return turn_about([course(ready, place)], plan=ready.suite.run)[0]


def course(ready: Prepared, place: Path) -> Course:
    """What is run, in this folder."""
    return Course(ready.cases, ready.head, ready.recorder, ready.make, place, ready.part)
