"""The table desk in a real browser: what a planner pastes, points at, says and corrects, until the table is used."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from openpyxl import Workbook

from tests.web.conftest import Server, start, stop
from tests.web.test_access import findings, rules  # noqa: F401
from tests.web.test_stories import ANNEX, shown

PLAIN = "Đơn vị\tSố CNLĐ hiện có\tƯớc số lao động tăng\tChỉ tiêu\nLong Mỹ\t1000\t200\t60\nVị Thủy\t600\t0\t40\n"
ASKED = "Đơn vị\tCột 1\tCột 2\tDự kiến lao động tăng\nLong Mỹ\t1000\t700\t5\nVị Thủy\t600\t900\t0\n"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server with a library of its own."""
    made = start(tmp_path / "kept")
    yield made
    stop(made)


@pytest.fixture
def desk(browser: Any, own: Server) -> Iterator[Any]:
    """An open desk without anything on it; it fails the test if its script fails."""
    context = browser.new_context(viewport={"width": 1366, "height": 860}, accept_downloads=True)
    made, failed = context.new_page(), list[str]()
    made.on("pageerror", lambda error: failed.append(str(error)))
    made.goto(own.opened)
    made.goto(f"{own.address}/table?lang=vi")
    yield made
    context.close()
    assert failed == []


def paste(page: Any, text: str) -> None:
    """Paste a text from a clipboard, the focus where it is."""
    reading(
        page,
        lambda: page.evaluate(
            """text => { const data = new DataTransfer(); data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event); }""",
            text,
        ),
    )


def reading(page: Any, act: Any) -> None:
    """Do something and wait until the desk has been read anew."""
    before = page.evaluate("document.documentElement.dataset.read || '0'")
    act()
    page.wait_for_function("was => (document.documentElement.dataset.read || '0') !== was", arg=before)


def figures(page: Any) -> list[list[str]]:
    """The table that was read."""
    return [row.locator("th, td").all_inner_texts() for row in page.locator(".read tbody tr").all()]


def used(page: Any) -> str:
    """Use the table; its key."""
    page.locator("#use").click()
    page.wait_for_selector("#state")
    return parse_qs(urlsplit(page.url).query)["table"][0].partition("~")[0]


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, held = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(held)
    return held.getvalue()


def test_a_paste_anywhere_is_read_and_used(desk: Any, own: Server) -> None:
    paste(desk, PLAIN)
    assert figures(desk) == [["Long Mỹ", "1.000", "200", "60"], ["Vị Thủy", "600", "0", "40"]]
    assert desk.locator("#target").input_value() == "100"
    key = used(desk)
    assert sum(shown(desk).values()) == 100
    kept = own.folder / "tables" / key
    assert (kept / "units.csv").read_text("utf-8").splitlines()[1] == "Long Mỹ,district,1000,200,60"
    assert not (kept / "import.yaml").exists()


def test_a_file_is_chosen_and_cells_of_both_sides_are_paired(desk: Any) -> None:
    reading(desk, lambda: desk.locator("#file").set_input_files(ANNEX))
    assert len(figures(desk)) == 15
    assert desk.locator("tr.head").count() == 4
    assert "Tổng cộng" in desk.locator("tr.out").inner_text() or desk.locator("tr.out").count() > 0
    desk.locator(".read [data-cell=E8]").hover()
    assert desk.locator("#d-E8").get_attribute("class").split()[-1] == "paired"
    desk.locator("#d-C7").focus()
    assert "paired" in desk.locator(".read [data-cell=C7]").get_attribute("class")
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.activeElement.id") == "d-C8"
    marked = desk.locator("#d-G7")
    assert "marked" in marked.get_attribute("class")
    assert "−113" in marked.get_attribute("title")


