"""Sections of a report laid out on sheets: texts, listings with live totals, widths and heights by their content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from math import fsum, isclose
from textwrap import wrap
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from allocator.finding import Column, Listing, Row, Section
from allocator.show.sheets import BAR, FROM_ZERO, LINE, STANDARD, Book, points, put, spread
from allocator.words import Words

LIVE = {"difference": ("quota", "-", "published"), "effort": ("quota", "/", "available")}
"""Columns that follow from others of the same listing; the value computed in Python is kept beside each formula."""
MOST_TOGETHER = 40
"""Rows of a listing that shares its sheet: of a longer one the header is repeated on every page."""
ONE_PAGE = 24
"""Rows of a listing that one page bears."""
WIDEST = {"sentence": 90, "text": 38}
"""Letters of the widest column of texts, by its kind; alone with other texts they may take as much as a page bears."""
FITS = 1.02
"""Letters of a text in the room of a figure."""
UPRIGHT = 118
"""Letters across a page that stands."""


@dataclass
class Laid:
    """A section on its sheet.

    Attributes:
        sheet: that sheet.
        widths: of its columns, letters.
        row: the next that is free.
        tops: the first row of figures of each listing, by its key.
    """

    sheet: Any
    widths: list[float]
    row: int
    tops: dict[str, int]

    @property
    def across(self) -> float:
        """How wide its columns are together, points."""
        return sum(map(points, self.widths))


def add_section(book: Book, section: Section) -> None:
    """Add the sheets of a section: a long listing has its own, so that its header is repeated on every page."""
    for part in _parts(section):
        lay_section(book, part)


def _parts(section: Section) -> Iterator[Section]:
    """The section as one, or as several where a long listing shares it with others."""
    kept: list[Listing] = []
    parts: list[list[Listing]] = [kept]
    for each in section.listings:
        if kept and max(len(kept[-1].rows), len(each.rows)) > MOST_TOGETHER:
            parts.append(kept := [])
        kept.append(each)
    first, *others = parts
    yield replace(section, listings=tuple(first))
    for part in others:
        yield Section(part[0].key, part[0].title, (), tuple(part))


def lay_section(book: Book, section: Section) -> Laid:
    """Add one sheet with the texts and listings of a section."""
    told = book.words.told
    widths = _widths(section, book.words)
    wide = sum(widths) > UPRIGHT
    sheet = book.sheet(section.key, section.title, wide)
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    room = max(sum(widths), 70.0 if not wide else 0.0)
    made = Laid(sheet, widths, 0, {})
    for text, look in ((section.title, "title"), *((each, "note") for each in section.texts)):
        add_text(book, made, told(text), look, room)
    made.row += 1
    for listing in section.listings:
        if listing.title != section.title and len(section.listings) > 1:
            sheet.write(made.row, 0, told(listing.title), book.look("heading"))
            made.row += 1
        _add_listing(book, made, listing, room)
        made.row += 1
    _set_first(made, section)
    return made


def _set_first(made: Laid, section: Section) -> None:
    """What a sheet can have once goes to its first listing: rows that stay, a header on every page, a filter."""
    if not section.listings:
        return
    first, sheet = section.listings[0], made.sheet
    top = made.tops[first.key]
    sheet.freeze_panes(top, 2 if first.columns[0].key == "number" else 1)
    if len(section.listings) == 1 and len(first.rows) > ONE_PAGE:
        sheet.repeat_rows(top - len(first.heads), top - 1)
    if len(first.rows) > 1 and any(each.key == "unit" for each in first.columns):
        sheet.autofilter(top - 1, 0, top - 1 + len(first.rows), len(first.columns) - 1)


def wrapped_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of that width."""
    return sum(len(wrap(part, max(1, int(width * FITS)))) or 1 for part in text.split("\n"))


def add_text(book: Book, made: Laid, text: str, look: str, room: float) -> None:
    """A text in the next row, across the sheet or where that is narrower `room` letters, as high as it needs."""
    reached = list(accumulate(made.widths))
    across = next((n for n, each in enumerate(reached) if each >= room), None)
    last = len(reached) - 1 + int((room - reached[-1]) / STANDARD + 1) if across is None else across
    letters = 1.45 if look == "title" else 0.87
    made.sheet.set_row(made.row, LINE * max(letters, 1) * wrapped_lines(text, room / letters) + 3)
    spread(made.sheet, (made.row, 0), (made.row, last), text, book.look(look))
    made.row += 1


def number_format(column: Column) -> str:
    """Excel's format of a column's numbers; marks follow the reader's own settings."""
    digits = "." + "0" * column.decimals if column.decimals else ""
    if column.kind == "share":
        return f"0{digits}%"
    plain = f"#,##0{digits}"
    return f"+{plain};−{plain};0" if column.kind == "signed" else plain


def _add_listing(book: Book, made: Laid, listing: Listing, room: float) -> None:
    """Write a listing from the next row on."""
    sheet, words = made.sheet, book.words
    _add_heads(book, made, listing)
    first, last = made.row, made.row + len(listing.rows) - 1
    made.tops.setdefault(listing.key, first)
    for values, texts in zip(listing.rows, listing.texts(words), strict=False):
        cells = zip(listing.columns, texts, made.widths, strict=False)
        lines = max((wrapped_lines(text, width - 2) for column, text, width in cells if column.is_text), default=1)
        sheet.set_row(made.row, LINE * lines + 3)
        _add_row(book, sheet, listing, values, made.row)
        made.row += 1
    for index, column in enumerate(listing.columns):
        if column.bar and listing.rows:
            sheet.conditional_format(first, index, last, index, BAR if column.kind == "signed" else BAR | FROM_ZERO)
    if listing.total is not None:
        _add_row(book, sheet, listing, listing.total, made.row, (first, last))
        made.row += 1
    for note in listing.notes:
        add_text(book, made, words.told(note), "note", room)


def _add_heads(book: Book, made: Laid, listing: Listing) -> None:
    """The rows of a header, each as high as its longest cell asks."""
    for heads in listing.heads:
        lines = 1
        for each in heads:
            text, end = book.words.told(each.text), (made.row + each.rows - 1, each.at + each.columns - 1)
            spread(made.sheet, (made.row, each.at), end, text, book.look("head"))
            room = sum(made.widths[each.at : each.at + each.columns]) - 1.5
            lines = max(lines, -(-wrapped_lines(text, room) // each.rows))
        made.sheet.set_row(made.row, LINE * lines + 5)
        made.row += 1


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
    """Width of every column: its longest figure or word, and of texts as much as a page bears."""
    widths: dict[int, float] = {}
    for listing in section.listings:
        most = 48 if listing.only_text else 0
        for index, (column, *texts) in enumerate(zip(listing.columns, *listing.texts(words), strict=True)):
            longest = max(map(len, texts), default=0)
            if column.is_text:
                longest = min(longest, max(most, WIDEST[column.kind]))
            words_of = words.told(column.header).split()
            wanted = max(longest + 2, max(map(len, words_of), default=0) * 1.1 + 3, 10)
            widths[index] = max(widths.get(index, 0), 5 if column.key == "number" else wanted)
    return [widths[index] for index in sorted(widths)] or [70.0]
