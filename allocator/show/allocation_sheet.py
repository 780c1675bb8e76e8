"""The first sheet of the workbook: the allocation to be signed, with cells that have names, and its charts."""

from __future__ import annotations

from allocator.finding import Listing, Section
from allocator.show.build import MOST_CHARTED
from allocator.show.sections import Laid, lay_section
from allocator.show.sheets import ACROSS, ROW, Book, add_chart

LONG_NAME = 22
"""Letters of a unit's name that leave a chart of half a page's width no room for its bars."""
PAGE_HIGH = 896
"""Pixels of a chart as high as a page of full size under the header that is repeated there."""


def add_allocation(book: Book, section: Section) -> None:
    """Add the sheet of the allocation."""
    made = lay_section(book, section)
    for units in section.listings:
        top = made.tops[units.key]
        _add_names(book, made, units, top + len(units.rows))
        if len(units.rows) <= MOST_CHARTED:
            _add_charts(book, made, units, (top, top + len(units.rows) - 1))


def _add_names(book: Book, made: Laid, units: Listing, total: int) -> None:
    """Target and lot below the table, and names for them and for every total, in plain letters."""
    scenario = book.document.allocation.scenario
    cells = {
        f"total_{each.key}": (total, at) for at, each in enumerate(units.columns) if units.total and not each.is_text
    }
    for key, value in (("target", scenario.target), ("lot", scenario.lot)):
        made.sheet.write(made.row, 0, book.words(f"parameter.{key}"), book.look("text"))
        made.sheet.write(made.row, 1, value, book.look("number", "#,##0"))
        cells[f"proposed_{key}"] = made.row, 1
        made.row += 1
    for name, cell in cells.items():
        book.name(name, made.sheet, cell)


def _add_charts(book: Book, made: Laid, units: Listing, rows: tuple[int, int]) -> None:
    """Quotas beside the published ones and efforts, on pages of their own, side by side where names leave the room."""
    told, keys, count = book.words.told, [column.key for column in units.columns], len(units.rows)
    scale = min(1, 0.93 * ACROSS / made.across)
    high, across = min(21 * count + 110, int(PAGE_HIGH / scale)), int(made.across / 0.75)
    stacked = max(len(str(row[0])) for row in units.rows) > LONG_NAME
    made.sheet.set_print_scale(int(100 * scale))  # fitted to a width, no page is broken
    row, left, breaks = made.row + 1, 0, [made.row]  # programs differ by a few points in where a row begins
    for wanted, number in ((("quota", "published"), "#,##0"), (("effort",), "0%")):
        series = [(told(units.columns[at].header), at) for at in (keys.index(key) for key in wanted if key in keys)]
        if series:
            size = across if stacked else across // 2 - 4, high
            title = " – ".join(name for name, _ in series)
            add_chart(book, made.sheet, title, series, rows, (row, 0), size, number, left)
        if not stacked:
            left = across // 2 + 4
        else:
            row += int(high * 0.75 / ROW) + 2
            breaks += [row] * (2 * high * scale > PAGE_HIGH)
    made.sheet.set_h_pagebreaks(breaks)
