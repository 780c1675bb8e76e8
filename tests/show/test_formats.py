"""One document, every format: figures read back from each are the JSON's."""

import csv
import html.parser
import io
from dataclasses import replace

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from allocator.data.table import Table
from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.proof.result import result
from allocator.show.annex import figure_name
from allocator.show.build import Document
from allocator.show.formats import files, known_formats
from allocator.show.records import guarded
from allocator.show.word import file_names
from allocator.words import LANGUAGES, Words
from tests.reports import reported

FIGURES = ("workforce", "available", "claim", "fair_share", "floor", "cap", "quota", "effort")
NUMBERS = {"vi": str.maketrans(",.", ".,", "."), "en": str.maketrans("", "", ",")}
ROUNDED = ("available", "claim", "fair_share")
COMPARED = ("quota", "published", "difference", "effort")


@pytest.fixture(scope="module", params=LANGUAGES)
def document(request: pytest.FixtureRequest) -> Document:
    return reported(request.param)


def expected(document: Document, keys: tuple[str, ...]) -> list[list[str]]:
    """Figures of the JSON as the document's language writes them, one row a unit."""
    listing = next(
        each for section in document.sections for each in section.listings if {c.key for c in each.columns} >= set(keys)
    )
    columns = {column.key: column for column in listing.columns}
    records = result(document.allocation)["units"]
    shown = [dict(zip(columns, row, strict=True)) for row in listing.shown]
    assert all(abs(row[key] - each[key]) <= 0.5 for row, each in zip(shown, records, strict=True) for key in ROUNDED)
    plain = [{**each, **{key: row[key] for key in ROUNDED}} for row, each in zip(shown, records, strict=True)]
    return [[columns[key].text(document.words, each[key]) for key in keys] for each in plain]


def test_a_column_sums_to_the_total_shown_under_it(document: Document) -> None:
    listing = next(each for section in document.sections for each in section.listings if each.key == "units")
    *rows, total = listing.texts(document.words)
    for at, column in enumerate(listing.columns):
        if column.key in ROUNDED:
            figures = [
                float(text.translate(NUMBERS[document.words.language])) for text in (*(r[at] for r in rows), total[at])
            ]
            assert sum(figures[:-1]) == pytest.approx(figures[-1], abs=1e-9)


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


@pytest.mark.parametrize("figures", [FIGURES, COMPARED])
def test_page_shows_the_figures_of_the_json(document: Document, figures: tuple[str, ...]) -> None:
    page = Cells(files(document, ["html"])["report.html"].decode())
    table = page.tables[page.captions.index(document.words("report.basis"))]
    assert picked(table, document, figures) == expected(document, figures)


def test_csv_holds_the_figures_of_the_json(document: Document) -> None:
    content = files(document, ["csv"])["csv/units.csv"]
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


def test_a_share_in_the_table_is_a_percentage_of_the_annex_and_has_no_total() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    made = reported("en", (table.with_figure("attainment", 1, 0.722), scenario), ask=("run",))
    annex, words = made.annex, made.words
    at = [column.key for column in annex.columns].index("attainment")
    column, total = annex.columns[at], (annex.total or ())[at]
    assert [column.text(words, row[at]) for row in annex.rows[:2]] == ["", "72.20%"]
    assert total == ""


@pytest.mark.parametrize("name", ["=1+1", "+84 An Phú", "-104", "@SUM(A1)", "\tAn Phú", "\0"])
def test_csv_keeps_a_name_a_text(name: str) -> None:
    assert guarded(name) == f"'{name}"


def test_numbers_are_not_guarded() -> None:
    assert [guarded(value) for value in (-104, 0.5, None)] == [-104, 0.5, None]


def test_page_escapes_names() -> None:
    table = Table(("<script>alert(1)</script>", "An & Phú"), {"workforce": (10, 20)}, (None, None), (None, None))
    _, scenario = load_scenario("an-giang-2017/base", ["lot=1", "target=10"])
    page = files(reported("vi", (table, scenario)), ["html"])["report.html"].decode()
    assert "<script>alert" not in page
    assert "An &amp; Phú" in page


def test_page_needs_no_network(document: Document) -> None:
    page = files(document, ["html"])["report.html"].decode()
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/", "")
    assert f'<html lang="{document.words.language}">' in page


