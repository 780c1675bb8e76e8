"""Tables of Word and HTML documents as cells, and the prose between them; no link is followed, no entity declared.

HTML is gone through tag by tag, without a tree: libxml2's, which lxml gives, cuts off in silence below 256 levels, and
takes a minute and a half for one tag of 200,000 attributes.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.etree.ElementTree import Element

from allocator.data.grid import Grid, grid_of
from allocator.data.limits import DOCUMENT, MOST_HTML_TAGS, MOST_LINES, check_columns, check_lengths
from allocator.data.workbook import Package, damage_told, damaged
from allocator.errors import InputError, fault

MOST_NESTED = 20
"""Tables inside one another."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# A line break may stand between two figures: as a space it would make one of them.
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOT_READ = {f"{_WORD}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
"""What was moved elsewhere, and what stands for a text box where there are none."""
_UNSEEN = ("vanish", "strike", "dstrike")
"""What is hidden or struck out is not read: it says no more."""

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|title|xml)\b.*?(?:</(?P=raw)\s*>|\Z)|<[!?][^>]*+(?:>|\Z)"
    r"""|<(?P<tag>/?[a-z][^\s/>]*+)(?P<more>(?:[^>"']++|(?<==)(?:"[^"]*+"|'[^']*+')|["'])*+)(?:>|\Z)"""
    "|(?P<text>[^<]++|<)",
    re.IGNORECASE | re.DOTALL,
)
_LINE = "\0"
"""A line's end in what was read: no text holds this character."""
_LINES = {"p", "div", "br", "li", "ul", "ol", "hr", "tr", "pre", "center", "caption", *(f"h{n}" for n in range(1, 7))}
_STRUCK = ("del", "s", "strike", "select", "template")
_HIDDEN = re.compile(r"display\s*:\s*none|(?<![\w-])hidden(?![\w-])", re.IGNORECASE)
_OF_TABLES = ("html", "body", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "br", "img", "input", "hr")


@dataclass
class _Cell:
    """A cell of a row that has not ended: its text, rows and columns it takes, whether the one above goes on in it."""

    down: int = 1
    across: int = 1
    below: bool = False
    pieces: list[str] = field(default_factory=list)


@dataclass
class _Table:
    """A table on its way to cells.

    Attributes:
        name: for places; `T2` for the second of the document, `T2.1` for the first in that one.
        rows, merged, hidden: as in a grid, blank rows among them.
        cells: of the row that has not ended.
        reach: rows a cell above still takes, by column; `tops`: the row of the cell that began there last.
    """

    name: str
    rows: list[list[object]] = field(default_factory=list)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    cells: list[_Cell] = field(default_factory=list)
    reach: dict[int, int] = field(default_factory=dict)
    tops: dict[int, int] = field(default_factory=dict)


