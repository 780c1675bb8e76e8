"""The cells of workbooks and Word files; libraries are loaded when a file needs them."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import takewhile
from typing import Any

from allocator.data.grid import sheet_column
from allocator.data.parts import MOST_CELLS, Pages, Part, Unread, part_of
from allocator.errors import InputError, fault


def xlsx(data: bytes, name: str) -> Pages:
    """Visible sheets of an xlsx or xlsm workbook, formulas by the values stored with them."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions it leaves out
        values = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(data), keep_links=False) if _has_formulas(data) else values
    parts = []
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise InputError(fault("table.stray_cell", f"{name}, {sheet_column(sheet.max_column)}{sheet.max_row}"))
        other = formulas[sheet.title]
        rows = [[_cell(cell, other[cell.coordinate]) for cell in row] for row in sheet.iter_rows()]
        merged = {
            (each.min_row - 1, each.min_col - 1): (each.max_row - each.min_row + 1, each.max_col - each.min_col + 1)
            for each in sheet.merged_cells.ranges
        }
        hidden = [str(n) for n, row in sorted(sheet.row_dimensions.items()) if row.hidden]
        hidden += [
            letter if each.max in (None, each.min) else f"{letter}–{sheet_column(each.max or 1)}"
            for letter, each in sorted(sheet.column_dimensions.items())
            if each.hidden
        ]
        parts.append(part_of(rows, name, sheet.title, merged=merged, hidden=hidden))
    return Pages(parts, together=False)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [each for each in archive.namelist() if each.startswith("xl/worksheets/")]
        return any(re.search(rb"<(\w+:)?f[\s>/]", archive.read(each)) for each in sheets)


def _cell(value: Any, formula: Any) -> object:
    """A sheet's cell; a percentage as the text it shows, a figure that shows other digits than it holds as unread."""
    shown, held = str(value.number_format), value.value
    if held is None and formula.data_type == "f":
        return Unread("import.formula", str(formula.value))
    if isinstance(held, bool) or not isinstance(held, int | float):
        return held
    decimals = len(match[1]) if (match := re.search(r"\.(0+)", shown)) else 0
    if "%" in shown:
        percent = (Decimal(repr(held)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return f"{percent}%".replace(".", ",")
    if (
        decimals == 3 and held == int(held) and abs(held) < 1000
    ):  # "4.000" typed where a point begins the decimals: 4 is stored
        return Unread("import.shown", f"{held:.3f}")
    return held


def other_sheets(data: bytes, name: str) -> Pages:
    """Visible sheets of an xls, ods or xlsb workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    known = _ods_cells(data) if data.startswith(b"PK") else {}
    parts = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for title in [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]:
            sheet = book.get_sheet_by_name(title)
            cells: list[list[Any]] = [[_whole(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            ranges = sheet.merged_cell_ranges or []
            merged = {(r, c): (bottom - r + 1, right - c + 1) for (r, c), (bottom, right) in ranges}
            unread, spans, hidden = known.get(title, ({}, {}, []))
            for (row, column), cell in unread.items():
                cells += [[] for _ in range(row + 1 - len(cells))]
                cells[row] += [""] * (column + 1 - len(cells[row]))
                cells[row][column] = cell
            parts.append(part_of(cells, name, title, merged=merged | spans, hidden=hidden))
    except CalamineError as error:
        raise InputError(fault("table.bad_workbook", name, cause=str(error))) from None
    return Pages(parts, together=False)


def _whole(cell: Any) -> Any:
    """A cell, a whole number as such: these formats store every number as a decimal."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


_Cells = tuple[dict[tuple[int, int], Unread], dict[tuple[int, int], tuple[int, int]], list[str]]


def _ods_cells(data: bytes) -> dict[str, _Cells]:
    """What the reader does not tell of an ods file's sheets: formulas without a value, merged cells, hidden rows."""
    from docx.oxml import parse_xml  # resolves no entities

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml") if "content.xml" in archive.namelist() else b"<none/>"
    space = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    found: dict[str, _Cells] = {}
    for table in parse_xml(content).iter(f"{space}table"):
        unread, spans, hidden = found[table.get(f"{space}name", "")] = ({}, {}, [])
        n = 0
        for row in table.iter(f"{space}table-row"):
            times = int(row.get(f"{space}number-rows-repeated", 1))
            if row.get(f"{space}visibility", "visible") != "visible" and times < MOST_CELLS:
                hidden.append(str(n + 1) if times == 1 else f"{n + 1}–{n + times}")
            at = 0
            for cell in row:
                size = [int(cell.get(f"{space}number-{each}-spanned", 1)) for each in ("rows", "columns")]
                formula = cell.get(f"{space}formula")
                spans.update({(n, at): (size[0], size[1])} if max(size) > 1 else {})
                if formula and not any(key.endswith("value") for key in cell.attrib):
                    unread[n, at] = Unread("import.formula", formula)
                at += int(cell.get(f"{space}number-columns-repeated", 1))
            n += times
    return found


def docx(data: bytes, name: str) -> Pages:
    """Tables of a Word file, in their order, tables inside cells left out."""
    from docx import Document
    from docx.oxml.ns import qn

    body = Document(io.BytesIO(data)).element.body
    tables = [each for each in body.iter(qn("w:tbl")) if not any(True for _ in each.iterancestors(qn("w:tbl")))]
    longest = max(tables, key=lambda each: len(each.tr_lst), default=None)
    before = [_words(each) for each in takewhile(lambda child: child is not longest, body) if each.tag == qn("w:p")]
    return Pages([_word_table(each, name, n) for n, each in enumerate(tables, 1)], before=before)


def _word_table(table: Any, file: str, number: int) -> Part:
    from docx.oxml.ns import qn

    rows: list[list[object]] = []
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    open_at: dict[int, tuple[int, int]] = {}  # the cell that reaches down, by column
    hidden = []
    for n, row in enumerate(table.tr_lst):
        cells: list[object] = [None] * row.grid_before
        if row.find(f"{qn('w:trPr')}/{qn('w:hidden')}") is not None:
            hidden.append(str(n + 1))
        for cell in row.tc_lst:
            at, span = len(cells), cell.grid_span
            if cell.vMerge == "continue" and at in open_at:
                top = open_at[at]
                merged[top] = (n - top[0] + 1, span)
                text = None
            else:
                open_at[at] = (n, at)
                merged.update({(n, at): (1, span)} if span > 1 else {})
                text = _words(cell)
            cells += [text, *[None] * (span - 1)]
        rows.append(cells)
    width = max((len(row) for row in rows), default=0)
    return part_of(
        [[*row, *[None] * (width - len(row))] for row in rows], file, f"T{number}", merged=merged, hidden=hidden
    )


def _words(element: Any) -> str:
    """Text as it would be printed with all changes accepted: inserted runs are in it, deleted ones are not."""
    from docx.oxml.ns import qn

    breaks = {qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " ", qn("w:noBreakHyphen"): "-"}

    def pieces() -> Iterator[str]:
        for each in element.iter():
            if each.tag == qn("w:t"):
                raised = each.getparent().xpath("./w:rPr/w:vertAlign[@w:val='superscript']")
                yield f"^{each.text or ''}" if raised else each.text or ""  # a note's mark is no digit of a figure
            elif each.tag == qn("w:p"):
                yield "\n"
            else:
                yield breaks.get(each.tag, "") if each.getparent().tag == qn("w:r") else ""

    return "".join(pieces()).strip()
