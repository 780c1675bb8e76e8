"""Sheets of a workbook: the looks of their cells, how they are printed, and sections of a report laid out on them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import fsum, isclose
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from allocator.finding import Column, Listing, Plain, Row, Section, Text
from allocator.show.build import MOST_CHARTED, Document
from allocator.words import Words

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 15},
    "heading": {"bold": True, "font_size": 12},
    "note": {"italic": True, "text_wrap": True, "valign": "top", "font_color": "#444444"},
    "head": {"bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#DDE7F2"},
    "text": {"border": 1, "text_wrap": True, "indent": 1},
    "number": {"border": 1},
    "total": {"border": 1, "bold": True, "bg_color": "#EEF2F6"},
    "input": {"border": 1, "bg_color": "#FFF6D6", "font_color": "#0B3D91"},
    "wrong": {"bg_color": "#F8D2CF", "font_color": "#7A1210"},
    "right": {"bg_color": "#D9EFDC", "font_color": "#124D1C"},
}
BAR = {
    "type": "data_bar",
    "bar_color": "#9DB9DA",
    "bar_solid": True,
    "bar_no_border": True,
    "bar_negative_color": "#F2B8A6",
}
MOST_NAME = 31
"""Letters of a sheet's name."""
FROM_ZERO = {"min_type": "num", "min_value": 0}
LIVE = {"difference": ("quota", "-", "published"), "effort": ("quota", "/", "available")}
"""Columns that follow from others of the same listing; the value computed in Python is kept beside each formula."""

MOST_LINE = 80
"""Letters of a line beside or without a table that is narrower."""
STANDARD = 8.43
"""Width of a column that nobody set, letters."""
LINE = 15
"""Height of a line of text, points."""


@dataclass
class Book:
    """A workbook being written, its formats made once each."""

    workbook: Any
    words: Words
    document: Document
    formats: dict[tuple[str, str], Any] = field(default_factory=dict)

    def look(self, name: str, number: str = "") -> Any:
        """Format of a cell: one of `_LOOKS`, with a number format."""
        if (name, number) not in self.formats:
            shown = {"num_format": number} if number else {}
            self.formats[name, number] = self.workbook.add_format({**_FONT, **_LOOKS[name], **shown})
        return self.formats[name, number]

    def sheet(self, key: str, title: Text = "") -> Any:
        """A sheet set up for A4, fitted to its width, with page numbers; `title` names one the catalogue does not."""
        told = self.words(f"sheet.{key}") if f"sheet.{key}" in self.words else self.words.told(title)
        name = re.sub(r"[][:*?/\\']", " ", told)[:MOST_NAME].strip()
        base, taken = name, {each.get_name().casefold() for each in self.workbook.worksheets()}
        for number in count(2):
            if name.casefold() not in taken:
                break
            name = f"{base[: MOST_NAME - 4]} ({number})"
        made = self.workbook.add_worksheet(name)
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_margins(0.5, 0.5, 0.6, 0.6)
        made.set_footer("&L&A&R&P / &N")
        made.hide_gridlines(2)
        made.set_default_row(18)
        return made


def put(sheet: Any, row: int, column: int, value: Plain, look: Any, formula: str = "") -> None:
    """Write one cell, with the formula that makes it where there is one; a text stays a text."""
    if formula:
        sheet.write_formula(row, column, formula, look, "" if value is None else value)
    else:
        sheet.write(row, column, value, look)


def add_chart(book: Book, sheet: Any, kind: str, title: str, series: Sequence[tuple[str, int]], rows: tuple[int, int],
              at: tuple[int, int], size: tuple[int, int], number: str = "#,##0") -> None:  # fmt: skip
    """Excel's own chart of columns of a sheet, each by its name and number, beside the names in the first column."""
    name, (first, last) = sheet.get_name(), rows
    chart = book.workbook.add_chart({"type": kind})
    for (header, column), colour in zip(series, ("#0B5394", "#E69138"), strict=True):
        chart.add_series({"name": header, "categories": [name, first, 0, last, 0],
                          "values": [name, first, column, last, column], "fill": {"color": colour}})  # fmt: skip
    chart.set_title({"name": title, "name_font": {"size": 12}})
    measured = {"num_format": number, "major_gridlines": {"visible": True, "line": {"color": "#D0D7DE"}}}
    (chart.set_x_axis if kind == "bar" else chart.set_y_axis)(measured)
    if kind == "bar":
        chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": size[0], "height": size[1]})
    sheet.insert_chart(*at, chart, {"description": title})


def number_format(column: Column) -> str:
    """Excel's format of a column's numbers; marks follow the reader's own settings."""
    digits = "." + "0" * column.decimals if column.decimals else ""
    if column.kind == "share":
        return f"0{digits}%"
    plain = f"#,##0{digits}"
    return f"+{plain};−{plain};0" if column.kind == "signed" else plain


