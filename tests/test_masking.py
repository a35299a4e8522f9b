"""What nobody may keep is masked in a handoff, and only that."""

import json
import re

import pytest

from guard import Case, Guard, Turn
from guard.case import Role, ToolCall
from guard.escalation.masking import masked, secrets_in
from guard.escalation.packet import Packet, without_secrets
from guard.outcome import Withheld

WHO: dict[str, Role] = {"A": "assistant", "C": "customer"}


def conversation(*said: str, draft: str = "I see.") -> Case:
    """Each begins with who says it: "A: " is the assistant, "C: " the customer."""
    return Case("t1", tuple(Turn(WHO[text[0]], text[3:]) for text in said), draft)


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
        ("here you go: 5105105105105100 exp 11/29 sec 882", "here you go: •••• 5100 exp 11/29 sec ••••"),
        ("it's on my mastercard 5105.1051.0510.5100", "it's on my mastercard •••• 5100"),
        (
            "the order was paid with 4012888888881881, two weeks ago",
            "the order was paid with •••• 1881, two weeks ago",
        ),
        ("paid by 4012 8888 8888 1881/123", "paid by •••• 1881"),
        ("card no.4012888888881881", "card no.•••• 1881"),
        ("cvc's 331", "cvc's ••••"),
        ("My PIN has been 7391 for years", "My PIN has been •••• for years"),
        ("pin= 7391", "pin= ••••"),
        ("the three digits on the back are 331", "the three digits on the back are ••••"),
        ("my old password was Sunny-Day4", "my old password was ••••"),
        ("pw: nightowl", "pw: ••••"),
        ("password's still Sunny-Day4", "password's still ••••"),
        ("login: tom / password: tiger!", "login: tom / password: ••••!"),
        ("the passphrase is 'four score seven'", "the passphrase is '••••'"),
        ("I set the password to Kestrel_88 yesterday", "I set the password to •••• yesterday"),
        ("your text said 771 902 is my login code", "your text said •••• is my login code"),
        (
            "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def-123",
            "Authorization: Bearer ••••",
        ),
        ("the token is xoxb-1234567890-abcdefABCDEF", "the token is ••••"),
        ("my memorable word is bluebell", "my memorable word is ••••"),
        ("the answer to my security question is Rex", "the answer to my security question is ••••"),
        ("visa 4916 3385 0608 2832 exp 0528 cvv2 902", "visa •••• 2832 exp 0528 cvv2 ••••"),
        ("my card, 4916338506082832, got declined", "my card, •••• 2832, got declined"),
        ("expiry 05/28 card 4916-3385-0608-2832", "expiry 05/28 card •••• 2832"),
        ("pin code is 7731", "pin code is ••••"),
        ("my PIN's always been 7731", "my PIN's always been ••••"),
        ("pin → 7731", "pin → ••••"),
        ("the back says 902 (cvv)", "the back says •••• (cvv)"),
        ("password: qwerty", "password: ••••"),
        ("my password is dragonfly.", "my password is ••••."),
        ("my password was: Mondschein_7", "my password was: ••••"),
        ("user anna pass: anna77!", "user anna pass: ••••!"),
        ("new password = P@ssw0rd", "new password = ••••"),
        ("I changed my password from Rex1 to Rex2", "I changed my password from Rex1 to ••••"),
        ("try password Rex1", "try password ••••"),
        ("the 2FA code 443 210 does not work", "the 2FA code •••• does not work"),
        ("my authenticator shows 443210 as login code", "my authenticator shows •••• as login code"),
        ("sk-proj-abcDEF1234567890abcdefgh leaked", "•••• leaked"),
        ("my ssn: 219 09 9999", "my ssn: ••••"),
        ("Mi PIN es 7731 y no funciona", "Mi PIN es •••• y no funciona"),
        ("mot de passe: azerty12", "mot de passe: ••••"),
        ("4111\n1111\n1111\n1111", "•••• 1111"),
        ("ref: 4111111111111111", "ref: •••• 1111"),
        ("my card number for order is 4111111111111111", "my card number for order is •••• 1111"),
        ("4111_1111_1111_1111", "•••• 1111"),
        ("４１１１１１１１１１１１１１１１", "•••• 1111"),
        ("card:4111111111111111cvv123", "card:•••• 1111cvv••••"),
        ("my pin's 4821", "my pin's ••••"),
        ("3 digit code on back: 555", "3 digit code on back: ••••"),
        ("password 12345678", "password ••••"),
        ("senha 12345678", "senha ••••"),
        ("my password is correct-horse", "my password is ••••"),
        ("password -> Rex1", "password -> ••••"),
        ("Password was changed to Rex1", "Password was changed to ••••"),
        ("my password, by the way, is Rex1", "my password, by the way, is ••••"),
        ("verification code G-552911", "verification code ••••"),
        (
            "I never got the one-time code. Now I got the code 552911",
            "I never got the one-time code. Now I got the code ••••",
        ),
        ("Bearer abcDEF123456ghiJKL", "Bearer ••••"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "••••"),
        ("AKIAIOSFODNN7EXAMPLE", "••••"),
        ("reference 4012888888881881 is on the parcel label", "reference •••• 1881 is on the parcel label"),
        ("4111 1111 1111 1111 04/29 123", "•••• 1111"),
        ("4111 1111 1111 1111 5105 1051 0510 5100", "•••• 1111 •••• 5100"),
        ("03/27 4111 1111 1111 1111", "03/27 •••• 1111"),
        ("4111 1111 1111 1111 2026-05-02", "•••• 1111 2026-05-02"),
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
        "The password is case-sensitive, isn't it?",
        "password: I never got one",
        "my password is rejected every time",
        "The password is supposed to arrive by mail",
        "your password page is down",
        "my passport application is at stage 4",
        "PIN 110001 New Delhi is where I live",
        "the pin is bent",
        "my PIN is blocked after 3 tries",
        "part 219-09-9999 is missing from the box",
        "the cvc field is grey",
        "code 200 is what your API answers",
        "I entered the code 3 times",
        "the login code came 15 minutes late",
        "token ring adapter TR-4000 arrived broken",
        "the key is under the mat, box 12",
        "model number CID 4401 for the oven",
        "flight BA 12 34 56 C was cancelled",
        "the password reset on 2026-10-03 did nothing",
        "The password is expired and I can't log in",
        "my password is apparently wrong",
        "the password is sent by post",
        "Password is required",
        "my password is the same as before",
        "password: it says invalid",
        "password - how do I reset it?",
        "the password is hard to remember",
        "password reset 3 times today",
        "I need a new PIN by 2026-12-01",
        "the PIN letter of 14 March never came",
        "pin header 2x20 missing",
        "my cvv is not accepted",
        "Ticket 219-09-1234 has no answer",
        "call 4916338506 for the shop",
        "invoice 4916338506082832 is unpaid",
        "the code is in the mail",
        "error code 443210 after the sms code",
        "my token of appreciation: 20 euros",
        "the bearer of this voucher gets 20% off",
        "my key 7 is stuck on the keyboard",
        "The password is mandatory",
        "The password is visible",
        "The password is probably mistyped",
        "The password is simply rejected",
        "Password: forgotten, please help.",
        "my pass: expired",
        "PIN 560001, Bangalore.",
        "Order 123-45-6789 is missing.",
        "cid 1234 is my customer id",
        "CSC 2000 is the course number",
        "TX-4111111111111111 is my ticket",
        "SN4111111111111111",
        "password is like a lock",
        "I paid by card, the order number is 4111111111111111",
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


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (("A: What is your PIN?", "C: 4821"), "4821"),
        (("A: And the CVV?", "C: 737"), "737"),
        (("A: What is your password?", "C: bluebell"), "bluebell"),
        (("A: Could you tell me your password, please?", "C: it's hunter2"), "hunter2"),
        (("A: Please enter the code we sent you.", "C: 552911"), "552911"),
        (("A: To verify you, please send the 6-digit code.", "C: sure: 552 911"), "552 911"),
        (("A: I need the three digits on the back of your card.", "C: 737 thanks"), "737"),
        (("A: PIN please", "C: one sec", "C: 4821"), "4821"),
        (("A: What are your order number and PIN?", "C: 48213 and 4821"), "4821"),
        (("A: Your security code?", "C: it says 9921 I think"), "9921"),
        (
            (
                "A: I can send a one-time code to your phone.",
                "C: ok",
                "A: Anything else?",
                "C: I got the code 552911 now",
            ),
            "552911",
        ),
        (("A: I texted you a one-time code.", "C: I got the code 552911"), "552911"),
        (("A: Wie lautet Ihr Passwort?", "C: Katze"), "Katze"),
        (("A: What is the verification code?", "C: A7K2Q9"), "A7K2Q9"),
        (("C: 4111", "C: 1111", "C: 1111", "C: 1111 is my card"), "4111"),
        (
            (
                "A: What's your PIN?",
                "C: 4821",
                "A: Thanks. 4821 is right. Anything else?",
                "C: why do you show 4821",
            ),
            "4821",
        ),
        (("A: For security, type your PIN code.", "C: 48 21"), "48 21"),
        (("A: For security I'll need your card PIN.", "C: ok 7731"), "7731"),
        (("A: Can you give me the CVC on the back?", "C: 902"), "902"),
        (("A: What's the password on the account?", "C: Mondschein"), "Mondschein"),
        (("A: Hi! Which password did you use?", "C: Rex1"), "Rex1"),
        (("A: We've texted you a code. What does it say?", "C: 443210"), "443210"),
        (("A: Please type the 4-digit PIN here:", "C: its 7 7 3 1"), "7 7 3 1"),
        (("A: What is your online banking PIN?", "C: I think 7731, or 7713"), "7713"),
        (("A: ¿Cuál es su PIN?", "C: 7731"), "7731"),
        (("A: Enter OTP", "C: 443210"), "443210"),
    ],
)
def test_a_secret_that_was_asked_for_is_known_where_it_stands_alone(
    said: tuple[str, ...], secret: str
) -> None:
    clean = without_secrets(conversation(*said, draft=f"You wrote {secret}, thanks."))

    kept = "\n".join((*clean.customer_turns(), clean.draft))
    assert not re.search(rf"(?<!\w){secret}(?!\w)", kept)


