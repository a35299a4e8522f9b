"""Secrets in plain words are masked, and only they: passphrases, security answers, maiden names, codes that are written out."""

import re
import time

import pytest

from guard import Case, Turn
from guard.escalation.masking import masked, secrets_in
from guard.escalation.packet import without_secrets


def asked(question: str, answer: str, draft: str = "I see.") -> Case:
    return Case("t1", (Turn("assistant", question), Turn("customer", answer)), draft)


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("my passphrase is correct horse battery staple", "correct horse battery staple"),
        ("Passphrase: purple monkey dishwasher 9", "purple monkey dishwasher"),
        ("the passphrase I set was winter is coming soon, it stopped working", "winter is coming soon"),
        ("Kennwort: blauer Elefant tanzt", "blauer Elefant tanzt"),
        ("mein Kennwort lautet Sonnenblume", "Sonnenblume"),
        ("meine Passphrase ist rote Katze springt hoch.", "rote Katze springt hoch"),
        ("security answer is Rex", "Rex"),
        ("The security answer is Green Street Primary.", "Green Street Primary"),
        ("answer to my security question: Fluffy", "Fluffy"),
        ("my secret answer is pizza", "pizza"),
        ("my mother's maiden name is Kowalski", "Kowalski"),
        ("mothers maiden name: O'Brien", "O'Brien"),
        ("Mum's maiden name is Fitzgerald by the way", "Fitzgerald"),
        ("my mother’s maiden name was de la Cruz, born in Lima", "de la Cruz"),
        ("memorable word: marmalade", "marmalade"),
        ("the memorable word is Marmalade Skies", "Marmalade Skies"),
        ("my memorable place is Lake Bled", "Lake Bled"),
        ("security word is giraffe", "giraffe"),
        ("my secret word = thunderbolt", "thunderbolt"),
        ("telephone password: Artichoke", "Artichoke"),
        ("my first pet's name is Biscuit, that's the security answer", "Biscuit"),
        ("security question: first pet. Answer: Biscuit", "Biscuit"),
        (
            "recovery phrase: witch collapse practice feed shame open despair creek road again ice least",
            "witch collapse practice feed shame open despair creek road again ice least",
        ),
        (
            "my seed phrase is abandon ability able about above absent absorb abstract absurd abuse access accident",
            "abandon ability able about above absent absorb abstract absurd abuse access accident",
        ),
        ("mi frase de contraseña es el gato azul duerme", "el gato azul duerme"),
        ("mi palabra secreta es naranja", "naranja"),
        ("la respuesta de seguridad es Toby", "Toby"),
        ("el apellido de soltera de mi madre es Villanueva", "Villanueva"),
        ("respuesta secreta: Toby", "Toby"),
        ("der Mädchenname meiner Mutter ist Hollenbeck", "Hollenbeck"),
        ("Mädchenname der Mutter: Hollenbeck", "Hollenbeck"),
        ("die Antwort auf meine Sicherheitsfrage ist Bello", "Bello"),
        ("Sicherheitsantwort: Bello", "Bello"),
        ("Telefonkennwort: Artischocke", "Artischocke"),
        ("le nom de jeune fille de ma mère est Delacroix", "Delacroix"),
        ("ma phrase secrète est le chat dort encore", "le chat dort encore"),
        ("réponse secrète : Médor", "Médor"),
        ("a resposta de segurança é Totó", "Totó"),
        ("o nome de solteira da minha mãe é Figueiredo", "Figueiredo"),
        ("hey so my passphrase is rainy tuesday pancakes and I still can't get in", "rainy tuesday pancakes"),
        ("Pass phrase - silver otter lagoon", "silver otter lagoon"),
        ("passphrase = ihavetwocats", "ihavetwocats"),
        ("The passphrase we agreed on is 'midnight train'", "midnight train"),
        ("my passphrase was changed to velvet underground last week", "velvet underground"),
        ("passphrase (wifi): goldfish bowl", "goldfish bowl"),
        ("mein Kennwort ist Regenbogenfisch", "Regenbogenfisch"),
        ("Kennwort lautet: grüner Tee", "grüner Tee"),
        ("secret answer: Honda Civic", "Honda Civic"),
        ("my answer to the security question was Mr Whiskers", "Mr Whiskers"),
        ("for the security question I put Liverpool", "Liverpool"),
        ("Security question: mother's maiden name. Answer: Hargreaves", "Hargreaves"),
        ("mother's maiden name (you asked): Hargreaves", "Hargreaves"),
        ("my mum's maiden name was Hargreaves", "Hargreaves"),
        ("maiden name of my mother is Hargreaves", "Hargreaves"),
        ("my mother's maiden name, Hargreaves, should be on file", "Hargreaves"),
        ("Hargreaves is my mother's maiden name", "Hargreaves"),
        ("memorable word? it's turquoise", "turquoise"),
        ("my memorable word would be turquoise", "turquoise"),
        ("the memorable date is 12 June 1987", "12 June 1987"),
        ("Memorable name: Auntie Jo", "Auntie Jo"),
        ("safe word is pineapple", "pineapple"),
        ("account password is tangerine dream", "tangerine dream"),
        ("the code word is bluebird", "bluebird"),
        ("my first school was St. Peter's, that's my security answer", "Peter"),
        ("I was born in Tromsø, that is the answer to the security question", "Tromsø"),
        ("mi respuesta secreta es Pamplona", "Pamplona"),
        ("la contraseña es perro verde feliz", "perro verde feliz"),
        ("la palabra de seguridad: girasol", "girasol"),
        ("apellido de soltera de mi madre: Echeverría", "Echeverría"),
        ("mi frase secreta es mañana será otro día", "mañana será otro día"),
        ("meine Sicherheitsantwort ist Fiffi", "Fiffi"),
        ("Geburtsname der Mutter: Brinkmann", "Brinkmann"),
        ("Antwort auf die Sicherheitsfrage: Grundschule Nord", "Grundschule Nord"),
        ("ma réponse à la question secrète est Biarritz", "Biarritz"),
        ("nom de jeune fille de ma mère : Lemoine", "Lemoine"),
        ("le mot secret est tournesol", "tournesol"),
        ("minha resposta secreta é Curitiba", "Curitiba"),
        ("nome de solteira da mãe: Albuquerque", "Albuquerque"),
    ],
)
def test_a_secret_in_words_is_masked_whole(said: str, secret: str) -> None:
    kept = masked(said)

    assert not any(re.search(rf"\b{word}\b", kept) for word in re.findall(r"\w{4,}", secret))
    assert "••••" in kept


