"""A planner's morning, by the clock: an annex nobody has seen goes in, an allocation and its letters come out.

Nothing is typed in a terminal. With `-s` it prints the seconds each step took; no time is asserted.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from allocator.words import Words
from tests.web.conftest import Server, whole_page

FILE, TARGET, TITLE, USE = "#file", "#target", "#title", "#use"
SAVE_NAME, SAVE, SAVED = "#save-name", "#save button", "#saved"
COMPARE = ".go button"
MENU, TAKE = "details.menu summary", "button[formaction='/download/{}']:not([name])"
QUOTAS = "#rows tr[data-unit]"
HEADER = ("STT", "Đơn vị", "Tổng số CNLĐ hiện có", "Ước số lao động tăng trong năm", "Chỉ tiêu giao nhiệm kỳ",
          "Phát triển đoàn viên mới", "Chỉ tiêu phân bổ")  # fmt: skip
UNITS = (
    ("Ninh Kiều", 1850, 300, 5200, 4100, 900),
    ("Cái Răng", 960, 0, 2600, 2700, 450),
    ("Bình Thủy", 1240, 150, 3100, 2300, 500),
    ("Ô Môn", 610, 90, 1500, 1480, 260),
    ("Thốt Nốt", 830, 0, 2100, 1700, 330),
    ("Phong Điền", 280, 40, 900, 640, 110),
    ("Cờ Đỏ", 340, 0, 1000, 1010, 150),
)


def annex(path: Path) -> Path:
    """An annex in Word as an office would write it."""
    document = Document()
    document.add_paragraph("PHỤ LỤC: PHÂN BỔ CHỈ TIÊU PHÁT TRIỂN ĐOÀN VIÊN NĂM 2026")
    table = document.add_table(rows=1, cols=len(HEADER))
    for cell, text in zip(table.rows[0].cells, HEADER, strict=True):
        cell.text = text
    for number, row in enumerate(UNITS, 1):
        for cell, value in zip(table.add_row().cells, (number, *row), strict=True):
            cell.text = f"{value:,}".replace(",", ".") if isinstance(value, int) else value
    document.save(str(path))
    return path


@contextmanager
def step(name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    print(f"{time.monotonic() - begun:6.1f} s  {name}")


def settled(page: Any) -> dict[str, int]:
    """The quotas, once they and the reasons of the opened unit are those of what is set."""
    page.wait_for_function(
        "() => !document.querySelector('#outcome.old, #outcome[aria-busy=true], #why.old, #why[aria-busy=true]')"
    )
    rows = page.locator(QUOTAS).all()
    return {each.get_attribute("data-unit"): number(each.locator("td.quota").inner_text()) for each in rows}


def number(text: str) -> int:
    return int(text.replace(".", "").replace("−", "-"))


def typed(page: Any, css: str, text: str) -> dict[str, int]:
    page.locator(css).click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text, delay=20)
    page.keyboard.press("Enter")
    return settled(page)


def opened(page: Any, unit: str) -> None:
    page.locator(f"tr[data-unit='{unit}'] button").click()
    page.locator(f"#why[data-unit='{unit}']").wait_for()
    settled(page)


def saved(page: Any, name: str) -> None:
    page.locator(SAVE_NAME).fill(name)
    page.locator(SAVE).click()
    page.locator(SAVED, has_text=name).wait_for()


def taken(page: Any, kind: str) -> bytes:
    page.locator(MENU).click()
    with page.expect_download() as waiting:
        page.locator(TAKE.format(kind)).click()
    content = Path(waiting.value.path()).read_bytes()
    page.locator(MENU).click()
    return content


def documents(content: bytes) -> list[bytes]:
    """The files of a download: itself, or those in it."""
    held = zipfile.ZipFile(io.BytesIO(content))
    return [content] if "[Content_Types].xml" in held.namelist() else [held.read(each) for each in held.namelist()]


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl knows no extensions of a workbook
def test_an_annex_in_and_an_annex_its_letters_and_a_workbook_out(page: Any, server: Server, tmp_path: Path) -> None:
    with step("the annex is brought and read"):
        page.goto(f"{server.address}/table?lang=vi")
        page.locator(FILE).set_input_files(annex(tmp_path / "phu-luc.docx"))
        page.locator(USE).wait_for()
        if not page.locator(TARGET).input_value():
            page.locator(TARGET).fill("2.700")
        page.locator(TITLE).fill("Cần Thơ 2026")
        page.locator(USE).click()
        page.locator("#state").wait_for()
        begun = settled(page)
        assert sum(begun.values()) == 2700
        assert list(begun) == sorted(begun, key=lambda unit: -begun[unit])
    with step("five levers"):
        slider = page.locator("[data-for=realisation]")
        slider.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        settled(page)
        typed(page, "#f-exponent", "0,5")
        typed(page, "#f-min_quota", "120")
        typed(page, "#f-max_share", "65%")
        first = typed(page, "#f-target", "2.800")
        assert sum(first.values()) == 2800
        assert min(first.values()) >= 120
        assert page.locator("[data-changed]").count() == 5
        saved(page, "Phương án trình")
    with step("an appeal, granted as a lock"):
        opened(page, "Cái Răng")
        asked = first["Cái Răng"] - 50
        typed(page, "[name=asks]", str(asked))
        page.locator("#asked button[name=take]").click()
        page.wait_for_function("unit => document.querySelector('[data-changed^=\"lock:\"]')", arg=None)
        granted = settled(page)
        assert granted["Cái Răng"] == asked
        assert sum(granted.values()) == 2800
    with step("a figure corrected, with who and why"):
        opened(page, "Thốt Nốt")
        page.locator("details.theirs summary").click()
        typed(page, "[name='figure:workforce:Thốt Nốt']", "428")
        typed(page, "[name='by:Thốt Nốt']", "Ban Thường vụ")
        corrected = typed(page, "[name='reason:Thốt Nốt']", "số liệu tháng 9")
        assert corrected["Thốt Nốt"] < granted["Thốt Nốt"]
        assert "428" in page.locator("#why").inner_text()
        saved(page, "Sau ý kiến đơn vị")
    with step("two scenarios compared"):
        state = page.url
        page.goto(f"{server.address}/scenarios?lang=vi")
        for name in ("Phương án trình", "Sau ý kiến đơn vị"):
            page.get_by_label(Words("vi")("scenarios.tick", name=name), exact=True).check()
        page.locator(COMPARE).first.click()
        whole_page(page)
        text = page.locator("main").inner_text()
        for quotas in (first, corrected):
            assert all(f"{each:,}".replace(",", ".") in text for each in quotas.values())
    with step("annex, letters and workbook taken"):
        page.goto(state)
        assert settled(page) == corrected
        texts = [Document(io.BytesIO(each)) for each in documents(taken(page, "docx"))]
        rows = [[cell.text for cell in row.cells] for each in texts for table in each.tables for row in table.rows]
        letters = "\n".join(line.text for each in texts for line in each.paragraphs)
        for unit, quota in corrected.items():
            assert any(unit in row and f"{quota:,}".replace(",", ".") in row for row in rows), unit
            assert unit in letters
        book = load_workbook(io.BytesIO(taken(page, "xlsx")))
        cells = [[*row] for sheet in book for row in sheet.iter_rows(values_only=True)]
        assert all(any(unit in row and quota in row for row in cells) for unit, quota in corrected.items())
