"""Reading cases from outside."""

import pytest

from guard import Case, CaseError, Guard, ToolCall

GOOD: dict[str, object] = {"id": "1", "context": [{"role": "customer", "content": "hi"}], "draft": "hello"}


def test_a_chat_with_tool_results_is_a_case_with_evidence() -> None:
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "issue_refund", "arguments": '{"amount": 40}'},
    }
    messages = [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": [{"type": "text", "text": "refund me"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"ok": true}'},
    ]

    read = Case.from_record({"id": "1", "messages": messages, "draft": "done"})

    assert [(t.role, t.content) for t in read.turns] == [("customer", "refund me")]
    assert read.evidence is not None
    assert [(c.name, c.arguments, c.result) for c in read.evidence] == [
        ("issue_refund", '{"amount": 40}', '{"ok": true}')
    ]


def test_a_chat_without_tools_says_nothing_about_what_was_done() -> None:
    read = Case.from_record({"id": "1", "messages": [{"role": "user", "content": "hi"}], "draft": "x"})

    assert read.evidence is None


def test_a_chat_that_declares_tools_and_called_none_says_that_nothing_was_done() -> None:
    read = Case.from_record({"id": "1", "messages": [], "tools": [{"type": "function"}], "draft": "x"})

    assert read.evidence == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"draft": None}, "draft"),
        ({"context": [{"role": "robot", "content": "x"}]}, "context.0.role"),
        ({"context": "hi"}, "context"),
        ({"id": ""}, "id"),
        ({"actions": "not json"}, "actions"),
        ({"authority": ["refnd"]}, "authority.0"),
        ({"authority": [{"id": "refund", "does": "refund", "max_amout": 5}]}, "max_amout"),
        ({"preferences": {"tone": "warm"}}, "preferences.tone"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(CaseError, match=named):
        Case.from_record({**GOOD, **change})


@pytest.mark.parametrize("field", ["id", "draft"])
def test_what_was_written_stays_as_it_came(field: str) -> None:
    read = Case.from_record({**GOOD, field: "a\x00b\ud800c"})

    assert getattr(read, field) == "a\x00b\ud800c"


CALL = {"id": "c1", "function": {"name": "issue_refund", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (5, "messages.0: "),
        ({"role": ["x"]}, "messages.0.role"),
        ({"role": "user"}, "messages.0.content: .* null"),
        ({"role": "user", "content": None}, "messages.0.content: .* null"),
        ({"role": "user", "content": 5}, "messages.0.content: .* a number"),
        ({"role": "user", "content": []}, "messages.0.content: .* empty"),
        ({"role": "user", "content": {"text": "x"}}, "messages.0.content: .* an object"),
        ({"role": "user", "content": ["x"]}, "messages.0.content.0: .* text"),
        ({"role": "user", "content": [{"type": "text", "text": 5}]}, "messages.0.content.0.text"),
        ({"role": "user", "content": [{"type": 5}]}, "messages.0.content.0.type"),
        ({"role": "assistant", "content": True}, "messages.0.content: .* true or false"),
        ({"role": "assistant", "tool_calls": 5}, "messages.0.tool_calls: .* a number"),
        ({"role": "assistant", "tool_calls": True}, "messages.0.tool_calls: .* true or false"),
        ({"role": "assistant", "tool_calls": {"id": "1"}}, "messages.0.tool_calls: .* an object"),
        ({"role": "assistant", "tool_calls": [5]}, "messages.0.tool_calls.0: .* a number"),
        ({"role": "assistant", "tool_calls": [{**CALL, "id": 5}]}, "messages.0.tool_calls.0.id"),
        ({"role": "assistant", "tool_calls": [{"function": {"name": 5}}]}, "tool_calls.0.function.name"),
        ({"role": "assistant", "tool_calls": [{"function": {"name": ""}}]}, "tool_calls.0.function.name"),
        ({"role": "assistant", "function_call": 5}, "messages.0.function_call: .* a number"),
        ({"role": "assistant", "function_call": {"name": None}}, "messages.0.function_call.name"),
        ({"role": "tool", "tool_call_id": 5, "content": "x"}, "messages.0.tool_call_id"),
        ({"role": "tool", "tool_call_id": "t", "name": 5, "content": "x"}, "messages.0.name"),
        ({"role": "tool", "tool_call_id": "t", "content": 5}, "messages.0.content: .* a number"),
    ],
)
def test_a_message_of_an_odd_shape_is_named_and_no_traceback(message: object, named: str) -> None:
    with pytest.raises(CaseError, match=named):
        Case.from_record({"id": "1", "messages": [message], "draft": "x"})


def test_tools_of_an_odd_type_are_named() -> None:
    with pytest.raises(CaseError, match="tools: expected a list"):
        Case.from_record({"id": "1", "messages": [], "tools": 5, "draft": "x"})


@pytest.mark.parametrize(
    ("parts", "content"),
    [
        ([{"type": "image_url", "image_url": {"url": "x"}}], "[image]"),
        ([{"type": "input_audio"}], "[audio]"),
        ([{"type": "hologram"}], "[attachment]"),
        ([{"type": "text", "text": "see"}, {"type": "image_url"}], "see\n[image]"),
    ],
)
def test_a_picture_stays_visible_in_the_turn(parts: list[object], content: str) -> None:
    read = Case.from_record({"id": "1", "messages": [{"role": "user", "content": parts}], "draft": "x"})

    assert read.customer_turns() == (content,)


def test_who_sends_only_a_picture_has_asked_for_something(guard: Guard) -> None:
    message = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}

    outcome = guard.review(
        Case.from_record({"id": "1", "messages": [message], "draft": "I am so sorry to see that."})
    )

    assert outcome.judgement.decision != "send"


