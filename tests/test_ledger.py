"""Claims against what was really called and what is really allowed."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

import pytest

from guard import Authority, Case, ToolCall, Turn
from guard.assessment import ANY_ACT, Assessment, Claim, ClaimKind, Customer, Sentence, Span
from guard.case import Action
from guard.judging.claims import claims_in
from guard.judging.sentences import split
from guard.judging.signals import signals_in
from guard.ledger.amounts import money_in
from guard.ledger.authority import read
from guard.ledger.check import checked
from guard.ledger.evidence import entry, worked
from guard.ledger.ids import not_the_customers
from guard.ledger.known import known
from guard.ledger.people import other_mail
from guard.ledger.values import differs
from guard.text import AMOUNT, DATE, ID, LINK

NOBODY = Authority()


def standing(
    told: str,
    *calls: ToolCall,
    act: str = ANY_ACT,
    kind: ClaimKind = "done",
    amounts: tuple[str, ...] = (),
    ids: tuple[str, ...] = (),
    may: tuple[str, ...] | None = None,
) -> str:
    """How a claim stands in a conversation that knows nothing, after these calls."""
    claim = Claim(kind, act, Span(told, 0, len(told)), amounts, ids)
    allowed = None if may is None else Authority(tuple(Action(f"a{n}", s) for n, s in enumerate(may)))
    case = Case("l", (Turn("customer", "Please do it."),), told, calls, allowed)
    seen = checked(Assessment(Customer("action"), claims=(claim,)), case, NOBODY)
    assert isinstance(seen, Assessment)
    return seen.claims[0].standing


@pytest.mark.parametrize(
    ("result", "good"),
    [
        ('{"id": "R1", "state": "cancelled"}', True),
        ("Error: payment method not found", False),
        ('{"status": "declined"}', False),
        ('{"status": "PENDING_SECOND_APPROVAL"}', False),
        ('{"status": "pending (items modified)"}', True),
        ('{"delivery": "bounced"}', False),
        ('{"released": false}', False),
        ('{"error": null, "ok": true}', True),
        ("timeout after 30 s, no ticket created", False),
        ("504 upstream timeout, no change applied", False),
    ],
)
def test_a_result_says_whether_a_call_worked(result: str, good: bool) -> None:
    assert worked(ToolCall("act", "{}", result)) is good


def test_the_result_outranks_the_arguments() -> None:
    call = ToolCall("update_booking", '{"ref": "K1", "cabin": "economy"}', '{"cabin": "basic_economy"}')

    assert differs("Your cabin is now economy.", [entry(c) for c in (call,)]) is not None
    assert differs("Your cabin is still basic economy.", [entry(c) for c in (call,)]) is None
    assert differs("Your seat is 4A.", [entry(c) for c in (call,)]) is None


def test_a_later_call_of_the_same_tool_mends_an_earlier_one() -> None:
    first = ToolCall("rebook", '{"date": "12"}', '{"date": "13"}')
    second = ToolCall("rebook", '{"date": "12"}', '{"date": "12"}')

    assert differs("You travel on the 12th.".replace("th", ""), [entry(c) for c in (first,)]) is not None
    assert (
        differs(
            "You travel on the 12.",
            [
                entry(c)
                for c in (
                    first,
                    second,
                )
            ],
        )
        is None
    )


@pytest.mark.parametrize(
    ("told", "call", "expected"),
    [
        ("I've booked it.", ToolCall("book_seat", "{}", '{"ok": true}'), "verified"),
        ("I've booked it.", ToolCall("book_seat", "{}", "Error: full"), "contradicted"),
        ("I've booked it.", ToolCall("get_seat", "{}", '{"free": 3}'), "ungrounded"),
        ("I've booked seat 4471.", ToolCall("book_seat", "{}", '{"seat": 4471}'), "verified"),
        ("I've booked seat 4471.", ToolCall("book_seat", "{}", '{"seat": 4417}'), "contradicted"),
        ("I've paid $1,200.", ToolCall("pay", '{"amount": 1200.0}', '{"ok": true}'), "verified"),
        ("I've paid, it takes 5 days.", ToolCall("pay", "{}", '{"ok": true}'), "verified"),
        ("I've paid it to the card ending 4242.", ToolCall("pay", "{}", '{"ok": true}'), "verified"),
        (
            "I've booked you on Saturday.",
            ToolCall("book_seat", '{"day": "Friday"}', '{"ok": true}'),
            "contradicted",
        ),
        (
            "I've booked you on Friday.",
            ToolCall("book_seat", '{"day": "Friday"}', '{"ok": true}'),
            "verified",
        ),
        ("1. I've paid.", ToolCall("pay", "{}", '{"ok": true}'), "verified"),
    ],
)
def test_a_done_claim_needs_a_call_that_shows_it(told: str, call: ToolCall, expected: str) -> None:
    assert standing(told, call) == expected


def test_an_act_needs_a_tool_of_its_kind() -> None:
    call = ToolCall("cancel_order", "{}", '{"ok": true}')

    assert standing("I've cancelled it.", call, act="cancel") == "verified"
    assert standing("I've emailed it.", call, act="send") == "ungrounded"


def test_another_order_in_the_call_is_another_matter() -> None:
    call = ToolCall("cancel_order", '{"id": "6620"}', '{"id": "6620", "state": "cancelled"}')

    assert (
        standing("Order 6621 is cancelled.", call, act="cancel", kind="standing", ids=("6621",)) != "verified"
    )
    assert (
        standing("Order 6620 is cancelled.", call, act="cancel", kind="standing", ids=("6620",)) == "verified"
    )


@pytest.mark.parametrize(
    ("may", "expected"),
    [
        (("May refund up to 50 euros.",), "verified"),
        (("May refund up to 30 euros.",), "unauthorised"),
        (("May offer a voucher for queues.",), "unauthorised"),
        (("May pass refund requests to the promoter, who decides.",), "unauthorised"),
        (("Downloads are never refunded by chat.", "May refund shipping."), "unauthorised"),
        (None, "unknown"),
    ],
)
def test_a_promise_needs_an_authority_that_covers_it(may: tuple[str, ...] | None, expected: str) -> None:
    told = "I will refund 40 euros."

    assert standing(told, act="refund", kind="promised", amounts=("40 euros",), may=may) == expected


REFUND_CALL = '{"order_id": "A1234"}'


@pytest.mark.parametrize(
    "result",
    [
        "Insufficient funds",
        "Internal Server Error",
        "Could not refund",
        "Refund was not processed",
        "Refund request failed.",
        "HTTP 500",
        "Unauthorized",
        "Traceback (most recent call last): ...",
        "Payment gateway timed out",
        "null",
        "false",
        "[]",
        '{"status": 500}',
        '{"ok": 0}',
        '{"success": "false"}',
        "{'success': False}",
        '{"isError": true}',
        '{"error_code": "E1"}',
        '{"detail": "Not found"}',
        '{"message": "Refund denied"}',
        '{"status": "pending"}',
        '{"status": "unsuccessful"}',
        '{"status": "cancelled"}',
        '{"refunded": 0}',
    ],
)
def test_a_call_that_did_not_work_never_verifies_a_claim(result: str) -> None:
    call = ToolCall("issue_refund", REFUND_CALL, result)

    got = standing("I've refunded your order A1234.", call, act="refund", ids=("A1234",))

    assert got in ("contradicted", "unknown")
    assert got == "contradicted" or "pending" in result


@pytest.mark.parametrize(
    "result",
    [
        '{"ok": true, "errors": {}}',
        '{"ok": true, "error": "none"}',
        '{"ok": true, "receipt": {"sent": false}}',
        "500 points credited",
        "Refunded",
    ],
)
def test_a_success_that_mentions_a_failure_word_is_a_success(result: str) -> None:
    assert standing("I've refunded it.", ToolCall("issue_refund", "{}", result), act="refund") == "verified"


@pytest.mark.parametrize(
    ("told", "act", "call"),
    [
        ("I've refunded it.", "refund", ToolCall("update_email", '{"email": "x"}', "ok")),
        ("I've refunded it.", "refund", ToolCall("cancel_subscription", '{"id": "s"}', "ok")),
        ("I've replaced your lamp.", "replace", ToolCall("order_status", "{}", '{"status": "delivered"}')),
        ("I've replaced your lamp.", "replace", ToolCall("retrieve_order", "{}", '{"status": "replaced"}')),
        ("I've shipped your order.", "ship", ToolCall("send_email", '{"to": "x"}', "sent")),
        ("Done!", ANY_ACT, ToolCall("kb_search", "{}", "3 hits")),
        ("I've refunded you $50.", "refund", ToolCall("refund_policy", "{}", "refunds up to $50")),
    ],
)
def test_a_call_about_something_else_backs_nothing(told: str, act: str, call: ToolCall) -> None:
    assert standing(told, call, act=act) == "ungrounded"


@pytest.mark.parametrize(
    ("told", "call", "ids", "amounts"),
    [
        (
            "I've refunded $500.",
            ToolCall("issue_refund", "{}", '{"refunded": 50, "order_total": 500}'),
            (),
            ("$500",),
        ),
        (
            "I've refunded orders A1234 and B5678.",
            ToolCall("issue_refund", REFUND_CALL, "ok"),
            ("A1234", "B5678"),
            (),
        ),
        (
            "I've refunded order 1234.",
            ToolCall("issue_refund", '{"order_id": "99123456"}', "ok"),
            ("1234",),
            (),
        ),
    ],
)
def test_another_amount_or_id_contradicts(
    told: str, call: ToolCall, ids: tuple[str, ...], amounts: tuple[str, ...]
) -> None:
    assert standing(told, call, act="refund", ids=ids, amounts=amounts) == "contradicted"


@pytest.mark.parametrize(
    ("told", "act", "calls"),
    [
        (
            "I've refunded $40, which takes 10–14 business days.",
            "refund",
            [("issue_refund", '{"amount": 40}', "ok")],
        ),
        ("I've refunded $40.", "refund", [("issue_refund", '{"amount": 40}', '{"amount": 4000}')]),
        ("I've refunded €40,50.", "refund", [("issue_refund", '{"amount": 40.5}', "ok")]),
        (
            "I've refunded $60 in total.",
            "refund",
            [("issue_refund", '{"amount": 40}', "ok"), ("issue_refund", '{"amount": 20}', "ok")],
        ),
        (
            "I've cancelled your order.",
            "cancel",
            [("update_order", '{"status": "cancelled"}', '{"status": "success"}')],
        ),
        (
            "I've refunded order A12345.",
            "refund",
            [("issue_refund", '{"id": "A12345"}', '{"id": "re_987654"}')],
        ),
        (
            "I've sent the refund confirmation.",
            "send",
            [("send_email", '{"message": "Refund confirmation"}', '{"message": "queued"}')],
        ),
        (
            "I've booked you for 14:00.",
            "book",
            [("book_slot", '{"time": "14:00"}', '{"time": "2025-05-03T14:00:00Z"}')],
        ),
        (
            "I've reset your password; the link works for 24h.",
            "unlock",
            [("reset_password", '{"user": "x"}', "ok")],
        ),
        (
            "I've passed your case to our billing team.",
            "hand over",
            [("assign_to_team", '{"team": "billing"}', "ok")],
        ),
        ("Your order has been dispatched.", "ship", [("order_status", "{}", '{"status": "shipped"}')]),
    ],
)
def test_an_honest_reply_is_verified(told: str, act: str, calls: list[tuple[str, str, str]]) -> None:
    ids = tuple(t.strip(".,;") for t in told.split() if any(c.isdigit() for c in t))

    assert standing(told, *(ToolCall(*c) for c in calls), act=act, ids=ids) == "verified"


def promise(told: str, *actions: Action, act: str = "refund") -> str:
    """How a promise stands where these actions are all that is allowed."""
    claim = Claim("promised", act, Span(told, 0, len(told)))
    case = Case("l", (Turn("customer", "Refund my $300 lamp."),), told, None, Authority(actions))
    seen = checked(Assessment(Customer("action"), claims=(claim,)), case, NOBODY)
    assert isinstance(seen, Assessment)
    return seen.claims[0].standing


TO_50 = Action("refund", "refund an order", max_amount=50, currency="USD")


@pytest.mark.parametrize(
    "told",
    [
        "I will refund you $5k.",
        "I will refund you $5 000.",
        "I will refund you 5.000 EUR.",
        "I will refund you £45.",
        "I will refund you five hundred dollars.",
        "I will refund you 500 bucks.",
        "I will refund you 500$.",
        "I will refund you 5000.",
        "I will refund you $50 now, $50 tomorrow and $50 next week.",
        "I will refund the full price.",
    ],
)
@pytest.mark.parametrize(
    "actions", [(TO_50,), (TO_50, Action("talk", "may explain the refund policy"))], ids=["one", "two"]
)
def test_a_promise_above_the_authority_is_unauthorised_in_any_spelling(
    told: str, actions: tuple[Action, ...]
) -> None:
    assert promise(told, *actions) == "unauthorised"


def test_an_explanation_a_share_and_a_deadline_bound_a_promise_too() -> None:
    assert promise("I will refund you $5000.", Action("a", "may explain the refund policy")) == "unauthorised"
    share = Action("a", "give a discount of up to 10%")
    assert promise("I will give you a 90% discount.", share, act="compensate") == "unauthorised"
    assert promise("I will give you a 10% discount.", share, act="compensate") == "verified"
    later = Action("a", "refund an order", deadline="within 5 business days")
    assert promise("I will refund you within 1 hour.", later) == "unauthorised"
    assert promise("I will refund you within 5 business days.", later) == "verified"


def test_what_a_thing_cost_and_how_old_it_is_are_no_promise_and_no_limit() -> None:
    assert promise("I can refund $45 of your $300 order.", TO_50) == "verified"
    assert promise("I can refund you $45.", Action("a", "may refund orders under 30 days old")) == "unknown"


@pytest.mark.parametrize(
    "does",
    [
        "Agents do not issue refunds for opened items",
        "Refunds are prohibited",
        "Don't refund anything",
        "Refunds require manager approval",
        "Only a supervisor refunds orders",
        "refuse refunds",
        "Refunds are made by the finance team",
        "customers may refund lamps in store",
    ],
)
def test_a_sentence_that_is_no_clear_permission_grants_nothing(does: str) -> None:
    assert promise("I will refund your order.", Action("a", does)) == "unauthorised"
    assert read(Action("a", does)).says is None


def test_a_prohibition_wins_over_a_permission_of_the_same_act() -> None:
    assert promise("I will refund you $20.", TO_50, Action("b", "Never refund downloads")) == "unauthorised"


@pytest.mark.parametrize(
    "told", ["I've refunded your order A1234. " * 400, "$5 000 " * 2000, "a hundred " * 2000]
)
def test_a_long_claim_is_weighed_in_linear_time(told: str) -> None:
    start = perf_counter()
    standing(told, ToolCall("issue_refund", REFUND_CALL, "ok " * 3000), act="refund")

    assert perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ("Your subscription is cancelled, right?", ["standing"]),
        ("I've refunded your $80 already, is there anything else?", ["done"]),
        ("Your subscription has been cancelled if you check your account.", ["done"]),
        ("If the order was cancelled, the refund takes 5 days.", []),
        ("Once it has been cancelled, you hear from us.", []),
        ("Shall I refund you?", ["offered"]),
        ("I will refund you once I have the number.", ["promised"]),
    ],
)
def test_a_small_word_hides_no_claim_and_a_condition_makes_none(told: str, kinds: list[str]) -> None:
    found = claims_in((Sentence(Span(told, 0, len(told)), "answer"),))

    assert [c.kind for c in found] == kinds


def test_an_answer_without_an_act_claims_none_even_where_the_judge_reads_one() -> None:
    told = "We're open 9 to 5, Monday to Friday."

    assert claims_in((Sentence(Span(told, 0, len(told)), "action_done"),)) == ()


@pytest.mark.parametrize(
    "result",
    [
        '{"refund": {"status": "failed"}}',
        '{"refund_status": "rejected"}',
        '{"refundStatus": "FAILED"}',
        '{"id": "r1", "payment_state": "declined"}',
        '[{"status": "ok"}, {"status": "failed"}]',
        '{"dry_run": true, "status": "ok"}',
        "Refund limit reached, agent must take over",
        "Customer account is locked",
        '{"message": "Please verify the customer first"}',
    ],
)
def test_a_failure_inside_a_result_is_a_failure(result: str) -> None:
    assert not worked(ToolCall("issue_refund", "{}", result))


@pytest.mark.parametrize("status", ['"²"', "1" + "0" * 400, '"1e999"'])
def test_a_status_that_is_no_number_ends_nothing(status: str) -> None:
    assert worked(ToolCall("issue_refund", "{}", f'{{"status": {status}}}')) in (True, False)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Ends what has not ended by then; Python asks for signals inside a regular expression too."""

    def too_long(*_: object) -> None:
        pytest.fail(f"not at its end after {seconds} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def needs(what: str) -> Callable[[str], object]:
    return lambda text: known(what, Case("k", (Turn("customer", text),), "Hello."))


def mails(text: str) -> object:
    return other_mail("sent to ana@example.com", [entry(ToolCall("send_mail", text, "ok"))])


def whose(text: str) -> object:
    case = Case("w", (Turn("customer", text),), "I've cancelled it.")
    claim = Claim("done", "cancel", Span(case.draft, 0, len(case.draft)))
    calls = (entry(ToolCall("cancel_order", '{"id": "44110"}', "ok")),)
    return not_the_customers(claim, case, "i've cancelled it.", list(calls), calls)


def refunds(result: str) -> object:
    told = "I've refunded order 44110."
    return standing(told, ToolCall("refund", "{}", result), act="refund", ids=("44110",))


def turn(text: str) -> object:
    return signals_in(((0, text),))


def same(text: str) -> object:
    one = ToolCall("set_name", f'{{"name": "{text}"}}', f'{{"name": "{text} 2"}}')
    return differs("The name is 1.", [entry(one)])


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no alarm on this system")
@pytest.mark.parametrize(
    ("read_it", "piece", "end"),
    [
        pytest.param(turn, "1,", "", id="a figure that never ends"),
        pytest.param(turn, "1,,", "", id="a figure with gaps"),
        pytest.param(turn, "wrong order ", "", id="a signal half said"),
        pytest.param(split, "?", "x", id="questions that end no sentence"),
        pytest.param(split, "mr. ", "x", id="abbreviations"),
        pytest.param(needs("serial number"), "serial", "", id="a serial number that never comes"),
        pytest.param(needs("serial number"), "serial a", "", id="several of them"),
        pytest.param(needs("order number"), "?", "x", id="a question that does not end"),
        pytest.param(needs("email"), "a", "", id="a mail address that never comes"),
        pytest.param(needs("email"), "a@", "", id="several of them at once"),
        pytest.param(needs("phone"), "phone 1 ", "", id="a phone number that never comes"),
        pytest.param(money_in, "one ", "", id="number words"),
        pytest.param(money_in, "a hundred and ", "", id="large number words"),
        pytest.param(money_in, "111 ", "", id="groups of digits"),
        pytest.param(money_in, "1,", "", id="digits and commas"),
        pytest.param(mails, "a", "", id="a mail address in the arguments"),
        pytest.param(whose, "a", "", id="an id without a digit"),
        pytest.param(refunds, "refunded ", "", id="one word in a result"),
        pytest.param(refunds, "1 ", "", id="numbers in a result"),
        pytest.param(same, "1", "!", id="a value of digits"),
        pytest.param(lambda text: list(ID.finditer(text)), "A-", "", id="the parts of an id"),
        pytest.param(lambda text: list(LINK.finditer(text)), "a.", "", id="the parts of a mail address"),
        pytest.param(lambda text: list(LINK.finditer(text)), "www.", "", id="the beginning of a link"),
        pytest.param(lambda text: list(DATE.finditer(text)), "1-", "", id="the parts of a date"),
        pytest.param(lambda text: list(AMOUNT.finditer(text)), "1.", "", id="the parts of an amount"),
    ],
)
def test_no_text_of_whatever_length_keeps_a_reader_busy(
    read_it: Callable[[str], object], piece: str, end: str
) -> None:
    """What grows with the square of a text takes minutes at the last of these lengths."""
    ended: list[int] = []
    with at_most(20):
        for length in (20_000, 40_000, 300_000):
            read_it(piece * (length // len(piece)) + end)
            ended.append(length)

    assert ended == [20_000, 40_000, 300_000]
