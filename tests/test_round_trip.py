"""Out and in again: the report's own annex, in each format, is a table that imports to the figures it was made from."""

from dataclasses import replace

import pytest

from allocator.data.importing import import_table
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.show.formats import files
from tests.reports import reported


@pytest.fixture(scope="module")
def made():
    return allocate(*load_scenario("an-giang-2017/base"))


@pytest.fixture(scope="module")
def reports():
    return {each: files(replace(reported(each), appendix=True), ["docx", "xlsx", "csv"]) for each in ("vi", "en")}


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("vi", "annex.docx"),
        ("vi", "report.xlsx"),
        ("en", "report.xlsx"),
        ("vi", "csv/annex.csv"),
        ("en", "csv/annex.csv"),
    ],
)
def test_the_reports_annex_imports_to_its_figures(made, reports, language, name):
    table = import_table(reports[language][name], name)
    assert [row["unit"] for row in table.rows] == list(made.table.units)
    assert [row["published_quota"] for row in table.rows] == list(made.quotas)
    assert table.target == made.scenario.target
    for column in ("workforce", "recruited", "lost", "net_gain", "term_target", "term_new_unions"):
        assert [row[column] for row in table.rows] == list(made.table.column(column))


def test_the_english_annex_comes_back_too(reports, made):
    table = import_table(reports["en"]["annex.docx"], "annex.docx")
    assert [row["published_quota"] for row in table.rows] == list(made.quotas)
    assert [row["net_gain"] for row in table.rows] == list(made.table.column("net_gain"))
    assert "import.numbers_en" in {each.code for each in table.findings}
