"""The cells of a file, nothing read into them yet, and their rows as records: cells under names, each at its place.

A place names a cell: `units.csv:4:7` is line 4, cell 7; `units.xlsx, Sheet1!G4` a sheet's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from allocator.data.findings import Oddity, name_fitted
from allocator.data.limits import MOST_LINE, TABLE, Faults, Sent, csv_rows, decoded, read_bytes, sheet_column
from allocator.data.numbers import NumberError
from allocator.data.table import ATTAINMENT, PERSON_COLUMNS, TEXT_COLUMNS, fold
from allocator.data.unit_names import fitting_name, near_names
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
        before: lines of text since the part before it.
        origin: place of a cell by its indexes, where these are not the file's.
        mark: what parts the cells of a text, empty where something else does.
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
    before: Sequence[str] = ()
    origin: Callable[[int, int], str] | None = None
    mark: str = ""

    def at(self, row: int, cell: int) -> str:
        """Place of a cell, by indexes, for messages."""
        if self.origin:
            return self.origin(row, cell)
        if not self.name:
            return f"{self.file}:{self.numbers[row]}:{cell + 1}"
        return f"{self.file}, {self.name}!{sheet_column(cell + 1)}{self.numbers[row]}"

    def cell(self, row: int, column: int) -> Any:
        """Content of a cell, by indexes; a text without spaces around it, and nothing as an empty one."""
        cells = self.rows[row]
        value: Any = cells[column] if column < len(cells) else None
        return value.strip() if isinstance(value, str) else "" if value is None else value

    def headers(
        self, named: Mapping[str, str], needed: Collection[str] | None = None
    ) -> tuple[int, dict[str, int]] | None:
        """Index of the first row that has some headers, and the column of each, by its key; None where none has.

        Args:
            named: headers by their keys; the case of their letters does not count.
            needed: keys of those that must be there; all where nothing is said.
        """
        wanted = {key: header.casefold() for key, header in named.items()}
        musts = {wanted[key] for key in (wanted if needed is None else needed)}
        for top, row in enumerate(self.rows):
            heads = [name_in(cell).casefold() for cell in row]
            if musts <= {*heads}:
                return top, {key: heads.index(header) for key, header in wanted.items() if header in heads}
        return None


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


def own_grid(file: Path | Sent, required: Collection[str]) -> Grid | None:
    """Cells of a table of ours, of its first sheet where it is a workbook; None where its first row has not our names.

    Args:
        file: its path, or its content.
        required: names that its first row must have.

    Raises:
        InputError: the file cannot be read.
    """
    content = read_bytes(file)
    packed, sheets = content.startswith((b"PK", b"\xd0\xcf\x11\xe0")), file.name.lower().endswith(SHEETS)
    if packed and sheets:
        from allocator.data.workbook import Workbook

        book = Workbook(content, file.name, TABLE)
        rows = enumerate(book.sheet(book.names[0]).rows, start=1)
        grid = grid_of(rows, file.name, book.names[0], place=str(file))
        return grid if grid.rows and _ours(grid.rows[0], required) else None
    if packed or sheets or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    line = next((line for line in content[:MOST_LINE].splitlines() if line.strip()), b"")
    first = line.decode("utf-8-sig", "replace")
    mark = max(",;\t", key=first.count)
    if not _ours([each.strip('"') for each in first.split(mark)], required):
        return None
    lines = csv_rows(decoded(content, file.name), file.name, mark, TABLE.rows)
    return grid_of(((number, tuple(row)) for number, row in lines), file.name, place=str(file))


def _ours(row: Sequence[object], required: Collection[str]) -> bool:
    """Whether a header is of our names: those required, and no other that is one of ours in other words."""
    names = [fold(str(cell)) for cell in row if cell]
    if not {*required} <= {each.casefold() for each in names}:
        return False
    own = {*required, *TEXT_COLUMNS, *PERSON_COLUMNS, ATTAINMENT}
    others = [each for each in names if each.casefold() not in own and (" " in each or not each.islower())]
    if others:
        from allocator.data.meaning import OWN, recognise

        return not any(recognise((each,))[0] in OWN for each in others)
    return True


def name_in(cell: object) -> str:
    """The name a cell holds, folded; a sheet's number as the name it stands for: unit 12, not 12.0."""
    return fold(str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell))


@dataclass
class Records:
    """The rows of a grid under a header, by their index, and the faults found in them so far.

    Attributes:
        grid: the cells.
        columns: index of each column by its name.
        faults: what is wrong, in the order it was found; `notes`: names that fit a unit, by name.
    """

    grid: Grid
    columns: Mapping[str, int]
    faults: Faults = field(default_factory=Faults)
    notes: dict[str, Oddity] = field(default_factory=dict)

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
        if (fitting := fitting_name(name, known)) is not None:
            if fitting != name:
                self.notes.setdefault(name, name_fitted(name, fitting, self.place(row, "unit")))
            return fitting
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
