"""Figures as documents print them: four ways of writing, footnote marks, dashes for nothing, brackets for a minus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from allocator.data.numbers import GROUPS, MOST_FIGURE, THOUSANDS, NumberError, bare, figure, whole
from allocator.data.table import Number
from allocator.words import MARKS

_MACHINE = re.compile(r"\d+\.(?:0{1,2}|\d{4,})", re.ASCII)
"""What only a program writes: `2053.0`, `300.0000000000001`; a point before decimals whatever the language."""
_WAYS = {
    name: re.compile(rf"(?:[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d+)(?:{point}\d+)?", re.ASCII)
    for name, mark, point in (("vi", r"\.", ","), ("en", ",", r"\."), ("fr", " ", ","), ("plain", " ", r"\."))
}
_DECIMAL = {"vi": ",", "en": ".", "fr": ",", "plain": "."}
_FOOTNOTE = re.compile(r"(?<=\d)\s*(?:\*+|\^\S{1,3}|[¹²³⁰⁴-⁹]+|\[\w\]|\(\w\)|†+|‡)$")
_BLANK = re.compile(r"-*|\.{2,}|…+|\*+|/+|không|không có|chưa có|ko|nil|none|n/a", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:'|\(?\*+\)?)\s*(?=[\d(-])")
_MEASURED = re.compile(
    r"(?<=\d)\s*(?:người|lao động|cnlđ|lđ|đoàn viên|đv|nlđ|persons?|people|workers|members)\.?$", re.IGNORECASE
)
_FIGURE = re.compile(r"[(+-]?[ ]?\d[\d.,]{0,24}[ ]?%?\)?", re.ASCII)


def is_blank(cell: object) -> bool:
    """Whether a document's cell holds nothing: no text, or only dashes, dots or marks."""
    return cell is None or (isinstance(cell, str) and bool(_BLANK.fullmatch(bare(cell).replace(" ", ""))))


def is_figure(cell: object) -> bool:
    """Whether a document's cell is meant as a figure, readable or not."""
    if isinstance(cell, str):
        lines = cell.split("\n")  # several figures in one cell are none that can be read, but no prose either
        return any(map(str.isdigit, cell[:40])) and all(
            _FIGURE.fullmatch(_printed(line)) for line in lines if line.strip()
        )
    return cell is not None and not isinstance(cell, bool)


def _printed(text: str) -> str:
    """A figure's text without footnote marks and blanks between thousands; `(113)` with a minus."""
    shown = _FOOTNOTE.sub("", _MEASURED.sub("", GROUPS.sub("", _BEFORE.sub("", bare(text)))))
    return re.sub(r"^\((.*)\)$|^- +", r"-\1", shown).removeprefix("+").strip()


def printed_number(text: str, way: str = "vi") -> Number | None:
    """Number a document prints in a way of writing numbers, None for a blank or a dash; an int where it is whole.

    Args:
        text: a cell; footnote marks, brackets for a minus and blanks between thousands are read.
        way: one of `vi` (1.500 and 1,5), `en` (1,500 and 1.5), `fr` (1 500 and 1,5), `plain` (1500 and 1.5).

    Raises:
        NumberError: not a number (a percentage is not), or another in another way of writing.

    Example:
        >>> printed_number("**4.000**"), printed_number("(104)"), printed_number("-"), printed_number("1,100*", "en")
        (4000, -104, None, 1100)
    """
    value = _read(text, _printed(text), way)
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def printed_count(text: str, way: str = "vi") -> int | None:
    """The same for a count: a whole number; what only another way of writing makes whole is open to two readings."""
    value = printed_number(text, way)
    if value is None:
        return None
    if isinstance(value, float) and THOUSANDS.fullmatch(_printed(text)):
        raise NumberError("cell.two_ways_printed", text)
    return whole(value, text)


def printed_percent(text: str, way: str = "vi") -> Decimal | None:
    """Percentage a document prints, in percent and with the decimals it prints; None for blank or a dash.

    Raises:
        NumberError: no percent sign, not a number, or open to two readings.

    Example:
        >>> printed_percent("55,45%"), printed_percent("0 %")
        (Decimal('55.45'), Decimal('0'))
    """
    shown = _printed(text)
    if _BLANK.fullmatch(shown):
        return None
    if not shown.endswith("%"):
        raise NumberError("cell.not_percent", text)
    return _read(text, shown[:-1].strip(), way)


def _read(text: str, shown: str, way: str) -> Decimal | None:
    if _BLANK.fullmatch(shown.replace(" ", "")):
        return None
    digits = shown.removeprefix("-").lstrip()
    if _MACHINE.fullmatch(digits):
        value = Decimal(digits)
    elif _WAYS[way].fullmatch(digits):
        mark = _DECIMAL[way]
        whole_part, _, decimals = digits.partition(mark)
        value = Decimal(re.sub(r"\D", "", whole_part) + (f".{decimals}" if decimals else ""))
    else:
        other = any(each.fullmatch(digits) for each in _WAYS.values())
        raise NumberError("cell.two_ways_printed" if other else "cell.not_number", text)
    if value > MOST_FIGURE:
        raise NumberError("cell.too_large", text, most=MOST_FIGURE)
    if shown.startswith("-") and not value:
        raise NumberError("cell.minus_zero", text)
    return -value if shown.startswith("-") else value


def cell_figure(cell: object, way: str = "vi") -> Number | None:
    """Figure in a document's cell, text as the document writes numbers; NumberError where it is not one figure.

    Example:
        >>> cell_figure("4.000"), cell_figure(4000.0), cell_figure("1,5")
        (4000, 4000, 1.5)
    """
    return printed_number(cell, way) if isinstance(cell, str) and way != "plain" else figure(cell)


def lenient(cell: object, way: str = "vi", unread: Any = None) -> Any:
    """A cell's figure; `unread` where it has none that can be read."""
    try:
        return cell_figure(cell, way)
    except NumberError:
        return unread


def shown_figure(cell: object, way: str = "vi") -> str:
    """A cell as its document prints it; a sheet's number with marks between thousands; empty for a dash."""
    if cell is None or bare(str(cell)) == "-":
        return ""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return bare(str(cell))
    text = f"{int(cell) if cell == cell and abs(cell) < MOST_FIGURE and cell == int(cell) else cell:,}"
    return text if way == "en" else text.translate(MARKS) if way == "vi" else text.replace(",", " ")


def way_of(counts: Iterable[object], others: Iterable[object] = ()) -> str:
    """The way of writing numbers in which most cells of a file are what they should be; `vi` where all are alike.

    Args:
        counts: cells of columns of whole numbers; only texts tell.
        others: cells of columns that may have decimals.

    Example:
        >>> way_of(["1.100", "150"]), way_of(["1,100", "150"]), way_of(["30"], ["55.45%"])
        ('vi', 'en', 'en')
    """
    whole_ones, rest = (
        [_printed(each).rstrip("%").strip() for each in some if isinstance(each, str)] for some in (counts, others)
    )

    def fitting(way: str) -> tuple[int, int]:
        return sum(_fits(text, way, True) for text in whole_ones), sum(_fits(text, way, False) for text in rest)

    return max(("vi", "en"), key=fitting)


def _fits(text: str, way: str, whole_number: bool) -> bool:
    try:
        value = _read(text, text, way)
    except NumberError:
        return False
    return value is not None and (not whole_number or value == int(value))


def counted(cell: object, way: str) -> bool:
    """Whether a cell is blank or a whole number in a way of writing numbers."""
    return not isinstance(cell, str) or is_blank(cell) or _fits(_printed(cell), way, True)
