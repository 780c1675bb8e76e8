"""The year on the page, in a real browser: net, review, unions to found, years together, charts of the risk."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import docx
import pytest

from tests.web.conftest import Server, whole_page

REPORTS = (
    "unit,recruited,lost,date\nLong Xuyên,100,5,15/05/2017\nChâu Phú,130,0,2017-05-15\nCĐCS tỉnh,600,0,15/05/2017\n"
)
REGISTER = "unit,name,workers,has_union,eligible\nLong Xuyên,=1+1,1200,0,1\nLong Xuyên,B,50,1,1\nAn Phú,C,30,no,yes\n"


def told(*arguments: str) -> Any:
    """What the command line says, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "allocator", *arguments, "--json"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def column(page: Any, name: str, table: int = 0) -> list[str]:
    """Cells of the rows of a table under a header."""
    at = page.locator("main table").nth(table).locator("thead th").all_inner_texts().index(name)
    rows = page.locator("main table").nth(table).locator("tbody tr").all()
    return [row.locator("th, td").nth(at).inner_text() for row in rows]


def whole(texts: list[str]) -> list[int]:
    return [int(each.replace(".", "").replace(",", "").replace("−", "-").replace("+", "")) for each in texts]


def opened(page: Any, server: Server, link: str, language: str) -> None:
    page.goto(f"{server.address}/?lang={language}")
    page.locator(f"#more [formaction='{link}']").click()
    whole_page(page)


