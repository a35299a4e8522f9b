"""The store of handoffs, against real SQLite, real processes and a real SIGKILL."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from guard import Case, EscalationError, Guard, Turn, Withheld
from guard.escalation.desk import Desk
from guard.escalation.packet import Packet
from guard.settings import Settings
from tests.cases import EMPTY_SORRY, case

ROOT = Path(__file__).parent.parent
# Withholds forever and says each message only after `review` has returned it.
WITHHOLDS = """
import sys
from guard import Case, Guard
guard = Guard.load()
for n in range(int(sys.argv[1]), 10**9):
    record = {"id": f"c{n}", "context": [{"role": "customer", "content": "I want a manager."}], "draft": "I understand."}
    record["context"][0]["content"] = "I want to speak to a manager."
    for _ in range(2):
        outcome = guard.review(Case.from_record(record))
    print(outcome.case.id, outcome.receipt.id, outcome.receipt.id in outcome.reply, flush=True)
"""


def test_every_message_that_was_shown_has_its_handoff_when_killed_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(20261124)
    shown: list[list[str]] = []
    for n in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", WITHHOLDS, str(n * 1000)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "COMPASSION_GUARD_HOME": str(tmp_path)},
        ) as process:
            assert process.stdout is not None
            shown += [process.stdout.readline().split() for _ in range(rng.randrange(1, 6))]
            process.send_signal(signal.SIGKILL)
            shown += [words for line in process.stdout if len(words := line.split()) == 3]

    with sqlite3.connect(tmp_path / "handoffs.db") as db:
        stored = [case for (case,) in db.execute("select case_id from handoffs")]

    assert len(shown) >= 12
    assert {told for _, _, told in shown} == {"True"}
    assert {case for case, _, _ in shown} <= set(stored)
    assert len(stored) == len(set(stored))


def test_two_processes_on_one_new_file_store_each_case_once(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    asked = [{"role": "customer", "content": "I want to speak to a manager."}]
    cases.write_text(
        "\n".join(json.dumps({"id": str(n), "context": asked, "draft": "ok"}) for n in range(40))
    )
    env = {**os.environ, "COMPASSION_GUARD_HOME": str(tmp_path / "new")}

    running = [
        subprocess.Popen(
            [sys.executable, "-m", "guard", "review", "--json", str(cases)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in running:
        _, told = process.communicate()
        assert process.returncode == 0, told

    assert len(Desk(f"sqlite:///{tmp_path / 'new' / 'handoffs.db'}").open()) == 40


# Withholds one case and resolves it, again and again; says what was shown.
RESOLVES = """
import sys
from guard import Case, Guard
guard = Guard.load()
said = [{"role": "customer", "content": "I want to speak to a manager."}]
for _ in range(int(sys.argv[1])):
    outcome = guard.review(Case.from_record({"id": "c", "context": said, "draft": "ok"}))
    print(outcome.receipt.id, outcome.receipt.state, flush=True)
    if sys.argv[2] == "resolve":
        guard.desk.resolve(outcome.receipt.id)
