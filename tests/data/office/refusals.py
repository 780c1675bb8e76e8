"""Tables that must be refused: rows that are broken, figures that are none, error cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.data.office.bases import FIVE, TEN, TERM, doc, lettered
from tests.data.office.paper import Base, Cell, Doc, Row, right, table, write
from tests.data.office.structure import doc_of_formulas


def broken_rows() -> Iterator[Doc]:
    """What must be refused, with its place."""
    ids = lettered("52")
    lines = write("csv", [[str(cell) if cell is not None else "" for cell in row] for row in table(TEN)]).decode()
    for old, new, place in (
        ("1,Đồng Xoài,850,1920,300", "1,Đồng Xoài,850,1,920,300", ":2"),
        ("5,Chơn Thành,2100,5210,1500", "5,Chơn Thành,2,100,5,210,1,500", ":6"),
        ("6,Đồng Phú,930,2304,450", "6,Đồng Phú,930,2,304", ":7"),
        ("1,Đồng Xoài,850,1920,300", '1,"Đồng Xoài,850,1920,300', ":2|ngoặc"),
    ):
        assert old in lines
        id = next(ids)
        yield Doc(id, f"{id}.csv", lines.replace(old, new).encode(), None, (place,))
    ids = lettered("51")
    for column, value in (
        (2, 1.5), (3, 714.5), (4, "khoảng 200"), (3, "600-700"), (2, "abc"), (3, -20), (2, "1.5"), (4, "12,5"),
        (3, "1.10.0"), (3, "?"), (2, "150 + 20"), (3, True),
    ):  # fmt: skip
        place = f"{'ABCDE'[column]}3"
        yield doc(next(ids), reads=None, refused=(place,), change=lambda rows, c=column, v=value: put(rows, 2, c, v))
    yield doc(next(ids), reads=None, refused=("Châu Phú|D3",), change=lambda rows: put(rows, 2, 3, None))
    twice = lambda rows: put(rows, 3, 1, "Châu Phú")  # noqa: E731
    yield doc(next(ids), reads=None, refused=("Châu Phú",), change=twice)
    yield doc(next(ids), reads=None, refused=("B4",), change=lambda rows: put(rows, 3, 1, None))


def put(rows: list[Row], row: int, column: int, value: Cell) -> list[Row]:
    rows[row][column] = value
    return rows


def error_cells() -> Iterator[Doc]:
    ids = lettered("57")

    def bad(base: Base, place: str, value: str, ending: str = "xlsx", **how: Any) -> Doc:
        row, column = int(place[1:]) - 1, ord(place[0]) - 65

        def change(book: Any) -> None:
            book.active[place] = value
            if value.startswith("#"):
                book.active[place].data_type = "e"

        own = {"options": {"change": change}} if ending == "xlsx" else {"change": lambda r: put(r, row, column, value)}
        where = place if ending == "xlsx" else f":{row + 1}:{column + 1}|{place}"
        return doc(next(ids), base, ending, reads=None, refused=(where,), **own, **how)

    for place, value in (("C3", "#N/A"), ("D3", "#REF!"), ("E4", "#DIV/0!"), ("E2", "#VALUE!"), ("E4", "=D4*0.1")):
        yield bad(TEN, place, value)
    for place, value in (("C2", "#N/A"), ("D3", "#NAME?"), ("E4", "#REF!"), ("F5", "=D5-E5"), ("C7", "=1+1")):
        yield bad(TERM, place, value)
    yield bad(TEN, "E4", "#N/A", "csv")
    yield bad(TEN, "C3", "#REF!", "txt")
    yield bad(TEN, "E4", "#DIV/0!", "docx")
    yield replace(doc_of_formulas(next(ids), valued=False), right=right(FIVE), refused=("C2|C6",))