@pytest.mark.parametrize(
    "said",
    [
        ("A: What is your order number?", "C: 48213"),
        ("A: What is your post code?", "C: 10178"),
        ("A: Which error code do you see?", "C: 4821"),
        ("A: Did you reset your password?", "C: twice"),
        ("A: Is the PIN working now?", "C: no, it failed 3 times"),
        ("A: What happens when you enter your password?", "C: nothing"),
        ("A: Never share your PIN. What is your order number?", "C: 48213"),
        ("A: What is your password?", "C: I forgot"),
        ("A: What is your password?", "C: why"),
        ("A: And the promo code?", "C: SUMMER24"),
        ("A: What is your PIN and order number?", "C: order 48213"),
        ("A: How many times did you enter the PIN?", "C: 300"),
        ("A: I sent you a reset link for your password.", "C: great"),
        ("A: What is the tracking code?", "C: 4821 9931"),
        ("A: Please change your password.", "C: done"),
        ("A: Which password manager do you use?", "C: Bitwarden"),
        ("A: The code is on the label. What is the model?", "C: X2000"),
        ("A: Your PIN was mailed on Monday. Anything else?", "C: 15 May 2026"),
        ("A: Is that the PIN for the card?", "C: yes since 2019"),
        ("A: Do you know your password?", "C: no"),
        ("A: What is the CVV for?", "C: dunno"),
        ("A: What does the screen say after the PIN?", "C: E403"),
        ("A: May I have your ZIP code?", "C: 94110"),
        ("A: I can reset the PIN. What are the last four digits of your card?", "C: 4411"),
        ("A: Have you received the code?", "C: nope"),
        ("A: Was the password reset?", "C: yes"),
        ("A: Please use the PIN pad. How much was taken?", "C: 250"),
        ("A: What is your name?", "C: Bluebell"),
        ("A: What is your password?", "C: it's blocked"),
        ("A: What is your PIN?", "C: my phone is 0171 2345678"),
        ("A: What is your PIN?", "A: Sorry, what is your order number?", "C: no idea, 2 minutes please"),
        ("A: What is your PIN?", "C: I don't know", "A: And the order?", "C: 48213"),
    ],
)
def test_an_answer_to_another_question_stays_as_it_was_said(said: tuple[str, ...]) -> None:
    one = conversation(*said)

    assert without_secrets(one) == one


