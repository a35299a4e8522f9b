"""The local rewriter: what stays of a draft, the step that is added, and the form that the customer likes."""

from dataclasses import replace

import pytest

from guard import Action, Authority, Guard, Preferences, Rewritten, ToolCall, Turn
from guard.assessment import Assessment, Claim, Customer, Defect, Move, Sentence, Span
from guard.judging.sentences import split
from guard.ledger.known import known
from guard.rewriting.check import inventions, unfounded
from guard.rewriting.compose import rewrite, writes
from tests.cases import EMPTY_SORRY, REFUND, REPLACE, case

SORRY_AND_NEWS = "I am sorry that your lamp came broken. It left Utrecht on Monday."
ONE = case("My lamp from order #48213 came broken.", SORRY_AND_NEWS, may=(REPLACE,))
NOBODY = Authority()


def seen(draft: str, *moves: Move) -> Assessment:
    """What a judge would say of a draft with these moves, none of which moves the need."""
    return Assessment(
        Customer("action"), tuple(Sentence(s, m) for s, m in zip(split(draft), moves, strict=True))
    )


def test_the_facts_of_the_draft_stay_and_the_step_follows() -> None:
    reply = rewrite(ONE, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 18)

    assert reply is not None
    assert reply.startswith(SORRY_AND_NEWS)
    assert reply.endswith(
        "I can send a replacement for a damaged item. Would you like me to go ahead with this for order #48213?"
    )


def test_a_customer_who_likes_tables_gets_what_is_what() -> None:
    one = replace(ONE, preferences=Preferences(format="table"))

    reply = rewrite(one, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 18)

    assert reply is not None
    assert "| What we know | It left Utrecht on Monday. |" in reply
    assert (
        "| What I can do | I can send a replacement for a damaged item. "
        "Would you like me to go ahead with this for order #48213? |" in reply
    )


def test_a_customer_who_likes_it_short_gets_no_recognition() -> None:
    one = replace(ONE, preferences=Preferences(length="short"))

    reply = rewrite(one, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 18)

    assert reply is not None
    assert "sorry" not in reply


def test_recognition_above_the_budget_goes() -> None:
    reply = rewrite(ONE, seen(SORRY_AND_NEWS, "empathy", "answer"), NOBODY, 3)

    assert reply is not None
    assert "sorry" not in reply


def test_nothing_is_written_where_no_action_covers_the_need() -> None:
    one = case("My lamp came broken.", EMPTY_SORRY, may=(REFUND,))

    assert rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18) is None


def test_an_action_above_whose_limit_the_customer_asks_covers_nothing() -> None:
    one = case("I want my $400 money back.", EMPTY_SORRY, may=(REFUND,))

    assert rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18) is None


def test_an_amount_a_date_an_id_and_a_link_that_nobody_knows_are_inventions() -> None:
    reply = "I can refund $75 on 2026-03-04 for AB-1234, see https://example.org/x."

    invented = inventions(reply, case("Broken.", "x"), NOBODY)

    assert set(invented) >= {"$75", "2026-03-04", "AB-1234", "https://example.org/x"}
    known = case(reply, "x")
    assert inventions(reply, known, NOBODY) == ()


def test_a_fact_of_the_authority_is_no_invention() -> None:
    may = Authority((Action("fee", "refund up to $75"),))

    assert inventions("I can refund up to $75.", case("Broken.", "x"), may) == ()


def test_a_promise_that_only_the_rewrite_makes_is_unfounded() -> None:
    said = Claim("promised", "refund", Span("We will refund you.", 0, 19))

    assert unfounded((said,), "We are sorry.") == (said,)
    assert unfounded((said,), "Sorry. We will refund you.") == ()
    assert unfounded((replace(said, standing="verified"),), "We are sorry.") == ()


def offered(asked: str, *may: Action, earlier: str | None = None) -> str | None:
    """What the rewriter makes of an empty sorry."""
    one = case(asked, EMPTY_SORRY, may=may)
    if earlier:
        one = replace(one, turns=(Turn("customer", earlier), Turn("assistant", "Sorry!"), *one.turns))
    return rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18)


