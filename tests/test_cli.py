"""The command, run as people and machines run it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GOOD: dict[str, object] = {
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


def shell(line: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """As people type it, `guard` being the command."""
    command = f'guard() {{ "{sys.executable}" -m guard "$@"; }}; set -o pipefail; {line}'
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        check=False,
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A directory with `ok.jsonl`, three cases."""
    write(tmp_path / "ok.jsonl", *({**GOOD, "id": str(n)} for n in range(3)))
    return tmp_path


def write(path: Path, *cases: Mapping[str, object]) -> None:
    path.write_text("".join(json.dumps(one) + "\n" for one in cases), encoding="utf-8")


def test_demo_shows_eight_scenes_and_the_handoffs() -> None:
    ran = run("demo")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("why: ") == 8
    assert "authority_gap" in ran.stdout


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_a_case_is_told_and_is_no_success(here: Path, text: str) -> None:
    (here / "empty.jsonl").write_text(text, encoding="utf-8")

    ran = shell("guard review empty.jsonl --json", here)

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "no case there: name files of cases" in ran.stderr


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


@pytest.mark.parametrize(
    "line", ["review ok.jsonl --out ok.jsonl", "review ok.jsonl --out link", "review - --out link <ok.jsonl"]
)
def test_an_input_is_never_written_over(here: Path, line: str) -> None:
    (here / "link").symlink_to("ok.jsonl")
    before = (here / "ok.jsonl").read_bytes()

    ran = shell(f"guard {line}", here)

    assert ran.returncode == 2
    assert "would be lost" in " ".join(ran.stderr.split())
    assert (here / "ok.jsonl").read_bytes() == before


