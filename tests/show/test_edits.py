"""The locks sheet: edited, handed back, validated cell by cell."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from allocator.data.tried import label_key
from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.show.formats import files
from allocator.show.levers import MOST_SINGLE
from allocator.words import LANGUAGES, Words
from tests.command import allocator
from tests.data.documents import ods
from tests.reports import reported

BASE = "an-giang-2017/base"


@pytest.fixture(scope="module", params=LANGUAGES)
def workbook(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    document = reported(request.param)
    return Words(request.param)("sheet.locks"), files(document, ["xlsx"])["report.xlsx"]


def edited(workbook: tuple[str, bytes], folder: Path, cells: dict[str, object]) -> Path:
    name, content = workbook
    book = openpyxl.load_workbook(io.BytesIO(content))
    for cell, value in cells.items():
        book[name][cell] = value
    path = folder / "edited.xlsx"
    book.save(path)
    return path


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_locks_come_back_with_author_and_reason(workbook: tuple[str, bytes], tmp_path: Path) -> None:
    path = edited(workbook, tmp_path, {"C13": 50, "D13": "Ban Thường vụ", "E13": "theo đề nghị"})
    done = allocator("run", BASE, "--edits", path, "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    (lock,) = found["scenario"]["locks"]
    assert (lock["unit"], lock["quota"], lock["by"], lock["reason"]) == (
        "An Phú", 50, "Ban Thường vụ", "theo đề nghị",
    )  # fmt: skip
    asked = {each["unit"]: each["quota"] for each in found["units"]}
    again = allocate(*load_scenario(BASE, ['locks=[{unit: An Phú, quota: 50, by: "x", reason: "y"}]']))
    assert list(asked.values()) == list(again.quotas)
    assert asked["An Phú"] == 50
    assert sum(asked.values()) == 6500


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_untouched_workbook_changes_nothing(workbook: tuple[str, bytes], tmp_path: Path) -> None:
    _, scenario = load_scenario(BASE, edits=edited(workbook, tmp_path, {}))
    assert scenario.model_dump() == load_scenario(BASE)[1].model_dump()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"C13": 55, "D13": "a", "E13": "b"}, ["C13", "not a whole number of lots"]),
        ({"C13": -10, "D13": "a", "E13": "b"}, ["C13", "below"]),
        ({"C13": "fifty", "D13": "a", "E13": "b"}, ["C13", "fifty"]),
        ({"C13": 30.5, "D13": "a", "E13": "b"}, ["C13", "30.5"]),
        ({"C13": True, "D13": "a", "E13": "b"}, ["C13", "whole"]),
        ({"C13": 50}, ["D13", "E13"]),
        ({"D13": "a", "E13": "b"}, ["C13", "no quota"]),
        ({"A13": "Nowhere", "C13": 50, "D13": "a", "E13": "b"}, ["A13", "Nowhere"]),
        ({"A13": None, "C13": 50, "D13": "a", "E13": "b"}, ["A13"]),
        ({"A13": "An Phú", "A14": "An Phú", **{f"{c}{r}": 50 if c == "C" else "x" for c in "CDE" for r in (13, 14)}},
         ["A14", "twice"]),
        ({"C13": 50, "D13": 7, "E13": "b"}, ["D13", "7"]),
        ({"C5": "quota"}, ["headers"]),
    ],
)  # fmt: skip
def test_each_fault_names_its_cell(
    workbook: tuple[str, bytes], tmp_path: Path, cells: dict[str, object], wanted: list[str]
) -> None:
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=edited(workbook, tmp_path, cells))
    text = "\n".join(raised.value.messages("en"))
    assert all(each in text for each in wanted), text
    assert "C5" in cells or f"{workbook[0]}!" in text


def test_a_workbook_without_the_sheet_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(InputError, match="no sheet"):
        load_scenario(BASE, edits=tmp_path / "other.xlsx")


def test_a_file_that_is_no_workbook_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("not a workbook", encoding="utf-8")
    with pytest.raises(InputError, match="workbook cannot be read"):
        load_scenario(BASE, edits=tmp_path / "text.xlsx")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_locks_of_a_large_table_refer_to_no_sheet_that_is_not_there(tmp_path: Path) -> None:
    units = "".join(f"U{n},100\n" for n in range(MOST_SINGLE + 1))
    (tmp_path / "units.csv").write_text(f"unit,workforce\n{units}", encoding="utf-8")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 500\n", encoding="utf-8")
    document = reported("en", load_scenario(tmp_path / "base.yaml"))
    book = openpyxl.load_workbook(io.BytesIO(files(document, ["xlsx"])["report.xlsx"]))
    assert "Model" not in book.sheetnames
    assert [cell.value for cell in book["Locks"][6]][:2] == ["U0", document.allocation.quotas[0]]
    assert not [cell for row in book["Locks"].rows for cell in row if "!" in str(cell.value)]
    assert not [each for each in book["Locks"].data_validations.dataValidation if "!" in str(each.formula1)]


def locks_rows(*rows: tuple[object, ...], language: str = "en") -> list[tuple[object, ...]]:
    """A locks sheet as somebody retyped it: a title, the header, blank rows between."""
    words = Words(language)
    heads = tuple(words(label_key(each)) for each in ("unit", "proposed", "lock", "by", "reason"))
    return [("Quotas we fixed",), (), heads, (), *rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_locks_come_back_in_a_sheet_of_any_name_and_in_any_format(tmp_path: Path, language: str) -> None:
    rows = locks_rows(
        ("Châu Phú", 400, "", "", ""), (), ("an phu", "30", "50", "the board", "agreed"), language=language
    )
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "l.xlsx")
    (tmp_path / "l.ods").write_bytes(ods([[str(cell) for cell in row] for row in rows]))
    (tmp_path / "l.csv").write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    for name in ("l.xlsx", "l.ods", "l.csv"):
        table, scenario = load_scenario(BASE, edits=tmp_path / name)
        assert [(each.unit, each.quota, each.by) for each in scenario.locks] == [("An Phú", 50, "the board")]
        (note,) = table.notes
        assert (note.code, note.row, note.values) == ("import.name_fitted", "An Phú", {"name": "an phu"})
        assert name in note.place


def test_a_name_that_fits_two_units_without_accents_is_an_error_at_its_cell(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("unit,workforce\nAn,60\nÂn,30\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 9\n", encoding="utf-8")
    rows = locks_rows(("ăn", "", "5", "a", "b"))
    (tmp_path / "l.csv").write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    with pytest.raises(InputError, match=r"l\.csv:5:1: the table has no unit ăn"):
        load_scenario(tmp_path / "s.yaml", edits=tmp_path / "l.csv")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice makes the old format")
def test_an_edited_workbook_may_be_saved_in_the_old_format(workbook: tuple[str, bytes], tmp_path: Path) -> None:
    path = edited(workbook, tmp_path, {"C13": 50, "D13": "a", "E13": "b"})
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    call = ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), str(path)]
    subprocess.run(call, check=True, capture_output=True)
    _, scenario = load_scenario(BASE, edits=tmp_path / "edited.xls")
    assert [(each.unit, each.quota) for each in scenario.locks] == [("An Phú", 50)]


def moved(workbook: tuple[str, bytes], folder: Path, kind: str, cells: dict[tuple[int, str], object]) -> Path:
    """The workbook with cells of its sheets, by their number, typed over, saved by another program as `kind`."""
    book = openpyxl.load_workbook(io.BytesIO(workbook[1]))
    for (number, cell), value in cells.items():
        book.worksheets[number][cell] = value
    path = folder / "typed.xlsx"
    book.save(path)
    if kind != "openpyxl":
        profile = f"-env:UserInstallation=file://{folder}/profile"
        call = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "made"), str(path)]
        subprocess.run(call, check=True, capture_output=True)
        path = folder / "made" / f"typed.{kind}"
    return path


def place(workbook: tuple[str, bytes], key: str, unit: str) -> str:
    """The cell of a unit on the first sheet, under the column `key`."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook[1])).worksheets[0]
    words = next(each for each in map(Words, LANGUAGES) if each("sheet.locks") == workbook[0])
    (head,) = (row for row in sheet if row[0].value == words("column.unit"))
    (row,) = (row for row in sheet if row[0].value == unit)
    return next(row[n].coordinate for n, cell in enumerate(head) if cell.value == words(f"column.{key}"))


