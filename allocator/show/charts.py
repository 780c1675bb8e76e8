"""Charts: a Vega-Lite specification each that becomes SVG, PNG or part of a page, and what all charts have in common.

Their figures and alternative texts need no drawing library; only what is drawn does.
Nothing hangs on colour: dark against light, filled against hollow, bar against tick; values stand beside their marks,
and a line under the title says how to read them. Numbers follow the language, in the labels and on the axes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.util import find_spec
from textwrap import wrap
from typing import Any

from allocator.errors import MissingExtraError, fault
from allocator.words import Words

Rows = Sequence[Mapping[str, Any]]
Spec = Mapping[str, Any]

WIDTH = 700
LINE = 100
"""Most letters in the line under a title."""
SHORT_NAME = 26
"""Letters of a name that no chart cuts."""
DARK, LIGHT, RULE = "#1f3f5f", "#b9c6d3", "#444444"
FONT = "DejaVu Sans, Segoe UI, Arial, sans-serif"  # each has every Vietnamese letter and the true minus


@dataclass(frozen=True)
class Chart:
    """A chart, ready to draw.

    Attributes:
        name: short ASCII name, for files.
        spec: the Vega-Lite specification, number format and all; a page embeds it as it is.
        alt: what the chart shows, in one or two sentences, for readers who do not see it.
    """

    name: str
    spec: Spec
    alt: str

    def svg(self) -> str:
        """The chart as SVG text, its alternative text as title and description."""
        from xml.sax.saxutils import escape, quoteattr

        ahead = AHEAD.get(key_of(self.spec))  # nothing was drawn ahead, or what draws ahead broke: it is drawn now
        drawn: str = ahead.result() if ahead and ahead.exception() is None else _converter().vegalite_to_svg(self.spec)
        label = f'<svg role="img" aria-label={quoteattr(self.alt)} '
        body = drawn.replace("<svg ", label, 1)
        at = body.index(">") + 1
        return f"{body[:at]}<title>{escape(self.alt)}</title>{body[at:]}"

    def png(self) -> bytes:
        """The chart as a PNG image of two pixels a point."""
        drawn: bytes = _converter().vegalite_to_png(self.spec, scale=2)
        return drawn


AHEAD: dict[str, Future[str]] = {}
"""Charts that are being drawn, or were, by `key_of` their specifications."""


def key_of(spec: Spec) -> str:
    """A specification as one line of JSON."""
    return json.dumps(spec, separators=(",", ":"))


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise MissingExtraError(fault("extra.missing", extra="charts")) from None
    return vl_convert


CAN_DRAW = find_spec("vl_convert") is not None
"""Whether charts can be drawn here."""
LOOK: Spec = {
    "background": "white",
    "font": FONT,
    "padding": 12,
    "view": {"stroke": None},
    "title": {"anchor": "start", "frame": "bounds", "fontSize": 15, "offset": 14, "subtitleFontSize": 11,
              "subtitleColor": RULE, "subtitlePadding": 6},
    "axis": {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 220, "gridColor": "#e4e4e4",
             "domainColor": "#999999", "tickColor": "#999999", "labelColor": RULE, "titleColor": RULE,
             "titleFontWeight": "normal", "titlePadding": 10},
    "header": {"labelFontSize": 12, "labelFontWeight": "bold", "title": None, "labelAnchor": "start"},
    "text": {"fontSize": 11, "color": "#222222"},
}  # fmt: skip
"""The one look of all charts."""


def finish(name: str, spec: Spec, words: Words, figures: Mapping[str, Any]) -> Chart:
    """`spec` with the house look, the language's numbers, its title, reading line and alternative text."""
    alt = words(f"chart.{name}.alt", **figures)
    title = {"text": words(f"chart.{name}.title", **figures),
             "subtitle": wrap(words(f"chart.{name}.how", **figures), LINE)}  # fmt: skip
    decimal, thousands = ",." if words.language == "vi" else ".,"
    number = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""], "percent": "%",
              "minus": "−"}  # fmt: skip
    look = {**LOOK, "locale": {"number": number}}
    return Chart(name, {**spec, "title": title, "description": alt, "config": look}, alt)


def at(name: str, **more: Any) -> dict[str, Any]:
    """The place of a mark, or its size, by a field of numbers."""
    return {"field": name, "type": "quantitative", **more}


def scaled(name: str, low: float, high: float, title: str, form: str = ",d", **axis: Any) -> dict[str, Any]:
    """The same on an axis that reaches just so far."""
    shown = {"title": title, "format": form, "tickCount": 6, **axis}
    return at(name, scale={"domain": [low, high], "nice": False}, axis=shown)


def members(name: str, values: Rows, words: Words) -> dict[str, Any]:
    """An axis of members up to the `end` of every row, with room for a label there."""
    most = max(value["end"] for value in values)
    return scaled(name, 0, most + 0.17 * (most or 1), words("chart.members"))


def mark(kind: str, x: str | Spec, where: str = "", x2: str = "", y: Spec | None = None, tinted: bool = False,
         **look: Any) -> dict[str, Any]:  # fmt: skip
    """One layer of marks at `x`, of all rows or those that an expression chooses.

    A text is that of `label`; a mark that is `tinted` has the colour `look` of its row.
    """
    places = {
        "x": at(x) if isinstance(x, str) else x,
        "x2": {"field": x2} if x2 else None,
        "y": y,
        "text": {"field": "label", "type": "nominal"} if kind == "text" else None,
        "color": {"field": "look", "type": "nominal", "scale": None} if tinted else None,
    }
    chosen = {"transform": [{"filter": where}]} if where else {}
    return {"mark": {"type": kind, **look}, "encoding": {key: each for key, each in places.items() if each}, **chosen}


def bar(x: str | Spec, **look: Any) -> dict[str, Any]:
    """A layer of bars."""
    return mark("bar", x, **{"color": LIGHT, "stroke": DARK, "strokeWidth": 0.5, "height": 13, **look})


def named(values: Rows, *layers: Spec, by: str = "unit") -> Spec:
    """A chart with a row a name, in the order of `values`; a layer that has data of its own crosses all rows."""
    order = list(dict.fromkeys(row[by] for row in values))
    quiet = {"title": None, "ticks": False, "domain": False, "labelPadding": 8, "labelOverlap": False}
    if max(map(len, map(str, order)), default=0) <= SHORT_NAME:
        quiet["labelLimit"] = 0  # to look for names to cut takes a quarter of the time in which a chart is drawn
    y = {"field": by, "type": "nominal", "sort": order, "axis": quiet}
    rowed = [each if "data" in each else {**each, "encoding": {"y": y, **each["encoding"]}} for each in layers]
    return sized(values, rowed, 110 + 24 * len(order))


def sized(values: Rows, layers: Sequence[Spec], height: int) -> Spec:
    """Layers over `values` in the width of a page."""
    fit = {"width": WIDTH, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    return {"data": {"values": values}, "layer": layers, **fit}
