import subprocess
import sys
from dataclasses import replace

import pytest
import xlsxwriter

from allocator.data import grid, limits
from allocator.data.read import read_table
from allocator.errors import InputError, MissingExtraError


@pytest.fixture
def table(tmp_path):
    def read(content, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path)

    return read


@pytest.fixture
def sheet(tmp_path):
    def read(*rows, at=(0, 0)):
        path = tmp_path / "t.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet("Sheet1")
            for n, row in enumerate(rows):
                page.write_row(at[0] + n, at[1], row)
        return read_table(path)

    return read


def messages(read, *content, error=InputError):
    with pytest.raises(error) as caught:
        read(*content)
    assert all(caught.value.messages("vi"))
    return "\n".join(caught.value.messages("en"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv(table, delimiter, mark, end):
    lines = ["Unit,WORKFORCE,growth_estimate,kind,net,share", "An Phu\u0301,200.0,,district,-5,0.125", ",,,,,"]
    made = table(mark + end.join(lines).replace(",", delimiter) + end)
    assert made.units == ("An Phú",)
    assert made.columns == {"workforce": (200,), "growth_estimate": (0,), "net": (-5,), "share": (0.125,)}
    assert (made.kinds, made.parents, made.unusable) == (("district",), (None,), {})


def test_optional_blanks_stay_blank(table):
    made = table("unit,workforce,lost,parent,driver\nA,1,,,\nB,1,2,A,3")
    assert made.columns["lost"] == (None, 2)
    assert made.columns["driver"] == (None, 3)
    assert made.parents == (None, "A")


def test_a_delimiter_in_quotation_marks(table):
    assert table('unit,workforce\n"A, B\nC",1\nD,2').units == ("A, B C", "D")


def test_trailing_empty_columns_are_no_columns(table):
    assert list(table("unit,workforce,,\nA,1,,\n").columns) == ["workforce"]


def test_a_column_of_text_hurts_when_used(table):
    made = table("unit,workforce,note,mixed\nA,1,x,5\nB,2,y,1.500")
    assert "t.csv:2:3: column note holds text (A: “x”)" in messages(lambda: made.column("note"))
    assert "t.csv:3:4: “1.500” in column mixed (B) can be read two ways" in messages(lambda: made.column("mixed"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty: choose another"),
        ("\n , \n", "there is no table in the file"),
        ("unit,workforce\n", "a header and no unit: add one row"),
        ("unit,workforce,Workforce\nA,1,2", "t.csv:1:3: two columns are called workforce: rename"),
        ("unit,workforce,\nA,1,2", "t.csv:1:3: the column has figures and no name: name it"),
        ("unit,workforce\nA,1\nA\u0300,2\nÀ ,3", "t.csv:4:1: unit À is already at t.csv:3:1"),
        ("unit,workforce\n ,1", "t.csv:2:1: the row has no unit name: name the unit"),
        ("unit,workforce\nA,", "t.csv:2:2: workforce of A is blank: fill in the figure"),
        ("unit,workforce\nA,1,2", "t.csv:2:3: the row has 3 cells and the header 2"),
        ("unit,workforce\nA\nB,2", "t.csv:2:2: the row has 1 cells and the header 2"),
        ("unit,workforce\nA,1.500", "t.csv:2:2: “1.500” in column workforce (A) can be read two ways, as thousands"),
        ("unit,workforce\nA,-5", "“-5” in column workforce (A) is negative: a number of persons cannot be below 0"),
        ("unit,workforce\nA,12abc", "“12abc” in column workforce (A) is not a number: write digits"),
        ("unit,workforce\nA,NaN", "“NaN” in column workforce (A) is not a number"),
        ("unit,workforce\nA,inf", "“inf” in column workforce (A) is not a number"),
        ("unit,workforce\nA,1e300", "“1e300” in column workforce (A) is not a number"),
        ("unit,workforce\nA,9000000001", "is more than 9,000,000,000: correct it"),
        ('unit,workforce\n"A,1', "t.csv:2: the text cannot be split into cells"),
        ("unit,workforce\nA,1\nÀ,2".encode("cp1258", "replace") + b"\xff", "t.csv:3: this is not UTF-8 text: save"),
        (b"unit,workforce\nA\0,1", "t.csv:2:2: this is not text: give a text file"),
    ],
)
def test_bad_csv(table, content, said):
    assert said in messages(table, content)


def test_all_faults_at_once(table):
    said = messages(table, "unit;workforce;lost\nA;;x\n;2;-1\nB;1").splitlines()
    assert [line.split(": ")[0] for line in said] == ["t.csv:4:3", "t.csv:3:1", "t.csv:2:2", "t.csv:2:3", "t.csv:3:3"]


def test_a_flood_of_faults_is_cut(table):
    said = messages(table, "unit,workforce\n" + "".join(f"U{n},x\n" for n in range(150))).splitlines()
    assert len(said) == 101
    assert said[-1] == "t.csv:101:2: reading stopped at 100 faults: mend these first"


def test_missing_file_and_directory(tmp_path):
    assert "there is no such file: check the path" in messages(read_table, tmp_path / "none.csv")
    assert "this is a folder, not a file: name a file in it" in messages(read_table, tmp_path)


def test_limits(table, monkeypatch):
    big = b"unit,workforce\n" + b"\n" * 20_000_000
    assert "20.0 MB is more than the 20 MB that are read" in messages(table, big)
    monkeypatch.setattr(grid, "TABLE", replace(limits.TABLE, rows=1))
    assert "the table has more than 1 rows: split it" in messages(table, "unit,workforce\nA,1\nB,2")


def test_sheet(sheet):
    made = sheet(["unit", "workforce", "lost", "note"], ["An Phú", 200.0, "", "x"], [12, "30", 4, ""], at=(2, 1))
    assert made.units == ("An Phú", "12")
    assert made.columns == {"workforce": (200, 30), "lost": (None, 4)}
    assert made.unusable["note"].place == "t.xlsx, Sheet1!E4"


def test_a_row_of_spaces_is_no_row(sheet, table):
    rows = ["unit", "workforce"], ["A", 1], [" ", "\u00a0"], ["B", 2]
    assert sheet(*rows).units == table("unit,workforce\nA,1\n ,\u00a0\nB,2").units == ("A", "B")


def test_text_of_another_encoding_and_another_word(table):
    made = table("Unit;People\nA;1 355\nB;2 040".encode("utf-16"))
    assert made.columns["workforce"] == (1355, 2040)


def test_bad_sheet(sheet, table):
    said = messages(sheet, ["unit", "workforce"], ["A", 200.5], ["B", True])
    assert "t.xlsx, Sheet1!B2: “200.5” in column workforce (A) is not a whole number of persons" in said
    assert "t.xlsx, Sheet1!B3: “True” in column workforce (B) is not a number" in said
    assert "the workbook cannot be read" in messages(table, b"PK no workbook", "t.xlsx")


def test_a_stray_cell_in_the_last_corner(tmp_path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["unit", "workforce"])
        page.write(1_048_575, 16_383, 1)
    assert "t.xlsx, XFD1048576: the sheet reaches to this cell, far beyond a table" in messages(read_table, path)


def test_without_the_office_extra(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    said = messages(table, b"PK", "t.xlsx", error=MissingExtraError)
    assert 'pip install ".[office]"' in said


def test_reading_loads_nothing_heavy():
    code = "import sys, allocator.data.read; sys.exit(bool({'numpy', 'pandas', 'pydantic'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TREE = "unit,parent,workforce,growth_estimate,zone\n"


def test_an_inner_row_may_be_blank_and_a_leaf_may_not(table):
    made = table(TREE + "P,,,,\na,P,5,,\nb,P,7,3,")
    assert made.columns == {"workforce": (None, 5, 7), "growth_estimate": (None, 0, 3), "zone": (None,) * 3}
    assert made.sums_below("workforce") == {0: (12, True)}
    assert "t.csv:3:3: workforce of a is blank" in messages(table, TREE + "P,,,,\na,P,,,")


def test_nothing_above_something_is_refused(table):
    said = messages(table, TREE + "N,,0,,\nP,N,0,,\na,P,5,,\nQ,N,,,\nb,Q,2,,")
    assert said.splitlines()[0].startswith("t.csv:2:3: workforce of N is 0, but the units below it have 7")
    assert said.splitlines()[1].startswith("t.csv:3:3: workforce of P is 0, but the units below it have 5")
    assert table(TREE + "P,,0,,\na,P,0,,").columns["workforce"] == (0, 0)
    assert table(TREE + "a,b,0,,\nb,a,0,,").units == ("a", "b")


def test_a_name_is_unique_under_its_parent(table):
    made = table(TREE + "A,,,,\nB,,,,\nC T,A,,,\nC T,B,5,,\nx,A/C T,1,,\ny,A,1,,\nz,A/y,1,,")
    assert made.units == ("A", "B", "A/C T", "B/C T", "x", "y", "z")
    assert made.parents == (None, None, "A", "B", "A/C T", "A", "y")
    city = table(TREE + "C,,,,\nC,C,5,,\nD,C,1,,")
    assert (city.units, city.parents) == (("C", "C/C", "D"), (None, "C", "C"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("A,,1,,\nB,,1,,\nC,A,1,,\nC,B,1,,\nx,C,1,,", "t.csv:6:2: “C”, the parent of x, UNCLEAR A/C and B/C"),
        ("A,,1,,\nB,,1,,\nC,A,1,,\nx,B/C,1,,", "t.csv:5:2: “B/C”, the parent of x, UNCLEAR C"),
        ("A,,1,,\nA/C,,1,,\nC,A,1,,\nx,A/C,1,,", "t.csv:5:2: “A/C”, the parent of x, UNCLEAR A/C and C"),
        ("A,,1,,\nA/C,,1,,\nC,A,1,,\nC,B,1,,", "t.csv:4:1: unit A/C is already at t.csv:3:1"),
        ("A,,1,,\nC,A,1,,\nC,A,1,,", "t.csv:4:1: unit A/C is already at t.csv:3:1"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_clear_is_refused(table, rows, said):
    assert said.replace("UNCLEAR", "is not one unit here; it may mean") in messages(table, TREE + rows)


def test_texts_are_kept(table, sheet):
    made = table("unit,workforce,zone,mixed\nA,1, we  st,5\nB,2,,x")
    assert made.texts == {"zone": ("we st", None), "mixed": ("5", "x")}
    assert made.rows()[1] == {"unit": "B", "workforce": 2, "zone": None, "mixed": "x"}
    assert sheet(["unit", "workforce", "zone"], ["A", 1, "x"], ["B", 1, 12.0]).texts["zone"] == ("x", "12")
