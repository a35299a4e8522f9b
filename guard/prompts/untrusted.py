"""Text that somebody else wrote, as a value that a template cannot print bare.

`Untrusted` is no `str`: it has no characters to slice, join, replace or format. Three filters alone open it, and each
marks what it lets out as data. What a reader of the prompt cannot see is taken out first; otherwise the text stays as
it is, so that words quoted from it can be found again.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NoReturn

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\U000e0000-\U000e0fff]"
)
"""What hides or turns text."""
_LOOSE = re.compile(
    "(?<![^\\x00-\\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\x00-\\x7f\u200c\u200d])"
    "|(?<=[^0-9#*\\x80-\U0010ffff])[\ufe00-\ufe0f]+"
)
"""A joiner or a variant of nothing, looked for when all else that hides is gone. They stay at the letters and emoji that
need them, which are never ASCII but for keycaps."""
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates: the first mean something to machines only, the second are no text."""
_BREAK = re.compile("[\u2028\u2029]")
"""Other ways to end a line; one is enough."""
_MARKER = re.compile(
    r"(?:[<\uff1c\u2039\u3008\ufe64]|&lt;|\\u003c)"
    r"(?=[\s/\\\uff0f\u2044\u2215]{0,16}[d\uff44][\s_]{0,4}[a\uff41][\s_]{0,4}[t\uff54][\s_]{0,4}[a\uff41](?![a-z]))",
    re.IGNORECASE,
)
"""What looks like the beginning of a fence, in any of the ways in which one can be written."""
_SOURCE = re.compile(r"[a-z][a-z ]{0,30}")
_SPACE = re.compile(r"\s+")
_MARK = "\u02c6"
"""Stands between the words of datamarked text: rare, one token, and no sign of any markup."""


_BARE = 'text that somebody else wrote is printed or compared bare; write {{ … | fence("customer") }}.'


class BareTextError(TypeError):
    """Text that somebody else wrote would have left without a mark."""


class Untrusted:
    """One text, and the nonce of the request that it goes into. Only `fence`, `datamark` and `as_json` open it."""

    __slots__ = ("_nonce", "_text")

    def __init__(self, text: str, nonce: str = "") -> None:
        self._text = text
        self._nonce = nonce

    def __len__(self) -> int:
        return len(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "<Untrusted>"

    def __str__(self) -> str:
        raise BareTextError(_BARE)

    def __format__(self, _: str) -> str:
        raise BareTextError(_BARE)

    def __html__(self) -> str:
        raise BareTextError(_BARE)

    def __eq__(self, _: object) -> bool:
        """An answer would be wrong silently: no text is equal to something that hides its own."""
        raise BareTextError(_BARE)

    def __hash__(self) -> int:
        raise BareTextError(_BARE)

    def __reduce__(self) -> NoReturn:
        raise BareTextError(_BARE)


class Fields:
    """One thing with named fields, as templates see it. It is not printed as a whole, but by `as_json`."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> object:
        return self._fields[name]

    def __repr__(self) -> str:
        return "<Fields>"

    def __str__(self) -> str:
        raise BareTextError(
            "a thing with several fields is printed whole; print one field, or write | as_json."
        )

    def __format__(self, _: str) -> str:
        return str(self)

    def __html__(self) -> str:
        return str(self)


def nonce(version: str, seed: str) -> str:
    """What the fences of one request are told by: the same request renders the same bytes, and recordings match."""
    return sha256(f"{version}\x00{seed}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def fence(value: object, source: str = "") -> str:
    """The text between two lines that nothing in it can imitate; `source` says whose it is."""
    if not _SOURCE.fullmatch(source):
        raise TypeError("fence wants to know whose text it is, in plain small letters: fence('customer').")
    text, mark = _opened(value)
    return f"<data {mark} {source}>\n{_told(text, mark)}\n</data {mark}>"


def datamark(value: object) -> str:
    """The text on one line with a mark in place of every space, so that none of it reads as an instruction."""
    text, mark = _opened(value)
    return _SPACE.sub(_MARK, _told(text, mark).replace(_MARK, "").strip())


def as_json(value: object) -> str:
    """The value as JSON on one line, without fields that hold nothing; its texts are strings in it, and no fence can begin in them."""
    return json.dumps(_plain(value), ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _plain(value: object) -> object:
    match value:
        case Untrusted():
            return _told(*_opened(value))
        case Fields():
            return {name: _plain(field) for name, field in value._fields.items() if not _nothing(field)}
        case list() | tuple():
            return [_plain(one) for one in value]
        case str() | int() | float() | None:
            return value
        case _:
            raise TypeError(f"as_json cannot write a {type(value).__name__}.")


def _nothing(field: object) -> bool:
    return field is None or (isinstance(field, tuple) and not field)


def _opened(value: object) -> tuple[str, str]:
    if not isinstance(value, Untrusted):
        raise TypeError(
            f"a {type(value).__name__} needs no fence or datamark: only text that somebody else wrote does. "
            "Print it as it is, or write trust: untrusted in the header."
        )
    return value._text, value._nonce


def _told(text: str, mark: str) -> str:
    """As it was written, but for what cannot be seen and what would pass for a fence."""
    text = _BREAK.sub("\n", _LOOSE.sub("", _INVISIBLE.sub("", text)))
    text = _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _MARKER.sub("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}\N{MIDDLE DOT}", text)
    return text.replace(mark, "\N{MIDDLE DOT}" * len(mark)) if mark else text
