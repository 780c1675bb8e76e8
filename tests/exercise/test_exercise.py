"""A new question costs one module and its words: it is on every surface without a line in any of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from allocator import questions
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.web.app import application
from allocator.web.jobs import Jobs
from allocator.web.state import started
from allocator.web.store import Store
from allocator.why.explanation import sentences, steps
from allocator.words import LANGUAGES, Words, catalogue
from tests.command import allocator
from tests.exercise import gains
from tests.reports import BASE
from tests.web.conftest import made_here
from tests.web.test_guard import answered

GAINING = {"Châu Phú": 100, "Thoại Sơn": 100, "Phú Tân": 10, "Tri Tôn": 10, "CĐ các KCN": 50}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question registered, as a package of somebody's own would."""
    monkeypatch.setattr(questions, "MODULES", ["allocator.questions.run", gains.__name__])
    for key, texts in gains.WORDS.items():
        for language in LANGUAGES:
            monkeypatch.setitem(catalogue(language), key, texts[language])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def why() -> str:
    """What is said of Châu Phú, in English."""
    made = allocate(*load_scenario(BASE))
    return Words("en").told(list(sentences(made, steps(made)))[1])


def test_it_is_a_command(why: str) -> None:
    assert "gains" in allocator("--help").stdout
    assert "--last" in allocator("gains", "--help").stdout
    text = allocator("gains", language="en").stdout
    assert "5 units get more than before." in text
    assert all(name in text for name in GAINING)
    assert why in " ".join(text.split())
    assert allocator("gains", "-q", language="vi").stdout.endswith("\n5 đơn vị được giao nhiều hơn trước.\n")
    assert allocator("gains", "--last", "nothing", language="en").returncode == 2


def test_it_is_json_csv_and_markdown(why: str) -> None:
    document = json.loads(allocator("gains", "--json", language="en").stdout)
    assert {each["unit"]: each["change"] for each in document["units"]} == GAINING
    assert document["units"][0]["why"] == why
    lines = allocator("gains", "--format", "csv").stdout.splitlines()
    assert lines[:2] == ["unit,last,quota,change", "Châu Phú,150,250,100"]
    lines = allocator("gains", "--format", "md", language="en").stdout.splitlines()
    assert lines[0] == "| Unit | Before | Quota | Change |"
    assert lines[2] == "| Châu Phú | 150 | 250 | +100 |"


def test_it_is_in_the_report(tmp_path: Path, why: str) -> None:
    done = allocator("report", "--out", tmp_path, "--formats", "html,xlsx,csv", "--appendix", language="en")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<section id="gains">' in page
    assert why in page
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    cells = [row[:4] for row in book.get_sheet_by_name("Who gets more than before").to_python()]
    assert ["Châu Phú", 150, 250, 100] in cells
    assert (tmp_path / "csv" / "gains.csv").read_text("utf-8-sig").startswith("unit,last,quota,change")


def test_it_is_on_the_page(tmp_path: Path, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "made", made_here)
    table, scenario = load_scenario(BASE)
    app: Any = application(Store(tmp_path, BASE, table, scenario), "en", ["127.0.0.1"], "secret")
    query = started("given", scenario).query
    headers = {"headers": {"cookie": "token-8017=secret"}}
    paths = (f"/?{query}", f"/section/gains?{query}", f"/section/gains?{query}&ask-last=recruited")
    home, plain, other = (each.text for each in answered(app, *(("GET", path, headers) for path in paths)))
    assert 'formaction="/section/gains"' in home
    assert 'name="ask-last"' in plain
    assert "5 units get more than before." in plain
    assert why in plain
    assert 'value="recruited"' in other
    assert "5 units get more" not in other


def test_it_is_in_the_workbook_in_vietnamese(tmp_path: Path) -> None:
    allocator("report", "--out", tmp_path, "--formats", "xlsx", "--appendix", language="vi")
    names = CalamineWorkbook.from_path(tmp_path / "report.xlsx").sheet_names
    assert "Đơn vị nào được giao nhiều hơn" in names
