"""The workbook: its sheets in order, every number of the findings read back, and how it is printed and protected."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from python_calamine import CalamineWorkbook

from allocator.data.table import Table
from allocator.files import load_scenario
from allocator.finding import Listing
from allocator.proof.result import result
from allocator.show.build import MOST_CHARTED, Document
from allocator.show.formats import files
from allocator.words import LANGUAGES
from tests.reports import reported, whole
from tests.show.test_formats import Cells

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl leaves out bars in cells, and says so
OFFICE = shutil.which("soffice")
MOST_PAGES = 8
CHIEF = ("workforce", "available", "quota", "effort", "published", "difference")
Rows = list[list[Any]]


@pytest.fixture(scope="module", params=LANGUAGES)
def document(request: pytest.FixtureRequest) -> Document:
    return replace(whole(request.param), appendix=True)


def sheets(document: Document) -> dict[str, Rows]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(files(document, ["xlsx"])["report.xlsx"]))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def opened(document: Document) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(files(document, ["xlsx"])["report.xlsx"]))


def listings(document: Document) -> Iterator[Listing]:
    for section in (*document.sheets, *document.sections):
        yield from section.listings


def stands(listing: Listing, rows: Rows, document: Document) -> bool:
    """Whether a listing stands in some rows of a sheet, every number as a number and every text as a text."""
    heads = [document.words.told(each.text) for each in listing.heads[0]]
    wide = len(listing.columns)
    wanted = [*listing.rows, *([listing.total] if listing.total else [])]
    for top, row in enumerate(rows):
        if [cell for cell in row[:wide] if cell != ""] != heads:
            continue
        found = rows[top + len(listing.heads) :][: len(wanted)]
        if all(same(cells[:wide], values, listing, document) for cells, values in zip(found, wanted, strict=True)):
            return True
    return False


def same(cells: list[Any], values: Any, listing: Listing, document: Document) -> bool:
    for cell, value, column in zip(cells, values, listing.columns, strict=True):
        if isinstance(value, int | float):
            if isinstance(cell, bool) or cell != pytest.approx(value, rel=1e-12, abs=1e-12):
                return False
        elif cell != ("" if value is None else column.text(document.words, value)):
            return False
    return True


def test_every_listing_of_every_finding_is_read_back(document: Document) -> None:
    book = sheets(document)
    assert sum(len(each.rows) for each in listings(document)) > 200
    lost = [each.key for each in listings(document) if not any(stands(each, rows, document) for rows in book.values())]
    assert lost == []


def test_every_listing_is_read_back_from_the_page(document: Document) -> None:
    page = Cells(files(document, ["html"])["report.html"].decode())
    tables = list(zip(page.captions, page.tables, strict=True))
    for section in document.sections:
        for each in section.listings:
            heads = len(each.heads)
            assert any(
                rows[heads:] == each.texts(document.words)
                for title, rows in tables
                if title == document.words.told(each.title)
            ), each.key


def test_the_first_sheet_has_the_quotas_of_the_json(document: Document) -> None:
    rows, words = next(iter(sheets(document).values())), document.words
    top = next(n for n, row in enumerate(rows) if row[0] == words("column.unit"))
    at = [rows[top].index(words(f"column.{key}")) for key in CHIEF]
    records = result(document.allocation)["units"]
    shown = rows[top + 1 : top + 1 + len(records)]
    assert [row[0] for row in shown] == [each["unit"] for each in records]
    for row, each in zip(shown, records, strict=True):
        assert [row[index] for index in at] == pytest.approx([each[key] for key in CHIEF])


def test_what_is_signed_comes_first_and_the_rest_on_request(document: Document) -> None:
    words = document.words
    short, full = (list(sheets(replace(document, appendix=each))) for each in (False, True))
    assert len(short) == 4
    assert short[:2] == [words("sheet.allocation"), words("sheet.comparison")]
    assert short[3] == words("sheet.locks")
    assert full[:4] == short
    assert full[4:6] == [words("sheet.annex"), words("sheet.basis")]
    assert full[-1] == words("sheet.scenario")
    assert not [name for name in full if name.endswith(")")]  # no sheet stands twice


def test_sheets_are_protected_printed_and_filtered(document: Document) -> None:
    book, words = opened(document), document.words
    for sheet in book:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet.page_setup.paperSize == 9
        assert "&P" in sheet.oddFooter.right.text
        fitted = sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert fitted or sheet.title == words("sheet.allocation")
        typed = [cell for row in sheet for cell in row if not cell.protection.locked]
        assert sheet is book.worksheets[2] or not [cell for cell in typed if str(cell.value).startswith("=")]
    allocation, locks = book[words("sheet.allocation")], book[words("sheet.locks")]
    for sheet in (allocation, locks):
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes
        assert not sheet.protection.autoFilter  # it says what is forbidden
    assert len(allocation._charts) == 2
    open_ = {cell.column_letter for row in locks.iter_rows(min_row=6) for cell in row if not cell.protection.locked}
    assert open_ == {"C", "D", "E"}


def test_cells_have_names_in_plain_letters(document: Document) -> None:
    book, scenario = opened(document), document.allocation.scenario
    named = {}
    for name, each in book.defined_names.items():
        if not name.startswith("_"):
            ((sheet, cell),) = each.destinations
            held = book[sheet][cell.replace("$", "")]
            named[name] = held.value if isinstance(held, Cell) else held  # those of the sheet to try on are columns
    assert (named["proposed_target"], named["proposed_lot"]) == (scenario.target, scenario.lot)
    assert {"total_quota", "total_workforce", "total_published"} <= named.keys()
    assert re.fullmatch(r"=SUM\(\w+:\w+\)", str(named["total_quota"]))
    assert all(name.isascii() for name in named)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: pages are not counted")
@pytest.mark.parametrize("language", LANGUAGES)
def test_annex_and_workbook_are_few_pages(language: str, tmp_path: Path) -> None:
    made = files(whole(language), ["xlsx", "docx"])
    for name in ("report.xlsx", "annex.docx"):
        (tmp_path / name).write_bytes(made[name])
    call = [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
            "--outdir", str(tmp_path), *(str(tmp_path / name) for name in ("report.xlsx", "annex.docx"))]  # fmt: skip
    subprocess.run(call, check=True, capture_output=True)
    counts = [len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) for path in tmp_path.glob("*.pdf")]
    assert len(counts) == 2
    assert 2 < sum(counts) <= MOST_PAGES


def many(count: int) -> Document:
    """A table of so many units with long names, and no two alike."""
    name = "Công đoàn cơ sở trực thuộc Liên đoàn Lao động phường Mỹ Thạnh Trung, đơn vị số"
    units = tuple(f"{name} {n}" for n in range(count))
    figures = {"workforce": tuple(100 + 7 * n % 900 for n in range(count)), "published_quota": (50,) * count}
    blank = (None,) * count
    changes = [f"target={50 * count}", "lot=1"]
    return reported("vi", (Table(units, figures, blank, blank), load_scenario("an-giang-2017/base", changes)[1]))


def test_long_names_leave_figures_on_the_page() -> None:
    for count in (63, 150):
        document = many(count)
        book = opened(document)
        sheet = book[document.words("sheet.allocation")]
        top = next(row[0].row for row in sheet if row[0].value == document.words("column.unit"))
        groups = sheet.column_dimensions.values()  # neighbours of one width are one group
        widths = [each.width for each in groups for _ in range(each.min, each.max + 1)]
        assert len(widths) == len([cell for cell in sheet[top] if cell.value])
        assert widths[0] <= 42
        scale = 1 if sheet.page_setup.scale is None or count > MOST_CHARTED else sheet.page_setup.scale / 100
        across = sum((7 * width + 5) * 0.75 for width in widths) * scale
        assert across <= 523 or count > MOST_CHARTED  # points between the margins of A4; else it is fitted
        heights = {sheet.row_dimensions[top + 1 + n].height for n in range(count)}
        assert min(heights) >= 2 * 14  # a name of 80 letters takes two lines or three
        assert sheet.print_title_rows == f"${top}:${top}"
        tried = book[document.words("sheet.try")]
        first, width = next(row[0].row + 1 for row in tried if row[0].value == document.words("column.unit")), 38
        for row in range(first, first + count):
            letters = len(tried.cell(row, 1).value)
            assert tried.row_dimensions[row].height >= -(-letters // (width - 2)) * 14


def test_a_thousand_units_have_a_workbook_without_charts() -> None:
    document = many(1000)
    book = opened(document)
    assert not book[document.words("sheet.allocation")]._charts
    quotas = [row[1].value for row in book[document.words("sheet.locks")].iter_rows(min_row=6)]
    assert quotas == list(document.allocation.quotas)


def test_a_year_has_no_thousands_mark() -> None:
    document = reported("vi", load_scenario("an-giang-2017/base", ["year=2017"]), ask=("run",))
    (listing,) = (each for each in listings(document) if each.key == "parameters")
    cells = [cell for row in listing.texts(document.words) for cell in row]
    assert "2017" in cells
    assert "2.017" not in cells
