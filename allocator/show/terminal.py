"""A finding in a terminal: the answer's lines, then tables as wide as the terminal, then what else should be known."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from allocator.finding import Column, Finding, Listing, Text, Value
from allocator.words import Words

MOST_OF_ONE = 15
"""Lines that the answer about one unit may take."""
GAP = 2
"""Blanks between two columns."""
MOST_WHOLE = {"unit": 40}
"""Letters of a text that is kept in one line, by the key of its column: 24 where nothing is said."""
ODD = re.compile("[^ -~\u00a0-\u02ff\u1e00-\u1eff\u2010-\u2027\u2190-\u22ff]")
"""Letters that may not be one cell wide."""
FIGURES = re.compile(r"\s*\S+(?:(?<=\d) (?=%|[^\W\d_])\S+)*\s*")
"""A word; a figure goes on to what it counts."""
GOES_ON = " `" if os.name == "nt" else " \\"
"""How a shell, on Windows PowerShell, is told that a call goes on in the next line."""
CONTROL = dict.fromkeys([*range(10), *range(11, 32), *range(127, 160)])


def show(finding: Finding, words: Words, width: int, call: Sequence[str] = ()) -> str:
    """A finding as text of at most `width` cells a line; a sentence or a title that was said is not said again.

    `call` are the words of what may be typed next, as a shell takes them, which stands below the lines.
    """
    made: list[str] = []
    for part in _parts(finding, words, width, call):
        for line in wrapped(part, width) if isinstance(part, str) else part:
            if line or (made and made[-1]):
                made.append(line.rstrip())
    return "\n".join(made).rstrip("\n") + "\n"


def _parts(finding: Finding, words: Words, width: int, call: Sequence[str]) -> Iterator[str | list[str]]:
    said: set[str] = set()

    def told(*given: Text, title: bool = False) -> Iterator[str]:
        for text in given:
            new = [each for each in map(words.told, text if isinstance(text, tuple) else (text,)) if each not in said]
            said.update(new)
            if line := " ".join(filter(None, new)):
                yield from ["", line] if title else [line]

    lines, typed = [*told(*finding.lines)], _typed(words("cli.next", call=call[0]), call[1:], width) if call else []
    if finding.again and _height(lines, width) + len(typed) > MOST_OF_ONE:
        lines, typed = _shorter(lines, words.told(finding.again), width), []
    yield from lines
    yield typed
    main = finding.main
    for section in finding.sections:
        texts = list(told(*section.texts))
        listings = [each for each in section.listings if not each.aside]
        above = list(told(section.title, title=True)) if listings or (texts and not section.listings) else []
        first = finding.lines and section is finding.sections[0]
        if listings and (first or listings[0].title not in ("", section.title)):  # a heading has something below it
            above = []
        yield from above
        for number, listing in enumerate(listings):
            yield from told(listing.title, title=bool(number) or not above)
            yield from _listing(listing, words, width, listing is main)
        yield from texts


def _shorter(lines: list[str], again: str, width: int) -> list[str]:
    """What an answer about one unit says, in `MOST_OF_ONE` lines where it can be, with the call to make next."""
    ways = ([*lines, again], [" ".join([*lines, again])], [" ".join(lines)])
    return next((each for each in ways if _height(each, width) <= MOST_OF_ONE), ways[-1])


def _height(texts: Sequence[str], width: int) -> int:
    return sum(len(wrapped(each, width)) for each in texts)


def _typed(line: str, more: Sequence[str], width: int) -> list[str]:
    """A call on as many lines as it needs, which a shell takes for one; an option stays beside its value."""
    lines, parts = [line], list[str]()
    for each in more:
        if parts and parts[-1].startswith("--") and " " not in parts[-1]:
            parts[-1] += f" {each}"
        else:
            parts.append(each)
    for each in parts:
        if cells_of(lines[-1]) + cells_of(each) + 3 > width:
            lines[-1] += GOES_ON
            lines.append(f"  {each}")
        else:
            lines[-1] += f" {each}"
    return lines


def _listing(listing: Listing, words: Words, width: int, main: bool) -> Iterator[str | list[str]]:
    if listing.columns[-1].kind == "sentence":
        for row in listing.rows:
            yield from (listing.columns[-1].text(words, row[-1]), "")
        return
    yield from tables(listing, words, width, main)
    yield from (each for note in listing.notes if (each := words.told(note)))
    if listing.most is not None and len(listing.rows) > listing.most:
        yield words("tree.more", count=len(listing.rows) - listing.most)


class _Shown:
    """A column as a terminal shows it.

    Attributes:
        group: the header above it and its neighbours.
        head: its header, that above it first.
        texts: its cells, that of the totals last.
        folds: whether it holds texts so long that they take several lines.
        least: width in which no figure and no name of a unit is broken, and the header takes two lines.
        natural: width in which no text and no header takes several lines.
    """

    def __init__(self, column: Column, values: Sequence[Value], words: Words) -> None:
        self.rank, self.left = column.rank, column.is_text
        self.group, self.own = words.told(column.group), words.told(column.header)
        self.head = f"{self.group} {self.own}".strip()
        self.texts = [column.text(words, each) for each in values]
        if self.left:
            self.texts = [each.translate(CONTROL) for each in self.texts]
        longest = max(map(cells_of if self.left else len, self.texts))
        self.natural = max(cells_of(self.head), longest)
        most = MOST_WHOLE.get(column.key, 24)
        self.folds = self.left and any(len(each) > most and " " in each for each in self.texts)
        if self.folds:
            longest = (
                most
                if column.key == "unit"
                else min(most, max(len(part) for text in self.texts for part in text.split()))
            )
        parts = self.head.split()
        halves = (max(len(" ".join(parts[:cut])), len(" ".join(parts[cut:]))) for cut in range(len(parts) + 1))
        self.least = max(longest, min(halves))


def tables(listing: Listing, words: Words, width: int, main: bool = False) -> Iterator[list[str]]:
    """The listing in `width` letters, no figure broken: columns of the highest rank are left out, which is said.

    Those that could be, and in which nothing is known, are left out in any case.

    What there is no room for even so follows in another table, beside the first column again. Of the `main` table
    `--format csv` has all columns.
    """
    rows = (*listing.shown[: listing.most], listing.total or ("",) * len(listing.columns))
    known = [not column.rank or any(row[n] is not None for row in rows) for n, column in enumerate(listing.columns)]
    left = [_Shown(column, [row[n] for row in rows], words) for n, column in enumerate(listing.columns) if known[n]]
    gone = []
    while sum(each.least + GAP for each in left) > width and any(each.rank for each in left):
        gone.append(max(reversed(left), key=lambda each: each.rank))
        left.remove(gone[-1])
    first = left.pop(0)
    while True:
        kept = [first]
        while left and (len(kept) == 1 or sum(each.least + GAP for each in (*kept, left[0])) <= width):
            kept.append(left.pop(0))
        yield list(_table(kept, listing.total is not None, width))
        if not left:
            break
    if gone:
        key = "table.left_out" if main else "table.left_out_here"
        told = words(key, columns="; ".join(each.head for each in reversed(gone)))
        yield [told if cells_of(told) <= width else words(key, columns=words("table.columns", count=len(gone)))]


def _table(kept: Sequence[_Shown], totals: bool, width: int) -> Iterator[str]:
    """Lines of the columns kept. Each text is looked at as few times as can be: there may be a million."""
    wide, left = _widths(kept, width), [each.left for each in kept]
    yield ""
    above = ["", *(each.group for each in kept)]
    heads = [each.own if each.group == before else each.head for each, before in zip(kept, above, strict=False)]
    yield from _row(heads, wide, left, bottom=True)
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


def _words(text: str, width: int) -> Iterator[str]:
    """The words of a text with the blanks beside them, a figure and its unit as one where there is room for both."""
    for each in FIGURES.findall(text):
        yield from [each] if cells_of(each.strip()) <= width else re.findall(r"\s*\S+\s*", each)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells, broken between words where it can be; no control characters in it.

    What goes on in another line begins below the first word.
    """
    lines = []
    for part in text.translate(CONTROL).split("\n"):
        if cells_of(part) <= width:
            lines.append(part.rstrip())
            continue
        line, indent = "", part[: len(part) - len(part.lstrip())]
        for word in _words(part, width):
            if line.strip() and cells_of(line) + cells_of(word.rstrip()) > width:
                lines.append(line.rstrip())
                line = indent
            rest = word
            while cells_of(rest.rstrip()) > width:
                cut = next(n for n in range(len(rest), 0, -1) if n == 1 or cells_of(rest[:n]) <= width)
                lines.append(rest[:cut])
                rest = rest[cut:]
            line += rest
        lines.append(line.rstrip())
    return lines