KINDS = ("openpyxl", *(("xlsx", "ods", "xls") if shutil.which("soffice") else ()))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_typed_over_is_asked_about_at_its_cell(workbook: tuple[str, bytes], tmp_path: Path, kind: str) -> None:
    quota, workforce, published = (place(workbook, key, "An Phú") for key in ("quota", "workforce", "published"))
    locks = -1
    cells = {(0, quota): 55, (0, workforce): 61, (0, published): None, (locks, "B13"): 77}
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=moved(workbook, tmp_path, kind, cells))
    messages = raised.value.messages("en")
    assert len(messages) == 4
    wanted = [(quota, "55 was typed over 20"), (workforce, "61 was typed over 60"), (published, "– was typed over 30"),
              ("B13", "77 was typed over 20")]  # fmt: skip
    for cell, said in wanted:
        (message,) = (each for each in messages if f"!{cell}:" in each)
        assert said in message
        assert ("lock" in message) == (cell in (quota, "B13"))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_typed_over_is_not_asked_about(workbook: tuple[str, bytes], tmp_path: Path, kind: str) -> None:
    cells = {(-1, "C13"): 50, (-1, "D13"): "a", (-1, "E13"): "b"}
    _, scenario = load_scenario(BASE, edits=moved(workbook, tmp_path, kind, cells))
    assert [(each.unit, each.quota) for each in scenario.locks] == [("An Phú", 50)]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_what_formulas_make_is_asked_about_where_it_was_typed_over(
    workbook: tuple[str, bytes], tmp_path: Path, kind: str
) -> None:
    effort, difference, position = (place(workbook, key, "An Phú") for key in ("effort", "difference", "position"))
    last = int(place(workbook, "quota", "CĐ các KCN")[1:])
    total, target, lot = f"{effort[0]}{last + 1}", f"B{last + 3}", f"B{last + 4}"
    cells = {effort: 0.9, difference: 5, position: "odd", total: 0.8, target: 7000, lot: 5}
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=moved(workbook, tmp_path, kind, {(0, cell): each for cell, each in cells.items()}))
    assert {each.place.rpartition("!")[2] for each in raised.value.faults} == {*cells}
    assert {each.key for each in raised.value.faults} == {"edits.overtyped_fixed"}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_figures_that_cannot_be_compared_are_not_passed_over(workbook: tuple[str, bytes], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook[1]))
    book[workbook[0]].delete_cols(6, 20)
    book.save(tmp_path / "hidden.xlsx")
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=tmp_path / "hidden.xlsx")
    assert [each.key for each in raised.value.faults] == ["edits.no_kept"]
    head = f"{place(workbook, 'quota', 'An Phú')[0]}{int(place(workbook, 'quota', 'Long Xuyên')[1:]) - 1}"
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=moved(workbook, tmp_path, "openpyxl", {(0, head): "Q"}))
    assert [each.key for each in raised.value.faults] == ["edits.no_header"]
    book = openpyxl.load_workbook(io.BytesIO(workbook[1]))
    book.remove(book.worksheets[0])
    book[workbook[0]].delete_cols(6, 20)
    book.save(tmp_path / "hidden.xlsx")
    assert load_scenario(BASE, edits=tmp_path / "hidden.xlsx")[1].locks == []