def test_a_cell_is_corrected_by_keyboard_and_put_back(desk: Any, own: Server) -> None:
    paste(desk, PLAIN)
    desk.locator("#d-B2").focus()
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "fix-to"
    desk.keyboard.type("1.100", delay=5)
    reading(desk, lambda: desk.keyboard.press("Enter"))
    assert figures(desk)[0][1] == "1.100"
    assert desk.evaluate("document.activeElement.id") == "d-B2"
    assert desk.locator("#d-B2 del").inner_text() == "1000"
    assert desk.locator("#d-B2 ins").inner_text() == "1.100"
    reading(desk, lambda: desk.locator("[name=put_back]").click())
    assert figures(desk)[0][1] == "1.000"
    assert desk.locator("[name=put_back]").count() == 0
    desk.locator("#d-B3").dblclick()
    desk.keyboard.type("428", delay=5)
    reading(desk, lambda: desk.locator("#fix").click())
    key = used(desk)
    assert "Vị Thủy,district,428,0,40" in (own.folder / "tables" / key / "units.csv").read_text("utf-8")
    kept = yaml.safe_load((own.folder / "tables" / key / "import.yaml").read_text("utf-8"))
    assert kept == {"cells": {"Bảng đã dán:3:2": "428"}}


def test_what_cannot_be_read_is_marked_at_its_cell_and_mended_there(desk: Any) -> None:
    paste(desk, PLAIN.replace("600", "sáu trăm"))
    assert desk.locator(".read").count() == 0
    link = desk.locator(".alert a[data-to=B3]")
    assert "--map" not in desk.locator("main").inner_text()
    link.click()
    assert desk.evaluate("document.activeElement.id") == "d-B3"
    assert "marked" in desk.locator("#d-B3").get_attribute("class")
    desk.keyboard.press("F2")
    desk.keyboard.type("600", delay=5)
    reading(desk, lambda: desk.keyboard.press("Enter"))
    assert figures(desk)[1][1] == "600"


def test_a_question_is_answered_once_and_the_next_file_of_the_office_asks_nothing(desk: Any, own: Server) -> None:
    paste(desk, ASKED)
    question = desk.locator("fieldset.question")
    assert "nguồn CNLĐ hiện có" in question.locator("legend").inner_text()
    assert "1000 và 600" in question.inner_text()
    assert not re.search(r"--\w|workforce|import\.", desk.locator("main").inner_text())
    question.locator("input").first.focus()
    desk.keyboard.press("Space")
    reading(desk, lambda: desk.locator("#answer").click())
    assert figures(desk) == [["Long Mỹ", "1.000", "5"], ["Vị Thủy", "600", "0"]]
    desk.locator("#use").click()
    desk.wait_for_selector("[role=alert] >> text=chưa có chỉ tiêu chung")
    desk.locator("#target").click()
    desk.keyboard.type("1.50", delay=5)
    reading(desk, lambda: desk.locator("#use").click())
    assert "1.50" in desk.locator(".alert").last.inner_text()
    desk.locator("#target").fill("")
    desk.locator("#target").click()
    desk.keyboard.type("150", delay=5)
    desk.locator("#title").fill("Hậu Giang")
    key = used(desk)
    assert sum(shown(desk).values()) == 150
    kept = yaml.safe_load((own.folder / "tables" / key / "import.yaml").read_text("utf-8"))
    assert kept["columns"]["Cột 1"] == "workforce"
    desk.goto(f"{own.address}/table?lang=vi")
    paste(desk, "Sở\t\t\t\n" + ASKED.replace("600", "700"))
    assert desk.locator("fieldset.question").count() == 0
    assert figures(desk)[1] == ["Vị Thủy", "700", "0"]
    assert "Hậu Giang" in desk.locator(".info").inner_text()


def test_the_header_is_pointed_at_and_columns_are_named(desk: Any) -> None:
    paste(desk, "Báo cáo\tkhối\tquý\nQuận\tHiện có\tNăm sau\nLong Mỹ\t1000\t7\nVị Thủy\t600\t9\n")
    reading(desk, lambda: desk.locator("#header-2").click())
    assert desk.locator("[aria-pressed]").all_inner_texts() == ["2"]
    for letter, column in (("A", "unit"), ("B", "workforce"), ("C", "growth_estimate")):
        select = desk.locator(f"#column-{letter}")
        if select.count() == 0:
            break
        reading(desk, lambda select=select, column=column: select.select_option(column))
    assert figures(desk) == [["Long Mỹ", "1.000", "7"], ["Vị Thủy", "600", "9"]]
    assert desk.locator("#column-C option:checked").inner_text() == "ước số lao động tăng"
    reading(desk, lambda: desk.locator("#column-C").select_option("skip"))
    assert figures(desk) == [["Long Mỹ", "1.000"], ["Vị Thủy", "600"]]


