"""What a tool's result says of its call: whether it worked, in whatever wrapping, and whatever its shape."""

import pytest

from guard import ToolCall
from guard.ledger.evidence import entry
from guard.ledger.fields import as_float
from guard.ledger.prose import Result
from guard.ledger.values import differs


def refunded(result: str) -> Result:
    """How a refund went, by what the tool answered."""
    return entry(ToolCall("refund_order", '{"order": "12345", "amount": 40}', result)).result


@pytest.mark.parametrize("key", ["data", "response", "output", "content", "text", "result", "body"])
def test_a_failure_in_words_is_one_under_whatever_key_it_is_wrapped(key: str) -> None:
    assert refunded(f'{{"{key}": "Refund failed: card declined"}}') == "failed"
    assert refunded(f'{{"status": 200, "{key}": "Refund declined by bank"}}') == "failed"
    assert refunded(f'{{"status": 200, "{key}": "Refund processed."}}') == "worked"


def test_a_text_among_other_data_is_data_and_no_answer() -> None:
    note = ToolCall("add_note", "{}", '{"id": "n1", "body": "The refund of June failed."}')
    mail = ToolCall("send_email", "{}", '{"status": "sent", "body": "Your last payment failed."}')

    assert [entry(note).result, entry(mail).result] == ["worked", "worked"]


@pytest.mark.parametrize(
    "result",
    [
        '{"results": [{"ok": false}]}',
        '{"refunds": [{"status": "failed"}]}',
        '{"refunds": [{"status": "processed"}, {"status": "failed"}]}',
        '{"data": {"refunds": [{"status": "declined"}]}}',
        '{"data": [{"id": 1, "error": "no such order"}]}',
    ],
)
def test_a_failure_in_a_list_of_what_was_done_is_a_failure(result: str) -> None:
    assert refunded(result) == "failed"


@pytest.mark.parametrize(
    "result",
    [
        '{"refunds": [{"id": "R1", "status": "processed"}]}',
        '{"id": "R1", "refund_history": [{"status": "failed"}, {"status": "ok"}]}',
        '{"id": "R1", "status": "processed", "previous_status": "failed"}',
        '{"id": "R1", "shipments": [{"status": "failed"}]}',
    ],
)
def test_what_was_before_and_what_else_is_listed_is_no_failure_of_the_call(result: str) -> None:
    assert refunded(result) == "worked"


@pytest.mark.parametrize(
    "state",
    [
        "skipped",
        "in_review",
        "manual_review",
        "held",
        "reverted",
        "rolled_back",
        "unpaid",
        "n/a",
        "KO",
        "noop",
    ],
)
def test_a_state_that_speaks_of_no_success_shows_none(state: str) -> None:
    assert refunded(f'{{"id": "R1", "status": "{state}"}}') == "unclear"


@pytest.mark.parametrize(
    ("tool", "state"),
    [
        ("deactivate_line", "inactive"),
        ("hold_item", "held"),
        ("create_ticket", "triage"),
        ("reverse_fee", "reversed"),
    ],
)
def test_a_state_that_the_act_itself_brings_about_is_a_success(tool: str, state: str) -> None:
    assert entry(ToolCall(tool, "{}", f'{{"status": "{state}"}}')).result == "worked"


@pytest.mark.parametrize("state", ["posted", "active", "paid", "refunded", "SETTLED", "Credited"])
def test_a_state_that_a_thing_is_in_when_it_was_done_is_a_success(state: str) -> None:
    assert refunded(f'{{"id": "R1", "status": "{state}"}}') == "worked"


def test_a_change_leaves_the_thing_in_whatever_state_and_a_flag_outranks_a_strange_one() -> None:
    assert entry(ToolCall("update_booking", "{}", '{"status": "ticketed"}')).result == "worked"
    assert refunded('{"success": true, "status": "ticketed"}') == "worked"


def test_a_negative_status_is_an_error() -> None:
    assert refunded('{"status": -1}') == "failed"


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ('[{"error": "not found"}]', False),
        ('{"code": "ORD", "status": 500}', False),
        ('{"data": "Error: no such order"}', False),
        ('[{"id": 1}, {"error": "not found"}]', True),
        ('{"code": "ORD", "status": "failed"}', True),
    ],
)
def test_a_lookup_that_met_an_error_found_nothing(result: str, found: bool) -> None:
    assert (entry(ToolCall("get_order", "{}", result)).result == "worked") is found


@pytest.mark.parametrize("key", ["result", "data", "refund"])
def test_a_result_nested_a_thousand_deep_is_read_to_an_end(key: str) -> None:
    for deep in (325, 900):
        assert refunded(f'{{"{key}": ' * deep + '{"ok": true}' + "}" * deep) == "worked"


@pytest.mark.parametrize(
    "cut",
    [
        '{"error": null, "status": "ok", "id": "R',
        '{"error":  null, "status": "ok", "id": "R',
        '{"errors": [], "id": "R',
    ],
)
def test_an_error_that_is_none_is_none_in_a_record_that_was_cut_too(cut: str) -> None:
    assert refunded(cut) == "worked"
    assert refunded(cut.replace("null", '"declined"').replace("[]", '["declined"]')) == "failed"


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (ToolCall("send_email", "{}", '{"id": "m1", "label": null}'), "worked"),
        (ToolCall("refund_order", "{}", '{"id": "R1", "credit": 0}'), "worked"),
        (ToolCall("refund_order", "{}", '{"id": "R1", "refunded": 0}'), "failed"),
        (ToolCall("refund_order", "{}", '{"id": "R1", "refund": null}'), "failed"),
        (ToolCall("book_table", "{}", '{"id": "B1", "booked": false}'), "failed"),
        (ToolCall("cancel_order", "{}", '{"id": "C1", "cancel": false}'), "failed"),
    ],
)
def test_an_empty_field_is_a_failure_only_where_it_says_whether_it_was_done(
    call: ToolCall, result: Result
) -> None:
    assert entry(call).result == result


def test_the_first_of_several_differences_is_told_in_every_run() -> None:
    both = ToolCall("set_name", '{"last": "Lind", "first": "Anna"}', '{"last": "Lund", "first": "Anne"}')

    assert differs("Her name is Anna Lind.", [entry(both)]) == (
        "set_name was asked for first=Anna and its result shows Anne"
    )


@pytest.mark.parametrize(
    ("written", "worth"),
    [
        ("1.234,50 €", 1234.5),
        ("12,50", 12.5),
        ("$1,234.50", 1234.5),
        ("1,234", 1234),
        ("-3.5", -3.5),
        ("three", None),
    ],
)
def test_a_sum_is_worth_the_same_with_a_decimal_point_and_a_comma(written: str, worth: float | None) -> None:
    assert as_float(written) == worth