def test_an_act_that_the_customer_does_not_ask_for_is_not_offered() -> None:
    late = "Please do NOT cancel my order! I only want to know why my lamp is late."
    assert offered(late, Action("cancel", "cancel an order")) is None
    mouse = "My order arrived with a dead mouse in the box. I want a new one."
    assert offered(mouse, Action("news", "subscribe you to the order newsletter")) is None
    twice = "Your premium plan charged me twice. Fix it."
    assert offered(twice, Action("up", "upgrade you to a more expensive premium plan")) is None
    assert offered("Please cancel my order.", Action("cancel", "cancel an order")) is not None


def test_an_amount_above_the_limit_in_any_turn_means_a_person() -> None:
    to_60 = Action("refund", "refund a lamp", max_amount=60, currency="USD")

    assert offered("it cost me 400. I want a refund.", to_60) is None
    assert offered("I want a refund for the lamp.", to_60, earlier="My $400 lamp arrived broken.") is None
    assert offered("My lamp broke, refund my €55.", to_60) is None


def test_the_limit_is_said_with_the_offer() -> None:
    to_60 = Action("refund", "refund a lamp", max_amount=60, currency="USD")

    assert (
        offered("I want a refund.", to_60)
        == "I can refund a lamp, up to 60 USD. Would you like me to go ahead?"
    )


def test_what_is_no_offer_is_not_said() -> None:
    assert offered("I want a refund.", Action("r", "refund a lamp", say="I've refunded you.")) is None
    assert offered("I want a refund.", Action("r", "Refunds require manager approval")) is None
    noted = Action("r", "You can refund lamps up to $50 (internal: code FRAUD-7, do not tell)")
    assert (
        offered("I want a refund.", noted) == "I can refund lamps up to $50. Would you like me to go ahead?"
    )


def test_an_act_that_a_call_did_already_is_not_offered_again() -> None:
    done = ToolCall("issue_refund", '{"amount": 40}', "ok")
    one = case("Where is my refund? I want it.", EMPTY_SORRY, evidence=(done,), may=(REFUND,))

    assert rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18) is None


def test_a_sentence_whose_facts_only_the_draft_knows_goes() -> None:
    draft = "I'm so sorry! Your lamp costs $999, see https://evil.example/claim. It left on 3 March 2031."
    one = case("My lamp came broken. I want a refund.", draft, may=(REFUND,))

    reply = rewrite(one, seen(draft, "empathy", "answer", "answer"), NOBODY, 18)

    assert reply is not None
    assert "999" not in reply
    assert "evil" not in reply
    assert "2031" not in reply
    assert set(inventions(draft, one, NOBODY)) >= {"$999", "https://evil.example/claim", "3 March 2031"}


def test_what_follows_from_a_false_claim_goes_with_it() -> None:
    draft = "The lamp left Utrecht. I've refunded $30. Your money will be there on Friday."
    one = case("My lamp from order #48213 came broken, it left Utrecht.", draft, may=(REPLACE,))
    parts = split(draft)
    false = Claim("done", "refund", parts[1], standing="ungrounded")
    judged = Assessment(
        Customer("action"),
        (Sentence(parts[0], "answer"), Sentence(parts[1], "action_done"), Sentence(parts[2], "answer")),
        (false,),
    )

    reply = rewrite(one, judged, NOBODY, 18)

    assert reply is not None
    assert "Utrecht" in reply
    assert "money" not in reply


def test_a_question_about_a_refund_is_not_answered_with_one_more() -> None:
    one = case("Was my refund of $30 sent yet?", EMPTY_SORRY, may=(REFUND,))
    judged = replace(seen(EMPTY_SORRY, "empathy", "vague_commit"), customer=Customer("information"))

    assert rewrite(one, judged, NOBODY, 18) is None


@pytest.mark.parametrize(
    "asked",
    [
        "My neighbour got a refund and I only want to know why the lamp is late.",
        "When will my replacement arrive?",
        "Where is my refund? I only want to know.",
        "Never mind the refund, tell me the colour code.",
        "Refund me. Actually, cancel that, tell me the colour code.",
        "I don't want a refund, only an answer.",
    ],
)
def test_a_word_that_is_no_wish_is_offered_nothing(asked: str) -> None:
    one = case(
        asked, EMPTY_SORRY, may=(Action("refund", "refund an order"), Action("new", "send a replacement"))
    )

    assert rewrite(one, seen("I am so sorry.", "empathy"), NOBODY, 18) is None