class _Document:
    """Prose and tables in the order they are found; more than the limits allow is an InputError.

    A row ends where the next one begins, a cell likewise.
    """

    def __init__(self, file: str) -> None:
        self.file, self._found = file, list[str | _Table]()
        self.open, self._inside = list[_Table](), Counter[str]()
        self._pieces, self._rows, self._cells = list[str](), 0, 0

    @staticmethod
    def tidy(pieces: Sequence[str]) -> str:
        """Text of a cell, or between tables."""
        return "".join(pieces).strip("\n ")

    def text(self, text: str) -> None:
        """Characters in a cell, or between tables."""
        cells = self.open[-1].cells if self.open else None
        (cells[-1].pieces if cells else self._pieces).append(text)

    def start_table(self) -> None:
        """A table begins, inside the one that is open."""
        self._end_prose()
        if len(self.open) == MOST_NESTED:
            raise InputError(fault("import.too_deep", self.file, most=MOST_NESTED))
        above = f"{self.open[-1].name}." if self.open else "T"
        self._inside[above] += 1
        self.open.append(_Table(f"{above}{self._inside[above]}"))
        self._found.append(self.open[-1])

    def start_row(self, hidden: bool) -> None:
        """A row begins."""
        self.end_row()
        if hidden:
            self.open[-1].hidden.append(str(len(self.open[-1].rows) + 1))

    def end_row(self) -> None:
        """The row that is open ends, if one is."""
        table, row = self.open[-1], list[object]()
        n, cells, table.cells = len(table.rows), table.cells, []
        for cell in cells:
            while len(row) in table.reach:
                row.append(None)
            at = len(row)
            check_columns(at + cell.across, self._place(table))
            row += [None] * cell.across
            if cell.below and at in table.tops:
                table.merged[table.tops[at], at] = (n - table.tops[at] + 1, cell.across)
                continue
            row[at], table.tops[at] = self.tidy(cell.pieces), n
            if cell.down > 1 or cell.across > 1:
                table.merged[n, at] = (cell.down, cell.across)
                table.reach.update(dict.fromkeys(range(at, at + cell.across), cell.down))
        if row:
            table.reach = {column: rows - 1 for column, rows in table.reach.items() if rows > 1}
            self._row(table, row)
        self._end_prose()

    def end_table(self) -> None:
        """The table that is open ends."""
        self.end_row()
        self.open.pop()

    def parts(self) -> tuple[list[Grid], list[str]]:
        """Every table that holds text of its own, or lines in a row typed with tabs, and the prose after the last."""
        while self.open:
            self.end_table()
        self._end_prose()
        parts, before, blocks = list[Grid](), list[str](), 0
        for typed, group in groupby(self._found, lambda each: isinstance(each, str) and "\t" in each.strip()):
            found = [*group]
            if typed and len(found) > 1:
                blocks += 1
                block = _Table(f"P{blocks}")
                for line in found:
                    self._row(block, [cell.strip() for cell in str(line).split("\t")])
                found = [block]
            for each in found:
                if isinstance(each, str):
                    before.append(" ".join(each.split()))
                elif any(cell for row in each.rows for cell in row):
                    parts.append(self._grid(each, before))
                    before = []
        return parts, before

    def _place(self, table: _Table) -> str:
        return f"{self.file}, {table.name}:{len(table.rows) + 1}"

    def _row(self, table: _Table, cells: list[object]) -> None:
        """Put a row at a table's end."""
        check_columns(len(cells), self._place(table))
        check_lengths(cells, 0, lambda row, index: self._place(table))
        self._rows, self._cells = self._rows + 1, self._cells + len(cells)
        if self._rows > DOCUMENT.rows:
            raise InputError(fault("table.too_many_rows", self.file, most=DOCUMENT.rows))
        if self._cells > DOCUMENT.cells:
            raise InputError(fault("table.too_many_cells", self.file, most=DOCUMENT.cells))
        table.rows.append(cells)

    def _end_prose(self) -> None:
        """Put the prose that was read here, before a table that has no rows yet: it is its caption."""
        last = self._found[-1] if self._found else ""
        at = len(self._found) - (isinstance(last, _Table) and not last.rows)
        self._found[at:at] = [line for line in self.tidy(self._pieces).split("\n") if line.strip()]
        self._pieces = []
        if len(self._found) > MOST_LINES:
            raise InputError(fault("table.too_many_rows", self.file, most=MOST_LINES))

    def _grid(self, table: _Table, before: Sequence[str]) -> Grid:
        sizes = {(n, at): (min(down, len(table.rows) - n), across) for (n, at), (down, across) in table.merged.items()}
        return grid_of(
            enumerate(table.rows, start=1), self.file, table.name, hidden=table.hidden, before=before,
            merged={at: size for at, size in sizes.items() if max(size) > 1},
        )  # fmt: skip


def word_parts(package: Package) -> tuple[list[Grid], list[str]]:
    """Tables of a Word file in their order, those inside others after them, and the prose after the last."""
    body = package.tree("word/document.xml").find(f"{_WORD}body")
    if body is None:
        raise damaged(package.file, "w:body?")
    document, left = _Document(package.file), list[Element | None]([body])
    with damage_told(package.file, ValueError):  # an attribute that is no number
        while left:
            each = left.pop()
            if each is None:
                document.end_table()
            elif each.tag not in _NOT_READ and _start(each, document):
                left += [*([None] if each.tag == f"{_WORD}tbl" else []), *reversed(each)]
    return document.parts()


