"""The state away from the desk, in a real browser: slides for a meeting room, paper, and a very wide screen."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.web.conftest import Server, start, stop
from tests.web.test_access import findings, rules  # noqa: F401


def presenting(page: Any, server: Server, change: str = "", more: str = "") -> str:
    """Go to the slides of the base scenario with some fields changed; the address of its page."""
    page.goto(f"{server.address}/?lang=vi")
    link = page.url
    for name, value in re.findall(r"(\w+)=([^&]+)", change):
        link = re.sub(rf"\b{name}=[^&]*", f"{name}={value}", link)
    page.goto(link.replace("/?", "/present?") + more)
    return link


def result(page: Any, link: str) -> dict[str, Any]:
    """What `run --json` says of a state."""
    found: dict[str, Any] = page.request.get(link.replace("/?", "/run.json?")).json()
    return found


def key(page: Any, name: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(name)


def follow(page: Any, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def said(page: Any) -> str:
    text: str = page.locator(".sentence").inner_text()
    return text


def vi(number: float) -> str:
    return f"{number:,.0f}".replace(",", ".")


def test_keys_turn_the_slides_and_every_sentence_is_of_this_state(page: Any, server: Server) -> None:
    link = presenting(page, server, "realisation=0.35")
    made = result(page, link)
    changes = {each["unit"]: each["difference"] for each in made["units"]}
    quotas = {each["unit"]: each["quota"] for each in made["units"]}
    assert f"{vi(made['comparison']['misplaced'])} trong 6.500 chỉ tiêu" in said(page)
    assert f"{sum(each > 0 for each in changes.values())} đơn vị tăng" in said(page)
    assert f"{sum(each < 0 for each in changes.values())} đơn vị giảm" in said(page)
    key(page, "ArrowRight")
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("tbody tr").all()]
    assert {row[0]: row[4] for row in rows} == {unit: vi(quota) for unit, quota in quotas.items()}
    lowest = min(each["effort"] for each in made["units"])
    assert f"{100 * lowest:.1f}%".replace(".", ",") in said(page)
    seen = []
    for turn in ("Space", "PageDown", "ArrowRight", "Space", "PageDown"):
        key(page, turn)
        seen.append(page.locator("h1").inner_text())
        assert f"được giao {vi(quotas[seen[-1]])} đoàn viên" in said(page)
        assert f"là {vi(abs(changes[seen[-1]]))}, chủ yếu vì" in said(page)
        assert page.locator(".quota").all_inner_texts()[0] == vi(quotas[seen[-1]] - changes[seen[-1]])
    ordered = sorted(changes, key=lambda unit: changes[unit])
    assert {changes[unit] for unit in seen} >= {changes[ordered[0]], changes[ordered[-1]]}
    follow(page, "Tiếp")
    assert page.locator("li").all_inner_texts() == ["Tỷ lệ thực hiện ước tăng: 20% → 35%"]
    assert page.locator("#next").count() == 0
    key(page, "ArrowLeft")
    assert page.locator("h1").inner_text() == seen[-1]
    key(page, "Escape")
    page.wait_for_selector("#state")
    assert "realisation=0.35" in page.url
    assert urlsplit(page.url).path == "/"


def test_another_reference_is_the_one_that_sentences_and_bars_compare_with(page: Any, server: Server) -> None:
    presenting(page, server, "target=6000", "&ref=start")
    assert "Tổng chỉ tiêu là 6.000; theo kịch bản lúc mở là 6.500" in said(page)
    assert page.locator(".quota").all_inner_texts()[0].split()[0] == "6.500"
    key(page, "Space")
    key(page, "Space")
    assert "công bố" not in page.locator("main").inner_text()


def test_a_guess_comes_before_the_figure(page: Any, server: Server) -> None:
    presenting(page, server, more="&slide=3")
    follow(page, "Đoán trước")
    assert said(page) == "Châu Phú được giao 150 theo phân bổ đã công bố. Theo bạn, nay sẽ là bao nhiêu?"
    assert "250" not in page.locator("main").inner_text()
    assert page.locator(".quota").all_inner_texts() == ["150", "?"]
    key(page, "Space")
    assert page.locator(".quota").all_inner_texts()[1].split() == ["250", "+100"]
    key(page, "Space")
    assert page.locator("h1").inner_text() == "Long Xuyên"
    assert page.locator(".quota").all_inner_texts()[1] == "?"
    key(page, "ArrowLeft")
    assert "250" in said(page)
    follow(page, "Không đoán")
    key(page, "ArrowLeft")
    assert "?" not in page.locator(".shown").inner_text()
    page.goto(page.url + "&guess=1")
    assert page.locator(".up, .down, .more, .less").count() == 0
    assert {*page.locator(".change").all_inner_texts()} == {"?"}


def test_what_cannot_be_is_one_slide_that_says_why(page: Any, server: Server) -> None:
    presenting(page, server, "max_share=0.3", "&slide=7")
    assert page.locator("h1").inner_text() == "Chưa phân bổ được"
    assert "4.070" in page.locator("li").first.inner_text()
    assert page.locator("#next, #back, #turn").count() == 0


@pytest.fixture
def still(browser: Any, server: Server) -> Iterator[Any]:
    """A window without script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    made = context.new_page()
    made.goto(server.opened)
    yield made
    context.close()