def test_rows_are_left_out_and_kept(desk: Any) -> None:
    paste(desk, PLAIN + "Cộng\t1600\t200\t100\n")
    out = desk.locator("tr.out")
    assert "tổng" in out.inner_text()
    assert not desk.locator("#in-4").is_checked()
    reading(desk, lambda: desk.locator("#in-2").uncheck())
    assert [row[0] for row in figures(desk)] == ["Vị Thủy"]
    assert desk.evaluate("document.activeElement.id") == "in-2"
    reading(desk, lambda: desk.locator("#in-4").check())
    assert [row[0] for row in figures(desk)] == ["Vị Thủy", "Cộng"]
    reading(desk, lambda: desk.locator("#in-2").check())
    reading(desk, lambda: desk.locator("#in-4").uncheck())
    assert [row[0] for row in figures(desk)] == ["Long Mỹ", "Vị Thủy"]


def test_a_finding_is_accepted_and_stays_so(desk: Any, own: Server) -> None:
    reading(desk, lambda: desk.locator("#file").set_input_files(ANNEX))
    first = desk.locator(".findings li").first
    mark = first.locator("button").get_attribute("value")
    reading(desk, lambda: first.locator("button").click())
    assert "đã chấp nhận ngày" in desk.locator("li.accepted").inner_text()
    assert desk.evaluate("document.activeElement.id") == f"accept-{mark}"
    used(desk)
    desk.goto(f"{own.address}/table?lang=vi")
    reading(desk, lambda: desk.locator("#file").set_input_files(ANNEX))
    assert desk.locator("li.accepted button").get_attribute("value") == mark
    reading(desk, lambda: desk.locator("li.accepted button").click())
    assert desk.locator("li.accepted").count() == 0


def test_the_library_opens_hands_out_and_deletes_once_asked(desk: Any, own: Server) -> None:
    paste(desk, PLAIN)
    desk.locator("#title").fill("Hậu Giang 2026")
    key = used(desk)
    desk.locator("#save-name").fill("Phương án")
    desk.locator("#save button").click()
    desk.wait_for_load_state()
    desk.goto(f"{own.address}/table?lang=vi")
    row = desk.locator("#library tbody tr")
    assert row.locator("th, td").all_inner_texts()[:2] == ["Hậu Giang 2026", "2"]
    with desk.expect_download() as waiting:
        row.get_by_role("link", name="Tải về").click()
    assert Path(waiting.value.path()).read_text("utf-8").startswith("unit,kind,workforce")
    row.get_by_role("link", name="Hậu Giang 2026", exact=True).click()
    desk.wait_for_selector("#state")
    assert f"table={key}" in desk.url
    assert sum(shown(desk).values()) == 100
    desk.goto(f"{own.address}/table?lang=vi")
    desk.get_by_role("button", name="Xóa Hậu Giang 2026").click()
    desk.get_by_role("link", name="Giữ lại").click()
    desk.get_by_role("button", name="Xóa Hậu Giang 2026").click()
    desk.get_by_role("alert").get_by_role("button").click()
    assert desk.locator("#library tbody tr").count() == 0
    assert [each.name for each in (own.folder / "tables" / key).iterdir()] == ["record.jsonl"]
    desk.goto(f"{own.address}/?lang=vi")
    desk.get_by_role("link", name="Phương án").click()
    assert "không có trên máy này" in desk.locator("[role=alert]").inner_text()