def test_no_part_of_a_stored_handoff_holds_an_answer_that_is_a_secret(guard: Guard) -> None:
    said = conversation(
        "C: I can't pay, order 4821-77.",
        "A: What is your PIN?",
        "C: 4821",
        "A: And the CVV?",
        "C: 737",
        "A: Thanks, 4821 and 737.",
        "C: I want to speak to a human agent now!",
        draft="You said 4821 and 737.",
    )
    call = ToolCall("check_pin", '{"value": "4821"}', "737 is right")

    outcome = guard.review(Case(said.id, said.turns, said.draft, (call,)))

    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    packet = Packet.model_validate_json(found[1])
    assert "737" not in found[1]
    assert [turn["content"] for turn in packet.transcript][2:5] == ["••••", "And the CVV?", "••••"]
    assert not {"4821", "737"} & set(packet.do_not_ask_again)
    assert packet.tried[0].arguments == '{"value": "••••"}'


def test_a_password_that_is_a_word_of_the_packets_form_leaves_the_form_whole(guard: Guard) -> None:
    said = conversation(
        "A: What is your password?", "C: human_requested", "C: I want to speak to a human agent now!"
    )

    outcome = guard.review(said)

    assert isinstance(outcome, Withheld)
    found = guard.desk.packet(outcome.receipt.id)
    assert found is not None
    packet = Packet.model_validate_json(found[1])
    assert packet.reason_code == "human_requested"
    assert packet.transcript[1]["content"] == "••••"