def test_a_changed_mind_counts_in_the_same_breath() -> None:
    both = (Action("refund", "refund a lamp"), Action("new", "send a replacement lamp"))
    one = case("I want a refund for my lamp. Actually, send me a replacement.", EMPTY_SORRY, may=both)

    reply = rewrite(one, seen("I am so sorry.", "empathy"), NOBODY, 18)

    assert reply is not None
    assert "replacement" in reply


def test_what_several_things_cost_counts_together() -> None:
    may = (Action("refund", "refund an order", max_amount=50),)

    for asked in (
        "Refund my 3 lamps at $40 each.",
        "Refund my 2k, please.",
        "Refund two lamps for $30 each.",
    ):
        assert (
            rewrite(case(asked, EMPTY_SORRY, may=may), seen("I am so sorry.", "empathy"), NOBODY, 18) is None
        )
    assert rewrite(
        case("Refund my lamp for $40.", EMPTY_SORRY, may=may), seen("I am so sorry.", "empathy"), NOBODY, 18
    )


def test_the_number_of_an_order_is_no_amount_of_money() -> None:
    one = case("Refund order #48213, contract 1234567, I paid $40.", EMPTY_SORRY)

    assert inventions("I can refund $48213.", one, NOBODY)
    assert inventions("I can refund $1,234,568.", one, NOBODY)
    assert not inventions("I can refund the $40 for order #48213.", one, NOBODY)


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("date of birth", "Why do you need my date of birth?"),
        ("serial number", "Where do I find the serial number?"),
        ("phone number", "It is order 48213-998877."),
        ("order number", "I mean my order from May 2024."),
    ],
)
def test_what_is_only_mentioned_was_not_given(need: str, said: str) -> None:
    assert not known(need, case(said, EMPTY_SORRY))


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("date of birth", "I was born 3 May 1981."),
        ("serial number", "The serial is XK-99812."),
        ("phone number", "Call me at 0171 555 2091."),
        ("order number", "It's order 48213."),
        ("order number", "#48213"),
        ("email address", "bob@mail.example"),
    ],
)
def test_what_was_given_is_not_asked_for(need: str, said: str) -> None:
    assert known(need, case(said, EMPTY_SORRY))


@pytest.mark.parametrize(
    ("asked", "does"),
    [
        ("I already got a refund, now I can't log in. Fix it.", "refund up to $50"),
        ("The refund button doesn't work in your app, please fix it.", "refund up to $50"),
        ("A refund won't help me, I need the lamp by Friday.", "refund up to $50"),
        ("If this isn't fixed I'll cancel my contract.", "cancel the contract"),
        ("Stop sending me replacement offers!", "send a replacement"),
        ("Delete the charge, but keep my account open.", "close the account"),
        ("Keep your refund. I want an explanation!", "refund up to $50"),
        ("My sofa, order 4411, is broken. I want a replacement.", "replace broken lamps"),
        ("My $300 lamp arrived broken. I want my money back.", "Issue refunds ($50 max)"),
        ("I want a refund.", "refund any customer who asks"),
    ],
)
def test_what_was_not_wished_or_cannot_be_said_is_not_offered(asked: str, does: str) -> None:
    one = case(asked, EMPTY_SORRY, may=(Action("a", does),))

    assert rewrite(one, seen("I am so sorry.", "empathy"), NOBODY, 18) is None


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (
            Action("r", "refund the customer's order", deadline="5 days"),
            "I can refund your order within 5 days. Would you like me to go ahead?",
        ),
        (
            Action("r", "refund an order", deadline="Within 5 days."),
            "I can refund an order within 5 days. Would you like me to go ahead?",
        ),
        (
            Action("r", "refund an order", needs=("photo of the damage",)),
            "To refund an order, I need the photo of the damage. Could you send it?",
        ),
    ],
)
def test_an_offer_is_a_sentence_that_a_customer_can_read(action: Action, said: str) -> None:
    one = case("I want a refund.", EMPTY_SORRY, may=(action,))

    assert rewrite(one, seen("I am so sorry.", "empathy"), NOBODY, 18) == said