def _start(element: Element, document: _Document) -> bool:
    """Read what is no element of a Word file's element, as printed with all changes accepted; False: nothing of it."""
    name = element.tag.removeprefix(_WORD)
    if name == "tbl":
        document.start_table()
    elif name == "tr" and document.open:
        document.start_row(element.find(f"{_WORD}trPr/{_WORD}hidden") is not None)
        skipped = int(_setting(element, "trPr/gridBefore", "0"))
        check_columns(skipped, document.file)
        document.open[-1].cells += [_Cell() for _ in range(skipped)]
    elif name == "tc" and document.open:
        below = _setting(element, "tcPr/vMerge", "restart") in ("", "continue")
        document.open[-1].cells.append(_Cell(1, max(1, int(_setting(element, "tcPr/gridSpan", "1"))), below))
    elif name == "p":
        document.text("\n")
    elif name == "r":
        if any(_setting(element, f"rPr/{each}", "0") in ("", "1", "true", "on") for each in _UNSEEN):
            return False
        mark = "^" if _setting(element, "rPr/vertAlign", "") == "superscript" else ""  # a note's: no digit of a figure
        for piece in element:
            name = piece.tag.removeprefix(_WORD)
            document.text(f"{mark}{piece.text or ''}" if name == "t" else _BREAKS.get(name, ""))
    return True


def _setting(element: Element, path: str, missing: str) -> str:
    """Value of an element under `path`, names without their namespace; `missing` where there is no such element."""
    found = element.find("/".join(f"{_WORD}{name}" for name in path.split("/")))
    return missing if found is None else found.get(f"{_WORD}val", "")


class _Html(_Document):
    """An HTML document as it is gone through."""

    _unseen = ""
    _depth = 0

    @staticmethod
    def tidy(pieces: Sequence[str]) -> str:
        """Text of an element, its spaces as a browser shows them."""
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(pieces))
        return re.sub(f" *{_LINE}[ {_LINE}]*", "\n", html.unescape(text)).strip()

    def text(self, text: str) -> None:
        """Characters in a cell, or between tables; none of what is hidden or struck out."""
        if not self._unseen:
            super().text(text)

    def tag(self, name: str, attributes: str) -> None:
        """The start of an element, or its end, of which the name begins with a slash."""
        plain = name.removeprefix("/")
        if plain in _OF_TABLES:
            self._depth = 0
        elif self._unseen:
            self._depth += (name == self._unseen) - (name == f"/{self._unseen}")
        elif plain == name and (plain in _STRUCK or _HIDDEN.search(attributes)):
            self._unseen, self._depth = name, 1
        self._unseen = self._unseen if self._depth else ""
        if name == "table":
            self.start_table()
        elif name == "tr" and self.open:
            self.start_row("display:none" in re.sub(r"\s", "", attributes).lower())
        elif name == "/tr" and self.open:
            self.end_row()
        elif name == "/table" and self.open:
            self.end_table()
        elif name in ("td", "th") and self.open:
            down, across = _size(attributes, "row") or DOCUMENT.rows, _size(attributes, "col") or 1
            self.open[-1].cells.append(_Cell(down, across))
        elif plain in _LINES:
            self.text(_LINE)
        elif name == "sup":
            self.text("^")


def html_parts(text: str, file: str) -> tuple[list[Grid], list[str]]:
    """Tables of an HTML document in their order, those inside others after them, and the prose after the last."""
    if max(text.count("<"), text.count("&")) > MOST_HTML_TAGS:
        raise InputError(fault("package.too_many_tags", file, most=MOST_HTML_TAGS))
    made = _Html(file)
    for token in _TOKEN.finditer(text):
        if token["tag"]:
            made.tag(token["tag"].lower(), token["more"])
        elif token["text"]:
            made.text(token["text"])
    return made.parts()


def _size(attributes: str, what: str) -> int:
    """Rows or columns a cell takes; 1 where it does not say, 0 for all that are left."""
    found = re.search(rf"\b{what}span\s*=\s*[\"']?\s*(\d{{1,9}})", attributes, re.IGNORECASE)
    return int(found[1]) if found else 1
