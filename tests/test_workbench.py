"""The commands of an engineer who changes prompts, run as they are typed."""

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console
from typer.testing import CliRunner

from guard.assessment import DIMENSIONS, MOVES, NEEDS, SIGNALS, ClaimKind, EmpathyKind
from guard.errors import CaseError, GuardError, PromptError
from guard.evaluation.prepare import given_away
from guard.judging.wire import Reading
from guard.prompts import Fault, Prompt, Prompts, tokens
from guard.prompts.faults import MEANING
from guard.prompts.template import load
from guard.prompts.tree import Tree, shipped
from guard.settings import Settings
from guard.workbench.app import workbench
from guard.workbench.expected import parts
from guard.workbench.lines import line
from guard.workbench.lint import faults
from guard.workbench.values import find_case
from guard.workbench.watch import last_good, watch
from tests.suites import labelled, policy
from tests.templates import prompt

ROOT = Path(__file__).parent.parent
CASE = {
    "id": "a:1",
    "context": [{"role": "customer", "content": "My lamp \x1b[2Jis broken."}],
    "draft": "I see.",
    "actions": None,
}


def run(*args: str | Path) -> tuple[int, str]:
    """The exit code and what is printed; an error of the guard is raised, as the command's own `main` gets it."""
    ran = CliRunner().invoke(workbench, [str(arg) for arg in args], catch_exceptions=False)
    return ran.exit_code, ran.output


