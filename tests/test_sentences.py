"""Sentences are spans of the draft, whatever shape its text has."""

import pytest

from guard.judging.sentences import split


@pytest.mark.parametrize(
    "text", ["i will " * 3_000, "x" * 9_000, "我会" * 2_000, "so " * 400 + "done. " + "ok " * 900]
)
def test_text_without_an_end_is_read_in_pieces_and_nothing_of_it_is_lost(text: str) -> None:
    pieces = split(text)
    assert max(len(piece.text) for piece in pieces) <= 1_000
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
