"""A table from a file, every figure read strictly. All that is wrong is collected and raised once.

Faults with keys `table.…` are about the file as a whole, `cell.…` about one cell or row of what is otherwise a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allocator.data.grid import Grid, name_in, read_grid
from allocator.data.limits import Faults, Sent
from allocator.data.numbers import NumberError, Unread, figure, persons
from allocator.data.table import PERSON_COLUMNS, TEXT_COLUMNS, Number, Table, fold
from allocator.errors import Fault, InputError, fault

REQUIRED = ("unit", "workforce")
_OWN = (*TEXT_COLUMNS, *PERSON_COLUMNS)


def read_table(file: Path | Sent) -> Table:
    """Table in a file: CSV (`,` `;` or tab, UTF-8), or the first sheet of an xlsx, xls or ods workbook.

    Raises:
        InputError: the file or some of its cells cannot be used; all faults at once, or the first hundred.
        MissingExtraError: a workbook is given and its reader is not installed.
    """
    return table_from(read_grid(file))


@dataclass
class _Reading:
    """One grid on its way to a table, with the faults found so far."""

    grid: Grid
    names: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def place(self, row: int, cell: int) -> str:
        """Place of a cell: index of a row below the header, index of the cell."""
        return self.grid.at(self.grid.numbers[row + 1], cell + 1)

    def cells(self, index: int) -> list[Any]:
        return [row[index] for row in self.grid.rows[1:]]


def table_from(grid: Grid) -> Table:
    """Table in a grid whose first row names the columns; raises InputError with all faults."""
    if not grid.rows:
        raise InputError(fault("table.empty", grid.place))
    reading = _Reading(grid)
    _read_header(reading)
    if not grid.rows[1:]:
        reading.faults.append(fault("table.no_rows", grid.place))
    reading.faults.check()
    _leave_out_ragged(reading)
    index = {name: n for n, name in enumerate(reading.names) if name}
    _read_units(reading, index["unit"])
    columns: dict[str, tuple[Number | None, ...]] = {}
    unusable: dict[str, Fault] = {}
    for name in (each for each in index if each not in TEXT_COLUMNS):
        if name in PERSON_COLUMNS:
            columns[name] = _read_persons(reading, name, index[name])
        else:
            values, bad = _read_figures(reading, name, index[name])
            columns.update({} if bad else {name: values})
            unusable.update({name: bad} if bad else {})
    kinds, parents = (_read_texts(reading, name, index.get(name)) for name in ("kind", "parent"))
    reading.faults.check()
    return Table(tuple(reading.units), columns, kinds, parents, unusable, grid.place)


def _read_header(reading: _Reading) -> None:
    header = reading.grid.rows[0]
    number = reading.grid.numbers[0]
    for n, cell in enumerate(header):
        name = fold(str(cell if cell is not None else ""))
        name = name.casefold() if name.casefold() in _OWN else name
        if name and name in reading.names:
            reading.faults.append(fault("table.duplicate_column", reading.grid.at(number, n + 1), column=name))
        if not name and any(len(row) > n and row[n] not in ("", None) for row in reading.grid.rows[1:]):
            reading.faults.append(fault("table.blank_header", reading.grid.at(number, n + 1)))
        reading.names.append(name)
    missing = [name for name in REQUIRED if name not in reading.names]
    if missing:
        seen = [name for name in reading.names if name]
        reading.faults.append(fault("table.missing_columns", reading.grid.at(number, 1), missing=missing, seen=seen))


def _leave_out_ragged(reading: _Reading) -> None:
    grid = reading.grid
    rows, numbers = [grid.rows[0]], [grid.numbers[0]]
    for number, row in grid.whole_rows(reading.faults):
        rows.append(row)
        numbers.append(number)
    reading.grid = replace(grid, rows=rows, numbers=numbers)


def _read_units(reading: _Reading, index: int) -> None:
    first: dict[str, int] = {}
    for n, unit in enumerate(_texts(reading, "unit", index)):
        reading.units.append(unit)
        if not unit:
            reading.faults.append(fault("cell.blank_unit", reading.place(n, index)))
        elif unit in first:
            earlier = reading.place(first[unit], index)
            reading.faults.append(fault("cell.duplicate_unit", reading.place(n, index), unit=unit, earlier=earlier))
        else:
            first[unit] = n


def _read_persons(reading: _Reading, name: str, index: int) -> tuple[int | None, ...]:
    blank = 0 if name == "growth_estimate" else None
    values: list[int | None] = []
    for n, cell in enumerate(reading.cells(index)):
        try:
            value = persons(cell)
        except NumberError as error:
            value = 0
            reading.faults.append(error.fault(reading.place(n, index), column=name, unit=reading.units[n] or "–"))
        if value is None and name in REQUIRED:
            reading.faults.append(
                fault("cell.blank", reading.place(n, index), column=name, unit=reading.units[n] or "–", cell="")
            )
        values.append(blank if value is None else value)
    return tuple(values)


def _read_figures(reading: _Reading, name: str, index: int) -> tuple[tuple[Number | None, ...], Fault | None]:
    values: list[Number | None] = []
    bad: Fault | None = None
    for n, cell in enumerate(reading.cells(index)):
        try:
            values.append(figure(cell))
        except NumberError as error:
            bad = bad or error.fault(reading.place(n, index), column=name, unit=reading.units[n] or "–")
    if bad and all(value is None for value in values):
        bad = fault("cell.text_column", bad.place, **bad.values)
    return tuple(values), bad


def _read_texts(reading: _Reading, name: str, index: int | None) -> tuple[str | None, ...]:
    if index is None:
        return (None,) * len(reading.units)
    return tuple(text or None for text in _texts(reading, name, index))


def _texts(reading: _Reading, name: str, index: int) -> Iterator[str]:
    """Texts of a column, folded; a fault for a cell without a value one could trust."""
    for n, cell in enumerate(reading.cells(index)):
        if isinstance(cell, Unread):
            reading.faults.append(NumberError(cell.key, cell).fault(reading.place(n, index), column=name, unit="–"))
        yield name_in(cell)
