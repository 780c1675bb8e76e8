"""The tables of a document as cells, nothing read into them yet: workbook, Word file, CSV or pasted text.

What a file is, its content tells, not its ending. No formula is evaluated, no macro run, no link followed, and XML that
declares entities is refused, so that a few bytes cannot become gigabytes.
"""

from __future__ import annotations

import re
import textwrap
from itertools import islice
from pathlib import Path

from allocator.data import office
from allocator.data.limits import (
    DOCUMENT,
    MOST_COLUMNS,
    MOST_TABLE_BYTES,
    Sent,
    check_row,
    csv_rows,
    decoded,
    lines_of,
    read_bytes,
)
from allocator.data.package import Package
from allocator.data.parts import Pages, part_of
from allocator.errors import InputError, fault

_OLE = b"\xd0\xcf\x11\xe0"
MOST_LINES = 10 * DOCUMENT.rows
"""Lines of a text, blank ones too."""
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}


def read_pages(file: Path | Sent) -> Pages:
    """Cells of a document; raises InputError naming what cannot be read."""
    content, name = read_bytes(file, MOST_TABLE_BYTES), file.name
    pages = _read(content, name)
    rows = sum(len(part.rows) for part in pages.parts)
    if not rows:
        raise InputError(fault("import.no_table", name))
    if rows > DOCUMENT.rows:
        raise InputError(fault("table.too_many_rows", name, most=DOCUMENT.rows))
    return pages


def _read(content: bytes, name: str) -> Pages:
    if content.startswith(_OLE):
        return office.sheets(content, name)
    if not content.startswith(b"PK"):
        return _text(content, name)
    names = Package(content, name, DOCUMENT).names
    if "word/document.xml" in names:
        return office.docx(content, name)
    if names & _WORKBOOKS:
        return office.sheets(content, name)
    raise InputError(fault("import.format", name))


def _text(content: bytes, name: str) -> Pages:
    text = decoded(content, name, "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    lines = list(lines_of(text, name, "\t;,", MOST_LINES))
    gaps = {mark: [line.count(mark) for line in lines] for mark in "\t;,"}
    gaps["  "] = [sum(1 for _ in islice(re.finditer(r"\S {2,}(?=\S)", line), MOST_COLUMNS)) for line in lines]
    mark = max(gaps, key=lambda each: (sum(n > 1 for n in gaps[each]), sum(n > 0 for n in gaps[each])))
    if sum(gaps[mark]) > DOCUMENT.cells:
        raise InputError(fault("table.too_many_cells", name, most=DOCUMENT.cells))
    if mark == "  ":
        rows = [re.split(r" {2,}|\t", line.rstrip()) for line in textwrap.dedent(text).splitlines()]
        for number, row in enumerate(rows, start=1):
            check_row(row, name, number)
        return Pages([part_of(rows, name, exact=True)])
    cells: list[list[str]] = []
    for number, row in csv_rows(text, name, mark, MOST_LINES):
        cells += [*[[]] * (number - len(cells) - 1), row]  # a quoted cell of several lines stands at its first
    return Pages([part_of(cells, name)])