def test_a_refusal_of_the_act_does_not_stand_beside_its_offer() -> None:
    one = case("I want a refund for order 4411.", "x", may=(Action("r", "refund up to $50"),))

    reply = rewrite(one, seen("Order 4411 is non-refundable.", "answer"), NOBODY, 18)

    assert reply == "I can refund up to $50. Would you like me to go ahead with this for order 4411?"


@pytest.mark.parametrize("language", ["", " en", "eng", "English (UK)", "en-GB"])
def test_english_is_written_by_whatever_name(language: str) -> None:
    assert writes(replace(ONE, preferences=Preferences(language=language)))


SHOP = (
    Action("new", "send a replacement for a damaged item"),
    Action("refund", "refund an order up to $100"),
)


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("The lamp came broken, I'd like a new one.", "replacement"),
        ("The lamp broke and I have no time to wait for a replacement. Give me my $40 back.", "refund"),
        ("You sent me the wrong size. I'd like to swap it.", None),
    ],
)
def test_of_two_actions_the_one_that_was_wished_is_offered(asked: str, offered: str | None) -> None:
    reply = rewrite(case(asked, EMPTY_SORRY, may=SHOP), seen("I am so sorry.", "empathy"), NOBODY, 18)

    assert (reply is None) if offered is None else (reply is not None and offered in reply)


@pytest.mark.parametrize(
    "wish", ["cancel an order", "cancel a subscription", "pause a subscription", "reset a password"]
)
def test_the_rewriters_own_offer_passes_the_judge(guard: Guard, wish: str) -> None:
    one = case(
        f"Please {wish.replace(' a ', ' my ').replace(' an ', ' my ')}.",
        EMPTY_SORRY,
        may=(Action("a", wish),),
    )

    assert isinstance(guard.review(one), Rewritten)


@pytest.mark.parametrize(
    ("asked", "does"),
    [
        ("I need a copy of my invoice from May.", "send a copy of an invoice by email"),
        ("We need a late checkout.", "give a late checkout until 2 pm"),
        ("My car is in the workshop, I need a loan car.", "arrange a loan car for up to 7 days"),
        ("I'd like to add a checked bag to my flight.", "add a checked bag to a booking"),
        ("My tickets never came. Can you resend them?", "resend tickets to the email on the booking"),
    ],
)
def test_a_wish_in_the_words_of_the_action_is_offered(asked: str, does: str) -> None:
    one = case(asked, EMPTY_SORRY, may=(Action("a", does), Action("b", "upgrade a seat")))

    reply = rewrite(one, seen("I am so sorry.", "empathy"), NOBODY, 18)

    assert reply == f"I can {does}. Would you like me to go ahead?"


AHEAD = "Would you like me to go ahead"


@pytest.mark.parametrize(
    ("asked", "does", "named"),
    [
        (
            "The gloves of order RT-7714 are too small. How do I swap them?",
            "exchange gloves",
            "for order RT-7714?",
        ),
        (
            "The jug of LM-50233 is cracked. I want a new one.",
            "send a replacement for a broken item",
            "for LM-50233?",
        ),
        ("Repair the oven please, flat 9D.", "repair an oven", "for flat 9D?"),
        ("Order 60-4418: please send part 8813.", "send a part", "for part 8813 of order 60-4418?"),
        (
            "Order 60-4418, apartment 7: please send part 8813.",
            "send a part",
            "for part 8813 of order 60-4418?",
        ),
        (
            "Order 60-4418, part 8813: repair the apartment door please.",
            "repair an apartment door",
            "for order 60-4418?",
        ),
        ("Refund one of the two payments of 7.40.", "refund a double payment", "for the 7.40?"),
        ("Refund half of the $90 please.", "refund an order", None),
        (
            "Move our lesson LS-3390 to the 21st please.",
            "move a lesson to another day",
            "for LS-3390 on the 21st?",
        ),
        ("Move my visit on Tuesday to next Friday please.", "move a visit to another day", "next Friday?"),
        ("Move my visit on Tuesday, I'm ill.", "move a visit to another day", None),
        ("Order 4411 and order 4412 came broken, I want a replacement.", "replace broken items", None),
        ("Send a replacement, it broke. My card is 4111 1111 1111 1111.", "replace broken items", None),
        ("Send a replacement, it broke. Call me on 01632 960 118.", "replace broken items", None),
        ("Send a replacement, it broke. My PIN is 48213.", "replace broken items", None),
        ("Send a replacement, the 20000 miles broke it.", "replace broken items", None),
    ],
)
def test_an_offer_names_what_it_is_for_where_only_one_thing_can_be_meant(
    asked: str, does: str, named: str | None
) -> None:
    reply = offered(asked, Action("a", does))

    assert reply is not None
    assert reply.endswith(f"{AHEAD}?" if named is None else named)


