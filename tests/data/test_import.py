import io
import json
import unicodedata
from pathlib import Path

import pytest

from allocator.data.answers import Answers
from allocator.data.importing import import_table
from allocator.data.source import Source, csv_text, first_values, folder_files, read_strict
from allocator.files import builtin_folder
from allocator.words import Words
from tests.command import allocator
from tests.data.documents import ANNEX, SMALL, annex_rows, changed, delimited, docx, ods, saved, tsv, xlsx

AN_GIANG = builtin_folder() / "an-giang-2017"
UNITS = (AN_GIANG / "units.csv").read_bytes().decode()
TEXT = ANNEX.read_bytes()
HEADER_MERGED = ("C1:D1", "E1:H1", "J1:L1", "A1:A2", "B1:B2", "I1:I2", "M1:M2")


def as_figures(rows):
    """Rows as a careful typist enters them: figures as numbers, percentages as shares."""

    def cell(text):
        text = text.removeprefix("<b>").removesuffix("</b>").replace(".", "").replace("- ", "-")
        if text.endswith("%"):
            return float(text.rstrip("% ").replace(",", ".")) / 100
        return int(text) if text.lstrip("-").isdigit() else text

    return [[cell(text) if n > 1 else text for n, text in enumerate(row)] for row in rows]


def percent_formats(book):
    for row in book.active.iter_rows(min_col=8, max_col=8):
        row[0].number_format = "0.00%"


def joined_vertically(number, rows):
    return [(number, 0, column, 1, column) for column in range(rows) if column in (0, 1, 8, 12)]


PAGES = annex_rows()[:10], annex_rows()[10:]
DOCX = docx(
    *PAGES,
    before=["DANH SÁCH", "(Kèm theo Kế hoạch số 131 /KH-LDLĐ, ngày 15/02/2017 của Ban Thường vụ LDLĐ tỉnh)"],
    merged=[
        joined
        for n in (0, 1)
        for joined in [(n, 0, 2, 0, 3), (n, 0, 4, 0, 7), (n, 0, 9, 0, 11), *joined_vertically(n, 13)]
    ],
)
WHOLE = {
    "text": TEXT,
    "marked": b"\xef\xbb\xbf" + TEXT,
    "windows": TEXT.replace(b"\n", b"\r\n"),
    "utf-16": TEXT.decode().encode("utf-16"),
    "accents apart": unicodedata.normalize("NFD", TEXT.decode()).encode(),
    "full width": TEXT.decode().translate({ord("0") + n: 0xFF10 + n for n in range(10)} | {46: 0xFF0E}).encode(),
    "comma": delimited(annex_rows()),
    "semicolon": delimited(annex_rows(), ";"),
    "xlsx, text": xlsx(annex_rows(), HEADER_MERGED),
    "xlsx, figures": xlsx(as_figures(annex_rows()), HEADER_MERGED, percent_formats),
    "docx": DOCX,
    "docx, header not repeated": docx(PAGES[0], PAGES[1][2:]),
    "ods": ods([[c.replace("<b>", "").replace("</b>", "") for c in row] for row in annex_rows()]),
}


@pytest.fixture(scope="module")
def annex():
    return import_table(TEXT, ANNEX.name)


@pytest.mark.parametrize("name", WHOLE)
def test_the_annex_gives_the_built_in_table(name):
    made = import_table(WHOLE[name], name)
    assert csv_text(made.rows) == UNITS
    assert (made.target, made.unrecognised) == (6500, [])
    assert {each.code for each in made.findings} == {"import.recomputed", "import.kinds"}


def test_the_annex_gives_the_built_in_source(annex, tmp_path):
    (tmp_path / "source.yaml").write_text(folder_files(annex, Words("vi"))["source.yaml"], encoding="utf-8")
    made, kept = read_strict(tmp_path / "source.yaml", Source), read_strict(AN_GIANG / "source.yaml", Source)
    assert made == annex.source
    assert made.model_copy(update={"document": kept.document}) == kept
    assert (made.document.number, made.document.date) == (kept.document.number, kept.document.date)