def sent(page: Any, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_net_and_gross(page: Any, server: Server, language: str) -> None:
    opened(page, server, "/section/run", language)
    text = page.locator("main").inner_text().replace(".", ",")
    assert all(figure in text for figure in ("13,205", "23,009", "2,770", "15,255"))
    assert page.locator("#net tbody tr").count() == 15


@pytest.mark.parametrize(("language", "header"), [("vi", "Giao lại"), ("en", "New quota")])
def test_a_progress_report_is_reviewed(page: Any, server: Server, tmp_path: Path, language: str, header: str) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(REPORTS, encoding="utf-8")
    opened(page, server, "/section/review", language)
    page.locator("[name=ask-reserve]").fill("200")
    sent(page, path)
    expected = told("review", "--progress", str(path), "--set", "review.reserve=200")
    assert whole(column(page, header)) == [each["quota"] for each in expected["units"]]
    assert page.locator("main table").nth(1).locator("tbody tr").count() == len(expected["reasons"])
    assert page.locator("[name=ask-reserve]").first.input_value() == "200"
    assert not list(server.folder.rglob("*reports*"))


def test_a_wrong_report_is_named_cell_by_cell(page: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(REPORTS + "Xa,1,0,2017-05-15\nLong Xuyên,99,5,2017-06-01\n", encoding="utf-8")
    opened(page, server, "/section/review", "en")
    sent(page, path)
    alert = page.locator("[role=alert]").inner_text()
    assert "A5: " in alert
    assert "B6: " in alert
    assert page.locator("main table:not(.sheet)").count() == 0
    assert "marked" in page.locator("#d-B6").get_attribute("class")


def test_unions_to_found_and_their_list(page: Any, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    opened(page, server, "/section/unions", "en")
    page.locator("[name=ask-over]").select_option("province")
    sent(page, path)
    expected = told("unions", str(path), "--set", "unions.over=province")
    assert whole(column(page, "Needed")) == [each["needed"] for each in expected["units"]]
    assert column(page, "Enterprise", 1) == ["=1+1", "C"]
    with page.expect_download() as waiting:
        page.locator("button[value=foundings]").click()
    waiting.value.save_as(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["enterprise"] for row in csv.DictReader(file)] == ["'=1+1", "C"]


def test_saved_scenarios_are_planned_together(page: Any, server: Server) -> None:
    for name in ("base", "year-2018"):
        page.goto(f"{server.address}/?scenario=an-giang-2017/{name}&lang=en")
        page.locator("#save-name").fill(f"Plan {name}")
        page.locator("#save button").click()
        page.wait_for_load_state()
    page.goto(f"{server.address}/plan?lang=en")
    page.get_by_label("Plan base", exact=True).check()
    page.locator("main form button").click()
    whole_page(page)
    assert "two to 4" in page.locator("[role=alert]").inner_text()
    page.get_by_label("Plan year-2018", exact=True).check()
    page.locator("main form button").click()
    whole_page(page)
    expected = told("plan", "an-giang-2017/base", "an-giang-2017/year-2018")
    assert [quotas(page, at) for at in (0, 1)] == [units(expected, at) for at in (0, 1)]
    target = page.get_by_label("Target – Plan year-2018")
    assert target.input_value() == "1,696"
    target.fill("1,700")
    page.locator("main form button").click()
    whole_page(page)
    assert "1,700" in page.locator("#answer tfoot").first.inner_text()
    assert page.locator(".chart img").count() == 1
    page.goto(f"{server.address}/plan?lang=vi")
    values = {each.get_attribute("aria-label"): each.input_value() for each in page.locator(".cases [type=text]").all()}
    assert (values["Tổng chỉ tiêu – Plan base"], values["Năm – Plan base"]) == ("6.500", "2017")


def units(found: Any, year: int) -> list[int]:
    return [each["quota"] for each in found["years"][year]["units"]]


def quotas(page: Any, year: int) -> list[int]:
    rows = page.locator("#answer table").first.locator("tbody tr").all()
    return whole([row.locator("td").nth(year).inner_text() for row in rows])


def test_a_plan_goes_on_from_a_progress_report(page: Any, server: Server, tmp_path: Path) -> None:
    for name, called in (("base", "Năm A"), ("year-2018", "Năm B")):
        page.goto(f"{server.address}/?scenario=an-giang-2017/{name}&lang=vi")
        page.locator("#save-name").fill(called)
        page.locator("#save button").click()
        page.wait_for_load_state()
    path = tmp_path / "p.csv"
    path.write_text("unit,recruited,lost,date\nLong Xuyên,800,5,31/12/2017\nCĐ các KCN,2000,0,31/12/2017\n", "utf-8")
    page.goto(f"{server.address}/plan?lang=vi")
    for called in ("Năm B", "Năm A"):
        page.get_by_label(called, exact=True).check()
    # The page's state holds the number that remained, so that the shortfall comes on top of it.
    sent(page, path)
    expected = told("plan", "an-giang-2017/base", "an-giang-2017/year-2018", "--set", "carry_over=none")
    assert quotas(page, 0) == units(expected, 0)
    planned = quotas(page, 1)
    assert sum(planned) == 1696 + 210 + 850
    assert page.locator("#told").inner_text().startswith("Năm A: chỉ tiêu 6.500, lô 10;")
    with page.expect_download() as waiting:
        page.locator("#found button[name=take][value=docx]").click()
    assert "_Năm-A_" in waiting.value.suggested_filename
    waiting.value.save_as(tmp_path / "plan.docx")
    shown = [each.text for each in docx.Document(str(tmp_path / "plan.docx")).paragraphs]
    assert "Năm A; Năm B" in shown
    assert "Kịch bản cơ sở" not in " ".join(shown)
    assert not list(server.folder.rglob("*p.csv"))
    path.write_text("unit,recruited,lost,date\nLong Xuyên,8000,5,31/12/2017\n", encoding="utf-8")
    sent(page, path)
    assert "B2: " in page.locator("[role=alert]").inner_text()


def test_a_year_that_follows_is_opened_with_what_the_year_before_leaves(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?scenario=an-giang-2017/year-2018&lang=vi")
    expected = told("run", "an-giang-2017/year-2018")
    made = page.request.get(f"{server.address}/run.json?{page.url.partition('?')[2]}").json()
    for key in ("workforce", "quota"):
        assert [each[key] for each in made["units"]] == [each[key] for each in expected["units"]]


@pytest.mark.parametrize(("section", "count"), [("run", 2), ("sensitivity", 2), ("calibrate", 1)])
def test_sections_show_their_charts(page: Any, server: Server, section: str, count: int) -> None:
    opened(page, server, f"/section/{section}", "vi")
    pictures = page.locator(".chart img").all()
    assert len(pictures) == count
    for each in pictures:
        assert len(each.get_attribute("alt")) > 20
        assert unquote(each.get_attribute("src")).startswith("data:image/svg+xml,<svg")
        assert each.evaluate("picture => picture.naturalWidth") > 100
    page.set_viewport_size({"width": 360, "height": 740})
    assert all(each.bounding_box()["width"] > 500 for each in pictures), "its letters cannot be read"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    said = [each.inner_text() for each in page.locator("#answer p").all()]
    assert len({*said}) == len(said), "it is said twice"