def test_what_an_earlier_turn_says_a_number_is_still_holds() -> None:
    reply = offered("Cancel 48213 now!", Action("c", "cancel an order"), earlier="Cancel my order 48213.")

    assert reply == "I can cancel your order 48213. Would you like me to go ahead?"


def test_the_order_takes_the_place_of_an_order() -> None:
    assert offered("Please cancel order 4411.", Action("c", "cancel an order")) == (
        "I can cancel your order 4411. Would you like me to go ahead?"
    )


def test_of_two_orders_the_one_of_the_last_turn_is_meant() -> None:
    reply = offered(
        "The lamp of order 4412 broke, send a replacement.",
        Action("a", "replace broken items"),
        earlier="Where is order 4411?",
    )

    assert reply is not None
    assert reply.endswith("for order 4412?")


def test_an_order_that_only_a_call_knows_is_named_too() -> None:
    call = ToolCall("get_order", '{"order_id": "GH-3107"}', '{"status": "delivered"}')
    one = case(
        "My lamp broke, send a replacement.",
        EMPTY_SORRY,
        evidence=(call,),
        may=(Action("a", "replace lamps"),),
    )

    reply = rewrite(one, seen("I am so sorry.", "empathy"), NOBODY, 18)

    assert reply is not None
    assert reply.endswith("for order GH-3107?")


@pytest.mark.parametrize(
    ("asked", "does"),
    [
        ("I'm off to sea in March. Can I pause my membership until I'm back?", "freeze a membership"),
        ("Need to bring a suitcase after all.", "add a checked bag to a booking"),
        ("could you mail me the label", "send a return label by email"),
        ("Is it possible to change the delivery address?", "change the delivery address before dispatch"),
        ("My employer wants the invoice of my stay", "email a copy of the bill"),
        ("the fan is in pieces. I'd rather have another one", "send a replacement for a broken item"),
        ("please reseat our party in the garden", "reseat a party at another table"),
        ("cancel it please, my plans changed", "cancel a booking that has not started yet"),
        ("Please put my subscription on hold.", "pause a subscription"),
        ("I want my card blocked now.", "block a card"),
        ("My husband has asthma and I want a refund for the lamp.", "refund a lamp"),
    ],
)
def test_a_wish_in_other_words_is_understood_by_what_they_mean(asked: str, does: str) -> None:
    reply = offered(asked, Action("b", "issue a certificate"), Action("a", does))

    assert reply is not None
    assert reply.startswith(f"I can {does}")


