"""The sheets of a workbook as cells, nothing read into them yet. No formula is evaluated, no macro run.

One library reads the values of every format. What it does not tell (formulas without a value, errors, formats, what is
hidden or merged, how far a sheet reaches) stands in the XML of xlsx and ods files, which is gone through here first: a
few of its bytes can repeat a cell a billion times.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allocator.data.limits import MOST_UNPACKED, Limits, check_columns, check_lengths, sheet_column, too_large
from allocator.data.package import Package
from allocator.data.sheet_xml import Cell, SheetXml, format_codes, ods_told, shared_lengths, sheet_parts, xlsx_told
from allocator.errors import InputError, MissingExtraError, fault


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells row by row; formats by cell; places of hidden rows and columns; sizes of merged cells."""

    name: str
    rows: Sequence[Sequence[Any]]
    formats: Mapping[Cell, str]
    merged: Mapping[Cell, tuple[int, int]]
    hidden: Sequence[str]


class Workbook:
    """An xlsx, xlsb, xls or ods workbook.

    Attributes:
        names: of its sheets, in order; `visible`: of those that are not hidden.

    Raises:
        InputError: damaged, encrypted, or more than its limits; every method likewise.
        MissingExtraError: the reader of workbooks is not installed.
    """

    def __init__(self, content: bytes, file: str, limits: Limits) -> None:
        try:
            from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum
        except ImportError:
            raise MissingExtraError(fault("extra.missing", file, extra="office")) from None
        self.file, self.limits, self._error = file, limits, CalamineError
        self._package = Package(content, file, limits) if content.startswith(b"PK") else None
        self._tell = self._teller()
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            every = self._book.sheets_metadata
        except CalamineError as error:
            raise self._damaged(error) from None
        self.names = [each.name for each in every]
        self.visible = [each.name for each in every if each.visible == SheetVisibleEnum.Visible]
        if not self.names:
            raise self._damaged("0 sheets")

    def _damaged(self, cause: Exception | str) -> InputError:
        return InputError(fault("table.bad_workbook", self.file, cause=str(cause)[:200]))

    def sheet(self, name: str) -> Sheet:
        """The sheet called `name`."""
        told = self._tell(name)
        try:
            held = self._book.get_sheet_by_name(name)
            rows: list[list[Any]] = held.to_python(skip_empty_area=False)
            ranges = held.merged_cell_ranges or []
        except self._error as error:
            raise self._damaged(error) from None
        check_columns(len(rows[0]) if rows else 0, f"{self.file}, {name}")
        for (row, column), cell in told.unread.items():
            rows += [[] for _ in range(row + 1 - len(rows))]
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = cell
        for n, cells in enumerate(rows, start=1):
            check_lengths(cells, n, lambda row, at: f"{self.file}, {name}!{sheet_column(at + 1)}{row}")
        merged = {(r, c): (bottom - r + 1, right - c + 1) for (r, c), (bottom, right) in ranges}
        return Sheet(name, rows, told.formats, merged | told.merged, told.hidden)

    def _teller(self) -> Callable[[str], SheetXml]:
        """What tells of a sheet by its name; an ods file is gone through whole, as its reader does."""
        package = self._package
        try:
            if package and "content.xml" in package.names:
                found = {name: self._bounded(name, told) for name, told in ods_told(package.read("content.xml"))}
                return lambda name: found.get(name, SheetXml())
            if package and "xl/workbook.xml" in package.names:
                parts, codes, lengths = sheet_parts(package), format_codes(package), shared_lengths(package)
                return lambda name: self._xlsx(package.read(parts.get(name, name)), name, codes, lengths)
        except ValueError as error:  # an attribute that is no number
            raise self._damaged(error) from None
        return lambda name: SheetXml()

    def _xlsx(self, content: bytes, name: str, codes: Sequence[str], lengths: Sequence[int]) -> SheetXml:
        try:
            return self._bounded(name, xlsx_told(content, codes, lengths))
        except ValueError as error:
            raise self._damaged(error) from None

    def _bounded(self, name: str, told: SheetXml) -> SheetXml:
        if told.wide * told.deep > self.limits.cells:
            raise InputError(fault("table.stray_cell", f"{self.file}, {sheet_column(told.wide)}{told.deep}"))
        if told.letters > MOST_UNPACKED:
            raise InputError(too_large(f"{self.file}, {name}", told.letters, MOST_UNPACKED))
        return told
