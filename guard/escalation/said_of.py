"""Whether words tell a secret, or only say how it is: "correct horse battery staple", and not "not accepted any more"."""

import re

IS = r"(?:is|was|are|(?:has|had) (?:always )?been|es|era|ist|war|lautet|hei(?:ß|ss)t|hie(?:ß|ss)|est|était|é)"
SAID_OF_IT = "|".join(
    (
        r"not|no|wrong|incorrect\w*|correct\w*|too|the|a|an|my|on|in|always|never|still|inv[áa]lid\w*|needed|also|being|it|i|we|you|they",
        r"blank|empty|ok|okay|fine|right|good|weak|strong|safe|secure|old|new|lost|gone|secret|different|at|least|none|see|please|help",
        r"longer|shorter|only|so|very|what|for|to|from|that|this|there|here|reset|\d{1,2} (?:characters|letters|digits|signs)",
        r"visible|readable|acceptable|invisible|compatible|hidden|forgotten|broken|stolen|taken|mistaken|(?:un)?known|important|current",
        r"alphanumeric|generic|static|automatic|mandatory|compulsory|obsolete|(?:in)?active|(?:un)?necessary|temporary|previous|public",
        r"el|la|que|demasiado|muy|falsch|richtig|ung[üu]ltig|abgelaufen|gesperrt|weg|nicht|zu|faux|fausse|bon|trop|pas|vergessen",
        r"wird|wurde|hat|kann|geht|funktioniert|es|ich|expir[ée]\w*|refus[ée]\w*|bloqu\w+|errad[ao]|n[ãa]o|muito|o|uma?|un[ae]?|olvidad[ao]|oubli[ée]",
        r"[^\W\d_]+ed|[^\W\d_]+ing|[^\W\d_]+(?:onal|ical|itive)|[^\W\d_]+n['’]t|case[- ]sensitive|(?:auto|pre|self|non|read)-[^\W\d_]+",
    )
)
"""How a secret is, where it is not told."""
_JOINS = "|".join(
    (
        r"i['’]?(?:m|ve|d|ll)?|it['’]?s?|we|you|he|she|they|this|that|these|those|there|here|the|an?|my|your|our|his|her|their|mine|yours",
        r"not|no|none|never|nothing|something|anything|one|what(?:ever)?|which|who|whose|where|when|why|how|if|because|since|until|as",
        r"like|than|too?|for|from|of|in(?:to)?|on(?:to)?|at|by|with(?:out)?|about|after|before|and|or|but|so|only|just|also|even|still",
        r"already|always|again|now|then|yet|very|quite|rather|more|less|most|any|some|all|both|be|been|is|are|was|were|do|does|did|can",
        r"could|would|should|must|have|has|had|let|give|told|said|please|thanks?|sorry|hello|hi|hey|yes|ok(?:ay)?|sure|maybe|later|today",
        r"wait|stop|forg[eo]t\w*|remember|reset|change|cancel|help|every|times|twice|words|letters|characters|digits|[^\W\d_]+n['’]t|"
        r"los|las|un[ao]?s?|mi|su|qu[ée]|cu[áa]l|d[óo]nde|c[óo]mo|porque|para|por|del?|con|sin|m[áa]s|ya|siempre|nunca|pero|y|s[íi]|lo|se|me",
        r"est[áa]|tengo|igual|olvid\w+|nada|der|die|das|eine?[nmr]?|keine?n?|nicht|meine?|ihre?|ihnen|mir|mich|dir|es|ich|sie|wir|wie|wo",
        r"warum|wann|weil|wenn|seit|zum?|zur|im|am|auf|aus|bei|mit|ohne|vo[nm]|f[üu]r|nach|und|oder|aber|auch|noch|schon|immer|nie|jetzt",
        r"nur|sehr|doch|leider|bitte|danke|ist|war|wird|wurde|hat|habe|wei(?:ß|ss)|nein|ja|les?|des|du|ne|plus|mon|ma|votre|notre|je|ils?",
        r"elles?|nous|vous|qui|quoi|o[ùu]|comment|pourquoi|si|car|dans|sur|avec|sans|et|mais|encore|d[ée]j[àa]|toujours|jamais|tr[èe]s",
        r"m[êe]me|est|c['’]est|non|oui|merci|os|as|sim|meu|minha|seu|sua|onde|do|da|em|na|com|sem|e|ou|mas|ainda|j[áa]|sempre|eu",
    )
)
"""Words that make a sentence, in the languages that customers write to us here."""
_HOW = "|".join(
    (
        SAID_OF_IT,
        _JOINS,
        r"hard|easy|difficult|impossible|silly|stupid|annoying|strange|odd|useless|unusual|simple|long|short|unclear|missing|identical|mis\w+",
        r"private|personal|supposed|meant|exactly|kind|sort|up|out|off|down|back|over|up-?to-?date|outdated|invalid|default|unique|useful",
        r"safer|better|stronger|sent|set|put|chosen|given|told|found|made|kept|written|shown|left|stuck|misspelt|\w+ (?:words|letters|characters)",
        r"veraltet|bekannt|unbekannt|anders|unklar|weg|correct[ao]|incorrect[ao]|inv[áa]lid[ao]|caducad[ao]|nuev[ao]|nouve\w+|perdu\w*",
        r"obligat\w+|facultat\w+|incorrect\w*|inconnu\w*|esquecid[ao]|perdid[ao]|segur[ao]|secret[ao]",
    )
)
_SAYS_HOW = re.compile(rf"(?:{_HOW})(?![\w-])", re.IGNORECASE)
_ADVERB = re.compile(
    r"(?:[a-z]+ly|[a-z]+mente|[a-z]+ment|still|now|just|really|actually|also)\s+", re.IGNORECASE
)
_JOINING = re.compile(rf"(?<![\w-])(?:{_JOINS})(?![\w-])", re.IGNORECASE)
_PROPER = re.compile(
    r"(?i:(?:del?|la|le|el|los|las|d[aio]s?|du|van|von|the|st\.?|santa?|de[rn])\s+){0,3}(?P<name>[A-ZÀ-Þ](?![A-Z]{2})[\w'’-]+)"
)
"""A name, of a person or a place, with its particles."""
_THE_SAME = re.compile(
    r"(?:the|an?|el|la|le|un[ea]?|o|uma?|die|das|der|eine?)\s+(?:same|one|only|wrong|right|problem|reason|first|last|usual|old|new|thing|issue|key"
    r"|set|list|string|series|few|lot|bit|mess|joke|default|mism[ao]|única?|gleiche|selbe|falsche|richtige|problem\w*|même|mesm[ao]|mauvais\w*)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?|el|la|le|un[ea]?|o|uma?|die|das|der|eine?)\s+", re.IGNORECASE)
_LONGEST = 10
"""Words of a phrase; what is longer is a sentence."""
_WHOLE = 3
"""Words that are a phrase where none of them makes a sentence: correct horse battery staple."""


def is_plain(words: str) -> bool:
    """Two words or more, and none of them makes a sentence."""
    return " " in words and _JOINING.search(words) is None


def is_told(words: str, *, phrase: bool = False) -> bool:
    """These words are a secret, and no sentence about one. phrase: it may begin with an article."""
    told = words.split()
    if len(words) < 2 or len(told) > _LONGEST or _THE_SAME.match(words):
        return False
    if (proper := _PROPER.match(words)) and not _SAYS_HOW.fullmatch(proper["name"]):
        return True
    while (adverb := _ADVERB.match(words)) is not None:
        words = words[adverb.end() :]
    if not _SAYS_HOW.match(words):
        return True
    if not phrase or len(told) < _WHOLE:
        return False
    article = _ARTICLE.match(words)
    return not (_SAYS_HOW.match(words, article.end()) if article else _JOINING.search(words))
