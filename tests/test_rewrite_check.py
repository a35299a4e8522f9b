"""What a rewrite may say in figures and days: what stands in the case, whichever way it is written."""

import time

import pytest

from guard import Action, Authority, Case, ToolCall, Turn
from guard.rewriting.check import inventions

NOBODY = Authority()
CASE = Case(
    "t1",
    (
        Turn(
            "customer",
            "My lamp from order #48213 came broken on Monday, I paid $60 and I have waited two weeks.",
        ),
    ),
    "I am so sorry.",
    (
        ToolCall(
            "get_order",
            '{"order": 48213}',
            '{"status": "delivered", "delivered_on": "2026-05-15", "items": 2}',
            ok=True,
        ),
    ),
    Authority(
        (
            Action(
                "refund",
                "refund an order to the card",
                max_amount=50,
                currency="USD",
                deadline="within 5 business days",
            ),
        )
    ),
)


@pytest.mark.parametrize(
    "reply",
    [
        "I can send seventy pesos to your card.",
        "You will hear back within forty-eight hours.",
        "You also get two free months.",
        "I can give you half your money back.",
        "I can offer a 20 percent discount on the next order.",
        "The new lamp is with you by the twenty-second.",
        "Our team calls you next Tuesday.",
        "A technician comes in three days.",
        "I can add twenty-five dollars of credit.",
        "You have thirty days to send it back.",
        "We deliver by the end of the week.",
        "I can send three new lamps.",
        "It arrives this afternoon.",
        "I can take ten per cent off.",
        "You get a free month.",
        "We answer within an hour.",
        "Le devolvemos el dinero en cuarenta y ocho horas.",
        "Wir melden uns innerhalb von drei Tagen.",
        "Nous vous remboursons sous dix jours ouvrés.",
        "O novo candeeiro chega até 22 de maio.",
        "You'll have a hundred euros back on your card.",
        "Someone will ring you in six hours.",
        "I can waive two months of the fee.",
        "Your refund will be there in 1-2 days.",
        "I've set aside 15% for you.",
        "We'll call you back at half past three.",
        "A courier picks it up between nine and eleven.",
        "I can knock a third off the price.",
        "The replacement ships on the ninth of June.",
        "Expect it before the weekend.",
        "I can offer you 500 bonus points.",
        "We guarantee it for three years.",
        "We give you double the price back.",
        "I can send a dozen bulbs.",
        "It will be done by Thursday noon.",
        "Tiene un plazo de treinta días.",
        "Le llamaremos mañana por la tarde.",
        "Sie bekommen zwanzig Prozent Rabatt.",
        "On vous rappelle jeudi matin.",
        "Você recebe cem reais de volta.",
        "You can keep it for another month.",
    ],
)
def test_what_stands_nowhere_is_an_invention_in_words_too(reply: str) -> None:
    assert inventions(reply, CASE, NOBODY)


