"""Charts draw, follow the language, and can be read without seeing them."""

from __future__ import annotations

import pytest

from allocator import allocate, load_scenario
from allocator.proof.result import unit_rows
from allocator.show import charts, risk_charts
from allocator.words import Words

ROWS = unit_rows(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))


@pytest.mark.parametrize(("language", "thousand"), [("vi", "1.000"), ("en", "1,000")])
def test_numbers_follow_the_language(language: str, thousand: str) -> None:
    drawn = charts.published(ROWS, Words(language)).svg()
    assert f">{thousand}<" in drawn
    assert f">{thousand.translate(str.maketrans('.,', ',.'))}<" not in drawn


@pytest.mark.parametrize("make", [charts.published, charts.effort_chart])
def test_a_chart_draws_and_says_what_it_shows(make: object) -> None:
    chart = make(ROWS, Words("vi"))  # type: ignore[operator]
    assert chart.png(1).startswith(b"\x89PNG")
    assert f"<title>{chart.alt}</title>" in chart.svg()
    assert chart.spec["description"] == chart.alt
    assert all(row["unit"] in chart.svg() for row in ROWS)


def test_a_blank_published_column_still_draws() -> None:
    rows = [{**row, "published": None} for row in ROWS]
    assert charts.published(rows, Words("en")).svg()


RISKS = [
    {**row, "p05": row["quota"] - 10, "p50": row["quota"], "p95": row["quota"] + 20, "explained": row["quota"],
     "shortfall_probability": 0.25, "expected_shortfall": 1.5}
    for row in ROWS
]  # fmt: skip
INPUTS = [{"label": "β", "low_label": "0", "high_label": "2", "low": 320, "high": None}]
CURVE = [
    {"unit": row["unit"], "at": at, "quota": row["quota"] + at * n, "fair_share": row["quota"] + at * n}
    for at in (0, 1)
    for n, row in enumerate(ROWS)
]
POINTS = [{"moved": 10 * n, "expected_shortfall": 300 - 9.5 * n, "knee": n == 3} for n in range(9)]
STEPS = [{"label": "a", "members": 12.5}, {"label": "b", "members": -2.5}]
MAKERS = {
    "bands": lambda words: risk_charts.bands(RISKS, words),
    "shortfall": lambda words: risk_charts.shortfall(RISKS, words),
    "calibration": lambda words: charts.calibration(RISKS, words),
    "tornado": lambda words: risk_charts.tornado_chart(INPUTS, words),
    "curves": lambda words: risk_charts.curves(CURVE, words, "ρ", 0.2),
    "frontier": lambda words: risk_charts.frontier_chart(POINTS, words),
    "waterfall": lambda words: charts.waterfall(STEPS, words, "X"),
}  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_every_chart_in_both_languages(name: str) -> None:
    for language in ("vi", "en"):
        chart = MAKERS[name](Words(language))
        assert chart.name == name
        assert chart.alt in chart.svg().replace("&amp;", "&")
        assert chart.spec["config"]["locale"]["number"]["decimal"] == {"vi": ",", "en": "."}[language]


def test_the_plot_is_no_wider_than_the_page() -> None:
    for make in MAKERS.values():
        width = make(Words("vi")).svg().split('width="', 1)[1].split('"', 1)[0]
        assert float(width) <= 760