def test_a_sheet_of_locks_without_headers_is_named_in_the_readers_language(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    notes, locks = book.active, book.create_sheet("Locks")
    notes.title, notes["A1"], locks["A1"] = "Notes", "what we agreed", "nothing here"
    book.save(tmp_path / "e.xlsx")
    told = allocator("run", BASE, "--edits", "e.xlsx", cwd=tmp_path, language="en").stderr
    assert "e.xlsx, Locks: " in told
    assert "Unit" in told
    assert "Đơn vị" not in told


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_of_two_sheets_of_locks_none_is_passed_over(workbook: tuple[str, bytes], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook[1]))
    copy = book.copy_worksheet(book[workbook[0]])
    copy.title, copy["C13"], copy["D13"], copy["E13"] = "Second", 50, "a", "b"
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(InputError, match="Second") as raised:
        load_scenario(BASE, edits=tmp_path / "two.xlsx")
    assert [each.key for each in raised.value.faults] == ["edits.two_sheets"]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_total_and_a_name_typed_over_are_asked_about(workbook: tuple[str, bytes], tmp_path: Path) -> None:
    quota = place(workbook, "quota", "CĐ các KCN")
    total = f"{quota[0]}{int(quota[1:]) + 1}"
    cells = {(0, total): 7000, (0, place(workbook, "unit", "An Phú")): "An Phú mới"}
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=moved(workbook, tmp_path, "openpyxl", cells))
    messages = raised.value.messages("en")
    assert len(messages) == 2
    assert any(f"!{total}:" in each and "7000" in each for each in messages)
    assert any("An Phú mới" in each for each in messages)
