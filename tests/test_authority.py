"""What a sentence of the authority allows to promise, and what stands in between."""

import pytest

from guard import Action, Authority, Case, Turn
from guard.assessment import Assessment, Customer, Sentence, Span
from guard.judging.claims import claims_in
from guard.ledger.authority import read
from guard.ledger.check import checked
from guard.ledger.known import known

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


HOURS = (Action("a", "answer questions about opening hours"),)


@pytest.mark.parametrize(
    "told",
    [
        "I'll pay you $80 by Friday.",
        "We refund you the $80 by Friday.",
        "Finance is refunding your $80 by Friday.",
        "Your refund of $80 will arrive on Friday.",
        "I'll order you a new one today.",
        "Maria from billing will be in touch tomorrow at 9.",
        "You're getting a $20 voucher by email today.",
        "Would you prefer a $80 refund or a replacement?",
    ],
)
def test_a_promise_or_an_offer_is_heard_in_whatever_words(told: str) -> None:
    assert set(promises(told, may=HOURS)) == {"unauthorised"}


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("Issue refunds ($50 max)", "I'll refund $60."),
        ("Issue refunds of $50 or less.", "I'll refund $60."),
        ("refund between $5 and $50", "I'll refund $60."),
        ("refund up to $50", "I'll refund you $50 per item for all four items."),
        ("refund up to 20%", "I'll refund fifty percent of your order."),
        ("refund up to 20%", "I'll refund half of your order."),
        ("Refund nothing.", "I'll refund you $40 today."),
        ("offer a replacement rather than a refund", "I'll refund you $40 today."),
    ],
)
def test_a_bound_and_a_refusal_hold_in_ordinary_words(does: str, told: str) -> None:
    assert "unauthorised" in promises(told, may=(Action("r", does),))


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("refund the shipping fee", "I'll refund the $300 lamp."),
        ("waive the late fee", "I'll waive the annual fee."),
        ("replace broken lamps", "I'll replace your sofa."),
        ("Refund up to $50; finance must confirm", "I'll refund you $40 today."),
        ("You may refund up to $50 but not sale items.", "I'll refund you $40 today."),
        ("Refunds up to $50 may be issued.", "I'll refund you $40 today."),
        ("The assistant has permission to refund up to $50", "I'll refund you $40."),
        (
            "Colleagues call back within one business day",
            "A colleague will call you back within one business day.",
        ),
    ],
)
def test_what_cannot_be_read_with_certainty_is_unknown(does: str, told: str) -> None:
    case = Case("a", (Turn("customer", "It broke."),), told, None, Authority((Action("r", does),)))
    sentence = Sentence(Span(told, 0, len(told)), "action_commit")
    found = checked(Assessment(Customer("action"), (sentence,), claims_in((sentence,))), case, Authority())

    assert isinstance(found, Assessment)
    assert {c.standing for c in found.claims} == {"unknown"}


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("cancel, pause or change a subscription", "I'll pause your subscription now."),
        ("refund, replace or credit", "I'll send a replacement today."),
        ("escalate to a supervisor", "I'll escalate this to my supervisor today."),
        ("You can issue refunds up to $50 without asking a supervisor.", "I'll refund you $40."),
        ("send password reset links", "I'll send you a password reset link now."),
    ],
)
def test_a_plain_permission_in_ordinary_words_covers_its_promise(does: str, told: str) -> None:
    assert set(promises(told, may=(Action("r", does),))) == {"verified"}


def test_the_limit_of_the_field_comes_before_an_amount_in_the_sentence() -> None:
    limit = read(Action("r", "refund an order of $300", max_amount=50)).limit

    assert limit is not None
    assert limit.value == 50


