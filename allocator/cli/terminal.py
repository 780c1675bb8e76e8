"""The terminal: as wide as it, or `COLUMNS`, says, else 100 columns; progress in it, and processors."""

from __future__ import annotations

import os
import sys
from shutil import get_terminal_size
from time import monotonic
from typing import Self

from allocator.cli.output import result_stream

PLAIN_WIDTH = 100


def width() -> int:
    """Columns that a result may take: those of the terminal it is read in, or that `COLUMNS` tells."""
    told = result_stream().isatty() or os.environ.get("COLUMNS", "").isdecimal()
    return get_terminal_size().columns if told else PLAIN_WIDTH


class ProgressBar:
    """A line on standard error, shown once something has taken a second, and only where that is a terminal."""

    def __init__(self, text: str, total: int) -> None:
        self.text, self.total = text, total
        self._shown = ""

    def __enter__(self) -> Self:
        self._start = monotonic()
        return self

    def show(self, done: int) -> None:
        """Say how much of the total is done."""
        if sys.stderr.isatty() and monotonic() - self._start > 1 and done < self.total:
            self._write(f"{self.text} {done / self.total:.0%}")

    def __exit__(self, *_: object) -> None:
        self._write("")

    def _write(self, text: str) -> None:
        """Put a text in the place of the one before."""
        if text != self._shown:
            sys.stderr.write("\r" + text.ljust(len(self._shown)) + "\r" * (not text))
            sys.stderr.flush()
            self._shown = text


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