def test_without_script_links_do_it_and_a_phone_shows_it_whole(still: Any, server: Server) -> None:
    presenting(still, server)
    for number in range(2, 9):
        follow(still, "Tiếp")
        assert still.title().startswith(f"{number}/8")
        assert still.locator("h1").bounding_box()["width"] <= 360
        assert max(each.bounding_box()["width"] for each in still.locator("main *:visible").all()) <= 360
    follow(still, "Về bảng phân bổ")
    assert still.locator("#state").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found(page: Any, server: Server, rules: str, scheme: str) -> None:  # noqa: F811
    page.emulate_media(color_scheme=scheme)
    found = {}
    for more in ("", "&slide=2", "&slide=2&guess=1", "&slide=3", "&slide=8", "&slide=all"):
        presenting(page, server, "lot=20", more)
        found[more] = findings(page, rules)
    assert {place: each for place, each in found.items() if each} == {}


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Server]:
    """A server with 300 units, the last of them the largest."""
    table = tmp_path / "units.csv"
    rows = [f"Đơn vị {n:03d},{100 + 7 * n % 400 + n},{n}" for n in range(1, 301)]
    table.write_text("\n".join(["unit,workforce,published_quota", *rows]), "utf-8")
    made = start(tmp_path / "kept", str(table), "--target", "40000")
    yield made
    stop(made)


