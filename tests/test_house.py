"""Rules of the house that a machine can keep."""

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import guard

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_import_guard_loads_nothing_heavy() -> None:
    code = "import sys, guard; print([m for m in ('openai','numpy','jinja2','sqlalchemy','tiktoken','pydantic') if m in sys.modules])"

    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout

    assert told.strip() == "[]"


def test_every_public_name_exists_and_they_are_sorted() -> None:
    assert guard.__all__ == sorted(guard.__all__)
    assert all(getattr(guard, name) for name in guard.__all__)


def test_every_module_says_its_idea_first() -> None:
    modules = list((ROOT / "guard").rglob("*.py"))

    silent = [p.name for p in modules if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]

    assert silent == []


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python_in_the_readme_runs(block: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", block],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "COMPASSION_GUARD_HOME": str(tmp_path)},
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


COMMANDS = re.findall(
    # `serve` ends when it is told to (test_proxy.py), `bench wrap` after a minute (test_bench.py), `eval` has test_release.py
    r"(?:^|run )(compassion-guard (?!serve|bench wrap|eval )[^#\n&`]*)",
    "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)),
    re.MULTILINE,
)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_in_the_readme_run(command: str, tmp_path: Path) -> None:
    example = re.search(r'`(\{"id": "1", "context".*?\})`', README)
    assert example is not None
    (tmp_path / "cases.jsonl").write_text(example.group(1) + "\n", encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "guard", *shlex.split(command)[1:]],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "COMPASSION_GUARD_HOME": str(tmp_path / "home"),
            "COMPASSION_GUARD_MODEL_URL": "http://127.0.0.1:9/v1",  # nobody is there
            "COMPASSION_GUARD_MODEL_KEY": "your-key",
            "PYTHONPATH": str(ROOT),
        },
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout


def test_the_readme_shows_the_commands_that_are_tested() -> None:
    assert len(COMMANDS) >= 4