def objects(*args: str | Path) -> list[dict[str, object]]:
    """The lines that a machine gets."""
    return [json.loads(line) for line in run(*args)[1].splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with one prompt, `p`."""
    place = tmp_path / "prompts"
    place.mkdir()
    prompt(
        place,
        user="{{ draft | fence('draft') }} {% for turn in turns %}{{ turn.content | fence(turn.role) }}"
        "{% endfor %}{% if urgent %} Hurry.{% endif %}",
    )
    return place


def found(place: Path) -> set[tuple[str, str, int]]:
    return {(f.code, f.path.relative_to(place).as_posix(), f.line) for f in faults(place)}


# list


def test_the_list_has_a_line_for_every_prompt_with_its_version() -> None:
    rows = objects("list", "--json")

    assert [row["id"] for row in rows] == list(Prompts().names())
    assert {str(row["version"]) for row in rows} == {Prompts().get(id).version for id in Prompts().names()}
    code, table = run("list")
    assert code == 0
    assert all(str(row["version"]) in table for row in rows)


# lint


def test_the_shipped_prompts_have_no_fault_and_no_doubtful_place() -> None:
    assert run("lint", "--strict") == (0, "No fault in the prompts.\n")


@pytest.mark.parametrize(
    ("code", "line", "change"),
    [
        ("E101", 3, ("description: a prompt", "descripton: a prompt")),
        ("E102", 15, ("{{ draft |", "{{ draft | shout |")),
        ("E103", 15, ("{{ draft |", "{{ drafft |")),
        ("E104", 15, ("{{ draft | fence('draft') }}", "{{ draft }}")),
        ("E105", 14, ("Read.", "Read {{ draft | fence('draft') }}.")),
        ("E106", 14, ("Read.", "{% include '_none.md' %}")),
        ("E107", 14, ("block system", "block sistem")),
        ("W201", 1, ("{% if urgent %} Hurry.{% endif %}", "")),
        ("W202", 1, ("tokens: 4000", "tokens: 150")),
        ("W202", 1, ("tokens: 4000", "tokens: 105")),
        ("W204", 14, ("Read.", "Give back at most $50.")),
        ("W204", 15, ("Hurry.", "See https://example.org/help for more.")),
    ],
)
def test_lint_names_the_code_and_the_line(place: Path, code: str, line: int, change: tuple[str, str]) -> None:
    assert found(place) == set()
    text = (place / "p.md").read_text(encoding="utf-8")
    assert change[0] in text
    (place / "p.md").write_text(text.replace(*change), encoding="utf-8")

    assert (code, "p.md", line) in found(place)
    assert run("lint", "--prompts", place)[0] == code.startswith("E")
    assert run("lint", "--prompts", place, "--strict")[0] == 1


def test_lint_refuses_a_header_that_trusts_the_draft(ours: Path) -> None:
    path = ours / "rewrite.md"
    edit(
        path, "  draft:\n    type: text\n    trust: untrusted", "  draft:\n    type: text\n    trust: trusted"
    )
    edit(path, '{{ draft | fence("draft") }}', "{{ draft }}")
    (ours / "overlays" / "acme").mkdir(parents=True)

    assert found(ours) == {("E111", "rewrite.md", line_of(path, "trust: trusted"))}
    assert run("lint", "--prompts", ours)[0] == 1


@pytest.mark.parametrize(("id", "tokens"), [("judge", 3001), ("rewrite", 1501), ("handoff", 301)])
def test_a_budget_that_holds_nothing_is_all_that_lint_says_of_it(ours: Path, id: str, tokens: int) -> None:
    path = ours / f"{id}.md"
    path.write_text(re.sub(r"{tokens: \d+", f"{{tokens: {tokens}", path.read_text(encoding="utf-8")))

    assert found(ours) == {("W202", f"{id}.md", 1)}


def test_lint_tells_an_example_that_leaves_little_room_for_a_real_conversation(place: Path) -> None:
    takes = Prompts(place).get("p")
    tokens = takes.render(takes.example(), "lint").tokens
    text = (place / "p.md").read_text(encoding="utf-8")
    # so much room that the worst texts fit, and that a long draft takes most of it
    long = "word " * 3200
    (place / "p.md").write_text(text.replace('example: "I see."', f'example: "{long}"'), encoding="utf-8")

    assert tokens < 200
    assert found(place) == {("W202", "p.md", 1)}
    assert "its example alone takes" in faults(place)[0].what


def test_lint_looks_at_every_overlay(place: Path) -> None:
    (place / "overlays/acme/de").mkdir(parents=True)
    (place / "overlays/acme/de/p.md").write_text('{% extends "p.md" %}\n{% set x = 1 %}', encoding="utf-8")
    (place / "overlays/acme/q.md").write_text('{% extends "q.md" %}', encoding="utf-8")

    assert found(place) == {("E109", "overlays/acme/de/p.md", 2), ("E109", "overlays/acme/q.md", 1)}


def test_lint_tells_a_version_that_is_not_in_the_lock(place: Path) -> None:
    run("lock", "--prompts", place)
    assert found(place) == set()

    (place / "p.md").write_text((place / "p.md").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert found(place) == {("W206", "p.md", 1)}
    (place / "prompts.lock").write_text("{", encoding="utf-8")
    assert found(place) == {("E101", "prompts.lock", 1)}


@pytest.mark.parametrize(("split", "refused"), [("gate", True), ("dev", False)])
@pytest.mark.parametrize("block", ["user_1", "assistant_1"])
def test_lint_finds_an_example_that_was_copied_from_a_gate_case(
    place: Path, split: str, refused: bool, block: str
) -> None:
    release = place.parent / "evals" / "release"
    release.mkdir(parents=True)
    words = "the glass of my new lamp came in nine pieces"
    case = {
        "id": "x-1",
        "split": split,
        "draft": "No.",
        "context": [{"role": "customer", "content": f"Hi, {words}!"}],
    }
    (release / "some.jsonl").write_text(json.dumps(case) + "\n\n", encoding="utf-8")
    (place / "p.md").write_text(
        (place / "p.md").read_text(encoding="utf-8")
        + f"{{% block {block} %}}\nWell,\nThe Glass of my new lamp — came in nine pieces.{{% endblock %}}\n",
        encoding="utf-8",
    )

    assert (("E110", "p.md", 18) in found(place)) == refused


def test_lines_of_the_cases_that_are_no_case_stop_no_lint(place: Path) -> None:
    release = place.parent / "evals" / "release"
    release.mkdir(parents=True)
    (release / "a.jsonl").write_bytes(b'\n[]\n{"split": "gate"}\nnot json\n\xff\n')

    assert found(place) == set()


def test_lint_finds_files_that_include_one_another(place: Path) -> None:
    (place / "_a.md").write_text("{% include '_b.md' %}", encoding="utf-8")
    (place / "_b.md").write_text("\n{% include '_a.md' %}", encoding="utf-8")
    prompt(place, system="{% include '_a.md' %}")

    assert found(place) == {("E106", "_b.md", 2)}


def test_an_example_that_was_copied_is_found_by_the_lint_and_by_the_suite_alike(place: Path) -> None:
    polite = "Thank you so much for your patience and for getting in touch with us about this today."
    copied = "The hinge of my walnut bookcase snapped while two movers carried it upstairs."
    case = labelled("x-1", polite, asked=copied)
    release = place.parent / "evals" / "release"
    release.mkdir(parents=True)
    (release / "some.jsonl").write_text(json.dumps(case), encoding="utf-8")

    for words, expected in ((polite, False), (copied, True)):
        prompt(place, system=f"Read.\n{words}")

        given = given_away(Settings(place, prompts=place), release.glob("*.jsonl"))

        assert [(f.code, f.line) for f in given] == ([("E110", 15)] if expected else [])
        assert {*given} == {f for f in faults(place) if f.code == "E110"}


# lint: where a template and the code part


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """The shipped templates, to be edited."""
    place = tmp_path / "prompts"
    shutil.copytree(shipped(), place)
    (place / "prompts.lock").unlink()
    return place


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path: Path, words: str) -> int:
    text = path.read_text(encoding="utf-8")
    return text.count("\n", 0, text.index(words)) + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "told"),
    [
        ("judge", "output: judge", "output: verdict", "output:", "Input should be 'judge', 'rewrite'"),
        ("judge", "output: judge", "output: rewrite", "output:", "the guard reads the answer to judge as judge"),
        ("judge", "- `vague_commit`:", "- `vague_comit`:", "- `vague_comit`", "did you mean vague_commit?"),
        ("judge", "- `offer`: options", "- options", "`move`, what", "move may be offer, which nothing explains"),
        ("judge", " · medical", "", "## signals", "signals may be medical, which nothing explains"),
        ("judge", " · medical", " · pregnancy · medical", "asks_for_human (", "pregnancy is no name of"),
        ("judge", "- `none`: greeting", "- Greeting", "## need", "need may be none, which nothing explains"),
        ("judge", "- `ambiguity`: 1", "- 1", "## dimensions", "dimensions may be ambiguity, which nothing explains"),
        ("judge", ", `offered` (I can replace it)", "", "`recognises`: true if", "kind may be offered"),
        ("judge", "`need_quote`: the", "`needs_quote`: the", "`needs_quote`", "did you mean need_quote?"),
        ("judge", '"move": "action_done"', '"move": "done"', "block assistant_1", "sentences.1.move: Input"),
        ("judge", '{"language": "en", "need"', '"language": "en", "need"', "block assistant_1", "Invalid JSON"),
        ("judge", "type: flag\n    trust: trusted\n    example: true", "type: text\n    trust: trusted\n    example: a", "inputs:", "actions_known: is bool, and the header says text"),
        ("rewrite", "`possible: false`", "`posible: false`", "`posible", "did you mean possible?"),
        ("rewrite", "inputs:\n", "inputs:\n  mood: {type: flag, example: true}\n", "inputs:", "the value of mood is missing"),
        ("handoff", "output: summary", "output: text", "output:", "the guard reads the answer to handoff as summary"),
        ("holding", "urgent: {type: flag", "danger: {type: flag", "inputs:", "the value of danger is missing"),
    ],
)  # fmt: skip
def test_lint_finds_where_a_template_and_the_code_part(
    ours: Path, file: str, old: str, new: str, at: str, told: str
) -> None:
    path = ours / f"{file}.md"
    assert found(ours) == set()
    edit(path, old, new)
    if file == "holding":
        edit(path, "{% if urgent %}", "{% if danger %}")

    named = [(f.line, f.what) for f in faults(ours) if f.code == "E108"]

    assert (line_of(path, at), True) in {(line, told in what) for line, what in named}
    assert run("lint", "--prompts", ours)[0] == 1


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Set move to deflekt when it sends them elsewhere.", "deflekt"),
        ("need is one of none, information, acting, emotional.", "acting"),
        ("- deflekt: sends them elsewhere", "deflekt"),
        ("Answer move = handover where a person is named.", "handover"),
        ("kind: apologie when it says sorry.", "apologie"),
        ("Use the signal pregnancy when they expect a child.", "pregnancy"),
        ("Possible signals: medical, pregnancy, bereavement.", "pregnancy"),
        ("When they ask for a person, the signal is askhuman.", "askhuman"),
        ("Mark a greeting as move filer.", "filer"),
        ("For kind choose between apology, emotional, cognitive, gratitude and reassurance.", "gratitude"),
        ("Write need: urgent where it cannot wait.", "urgent"),
        ("The need may be none, information, action or emotion.", "emotion"),
        ('Answer {"need": "urgent"} where it cannot wait.', "urgent"),
        ("* **deflekt** – sends them elsewhere", "deflekt"),
        ("1. deflekt: sends them elsewhere", "deflekt"),
        ("need → urgent where it cannot wait.", "urgent"),
        ("claims of kind promise are those for later.", "promise"),
        ("a sentence like that has the move answering.", "answering"),
        ("Classify need as none / information / doing / emotional.", "doing"),
        ("score emotionalweight 2 there", "emotionalweight"),
        ("Report the move offering for options.", "offering"),
        ("If they only vent, need should be emotion.", "emotion"),
        ("Each sentence gets one move out of empathy, offer, promising, ask.", "promising"),
        ("Pick legal_treat for a lawyer.", "legal_treat"),
        ("When a claim is of kind standing or granted, look twice.", "granted"),
        ("use signal selfharm for such words", "selfharm"),
        ("need: one of (none, information, repair)", "repair"),
        ("• handof: to a named person", "handof"),
        ("If nothing is open, say need none; if words help, say need info.", "info"),
        ("The kind is thank for thanks.", "thank"),
        ("Move may be filler or chitchat.", "chitchat"),
    ],
)
def test_lint_finds_a_label_that_nobody_knows_where_an_instruction_names_it_bare(
    ours: Path, words: str, label: str
) -> None:
    edit(ours / "judge.md", "## need: what", f"{words}\n\n## need: what")

    [one] = [f for f in faults(ours) if f.what.startswith(f"{label} is no name of the answer's schema")]

    assert (one.code, one.line) == ("E108", line_of(ours / "judge.md", words))


@pytest.mark.parametrize(
    "words",
    [
        "When what they need is information or a decision, words help.",
        "Some moves offer nothing; look for a step.",
        "Mark it as such.",
        "Kinds of words differ from person to person.",
        "Their need for a person is a signal.",
        "The move of a sentence is what it does, not what it says.",
        "Answer with facts, move by move.",
        "Give the kind of fact that shows it.",
        "The need, as the customer sees it, is quoted.",
        "- Never shorten a quote.",
        "Report need and move for each.",
        "Write the kind in lower case.",
        "A signal counts when meant; a need is open until met.",
        "Choose the move that fits best.",
        "If the need is met, write none.",
        "A claim of that kind is new.",
        "One sentence has one move: the strongest.",
        "Signals come from the customer only: never from the draft.",
        "The need is what counts; move on to the next sentence.",
        "Every move is judged alone.",
        "The kind of words they use says little.",
        "A signal is only what is truly meant.",
        "Say what the customer need is at this moment.",
        "need: what is open",
        "Set the language of the draft.",
        "The score is a number.",
        "An act of kindness is no act.",
        "Their need is to be heard.",
        "The move is made by code, not by you.",
        "claims: what the draft says",
        "- Quotes are copied.",
        "1. Read the draft.",
        "Signals: only when truly meant.",
        "kind, else null.",
        "The need may be hidden; read on.",
        "A need as old as the conversation is still open.",
        "Use the name of the customer.",
        "move, what it does",
    ],
)
def test_lint_takes_no_everyday_word_beside_a_field_for_a_label(ours: Path, words: str) -> None:
    edit(ours / "judge.md", "## need: what", f"{words}\n\n## need: what")

    assert found(ours) == set()


def test_a_name_in_quotes_is_the_authors_own_and_an_overlay_is_held_to_the_labels_too(ours: Path) -> None:
    edit(
        ours / "judge.md",
        "You give no verdict",
        'Our tools are called "get_order" and so on. You give no verdict',
    )
    assert found(ours) == set()

    edit(ours / "judge.md", "## need:", "{% block needs %}\n## need:")
    edit(ours / "judge.md", "`need_quote`: the", "{% endblock %}\n`need_quote`: the")
    (ours / "overlays/acme").mkdir(parents=True)
    (ours / "overlays/acme/judge.md").write_text(
        '{% extends "judge.md" %}\n{% block needs %}\n- `none`, `information` or `action`{% endblock %}',
        encoding="utf-8",
    )

    assert [f.what.partition(", which")[0] for f in faults(ours)] == [
        "the answer's need may be information, action, emotional"
    ]


def test_every_label_of_the_judges_answer_is_one_that_the_prompt_has_to_explain() -> None:
    labels = {label for part in parts(Reading) if part.names[0] != "act" for label in part.labels}

    assert labels == {*NEEDS, *MOVES, *SIGNALS, *DIMENSIONS, *get_args(ClaimKind), *get_args(EmpathyKind)}


@pytest.mark.parametrize(
    ("parameters", "line", "told"),
    [
        ("temperature: 0.7", 6, "temperature is 0.7"),
        ("top_p: 1", 5, "no temperature is set"),
        ("temperature: 0", None, ""),
        ("reasoning_effort: low", None, ""),
    ],
)
def test_lint_tells_an_answer_that_is_left_to_chance(
    ours: Path, parameters: str, line: int | None, told: str
) -> None:
    edit(ours / "judge.md", "temperature: 0", parameters)

    assert [(f.code, f.line) for f in faults(ours)] == ([("W203", line)] if line else [])
    assert told in "".join(f.what for f in faults(ours))


@pytest.mark.parametrize(
    "words",
    ["{{ now() }}", "{{ [1, 2] | random }}", "{% for t in turns | shuffle %}{% endfor %}", "{{ {1: 2} }}", "{% set a = {1, 2} %}", "{{ uuid4 }}", "{{ loop }}", "{% for k in {'a': 1}.items() %}{% endfor %}"],
)  # fmt: skip
def test_nothing_that_differs_from_render_to_render_can_be_written(place: Path, words: str) -> None:
    prompt(place, user=words)

    assert {(code, line) for code, _, line in found(place)} & {("E102", 15), ("E103", 15)}


def test_who_looks_for_the_time_is_told_to_pass_it_in(place: Path) -> None:
    prompt(place, user="{{ now() }}")

    assert "pass it in" in next(f.what for f in faults(place) if f.code == "E103")


def test_a_fence_without_a_source_says_what_it_lacks(place: Path) -> None:
    prompt(place, user="{{ draft | fence }}")

    assert "fence wants to know whose text it is" in faults(place)[0].what


def shot(n: int, step: bool = True, shown: str = "null", need: str = "action") -> str:
    """An example of the judge, as two blocks."""
    answer = (
        f'{{"language": "en", "need": "{need}", "need_quote": null, "signals": [], "dimensions": [], "sentences": '
        f'[{{"quote": "x", "move": "answer", "moves_need": {str(step).lower()}, "recognises": false, "kind": null}}], '
        f'"claims": [{{"quote": "x", "kind": "done", "act": "act", "shown_by": {shown}}}]}}'
    )
    return f"{{% block user_{n} %}}x{{% endblock %}}\n{{% block assistant_{n} %}}{answer}{{% endblock %}}\n"


@pytest.mark.parametrize(
    ("shots", "told"),
    [
        ([shot(1)], []),
        ([shot(1), shot(2, False, '"x"', "none")], []),
        ([shot(1), shot(2, False, '"x"')], ["of needs, 2 open, and no other"]),
        ([shot(1, n > 1, '"x"' if n % 2 else "null", ("none", "action")[n % 2]).replace("_1 ", f"_{n} ") for n in range(1, 5)], []),
        ([shot(1, n > 1, '"x"' if n % 2 else "null", ("none", "action")[n % 2]).replace("_1 ", f"_{n} ") for n in range(1, 6)], ["of sentences, 4 moves_need true, 1 moves_need false"]),
        ([shot(1), shot(2, False, "null", "none")], ["of claims of what is done, 2 shown_by null, and no other"]),
    ],
)  # fmt: skip
def test_lint_counts_the_labels_of_examples_that_lean_to_one_side(
    ours: Path, shots: list[str], told: list[str]
) -> None:
    path = ours / "judge.md"
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("{% block user_1 %}"), text.index("{% block user %}")
    path.write_text(text[:begin] + "".join(shots) + text[end:], encoding="utf-8")

    leaning = [f for f in faults(ours) if f.code == "W205"]

    assert [f.what.partition("side: ")[2].partition(". Beyond")[0] for f in leaning] == told
    assert all(f.line == line_of(path, "block assistant_1") for f in leaning)


# lint: files that are odd


def test_lint_names_templates_that_nobody_finds(place: Path) -> None:
    for where in ("overlays", "overlays/my brand", "overlays/acme/de/deep"):
        (place / where).mkdir(parents=True, exist_ok=True)
        (place / where / "p.md").write_text('{% extends "p.md" %}', encoding="utf-8")
    (place / "gone.md").symlink_to("nowhere.md")
    (place / "loop.md").symlink_to("loop.md")
    (place / ".#p.md").symlink_to("somebody@host")
    shutil.copy(place / "p.md", place / ".p.md")
    shutil.copy(place / "p.md", place / "p (copy).md")

    assert found(place) == {
        ("E101", "gone.md", 1),
        ("E101", "loop.md", 1),
        ("E101", "p (copy).md", 1),
        ("E109", "overlays/acme/de/deep/p.md", 1),
        ("E109", "overlays/my brand/p.md", 1),
        ("E109", "overlays/p.md", 1),
    }
    told = run("lint", "--prompts", place)[1]
    assert told.count("\n") == 6
    assert "'p (copy).md' is no name of a template. Rename it" in told


def test_an_overlay_behind_a_link_is_looked_at_as_it_is_used(place: Path) -> None:
    (place.parent / "theirs").mkdir()
    (place.parent / "theirs/p.md").write_text('{% extends "p.md" %}\n{{ draft }}', encoding="utf-8")
    (place / "overlays").mkdir()
    (place / "overlays/acme").symlink_to("../../theirs")

    assert ("E109", "overlays/acme/p.md", 2) in found(place)


def test_lint_tells_a_blessed_prompt_that_is_gone(place: Path) -> None:
    run("lock", "--prompts", place)
    shutil.copy(place / "p.md", place / "q.md")
    edit(place / "q.md", "id: p", "id: q")
    (place / "p.md").rename(place / "p.MD")

    assert found(place) == {("W206", "prompts.lock", 1), ("W206", "q.md", 1)}


@pytest.mark.parametrize("name", ["p.md", "_part.md", "overlays/acme/p.md"])
def test_a_byte_that_is_no_text_is_named_with_its_own_file_and_line(place: Path, name: str) -> None:
    edit(place / "p.md", "Read.", "{% include '_part.md' %}")
    (place / "_part.md").write_text("Read.\n", encoding="utf-8")
    (place / "overlays/acme").mkdir(parents=True)
    (place / "overlays/acme/p.md").write_text('{% extends "p.md" %}\n', encoding="utf-8")
    text = (place / name).read_bytes()
    (place / name).write_bytes(text + b"caf\xe9\n")

    assert found(place) == {("E101", name, text.count(b"\n") + 1)}
    assert "the byte 0xe9 is no text in UTF-8" in faults(place)[0].what


@pytest.mark.parametrize("words", ["<<<<<<< HEAD\nRead.", "Read\x00.", "Read \u202etxet."])
def test_what_nobody_sees_and_what_a_merge_left_is_named(place: Path, words: str) -> None:
    edit(place / "p.md", "Read.", f"Read.\n{words}")

    assert found(place) == {("E102", "p.md", 15)}


def test_a_template_longer_than_any_request_is_a_fault_with_its_file(place: Path) -> None:
    prompt(place, system="word " * 300_000)

    assert found(place) == {("E102", "p.md", 1)}
    with pytest.raises(PromptError, match=r"p\.md:1: the text grows beyond .* Write it shorter"):
        run("render", "p", "--prompts", place)


@pytest.mark.parametrize(
    "words", ["{% if urgent %}" * 300 + "{% endif %}" * 300, "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"]
)
def test_a_template_that_is_nested_too_deeply_is_a_fault(place: Path, words: str) -> None:
    edit(place / "p.md", "Read.", words)

    assert found(place) == {("E102", "p.md", 1)}


def test_what_an_overlay_extends_by_mistake_is_not_checked_against_its_inputs(place: Path) -> None:
    prompt(place, "q", inputs="  other: {type: flag, example: true}\n", user="{% if other %}x{% endif %}")
    (place / "overlays/acme").mkdir(parents=True)
    (place / "overlays/acme/p.md").write_text('{% extends "q.md" %}', encoding="utf-8")

    assert found(place) == {("E109", "overlays/acme/p.md", 1)}


@pytest.mark.parametrize(
    "command", [["lint"], ["list"], ["lock"], ["render", "judge"], ["watch", "judge"], ["diff", "git:main"]]
)
def test_a_directory_without_templates_is_named(tmp_path: Path, command: list[str]) -> None:
    with pytest.raises(PromptError, match="holds no template"):
        run(*command, "--prompts", tmp_path)
    with pytest.raises(PromptError, match="holds no template"):
        run("diff", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_written_is_named(place: Path) -> None:
    (place / "prompts.lock").mkdir()

    with pytest.raises(PromptError, match=r"prompts\.lock: cannot be written \(Is a directory\)"):
        run("lock", "--prompts", place)


def test_every_code_has_a_meaning_and_a_test() -> None:
    tested = set(re.findall(r'"([EW]\d{3})"', Path(__file__).read_text(encoding="utf-8")))

    assert tested >= MEANING.keys()


def test_a_fault_is_told_to_people_to_github_and_to_machines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    fault = Fault("E104", tmp_path / "a,b" / "p.md", 7, "100% bare:\nmend it.")

    assert line(fault, "text") == "a,b/p.md:7: E104 100% bare:\nmend it."
    assert line(fault, "github") == (
        "::error file=a%2Cb/p.md,line=7,title=E104 untrusted text printed bare::100%25 bare:%0Amend it."
    )
    assert json.loads(line(fault, "json"))["level"] == "error"
    assert line(Fault("W201", Path("/x"), 1, "y"), "github").startswith("::warning file=/x,line=1,")


def test_an_unknown_format_is_wrong_usage(place: Path) -> None:
    assert run("lint", "--prompts", place, "--format", "xml")[0] == 2


# render


def test_render_shows_every_message_with_tokens_budget_version_and_cost() -> None:
    code, shown = run("render", "judge", "--usd-in", "1", "--usd-out", "2")
    judge = Prompts().get("judge")
    budget = judge.header.budget

    assert code == 0
    assert re.findall(r"╭─ (\w+) ", shown) == ["system", "user", "assistant", "user"]
    assert judge.version in shown
    assert budget is not None
    assert f"of {budget.tokens - budget.reply:,}" in shown
    assert re.search(r"at most \$0\.\d{5} a call", shown)


def test_render_for_machines_is_what_would_be_sent() -> None:
    [told] = objects("render", "judge", "--json", "--usd-in", "1", "--usd-out", "2")
    judge = Prompts().get("judge")
    rendered = judge.render(judge.example(), "workbench")

    assert told["messages"] == [{"role": m.role, "content": m.text} for m in rendered.messages]
    assert told["tokens"] == rendered.tokens
    schema = told["schema_tokens"]
    assert isinstance(schema, int)
    assert schema > 500
    assert told["usd_at_most"] == pytest.approx(
        (rendered.tokens + schema + 2 * (judge.header.parameters.max_output_tokens or 0)) / 1e6
    )


def test_prices_are_those_of_the_policy_where_none_are_given(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old"
    shutil.copytree(place, old)
    edit(old / "p.md", "Read.", "Look.")
    ways: tuple[list[str | Path], ...] = (["render", "p", "--prompts", place], ["diff", old, place])
    assert all(run(*way)[1].replace("\n", " ").count("price not known") for way in ways)

    monkeypatch.setenv("COMPASSION_GUARD_POLICY", str(policy(tmp_path, usd_in=3, usd_out=5)))

    [rendered] = objects("render", "p", "--prompts", place, "--json")
    tokens = rendered["tokens"]
    assert isinstance(tokens, int)
    assert rendered["usd_at_most"] == pytest.approx((3 * tokens + 5 * 100) / 1e6)
    assert all("at most $" in run(*way)[1] for way in ways)
    [given] = objects("render", "p", "--prompts", place, "--json", "--usd-in", "0", "--usd-out", "0")
    assert given["usd_at_most"] == 0


def test_render_says_whether_its_tokens_are_exact_and_what_counted_them(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(model: str | None) -> str:
        prompt(place)
        if model:
            edit(place / "p.md", "description:", f"model: {model}\ndescription:")
        return " ".join(run("render", "p", "--prompts", place)[1].split("╯")[-1].split())

    found = tokens._encoding  # one vocabulary, whatever else is on this machine
    monkeypatch.setattr(
        "guard.prompts.tokens._encoding", lambda name: found(name) if name == "cl100k_base" else None
    )

    assert "counted exactly, with cl100k_base, the vocabulary of gpt-4; 4 tokens" in said("gpt-4")
    assert "about" not in said("gpt-4")
    assert "an estimate with cl100k_base: o200k_base, the vocabulary of gpt-4.1, was not found" in said(
        "gpt-4.1"
    )
    assert "an estimate with cl100k_base: no vocabulary of mistral-7b is known" in said("mistral-7b")
    assert "an estimate with cl100k_base: the header names no model" in said(None)
    assert "about" in said(None)
    monkeypatch.setattr("guard.prompts.tokens._encoding", lambda _: None)
    assert "an estimate from the kinds of signs in it, because no vocabulary is here" in said("gpt-4")


def test_render_takes_a_case_of_a_file_and_shows_what_a_terminal_would_obey(place: Path) -> None:
    file = place.parent / "cases.jsonl"
    file.write_text("{\n" + json.dumps(CASE) + "\n", encoding="utf-8")

    code, shown = run("render", "p", "--prompts", place, "--case", f"{file}:a:1")

    assert code == 0
    assert "My lamp" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("where", ["nowhere.jsonl:1", "no-colon"])
def test_a_case_that_is_not_there_is_named(where: str) -> None:
    with pytest.raises(CaseError, match="is no FILE:ID"):
        find_case(where)


def test_an_id_that_no_line_has_is_named_with_what_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("{\n", encoding="utf-8")

    with pytest.raises(CaseError, match=r"holds no case 'x'.*c\.jsonl:1 could not be read"):
        find_case(f"{tmp_path / 'c.jsonl'}:x")


def test_render_with_hostile_texts_keeps_the_terminal_whole() -> None:
    for id in Prompts().names():
        code, shown = run("render", id, "--hostile")

        assert code == 0
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_ways_to_render_exclude_each_other_and_prices_belong_together() -> None:
    assert run("render", "judge", "--hostile", "--example")[0] == 2
    assert run("render", "judge", "--usd-in", "1")[0] == 2


def test_an_unknown_prompt_is_one_line_and_exit_2() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "guard", "prompts", "render", "jugde"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert ran.returncode == 2
    assert "there is no prompt 'jugde'. There are: " in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


# diff


@pytest.fixture
def repository(place: Path) -> Path:
    """The directory of `place` as a repository with one commit, `main`."""
    for words in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "."),
        ("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "first"),
    ):
        subprocess.run(["git", "-C", str(place.parent), *words], check=True, capture_output=True)
    return place


def test_diff_shows_the_sentence_of_the_message_that_changed_and_no_other(repository: Path) -> None:
    assert run("diff", "git:main", "--prompts", repository) == (0, "The same messages on both sides.\n")
    path = repository / "p.md"
    before = objects("list", "--prompts", repository, "--json")[0]["version"]
    path.write_text(path.read_text(encoding="utf-8").replace("Read.", "Read it well."), encoding="utf-8")

    code, shown = run("diff", "git:main", "--prompts", repository, "--usd-in", "1", "--usd-out", "1")

    lines = shown.splitlines()
    assert code == 0
    assert [line for line in lines if line[:1] in "+-"] == [
        "--- git:main: p",
        f"+++ {repository}: p",
        "-Read.",
        "+Read it well.",
    ]
    assert re.match(
        rf"{before}, about \d+ tokens of 3,900, .* → p@\w+, about \d+ tokens of 3,900, at most", lines[-1]
    )


def test_diff_counts_only_what_was_changed(place: Path) -> None:
    other = place.parent / "other"
    shutil.copytree(place, other)
    path = other / "p.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Read.", "Read it."), encoding="utf-8")

    [change] = objects("diff", place, other, "--json")

    before, after = change["before"], change["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after["tokens"] - before["tokens"] == 1


def test_diff_tells_a_comment_that_changes_no_message_apart_from_words_that_do(place: Path) -> None:
    other = place.parent / "other"
    shutil.copytree(place, other)
    (other / "p.md").write_text((place / "p.md").read_text(encoding="utf-8") + "{# why #}", encoding="utf-8")

    assert run("diff", place, other)[1] == "The same messages on both sides.\n"


def test_diff_takes_a_file_in_place_of_the_one_that_is_there(place: Path) -> None:
    file = place.parent / "p.md"
    file.write_text((place / "p.md").read_text(encoding="utf-8").replace("Read.", "Look."), encoding="utf-8")

    assert "-Read.\n+Look." in run("diff", place / "p.md", file, "--prompts", place)[1]


def test_diff_takes_a_part_in_place_of_the_one_that_every_prompt_includes(place: Path) -> None:
    (place / "_part.md").write_text("Old.", encoding="utf-8")
    for id in ("p", "q"):
        prompt(place, id, system="{% include '_part.md' %}")
    new = place.parent / "_part.md"
    new.write_text("New.", encoding="utf-8")

    assert run("diff", new, "--prompts", place)[1].count("-New.\n+Old.") == 2


def test_diff_goes_back_in_a_repository_of_templates_alone(tmp_path: Path) -> None:
    prompt(tmp_path)
    for words in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "first"),
    ):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    prompt(tmp_path, system="Look.")

    assert "-Read.\n+Look." in run("diff", "git:HEAD", "--prompts", tmp_path)[1]


def test_a_file_that_is_no_template_is_no_side(place: Path) -> None:
    (place.parent / "notes.txt").write_text("x", encoding="utf-8")

    with pytest.raises(PromptError, match=r"notes\.txt: is no template; the name of one ends in \.md"):
        run("diff", place.parent / "notes.txt", "--prompts", place)


def test_diff_shows_a_prompt_that_is_new_gone_or_broken(place: Path) -> None:
    other = place.parent / "other"
    shutil.copytree(place, other)
    prompt(other, "new", user="{{ draft }}")
    (other / "p.md").unlink()

    shown = run("diff", place, other)[1]

    assert "-Read." in shown
    assert "+cannot be used: new.md:15: " in shown


@pytest.mark.parametrize("name", ["git:nowhere", "git:--output=x", "no/such/place"])
def test_a_side_that_is_not_there_is_named(repository: Path, name: str) -> None:
    with pytest.raises(PromptError, match=r"Name a commit|is no directory"):
        run("diff", name, "--prompts", repository)


def test_templates_in_no_repository_have_no_history(place: Path) -> None:
    with pytest.raises(PromptError, match="git says"):
        run("diff", "git:main", "--prompts", place)


# lock


def test_a_lock_holds_every_brand_and_locale_and_check_tells_what_differs(place: Path) -> None:
    (place / "overlays/acme").mkdir(parents=True)
    (place / "overlays/acme/p.md").write_text(
        '{% extends "p.md" %}\n{% block system %}Acme.{% endblock %}', encoding="utf-8"
    )
    assert run("lock", "--prompts", place)[0] == 0
    lock = json.loads((place / "prompts.lock").read_text(encoding="utf-8"))
    assert {where: list(ids) for where, ids in lock["prompts"].items()} == {"_/_": ["p"], "acme/_": ["p"]}
    assert run("lock", "--prompts", place, "--check") == (0, "")

    (place / "overlays/acme/p.md").write_text('{% extends "p.md" %}', encoding="utf-8")
    code, shown = run("lock", "--prompts", place, "--check")

    assert code == 1
    assert re.fullmatch(r"acme/_ p: p@\w{12} is blessed, p@\w{12} is there\.\n", shown)


def test_a_check_without_a_lock_says_how_to_write_one(place: Path) -> None:
    with pytest.raises(PromptError, match="Write it: compassion-guard prompts lock"):
        run("lock", "--prompts", place, "--check")


def test_a_broken_prompt_is_not_blessed(place: Path) -> None:
    prompt(place, user="{{ draft }}")

    with pytest.raises(PromptError, match="printed bare"):
        run("lock", "--prompts", place)
    assert not (place / "prompts.lock").exists()


# watch


class StopError(Exception):
    """Somebody pressed Ctrl-C."""


def test_watch_draws_once_a_save_and_keeps_the_last_good_version_in_sight(place: Path) -> None:
    tree, path = Tree(place), place / "p.md"
    good = path.read_text(encoding="utf-8")
    seen: list[str] = []

    def edits() -> Iterator[None]:
        yield
        path.write_text(good.replace("Read.", "Read it."), encoding="utf-8")
        yield
        yield
        path.write_text(good.replace("Read.", "{{ draft }}"), encoding="utf-8")
        yield
        path.write_text(good.replace("Read.", "Read it very well."), encoding="utf-8")
        yield

    edit = edits()

    def wait() -> None:
        try:
            next(edit)
        except StopIteration:
            raise StopError from None

    def show(one: Prompt) -> None:
        seen.append(one.render(one.example(), "s").messages[0].text)

    def tell(error: GuardError) -> None:
        seen.append(f"! {str(error).rpartition('(')[2]}")

    with pytest.raises(StopError):
        watch(tree.state, last_good(lambda: load(tree, "p"), show, tell), wait)

    assert seen == ["Read.", "Read it.", "! E104)", "Read it.", "Read it very well."]


def test_watch_begins_with_a_broken_prompt_too(place: Path) -> None:
    prompt(place, user="{{ draft }}")
    seen: list[str] = []

    last_good(
        lambda: load(Tree(place), "p"), lambda _: seen.append("shown"), lambda error: seen.append(str(error))
    )()

    assert len(seen) == 1
    assert "p.md:15" in seen[0]


def test_the_command_watches_until_ctrl_c(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("guard.workbench.app.time.sleep", pressed)

    code, shown = run("watch", "p", "--prompts", place)

    assert code == 0
    assert "My lamp is broken." in shown


def test_what_is_wrong_with_an_edit_is_not_cleared_away(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()

    def edit(_: float) -> None:
        if "E104" in screen.getvalue():
            raise KeyboardInterrupt
        prompt(place, system="Read {{ draft }}")

    monkeypatch.setattr(
        "guard.terminal.console", lambda stderr=False: Console(file=screen, force_terminal=True, width=300)
    )
    monkeypatch.setattr("guard.workbench.app.time.sleep", edit)

    assert run("watch", "p", "--prompts", place)[0] == 0

    in_sight = screen.getvalue().rpartition("\x1b[2J")[2]
    assert "E104" in in_sight
    assert "My lamp is broken." in in_sight


def test_the_shipped_place_has_the_four_prompts() -> None:
    assert set(Tree(shipped()).ids()) >= {"judge", "rewrite", "handoff", "holding"}
