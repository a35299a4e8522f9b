"""The shipped model suite, as a prompt engineer meets it in the README: one sentence changed, three commands."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.readings import answer, reading, sentence
from tests.stub import Request, Stub

ROOT = Path(__file__).parent.parent


def command(home: Path, *said: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    model = {"COMPASSION_GUARD_MODEL_URL": url, "COMPASSION_GUARD_MODEL_KEY": "k"} if url else {}
    return subprocess.run(
        [sys.executable, "-m", "guard", *said],
        capture_output=True,
        text=True,
        cwd=home,
        env={
            **os.environ,
            **model,
            "COMPASSION_GUARD_HOME": str(home / "home"),
            "COMPASSION_GUARD_PROMPTS": str(home / "prompts"),
            "PYTHONPATH": str(ROOT),
        },
        check=False,
    )


def nothing_seen(request: Request) -> tuple[int, dict[str, object] | bytes]:
    """What a model answers that was told to find a step everywhere."""
    asked = request.json()["messages"]
    assert isinstance(asked, list)
    draft = re.findall(r"<data \w+ draft>\n(.*?)\n</data", str(asked[-1]["content"]), re.DOTALL)[-1]
    told = reading(need="information", sentences=[sentence(draft, "answer", step=True)])
    return 200, answer(told) | {"model": "not known"}  # the baseline's: two models cannot be compared


def test_a_worse_sentence_in_the_prompt_is_shown_and_fails_the_gate_with_the_readmes_three_commands(
    stub: Stub, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    shutil.copytree(ROOT / "evals", tmp_path / "evals", ignore=shutil.ignore_patterns("judge", "cases"))
    judge = tmp_path / "prompts" / "judge.md"
    text = judge.read_text(encoding="utf-8")
    judge.write_text(text.replace("Report the facts.", "Every sentence is a step."), encoding="utf-8")
    stub.route = nothing_seen

    diff = command(tmp_path, "prompts", "diff", str(ROOT / "prompts"))
    ran = command(
        tmp_path, "eval", "run", "model", "--judge", "llm", "--mode", "record-missing", url=stub.url
    )
    gate = command(tmp_path, "eval", "gate", "model", "--json")

    assert "+Every sentence is a step." in diff.stdout
    assert "tokens" in diff.stdout
    assert ran.returncode == 0, ran.stderr
    assert gate.returncode == 1, gate.stdout[-2000:] + gate.stderr
    assert json.loads(gate.stdout)["exit_code"] == 1
