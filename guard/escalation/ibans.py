"""Account numbers in a text: an IBAN is known by its country, its length and its check digits (ISO 13616)."""

import re
from collections.abc import Iterator

_LENGTHS = {
    code: int(length)
    for code, length in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 "
        "GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 "
        "MD24 ME22 MK19 MR27 MT31 MU30 NI28 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 "
        "TL23 TN24 TR26 UA29 VA22 VG24 XK20",
    )
}
_BEGINS = re.compile(r"(?<![^\W_])[A-Z]{2}(?=[\s-]?\d\d)", re.IGNORECASE | re.ASCII)
_RUN = re.compile(r"[A-Z]{2}[\s-]?\d\d(?:[\s_-]{0,2}[A-Z\d]){11,28}", re.IGNORECASE | re.ASCII)
_LETTERS = 8
"""Of a country, a bank and a branch; where there are more and blanks part them, words follow a number."""


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where account numbers stand, in order."""
    for begin in _BEGINS.finditer(text):
        length = _LENGTHS.get(begin.group().upper())
        run = _RUN.match(text, begin.start()) if length else None
        signs = [n for n, sign in enumerate(run.group()) if sign.isalnum()][:length] if run else []
        if not length or len(signs) < length:
            continue
        end = begin.start() + signs[-1] + 1
        if not text[end : end + 1].isalnum() and _adds_up(text[begin.start() : end]):
            yield begin.start(), end


def _adds_up(written: str) -> bool:
    signs = [sign for sign in written if sign.isalnum()]
    if any(map(str.isspace, written)) and sum(map(str.isalpha, signs)) > _LETTERS:
        return False
    return int("".join(str(int(sign, 36)) for sign in (*signs[4:], *signs[:4]))) % 97 == 1
