"""Office files and the sheets of workbooks as cells, nothing read into them yet. No formula is evaluated, no macro run.

An office file is a zip archive, whose parts are bounded before they are unpacked; damage is told as such. One library
reads the values of every workbook. What it does not tell (formulas without a value, errors, formats, what is hidden or
merged, how far a sheet reaches) stands in the XML of xlsx and ods files, which is gone through here first: a few of its
bytes can repeat a cell a billion times.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from allocator.data.limits import (
    MOST_PARTS,
    MOST_TAGS,
    MOST_UNPACKED,
    Limits,
    check_columns,
    check_lengths,
    sheet_column,
    too_large,
)
from allocator.data.sheet_binary import xls_sheets, xlsb_parts, xlsb_sheet
from allocator.data.sheet_xml import Sheet, format_codes, ods_sheets, shared_texts, sheet_parts, xlsx_sheet
from allocator.errors import InputError, MissingExtraError, fault

_DOCTYPES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")]


def damaged(file: str, cause: Exception | str) -> InputError:
    """The error of a file that is damaged."""
    return InputError(fault("table.bad_workbook", file, cause=str(cause)[:200]))


@contextmanager
def damage_told(file: str, *errors: type[Exception]) -> Iterator[None]:
    """Any of these errors as that of a damaged file, and a panic of the reader of workbooks, which has no name."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, errors) or type(error).__name__ == "PanicException":
            raise damaged(file, str(error)) from None
        raise


class Package:
    """An office file's parts by name; XML that declares entities is refused: a few bytes could become gigabytes.

    Raises:
        InputError: no archive, a damaged or encrypted one, or one of more than its limits.
    """

    def __init__(self, content: bytes, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        if content.count(b"PK\1\2") > MOST_PARTS:
            raise InputError(fault("package.too_many_parts", file, most=MOST_PARTS))
        with damage_told(file, zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        self.names = frozenset(self._archive.namelist())
        parts = self._archive.infolist()
        if (size := sum(part.file_size for part in parts)) > MOST_UNPACKED:
            raise InputError(too_large(file, size, MOST_UNPACKED))
        for part in parts:
            if part.file_size > limits.part:
                raise InputError(too_large(f"{file}, {part.filename}", part.file_size, limits.part))
            content = self.read(part.filename)  # a part longer than it says fails here, before any other reader
            if "/media/" not in part.filename and any(mark in content for mark in _DOCTYPES):
                raise InputError(fault("import.entities", f"{file}, {part.filename}"))
            if part.filename.lower().endswith((".xml", ".rels")):
                # Some reader waits for ever for the end of an element that has none. The last two: an unknown encoding.
                with damage_told(file, expat.ExpatError, ValueError, LookupError):
                    expat.ParserCreate().Parse(content, True)

    def read(self, name: str) -> bytes:
        """Content of a part."""
        if name not in self.names:
            raise damaged(self.file, f"{name}?")
        # RuntimeError: it is encrypted, or packed in a way that is not known.
        with damage_told(self.file, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError):
            return self._archive.read(name)

    def tree(self, name: str) -> ElementTree.Element:
        """Root of an XML part that is held whole."""
        content = self.read(name)
        if content.count(b"<") > MOST_TAGS:
            raise InputError(fault("package.too_many_tags", f"{self.file}, {name}", most=MOST_TAGS))
        return ElementTree.fromstring(content)


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
        self.file, self._errors = file, (CalamineError, OSError, ValueError)  # the last: an attribute that is no number
        with damage_told(file, *self._errors):
            package = Package(content, file, limits) if content.startswith(b"PK") else None
            self._told = _sheets_told(package) if package else xls_sheets(content).get
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            every = self._book.sheets_metadata
        self.names = [each.name for each in every]
        self.visible = [each.name for each in every if each.visible == SheetVisibleEnum.Visible]
        if not self.names:
            raise damaged(file, "0 sheets")

    def sheet(self, name: str) -> Sheet:
        """The sheet called `name`."""
        with damage_told(self.file, *self._errors):
            made = self._told(name) or Sheet()
            held: Any = self._book.get_sheet_by_name(name)
            made.rows = rows = held.to_python(skip_empty_area=False)
            ranges = held.merged_cell_ranges or []
        check_columns(len(rows[0]) if rows else 0, f"{self.file}, {name}")
        for (row, column), cell in made.instead.items():
            rows += [[] for _ in range(row + 1 - len(rows))]
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = cell
        for n, cells in enumerate(rows, start=1):
            check_lengths(cells, n, lambda row, at: f"{self.file}, {name}!{sheet_column(at + 1)}{row}")
        for (row, column), (bottom, right) in ranges:
            made.merged.setdefault((row, column), (bottom - row + 1, right - column + 1))
        return made


def _sheets_told(package: Package) -> Callable[[str], Sheet | None]:
    """What tells of a sheet by its name; an ods file is gone through whole, as its reader does."""

    def bounded(name: str, told: Sheet) -> Sheet:
        if told.wide * told.deep > package.limits.cells:
            raise InputError(fault("table.stray_cell", f"{package.file}, {sheet_column(told.wide)}{told.deep}"))
        if told.letters > MOST_UNPACKED:
            raise InputError(too_large(f"{package.file}, {name}", told.letters, MOST_UNPACKED))
        return told

    if "content.xml" in package.names:
        return {name: bounded(name, told) for name, told in ods_sheets(package.read("content.xml"))}.get
    if "xl/workbook.bin" in package.names:
        sheets = xlsb_parts(package)
        return lambda name: bounded(name, xlsb_sheet(package.read(sheets[name]))) if sheets.get(name) else None
    if "xl/workbook.xml" not in package.names:
        return lambda name: None
    parts, codes, texts = sheet_parts(package), format_codes(package), shared_texts(package)
    return lambda name: bounded(name, xlsx_sheet(package.read(parts.get(name, name)), codes, texts))