@pytest.mark.parametrize(
    "said",
    [
        "forgot my passphrase, can you reset it",
        "the answer is no",
        "my passphrase is not accepted any more",
        "the passphrase is too long for your form",
        "passphrase reset does nothing",
        "Kennwort vergessen, bitte zurücksetzen",
        "mein Kennwort ist abgelaufen",
        "das Kennwort ist falsch, sagt die Seite",
        "security answer is not accepted",
        "the security answer was wrong three times",
        "the security question is silly",
        "my security answer is case sensitive?",
        "I don't remember my mother's maiden name answer",
        "my mother's maiden name is on file already",
        "my mother's maiden name is misspelled in your records",
        "why do you need my mother's maiden name",
        "maiden name: see marriage certificate",
        "memorable word forgotten",
        "the memorable word is no longer accepted",
        "it was a memorable word from your agent",
        "the secret word for the raffle never came",
        "a memorable place to stay, thank you",
        "our stay was memorable, the place is lovely",
        "in a word: terrible",
        "the answer to my question is still missing",
        "Answer: please",
        "your answer is wrong",
        "security is a joke at your shop",
        "the recovery phrase was never shown",
        "recovery phrase: where do I find it?",
        "olvidé mi frase de contraseña, ¿me ayuda?",
        "la respuesta es no",
        "mi palabra favorita es naranja",
        "la respuesta de seguridad no funciona",
        "die Antwort ist nein",
        "die Sicherheitsfrage ist veraltet",
        "der Mädchenname meiner Mutter ist Ihnen doch bekannt",
        "la réponse est non",
        "ma réponse secrète est refusée",
        "a resposta de segurança não funciona",
        "the pet's name is on the tag that never came",
        "my maiden name is Schulz, please change my account",
        "the passphrase screen hangs after I type it",
        "my passphrase is being rejected on the app",
        "passphrase is gone, what now",
        "a passphrase would be safer",
        "is a passphrase needed?",
        "Passphrase expired",
        "passphrase: not set",
        "the passphrase was sent by post",
        "my passphrase is probably outdated",
        "your passphrase rules are confusing",
        "Kennwort: wird nicht angenommen",
        "mein Kennwort ist seit gestern gesperrt",
        "Kennwort ändern geht nicht",
        "the security answer is required",
        "security answers are mandatory now?",
        "what is a security answer",
        "the security question asks for my school",
        "I answered the security question correctly",
        "my answer is yes, go ahead",
        "the answer was helpful",
        "your last answer is what I needed",
        "the secret name of the sale",
        "my mother's name is on the invoice",
        "my mother ordered it",
        "my mother's maiden name is different",
        "mother's maiden name is asked every time",
        "the maiden name on the ticket is wrong",
        "memorable trip, thanks",
        "that is the most memorable word of support I got",
        "memorable date: to be chosen",
        "your password is our priority",
        "the word is out",
        "la respuesta es correcta",
        "mi respuesta fue sí",
        "la palabra es no",
        "meine Antwort ist ja",
        "die Sicherheitsfrage ist mir unbekannt",
        "la réponse est fausse",
        "le mot secret n'est pas accepté",
        "minha resposta é não",
        "my recovery phrase is twelve words long",
        "the recovery phrase is never sent by mail",
    ],
)
def test_words_about_a_secret_stay_as_they_were_said(said: str) -> None:
    assert masked(said) == said


