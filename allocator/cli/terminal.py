"""The terminal: as wide as it, or `COLUMNS`, says, else 100 columns; progress in it, and processors."""

from __future__ import annotations

import os
import sys
from time import monotonic
from typing import Any, Self

from allocator.cli.output import result_stream

PLAIN_WIDTH = 100


def console() -> Any:
    """A rich console for the result, with markup and guessing of values off: text is text."""
    from rich.console import Console

    out = result_stream()
    told = out.isatty() or os.environ.get("COLUMNS", "").isdecimal()
    return Console(file=out, width=None if told else PLAIN_WIDTH, highlight=False, markup=False, emoji=False)


class ProgressBar:
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
