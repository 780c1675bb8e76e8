"""A finding in a terminal: the answer's lines, then tables as wide as the terminal, then what else should be known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Finding, Listing, Text
from allocator.words import Words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GAP = 2
"""Blanks between two columns."""
MOST_WHOLE = 24
"""Letters of a text that is kept in one line."""


def show(finding: Finding, words: Words, out: Console) -> None:
    """Print a finding; a sentence that the answer has said is not said again."""
    said = [words.told(text) for text in ((finding.title,) if finding.title else ()) + finding.lines]
    for line in said:
        out.print(line)
    for section in finding.sections:
        listings = () if section.aside else section.listings
        texts = [text for text in map(words.told, section.texts) if text not in said]
        title = words.told(section.title)
        if (listings or texts) and not section.aside and title not in said:
            out.print("\n" + title)
        _listings(section.title, listings, words, out)
        for text in texts:
            out.print(text)
        said += [title, *texts]


def _listings(title: Text, listings: Sequence[Listing], words: Words, out: Console) -> None:
    for listing in listings:
        if listing.columns[-1].kind == "sentence":
            for row in listing.rows:
                out.print(listing.columns[-1].text(words, row[-1]) + "\n")
            continue
        if listing.title != title:
            out.print(words.told(listing.title))
        out.print(table(listing, words, out))
        for note in listing.notes:
            out.print(words.told(note))
        if listing.most is not None and len(listing.rows) > listing.most:
            out.print(words("tree.more", count=len(listing.rows) - listing.most))


def table(listing: Listing, words: Words, out: Console) -> Table:
    """The listing as a table no wider than `out`: columns of the highest rank are left out, no figure is broken."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, show_footer=listing.total is not None, pad_edge=False, collapse_padding=True)
    rows = (*listing.rows[: listing.most], listing.total or ("",) * len(listing.columns))
    texts = [[column.text(words, row[index]) for row in rows] for index, column in enumerate(listing.columns)]
    least = [_least(column, cells, words) for column, cells in zip(listing.columns, texts, strict=True)]
    kept = _fitting(listing.columns, least, out.width)
    for index in kept:
        column, footer = listing.columns[index], texts[index][-1]
        side: Any = "left" if column.is_text else "right"
        fixed = None if _folds(column, texts[index]) else least[index]
        made.add_column(_head(column, words), footer, justify=side, width=fixed, overflow="fold")
    for cells in list(zip(*(texts[index] for index in kept), strict=True))[:-1]:
        made.add_row(*cells)
    return made


def _fitting(columns: Sequence[Column], least: Sequence[int], width: int) -> list[int]:
    """Indexes of the columns there is room for, those of the lowest rank first."""
    kept = list(range(len(columns)))
    while sum(least[index] + GAP for index in kept) > width and any(columns[index].rank for index in kept):
        kept.remove(max(reversed(kept), key=lambda index: columns[index].rank))
    return kept


def _least(column: Column, texts: Sequence[str], words: Words) -> int:
    """Width in which no figure and no name of a unit is broken, and the header takes two lines."""
    parts = _head(column, words).split()
    halves = (max(len(" ".join(parts[:cut])), len(" ".join(parts[cut:]))) for cut in range(len(parts) + 1))
    head = min(halves)  # a header of two lines
    if _folds(column, texts):
        return max(head, min(MOST_WHOLE, max((len(part) for text in texts for part in text.split()), default=1)))
    return max(head, *map(len, texts))


def _head(column: Column, words: Words) -> str:
    """Its header, that above it and its neighbours first."""
    return f"{words.told(column.group)} {words.told(column.header)}".strip()


def _folds(column: Column, texts: Sequence[str]) -> bool:
    """Whether the column holds texts so long that they take several lines."""
    return column.is_text and column.key != "unit" and max(map(len, texts)) > MOST_WHOLE
