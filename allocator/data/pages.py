"""The tables of a document as cells, nothing read into them yet: workbook, Word or HTML file, CSV or pasted text.

What a file is, its content tells, not its ending. No formula is evaluated, no macro run, no link followed, and XML that
declares entities is refused, so that a few bytes cannot become gigabytes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any

from allocator.data.findings import Oddity
from allocator.data.grid import Grid, grid_of
from allocator.data.legacy import Legacy, decoded_legacy, recognised
from allocator.data.limits import DOCUMENT, MOST_COLUMNS, MOST_LINES, check_row, csv_rows, decoded, lines_of
from allocator.data.markup import html_parts, word_parts
from allocator.data.numbers import MOST_FIGURE, Unread, minus_zero
from allocator.data.workbook import Package, Workbook
from allocator.errors import InputError, fault

_MARKS = ("\t", ";", ",", "|", "  ")
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_FOREIGN = {
    "import.picture": rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|RIFF....WEBP|....ftyp(?:hei|hev|mif|msf|avif)",
    "import.pdf": rb"\s*%PDF-",
    "import.rtf": rb"\s*\{\\rtf",
    "import.archive": rb"7z\xbc\xaf|Rar!|\x1f\x8b",
    "import.mhtml": rb"(?is)(?:[\w-]+:[^\n]*\n\s*)*?content-type:\s*multipart/related",
    "import.xml": rb"(?:\xef\xbb\xbf)?\s*<\?xml(?![\s\S]{0,2000}<html)",
}
"""What other files begin with, by what to do with them."""
_STREAM_KEYS = {
    "Workbook": None,
    "Book": None,
    "WordDocument": "import.doc",
    "PowerPoint Document": "import.slides",
    "EncryptedPackage": "import.encrypted",
}


@dataclass(frozen=True)
class Pages:
    """A document, read one way.

    Attributes:
        parts: its tables, sheets, or the one grid of a text.
        together: whether the parts may be one table; else each sheet is one.
        after: lines of prose after the last part.
        notes: what a reader should know of how bytes became cells.
    """

    parts: Sequence[Grid]
    together: bool = True
    after: Sequence[str] = ()
    notes: Sequence[Oddity] = ()


def read_pages(content: bytes, name: str) -> list[Pages]:
    """Cells of a document; of a text once for each mark that may part its cells, the likeliest first.

    Raises:
        InputError: what cannot be read, with what to do about it.
        MissingExtraError: a workbook is given and its reader is not installed.
    """
    _check_kind(content, name)
    if content.startswith(b"PK"):
        ways = [_package(content, name)]
    elif content.startswith(_OLE):
        ways = [_sheets(content, name)]
    else:
        ways = _text(content, name)
    for pages in ways:
        rows = sum(len(part.rows) for part in pages.parts)
        if not rows:
            raise InputError(fault("import.no_table", name))
        if rows > DOCUMENT.rows:
            raise InputError(fault("table.too_many_rows", name, most=DOCUMENT.rows))
    return [_readable(pages) for pages in ways]


def _check_kind(content: bytes, name: str) -> None:
    """Refuse what is no table's file, each kind with its own remedy."""
    if lock := re.match(r"~\$(.*)|\.~lock\.(.*)#", name.rpartition("/")[2]):
        other = lock[1] or lock[2]
        word = other.lower().endswith((".doc", ".docx"))  # Word puts the mark in place of a long name's first letters
        raise InputError(fault("import.lock", name, other=f"…{other}" if word else other))
    if not content.strip():
        raise InputError(fault("import.empty", name))
    key = next((key for key, begin in _FOREIGN.items() if re.match(begin, content[:10_000], re.DOTALL)), None)
    if content.startswith(_OLE):
        key = _STREAM_KEYS.get(_first_stream(content))
    if key:
        raise InputError(fault(key, name))


def _first_stream(content: bytes) -> str:
    """Name of the first stream of an OLE file that tells what it is: one of something put into it comes later."""
    names = "|".join(_STREAM_KEYS).encode("utf-16-le").replace(b"|\0", b"|")
    found = (each for each in re.finditer(b"(?:" + names + b")\0\0", content) if each.start() % 128 == 0)
    return next((each[0].decode("utf-16-le").rstrip("\0") for each in found), "")


def _package(content: bytes, name: str) -> Pages:
    package = Package(content, name, DOCUMENT)
    if "word/document.xml" in package.names:
        parts, after = word_parts(package)
        return Pages(parts, after=after)
    kind = package.read("mimetype") if "mimetype" in package.names else b""
    if b"opendocument.text" in kind:
        raise InputError(fault("import.odt", name))
    if "ppt/presentation.xml" in package.names or b"opendocument.presentation" in kind:
        raise InputError(fault("import.slides", name))
    if not package.names & _WORKBOOKS:
        raise InputError(fault("import.archive", name))
    return _sheets(content, name)


def _readable(pages: Pages) -> Pages:
    """Pages whose text is written for a font of old, as what it says."""

    def texts() -> Iterable[str]:
        yield from pages.after
        for part in pages.parts:
            yield from part.before
            yield from (cell for row in part.rows for cell in row if isinstance(cell, str))

    legacy = recognised(texts())
    if legacy is None:
        return pages
    read = legacy.read
    parts = [
        replace(part, rows=[[*map(read, row)] for row in part.rows], before=[*map(read, part.before)])
        for part in pages.parts
    ]
    return replace(pages, parts=parts, after=[*map(read, pages.after)], notes=_told(legacy))


