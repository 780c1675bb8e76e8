"""A table from a file, every figure read strictly. All that is wrong is collected and raised once.

Faults with keys `table.…` are about the file as a whole, `cell.…` about one cell or row of what is otherwise a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from allocator.data.grid import Records, headed, name_in, read_grid
from allocator.data.limits import Sent
from allocator.data.names import shown_names
from allocator.data.numbers import NumberError, Unread, figure, persons, share_or_percent
from allocator.data.table import ATTAINMENT, PERSON_COLUMNS, REQUIRED, TEXT_COLUMNS, Number, Table, fold
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
    records = headed(grid, (*TEXT_COLUMNS, *PERSON_COLUMNS, ATTAINMENT), REQUIRED)
    for n, cell in enumerate(grid.rows[0]):
        if not name_in(cell) and any(len(row) > n and row[n] not in ("", None) for row in grid.rows[1:]):
            records.faults.append(fault("table.blank_header", grid.at(0, n)))
    if not grid.rows[1:]:
        records.faults.append(fault("table.no_rows", grid.place))
    records.faults.check()
    rows = [*records.rows()]
    names, above = (_texts(records, name, rows) for name in ("unit", "parent"))
    units, parents, wrong = shown_names(names, above, lambda at, column: records.place(rows[at], column))
    for each in wrong:
        records.faults.append(each)
    columns: dict[str, tuple[Number | None, ...]] = {}
    unusable: dict[str, Fault] = {}
    texts: dict[str, tuple[str | None, ...]] = {}
    inner = {*parents}
    for name in (each for each in records.columns if each not in TEXT_COLUMNS):
        if name == ATTAINMENT:
            columns[name] = tuple(
                records.read(share_or_percent, row, name, unit, False) for row, unit in zip(rows, units, strict=True)
            )
            continue
        if name in PERSON_COLUMNS:
            needed = name in REQUIRED
            read = tuple(
                records.read(persons, row, name, unit, needed and unit not in inner)
                for row, unit in zip(rows, units, strict=True)
            )
            if name == "growth_estimate":
                known = zip(units, read, strict=True)
                read = tuple(0 if value is None and unit not in inner else value for unit, value in known)
            columns[name] = read
            continue
        values, bad = _figures(records, name, zip(rows, units, strict=True))
        if bad is None:
            columns[name] = values
        elif unread := _unread(records, name, rows):
            unusable[name] = unread[0]
        else:
            unusable[name] = bad
            texts[name] = tuple(text or None for text in _folded(records, name, rows))
    kinds = tuple(text or None for text in _texts(records, "kind", rows))
    records.faults.check()
    table = Table(tuple(units), columns, kinds, tuple(each or None for each in parents), unusable, grid.place, texts)
    _check_sums(records, rows, table)
    return table


def _check_sums(records: Records, rows: Sequence[int], table: Table) -> None:
    """Refuse a workforce of 0 in rows of a tree that have some below them."""
    inner = {*table.parents}
    pairs = [*zip(table.units, table.column("workforce"), strict=True)]
    nothing = [at for at, (unit, value) in enumerate(pairs) if value == 0 and unit in inner]
    if nothing:
        bare = tuple(None if unit in inner and not value else value for unit, value in pairs)
        sums = replace(table, columns={"workforce": bare}).sums_below("workforce")
        for at in nothing:
            if at in sums and sums[at][0]:
                values = {"unit": table.units[at], "below": sums[at][0]}
                records.fault("cell.nothing_above", rows[at], "workforce", **values)
        records.faults.check()


def _figures(
    records: Records, name: str, rows: Iterator[tuple[int, str]]
) -> tuple[tuple[Number | None, ...], Fault | None]:
    values: list[Number | None] = []
    bad: Fault | None = None
    for row, unit in rows:
        cell = records.cell(row, name)
        if bad and isinstance(cell, str) and cell[:1].isalpha():
            continue  # no figure begins with a letter: many in a column of text, which reading each would double
        try:
            values.append(figure(cell))
        except NumberError as error:
            bad = bad or error.fault(records.place(row, name), column=name, unit=unit or "–")
    if bad and all(value is None for value in values):
        bad = fault("cell.text_column", bad.place, **bad.values)
    return tuple(values), bad


def _texts(records: Records, name: str, rows: Sequence[int]) -> list[str]:
    """Texts of a column, folded, empty where there is none; a fault for each cell without a value one could trust."""
    if name not in records.columns:
        return [""] * len(rows)
    for each in _unread(records, name, rows):
        records.faults.append(each)
    return _folded(records, name, rows)


def _folded(records: Records, name: str, rows: Sequence[int]) -> list[str]:
    """The cells of a column as names, each text that stands there many times folded once."""
    grid, at = records.grid.rows, records.columns[name]
    seen: dict[str, str] = {}
    made = []
    for row in rows:
        cell = grid[row][at]
        if isinstance(cell, str):
            text = seen.get(cell)
            if text is None:
                text = seen[cell] = fold(cell)
            made.append(text)
        else:
            made.append(name_in(cell))
    return made


def _unread(records: Records, name: str, rows: Sequence[int]) -> list[Fault]:
    """What is wrong with the cells of a column that have no value one could trust."""
    grid, at = records.grid.rows, records.columns[name]
    return [
        NumberError(cell.key, cell).fault(records.place(row, name), column=name, unit="–")
        for row in rows
        if isinstance(cell := grid[row][at], Unread)
    ]
