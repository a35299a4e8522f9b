"""Recordings: found by the whole request and nothing else, clean of secrets, and never a way around a miss."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import httpx2
import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError
from openai.types.chat import ChatCompletion

from guard.errors import EvalError
from guard.evaluation.misses import take_answers, write_misses
from guard.evaluation.recording import Line, Recorder, RecordingMissError
from guard.evaluation.results import RunMode
from guard.evaluation.sources import merged, source_of
from guard.evaluation.tape import Provenance, Recording, Tape, key_of, scrubbed, usage_of
from guard.model.background import soon
from guard.model.bounded import MOST_BYTES
from tests.stub import Stub, completion

if TYPE_CHECKING:
    from pydantic import JsonValue

KEY = "sk-0123456789abcdefghij"
PLAIN = "opensesame"
"""A key of no known form."""
USAGE = {"usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}}
SOURCE = Provenance(by="a test", model="stub", at="2026-11-25T10:00:00+00:00", how="made up")


class Desk:
    """The real SDK, through a recorder, to a model on loopback."""

    def __init__(self, folder: Path, stub: Stub, mode: RunMode, base: str | None = None) -> None:
        self.tape = Tape(folder, "small", [KEY, PLAIN])
        self.recorder = Recorder(
            mode,
            self.tape,
            httpx2.AsyncHTTPTransport(),
            now=lambda: datetime(2026, 11, 25, 10, 0, tzinfo=UTC),
        )
        self.line = Line(self.recorder)
        self.calls = self.line.begin(0)
        http = DefaultAsyncHttpxClient(transport=self.line.transport())
        self.client = AsyncOpenAI(base_url=base or stub.url, api_key=KEY, max_retries=0, http_client=http)

    def ask(self, text: str = "Hello?", temperature: float = 0.0) -> ChatCompletion:
        return soon(self.asked(text, temperature)).result()

    async def asked(self, text: str, temperature: float) -> ChatCompletion:
        return await self.client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": text}], temperature=temperature
        )

    def close(self) -> None:
        soon(self.client.close()).result()
        self.recorder.close()


@pytest.fixture
def recorded(tmp_path: Path, stub: Stub) -> Path:
    """A folder with one recording, of "Hello?"."""
    stub.answer = (200, completion("Good morning.") | USAGE)
    desk = Desk(tmp_path, stub, "record-missing")
    desk.ask()
    desk.close()
    stub.requests.clear()
    return tmp_path


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "small.jsonl").read_text(encoding="utf-8").splitlines()]


def recording(key: str, **told: object) -> Recording:
    return Recording.model_validate(
        {"key": key, "prompt": "", "model": "m", "response": {}, "usage": None, "provenance": SOURCE} | told
    )


def test_a_replay_answers_as_the_endpoint_did_without_a_network(recorded: Path, stub: Stub) -> None:
    desk = Desk(recorded, stub, "replay")

    told = desk.ask()

    assert told.choices[0].message.content == "Good morning."
    assert told.usage is not None
    assert told.usage.prompt_tokens == 9
    assert stub.calls == 0
    assert (desk.calls.replayed, desk.calls.missed) == (1, 0)
    desk.calls.settle()
    desk.close()


def test_host_headers_and_key_are_no_part_of_what_is_found(recorded: Path, stub: Stub) -> None:
    desk = Desk(recorded, stub, "replay", base="http://elsewhere.invalid/gateway/v1")
    desk.client = desk.client.with_options(api_key="another", default_headers={"x-team": "b"})

    assert desk.ask().choices[0].message.content == "Good morning."
    desk.close()


@pytest.mark.parametrize(("text", "temperature"), [("Hello!", 0.0), ("Hello?", 0.1)])
def test_any_change_of_the_request_is_a_miss(
    recorded: Path, stub: Stub, text: str, temperature: float
) -> None:
    desk = Desk(recorded, stub, "replay")

    with pytest.raises(Exception, match="there is no recording of this request"):
        desk.ask(text, temperature)

    assert stub.calls == 0
    with pytest.raises(RecordingMissError, match="no recording of 1 of its requests"):
        desk.calls.settle()
    desk.close()


def test_a_miss_is_not_tried_again(recorded: Path, stub: Stub) -> None:
    desk = Desk(recorded, stub, "replay")
    desk.client = desk.client.with_options(max_retries=5)

    with pytest.raises(Exception, match="no recording"):
        desk.ask("Hello!")

    assert desk.calls.missed == 1
    desk.close()


def test_another_epoch_has_another_answer(recorded: Path, stub: Stub) -> None:
    desk = Desk(recorded, stub, "replay")
    calls = desk.line.begin(1)

    with pytest.raises(Exception, match="no recording"):
        desk.ask()

    assert calls.missed == 1
    desk.close()


def test_only_what_is_missing_is_asked_for(recorded: Path, stub: Stub) -> None:
    stub.answer = (200, completion("Bye.") | USAGE)
    desk = Desk(recorded, stub, "record-missing")

    told = [desk.ask("Hello?"), desk.ask("Bye!"), desk.ask("Bye!")]

    assert [t.choices[0].message.content for t in told] == ["Good morning.", "Bye.", "Bye."]
    assert stub.calls == 1
    desk.close()
    assert len(lines(recorded)) == 2


def test_live_asks_always_and_records_nothing(recorded: Path, stub: Stub) -> None:
    desk = Desk(recorded, stub, "live")

    desk.ask()

    assert stub.calls == 1
    assert desk.calls.replayed == 0
    desk.close()
    assert len(lines(recorded)) == 1


def test_a_recording_says_where_it_comes_from(recorded: Path) -> None:
    [line] = lines(recorded)

    assert line["provenance"] == {
        "by": "compassion-guard eval run",
        "model": "stub",
        "at": "2026-11-25T10:00:00+00:00",
        "how": "recorded from the endpoint's answer",
    }
    assert line["usage"] == {"input_tokens": 9, "output_tokens": 3}


def test_the_oldest_recording_that_answered_is_remembered(recorded: Path, stub: Stub) -> None:
    desk = Desk(recorded, stub, "replay")
    assert desk.recorder.oldest is None

    desk.ask()

    assert desk.recorder.oldest == "2026-11-25T10:00:00+00:00"
    assert desk.recorder.models == {"stub"}
    desk.close()


def test_a_recording_without_its_source_is_refused_with_its_place(recorded: Path) -> None:
    [line] = lines(recorded)
    (recorded / "small.jsonl").write_text(json.dumps({**line, "provenance": None}) + "\n", encoding="utf-8")

    with pytest.raises(EvalError, match=r"small\.jsonl:1: provenance: "):
        Tape(recorded, "small")


def test_two_answers_to_one_request_are_refused(recorded: Path) -> None:
    (recorded / "more.jsonl").write_bytes((recorded / "small.jsonl").read_bytes())

    with pytest.raises(EvalError, match=r"small\.jsonl:1: key \w+ is recorded twice"):
        Tape(recorded, "small")


def test_secrets_do_not_reach_the_file(tmp_path: Path, stub: Stub) -> None:
    stub.answer = (
        200,
        completion(f"Your keys are {KEY} and {PLAIN}.")
        | {
            "organization": "org-1",
            "nested": {"set-cookie": "a=b", "x_api_key": "k"},
            "note": "Bearer abcdefghijkl",
        },
    )
    stub.headers = {"set-cookie": "session=1", "openai-organization": "org-secret"}
    desk = Desk(tmp_path, stub, "record-missing")
    desk.ask()
    desk.close()

    text = (tmp_path / "small.jsonl").read_text(encoding="utf-8")

    for secret in (KEY, PLAIN, "org-", "a=b", "session", '"k"', "abcdefghijkl", "127.0.0.1"):
        assert secret not in text
    assert "[removed]" in text


def test_what_only_looks_like_a_name_of_a_secret_stays() -> None:
    told: dict[str, JsonValue] = {"content": "task-0123456789abcdefghij", "cookies_eaten": 3}

    assert scrubbed(told) == told


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_a_failure_is_not_recorded_and_the_case_says_nothing(tmp_path: Path, stub: Stub, status: int) -> None:
    stub.answer = (status, {"error": {"message": "no"}})
    seen: list[tuple[int | None, float | None]] = []
    desk = Desk(tmp_path, stub, "record-missing")
    desk.recorder.saw = lambda told, wait: seen.append((told, wait))

    with pytest.raises(Exception, match="no"):
        desk.ask()

    assert len(desk.tape) == 0
    assert seen == [(status, None)]
    with pytest.raises(EvalError, match="endpoint failed"):
        desk.calls.settle()
    desk.close()


def test_a_failure_that_the_sdk_mended_is_none(tmp_path: Path, stub: Stub) -> None:
    stub.script = [(503, {"error": {"message": "busy"}})]
    stub.headers = {"retry-after-ms": "1"}
    stub.answer = (200, completion("Good morning."))
    desk = Desk(tmp_path, stub, "record-missing")
    desk.client = desk.client.with_options(max_retries=1)

    desk.ask()

    desk.calls.settle()
    assert len(desk.tape) == 1
    desk.close()


def test_an_endpoint_that_refuses_the_text_says_something_of_the_case_and_is_recorded(
    tmp_path: Path, stub: Stub
) -> None:
    stub.answer = (400, {"error": {"message": "filtered", "code": "content_filter"}})
    desk = Desk(tmp_path, stub, "record-missing")
    with pytest.raises(Exception, match="filtered"):
        desk.ask()
    desk.calls.settle()
    desk.close()

    again = Desk(tmp_path, stub, "replay")
    with pytest.raises(Exception, match="filtered"):
        again.ask()
    again.calls.settle()
    assert again.recorder.models == set()
    again.close()


def test_an_endpoint_that_nobody_reaches_fails_the_case(tmp_path: Path, stub: Stub) -> None:
    seen: list[int | None] = []
    desk = Desk(tmp_path, stub, "live", base="http://127.0.0.1:9/v1")
    desk.recorder.saw = lambda told, wait: seen.append(told)

    with pytest.raises(Exception, match="Connection error"):
        desk.ask()

    assert seen == [None]
    with pytest.raises(EvalError, match=r"endpoint failed: http://127\.0\.0\.1:9/v1 cannot be reached"):
        desk.calls.settle()
    desk.close()


@pytest.mark.parametrize(("status", "why"), [(401, "the key is refused"), (404, "no such model"), (503, "")])
def test_an_endpoint_that_fails_is_told_with_its_status_and_address_and_no_key(
    tmp_path: Path, stub: Stub, status: int, why: str
) -> None:
    stub.answer = (status, {"error": {"message": f"no {KEY}"}})
    desk = Desk(tmp_path, stub, "live", base=stub.url.replace("//", "//ada:secret@"))

    with pytest.raises(OpenAIError):
        desk.ask()
    with pytest.raises(EvalError) as told:
        desk.calls.settle()

    assert f"{stub.url} answers {status}" in str(told.value)
    assert why in str(told.value)
    assert KEY not in str(told.value)
    assert "secret" not in str(told.value)
    desk.close()


def test_two_that_record_at_once_lose_nothing_for_the_second_is_refused(tmp_path: Path) -> None:
    one, other = Tape(tmp_path, "small"), Tape(tmp_path, "small")
    one.claim()
    with pytest.raises(EvalError, match="another run is writing here now"):
        other.claim()
    one.add(recording("b"))
    one.close()

    other.claim()
    other.add(recording("a"))
    other.close()

    assert [told["key"] for told in lines(tmp_path)] == ["a", "b"]


def test_a_call_that_is_cut_off_fails_the_case_and_is_told_as_no_answer(tmp_path: Path, stub: Stub) -> None:
    begun, over = Event(), Event()

    def drip() -> Iterator[bytes]:
        begun.set()
        while not over.wait(0.02):
            yield b" "

    stub.pieces = drip
    seen: list[int | None] = []
    told = Event()

    def saw(status: int | None, wait: float | None) -> None:
        seen.append(status)
        told.set()

    desk = Desk(tmp_path, stub, "record-missing")
    desk.recorder.saw = saw
    asked = soon(desk.asked("Hello?", 0.0))
    assert begun.wait(8)
    asked.cancel()

    assert told.wait(8)
    assert stub.left.wait(8)
    over.set()
    assert seen == [None]
    assert len(desk.tape) == 0
    with pytest.raises(EvalError, match="endpoint failed"):
        desk.calls.settle()
    desk.close()


@pytest.mark.parametrize("status", [200, 503])
def test_an_answer_that_is_too_big_is_hung_up_on_and_fails_the_case(
    tmp_path: Path, stub: Stub, status: int
) -> None:
    said = [0]

    def say_on() -> Iterator[bytes]:
        while not stub.left.is_set() and said[0] < 64 * MOST_BYTES:
            said[0] += 65_536
            yield b" " * 65_536

    if status == 200:
        stub.pieces = say_on
    else:
        stub.answer = (status, b" " * (MOST_BYTES + 1))
    seen: list[int | None] = []
    desk = Desk(tmp_path, stub, "record-missing")
    desk.recorder.saw = lambda told, wait: seen.append(told)

    with suppress(OpenAIError):
        desk.ask()

    assert status != 200 or stub.left.wait(8)
    assert said[0] < 32 * MOST_BYTES  # what the sockets hold was said, too
    assert (seen, stub.calls, len(desk.tape)) == ([status], 1, 0)
    with pytest.raises(EvalError, match=rf"{stub.url} answers {status}, .*has more than 1,048,576 bytes"):
        desk.calls.settle()
    desk.close()


def test_an_answer_that_was_packed_unasked_fails_the_case_as_it_would_in_production(
    tmp_path: Path, stub: Stub
) -> None:
    stub.headers = {"content-encoding": "gzip"}
    stub.answer = (200, gzip.compress(json.dumps(completion("Good morning.")).encode()))
    desk = Desk(tmp_path, stub, "record-missing")

    desk.ask()

    with pytest.raises(EvalError, match="is compressed, which was not asked for"):
        desk.calls.settle()
    assert len(desk.tape) == 0
    desk.close()


def test_the_file_is_sorted_by_key_and_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text(recording("b").model_dump_json() + "\n", encoding="utf-8")
    tape = Tape(tmp_path, "small")
    for key in ("d", "a", "c", "b"):
        tape.add(recording(key))
    tape.close()

    assert [line["key"] for line in lines(tmp_path)] == ["a", "c", "d"]
    assert len(Tape(tmp_path, "small")) == 4


def test_many_threads_append_whole_lines_each_once(tmp_path: Path) -> None:
    tape = Tape(tmp_path, "small")

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: tape.add(recording(f"{n % 50:02}")), range(200)))

    assert sum(added) == 50
    assert len(lines(tmp_path)) == 50  # on the disk before the tape is closed
    tape.close()
    assert [line["key"] for line in lines(tmp_path)] == [f"{n:02}" for n in range(50)]


def test_a_line_that_a_kill_tore_is_dropped_and_recorded_again(recorded: Path) -> None:
    path = recorded / "small.jsonl"
    path.write_bytes(path.read_bytes() + b'{"key": "torn", "resp')

    tape = Tape(recorded, "small")
    tape.add(recording("torn"))
    tape.close()

    assert len(lines(recorded)) == 2


def test_the_order_of_a_bodys_keys_is_no_difference_and_the_resource_is() -> None:
    one = key_of("POST", "/v1/chat/completions", {"a": 1, "b": [2]})

    assert key_of("POST", "/openai/v1/chat/completions", {"b": [2], "a": 1}) == one
    assert key_of("POST", "/v1/responses", {"a": 1, "b": [2]}) != one
    assert key_of("GET", "/v1/chat/completions", {"a": 1, "b": [2]}) != one
    assert key_of("POST", "/v1/chat/completions", {"a": 1, "b": [2]}, epoch=1) != one


def test_tokens_are_read_in_either_dialect() -> None:
    chat, responses = (
        usage_of({"usage": {"prompt_tokens": 1, "completion_tokens": 2}}),
        usage_of({"usage": {"input_tokens": 1, "output_tokens": 2}}),
    )

    assert chat == responses
    assert usage_of({"usage": None}) is None
    assert usage_of({"usage": {"prompt_tokens": 1}}) is None


def test_misses_go_out_and_answers_come_in(tmp_path: Path, stub: Stub) -> None:
    desk = Desk(tmp_path, stub, "replay")
    with pytest.raises(Exception, match="no recording"):
        desk.ask("Where is it?")
    out = tmp_path / "misses.txt"
    assert write_misses(desk.recorder.misses.values(), out) == 1
    [miss] = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert miss["body"]["messages"] == [{"role": "user", "content": "Where is it?"}]
    answers = tmp_path / "answers.txt"
    told = {
        "key": miss["key"],
        "model": "not known",
        "content": "On its way.",
        "provenance": SOURCE.model_dump(),
    }
    answers.write_text(json.dumps(told) + "\n", encoding="utf-8")

    assert take_answers(answers, desk.tape) == (1, 0)
    assert take_answers(answers, desk.tape) == (0, 1)

    assert desk.ask("Where is it?").choices[0].message.content == "On its way."
    assert stub.calls == 0
    desk.close()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"provenance": None}, "provenance"),
        ({"content": None}, "needs content"),
        ({"response": {"id": "1"}}, "needs content"),
        ({"verdict": "ok"}, "verdict"),
    ],
)
def test_an_answer_that_lacks_something_is_refused_with_its_place(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    told = {"key": "k", "model": "m", "content": "Yes.", "provenance": SOURCE.model_dump()} | change
    path = tmp_path / "answers.txt"
    path.write_text(json.dumps(told) + "\n", encoding="utf-8")

    with pytest.raises(EvalError, match=rf"answers\.txt:1: .*{named}"):
        take_answers(path, Tape(tmp_path, "small"))


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_answer_without_an_end_of_its_line_is_taken_too(tmp_path: Path, end: str) -> None:
    told = [
        json.dumps({"key": key, "model": "m", "content": "Yes.", "provenance": SOURCE.model_dump()})
        for key in "ab"
    ]
    path, tape = tmp_path / "answers.txt", Tape(tmp_path, "small")
    path.write_text("\n".join(told) + end, encoding="utf-8")

    assert take_answers(path, tape) == (2, 0)
    tape.close()


@pytest.mark.parametrize("text", ["", "\n", "  "])
def test_a_file_without_an_answer_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.txt"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(EvalError, match=r"answers\.txt: holds no answer"):
        take_answers(path, Tape(tmp_path, "small"))


def test_a_folder_tells_where_its_answers_come_from(recorded: Path) -> None:
    later, earlier = (SOURCE.model_copy(update={"at": f"2026-11-{day}T10:00:00+00:00"}) for day in (27, 24))
    told = (recording("b"), recording("c", provenance=later), recording("d", provenance=earlier))
    lines = "".join(f"{one.model_dump_json()}\n" for one in told)
    (recorded / "other.jsonl").write_text(lines, encoding="utf-8")

    sources = merged(map(source_of, Tape(recorded, "small")))

    assert [(s.by, s.model, s.days, s.how, s.answers) for s in sources] == [
        ("a test", "stub", "2026-11-24 to 2026-11-27", "made up", 3),
        ("compassion-guard eval run", "stub", "2026-11-25", "recorded from the endpoint's answer", 1),
    ]
