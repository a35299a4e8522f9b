"""One sentence of the judge's prompt is changed in a fresh clone, and the README's three commands say what that is worth."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from guard.evaluation.case import EvalCase
from guard.evaluation.files import load
from guard.judging.sentences import split
from guard.policy import shipped
from guard.prompts import Prompts
from tests.readings import answer, reading, sentence
from tests.stub import Request, Stub

ROOT = Path(__file__).parent.parent
HARMLESS = ("You give no verdict and no opinion", "You give neither verdict nor opinion")
WORSE = ("Report the facts.", "Every sentence is a step.")
COMMENT = ("{% block system %}", "{# to be read by people #}{% block system %}")


@dataclass(frozen=True)
class Clone:
    """A fresh clone and somebody who works in it."""

    place: Path
    url: str | None

    def edit(self, before: str, after: str) -> None:
        path = self.place / "prompts" / "judge.md"
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, after), encoding="utf-8")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """As the command of the clone would do it."""
        model = (
            {"COMPASSION_GUARD_MODEL_URL": self.url, "COMPASSION_GUARD_MODEL_KEY": "k"} if self.url else {}
        )
        env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "COMPASSION_GUARD_"))}
        return subprocess.run(
            [sys.executable, "-m", "guard", *words],
            capture_output=True,
            text=True,
            cwd=self.place,
            env={**env, **model, "COMPASSION_GUARD_HOME": str(self.place / "home"), "COLUMNS": "200"},
            check=False,
            stdin=subprocess.DEVNULL,
        )


def clone(place: Path, url: str | None) -> Clone:
    leave = shutil.ignore_patterns("judge", "cases", "__pycache__")
    for name in ("prompts", "evals"):
        shutil.copytree(ROOT / name, place / name, ignore=leave)
    shutil.copytree(ROOT / "guard", place / "guard", ignore=shutil.ignore_patterns("__pycache__"))
    for words in (
        ("init", "-q"),
        ("add", "prompts"),
        ("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)
    return Clone(place, url)


def three_commands() -> list[list[str]]:
    """As the README has them."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Prompts, and whether")[2].partition("\n## ")[0]
    block = section.partition("```sh\n")[2].partition("```")[0]
    found = [shlex.split(line, comments=True) for line in block.splitlines()]
    assert [words[0] for words in found] == ["compassion-guard"] * 3
    return [words[1:] for words in found]


class LabelModel:
    """No model: it answers what the readers said of each case. Told that every sentence is a step, it believes it."""

    def __init__(self) -> None:
        cases = load(sorted((ROOT / "evals" / "release").glob("*.jsonl")), shipped().actions())
        self.cases = {one.case.draft.strip(): one for one in cases}
        self.asked: list[str] = []

    def __call__(self, request: Request) -> tuple[int, dict[str, object] | bytes]:
        messages = request.json()["messages"]
        assert isinstance(messages, list)
        said = str(messages[-1]["content"])
        self.asked.append(said)
        draft = re.findall(r"<data \w+ draft>\n(.*?)\n</data", said, re.DOTALL)[-1]
        one = self.cases.get(draft.strip())
        if one is None or WORSE[1] in said:
            every = [sentence(s.text, "answer", step=True) for s in split(draft)]
            return 200, answer(reading(need="information", sentences=every))
        return 200, answer(labels(one, [s.text for s in split(draft)]))


def labels(one: EvalCase, texts: list[str]) -> dict[str, object]:
    """The reading from which code gets to the labels. The sentences are the draft's as it was shown."""
    expect, last = one.expect, one.case.customer_turns()[-1]
    move, kind = ("empathy", "apology") if expect.empathy else ("filler", None)
    said = [sentence(text, move, kind=kind) for text in texts]
    if expect.concrete_step:
        said[-1] = sentence(texts[-1], "answer", step=True)
    names = ("emotional_weight", "ambiguity", "moral_tradeoff", "lasting_consequences")
    return reading(
        language=one.slices["language"][0],
        need=expect.need,
        need_quote=last,
        signals=[{"name": name, "quote": last} for name in expect.signals],
        dimensions=[
            {"name": name, "score": score, "quote": last}
            for name, score in zip(names, expect.dims, strict=True)
            if score
        ],
        sentences=said,
        claims=[{"quote": q, "kind": "done", "act": "act", "shown_by": None} for q in expect.unbacked],
    )


