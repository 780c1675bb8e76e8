"""The report opened from a file in a browser without a network: it decides again, tells, checks, and hands over."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from allocator import load_scenario
from allocator.errors import AllocatorError
from allocator.model.allocation import Allocation, allocate
from allocator.questions import Case, find
from allocator.show.build import build_report
from allocator.show.page import write_html
from allocator.web.app import application
from allocator.web.cases import table_of
from allocator.web.jobs import Jobs
from allocator.web.pasting import state_pasted
from allocator.web.store import Store
from allocator.words import Words
from tests.web.conftest import made_here
from tests.web.test_guard import answered

BASE = "an-giang-2017/base"
MOST_BYTES = 300_000


def report(folder: Path, name: str = BASE, changes: tuple[str, ...] = (), language: str = "vi") -> Path:
    """The page of a report on a scenario."""
    case = Case(name, *load_scenario(name, changes))
    path = folder / "report.html"
    path.write_bytes(write_html(build_report(case, [find("run").ask(case)], Words(language)))["report.html"])
    return path


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file at 360 px without a network; a script that fails, or a policy that is broken, fails the test."""
    said: list[str] = []
    contexts = []

    def show(path: Path, **options: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": 360, "height": 780}, offline=True, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield show
    for each in contexts:
        each.close()
    assert said == []


def type_in(page: Any, field: str, text: str) -> None:
    """What a person does: choose what is there, write over it key by key."""
    page.locator(field).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text, delay=5)


def quotas(page: Any) -> list[int]:
    texts = page.locator("#device-rows td.main").all_inner_texts()
    return [int(re.sub(r"\D", "", each)) for each in texts]


def right(*changes: str) -> Allocation:
    return allocate(*load_scenario(BASE, changes), "waterfill")


@pytest.mark.parametrize(
    ("field", "text", "change"),
    [
        ("#d-realisation", "30%", "growth.realisation=0.3"),
        ("#d-realisation", "0,3", "growth.realisation=0.3"),
        ("#d-target", "7.200", "target=7200"),
        ("#d-lot", "50", "lot=50"),
        ("#d-exponent", "-1,5", "attainment.exponent=-1.5"),
        ("#d-floor", "0,62", "attainment.floor=0.62"),
        ("#d-min_quota", "60", "bounds.min_quota=60"),
        ("#d-max_share", "57,5 %", "bounds.max_share=57.5%"),
        ("[name='lock:2']", "200", "locks=[{unit: Châu Thành, quota: 200}]"),
    ],
)
def test_what_is_typed_gives_the_quotas_of_the_same_scenario(
    field: str, text: str, change: str, tmp_path: Path, opened: Any
) -> None:
    page = opened(report(tmp_path))
    assert quotas(page) == list(right().quotas)
    type_in(page, field, text)
    assert quotas(page) == list(right(change).quotas)
    assert page.inner_text("#altered") == "(đã thay đổi 1)"
    assert page.locator("#device-changes li").count() == 1
    assert page.locator("#allocation .as-sent:visible").count() >= 2
    above = page.locator("main > p").all_inner_texts()  # what the scenario was called, asked, assumed when it was sent
    assert len(above) >= 4
    assert all(each.endswith("như đã gửi") for each in above)
    assert page.locator("#allocation td.main").all_inner_texts()[0] == "1.010"
    page.click("#device-reset")
    assert quotas(page) == list(right().quotas)
    assert page.locator(".as-sent:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_efforts_differences_and_reasons_belong_to_what_is_typed(tmp_path: Path, opened: Any) -> None:
    page = opened(report(tmp_path))
    type_in(page, "#d-min_quota", "60")
    made, words = right("bounds.min_quota=60"), Words("vi")
    shown = [row.locator("td").all_inner_texts() for row in page.locator("#device-rows tr").all()]
    for n, (_, change, sent, published, beside, effort, _, why) in enumerate(shown):
        gained = made.quotas[n] - right().quotas[n]
        assert (change, sent) == (words.signed(gained), words.number(right().quotas[n]))
        assert (published, beside) == (words.number(made.published[n]), words.signed(made.differences[n]))
        assert effort == words.percent(made.efforts[n])
        assert ("mức sàn chung" in why) == (made.positions[n] == "AT_FLOOR")


def test_the_slider_and_the_field_say_the_same(tmp_path: Path, opened: Any) -> None:
    page = opened(report(tmp_path))
    page.locator("#s-realisation").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    assert page.input_value("#d-realisation") == "27%"
    assert quotas(page) == list(right("growth.realisation=0.27").quotas)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("#d-target", "20000", "vượt tổng các mức trần"),
        ("#d-min_quota", "500", "mức sàn chung cao hơn tỷ lệ tối đa"),
        ("#d-target", "6501", "không chia hết cho lô 10"),
        ("#d-realisation", "30", "có lẽ là 30%"),
        ("#d-realisation", "abc", "không phải tỷ lệ"),
        ("#d-exponent", "0,3", "nửa số"),
        ("[name='lock:0']", "15", "không chia hết cho lô 10"),
    ],
)
def test_what_cannot_be_is_told_and_no_figure_is_shown_for_it(
    field: str, text: str, said: str, tmp_path: Path, opened: Any
) -> None:
    page = opened(report(tmp_path))
    type_in(page, field, text)
    assert said in page.inner_text("#levers")
    assert re.search("Không có phương án nào|chưa tính được", page.inner_text("[role=alert]"))
    assert {*page.locator("#device-rows td.main").all_inner_texts()} == {"–"}
    page.click("#device-reset")
    assert quotas(page) == list(right().quotas)


