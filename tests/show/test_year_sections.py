"""The sections about the year: figures read back from every format are those of the commands."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from python_calamine import CalamineWorkbook

from allocator.files import load_scenario
from allocator.finding import Finding, Listing, Section, Value
from allocator.questions import Case, find
from allocator.show.build import Document, answers, build_report
from allocator.show.formats import files
from allocator.show.word import YEAR
from allocator.words import LANGUAGES, Words
from allocator.year.netting import net_and_gross
from tests.reports import reported
from tests.show.test_formats import Cells

REPORTS = (
    "unit,recruited,lost,date\nLong Xuyên,100,5,15/05/2017\nChâu Phú,130,0,2017-05-15\nCĐCS tỉnh,600,0,15/05/2017\n"
)
REGISTER = "unit,name,workers,has_union,eligible\nLong Xuyên,=1+1,1200,0,1\nLong Xuyên,B,50,1,1\nAn Phú,C,30,no,yes\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What the three questions find."""
    folder = tmp_path_factory.mktemp("year")
    (folder / "p.csv").write_text(REPORTS, encoding="utf-8")
    (folder / "r.csv").write_text(REGISTER, encoding="utf-8")
    cases = [Case(name, *load_scenario(name)) for name in ("an-giang-2017/base", "an-giang-2017/year-2018")]
    reviewed = find("review").ask(cases[0], folder / "p.csv")
    return [reviewed, find("unions").ask(cases[0], folder / "r.csv"), find("plan").ask(cases)]


@pytest.fixture(scope="module", params=LANGUAGES)
def document(found: list[Finding], request: pytest.FixtureRequest) -> Document:
    case = Case("base", *load_scenario("an-giang-2017/base"))
    return replace(build_report(case, [find("run").ask(case), *found], Words(request.param)), appendix=True)


def sections(document: Document) -> list[Section]:
    found = {each.key: each for each in document.sections}
    return [found[key] for key in YEAR if key not in ("round", "joint")]  # nobody bids here


def values(listing: Listing, key: str) -> list[Value]:
    index = [column.key for column in listing.columns].index(key)
    return [row[index] for row in listing.rows]


def heading(words: Words, listing: Listing) -> list[str]:
    """Cells of the header's last row; those of a column without a group stand in the row above."""
    return [words.told(column.header) if column.group or len(listing.heads) == 1 else "" for column in listing.columns]


def test_the_document_holds_the_figures_of_the_commands(document: Document, found: list[Finding]) -> None:
    net, reviewed, unions, planned = (section.listings for section in sections(document))
    netted = net_and_gross(document.allocation)
    assert values(net[0], "gross") == [each.gross for each in netted.units]
    assert values(net[0], "net") == [each.net for each in netted.units]
    told, needed, years = (each.records for each in found)
    for key, name in (("new_quota", "quota"), ("change", "change"), ("forecast", "forecast"), ("low", "low")):
        assert values(reviewed[0], key) == [each[name] for each in told["units"]]
    assert values(reviewed[1], "change") == [each["change"] for each in told["reasons"]]
    assert values(reviewed[1], "units") == [len(each["units"]) for each in told["reasons"]]
    assert values(unions[0], "needed") == [each["needed"] for each in needed["units"]]
    assert values(unions[1], "enterprise") == [firm["name"] for each in needed["units"] for firm in each["foundings"]]
    assert values(planned[0], "quota_2") == [each["quota"] for each in years["years"][1]["units"]]


def test_every_format_shows_them(document: Document) -> None:
    made = files(document, ["xlsx", "docx", "html", "csv"])
    page = Cells(made["report.html"].decode())
    word = docx.Document(io.BytesIO(made["year.docx"]))
    tables = iter([[cell.text for cell in row.cells] for row in table.rows] for table in word.tables)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made["report.xlsx"]))
    for section in sections(document):
        sheet = book.get_sheet_by_name(document.words(f"sheet.{section.key}")).to_python()
        for listing in section.listings:
            expected, heads = listing.texts(document.words), len(listing.heads)
            assert page.tables[page.captions.index(document.words.told(listing.title))][heads:] == expected
            assert next(tables)[heads:] == expected
            first = (
                next(
                    n
                    for n, cells in enumerate(sheet)
                    if cells[: len(heading(document.words, listing))] == heading(document.words, listing)
                )
                + 1
            )
            for cells, row in zip(sheet[first:], listing.rows, strict=False):
                plain = [each if isinstance(each, int | float) else document.words.told(each or "") for each in row]
                assert cells[1 : len(row)] == pytest.approx(plain[1:])
                assert cells[0] == plain[0]
            content = made[f"csv/{listing.key}.csv"].decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(content)))
            assert len(rows) == len(listing.rows)
        said = "\n".join(each.text for each in word.paragraphs)
        assert all(document.words.told(text) in said for text in section.texts)


def test_a_table_without_history_has_no_net(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit,workforce\nA,100\nB,50\n", encoding="utf-8")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 30\n", encoding="utf-8")
    made = reported("en", load_scenario(tmp_path / "base.yaml"))
    assert "net" not in [each.key for each in made.sections]
    assert "year.docx" not in files(made, ["docx"])


def test_a_report_reviews_its_year_by_a_file_of_the_plans_years(tmp_path: Path, found: list[Finding]) -> None:
    (tmp_path / "p.csv").write_text(f"{REPORTS}An Phú,5,0,15/05/2018\n", encoding="utf-8")
    cases = [Case(name, *load_scenario(name)) for name in ("an-giang-2017/base", "an-giang-2017/year-2018")]
    made, left_out = answers(cases[0], {"progress": tmp_path / "p.csv"}, {"plan": cases[1:]})
    assert found[0].records in [each.records for each in made]
    assert "review" not in left_out
    alone = answers(cases[0], {"progress": tmp_path / "p.csv"})[1]
    assert [each.key for each in alone["review"].faults] == ["progress.year"]