BROKEN = Action("new", "send a replacement for a broken item", for_words=("broken",))
ENGINEER = Action("visit", "book an engineer visit", for_words=("engineer", "no internet"))
BLOCK = Action("block", "block a card", for_words=("lost", "stolen"))


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        ("Please don't send a replacement again, the last three were broken too.", BROKEN),
        ("I returned the broken kettle and you refunded it, thanks. I'd like an apology.", BROKEN),
        ("Your engineer left dirt all over our carpet. I want the name of the cleaner.", ENGINEER),
        ("My card isn't lost, your machine kept it!", BLOCK),
        ("Cancel the newsletter please.", Action("c", "cancel an order", for_words=("cancel",))),
        ("I owe nothing. Correct that.", Action("p", "set up a payment plan", for_words=("owe",))),
        ("You took 49 from me, I want it back.", Action("g", "issue a day pass for a guest")),
        ("Will there be a seat with a socket?", Action("s", "assign another seat")),
        ("Thank the chef for the meal, and take my request for a receipt.", Action("m", "change a meal")),
        ("I have to change the name on my ticket.", Action("m", "change the meal on a booking")),
        ("Refund my 22.15 please.", Action("r", "refund wet tickets", max_amount=10)),
        ("My account is close to its limit, can you raise it?", Action("c", "close an account")),
        ("Put me on hold while you look up my subscription.", Action("p", "pause a subscription")),
        ("Why was my card blocked? Please sort it out.", BLOCK),
        ("My seat was broken. Please do better next time.", Action("u", "upgrade a seat")),
        ("Could we get a longer towel at the end of the day?", Action("e", "extend a booking")),
        ("My sister got a refund and I need my parcel today.", Action("r", "refund an order")),
        ("My order came. Now cancel the newsletter please.", Action("c", "cancel an order")),
        ("Please delete my subscription.", Action("p", "pause a subscription")),
        ("Please read me the tariff for nights.", Action("t", "change a tariff")),
    ],
)
def test_a_word_of_an_action_alone_is_no_wish_for_it(asked: str, action: Action) -> None:
    assert offered(asked, action) is None


def test_words_of_what_went_wrong_call_for_the_action_without_a_wish() -> None:
    assert offered("No internet since Tuesday.", ENGINEER) is not None
    assert offered("The engineer came, and the socket works.", Action("v", ENGINEER.does)) is None


def test_yes_to_an_offer_of_ours_is_a_wish_for_it() -> None:
    may = (Action("aside", "put an item aside"), Action("ship", "ship an item to a shop"))
    one = case("yes please", EMPTY_SORRY, may=may)
    before = (
        Turn("customer", "Is the coat there?"),
        Turn("assistant", "Yes! I can put one aside until Friday. Shall I?"),
    )

    reply = rewrite(replace(one, turns=(*before, *one.turns)), seen("I am so sorry.", "empathy"), NOBODY, 18)

    assert reply is not None
    assert "aside" in reply


def test_a_false_claim_is_no_recognition_and_what_follows_a_gap_goes() -> None:
    draft = "I've reopened your shop. Your new sign leaves on {{date}}. Keep the old one."
    one = case(
        "Open an inquiry into my shop being shut please, account SH-6620.",
        draft,
        may=(Action("a", "open an inquiry"),),
    )
    parts = split(draft)
    false = Claim("done", "act", parts[0], standing="ungrounded")
    gap = Defect("placeholder", Span("{{date}}", draft.index("{{"), draft.index("}}") + 2))
    judged = Assessment(
        Customer("action"),
        (
            Sentence(parts[0], "empathy", kind="cognitive"),
            Sentence(parts[1], "action_commit", moves_need=True),
            Sentence(parts[2], "instruct", moves_need=True),
        ),
        (false,),
        (gap,),
    )

    assert rewrite(one, judged, NOBODY, 18) == (
        "I can open an inquiry. Would you like me to go ahead with this for account SH-6620?"
    )


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (
            Action("t", "open a trace", deadline="answer within 2 days"),
            "I can open a trace (answer within 2 days).",
        ),
        (
            Action("t", "open a trace", deadline="ten working days"),
            "I can open a trace within ten working days.",
        ),
        (
            Action("t", "open a trace", needs=("which carrier",)),
            "To open a trace, I need to know which carrier. Could you tell me?",
        ),
    ],
)
def test_a_deadline_and_a_need_are_said_in_grammatical_sentences(action: Action, said: str) -> None:
    reply = offered("Please open a trace for my parcel.", action)

    assert reply is not None
    assert reply.startswith(said)


LIMITED = Action(
    "refund", "refund an order", max_amount=50, currency="USD", for_words=("refund", "money back")
)
CANCEL = Action("cancel", "cancel an order", for_words=("cancel",))
LAMP = Action("lamp", "replace a broken lamp", for_words=("broken",))
LATE_FEE = Action("fee", "waive a late fee", max_amount=30, currency="USD")
PAUSE = Action("pause", "pause a subscription")
UNLOCK = Action("unlock", "unlock an account")
INVOICE = Action("invoice", "send a copy of an invoice")
ORDER = '{"order_id": 4411}'