def test_places_in_a_sheet_and_in_a_word_file():
    sheet = import_table(xlsx(as_figures(annex_rows()), HEADER_MERGED, percent_formats), "a.xlsx").source
    assert (sheet.rows["Phú Tân"], sheet.columns["lost"].cell, sheet.totals_row) == ("13", "F", "20")
    assert sheet.columns["attainment"].printed["An Phú"] == "40,40%"
    assert (sheet.columns["net_gain"].total, sheet.document.file) == ("9.804", "a.xlsx, Sheet")
    word = import_table(DOCX, "a.docx").source
    assert (word.rows["Long Xuyên"], word.rows["Phú Tân"], word.columns["lost"].cell) == ("T1:3", "T2:3", "F")
    assert (word.document.number, word.document.issuer) == ("131/KH-LDLĐ", "Ban Thường vụ LDLĐ tỉnh")


def test_the_own_table_comes_back_with_its_kinds():
    made = import_table(UNITS.replace("CĐN Y tế,sector", "CĐN Y tế,nurses").encode(), "units.csv")
    assert csv_text(made.rows) == UNITS.replace("CĐN Y tế,sector", "CĐN Y tế,nurses")
    assert made.target == 6500


def test_the_percentages_tell_what_they_are_shares_of():
    rows = annex_rows()[:10] + annex_rows()[12:]
    gross = {"Long Xuyên": "120,57%", "Châu Phú": "72,2%", "Tri Tôn": "155,87%"}
    rows = [[*row[:7], gross.get(row[1], "" if n > 1 else row[7]), *row[8:]] for n, row in enumerate(rows)]
    assert import_table(tsv(rows), "t").source.columns["attainment"].percent == ["recruited", "term_target"]


def call(*arguments):
    done = allocator(*arguments)
    assert "Traceback" not in done.stderr
    return done


WRITTEN = ("units.csv", "source.yaml", "base.yaml", "office.yaml")


def test_the_command_writes_a_scenario_that_runs(tmp_path):
    out = tmp_path / "an-giang"
    done = call("import", ANNEX, "--out", out, "--json", "--lang", "vi")
    made = json.loads(done.stdout)
    assert (done.returncode, made["units"], made["target"], made["unrecognised"]) == (0, 15, 6500, [])
    assert {"header": "Đơn vị", "cell": 2, "column": "unit", "confidence": 0.95} in made["columns"]
    assert {"import.recomputed", "difference_total"} <= {each["code"] for each in made["findings"]}
    assert (out / "units.csv").read_bytes().decode() == UNITS
    assert [*map(Path, made["files"])] == [out / each for each in WRITTEN]
    assert sorted(each.name for each in out.iterdir()) == [
        "base.yaml", "office.yaml", "scenario.schema.json", "source.yaml", "units.csv",
    ]  # fmt: skip
    assert json.loads(call("run", out / "base.yaml", "--json").stdout)["comparison"]["misplaced"] == 270
    before = {each: each.read_bytes() for each in out.iterdir()}
    again = call("import", ANNEX, "--out", out)
    assert (again.returncode, again.stdout) == (2, "")
    assert "--force" in again.stderr
    forced = call("import", ANNEX, "--out", out, "--force", "--lang", "vi")
    assert (forced.returncode, f"{', '.join(WRITTEN)}." in " ".join(forced.stdout.split())) == (0, True)
    assert "131/KH-LDLĐ" not in (out / "base.yaml").read_text("utf-8")  # a scan's slip is no title
    assert (out / "base.yaml").read_text("utf-8").startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert {each: each.read_bytes() for each in out.iterdir()} == before


