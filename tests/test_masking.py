"""What nobody may keep is masked in a handoff, and only that."""

import json

import pytest

from guard import Case, Guard, Turn
from guard.escalation.masking import masked, secrets_in
from guard.outcome import Withheld


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my card 4111 1111 1111 1111 was charged twice", "my card •••• 1111 was charged twice"),
        ("it's 4111-1111-1111-1111, exp 04/29", "it's •••• 1111, exp 04/29"),
        ("amex 378282246310005", "amex •••• 0005"),
        ("card 5555555555554444 cvv 123", "card •••• 4444 cvv ••••"),
        ("the CVC is 987.", "the CVC is ••••."),
        ("security code: 4321", "security code: ••••"),
        ("my pin is 1234", "my pin is ••••"),
        ("My password is hunter2, it never works", "My password is ••••, it never works"),
        ("password: Tr0ub4dor&3", "password: ••••"),
        ("my SSN is 123-45-6789", "my SSN is ••••"),
        ("her PIN with the bank was 8841", "her PIN with the bank was ••••"),
        ("card 4111 1111 1111 1111, expires 04/29, code 737", "card •••• 1111, expires 04/29, code ••••"),
        ("mi DNI es 12345678Z", "mi DNI es ••••"),
        ("passport no 533401999", "passport no ••••"),
        ("NI number AB 12 34 56 C", "NI number ••••"),
        ("password hunter2", "password ••••"),
        ("pin 4821", "pin ••••"),
        ("my code is 99 31 20", "my code is ••••"),
        ("the passcode: blue-Horse7", "the passcode: ••••"),
        ("pass: Xk29!fra", "pass: ••••"),
        ("my pw is kittens99", "my pw is ••••"),
        ("PIN - 0042", "PIN - ••••"),
        ("the otp is 482913", "the otp is ••••"),
        ("verification code 771204", "verification code ••••"),
        ("I log in with anna@x.org and password Sommer2020", "I log in with anna@x.org and password ••••"),
        ("mi contraseña es Gato#77", "mi contraseña es ••••"),
        ("clave: perro123", "clave: ••••"),
        ("mein Passwort lautet Katze!9", "mein Passwort lautet ••••"),
        ("Kennwort: Katze99", "Kennwort: ••••"),
        ("mon mot de passe est Chat-77", "mon mot de passe est ••••"),
        ("minha senha é gato7788", "minha senha é ••••"),
        ("my PIN number is 48 21", "my PIN number is ••••"),
        ("the sms code was 482 913", "the sms code was ••••"),
        ("I typed 4821 as my pin", "I typed •••• as my pin"),
        ("my one-time code: 118-204", "my one-time code: ••••"),
        ("the password I use is Blumen-2019!", "the password I use is ••••!"),
        ("password=letmein1", "password=••••"),
        ("Passwort: sonne123", "Passwort: ••••"),
        ("PIN: 12 34", "PIN: ••••"),
        ("the pin for my card is 9021", "the pin for my card is ••••"),
        ("they sent 553-102 as the code", "they sent •••• as the code"),
        ("the code you sent me is 5531", "the code you sent me is ••••"),
        ("your verification code was 004 512", "your verification code was ••••"),
        ("2FA code: 661 204", "2FA code: ••••"),
        ("my access code = 90 21 44", "my access code = ••••"),
        ("el código de verificación es 559120", "el código de verificación es ••••"),
        ("mein Bestätigungscode lautet 4471", "mein Bestätigungscode lautet ••••"),
        ("TAN 559120", "TAN ••••"),
        ("mon code secret est 4821", "mon code secret est ••••"),
        ("meu código é 7781", "meu código é ••••"),
        ("contraseña: luna.nueva9", "contraseña: ••••"),
        ("senha=abc12345", "senha=••••"),
        ("username bob, password: bobby", "username bob, password: ••••"),
        ("api key: sk-live-99abcDEF", "api key: ••••"),
        ("mot de passe : Soleil99", "mot de passe : ••••"),
        ("my banking pin, 7719, stopped working", "my banking pin, ••••, stopped working"),
        ('the password is "blue horse battery"', 'the password is "••••"'),
    ],
)
def test_what_nobody_may_keep_is_masked(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "order 4111111111111111 never came",  # adds up like a card, and is called an order
        "tracking number is 4111 1111 1111 1111",
        "card ending 4421, charged 2026-11-02",
        "the number 4111 1111 1111 1112 has a wrong check digit",
        "call me on 0171 2345678 or +1 415 555 0199",
        "my pin code is 400001",  # an Indian postal code
        "I forgot my password and the reset mail never came",
        "my password is not accepted",
        "the password was wrong three times",
        "I paid 123 for order #48213-77",
        "security code never arrived, 20 minutes now",
        "send me a password reset link",
        "the pin on the map is wrong",
        "promo code SUMMER24 does nothing",
        "my discount code is 10 20",
        "error code 4821 when I log in",
        "my post code is 1017 AB",
        "pin 3 of the plug is bent",
        "I changed my password twice",
        "the password field stays empty",
        "a password must have 8 characters",
        "country code is 0031",
        "voucher code is WELCOME10",
        "order code 99 31 20",
        "my zip code is 94110",
        "bobby pins 2000 pieces never came",
        "my password hasn't worked since Monday",
        "tracking code is 4821 9931",
        "olvidé mi contraseña ayer",
        "j'ai perdu mon mot de passe hier",
        "ich habe mein Passwort vergessen",
        "the code on the label is 4821",
        "it says code 500",
        "HTTP code: 503 again",
        "the dress code is black",
        "password manager 1Password crashed",
        "I have 3 passwords",
        "passwords don't match",
        "my password is too short",
        "boarding pass: A12B9",
        "pass the message on by 24 May",
        "my pass is valid until 2026",
        "clave de reserva AB123",
        "mi contraseña no funciona desde el lunes 4",
        "Passwort vergessen",
        "das Passwort ist abgelaufen",
        "mon mot de passe est refusé",
        "a senha está errada",
        "the code is E4821",
        "2000 pins are missing",
        "tan, 2024 model",
        "I pinned 4821 notes",
        "my password is 12 characters long",
        "the password for it expired on 2026-05-02",
        "sms 2024 plan",
    ],
)
def test_what_only_looks_like_it_stays_as_it_was_said(said: str) -> None:
    assert masked(said) == said


def test_no_part_of_a_stored_handoff_holds_a_card_number(guard: Guard) -> None:
    said = "I want a human. Card 4111 1111 1111 1111, cvv 737, order #48213."
    case = Case(id="4111 is no card", turns=(Turn("customer", said),), draft=f"You wrote: {said}")

    outcome = guard.review(case)

    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    packet = found[1]
    assert "4111 1111" not in packet
    assert "737" not in packet
    assert json.loads(packet)["case"] == "4111 is no card"
    assert "#48213" in packet
    assert "•••• 1111" in packet


def test_a_secret_is_masked_where_it_stands_alone_too(guard: Guard) -> None:
    said = "I want to speak to a human agent now. My pin is 4821 and my password is hunter2."

    outcome = guard.review(Case(id="t1", turns=(Turn("customer", said),), draft="You said hunter2."))

    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    assert "hunter2" not in found[1]
    assert "4821" not in found[1]


def test_a_code_that_was_told_with_a_card_is_known_where_it_stands_alone() -> None:
    assert secrets_in("card 4111 1111 1111 1111, code 737") >= {"737"}


def test_a_password_at_the_end_of_a_sentence_is_known_without_its_full_stop() -> None:
    assert secrets_in("My password is hunter2.") == {"hunter2"}
