"""What units ask for in a round: what is read, what is noted, and every fault named with its cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl
import pytest

from allocator.data.bids import Bid, Bids, read_bids
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.words import LANGUAGES, Words

TABLE = Table(
    ("Long Xuyên", "An Phú", "Tịnh Biên"),
    {"workforce": (2053, 60, 20), "growth_estimate": (0, 0, 200), "own_minimum": (5, 5, 5)},
)
HEADERS = (
    ("Đơn vị", "Chỉ tiêu đề nghị", "Nguồn CNLĐ", "Người đề nghị", "Lý do"),
    ("Tên đơn vị", "Số đoàn viên đề nghị giao", "Nguồn CNLĐ (đề nghị sửa)", "Người ký", "Lý do, giải trình"),
    ("LĐLĐ, CĐ ngành", "Đề nghị", "CNLĐ hiện có", "Đại diện", "Căn cứ"),
    ("Công đoàn", "Mức đơn vị đăng ký", "Nguồn CNLĐ đúng", "Cán bộ phụ trách", "Vì sao: lý do"),
    ("Unit", "Bid", "Workforce", "By", "Reason"),
    ("Unit name", "Quota asked for", "Number of workers", "Requested by", "Justification"),
)


def write(folder: Path, text: str, name: str = "b.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def document(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    if path.suffix == ".csv":
        path.write_text("\n".join(";".join(map(str, row)) for row in rows), encoding="utf-8")
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [("Tổng hợp đề nghị của các đơn vị",), *rows]:
            book.worksheets[0].append([*row])
        book.save(path)
    else:
        word = docx.Document()
        table = word.add_table(len(rows), len(rows[0]))
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, value in zip(cells.cells, row, strict=True):
                cell.text = str(value)
        word.save(str(path))
    return path


def asked(made: Bids) -> list[tuple[str, str, object]]:
    return [(each.unit, each.column, each.asked) for each in made.entries]


def told(made: Bids, language: str = "en") -> list[str]:
    return [each.told(Words(language)) for each in made.notes]


def faults(path: Path, table: Table = TABLE, lot: int = 10) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as raised:
        read_bids(path, table, lot)
    for language in LANGUAGES:
        assert all(raised.value.messages(language))
    return [(each.key, each.place.rpartition(":")[2]) for each in raised.value.faults]


def test_a_row_may_hold_a_bid_and_corrections_each_an_entry(tmp_path: Path) -> None:
    heads = "unit,bid,workforce,attainment,own_minimum,by,reason"
    path = write(tmp_path, f"{heads}\nLong Xuyên,900,2000,72.5%,,Bà chủ tịch,khó\nAn Phú,,,,7,,\n")
    made = read_bids(path, TABLE, 10)
    of = {"by": "Bà chủ tịch", "reason": "khó"}
    assert made.entries == (
        Bid("Long Xuyên", "bid", 900, **of, place="b.csv:2:2"),
        Bid("Long Xuyên", "workforce", 2000, **of, place="b.csv:2:3"),
        Bid("Long Xuyên", "attainment", 0.725, **of, place="b.csv:2:4"),
        Bid("An Phú", "own_minimum", 7, place="b.csv:3:5"),
    )
    assert [each.is_claim for each in made.entries] == [False, True, True, True]
    assert made.notes == ()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx"])
@pytest.mark.parametrize("header", HEADERS, ids=lambda each: each[1])
def test_headers_of_both_languages_in_any_document(tmp_path: Path, header: tuple[str, ...], kind: str) -> None:
    rows = [
        header,
        ("Long Xuyên", "1.000", "", "Bà chủ tịch", "khó"),
        ("An Phú", 20, 55, "", ""),
        ("Tổng cộng", "", "", "", ""),
    ]
    if header[0] == "Unit":
        rows[1] = ("Long Xuyên", 1000, "", "Bà chủ tịch", "khó")  # our own names: figures are written plainly
        rows.pop()
    made = read_bids(document(tmp_path / f"b.{kind}", rows), TABLE, 10)
    assert asked(made) == [("Long Xuyên", "bid", 1000), ("An Phú", "bid", 20), ("An Phú", "workforce", 55)]
    assert (made.entries[0].by, made.entries[0].reason) == ("Bà chủ tịch", "khó")


def test_a_column_of_the_tables_own_and_one_in_thousands_are_read(tmp_path: Path) -> None:
    rows = [("Đơn vị", "own_minimum", "Nguồn CNLĐ (nghìn người)"), ("An Phú", 7, ""), ("Long Xuyên", "", "2,1")]
    made = read_bids(document(tmp_path / "b.csv", rows), TABLE, 10)
    assert asked(made) == [("An Phú", "own_minimum", 7), ("Long Xuyên", "workforce", 2100)]


def test_nothing_is_left_out_silently(tmp_path: Path) -> None:
    rows = [
        ("STT", "Đơn vị", "Chỉ tiêu được giao", "Chỉ tiêu đề nghị", "Nguồn CNLĐ", "Ý kiến khác"),
        (1, "long xuyen", 1100, 900, 2053, "x"),
        (2, "An Phú", 40, "", 60, ""),
        (3, "Tịnh Biên", 20, "", "", ""),
        ("", "Tổng cộng", 1160, 900, "", ""),
        ("", "Người lập biểu", "", "", "", ""),
    ]
    made = read_bids(document(tmp_path / "b.csv", rows), TABLE, 10)
    assert asked(made) == [("Long Xuyên", "bid", 900)]
    assert sorted(each.code for each in made.notes) == [
        "bids.blank", "bids.same", "import.aside_bids", "import.left_out", "import.name_fitted", "import.subtotal",
        "import.unrecognised",
    ]  # fmt: skip
    assert "workforce: 2 cells are as in the table, so nothing is asked for there (b.csv:2:5 and b.csv:3:5)" in told(
        made
    )
    assert "1 đơn vị không đề nghị gì: Tịnh Biên" in told(made, "vi")


def test_every_fault_is_named_with_its_cell(tmp_path: Path) -> None:
    text = (
        "unit,bid,workforce,reason,decision\nLong Xuyên,905,,,\nAn Phú,-10,1.5,,\nHuế,10,,,\n,10,,,\nTịnh Biên,20,,,\n"
        "Tịnh Biên,30,25,,\nAn Phú,,,khó,\nAn Phú,,61,,maybe\nLong Xuyên,,,,grant\nTịnh Biên,,x,,\n"
    )
    path = write(tmp_path, text)
    assert faults(path) == [
        ("appeal.not_lots", "2"), ("cell.negative", "2"), ("cell.not_whole", "3"), ("scenario.unknown_unit", "1"),
        ("cell.blank_unit", "1"), ("bids.twice", "2"), ("bids.no_figure", "4"), ("bids.decision", "5"),
        ("bids.no_figure", "5"), ("cell.not_number", "3"),
    ]  # fmt: skip
    with pytest.raises(InputError) as raised:
        read_bids(path, TABLE, 10)
    assert "column quota asked for" in raised.value.messages("en")[1]
    assert raised.value.messages("vi")[0] == "b.csv:2:2: 905 không chẵn lô 10: hãy đề nghị 900 hoặc 910"


def test_a_unit_may_ask_in_several_rows_for_different_things(tmp_path: Path) -> None:
    made = read_bids(write(tmp_path, "unit,bid,workforce,reason\nAn Phú,20,,a\nAn Phú,,50,b\n"), TABLE, 10)
    assert [(each.column, each.reason) for each in made.entries] == [("bid", "a"), ("workforce", "b")]


@pytest.mark.parametrize(
    ("word", "decisions"),
    [
        ("accept figure", ["", "accept"]), ("Chấp nhận số liệu", ["", "accept"]), ("ĐỒNG Ý", ["grant", ""]),
        ("grant", ["grant", ""]), ("không đồng ý", ["decline", "decline"]), ("", ["", ""]),
    ],
)  # fmt: skip
def test_a_decision_is_about_what_it_can_be_about(tmp_path: Path, word: str, decisions: list[str]) -> None:
    made = read_bids(write(tmp_path, f"unit,bid,workforce,decision\nAn Phú,20,50,{word}\n"), TABLE, 10)
    assert [each.decision for each in made.entries] == decisions
    alone = read_bids(write(tmp_path, "unit,workforce,decision\nAn Phú,50,đồng ý\n"), TABLE, 10)
    assert [each.decision for each in alone.entries] == ["accept"]
    wish = write(tmp_path, "unit,bid,decision\nAn Phú,50,chấp nhận số liệu\n")
    assert faults(wish) == [("bids.no_claim", "3")]


def test_inner_units_of_a_tree_do_not_ask(tmp_path: Path) -> None:
    tree = Table(("P", "A", "B"), {"workforce": (None, 10, 20)}, (None,) * 3, (None, "P", "P"))
    assert faults(write(tmp_path, "unit,bid\nP,10\nA,10\n"), tree) == [("appeal.inner", "1")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("unit,reason\nAn Phú,x\n", "bids.no_column"),
        ("Đơn vị,Mức đề nghị (%)\nAn Phú,50\n", "import.no_header"),
        ("unit,bid,bid\nAn Phú,1,2\n", "table.duplicate_column"),
        ("", "import.empty"),
    ],
)
def test_a_table_that_asks_for_nothing_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert [key for key, _ in faults(write(tmp_path, text))] == [fault]


@pytest.mark.parametrize("text", ["unit,bid\n", "Đơn vị,Chỉ tiêu đề nghị\n"])
def test_a_header_alone_asks_for_nothing(tmp_path: Path, text: str) -> None:
    assert read_bids(write(tmp_path, text), TABLE, 10) == Bids(())


def test_a_total_under_our_own_names_is_left_out_and_named(tmp_path: Path) -> None:
    (path := tmp_path / "b.csv").write_text("unit,bid\nLong Xuyên,900\nAn Phú,230\nTổng cộng,1130\n", encoding="utf-8")
    read = read_bids(path, TABLE, 10)
    assert [(each.unit, each.asked) for each in read.entries] == [("Long Xuyên", 900), ("An Phú", 230)]
    assert any("b.csv:4:1" in str(each) for each in read.notes)