def offered_after(asked: str, action: Action, *calls: ToolCall) -> str | None:
    """What is offered where these calls were made."""
    one = case(asked, EMPTY_SORRY, evidence=calls, may=(action,))
    return rewrite(one, seen(EMPTY_SORRY, "empathy", "vague_commit"), NOBODY, 18)


@pytest.mark.parametrize(
    ("asked", "action", "call"),
    [
        (
            "Refund order 4411.",
            LIMITED,
            ToolCall("get_order", ORDER, '{"status": "refunded", "refunded_amount": 20}'),
        ),
        ("Refund order 4411.", LIMITED, ToolCall("get_order", ORDER, '{"refund_status": "processed"}')),
        ("Refund order 4411.", LIMITED, ToolCall("get_order", ORDER, '{"payment": {"status": "refunded"}}')),
        ("Refund order 4411.", LIMITED, ToolCall("get_order", ORDER, "Order 4411 was refunded on Monday.")),
        ("Cancel order 4411.", CANCEL, ToolCall("get_order", ORDER, '{"status": "cancelled"}')),
        ("Cancel order 4411.", CANCEL, ToolCall("get_order", ORDER, '{"cancellation_requested": true}')),
        (
            "Cancel order 4411.",
            CANCEL,
            ToolCall(
                "get_orders",
                "{}",
                '[{"order_id": 4411, "status": "cancelled"}, {"order_id": 4412, "status": "open"}]',
            ),
        ),
        (
            "Refund order 4411.",
            LIMITED,
            ToolCall("get_order", ORDER, '{"refunds": [{"id": "R1", "amount": 20}]}'),
        ),
        ("Refund order 4411.", LIMITED, ToolCall("get_refund", ORDER, '{"status": "pending"}')),
        ("Unlock my account.", UNLOCK, ToolCall("get_account", "{}", '{"locked": false}')),
        ("Pause my subscription.", PAUSE, ToolCall("get_subscription", "{}", '{"status": "paused"}')),
        ("Waive the late fee.", LATE_FEE, ToolCall("waive_fee", '{"amount": 20}', '{"ok": true}')),
        ("Unlock my account.", UNLOCK, ToolCall("unlock_account", "{}", '{"ok": true}')),
        ("Pause my subscription.", PAUSE, ToolCall("pause_subscription", "{}", '{"ok": true}')),
        ("Send me a copy of the invoice.", INVOICE, ToolCall("send_invoice", "{}", '{"sent": true}')),
    ],
)
def test_what_calls_show_as_done_is_not_offered(asked: str, action: Action, call: ToolCall) -> None:
    assert offered_after(asked, action) is not None
    assert offered_after(asked, action, call) is None


@pytest.mark.parametrize(
    ("asked", "action", "call"),
    [
        (
            "Cancel order 4411.",
            CANCEL,
            ToolCall("get_order", ORDER, '{"status": "shipped", "cancellable": false}'),
        ),
        ("Cancel order 4411.", CANCEL, ToolCall("get_order", ORDER, '{"can_cancel": false}')),
        ("Cancel order 4411.", CANCEL, ToolCall("get_order", ORDER, '{"note": "It cannot be cancelled."}')),
        ("Refund order 4411.", LIMITED, ToolCall("get_policy", "{}", '{"refundable": false}')),
        ("Refund order 4411.", LIMITED, ToolCall("get_order", ORDER, '{"refund_window": "expired"}')),
        ("Refund order 4411.", LIMITED, ToolCall("get_order", ORDER, '{"note": "final sale"}')),
        ("Refund order 4411.", LIMITED, ToolCall("check_refund_eligibility", ORDER, '{"eligible": false}')),
        (
            "Refund order 4411.",
            LIMITED,
            ToolCall("issue_refund", ORDER, '{"error": "not refundable"}', ok=False),
        ),
    ],
)
def test_what_calls_show_as_impossible_is_not_offered(asked: str, action: Action, call: ToolCall) -> None:
    assert offered_after(asked, action, call) is None


