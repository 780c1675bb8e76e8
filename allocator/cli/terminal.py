"""Tables in a terminal: numbers to the right, as wide as the terminal, 100 columns where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

PLAIN_WIDTH = 100


def print_table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    total: Sequence[str] = (),
    title: str = "",
    text_columns: int = 1,
) -> None:
    """Print rows under their headers; the first `text_columns` are text, the others line up to the right."""
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD, title=title or None, title_justify="left", show_footer=bool(total), pad_edge=False
    )
    for index, header in enumerate(headers):
        footer = total[index] if total else ""
        side: Any = "left" if index < text_columns else "right"
        table.add_column(header, footer=footer, justify=side, overflow="fold", no_wrap=index == 0)
    for row in rows:
        table.add_row(*row)
    console().print(table)


def console() -> Any:
    """A rich console for standard output, with markup and guessing of values off: text is text."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)
