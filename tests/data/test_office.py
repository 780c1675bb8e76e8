"""Who issues the documents: what a file and a scenario say, what an imported document says, what is of another year."""

from pathlib import Path

import pytest
from docx import Document

from allocator.data.importing import import_table
from allocator.data.office import Office, is_of
from allocator.data.source import office_beside
from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.questions import Case
from allocator.show.build import build_report
from allocator.words import Words
from tests.command import allocator

AN_GIANG = Path(__file__).parents[2] / "scenarios" / "an-giang-2017" / "units.csv"
WHOLE = """
body: LĐLĐ tỉnh
date: 2017-03-01
number: 12
series: LĐLĐ
basis: [Kế hoạch số 131/KH-LĐLĐ ngày 15/02/2017, Luật Công đoàn năm 2012]
reporting: [2017-05-15, 2018-01-05]
names: {"Châu  Phú": LĐLĐ huyện Châu Phú}
templates: {letter: thu.docx}
"""


def beside(folder: Path, text: str, own: Office | None = None, year: int | None = None) -> Office:
    (folder / "office.yaml").write_text(text, encoding="utf-8")
    return office_beside(str(folder / "units.csv"), own or Office(), year)


def test_what_is_of_another_year_is_a_blank(tmp_path: Path) -> None:
    same, later, unknown = (beside(tmp_path, WHOLE, year=year) for year in (2017, 2018, None))
    assert (same.date, same.number, same.reporting) == ("2017-03-01", "12", ["2017-05-15"])
    assert (later.date, later.number, later.reporting) == (None, "", ["2018-01-05"])
    assert later.basis == ["Luật Công đoàn năm 2012"]  # laws go on
    assert later.series == "LĐLĐ"
    assert unknown.reporting == ["2017-05-15", "2018-01-05"]
    assert same.full_name("Châu Phú") == "LĐLĐ huyện Châu Phú"
    assert same.full_name("An Phú") == "An Phú"


def test_the_scenario_wins_over_the_file(tmp_path: Path) -> None:
    made = beside(tmp_path, WHOLE, Office(number="13", names={"An Phú": "LĐLĐ huyện An Phú"}))
    assert (made.number, made.body) == ("13", "LĐLĐ tỉnh")
    assert [*made.names] == ["Châu Phú", "An Phú"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("date: 15/02/2017", "office.yaml:1:1"),
        ("body: a\nreporting: [2017-02-30]", "office.yaml:2:13"),
        ("templates: {letter: ../thu.docx}", "office.yaml:1:13"),
        ("templates: {annex: thu.doc}", "office.yaml:1:13"),
        ("boss: x", "office.yaml:1:1"),
        ("- body", "office.yaml:1:1"),
        ("body: [x]", "office.yaml:1:1"),
        (f"body: {'x' * 501}", "office.yaml:1:1"),
        ("body: a\nbody: b", "office.yaml:2:1"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        beside(tmp_path, text)
    assert [each.place for each in caught.value.faults] == [place]
    assert all(each.told(Words(language)) for each in caught.value.faults for language in ("vi", "en"))


def test_a_file_that_is_no_mapping_is_called_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        beside(tmp_path, "- body")
    assert [each.count("office.yaml") for each in caught.value.messages("en")] == [2]  # its place, and what is wrong


def test_an_imported_document_says_who_issued_it() -> None:
    annex = (Path(__file__).parents[1] / "published" / "an-giang-2017-annex.txt").read_bytes()
    made = import_table(annex, "annex.txt")
    assert made.office == {
        "body": "Ban Thường vụ LĐLĐ tỉnh",
        "period": "2013 - 2016",
        "basis": ["Kế hoạch số 131/KH-LĐLĐ ngày 15/02/2017"],
    }


def test_the_command_line_sets_it_and_the_result_is_still_valid(tmp_path: Path) -> None:
    settings = ("--set", "what={vi: việc, en: tasks}", "--set", "office.signer.title=Chủ tịch")
    done = allocator("run", *settings, "--out", tmp_path / "r.json", "--lang", "vi")
    assert done.returncode == 0, done.stderr
    assert "270 việc" in done.stdout
    assert allocator("verify", tmp_path / "r.json").returncode == 0
    wrong = allocator("run", "--set", "office.templates.letter=/etc/passwd.docx", "--lang", "en")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "beside the table" in wrong.stderr


def test_a_full_name_that_nothing_uses_is_told(tmp_path: Path) -> None:
    done = allocator("report", "--set", "office.names.Chau Phuu=LĐLĐ", "--formats", "csv", "--out", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert "Chau Phuu" in done.stderr


def test_a_full_name_under_a_name_without_accents_is_the_only_unit_it_fits(tmp_path: Path) -> None:
    named = ("--set", "office.names.chau phu=LĐLĐ huyện Châu Phú mới")
    done = allocator("report", *named, "--formats", "docx", "--out", tmp_path / "r", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "“chau phu” was read as Châu Phú" in done.stderr
    letters = [Document(str(each)) for each in (tmp_path / "r").rglob("*.docx")]
    assert any("Châu Phú mới" in each.text for letter in letters for each in letter.paragraphs)


def test_whoever_builds_the_report_has_full_names_by_the_units_of_the_table() -> None:
    table, base = load_scenario("an-giang-2017/base")
    scenario = base.changed({"office": {"names": {"chau phu": "LĐLĐ huyện Châu Phú mới"}}})
    made = build_report(Case("an-giang-2017/base", table, scenario), [], Words("vi"))
    assert made.office.full_name("Châu Phú") == "LĐLĐ huyện Châu Phú mới"
    assert made.meant == {"chau phu": "Châu Phú"}


def test_the_shipped_office_is_of_its_table() -> None:
    units = {line.split(",")[0] for line in AN_GIANG.read_text("utf-8").splitlines()[1:]}
    made = office_beside(str(AN_GIANG), Office(), 2017)
    assert {*made.names} == units
    assert all(is_of(each, 2017) for each in made.basis)