def test_actions_null_does_not_hide_the_results_that_the_messages_show() -> None:
    messages = [
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "Error: declined"},
    ]

    read = Case.from_record({"id": "1", "messages": messages, "draft": "x", "actions": None})

    assert [(c.name, c.result) for c in read.evidence or ()] == [("issue_refund", "Error: declined")]


def test_the_older_function_call_and_its_result_are_read_like_a_tool_call() -> None:
    messages = [
        {"role": "assistant", "content": None, "function_call": {"name": "issue_refund", "arguments": "{}"}},
        {"role": "function", "name": "issue_refund", "content": "refunded"},
    ]

    read = Case.from_record({"id": "1", "messages": messages, "draft": "x"})

    assert read.evidence == (ToolCall("issue_refund", "{}", "refunded"),)


def test_declared_functions_that_nobody_called_say_that_nothing_was_done() -> None:
    read = Case.from_record({"id": "1", "messages": [], "functions": [{"name": "refund"}], "draft": "x"})

    assert read.evidence == ()


@pytest.mark.parametrize("id", [None, "same"])
def test_a_result_belongs_to_the_call_of_its_own_message_when_ids_are_missing_or_used_again(
    id: str | None,
) -> None:
    def called(name: str, result: str) -> list[object]:
        call = {"id": id, "function": {"name": name, "arguments": "{}"}}
        return [
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": id, "content": result},
        ]

    messages = [*called("issue_refund", "declined"), *called("get_order", "found")]
    read = Case.from_record({"id": "1", "messages": messages, "draft": "x"})

    assert [(c.name, c.result) for c in read.evidence or ()] == [
        ("issue_refund", "declined"),
        ("get_order", "found"),
    ]


def test_results_without_ids_answer_the_calls_of_a_message_in_their_order() -> None:
    calls = [{"function": {"name": name, "arguments": "{}"}} for name in ("issue_refund", "get_order")]
    messages = [
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "content": "declined"},
        {"role": "tool", "content": "found"},
    ]

    read = Case.from_record({"id": "1", "messages": messages, "draft": "x"})

    assert [(c.name, c.result) for c in read.evidence or ()] == [
        ("issue_refund", "declined"),
        ("get_order", "found"),
    ]


def test_a_second_answer_to_one_call_does_not_wipe_the_first() -> None:
    answers = [{"role": "tool", "tool_call_id": "c1", "content": told} for told in ("declined", "refunded")]

    read = Case.from_record(
        {"id": "1", "messages": [{"role": "assistant", "tool_calls": [CALL]}, *answers], "draft": "x"}
    )

    assert [c.result for c in read.evidence or ()] == ["declined", "refunded"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"actions": [{"name": "refund", "ok": "yes"}]}, "actions.0.ok"),
        ({"actions": [{"name": "refund", "ok": 1}]}, "actions.0.ok"),
        ({"authority": [{"id": "refund", "does": "refund", "max_amount": "50"}]}, "max_amount"),
        ({"authority": [{"id": "refund", "does": "refund", "max_amount": True}]}, "max_amount"),
    ],
)
def test_numbers_and_booleans_of_a_case_are_not_guessed(change: dict[str, object], named: str) -> None:
    with pytest.raises(CaseError, match=named):
        Case.from_record({**GOOD, **change})


def test_two_actions_with_one_id_in_an_authority_are_both_named() -> None:
    one = {"id": "refund", "does": "refund", "max_amount": 50}
    twice = [one, {**one, "max_amount": 5000}]

    with pytest.raises(CaseError, match=r"authority\.1: 'refund' is the id of authority\.0"):
        Case.from_record({**GOOD, "authority": twice})


def test_a_conversation_that_is_given_twice_is_refused() -> None:
    line = {
        "id": "1",
        "context": [],
        "messages": [{"role": "user", "content": "A human!"}],
        "draft": "Sorry.",
    }

    with pytest.raises(CaseError, match="both context and messages"):
        Case.from_record(line)


def test_faults_are_told_in_the_words_of_json() -> None:
    for line in (
        {"id": "1", "context": [], "draft": "x", "actions": 5},
        {"id": "1", "context": [], "draft": "x", "authority": [{"id": "a"}]},
        {
            "id": "1",
            "context": [],
            "draft": "x",
            "authority": [{"id": "a", "does": "refund", "currency": "dollars"}],
        },
    ):
        with pytest.raises(CaseError) as caught:
            Case.from_record(line)
        assert not any(word in str(caught.value) for word in ("tuple", "Record", "function-", "NoneType"))


def test_no_preferences_are_no_fault() -> None:
    assert (
        Case.from_record({"id": "1", "context": [], "draft": "x", "preferences": None}).preferences.format
        == "prose"
    )


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ({"id": "1", "context": [], "draft": "x", "action": []}, "'actions' is"),
        ({"id": "1", "context": [], "draft": "x", "actions": [{"name": "a", "OK": False}]}, "'ok' is"),
        ({"id": "1", "context": [], "draft": "x", "actions": [{"name": "a", "args": {}}]}, "'arguments' is"),
    ],
)
def test_a_key_that_is_nearly_ours_is_not_dropped_in_silence(line: dict[str, object], named: str) -> None:
    with pytest.raises(CaseError, match=named):
        Case.from_record(line)


def test_keys_of_the_callers_own_are_left_alone() -> None:
    line = {"id": "1", "context": [], "draft": "x", "labels": {}, "source": "crm", "family": "a", "why": "b"}

    assert Case.from_record(line).id == "1"
