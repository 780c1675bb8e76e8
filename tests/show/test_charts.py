"""Charts draw, follow the language, and can be read without seeing them."""

from __future__ import annotations

import pytest

from allocator import allocate, load_scenario
from allocator.finding import Drawing
from allocator.proof.result import unit_rows
from allocator.show.drawings import draw
from allocator.words import Words

ROWS = unit_rows(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))


@pytest.mark.parametrize(("language", "thousand"), [("vi", "1.000"), ("en", "1,000")])
def test_numbers_follow_the_language(language: str, thousand: str) -> None:
    drawn = draw(Drawing("published", ROWS), Words(language)).svg()
    assert f">{thousand}<" in drawn
    assert f">{thousand.translate(str.maketrans('.,', ',.'))}<" not in drawn


@pytest.mark.parametrize("name", ["published", "effort"])
def test_a_chart_draws_and_says_what_it_shows(name: str) -> None:
    chart = draw(Drawing(name, ROWS), Words("vi"))
    assert chart.png().startswith(b"\x89PNG")
    assert f"<title>{chart.alt}</title>" in chart.svg()
    assert chart.spec["description"] == chart.alt
    assert all(row["unit"] in chart.svg() for row in ROWS)


def test_a_blank_published_column_still_draws() -> None:
    rows = [{**row, "published": None} for row in ROWS]
    assert draw(Drawing("published", rows), Words("en")).svg()


RISKS = [
    {**row, "p05": row["quota"] - 10, "p50": row["quota"], "p95": row["quota"] + 20, "explained": row["quota"],
     "shortfall_probability": 0.25, "expected_shortfall": 1.5}
    for row in ROWS
]  # fmt: skip
INPUTS = [{"name": "", "low": 0, "high": 2, "moved_low": 320, "moved_high": None}]
CURVE = [
    {"unit": row["unit"], "at": at, "quota": row["quota"] + at * n, "fair_share": row["quota"] + at * n}
    for at in (0, 1)
    for n, row in enumerate(ROWS)
]
POINTS = [{"moved": 10 * n, "expected_shortfall": 300 - 9.5 * n, "knee": n == 3} for n in range(9)]
STEPS = [{"label": "a", "members": 12.5}, {"label": "b", "members": -2.5}]
SIDES = [{"unit": str(n), "quotas": [10 * n, 10 * n + n % 7, None if n == 3 else 50]} for n in range(45)]
DRAWINGS = {
    each.name: each
    for each in (
        Drawing("bands", RISKS),
        Drawing("shortfall", RISKS),
        Drawing("calibration", RISKS),
        Drawing("tornado", INPUTS),
        Drawing("curves", CURVE, {"name": "ρ", "now": 0.2}),
        Drawing("frontier", POINTS),
        Drawing("waterfall", STEPS, {"unit": "X"}),
        Drawing("compared", SIDES, {"names": ("một", "hai", "ba")}),
    )
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_chart_in_both_languages(name: str) -> None:
    for language in ("vi", "en"):
        chart = draw(DRAWINGS[name], Words(language))
        assert chart.name == name
        assert chart.alt in chart.svg().replace("&amp;", "&")
        assert chart.spec["config"]["locale"]["number"]["decimal"] == {"vi": ",", "en": "."}[language]


def test_the_plot_is_no_wider_than_the_page() -> None:
    for each in DRAWINGS.values():
        width = draw(each, Words("vi")).svg().split('width="', 1)[1].split('"', 1)[0]
        assert float(width) <= 760
