"""Progress reports and registers of enterprises: what is read, and every fault named with its cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from allocator.data.records import Enterprise, Progress, Report, read_register, read_years
from allocator.data.table import Table
from allocator.errors import InputError

TABLE = Table(("An Phú", "Tịnh Biên"), {"workforce": (60, 20), "growth_estimate": (0, 200)})


def write(folder: Path, text: str) -> Path:
    path = folder / "p.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read_progress(file: Path, table: Table, year: int | None = None, basis: str = "gross") -> Progress:
    """Progress of one year, of the first date's where none is given."""
    return read_years(file, table, [year] if year else [], basis)[0]


def test_both_forms_of_dates_and_several_reports(tmp_path: Path) -> None:
    text = "date;unit;lost;recruited\n2017-05-15;An  Phú;1;10\n20/11/2017;An Phú;2;10\n1/6/2017;Tịnh Biên;0;120\n"
    made = read_progress(write(tmp_path, text), TABLE)
    assert made.year == 2017
    assert made.reports == {
        "An Phú": (Report(date(2017, 5, 15), 10, 1), Report(date(2017, 11, 20), 10, 2)),
        "Tịnh Biên": (Report(date(2017, 6, 1), 120, 0),),
    }


VIETNAMESE = (
    ("Đơn vị", "Kết nạp", "Giảm", "Ngày"),
    ("Đơn vị", "Đã phát triển", "Đã giảm", "Ngày báo cáo"),
    ("Tên đơn vị", "Số đoàn viên kết nạp mới", "Số đoàn viên giảm", "Thời điểm báo cáo"),
    ("LĐLĐ, CĐ ngành", "Lũy kế kết nạp", "Lũy kế giảm", "Tính đến ngày"),
    ("Công đoàn", "Kết quả phát triển", "Số nghỉ việc", "Kỳ báo cáo"),
)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx"])
@pytest.mark.parametrize("header", VIETNAMESE, ids=lambda each: each[1])
def test_vietnamese_headers_in_any_document(tmp_path: Path, header: tuple[str, ...], kind: str) -> None:
    path = tmp_path / f"p.{kind}"
    rows = [header, ("An Phú", 10, 1, "15/05/2017"), ("Tịnh Biên", 120, 0, "1/6/2017")]
    if kind == "csv":
        path.write_text("\n".join(";".join(map(str, row)) for row in rows), encoding="utf-8")
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [("Báo cáo kết quả phát triển đoàn viên",), *rows]:
            book.worksheets[0].append(row)
        book.save(path)
    else:
        word = docx.Document()
        table = word.add_table(len(rows), len(header))
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, value in zip(cells.cells, row, strict=True):
                cell.text = str(value)
        word.save(str(path))
    assert read_progress(path, TABLE).reports == {
        "An Phú": (Report(date(2017, 5, 15), 10, 1),),
        "Tịnh Biên": (Report(date(2017, 6, 1), 120, 0),),
    }


HEADER = "unit,recruited,lost,date\n"
FIRST = "An Phú,10,5,2017-05-15\n"


