"""Charts draw, follow the language, and can be read without seeing them."""

from __future__ import annotations

import pytest

from allocator import allocate, load_scenario
from allocator.analysis.result import unit_rows
from allocator.report import charts
from allocator.words import Words

ROWS = unit_rows(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))


@pytest.mark.parametrize(("language", "thousand"), [("vi", "1.000"), ("en", "1,000")])
def test_numbers_follow_the_language(language: str, thousand: str) -> None:
    drawn = charts.published(ROWS, Words(language)).svg()
    assert f">{thousand}<" in drawn
    assert f">{thousand.translate(str.maketrans('.,', ',.'))}<" not in drawn


@pytest.mark.parametrize("make", [charts.published, charts.effort])
def test_a_chart_draws_and_says_what_it_shows(make: object) -> None:
    chart = make(ROWS, Words("vi"))  # type: ignore[operator]
    assert chart.png(1).startswith(b"\x89PNG")
    assert f"<title>{chart.alt}</title>" in chart.svg()
    assert chart.spec["description"] == chart.alt
    assert all(row["unit"] in chart.svg() for row in ROWS)


def test_a_blank_published_column_still_draws() -> None:
    rows = [{**row, "published": None} for row in ROWS]
    assert charts.published(rows, Words("en")).svg()