"""


def _resolving(times: int, then: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RESOLVES, str(times), then],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'handoffs.db'}"
    return str(request.getfixturevalue("postgres"))


def test_a_moment_that_comes_back_after_it_was_resolved_waits_again(tmp_path: Path, store: str) -> None:
    guard = Guard.load(settings=Settings(home=tmp_path, database_url=store, tenant="again"))
    asked = case("I want to speak to a manager.", EMPTY_SORRY)
    for _ in range(3):
        outcomes = [guard.review(asked) for _ in range(3)]
        [waits] = guard.desk.open()
        assert [o.receipt for o in outcomes if isinstance(o, Withheld)] == [waits] * 3
        guard.desk.resolve(waits.id)

    assert guard.desk.open() == []
    assert len({r.id for r in guard.desk.open(everything=True)}) == 3
    guard.desk.close()


def test_processes_that_see_a_resolved_moment_at_once_open_it_once(tmp_path: Path, store: str) -> None:
    env = {"COMPASSION_GUARD_DATABASE_URL": store, "COMPASSION_GUARD_TENANT": "at once"}
    _resolving(1, "resolve", **env).communicate()

    running = [_resolving(20, "leave", **env) for _ in range(3)]
    shown = {line for process in running for line in process.communicate()[0].splitlines()}

    desk = Desk(store, "at once")
    assert shown == {f"{receipt.id} queued" for receipt in desk.open()}
    assert len(shown) == 1
    assert len(desk.open(everything=True)) == 2
    desk.close()


def test_of_a_moment_that_is_resolved_again_and_again_one_row_waits_when_killed_at_any_moment(
    tmp_path: Path, store: str
) -> None:
    rng = random.Random(20261125)
    env = {"COMPASSION_GUARD_DATABASE_URL": store, "COMPASSION_GUARD_TENANT": "killed"}
    shown: set[str] = set()
    for _ in range(2):
        with _resolving(10**9, "resolve", **env) as one, _resolving(10**9, "resolve", **env) as two:
            assert one.stdout is not None
            assert two.stdout is not None
            for _ in range(rng.randrange(1, 5)):
                shown |= {one.stdout.readline().strip(), two.stdout.readline().strip()}
            one.send_signal(signal.SIGKILL)
            two.send_signal(signal.SIGKILL)

    desk = Desk(store, "killed")
    assert {line.split()[1] for line in shown} == {"queued"}
    assert {line.split()[0] for line in shown} <= {receipt.id for receipt in desk.open(everything=True)}
    assert len(desk.open()) <= 1
    desk.close()


def test_others_on_the_machine_cannot_read_a_new_store_in_a_home_that_they_can_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    guard = Guard.load(settings=Settings(home=tmp_path))

    guard.review(case("I want to speak to a manager.", EMPTY_SORRY))

    rights = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.glob("handoffs.db*")}
    assert "handoffs.db" in rights
    assert set(rights.values()) == {0o600}
    guard.desk.close()


def test_threads_share_one_guard(guard: Guard) -> None:
    replies: list[str] = []
    threads = [
        threading.Thread(
            target=lambda n=n: replies.append(
                guard.review(case("I want to speak to a manager.", EMPTY_SORRY, id=str(n % 5))).reply
            )
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(replies) == 20
    assert len(guard.desk.open()) == 5


def test_a_new_file_that_another_process_writes_just_now_is_waited_for(tmp_path: Path) -> None:
    busy = sqlite3.connect(tmp_path / "handoffs.db", isolation_level=None, check_same_thread=False)
    busy.execute("create table other (thing)")
    busy.execute("begin immediate")
    busy.execute("insert into other values (1)")  # SQLite refuses to switch WAL on now, whatever the timeout
    release = threading.Timer(0.1, busy.rollback)
    release.start()

    made = Guard.load(settings=Settings(home=tmp_path))
    made.review(case("I want to speak to a manager.", EMPTY_SORRY))

    assert len(made.desk.open()) == 1
    release.join()
    busy.close()
    made.desk.close()


def test_a_resolved_handoff_leaves_the_list_and_stays_resolved(guard: Guard) -> None:
    guard.review(case("I want to speak to a manager.", EMPTY_SORRY))
    [receipt] = guard.desk.open()

    assert guard.desk.resolve(receipt.id)
    assert guard.desk.resolve(receipt.id)
    assert guard.desk.open() == []
    assert [r.state for r in guard.desk.open(everything=True)] == ["resolved"]
    assert not guard.desk.resolve("CG-NONE")


def test_the_packet_spares_the_customer_from_telling_it_twice(guard: Guard) -> None:
    guard.review(case("Order #48213 is broken, get me your supervisor!", EMPTY_SORRY))
    [receipt] = guard.desk.open()
    found = guard.desk.packet(receipt.id)
    assert found is not None

    packet = Packet.model_validate_json(found[1])

    assert packet.need.statement_in_customer_words is not None
    assert "#48213" in packet.need.statement_in_customer_words.quote
    assert any("48213" in given for given in packet.do_not_ask_again)
    assert packet.withheld_draft.text == EMPTY_SORRY
    assert packet.signals[0].id == "asks_for_human"


def test_tenants_do_not_see_each_others_handoffs(tmp_path: Path) -> None:
    one = Guard.load(settings=Settings(home=tmp_path, tenant="one"))
    two = Guard.load(settings=Settings(home=tmp_path, tenant="two"))
    one.review(case("I want to speak to a manager.", EMPTY_SORRY))
    [receipt] = one.desk.open()

    assert two.desk.open() == []
    assert two.desk.packet(receipt.id) is None
    assert not two.desk.resolve(receipt.id)


def test_postgresql_keeps_handoffs_as_sqlite_does(tmp_path: Path, postgres: str) -> None:
    one, two = (Guard.load(settings=Settings(home=tmp_path, database_url=postgres)) for _ in range(2))
    for guard in (one, two, one):
        guard.review(case("I want to speak to a manager.", EMPTY_SORRY))
    [receipt] = two.desk.open()

    assert one.desk.resolve(receipt.id)
    assert two.desk.open() == []
    assert not (tmp_path / "handoffs.db").exists()
    one.desk.close()
    two.desk.close()


def test_processes_that_start_on_one_new_postgresql_store_each_case_once(
    tmp_path: Path, postgres: str
) -> None:
    cases = tmp_path / "cases.jsonl"
    asked = [{"role": "customer", "content": "I want to speak to a manager."}]
    cases.write_text(
        "\n".join(json.dumps({"id": f"pg-{n}", "context": asked, "draft": "ok"}) for n in range(20))
    )
    env = {**os.environ, "COMPASSION_GUARD_DATABASE_URL": postgres, "COMPASSION_GUARD_TENANT": "three"}

    running = [
        subprocess.Popen(
            [sys.executable, "-m", "guard", "review", "--json", str(cases)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in running:
        _, told = process.communicate()
        assert process.returncode == 0, told

    desk = Desk(postgres, "three")
    assert len(desk.open()) == 20
    desk.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("no url: secret", "COMPASSION_GUARD_DATABASE_URL"),
        ("postgresql://u:secret@127.0.0.1:1/none", "127.0.0.1:1"),
        ("postgresql://127.0.0.1:1/none?user=u&password=secret", "127.0.0.1:1"),
        ("postgresql://u:secret@127.0.0.1:abc/none", "COMPASSION_GUARD_DATABASE_URL"),
        ("sqlite:////proc/none/handoffs.db", "/proc/none"),
    ],
)
def test_a_store_that_cannot_be_reached_is_named_without_its_password(
    tmp_path: Path, url: str, told: str
) -> None:
    guard = Guard.load(settings=Settings(home=tmp_path, database_url=url))

    with pytest.raises(EscalationError, match=told) as caught:
        guard.review(case("I want to speak to a manager.", EMPTY_SORRY))

    assert "secret" not in str(caught.value)
    assert caught.value.draft == EMPTY_SORRY


def test_a_full_disk_is_an_error_and_the_draft_is_kept(guard: Guard) -> None:
    guard.review(case("I want to speak to a manager.", EMPTY_SORRY))
    guard.desk.close()
    with sqlite3.connect(guard.settings.home / "handoffs.db") as db:
        [[pages]] = db.execute("pragma page_count")
    event.listen(
        Engine, "connect", full := lambda connection, _: connection.execute(f"pragma max_page_count={pages}")
    )

    try:
        with pytest.raises(EscalationError, match="full") as caught:
            guard.review(case("I want a person. " * 3000, EMPTY_SORRY, id="big"))
    finally:
        event.remove(Engine, "connect", full)

    assert caught.value.draft == EMPTY_SORRY
    assert len(guard.desk.open()) == 1


def test_text_that_no_database_takes_is_stored_readable(guard: Guard) -> None:
    guard.review(case("I want to speak to a manager. \x00\ud800", "\ud800 I understand.\x00"))

    [receipt] = guard.desk.open()
    found = guard.desk.packet(receipt.id)

    assert found is not None
    assert Packet.model_validate_json(found[1]).withheld_draft.text.endswith(
        " I understand.\N{REPLACEMENT CHARACTER}"
    )


def _said(*turns: str, id: str = "c1") -> Case:
    """A conversation in which the customer begins and the assistant answers in turn, then an empty sorry."""
    said = tuple(Turn("assistant" if n % 2 else "customer", t) for n, t in enumerate(turns))
    return Case(id, said, EMPTY_SORRY)


def test_a_conversation_that_waits_and_goes_on_has_one_handoff_that_knows_it_all(
    tmp_path: Path, store: str
) -> None:
    guard = Guard.load(settings=Settings(home=tmp_path, database_url=store, tenant="goes on"))
    first = guard.review(_said("I want to speak to a manager."))
    later = _said("I want to speak to a manager.", first.reply, "Get me that manager, there is smoke here!")
    again, retried = guard.review(later), guard.review(later)
    assert isinstance(first, Withheld)
    assert isinstance(again, Withheld)
    assert isinstance(retried, Withheld)
    found = guard.desk.packet(first.receipt.id)
    assert found is not None

    assert first.receipt.id == again.receipt.id == retried.receipt.id
    assert len(guard.desk.open(everything=True)) == 1
    assert len(Packet.model_validate_json(found[1]).transcript) == 3
    guard.desk.close()


def test_a_conversation_that_was_resolved_and_goes_on_waits_anew(guard: Guard) -> None:
    first = guard.review(_said("I want to speak to a manager."))
    assert isinstance(first, Withheld)
    guard.desk.resolve(first.receipt.id)

    guard.review(_said("I want to speak to a manager.", first.reply, "I want to speak to a manager again."))

    [waits] = guard.desk.open()
    assert waits.id != first.receipt.id


def test_another_conversation_of_the_same_name_overwrites_nothing(guard: Guard) -> None:
    guard.review(_said("I want to speak to a manager about my lamp."))
    guard.review(_said("I want to speak to a manager about my bill.", "Hello.", "A manager, please."))

    assert len(guard.desk.open()) == 2


def test_a_late_retry_of_an_earlier_turn_opens_nothing(guard: Guard) -> None:
    first, answer, later = "I want to speak to a manager.", "One moment.", "A manager, please."
    guard.review(_said(first, answer, later))
    guard.review(_said(first))

    assert len(guard.desk.open()) == 1


def test_a_client_that_sends_only_its_last_messages_keeps_one_handoff_with_all_of_them(guard: Guard) -> None:
    said = [
        "I want a manager for order 4411.",
        "One moment.",
        "A manager, please.",
        "Soon.",
        "Well? A manager!",
    ]
    turns = _said(*said).turns
    first = guard.review(Case("c1", turns[:3], EMPTY_SORRY))
    guard.review(Case("c1", turns[1:], EMPTY_SORRY))
    assert isinstance(first, Withheld)
    found = guard.desk.packet(first.receipt.id)
    assert found is not None

    assert len(guard.desk.open()) == 1
    assert [t["content"] for t in Packet.model_validate_json(found[1]).transcript] == said


def test_a_handoff_that_an_older_version_stored_goes_on(guard: Guard) -> None:
    first = guard.review(_said("I want to speak to a manager."))
    assert isinstance(first, Withheld)
    found = guard.desk.packet(first.receipt.id)
    assert found is not None
    old = {k: v for k, v in json.loads(found[1]).items() if k in ("case", "transcript", "reason_code")}
    with sqlite3.connect(guard.settings.home / "handoffs.db") as db:
        db.execute("update handoffs set packet = ?", (json.dumps(old),))

    again = guard.review(_said("I want to speak to a manager.", first.reply, "Still here. A manager!"))

    assert isinstance(again, Withheld)
    assert again.receipt.id == first.receipt.id


def test_processes_on_turns_of_one_conversation_open_it_once(tmp_path: Path, store: str) -> None:
    code = (
        "import sys; from guard import Case, Guard, Turn\n"
        "said = ['I want a manager.', 'One moment.', 'A manager, please.', 'Soon.', 'A manager!', 'Yes.', 'A manager?']\n"
        "turns = tuple(Turn('assistant' if n % 2 else 'customer', t) for n, t in enumerate(said))[: 2 * int(sys.argv[1]) + 1]\n"
        "Guard.load().review(Case('c', turns, 'I understand.'))"
    )
    env = {**os.environ, "COMPASSION_GUARD_DATABASE_URL": store, "COMPASSION_GUARD_TENANT": "turns"}
    running = [subprocess.Popen([sys.executable, "-c", code, str(n)], cwd=ROOT, env=env) for n in range(4)]
    assert [p.wait() for p in running] == [0] * 4
    desk = Desk(store, "turns")

    receipts = desk.open()
    found = desk.packet(receipts[0].id)
    assert found is not None
    assert len(receipts) == 1
    assert len(Packet.model_validate_json(found[1]).transcript) == 7
    desk.close()
