"""Tables for people, as the rest of the command prints them."""

from collections.abc import Iterable, Sequence

from guard.terminal import shown


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print it. The first column is words and may fold; all others are figures."""
    from rich import box
    from rich.table import Table

    from guard.terminal import console

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for n, name in enumerate(columns):
        made.add_column(
            name, overflow="fold", justify="right" if n else "left", no_wrap=n > 0, min_width=0 if n else 24
        )
    for row in rows:
        made.add_row(*(shown(cell) for cell in row))
    console().print(made, markup=False)


def percent(share: float) -> str:
    """0.9375 as 93.8 %."""
    return f"{100 * share:.1f} %"
