"""Charts: one definition each, as a Vega-Lite specification that becomes SVG, PNG or part of a page.

Their figures and alternative texts need no drawing library; only what is drawn does.
Every function takes plain rows (as the JSON of a command has them) and the words of a language, and returns a `Chart`.
Nothing hangs on colour: dark against light, filled against hollow, bar against tick; values stand beside their marks,
and a line under the title says how to read them. Numbers follow the language, in the labels and on the axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from allocator.errors import MissingExtraError, fault
from allocator.words import Words

Row = Mapping[str, Any]
Rows = Sequence[Row]

WIDTH = 700
LINE = 100
"""Most letters in the line under a title."""
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
    spec: Mapping[str, Any]
    alt: str

    def svg(self) -> str:
        """The chart as SVG text, its alternative text as title and description."""
        from xml.sax.saxutils import escape, quoteattr

        drawn: str = _converter().vegalite_to_svg(self.spec)
        label = f'<svg role="img" aria-label={quoteattr(self.alt)} '
        body = drawn.replace("<svg ", label, 1)
        at = body.index(">") + 1
        return f"{body[:at]}<title>{escape(self.alt)}</title>{body[at:]}"

    def png(self, scale: float = 2) -> bytes:
        """The chart as a PNG image of `scale` pixels a point."""
        drawn: bytes = _converter().vegalite_to_png(self.spec, scale=scale)
        return drawn


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise MissingExtraError(fault("extra.missing", extra="charts")) from None
    return vl_convert


def house(words: Words) -> dict[str, Any]:
    """The one look of all charts, and the number format of the language."""
    vietnamese = words.language == "vi"
    marks = {"decimal": ",", "thousands": "."} if vietnamese else {"decimal": ".", "thousands": ","}
    quiet = {"labelColor": RULE, "titleColor": RULE, "titleFontWeight": "normal", "titlePadding": 10}
    return {
        "background": "white",
        "font": FONT,
        "padding": 12,
        "view": {"stroke": None},
        "title": {"anchor": "start", "frame": "bounds", "fontSize": 15, "offset": 14, "subtitleFontSize": 11,
                  "subtitleColor": RULE, "subtitlePadding": 6},
        "axis": {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 220, "gridColor": "#e4e4e4",
                 "domainColor": "#999999", "tickColor": "#999999", **quiet},
        "header": {"labelFontSize": 12, "labelFontWeight": "bold", "title": None, "labelAnchor": "start"},
        "text": {"fontSize": 11, "color": "#222222"},
        "locale": {"number": {**marks, "grouping": [3], "currency": ["", ""], "percent": "%", "minus": "−"}},
    }  # fmt: skip


def finished(name: str, spec: Mapping[str, Any], words: Words, height: int | None = None, /, **figures: Any) -> Chart:
    """`spec` with the house look, its title, its reading line and its alternative text from the catalogue."""
    alt = words(f"chart.{name}.alt", **figures)
    title = {"text": words(f"chart.{name}.title", **figures),
             "subtitle": wrap(words(f"chart.{name}.how", **figures), LINE)}  # fmt: skip
    size = {"width": WIDTH, "height": height, "autosize": {"type": "fit", "contains": "padding"}} if height else {}
    return Chart(name, {**spec, "title": title, "description": alt, "config": house(words), **size}, alt)


QUIET = {"title": None, "ticks": False, "domain": False, "labelPadding": 8}
"""An axis of names: no line, no ticks."""


def at(name: str, **more: Any) -> dict[str, Any]:
    """The place of a mark, or its size, by a field of numbers."""
    return {"field": name, "type": "quantitative", **more}


def scaled(name: str, low: float, high: float, title: str, form: str = ",d", **axis: Any) -> dict[str, Any]:
    """The same on an axis that reaches just so far."""
    shown = {"title": title, "format": form, "tickCount": 6, **axis}
    return at(name, scale={"domain": [low, high], "nice": False}, axis=shown)


def members_axis(name: str, most: float, words: Words, least: float = 0) -> dict[str, Any]:
    """An axis of members with room for the labels at the ends of its marks."""
    span = (most - least) or 1
    return scaled(name, least - (0.12 * span if least < 0 else 0), most + 0.17 * span, words("chart.members"))


def mark(kind: str, x: str | Mapping[str, Any], where: str = "", x2: str = "", **look: Any) -> dict[str, Any]:
    """One layer of marks at `x`, of all rows or those that an expression chooses; a text is that of `label`."""
    places = {"x": at(x) if isinstance(x, str) else x}
    places |= {"x2": {"field": x2}} if x2 else {}
    places |= {"text": {"field": "label", "type": "nominal"}} if kind == "text" else {}
    chosen = {"transform": [{"filter": where}]} if where else {}
    return {"mark": {"type": kind, **look}, "encoding": places, **chosen}


def bar(x: str | Mapping[str, Any], **look: Any) -> dict[str, Any]:
    """A layer of bars."""
    return mark("bar", x, **{"color": LIGHT, "stroke": DARK, "strokeWidth": 0.5, "height": 13, **look})


def named(name: str, values: Rows, words: Words, *layers: Mapping[str, Any], by: str = "unit", **figures: Any) -> Chart:
    """A chart with a row a name, in the order of `values`; a layer that has data of its own crosses all rows."""
    order = list(dict.fromkeys(row[by] for row in values))
    y = {"field": by, "type": "nominal", "sort": order, "axis": QUIET}
    rowed = [each if "data" in each else {**each, "encoding": {"y": y, **each["encoding"]}} for each in layers]
    return finished(name, {"data": {"values": values}, "layer": rowed}, words, 110 + 24 * len(order), **figures)


def published(rows: Rows, words: Words) -> Chart:
    """Proposed quota (bar) against published quota (tick) of each unit.

    Args:
        rows: mappings with `unit`, `quota` and `published` (None where none was).
        words: texts of the language.
    """
    known = [row for row in rows if row["published"] is not None]
    far = max(known, key=lambda row: abs(row["quota"] - row["published"]), default=None)
    gap = {"unit": far["unit"], "gap": far["quota"] - far["published"]} if far else {"unit": "–", "gap": 0}
    return _pairs("published", rows, "quota", "published", words, **gap)


def calibration(rows: Rows, words: Words) -> Chart:
    """What the best model explains (bar) against what was published (tick), unit by unit.

    Args:
        rows: mappings with `unit`, `published` and `explained`.
        words: texts of the language.
    """
    far = max(rows, key=lambda row: abs(row["explained"] - row["published"]))
    gap = {"unit": far["unit"], "gap": far["published"] - far["explained"]}
    return _pairs("calibration", rows, "explained", "published", words, **gap)


def _pairs(name: str, rows: Rows, one: str, other: str, words: Words, **figures: Any) -> Chart:
    values = [
        {"unit": row["unit"], "bar": row[one], "tick": row[other], "end": max(row[one], row[other] or 0),
         "label": f"{words.number(row[one])}  "
                  f"({words.signed(row[one] - row[other]) if row[other] is not None else '–'})"}
        for row in rows
    ]  # fmt: skip
    layers = (
        bar(members_axis("bar", max(value["end"] for value in values), words)),
        mark("tick", "tick", "datum.tick != null", color="black", thickness=3, height=20),
        mark("text", "end", align="left", dx=8),
    )
    return named(name, values, words, *layers, count=len(rows), **figures)


def effort_chart(rows: Rows, words: Words) -> Chart:
    """Effort of each unit, quota over available workforce, with the line of all units together.

    Args:
        rows: mappings with `unit`, `quota`, `available` and `effort` (None where there is no workforce).
        words: texts of the language.
    """
    available = sum(row["available"] for row in rows)
    whole = sum(row["quota"] for row in rows) / available if available else 0.0
    values = [
        {"unit": row["unit"], "effort": row["effort"], "label": words.percent(row["effort"])}
        for row in rows
        if row["effort"] is not None
    ]
    ordered = sorted(values, key=lambda row: row["effort"])
    most = max(whole, ordered[-1]["effort"])
    layers = (
        bar(scaled("effort", 0, most * 1.12 or 1, words("chart.effort.axis"), ".0%")),
        {**mark("rule", "whole", color="black", strokeDash=[5, 3], strokeWidth=1.5),
         "data": {"values": [{"whole": whole}]}},
        mark("text", "effort", align="left", dx=5),
    )  # fmt: skip
    ends = {"lowest": ordered[0]["unit"], "low": ordered[0]["effort"],
            "highest": ordered[-1]["unit"], "high": ordered[-1]["effort"]}  # fmt: skip
    return named("effort", values, words, *layers, whole=whole, **ends)


def waterfall(steps: Rows, words: Words, unit: str) -> Chart:
    """One unit's steps, from its share by workforce alone to its quota; bars hang where the step before ended.

    Args:
        steps: mappings with `label`, a step's name in the language of `words`, and `members`, summing to the quota.
        unit: the unit's name.
        words: texts of the language.
    """
    values: list[dict[str, Any]] = []
    level = 0.0
    for step in steps:
        moved, before = step["members"], level
        level += moved
        values.append({"step": step["label"], "from": before, "to": level, "end": max(before, level),
                       "look": (LIGHT if moved >= 0 else "white") if values else DARK,
                       "label": (words.signed if values else words.number)(moved, 1)})  # fmt: skip
    values.append({"step": words("column.quota"), "from": 0.0, "to": level, "end": level, "look": DARK,
                   "label": words.number(level)})  # fmt: skip
    most = max(value["end"] for value in values)
    hanging = bar(members_axis("from", most, words), x2="to", strokeWidth=1, height=16)
    hanging["encoding"]["color"] = {"field": "look", "type": "nominal", "scale": None}
    layers = (hanging, mark("text", "end", align="left", dx=6))
    return named("waterfall", values, words, *layers, by="step", unit=unit, quota=level)
