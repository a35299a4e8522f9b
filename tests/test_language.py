"""What the judge reads, and what it says that it does not read."""

import pytest

from guard.judging.language import is_english
from guard.judging.net import shipped
from guard.judging.words import words_of

OTHERS = {
    "tr": "Siparişim üç haftadır gelmedi ve kimse bana cevap vermiyor, paramı geri istiyorum.",
    "pl": "Moja paczka nie przyszła od trzech tygodni i nikt mi nie odpowiada, chcę zwrotu pieniędzy.",
    "id": "Paket saya belum sampai selama tiga minggu dan tidak ada yang menjawab, saya mau uang kembali.",
    "sv": "Mitt paket har inte kommit på tre veckor och ingen svarar mig, jag vill ha pengarna tillbaka.",
    "ro": "Coletul meu nu a ajuns de trei săptămâni și nimeni nu îmi răspunde, vreau banii înapoi.",
    "vi": "Gói hàng của tôi chưa đến trong ba tuần và không ai trả lời tôi, tôi muốn hoàn tiền.",
    "es": "Mi paquete no ha llegado en tres semanas y nadie me responde, quiero mi dinero.",
    "pt": "Meu pacote não chegou há três semanas e ninguém me responde, quero meu dinheiro.",
    "fr": "Mon colis n'est pas arrivé depuis trois semaines et personne ne me répond, je veux être remboursé.",
    "de": "Mein Paket ist seit drei Wochen nicht angekommen und niemand antwortet mir, ich will mein Geld.",
    "it": "Il mio pacco non arriva da tre settimane e nessuno mi risponde, voglio il rimborso.",
    "nl": "Mijn pakket is al drie weken niet aangekomen en niemand antwoordt, ik wil mijn geld terug.",
    "hi": "mera order teen hafte se nahi aaya aur koi jawab nahi deta, mujhe paise wapas chahiye",
    "da": "Min pakke er ikke kommet i tre uger, og ingen svarer mig, jeg vil have pengene tilbage.",
    "fi": "Pakettini ei ole saapunut kolmeen viikkoon eikä kukaan vastaa minulle, haluan rahani takaisin.",
    "cs": "Můj balík nepřišel už tři týdny a nikdo mi neodpovídá, chci vrátit peníze.",
    "hu": "A csomagom három hete nem érkezett meg, és senki sem válaszol, kérem vissza a pénzemet.",
    "tl": "Hindi pa dumarating ang order ko ng tatlong linggo at walang sumasagot sa akin, gusto ko ng refund.",
    "ms": "Bungkusan saya belum sampai selama tiga minggu dan tiada siapa menjawab, saya mahu bayaran balik.",
    "sw": "Kifurushi changu hakijafika kwa wiki tatu na hakuna anayenijibu, nataka pesa zangu.",
    "hr": "Moj paket nije stigao tri tjedna i nitko mi ne odgovara, želim povrat novca.",
    "ru": "Моя посылка не пришла три недели.",
    "ja": "三週間荷物が届きません。",
    "ar": "لم يصل طردي منذ ثلاثة أسابيع",
    "no": "Pakken min har ikke kommet på tre uker og ingen svarer meg.",
    "ca": "El meu paquet no ha arribat en tres setmanes i ningú no em respon.",
}


def english(text: str) -> bool:
    return is_english(text, words_of(text), shipped().vocabulary.knows)


@pytest.mark.parametrize("code", OTHERS)
def test_another_language_is_not_guessed(code: str) -> None:
    assert not english(OTHERS[code])


@pytest.mark.parametrize(
    "said",
    [
        "pls cncl my order asap, i want refund!!",
        "Where is my order?",
        "ok",
        "12 Rue de la Paix, Paris",
        "[Image attached]",
        "My MacBook Pro M3 throws kernel panics after the Sonoma 14.2 update.",
        "i dnt hav tym 4 dis, gimme my muney bak",
    ],
)
def test_english_is_read_however_it_is_spelled(said: str) -> None:
    assert english(said)
