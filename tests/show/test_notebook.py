"""Answers in Python: a frame holds the figures of the JSON, a repr is short, a notebook's HTML runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import allocator
from allocator.finding import Finding, Listing, Section, say
from allocator.finding.columns import columns
from allocator.show.notebook import MOST_ROWS, reply

ODD = '<img src=x onerror="document.title=1"> & {{ 7 * 7 }}'


def made(units: list[str], **columns_: Any) -> Any:
    table = allocator.Table(tuple(units), {"workforce": tuple(range(30, 30 + len(units))), **columns_})
    scenario = allocator.Scenario(data="units.csv", target=5 * len(units))
    return allocator.allocate(table, scenario)


def test_a_frame_has_the_figures_of_the_records() -> None:
    answer = allocator.allocate(*allocator.load_scenario("an-giang-2017/base")).run(language="en")
    frame, records = answer.to_frame(), answer.records["units"]
    assert frame["unit"].tolist() == [each["unit"] for each in records]  # and no total
    for key in ("workforce", "available", "claim", "fair_share", "floor", "cap", "quota", "effort", "difference"):
        assert frame[key].tolist() == [each[key] for each in records]
    kinds = {key: str(kind) for key, kind in frame.dtypes.items()}
    assert {kinds[key] for key in ("workforce", "floor", "cap", "quota", "published", "difference")} == {"Int64"}
    assert {kinds[key] for key in ("available", "claim", "fair_share", "effort")} == {"float64"}
    assert set(frame["position"]) == {"by claim"}
    assert answer.to_frame("measures").loc[0, "published"] == answer.records["comparison"]["effort_ratio"]["published"]


def test_what_is_not_known_is_not_a_number() -> None:
    answer = made(["A", "B", "C"], published_quota=(None, 10, None)).run(language="en")
    frame = answer.to_frame()
    assert frame["published"].isna().tolist() == [True, False, True]
    assert (str(frame["published"].dtype), frame.loc[1, "difference"]) == ("Int64", -5)
    heads = columns("unit", "quota", "effort")
    shown = Listing("t", "T", heads, (("A", say("explain.degenerate"), None), ("B", 3, 0.5)))
    frame = reply(Finding({}, (Section("s", "S", (), (shown,)),)), "vi").to_frame("t")
    assert frame["quota"].isna().tolist() == frame["effort"].isna().tolist() == [True, False][: len(frame)]
    assert [str(frame[key].dtype) for key in ("quota", "effort")] == ["Int64", "float64"]


def test_an_answer_without_a_table_says_so() -> None:
    answer = reply(Finding({"valid": True}, (), ("one", "two")), "en")
    assert repr(answer) == "one\ntwo"
    with pytest.raises(allocator.InputError, match="has no table"):
        answer.to_frame()


@pytest.mark.parametrize("count", [1, 1000])
def test_what_is_shown_is_short(count: int) -> None:
    about = made([f"Đơn vị {n}" for n in range(count)])
    for each in (about, about.table, about.scenario, about.run(), about.explain(), about.run(language="vi")):
        assert 1 <= len(repr(each).splitlines()) <= 8
        assert max(map(len, repr(each).splitlines())) < 700
    html = about._repr_html_()
    assert html.count("<tr") < 6 * MOST_ROWS
    assert len(html) < 150_000
    assert ("to_frame() has them all" in about.run(language="en")._repr_html_()) == (count > MOST_ROWS)


def test_without_the_extra_there_is_no_html(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "allocator.show.templating", None)
    assert made(["A"])._repr_html_() is None


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_notebook_shows_tables_and_runs_nothing(language: str, tmp_path: Path, browser: Any) -> None:
    about = made([ODD, "B", "C"], published_quota=(4, 5, 6))
    answers = [about.run(language=language), about.explain(ODD, language=language), about.appeal("B", 6)]
    parts = [each._repr_html_() for each in answers]
    assert not any("<script" in each or "http" in each or "url(" in each for each in parts)
    (tmp_path / "n.html").write_text("<!doctype html><title>0</title><p>beside</p>" + "".join(parts), encoding="utf-8")
    page, wrong = browser.new_page(), []
    try:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text))
        page.on("request", lambda asked: wrong.append(asked.url) if "n.html" not in asked.url else None)
        page.goto((tmp_path / "n.html").as_uri())
        assert (wrong, page.title()) == ([], "0")
        assert page.locator(".allocator").count() == len(answers)
        assert page.locator("img").count() == 0
        first = page.locator("table").first
        assert first.locator("tbody tr").count() == 3
        assert first.locator("tbody tr th").first.inner_text() == ODD
        assert page.locator("table").count() == sum(len(each.listings) for each in answers)
        assert page.locator("p").first.evaluate("each => getComputedStyle(each).textAlign") in ("start", "left")
    finally:
        page.close()
