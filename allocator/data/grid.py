"""The cells of a table's file, nothing read into them yet: CSV text, or the first sheet of a workbook.

A place names a cell: `units.csv:4:7` is line 4, cell 7; `units.xlsx, Sheet1!G4` a sheet's.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from allocator.data.limits import (
    MOST_CELL,
    MOST_COLUMNS,
    MOST_TABLE_BYTES,
    TABLE,
    Sent,
    check_columns,
    check_lengths,
    decoded,
    lines_of,
    read_bytes,
)
from allocator.data.places import sheet_column
from allocator.errors import InputError, fault

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


def csv_rows(text: str, name: str, mark: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Number of its first line and cells of each row; InputError at the first that is too wide, or a cell too long."""
    reader = csv.reader(lines_of(text, name, mark, most), delimiter=mark, strict=True)
    line = 1
    try:
        for row in reader:
            if len(row) > MOST_COLUMNS:
                check_columns(len(row), f"{name}:{line}")
            if len("".join(row)) > MOST_CELL:
                check_lengths(row, line, lambda number, index: f"{name}:{number}:{index + 1}")
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        # The reader's own limit on a cell lies above ours; it is the same for the whole process, so it is left alone.
        if "field limit" in str(error):
            raise InputError(fault("table.long_cell", f"{name}:{line}", most=MOST_CELL)) from None
        raise InputError(fault("table.bad_csv", f"{name}:{line}", cause=str(error))) from None


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
