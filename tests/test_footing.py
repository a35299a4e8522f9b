"""Each sentence of a model's rewrite stands on an allowed act, a result or the customer's words, whatever verb it uses."""

from dataclasses import replace

import pytest

from guard import Action, Case, Preferences, ToolCall, Turn
from guard.rewriting.bearing import speaks_of
from guard.rewriting.footing import without_footing

PAUSE = Action(
    "pause", "pause a gym membership", deadline="from the first of next month", needs=("membership number",)
)
FEE = Action("credit_fee", "credit the joining fee", max_amount=30, currency="GBP")
ASKED = "I broke my wrist on Sunday and can't train for weeks. Membership G-2041. Do I still have to pay? And is physio covered?"
LOOKED_UP = ToolCall(
    "get_membership",
    '{"number": "G-2041"}',
    '{"status": "active", "club": "Harbour Street", "joiningFee": "30.00 GBP", "next_payment": "1 June"}',
    ok=True,
)
GYM = Case(
    "gym", (Turn("customer", ASKED),), "So sorry about your wrist! We value every member.", (LOOKED_UP,)
)


def adrift(reply: str, case: Case = GYM) -> tuple[str, ...]:
    return tuple(without_footing(reply, case, (PAUSE, FEE)))


@pytest.mark.parametrize(
    "reply",
    [
        "I can pause your membership from the first of next month.",
        "A broken wrist is a nasty thing. Shall I pause membership G-2041?",
        "Your next payment is on 1 June.",
        "Your membership at Harbour Street is active, and the joining fee was 30.00 GBP.",
        "You told us that you broke your wrist.",
        "I could credit you the joining fee, up to £30.",
        "Would you like me to go ahead?",
        "If that suits you, tell me and I'll pause it.",
        "So sorry about your wrist!",
        "Please send me your membership number, then I can pause it.",
        "Send us your membership number, and we can pause it as soon as we have it.",
        "Once you send it, I can pause your membership.",
        "I understand that you broke your wrist.",
        "Could you share a photo of your membership?",
        "Please upload a photo of it.",
        "There are two things that I can do here: pause the membership or credit the fee.",
    ],
)
def test_what_is_allowed_shown_or_told_stands(reply: str) -> None:
    assert adrift(reply) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "The physio is covered.",
        "Physio is covered by us.",
        "You can bring a friend while you are away.",
        "There will be no reactivation fee.",
        "Your place in the class is safe.",
        "The studio manager has agreed to this.",
        "A trainer will ring you tomorrow.",
        "We've paused your membership.",
        "I have told the club about it.",
        "Your membership has been paused.",
        "You're paused now.",
        "Nothing will be charged in the meantime.",
        "You may cancel whenever you like.",
        "I can pause it, as long as you bring a doctor's letter.",
        "I can pause it straight away.",
        "We will wave the payment of 1 June through.",
        "Membership cards can be posted, too.",
        "I can pause your membership; the towels are yours to keep.",
        "Would you like me to book a physio for you?",
        "By law you have two weeks to withdraw.",
        "Nobody has trained with it since.",
        "Your earlier payments come back, too.",
        "I can pause your membership without interest.",
        "I can pause all your contracts.",
        "No worries, dogs are welcome.",
        "Is physio covered? Yes, of course.",
        "You do not need to give anything back.",
        "You lose nothing by this.",
        "Your next payment is no longer due.",
        "The club is not active.",
        "Please send me your password.",
        "A towel-service is there for you.",
        "You must bring the card.",
    ],
)
def test_what_nobody_allowed_showed_or_told_does_not(reply: str) -> None:
    assert len(adrift(reply)) == 1


def test_what_the_stopped_draft_said_is_no_footing() -> None:
    drafted = GYM.with_draft("I cannot promise that your place in the class is safe.")

    assert len(adrift("Your place in the class is safe.", drafted)) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "Тренировка бесплатна. I can pause it.",
        "Br\ufe0feakfast. I can pause it.",
        "P\u3164hysio. I can pause it.",
        "I can pause it, f r e e.",
        "I can pause it \U0001f193.",
        "I can p\u0430use it.",
    ],
)
def test_words_that_hide_from_a_reader_of_letters_are_refused(reply: str) -> None:
    assert any("no way to write" in fault for fault in adrift(reply))


def test_letters_and_signs_that_the_customer_wrote_or_that_any_text_has_are_none() -> None:
    written = Case("gym", (Turn("customer", f"{ASKED} Klub Привет 💪"),), "x", (LOOKED_UP,))

    assert adrift("I can pause your membership at Привет 💪.", written) == ()
    assert adrift("I can pause it – from the first of next month, “G-2041” …") == ()
    assert adrift("Shall I páuse it?") == ()


def test_the_writer_is_told_which_words_nobody_knows() -> None:
    (fault,) = adrift("I can pause it. There will be no reactivation fee.")

    assert fault == (
        "Nothing allows or shows this: There will be no reactivation fee. (not known: reactivation)"
    )


