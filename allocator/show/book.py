"""A workbook being written: the looks of its cells, and sheets set up to be printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from allocator.finding import Plain, Text
from allocator.show.build import Document
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
