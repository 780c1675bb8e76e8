"""A round on the page, in a real browser: decided entry by entry, answered at once, recorded, taken."""

from __future__ import annotations

import io
import json
import re
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import docx
import pytest

from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.proof.journal import JOURNAL_FILE, read_journal
from allocator.web.state import started, state_of
from allocator.words import Words
from tests.web.conftest import Server, whole_page
from tests.web.test_access import findings, rules  # noqa: F401
from tests.web.test_year import column, opened, sent, told, whole

BIDS = (
    "Đơn vị,Chỉ tiêu đề nghị,Nguồn CNLĐ,Người đề nghị,Lý do\n"
    "Châu Phú,100,,Bà A,ít doanh nghiệp\nAn Phú,,90,,số cũ\nLong Xuyên,1200,,,\nTịnh Biên,10,,,\n"
)
TABLE, SCENARIO = load_scenario("an-giang-2017/base")


def asked(page: Any, server: Server, folder: Path, text: str = BIDS) -> Path:
    """The page of the round of a file."""
    (path := folder / "đề nghị.csv").write_text(text, encoding="utf-8")
    opened(page, server, "/section/round", "vi")
    sent(page, path)
    whole_page(page)
    return path


def decide(page: Any, unit: str, text: str) -> None:
    """Choose what is decided of a unit's entry, and wait for what that makes of the answer."""
    row = page.locator("#decide tbody tr", has=page.get_by_role("rowheader", name=unit, exact=True))
    with page.expect_response(lambda answer: "/section/round" in answer.url):
        row.get_by_label(text, exact=True).check()
    page.wait_for_function("() => !document.querySelector('[aria-busy]')")


def joint(page: Any) -> dict[str, int]:
    """Quotas that the joint answer changes, as they are shown."""
    rows = [
        each.locator("th, td").all_inner_texts()
        for each in page.locator("#joint table").first.locator("tbody tr").all()
    ]
    return {unit: int(quota.replace(".", "")) for unit, _, quota, *_ in rows}


def changed(records: Any) -> dict[str, int]:
    return {each["unit"]: each["quota"] for each in records["joint"]["units"] if each["change"]}


def test_what_is_decided_is_answered_recorded_and_taken(page: Any, server: Server, tmp_path: Path) -> None:
    path = asked(page, server, tmp_path)
    assert joint(page) == changed(told("round", str(path)))
    assert "So với khi chỉ sửa số liệu: " in page.locator("#told").inner_text()
    assert "--" not in page.locator("main").inner_text()
    decide(page, "Châu Phú", "Đồng ý")
    decide(page, "Tịnh Biên", "Không đồng ý")
    decide(page, "An Phú", "Chấp nhận số liệu")
    decide(page, "Long Xuyên", "Đồng ý")
    (tmp_path / "tay.csv").write_text(BIDS.replace("Tịnh Biên,10,,,\n", ""), encoding="utf-8")
    right = told("round", str(tmp_path / "tay.csv"), "--grant", "Châu Phú", "--grant", "Long Xuyên")
    assert joint(page) == changed(right)
    page.get_by_label("Lý do quyết định: Tịnh Biên, chỉ tiêu 10").fill("đã thấp nhất")
    page.get_by_label("Người quyết định").fill("Bà B")
    page.get_by_label("Ghi chú").fill("họp ngày 5")
    page.get_by_role("button", name="Ghi vào sổ").click()
    said = page.locator(".done").inner_text()
    entry = read_journal(server.folder / JOURNAL_FILE).entries[-1]
    assert f"{JOURNAL_FILE}, mục số {entry.number}" in said
    assert (entry.kind, entry.by, entry.why) == ("decision", "Bà B", "họp ngày 5")
    decided = [(each["unit"], each["decision"], each["decision_reason"]) for each in entry.content["bids"]]
    assert decided == [("Châu Phú", "grant", ""), ("An Phú", "accept", ""), ("Long Xuyên", "grant", ""),
                       ("Tịnh Biên", "decline", "đã thấp nhất")]  # fmt: skip
    quotas = {each["unit"]: each["quota"] for each in right["joint"]["units"]}
    assert entry.content["quotas"] == quotas
    page.get_by_role("link", name="Dùng kết quả xét chung").click()
    page.wait_for_selector("#state")
    state = state_of(urlsplit(page.url).query)
    assert state.figures == [("An Phú", "workforce", 90)]
    assert {each.unit: (each.quota, each.by, each.reason) for each in state.scenario().locks} == {
        "Châu Phú": (100, "Bà A", "ít doanh nghiệp"), "Long Xuyên": (1200, "", "")}  # fmt: skip
    table = TABLE.with_figure("workforce", TABLE.units.index("An Phú"), 90)
    assert dict(zip(TABLE.units, allocate(table, state.scenario()).quotas, strict=True)) == quotas
    again = state_of(entry.content["query"])
    assert again.fields == state.fields
    assert "số cũ" in page.locator("#changes").inner_text()