def test_a_condition_that_the_authority_makes_may_be_told() -> None:
    bound = Action("pause", "pause a gym membership, only when a doctor's letter is sent")
    told = "I can pause it only when a doctor's letter is sent."

    assert tuple(without_footing(told, GYM, (bound,))) == ()
    assert tuple(without_footing(told, GYM, (PAUSE,))) != ()


def test_who_reads_another_language_is_written_to_in_it_and_nobody_else() -> None:
    told = "Puedo pausar su membresía desde el primero del mes que viene."

    assert adrift(told, replace(GYM, preferences=Preferences(language="es"))) == ()
    assert adrift(told) != ()
    assert adrift("Towels wait in Calle de la Luz, de la Rosa, de la Paz.") != ()


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("I can credit the joining fee of 45 GBP.", "45 gbp is above the limit"),
        ("Please send us your PIN.", "nothing needs it: pin"),
        ("I need your card number and PIN, then I can pause it.", "nothing needs it: card number, pin"),
        ("You do not have to pay.", "not known: do not have to pay"),
        ("You have to pay the joining fee.", "not known: have to"),
        ("Your membership is not active.", "nothing of it is known"),
        ("Physio is covered, so do not worry about it.", "nothing of it is known"),
        ("Your membership is on pause.", "nothing of it is known"),
        ("I'd give you the whole month.", "nothing of it is known"),
        ("It is done.", "nothing of it is known"),
        ("We can lower it by half.", "not known: lower"),
        ("The club fund pays.", "not known: fund"),
        ("I can pause it, as long as your membership is active.", "a condition that nobody made"),
    ],
)
def test_the_writer_learns_why(reply: str, why: str) -> None:
    (fault,) = adrift(reply)

    assert fault == f"Nothing allows or shows this: {reply} ({why})"


@pytest.mark.parametrize(
    "reply",
    [
        "I can't tell you whether physio is covered.",
        "Your membership was not packed. The club is open.",
        "We have ten clubs.",
        "I have checked your membership.",
        "It is at 5 p.m. on 1 June.",
    ],
)
def test_what_grants_nothing_may_be_said(reply: str) -> None:
    call = ToolCall(
        "get", "{}", '{"membership": "active", "not_packed": 1, "clubs": 10, "club": "open"}', ok=True
    )

    assert adrift(reply, replace(GYM, evidence=(LOOKED_UP, call))) == ()


def test_behind_a_word_of_comfort_a_sentence_begins_anew() -> None:
    assert len(adrift("No worries, your membership is not active.")) == 1


def test_what_is_not_possible_may_be_said_of_what_the_customer_asks() -> None:
    asked = Case("gym", (Turn("customer", "Cancel my membership, please."),), "x", (LOOKED_UP,))

    assert adrift("I cannot cancel your membership.", asked) == ()
    assert adrift("I can cancel your membership.", asked) != ()


def test_a_deed_that_a_result_shows_was_done_and_may_not_be_done_again() -> None:
    call = ToolCall("get_card", "{}", '{"card": "activated"}', ok=True)
    shown = replace(GYM, evidence=(call,))

    assert adrift("Your card was activated.", shown) == ()
    assert adrift("I can activate your card.", shown) != ()


@pytest.mark.parametrize(
    ("does", "reply"),
    [
        ("send a form by email", "I can have the form sent by email."),
        ("refund a fee", "I can pay back the fee."),
        ("replace a broken locker key", "I can send you another locker key."),
    ],
)
def test_an_act_brings_the_words_that_go_with_it(does: str, reply: str) -> None:
    asked = Case("gym", (Turn("customer", "What about my key?"),), "x", ())

    assert tuple(without_footing(reply, asked, (Action("act", does),))) == ()


def test_a_call_shows_what_it_is_called_after() -> None:
    asked = Case("gym", (Turn("customer", "What about me?"),), "x", (LOOKED_UP,))

    assert tuple(without_footing("It is a membership.", asked, ())) == ()


def test_a_result_of_a_call_that_failed_shows_nothing() -> None:
    failed = ToolCall("get_membership", "{}", '{"error": "sauna closed"}', ok=False)
    told = "The sauna is closed."

    assert adrift(told, Case("gym", GYM.turns, "x", (failed,))) != ()
    shown = ToolCall("get_club", "{}", '{"sauna": "closed"}', ok=True)
    assert adrift(told, Case("gym", GYM.turns, "x", (shown,))) == ()


@pytest.mark.parametrize(
    ("quote", "speaks"),
    [
        ("I can pause your membership", True),
        ("shall I go ahead", True),
        ("the towels are yours to keep", False),
        ("a physio will see you", False),
    ],
)
def test_a_commitment_is_about_the_action_that_it_names(quote: str, speaks: bool) -> None:
    assert speaks_of(quote, PAUSE) is speaks