def test_nothing_is_written_where_something_is_wrong(tmp_path):
    bad = tmp_path / "bad.tsv"
    bad.write_bytes(tsv(changed((1, 3, "6,500"))))
    done = call("import", bad, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.tsv:2:4: “6,500”" in done.stderr
    assert not (tmp_path / "out").exists()


def test_headers_are_settled_by_the_caller():
    rows = [[*row, more] for row, more in zip(SMALL, ("Số máy", "7", "1,5", "", ""), strict=True)]
    rows[0][3] = "Quân số"
    chosen = {"quan so": "workforce", "Số máy": "machines", "Chỉ tiêu phân bổ 2017": "skip"}
    made = import_table(tsv(rows), "t.txt", Answers(columns=chosen))
    assert [row["machines"] for row in made.rows] == [7, 1.5, None]
    assert [row["workforce"] for row in made.rows] == [60, 1322, 179]
    assert "published_quota" not in made.rows[0]
    assert made.target is None
    scenario = folder_files(made, Words("en"))["base.yaml"]
    assert "\ntarget" not in scenario
    left = import_table(tsv(rows), "t.txt", Answers(columns={"Quân số": "workforce"}))
    assert [each.header for each in left.unrecognised] == ["Số máy"]
    message = next(each for each in left.findings if each.code == "import.unrecognised").told(Words("en"))
    assert message.startswith("t.txt:1:6: ")
    (question,) = left.questions
    assert [(each.option, each.value, each.cells) for each in question.choices] == [
        ("--map", "Số máy=skip", ["7", "1,5"])
    ]


def test_the_lot_fits_every_quota():
    for quotas, lot in ((("30", "150", "20"), 10), (("35", "150", "15"), 5), (("31", "149", "20"), 1)):
        rows = changed(*((n + 1, 2, quota) for n, quota in enumerate(quotas)))
        assert f"\nlot: {lot}\n" in folder_files(import_table(tsv(rows), "t"), Words("en"))["base.yaml"]


def first_lot(workforces: str, target: int, quotas: str = "") -> int:
    rows = [{"unit": f"{n}", "workforce": int(size)} for n, size in enumerate(workforces.split())]
    if quotas:
        rows = [{**row, "published_quota": int(each)} for row, each in zip(rows, quotas.split(), strict=True)]
    lot: int = first_values(rows, target, "t")["lot"]
    return lot


def test_the_first_lot_reaches_the_target_and_distorts_no_quota():
    assert first_lot("900 700 500", 420) == 10  # shares 180, 140, 100: at most 5 of 100 are rounded away
    assert first_lot("900 700 200", 420) == 5  # 210, 163, 47: 5 of 47 would be more than a tenth
    assert first_lot("900 700 20", 420) == 1
    assert first_lot("15 8 3", 20) == 1  # lots of 10 would hold 10 of the 20
    assert first_lot("15 8 3", 20, "10 10 0") == 5  # tens were published, but hold 10; fives hold 20
    assert first_lot("900 700 20", 420, "200 200 20") == 10


@pytest.mark.parametrize(
    ("title", "header", "year"),
    [
        ("DANH SÁCH PHÂN BỔ CHỈ TIÊU NĂM 2019", "Chỉ tiêu phân bổ 2018", 2019),
        ("DANH SÁCH PHÂN BỔ CHỈ TIÊU", "Chỉ tiêu phân bổ 2018", 2018),
        ("DANH SÁCH PHÂN BỔ CHỈ TIÊU 2018 - 2023", "Chỉ tiêu phân bổ 2018", None),
        ("DANH SÁCH PHÂN BỔ CHỈ TIÊU", "Chỉ tiêu phân bổ", None),
    ],
)
def test_the_year_is_the_one_that_the_title_names_or_else_the_header_of_the_quotas(title, header, year):
    rows = [[each.replace("Chỉ tiêu phân bổ 2017", header) for each in row] for row in SMALL]
    made = import_table(title.encode() + b"\n\n" + tsv(rows), "t")
    assert made.year == year
    assert f"\nyear: {year}\n" in folder_files(made, Words("vi"))["base.yaml"] or year is None


def test_a_file_is_what_it_holds_not_what_it_is_called():
    assert import_table(xlsx(), "table.csv").target == 200
    assert import_table(tsv(), "table.docx").target == 200


def test_a_macro_and_a_link_are_left_alone():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(xlsx()))
    book.active["B2"].hyperlink = "https://example.org/annex"
    assert import_table(saved(book), "linked.xlsm").rows[0]["unit"] == "An Phú"
