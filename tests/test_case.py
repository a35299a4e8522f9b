"""Reading cases from outside."""

import pytest

from guard import Case, CaseError

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


def test_nul_and_lone_surrogates_do_not_travel_further() -> None:
    read = Case.from_record({**GOOD, "draft": "a\x00b\ud800c"})

    assert read.draft.encode()
    assert "\x00" not in read.draft
