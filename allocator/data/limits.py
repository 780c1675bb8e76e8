"""The limits of what is read, and the one way to the bytes of a file.

Every limit is looked at before the work it bounds, so that odd input ends in words, quickly and in little memory.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Self

from allocator.errors import Fault, InputError, fault

if TYPE_CHECKING:
    from allocator.data.answers import Answers

MOST_TABLE_BYTES = 20_000_000
MOST_SETTINGS_BYTES = 1_000_000
MOST_RESULT_BYTES = 500_000_000
MOST_UNPACKED = 200_000_000
"""Bytes of all parts of an office file together, and characters of all its cells."""
MOST_PARTS = 5_000
MOST_TAGS = 2_000_000
"""Tags of a part that is held as a tree, of about 100 bytes each."""
MOST_HTML_TAGS = 600_000
MOST_LINE = 2_000_000
MOST_COLUMNS = 500
MOST_CELL = 32_767
"""Characters of a cell: Excel's own limit."""
MOST_FAULTS = 100


@dataclass(frozen=True)
class Limits:
    """What one kind of table may hold: rows, cells of a sheet, bytes of one part of an office file."""

    rows: int
    cells: int
    part: int


TABLE = Limits(rows=1_048_576, cells=20_000_000, part=MOST_UNPACKED)
"""A table of ours: as many rows as a sheet of Excel."""
DOCUMENT = Limits(rows=10_000, cells=1_000_000, part=60_000_000)
"""A document to import: lower, since it is gone through many times until its table is found."""
MOST_LINES = 10 * DOCUMENT.rows
"""Lines of a text, blank ones too."""


@dataclass(frozen=True)
class Sent:
    """A file whose content is at hand: the page was sent it. `settled`: how it was written, where that is known."""

    name: str
    content: bytes
    settled: Answers | None = None

    def __str__(self) -> str:
        return self.name


class Faults(list[Fault]):
    """Faults as they are found; with the hundredth, reading stops: InputError with all of them."""

    def append(self, each: Fault, /) -> None:
        """Add a fault."""
        super().append(each)
        if len(self) == MOST_FAULTS:
            raise InputError([*self, fault("cell.more", each.place, most=MOST_FAULTS)])

    def extend(self, more: Iterable[Fault], /) -> None:
        """Add faults."""
        for each in more:
            self.append(each)

    def __iadd__(self, more: Iterable[Fault], /) -> Self:  # type: ignore[misc, override]  # of list, which takes any
        self.extend(more)
        return self

    def check(self) -> None:
        """Raise InputError with the faults found, if any."""
        if self:
            raise InputError(self)


def read_bytes(file: Path | Sent, most: int = MOST_TABLE_BYTES) -> bytes:
    """Content of a file of at most `most` bytes; InputError says what is in the way of reading it."""
    if isinstance(file, Sent):
        content, size = file.content, len(file.content)
    else:
        content, size = _read_regular(file, most)
    if size > most:
        raise InputError(too_large(str(file), size, most))
    return content


def _read_regular(path: Path, most: int) -> tuple[bytes, int]:
    """Content of a regular file, none of one too large, and its size; nothing else is opened, as it could block."""
    place = str(path).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    if place != str(path):
        raise InputError(fault("file.odd_name", place))
    ways = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise InputError(fault("file.is_folder", place))
        if stat.S_ISREG(kind):
            with os.fdopen(os.open(path, ways), "rb") as held:
                opened = os.fstat(held.fileno())
                if stat.S_ISREG(opened.st_mode):  # it may be another by now
                    content = b"" if opened.st_size > most else held.read(most + 1) or b""
                    return content, max(opened.st_size, len(content))
        raise InputError(fault("file.not_regular", place))
    except FileNotFoundError:
        raise InputError(fault("file.missing", place)) from None
    except OSError as error:
        raise InputError(fault("file.unreadable", place, cause=error.strerror or str(error))) from None


def too_large(place: str, size: int, most: int) -> Fault:
    """The fault of something of `size` bytes where `most` are allowed."""
    return fault("file.too_large", place, size=size / 1e6, most=most // 10**6)


def decoded(content: bytes, name: str, encoding: str = "utf-8-sig") -> str:
    """Text of a file called `name`; InputError with the line (and column) of what is no text."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(fault("file.not_utf8", f"{name}:{content.count(10, 0, error.start) + 1}")) from None
    if "\0" in text:
        raise InputError(fault("file.not_text", text_place(name, text, text.index("\0"))))
    return text


def text_place(name: str, text: str, at: int) -> str:
    """File, line and column of a character."""
    return f"{name}:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
"""What a sheet calls a cell: `B7` is the second of row 7."""


def column_number(letters: str) -> int:
    """Number of the column that a sheet calls so, from 1; what `sheet_column` calls it."""
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0)


def sheet_column(number: int) -> str:
    """Letters of a sheet's column.

    Example:
        >>> sheet_column(1), sheet_column(28)
        ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def lines_of(text: str, name: str, marks: str, rows: int) -> Iterator[str]:
    """Lines as a CSV reader takes them, line ends kept; InputError at one too long or too wide, or one too many.

    A line without quotation marks has a cell more than its mark stands in it; the reader would split it first.
    """
    for number, found in enumerate(re.finditer(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text), start=1):
        line = found[0]
        if len(line) > MOST_COLUMNS and '"' not in line:
            check_columns(max(map(line.count, marks)) + 1, f"{name}:{number}")
        if len(line) > MOST_LINE:
            raise InputError(fault("table.long_line", f"{name}:{number}", most=MOST_LINE))
        if number > rows + 1:
            raise InputError(fault("table.too_many_rows", name, most=rows))
        yield line


def csv_rows(text: str, name: str, mark: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Number of its first line and cells of each row; InputError at the first that is too wide, or a cell too long."""
    reader = csv.reader(lines_of(text, name, mark, most), delimiter=mark, strict=True)
    line = 1
    try:
        for row in reader:
            if len(row) > MOST_COLUMNS or len("".join(row)) > MOST_CELL:  # a call for each would cost a tenth
                check_row(row, name, line)
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        # The reader's own limit on a cell lies above ours; it is the same for the whole process, so it is left alone.
        if "field limit" in str(error):
            raise InputError(fault("table.long_cell", f"{name}:{line}", most=MOST_CELL)) from None
        raise InputError(fault("table.bad_csv", f"{name}:{line}", cause=str(error))) from None


def check_row(row: Sequence[str], name: str, line: int) -> None:
    """Nothing, where the row that begins in a line of a text is neither too wide nor a cell of it too long."""
    check_columns(len(row), f"{name}:{line}")
    check_lengths(row, line, lambda number, index: f"{name}:{number}:{index + 1}")


def check_columns(count: int, place: str) -> None:
    """Nothing, where a row may have so many cells; else InputError."""
    if count > MOST_COLUMNS:
        raise InputError(fault("table.too_many_columns", place, columns=count, most=MOST_COLUMNS))


def check_lengths(row: Sequence[object], number: int, at: Callable[[int, int], str]) -> None:
    """Nothing, where no text in a row is too long for a cell; else InputError at the first, `at` its row and index."""
    for index, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) > MOST_CELL:
            raise InputError(fault("table.long_cell", at(number, index), most=MOST_CELL))
