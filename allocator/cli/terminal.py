"""Tables and progress in a terminal: numbers to the right, as wide as the terminal, 100 columns where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from time import monotonic
from typing import Any, Self

from allocator.cli.output import result

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

    lines = [headers, *rows, total]
    wanted = sum(max(map(len, column)) + 3 for column in zip_longest(*lines, fillvalue=""))
    table = Table(
        box=box.SIMPLE_HEAD,
        title=title or None,
        title_justify="left",
        show_footer=bool(total),
        pad_edge=False,
        collapse_padding=wanted - 1 > console().width,
    )
    for index, header in enumerate(headers):
        footer = total[index] if total else ""
        side: Any = "left" if index < text_columns else "right"
        table.add_column(header, footer=footer, justify=side, overflow="fold", no_wrap=index == 0)
    for row in lines[1:-1]:
        table.add_row(*row)
    console().print(table)


def print_lines(lines: Iterable[str]) -> None:
    """Print texts one below the other, each wrapped at the terminal's width."""
    out = console()
    for line in lines:
        out.print(line)


def console() -> Any:
    """A rich console for the result, with markup and guessing of values off: text is text."""
    from rich.console import Console

    out = result()
    return Console(file=out, width=None if out.isatty() else PLAIN_WIDTH, highlight=False, markup=False, emoji=False)


class Progress:
    """A bar on standard error, shown once something has taken a second, and only where that is a terminal."""

    def __init__(self, text: str, total: int) -> None:
        self.text, self.total = text, total
        self._bar: Any = None

    def __enter__(self) -> Self:
        self._start = monotonic()
        return self

    def show(self, done: int) -> None:
        """Say how much of the total is done."""
        if self._bar is None and sys.stderr.isatty() and monotonic() - self._start > 1 and done < self.total:
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.add_task(self.text, total=self.total)
            self._bar.start()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