def test_a_past_result_that_is_true_is_taken_though_the_table_has_none(
    page: Any, server: Server, tmp_path: Path
) -> None:
    asked(page, server, tmp_path, 'unit,attainment,lost\nChâu Phú,"92,2%",\nLong Xuyên,,10\n')
    right = joint(page)
    page.get_by_role("link", name="Dùng kết quả xét chung").click()
    page.wait_for_selector("#state")
    state = state_of(urlsplit(page.url).query)
    assert state.figures == [("Châu Phú", "attainment", 0.922), ("Long Xuyên", "lost", 10)]
    table = TABLE.with_figure("attainment", TABLE.units.index("Châu Phú"), 0.922)
    quotas = dict(zip(TABLE.units, allocate(table, SCENARIO).quotas, strict=True))
    assert right == {unit: quotas[unit] for unit in right}
    assert "Châu Phú" in right
    (shown,) = [text for text in page.locator("#rows tr").all_inner_texts() if text.startswith("Châu Phú")]
    assert Words("vi").number(quotas["Châu Phú"]) in shown
    assert "92,2%" in page.locator("#changes").inner_text()


def test_those_who_did_not_bid_are_held_to_a_ceiling(page: Any, server: Server, tmp_path: Path) -> None:
    path = asked(page, server, tmp_path, "unit,bid,workforce\nLong Xuyên,900,\nChâu Phú,,428\nTịnh Biên,40,\n")
    page.locator("[name=ask-ceiling]").fill("60%")
    decide(page, "Tịnh Biên", "Đồng ý")
    expected = told("round", str(path), "--grant", "Tịnh Biên", "--ceiling", "60%")
    assert whole(column(page, "Nếu theo")) == [each["quota_if"] for each in expected["bids"]]
    assert joint(page) == changed(expected)
    assert "60%" in page.locator("#told").inner_text()


def test_a_decision_that_cannot_be_is_said_and_can_be_taken_back(page: Any, server: Server, tmp_path: Path) -> None:
    asked(page, server, tmp_path, "unit,bid\nChâu Phú,6600\nAn Phú,10\n")
    before = joint(page)
    assert before["An Phú"] == 10
    decide(page, "Châu Phú", "Đồng ý")
    assert "6.600" in page.get_by_role("alert").inner_text()
    assert page.locator("#joint").count() == 0
    decide(page, "Châu Phú", "Chưa quyết")
    assert page.get_by_role("alert").count() == 0
    assert joint(page) == before


