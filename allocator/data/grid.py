"""The cells of a file, nothing read into them yet: CSV text, or the first sheet of a workbook.

A place names a cell: `units.csv:4:7` is line 4, cell 7; `units.xlsx, Sheet1!G4` a sheet's.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from allocator.errors import InputError, MissingExtraError, fault

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
MOST_CELLS = 20_000_000
MOST_ROWS = 2_000_000
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')


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
    if zipfile.is_zipfile(path):
        try:
            check_archive(path, path.name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise InputError(fault("table.bad_workbook", place, cause=str(error))) from None


def check_archive(file: Path | BinaryIO, name: str) -> None:
    """Nothing, where a zip archive's parts are of bearable size; else InputError, or what `zipfile` raises."""
    with zipfile.ZipFile(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
        if size > MOST_UNPACKED:
            raise InputError(fault("table.too_large", name, size=size / 1e6, most=MOST_UNPACKED // 10**6))
        for part in filter(_SHEET_PART.fullmatch, archive.namelist()):
            # The reader keeps the whole rectangle: one stray cell in a sheet's last corner would take 500 GB.
            cells = set(_CELL.findall(archive.read(part)))
            wide = max((_sheet_number(letters) for letters in {letters for letters, _ in cells}), default=0)
            deep = max((int(row) for _, row in cells), default=0)
            _check_extent(wide, deep, name)
        if "content.xml" in archive.namelist():
            _check_extent(*_ods_extent(archive.read("content.xml")), name)


def _check_extent(wide: int, deep: int, name: str) -> None:
    if wide * deep > MOST_CELLS:
        raise InputError(fault("table.stray_cell", f"{name}, {sheet_column(wide)}{deep}"))


def _ods_extent(content: bytes) -> tuple[int, int]:
    """Columns and rows of the largest sheet of an ods file, where a few bytes can repeat a cell a billion times."""
    wide = deep = row = column = times = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal wide, deep, row, column, times
        if tag == "table:table":
            row = times = 0
        elif tag == "table:table-row":
            row, column, times = row + times, 0, int(attributes.get("table:number-rows-repeated", 1))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            column += int(attributes.get("table:number-columns-repeated", 1))
            if "office:value-type" in attributes:
                wide, deep = max(wide, column), max(deep, row + times)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise zipfile.BadZipFile(str(error)) from None
    return wide, deep


def _sheet_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


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
    return csv_grid(read_text(path), path.name, str(path))


def csv_grid(text: str, name: str, place: str) -> Grid:
    """Cells of a CSV text; `name` stands in the places of cells, `place` in messages about the whole."""
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
        raise InputError(fault("table.bad_csv", f"{name}:{line}", cause=str(error))) from None
    return Grid(rows, numbers, lambda row, cell: f"{name}:{row}:{cell}", place)


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
