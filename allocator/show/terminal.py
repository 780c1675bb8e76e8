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


def tables(listing: Listing, words: Words, width: int) -> Iterator[list[str]]:
    """The listing in `width` letters, no figure broken: columns of the highest rank are left out.

    What there is no room for even so follows in another table, beside the first column again.
    """
    rows = (*listing.rows[: listing.most], listing.total or ("",) * len(listing.columns))
    texts = [[_text(column, row[index], words) for row in rows] for index, column in enumerate(listing.columns)]
    least = [_least(column, cells, words) for column, cells in zip(listing.columns, texts, strict=True)]
    first, *left = _fitting(listing.columns, least, width)
    while True:
        shown = [first]
        while left and (len(shown) == 1 or sum(least[index] + GAP for index in (*shown, left[0])) <= width):
            shown.append(left.pop(0))
        yield list(_table(listing, shown, texts, least, words, width))
        if not left:
            return


def _table(
    listing: Listing,
    kept: Sequence[int],
    texts: Sequence[Sequence[str]],
    least: Sequence[int],
    words: Words,
    width: int,
) -> Iterator[str]:
    """Lines of the columns kept. Each text is looked at as few times as can be: there may be a million."""
    heads = [_head(listing.columns[index], words) for index in kept]
    folds = [_folds(listing.columns[index], texts[index]) for index in kept]
    natural = [
        max(cells_of(head), _longest(listing.columns[index], texts[index]))
        for head, index in zip(heads, kept, strict=True)
    ]
    wide = _widths([n if f else least[i] for n, f, i in zip(natural, folds, kept, strict=True)], folds, width)
    left = [listing.columns[index].is_text for index in kept]
    yield ""
    yield from _row(heads, wide, left, bottom=True)
    yield " " + "─" * (sum(wide) + GAP * (len(wide) - 1))
    *body, last = zip(*(texts[index] for index in kept), strict=True)
    if all(most <= width for most, width in zip(natural, wide, strict=True)):
        padded = map(_padded, zip(*body, strict=True), wide, left)
        yield from (f" {(' ' * GAP).join(each)}" for each in zip(*padded, strict=True))
    else:
        for each in body:
            yield from _row(each, wide, left)
    if listing.total is not None:
        yield ""
        yield from _row(last, wide, left)
    yield ""


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


def _text(column: Column, value: Value, words: Words) -> str:
    text = column.text(words, value).replace(" %", "\u00a0%")
    return text.translate(CONTROL) if column.is_text else text


def _fitting(columns: Sequence[Column], least: Sequence[int], width: int) -> list[int]:
    """Indexes of the columns there is room for, those of the lowest rank first."""
    kept = list(range(len(columns)))
    while sum(least[index] + GAP for index in kept) > width and any(columns[index].rank for index in kept):
        kept.remove(max(reversed(kept), key=lambda index: columns[index].rank))
    return kept


def _widths(wide: list[int], folds: Sequence[bool], width: int) -> list[int]:
    """Widths that fit, the widest text that takes several lines made narrower first."""
    may = [index for index, each in enumerate(folds) if each]
    for _ in range(sum(wide) + GAP * len(wide) - width):
        may = [index for index in may if wide[index] > 1] or [index for index in range(len(wide)) if wide[index] > 1]
        if may:
            wide[max(may, key=lambda index: wide[index])] -= 1
    return wide


def _least(column: Column, texts: Sequence[str], words: Words) -> int:
    """Width in which no figure and no name of a unit is broken, and the header takes two lines."""
    parts = _head(column, words).split()
    halves = (max(len(" ".join(parts[:cut])), len(" ".join(parts[cut:]))) for cut in range(len(parts) + 1))
    head = min(halves)  # a header of two lines
    if _folds(column, texts):
        return max(head, min(MOST_WHOLE, max((len(part) for text in texts for part in text.split()), default=1)))
    return max(head, _longest(column, texts))


def _longest(column: Column, texts: Sequence[str]) -> int:
    return max(map(cells_of if column.is_text else len, texts))


def _head(column: Column, words: Words) -> str:
    """Its header, that above it and its neighbours first."""
    return f"{words.told(column.group)} {words.told(column.header)}".strip()


def _folds(column: Column, texts: Sequence[str]) -> bool:
    """Whether the column holds texts so long that they take several lines."""
    return column.is_text and column.key != "unit" and any(len(each) > MOST_WHOLE and " " in each for each in texts)