def test_earlier_results_stay_until_the_new_ones_are_whole(here: Path) -> None:
    (here / "out.jsonl").write_text("earlier", encoding="utf-8")
    (here / "out.jsonl").chmod(0o640)
    pipe = here / "pipe"
    os.mkfifo(pipe)

    command = [sys.executable, "-m", "guard", "review", str(pipe), "--out", str(here / "out.jsonl")]
    with subprocess.Popen(command, cwd=ROOT) as running, pipe.open("w", encoding="utf-8") as file:
        file.write(json.dumps(GOOD) + "\n")
        file.flush()
        until = time.monotonic() + 20
        while not list(here.glob(".*.part")) and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        running.wait()

    assert (here / "out.jsonl").read_text(encoding="utf-8") == "earlier"
    assert not list(here.glob(".*.part"))

    assert shell("guard review ok.jsonl --out out.jsonl", here).returncode == 0
    assert len((here / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    assert (here / "out.jsonl").stat().st_mode & 0o777 == 0o640


def test_out_dash_is_standard_output(here: Path) -> None:
    ran = shell("guard review ok.jsonl --out -", here)

    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == ["0", "1", "2"]
    assert [p.name for p in here.iterdir() if p.name == "-"] == []


@pytest.mark.parametrize(
    "line",
    [
        "guard review ok.jsonl --json >/dev/full",
        "guard review ok.jsonl >/dev/full",
        "guard review ok.jsonl --out /dev/full",
        "guard review ok.jsonl --out nowhere/out.jsonl",
        "guard review ok.jsonl --out ok.jsonl/out.jsonl",
        "guard review ok.jsonl --out .",
        "guard demo >/dev/full",
        "guard prompts list >/dev/full",
        "guard handoffs list >/dev/full",
        "guard --help >/dev/full",
        "guard --version >/dev/full",
        "guard review ok.jsonl >&-",
    ],
)
def test_what_cannot_be_written_is_one_line_and_exit_1(here: Path, line: str) -> None:
    ran = shell(line, here)

    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1, ran.stderr
    assert re.match(r"compassion-guard: |--out \S+: |standard output: ", ran.stderr)


@pytest.mark.skipif(os.geteuid() != 0, reason="to read what nobody may, one gives rights away")
def test_a_place_that_cannot_hold_a_file_is_named(here: Path) -> None:
    (here / "mine").write_text("a file", encoding="utf-8")

    ran = shell("guard review - --out mine/out.jsonl </dev/null", here)

    assert ran.returncode == 1
    assert ran.stderr == "--out mine/out.jsonl: cannot be written (Not a directory).\n"


def test_a_closed_standard_input_is_named_and_exit_1(here: Path) -> None:
    ran = shell("guard review - <&-", here)

    assert ran.returncode == 1
    assert ran.stderr.startswith("stdin: is closed")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("how", ["", "--json"])
def test_a_reader_who_hangs_up_is_no_fault_and_makes_no_noise(here: Path, how: str) -> None:
    ran = shell(f"guard review ok.jsonl {how} | true", here)

    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert "Broken" not in ran.stderr


HOSTILE = "a\x1b[31mb\x9b\u202ec"


def test_customer_text_reaches_no_terminal_as_a_command(here: Path) -> None:
    name = "f\x1b[31m\u202ex.jsonl"
    write(here / name, {**GOOD, "id": HOSTILE})
    (here / name).write_text((here / name).read_text(encoding="utf-8") + "{\n", encoding="utf-8")

    reviewed = shell("guard review f*x.jsonl", here, COLUMNS="120")
    told = [
        reviewed,
        *(
            shell(f"guard {line}", here, COLUMNS="120")
            for line in ("review f*.jsonl --json", "handoffs list", "handoffs list --json")
        ),
    ]
    seen = "".join(ran.stdout + ran.stderr for ran in told)

    assert not set(seen) & {"\x1b", "\x9b", "\u202e"}
    assert r"a\x1b[31mb\x9b\u202ec" in reviewed.stdout
    assert r"f\x1b[31m\u202ex.jsonl:2: is no JSON" in reviewed.stderr
    assert json.loads(told[1].stdout)["id"] == json.loads(told[3].stdout)["case"] == HOSTILE


def test_json_lines_are_utf_8_whatever_the_draft_and_the_locale(here: Path) -> None:
    write(here / "odd.jsonl", {"id": "1\ud800", "context": [], "draft": "Good\0 morn\ud800ing, Zoë\ud83d"})

    ran = shell("guard review odd.jsonl --json", here, LC_ALL="C", PYTHONIOENCODING="latin-1")

    told = json.loads(ran.stdout.encode("utf-8", "surrogateescape").decode())
    assert told["reply"] == "Good\N{REPLACEMENT CHARACTER} morn?ing, Zoë?"


@pytest.mark.parametrize(
    ("line", "env"),
    [
        ("review ok.jsonl", {"LC_ALL": "C"}),
        ("demo", {"LC_ALL": "C"}),
        ("--help", {"LC_ALL": "C"}),
        ("review ok.jsonl", {"PYTHONIOENCODING": "latin-1"}),
    ],
)
def test_a_terminal_without_utf_8_gets_none(here: Path, line: str, env: dict[str, str]) -> None:
    ran = shell(f"guard {line}", here, **env)

    assert len(ran.stdout.splitlines()) > 3
    assert (ran.stdout + ran.stderr).isascii()


def test_a_case_that_comes_twice_is_named_with_both_places(here: Path) -> None:
    ran = shell("guard review ok.jsonl ./ok.jsonl ok.jsonl --json", here)

    assert ran.returncode == 1
    assert len(ran.stdout.splitlines()) == 3
    assert "./ok.jsonl:1: id '0' was there before, at ok.jsonl:1." in ran.stderr
    assert "\nok.jsonl:1: id '0' was there before, at ok.jsonl:1, for the file is named twice." in ran.stderr


def test_a_store_that_fails_is_told_with_file_and_line(here: Path) -> None:
    (here / "home").write_text("a file where the directory should be", encoding="utf-8")

    ran = shell("guard review ok.jsonl --json", here)

    assert ran.returncode == 1
    assert [f"ok.jsonl:{n}: Could not store" in ran.stderr for n in (1, 2, 3)] == [True] * 3


def test_a_key_that_is_there_twice_is_a_bad_line(here: Path) -> None:
    (here / "x.jsonl").write_text(
        '{"id": "1", "context": [], "draft": "a", "draft": "b"}\n', encoding="utf-8"
    )

    ran = shell("guard review x.jsonl --json", here)

    assert ran.returncode == 1
    assert "x.jsonl:1: the key 'draft' is there twice" in ran.stderr
    assert ran.stdout == ""


def test_a_line_with_tool_calls_of_an_odd_type_does_not_end_the_run(here: Path) -> None:
    bad = {"id": "c6", "messages": [{"role": "assistant", "tool_calls": 5}], "draft": "y"}
    write(here / "x.jsonl", bad, GOOD)

    ran = shell("guard review x.jsonl --json", here)

    assert ran.returncode == 1
    assert "x.jsonl:1: messages.0.tool_calls" in ran.stderr
    assert len(ran.stdout.splitlines()) == 1


def test_a_file_that_cannot_be_looked_at_is_named(here: Path) -> None:
    ran = shell(f"guard review {'x' * 300} ok.jsonl --json", here)

    assert ran.returncode == 1
    assert "cannot be read (File name too long)" in ran.stderr
    assert len(ran.stdout.splitlines()) == 3


def test_a_bad_setting_is_one_line_and_exit_2(here: Path) -> None:
    ran = shell("guard review ok.jsonl", here, COMPASSION_GUARD_DATABASE_URL="postgresql://u:p@h:abc/x")

    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1


def test_it_tells_its_version() -> None:
    assert run("--version").stdout == f"compassion-guard {version('compassion-guard')}\n"
