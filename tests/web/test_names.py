"""What is wrong is said with the names that the page gives its fields, in every language the same way."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from allocator.files import load_scenario
from allocator.web import app as web
from allocator.web.ask import asked_here
from allocator.web.fields import COMMON
from allocator.web.jobs import Jobs
from allocator.web.names import name_of
from allocator.web.state import started
from allocator.web.store import Store
from allocator.words import LANGUAGES, Words
from tests.web.conftest import made_here
from tests.web.test_guard import answered

HEADERS = {"origin": "http://127.0.0.1:8017", "cookie": "token-8017=secret"}
KEYS = ("growth.", "attainment.", "bounds.", "locks.", "review.", "--")


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The alert of a page of the base with some fields changed, and the names of its fields that are marked."""
    monkeypatch.setattr(Jobs, "made", made_here)
    table, scenario = load_scenario("an-giang-2017/base")
    app = web.application(Store(tmp_path, "an-giang-2017/base", table, scenario), "vi", ["127.0.0.1"], "secret")
    begun = started("given", scenario)

    def asked(path: str = "/", language: str = "vi", **changed: str) -> str:
        query = urlencode({"table": begun.table, "start": begun.link, **begun.fields, **changed, "lang": language})
        (answer,) = answered(app, ("GET", f"{path}?{query}", {"headers": HEADERS}))
        alert = answer.text.partition('class="alert" role="alert"')[2].partition("</div>")[0]
        return html.unescape(re.sub(' href="[^"]*"', "", alert))

    return asked


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("realisation", "2", "<li>Tỷ lệ thực hiện ước tăng là 2, cao hơn mức cho phép (1)"),
        ("realisation", "x", "<li>Tỷ lệ thực hiện ước tăng: “x” không phải số"),
        ("lot", "0", "<li>Lô là 0, thấp hơn"),
        ("target", "6505", "<li>Chỉ tiêu: chỉ tiêu 6.505 không chẵn lô 10"),
        ("down", "x", "<li>Giới hạn biến động, mức giảm: “x” không phải số"),
        ("missing", "-1", "<li>Kết quả của đơn vị chưa có số liệu là -1"),
        ("floor", "2", "<li>“Kết quả tính ít nhất” 2 cao hơn “Kết quả tính nhiều nhất” 1"),
        ("growth:An Phú", "3", "<li>Tỷ lệ riêng – An Phú là 3, cao hơn"),
        ("lock:An Phú", "-10", "<li>Khóa – An Phú là -10, thấp hơn"),
        ("lock:An Phú", "55", "<li>Khóa – An Phú: chỉ tiêu khóa của An Phú, 55, không chẵn lô 10"),
        ("most:Nơi khác", "50", "<li>Trần riêng – Nơi khác: bảng không có đơn vị Nơi khác"),
        ("max_share", "0.3", "(Tỷ lệ tối đa của nguồn CNLĐ)"),
    ],
)
def test_a_fault_names_its_field(said: Any, name: str, text: str, message: str) -> None:
    assert message in said(**{name: text})
    for language in LANGUAGES:
        found = said(language=language, **{name: text})
        assert found
        assert not any(key in found for key in KEYS), found


def test_a_remedy_names_what_a_unit_has_of_its_own(said: Any) -> None:
    found = said(**{"least:An Phú": "100", "lock:An Phú": "50"})
    assert ">Sàn riêng – An Phú: 100 → 50 (50 đoàn viên)<" in found
    assert not any(key in found for key in KEYS)


@pytest.mark.parametrize(
    ("path", "changed", "message"),
    [
        ("appeal", {"ask-unit": "An Phú", "ask-quota": "x"}, "<li>Chỉ tiêu đơn vị đề nghị, số đoàn viên: “x” không"),
        ("appeal", {"ask-unit": "An Phú", "ask-quota": "55"}, "<li>Chỉ tiêu đơn vị đề nghị, số đoàn viên: "),
        ("sensitivity", {"ask-draws": "0"}, "<li>Số lần mô phỏng: "),
        ("run", {"lot": "0"}, "<li>Lô là 0, thấp hơn"),
    ],
)
def test_a_question_names_what_it_was_told(said: Any, path: str, changed: dict[str, str], message: str) -> None:
    found = said(f"/section/{path}", **changed)
    assert message in found
    assert not any(key in found for key in KEYS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_setting_has_a_name(language: str) -> None:
    words = Words(language)
    keys = {*COMMON, *COMMON.values(), "growth:A", "growth.units.A", "bounds.units.A.min", "locks.A", "lock:A"}
    keys |= {key for each in asked_here().values() for key in each.settings}
    assert [key for key in sorted(keys) if name_of(key, words) == key] == []
    assert name_of("locks.A", words) == name_of("lock:A", words) == words("page.own_lock") + " – A"
    assert name_of("units.csv:4:7", words) == "units.csv:4:7"
    assert name_of("", words) == ""
