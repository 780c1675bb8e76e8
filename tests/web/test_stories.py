"""What a planner does on the page, in a real browser, the figures held to those of the command line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.command import allocator
from tests.web.conftest import Server

ANNEX = Path(__file__).parent.parent / "published" / "an-giang-2017-annex.txt"


@cache
def quotas(*changes: str) -> list[int]:
    """Quotas that `allocator run --json` gives."""
    done = allocator("run", "--json", *(part for change in changes for part in ("--set", change)))
    return [unit["quota"] for unit in json.loads(done.stdout)["units"]]


def shown(page: Any) -> list[int]:
    """Quotas that the page shows."""
    texts = page.locator("td[id^='q-']").all_inner_texts()
    return [int(text.split()[0].replace(".", "").replace(",", "")) for text in texts]


def figures(page: Any, expected: list[int]) -> None:
    """Wait until the page shows these quotas."""
    page.wait_for_function(
        "expected => [...document.querySelectorAll(\"td[id^='q-']\")]"
        ".every((cell, i) => Number(cell.textContent.trim().split(' ')[0].replace(/[.,]/g, '')) === expected[i])",
        arg=expected,
    )
    assert shown(page) == expected


def change(page: Any, name: str, value: str) -> None:
    """Fill one control in and wait for the new figures."""
    before = page.evaluate("document.documentElement.dataset.updated || '0'")
    control = page.locator(f'[name="{name}"]')
    control.select_option(value) if control.evaluate("e => e.tagName") == "SELECT" else control.fill(value)
    page.wait_for_function("was => (document.documentElement.dataset.updated || '0') !== was", arg=before)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_first_view_shows_the_base_and_is_light(page: Any, server: Server, language: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{server.address}/?lang={language}")
    page.wait_for_load_state("networkidle")
    assert shown(page) == quotas()
    assert "270" in page.locator("#said").inner_text()
    assert page.locator("html").get_attribute("lang") == language
    assert len(sizes) <= 5
    assert sum(sizes) <= 300_000
    assert "target=6500" in page.url
    assert "realisation=0.2" in page.url


def test_a_change_shows_at_once_and_undo_and_redo_restore_every_figure(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    begun = shown(page)
    change(page, "realisation", "0.3")
    assert shown(page) == quotas("growth.realisation=0.3")
    assert page.locator(".moved").count() > 0
    change(page, "lock:Châu Phú", "330")
    locked = shown(page)
    assert locked == quotas("growth.realisation=0.3", 'locks=[{unit: "Châu Phú", quota: 330}]')
    link = page.url
    for step, expected in (("-1", quotas("growth.realisation=0.3")), ("-1", begun), ("1", None), ("1", locked)):
        before = page.evaluate("document.documentElement.dataset.updated")
        page.locator(f"[data-go='{step}']").click()
        page.wait_for_function("was => document.documentElement.dataset.updated !== was", arg=before)
        if expected is not None:
            assert shown(page) == expected
    assert page.locator('[name="lock:Châu Phú"]').input_value() == "330"
    page.goto(link)
    assert shown(page) == locked


def test_every_control_gives_the_figures_of_the_command_line(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    steps = [
        ("basis", "net", "attainment.basis=net"),
        ("exponent", "0.5", "attainment.exponent=0.5"),
        ("floor", "0.4", "attainment.floor=0.4"),
        ("ceiling", "1.5", "attainment.ceiling=1.5"),
        ("missing", "province", "attainment.missing=province"),
        ("target", "6000", "target=6000"),
        ("min_quota", "30", "bounds.min_quota=30"),
        ("max_share", "0.8", "bounds.max_share=0.8"),
        ("lot", "5", "lot=5"),
        ("growth:Tịnh Biên", "0.5", 'growth.units."Tịnh Biên"=0.5'),
        ("least:An Phú", "40", 'bounds.units."An Phú".min=40'),
        ("most:Long Xuyên", "800", 'bounds.units."Long Xuyên".max=800'),
    ]
    done: list[str] = []
    for name, value, setting in steps:
        change(page, name, value)
        done.append(setting)
    assert shown(page) == quotas(*done)
    change(page, "pace", "published_quota")
    change(page, "down", "0.9")
    change(page, "up", "2")
    assert shown(page) == quotas(*done, "bounds.pace={reference: published_quota, down: 0.9, up: 2}")


def test_infeasible_settings_are_answered_with_remedies_that_work(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    change(page, "max_share", "0.3")
    alert = page.locator("[role=alert]")
    assert "6.500" in alert.inner_text()
    alert.locator("a.button").first.click()
    page.wait_for_load_state()
    assert page.locator("[role=alert]").count() == 0
    assert sum(shown(page)) > 0


def test_assumptions_and_decisions_reset_apart_and_the_stages_tell_them_apart(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    change(page, "realisation", "0.4")
    change(page, "min_quota", "50")
    believed = quotas("growth.realisation=0.4")
    column = [int(t.replace(",", "")) for t in page.locator("td[id^='a-']").all_inner_texts()]
    assert column == believed
    page.locator("button[value=decisions]").click()
    page.wait_for_load_state()
    assert shown(page) == believed
    page.locator("button[value=assumptions]").click()
    page.wait_for_load_state()
    assert shown(page) == quotas()


def test_a_change_that_moves_nothing_says_so(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=en")
    change(page, "max_share", "0.99")
    assert "No quota moved" in page.locator(".info").inner_text()
    change(page, "realisation", "0.2001")
    assert "less than the lots of 10" in page.locator(".info").inner_text()


def test_a_row_opens_with_its_reasons(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    page.locator("a[data-unit]", has_text="Châu Phú").click()
    reason = page.locator("tr.reason")
    reason.wait_for()
    assert "250" in reason.inner_text()
    assert reason.locator("img").get_attribute("alt")
    page.locator("a[data-unit]", has_text="Châu Phú").click()
    assert page.locator("tr.reason").count() == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_saved_scenarios_open_as_they_were_and_stand_side_by_side(page: Any, server: Server, language: str) -> None:
    page.goto(f"{server.address}/?lang={language}")
    names = [f"Phương án {language} {number}" for number in (1, 2)]
    for name, value in zip(names, ("0.2", "0.5"), strict=True):
        if page.locator("#f-realisation").input_value() != value:
            change(page, "realisation", value)
        page.locator("#save-name").fill(name)
        page.locator("#save button").click()
        page.wait_for_load_state()
    assert shown(page) == quotas("growth.realisation=0.5")
    page.goto(f"{server.address}/compare?lang={language}")
    for name in names:
        page.get_by_label(name, exact=True).check()
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    assert page.locator("tr.differs").count() > 0
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
    assert sum(shown(page)) == 6500
    odd = tmp_path / "odd.csv"
    odd.write_text("Đơn vị,Số lạ,Số khác\nA,30,1\nB,50,2\n", encoding="utf-8")
    page.goto(f"{server.address}/table?lang=vi")
    page.locator("#file").set_input_files(odd)
    page.wait_for_selector("#h-document")
    assert page.locator("input[type=radio]:visible").count() > 1  # which of the two columns is the workforce?
    assert page.locator("#use").count() == 0


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html", "csv", "yaml", "json"])
def test_files_are_taken_away(page: Any, server: Server, kind: str, tmp_path: Path) -> None:
    page.goto(f"{server.address}/?lang=vi")
    with page.expect_download() as waiting:
        page.locator(f"a[href^='/download/{kind}']").click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert target.stat().st_size > 500
    if kind == "json":
        assert allocator("verify", target).returncode == 0


def test_the_deeper_pages_open(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    links = [link.get_attribute("href") for link in page.locator("#more ul").first.locator("a").all()]
    assert len(links) == 5
    for link in links:
        page.goto(server.address + link)
        assert page.locator("table, form").count() > 0, link


def test_it_works_without_javascript(browser: Any, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.opened}&lang=en")
    assert server.token not in page.url
    page.locator("#f-realisation").fill("0.3")
    page.locator("button.submit").click()
    assert shown(page) == quotas("growth.realisation=0.3")
    page.locator("a[data-unit]").first.click()
    assert page.locator("table").count() >= 1
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
    assert page.locator("#f-realisation").input_value() == {"vi": "0,2", "en": "0.2"}[language]
    changes = []
    for name, text, setting in (
        ("exponent", "0,5", "attainment.exponent=0.5"),
        ("realisation", "0.35", "growth.realisation=0.35"),
        ("target", "6.600", "target=6600"),
        ("most:CĐ các KCN", "2,900", 'bounds.units={"CĐ các KCN": {max: 2900}}'),
    ):
        page.locator(f'[name="{name}"]').click()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        changes.append(setting)
        figures(page, quotas(*changes))
    page.locator("#f-target").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("6600,5")
    page.wait_for_selector("#f-target[aria-invalid]")
    said = {"vi": "“6600,5” không phải số nguyên", "en": "“6600,5” is not a whole number"}[language]
    page.wait_for_function("said => document.getElementById('said').textContent.includes(said)", arg=said)
    page.reload()
    assert page.locator("#f-target").input_value() == "6600,5"


@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_nothing_is_cut_off(page: Any, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.address}/?lang=vi")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