def test_nothing_shown_is_of_a_state_before_what_cannot_be_used_was_typed(tmp_path: Path, opened: Any) -> None:
    page = opened(report(tmp_path))
    type_in(page, "#d-realisation", "30%")
    page.click("#device-copy")
    type_in(page, "#d-realisation", "abc")
    assert page.locator("#device-changes li").all_inner_texts() == [
        "Tỷ lệ thực hiện ước tăng: 20% → “abc” (chưa dùng được)"
    ]
    assert page.inner_text("#altered") == "(đã thay đổi 1)"
    assert page.locator("#allocation .as-sent:visible").count() >= 2
    assert not page.locator("#device-copied").is_visible()
    assert page.locator("#device-copy").is_disabled()
    assert page.locator("#s-realisation").get_attribute("class") == "off"
    type_in(page, "#d-realisation", "20 %")
    assert page.locator("#device-changes li").count() == page.locator(".as-sent:visible").count() == 0
    assert page.locator("#s-realisation").get_attribute("class") == ""
    assert page.input_value("#s-realisation") == "0.2"


def test_a_slider_is_dimmed_where_it_cannot_stand_at_the_value(tmp_path: Path, opened: Any) -> None:
    page = opened(report(tmp_path))
    for field, text in (("max_share", ""), ("target", "20000"), ("exponent", "-4")):
        type_in(page, f"#d-{field}", text)
        assert page.locator(f"#s-{field}").get_attribute("class") == "off"
    assert page.locator("#s-max_share").get_attribute("aria-valuetext") == "không"
    page.locator("#s-max_share").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#s-max_share").get_attribute("class") == ""
    assert page.input_value("#d-max_share") == "99%"


def test_copied_changes_open_on_the_planners_page_into_the_same_quotas(
    tmp_path: Path, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(report(tmp_path))
    for field, text in (("#d-realisation", "30%"), ("[name='lock:7']", "30"), ("#d-max_share", "")):
        type_in(page, field, text)
    page.select_option("#d-basis", "net")
    shown = quotas(page)
    page.click("#device-copy")
    text = page.input_value("#device-text")
    assert "- Tỷ lệ thực hiện ước tăng: 20% → 30%" in text
    store = Store(tmp_path, BASE, *load_scenario(BASE))
    monkeypatch.setattr(Jobs, "made", made_here)
    app = application(store, "vi", ["127.0.0.1"], "secret")
    quoted = "> " + "\n> ".join(re.findall(".{1,70}|\n", text))  # as a mail program breaks and quotes it
    headers = {"cookie": "token-8017=secret", "origin": "http://127.0.0.1:8017"}
    posted = {"data": {"changes": quoted}, "headers": headers}
    answer, first = answered(app, ("POST", "/pasted", posted), ("GET", "/", {"headers": headers}))
    assert answer.status_code == 303
    query = urlsplit(answer.headers["location"]).query
    made = answered(app, ("GET", f"/run.json?{query}", {"headers": headers}))[0].json()
    assert [each["quota"] for each in made["units"]] == shown
    settings = ("growth.realisation=0.3", "attainment.basis=net", "bounds.max_share=null")
    assert shown == list(right(*settings, "locks=[{unit: An Phú, quota: 30}]").quotas)
    assert 'name="changes"' in first.text


def test_changes_to_a_report_on_corrected_figures_open_with_these_corrections(tmp_path: Path, opened: Any) -> None:
    correction = "table.Châu Phú.workforce=900"
    case = Case(BASE, *load_scenario(BASE, (correction, "lot=20")), begun=lambda: load_scenario(BASE))
    path = tmp_path / "report.html"
    path.write_bytes(write_html(build_report(case, [find("run").ask(case)], Words("vi")))["report.html"])
    page = opened(path)
    type_in(page, "#d-realisation", "30%")
    page.click("#device-copy")
    store = Store(tmp_path, BASE, *load_scenario(BASE))
    state = state_pasted(store, page.input_value("#device-text"))
    assert state.figures == [("Châu Phú", "workforce", 900)]
    found = allocate(table_of(store, state), state.scenario(), "waterfill").quotas
    assert list(found) == quotas(page) == list(right(correction, "lot=20", "growth.realisation=0.3").quotas)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: "xin chào", "device.paste_none"),
        (lambda text: text[:-30], "device.paste_broken"),
        (lambda text: re.sub(r"allocator1\.....", "allocator1.0000", text), "device.paste_table"),
        (lambda text: re.sub(r"[\w-]+\.$", "eyJ0YXJnZXRzIjoiNSJ9.", text), "device.paste_field"),
    ],
)
def test_other_texts_are_refused_by_what_is_wrong_with_them(
    spoil: Callable[[str], str], said: str, tmp_path: Path, opened: Any
) -> None:
    page = opened(report(tmp_path))
    type_in(page, "#d-target", "6600")
    page.click("#device-copy")
    text = page.input_value("#device-text")
    store = Store(tmp_path, BASE, *load_scenario(BASE))
    assert state_pasted(store, text).fields["target"] == "6600"
    with pytest.raises(AllocatorError) as refused:
        state_pasted(store, spoil(text))
    assert [each.key for each in refused.value.faults] == [said]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"quotas":[1010,250,', '"quotas":[1020,240,', "chuyển một lô từ Long Xuyên"),
        ('"quotas":[1010,', '"quotas":[1020,', "cộng lại được 6.510"),
        ('"workforce":[2053,', '"workforce":[1053,', "chuyển một lô từ Long Xuyên"),
        ('<td class="main">250</td>', '<td class="main">150</td>', "bảng in 150 cho Châu Phú"),
    ],
)
def test_a_report_that_was_tampered_with_is_told_as_failing(
    old: str, new: str, said: str, tmp_path: Path, opened: Any
) -> None:
    path = report(tmp_path)
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), "utf-8")
    told = opened(path).inner_text("#device-checked")
    assert "KHÔNG ĐẠT" in told
    assert said in told


