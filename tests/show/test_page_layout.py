"""The report's page in a browser, with many long names: figures stay in sight, headers stay, print breaks well."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from allocator.show.formats import files
from allocator.words import Words
from tests.show.test_workbook import many

VI = Words("vi")
WIDTHS = (360, 1366, 2560)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layout") / "report.html"
    path.write_bytes(files(many(150), ["html"])["report.html"])
    return path


SCROLLED = """table => {
  const box = table.closest('.wide'), rows = [...table.tBodies[0].rows], far = rows[100];
  box.scrollIntoView({block: 'start'});
  const at = far.getBoundingClientRect().top - table.tHead.getBoundingClientRect().bottom;
  box.scrollTop = at; box.scrollLeft = 1e6;
  const place = each => { const r = each.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  return {box: place(box), head: place(table.tHead), name: place(far.querySelector('th')),
          last: place(far.lastElementChild), key: table.closest('section').id,
          clipped: rows.some(row => [...row.cells].some(cell => cell.scrollWidth > cell.clientWidth + 1))};
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_figures_names_and_headers_stay_in_sight(browser: Any, report: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tables = page.locator("section table:has(tbody tr:nth-child(101))").all()
    assert len(tables) >= 3
    for each in tables:
        found = each.evaluate(SCROLLED)
        (left, top, right, bottom), name, last = found["box"], found["name"], found["last"]
        assert left >= 0
        assert right <= width
        assert abs(found["head"][1] - top) <= 2  # the header stays at the top of what is scrolled
        assert top < name[1] < bottom
        assert left - 1 <= name[0]  # the name stays at the side
        assert name[2] - name[0] <= 0.55 * width, found["key"]
        assert name[2] - 1 <= last[0]  # and covers no figure of the last column
        assert last[2] <= right + 1
        assert not found["clipped"]
    page.close()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed: printed pages are not read")
def test_printed_pages_have_headers_and_no_lone_heading(browser: Any, report: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    headings = {each.strip() for each in page.locator("h1, h2, h3, caption").all_inner_texts()}
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    page.close()
    read = ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    pages = [[line.strip() for line in part.split("\n") if line.strip()] for part in text.split("\f") if part.strip()]
    assert len(pages) > 10
    assert [lines[-1] for lines in pages if lines[-1] in headings] == []
    total, unit = VI("run.total"), VI("column.unit")
    assert not [lines for lines in pages if lines[0].startswith(total)]
    named = [lines for lines in pages if sum("đơn vị" in each or "Mỹ Thạnh" in each for each in lines) > 6]
    assert len(named) > 8
    assert all(any(unit in each or VI("page.use") in each for each in lines) for lines in named)
