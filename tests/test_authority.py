"""What a sentence of the authority allows to promise, and what stands in between."""

import pytest

from guard import Action, Authority, Case, Turn
from guard.assessment import Assessment, Customer, Sentence, Span
from guard.judging.claims import claims_in
from guard.ledger.authority import read
from guard.ledger.check import checked

REFUND = Action("refund", "refund up to $50", max_amount=50)


def promises(*drafted: str, may: tuple[Action, ...]) -> list[str]:
    """How what these sentences promise stands, where this is all that is allowed."""
    text = " ".join(drafted)
    sentences = tuple(
        Sentence(Span(s, text.index(s), text.index(s) + len(s)), "action_commit") for s in drafted
    )
    case = Case("a", (Turn("customer", "My lamp broke."),), text, None, Authority(may))
    found = checked(Assessment(Customer("action"), sentences, claims_in(sentences)), case, Authority())
    assert isinstance(found, Assessment)
    return [c.standing for c in found.claims]


@pytest.mark.parametrize(
    "told",
    [
        "My manager rings you at 9.",
        "A colleague will call you within the hour.",
        "Our technician will contact you tomorrow.",
        "You get a free month, and I'll add it today.",
        "I'm granting you a discount of 20%.",
        "You'll have $500 back tomorrow.",
    ],
)
def test_who_may_refund_may_promise_nothing_else(told: str) -> None:
    assert "unauthorised" in promises(told, may=(REFUND,))


def test_who_may_refund_may_write_about_it() -> None:
    assert "unauthorised" not in promises("I'll refund $40 and email you once it's through.", may=(REFUND,))


@pytest.mark.parametrize(
    "does",
    [
        "refund an order for gold members",
        "refund an order bought in the last 30 days",
        "refund an order within 30 days of purchase",
        "refund an order (only for tier 2)",
        "refund an order after the parcel came back",
        "refund one order per year",
        "refund an order once the photo was checked",
        "refund new customers within 14 days after delivery",
    ],
)
def test_a_condition_that_nobody_can_check_is_neither_confirmed_nor_offered(does: str) -> None:
    grant = read(Action("r", does))

    assert grant.conditional
    assert grant.says is None
    assert promises("I will refund you today.", may=(Action("r", does),)) == ["unknown"]


@pytest.mark.parametrize(
    ("does", "hours"),
    [
        ("refund an order in 5 business days", 120),
        ("refund an order within 5 to 10 business days", 240),
        ("promise a call from an appraiser within 24 hours", 24),
        ("refund orders under 30 days old", None),
        ("refund an order", None),
    ],
)
def test_a_time_inside_the_sentence_is_the_time_that_may_be_promised(does: str, hours: float | None) -> None:
    assert read(Action("r", does)).hours == hours


def test_nobody_promises_sooner_than_the_sentence_says() -> None:
    may = (Action("r", "promise a call from an appraiser within 24 hours"),)

    assert promises("An appraiser will call you within the hour.", may=may) == ["unauthorised"]
    assert promises("An appraiser will call you within 24 hours.", may=may) == ["verified"]


def test_a_limit_in_brackets_holds() -> None:
    assert promises("I will refund you $80.", may=(Action("r", "refund an order (up to $50)"),)) == [
        "unauthorised"
    ]


def test_a_promise_on_top_counts_together_with_the_first() -> None:
    first = "I'll refund $40 today."

    assert promises(first, "I'll refund another $30 on Friday.", may=(REFUND,)) == [
        "verified",
        "unauthorised",
    ]
    assert promises(first, "The $40 refund will be on your card.", may=(REFUND,)) == ["verified", "verified"]


def test_a_promise_whose_facts_are_missing_is_not_confirmed() -> None:
    may = (Action("r", "refund an order", needs=("order number",)),)

    assert promises("I will refund you today.", may=may) == ["unknown"]


@pytest.mark.parametrize(
    ("when", "standing"),
    [
        ("by tomorrow", "unauthorised"),
        ("by five", "unauthorised"),
        ("by 5 pm", "unauthorised"),
        ("within 2 days", "unauthorised"),
        ("by Friday", "unknown"),
        ("by March 12", "unknown"),
        ("within 5 business days", "verified"),
        ("in 5 to 7 business days", "verified"),
    ],
)
def test_a_deadline_bounds_times_however_they_are_told(when: str, standing: str) -> None:
    may = (Action("r", "refund an order", deadline="within 5 business days"),)

    assert promises(f"I will refund you {when}.", may=may) == [standing]


def test_the_policys_own_list_forbids_what_it_does_not_cover_unless_a_tool_could_do_it() -> None:
    told = "I will cancel your contract today."
    sentence = Sentence(Span(told, 0, len(told)), "action_commit")
    claims = claims_in((sentence,))
    policy = Authority((REFUND,))

    for tools, expected in (((), "unauthorised"), (("cancel_contract",), "unknown")):
        case = Case("a", (Turn("customer", "Cancel it."),), told, tools=tools)
        found = checked(Assessment(Customer("action"), (sentence,), claims), case, policy)
        assert isinstance(found, Assessment)
        assert [c.standing for c in found.claims] == [expected]
