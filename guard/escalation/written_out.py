"""Digits that somebody wrote out as words: seven three seven."""

DIGIT = "|".join(
    (
        r"zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve",
        r"null|eins|zwei|zwo|drei|vier|f[üu]nf|sechs|sieben|acht|neun|z[ée]ro|un|deux|trois|quatre|cinq|sept|huit|neuf",
        r"um|dois|tr[êe]s|quatro|sete|oito|nove",
    )
)
_COUNT = rf"(?:{DIGIT}|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred)"
BETWEEN = r"[\s,.-]{1,3}"
IN_WORDS = rf"{_COUNT}(?:{BETWEEN}(?:and )?{_COUNT}){{2,11}}(?![\w-])"
"""Three digits or more, written out."""
