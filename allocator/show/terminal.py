"""A finding in a terminal: the answer's lines, then tables as wide as the terminal, then what else should be known.

Lines are written here and not by a library: one that knows colours and markup takes minutes for a nation's table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TextIO
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


def show(finding: Finding, words: Words, out: TextIO, width: int) -> None:
    """Print a finding in lines of at most `width` cells; a sentence that the answer has said is not said again."""
    said = [words.told(text) for text in ((finding.title,) if finding.title else ()) + finding.lines]
    _print(said, out, width)
    for section in finding.sections:
        listings = () if section.aside else section.listings
        texts = [text for text in map(words.told, section.texts) if text not in said]
        title = words.told(section.title)
        if (listings or texts) and not section.aside and title not in said:
            _print(["\n" + title], out, width)
        _listings(section.title, listings, words, out, width)
        _print(texts, out, width)
        said += [title, *texts]


def _print(texts: Sequence[str], out: TextIO, width: int) -> None:
    out.writelines(line + "\n" for text in texts for line in wrapped(text, width))


def _listings(title: Text, listings: Sequence[Listing], words: Words, out: TextIO, width: int) -> None:
    for listing in listings:
        if listing.columns[-1].kind == "sentence":
            _print([listing.columns[-1].text(words, row[-1]) + "\n" for row in listing.rows], out, width)
            continue
        if listing.title != title:
            _print([words.told(listing.title)], out, width)
        out.writelines(line.rstrip() + "\n" for line in table(listing, words, width))
        _print([words.told(note) for note in listing.notes], out, width)
        if listing.most is not None and len(listing.rows) > listing.most:
            _print([words("tree.more", count=len(listing.rows) - listing.most)], out, width)


def table(listing: Listing, words: Words, width: int) -> Iterator[str]:
    """Lines of the listing, no wider than `width`: columns of the highest rank are left out, no figure is broken."""
    rows = (*listing.rows[: listing.most], listing.total or ("",) * len(listing.columns))
    texts = [[_text(column, row[index], words) for row in rows] for index, column in enumerate(listing.columns)]
    # Each text is looked at as few times as can be: there may be a million.
    least = [_least(column, cells, words) for column, cells in zip(listing.columns, texts, strict=True)]
    kept = _fitting(listing.columns, least, width)
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
    return column.is_text and column.key != "unit" and max(map(len, texts)) > MOST_WHOLE