def test_what_is_sent_passes_its_check_in_both_languages(tmp_path: Path, opened: Any) -> None:
    assert "Đã kiểm tra ngay trên máy này" in opened(report(tmp_path)).inner_text("#device-checked")
    page = opened(report(tmp_path, "an-giang-2017/districts-protected", (), "en"))
    assert "Checked on this device" in page.inner_text("#device-checked")
    type_in(page, "#d-realisation", "0.5")
    name = "an-giang-2017/districts-protected"
    assert quotas(page) == list(allocate(*load_scenario(name, ["growth.realisation=0.5"]), "waterfill").quotas)


def test_a_power_that_the_page_cannot_raise_to_keeps_past_results_as_sent(tmp_path: Path, opened: Any) -> None:
    change = "attainment.exponent=0.3"
    page = opened(report(tmp_path, BASE, (change,)))
    assert page.locator("#d-exponent").count() == 0
    assert "không phải số nguyên hay nửa số" in page.inner_text("#levers")
    type_in(page, "#d-realisation", "0,4")
    assert quotas(page) == list(right(change, "growth.realisation=0.4").quotas)


def test_without_a_script_or_where_nothing_can_be_decided_the_report_reads_as_before(
    tmp_path: Path, opened: Any
) -> None:
    page = opened(report(tmp_path), java_script_enabled=False)
    assert not page.locator("#device").is_visible()
    assert page.locator("#allocation td.main").all_inner_texts()[0] == "1.010"
    told = report(tmp_path, BASE, ("risk.weight=1",)).read_text("utf-8")
    assert "<script" not in told
    assert "có tính đến số thiếu bình quân" in told


def test_the_policy_allows_that_one_script_and_the_file_is_small(tmp_path: Path) -> None:
    text = report(tmp_path).read_text("utf-8")
    assert len(text.encode("utf-8")) <= MOST_BYTES
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert re.search(r"default-src 'none'.*script-src 'sha256-[\w+/=]{44}'$", policy[1])
    assert not re.search(r"\son\w+=|<script src|<link", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(scheme: str, tmp_path: Path, opened: Any) -> None:
    page = opened(report(tmp_path), color_scheme=scheme)
    type_in(page, "#d-realisation", "30%")
    type_in(page, "#d-target", "6501")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []


def test_names_that_look_like_markup_stay_names(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "units.csv").write_text('unit,workforce\n"</script><b>",60\nB,40\n', "utf-8")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 50\n", "utf-8")
    page = opened(report(tmp_path, str(tmp_path / "base.yaml")))
    assert page.locator("#device-rows th").all_inner_texts() == ["</script><b>", "B"]
    assert json.loads(page.inner_text("#problem"))["problem"]["quotas"] == quotas(page) == [30, 20]
