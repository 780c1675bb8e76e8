"""In a real browser: one click makes the state of what an answer shows, answers are files, workbooks come back."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import docx
import openpyxl
import pytest

from allocator.data.limits import Sent
from allocator.data.packing import packed
from allocator.data.records import Enterprise, read_register
from allocator.files import load_scenario
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.questions import Case, find
from allocator.show.build import build_answer
from allocator.show.formats import files
from allocator.web.guard import MOST_QUERY
from allocator.web.state import started, state_of
from allocator.web.taking import links
from allocator.why.comparison import misplaced
from allocator.words import Words
from tests.reports import reported
from tests.web.conftest import Server, whole_page
from tests.web.test_access import findings, rules  # noqa: F401
from tests.web.test_year import REGISTER, REPORTS, sent

BASE = "an-giang-2017/base"
VI = Words("vi")
PUBLISHED = load_scenario(BASE)[0].column("published_quota")


def query(**changes: Any) -> str:
    return started("given", load_scenario(BASE)[1].changed(changes)).query


def held(page: Any) -> Scenario:
    """The scenario of the state in the address."""
    return state_of(urlsplit(page.url).query).scenario()


def made(page: Any) -> Allocation:
    """The allocation of that state."""
    return allocate(load_scenario(BASE)[0], held(page))


def opened(page: Any, server: Server, path: str, **given: Any) -> None:
    page.goto(f"{server.address}{path}?{query()}&{urlencode(given)}")
    whole_page(page)


def use(page: Any, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_selector("#state")


def test_a_point_of_the_frontier_is_taken(page: Any, server: Server) -> None:
    asked = {"ask-details": "1", "ask-draws": "64"}
    opened(page, server, "/section/sensitivity", **asked, lang="vi")
    row = page.locator("#frontier tbody tr").nth(4)
    weight, moved = row.locator("th, td").all_inner_texts()[:2]
    use(page, f"Dùng {VI('column.risk_weight')}: {weight}")
    found = made(page)
    assert VI.number(found.scenario.risk.weight, 3) == weight
    fairest = allocate(load_scenario(BASE)[0], load_scenario(BASE)[1].changed({"risk": {"weight": 0}})).quotas
    assert VI.number(misplaced(found.quotas, fairest)) == moved


def test_a_calibrated_rule_and_the_simplest_are_taken(page: Any, server: Server) -> None:
    opened(page, server, "/section/calibrate", lang="vi")
    row = page.locator("table", has_text=VI("calibrate.model.workforce")).first.locator("tbody tr").nth(1)
    moved, link = row.locator("td").nth(1).inner_text(), row.locator("a").get_attribute("href")
    rule = page.get_by_role("link", name=f"Dùng {VI('report.best')}: {VI('calibrate.column.recommended')}", exact=True)
    simplest = server.address + rule.get_attribute("href")
    page.goto(server.address + link)
    assert VI.number(misplaced(made(page).fair_share, PUBLISHED), 1) == moved
    page.goto(simplest)
    assert misplaced(made(page).quotas, PUBLISHED) == 190


def test_a_request_is_granted_as_a_lock(page: Any, server: Server) -> None:
    opened(page, server, "/section/appeal", **{"ask-unit": "Châu Phú", "ask-quota": "150"}, lang="vi")
    use(page, "Dùng đề nghị này: khóa Châu Phú ở mức 150")
    assert dict(zip(load_scenario(BASE)[0].units, made(page).quotas, strict=True))["Châu Phú"] == 150


def test_a_compromise_of_saved_states_is_taken_onto_the_first(page: Any, server: Server) -> None:
    for name, realisation in (("Dung hòa A", 0.2), ("Dung hòa B", 0.5)):
        form = {"query": query(growth={"realisation": realisation}), "name": name}
        page.request.post(f"{server.address}/save", form=form, headers={"origin": server.address})
    page.goto(f"{server.address}/scenarios?lang=vi")
    for name in ("Dung hòa A", "Dung hòa B"):
        page.get_by_label(VI("scenarios.tick", name=name), exact=True).check()
    page.locator(".go button").click()
    whole_page(page)
    page.locator("[name=ask-compromise]").check()
    page.locator("#ask button").click()
    whole_page(page)
    texts = page.locator("#compromise table").first.locator("tbody td:nth-child(2)").all_inner_texts()
    page.locator("#compromise a.button").first.click()
    page.wait_for_selector("#state")
    assert [VI.number(each) for each in made(page).quotas] == texts
    assert held(page).growth.realisation == 0.2


@pytest.mark.parametrize("taken", ["a", "eJw", packed([1]), packed({"target": "x"}), packed({"locks": 3}), "é" * 900])
def test_what_nobody_offered_is_refused_in_words(page: Any, server: Server, taken: str) -> None:
    answer = page.request.get(f"{server.address}/?{query()}&take={quote(taken)}&lang=vi")
    assert answer.status == 422
    assert VI("page.bad_link") in answer.text()


def test_what_is_too_long_for_an_address_is_not_offered() -> None:
    table, scenario = load_scenario(BASE)
    (listing, *_) = (each for each in find("appeal").ask(Case(BASE, table, scenario), "Châu Phú", 150).listings)
    take = listing.takes[""]
    link = links([started("given", scenario)], VI)
    assert len(link(take)) < MOST_QUERY
    many = [{"unit": f"Đơn vị {n}", "quota": 10, "reason": ""} for n in range(4_000)]
    assert link(type(take)({"locks": many})) == ""


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["xlsx", "docx", "html", "csv"])
def test_any_answer_is_taken_away(page: Any, server: Server, kind: str, tmp_path: Path) -> None:
    opened(page, server, "/section/calibrate", lang="vi")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=VI(f"page.answer.{kind}"), exact=True).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    table, scenario = load_scenario(BASE)
    explained = find("calibrate").ask(Case(BASE, table, scenario)).records["units"][0]["residual"]
    if kind == "xlsx":
        book = openpyxl.load_workbook(path)
        rows = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
        assert any(row[0] == table.units[0] and explained in row for row in rows)
        assert any("growth.realisation" in row or VI("parameter.growth.realisation") in row for row in rows)
    elif kind == "csv":
        with zipfile.ZipFile(path) as archive:
            text = archive.read("csv/explained.csv").decode("utf-8-sig")
        assert float(next(csv.DictReader(io.StringIO(text)))["residual"]) == explained
    else:
        word = docx.Document(str(path)).tables if kind == "docx" else None
        cells = [cell.text for each in word for row in each.rows for cell in row.cells] if word else []
        text = path.read_text("utf-8") if kind == "html" else "\n".join(cells)
        assert VI.signed(explained, 1) in text
        assert kind == "docx" or text.count("<svg ") == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_review_and_unions_show_charts_and_are_taken_away(page: Any, server: Server, tmp_path: Path) -> None:
    for question, text in (("review", REPORTS), ("unions", REGISTER)):
        path = tmp_path / f"{question}.csv"
        path.write_text(text, encoding="utf-8")
        page.goto(f"{server.address}/section/{question}?{query()}&lang=vi")
        sent(page, path)
        picture = page.locator(".chart img")
        picture.scroll_into_view_if_needed()
        page.wait_for_function("() => [...document.images].every(each => each.complete && each.naturalWidth > 300)")
        assert len(picture.get_attribute("alt")) > 40
        for kind in ("xlsx", "docx"):
            with page.expect_download() as waiting:
                page.locator(f"button[value={kind}]").click()
            assert re.fullmatch(rf"An-Giang-2017_Kịch-bản-cơ-sở_.+_[\d-]+\.{kind}", waiting.value.suggested_filename)
            waiting.value.save_as(tmp_path / f"{question}.{kind}")
    book = openpyxl.load_workbook(tmp_path / "unions.xlsx")
    assert any(cell.value == "=1+1" and cell.data_type == "s" for sheet in book for row in sheet for cell in row)
    assert not list(server.folder.rglob("*review*"))


def test_the_columns_that_the_page_names_are_the_columns_it_takes() -> None:
    names = {"Tên doanh nghiệp": "A", "Mã doanh nghiệp": "1", "Đơn vị": "An Phú", "Số lao động": "90",
             "Đã có công đoàn": "không", "Đủ điều kiện": "1"}  # fmt: skip
    assert all(name in VI("page.hint.unions") for name in names)
    table = load_scenario(BASE)[0]
    read = read_register(Sent("a.csv", f"{','.join(names)}\n{','.join(names.values())}\n".encode()), table)
    assert read.enterprises == {"An Phú": (Enterprise("A (1)", 90, 90, False),)}
    assert all(name in VI("page.hint.review") for name in ("Đơn vị", "Đã kết nạp", "Đã giảm", "Ngày"))


def test_reports_with_vietnamese_headers_are_reviewed_and_taken(page: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "bao-cao.csv"
    text = REPORTS.replace("unit,recruited,lost,date", "Đơn vị,Đã kết nạp,Đã giảm,Ngày")
    path.write_text(text, encoding="utf-8")
    page.goto(f"{server.address}/section/review?{query()}&lang=vi")
    sent(page, path)
    column = page.locator("#review table").first.locator("thead th").all_inner_texts().index("Giao lại")
    rows = page.locator("#review table").first.locator("tbody tr").all()
    texts = [row.locator("th, td").nth(column).inner_text() for row in rows]
    page.locator("#review a.button").first.click()
    page.wait_for_selector("#state")
    assert [VI.number(each) for each in made(page).quotas] == texts


def workbook(folder: Path, cells: dict[str, Any]) -> Path:
    """The workbook of the state with cells of its sheet of locks filled in."""
    content = files(reported("vi", ask=("run",)), ["xlsx"])["report.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    for cell, value in cells.items():
        book[VI("sheet.locks")][cell] = value
    book.save(folder / "sửa.xlsx")
    return folder / "sửa.xlsx"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("script", [True, False])
def test_an_edited_workbook_comes_back(browser: Any, server: Server, script: bool, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(server.opened)
    page.goto(f"{server.address}/?{query()}&lang=vi")
    page.get_by_text(VI("page.edits"), exact=True).click()
    path = workbook(tmp_path, {"C13": 50, "D13": "Ban Thường vụ", "E13": "theo đề nghị"})
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button").click()
    page.wait_for_selector("#state")
    (lock,) = held(page).locks
    assert (lock.unit, lock.quota) == ("An Phú", 50)
    asked = allocate(*load_scenario(BASE, ["locks=[{unit: An Phú, quota: 50}]"]))
    assert made(page).quotas == asked.quotas
    assert not list(server.folder.rglob("*.xlsx"))
    context.close()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_wrong_in_a_workbook_is_marked_at_its_cell(
    page: Any,
    server: Server,
    rules: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    cells = {"C13": 55, "D13": "Ban Thường vụ", "E13": "x", "A14": "Xã Lạ", "C14": 10, "D14": "a", "E14": "b"}
    page.goto(f"{server.address}/edits?{query()}&lang=vi")
    assert findings(page, rules) == []
    page.locator("input[type=file]").set_input_files(workbook(tmp_path, cells))
    page.locator("main form button").click()
    page.wait_for_selector("[role=alert]")
    alert = page.locator("[role=alert]").inner_text()
    assert "C13: " in alert
    assert "A14: " in alert
    assert "Xã Lạ" in alert
    for cell in ("C13", "A14"):
        assert "marked" in page.locator(f"#d-{cell}").get_attribute("class")
    assert findings(page, rules) == []
    page.locator("input[type=file]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    page.locator("main form button").click()
    page.wait_for_selector("[role=alert]:has-text('a.csv')")
    assert "allocator" not in page.locator("[role=alert]").inner_text()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_name_that_only_fits_is_told_before_its_lock_is_used(page: Any, server: Server, tmp_path: Path) -> None:
    cells = {"A13": "an phu", "C13": 50, "D13": "Ban Thường vụ", "E13": "x"}
    page.goto(f"{server.address}/edits?{query()}&lang=vi")
    page.locator("input[type=file]").set_input_files(workbook(tmp_path, cells))
    page.locator("main form button").click()
    page.wait_for_selector("[role=status]")
    assert "an phu" in page.locator("[role=status]").inner_text()
    use(page, VI("page.edits_go"))
    assert [(each.unit, each.quota) for each in held(page).locks] == [("An Phú", 50)]


def test_an_answer_about_several_cases_and_one_without_sections_is_a_document() -> None:
    table, scenario = load_scenario(BASE)
    cases = [Case(name, table, scenario.changed({"target": each})) for name, each in (("a", 6500), ("b", 6400))]
    answer = build_answer("So sánh", cases, find("compare").ask(cases), VI)
    book = openpyxl.load_workbook(io.BytesIO(files(answer, ["xlsx"])["report.xlsx"]))
    of = [each for each in book.sheetnames if each.startswith("Thiết lập")]
    assert of == ["Thiết lập của kịch bản Kịch bản", "Thiết lập của kịch bản Kịch (2)"]
    assert [each.key for each in answer.sections] == ["compare", "settings", "settings_1", "settings_2"]
    already = find("appeal").ask(cases[0], "Châu Phú", 250)
    assert already.sections == ()
    text = docx.Document(io.BytesIO(files(build_answer("x", cases[:1], already, VI), ["docx"])["answer.docx"]))
    assert VI("appeal.already") in [each.text for each in text.paragraphs]
    assert json.dumps(files(build_answer("x", cases[:1], already, VI), ["csv"])) == "{}"
