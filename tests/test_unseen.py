"""The cases of the gate stay unseen: neither the product nor a test of it holds words of theirs."""

from pathlib import Path

from guard.prompts.overlap import gate_runs, runs

ROOT = Path(__file__).parent.parent
_WORDS = 4
"""A run of fewer is made of figures: the card 4111 1111 1111 1111 is everybody's."""


def test_no_code_and_no_test_holds_a_run_of_words_of_a_gate_case() -> None:
    gate = gate_runs((ROOT / "evals" / "release").glob("*.jsonl"))
    files = [file for folder in ("guard", "tests") for file in (ROOT / folder).rglob("*.py")]

    copied = {
        f"{file.relative_to(ROOT)}:{line} {gate[run]}"
        for file in files
        for run, line in runs(file.read_text(encoding="utf-8")).items()
        if run in gate and sum(word.isalpha() for word in run.split()) >= _WORDS
    }

    assert gate
    assert copied == set()
