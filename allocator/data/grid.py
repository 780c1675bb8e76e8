"""The cells of a file, nothing read into them yet, and their rows as records: cells under names, each at its place.

A place names a cell: `units.csv:4:7` is line 4, cell 7; `units.xlsx, Sheet1!G4` a sheet's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from allocator.data.limits import TABLE, Faults, Sent, csv_rows, decoded, lines_of, read_bytes, sheet_column
from allocator.data.names import near_names
from allocator.data.numbers import NumberError
from allocator.data.table import fold
from allocator.errors import fault

SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
Figure = TypeVar("Figure")


@dataclass(frozen=True)
class Grid:
    """Cells as they stand in a file: a table's, one sheet's, one table's of a document, or a whole text's.

    Attributes:
        rows: cells row by row, rows without any content left out.
        numbers: 1-based row (or line) number in the file of each.
        file: the file's name; `name`: the sheet's, `T2` for the second table of a Word file, or empty.
        place: the whole, for messages.
        hidden: places of hidden rows and columns.
        merged: rows and columns a merged cell covers, by its index in `rows` and its column.
        exact: whether every row must have as many cells as the header (where blanks cannot be told).
    """

    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    file: str
    name: str
    place: str
    hidden: Sequence[str] = ()
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    exact: bool = False

    def at(self, row: int, cell: int) -> str:
        """Place of a cell, by indexes, for messages."""
        if not self.name:
            return f"{self.file}:{self.numbers[row]}:{cell + 1}"
        return f"{self.file}, {self.name}!{sheet_column(cell + 1)}{self.numbers[row]}"


def grid_of(rows: Iterable[tuple[int, Sequence[object]]], file: str, name: str = "", **more: Any) -> Grid:
    """Numbered rows as a grid, blank ones left out; `merged` comes by 0-based row number."""
    kept, numbers = [], array("l")
    for number, row in rows:
        # Nearly every row begins with a name: a million of them are not looked through.
        if (row and isinstance(first := row[0], str) and first and not first.isspace()) or any(map(_holds, row)):
            kept.append(row)
            numbers.append(number)
    if merged := more.pop("merged", None):
        index = {number - 1: i for i, number in enumerate(numbers)}
        more["merged"] = {(index[n], c): size for (n, c), size in merged.items() if n in index}
    return Grid(kept, numbers, file, name, **{"place": f"{file}, {name}" if name else file, **more})


def _holds(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def read_grid(file: Path | Sent) -> Grid:
    """Cells of a table's file, its first sheet where it is a workbook; raises like `read_table`."""
    content = read_bytes(file)
    if file.name.lower().endswith(SHEETS):
        from allocator.data.workbook import Workbook

        book = Workbook(content, file.name, TABLE)
        rows = enumerate(book.sheet(book.names[0]).rows, start=1)
        return grid_of(rows, file.name, book.names[0], place=str(file))
    text = decoded(content, file.name)
    header = next((line for line in lines_of(text, file.name, ",;\t", TABLE.rows) if line.strip()), "")
    lines = csv_rows(text, file.name, max(",;\t", key=header.count), TABLE.rows)
    return grid_of(((number, tuple(row)) for number, row in lines), file.name, place=str(file))


def name_in(cell: object) -> str:
    """The name a cell holds, folded; a sheet's number as the name it stands for: unit 12, not 12.0."""
    return fold(str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell))


@dataclass
class Records:
    """The rows of a grid under a header, by their index, and the faults found in them so far.

    Attributes:
        grid: the cells.
        columns: index of each column by its name.
        faults: what is wrong, in the order it was found.
    """

    grid: Grid
    columns: Mapping[str, int]
    faults: Faults = field(default_factory=Faults)

    def rows(self) -> Iterator[int]:
        """Every row below the first that is as long as it; any other is a fault."""
        wanted = len(self.grid.rows[0])
        for row, cells in enumerate(self.grid.rows):
            if len(cells) == wanted:
                if row:
                    yield row
            else:
                place = self.grid.at(row, min(len(cells), wanted))
                self.faults.append(fault("cell.ragged", place, cells=len(cells), wanted=wanted))

    def cell(self, row: int, column: str) -> object:
        """The cell under `column`; None where there is no such column."""
        return self.grid.rows[row][self.columns[column]] if column in self.columns else None

    def place(self, row: int, column: str) -> str:
        """File, line and cell of `column`."""
        return self.grid.at(row, self.columns[column])

    def fault(self, key: str, row: int, column: str, **values: Any) -> None:
        """Note that the cell under `column` is wrong."""
        self.faults.append(fault(key, self.place(row, column), column=column, **values))

    def read(
        self, how: Callable[[object], Figure | None], row: int, column: str, unit: str | None, required: bool = True
    ) -> Figure | None:
        """What `how` makes of a cell; None, and a fault noted, where it is refused, or blank though it is required."""
        try:
            value = how(self.grid.rows[row][self.columns[column]])
            if value is None and required:
                raise NumberError("cell.blank", "")
        except NumberError as error:
            self.faults.append(error.fault(self.place(row, column), column=column, unit=unit or "–"))
            return None
        return value

    def unit(self, row: int, known: Collection[str]) -> str | None:
        """The unit the row is about; None, and a fault noted, where it is none of those known."""
        name = name_in(self.cell(row, "unit"))
        if name in known:
            return name
        self.fault(
            "scenario.unknown_unit" if name else "cell.blank_unit", row, "unit", name=name, near=near_names(name, known)
        )
        return None


def headed(grid: Grid, own: Collection[str], required: Sequence[str], one_of: Sequence[str] = ()) -> Records:
    """The rows of a grid under the names in its first row; what is wrong with these is noted.

    Args:
        grid: a header at least.
        own: names that may be written in capitals.
        required: columns that must be there.
        one_of: columns of which at least one must be there.
    """
    columns: dict[str, int] = {}
    records = Records(grid, columns)
    for n, cell in enumerate(grid.rows[0]):
        name = fold("" if cell is None else str(cell))
        name = name.casefold() if name.casefold() in own else name
        if name in columns:
            records.faults.append(fault("table.duplicate_column", grid.at(0, n), column=name))
        elif name:
            columns[name] = n
    missing = [name for name in required if name not in columns]
    if one_of and not columns.keys() & set(one_of):
        missing.append("/".join(one_of))
    if missing:
        records.faults.append(fault("table.missing_columns", grid.at(0, 0), missing=missing, seen=[*columns]))
    return records