@pytest.fixture
def model(stub: Stub) -> LabelModel:
    found = LabelModel()
    stub.route = found
    return found


def outcome(gate: subprocess.CompletedProcess[str]) -> str:
    return gate.stdout.rstrip().splitlines()[-1].partition(" (")[0]


def test_a_harmless_sentence_is_shown_priced_before_it_is_asked_and_does_not_fail(
    stub: Stub, model: LabelModel, tmp_path: Path
) -> None:
    here = clone(tmp_path, stub.url)
    here.edit(*HARMLESS)

    diff, ran, gate = (here.run(*words) for words in three_commands())

    assert HARMLESS[1] in diff.stdout
    assert "$" in diff.stdout
    assert ran.returncode == 0, ran.stderr
    assert re.match(
        r"A model is asked with these prompts and those of git:\w{12}: ≈ 832 requests, ≈ 2,\d{3}k", ran.stderr
    )
    assert gate.returncode in (0, 3), gate.stdout
    assert outcome(gate) in ("GATE PASS", "GATE INCONCLUSIVE")
    assert "beside the prompts of git:" in gate.stdout
    compared = re.search(r"(judge@\w{12}) → (judge@\w{12})\), a run of .* UTC, model stub\.", gate.stdout)
    assert compared is not None
    assert compared[1] == Prompts(ROOT / "prompts").get("judge").version
    assert compared[2] == Prompts(here.place / "prompts").get("judge").version != compared[1]
    assert len(model.asked) >= 832
    assert _recordings(here.place) == _recordings(ROOT)


def test_a_worse_sentence_fails_and_both_prompts_were_asked_turn_about(
    stub: Stub, model: LabelModel, tmp_path: Path
) -> None:
    here = clone(tmp_path, stub.url)
    here.edit(*WORSE)

    diff, ran, gate = (here.run(*words) for words in three_commands())

    assert f"+{WORSE[1]}" in diff.stdout
    assert ran.returncode == 0, ran.stderr
    assert gate.returncode == 1, gate.stdout
    assert outcome(gate) == "GATE FAIL"
    assert "FAIL human_caught" in gate.stdout
    new = [WORSE[1] in said for said in model.asked]
    half = len(new) // 2
    assert 0.4 < sum(new[:half]) / half < 0.6  # neither side was asked first


def test_without_a_model_nobody_has_answered_the_new_prompt_and_the_gate_says_what_to_do(
    tmp_path: Path,
) -> None:
    here = clone(tmp_path, None)
    here.edit(*HARMLESS)

    _, ran, gate = (here.run(*words) for words in three_commands())

    assert (ran.returncode, gate.returncode) == (4, 4)
    assert outcome(gate) == "GATE INVALID"
    for said in (ran.stdout, " ".join(gate.stdout.split())):
        assert "no model has answered these prompts" in said
        assert "Set COMPASSION_GUARD_MODEL_URL and COMPASSION_GUARD_MODEL_KEY" in said
        assert "with those of git:HEAD" in said


def test_an_edit_that_reaches_no_message_is_answered_by_recordings_and_nobody_is_asked(
    stub: Stub, tmp_path: Path
) -> None:
    here = clone(tmp_path, stub.url)
    here.edit(*COMMENT)

    diff, ran, gate = (here.run(*words) for words in three_commands())

    assert "The same messages on both sides." in diff.stdout
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "were answered by recordings" in ran.stdout
    assert "had made by an AI coding assistant" in " ".join(ran.stdout.split())
    assert gate.returncode == 0, gate.stdout
    assert outcome(gate) == "GATE PASS"
    assert stub.calls == 0


def _recordings(place: Path) -> bytes:
    return (place / "evals" / "recordings" / "model.jsonl").read_bytes()