def add_section(book: Book, section: Section) -> None:
    """Add a section's sheet: its texts, its listings with live totals, beside that of the units a chart."""
    sheet = book.sheet(section.key, section.title)
    told = book.words.told
    widths = _widths(section, book.words)
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.write(0, 0, told(section.title), book.look("title"))
    for row, text in enumerate(section.texts, start=1):
        _add_text(book, sheet, text, row, widths)
    row = len(section.texts) + 2
    for index, listing in enumerate(section.listings):
        top, head = row, row + 1 + len(listing.heads)
        if listing.title != section.title:
            sheet.write(row, 0, told(listing.title), book.look("heading"))
        row = _add_listing(book, sheet, listing, row + 1, widths)
        if index == 0:
            sheet.freeze_panes(head, 2 if listing.columns[0].key == "number" else 1)
            if len(section.listings) == 1:
                sheet.repeat_rows(top + 1, head - 1)
        if listing.key == "units" and section.charts and len(listing.rows) <= MOST_CHARTED:
            keys, count = [column.key for column in listing.columns], len(listing.rows)
            series = [(told(listing.columns[at].header), at) for at in map(keys.index, ("quota", "published"))]
            add_chart(book, sheet, "bar", told(listing.title), series, (top + 2, top + 1 + count),
                      (top, len(keys) + 1), (620, max(320, 26 * count + 120)))  # fmt: skip


def _add_text(book: Book, sheet: Any, text: Text, row: int, widths: Sequence[float]) -> None:
    """A text across the sheet, or as far as a line is long, and as high as it needs."""
    told, across, room = book.words.told(text), max(2, len(widths)), sum(widths)
    room += STANDARD * (across - len(widths))
    while room < MOST_LINE:
        across, room = across + 1, room + STANDARD
    sheet.set_row(row, LINE * (1 + int(len(told) // (room * 1.1))) + 3)
    sheet.merge_range(row, 0, row, across - 1, told, book.look("note"))


def _add_listing(book: Book, sheet: Any, listing: Listing, row: int, widths: Sequence[float]) -> int:
    """Write a listing from `row` on; returns the row for the next one."""
    for heads in listing.heads:
        sheet.set_row(row, 48 if len(listing.columns) > 4 else 34)
        for each in heads:
            text, end = book.words.told(each.text), (row + each.rows - 1, each.at + each.columns - 1)
            if end == (row, each.at):
                sheet.write(*end, text, book.look("head"))
            else:
                sheet.merge_range(row, each.at, *end, text, book.look("head"))
        row += 1
    first, last = row, row + len(listing.rows) - 1
    for values, texts in zip(listing.rows, listing.texts(book.words), strict=False):
        cells = zip(listing.columns, texts, widths, strict=False)
        lines = max(-(-len(text) // int(width * 1.15)) for column, text, width in cells if column.is_text)
        if lines > 1:
            sheet.set_row(row, LINE * lines + 3)
        _add_row(book, sheet, listing, values, row)
        row += 1
    for index, column in enumerate(listing.columns):
        if column.bar and listing.rows:
            sheet.conditional_format(first, index, last, index, BAR if column.kind == "signed" else BAR | FROM_ZERO)
    if listing.total is not None:
        _add_row(book, sheet, listing, listing.total, row, (first, last))
        row += 1
    for note in listing.notes:
        _add_text(book, sheet, note, row, widths)
        row += 1
    return row + 1


def _add_row(
    book: Book, sheet: Any, listing: Listing, values: Row, row: int, summed: tuple[int, int] | None = None
) -> None:
    """One row; of the totals what is a sum (a worst case of the whole, say, is none) is one live of rows `summed`."""
    cells = {column.key: xl_rowcol_to_cell(row, index) for index, column in enumerate(listing.columns)}
    for index, (column, value) in enumerate(zip(listing.columns, values, strict=True)):
        look = book.look("total" if summed else "text" if column.is_text else "number", number_format(column))
        if isinstance(value, int | float):
            one, sign, other = LIVE.get(column.key, ("", "", ""))
            formula = f"={cells[one]}{sign}{cells[other]}" if {one, other} <= cells.keys() else ""
            if summed and not formula:
                known = [each[index] for each in listing.rows if isinstance(each[index], int | float)]
                if isclose(fsum(known), value, rel_tol=1e-12, abs_tol=1e-9):  # type: ignore[arg-type]
                    formula = f"=SUM({xl_range(summed[0], index, summed[1], index)})"
            put(sheet, row, index, value, look, formula)
        else:
            put(sheet, row, index, value if value is None else column.text(book.words, value), look)


def _widths(section: Section, words: Words) -> list[float]:
    """Width of every column: its longest number or word, and of texts as much as a page bears."""
    widths: dict[int, float] = {}
    for listing in section.listings:
        for index, (column, *texts) in enumerate(zip(listing.columns, *listing.texts(words), strict=True)):
            longest = max(map(len, texts), default=0)
            room = min(longest, 100 if len(section.listings) == 1 else 38) + 2 if column.is_text else 11
            wanted = max(room, max(map(len, words.told(column.header).split()), default=0) + 2)
            widths[index] = max(widths.get(index, 0), 5 if column.key == "number" else wanted)
    return [widths[index] for index in sorted(widths)]