@pytest.mark.parametrize("width", [360, 1366, 2560])
def test_a_round_is_decided_by_keyboard(page: Any, server: Server, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    asked(page, server, tmp_path)
    page.locator("#decide input[type=radio]:checked").first.focus()
    with page.expect_response(lambda answer: "/section/round" in answer.url):
        page.keyboard.press("ArrowUp")
    page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    assert page.evaluate("document.activeElement.value") == "decline"
    assert page.locator("#decide tbody tr").first.inner_text().rstrip().endswith("không đồng ý")
    page.keyboard.press("Tab")
    page.keyboard.type("không có căn cứ")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # as the button does
    assert page.locator("#decide input:not([type=radio])").first.input_value() == "không có căn cứ"
    assert "Châu Phú" not in joint(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    table = page.locator("#decide .wide")
    assert table.evaluate("table => table.scrollWidth - table.clientWidth") == 0, "it cannot be seen whole"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_in_a_round(
    page: Any,
    server: Server,
    tmp_path: Path,
    rules: str,  # noqa: F811
    scheme: str,
) -> None:
    page.emulate_media(color_scheme=scheme)
    asked(page, server, tmp_path)
    assert findings(page, rules) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert findings(page, rules) == []


def test_a_round_is_decided_without_a_script(browser: Any, server: Server, tmp_path: Path) -> None:
    (path := tmp_path / "b.csv").write_text("unit,bid,decision\nChâu Phú,100,grant\n", encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(server.opened)
    page.goto(f"{server.address}/section/round?{state_query()}&lang=vi")
    sent(page, path)
    assert page.locator("#decide input:checked").get_attribute("value") == "grant"  # as the file says
    assert joint(page)["Châu Phú"] == 100
    page.get_by_label("Không đồng ý", exact=True).check()
    page.get_by_role("button", name="Tính lại theo các quyết định này").click()
    assert joint(page) == {}
    context.close()


def test_letters_with_the_decisions_are_taken_away(page: Any, server: Server, tmp_path: Path) -> None:
    asked(page, server, tmp_path)
    decide(page, "Tịnh Biên", "Không đồng ý")
    page.get_by_label("Lý do quyết định: Tịnh Biên, chỉ tiêu 10").fill("đã thấp nhất")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Công văn trả lời các đơn vị (Word)").click()
    assert coming.value.suggested_filename.endswith(".docx.zip")
    with zipfile.ZipFile(coming.value.path()) as folder:
        units = ("Châu Phú", "An Phú", "Long Xuyên", "Tịnh Biên")
        assert folder.namelist() == ["answers.docx", *(f"answers/{each}.docx" for each in units)]
        letter = docx.Document(io.BytesIO(folder.read("answers/Tịnh Biên.docx")))
    said = [each.text for each in letter.paragraphs]
    assert "- Đề nghị chỉ tiêu 10: không đồng ý;" in said
    assert "1. Về đề nghị chỉ tiêu 10: đã thấp nhất." in said
    assert not any(re.search(r"phân bổ: số\s\d", each) for each in said)  # nothing is decided in the record yet
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.wait_for_selector(".done")
    number = len(read_journal(server.folder / JOURNAL_FILE).entries)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Công văn trả lời các đơn vị (Word)").click()
    with zipfile.ZipFile(coming.value.path()) as folder:
        letter = docx.Document(io.BytesIO(folder.read("answers/Tịnh Biên.docx")))
    cells = (cell.paragraphs for each in letter.tables for cell in each._cells)
    texts = [each.text for each in chain(letter.paragraphs, *cells)]
    assert f"Vào sổ ghi phân bổ: số\N{NO-BREAK SPACE}{number}" in texts


def state_query() -> str:
    from allocator.web.state import started

    return started("given", SCENARIO).query


def test_a_journal_that_was_altered_takes_no_decision(page: Any, server: Server, tmp_path: Path) -> None:
    asked(page, server, tmp_path)
    path = server.folder / JOURNAL_FILE
    kept = path.read_bytes() if path.exists() else b""
    try:
        path.write_text(json.dumps({"number": 1}) + "\n", encoding="utf-8")
        page.get_by_role("button", name="Ghi vào sổ").click()
        assert page.locator(".done").count() == 0
        assert JOURNAL_FILE in page.get_by_role("alert").inner_text()
        assert len(joint(page)) > 1  # the answer is there all the same
    finally:
        path.write_bytes(kept)


def test_a_decision_of_a_changed_state_is_entered_and_taken_away_as_changed(
    page: Any, server: Server, tmp_path: Path
) -> None:
    state = state_of({**dict(parse_qsl(started("given", SCENARIO).query)), "realisation": "0.3", "target": "6000"})
    page.goto(f"{server.address}/section/round?{state.query}&lang=vi")
    (path := tmp_path / "b.csv").write_text("unit,bid\nChâu Phú,100\n", encoding="utf-8")
    sent(page, path)
    whole_page(page)
    page.get_by_role("button", name="Ghi vào sổ").click()
    page.wait_for_selector(".done")
    name = read_journal(server.folder / JOURNAL_FILE).entries[-1].name
    assert name.endswith(": Kịch bản cơ sở, thay đổi: Tổng chỉ tiêu: 6.000; Tỷ lệ thực hiện ước tăng: 30%")
    with page.expect_download() as waiting:
        page.locator("button[name=take][value=xlsx]").first.click()
    assert "_Kịch-bản-cơ-sở_đã-thay-đổi-2_" in waiting.value.suggested_filename