@pytest.mark.parametrize(
    ("rows", "place", "key"),
    [
        ("An Phus,1,0,2017-05-15\n", "p.csv:2:1", "scenario.unknown_unit"),
        (",1,0,2017-05-15\n", "p.csv:2:1", "cell.blank_unit"),
        ("An Phú,,0,2017-05-15\n", "p.csv:2:2", "cell.blank"),
        ("An Phú,1,,2017-05-15\n", "p.csv:2:3", "cell.blank"),
        ("An Phú,-1,0,2017-05-15\n", "p.csv:2:2", "cell.negative"),
        ("An Phú,1.5,0,2017-05-15\n", "p.csv:2:2", "cell.not_whole"),
        ("An Phú,1,0,\n", "p.csv:2:4", "progress.date"),
        ("An Phú,1,0,5/15/2017\n", "p.csv:2:4", "progress.date"),
        ("An Phú,1,0,2017-02-29\n", "p.csv:2:4", "progress.date"),
        ("An Phú,1,0,15/05/2018\n", "p.csv:2:4", "progress.year"),
        ("An Phú,61,0,2017-05-15\n", "p.csv:2:2", "progress.above_workforce"),
        ("Tịnh Biên,221,0,2017-05-15\n", "p.csv:2:2", "progress.above_workforce"),
        (FIRST + "An Phú,11,5,14/05/2017\n", "p.csv:3:4", "progress.order"),
        (FIRST + "An Phú,11,5,15/05/2017\n", "p.csv:3:4", "progress.order"),
        (FIRST + "An Phú,9,5,20/11/2017\n", "p.csv:3:2", "progress.falling"),
        (FIRST + "An Phú,10,4,20/11/2017\n", "p.csv:3:3", "progress.falling"),
        ("An Phú,1,0\n", "p.csv:2:4", "cell.ragged"),
    ],
)
def test_every_fault_of_a_report_has_its_cell(tmp_path: Path, rows: str, place: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read_progress(write(tmp_path, HEADER + rows), TABLE, 2017)
    assert [(each.place, each.key) for each in caught.value.faults] == [(place, key)]
    assert all(caught.value.messages(language) for language in ("vi", "en"))


def test_all_faults_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_progress(write(tmp_path, HEADER + "X,-1,,9\nAn Phú,99,0,2016-01-01\n"), TABLE, 2017)
    keys = [each.key for each in caught.value.faults]
    assert keys == [
        "scenario.unknown_unit", "cell.negative", "cell.blank", "progress.date",
        "progress.year", "progress.above_workforce",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"), [("unit,recruited,date\nAn Phú,1,2017-05-15\n", "import.no_column"), (HEADER, "records.empty")]
)
def test_a_file_that_is_no_report(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read_progress(write(tmp_path, text), TABLE, basis="net")
    assert [each.key for each in caught.value.faults] == [key]


def test_where_quotas_count_recruits_the_members_lost_may_be_left_out(tmp_path: Path) -> None:
    read = read_progress(write(tmp_path, "unit,recruited,date\nAn Phú,1,2017-05-15\n"), TABLE)
    assert [(each.recruited, each.lost) for each in read.reports["An Phú"]] == [(1, 0)]
    assert [each.code for each in read.notes] == ["progress.no_lost"]


def test_a_column_that_stands_there_twice_is_named_at_the_second(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_progress(write(tmp_path, "unit,Recruited,recruited,lost,date\nAn Phú,1,1,0,2017-05-15\n"), TABLE)
    assert [(each.key, each.place) for each in caught.value.faults] == [("table.duplicate_column", "p.csv:1:3")]


def test_register_reads_flags_and_numbers(tmp_path: Path) -> None:
    header = "unit,code,name,workers,has_union,eligible\n"
    text = header + "An Phú,1,May A,50,Có,1\nAn Phú,2,,40,0,30\nTịnh Biên,3,B,9,no,không\n"
    made = read_register(write(tmp_path, text), TABLE)
    assert made.enterprises == {
        "An Phú": (Enterprise("May A (1)", 50, 50, True), Enterprise("2", 40, 30, False)),
        "Tịnh Biên": (Enterprise("B (3)", 9, 0, False),),
    }


@pytest.mark.parametrize(
    ("row", "place", "key"),
    [
        ("Xa,A,5,1,1\n", "p.csv:2:1", "scenario.unknown_unit"),
        ("An Phú,,5,1,1\n", "p.csv:2:2", "cell.blank"),
        ("An Phú,A,,1,1\n", "p.csv:2:3", "cell.blank"),
        ("An Phú,A,5,,1\n", "p.csv:2:4", "register.flag"),
        ("An Phú,A,5,maybe,1\n", "p.csv:2:4", "register.flag"),
        ("An Phú,A,5,1,6\n", "p.csv:2:5", "register.eligible_above_workers"),
        ("An Phú,A,5,1,-2\n", "p.csv:2:5", "register.flag"),
        ("An Phú,A,5,1,1\nAn Phú,A,6,0,1\n", "p.csv:3:2", "register.twice"),
    ],
)
def test_every_fault_of_a_register_has_its_cell(tmp_path: Path, row: str, place: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read_register(write(tmp_path, "unit,name,workers,has_union,eligible\n" + row), TABLE)
    assert [(each.place, each.key) for each in caught.value.faults] == [(place, key)]
