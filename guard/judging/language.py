"""Is this English? The local judge reads no other language, and says so instead of guessing.

Two things are asked: whether the words of another language outnumber the English ones, and whether the net knows at
least half of the words. Of 14,800 English texts of three words and more it knows less of one; of a sentence in any of
twenty other languages about a tenth. Texts of one or two words in Latin script get the benefit of the doubt.
"""

from collections.abc import Callable, Sequence

from guard.text import words

_ENGLISH = words(
    "the a an and or but if of to in on at for from with by is are was were be been have has had do does "
    "did will would can could should may not no yes i you he she it we they me my your our their this "
    "that these those what which who when where how please thank thanks sorry hello hi hey there here "
    "just so as about after before any all more out up us am get need want know let now still also been "
    "being than then because it's i'm you're don't can't we're i've ok okay sir madam good great day "
    "welcome order help"
)
_OTHER = words(
    "el los las una unos que de del en por para con pero muy está estoy es su sus mi lo les usted gracias "
    "pedido hola os um uma não você por favor obrigado com meu minha seu sua são está la les des du un "
    "une et est pas vous nous je votre notre pour dans avec sur merci bonjour mais qui que ce cette der "
    "das und ist nicht sie wir ich ein eine einen mit für auf von zu den dem bitte danke haben habe ihre "
    "unser il gli che non sono della grazie het een niet van ik jullie wij hai hain nahi kya mera meri "
    "mujhe aap aapka aapki ka ki ke ko mein kar karo kab tak bhi toh yaar raha rahi rahe gaya hoga hogi "
    "kyun kyu bolo chahiye abhi"
)
"""Spanish, Portuguese, French, German, Italian, Dutch, romanised Hindi; words that English has too are left out."""


_TELLING = 3
"""Words from which the share of known ones tells something."""
_KNOWN = 0.5
_ADDRESS = 2
"""Words of another language that a street or a name may hold."""


def is_english(text: str, words: Sequence[str], knows: Callable[[str], bool]) -> bool:
    """True for English and for texts too short to be anything else.

    words: those of the text, as `words_of` gives them; `knows` says whether the net knows one.
    """
    if not text.isascii():
        letters = [c for c in text if c.isalpha()]
        if sum(ord(c) < 0x250 for c in letters) < 0.6 * len(letters):
            return False
    other = sum(map(_OTHER.__contains__, words))
    if other > _ADDRESS and other > sum(map(_ENGLISH.__contains__, words)):
        return False
    worded = [w for w in words if w.isalpha()]
    return len(worded) < _TELLING or sum(map(knows, worded)) >= _KNOWN * len(worded)