def test_of_many_units_the_largest_have_a_bar_and_the_rest_is_summed(browser: Any, many: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(many.opened)
    link = presenting(page, many, more="&slide=2")
    made = result(page, link)
    first = {f"Đơn vị {n:03d}" for n in range(281, 301)}
    assert {*page.locator("tbody th").all_inner_texts()} == first
    rest = [each["quota"] for each in made["units"] if each["unit"] not in first]
    assert page.locator("tfoot .quota").inner_text() == vi(sum(rest))
    assert page.locator("tfoot .was").all_inner_texts()[1] == vi(sum(range(1, 281)))
    assert "280 đơn vị" in page.locator("tfoot th").inner_text()
    context.close()


def test_a_slide_is_a_page_of_paper(page: Any, server: Server) -> None:
    presenting(page, server, more="&guess=1")
    follow(page, "Tất cả")
    assert page.locator(".shown").count() == 8
    assert "?" not in page.locator("main").inner_text()
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 8


def on_paper(page: Any, tmp_path: Path) -> list[str]:
    """The pages as the browser prints them: their texts, each a text without its layout."""
    paper = tmp_path / "paper.pdf"
    page.pdf(path=str(paper), prefer_css_page_size=True)
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("nothing on this machine reads a PDF")
    text = subprocess.run([reader, "-layout", str(paper), "-"], capture_output=True, text=True, check=True).stdout
    return [" ".join(each.split()) for each in text.split("\f")[:-1]]


def test_the_table_is_printed_with_its_settings_its_date_and_page_numbers(
    page: Any, server: Server, tmp_path: Path
) -> None:
    page.goto(f"{server.address}/?lang=vi")
    own = {"lock:Châu Phú": "330", "by:Châu Phú": "Ban Thường vụ", "reason:Châu Phú": "đã hứa",
           "figure:workforce:An Phú": "99", "by:An Phú": "An Phú", "reason:An Phú": "đếm lại"}  # fmt: skip
    page.goto(page.url.replace("realisation=0.2", "realisation=0.35") + "&" + urlencode(own))
    pages = on_paper(page, tmp_path)
    text = " ".join(pages)
    assert f"Bảng An Giang 2017, 15 đơn vị; in ngày {date.today():%d/%m/%Y}." in text
    assert "Tỷ lệ thực hiện ước tăng: 20% → 35%" in text
    assert "330 (Ban Thường vụ; đã hứa)" in re.sub(r"\s+", " ", page.locator("#changes").inner_text())
    assert "60 → 99 (An Phú; đếm lại)" in re.sub(r"\s+", " ", page.locator("#changes").inner_text())
    for label in page.locator(".lever:visible label").all_inner_texts():
        assert label.split()[0] in text
    assert re.search(r"Lô 10\b", text)
    for unit in result(page, page.url)["units"]:
        assert f"{vi(unit['quota'])} " in text
    numbers = [re.search(r"(\d+) ?/ ?(\d+)$", each) for each in pages]
    assert [found and found.groups() for found in numbers] == [
        (f"{n}", f"{len(pages)}") for n in range(1, len(pages) + 1)
    ]
    assert text.index("Giả định") < text.index("CĐ các KCN")
    assert "Tải về" not in text


def test_a_long_table_is_printed_whole_its_head_on_every_page(browser: Any, many: Server, tmp_path: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = 'yes'; }")
    page.goto(f"{many.opened}&lang=vi")
    assert page.locator("#rows tr").count() == 100
    page.locator(".menu summary").click()
    page.locator("#print").click()
    page.wait_for_selector("[data-printed]")
    assert page.locator("#rows tr").count() == 300
    pages = on_paper(page, tmp_path)
    text = " ".join(pages)
    assert f"Bảng {tmp_path.name}, 300 đơn vị" in text
    assert "tất cả 300 đơn vị" in text
    assert {f"{n:03d}" for n in range(1, 301)} <= {*re.findall(r"\bĐơn vị (\d{3})\b", text)}
    assert text.count("mốc so sánh tăng giảm Chỉ tiêu") >= len(pages) - 1
    assert text.count("Tổng cộng") == 1
    context.close()


def test_a_very_wide_screen_shows_both_scales_and_the_answer_stays_small(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    answer = page.request.get(page.url.replace("/?", "/state.json?").replace("realisation=0.2", "realisation=0.35"))
    assert len(answer.body()) <= 10_000
    second = page.locator("tr[data-unit='CĐ các KCN'] .second rect").nth(1)
    assert not second.is_visible()
    page.set_viewport_size({"width": 2560, "height": 1440})
    width = page.locator("tr[data-unit='CĐ các KCN'] .second svg").bounding_box()["width"]
    assert second.bounding_box()["width"] == pytest.approx(width * 50 / 2850, abs=width / 500)
    assert page.locator("thead .second").inner_text() == "số đoàn viên"
    page.locator("[name=scale]").select_option("members")
    assert page.locator("thead .second").inner_text() == "tỷ lệ giao"
    assert page.evaluate("document.documentElement.scrollWidth") == 2560


def test_units_without_a_published_figure_are_left_out_and_named(browser: Any, tmp_path: Path) -> None:
    """Of A 40, B 60 and D 20 the year before, 500, 700 and 100 of 1,600 workers take 41, 57 and 8 of 130."""
    (tmp_path / "units.csv").write_text("unit,workforce,published_quota\nA,500,40\nB,700,60\nC,300,\nD,100,20\n")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 130\n")
    made, page = start(tmp_path / "kept", str(tmp_path / "base.yaml")), browser.new_page()
    try:
        page.goto(made.opened.replace(made.address + "/?", made.address + "/?lang=vi&"))
        page.goto(page.url.replace("/?", "/present?"))
        assert said(page) == (
            "Trong các đơn vị có số đã công bố (3): 1 đơn vị tăng, 2 đơn vị giảm, 0 đơn vị giữ nguyên; "
            "tổng nay là 106, theo phân bổ đã công bố là 120. "
            "1 đơn vị không đưa vào so sánh vì không có số đã công bố: C."
        )
        quotas = [each.split() for each in page.locator(".quota").all_inner_texts()]
        assert [each[:2] for each in quotas] == [["120", "9,2%"], ["106", "8,2%"]]
    finally:
        page.close()
        stop(made)
