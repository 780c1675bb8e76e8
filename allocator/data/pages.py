"""The tables of a document as cells, nothing read into them yet: workbook, Word file, CSV or pasted text.

What a file is, its content tells, not its ending. No formula is evaluated, no macro run, no link followed, and XML that
declares entities is refused, so that a few bytes cannot become gigabytes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice, takewhile
from typing import Any
from xml.etree.ElementTree import Element

from allocator.data.grid import Grid, grid_of
from allocator.data.limits import (
    DOCUMENT,
    MOST_COLUMNS,
    check_columns,
    check_lengths,
    check_row,
    csv_rows,
    decoded,
    lines_of,
)
from allocator.data.numbers import MOST_FIGURE, Unread, minus_zero
from allocator.data.workbook import Package, Workbook, damage_told, damaged
from allocator.errors import InputError, fault

MOST_LINES = 10 * DOCUMENT.rows
"""Lines of a text, blank ones too."""
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


@dataclass(frozen=True)
class Pages:
    """A document: its parts; `together` where they are one table, else each sheet is one; the text `before` them."""

    parts: Sequence[Grid]
    together: bool = True
    before: Sequence[str] = ()


def read_pages(content: bytes, name: str) -> Pages:
    """Cells of a document; raises InputError naming what cannot be read."""
    package = Package(content, name, DOCUMENT) if content.startswith(b"PK") else None
    if package and "word/document.xml" in package.names:
        pages = _docx(package)
    elif content.startswith(_OLE) or (package and package.names & _WORKBOOKS):
        pages = _sheets(content, name)
    elif package:
        raise InputError(fault("import.format", name))
    else:
        pages = _text(content, name)
    rows = sum(len(part.rows) for part in pages.parts)
    if not rows:
        raise InputError(fault("import.no_table", name))
    if rows > DOCUMENT.rows:
        raise InputError(fault("table.too_many_rows", name, most=DOCUMENT.rows))
    return pages


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
        return Pages([grid_of(enumerate(rows, start=1), name, exact=True)])
    return Pages([grid_of(csv_rows(text, name, mark, MOST_LINES), name)])


def _sheets(content: bytes, name: str) -> Pages:
    """Visible sheets of a workbook, formulas by the values stored with them."""
    book = Workbook(content, name, DOCUMENT)
    parts = []
    for title in book.visible:
        sheet = book.sheet(title)
        rows = [
            (r + 1, [_cell(cell, sheet.formats.get((r, c), "")) for c, cell in enumerate(row)])
            for r, row in enumerate(sheet.rows)
        ]
        parts.append(grid_of(rows, name, title, merged=sheet.merged, hidden=sheet.hidden))
    return Pages(parts, together=False)


def _cell(held: Any, shown: str) -> object:
    """A sheet's cell; a percentage as the text it shows, a figure that shows other digits than it holds as unread."""
    if isinstance(held, bool) or not isinstance(held, int | float) or not abs(held) <= MOST_FIGURE or minus_zero(held):
        return held
    decimals = len(match[1]) if (match := re.search(r"\.(0+)", shown)) else 0
    if "%" in shown:
        percent = (Decimal(repr(held)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return f"{percent}%".replace(".", ",")
    whole = int(held) if held == int(held) else held  # a workbook stores every number as a decimal
    if decimals == 3 and held == whole and abs(held) < 1000:
        # "4.000" typed where a point begins the decimals: 4 is stored
        return Unread("import.shown", f"{held:.3f}")
    return whole


def _docx(package: Package) -> Pages:
    """Tables of a Word file, in their order, tables inside cells left out."""
    body = package.tree("word/document.xml").find(f"{_WORD}body")
    if body is None:
        raise damaged(package.file, "w:body?")
    tables = list(_tables(body))
    if sum(len(each.findall(f"{_WORD}tr")) for each in tables) > DOCUMENT.rows:
        raise InputError(fault("table.too_many_rows", package.file, most=DOCUMENT.rows))
    longest = max(tables, key=lambda each: len(each.findall(f"{_WORD}tr")), default=None)
    before = [_words(each) for each in takewhile(lambda child: child is not longest, body) if each.tag == f"{_WORD}p"]
    with damage_told(package.file, ValueError):  # an attribute that is no number
        return Pages([_word_table(each, package.file, f"T{n}") for n, each in enumerate(tables, 1)], before=before)


def _tables(body: Element) -> Iterator[Element]:
    """Tables in their order, those inside others left out."""
    left = [*reversed(body)]
    while left:
        each = left.pop()
        if each.tag == f"{_WORD}tbl":
            yield each
        else:
            left += reversed(each)


def _setting(element: Element, path: str, missing: str) -> str:
    """Value of an element under `path`, names without their namespace; `missing` where there is no such element."""
    found = element.find("/".join(f"{_WORD}{name}" for name in path.split("/")))
    return missing if found is None else found.get(f"{_WORD}val", "")


def _word_table(table: Element, file: str, name: str) -> Grid:
    rows: list[list[object]] = []
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    open_at: dict[int, tuple[int, int]] = {}  # the cell that reaches down, by column
    hidden = []
    for n, row in enumerate(table.findall(f"{_WORD}tr")):
        place = f"{file}, {name}:{n + 1}"
        skipped = int(_setting(row, "trPr/gridBefore", "0"))
        check_columns(skipped, place)
        cells: list[object] = [None] * skipped
        if row.find(f"{_WORD}trPr/{_WORD}hidden") is not None:
            hidden.append(str(n + 1))
        for cell in row.findall(f"{_WORD}tc"):
            at, span = len(cells), int(_setting(cell, "tcPr/gridSpan", "1"))
            check_columns(at + span, place)
            if _setting(cell, "tcPr/vMerge", "restart") in ("", "continue") and at in open_at:
                top = open_at[at]
                merged[top] = (n - top[0] + 1, span)
                text = None
            else:
                open_at[at] = (n, at)
                merged.update({(n, at): (1, span)} if span > 1 else {})
                text = _words(cell)
            cells += [text, *[None] * (span - 1)]
        check_lengths(cells, n + 1, lambda number, _: f"{file}, {name}:{number}")
        rows.append(cells)
    return grid_of(enumerate(rows, start=1), file, name, merged=merged, hidden=hidden)


def _words(element: Element) -> str:
    """Text as it would be printed with all changes accepted: inserted runs are in it, deleted ones are not."""

    def pieces() -> Iterator[str]:
        for each in element.iter():
            if each.tag == f"{_WORD}p":
                yield "\n"
            elif each.tag == f"{_WORD}r":
                raised = _setting(each, "rPr/vertAlign", "") == "superscript"  # a note's mark is no digit of a figure
                for piece in each:
                    name = piece.tag.removeprefix(_WORD)
                    mark = "^" if raised and name == "t" else ""
                    yield f"{mark}{piece.text or ''}" if name == "t" else _BREAKS.get(name, "")

    return "".join(pieces()).strip()
