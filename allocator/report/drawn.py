"""The charts of findings, drawn: the name of a drawing → the chart it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from allocator.finding import Drawing
from allocator.report import charts, risk_charts
from allocator.report.charts import Chart
from allocator.words import Words

DRAWN: Mapping[str, Callable[..., Chart]] = {
    "effort": charts.effort,
    "published": charts.published,
    "calibration": charts.calibration,
    "waterfall": charts.waterfall,
    "bands": risk_charts.bands,
    "shortfall": risk_charts.shortfall,
    "tornado": risk_charts.tornado,
    "curves": risk_charts.curves,
    "frontier": risk_charts.frontier,
}


def draw(drawing: Drawing, words: Words) -> Chart:
    """The chart of a drawing, in the language of `words`."""
    return DRAWN[drawing.name](drawing.rows, words, **drawing.options)
