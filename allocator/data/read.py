"""A table from a file, every figure read strictly. All that is wrong is collected and raised once.

Faults with keys `table.…` are about the file as a whole, `cell.…` about one cell or row of what is otherwise a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from allocator.data.grid import Records, headed, name_in, read_grid
from allocator.data.limits import Sent
from allocator.data.numbers import NumberError, Unread, figure, persons
from allocator.data.table import PERSON_COLUMNS, REQUIRED, TEXT_COLUMNS, Number, Table
from allocator.errors import Fault, InputError, fault


def read_table(file: Path | Sent) -> Table:
    """Table in a file: CSV (`,` `;` or tab, UTF-8), or the first sheet of an xlsx, xls or ods workbook.

    Raises:
        InputError: the file or some of its cells cannot be used; all faults at once, or the first hundred.
        MissingExtraError: a workbook is given and its reader is not installed.
    """
    grid = read_grid(file)
    if not grid.rows:
        raise InputError(fault("table.empty", grid.place))
    records = headed(grid, (*TEXT_COLUMNS, *PERSON_COLUMNS), REQUIRED)
    for n, cell in enumerate(grid.rows[0]):
        if not name_in(cell) and any(len(row) > n and row[n] not in ("", None) for row in grid.rows[1:]):
            records.faults.append(fault("table.blank_header", grid.at(0, n)))
    if not grid.rows[1:]:
        records.faults.append(fault("table.no_rows", grid.place))
    records.faults.check()
    rows = [*records.rows()]
    units = tuple(_units(records, rows))
    columns: dict[str, tuple[Number | None, ...]] = {}
    unusable: dict[str, Fault] = {}
    for name in (each for each in records.columns if each not in TEXT_COLUMNS):
        if name in PERSON_COLUMNS:
            needed, blank = name in REQUIRED, 0 if name == "growth_estimate" else None
            read = (records.read(persons, row, name, unit, needed) for row, unit in zip(rows, units, strict=True))
            columns[name] = tuple(blank if value is None else value for value in read)
        else:
            values, bad = _figures(records, name, zip(rows, units, strict=True))
            columns.update({} if bad else {name: values})
            unusable.update({name: bad} if bad else {})
    kinds, parents = (tuple(text or None for text in _texts(records, name, rows)) for name in ("kind", "parent"))
    records.faults.check()
    return Table(units, columns, kinds, parents, unusable, grid.place)


def _units(records: Records, rows: Sequence[int]) -> Iterator[str]:
    first: dict[str, int] = {}
    for row, unit in zip(rows, _texts(records, "unit", rows), strict=True):
        if not unit:
            records.faults.append(fault("cell.blank_unit", records.place(row, "unit")))
        elif unit in first:
            place, earlier = (records.place(each, "unit") for each in (row, first[unit]))
            records.faults.append(fault("cell.duplicate_unit", place, unit=unit, earlier=earlier))
        else:
            first[unit] = row
        yield unit


def _figures(
    records: Records, name: str, rows: Iterator[tuple[int, str]]
) -> tuple[tuple[Number | None, ...], Fault | None]:
    values: list[Number | None] = []
    bad: Fault | None = None
    for row, unit in rows:
        try:
            values.append(figure(records.cell(row, name)))
        except NumberError as error:
            bad = bad or error.fault(records.place(row, name), column=name, unit=unit or "–")
    if bad and all(value is None for value in values):
        bad = fault("cell.text_column", bad.place, **bad.values)
    return tuple(values), bad


def _texts(records: Records, name: str, rows: Sequence[int]) -> Iterator[str]:
    """Texts of a column, folded; a fault for a cell without a value one could trust."""
    for row in rows:
        cell = records.cell(row, name)
        if isinstance(cell, Unread):
            records.faults.append(NumberError(cell.key, cell).fault(records.place(row, name), column=name, unit="–"))
        yield name_in(cell)
