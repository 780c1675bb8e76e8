"""Records from a file: named columns in any order, rows with their place; the faults of all rows raised together."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allocator.data.grid import Grid, name_in, read_grid
from allocator.data.limits import Faults, Sent
from allocator.data.numbers import NumberError, persons
from allocator.data.table import fold
from allocator.errors import InputError, fault


@dataclass
class Records:
    """A file's rows under their header, and the faults found in them so far.

    Attributes:
        grid: the cells.
        columns: index of each column by its name, folded and in small letters.
        faults: what is wrong, in the order it was found.
    """

    grid: Grid
    columns: dict[str, int]
    faults: Faults = field(default_factory=Faults)

    def rows(self) -> Iterator[Record]:
        """Every row as long as the header; a shorter or longer one is a fault."""
        for number, row in self.grid.whole_rows(self.faults):
            yield Record(self, number, row)

    def check(self) -> None:
        """Raise InputError with the faults found, if any."""
        self.faults.check()


@dataclass(frozen=True)
class Record:
    """One row: its cells by column, their place, and a fault against one of them."""

    records: Records
    number: int
    cells: Sequence[object]

    def cell(self, column: str) -> object:
        """The cell under `column`; None where there is no such column."""
        index = self.records.columns.get(column)
        return None if index is None else self.cells[index]

    def text(self, column: str) -> str:
        """The cell as a name."""
        return name_in(self.cell(column))

    def place(self, column: str) -> str:
        """File, line and cell of `column`."""
        return self.records.grid.at(self.number, self.records.columns[column] + 1)

    def fault(self, key: str, column: str, **values: Any) -> None:
        """Note that the cell under `column` is wrong."""
        self.records.faults.append(fault(key, self.place(column), column=column, **values))

    def persons(self, column: str, unit: str) -> int | None:
        """Whole number of persons under `column`; None, and a fault noted, where it is blank or none."""
        try:
            value = persons(self.cell(column))
        except NumberError as error:
            self.records.faults.append(error.fault(self.place(column), column=column, unit=unit))
            return None
        if value is None:
            self.fault("cell.blank", column, unit=unit)
        return value

    def unit(self, known: Collection[str]) -> str | None:
        """The unit the row is about; None, and a fault noted, where it is none of those known."""
        name = self.text("unit")
        if name in known:
            return name
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known)[:20]
        self.fault("scenario.unknown_unit" if name else "cell.blank_unit", "unit", name=name, near=near)
        return None


def read_records(file: Path | Sent, required: Sequence[str], one_of: Sequence[str] = ()) -> Records:
    """Rows of a file; InputError where it cannot be read or its header lacks a column it needs.

    Args:
        file: CSV, or the first sheet of a workbook.
        required: columns that must be there.
        one_of: columns of which at least one must be there.
    """
    grid = read_grid(file)
    if len(grid.rows) < 2:
        raise InputError(fault("records.empty", grid.place, columns=list(required)))
    header = [fold(str(cell or "")).casefold() for cell in grid.rows[0]]
    columns = {name: index for index, name in enumerate(header) if name}
    twice = sorted({name for name in columns if header.count(name) > 1})
    missing = [name for name in required if name not in columns]
    if one_of and not columns.keys() & set(one_of):
        missing.append("/".join(one_of))
    place = grid.at(grid.numbers[0], 1)
    faults = [fault("table.duplicate_column", place, column=name) for name in twice]
    if missing:
        faults.append(fault("table.missing_columns", place, missing=missing, seen=list(columns)))
    if faults:
        raise InputError(faults)
    return Records(grid, columns)