@pytest.mark.parametrize(
    "reply",
    [
        "One moment, I need your order number.",
        "One of our colleagues has your case.",
        "First, send me a photo of the lamp.",
        "I see that this is the second time.",
        "There are two options: a refund or a new lamp.",
        "I can refund up to $50 to your card within five business days.",
        "I can refund up to fifty dollars.",
        "You have waited 14 days.",
        "Your lamp was delivered on 15 May.",
        "It was delivered on Friday.",
        "Could you send the last four digits of your card?",
        "Please use two-factor sign-in.",
        "Both lamps are in order 48213.",
        "On the one hand I can refund it, on the other send a new one.",
        "Your two lamps came on Monday.",
        "Puedo devolverle hasta cincuenta dólares en cinco días hábiles.",
        "Ich kann die 50 Dollar innerhalb von fünf Werktagen erstatten.",
        "Je peux vous rembourser, une fois la photo du téléphone neuf reçue.",
        "Posso reembolsar em até cinco dias úteis.",
        "Is there anything else I can help you with today?",
        "Which of the two would you like, a refund or a new lamp?",
        "Please send one photo of the damage.",
        "It usually takes a moment.",
        "Your refund goes to the card within 5 working days.",
        "Reply with yes or no, that's the only thing I need.",
        "Step by step: 1. send the photo 2. I refund you.",
        "Once I have the photo, I can refund the sixty dollars.",
        "You paid 60 dollars on order 48213.",
        "That is 2 weeks too long, you are right.",
        "Are you free to send it back?",
        "At first the lamp was marked as delivered.",
        "On second thought, a refund may be best.",
        "To get started, I need three things: order number, photo, and address.",
        "We have had the lamp for a while.",
        "Either option is fine; both are free.",
        "The order from May 15th is the one I mean.",
        "Der Liefertag war der 15. Mai, ein Freitag.",
        "Su pedido llegó el viernes 15 de mayo.",
        "Votre commande est arrivée le 15 mai; une question de plus ?",
        "Você esperou duas semanas; sinto muito.",
        "It arrived on the fifteenth of May.",
    ],
)
def test_what_is_known_or_says_no_figure_is_no_invention(reply: str) -> None:
    assert inventions(reply, CASE, NOBODY) == ()


def test_a_sentence_of_the_draft_that_stays_as_it_was_may_keep_spans_and_days_without_a_date() -> None:
    draft = "Our team needs two days, so you hear from us on Thursday. I am sorry."
    case = CASE.with_draft(draft)

    assert inventions(draft.split(". ", maxsplit=1)[0] + ".", case, NOBODY) == ()
    assert set(inventions("I can refund you in two days, on Thursday.", case, NOBODY)) == {
        "2 days",
        "Thursday",
    }


@pytest.mark.parametrize(
    "draft", ["You get seventy dollars.", "It is half of the price.", "It comes on 22 May."]
)
def test_a_sentence_of_the_draft_keeps_no_amount_share_or_date_that_is_unknown(draft: str) -> None:
    assert inventions(draft, CASE.with_draft(draft), NOBODY)


def test_one_span_is_known_in_whichever_unit_and_business_days_are_other_days() -> None:
    said = Case(
        "t1", (Turn("customer", "You promised it in 48 hours and 3 working days for the money."),), "x"
    )

    assert inventions("It comes in two days, the money in three business days.", said, NOBODY) == ()
    assert inventions("The money comes in three days.", said, NOBODY) == ("3 days",)
    assert inventions("It comes in two business days.", said, NOBODY) == ("2 business days",)


def test_a_field_says_its_unit_and_a_list_its_length() -> None:
    call = ToolCall(
        "get_order",
        "{}",
        '{"eta_hours": 24, "discount_percent": 15, "lamps": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}',
        ok=True,
    )
    said = Case("t1", (Turn("customer", "Where are they?"),), "x", (call,))

    assert inventions("Three lamps come within a day, with 15 percent off.", said, NOBODY) == ()
    assert inventions("Four lamps come within two days, with 20 percent off.", said, NOBODY)


@pytest.mark.parametrize(
    "text", ["within 5 ", "one two ", "quatre vingt dix ", "5 may ", "1 - 2 ", "i can ", "- "]
)
def test_a_very_long_text_is_read_in_a_moment(text: str) -> None:
    begun = time.perf_counter()

    inventions(text * 2_000, CASE, NOBODY)

    assert time.perf_counter() - begun < 5


def test_what_one_case_lists_is_not_known_in_the_next() -> None:
    said = Case("t1", (Turn("customer", "Where are they?"),), "x")
    call = ToolCall("get_orders", "{}", '[{"id": "a"}, {"id": "b"}, {"id": "c"}]')
    listing = Case("t1", said.turns, "x", (call,))

    assert inventions("There are three orders.", listing, NOBODY) == ()
    assert inventions("There are three orders.", said, NOBODY) == ("3",)
