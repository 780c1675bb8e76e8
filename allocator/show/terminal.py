"""A finding in a terminal: the answer's lines, then tables as wide as the terminal, then what else should be known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
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


def show(finding: Finding, words: Words, out: Console) -> str:
    """A finding as text as wide as `out`; a sentence or a title that was said is not said again."""
    blocks = (_block(each, out) for each in _parts(finding, words, out.width))
    lines = "\n".join(line.rstrip() for each in blocks for line in each.splitlines() or [""])
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _block(part: str | Table, out: Console) -> str:
    if isinstance(part, str):
        whole = part.replace(" %", "\u00a0%")
        return "\n".join(wrap(whole, out.width, break_on_hyphens=False)).replace("\u00a0", " ")
    with out.capture() as made:
        out.print(part)
    return made.get()


def _parts(finding: Finding, words: Words, width: int) -> Iterator[str | Table]:
    said: set[str] = set()

    def told(*given: Text, title: bool = False) -> Iterator[str]:
        for text in map(words.told, given):
            if text and text not in said:
                said.add(text)
                yield from ["", text] if title else [text]

    yield from told(finding.title, *finding.lines)
    for section in finding.sections:
        texts = list(told(*section.texts))
        listings = () if section.aside else section.listings
        above = list(told(section.title, title=True)) if listings or (texts and not section.aside) else []
        yield from above
        for number, listing in enumerate(listings):
            yield from told(listing.title, title=bool(number) or not above)
            yield from _listing(listing, words, width)
        yield from texts


def _listing(listing: Listing, words: Words, width: int) -> Iterator[str | Table]:
    if listing.columns[-1].kind == "sentence":
        for row in listing.rows:
            yield from (listing.columns[-1].text(words, row[-1]), "")
        return
    yield from tables(listing, words, width)
    yield from map(words.told, listing.notes)
    if listing.most is not None and len(listing.rows) > listing.most:
        yield words("tree.more", count=len(listing.rows) - listing.most)


def tables(listing: Listing, words: Words, width: int) -> Iterator[Table]:
    """The listing in `width` letters, no figure broken: columns of the highest rank are left out.

    What there is no room for even so follows in another table, beside the first column again.
    """
    rows = (*listing.rows[: listing.most], listing.total or ("",) * len(listing.columns))
    texts = [[column.text(words, row[index]) for row in rows] for index, column in enumerate(listing.columns)]
    least = [_least(column, cells, words) for column, cells in zip(listing.columns, texts, strict=True)]
    first, *left = _fitting(listing.columns, least, width)
    while True:
        shown = [first]
        while left and (len(shown) == 1 or sum(least[index] + GAP for index in (*shown, left[0])) <= width):
            shown.append(left.pop(0))
        yield _table(listing, shown, texts, least, words)
        if not left:
            return


def _table(
    listing: Listing, shown: Sequence[int], texts: Sequence[Sequence[str]], least: Sequence[int], words: Words
) -> Table:
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, show_footer=listing.total is not None, pad_edge=False, collapse_padding=True)
    for index in shown:
        column = listing.columns[index]
        side: Any = "left" if column.is_text else "right"
        fixed = None if _folds(column, texts[index]) else least[index]
        made.add_column(_head(column, words), texts[index][-1], justify=side, width=fixed, min_width=least[index],
                        overflow="fold")  # fmt: skip
    for cells in list(zip(*(texts[index] for index in shown), strict=True))[:-1]:
        made.add_row(*cells)
    return made


def _fitting(columns: Sequence[Column], least: Sequence[int], width: int) -> list[int]:
    """Indexes of the columns there is room for, those of the lowest rank first."""
    kept = list(range(len(columns)))
    while sum(least[index] + GAP for index in kept) > width and any(columns[index].rank for index in kept):
        kept.remove(max(reversed(kept), key=lambda index: columns[index].rank))
    return kept


def _least(column: Column, texts: Sequence[str], words: Words) -> int:
    """Width in which no figure and no name is broken, and the header takes two lines."""
    parts = _head(column, words).split()
    head = min(max(len(" ".join(parts[:cut])), len(" ".join(parts[cut:]))) for cut in range(len(parts) + 1))
    if _folds(column, texts):
        return max(head, min(MOST_WHOLE, max(len(part) for text in texts for part in text.split())))
    return max(head, *map(len, texts))


def _head(column: Column, words: Words) -> str:
    """Its header, that above it and its neighbours first."""
    return f"{words.told(column.group)} {words.told(column.header)}".strip()


def _folds(column: Column, texts: Sequence[str]) -> bool:
    """Whether the column holds texts so long that they take several lines."""
    return column.is_text and column.key != "unit" and any(len(each) > MOST_WHOLE and " " in each for each in texts)
