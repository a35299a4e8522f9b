"""Who judges and what is said, chosen by settings: own templates, their lock, and a bad one at the start."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from guard import Guard
from guard.assessment import Assessment
from guard.errors import PromptError
from guard.outcome import Withheld
from guard.parts import parts
from guard.policy import shipped
from guard.prompts import Prompts
from guard.prompts.tree import shipped as templates
from guard.settings import Settings
from tests.cases import EMPTY_SORRY, case

ASKED = "My lamp came broken, I want a replacement."


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the shipped templates."""
    return Path(shutil.copytree(templates(), tmp_path / "prompts"))


def test_the_holding_message_is_that_of_the_own_templates(own: Path, tmp_path: Path) -> None:
    holding = own / "holding.md"
    text = holding.read_text(encoding="utf-8")
    holding.write_text(text.replace("for our service team", "for our workshop team"), encoding="utf-8")
    guard = Guard.load(settings=Settings(home=tmp_path, prompts=own))

    outcome = guard.review(case(ASKED, EMPTY_SORRY))

    assert isinstance(outcome, Withheld)
    assert "workshop team" in outcome.reply


def test_a_broken_template_is_refused_at_the_start(own: Path, tmp_path: Path) -> None:
    (own / "holding.md").write_text("{{ nobody }}", encoding="utf-8")

    with pytest.raises(PromptError):
        Guard.load(settings=Settings(home=tmp_path, prompts=own))


def test_a_judge_by_model_with_a_broken_template_is_refused_at_the_start(own: Path, tmp_path: Path) -> None:
    (own / "judge.md").write_text("{{ draft }}", encoding="utf-8")

    with pytest.raises(PromptError):
        Guard.load(judge="llm", settings=Settings(home=tmp_path, prompts=own))


def test_a_template_that_was_not_locked_is_refused(own: Path, tmp_path: Path) -> None:
    versions = ", ".join(f'"{id}": "{Prompts(own).get(id).version}"' for id in Prompts(own).names())
    lock = tmp_path / "lock.json"
    lock.write_text(f'{{"v": 1, "prompts": {{"_/_": {{{versions}}}}}}}', encoding="utf-8")
    settings = Settings(home=tmp_path, prompts=own, prompts_lock=lock)
    Guard(replace(shipped()), settings)
    judge = own / "judge.md"
    judge.write_text(judge.read_text(encoding="utf-8").replace("no opinion", "no advice"), encoding="utf-8")

    with pytest.raises(PromptError, match="pinned"):
        Guard.load(judge="llm", settings=settings)


def test_a_holding_message_that_nobody_can_read_is_told_in_the_shipped_words(
    own: Path, tmp_path: Path
) -> None:
    holding = own / "holding.md"
    head = holding.read_text(encoding="utf-8").split("---\n")[1]
    text = "Soy un asistente automático. Su caso está guardado como {{ id }} para nuestro equipo.{% if urgent %} Llame ahora.{% endif %}"
    holding.write_text(f"---\n{head}---\n{text}\n", encoding="utf-8")
    guard = Guard.load(settings=Settings(home=tmp_path, prompts=own))

    outcome = guard.review(case(ASKED, EMPTY_SORRY))

    assert isinstance(outcome, Withheld)
    assert outcome.receipt.id in outcome.reply
    assert outcome.reply.startswith("I'm an AI assistant")


def test_the_local_rewriter_has_one_try_however_many_rounds_there_are(tmp_path: Path) -> None:
    """A second would read its own refused reply as the draft."""
    policy = shipped()
    written = parts(policy, Settings(home=tmp_path))
    one = case(ASKED, EMPTY_SORRY)
    found = written.own(one)
    assert isinstance(found, Assessment)

    again = written.rewrite(one, found, policy.authority, ("It says too much.",))

    with pytest.raises(StopIteration) as end:
        next(again)
    assert end.value.value == ("It says too much.",)
    assert policy.limits.rewrites > 1