@pytest.mark.parametrize(
    ("question", "answer", "secret"),
    [
        ("What is your passphrase?", "correct horse battery staple", "correct horse battery staple"),
        (
            "Could you tell me your passphrase, please?",
            "it's purple monkey dishwasher",
            "purple monkey dishwasher",
        ),
        ("What is your mother's maiden name?", "Kowalski", "Kowalski"),
        ("And your mother's maiden name, please?", "It's O'Brien.", "O'Brien"),
        ("What is the answer to your security question?", "Green Street Primary", "Green Street Primary"),
        ("What is your security answer?", "Rex", "Rex"),
        ("Please give me your memorable word.", "marmalade", "marmalade"),
        ("For security: what was the name of your first pet?", "Biscuit", "Biscuit"),
        ("To verify you, in which city were you born?", "Lima", "Lima"),
        ("Please tell me your memorable place", "lake bled", "lake bled"),
        ("What is your telephone password?", "Artichoke", "Artichoke"),
        ("¿Cuál es el apellido de soltera de su madre?", "Villanueva", "Villanueva"),
        ("¿Cuál es su palabra secreta?", "naranja", "naranja"),
        ("Wie lautet der Mädchenname Ihrer Mutter?", "Hollenbeck", "Hollenbeck"),
        ("Nennen Sie bitte Ihr Kennwort.", "blauer Elefant", "blauer Elefant"),
        ("Wie lautet die Antwort auf Ihre Sicherheitsfrage?", "Bello", "Bello"),
        ("Quel est le nom de jeune fille de votre mère ?", "Delacroix", "Delacroix"),
        ("Quelle est votre réponse secrète ?", "Médor", "Médor"),
        ("Qual é o nome de solteira da sua mãe?", "Figueiredo", "Figueiredo"),
        ("Qual é a sua palavra secreta?", "laranja", "laranja"),
        ("And the CVV?", "seven three seven", "seven three seven"),
        ("What is your PIN?", "it's four eight two one", "four eight two one"),
    ],
)
def test_what_answers_a_question_for_it_is_masked_wherever_it_is_said(
    question: str, answer: str, secret: str
) -> None:
    clean = without_secrets(asked(question, answer, f"You wrote {secret}, thanks."))

    assert clean.turns[0].content == question
    assert secret not in clean.turns[1].content
    assert clean.draft == "You wrote ••••, thanks."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is your passphrase?", "I forgot my passphrase"),
        ("What is your passphrase?", "can you reset it please"),
        ("What is your mother's maiden name?", "why do you need that"),
        ("What is your mother's maiden name?", "I won't tell you that"),
        ("What is the answer to your security question?", "no idea, it was years ago"),
        ("Did you set a memorable word?", "yes"),
        ("What is your security question?", "the one about my pet"),
        ("What is your name?", "Kowalski"),
        ("What is the name of your dog?", "Rex, and he loves the food"),
        ("What is the name of your dog?", "Rex"),
        ("Is that the answer you needed?", "no"),
        ("Please give me your memorable word.", "not over chat"),
        ("What is the name of the product?", "Biscuit tin"),
        ("In which city should we deliver?", "Lima"),
        ("What happens when you enter the passphrase?", "it says invalid"),
        ("Have you forgotten the passphrase?", "maybe"),
        ("Where were you when the parcel came?", "at work"),
        ("¿Cuál es su palabra secreta?", "no me acuerdo"),
        ("Wie lautet Ihr Kennwort?", "weiß ich nicht mehr"),
        ("Quel est votre mot de passe ?", "je ne sais plus"),
        ("What was the name of the agent?", "Rex"),
        ("I have reset your passphrase. What else?", "my lamp is broken"),
    ],
)
def test_an_answer_that_is_none_stays(question: str, answer: str) -> None:
    one = asked(question, answer)

    assert without_secrets(one) == one


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my passphrase is correct horse battery staple", "my passphrase is ••••"),
        ("my memorable word is marmalade, please help", "my memorable word is ••••, please help"),
        (
            "mother's maiden name is Kowalski and it worked before",
            "mother's maiden name is •••• and it worked before",
        ),
        ("Rex is my security answer", "•••• is my security answer"),
        ("password: correct horse battery staple", "password: ••••"),
        ("my password is tangerine dream", "my password is ••••"),
        ("my cvv is one two three", "my cvv is ••••"),
        ("my pin is forty-eight twenty-one, still", "my pin is ••••, still"),
        ("cvv 1 2 3", "cvv ••••"),
        ("C.V.V. 123", "C.V.V. ••••"),
        ("la contraseña es perro verde feliz", "la contraseña es ••••"),
        ("my card number for you: 4111 1111\n1111 1111", "my card number for you: •••• 1111"),
        ("4111 - 1111 - 1111 - 1111", "•••• 1111"),
        ("4111,1111,1111,1111", "•••• 1111"),
        ("**4111** 1111 1111 1111", "**•••• 1111"),
        ("pay to DE89 3704 0044 0532 0130 00 please", "pay to •••• 3000 please"),
        ("IBAN: GB29NWBK60161331926819.", "IBAN: •••• 6819."),
        ("iban fr76 3000 6000 0112 3456 7890 189", "iban •••• 0189"),
        ("CH93-0076-2011-6238-5295-7", "•••• 2957"),
        ("DE89\n3704\n0044\n0532\n0130\n00", "•••• 3000"),
        ("DE12 is my line, DE89 3704 0044 0532 0130 00 my account", "DE12 is my line, •••• 3000 my account"),
    ],
)
def test_only_the_secret_is_taken_out(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "reference DE89 is on the box",
        "flight GB29 was late",
        "order DE89370400440532013001",
        "my cvv is one of those that fail",
        "the cvc is one digit too short",
        "the pin is one of two",
        "IBAN is missing",
        "my iban was rejected three times",
        "4111 1111 1111 1112",
        "order 4111 1111\n1111 1111",
        "call 0800 1111 1111 1111",
        "the security code never came, one two three times",
        "code: 123 for the door",
        "numbers 4012 8888 are not mine",
        "NL91 is the bus line",
        "FR76 3000 is the model",
        "sort code is fine",
        "one two three testing",
        "my passphrase is the same problem again",
        "your figures are 4111, 1111, 1111, 11, 11 in all",
        "Rs. 250 for return shipping 407-9876543-2109876",
    ],
)
def test_numbers_that_are_no_account_and_no_code_stay(said: str) -> None:
    assert masked(said) == said


