"""Figures from text, strictly: what can be read two ways is refused, never guessed.

Our own tables write plainly: digits, a point before decimals, no thousands marks but blanks (`persons`, `figure`). In a
field of the page a person types either (`typed`). How documents print figures stands in `printed_figures`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from allocator.data.table import MOST_PERSONS, MOST_PLAIN, MOST_RATIO, Number
from allocator.errors import Fault, fault

MOST_FIGURE = 10**15  # whole figures up to here are exact in floating point, too
_NEAR = 1e-9

THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:[.,]\d{3})+", re.ASCII)
_TYPED = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_PLAIN = re.compile(r"-?\d+(?:\.\d*)?", re.ASCII)
GROUPS = re.compile(r"(?<=\d)[ '’](?=\d{3}(?:\D|$))", re.ASCII)
_MARKS = re.compile(r"\*\*|</?(?:b|i|em|strong|u|sup|sub)>", re.IGNORECASE)
_BLANKS: dict[int, str] = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"), " ")
_UNSEEN: dict[int, str] = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"), "")
# Full-width forms only: a general compatibility folding would read the footnote mark of 100² as a digit.
_NARROW: dict[int, int | str] = {
    **{0xFF01 + i: 0x21 + i for i in range(94)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-"),
    **_BLANKS,
    **_UNSEEN,
}


class NumberError(ValueError):
    """A cell that is not the number it should be; `fault` puts it at its place."""

    def __init__(self, key: str, cell: object, **values: Any) -> None:
        super().__init__(key, cell)
        self.key, self.values = key, {"cell": str(cell), **values}

    def fault(self, place: str, **values: Any) -> Fault:
        """The error as a fault at `place`, with what else its message should name."""
        return fault(self.key, place, **self.values, **values)


@dataclass(frozen=True)
class Unread:
    """A cell that holds no figure one could trust; `key` says why."""

    key: str
    shown: str

    def __str__(self) -> str:
        return self.shown


def persons(cell: object) -> int | None:
    """Whole number of persons in a plain cell, None where it is blank.

    Args:
        cell: text or a sheet's number; `200`, `200.0` and 200.0 are 200, and so is what is within 10⁻⁹ of it.

    Raises:
        NumberError: not a number, not whole, negative, above 9,000,000,000, or open to two readings (`1.500`).

    Example:
        >>> persons("200.0"), persons(" ")
        (200, None)
    """
    value = figure(cell)
    if value is None or (isinstance(value, int) and 0 <= value <= MOST_PERSONS):
        return value
    if value < 0:
        raise NumberError("cell.negative", cell)
    return whole(value, cell)


def whole(value: Number, cell: object) -> int:
    """The whole number a figure is, or is within 10⁻⁹ of, as Excel keeps 15 digits; NumberError where it is none.

    Example:
        >>> whole(300.0000000000001, "300.0000000000001")
        300
    """
    nearest = round(value)
    if abs(value - nearest) > _NEAR:
        raise NumberError("cell.not_whole", cell)
    if abs(nearest) > MOST_PERSONS:
        raise NumberError("cell.too_large", cell, most=MOST_PERSONS)
    return nearest


def minus_zero(value: float | Decimal) -> bool:
    """Whether a zero has a minus before it, which no count comes out as."""
    return value == 0 and str(value).startswith("-")


def figure(cell: object) -> Number | None:
    """Number in a plain cell, None where it is blank: an int where it is whole, else a float; at most 10¹⁵ in size.

    Args:
        cell: text with digits and at most one decimal point, or a sheet's number.

    Raises:
        NumberError: not a finite number, too large, a zero with a minus, or open to two readings (`1.500`, `12,345`).

    Example:
        >>> figure("0.125"), figure("-3")
        (0.125, -3)
    """
    if isinstance(cell, str):
        text = GROUPS.sub("", cell.translate(_BLANKS).strip()) if not cell.isascii() or " " in cell else cell.strip()
        if not text:
            return None
        if text.isdigit() and text.isascii() and len(text) <= 15:
            return int(text)
        if THOUSANDS.fullmatch(text):
            raise NumberError("cell.two_ways", cell, plain=re.sub(r"[.,]", "", text))
        if not _PLAIN.fullmatch(text):
            raise NumberError("cell.not_number", cell)
        value = Decimal(text)
    elif cell is None:
        return None
    elif isinstance(cell, Unread):
        raise NumberError(cell.key, cell.shown)
    elif isinstance(cell, bool) or not isinstance(cell, int | float) or cell != cell:
        raise NumberError("cell.not_number", cell)
    else:
        value = Decimal(cell)
    if abs(value) > MOST_FIGURE:
        raise NumberError("cell.too_large", cell, most=MOST_FIGURE)
    if minus_zero(value):
        raise NumberError("cell.minus_zero", cell)
    return int(value) if value == int(value) else float(value)


def share_or_percent(cell: object) -> Number | None:
    """Share in a cell, a number or a percentage, None where it is blank; at most `MOST_RATIO` in size.

    Raises:
        NumberError: no number, open to two readings, or above `MOST_PLAIN` without a `%`: meant as a percentage.

    Example:
        >>> share_or_percent("0.722"), share_or_percent("72,2 %"), share_or_percent("72.2%")
        (0.722, 0.722, 0.722)
    """
    percent = isinstance(cell, str) and cell.strip().endswith("%")
    # Without a `%` a thousand is beyond what may be written: 1.008 is not open to two readings.
    decimals = isinstance(cell, str) and "," not in cell and THOUSANDS.fullmatch(bare(cell).strip()) is not None
    if percent and THOUSANDS.fullmatch(digits := bare(str(cell))[:-1].strip()):
        raise NumberError("cell.two_ways", cell, plain=re.sub(r"[.,]", "", digits) + "%")
    value = typed(str(cell), False, share=True) if percent or decimals else figure(cell)
    if value is not None and value < 0:
        raise NumberError("cell.negative_share", cell)
    if value is not None and value > MOST_PLAIN and not percent:
        number = Decimal(repr(value))
        raise NumberError("cell.percentage", cell, percent=f"{number:f}", number=f"{(number / 100).normalize():f}")
    if value is not None and abs(value) > MOST_RATIO:
        raise NumberError("cell.too_large", cell, most=int(MOST_RATIO))
    return value


def typed(text: str, whole_number: bool, share: bool = False) -> Number:
    """Number that a person types in a field, which is known to be whole or one that has no thousands.

    Args:
        text: digits. In a whole number a comma or a point stands between thousands, in any other before decimals.
        whole_number: whether the field is for whole numbers.
        share: whether it is for shares, which may be written as percentages.

    Raises:
        NumberError: not such a number, not whole where it must be, or above 10¹⁵ in size.

    Example:
        >>> typed("6.600", True), typed("0,35", False), typed("55,45 %", False, share=True)
        (6600, 0.35, 0.5545)
    """
    shown = bare(text)
    if whole_number and re.fullmatch(r"[1-9]\d{0,2}(?: \d{3})+", shown, re.ASCII):
        return int(shown.replace(" ", ""))
    if whole_number and THOUSANDS.fullmatch(shown) and not {".", ","} <= set(shown):
        return int(re.sub(r"[.,]", "", shown))
    percent = share and shown.endswith("%")
    shown = shown.removesuffix("%").rstrip() if percent else shown
    if not _TYPED.fullmatch(shown):
        raise NumberError("cell.not_number", text)
    value = Decimal(shown.replace(",", ".")) / (100 if percent else 1)
    if abs(value) > MOST_FIGURE:
        raise NumberError("cell.too_large", text, most=MOST_FIGURE)
    number = int(value) if value == int(value) else float(value)
    return whole(number, text) if whole_number else number


def unmarked(text: object) -> str:
    """`text` without bold marks and letters that are not seen, empty for None.

    Example:
        >>> unmarked("<b>An Phú</b>")
        'An Phú'
    """
    return "" if text is None else _MARKS.sub("", str(text)).translate(_UNSEEN).strip()


def bare(text: str) -> str:
    """`text` without bold marks, full-width forms and odd spaces or dashes.

    Example:
        >>> bare("<b>１.100</b> ")
        '1.100'
    """
    return _MARKS.sub("", text).translate(_NARROW).strip()


def largest_remainder(values: Sequence[Fraction | float], total: int) -> tuple[int, ...]:
    """Values rounded to whole numbers that sum to `total`: up where most is cut off, then in table order.

    Args:
        values: not negative; they sum to `total`, or nearly so.
        total: what the rounded values sum to.
    """
    parts = [divmod(each, 1) for each in values]
    made = [int(whole) for whole, _ in parts]
    short = total - sum(made)
    by_remainder = sorted(range(len(made)), key=lambda index: (-parts[index][1], index))
    for index in by_remainder[:short] if short >= 0 else by_remainder[short:]:
        made[index] += 1 if short > 0 else -1
    return tuple(made)