def test_a_link_says_when_its_table_has_changed_and_goes_on_with_another(desk: Any, own: Server) -> None:
    paste(desk, PLAIN)
    key = used(desk)
    desk.goto(f"{own.address}/?lang=vi")
    name, mark = re.search(r"table=(\w+)(?:~|%7E)(\w{12})", desk.url).groups()
    other = desk.url.replace(mark, "0" * 12)
    desk.goto(other)
    assert "đã khác" in desk.locator("[role=alert]").inner_text()
    assert desk.locator(f"main a[href*={key}]").count() == 1
    desk.locator("main ul a").first.click()
    assert len(shown(desk)) == 15
    assert f"table={name}" in desk.url
    desk.goto(f"{own.address}/table/{key}")
    desk.wait_for_selector("#state")
    link = desk.url.replace("target=100", "target=90")
    stop(own)
    units = own.folder / "tables" / key / "units.csv"
    units.write_text(units.read_text("utf-8").replace("1000", "2000"), "utf-8")
    again = start(own.folder)
    desk.goto(again.opened)
    desk.goto(again.address + link.removeprefix(own.address))
    assert "đã khác" in desk.locator("[role=alert]").inner_text()
    desk.locator(f"main a[href*={key}]").click()
    assert sum(shown(desk).values()) == 90
    stop(again)


def test_reports_are_pasted_and_wrong_cells_are_marked(desk: Any, own: Server) -> None:
    desk.goto(f"{own.address}/?lang=vi")
    desk.locator("#more [formaction='/section/review']").click()
    desk.locator("[name=pasted]").fill("unit\trecruited\tlost\tdate\nLong Xuyên\t100\tnăm\t15/05/2017\n")
    desk.locator("main form button").first.click()
    desk.wait_for_load_state()
    assert "marked" in desk.locator("#d-C2").get_attribute("class")
    assert desk.locator("a[data-to=C2]").count() == 1


def test_a_workbook_keeps_its_cells_names(desk: Any) -> None:
    content = sheet(("Biểu", None), ("Đơn vị", "Số CNLĐ hiện có", "Ước số lao động tăng"), ("A", 300, 5), ("B", "x", 5))
    file = {"name": "a.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    reading(desk, lambda: desk.locator("#file").set_input_files(file))
    assert "marked" in desk.locator("#d-B4").get_attribute("class")
    desk.locator("#d-B4").dblclick()
    desk.keyboard.type("200", delay=5)
    reading(desk, lambda: desk.keyboard.press("Enter"))
    assert figures(desk) == [["A", "300", "5"], ["B", "200", "5"]]


def test_a_cell_that_was_only_looked_at_is_not_corrected(desk: Any, own: Server) -> None:
    content = sheet(("Đơn\nvị", "Số CNLĐ hiện có"), (" A  B ", 300), ("C", 200))
    file = {"name": "a.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    reading(desk, lambda: desk.locator("#file").set_input_files(file))
    for cell in ("A1", "A2"):
        desk.locator(f"#d-{cell}").focus()
        reading(desk, lambda: desk.locator("#again").click())
        assert desk.locator("[name=put_back]").count() == 0


def test_it_works_without_script(browser: Any, own: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{own.opened}&lang=en")
    page.goto(f"{own.address}/table?lang=en")
    page.locator("#pasted").fill(PLAIN)
    page.get_by_role("button", name="Read").first.click()
    page.locator("#fix-at").fill("b2")
    page.locator("#fix-to").fill("900")
    page.locator("#fix").click()
    assert figures(page)[0][1] == "900"
    page.locator("#use").click()
    page.wait_for_selector("#state")
    assert sum(shown(page).values()) == 100
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1366, "dark"), (2560, "light")])
def test_nothing_serious_is_found_and_nothing_is_cut_off(
    desk: Any,
    own: Server,
    rules: str,  # noqa: F811
    width: int,
    scheme: str,
) -> None:
    desk.set_viewport_size({"width": width, "height": 860})
    desk.emulate_media(color_scheme=scheme)
    found = {"empty": findings(desk, rules)}
    for name, text in (("read", PLAIN), ("asked", ASKED), ("wrong", PLAIN.replace("600", "x"))):
        desk.goto(f"{own.address}/table?lang=vi")
        paste(desk, text)
        desk.locator("#d-B2").focus()
        found[name] = findings(desk, rules)
        assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    desk.goto(f"{own.address}/table?lang=vi")
    paste(desk, PLAIN)
    used(desk)
    desk.goto(f"{own.address}/table?lang=vi")
    found["library"] = findings(desk, rules)
    desk.get_by_role("button", name="Xóa").click()
    found["drop"] = findings(desk, rules)
    assert {place: each for place, each in found.items() if each} == {}
