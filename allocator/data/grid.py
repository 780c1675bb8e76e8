"""The cells of a table's file, nothing read into them yet: CSV text, or the first sheet of a workbook.

A place names a cell: `units.csv:4:7` is line 4, cell 7; `units.xlsx, Sheet1!G4` a sheet's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from allocator.data.limits import MOST_TABLE_BYTES, TABLE, Sent, csv_rows, decoded, lines_of, read_bytes
from allocator.data.places import sheet_column
from allocator.data.table import fold
from allocator.errors import Fault, fault

SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Grid:
    """Cells as they stand in a file.

    Attributes:
        rows: cells row by row, the header first, rows without any content left out.
        numbers: 1-based row (or line) number in the file of each.
        at: the place of a cell from its row number and 1-based cell number, for messages.
        place: the file, for messages.
    """

    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    at: Callable[[int, int], str]
    place: str

    def whole_rows(self, faults: list[Fault]) -> Iterator[tuple[int, Sequence[object]]]:
        """Number and cells of every row below the header that is as long as it; any other is a fault."""
        wanted = len(self.rows[0])
        for number, row in zip(self.numbers[1:], self.rows[1:], strict=True):
            if len(row) == wanted:
                yield number, row
            else:
                faults.append(
                    fault("cell.ragged", self.at(number, min(len(row), wanted) + 1), cells=len(row), wanted=wanted)
                )


def name_in(cell: object) -> str:
    """The name a cell holds, folded; a sheet's number as the name it stands for: unit 12, not 12.0."""
    return fold(str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell))


def read_grid(file: Path | Sent) -> Grid:
    """Cells of a file, nothing read into them yet; raises like `read_table`."""
    content = read_bytes(file, MOST_TABLE_BYTES)
    if file.name.lower().endswith(SHEETS):
        return _sheet(content, file.name, str(file))
    return csv_grid(decoded(content, file.name), file.name, str(file))


def csv_grid(text: str, name: str, place: str) -> Grid:
    """Cells of a CSV text; `name` stands in the places of cells, `place` in messages about the whole."""
    header = next((line for line in lines_of(text, name, ",;\t", TABLE.rows) if line.strip()), "")
    mark = max(",;\t", key=header.count)
    rows, numbers = [], array("l")
    for number, row in csv_rows(text, name, mark, TABLE.rows):
        if "".join(row).strip():
            rows.append(tuple(row))
            numbers.append(number)
    return Grid(rows, numbers, lambda row, cell: f"{name}:{row}:{cell}", place)


def _sheet(content: bytes, file: str, place: str) -> Grid:
    from allocator.data.workbook import Workbook

    book = Workbook(content, file, TABLE)
    sheet = book.sheet(book.names[0])
    kept = [n for n, row in enumerate(sheet.rows) if any(cell not in ("", None) for cell in row)]
    return Grid(
        [sheet.rows[n] for n in kept],
        [n + 1 for n in kept],
        lambda row, cell: f"{file}, {sheet.name}!{sheet_column(cell)}{row}",
        place,
    )
