"""Tables as they look on terminals of several widths."""

import io

import pytest
from rich.console import Console
from rich.table import Table

from guard import Case, Guard, Turn
from guard.terminal import add, handoffs, results, shown

WHOLE = (
    "synthetic_empathy",
    "unjudged",
    "belongs to a person",
    "would escalate",
    "discrimination or harassment",
)


def printed(table: Table, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(table)
    return out.getvalue()


@pytest.fixture
def cases() -> list[Case]:
    """A long id and the longest words that the product itself says."""
    said = {
        "Your driver refused me because I am black, that is racist discrimination.": "I see.",
        "My lamp is broken, please replace it.": "I completely understand how frustrating this is.",
        "Mein Paket ist nicht angekommen und ich warte.": "Das tut uns sehr leid.",
    }
    return [
        Case(f"chat-0123456789abcdef0123456{n}", (Turn("customer", asked),), draft)
        for n, (asked, draft) in enumerate(said.items())
    ]


@pytest.mark.parametrize("width", [80, 100])
def test_at_80_columns_no_word_of_ours_is_broken(guard: Guard, cases: list[Case], width: int) -> None:
    watching = Guard.load(mode="observe", settings=guard.settings)
    table = results(width)
    for case in cases:
        add(table, watching.review(case))

    told = printed(table, width)

    assert max(map(len, told.splitlines())) <= width
    assert [word for word in WHOLE[:-1] if word not in told] == []
    assert "harassment" in told


def test_under_60_columns_each_review_is_still_told_whole(guard: Guard, cases: list[Case]) -> None:
    table = results(40)
    for case in cases:
        add(table, guard.review(case))

    told = printed(table, 40)

    assert max(map(len, told.splitlines())) <= 40
    assert "synthetic_empathy" in told
    assert told.count("withheld") == 3


@pytest.mark.parametrize("width", [40, 80])
def test_handoffs_fit_the_terminal_with_their_ids_whole(guard: Guard, cases: list[Case], width: int) -> None:
    for case in cases:
        guard.review(case)
    waiting = guard.desk.open()

    told = printed(handoffs(waiting, width), width)

    assert max(map(len, told.splitlines())) <= width
    assert [r.id for r in waiting if r.id in told] == [r.id for r in waiting]
    assert "authority_gap" in told


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b2J\x7f", r"\x9b2J\x7f"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\0\ud800", r"\x00\ud800"),
        ("Zoë 👩‍🚒 ok", "Zoë 👩‍🚒 ok"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, seen: str) -> None:
    assert shown(text) == seen
