"""Charts: one definition each, as a Vega-Lite specification that becomes SVG, PNG or part of a page.

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


def altair_() -> Any:
    """Altair, imported late; MissingExtraError where it is not installed."""
    try:
        import altair
    except ImportError:
        raise MissingExtraError(fault("extra.missing", extra="charts")) from None
    return altair


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


def finished(name: str, chart: Any, words: Words, height: int | None = None, /, **figures: Any) -> Chart:
    """`chart` with the house look, its title, its reading line and its alternative text from the catalogue."""
    alt = words(f"chart.{name}.alt", **figures)
    subtitle = wrap(words(f"chart.{name}.how", **figures), LINE)
    made = chart.properties(title={"text": words(f"chart.{name}.title", **figures), "subtitle": subtitle})
    spec = made.to_dict()
    if height is not None:
        spec |= {"width": WIDTH, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    return Chart(name, {**spec, "description": alt, "config": house(words)}, alt)


def rows_height(count: int) -> int:
    """Height of a chart with one row a unit."""
    return 110 + 24 * count


def units_axis(rows: Rows) -> Any:
    """The axis of units, in the rows' order."""
    alt = altair_()
    order = [row["unit"] for row in rows]
    return alt.Y("unit:N", sort=order, axis=quiet_axis())


def members_axis(field: str, most: float, words: Words, least: float = 0) -> Any:
    """An axis of members with room for the labels at the ends of its marks."""
    alt = altair_()
    span = (most - least) or 1
    domain = [least - (0.12 * span if least < 0 else 0), most + 0.17 * span]
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=domain, nice=False),
                 axis=alt.Axis(title=words("chart.members"), format=",d", tickCount=6))  # fmt: skip


def published(rows: Rows, words: Words) -> Chart:
    """Proposed quota (bar) against published quota (tick) of each unit.

    Args:
        rows: mappings with `unit`, `quota` and `published` (None where none was).
        words: texts of the language.
    """
    known = [row for row in rows if row["published"] is not None]
    far = max(known, key=lambda row: abs(row["quota"] - row["published"]), default=None)
    figures = {"count": len(rows), "unit": far["unit"], "gap": far["quota"] - far["published"]} if far else {}
    return _pairs(
        "published", rows, "quota", "published", words, **{"count": len(rows), "unit": "–", "gap": 0, **figures}
    )


def calibration(rows: Rows, words: Words) -> Chart:
    """What the best model explains (bar) against what was published (tick), unit by unit.

    Args:
        rows: mappings with `unit`, `published` and `explained`.
        words: texts of the language.
    """
    far = max(rows, key=lambda row: abs(row["explained"] - row["published"]))
    figures = {"count": len(rows), "unit": far["unit"], "gap": far["published"] - far["explained"]}
    return _pairs("calibration", rows, "explained", "published", words, **figures)


def _pairs(name: str, rows: Rows, bar: str, tick: str, words: Words, **figures: Any) -> Chart:
    alt = altair_()
    values = [
        {"unit": row["unit"], "bar": row[bar], "tick": row[tick], "end": max(row[bar], row[tick] or 0),
         "label": f"{words.number(row[bar])}  ({words.signed(row[bar] - row[tick]) if row[tick] is not None else '–'})"}
        for row in rows
    ]  # fmt: skip
    most = max(value["end"] for value in values)
    base = alt.Chart(alt.Data(values=values)).encode(y=units_axis(rows))
    x = members_axis("bar", most, words)
    layers = alt.layer(
        base.mark_bar(color=LIGHT, stroke=DARK, strokeWidth=0.5, height=13).encode(x=x),
        base.transform_filter("datum.tick != null").mark_tick(color="black", thickness=3, height=20).encode(x="tick:Q"),
        base.mark_text(align="left", dx=8).encode(x="end:Q", text="label:N"),
    )
    return finished(name, layers, words, rows_height(len(rows)), **figures)


def effort(rows: Rows, words: Words) -> Chart:
    """Effort of each unit, quota over available workforce, with the line of all units together.

    Args:
        rows: mappings with `unit`, `quota`, `available` and `effort` (None where there is no workforce).
        words: texts of the language.
    """
    alt = altair_()
    available = sum(row["available"] for row in rows)
    whole = sum(row["quota"] for row in rows) / available if available else 0.0
    known = [row for row in rows if row["effort"] is not None]
    values = [{"unit": row["unit"], "effort": row["effort"], "label": words.percent(row["effort"])} for row in known]
    most = max([whole, *(row["effort"] for row in known)])
    x = alt.X("effort:Q", scale=alt.Scale(domain=[0, most * 1.12 or 1], nice=False),
              axis=alt.Axis(title=words("chart.effort.axis"), format=".0%", tickCount=6))  # fmt: skip
    base = alt.Chart(alt.Data(values=values)).encode(y=units_axis(rows))
    line = alt.Chart(alt.Data(values=[{"whole": whole}])).mark_rule(color="black", strokeDash=[5, 3], strokeWidth=1.5)
    layers = alt.layer(
        base.mark_bar(color=LIGHT, stroke=DARK, strokeWidth=0.5, height=13).encode(x=x),
        line.encode(x="whole:Q"),
        base.mark_text(align="left", dx=5).encode(x="effort:Q", text="label:N"),
    )
    ordered = sorted(known, key=lambda row: row["effort"])
    ends = {"lowest": ordered[0]["unit"], "low": ordered[0]["effort"],
            "highest": ordered[-1]["unit"], "high": ordered[-1]["effort"]}  # fmt: skip
    return finished("effort", layers, words, rows_height(len(rows)), whole=whole, **ends)


def waterfall(steps: Rows, words: Words, unit: str) -> Chart:
    """One unit's steps, from its share by workforce alone to its quota; bars hang where the step before ended.

    Args:
        steps: mappings with `label`, a step's name in the language of `words`, and `members`, summing to the quota.
        unit: the unit's name.
        words: texts of the language.
    """
    alt = altair_()
    values: list[dict[str, Any]] = []
    level = 0.0
    for step in steps:
        after = level + step["members"]
        values.append({"step": step["label"], "from": level, "to": after, "members": step["members"],
                       "label": (words.signed if values else words.number)(step["members"], 1)})  # fmt: skip
        level = after
    total = {"step": words("column.quota"), "from": 0.0, "to": level, "members": level, "label": words.number(level)}
    values.append(total)
    order = [value["step"] for value in values]
    for value in values:
        kind = "total" if value in (values[0], total) else "less" if value["members"] < 0 else "more"
        value |= {"kind": kind, "end": max(value["from"], value["to"])}
    base = alt.Chart(alt.Data(values=values)).encode(y=alt.Y("step:N", sort=order, axis=quiet_axis()))
    fill = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["total", "more", "less"], range=[DARK, LIGHT, "white"])
    )
    layers = alt.layer(
        base.mark_bar(stroke=DARK, strokeWidth=1, height=16).encode(
            x=members_axis("from", max(value["end"] for value in values), words), x2="to:Q", color=fill
        ),
        base.mark_text(align="left", dx=6).encode(x="end:Q", text="label:N"),
    )
    return finished("waterfall", layers, words, rows_height(len(values)), unit=unit, quota=level)


def quiet_axis() -> Any:
    """An axis of names: no line, no ticks."""
    return altair_().Axis(title=None, ticks=False, domain=False, labelPadding=8)
