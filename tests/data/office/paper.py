"""How a table becomes a document: rows of cells, and what offices put around them, as the bytes of a file."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docx import Document

from tests.data.documents import ods, saved, xlsx

COLUMNS = {
    "#": "skip", "u": "unit", "k": "kind", "q": "published_quota", "w": "workforce", "g": "growth_estimate",
    "t": "term_target", "r": "recruited", "l": "lost", "n": "net_gain", "a": "attainment",
}  # fmt: skip
HEADS = {
    "#": "STT", "u": "Đơn vị", "k": "Loại đơn vị", "q": "Chỉ tiêu phân bổ {year}", "w": "Tổng số CNLĐ",
    "g": "Ước số lao động tăng", "t": "Chỉ tiêu nhiệm kỳ", "r": "Phát triển ĐV mới", "l": "Số đoàn viên giảm",
    "n": "Số ĐV tăng thêm", "a": "Tỷ lệ thực hiện chỉ tiêu nhiệm kỳ",
}  # fmt: skip
Cell = Any
Row = list[Cell]


@dataclass(frozen=True)
class Base:
    """What an office knows: figures of its units, one for each letter of `letters`."""

    letters: str
    units: Mapping[str, Sequence[int | str | None]]
    year: int = 2017

    def of(self, letter: str) -> list[Any]:
        return [figures[self.letters.index(letter)] for figures in self.units.values()]


@dataclass(frozen=True)
class Right:
    """What a clerk reads.

    Attributes:
        columns: letters of the columns that are there; no other of `COLUMNS` may come in, but a kind.
        units: figures of each unit, in the order of the document, one for each of these letters.
        target: members to place; None where the document does not tell.
        table: the table to the last byte, where it is known.
        loose: letters of columns that a clerk might read in two ways.
    """

    columns: str
    units: Mapping[str, Sequence[int | str | None]]
    target: int | None = None
    table: str | None = None
    loose: str = ""


@dataclass(frozen=True)
class Doc:
    """A document and what is to come of it.

    Attributes:
        content: its bytes, or what makes them when they are needed.
        right: what a clerk reads; None where it must be refused.
        refused: what the refusal must name, each by one of the words between bars; beside `right`: may be refused so.
        ways: options that answer what it may ask; none: it must come in without a question.
        means: right column of each header, to answer a question with.
    """

    id: str
    name: str
    content: bytes | Callable[[], bytes]
    right: Right | None = None
    refused: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    means: Mapping[str, str] = field(default_factory=dict)

    def save(self, folder: Path) -> Path:
        """Write the document into the folder."""
        path = folder / self.name
        path.write_bytes(self.content if isinstance(self.content, bytes) else self.content())
        return path


def right(base: Base, letters: str = "", target: int | None = -1) -> Right:
    """What a clerk reads where all of `base` is printed, or only `letters` of it."""
    kept = [each for each in (letters or base.letters) if each in base.letters]
    units = {name: [line[base.letters.index(each)] for each in kept] for name, line in base.units.items()}
    total = added(base.of("q")) if "q" in kept else None
    return Right("".join(kept), units, total if target == -1 else target)


def vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def added(values: Sequence[Cell]) -> Cell:
    figures = [each for each in values if isinstance(each, int)]
    return sum(figures) if figures else None


def table(
    base: Base,
    order: str = "",
    *,
    head: Mapping[str, str] | None = None,
    extra: Sequence[tuple[str, Any]] = (),
    total: str | None = "Tổng cộng",
    show: Callable[[int], Cell] = lambda number: number,
    blank: Cell = None,
    name: Callable[[int, str], str] = lambda _, text: text,
) -> list[Row]:
    """Rows of `base`: a header, the units and their sum.

    Args:
        base: the figures.
        order: letters of the columns from the left; digits are the columns of `extra`.
        head: headers that are not those of `HEADS`.
        extra: header and values (one for all, or a list) of further columns.
        total: name of the row of sums; None: there is none.
        show: how a figure is written.
        blank: how "nothing" is written.
        name: how the name of the unit with a number is written.
    """
    order = order or "#u" + base.letters + "".join(map(str, range(len(extra))))
    shown = {letter: text.format(year=base.year) for letter, text in {**HEADS, **(head or {})}.items()}
    columns: dict[str, list[Cell]] = {
        "#": list(range(1, len(base.units) + 1)),
        "u": [name(n, text) for n, text in enumerate(base.units, 1)],
    }
    columns |= {letter: base.of(letter) for letter in base.letters}
    for number, (text, values) in enumerate(extra):
        shown[str(number)] = text
        columns[str(number)] = values if isinstance(values, list) else [values] * len(base.units)

    def cell(letter: str, value: Cell) -> Cell:
        return (blank if letter not in "#u" else None) if value is None else (
            show(value) if isinstance(value, int) and letter != "#" else value
        )  # fmt: skip

    made = [[shown[each] for each in order]]
    made += [[cell(each, columns[each][n]) for each in order] for n in range(len(base.units))]
    if total is not None:
        sums = {each: added(columns[each]) for each in order} | {"#": None, "u": total}
        made.append([cell(each, sums[each]) for each in order])
    return made


def text(value: Cell) -> str:
    return "" if value is None else vi(value) if isinstance(value, int) else str(value)


def delimited(rows: Sequence[Row], mark: str) -> str:
    def quoted(cell: str) -> str:
        return f'"{cell}"' if mark in cell or '"' in cell else cell

    return "".join(mark.join(quoted(text(cell)) for cell in row) + "\n" for row in rows)


def markdown(rows: Sequence[Row]) -> str:
    width = max(map(len, rows))
    lines = ["| " + " | ".join(text(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]]) + "\n"


def web(rows: Sequence[Row], before: str = "", after: str = "", raw: bool = False) -> str:
    written = (lambda cell: cell) if raw else html.escape
    body = "".join("<tr>" + "".join(f"<td>{written(text(cell))}</td>" for cell in row) + "</tr>\n" for row in rows)
    page = f"<table border=1>{body}</table>"
    return f"<html><head><meta charset='utf-8'></head><body>{before}{page}{after}</body></html>"


def word(
    rows: Sequence[Row],
    before: Sequence[str] = (),
    after: Sequence[str] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
    change: Callable[[Any], None] = lambda _: None,
) -> bytes:
    """A Word file with one table; `merged` joins cells (row, column, row, column)."""
    document = Document()
    for line in before:
        document.add_paragraph(line)
    grid(document, rows, merged)
    for line in after:
        document.add_paragraph(line)
    change(document)
    return saved(document)


def grid(place: Any, rows: Sequence[Row], merged: Sequence[tuple[int, int, int, int]] = ()) -> Any:
    made = place.add_table(len(rows), max(map(len, rows)))
    for cells, row in zip(made.rows, rows, strict=True):
        for cell, value in zip(cells.cells, row, strict=False):
            cell.text = text(value)
    for top, left, bottom, end in merged:
        for row in range(top, bottom + 1):
            for column in range(left, end + 1):
                if (row, column) != (top, left):
                    made.cell(row, column).text = ""
        words = made.cell(top, left).text
        made.cell(top, left).merge(made.cell(bottom, end)).text = words
    return made


def write(ending: str, rows: Sequence[Row], **options: Any) -> bytes:
    """The rows as a file of this kind."""
    match ending:
        case "xlsx":
            return xlsx([[None if cell == "" else cell for cell in row] for row in rows], **options)
        case "docx":
            return word(rows, **options)
        case "ods":
            return ods([[html.escape(text(cell)) for cell in row] for row in rows])
        case "md":
            return markdown(rows).encode()
        case "html" | "xls":
            return web(rows, **options).encode()
        case "csv":
            plain = [[str(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]
            return delimited(plain, options.get("mark", ",")).encode(options.get("encoding", "utf-8"))
        case _:
            return delimited(rows, options.get("mark", "\t")).encode(options.get("encoding", "utf-8"))


def windows_1258(words: str) -> bytes:
    """Text as Windows wrote Vietnamese: letters with their shape, tones apart."""
    made = ""
    for letter in unicodedata.normalize("NFC", words):
        try:
            letter.encode("cp1258")
            made += letter
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(each for each in parts if each in "̣̀́̃̉")
            made += unicodedata.normalize("NFC", parts.replace(tone, "")) + tone
    return made.encode("cp1258")


TCVN3 = dict(
    zip(
        "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâêôơưđĂÂÊÔƠƯĐ",
        "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ¨©ª«¬\u00ad®¡¢£¤¥¦§",
        strict=True,
    )
)


def tcvn3(words: str) -> str:
    """Text as the ABC fonts hold it; a capital with a tone is written small, since its font alone makes it large."""
    return "".join(TCVN3.get(each, TCVN3.get(each.lower(), each)) for each in unicodedata.normalize("NFC", words))


def vni(words: str) -> str:
    """Text as the VNI fonts hold it: a letter, then its shape and tone as one mark."""
    whole = dict(zip("đĐíìỉĩịÍÌỈĨỊỵỴ", "ñÑíìæóòÍÌÆÓÒîÎ", strict=True))
    marks = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
    shaped = {"\u0302": dict(zip(marks, "áàåãä", strict=True)), "\u0306": dict(zip(marks, "éèúüë", strict=True))}
    made = ""
    for letter in unicodedata.normalize("NFC", words):
        if letter in whole:
            made += whole[letter]
            continue
        base, *parts = unicodedata.normalize("NFD", letter)
        if "\u031b" in parts:
            base = {"o": "ô", "O": "Ô", "u": "ö", "U": "Ö"}[base]
        tone = next((each for each in parts if each in marks), "")
        shape = next((each for each in parts if each in shaped), "")
        mark = (shaped[shape].get(tone, "â" if shape == "\u0302" else "ê") if shape else marks.get(tone, "")) or ""
        made += base + (mark.upper() if letter.isupper() else mark)
    return made
