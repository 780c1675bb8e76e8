"""A finding in a terminal: the answer's lines, then tables as wide as the terminal, then what else should be known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from allocator.finding import Column, Finding, Listing, Text, Value
from allocator.words import Words

GAP = 2
"""Blanks between two columns."""
MOST_WHOLE = 24
"""Letters of a text that is kept in one line."""
ODD = re.compile("[^ -~\u00a0-\u02ff\u1e00-\u1eff\u2010-\u2027\u2190-\u22ff]")
"""Letters that may not be one cell wide."""
CONTROL = dict.fromkeys([*range(10), *range(11, 32), *range(127, 160)])


def show(finding: Finding, words: Words, width: int) -> str:
    """A finding as text of at most `width` cells a line; a sentence or a title that was said is not said again."""
    made: list[str] = []
    for part in _parts(finding, words, width):
        for line in wrapped(part.replace(" %", "\u00a0%"), width) if isinstance(part, str) else part:
            if line or (made and made[-1]):
                made.append(line.rstrip().replace("\u00a0", " "))
    return "\n".join(made).rstrip("\n") + "\n"


def _parts(finding: Finding, words: Words, width: int) -> Iterator[str | list[str]]:
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


def _listing(listing: Listing, words: Words, width: int) -> Iterator[str | list[str]]:
    if listing.columns[-1].kind == "sentence":
        for row in listing.rows:
            yield from (listing.columns[-1].text(words, row[-1]), "")
        return
    yield from tables(listing, words, width)
    yield from map(words.told, listing.notes)
    if listing.most is not None and len(listing.rows) > listing.most:
        yield words("tree.more", count=len(listing.rows) - listing.most)


class _Shown:
    """A column as a terminal shows it.

    Attributes:
        head: its header, that above it and its neighbours first.
        texts: its cells, that of the totals last.
        folds: whether it holds texts so long that they take several lines.
        least: width in which no figure and no name of a unit is broken, and the header takes two lines.
        natural: width in which no text and no header takes several lines.
    """

    def __init__(self, column: Column, values: Sequence[Value], words: Words) -> None:
        self.rank, self.left = column.rank, column.is_text
        self.head = f"{words.told(column.group)} {words.told(column.header)}".strip()
        self.texts = [column.text(words, each).replace(" %", "\u00a0%") for each in values]
        if self.left:
            self.texts = [each.translate(CONTROL) for each in self.texts]
        longest = max(map(cells_of if self.left else len, self.texts))
        self.natural = max(cells_of(self.head), longest)
        long = (len(each) > MOST_WHOLE and " " in each for each in self.texts)
        self.folds = self.left and column.key != "unit" and any(long)
        if self.folds:
            longest = min(MOST_WHOLE, max(len(part) for text in self.texts for part in text.split()))
        parts = self.head.split()
        halves = (max(len(" ".join(parts[:cut])), len(" ".join(parts[cut:]))) for cut in range(len(parts) + 1))
        self.least = max(longest, min(halves))


def tables(listing: Listing, words: Words, width: int) -> Iterator[list[str]]:
    """The listing in `width` letters, no figure broken: columns of the highest rank are left out.

    What there is no room for even so follows in another table, beside the first column again.
    """
    rows = (*listing.shown[: listing.most], listing.total or ("",) * len(listing.columns))
    left = [_Shown(column, [row[n] for row in rows], words) for n, column in enumerate(listing.columns)]
    while sum(each.least + GAP for each in left) > width and any(each.rank for each in left):
        left.remove(max(reversed(left), key=lambda each: each.rank))
    first = left.pop(0)
    while True:
        kept = [first]
        while left and (len(kept) == 1 or sum(each.least + GAP for each in (*kept, left[0])) <= width):
            kept.append(left.pop(0))
        yield list(_table(kept, listing.total is not None, width))
        if not left:
            return


def _table(kept: Sequence[_Shown], totals: bool, width: int) -> Iterator[str]:
    """Lines of the columns kept. Each text is looked at as few times as can be: there may be a million."""
    wide, left = _widths(kept, width), [each.left for each in kept]
    yield ""
    yield from _row([each.head for each in kept], wide, left, bottom=True)
    yield " " + "─" * (sum(wide) + GAP * (len(wide) - 1))
    *body, last = zip(*(each.texts for each in kept), strict=True)
    if all(each.natural <= room for each, room in zip(kept, wide, strict=True)):
        padded = map(_padded, zip(*body, strict=True), wide, left)
        yield from (f" {(' ' * GAP).join(each)}" for each in zip(*padded, strict=True))
    else:
        for each in body:
            yield from _row(each, wide, left)
    if totals:
        yield ""
        yield from _row(last, wide, left)
    yield ""


def _widths(kept: Sequence[_Shown], width: int) -> list[int]:
    """Widths that fit, the widest text that takes several lines made narrower first."""
    wide = [each.natural if each.folds else each.least for each in kept]
    may = [index for index, each in enumerate(kept) if each.folds]
    for _ in range(sum(wide) + GAP * len(wide) - width):
        may = [index for index in may if wide[index] > kept[index].least]
        may = may or [index for index in range(len(wide)) if wide[index] > 1]
        if may:
            wide[max(may, key=lambda index: wide[index])] -= 1
    return wide


def _row(texts: Sequence[str], wide: Sequence[int], left: Sequence[bool], bottom: bool = False) -> Iterator[str]:
    """The lines of one row, its cells at its top or at its bottom."""
    cells = [wrapped(text, width) for text, width in zip(texts, wide, strict=True)]
    height = max(map(len, cells))
    for number in range(height):
        line = []
        for lines, width, at_left in zip(cells, wide, left, strict=True):
            index = number - (height - len(lines)) * bottom
            line += _padded(lines[index : index + 1] if index >= 0 else (), width, at_left)
        yield " " + (" " * GAP).join(line)


def _padded(texts: Sequence[str], width: int, at_left: bool) -> list[str]:
    if at_left:
        return [text + " " * (width - cells_of(text)) for text in texts or [""]]
    return [text.rjust(width) for text in texts or [""]]  # figures


def cells_of(text: str) -> int:
    """Cells of a terminal that a text of one line takes.

    Example:
        >>> cells_of("Châu Phú"), cells_of("工会"), cells_of("a\u0301")
        (8, 4, 1)
    """
    if not ODD.search(text):
        return len(text)
    return sum(0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells, broken between words where it can be; no control characters in it."""
    lines = []
    for part in text.translate(CONTROL).split("\n"):
        if cells_of(part) <= width:
            lines.append(part.rstrip())
            continue
        line = ""
        for word in re.findall(r"\s*\S+\s*", part):
            if line and cells_of(line) + cells_of(word.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            rest = word
            while cells_of(rest.rstrip()) > width:
                cut = next(n for n in range(len(rest), 0, -1) if n == 1 or cells_of(rest[:n]) <= width)
                lines.append(rest[:cut])
                rest = rest[cut:]
            line += rest
        lines.append(line.rstrip())
    return lines