def test_columns_are_called_alike_everywhere() -> None:
    names = ("unit", "workforce", "enterprises", "remaining_term_target", "dues_paid")
    told = ["Đơn vị", "Tổng số CNLĐ hiện có / Tổng cộng nguồn CNLĐ", "Số doanh nghiệp",
            "Phần còn lại của chỉ tiêu nhiệm kỳ", "dues_paid"]  # fmt: skip
    assert [figure_name(Words("vi"), each) for each in names] == told


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(InputError, match="pdf"):
        known_formats("xlsx,pdf")


def test_workbook_holds_the_figures_of_the_json(document: Document) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(files(replace(document, appendix=True), ["xlsx"])["report.xlsx"]))
    for sheet, keys in (("basis", FIGURES), ("basis", COMPARED)):
        rows = book.get_sheet_by_name(document.words(f"sheet.{sheet}")).to_python()
        top = next(n for n, row in enumerate(rows) if row[0] == document.words("column.unit"))
        at = [rows[top].index(document.words(f"column.{key}")) for key in keys]
        shown = [[row[index] for index in at] for row in rows[top + 1 : top + 1 + len(document.allocation.table)]]
        for row, each in zip(shown, result(document.allocation)["units"], strict=True):
            assert row == pytest.approx([each[key] for key in keys], rel=1e-15, abs=0)  # the file keeps 16 digits


def test_annex_in_word_shows_the_figures(document: Document) -> None:
    made = docx.Document(io.BytesIO(files(document, ["docx"])["annex.docx"]))
    assert made.core_properties.author == (document.office.body or "allocator")
    (table,) = made.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    quota = [column.key for column in document.annex.columns].index("quota")
    units = result(document.allocation)["units"]
    assert [row[1] for row in rows[2:-1]] == [each["unit"] for each in units]
    assert [row[quota] for row in rows[2:-1]] == [document.words.number(each["quota"]) for each in units]
    shown = [[column.text(document.words, value) for column, value in zip(document.annex.columns, row, strict=True)]
             for row in (*document.annex.rows, document.annex.total or ())]  # fmt: skip
    assert rows[2:] == shown


def test_the_annex_is_blank_where_the_source_is_and_holds_nothing_published(document: Document) -> None:
    keys = [column.key for column in document.annex.columns]
    assert "published_quota" not in keys
    table = document.allocation.table
    for at, key in enumerate(keys):
        if key in table.columns:
            told = [value or None if key == "growth_estimate" else value for value in table.column(key)]
            assert [row[at] for row in document.annex.rows] == ["" if value is None else value for value in told]


def test_names_stay_texts_in_the_workbook_and_files() -> None:
    units = ("=1+1", "+84", "-104", "@SUM(A1)", "../An/Phú", "CON", "con", "An Phú", "AN PHÚ")
    blank = (None,) * len(units)
    table = Table(units, {"workforce": (100,) * len(units)}, blank, blank)
    _, scenario = load_scenario("an-giang-2017/base", ["target=450"])
    made = files(reported("en", (table, scenario)), ["xlsx", "docx"])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made["report.xlsx"])).get_sheet_by_name("Locks").to_python()
    assert [row[0] for row in rows][-len(units) :] == list(units)
    names = [name.removeprefix("letters/") for name in made if name.startswith("letters/")]
    assert len({name.casefold() for name in names}) == len(units)
    assert all("/" not in name and not name.startswith((".", "=", "+", "-", "@")) for name in names)
    assert "CON_.docx" in names
    assert "con_ (2).docx" in names


def test_a_letter_leaves_out_what_no_document_may_hold() -> None:
    table = Table(("An\x01 <Phú>", "B"), {"workforce": (100, 200)}, (None, None), (None, None))
    _, scenario = load_scenario("an-giang-2017/base", ["lot=1", "target=30"])
    made = files(reported("en", (table, scenario)), ["docx"])
    letter = docx.Document(io.BytesIO(made["letters/An- -Phú.docx"]))
    assert "To: An <Phú>" in [each.text for each in letter.paragraphs]


@given(st.lists(st.text(max_size=80), max_size=8))
def test_file_names_are_safe_and_distinct(units: list[str]) -> None:
    made = file_names(units, ".docx")
    assert len({name.casefold() for name in made}) == len(units)
    assert all(len(name.encode()) < 255 and not set(name) & set('<>:"/\\|?*\0') for name in made)
    assert all(name == name.strip() and name[0] not in ".=+-@" for name in made)
