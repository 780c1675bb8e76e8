"""A table from a file: CSV, or the first sheet of a workbook. All that is wrong is collected and raised once.

Every fault names its cell: `units.csv:4:7` is line 4, cell 7; `units.xlsx, Sheet1!G4` a sheet's. Keys `table.…` are
about the file as a whole, keys `cell.…` about one cell or row of what is otherwise a table.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allocator.data.numbers import NumberError, figure, persons
from allocator.data.table import PERSON_COLUMNS, TEXT_COLUMNS, Number, Table, fold
from allocator.errors import Fault, InputError, MissingExtraError, fault

MOST_BYTES = 20_000_000
MOST_UNPACKED = 400_000_000
MOST_ROWS = 2_000_000
MOST_SHOWN = 100
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
REQUIRED = ("unit", "workforce")
_BYTES_OF_A_ZIP = b"PK\x03\x04"
_OWN = {name: name for name in (*TEXT_COLUMNS, *PERSON_COLUMNS)}


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


def read_table(path: Path) -> Table:
    """Table in the file at `path`: CSV (`,` `;` or tab, UTF-8), or the first sheet of an xlsx, xls or ods workbook.

    Raises:
        InputError: the file or some of its cells cannot be used; all faults at once, the first hundred in words.
        MissingExtraError: a workbook is given and its reader is not installed.
    """
    return table_from(read_grid(path))


def read_grid(path: Path) -> Grid:
    """Cells of the file at `path`, nothing read into them yet; raises like `read_table`."""
    check_file(path)
    grid = (_sheet if path.suffix.lower() in SHEETS else _csv)(path)
    if len(grid.rows) > MOST_ROWS + 1:
        raise InputError(fault("table.too_many_rows", str(path), rows=len(grid.rows) - 1, most=MOST_ROWS))
    return grid


def check_file(path: Path) -> None:
    """Nothing, where `path` is a file of bearable size, unpacked too; else InputError."""
    place = str(path)
    if path.is_dir():
        raise InputError(fault("table.directory", place))
    if not path.is_file():
        raise InputError(fault("table.no_file", place))
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise InputError(fault("table.too_large", place, size=size / 1e6, most=MOST_BYTES // 10**6))
    with path.open("rb") as file:
        packed = file.read(4) == _BYTES_OF_A_ZIP
    if packed and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > MOST_UNPACKED:
            raise InputError(fault("table.too_large", place, size=size / 1e6, most=MOST_UNPACKED // 10**6))


def read_text(path: Path) -> str:
    """Text of a UTF-8 file, with or without byte order mark; InputError naming the line that is not UTF-8."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(fault("table.not_utf8", f"{path.name}:{line}")) from None
    if "\0" in text:
        raise InputError(fault("table.not_text", str(path)))
    return text


def _csv(path: Path) -> Grid:
    text = read_text(path)
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    rows, numbers, line = [], [], 1
    try:
        for row in reader:
            if any(cell and not cell.isspace() for cell in row):
                rows.append(row)
                numbers.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(fault("table.bad_csv", f"{path.name}:{line}", cause=str(error))) from None
    return Grid(rows, numbers, lambda row, cell: f"{path.name}:{row}:{cell}", str(path))


def _sheet(path: Path) -> Grid:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise MissingExtraError(fault("extra.missing", str(path), extra="office")) from None
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        raise InputError(fault("table.bad_workbook", str(path), cause=str(error))) from None
    kept = [n for n, row in enumerate(cells) if any(cell not in ("", None) for cell in row)]
    name = sheet.name
    return Grid(
        [cells[n] for n in kept],
        [n + 1 for n in kept],
        lambda row, cell: f"{path.name}, {name}!{sheet_column(cell)}{row}",
        str(path),
    )


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


@dataclass
class _Reading:
    """One grid on its way to a table, with the faults found so far."""

    grid: Grid
    names: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

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
    _raise(reading)
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
    _raise(reading)
    kinds, parents = (_read_texts(reading, index.get(name)) for name in ("kind", "parent"))
    return Table(tuple(reading.units), columns, kinds, parents, unusable, grid.place)


def _raise(reading: _Reading) -> None:
    faults = reading.faults
    if len(faults) > MOST_SHOWN:
        faults = [*faults[:MOST_SHOWN], fault("cell.more", reading.grid.place, more=len(faults) - MOST_SHOWN)]
    if faults:
        raise InputError(faults)


def _read_header(reading: _Reading) -> None:
    header = reading.grid.rows[0]
    number = reading.grid.numbers[0]
    for n, cell in enumerate(header):
        name = fold(str(cell if cell is not None else ""))
        name = _OWN.get(name.casefold(), name)
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
    wanted, rows, numbers = len(reading.names), [], []
    for n, row in zip(reading.grid.numbers, reading.grid.rows, strict=True):
        if len(row) == wanted:
            rows.append(row)
            numbers.append(n)
        else:
            place = reading.grid.at(n, min(len(row), wanted) + 1)
            reading.faults.append(fault("cell.ragged", place, cells=len(row), wanted=wanted))
    reading.grid = replace(reading.grid, rows=rows, numbers=numbers)


def _read_units(reading: _Reading, index: int) -> None:
    first: dict[str, int] = {}
    for n, cell in enumerate(reading.cells(index)):
        unit = fold(_text(cell))
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


def _read_texts(reading: _Reading, index: int | None) -> tuple[str | None, ...]:
    if index is None:
        return (None,) * len(reading.units)
    return tuple(fold(_text(cell)) or None for cell in reading.cells(index))


def _text(cell: object) -> str:
    """A sheet's number as the name it stands for: unit 12, not 12.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else str(cell)
