"""What a document is read into: parts, each a table, a sheet or a whole text, row by row with its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.data.places import sheet_column


@dataclass(frozen=True)
class Part:
    """One table of a document, or one sheet, or a whole text.

    Attributes:
        rows: cells row by row, blank rows left out.
        numbers: 1-based number of each row in the document.
        file: the file's name; `name`: the sheet's, `T2` for the second table of a Word file, or empty.
        hidden: places of hidden rows and columns.
        merged: rows and columns a merged cell covers, by its index in `rows` and its column.
        exact: whether every row must have as many cells as the header (where blanks cannot be told).
    """

    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    file: str
    name: str = ""
    hidden: Sequence[str] = ()
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    exact: bool = False

    def at(self, row: int, cell: int) -> str:
        """Place of a cell, by indexes, for messages."""
        if not self.name:
            return f"{self.file}:{self.numbers[row]}:{cell + 1}"
        return f"{self.file}, {self.name}!{sheet_column(cell + 1)}{self.numbers[row]}"

    @property
    def place(self) -> str:
        """The part as a whole, for messages."""
        return f"{self.file}, {self.name}" if self.name else self.file

    def column(self, cell: int) -> str:
        """The column as the document counts it: a letter in a sheet, else a number."""
        return sheet_column(cell + 1) if self.name else str(cell + 1)


@dataclass(frozen=True)
class Pages:
    """A document: its parts; `together` where they are one table, else each sheet is one; the text `before` them."""

    parts: Sequence[Part]
    together: bool = True
    before: Sequence[str] = ()


def part_of(rows: Sequence[Sequence[object]], file: str, name: str = "", **more: Any) -> Part:
    """Rows as a part, blank ones left out; `merged` comes by row number."""
    kept = [n for n, row in enumerate(rows) if any(not _blank(cell) for cell in row)]
    index = {n: i for i, n in enumerate(kept)}
    merged = {(index[n], c): size for (n, c), size in more.pop("merged", {}).items() if n in index}
    return Part([rows[n] for n in kept], [n + 1 for n in kept], file, name, merged=merged, **more)


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
