"""The commands of an engineer who changes prompts, run as they are typed."""

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from guard.errors import CaseError, GuardError, PromptError
from guard.prompts import Fault, Prompt, Prompts
from guard.prompts.faults import MEANING
from guard.prompts.template import load
from guard.prompts.tree import Tree, shipped
from guard.workbench.app import workbench
from guard.workbench.lint import faults
from guard.workbench.told import told
from guard.workbench.values import find_case
from guard.workbench.watch import last_good, watch
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


def test_every_code_has_a_meaning_and_a_test() -> None:
    tested = set(re.findall(r'"([EW]\d{3})"', Path(__file__).read_text(encoding="utf-8")))

    assert tested >= MEANING.keys()


def test_a_fault_is_told_to_people_to_github_and_to_machines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    fault = Fault("E104", tmp_path / "a,b" / "p.md", 7, "100% bare:\nmend it.")

    assert told(fault, "text") == "a,b/p.md:7: E104 100% bare:\nmend it."
    assert told(fault, "github") == (
        "::error file=a%2Cb/p.md,line=7,title=E104 untrusted text printed bare::100%25 bare:%0Amend it."
    )
    assert json.loads(told(fault, "json"))["level"] == "error"
    assert told(Fault("W201", Path("/x"), 1, "y"), "github").startswith("::warning file=/x,line=1,")


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
    assert told["usd_at_most"] == pytest.approx(
        (rendered.tokens + 2 * (judge.header.parameters.max_output_tokens or 0)) / 1e6
    )


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
