"""What a planner does on the page, in a real browser, the figures held to those of the command line."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from allocator import load_scenario
from allocator.finding.premise import premise
from allocator.questions import Case
from allocator.words import Words
from tests.command import allocator
from tests.synthetic import made_up
from tests.web.conftest import Server, start, stop, whole_page

ANNEX = Path(__file__).parent.parent / "published" / "an-giang-2017-annex.txt"


@cache
def quotas(*changes: str) -> dict[str, int]:
    """Quotas that `allocator run --json` gives, by unit."""
    done = allocator("run", "--json", *(part for change in changes for part in ("--set", change)))
    return {unit["unit"]: unit["quota"] for unit in json.loads(done.stdout)["units"]}


def whole(text: str) -> int:
    """A whole number as the page writes it."""
    return int(re.sub(r"[.,+]", "", text).replace("−", "-"))


def shown(page: Any, column: str = "quota") -> dict[str, int]:
    """Whole numbers that the page shows in a column of its units."""
    rows = page.locator("#rows tr[data-unit]").evaluate_all(
        "(rows, column) => rows.map(row => [row.dataset.unit, row.querySelector('.' + column).textContent])", column
    )
    return {unit: whole(text) for unit, text in rows}


def settled(page: Any) -> None:
    """Wait until nothing on the page is marked as old."""
    page.wait_for_function("() => !document.querySelector('.old, [aria-busy=true]')")


def figures(page: Any, expected: dict[str, int]) -> None:
    """Wait until the page is settled; it shows these quotas."""
    settled(page)
    assert shown(page) == expected


def pressed(page: Any, selector: str) -> None:
    """Press a button and wait for the answer."""
    before = page.evaluate("document.documentElement.dataset.updated || '0'")
    page.locator(selector).first.click()
    page.wait_for_function("was => (document.documentElement.dataset.updated || '0') !== was", arg=before)


def change(page: Any, name: str, value: str) -> None:
    """Fill one control in, as with the keyboard, and wait for the answer."""
    before = page.evaluate("document.documentElement.dataset.updated || '0'")
    control = page.locator(f'[name="{name}"]')
    if control.evaluate("e => e.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.click()
        page.keyboard.press("Control+A")
        page.keyboard.type(value) if value else page.keyboard.press("Delete")
        page.keyboard.press("Enter")
    page.wait_for_function("was => (document.documentElement.dataset.updated || '0') !== was", arg=before)


def opened(page: Any, unit: str) -> None:
    """Open a unit, and wait for its reasons."""
    pressed(page, f'button[name=show][value="{unit}"]')
    settled(page)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_first_view_shows_the_base_and_is_light(page: Any, server: Server, language: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{server.address}/?lang={language}")
    page.wait_for_load_state("networkidle")
    assert shown(page) == quotas()
    assert whole(page.locator("#n-moved").inner_text()) == 270
    assert page.locator("html").get_attribute("lang") == language
    assert len(sizes) <= 6
    assert sum(sizes) <= 150_000
    assert "target=6500" in page.url
    assert "realisation=0.2" in page.url


def test_a_change_is_light(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    with page.expect_response(re.compile("/state.json")) as waiting:
        change(page, "realisation", "0.3")
    assert len(waiting.value.body()) <= 10_000


def test_typing_is_one_gesture_and_what_moved_is_against_the_reference(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    before = shown(page)
    page.locator("#f-target").click()
    page.keyboard.press("Control+A")
    for figure in "7000":
        page.keyboard.type(figure)
        assert page.locator("#outcome.old").count() == 1
        assert shown(page) == before
    page.keyboard.press("Tab")
    figures(page, quotas("target=7000"))
    published = json.loads(allocator("run", "--json").stdout)["units"]
    moved = {each["unit"]: quotas("target=7000")[each["unit"]] - each["published"] for each in published}
    assert shown(page, "change") == moved
    page.locator("#undo").click()
    figures(page, before)
    assert page.locator("#undo").is_disabled()
    assert page.locator("#f-target").input_value() == "6.500"


def test_a_change_shows_at_once_and_undo_and_redo_restore_every_figure(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    begun = shown(page)
    change(page, "realisation", "30 %")
    assert shown(page) == quotas("growth.realisation=0.3")
    opened(page, "Châu Phú")
    change(page, "lock:Châu Phú", "330")
    locked = shown(page)
    assert locked == quotas("growth.realisation=0.3", 'locks=[{unit: "Châu Phú", quota: 330}]')
    link = page.url
    for button, expected in (
        ("undo", quotas("growth.realisation=0.3")),
        ("undo", begun),
        ("redo", quotas("growth.realisation=0.3")),
        ("redo", locked),
    ):
        pressed(page, f"#{button}")
        figures(page, expected)
    assert page.locator("#redo").is_disabled()
    assert page.locator('[name="lock:Châu Phú"]').input_value() == "330"
    page.go_back()
    figures(page, quotas("growth.realisation=0.3"))
    page.goto(link)
    assert shown(page) == locked


def test_a_slider_moves_the_bars_and_is_one_gesture(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    box = page.locator("[data-for=realisation]").bounding_box()
    at = [box["x"] + box["width"] * share for share in (0.2, 0.3, 0.4, 0.5)]
    page.mouse.move(at[0], box["y"] + box["height"] / 2)
    page.mouse.down()
    for place in at:
        page.mouse.move(place, box["y"] + box["height"] / 2)
    page.wait_for_function("() => document.documentElement.dataset.updated")
    assert page.locator("#outcome.old").count() == 1
    page.mouse.up()
    settled(page)
    value = page.locator("#f-realisation").input_value()
    assert value.endswith("%")
    assert shown(page) == quotas(f"growth.realisation={float(value[:-1].replace(',', '.')) / 100}")
    pressed(page, "#undo")
    assert shown(page) == quotas()
    assert page.locator("#undo").is_disabled()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("exponent", "x", "“x” không phải số"),
        ("realisation", "20", "là 20, cao hơn mức cho phép (1): nếu ý là 20%"),
        ("target", "6600,5", "“6600,5” không phải số nguyên"),
        ("target", "6505", "chỉ tiêu 6.505 không chẵn lô 10"),
        ("target", "6 80", "“6 80” không phải số"),
        ("min_quota", "", "ô này còn trống: hãy điền"),
        ("realisation", "", "ô này còn trống: hãy điền"),
    ],
)
def test_while_a_field_is_wrong_the_last_figures_stay_and_are_marked(
    page: Any, server: Server, name: str, text: str, said: str
) -> None:
    page.goto(f"{server.address}/?lang=vi")
    link = page.url
    change(page, name, text)
    assert said in page.locator(f"#w-{name}").inner_text()
    assert page.locator(f"#f-{name}").get_attribute("aria-invalid") == "true"
    assert page.locator("#outcome.old").count() == 1
    assert (shown(page), page.url) == (quotas(), link)
    pressed(page, "#undo")
    settled(page)
    assert page.locator("[aria-invalid]").count() == 0
    assert page.locator(f"#w-{name}").inner_text() == ""
    assert page.locator("#undo").is_disabled()


def test_every_control_gives_the_figures_of_the_command_line(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    steps = [
        ("basis", "net", "attainment.basis=net"),
        ("exponent", "0.5", "attainment.exponent=0.5"),
        ("floor", "0.4", "attainment.floor=0.4"),
        ("ceiling", "150%", "attainment.ceiling=1.5"),
        ("missing", "whole province", "attainment.missing=province"),
        ("target", "6,000", "target=6000"),
        ("min_quota", "30", "bounds.min_quota=30"),
        ("max_share", "80%", "bounds.max_share=0.8"),
        ("lot", "5", "lot=5"),
        ("risk", "0.2", "risk.weight=0.2"),
        ("reachable", "60%", "risk.reachable=0.6"),
        ("growth:Tịnh Biên", "50%", 'growth.units."Tịnh Biên"=0.5'),
        ("least:An Phú", "40", 'bounds.units."An Phú".min=40'),
        ("most:Long Xuyên", "800", 'bounds.units."Long Xuyên".max=800'),
        ("lock:Châu Đốc", "200", 'locks=[{unit: "Châu Đốc", quota: 200}]'),
        ("figure:workforce:Châu Phú", "428", 'table."Châu Phú".workforce=428'),
        ("figure:growth_estimate:Tri Tôn", "1,000", 'table."Tri Tôn".growth_estimate=1000'),
    ]
    done: list[str] = []
    for name, value, setting in steps:
        if ":" in name:
            opened(page, name.rpartition(":")[2])
        if name.startswith("figure:"):
            page.locator(".theirs summary").click()
        change(page, name, value)
        done.append(setting)
        settled(page)
        assert shown(page) == quotas(*done), name
    change(page, "pace", "published_quota")
    change(page, "down", "90%")
    change(page, "up", "2")
    done.append("bounds.pace={reference: published_quota, down: 0.9, up: 2}")
    settled(page)
    assert shown(page) == quotas(*done)
    answer = page.request.get(f"{server.address}/run.json{page.evaluate('location.search')}")
    assert answer.text() == allocator("run", "--json", *(p for each in done for p in ("--set", each))).stdout


def test_infeasible_settings_are_answered_with_remedies_that_work(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    change(page, "max_share", "30%")
    alert = page.locator("#said [role=alert]")
    assert "6.500" in alert.inner_text()
    assert page.locator("#outcome.old").count() == 1
    assert page.request.get(f"{server.address}/run.json{page.evaluate('location.search')}").status == 422
    pressed(page, "#said [role=alert] button")
    settled(page)
    assert alert.count() == 0
    assert shown(page) == quotas("bounds.max_share=0.48")
    assert whole(page.locator("#n-moved").inner_text()) > 0
    pressed(page, "#undo")
    assert alert.count() == 1


def test_assumptions_and_decisions_reset_apart_and_the_stages_tell_them_apart(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    change(page, "realisation", "0.4")
    change(page, "min_quota", "50")
    begun, believed = quotas(), quotas("growth.realisation=0.4")
    moved = sum(abs(believed[unit] - begun[unit]) for unit in begun) // 2
    assert f"{moved:,}" in page.locator("#steps .stages li").nth(2).inner_text()
    pressed(page, "button[value=decisions]")
    figures(page, believed)
    pressed(page, "button[value=assumptions]")
    figures(page, quotas())


def test_changes_are_listed_and_put_back_one_by_one(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    change(page, "realisation", "0,4")
    change(page, "min_quota", "50")
    assert page.locator("#changes li").all_inner_texts() == [
        "Tỷ lệ thực hiện ước tăng: 20% → 40% đặt lại",
        "Mức sàn chung: 0 → 50 đặt lại",
    ]
    assert page.locator(".lever.moved").count() == 2
    assert page.locator("h1").inner_text() == "An Giang 2017 · Kịch bản cơ sở (đã thay đổi 2)"
    pressed(page, "button[name=back][value=realisation]")
    figures(page, quotas("bounds.min_quota=50"))
    assert page.locator("#f-realisation").input_value() == "20%"
    assert page.locator(".lever.moved").count() == 1
    pressed(page, "button[name=back][value=min_quota]")
    assert page.locator("h1").inner_text() == "An Giang 2017 · Kịch bản cơ sở"


def test_what_it_is_compared_with_is_chosen_marked_and_stays(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    change(page, "realisation", "0,3")
    change(page, "ref", "start")
    begun, there = quotas(), quotas("growth.realisation=0.3")
    assert shown(page, "change") == {unit: there[unit] - begun[unit] for unit in begun}
    pressed(page, "button[name=mark]")
    assert set(shown(page, "change").values()) == {0}
    change(page, "exponent", "abc")
    change(page, "exponent", "0,5")
    now = quotas("growth.realisation=0.3", "attainment.exponent=0.5")
    settled(page)
    assert shown(page, "change") == {unit: now[unit] - there[unit] for unit in now}
    page.reload()
    assert shown(page, "change") == {unit: now[unit] - there[unit] for unit in now}
    assert page.locator("#ref option:checked").inner_text() == "trạng thái đã đánh dấu"


def test_a_change_that_moves_nothing_says_so(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    change(page, "max_share", "0.99")
    assert "No quota moved" in page.locator(".info").inner_text()
    change(page, "realisation", "0.2001")
    assert "less than the lots of 10" in page.locator(".info").inner_text()


def test_a_unit_opens_with_its_reasons_which_follow_every_change(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    opened(page, "Châu Phú")
    assert page.locator("#why b").first.inner_text() == "Vì sao 250?"
    assert "= 250" in page.locator("#why .steps").inner_text()
    change(page, "realisation", "35%")
    settled(page)
    expected = quotas("growth.realisation=0.35")["Châu Phú"]
    assert page.locator("#why b").first.inner_text() == f"Vì sao {expected}?"
    pressed(page, 'button[name=show][aria-expanded="true"]')
    assert page.locator(".panel").count() == 0


def test_a_figure_is_corrected_with_who_and_why(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    opened(page, "Châu Phú")
    page.locator(".theirs summary").click()
    change(page, "figure:workforce:Châu Phú", "428")
    change(page, "by:Châu Phú", "LĐLĐ huyện Châu Phú")
    change(page, "reason:Châu Phú", "hai doanh nghiệp đã đóng cửa")
    settled(page)
    expected = quotas('table."Châu Phú".workforce=428')
    assert shown(page) == expected
    assert f"{expected['Châu Phú']}" in page.locator("#why b").first.inner_text()
    assert "đã sửa số liệu" in page.locator("tr.open th").inner_text()
    assert "714 → 428" in page.locator("#changes").inner_text()
    page.goto(page.url)
    assert shown(page) == expected
    assert page.locator('[name="reason:Châu Phú"]').input_value() == "hai doanh nghiệp đã đóng cửa"
    change(page, "figure:workforce:Châu Phú", "42x")
    assert page.locator('[name="figure:workforce:Châu Phú"]').get_attribute("aria-invalid") == "true"


def test_a_figure_that_is_the_tables_own_corrects_nothing(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    begun = page.evaluate("document.getElementById('save-query').value")
    opened(page, "Châu Phú")
    page.locator(".theirs summary").click()
    for text in ("714", "428", "714,0"):
        change(page, "figure:workforce:Châu Phú", text)
        settled(page)
        assert (page.locator("[data-changed]").count() == 1) is (text == "428")
        assert ("đã sửa số liệu" in page.locator("tr.open th").inner_text()) is (text == "428")
    assert page.evaluate("document.getElementById('save-query').value") == begun
    assert "figure" not in page.url
    assert shown(page) == quotas()
    link = page.url + "&" + urlencode({"figure:workforce:Châu Phú": "714", "figure:workforce:An Phú": "50"})
    page.goto(link)
    assert page.locator("[data-changed]").evaluate_all("all => all.map(each => each.dataset.changed)") == [
        "figure:workforce:An Phú"
    ]
    assert shown(page) == quotas('table."An Phú".workforce=50')


def test_what_a_unit_asks_for_is_weighed_and_granted(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    opened(page, "Châu Phú")
    change(page, "asks", "150")
    settled(page)
    assert "428 thay vì 714" in page.locator("#asked").inner_text()
    pressed(page, "#asked button[name=take]")
    figures(page, quotas('locks=[{unit: "Châu Phú", quota: 150}]'))
    assert page.locator('[name="lock:Châu Phú"]').input_value() == "150"
    pressed(page, "#undo")
    figures(page, quotas())
    change(page, "asks", "250")
    settled(page)
    assert page.locator("#asked").inner_text().strip() != ""
    assert page.locator("#asked button[name=take]").count() == 0  # it has what it asks for


def test_a_gone_server_is_said_and_tried_again(browser: Any, tmp_path: Path) -> None:
    server = start(tmp_path)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.opened}&lang=vi")
    stop(server)
    page.locator("#f-realisation").fill("35%")
    page.keyboard.press("Enter")
    page.locator("#gone").wait_for()
    assert page.locator("#outcome.old").count() == 1
    assert shown(page) == quotas()
    context.close()


def test_units_are_found_sorted_and_paged_at_any_size(browser: Any, tmp_path: Path) -> None:
    table, _, _ = made_up(3, 0.02, 250)
    rows = [
        "unit,workforce,kind",
        *(f"Đơn vị {n},{w},{'Xã' if n % 2 else 'Ngành'}" for n, w in enumerate(table.column("workforce"))),
    ]
    (tmp_path / "units.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 20000\n", encoding="utf-8")
    expected = json.loads(allocator("run", tmp_path / "base.yaml", "--json").stdout)["units"]
    largest = sorted(expected, key=lambda each: -each["quota"])
    server = start(tmp_path / "kept", str(tmp_path / "base.yaml"))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.opened}&lang=vi")
    assert [*shown(page).values()] == [each["quota"] for each in largest[:100]]
    pressed(page, "#pages button[value='3']") if page.locator("#pages button[value='3']").count() else None
    pressed(page, "#pages nav button >> nth=1")
    assert [*shown(page).values()] == [each["quota"] for each in largest[100:200]]
    change(page, "find", "don vi 17")
    settled(page)
    assert {*shown(page)} == {"Đơn vị 17", *(f"Đơn vị 17{n}" for n in range(10))}
    change(page, "find", "")
    change(page, "kind", "Xã")
    change(page, "sort", "table")
    settled(page)
    assert [*shown(page)][:3] == ["Đơn vị 1", "Đơn vị 3", "Đơn vị 5"]
    pressed(page, "#pages button[value='0']")
    assert len(shown(page)) == 125
    assert "sort=table" in page.url
    context.close()
    stop(server)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_saved_scenarios_open_as_they_were_and_stand_side_by_side(page: Any, server: Server, language: str) -> None:
    page.goto(f"{server.address}/?lang={language}")
    names = [f"Phương án {language} {number}" for number in (1, 2)]
    for name, value in zip(names, ("0.2", "0.5"), strict=True):
        if value != "0.2":
            change(page, "realisation", value)
        page.locator("#save-name").fill(name)
        page.locator("#save button").click()
        page.wait_for_load_state()
    assert shown(page) == quotas("growth.realisation=0.5")
    page.goto(f"{server.address}/scenarios?lang={language}")
    for name in names:
        page.get_by_label(Words(language)("scenarios.tick", name=name), exact=True).check()
    page.locator(".go button").click()
    page.wait_for_load_state()
    whole_page(page)
    assert page.locator("tr.differs").count() > 0
    case = Case("base", *load_scenario("an-giang-2017/base"), called=names[0])
    assert Words(language).told(premise(case)) in page.locator("#answer").inner_text()
    page.get_by_role("link", name=names[0]).click()
    page.wait_for_load_state()
    assert shown(page) == quotas()


def test_a_table_is_brought_audited_corrected_and_used(page: Any, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.address}/upload?lang=vi")
    page.locator("#file").set_input_files(ANNEX)
    page.wait_for_selector("#use")
    assert "−113" in page.locator("main").inner_text() or "-113" in page.locator("main").inner_text()
    page.locator("#use").click()
    page.wait_for_selector("#state")
    assert len(shown(page)) == 15
    assert sum(shown(page).values()) == 6500
    odd = tmp_path / "odd.csv"
    odd.write_text("Đơn vị,Số lạ,Số khác\nA,30,1\nB,50,2\n", encoding="utf-8")
    page.goto(f"{server.address}/table?lang=vi")
    page.locator("#file").set_input_files(odd)
    page.wait_for_selector("#h-document")
    assert page.locator("input[type=radio]:visible").count() > 1  # which of the two columns is the workforce?
    assert page.locator("#use").count() == 0


def test_the_workbook_is_taken_away_with_all_sections(page: Any, server: Server, tmp_path: Path) -> None:
    page.set_default_timeout(60_000)
    page.goto(f"{server.address}/?lang=vi")
    with page.expect_download() as waiting:
        page.locator(".menu summary").click()
        page.locator("[formaction='/download/xlsx'][name=appendix]").click()
    waiting.value.save_as(tmp_path / "book.xlsx")
    names = openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True).sheetnames
    assert Words("vi")("sheet.basis") in names[4:]


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html", "csv", "yaml", "json"])
def test_files_are_taken_away(page: Any, server: Server, kind: str, tmp_path: Path) -> None:
    page.set_default_timeout(60_000)
    page.goto(f"{server.address}/?lang=vi")
    with page.expect_download() as waiting:
        page.locator(".menu summary").click()
        page.locator(f"[formaction='/download/{kind}']:not([name])").click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert target.stat().st_size > 500
    if kind == "json":
        assert allocator("verify", target).returncode == 0


def taken(page: Any) -> Any:
    """The result that the page gives away."""
    if not page.locator("[formaction='/download/json']").is_visible():
        page.locator(".menu summary").click()
    with page.expect_download() as waiting:
        page.locator("[formaction='/download/json']").click()
    return json.loads(Path(waiting.value.path()).read_text("utf-8"))


def test_what_is_being_typed_is_in_what_is_taken_away(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    page.locator(".menu summary").click()
    downloads: list[Any] = []
    page.on("download", lambda each: downloads.append(each))
    for text in ("abc", "6505"):
        page.locator("#f-target").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.locator("[formaction='/download/json']").click()
        page.wait_for_function("() => document.querySelector('#w-target').textContent")
        page.wait_for_timeout(300)
        assert downloads == []
    page.locator("#f-target").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("7 000")
    result = taken(page)
    assert result["target"] == 7000
    assert {each["unit"]: each["quota"] for each in result["units"]} == quotas("target=7000") == shown(page)
    assert "target=7000" in page.url
    page.locator("#f-realisation").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("30%")
    page.evaluate("document.querySelector('[formaction=\"/present\"]').click()")  # without leaving the field
    page.wait_for_url("**/present?**")
    assert "realisation=30%25&" in page.url
    page.go_back()
    page.wait_for_selector("#state")
    assert shown(page) == quotas("target=7000", "growth.realisation=0.3")


def test_a_scenario_taken_away_with_its_table_gives_the_same_result(page: Any, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.address}/?lang=vi")
    opened(page, "Châu Phú")
    page.locator(".theirs summary").click()
    change(page, "figure:workforce:Châu Phú", "428")
    settled(page)
    answer = page.request.get(f"{server.address}/download/yaml{page.evaluate('location.search')}")
    with zipfile.ZipFile(io.BytesIO(answer.body())) as files:
        files.extractall(tmp_path)
    result = json.loads(allocator("run", tmp_path / "scenario.yaml", "--json").stdout)
    assert {each["unit"]: each["quota"] for each in result["units"]} == shown(page)


def test_the_deeper_pages_open(page: Any, server: Server) -> None:
    page.set_default_timeout(60_000)
    page.goto(f"{server.address}/?lang=vi")
    for place in page.locator("#more button").evaluate_all("all => all.map(each => each.getAttribute('formaction'))"):
        page.goto(f"{server.address}/?lang=vi")
        page.locator(f"#more [formaction='{place}']").click()
        page.wait_for_url(lambda url: "/?" not in url)
        whole_page(page)
        assert page.locator("table, form, h1").count() > 0, place


def test_it_works_without_javascript(browser: Any, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.opened}&lang=en")
    assert server.token not in page.url
    page.locator("#f-realisation").fill("30%")
    page.locator("button.submit").click()
    assert shown(page) == quotas("growth.realisation=0.3")
    page.locator("button[name=show][value='Châu Phú']").click()
    assert "Why" in page.locator("#why").inner_text()
    page.locator("[name=asks]").fill("150")
    page.keyboard.press("Enter")
    page.locator("#asked button[name=take]").wait_for()
    assert "its fair quota is 230, it asks for 150" in page.locator("#asked").inner_text()
    page.locator("#asked button[name=take]").click()
    assert shown(page)["Châu Phú"] == 150
    page.locator("button[name=back][value='lock:Châu Phú']").click()
    assert shown(page) == quotas("growth.realisation=0.3")
    page.locator("#f-realisation").fill("abc")
    page.locator("button.submit").click()
    assert "“abc” is not a number" in page.locator("#w-realisation").inner_text()
    context.close()


def test_it_works_by_keyboard_alone(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "f-realisation":
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("0.21")
    figures(page, quotas("growth.realisation=0.21"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_numbers_are_typed_as_people_write_them(page: Any, server: Server, language: str) -> None:
    page.goto(f"{server.address}/?lang={language}")
    assert page.locator("#f-realisation").input_value() == "20%"
    opened(page, "CĐ các KCN")
    changes = []
    for name, text, setting in (
        ("exponent", "0,5", "attainment.exponent=0.5"),
        ("realisation", "0.35", "growth.realisation=0.35"),
        ("target", "6.600", "target=6600"),
        ("most:CĐ các KCN", "2,900", 'bounds.units={"CĐ các KCN": {max: 2900}}'),
        ("target", "6 800", "target=6800"),
    ):
        page.locator(f'[name="{name}"]').click()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        changes.append(setting)
        figures(page, quotas(*changes))


@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_nothing_is_cut_off(page: Any, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.address}/?lang=vi")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
