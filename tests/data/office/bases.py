"""What some offices know, and a document of it: one table with all that may be different in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from tests.data.office.paper import COLUMNS, Base, Cell, Doc, Right, Row, right, table, write

FIVE = Base("qwg", {
    "Long Xuyên": (1100, 2053, None), "Châu Phú": (150, 714, None), "Tịnh Biên": (50, 220, 200),
    "CĐN Y tế": (150, 322, None), "CĐ các KCN": (2800, 3570, 11000),
})  # fmt: skip
TEN = Base("qwg", {
    "Đồng Xoài": (850, 1920, 300), "Bình Long": (140, 395, 20), "Phước Long": (160, 410, 35),
    "Bù Đăng": (120, 288, None), "Chơn Thành": (2100, 5210, 1500), "Đồng Phú": (930, 2304, 450),
    "Hớn Quản": (210, 655, 40), "Lộc Ninh": (130, 341, None), "CĐ Viên chức tỉnh": (60, 125, None),
    "CĐ ngành Cao su": (300, 977, 100),
}, 2018)  # fmt: skip
WARDS = Base("qwg", {
    "Xã An Hữu": (45, 160, 12), "Phường Mỹ Tho": (120, 431, 30), "Xã Tân Phú": (35, 118, None),
    "Đặc khu Phú Quốc": (260, 905, 210), "Phường Rạch Giá": (175, 604, 44), "Xã Giồng Riềng": (65, 240, 9),
}, 2025)  # fmt: skip
TERM = Base("trlnqwg", {
    "TP Hải Dương": (5000, 6120, 5400, 720, 1300, 2710, 400), "Chí Linh": (2400, 2011, 640, 1371, 450, 980, 120),
    "Kinh Môn": (2000, 1502, 702, 800, 380, 851, None), "Cẩm Giàng": (4200, 4890, 2120, 2770, 1500, 3604, 900),
    "Bình Giang": (900, 610, 733, -123, 170, 402, None), "CĐ ngành Y tế": (300, 212, 240, -28, 60, 131, None),
}, 2019)  # fmt: skip
LETTERHEAD: list[Row] = [
    ["LIÊN ĐOÀN LAO ĐỘNG TỈNH X", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["BAN THƯỜNG VỤ", None, None, "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["PHÂN BỔ CHỈ TIÊU PHÁT TRIỂN ĐOÀN VIÊN NĂM 2017"],
    ["(Kèm theo Kế hoạch số 12/KH-LĐLĐ ngày 15/02/2017 của Ban Thường vụ)"],
    [],
]
SIGNED: list[Row] = [[], [None, None, None, "TM. BAN THƯỜNG VỤ"], [None, None, None, "CHỦ TỊCH"]]


def doc(
    id: str,
    of: Base = FIVE,
    ending: str = "xlsx",
    *,
    reads: Right | str | None = "all",
    refused: Sequence[str] = (),
    ways: Sequence[str] = (),
    top: Sequence[Row] = (),
    bottom: Sequence[Row] = (),
    change: Callable[[list[Row]], list[Row]] = lambda rows: rows,
    options: dict[str, Any] | None = None,
    **how: Any,
) -> Doc:
    """A document of one table.

    Args:
        id: the kind's number and a letter.
        of: what the office knows.
        ending: kind of file.
        reads: what a clerk reads; a text: the columns shown, all of them.
        refused, ways: as in `Doc`.
        top, bottom: rows around the table.
        change: what else happens to the rows.
        options: of the writer.
        how: of `table`.
    """
    order = how.get("order") or "#u" + of.letters
    if reads == "all":
        reads = right(of, "".join(each for each in order if each in of.letters))
    rows = change([list(row) for row in table(of, **how)])
    width = max(map(len, rows))
    full = [[*row, *[None] * (width - len(row))] for row in (*top, *rows, *bottom)]
    content = partial(write, ending, full, **(options or {}))
    if "order" not in how:
        order += "".join(map(str, range(len(how.get("extra", ())))))
    lowest = [rows[0], *(rows[1:2] if len(rows) > 1 and rows[1][0] is None else [])]
    means = {
        text: COLUMNS.get(letter, "skip")
        for row in (table(of, **how)[0], *lowest)
        for letter, text in zip(order, row, strict=False)
        if isinstance(text, str)
    }
    assert not isinstance(reads, str)
    return Doc(id, f"{id}.{ending}", content, reads, tuple(refused), tuple(ways), means)


def lettered(number: str) -> Iterator[str]:
    """Ids of a kind: 22a, 22b, …"""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return (number + "".join(each) for n in (1, 2) for each in itertools.product(letters, repeat=n))


def sums(rows: list[Row], first: int, last: int, words: str, mark: Cell = None) -> Row:
    """The row that adds rows `first` to `last` of a table, called `words`."""
    columns = list(zip(*rows[first : last + 1], strict=True))[2:]
    return [mark, words, *(sum(each for each in column if isinstance(each, int)) or None for column in columns)]


def renamed(id: str, names: Sequence[str], ending: str = "xlsx", **how: Any) -> Doc:
    """The five units under other names."""
    return doc(id, Base("qwg", dict(zip(names, FIVE.units.values(), strict=True))), ending, **how)
