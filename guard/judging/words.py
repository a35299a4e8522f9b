"""The words of a text as the net knows them: folded, numbers and names of things by their kind.

One pass over the text, since this is where most of a judgement's time goes.
"""

import re
import unicodedata

from guard.text import words

_TOKEN = re.compile(
    r"(?P<link>https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w[\w.]*)"
    r"|(?P<thing>\{\{[^}]*\}\}|\#?\b(?:[a-z]+-?\d[a-z0-9-]{2,}|\d+[a-z][a-z0-9]*\d[a-z0-9]*|\d{3}-\d{5,}[-\d]*|\d{5,})\b)"
    r"|(?P<money>(?:[$€£₹]|\brs\.? ?|\binr ?|\busd ?)\d[\d,.]*|\b\d[\d,.]*\s?(?:dollars?|euros?|pounds?|rupees?|usd|rs|inr|€)(?!\w))"
    r"|(?P<number>\d+(?:[.,:/-]\d+)*(?:st|nd|rd|th)?)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<mark>[?!])"
)
_PLAIN_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[?!]")
"""The same tokens where there is no link, no number and no name of a thing: most sentences, at a fifth of the time."""
_ODD = re.compile(r"[\d@{/]")
_KINDS = {"link": "urlx", "thing": "idx", "money": "moneyx", "number": "numx"}
_PLAIN = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " "})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_WHOLE = {"can't": ("can", "not"), "cannot": ("can", "not"), "won't": ("will", "not"), "let's": ("let", "us")}
_ENDINGS = (
    ("n't", "not"),
    ("'ll", "will"),
    ("'re", "are"),
    ("'ve", "have"),
    ("'m", "am"),
    ("'d", "would"),
    ("'s", "'s"),
)
_EMPTY = words(
    "the a an and or but if of to in on at for from with by is are was were be been have has had do does "
    "did will would can could should may not no i you he she it we they me my your our their this that "
    "these those what which who when where how please so as about after before any all more out up us am "
    "get there here just let now still also being than then because into over only very really sir madam "
    "'s"
)
_STEM = 7
"""Letters after which endings no longer hide that two words are the same."""


def words_of(text: str) -> tuple[str, ...]:
    """Words in order; links, ids, money and numbers as `urlx`, `idx`, `moneyx`, `numx`; `?` and `!` are words."""
    text = plain(text)
    found: list[str] = []
    if not _ODD.search(text) and "www." not in text:
        told = _PLAIN_WORDS.findall(text)
        if "'" not in text and "cannot" not in text:
            return tuple(told)
        for word in told:
            if "'" in word or word == "cannot":
                found.extend(_apart(word))
            else:
                found.append(word)
        return tuple(found)
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        word = token.group()
        if kind == "word":
            if "'" in word or word == "cannot":
                found.extend(_apart(word))
            else:
                found.append(word)
        else:
            found.append(_KINDS.get(kind or "", word))
    return tuple(found)


def plain(text: str) -> str:
    """Lower case, straight quotes, no invisible characters, look-alike forms folded (NFKC)."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(_PLAIN))
    return text.lower()


def content_of(words: tuple[str, ...]) -> frozenset[str]:
    """The words that carry the matter, cut so that endings do not hide a match."""
    return frozenset(w[:_STEM] for w in words if len(w) > 2 and w not in _EMPTY)


def _apart(word: str) -> tuple[str, ...]:
    if word in _WHOLE:
        return _WHOLE[word]
    for ending, meant in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)], meant)
    return (word,)
