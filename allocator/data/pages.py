"""The tables of a document as cells, nothing read into them yet: workbook, Word file, CSV or pasted text.

What a file is, its content tells, not its ending. No formula is evaluated, no macro run, no link followed, and XML that
declares entities is refused, so that a few bytes cannot become gigabytes.
"""

from __future__ import annotations

import csv
import io
import re
import textwrap
import zipfile
import zlib
from collections.abc import Callable

from allocator.data import office
from allocator.data.grid import MOST_BYTES, check_archive
from allocator.data.parts import MOST_CELLS, Pages, part_of
from allocator.errors import InputError, MissingExtraError, fault

MOST_ROWS = 10_000
MOST_PART = 60_000_000
_BROKEN = (  # what the readers of office files raise for one that is damaged
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError, SyntaxError, TypeError,
    AttributeError, AssertionError, ArithmeticError,
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"
_DOCTYPES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")]


def read_pages(data: bytes, name: str) -> Pages:
    """Cells of the document `data`, called `name`; raises InputError naming what cannot be read."""
    if len(data) > MOST_BYTES:
        raise InputError(fault("table.too_large", name, size=len(data) / 1e6, most=MOST_BYTES // 10**6))
    try:
        pages = _reader(data, name)(data, name)
    except ImportError:
        raise MissingExtraError(fault("extra.missing", name, extra="office")) from None
    except _BROKEN as error:
        raise InputError(fault("table.bad_workbook", name, cause=str(error)[:200])) from None
    rows = sum(len(part.rows) for part in pages.parts)
    if not rows:
        raise InputError(fault("import.no_table", name))
    if rows > MOST_ROWS:
        raise InputError(fault("table.too_many_rows", name, rows=rows, most=MOST_ROWS))
    return pages


def _reader(data: bytes, name: str) -> Callable[[bytes, str], Pages]:
    if data.startswith(_OLE):
        return office.other_sheets
    if not data.startswith(b"PK"):
        return _text
    check_archive(io.BytesIO(data), name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        for part in names:
            content = archive.read(part)  # all of it: a part longer than it says fails here, before any other reader
            if len(content) > MOST_PART:
                size, most = len(content) / 1e6, MOST_PART // 10**6
                raise InputError(fault("table.too_large", f"{name}, {part}", size=size, most=most))
            if "/media/" not in part and any(mark in content for mark in _DOCTYPES):
                raise InputError(fault("import.entities", f"{name}, {part}"))
            if part.startswith("xl/worksheets/") and len(re.findall(rb"<(?:\w+:)?c[\s>/]", content)) > MOST_CELLS:
                raise InputError(fault("import.too_many_cells", f"{name}, {part}", most=MOST_CELLS))
    readers = {
        "word/document.xml": office.docx, "xl/workbook.xml": office.xlsx, "xl/workbook.bin": office.other_sheets,
        "content.xml": office.other_sheets,
    }  # fmt: skip
    found = next((reader for part, reader in readers.items() if part in names), None)
    if found is None:
        raise InputError(fault("import.format", name))
    return found


def _text(data: bytes, name: str) -> Pages:
    text = _decoded(data, name)
    lines = text.splitlines()
    gaps = {mark: [line.count(mark) for line in lines] for mark in "\t;,"}
    gaps["  "] = [len(re.findall(r"\S {2,}(?=\S)", line)) for line in lines]
    mark = max(gaps, key=lambda each: (sum(n > 1 for n in gaps[each]), sum(n > 0 for n in gaps[each])))
    if mark == "  ":
        rows = [re.split(r" {2,}|\t", line.rstrip()) for line in textwrap.dedent(text).splitlines()]
        return Pages([part_of(rows, name, exact=True)])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    cells: list[list[str]] = []
    try:
        for row in reader:
            cells += [row, *[[]] * (reader.line_num - len(cells) - 1)]  # a quoted cell of several lines: its first
    except csv.Error as error:
        raise InputError(fault("table.bad_csv", f"{name}:{len(cells) + 1}", cause=str(error))) from None
    return Pages([part_of(cells, name)])


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(fault("table.not_utf8", f"{name}:{data.count(10, 0, error.start) + 1}")) from None
    if "\0" in text:
        raise InputError(fault("table.not_text", name))
    return text