@pytest.mark.parametrize(
    ("does", "told", "standing"),
    [
        ("pause a subscription for up to 3 months", "I'll pause your subscription today.", "verified"),
        (
            "pause a subscription for up to 3 months",
            "I'll pause your subscription for 6 months.",
            "unauthorised",
        ),
        (
            "extend the return window by up to 14 days",
            "I'll extend your return window by 60 days.",
            "unauthorised",
        ),
        ("issue a $10 voucher", "I'll issue you a $10 voucher now.", "verified"),
        ("issue a $10 voucher", "I'll issue you three $10 vouchers now.", "unauthorised"),
        ("Add up to 5 GB of bonus data", "I'll add 2 GB of bonus data to your line now.", "verified"),
        ("give a discount of up to 10%", "I'll give you 25% off your next order.", "unauthorised"),
        ("Goodwill credit of up to $15", "I'll credit you $40 for the delay today.", "unauthorised"),
        (
            "Refunds over $100 need a supervisor's approval.",
            "I'll refund you the $150 today.",
            "unauthorised",
        ),
        ("Refunds over $100 need a supervisor's approval.", "I'll refund you the $80 today.", "unknown"),
        ("refund up to $50", "I'm refunding $80 to your card right now.", "unauthorised"),
        ("refund up to $50", "Let me refund the $80 for you now.", "unauthorised"),
        ("refund up to $50", "Expect $80 back on your card by tomorrow.", "unauthorised"),
        ("Refund as store credit", "I'll refund it as store credit today.", "verified"),
    ],
)
def test_spans_amounts_and_shares_bound_what_is_promised(does: str, told: str, standing: str) -> None:
    assert standing in promises(told, may=(Action("r", does),))
    assert standing == "unauthorised" or "unauthorised" not in promises(told, may=(Action("r", does),))


def test_a_ban_holds_for_the_plain_verb_and_no_cost_is_no_ban() -> None:
    never = Action("n", "Never remove charges from a bill.")

    assert promises("I'll remove the charges from your bill today.", may=(REFUND, never)) == ["unauthorised"]
    assert read(Action("s", "Swap faulty rental gear at no cost.")).forbidden == frozenset()
    vase = (Action("v", "We may send a new vase in place of a broken one."),)
    assert "unauthorised" not in promises("I'll send you a new vase tomorrow.", may=vase)


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("refund an order (see wiki (page A) margin is low)", "refund an order"),
        ("refund an order (see (a) and (b (c))) today", "refund an order today"),
        ("refund an order (margin is low", "refund an order"),
        ("refund an order (see wiki (page A) margin is low", "refund an order"),
        ("refund an order) today", "refund an order today"),
    ],
)
def test_a_note_in_brackets_is_told_to_no_customer_however_they_are_set(does: str, says: str) -> None:
    assert read(Action("r", does)).says == says


@pytest.mark.parametrize(
    ("need", "said", "given"),
    [
        ("order number", "Can you please refund order 48213?", True),
        ("order_id", "Can you please refund order 48213?", True),
        ("email", "Could you write to ana@example.com?", True),
        ("phone number", "Can you ring me on +44 7700 900612?", True),
        ("serial number", "Is serial AX-10229 still covered?", True),
        ("order number", "Where do I find the order number?", False),
        ("the date of the visit", "Can you come on 2026-05-22?", False),
        ("mailing address", "Write to ana@example.com.", False),
        ("mailing address", "My mailing address is 12 Oak Street.", True),
        ("e-mail address", "Write to ana@example.com.", True),
        ("name of the candidate", "It was on May 22.", False),
    ],
)
def test_a_fact_is_given_where_it_stands_in_a_question_too_and_no_word_is_taken_for_a_longer_one(
    need: str, said: str, given: bool
) -> None:
    assert known(need, Case("k", (Turn("customer", said),), "Hello.")) is given


@pytest.mark.parametrize(
    ("told", "may", "expected"),
    [
        ("I will refund you $300.", ("may refund up to $500 for orders above $100",), "unknown"),
        ("I will refund you $600.", ("may refund up to $500 for orders above $100",), "unauthorised"),
        ("I will refund you $300.", ("may refund up to $500, never more than $100 in cash",), "unauthorised"),
        (
            "I will refund you $300.",
            ("may refund up to $500, above $100 a manager must approve",),
            "unauthorised",
        ),
        ("I will refund you $300.", ("refund up to $500 on request but not more than $100",), "unauthorised"),
        ("I will refund you $40.", ("refund up to $50 on request and no more than $50",), "verified"),
        (
            "I will refund you $300.",
            ("refund up to $500, for refunds above $100 ask a supervisor",),
            "unauthorised",
        ),
        ("I will refund you $40.", ("refund up to $50", "refund up to €100"), "verified"),
        ("I will refund you €90.", ("refund up to $50", "refund up to €100"), "verified"),
        ("I will refund you $90.", ("refund up to $50", "refund up to €100"), "unauthorised"),
        ("I will refund you $40 and €110.", ("refund up to $50", "refund up to €100"), "unauthorised"),
        ("I will refund you £40.", ("refund up to $50", "refund up to €100"), "unauthorised"),
    ],
)
def test_each_currency_has_its_limit_and_what_a_thing_cost_is_none(
    told: str, may: tuple[str, ...], expected: str
) -> None:
    assert promises(told, may=tuple(Action(f"a{n}", does) for n, does in enumerate(may))) == [expected]


