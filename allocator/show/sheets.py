"""Sheets of a workbook: the looks of their cells, how they are printed and protected, their charts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_rowcol_to_cell

from allocator.finding import Plain, Text
from allocator.words import Words, cut

if TYPE_CHECKING:
    from allocator.show.build import Document

LETTERS = {"font_name": "Times New Roman", "font_size": 11}
"""The letters that widths of columns are measured in, too."""
_FONT = {**LETTERS, "valign": "vcenter"}
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 15},
    "heading": {"bold": True, "font_size": 12},
    "note": {"italic": True, "text_wrap": True, "valign": "top", "font_color": "#444444"},
    "head": {"bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#DDE7F2"},
    "text": {"border": 1, "text_wrap": True, "indent": 1},
    "number": {"border": 1},
    "total": {"border": 1, "bold": True, "bg_color": "#EEF2F6"},
    "input": {"border": 1, "bg_color": "#FFF6D6", "font_color": "#0B3D91", "locked": False},
    "entry": {"border": 1, "bg_color": "#FFF6D6", "font_color": "#0B3D91", "locked": False, "text_wrap": True},
    "said": {"font_size": 9, "text_wrap": True, "indent": 1, "font_color": "#444444"},
    "wrong": {"bg_color": "#F8D2CF", "font_color": "#7A1210"},
    "right": {"bg_color": "#D9EFDC", "font_color": "#124D1C"},
}
OPEN = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}
"""What a protected sheet still lets anybody do beside filling in its yellow cells."""
BAR = {
    "type": "data_bar",
    "bar_color": "#9DB9DA",
    "bar_solid": True,
    "bar_no_border": True,
    "bar_negative_color": "#F2B8A6",
}
MOST_NAME = 31
"""Letters of a sheet's name."""
MOST_SAID = 500
"""Letters of who decided a lock, and why."""
FROM_ZERO = {"min_type": "num", "min_value": 0}

LINE = 15.5
"""Height of a line of text, points."""
ROW = 18
"""Height of a row that nobody set, points."""
STANDARD = 8.43
"""Width of a column that nobody set, letters."""
ACROSS = 523
"""Points across the printed part of A4 that stands."""


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

    def sheet(self, key: str, title: Text = "", wide: bool = True) -> Any:
        """A sheet for A4, lying where it is `wide`, fitted to its width, with page numbers.

        `title` names one the catalogue does not. It is protected without a password: only yellow cells are open.
        """
        told = self.words(f"sheet.{key}") if f"sheet.{key}" in self.words else self.words.told(title)
        base = " ".join(re.sub(r"[][:*?/\\']", " ", told).split())
        name, taken = cut(base, MOST_NAME), {each.get_name().casefold() for each in self.workbook.worksheets()}
        for number in count(2):
            if name.casefold() not in taken:
                break
            name = f"{base[: MOST_NAME - 4].strip()} ({number})"
        made = self.workbook.add_worksheet(name)
        (made.set_landscape if wide else made.set_portrait)()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_margins(0.5, 0.5, 0.6, 0.6)
        made.set_footer("&L&A&R&P / &N")
        made.hide_gridlines(2)
        made.protect("", OPEN)
        made.set_default_row(ROW)
        return made

    def name(self, key: str, sheet: Any, first: tuple[int, int], last: tuple[int, int] | None = None) -> None:
        """Name a cell, or all from one to another, by row and column."""
        cells = [xl_rowcol_to_cell(*each, True, True) for each in (first, last) if each]
        named = sheet.get_name().replace("'", "''")
        self.workbook.define_name(key, f"='{named}'!{':'.join(cells)}")

    def limit_texts(self, sheet: Any, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Let the cells from one to another, by row and column, hold only texts that a lock may have."""
        said = self.words("locks.too_long")
        short = {"validate": "length", "criteria": "<=", "value": MOST_SAID, "error_message": said}
        sheet.data_validation(*first, *last, short)


def put(sheet: Any, row: int, column: int, value: Plain, look: Any, formula: str = "") -> None:
    """Write one cell, with the formula that makes it where there is one; a text stays a text."""
    if formula:
        sheet.write_formula(row, column, formula, look, "" if value is None else value)
    else:
        sheet.write(row, column, value, look)


def spread(sheet: Any, first: tuple[int, int], last: tuple[int, int], text: str, look: Any) -> None:
    """Write a text into a cell, or across all from one to another, by row and column."""
    if first == last:
        sheet.write(*first, text, look)
    else:
        sheet.merge_range(*first, *last, text, look)


def points(width: float) -> float:
    """How wide a column of that many letters is, points: seven pixels a letter, five between columns."""
    return (7 * width + 5) * 0.75


def add_chart(book: Book, sheet: Any, title: str, series: Sequence[tuple[str, int]], rows: tuple[int, int],
              at: tuple[int, int], size: tuple[int, int], number: str, left: int) -> None:  # fmt: skip
    """Excel's own chart of columns of a sheet, each by its name and number, beside the names in the first column.

    It stands `left` pixels from the cell `at`; every row has its name, in letters as small as the room for it asks.
    """
    name, (first, last) = sheet.get_name(), rows
    chart = book.workbook.add_chart({"type": "bar"})
    for (header, column), colour in zip(series, ("#0B5394", "#E69138"), strict=False):
        chart.add_series({"name": header, "categories": [name, first, 0, last, 0],
                          "values": [name, first, column, last, column], "fill": {"color": colour}})  # fmt: skip
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_x_axis({"num_format": number, "major_gridlines": {"visible": True, "line": {"color": "#D0D7DE"}}})
    letters = max(6, min(9, int(0.6 * (size[1] - 110) / (last - first + 1))))
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"size": letters}})
    chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
    chart.set_size({"width": size[0], "height": size[1]})
    sheet.insert_chart(*at, chart, {"description": title, "object_position": 3, "x_offset": left})