@pytest.mark.parametrize(
    ("asked", "action", "call"),
    [
        ("Cancel order 4412 too.", CANCEL, ToolCall("cancel_order", ORDER, '{"ok": true}')),
        (
            "Cancel order 4412.",
            CANCEL,
            ToolCall(
                "get_orders",
                "{}",
                '[{"order_id": 4411, "status": "cancelled"}, {"order_id": 4412, "status": "open"}]',
            ),
        ),
        ("Cancel order 4411.", CANCEL, ToolCall("get_subscription", "{}", '{"status": "cancelled"}')),
        ("Refund order 4411.", LIMITED, ToolCall("get_order", ORDER, '{"status": "cancelled", "total": 30}')),
        (
            "Refund order 4411.",
            LIMITED,
            ToolCall(
                "get_order", ORDER, '{"refund_status": "none", "refunded_amount": 0, "refundable": true}'
            ),
        ),
        ("Cancel order 4411.", CANCEL, ToolCall("get_order", ORDER, '{"cancellation_fee": 0}')),
        ("Send me a copy of the invoice.", INVOICE, ToolCall("send_label", "{}", '{"sent": true}')),
        ("Waive the late fee.", LATE_FEE, ToolCall("get_bill", "{}", '{"late_fee": 20, "total": 400}')),
        ("Refund $20 for order 4411.", LIMITED, ToolCall("get_order", ORDER, '{"total": 400}')),
    ],
)
def test_what_calls_show_of_another_thing_hinders_nothing(asked: str, action: Action, call: ToolCall) -> None:
    assert offered_after(asked, action, call) is not None


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        (
            "Change the delivery address of order 4411 please.",
            Action("d", "change the delivery date of an order"),
        ),
        ("Waive my annual fee.", LATE_FEE),
        ("Refund my late fee of $20.", LIMITED),
        ("I'd rather have a refund than a replacement for the broken lamp.", LAMP),
        ("The lamp isn't broken, it's just the wrong colour. I want a replacement.", LAMP),
    ],
)
def test_what_is_for_another_thing_is_not_offered(asked: str, action: Action) -> None:
    assert offered(asked, action) is None


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ("I want my money back for order 4411 and order 4412, $30 each.", ""),
        ("I want $30 back for each of my three orders.", ""),
        ("Refund $30 for order 4411 and $30 for order 4412.", ""),
        ("Refund my orders, $30 each.", ""),
        ("Refund order 4411.", '{"total": 400}'),
        ("Refund order 4411.", '{"amount_paid": "$400.00"}'),
    ],
)
def test_what_comes_to_more_than_the_limit_means_a_person(asked: str, result: str) -> None:
    assert offered_after(asked, LIMITED, *([ToolCall("get_order", ORDER, result)] if result else [])) is None


def test_a_fee_above_the_limit_that_only_a_bill_shows_means_a_person() -> None:
    bill = ToolCall("get_bill", "{}", '{"late_fee": 80}')

    assert offered_after("Waive the late fee.", LATE_FEE, bill) is None


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        ("Why did you cancel order 4411? I never asked to cancel it.", CANCEL),
        ("I need to cancel my cancellation of order 4411.", CANCEL),
        ("Would you cancel an order for a friend if he asks?", CANCEL),
        ("Cancel order 4411 only if it has not shipped.", CANCEL),
        ("If order 4411 is not here by Friday, please cancel it.", CANCEL),
        ("Please cancel order 4411 unless it has shipped.", CANCEL),
        ("Should order 4411 not arrive by Friday, cancel it.", CANCEL),
        ("My friend's account is locked, unlock hers.", UNLOCK),
        ("Could you unlock the account of my friend?", UNLOCK),
        ("My husband is away. Unlock his account please.", UNLOCK),
    ],
)
def test_what_hangs_on_a_condition_or_is_another_persons_is_not_offered(asked: str, action: Action) -> None:
    assert offered(asked, action) is None


@pytest.mark.parametrize(
    "asked",
    ["Please cancel order 4411 if possible.", "I don't know if it left, but cancel order 4411 please."],
)
def test_a_polite_if_is_no_condition(asked: str) -> None:
    assert offered(asked, CANCEL) is not None