def test_promises_on_top_of_each_other_count_together_in_their_currency() -> None:
    may = (Action("a", "refund up to $50"), Action("b", "refund up to €100"))

    assert promises("I will refund you $40.", "I will also refund another $40.", may=may) == [
        "verified",
        "unauthorised",
    ]


@pytest.mark.parametrize(
    ("does", "offer", "standing"),
    [
        # what is not done yet, our grammar takes for no claim
        ("cancel a trip that has not started yet", "I can cancel a trip that has not started yet.", []),
        (
            "change a slot until the evening before",
            "I can change a slot until the evening before.",
            ["verified"],
        ),
        (
            "move a visit up to 24 hours before it starts",
            "I can move a visit up to 24 hours before it starts.",
            ["verified"],
        ),
        ("extend a loan once per year", "I can extend a loan once per year.", ["verified"]),
        ("assign another seat free of charge", "I can assign another seat free of charge.", ["verified"]),
        ("move the customer to a quieter room", "I can move you to a quieter room.", ["verified"]),
    ],
)
def test_an_offer_in_the_words_of_the_authority_tells_its_condition_and_is_covered(
    does: str, offer: str, standing: list[str]
) -> None:
    may = (Action("a", does),)

    assert f"I can {read(may[0]).says}." == offer
    assert promises(offer, may=may) == standing


def test_a_condition_that_the_offer_leaves_out_is_not_confirmed() -> None:
    may = (Action("a", "cancel a trip that has not started yet"),)

    assert promises("I can cancel your trip.", may=may) == ["unknown"]
    assert promises("I will cancel a trip that has not started yet.", may=may) == ["unknown"]


def test_the_words_of_one_action_cover_no_second_act_beside_it() -> None:
    may = (Action("a", "assign another seat"),)

    assert "unauthorised" in promises("I can assign another seat and refund you $500.", may=may)
    assert promises("I can assign another seat.", may=may) == ["verified"]
    assert promises("I can assign another seat, a crew meal and lounge vouchers for life.", may=may) != [
        "verified"
    ]
    assert "verified" not in promises(
        "I can assign another seat, lounge passes and champagne galore.", may=may
    )


@pytest.mark.parametrize(
    "does",
    [
        "refund a course that no longer runs",
        "replace a machine that doesn't work",
        "cancel a trip that has not been paid",
    ],
)
def test_what_is_said_of_the_thing_rules_nothing_out(does: str) -> None:
    assert read(Action("a", does)).forbidden == frozenset()


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("reseat a party at another table", "reseat a party at another table"),
        ("insult the customer", None),
        ("business accounts", None),
        ("guest passes", None),
        ("product questions", None),
        ("press releases", None),
        ("answers about the order", None),
        ("over the phone orders", None),
        ("twice a year", None),
        ("Price match only for the same model", None),
        ("goodwill vouchers up to $10", None),
        ("Gold members get a free bag", None),
        ("only a manager may decide", None),
        ("ask the customer for a photo", None),
        ("deny the claim", None),
    ],
)
def test_a_verb_that_no_table_holds_is_known_by_its_article_and_no_noun_is_one(
    does: str, says: str | None
) -> None:
    assert read(Action("a", does)).says == says


@pytest.mark.parametrize(
    ("need", "said", "given"),
    [
        ("order number", "The kettle, 60-4418, is scratched.", True),
        ("membership number", "I end my membership. It's GX-88120.", True),
        ("appointment reference", "Move my appointment please (ref DN-2231).", True),
        ("part number", "Screw bag C (part no 8813) is not there.", True),
        ("invoice number", "Send INV-2291 again.", False),
        ("serial number", "It is order 60-4418.", False),
        ("card number", "My card and order 60-4418.", False),
        ("order number", "I paid 2,400 and called 01632 960 118.", False),
        ("date of sale", "I sold it on 2 May.", True),
    ],
)
def test_a_number_is_given_beside_its_word_or_alone_where_the_thing_is_spoken_of(
    need: str, said: str, given: bool
) -> None:
    assert known(need, Case("k", (Turn("customer", said),), "Hello.")) is given
