"""The command, run as people and machines run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOOD = {
    "id": "1",
    "context": [{"role": "customer", "content": "I want to speak to a manager."}],
    "draft": "I understand.",
}


def run(*args: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guard", *args],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
        check=False,
    )


def test_demo_shows_eight_scenes_and_the_handoffs() -> None:
    ran = run("demo")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("why: ") == 8
    assert "authority_gap" in ran.stdout


def test_a_bad_line_is_named_and_the_rest_is_done() -> None:
    lines = [json.dumps(GOOD), "{", json.dumps(GOOD), json.dumps({**GOOD, "id": "2"}), "[1]", "\x00"]

    ran = run("review", "-", "--json", stdin="\n".join(lines))

    assert ran.returncode == 1
    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == ["1", "2"]
    for n in (2, 3, 5, 6):
        assert f"stdin:{n}:" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_withheld_cases_are_listed_shown_and_resolved() -> None:
    run("review", "-", "--json", stdin=json.dumps(GOOD))

    [listed] = [json.loads(line) for line in run("handoffs", "list", "--json").stdout.splitlines()]
    shown = json.loads(run("handoffs", "show", listed["id"]).stdout)
    resolved = run("handoffs", "resolve", listed["id"])

    assert set(listed) == {"id", "case", "state", "reason", "created_at"}
    assert shown["packet"]["need"]["statement_in_customer_words"]["quote"] == GOOD["context"][0]["content"]  # type: ignore[index]
    assert resolved.returncode == 0
    assert run("handoffs", "list", "--json").stdout == ""


def test_a_missing_file_and_a_wrong_mode_say_so() -> None:
    missing, wrong = run("review", "nowhere.jsonl"), run("review", "-", "--mode", "maybe")

    assert missing.returncode == 1
    assert "nowhere.jsonl" in missing.stderr
    assert wrong.returncode == 2


def test_a_bad_policy_is_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("mode: [", encoding="utf-8")

    ran = run("review", "-", "--policy", str(tmp_path / "p.yaml"))

    assert ran.returncode == 2
    assert "p.yaml:1" in ran.stderr
    assert "Traceback" not in ran.stderr
