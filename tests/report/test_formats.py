"""One document, every format: figures read back from each are the JSON's."""

import csv
import html.parser
import io
from pathlib import Path

import pytest

from allocator.analysis.result import result
from allocator.data.source import source_beside
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.model.allocation import Allocation, allocate
from allocator.report.build import Findings, build
from allocator.report.csv import guarded
from allocator.report.document import Document
from allocator.report.formats import files, known_formats
from allocator.words import LANGUAGES, Words

FIGURES = ("workforce", "available", "claim", "fair_share", "floor", "cap", "quota", "effort")
COMPARED = ("quota", "published", "difference", "effort")


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    return allocate(*load_scenario("an-giang-2017/base"))


@pytest.fixture(scope="module", params=LANGUAGES)
def document(allocation: Allocation, request: pytest.FixtureRequest) -> Document:
    return build(allocation, Words(request.param), Findings(source_beside(Path(allocation.table.place))))


def expected(document: Document, keys: tuple[str, ...]) -> list[list[str]]:
    """Figures of the JSON as the document's language writes them, one row a unit."""
    listing = next(
        each for section in document.sections for each in section.listings if {c.key for c in each.columns} >= set(keys)
    )
    columns = {column.key: column for column in listing.columns}
    records = result(document.allocation)["units"]
    return [[columns[key].text(document.words, each[key]) for key in keys] for each in records]


class Cells(html.parser.HTMLParser):
    """Tables of a page by caption: rows of cell texts, headers of a single level left in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
            self.captions.append("")
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag in ("td", "th", "caption"):
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "caption":
            self.captions[-1] += data
        elif self.inside:
            self.tables[-1][-1][-1] += data


def picked(rows: list[list[str]], document: Document, keys: tuple[str, ...]) -> list[list[str]]:
    """Cells under the headers of `keys`, for the rows of units."""
    header, *body = rows
    at = [header.index(document.words(f"column.{key}")) for key in keys]
    return [[row[index] for index in at] for row in body[: len(document.allocation.table)]]


@pytest.mark.parametrize(("key", "figures"), [("basis", FIGURES), ("comparison", COMPARED)])
def test_page_shows_the_figures_of_the_json(document: Document, key: str, figures: tuple[str, ...]) -> None:
    page = Cells(files(document, ["html"])["report.html"].decode())
    table = page.tables[page.captions.index(document.words(f"report.{key}"))]
    assert picked(table, document, figures) == expected(document, figures)


def test_csv_holds_the_figures_of_the_json(document: Document) -> None:
    content = files(document, ["csv"])["csv/basis.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    records = result(document.allocation)["units"]
    assert [row["unit"] for row in rows] == [each["unit"] for each in records]
    assert [[float(row[key]) for key in FIGURES] for row in rows] == [
        [each[key] for key in FIGURES] for each in records
    ]


def test_annex_adds_up_to_the_printed_totals(document: Document) -> None:
    whole = dict(zip([column.key for column in document.annex.columns], document.annex.total or (), strict=True))
    assert [whole[key] for key in ("term_target", "net_gain", "quota", "workforce", "growth_estimate")] == [
        18000, 9804, 6500, 11628, 11230,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+84 An Phú", "-104", "@SUM(A1)", "\tAn Phú", "\0"])
def test_csv_keeps_a_name_a_text(name: str) -> None:
    assert guarded(name) == f"'{name}"


def test_numbers_are_not_guarded() -> None:
    assert [guarded(value) for value in (-104, 0.5, None)] == [-104, 0.5, None]


def test_page_escapes_names() -> None:
    table = Table(("<script>alert(1)</script>", "An & Phú"), {"workforce": (10, 20)}, (None, None), (None, None))
    _, scenario = load_scenario("an-giang-2017/base", ["lot=1", "target=10"])
    page = files(build(allocate(table, scenario), Words("vi")), ["html"])["report.html"].decode()
    assert "<script" not in page
    assert "An &amp; Phú" in page


def test_page_needs_no_network(document: Document) -> None:
    page = files(document, ["html"])["report.html"].decode()
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/", "")
    assert f'<html lang="{document.words.language}">' in page


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(InputError, match="pdf"):
        known_formats("xlsx,pdf")