def test_a_phrase_that_was_told_once_is_known_where_it_is_repeated() -> None:
    said = "my passphrase is purple monkey dishwasher. Why does purple monkey dishwasher not work?"

    assert secrets_in(said) == {"purple monkey dishwasher"}


@pytest.mark.parametrize(
    "text",
    [
        "my passphrase is " * 6000,
        "passphrase: " + "word " * 20_000,
        "DE12 " * 20_000,
        "one " * 25_000,
        "kennwort" * 12_000,
    ],
)
def test_a_long_message_is_masked_in_time_that_grows_with_its_length(text: str) -> None:
    began = time.process_time()

    masked(text)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("MT84MALT011000012345MTLCAST001S", "MALT0110"),
        ("SC18SSCB11010000000000001497USD", "SSCB1101"),
        ("BY13NBRB3600900000002Z00AB00", "NBRB3600"),
        ("My Visa is four one one one one one one one one one one one one one one one", "four one one"),
        ("Mein Passwort heisst Kaktus77", "Kaktus77"),
        ("Mein Passwort hiess Kaktus77", "Kaktus77"),
        ("Die Kartenprufnummer: 123", "123"),
    ],
)
def test_a_secret_is_masked_however_its_name_is_spelt(text: str, secret: str) -> None:
    assert secret not in masked(text)
