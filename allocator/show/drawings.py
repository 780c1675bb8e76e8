"""The charts of findings, drawn: the name of a drawing → the chart it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from allocator.finding import Drawing
from allocator.show import charts, risk_charts
from allocator.show.charts import Chart
from allocator.words import Words

DRAWN: Mapping[str, Callable[..., Chart]] = {
    "effort": charts.effort_chart,
    "published": charts.published,
    "calibration": charts.calibration,
    "waterfall": charts.waterfall,
    "bands": risk_charts.bands,
    "shortfall": risk_charts.shortfall,
    "tornado": lambda rows, words: risk_charts.tornado_chart(risk_charts.tornado_rows(rows, words), words),
    "curves": risk_charts.curves,
    "frontier": risk_charts.frontier_chart,
}


def draw(drawing: Drawing, words: Words) -> Chart:
    """The chart of a drawing, in the language of `words`."""
    rows = [{key: _plain(each, words) for key, each in row.items()} for row in drawing.rows]
    return DRAWN[drawing.name](rows, words, **{key: _plain(each, words) for key, each in drawing.options.items()})


def _plain(value: Any, words: Words) -> Any:
    """A value of a row, a text in words."""
    return words.told(value) if hasattr(value, "told") else value
