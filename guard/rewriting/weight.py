"""What words weigh in a promise: those of recognition, those that grant nothing by themselves, and those that bind.

Everyday English of any service, in plain forms; the lists name no goods, no trade and no customer. A word that stands in none
of them is simply not known.
"""

from functools import lru_cache

from guard.text import MONTHS, words

FELT = words(
    "sorry apologise apologize apology regret understand understandable frustrate frustration annoy madden infuriate disappoint "
    "disappointment upset difficult stress stressful exhaust tiring unpleasant awkward nasty rotten awful terrible horrible "
    "dreadful miserable painful unsettle alarm rough scary scare confuse unfair inconvenience inconvenient trouble hassle "
    "nuisance mess worry concern letdown shame pity bad hard tough wrong fun shock blow ordeal headache patience thank "
    "nervous anxious tense"
)
"""How something is for somebody."""
_LIGHT = words(
    # what is said, seen and thought
    "say said tell told ask mention describe write wrote written read hear heard reply answer message word question detail "
    "information confirm explain according record see saw seen show shown look find found seem feel felt sound "
    "mean meant think thought remember guess call name list know knew known believe realise notice wonder imagine consider "
    "recognise learn understandably view point note "
    # what is chosen
    "ahead start begin like prefer wish happy glad option choice choose chose chosen pick either instead rather alternative "
    "alternatively otherwise work suit decide whichever whatever whoever okay proceed go-ahead yes agree try tried want need like "
    "best better fine easy easier easiest simple simplest "
    # what is spoken of
    "order booking reservation account item case matter issue problem request thing something anything everything nothing step part kind sort way place spot "
    "end rest lot bit piece side reason number person people someone somebody anyone anybody nobody everyone money mind front "
    "inbox future time times enough day today morning afternoon evening night noon weekend moment line page screen list text "
    # what goes from one to another, the thing and the place being named
    "come came arrive hand make made reach go gone went put bring brought take took taken give gave given receive leave left set "
    "use used turn happen help arrange offer sit sat stand stood lie lay fall fell run ran live carry follow finish miss lose lost "
    "wait hope expect remain fit base "
    # how it hangs together
    "here there but while when where meantime also however though although first second third fourth last latest next later earlier early late before after "
    "again twice once if unless until till whether both each every none well quite rather far near nearly almost yet without "
    "within during between under over above below behind beside besides per from since ago past along together away off onto "
    "another other different same own these those this that himself herself itself yourself myself ourselves themselves yours plus "
    "nor neither except apart unlike despite because therefore meanwhile separate separately alone through inside outside across "
    "around toward towards against shall ought being "
    # how it is
    "sure possible impossible cannot able exact exactly direct directly actual actually indeed perhaps maybe probably likely long longer "
    "short whole half high higher low big bigger small smaller large larger good great new newer old older open down up "
    "clear clearly certain real available earliest figure main mainly usual usually normal normally often sometimes recent recently current currently original "
    "originally useful busy empty full complete several few fewer most least more less little half double single common "
    "empty ready worth nice kind proper properly "
    # numbers and their units
    "zero two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand dozen "
    "minute hour day week month year business working eur usd gbp inr euro dollar pound cent percent "
    f"monday tuesday wednesday thursday friday saturday sunday {MONTHS.replace('|', ' ')}"
)
WEIGHTY = words(
    "free extra additional bonus complimentary gratis guarantee warranty insurance insure entitle eligible cover waive "
    "forgive immediate immediately instant instantly straight personally permanent permanently unlimited always never forever "
    "approve authorise authorize process complete compensate compensation goodwill upgrade keep kept law legal legally cost charge "
    "fee price discount promise assure ensure settle colleague manager supervisor team courier warehouse engineer technician "
    "specialist department staff faster sooner quicker soonest priority"
)
"""Words that grant, rate, hasten, or bind somebody else: no writer has one of his own."""
PROMISING = words(
    "money everything nothing anything nobody all again until leave left lose lost first worry give gave given take took taken get "
    "got carry miss put make made set wait receive bring brought arrive reach"
)
"""Words that are light in a question or an offer, and promise where nothing else is said: "you lose nothing by this"."""
_ENDINGS = ("s", "es", "ed", "ing", "ly")


@lru_cache(maxsize=1_024)
def plain_forms(word: str) -> frozenset[str]:
    """The word, and what it may be without its ending: "arriving" is arrive, "worries" worry."""
    bases = {word.removesuffix(end) for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 2}
    bases |= {f"{base}e" for base in bases} | {f"{base[:-1]}y" for base in bases if base.endswith("i")}
    bases |= {base[:-1] for base in bases if base[-2:-1] == base[-1:]}
    return frozenset({word, *bases})


def is_felt(word: str) -> bool:
    """A word of recognition, in any form."""
    return not plain_forms(word).isdisjoint(FELT)


def is_weighty(word: str) -> bool:
    """A word that grants, rates, hastens or binds somebody else, in any form."""
    return not plain_forms(word).isdisjoint(WEIGHTY)


def is_light(word: str) -> bool:
    """A word that grants nothing by itself: what it is said of must be known."""
    return not is_weighty(word) and not plain_forms(word).isdisjoint(FELT | _LIGHT)