def _told(legacy: Legacy) -> Sequence[Oddity]:
    values = {"encoding": legacy.name, "before": legacy.before, "after": legacy.after}
    return [Oddity("note", "import.legacy", values=values)]


def _text(content: bytes, name: str) -> list[Pages]:
    notes: Sequence[Oddity] = ()
    try:
        text = decoded(content, name, "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except InputError as error:
        if (old := decoded_legacy(content)) is None:
            if error.faults[0].key == "file.not_utf8" and re.search(rb"[\0-\x08]", content):
                raise InputError(fault("file.not_text", name)) from None
            raise
        text, notes = old[0], _told(old[1])
    if re.search(r"<(?:html|table)[\s>]", text, re.IGNORECASE):
        parts, after = html_parts(text, name)
        return [Pages(parts, after=after, notes=notes)]
    return [Pages([part], notes=notes) for part in _ways(text, name)]


def _ways(text: str, name: str) -> list[Grid]:
    """A text as one grid for each mark that parts two lines at least; for the likeliest where none does."""
    lines = list(lines_of(text, name, "\n", MOST_LINES))
    gaps = {mark: [line.count(mark) for line in lines] for mark in _MARKS[:-1]}
    gaps["  "] = [sum(1 for _ in islice(re.finditer(r"\S {2,}(?=\S)", line), MOST_COLUMNS)) for line in lines]
    order = sorted(
        gaps, key=lambda each: (sum(n > 1 for n in gaps[each]), sum(n > 0 for n in gaps[each])), reverse=True
    )
    grids, errors, cells = list[Grid](), list[InputError](), 0
    for mark in [each for each in order if sum(n > 0 for n in gaps[each]) > 1] or order[:1]:
        try:
            if (cells := cells + sum(gaps[mark])) > DOCUMENT.cells:
                raise InputError(fault("table.too_many_cells", name, most=DOCUMENT.cells))
            grids.append(_parted(text, lines, name, mark))
        except InputError as error:
            errors.append(error)
    if not grids:
        raise errors[0]
    return grids


def _parted(text: str, lines: Sequence[str], name: str, mark: str) -> Grid:
    """A text as a grid, its cells parted by a mark."""
    if mark == "  ":
        rows = [re.split(r" {2,}|\t", line.rstrip()) for line in textwrap.dedent(text).splitlines()]
    elif mark == "|":
        rows = _barred(lines)
    else:
        # Prose may begin with a quotation that ends before the line does: no cell of a CSV.
        quoted = rf'^"(?:[^"{mark}\r\n]*"[^"{mark}\r\n]*")*[^"{mark}\r\n]*"[^"{mark}\r\n]+$'
        text = re.sub(quoted, lambda line: '"' + line[0].replace('"', '""') + '"', text, flags=re.MULTILINE)
        return grid_of(csv_rows(text, name, mark, MOST_LINES), name, mark=mark)
    for number, row in enumerate(rows, start=1):
        check_row(row, name, number)
    return grid_of(enumerate(rows, start=1), name, exact=mark == "  ")


def _barred(lines: Sequence[str]) -> list[list[str]]:
    """Rows of cells between bars; those outside go where most lines have them, and the rule below a header goes."""
    plain = [line.strip() for line in lines]
    barred = [line for line in plain if "|" in line]
    first, last = (2 * sum(line.strip("\\")[at] == "|" for line in barred) > len(barred) for at in (0, -1))
    rows = []
    for line in plain:
        cells = [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line)]
        begin = 1 if first and line.startswith("|") else 0
        end = len(cells) - (1 if last and line.endswith("|") else 0)
        rule = ("-" in line or "=" in line) and re.fullmatch(r"[-+|:=\s]+", line)
        rows.append([] if rule else cells[begin:end])
    return rows


def _sheets(content: bytes, name: str) -> Pages:
    """Visible sheets of a workbook, formulas by the values stored with them."""
    book = Workbook(content, name, DOCUMENT)
    parts = []
    for title in book.visible:
        sheet = book.sheet(title)
        rows = [
            (r + 1, [_cell(cell, sheet.formats.get((r, c), "")) for c, cell in enumerate(row)])
            for r, row in enumerate(sheet.rows)
        ]
        parts.append(grid_of(rows, name, title, merged=sheet.merged, hidden=sheet.hidden))
    return Pages(parts, together=False)


def _cell(held: Any, shown: str) -> object:
    """A sheet's cell; a percentage as the text it shows, a figure that shows other digits than it holds as unread."""
    if isinstance(held, bool) or not isinstance(held, int | float) or not abs(held) <= MOST_FIGURE or minus_zero(held):
        return held
    decimals = len(match[1]) if (match := re.search(r"\.(0+)", shown)) else 0
    if "%" in shown:
        percent = (Decimal(repr(held)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return f"{percent}%".replace(".", ",")
    whole = int(held) if held == int(held) else held  # a workbook stores every number as a decimal
    if decimals == 3 and held == whole and abs(held) < 1000:
        # "4.000" typed where a point begins the decimals: 4 is stored
        return Unread("import.shown", f"{held:.3f}")
    return whole
