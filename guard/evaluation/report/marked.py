"""A text cut where its marks begin and end, so that each piece has the labels that it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from guard.evaluation.results import Mark
from guard.terminal import shown

Kind = Literal["step", "recognition", "claim", "seen"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that may be shown as they are. Without labels they show nothing in particular."""

    text: str
    labels: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """All of them, for people."""
        return ", ".join(self.labels).replace("_", " ")

    @property
    def kind(self) -> Kind:
        """How the page colours it."""
        if any(label.endswith(" claim") for label in self.labels):
            return "claim"
        return "step" if "step" in self.labels else "recognition" if "recognition" in self.labels else "seen"


def pieces(text: str, marks: Iterable[Mark] = ()) -> tuple[Piece, ...]:
    """The whole text in pieces. Marks may overlap; what lies outside of the text is cut off."""
    here = [(max(0, m.start), min(len(text), m.end), visible(m.label)) for m in marks]
    here = [(start, end, label) for start, end, label in here if start < end]
    cuts = sorted({0, len(text), *(start for start, _, _ in here), *(end for _, end, _ in here)})
    return tuple(
        Piece(visible(text[a:b]), tuple(dict.fromkeys(label for s, e, label in here if s <= a and b <= e)))
        for a, b in pairwise(cuts)
    )


def visible(text: str) -> str:
    """Its lines as they are, and what would hide or turn text written out."""
    return "\n".join(map(shown, text.replace("\r\n", "\n").split("\n")))
