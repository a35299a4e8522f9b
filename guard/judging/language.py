"""Is this English? The local judge reads no other language, and says so instead of guessing.

Function words tell languages apart in a sentence or two, without a model. Short texts without any are
given the benefit of the doubt in Latin script.
"""

import re

from guard.text import words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
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


def is_english(text: str) -> bool:
    """True for English and for texts too short to be anything else; False for another language or script."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return True
    if sum(ord(c) < 0x250 for c in letters) < 0.6 * len(letters):
        return False
    said = [w.lower().replace("’", "'") for w in _WORD.findall(text[:20_000])]
    english, other = sum(w in _ENGLISH for w in said), sum(w in _OTHER for w in said)
    return other <= english if said else True
