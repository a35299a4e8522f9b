"""Small shared ways of looking at text: folding, content words, facts."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_WORD = re.compile(r"[a-z][a-z']+")


def words(text: str) -> frozenset[str]:
    """A closed set of words, written as one text."""
    return frozenset(text.split())


FACTLESS = words(
    "the and for you your our are was were has have had will would can could should may might not this "
    "that with from been being they them their there here what which when where who how any all about "
    "into out over then than just please thank thanks sorry understand apologize apologise appreciate "
    "know want need like get got also very really more some such its it's i'm i'll we'll we're don't "
    "can't i've we've yes okay hello dear sir madam help let sure because did does doing done make made "
    "one time now still back only even too much many"
)
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
"""As alternatives of a form."""
# Numbers with a currency; anything with digits that names a thing; dates and clock times; links. Nothing bounds the texts
# that they meet, so no run is read again from its middle: what precedes it is looked at, or its length is bounded.
_FIGURE = r"\d(?:,?\d)*+(?:\.\d++)?"
AMOUNT = re.compile(
    rf"(?:[$€£₹]|\b(?:usd|eur|gbp|inr|rs\.?)\s?)\s?{_FIGURE}|\b(?<!\d,){_FIGURE}\s?(?:dollars?|euros?|pounds?|rupees?|usd|eur|gbp|inr|%)",
    re.IGNORECASE,
)
ID = re.compile(r"#?\b(?=[A-Z0-9-]{0,64}\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|"
    rf"(?:{MONTHS})\s+\d{{1,2}}|"
    r"\d{1,2}(?::\d{2})?\s?[ap]\.?m\b|\d{1,2}:\d{2}|"
    r"(?:\d+|one|two|three|four|five|seven|ten)(?:\s?(?:-|to)\s?\d+)?\s+(?:business |working )?(?:minutes?|hours?|days?|weeks?|months?))\b",
    re.IGNORECASE,
)
LINK = re.compile(
    r"\b(?:https?://|www\.)[^\s)>\]]*[^\s)>\].,;:!?]|\b[\w.+-]{1,64}+@[\w-]+\.(?:[\w-]+\.)*\w+", re.IGNORECASE
)


def at_word(*forms: str) -> str:
    r"""One expression for forms that begin where a word begins or ends: found much sooner than with a `\b` before each."""
    return rf"\b(?:{'|'.join(forms)})"


def fold(text: str) -> str:
    """Lower case, plain quotes, no invisible characters, look-alike forms folded (NFKC)."""
    if not text.isascii():  # all that is folded beside case lies outside ASCII
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(_QUOTES))
    return text.lower()


def content(text: str) -> frozenset[str]:
    """The words of a text that carry its matter, cut to six letters so that endings do not hide a match."""
    return frozenset(w[:6] for w in _WORD.findall(fold(text)) if len(w) > 2 and w not in FACTLESS)


def number(amount: str) -> float | None:
    """What an amount is worth, without its currency."""
    digits = re.sub(r"[^\d.]", "", amount.replace(",", "")).strip(".")
    try:
        return float(digits)
    except ValueError:
        return None
